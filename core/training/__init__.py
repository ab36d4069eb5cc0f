"""Fitting artist embedders: objectives, episodes, the loop and checkpoints."""
