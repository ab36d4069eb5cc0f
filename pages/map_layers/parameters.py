"""The URL parameters that maps write in the browser (map_part.js of the component `linked_maps`)."""

from pages.shell.parameters import Parameter, Scope

SEEN = Parameter("seen", Scope.BROWSER)
"""The part of a map that is in view, once for each map that was moved."""

HIDE = Parameter("hide", Scope.BROWSER)
"""A class that is hidden in a map's legend, once for each."""
