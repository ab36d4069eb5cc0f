"""The URL parameters of Explore."""

from pages.lists.keeping import REJECTED
from pages.shell.boxes import COMPARE, WHY
from pages.shell.choices import LENGTH
from pages.shell.parameters import Parameter, Scope

SPACES = Parameter("spaces", Scope.CATALOGUE)
FILTER = Parameter("filter", Scope.CATALOGUE)
LIKE = Parameter("like", Scope.ARTIST)
UNLIKE = Parameter("unlike", Scope.ARTIST)
DIAL = Parameter("dial", Scope.PAGE)

PARAMETERS = (WHY, COMPARE, LENGTH, REJECTED, SPACES, FILTER, LIKE, UNLIKE, DIAL)
