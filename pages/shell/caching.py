"""Costly things of a catalogue, made once per version of it and shared by all visitors."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

from core.catalogue import Catalogue

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")


def cached_per_catalogue(
    max_entries: int, *, spinner: str | bool = False, seconds: float | None = None
) -> Callable[[Callable[Arguments, Made]], Callable[Arguments, Made]]:
    """Decorates a function of a catalogue and of small values. What it returns is shared, so nobody may change it.

    The catalogue counts by its content hash and its folder, never by its data; a name of a space and its text count as
    two, so names are handed in as text. `seconds` is how long a result is kept, for ever where that is not given.
    """
    return st.cache_resource(
        max_entries=max_entries, show_spinner=spinner, ttl=seconds, hash_funcs={Catalogue: _version}
    )


def _version(catalogue: Catalogue) -> tuple[str, str]:
    return catalogue.content_hash, str(catalogue.path)
