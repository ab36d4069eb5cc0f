"""Entries for artists as they are found: each with the space, the model, its place and its score."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

from core.catalogue import Catalogue
from core.curation.lists import MAX_ID, MAX_NAME, Entry, Origin, checked_note
from core.errors import NearfieldError
from core.search.fusions import load_fusion
from core.space_name import SpaceName


def found(
    catalogue: Catalogue,
    results: Iterable[tuple[int, int | None, float | None]],
    space: str,
    query: str,
    when: datetime | None = None,
) -> list[Entry]:
    """Entries for `results`: row, rank (1 for the nearest) and score of each; the last two None where nothing ranked.

    `space` is the space's name, empty where there was none; `query` says in words what was asked; `when` is now
    unless it is given.
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
    """The artist in `row`, kept, without a note. Raises NearfieldError for an artist whose id is too long to write."""
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
    """What made a space: a run's id, those of a fusion, the extractor of a feature set; else nothing."""
    name = SpaceName(space)
    if name.is_run:
        return name.id
    if name.is_fusion:
        weights, _ = load_fusion(catalogue, name.id)
        return " + ".join(weights.parts)[:MAX_ID]
    info = catalogue.feature_infos.get(space)
    return f"{info.extractor} {info.version}".strip()[:MAX_ID] if info else ""
