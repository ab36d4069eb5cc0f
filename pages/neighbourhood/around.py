"""The view around the central artist: its controls, whose values the URL holds, the drawing and the tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.catalogue.genres import GenreClasses
from core.errors import NearfieldError
from core.graph.adjacency import degrees
from core.graph.drawing import NodeStates
from core.graph.html_export import drawing_html
from core.graph.links import Thinning, backbone, links_of
from core.graph.neighbourhood import hop_graph as graph_around
from core.search.spaces import Space, list_spaces
from core.search.tag_sources import TagSource
from core.similarity import Similarity
from core.text import file_name, plain_text
from pages.artists.listen import artist_beside
from pages.components.charts import dataframe, number_formats, show_table
from pages.components.hop_graph import hop_graph
from pages.lists import collection, keeping
from pages.neighbourhood import parameters, texts
from pages.neighbourhood.actions import expanded_in_url, receiver, recentre
from pages.neighbourhood.drawing import Picture, artist_table, draw, link_table, measured
from pages.neighbourhood.encodings import colour_choices, encodings_of, fine_classes, size_choices, tag_classes
from pages.neighbourhood.predictions import ArtistPredictions, predictions_of
from pages.neighbourhood.space_choice import usual_space
from pages.shell import resources, state
from pages.shell.caching import cached_per_catalogue
from pages.shell.choices import one_in_url
from pages.shell.navigation import page
from pages.shell.owner import told
from pages.shell.parameters import SPACE

HEIGHT = 580
HOPS = ("1", "2")
LIMITS, USUAL_LIMIT = tuple(str(number) for number in range(10, 151, 10)), "60"
PREDICTED, USUAL_PREDICTED, ALONE_PREDICTED = ("0", "3", "5", "10", "20"), "5", 10
MOST_PREDICTED = int(PREDICTED[-1])
USUAL_LINKS = "strong"
_PREDICTIONS = "hop_predictions"
"""Session key: the space and its predictions for the drawn artists, so that a click only predicts new ones."""


@dataclass(frozen=True)
class Choices:
    """The visitor's choices for the drawing."""

    hops: int
    limit: int
    links: Thinning
    size: str
    colour: str
    space: Space
    n_predicted: int


def show_around(catalogue: Catalogue, centre: int) -> None:
    """The controls, the drawing, its downloads, and the same as tables."""
    chosen = _choose(catalogue)
    picture, thinned = _picture(catalogue, centre, chosen)
    if len(picture.graph) == 1:
        _show_nobody(chosen)
        return
    left_out = len(picture.links) - len(thinned.links)
    if picture.graph.n_reached == 1:
        st.info(
            texts.only_predicted(len(picture.graph) - 1, chosen.space.title),
            icon=":material/online_prediction:",
        )
    else:
        st.caption(texts.summary(picture.graph, chosen.hops, thinned.links, left_out, chosen.limit))
    _show_drawing(thinned, chosen)
    _show_links(thinned)
    _show_list(picture)


def _choose(catalogue: Catalogue) -> Choices:
    spaces = {space.name: space for space in list_spaces(catalogue)}
    sizes, colours = size_choices(catalogue), colour_choices(catalogue, _tags(catalogue), bool(_fine(catalogue)))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        hops, limit, links = _choose_extent() if len(catalogue.learned_edges) else (HOPS[-1], USUAL_LIMIT, USUAL_LINKS)
        with st.popover(texts.SIZE_AND_COLOUR, icon=":material/palette:"):
            size = st.selectbox(
                texts.SIZE_SAYS,
                sizes,
                format_func=texts.SIZES.__getitem__,
                **one_in_url(parameters.SIZE, sizes, sizes[0]),
            )
            colour = st.selectbox(
                texts.COLOUR_SAYS,
                colours,
                format_func=texts.COLOURS.__getitem__,
                **one_in_url(parameters.COLOUR, colours, colours[0]),
            )
        with st.popover(texts.PREDICTIONS, icon=":material/online_prediction:"):
            usual = usual_space(list(spaces.values()), resources.measured(catalogue)).name
            space = st.selectbox(
                texts.PREDICTED_BY,
                list(spaces),
                format_func=lambda name: spaces[name].title,
                **one_in_url(SPACE, list(spaces), usual, "hop_space"),
            )
            n_predicted = st.select_slider(
                texts.PREDICTED_LINKS,
                PREDICTED,
                **one_in_url(parameters.PREDICTED, PREDICTED, USUAL_PREDICTED, "hop_predicted"),
            )
            st.caption(texts.PREDICTIONS_CAPTION)
    return Choices(
        int(hops),
        int(limit),
        cast(Thinning, links),
        size,
        colour,
        spaces[space],
        int(n_predicted),
    )


def _choose_extent() -> tuple[str, str, str]:
    """How many steps, how many artists at most and which links are drawn."""
    hops = st.segmented_control(
        texts.HOPS, HOPS, required=True, width="content", **one_in_url(parameters.HOPS, HOPS, HOPS[-1])
    )
    limit = st.select_slider(
        texts.LIMIT,
        LIMITS,
        width=200,
        help=texts.LIMIT_HELP,
        **one_in_url(parameters.LIMIT, LIMITS, USUAL_LIMIT),
    )
    links = st.segmented_control(
        texts.LINKS,
        list(texts.THINNINGS),
        format_func=texts.THINNINGS.__getitem__,
        required=True,
        width="content",
        help=texts.LINKS_HELP,
        **one_in_url(parameters.LINKS, list(texts.THINNINGS), USUAL_LINKS, "hop_links"),
    )
    return hops or HOPS[-1], limit, links or USUAL_LINKS


