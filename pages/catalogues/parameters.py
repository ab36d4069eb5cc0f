"""The URL parameters of Catalogues."""

from pages.shell.parameters import Parameter, Scope

INSPECTED = Parameter("inspected", Scope.CATALOGUE)
"""The catalogue to inspect, which need not be the open one."""

PART = Parameter("part", Scope.PAGE)

PARAMETERS = (INSPECTED, PART)
