"""Nearfield's core: catalogues of artists, content features, graph models, evaluation and search.

Packages import downwards only: experiments and demo, clips and maps and curation, search, training, models, runs,
evaluation, graph and features, catalogue, audio, synthesis. Nothing here imports the user interface; everything can be
used from a script.
"""

__version__ = "0.2.0"
