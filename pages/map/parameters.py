"""The URL parameters of Map."""

from pages.map_layers.parameters import HIDE, SEEN
from pages.shell.parameters import Parameter, Scope

BESIDE = Parameter("beside", Scope.CATALOGUE)
"""The space of the second map."""

COLOUR = Parameter("colour", Scope.PAGE)
SHOW = Parameter("show", Scope.PAGE)
HIGHLIGHT = Parameter("highlight", Scope.CATALOGUE)
DRAWN = Parameter("drawn", Scope.CATALOGUE)
"""The artists inside a lasso or box."""

PARAMETERS = (BESIDE, COLOUR, SHOW, HIGHLIGHT, DRAWN, SEEN, HIDE)
