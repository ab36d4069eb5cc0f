"""Buttons that keep artists in the active list, for any page."""

from collections.abc import Callable, Sequence
from functools import partial
from math import isfinite

import streamlit as st

from core.catalogue import Catalogue
from core.curation import CurationList, Verdict, add, found, judge, remove
from core.errors import NearfieldError
from pages.lists import collection, texts
from pages.lists.collection import verdicts
from pages.shell import choices
from pages.shell.owner import told
from pages.shell.parameters import Parameter, Scope

REJECTED = Parameter("rejected", Scope.PAGE)
"""Whether answers leave out the artists that the active list rejects."""

Result = tuple[int, int | None, float | None]
"""Row, rank (1 for the nearest) and score. The last two are None if the artist was not ranked."""


def keep_button(catalogue: Catalogue, results: Sequence[Result], space: str, query: str, key: str) -> None:
    """A button that keeps the artists of `results` in the active list. For a single artist, it also removes it again.

    `space` is the name of the space that found them, empty if there was none. `query` is the query in words.
    """
    opened = collection.open_lists(catalogue)
    ids = [catalogue.id_of(row) for row, _, _ in results]
    keep = partial(_add, catalogue, results, space, query)
    if opened is None or not ids:
        st.button(texts.KEEP, key=key, icon=":material/bookmark_add:", disabled=True)
    elif len(ids) > 1:
        lacking = collection.missing(opened, ids)
        rejected = sum(opened.verdicts.get(one) == "skip" for one in ids)
        label = texts.keep_these(len(ids), bool(lacking), rejected)
        st.button(label, key=key, icon=":material/bookmark_add:", type="tertiary", disabled=not lacking, on_click=keep)
    elif ids[0] not in opened.verdicts:
        st.button(texts.KEEP, key=key, icon=":material/bookmark_add:", on_click=keep)
    elif opened.verdicts[ids[0]] == "skip":
        st.button(
            texts.KEEP_SKIPPED,
            key=key,
            icon=":material/bookmark_add:",
            on_click=_judge,
            args=(catalogue, ids[0], "keep"),
        )
    else:
        st.button(
            texts.TAKE_OUT_KEPT,
            key=key,
            icon=":material/bookmark_remove:",
            on_click=collection.take_out,
            args=(catalogue, opened.active.entry(ids[0])),
        )


def keep_artists(catalogue: Catalogue, rows: Sequence[int], space: str = "", query: str = "") -> None:
    """Keep the artists in `rows`, in this order, in one write with one undo.

    Of several artists those that the list rejects stay rejected; a single one is kept after all. `space` and `query`
    are as in `keep_button`. For callbacks; the lists panel shows errors.
    """
    results = [(int(row), None, None) for row in rows]
    if len(results) == 1:
        only = catalogue.id_of(results[0][0])
        _add(catalogue, results, space, query, lambda curated: judge(curated, only, "keep"))
    else:
        _add(catalogue, results, space, query)


def judge_buttons(
    catalogue: Catalogue, row: int, key: str, result: Result | None = None, space: str = "", query: str = ""
) -> None:
    """Buttons to keep or reject an artist, for its card or the reasons why it is an answer.

    `result` is the artist's rank and score in `space`, see `keep_button`.
    """
    result = result or (row, None, None)
    with st.container(horizontal=True, width="content"):
        keep_button(catalogue, [result], space, query, f"{key}_keep_{row}")
        is_rejected = verdicts(catalogue).get(catalogue.id_of(row)) == "skip"
        st.button(
            texts.TAKE_OUT_REJECTED if is_rejected else texts.REJECT,
            key=f"{key}_skip_{row}",
            icon=":material/block:",
            type="tertiary",
            help=texts.REJECT_HELP,
            on_click=judge_one,
            args=(catalogue, result, space, query, "skip"),
        )


def judge_one(catalogue: Catalogue, result: Result, space: str, query: str, verdict: Verdict) -> None:
    """Give an artist this verdict, or take the artist out of the list if it has it already. For callbacks."""
    opened = collection.open_lists(catalogue)
    if opened is None:
        return
    artist_id = catalogue.id_of(result[0])
    known = opened.verdicts.get(artist_id)
    if known == verdict:
        collection.take_out(catalogue, opened.active.entry(artist_id))
    elif known:
        _judge(catalogue, artist_id, verdict)
    else:
        then = partial(judge, artist_id=artist_id, verdict=verdict)
        _add(catalogue, [result], space, query, then, is_undone=verdict == "skip")


def rows_to_leave_out(catalogue: Catalogue) -> list[int]:
    """The rows of the artists that the active list rejects, and a switch that lets them into answers all the same.

    Nothing is drawn if there are none.
    """
    rejected = [artist_id for artist_id, verdict in verdicts(catalogue).items() if verdict == "skip"]
    rows = [catalogue.row_of[artist_id] for artist_id in rejected if artist_id in catalogue.row_of]
    if not rows:
        return []
    leave_out = st.toggle(
        texts.leave_out_rejected(len(rows)), **choices.switch_in_url(REJECTED, True), help=texts.LEAVE_OUT_HELP
    )
    return rows if leave_out else []


def _add(
    catalogue: Catalogue,
    results: Sequence[Result],
    space: str,
    query: str,
    then: Callable[[CurationList], CurationList] = lambda curated: curated,
    *,
    is_undone: bool = False,
) -> None:
    """Add artists to the active list, then apply `then` to it.

    Adding several artists can be undone, and with `is_undone` adding one.
    """
    plain_results = [
        (int(row), None if rank is None else int(rank), score if score is not None and isfinite(score) else None)
        for row, rank, score in results
    ]
    try:
        entries = found(catalogue, plain_results, space, query)
    except NearfieldError as fault:
        collection.say_fault(told(fault))
        return
    known = collection.verdicts(catalogue)
    new = list(dict.fromkeys(entry.artist_id for entry in entries if entry.artist_id not in known))
    undo = partial(remove, artist_ids=new) if len(new) > 1 or (new and is_undone) else None
    said = texts.undo_kept(len(new))
    if collection.change_list(catalogue, lambda curated: then(add(curated, entries)), undo, said) and entries:
        if collection.verdicts(catalogue).get(entries[0].artist_id) == "skip":
            st.toast(texts.rejected_toast(entries[0].name), icon=":material/block:")
        else:
            st.toast(texts.kept_toast(entries[0].name, len(entries)), icon=":material/bookmark_added:")


def _judge(catalogue: Catalogue, artist_id: str, verdict: Verdict) -> None:
    collection.change_list(catalogue, lambda curated: judge(curated, artist_id, verdict))
