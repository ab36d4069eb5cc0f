"""Artists that somebody kept, each with where it was found, as CSV and JSON."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime

from core.catalogue import Catalogue

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


@dataclass(frozen=True)
class Kept:
    """One artist and its provenance: the space that named it, at which rank and score, asked by what, of which data.

    `rank` is 1 for the nearest; `query` says what was asked, in words; `content_hash` is the catalogue's; `date` is
    ISO 8601 in UTC. `mbid` is empty where none is known.
    """

    artist_id: str
    name: str
    mbid: str
    space: str
    rank: int
    score: float
    query: str
    catalogue: str
    content_hash: str
    date: str


def keep_artist(catalogue: Catalogue, row: int, space: str, rank: int, score: float, query: str) -> Kept:
    """The artist in `row` as found now."""
    mbid = catalogue.artists["mbid"].iloc[row]
    return Kept(
        artist_id=str(catalogue.artists["artist_id"].iloc[row]),
        name=str(catalogue.display_names.iloc[row]),
        mbid=mbid if isinstance(mbid, str) else "",
        space=space,
        rank=rank,
        score=round(score, 6),
        query=query,
        catalogue=catalogue.name,
        content_hash=catalogue.content_hash,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def selection_csv(selection: Sequence[Kept]) -> str:
    """One line per artist. Texts that a spreadsheet would run as a formula get an apostrophe in front (OWASP)."""
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, [field.name for field in fields(Kept)], lineterminator="\n")
    writer.writeheader()
    for kept in selection:
        writer.writerow({name: _harmless(value) for name, value in asdict(kept).items()})
    return buffer.getvalue()


def selection_json(selection: Sequence[Kept]) -> str:
    """The same as a JSON list of objects, texts as they are."""
    return json.dumps([asdict(kept) for kept in selection], indent=1, ensure_ascii=False) + "\n"


def _harmless(value: str | int | float) -> str | int | float:
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ").startswith(_FORMULA_STARTS) else value
