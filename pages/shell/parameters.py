"""The parameters of the URL: each is declared once, with how long its value holds, and read and written here.

A page declares its own in the `parameters.py` of its folder, where the shell finds them as it finds the page's script.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import overload

import streamlit as st


class Scope(Enum):
    """How long a value holds. The menu's links lead back to a page with those that still hold."""

    CARRIED = "carried"
    """Goes along to other pages, in the same catalogue."""
    CATALOGUE = "catalogue"
    """Names something that one catalogue holds."""
    ARTIST = "artist"
    """Names other artists beside the page's own: holds as long as that one stays, in its catalogue."""
    PAGE = "page"
    """Fits any artist of any catalogue."""
    BROWSER = "browser"
    """Is written by a script in the browser, which remembers it as long as its tab is open."""
    PASSING = "passing"
    """Holds until one leaves the page."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of the URL, which alone holds its value."""

    name: str
    scope: Scope

    @property
    def is_given(self) -> bool:
        """Whether the URL has it, if only with an empty value."""
        return self.name in st.query_params

    @overload
    def get(self) -> str | None: ...

    @overload
    def get(self, default: str) -> str: ...

    def get(self, default: str | None = None) -> str | None:
        """Its value, the last one where it has several."""
        return st.query_params.get(self.name, default)

    def get_all(self) -> list[str]:
        """All its values; none where the URL lacks it."""
        return st.query_params.get_all(self.name)

    def put(self, values: str | Sequence[str] | None) -> None:
        """Have the URL say `values`, or nothing; writes only what changed, since every writing is a step of Back."""
        wanted = [] if values is None else [values] if isinstance(values, str) else list(values)
        if wanted == self.get_all():
            return
        if wanted:
            st.query_params[self.name] = wanted[0] if len(wanted) == 1 else wanted
        else:
            del st.query_params[self.name]


CATALOGUE = Parameter("catalogue", Scope.CARRIED)
ARTIST = Parameter("artist", Scope.CARRIED)
SPACE = Parameter("space", Scope.CARRIED)
TOUR = Parameter("tour", Scope.PASSING)
"""The number of a step of the tour, 1 the first."""

EVERYWHERE = (CATALOGUE, ARTIST, SPACE, TOUR)
"""What the URL of every page can say."""


def declared(page: str) -> dict[str, Parameter]:
    """What the URL of a page can say, by name; `page` is the name of its folder."""
    own: Sequence[Parameter] = import_module(f"pages.{page}.parameters").PARAMETERS
    return {parameter.name: parameter for parameter in (*EVERYWHERE, *own)}


def scope_of(page: str, name: str) -> Scope | None:
    """How long a value of the URL of a page holds; None where the page knows no such parameter."""
    parameter = declared(page).get(name)
    return parameter.scope if parameter else None
