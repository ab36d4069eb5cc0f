"""The URL parameters of Results. Rankers belong to the open catalogue; the shipped figures do not depend on it."""

from typing import NamedTuple

from pages.shell.parameters import Parameter, Scope


class OfSource(NamedTuple):
    """Parameters that the open catalogue's figures and the shipped ones both have."""

    mark: Parameter
    """The figure whose details are shown."""
    degree_lines: Parameter
    kept_lines: Parameter


PROTOCOL = Parameter("protocol", Scope.PAGE)
SPLIT = Parameter("split", Scope.PAGE)
HIDDEN = Parameter("hidden", Scope.PAGE)
"""Whether validation artists are hidden."""

FIGURE = Parameter("figure", Scope.PAGE)
PAPER = Parameter("paper", Scope.PAGE)
"""The part of the paper's figure, and the paper."""

CHART = Parameter("chart", Scope.PAGE)
"""The chart of the open catalogue's figures."""

LOOK = Parameter("look", Scope.PAGE)
"""The closer look."""

OF_MEASURED = OfSource(
    Parameter("mark", Scope.CATALOGUE),
    Parameter("degree_lines", Scope.CATALOGUE),
    Parameter("kept_lines", Scope.CATALOGUE),
)

FIRST = Parameter("first", Scope.CATALOGUE)
SECOND = Parameter("second", Scope.CATALOGUE)
"""The two rankers to compare."""

ASKED = Parameter("asked", Scope.CATALOGUE)
BESIDE = Parameter("beside", Scope.CATALOGUE)
"""The ranker whose hits are shown, and another one for comparison."""

ORDER = Parameter("order", Scope.PAGE)
QUERY = Parameter("query", Scope.ARTIST)
CLIP_VIEW = Parameter("clip_view", Scope.PAGE)

REAL = Parameter("real", Scope.PAGE)
"""The data set of the shipped figures. Names of all other parameters of these begin with "real"."""

REAL_HIDDEN = Parameter("real_hidden", Scope.PAGE)
REAL_FIGURE = Parameter("real_figure", Scope.PAGE)
REAL_PROTOCOL = Parameter("real_protocol", Scope.PAGE)
REAL_PART = Parameter("real_part", Scope.PAGE)
OF_SHIPPED = OfSource(
    Parameter("real_mark", Scope.PAGE),
    Parameter("real_degree_lines", Scope.PAGE),
    Parameter("real_kept_lines", Scope.PAGE),
)

PARAMETERS = (
    *(PROTOCOL, SPLIT, HIDDEN, FIGURE, PAPER, CHART, LOOK, *OF_MEASURED),
    *(FIRST, SECOND, ASKED, BESIDE, ORDER, QUERY, CLIP_VIEW),
    *(REAL, REAL_HIDDEN, REAL_FIGURE, REAL_PROTOCOL, REAL_PART, *OF_SHIPPED),
)
