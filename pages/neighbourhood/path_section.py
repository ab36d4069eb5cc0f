"""The path from the central artist to another one: the choice of goal, space and steps, and the path itself.

Only the URL holds the choices; the widgets read them from it and write them to it.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.corridor import WHOLE_UP_TO, artists_between
from core.graph.paths import MAX_STEPS, StepGraph, find_path, step_graph
from core.graph.protocols import why_not_trainable
from core.search.spaces import Space, list_spaces
from pages.artists.card import artist_name
from pages.artists.search import artist_search
from pages.neighbourhood import texts
from pages.neighbourhood.parameters import AVOID, OF_PATH, SMOOTHING, STEPS, TIES, TO, VIA, VIEW
from pages.neighbourhood.path_steps import avoid, show_path
from pages.neighbourhood.path_view import Question, read_question, written
from pages.neighbourhood.space_choice import spaces_for_paths
from pages.shell import resources
from pages.shell.caching import cached_per_catalogue
from pages.shell.owner import told
from pages.shell.parameters import SPACE, Parameter
from pages.shell.text import plain


def choose_view() -> str:
    """Choose between the neighbourhood and a path. A link that names a goal shows the path."""
    wanted = VIEW.get("path" if TO.is_given else "around")
    st.session_state["shown_view"] = wanted if wanted in texts.VIEWS else "around"
    chosen = st.segmented_control(
        texts.SHOW,
        list(texts.VIEWS),
        format_func=texts.VIEWS.__getitem__,
        key="shown_view",
        required=True,
        width="content",
        on_change=lambda: VIEW.put(st.session_state["shown_view"]),
    )
    return chosen or "around"


def show_path_section(catalogue: Catalogue, start: int, go_to: Callable[[int], None]) -> None:
    """Everything about a path from `start`. `go_to` is called with the row of an artist that the visitor chooses."""
    spaces = spaces_for_paths(list_spaces(catalogue), SPACE.get(""), resources.measured(catalogue))
    if not spaces:
        st.info(texts.NO_SPACE_AT_ALL if why_not_trainable(catalogue) else texts.NO_SPACE)
        return
    parameters = {parameter.name: parameter.get_all() for parameter in OF_PATH}
    question = read_question(parameters, catalogue, [space.name for space in spaces], start)
    find_goal, find_avoided = st.columns(2, gap="medium")
    with find_goal:
        artist_search(catalogue, "find_goal", lambda row: TO.put(catalogue.id_of(row)), texts.FIND_GOAL)
    if question.goal is None:
        if parameters[TO.name]:
            st.warning(texts.LOST_GOAL)
        st.info(texts.no_goal(artist_name(catalogue, start)))
        return
    if question.goal == start:
        st.info(texts.AT_GOAL)
        return
    with find_avoided:
        artist_search(catalogue, "find_avoided", lambda row: avoid(catalogue.id_of(row)), texts.FIND_AVOIDED)
    _choose(catalogue, question, spaces)
    _show_avoided(catalogue, start, question)
    try:
        graph = _steps(catalogue, str(question.space), start, question.goal)
        path = find_path(
            catalogue, graph, start, question.goal, question.ties, question.smoothing, question.avoid, question.n_steps
        )
    except NearfieldError as fault:
        st.warning(plain(told(fault)), icon=":material/wrong_location:")
        return
    show_path(catalogue, path, question, graph.looked_at, go_to)


def _steps(catalogue: Catalogue, space: str, start: int, goal: int) -> StepGraph:
    """The steps that a path can take: of all artists, or in a very large catalogue of those around the way."""
    if len(catalogue) <= WHOLE_UP_TO:
        return _all_steps(catalogue, space)
    return _steps_between(catalogue, space, start, goal)


@cached_per_catalogue(4, spinner=texts.FINDING_STEPS)
def _all_steps(catalogue: Catalogue, space: str) -> StepGraph:
    return step_graph(catalogue, *resources.vectors(catalogue, space))


@cached_per_catalogue(8, spinner=texts.FINDING_STEPS)
def _steps_between(catalogue: Catalogue, space: str, start: int, goal: int) -> StepGraph:
    vectors, present = resources.vectors(catalogue, space)
    rows = artists_between(vectors, present, resources.adjacency(catalogue), start, goal)
    return step_graph(catalogue, vectors, present, rows=rows)


def _choose(catalogue: Catalogue, question: Question, spaces: Sequence[Space]) -> None:
    titles = {space.name: space.title for space in spaces}
    shown = {VIA: question.space, TIES: question.ties, SMOOTHING: question.smoothing, STEPS: question.n_steps}
    for parameter, value in shown.items():
        st.session_state[_key(parameter)] = value
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.selectbox(
            texts.SPACE,
            list(titles),
            format_func=titles.__getitem__,
            key=_key(VIA),
            width=280,
            on_change=_take,
            args=(VIA,),
        )
        if len(catalogue.learned_edges):
            st.segmented_control(
                texts.STEPS_MAY_BE,
                list(texts.STEP_KINDS),
                format_func=texts.STEP_KINDS.__getitem__,
                key=_key(TIES),
                required=True,
                width="content",
                on_change=_take,
                args=(TIES,),
                help=texts.STEP_KINDS_HELP,
            )
        if catalogue.has_popularity or len(catalogue.learned_edges):
            st.slider(
                texts.SMOOTHING,
                0.0,
                1.0,
                step=0.1,
                key=_key(SMOOTHING),
                width=220,
                on_change=_take,
                args=(SMOOTHING,),
                help=texts.SMOOTHING_HELP,
            )
        st.number_input(
            texts.STEPS_WANTED,
            1,
            MAX_STEPS,
            None,
            key=_key(STEPS),
            placeholder=texts.ANY_STEPS,
            width=190,
            on_change=_take,
            args=(STEPS,),
        )


def _show_avoided(catalogue: Catalogue, start: int, question: Question) -> None:
    if _ends_avoided(catalogue, start, question):
        st.caption(texts.ENDS_AVOIDED)
    if not question.avoid:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="path_avoided"):
        st.caption(texts.AVOIDED, width="content")
        for row in question.avoid:
            st.button(
                artist_name(catalogue, row, texts.LONGEST_NAME),
                key=f"path_allow_{row}",
                icon=":material/close:",
                help=texts.ALLOW_HELP,
                on_click=_allow,
                args=(catalogue.id_of(row),),
            )


def _ends_avoided(catalogue: Catalogue, start: int, question: Question) -> bool:
    avoided = {catalogue.row_of.get(artist_id) for artist_id in AVOID.get_all()}
    return bool(avoided & {start, question.goal})


def _take(parameter: Parameter) -> None:
    parameter.put(written(parameter, st.session_state[_key(parameter)]))


def _allow(artist_id: str) -> None:
    AVOID.put([other for other in AVOID.get_all() if other != artist_id])


def _key(parameter: Parameter) -> str:
    return f"path_{parameter.name}"
