"""The way from the artist in the middle to another one: what to ask, and the path with what speaks for each step.

What is asked stands in the URL alone; the widgets show it and write to it.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.drawing import NodeStates
from core.graph.encodings import EDGE_ENCODINGS, edge_name
from core.graph.html_export import drawing_html
from core.graph.links import HELD_OUT
from core.graph.paths import MAX_STEPS, NEAREST, ArtistPath, StepGraph, find_path, step_graph
from core.search.spaces import Space, list_spaces, space_titles
from core.text import file_name, short_label
from pages.artists.card import artist_name
from pages.artists.listen import artist_beside, play_beside
from pages.artists.search import artist_search
from pages.components.charts import show_table
from pages.components.hop_graph import HopEvent, hop_graph
from pages.lists import collection, keeping
from pages.neighbourhood.parameters import AVOID, OF_PATH, SMOOTHING, STEPS, TIES, TO, VIA, VIEW
from pages.neighbourhood.path_drawing import PER_LINE, draw_path
from pages.neighbourhood.path_view import (
    LONGEST_NAME,
    TIES_TITLES,
    Question,
    path_summary,
    path_table,
    read_question,
    step_evidence,
    written,
)
from pages.neighbourhood.space_choice import spaces_for_paths
from pages.shell import resources
from pages.shell.caching import cached_per_catalogue
from pages.shell.parameters import SPACE, Parameter
from pages.shell.text import plain

VIEWS = {"around": "Artists around", "path": "Path to another artist"}
_EXPLAINED = (
    f"Near: one of the two is among the {NEAREST} nearest of the other in the space. Score: their cosine there. "
    "Points: the share of artists that one is better known than the other, in per cent, by popularity, or by known "
    "edges where no popularity is known."
)


def choose_view() -> str:
    """What the page shows; a link that names a goal leads to the path."""
    asked = VIEW.get("path" if TO.is_given else "around")
    st.session_state["shown_view"] = asked if asked in VIEWS else "around"
    chosen = st.segmented_control(
        "Show",
        list(VIEWS),
        format_func=VIEWS.__getitem__,
        key="shown_view",
        required=True,
        width="content",
        on_change=lambda: VIEW.put(st.session_state["shown_view"]),
    )
    return chosen or "around"


def show_path_section(catalogue: Catalogue, start: int, go_to: Callable[[int], None]) -> None:
    """Everything about a path that begins at `start`; `go_to` is called with the row of an artist chosen in it."""
    spaces = spaces_for_paths(catalogue, list_spaces(catalogue), SPACE.get(""))
    if not spaces:
        st.info("A path needs a space that places artists, and this catalogue has none. Train a model on Train first.")
        return
    parameters = {parameter.name: parameter.get_all() for parameter in OF_PATH}
    question = read_question(parameters, catalogue, [space.name for space in spaces], start)
    find_goal, find_avoided = st.columns(2, gap="medium")
    with find_goal:
        artist_search(catalogue, "find_goal", lambda row: TO.put(catalogue.id_of(row)), "Find the artist to arrive at")
    if question.goal is None:
        if parameters[TO.name]:
            st.warning("The link leads to an artist that this catalogue does not hold. Search for another goal.")
        st.info(
            f"Find the artist to arrive at: you get a way there from {artist_name(catalogue, start)} by small steps, "
            "each to an artist that is similar to the one before."
        )
        return
    if question.goal == start:
        st.info("You are at the goal. Find another artist to go on to.")
        return
    with find_avoided:
        artist_search(catalogue, "find_avoided", lambda row: _avoid(catalogue.id_of(row)), "Avoid an artist")
    _choose(question, spaces)
    _show_avoided(catalogue, start, question)
    try:
        graph = _step_graph(catalogue, str(question.space))
        path = find_path(
            catalogue, graph, start, question.goal, question.ties, question.smoothing, question.avoid, question.n_steps
        )
    except NearfieldError as fault:
        st.warning(plain(str(fault)), icon=":material/wrong_location:")
        return
    _show_path(catalogue, path, question, go_to)


@cached_per_catalogue(4, spinner="Finding the steps between artists in this space …")
def _step_graph(catalogue: Catalogue, space: str) -> StepGraph:
    return step_graph(catalogue, *resources.vectors(catalogue, space))


def _choose(question: Question, spaces: Sequence[Space]) -> None:
    titles = {space.name: space.title for space in spaces}
    shown = {VIA: question.space, TIES: question.ties, SMOOTHING: question.smoothing, STEPS: question.n_steps}
    for parameter, value in shown.items():
        st.session_state[_key(parameter)] = value
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.selectbox(
            "Space",
            list(titles),
            format_func=titles.__getitem__,
            key=_key(VIA),
            width=280,
            on_change=_take,
            args=(VIA,),
        )
        st.segmented_control(
            "Steps may be",
            list(TIES_TITLES),
            format_func=TIES_TITLES.__getitem__,
            key=_key(TIES),
            required=True,
            width="content",
            on_change=_take,
            args=(TIES,),
            help="Listed edges: similar by the catalogue, known to models or held out from them.",
        )
        st.slider(
            "Smoothing of popularity",
            0.0,
            1.0,
            step=0.1,
            key=_key(SMOOTHING),
            width=220,
            on_change=_take,
            args=(SMOOTHING,),
            help="How much a jump from a little known to a well known artist counts: at 0 similarity alone decides, "
            "at 1 a usual jump counts as much as a usual distance.",
        )
        st.number_input(
            "Steps wanted",
            1,
            MAX_STEPS,
            None,
            key=_key(STEPS),
            placeholder="As it comes",
            width=190,
            on_change=_take,
            args=(STEPS,),
        )


def _show_avoided(catalogue: Catalogue, start: int, question: Question) -> None:
    if _ends_avoided(catalogue, start, question):
        st.caption("The two ends of a path cannot be avoided.")
    if not question.avoid:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="path_avoided"):
        st.caption("Avoided", width="content")
        for row in question.avoid:
            st.button(
                artist_name(catalogue, row, LONGEST_NAME),
                key=f"path_allow_{row}",
                icon=":material/close:",
                help="Allow this artist again.",
                on_click=_allow,
                args=(catalogue.id_of(row),),
            )


def _ends_avoided(catalogue: Catalogue, start: int, question: Question) -> bool:
    asked = {catalogue.row_of.get(artist_id) for artist_id in AVOID.get_all()}
    return bool(asked & {start, question.goal})


def _show_path(catalogue: Catalogue, path: ArtistPath, question: Question, go_to: Callable[[int], None]) -> None:
    names = catalogue.display_names.iloc[[path.start, path.rows[-1]]]
    first, last = (short_label(name, LONGEST_NAME) for name in names)
    st.subheader(f"From {plain(first)} to {plain(last)}", anchor=False)
    st.caption(path_summary(catalogue, path, question.n_steps))
    _show_drawing(catalogue, path, question.space, f"From {first} to {last}", go_to)
    with st.container(gap="xsmall", key="path_artists"):
        for place, row in enumerate(path.rows):
            _show_artist(catalogue, path, place, row, question.space, go_to)
    lacking = [row for row in path.rows if catalogue.id_of(row) not in collection.verdicts(catalogue)]
    st.button(
        "Keep the whole path" if lacking else "All of the path is in your list",
        key="path_keep_all",
        icon=":material/bookmark_add:",
        disabled=not lacking,
        on_click=_keep,
        args=(catalogue, path.rows, question.space, f"path from {names.iloc[0]} to {names.iloc[1]}"),
    )
    held_out = any(step.kind == HELD_OUT for step in path.steps)
    st.caption(
        f"{_EXPLAINED} {edge_name(HELD_OUT).capitalize()}: {EDGE_ENCODINGS[HELD_OUT].meaning}."
        if held_out
        else _EXPLAINED
    )
    ends = f"{catalogue.id_of(path.start)}-{catalogue.id_of(path.rows[-1])}"
    show_table(path_table(catalogue, path), f"Path from {first} to {last}", "path_table", f"path-{ends}")


def _show_drawing(catalogue: Catalogue, path: ArtistPath, space: str, title: str, go_to: Callable[[int], None]) -> None:
    playing = artist_beside(catalogue)
    states = NodeStates(
        kept=collection.verdicts(catalogue), playing=None if playing is None else catalogue.id_of(playing)
    )
    drawing = draw_path(catalogue, path, space_titles(catalogue, [space])[0], title, states)
    file = file_name("path", catalogue.id_of(path.start), catalogue.id_of(path.rows[-1]))
    names = [str(name) for name in catalogue.display_names.iloc[[path.start, path.rows[-1]]]]

    def take(event: HopEvent) -> None:
        row = catalogue.row_of[event.artist_id]
        match event.kind:
            case "recentre" if row != path.start:
                go_to(row)
            case "play":
                play_beside(catalogue, row)
            case "keep":
                _keep(catalogue, [row], space, f"path from {names[0]} to {names[1]}")
            case "avoid":
                _avoid(event.artist_id)

    lines = -(-len(path.rows) // PER_LINE)
    hop_graph(
        drawing,
        take,
        key="path_graph",
        height=150 + 90 * lines,
        file=file,
        actions=("recentre", "play", "keep", "avoid"),
    )
    st.download_button(
        "Download as a web page",
        lambda: drawing_html(drawing),
        f"{file}.html",
        "text/html",
        key="path_html",
        icon=":material/download:",
        on_click="ignore",
    )


def _show_artist(
    catalogue: Catalogue, path: ArtistPath, place: int, row: int, space: str, go_to: Callable[[int], None]
) -> None:
    """One line of the path: the artist, what speaks for the step to it, and what to do with it."""
    name = artist_name(catalogue, row, LONGEST_NAME)
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                f"{place}. {name}",
                key=f"path_go_{row}",
                type="tertiary",
                on_click=go_to,
                args=(row,),
                help="Move this artist into the middle; the way leads on from there.",
            )
            if len(catalogue.tracks_of(row)):
                playing = artist_beside(catalogue) == row
                st.button(
                    "Stop" if playing else "Play",
                    key=f"path_play_{row}",
                    type="tertiary",
                    on_click=play_beside,
                    icon=":material/stop:" if playing else ":material/play_arrow:",
                    args=(catalogue, row),
                )
            _offer_keeping(catalogue, path, row, space)
            if 0 < place < len(path.steps):
                st.button(
                    "Avoid",
                    key=f"path_avoid_{row}",
                    icon=":material/block:",
                    type="tertiary",
                    on_click=_avoid,
                    args=(catalogue.id_of(row),),
                    help=f"Find a way that does not lead over {name}.",
                )
        st.caption(step_evidence(path.steps[place - 1]) if place else "the start")


def _offer_keeping(catalogue: Catalogue, path: ArtistPath, row: int, space: str) -> None:
    artist_id = catalogue.id_of(row)
    kept = artist_id in collection.verdicts(catalogue)
    names = [str(name) for name in catalogue.display_names.iloc[[path.start, path.rows[-1]]]]
    st.button(
        "In your list" if kept else "Keep",
        key=f"path_keep_{row}",
        type="tertiary",
        disabled=kept,
        icon=":material/bookmark_added:" if kept else ":material/bookmark_add:",
        on_click=_keep,
        args=(catalogue, [row], space, f"path from {names[0]} to {names[1]}"),
    )


def _keep(catalogue: Catalogue, rows: Sequence[int], space: str, query: str) -> None:
    keeping.keep_artists(catalogue, rows, space, query)


def _take(parameter: Parameter) -> None:
    parameter.put(written(parameter, st.session_state[_key(parameter)]))


def _avoid(artist_id: str) -> None:
    avoided = AVOID.get_all()
    if artist_id not in avoided:
        AVOID.put([*avoided, artist_id])


def _allow(artist_id: str) -> None:
    AVOID.put([other for other in AVOID.get_all() if other != artist_id])


def _key(parameter: Parameter) -> str:
    return f"path_{parameter.name}"
