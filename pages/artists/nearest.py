"""The nearest artists in one space, as a list in which to select, play, ask why, and keep."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from core.catalogue import Catalogue
from core.search.evidence import Answer
from pages.artists import texts
from pages.artists.listen import artist_beside, play_beside
from pages.components.result_list import Result, ResultEvent, result_list
from pages.lists import collection, keeping
from pages.shell import boxes, elsewhere


def show_nearest(
    catalogue: Catalogue,
    found: Answer,
    scores: Sequence[str],
    evidence: Sequence[str],
    *,
    key: str,
    keep_key: str,
    query: str,
    go: Callable[[int], None],
) -> None:
    """The nearest artists of an answer, each with a score and a line of evidence, and a button that keeps them all.

    `query` is the query that a list records. `go` is called with the row of a
    selected artist.
    """
    space, playing = found.space, artist_beside(catalogue)
    rows, values = found.nearest.rows.tolist(), found.nearest.scores.tolist()
    ranked = [(row, place, score) for place, (row, score) in enumerate(zip(rows, values, strict=True), 1)]
    result_list(
        results_of(catalogue, found, scores, evidence),
        key=key,
        label=texts.nearest_label(space.title),
        known_ids=catalogue.row_of,
        playing=None if playing is None else catalogue.id_of(playing),
        on_event=partial(follow, catalogue, space.name, go, query, {result[0]: result for result in ranked}),
    )
    keeping.keep_button(catalogue, ranked, space.name, query, keep_key)


def results_of(catalogue: Catalogue, found: Answer, scores: Sequence[str], evidence: Sequence[str]) -> list[Result]:
    """The lines of the list."""
    rows = found.nearest.rows
    audible = np.isin(rows, catalogue.tracks["artist"])
    verdicts = collection.verdicts(catalogue)
    ids = [catalogue.id_of(row) for row in rows.tolist()]
    names, links = catalogue.display_names.iloc[rows].tolist(), elsewhere.links_of(catalogue, rows.tolist())
    lines = zip(ids, names, scores, evidence, audible.tolist(), links, strict=True)
    return [
        Result(artist_id, str(name), score, line, is_audible, verdicts.get(artist_id, ""), addresses)
        for artist_id, name, score, line, is_audible, addresses in lines
    ]


def follow(
    catalogue: Catalogue,
    space_name: str,
    go: Callable[[int], None],
    query: str,
    ranked: Mapping[int, keeping.Result],
    event: ResultEvent,
) -> None:
    """Handle an event of the list: select an artist, play one, show the reasons for one, keep or reject one.

    `ranked` has each row with its rank and score, which a list records with the `query`.
    """
    row = catalogue.row_of[event.artist_id]
    match event.kind:
        case "go":
            go(row)
        case "play":
            play_beside(catalogue, row)
        case "why":
            boxes.open_why(event.artist_id, space_name)
        case "keep" | "skip":
            keeping.judge_one(catalogue, ranked.get(row, (row, None, None)), space_name, query, event.kind)
