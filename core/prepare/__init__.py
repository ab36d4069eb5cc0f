"""Making a catalogue ready in one go: sound, relations, yardsticks, models, the recommended ranker, maps and clips.

Each step looks for its products, and makes those that are missing or were made from something that has changed since.
So work that was stopped goes on where it was, and after new music only what is new is made.
"""
