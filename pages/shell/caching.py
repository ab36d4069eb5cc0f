"""Caching per catalogue: results are computed once for each version of it and shared by all visitors."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

from core.catalogue import Catalogue

Arguments = ParamSpec("Arguments")
Made = TypeVar("Made")


def cached_per_catalogue(
    max_entries: int, *, spinner: str | bool = False, seconds: float | None = None
) -> Callable[[Callable[Arguments, Made]], Callable[Arguments, Made]]:
    """Decorator for a function of a catalogue and of small values. Its results are shared, so nobody may change them.

    A catalogue is identified by its content hash and its folder, never by its data. A SpaceName and the same text would
    be two keys, so pass names as text. Results are kept for `seconds`, by default for ever.
    """
    return st.cache_resource(
        max_entries=max_entries, show_spinner=spinner, ttl=seconds, hash_funcs={Catalogue: _version}
    )


def _version(catalogue: Catalogue) -> tuple[str, str]:
    return catalogue.content_hash, str(catalogue.path)
