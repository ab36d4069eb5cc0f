"""The URL parameters of Train."""

from pages.shell.parameters import Parameter, Scope

RUN = Parameter("run", Scope.CATALOGUE)
"""The run to watch."""

RUNS = Parameter("runs", Scope.CATALOGUE)
"""The runs to compare."""

PARAMETERS = (RUN, RUNS)
