"""URL parameters: each is declared once, with the scope of its value, and is read and written through `Parameter`.

A page declares its parameters in the `parameters.py` of its folder. `declared` imports that module by the page's name,
an upward import that import-linter does not see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import overload

import streamlit as st


class Scope(Enum):
    """How long a value stays valid. The menu's links lead back to a page with its values that are still valid."""

    CARRIED = "carried"
    """Goes along to other pages of the same catalogue."""
    CATALOGUE = "catalogue"
    """Refers to the content of one catalogue."""
    ARTIST = "artist"
    """Refers to artists besides the page's own: valid until that artist or the catalogue changes."""
    PAGE = "page"
    """Valid for any artist of any catalogue."""
    BROWSER = "browser"
    """Written by a script in the browser, which remembers the value as long as its tab is open."""
    PASSING = "passing"
    """Valid until the visitor leaves the page."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of the URL. Its value is stored nowhere else."""

    name: str
    scope: Scope

    @property
    def is_given(self) -> bool:
        """Whether the URL has the parameter, even with an empty value."""
        return self.name in st.query_params

    @overload
    def get(self) -> str | None: ...

    @overload
    def get(self, default: str) -> str: ...

    def get(self, default: str | None = None) -> str | None:
        """The value; the last one if there are several."""
        return st.query_params.get(self.name, default)

    def get_all(self) -> list[str]:
        """All values, empty if the URL lacks the parameter."""
        return st.query_params.get_all(self.name)

    def put(self, values: str | Sequence[str] | None) -> None:
        """Write `values` to the URL, or remove the parameter if they are None or empty."""
        put_together({self: values})


def put_together(changes: Mapping[Parameter, str | Sequence[str] | None]) -> None:
    """Write several parameters to the URL as `Parameter.put` does, so that one step back undoes them all.

    Every write adds an entry to the browser's history. So there is one write, and none where nothing changes.
    """
    before = {name: st.query_params.get_all(name) for name in st.query_params}
    after = dict(before)
    for parameter, values in changes.items():
        after[parameter.name] = [] if values is None else [values] if isinstance(values, str) else list(values)
    after = {name: values for name, values in after.items() if values}
    if after != before:
        st.query_params.from_dict(after)


CATALOGUE = Parameter("catalogue", Scope.CARRIED)
ARTIST = Parameter("artist", Scope.CARRIED)
SPACE = Parameter("space", Scope.CARRIED)
TOUR = Parameter("tour", Scope.PASSING)
"""The number of a step of the tour, from 1."""
PRESENT = Parameter("present", Scope.PASSING)
"""1 while the page is presented: large, and with little around it."""
OWNER = Parameter("owner", Scope.PASSING)
"""The owner's token, which is taken out of the URL at once."""

SHARED_LIST = Parameter("list", Scope.PASSING)
"""A list that somebody shares: its artists and its name."""

EVERYWHERE = (CATALOGUE, ARTIST, SPACE, TOUR, PRESENT, SHARED_LIST, OWNER)
"""The parameters that every page has."""


def declared(page: str) -> dict[str, Parameter]:
    """The parameters of the page in the folder `page`, by name."""
    own: Sequence[Parameter] = import_module(f"pages.{page}.parameters").PARAMETERS
    return {parameter.name: parameter for parameter in (*EVERYWHERE, *own)}


def scope_of(page: str, name: str) -> Scope | None:
    """The scope of a parameter of a page; None if the page has no such parameter."""
    parameter = declared(page).get(name)
    return parameter.scope if parameter else None
