"""The URL parameters of Catalogues."""

from pages.shell.parameters import Parameter, Scope

INSPECTED = Parameter("inspected", Scope.CATALOGUE)
"""The catalogue to inspect, which need not be the open one."""

PART = Parameter("part", Scope.PAGE)

ADDING = Parameter("adding", Scope.PASSING)
"""The name of the catalogue that is being added."""

PLACE = Parameter("place", Scope.PASSING)
"""The folder that is looked into on the way to the one to choose."""

PARAMETERS = (INSPECTED, PART, ADDING, PLACE)
