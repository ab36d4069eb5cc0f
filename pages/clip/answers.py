"""The answers to a clip: lists of artists side by side, with the evidence for each artist."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.clips.search import BY_TRACK, ClipAnswers
from core.clips.service import ClipReport
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP
from core.search.spaces import Space
from core.space_name import Kind, SpaceName
from pages.artists.card import artist_name
from pages.clip import texts
from pages.clip.choosing import Chosen
from pages.clip.lists import reasons_open, shortened, show_list, shown_rows
from pages.clip.parameters import ANSWERS
from pages.clip.reasons import show_clip_reasons
from pages.lists.keeping import rows_to_leave_out
from pages.shell import choices
from pages.shell.choices import choose_length

MOST_LISTS, DEFAULT_LISTS = 4, 3


def show_nearest(catalogue: Catalogue, chosen: Chosen, report: ClipReport) -> None:
    """The nearest artists in each chosen space, and the reasons that the URL asks for."""
    st.subheader(texts.NEAREST_ARTISTS, anchor=False)
    wide, narrow = st.columns([5, 1])
    with wide:
        spaces = _choose_lists(report.search.spaces, report.answers.default)
    with narrow:
        length = choose_length()
    if not spaces:
        st.info(texts.NO_ANSWER_CHOSEN)
        return
    if chosen.artist is not None:
        places = places_of(report.answers, chosen.artist, spaces)
        st.markdown(texts.own_artist_sentence(artist_name(catalogue, chosen.artist), places))
    st.caption(texts.how_to_read(len(catalogue.learned_edges) > 0))
    query = texts.clip_query(chosen.file.name)
    left_out = rows_to_leave_out(catalogue)
    answers = [shortened(report.answers.answers[name], length, left_out) for name in spaces]
    shown = shown_rows(answers)
    found = report.search.evidence(report.clip.analysis, report.answers, shown)
    evidence = dict(zip(shown.tolist(), found, strict=True))
    for column, answer in zip(st.columns(len(answers), gap="medium"), answers, strict=True):
        name = answer.space.name
        lines = [texts.evidence_line(evidence[row], name, spaces) for row in answer.nearest.rows.tolist()]
        with column:
            show_list(catalogue, answer, texts.meaning(answer.space), lines, query)
    if (why := reasons_open(catalogue, spaces)) and why[1] in evidence:
        space, row = why
        show_clip_reasons(catalogue, chosen, report, evidence[row], space, query)


def places_of(answers: ClipAnswers, artist: int, spaces: Sequence[str]) -> list[tuple[int, int, str]]:
    """For each space that ranks the artist: the rank, the number of ranked artists, and the title of the space."""
    found = [answers.answers[name] for name in spaces]
    ranks = [int(answer.ranks(np.array([artist]))[0]) for answer in found]
    return [(rank, answer.n_known, answer.space.title) for rank, answer in zip(ranks, found, strict=True) if rank]


def default_lists(spaces: Sequence[str], default: str) -> list[str]:
    """The default space, then one of each other kind (sound, descriptors, graph). At most three."""
    by_preference = [default, default + BY_TRACK, CLAP + BY_TRACK, CLAP, ACOUSTICBRAINZ, *filter(_is_route, spaces)]
    chosen: list[str] = []
    for name in by_preference:
        if name in spaces and _kind(name) not in map(_kind, chosen):
            chosen.append(name)
    for name in by_preference:
        if len(chosen) < min(DEFAULT_LISTS, len(spaces)) and name in spaces and name not in chosen:
            chosen.append(name)
    return sorted(chosen[:DEFAULT_LISTS], key=by_preference.index)


def _choose_lists(spaces: Sequence[Space], default: str) -> list[str]:
    titles = {space.name: space.title for space in spaces}
    usual = default_lists(list(titles), default)
    return st.multiselect(
        texts.ANSWERS_BESIDE,
        list(titles),
        format_func=titles.__getitem__,
        max_selections=MOST_LISTS,
        select_all=False,
        **choices.many_in_url(ANSWERS, list(titles), usual, most=MOST_LISTS),
    )


def _kind(space: str) -> str:
    return Kind.ROUTE.value if _is_route(space) else space.removesuffix(BY_TRACK)


def _is_route(space: str) -> bool:
    return SpaceName(space).kind is Kind.ROUTE
