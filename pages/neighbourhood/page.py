"""Neighbourhood: the known edges around one artist, to walk from artist to artist, and the way to another artist."""

import pandas as pd
import streamlit as st

from core.catalogue import Catalogue
from core.graph.html_export import hop_graph_html
from core.graph.neighbourhood import HopGraph
from core.graph.neighbourhood import hop_graph as graph_around
from pages.neighbourhood.drawing import artist_table, drawn_edges, drawn_nodes, summary
from pages.neighbourhood.hop_graph import HopEvent, hop_graph
from pages.neighbourhood.path_section import choose_view, show_path_section
from pages.neighbourhood.walk import back_to, toggled, walked
from pages.shell import resources, state
from pages.shell.artists import artist_card, artist_name, artist_search
from pages.shell.genres import GenreClasses, genre_classes
from pages.shell.listen import show_player_beside
from pages.shell.navigation import page

EXPANDED, TRAIL = "expanded", "neighbourhood_trail"
FEWEST, MOST, STEP = 10, 150, 10
SHOWN_STEPS = 4
HEIGHT = 560


@st.cache_resource(max_entries=8, show_spinner=False)
def genres_of(content_hash: str, _catalogue: Catalogue) -> GenreClasses:
    return genre_classes(_catalogue.artists["genres"])


def recentre(row: int) -> None:
    """Another artist in the middle, with nobody expanded."""
    st.query_params.pop(EXPANDED, None)
    state.select_artist(catalogue, row)


def go_back(step: int) -> None:
    st.session_state[TRAIL] = back_to(st.session_state[TRAIL], step)
    recentre(catalogue.row_of[st.session_state[TRAIL][-1]])


def show_trail(artist_id: str) -> None:
    """Where the visitor came from, as buttons that lead back."""
    known = [step for step in st.session_state.get(TRAIL, []) if step in catalogue.row_of]
    trail = st.session_state[TRAIL] = walked(known, artist_id)
    steps = list(enumerate(trail[:-1]))[-SHOWN_STEPS:]
    if not steps:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("Back to", width="content")
        for step, earlier in steps:
            name = artist_name(catalogue, catalogue.row_of[earlier], 24)
            st.button(name, key=f"back_{step}", type="tertiary", on_click=go_back, args=(step,))


def take_event(event: HopEvent) -> None:
    """What a click or key in the drawing changes in the URL; an artist in the middle stays as it is."""
    if event.artist_id == artist_id:
        return
    if event.kind == "recentre":
        recentre(catalogue.row_of[event.artist_id])
    else:
        st.query_params[EXPANDED] = toggled(expanded, event.artist_id, artist_id)


def show_graph(graph: HopGraph, hops: int) -> None:
    """The drawing, and its download."""
    nodes, edges = drawn_nodes(catalogue, graph, genres, matrix), drawn_edges(catalogue, graph)
    name = str(catalogue.display_names.iloc[centre])
    st.caption(summary(graph, hops))
    hop_graph(nodes, edges, take_event, key="hop_graph", height=HEIGHT, label=f"Artists around {name}")
    st.download_button(
        "Download as a web page",
        lambda: hop_graph_html(nodes, edges, f"Artists around {name}"),
        f"neighbourhood-{artist_id}.html", "text/html", key="hop_html", icon=":material/download:", on_click="ignore",
        help="One file that needs no network. It takes a moment to make.",
    )  # fmt: skip


def show_around() -> None:
    """The graph of known edges, and its artists as a list."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        hops = st.segmented_control(
            "Hops", [1, 2], default=2, key="hops", bind="query-params", required=True, width="content"
        )
        limit = st.slider("Artists at most", FEWEST, MOST, 60, STEP, key="limit", bind="query-params", width=320)
    rows = [catalogue.row_of[other] for other in expanded]
    graph = graph_around(catalogue, centre, hops or 2, limit, rows, matrix)
    show_graph(graph, hops or 2)
    show_list(graph, artist_table(catalogue, graph, genres, matrix))


def show_list(graph: HopGraph, table: pd.DataFrame) -> None:
    """The drawing in words; a row chosen moves its artist into the middle."""
    key = f"hop_table_{artist_id}"

    def take_row() -> None:
        rows = st.session_state[key].selection.rows
        if rows and rows[0] < len(graph):
            recentre(int(graph.rows[rows[0]]))

    st.subheader("The same as a list", anchor=False)
    st.caption("Choose a row to move that artist into the middle.")
    st.dataframe(
        table, key=key, hide_index=True, on_select=take_row, selection_mode="single-row", height=420,
        alt=f"Artists drawn around {catalogue.display_names.iloc[centre]}",
    )  # fmt: skip


def show_isolated() -> None:
    st.info(
        "No similar artist is known for this one, so it has no neighbourhood. Its nearest by content are on Explore.",
        icon=":material/info:",
    )
    st.page_link(page("explore"), label="See its nearest on Explore", query_params=state.carried())


catalogue = state.current_catalogue()
st.title("Neighbourhood", anchor=False)
show_player_beside(catalogue)
matrix = resources.adjacency(catalogue)
genres = genres_of(catalogue.content_hash, catalogue)
picture, beside = st.columns([3, 1.15], gap="medium")
with beside:
    artist_search(catalogue, "find_centre", recentre)
selected = state.selected_artist(catalogue)
if selected is None:
    with picture:
        st.info("Find an artist by name to see who is known to be similar, and who is similar to those.")
    st.stop()
centre = selected
artist_id = str(catalogue.artists["artist_id"].iloc[centre])
expanded = [other for other in st.query_params.get_all(EXPANDED) if other in catalogue.row_of]
with beside:
    artist_card(catalogue, centre)
with picture:
    show_trail(artist_id)
    if choose_view() == "path":
        show_path_section(catalogue, centre, recentre)
    elif matrix.indptr[centre] == matrix.indptr[centre + 1]:
        show_isolated()
    else:
        show_around()
