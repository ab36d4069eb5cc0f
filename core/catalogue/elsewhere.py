"""Artists that a catalogue lacks, known elsewhere: elsewhere.parquet, a row for each artist here that one is near.

Columns: `mbid`, which may be missing; `name`; `artist`, the row of the artist here; `relation` and `weight`, as in the
table of edges. Nothing is trained on them, and no space finds them.
"""

from collections.abc import Iterator

import pandas as pd

from core.catalogue.format import ARTISTS_FILE, ELSEWHERE_COLUMNS, ELSEWHERE_FILE
from core.catalogue.tables import (
    Flags,
    Problem,
    first_problem,
    not_text,
    relation_problems,
    texts_only,
    unusable_weights,
)

_TEXTS = ("mbid", "name")


def nobody_elsewhere() -> pd.DataFrame:
    """The table of a catalogue that knows no artist elsewhere."""
    return typed_elsewhere(pd.DataFrame(columns=list(ELSEWHERE_COLUMNS)))


def elsewhere_problems(elsewhere: pd.DataFrame, n_artists: int) -> Iterator[Problem]:
    """All problems of a table of artists elsewhere, near `n_artists` artists here: the first bad row of each kind."""
    missing = [column for column in ELSEWHERE_COLUMNS if column not in elsewhere]
    if missing:
        yield Problem(ELSEWHERE_FILE, None, f"column {', '.join(missing)} is missing")
        return
    if not len(elsewhere):
        return
    artist = elsewhere["artist"]
    if not pd.api.types.is_integer_dtype(artist):
        yield Problem(ELSEWHERE_FILE, None, "artist must be a whole number, the row of an artist here")
        return
    outside = ~((artist >= 0) & (artist < n_artists)).fillna(False)
    yield from _first(outside, f"artist is not a row of {ARTISTS_FILE} (0 to {n_artists - 1})")
    for column in _TEXTS:
        wrong = not_text(elsewhere[column])
        yield from _first(wrong, f"{column} is not text, or holds half a character")
        if column == "name":
            yield from _first(texts_only(elsewhere[column], wrong).fillna("") == "", "name is missing")
    yield from relation_problems(elsewhere["relation"], ELSEWHERE_FILE)
    yield from _first(unusable_weights(elsewhere["weight"]), "weight must be a finite number above zero")


def typed_elsewhere(elsewhere: pd.DataFrame) -> pd.DataFrame:
    """A table without problems in the types of the format, in canonical order.

    A repeated row is kept once, with its highest weight.
    """
    typed = elsewhere[list(ELSEWHERE_COLUMNS)].astype(
        dict.fromkeys((*_TEXTS, "relation"), "str") | {"artist": "int32", "weight": "float32"}
    )
    typed["mbid"] = typed["mbid"].fillna("")
    key = ["relation", "artist", "mbid", "name"]
    typed = typed.sort_values([*key, "weight"]).drop_duplicates(key, keep="last")
    return typed.reset_index(drop=True)


def _first(bad: Flags, reason: str) -> Iterator[Problem]:
    return first_problem(bad, reason, ELSEWHERE_FILE)
