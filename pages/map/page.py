"""Map: all artists of a space on a plane, with the true neighbours drawn in and a figure of how far to trust it."""

import plotly.graph_objects as go
import streamlit as st

from core.catalogue import Catalogue
from core.maps import StoredMap
from core.maps.jobs import forget_map_job
from core.maps.store import map_path
from core.search.spaces import Space, list_spaces
from core.similarity import Neighbours, similar
from pages.map.colouring import colouring_names
from pages.map.drawing import DrawnMap, draw_map, map_version, stored_map
from pages.map.figures import CONFIG, artist_marks, chosen_row, map_figure
from pages.map.making import offer_map
from pages.map.words import coverage_sentence, fidelity_sentence, trust_sentence
from pages.shell import resources, state
from pages.shell.artists import artist_card, artist_name, artist_search
from pages.shell.charts import show_chart
from pages.shell.text import plain

N_NEAREST = 10
CHART = "map_chart"


def choose_space(spaces: list[Space]) -> Space:
    titles = {space.name: space.title for space in spaces}
    st.session_state["map_space"] = state.selected_space(spaces).name
    st.pills(
        "Space", list(titles), format_func=lambda name: plain(titles[name]), key="map_space", required=True,
        on_change=lambda: state.select_space(st.session_state["map_space"]),
    )  # fmt: skip
    return state.selected_space(spaces)


def take_click(catalogue: Catalogue) -> None:
    row = chosen_row(st.session_state[CHART].selection.points, len(catalogue))
    if row is not None:
        state.select_artist(catalogue, row)


def show_artist(catalogue: Catalogue, stored: StoredMap, row: int, nearest: Neighbours) -> None:
    artist_card(catalogue, row)
    if not stored.present[row]:
        st.info("This artist has no data in this space, so it is not on this map. Choose another space above.")
        return
    st.subheader("Nearest in the space", anchor=False)
    st.caption(f"Drawn as lines on the map. {trust_sentence(stored, row)}")
    with st.container(gap=None):
        for rank, (other, score) in enumerate(zip(nearest.rows.tolist(), nearest.scores.tolist(), strict=True), 1):
            st.button(
                f"{rank}. {artist_name(catalogue, other, 40)} :gray[· {score:.3f}]", key=f"map_near_{other}",
                type="tertiary", on_click=state.select_artist, args=(catalogue, other),
            )  # fmt: skip


def show_map(catalogue: Catalogue, drawn: DrawnMap) -> None:
    space, stored = drawn.space, drawn.stored
    row = state.selected_artist(catalogue)
    nearest = None
    marks: list[go.Scatter] = []
    if row is not None:
        nearest = similar(resources.space(catalogue, space.name), row, N_NEAREST)
        marks = artist_marks(stored.coordinates, drawn.names, row, nearest.rows, st.context.theme.type or "light")
    n_present = int(stored.present.sum())
    picture, beside = st.columns([3, 1.15], gap="medium")
    with picture:
        st.caption(f"{coverage_sentence(n_present, len(catalogue))} {fidelity_sentence(stored)}")
        show_chart(
            map_figure(drawn.traces, drawn.colouring, marks, space.name),
            drawn.table,
            f"Map of {space.title} with {n_present:,} artists, coloured by {drawn.colouring.title.lower()}",
            CHART, on_select=lambda: take_click(catalogue), selection_mode="points", config=CONFIG,
            file_name=f"map-{space.name.replace(':', '-')}",
        )  # fmt: skip
        st.caption(
            "Click a point to choose the artist, drag to zoom in, double-click to see everything. A flat map must tear "
            "neighbours apart: read from it which crowd an artist belongs to, and take who is nearest from the lines."
        )
    with beside:
        artist_search(catalogue, "find_on_map")
        if row is None or nearest is None:
            st.info("Click a point or find an artist by name to see who it is and who is truly nearest.")
        else:
            show_artist(catalogue, stored, row, nearest)


catalogue = state.current_catalogue()
st.title("Map", anchor=False)
spaces = [space for space in list_spaces(catalogue) if space.has_vectors]
if not spaces:
    st.info("This catalogue has no feature set and no trained model, so there is nothing to map. Train a model first.")
    st.stop()
# Those with a map come first, so that the page opens with one.
spaces.sort(key=lambda space: not map_path(catalogue, space.name).is_file())
space = choose_space(spaces)
version = map_version(catalogue, space.name)
stored = stored_map(catalogue.content_hash, space.name, version, catalogue)
if stored is None:
    offer_map(catalogue, space)
else:
    forget_map_job(catalogue, space.name)
    offered = colouring_names(catalogue)
    colour = st.pills("Colour", offered, default=offered[0], key="colour", bind="query-params", required=True)
    show_map(catalogue, draw_map(catalogue.content_hash, space, version, colour or offered[0], catalogue, stored))
