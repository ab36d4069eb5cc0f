"""List entries for artists in search results, each with its space, model, rank and score."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from core.catalogue import Catalogue
from core.curation.lists import MAX_ID, MAX_NAME, Entry, Origin, checked_note
from core.errors import NearfieldError
from core.pairs.store import load_pairs
from core.search.fusions import load_fusion
from core.space_name import SpaceName


def found(
    catalogue: Catalogue,
    results: Iterable[tuple[int, int | None, float | None]],
    space: str,
    query: str,
    when: datetime | None = None,
) -> list[Entry]:
    """Entries for `results`: the row, the rank (1 for the nearest) and the score of each, or None without a ranking.

    `space` is the space's name, or empty without a space. `query` describes the query in words. `when` is now by
    default.
    """
    origin = Origin(
        space=space[:MAX_ID],
        query=" ".join(checked_note(query[:MAX_NAME]).split()),
        model=model_of(catalogue, space),
        catalogue_hash=catalogue.content_hash,
        date=(when or datetime.now(UTC)).isoformat(timespec="seconds"),
    )
    return [
        entry_of(catalogue, row, replace(origin, rank=rank, score=None if score is None else round(float(score), 6)))
        for row, rank, score in results
    ]


def entry_of(catalogue: Catalogue, row: int, origin: Origin | None = None) -> Entry:
    """A kept entry without a note for the artist in `row`. Raises NearfieldError if the artist's id is too long."""
    artist_id, mbid = catalogue.id_of(row), catalogue.artists["mbid"].iat[row]
    name = str(catalogue.display_names.iat[row])[:MAX_NAME]
    if len(artist_id) > MAX_ID:
        raise NearfieldError(f"{name} has an id of more than {MAX_ID} characters. Give it a shorter one.")
    return Entry(
        row=int(row),
        artist_id=artist_id,
        name=name,
        mbid=mbid if isinstance(mbid, str) and len(mbid) <= MAX_ID else "",
        origin=origin or Origin(),
    )


def model_of(catalogue: Catalogue, space: str) -> str:
    """What made a space: the id of a run, the parts of a fusion or the extractor of a feature set; otherwise empty."""
    name = SpaceName(space)
    if name.is_run:
        return name.id
    if name.is_pairs:
        return str(load_pairs(catalogue, name.id).details["command"])[:MAX_ID]
    if name.is_fusion:
        weights, _ = load_fusion(catalogue, name.id)
        return " + ".join(weights.parts)[:MAX_ID]
    info = catalogue.feature_infos.get(space)
    return f"{info.extractor} {info.version}".strip()[:MAX_ID] if info else ""