@cached_per_catalogue(8)
def _tags(catalogue: Catalogue) -> dict[str, GenreClasses]:
    return tag_classes(catalogue)


def _fine(catalogue: Catalogue) -> list[TagSource]:
    """The tags of feature sets, which are finer than genres."""
    return [source for source in resources.tag_sources(catalogue) if source.name not in LIST_COLUMNS]


def _picture(catalogue: Catalogue, centre: int, chosen: Choices) -> tuple[Picture, Picture]:
    """The whole neighbourhood, and the same with its links thinned for the drawing."""
    matrix = resources.adjacency(catalogue)
    expanded = [catalogue.row_of[other] for other in expanded_in_url(catalogue) if catalogue.row_of[other] != centre]
    predictions = _predictions(catalogue, chosen.space, [centre, *expanded])
    k = chosen.n_predicted if degrees(matrix)[centre] else max(chosen.n_predicted, ALONE_PREDICTED)
    predicted = {row: found.nearest(k) for row, found in predictions.items()}
    rows = {row: nearest.rows for row, nearest in predicted.items()}
    graph = graph_around(catalogue, centre, chosen.hops, chosen.limit, expanded, matrix, rows)
    links = links_of(catalogue, graph, matrix, predicted)
    seen = measured(
        graph, matrix, resources.popularity(catalogue), predictions[centre].answer if centre in predictions else None
    )
    tags = _tags(catalogue) | fine_classes(_fine(catalogue), graph.rows)
    encodings = encodings_of(catalogue, seen, tags, chosen.size, chosen.colour)
    kept = backbone(links, graph, chosen.links, expanded)
    return (
        Picture(catalogue, graph, links, seen, encodings, tags, chosen.space),
        Picture(catalogue, graph, links.only(kept), seen, encodings, tags, chosen.space),
    )


def _predictions(catalogue: Catalogue, space: Space, rows: Sequence[int]) -> dict[int, ArtistPredictions]:
    """The space's predictions for each artist. If the space cannot be opened, a warning and no predictions."""
    try:
        similarity = resources.space(catalogue, space.name)
    except NearfieldError as fault:
        st.warning(texts.no_predictions(told(fault)))
        return {}
    kept: tuple[Similarity, dict[int, ArtistPredictions]] | None = st.session_state.get(_PREDICTIONS)
    known = kept[1] if kept and kept[0] is similarity else {}
    matrix = resources.adjacency(catalogue)
    found = {row: known.get(row) or predictions_of(similarity, space, matrix, row, MOST_PREDICTED) for row in rows}
    st.session_state[_PREDICTIONS] = (similarity, found)
    return {row: predicted for row, predicted in found.items() if predicted.answer.n_known}


def _show_drawing(picture: Picture, chosen: Choices) -> None:
    """The drawing and its downloads."""
    catalogue, centre = picture.catalogue, int(picture.graph.rows[0])
    playing = artist_beside(catalogue)
    states = NodeStates(
        kept=collection.kept_ids(catalogue),
        opened=expanded_in_url(catalogue),
        playing=None if playing is None else catalogue.id_of(playing),
    )
    drawing = draw(picture, chosen.size, chosen.colour, states)
    file = file_name("neighbourhood", catalogue.id_of(centre))
    hop_graph(
        drawing,
        receiver(catalogue, centre, chosen.space.name),
        key="hop_graph",
        height=HEIGHT,
        file=file,
    )
    with st.container(horizontal=True):
        st.download_button(
            texts.DOWNLOAD,
            lambda: drawing_html(drawing),
            f"{file}.html",
            "text/html",
            key="hop_html",
            icon=":material/download:",
            on_click="ignore",
            help=texts.DOWNLOAD_HELP,
        )
        others = picture.graph.rows[1:].tolist()
        keeping.keep_button(
            catalogue, [(row, None, None) for row in others], "", texts.around(picture.names[0]), "hop_keep_all"
        )


def _show_links(picture: Picture) -> None:
    title = texts.links_title(plain_text(picture.names[0]))
    centre = picture.catalogue.id_of(int(picture.graph.rows[0]))
    show_table(link_table(picture), title, "hop_links_table", file_name("links", centre))


def _show_list(picture: Picture) -> None:
    """The drawing as a table. Choosing a row moves its artist to the centre."""
    catalogue, graph = picture.catalogue, picture.graph
    centre = int(graph.rows[0])
    key = f"hop_table_{catalogue.id_of(centre)}"
    table = artist_table(picture, resources.adjacency(catalogue))

    def take_row() -> None:
        rows = st.session_state[key].selection.rows
        if rows and rows[0] < len(graph):
            recentre(catalogue, int(graph.rows[rows[0]]))

    st.subheader(texts.LIST_HEADING, anchor=False)
    st.caption(texts.LIST_CAPTION)
    formats = number_formats(table) | {texts.MORE_POPULAR: st.column_config.NumberColumn(format="percent")}
    dataframe(
        table,
        key=key,
        hide_index=True,
        on_select=take_row,
        selection_mode="single-row",
        height=420,
        column_config=formats,
        alt=texts.list_alt(picture.names[0]),
    )


def _show_nobody(chosen: Choices) -> None:
    st.info(
        texts.nobody(chosen.space.title),
        icon=":material/info:",
    )
    st.page_link(page("explore"), label=texts.EXPLORE_INSTEAD, query_params=state.carried())
