"""What a map writes into the URL, in the browser (map_part.js of the component `linked_maps`)."""

from pages.shell.parameters import Parameter, Scope

SEEN = Parameter("seen", Scope.BROWSER)
"""The part of a map that one has moved to, once for each map."""

HIDE = Parameter("hide", Scope.BROWSER)
"""A class hidden in a map's legend, once for each."""
