"""A path that was found: its drawing, and its artists with the evidence and the actions for each step."""

from collections.abc import Callable

import streamlit as st

from core.catalogue import Catalogue
from core.graph.drawing import NodeStates
from core.graph.html_export import drawing_html
from core.graph.links import HELD_OUT
from core.graph.paths import ArtistPath
from core.search.spaces import space_titles
from core.text import file_name, short_label
from pages.artists.card import artist_name
from pages.artists.listen import artist_beside, play_beside
from pages.components.charts import show_table
from pages.components.hop_graph import HopEvent, hop_graph
from pages.lists import collection, keeping
from pages.neighbourhood import texts
from pages.neighbourhood.parameters import AVOID
from pages.neighbourhood.path_drawing import PER_LINE, draw_path
from pages.neighbourhood.path_view import Question, path_table
from pages.neighbourhood.texts import LONGEST_NAME
from pages.shell.text import plain


def show_path(
    catalogue: Catalogue, path: ArtistPath, question: Question, looked_at: int | None, go_to: Callable[[int], None]
) -> None:
    """The path as a sentence, as a drawing, artist by artist, and as a table. `looked_at` is as in StepGraph."""
    names = catalogue.display_names.iloc[[path.start, path.rows[-1]]]
    first, last = (short_label(name, LONGEST_NAME) for name in names)
    st.subheader(texts.path_title(plain(first), plain(last)), anchor=False)
    st.caption(texts.path_summary(catalogue, path, question.n_steps))
    _show_drawing(catalogue, path, question.space, texts.path_title(first, last), go_to)
    with st.container(gap="xsmall", key="path_artists"):
        for place, row in enumerate(path.rows):
            _show_artist(catalogue, path, place, row, question.space, go_to)
    lacking = [row for row in path.rows if catalogue.id_of(row) not in collection.verdicts(catalogue)]
    st.button(
        texts.KEEP_PATH if lacking else texts.PATH_KEPT,
        key="path_keep_all",
        icon=":material/bookmark_add:",
        disabled=not lacking,
        on_click=keeping.keep_artists,
        args=(catalogue, path.rows, question.space, _query(catalogue, path)),
    )
    st.caption(texts.path_explained(any(step.kind == HELD_OUT for step in path.steps), looked_at))
    ends = f"{catalogue.id_of(path.start)}-{catalogue.id_of(path.rows[-1])}"
    show_table(path_table(catalogue, path), texts.path_table_title(first, last), "path_table", f"path-{ends}")


def _show_drawing(catalogue: Catalogue, path: ArtistPath, space: str, title: str, go_to: Callable[[int], None]) -> None:
    playing = artist_beside(catalogue)
    states = NodeStates(
        kept=collection.kept_ids(catalogue), playing=None if playing is None else catalogue.id_of(playing)
    )
    drawing = draw_path(catalogue, path, space_titles(catalogue, [space])[0], title, states)
    file = file_name("path", catalogue.id_of(path.start), catalogue.id_of(path.rows[-1]))

    def take(event: HopEvent) -> None:
        row = catalogue.row_of[event.artist_id]
        match event.kind:
            case "recentre" if row != path.start:
                go_to(row)
            case "play":
                play_beside(catalogue, row)
            case "keep":
                keeping.keep_artists(catalogue, [row], space, _query(catalogue, path))
            case "avoid":
                avoid(event.artist_id)

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
        texts.DOWNLOAD,
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
    """One line of the path: the artist, the evidence for the step to it, and its buttons."""
    name = artist_name(catalogue, row, LONGEST_NAME)
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                texts.artist_label(place, name),
                key=f"path_go_{row}",
                type="tertiary",
                on_click=go_to,
                args=(row,),
                help=texts.GO_HELP,
            )
            if len(catalogue.tracks_of(row)):
                playing = artist_beside(catalogue) == row
                st.button(
                    texts.STOP if playing else texts.PLAY,
                    key=f"path_play_{row}",
                    type="tertiary",
                    on_click=play_beside,
                    icon=":material/stop:" if playing else ":material/play_arrow:",
                    args=(catalogue, row),
                )
            _offer_keeping(catalogue, path, row, space)
            if 0 < place < len(path.steps):
                st.button(
                    texts.AVOID,
                    key=f"path_avoid_{row}",
                    icon=":material/block:",
                    type="tertiary",
                    on_click=avoid,
                    args=(catalogue.id_of(row),),
                    help=texts.avoid_help(name),
                )
        st.caption(texts.step_evidence(path.steps[place - 1]) if place else texts.THE_START)


def _offer_keeping(catalogue: Catalogue, path: ArtistPath, row: int, space: str) -> None:
    artist_id = catalogue.id_of(row)
    kept = artist_id in collection.kept_ids(catalogue)
    st.button(
        texts.KEPT if kept else texts.KEEP,
        key=f"path_keep_{row}",
        type="tertiary",
        disabled=kept,
        icon=":material/bookmark_added:" if kept else ":material/bookmark_add:",
        on_click=keeping.keep_artists,
        args=(catalogue, [row], space, _query(catalogue, path)),
    )


def avoid(artist_id: str) -> None:
    """Leave an artist out of the path, by adding it to the URL's list of avoided artists."""
    avoided = AVOID.get_all()
    if artist_id not in avoided:
        AVOID.put([*avoided, artist_id])


def _query(catalogue: Catalogue, path: ArtistPath) -> str:
    """The query that a list records for artists kept from this path."""
    first, last = (str(name) for name in catalogue.display_names.iloc[[path.start, path.rows[-1]]])
    return texts.path_query(first, last)
