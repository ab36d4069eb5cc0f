"""The URL parameters of Neighbourhood."""

from pages.shell.boxes import WHY
from pages.shell.parameters import Parameter, Scope

VIEW = Parameter("view", Scope.PAGE)
"""Whether to show the artists around one, or a path."""

EXPANDED = Parameter("expanded", Scope.ARTIST)
HOPS = Parameter("hops", Scope.PAGE)
LIMIT = Parameter("limit", Scope.PAGE)
LINKS = Parameter("links", Scope.PAGE)
SIZE = Parameter("size", Scope.PAGE)
COLOUR = Parameter("colour", Scope.PAGE)
PREDICTED = Parameter("predicted", Scope.PAGE)
"""The number of predicted links of each artist."""

TO = Parameter("to", Scope.ARTIST)
VIA = Parameter("via", Scope.CATALOGUE)
"""The space of a path."""

TIES = Parameter("ties", Scope.PAGE)
SMOOTHING = Parameter("smoothing", Scope.PAGE)
STEPS = Parameter("steps", Scope.PAGE)
AVOID = Parameter("avoid", Scope.ARTIST)

OF_PATH = (TO, VIA, TIES, SMOOTHING, STEPS, AVOID)
"""The parameters of a path."""

PARAMETERS = (WHY, VIEW, EXPANDED, HOPS, LIMIT, LINKS, SIZE, COLOUR, PREDICTED, *OF_PATH)
