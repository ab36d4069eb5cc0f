"""Why an artist is an answer, how strong the evidence is, and what the visitor can do next."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from core.arrays import FloatArray
from core.catalogue import Catalogue
from core.graph.adjacency import degrees
from core.pairs.ranker import PairRanker
from core.pairs.reasons import explain
from core.search.evidence import Answer, answer
from core.search.exploration import combined_scores
from core.search.fusion import Fusion
from core.search.spaces import Space, list_spaces, space_titles
from core.text import short_label
from pages.artists import why
from pages.artists.card import artist_name
from pages.artists.texts import NOT_SCORED, pair_reasons, parts_table
from pages.explore import texts
from pages.explore.comparing import compare_with
from pages.explore.parameters import LIKE, UNLIKE
from pages.explore.question import Question, add_to_query, query_said
from pages.lists.keeping import judge_buttons
from pages.shell import boxes, resources
from pages.shell.parameters import TOUR

MOST_SPACES = 12
"""The largest number of spaces whose ranks the dialog shows."""


def show_asked_reasons(catalogue: Catalogue, question: Question) -> bool:
    """Open the reasons that the URL asks for. Returns whether there were any to show."""
    asked = boxes.asked_why(catalogue)
    if asked is None or asked[0] == question.query.like[0]:
        return False
    if asked[1] not in {space.name for space in list_spaces(catalogue)}:
        return False
    show_reasons(catalogue, question, *asked)
    return True


@st.dialog(texts.REASONS_TITLE, width="medium", on_dismiss=boxes.close)
def show_reasons(catalogue: Catalogue, question: Question, row: int, space_name: str) -> None:
    """Why `row` is near the page's artist: what the two share, and the rank in every space."""
    if TOUR.is_given:
        st.caption(texts.REASONS_IN_TOUR)
    st.markdown(texts.near(artist_name(catalogue, row), artist_name(catalogue, question.query.like[0])))
    _show_actions(catalogue, question.query.like[0], row)
    judging = st.container()
    similarity = resources.space(catalogue, space_name)
    if question.is_joined:
        _show_query(catalogue, question, row, combined_scores(similarity, question.query).parts[:, row])
    query_row = _choose_named(catalogue, question) if question.is_joined else question.query.like[0]
    spaces = list_spaces(catalogue)
    answers = _answers_of_spaces(catalogue, spaces, query_row, space_name)
    with judging:
        rank, score = int(answers[0].ranks(np.array([row]))[0]) or None, float(answers[0].scores[row])
        kept = (row, None, None) if question.is_joined else (row, rank, score)
        judge_buttons(catalogue, row, "why", kept, space_name, query_said(catalogue, question.query))
    kind_answers = why.one_answer_per_kind(catalogue, spaces, [query_row], answers)
    why.show_pair(catalogue, query_row, row, space_name, kind_answers, question.is_joined)
    if isinstance(similarity, Fusion) and not question.is_joined:
        titles = space_titles(catalogue, similarity.weights.parts)
        degree = int(degrees(resources.adjacency(catalogue))[query_row])
        st.markdown(parts_table(titles, similarity.contributions(query_row, np.array([row]))[:, 0], degree))
    elif isinstance(similarity, PairRanker) and not question.is_joined:
        st.markdown(_pair_reasons(catalogue, similarity, query_row, row))
    why.show_places(answers, query_row, row, space_name, kind_answers)


def _show_query(catalogue: Catalogue, question: Question, row: int, parts: FloatArray) -> None:
    """What speaks for the answer by each named artist: edges, shared artists and tags, and what it adds (s,)."""
    query = question.query
    lines = [
        texts.named_line(artist_name(catalogue, named, 40), named in query.like, why.badges(catalogue, named, row))
        for named in query.artists.tolist()
    ]
    st.markdown("  \n".join(lines))
    names = [str(name) for name in catalogue.display_names.iloc[query.artists]]
    st.markdown(texts.query_parts_table(names, len(query.like), parts))


def _choose_named(catalogue: Catalogue, question: Question) -> int:
    """Choose which of the named artists the rest of the reasons is about."""
    rows = question.query.artists.tolist()
    names = catalogue.display_names
    # Numbered, since a select box tells its choices apart by label, and namesakes share a name.
    labels = {row: f"{place}. {short_label(str(names.iloc[row]), 60)}" for place, row in enumerate(rows, 1)}
    return st.selectbox(texts.BESIDE_WHOM, rows, format_func=labels.__getitem__) or rows[0]


def _pair_reasons(catalogue: Catalogue, ranker: PairRanker, query_row: int, row: int) -> str:
    reasons = explain(ranker, query_row, row)
    if reasons is None:
        return NOT_SCORED
    titles = {name: info.title for name, info in catalogue.feature_infos.items()}
    return pair_reasons(reasons, titles, _decades(catalogue, query_row, row))


def _decades(catalogue: Catalogue, query_row: int, row: int) -> tuple[float, float]:
    """The decades of both artists, NaN where unknown."""
    if "decade" not in catalogue.artists:
        return np.nan, np.nan
    decades = catalogue.artists["decade"].astype("Float64").to_numpy(np.float64, na_value=np.nan)
    return float(decades[query_row]), float(decades[row])


def _show_actions(catalogue: Catalogue, query_row: int, row: int) -> None:
    """Buttons for more like this, less like this, and compare. Each closes the dialog."""

    def end(act: Callable[..., None], *args: object) -> None:
        boxes.close()
        act(*args)

    with st.container(horizontal=True, gap="small"):
        pressed = [
            st.button(label, key=key, icon=icon, on_click=end, args=(act, *args))
            for label, key, icon, act, args in (
                (texts.MORE_LIKE, "why_like", ":material/add:", add_to_query, (catalogue, LIKE, row)),
                (texts.LESS_LIKE, "why_unlike", ":material/remove:", add_to_query, (catalogue, UNLIKE, row)),
                (
                    texts.COMPARE,
                    "why_compare",
                    ":material/compare_arrows:",
                    compare_with,
                    (catalogue, [query_row, row]),
                ),
            )
        ]
    if any(pressed):
        st.rerun()


def _answers_of_spaces(catalogue: Catalogue, spaces: Sequence[Space], query_row: int, first: str) -> list[Answer]:
    shown = sorted(spaces, key=lambda space: space.name != first)[:MOST_SPACES]
    return [answer(resources.space(catalogue, space.name), space, query_row, 1) for space in shown]
