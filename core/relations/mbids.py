"""MusicBrainz ids: reading them, and finding a catalogue's artists by them."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.catalogue import Catalogue

MBID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""An MBID in small letters, as a regular expression."""
_PATTERN = re.compile(MBID)

VARIOUS_ARTISTS = "89ad4ac3-39f7-470e-963a-56509c546377"
NO_ARTISTS = frozenset(
    (
        VARIOUS_ARTISTS,
        "125ec42a-7229-4250-afc5-e057484327fe",  # [unknown]
        "eec63d3c-3b81-4ad4-b1e4-7c147d4d2b61",  # [no artist]
        "f731ccc4-e22a-43af-a747-64213329e088",  # [anonymous]
        "9be7f096-97ec-4615-8957-8d40b5dcbc41",  # [traditional]
        "33cf029c-63b0-41a0-9855-be2a3665fb3b",  # [data]
        "314e1c25-dde7-4e4d-b2f4-0a7b9f7c56dc",  # [dialogue]
    )
)
"""MusicBrainz' ids for credits that name no artist."""


def read_mbid(value: Any) -> str:
    """The MBID in small letters, or "" where `value` is none or stands for no artist."""
    text = value.strip().lower() if isinstance(value, str) else ""
    return text if _PATTERN.fullmatch(text) and text not in NO_ARTISTS else ""


@dataclass(frozen=True)
class Known:
    """The artists of a catalogue by MBID. `shared` counts rows whose MBID an earlier row has already."""

    row_of: dict[str, int]
    n_artists: int
    shared: int

    @property
    def without(self) -> int:
        """Artists without an MBID of their own, which cannot be matched."""
        return self.n_artists - len(self.row_of)

    def mbids(self) -> list[str]:
        """The MBIDs, in the order of their rows."""
        return list(self.row_of)


def known_artists(catalogue: Catalogue) -> Known:
    """The artists of `catalogue` by MBID. Where two rows have one MBID, the first stands for both."""
    return known_mbids(catalogue.artists["mbid"])


def known_mbids(mbids: Iterable[Any]) -> Known:
    """`mbids` as a `Known`: the place in the list is the row."""
    row_of: dict[str, int] = {}
    n_artists = with_mbid = 0
    for row, value in enumerate(mbids):
        n_artists += 1
        if mbid := read_mbid(value):
            with_mbid += 1
            row_of.setdefault(mbid, row)
    return Known(row_of, n_artists, with_mbid - len(row_of))


def name_key(name: str) -> str:
    """The form in which two spellings of one name are equal: no letter is guessed, only case and space are ignored."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def names_of(catalogue: Catalogue) -> frozenset[str]:
    """The names of the catalogue's artists as `name_key` gives them."""
    names: pd.Series = catalogue.artists["name"]
    return frozenset(map(name_key, names))
