"""Nearfield's core: catalogues of artists, content features, graph models, evaluation and search.

Data flows one way: catalogue -> features -> graph and models -> training -> evaluation, search, maps.
Nothing here imports the user interface; everything is usable from a script.
"""

__version__ = "0.1.0"
