"""The drawing around the artist in the middle: what stands in the URL about it, and all that is shown of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.genres import GenreClasses
from core.errors import NearfieldError
from core.graph.adjacency import degrees
from core.graph.drawing import NodeStates
from core.graph.html_export import drawing_html
from core.graph.links import Thinning, backbone, links_of
from core.graph.neighbourhood import hop_graph as graph_around
from core.search.spaces import Space, list_spaces
from core.similarity import Similarity
from core.text import file_name, plain_text
from pages.artists.listen import artist_beside
from pages.components.charts import number_formats, show_table
from pages.components.hop_graph import hop_graph
from pages.lists import collection, keeping
from pages.neighbourhood import parameters
from pages.neighbourhood.actions import expanded_in_url, receiver, recentre
from pages.neighbourhood.drawing import Picture, artist_table, draw, link_table, measured, summary
from pages.neighbourhood.encodings import COLOURS, SIZES, encodings_of, tag_classes
from pages.neighbourhood.opinions import Opinion, opinion_of
from pages.neighbourhood.space_choice import usual_space
from pages.shell import resources, state
from pages.shell.caching import cached_per_catalogue
from pages.shell.choices import one_in_url
from pages.shell.navigation import page
from pages.shell.parameters import SPACE
from pages.shell.text import plain

HEIGHT = 580
HOPS = ("1", "2")
LIMITS, USUAL_LIMIT = tuple(str(number) for number in range(10, 151, 10)), "60"
PREDICTED, USUAL_PREDICTED, ALONE_PREDICTED = ("0", "3", "5", "10", "20"), "5", 10
MOST_PREDICTED = int(PREDICTED[-1])
LINKS: dict[str, str] = {"all": "All", "strong": "Strongest", "few": "Fewest"}
USUAL_LINKS = "strong"
_OPINIONS = "hop_opinions"
"""Session: the space and what it said last of the artists drawn, so that a click asks only about the new ones."""

_LINKS_HELP = (
    "Strongest: every link of the artist in the middle and of those you expanded, what else holds the drawing "
    "together, and of each artist the two links with most neighbours in common. Fewest: the same without those two."
)


@dataclass(frozen=True)
class Asked:
    """What the visitor chose for the drawing."""

    hops: int
    limit: int
    links: Thinning
    size: str
    colour: str
    space: Space
    n_predicted: int


def show_around(catalogue: Catalogue, centre: int) -> None:
    """The controls, the drawing, what can be saved of it, and the same in words."""
    asked = _choose(catalogue)
    picture, thinned = _picture(catalogue, centre, asked)
    if len(picture.graph) == 1:
        _show_nobody(asked)
        return
    hidden = len(picture.links) - len(thinned.links)
    if picture.graph.n_reached == 1:
        st.info(
            f"No similar artist is known for this one. Drawn are the {len(picture.graph) - 1} that "
            f"{plain(asked.space.title)} predicts.",
            icon=":material/online_prediction:",
        )
    else:
        st.caption(summary(picture.graph, asked.hops, thinned.links, hidden))
    _show_drawing(thinned, asked)
    _show_links(thinned)
    _show_list(picture)


def _choose(catalogue: Catalogue) -> Asked:
    spaces = {space.name: space for space in list_spaces(catalogue)}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        hops = st.segmented_control(
            "Hops", HOPS, required=True, width="content", **one_in_url(parameters.HOPS, HOPS, HOPS[-1])
        )
        limit = st.select_slider(
            "Artists at most",
            LIMITS,
            width=200,
            help="Predicted artists, and those you expand, come on top.",
            **one_in_url(parameters.LIMIT, LIMITS, USUAL_LIMIT),
        )
        links = st.segmented_control(
            "Links",
            list(LINKS),
            format_func=LINKS.__getitem__,
            required=True,
            width="content",
            help=_LINKS_HELP,
            **one_in_url(parameters.LINKS, list(LINKS), USUAL_LINKS, "hop_links"),
        )
        with st.popover("Size and colour", icon=":material/palette:"):
            size = st.selectbox(
                "Size says",
                list(SIZES),
                format_func=SIZES.__getitem__,
                **one_in_url(parameters.SIZE, list(SIZES), "hop"),
            )
            colour = st.selectbox(
                "Colour says",
                list(COLOURS),
                format_func=COLOURS.__getitem__,
                **one_in_url(parameters.COLOUR, list(COLOURS), "genre"),
            )
        with st.popover("Predictions", icon=":material/online_prediction:"):
            space = st.selectbox(
                "Predicted by",
                list(spaces),
                format_func=lambda name: spaces[name].title,
                **one_in_url(SPACE, list(spaces), usual_space(list(spaces.values())).name, "hop_space"),
            )
            n_predicted = st.select_slider(
                "Predicted links of each artist",
                PREDICTED,
                **one_in_url(parameters.PREDICTED, PREDICTED, USUAL_PREDICTED, "hop_predicted"),
            )
            st.caption(
                "The nearest artists in this space that the catalogue does not list as similar, for the artist in the "
                "middle and for those you expand. Similarity to the middle is measured in it as well."
            )
    return Asked(
        int(hops or HOPS[-1]),
        int(limit),
        cast(Thinning, links or USUAL_LINKS),
        size,
        colour,
        spaces[space],
        int(n_predicted),
    )


@cached_per_catalogue(8)
def _tags(catalogue: Catalogue) -> dict[str, GenreClasses]:
    return tag_classes(catalogue)


def _picture(catalogue: Catalogue, centre: int, asked: Asked) -> tuple[Picture, Picture]:
    """All that is around the artist, and what of it is drawn with the links thinned."""
    matrix = resources.adjacency(catalogue)
    expanded = [catalogue.row_of[other] for other in expanded_in_url(catalogue) if catalogue.row_of[other] != centre]
    opinions = _opinions(catalogue, asked.space, [centre, *expanded])
    k = asked.n_predicted if degrees(matrix)[centre] else max(asked.n_predicted, ALONE_PREDICTED)
    predicted = {row: opinion.predicted(k) for row, opinion in opinions.items()}
    rows = {row: nearest.rows for row, nearest in predicted.items()}
    graph = graph_around(catalogue, centre, asked.hops, asked.limit, expanded, matrix, rows)
    links = links_of(catalogue, graph, matrix, predicted)
    seen = measured(
        graph, matrix, resources.popularity(catalogue), opinions[centre].answer if centre in opinions else None
    )
    tags = _tags(catalogue)
    encodings = encodings_of(catalogue, seen, tags, asked.size, asked.colour)
    kept = backbone(links, graph, asked.links, expanded)
    return (
        Picture(catalogue, graph, links, seen, encodings, tags, asked.space),
        Picture(catalogue, graph, links.only(kept), seen, encodings, tags, asked.space),
    )


def _opinions(catalogue: Catalogue, space: Space, rows: Sequence[int]) -> dict[int, Opinion]:
    """What the space says of each artist; nothing, and a word why, where it cannot be opened."""
    try:
        similarity = resources.space(catalogue, space.name)
    except NearfieldError as fault:
        st.warning(f"{plain(str(fault))} No predictions are drawn.")
        return {}
    kept: tuple[Similarity, dict[int, Opinion]] | None = st.session_state.get(_OPINIONS)
    known = kept[1] if kept and kept[0] is similarity else {}
    matrix = resources.adjacency(catalogue)
    found = {row: known.get(row) or opinion_of(similarity, space, matrix, row, MOST_PREDICTED) for row in rows}
    st.session_state[_OPINIONS] = (similarity, found)
    return {row: opinion for row, opinion in found.items() if opinion.answer.n_known}


def _show_drawing(picture: Picture, asked: Asked) -> None:
    """The drawing, and its downloads."""
    catalogue, centre = picture.catalogue, int(picture.graph.rows[0])
    playing = artist_beside(catalogue)
    states = NodeStates(
        kept=collection.verdicts(catalogue),
        opened=expanded_in_url(catalogue),
        playing=None if playing is None else catalogue.id_of(playing),
    )
    drawing = draw(picture, asked.size, asked.colour, states)
    file = file_name("neighbourhood", catalogue.id_of(centre))
    hop_graph(
        drawing,
        receiver(catalogue, centre, asked.space.name),
        key="hop_graph",
        height=HEIGHT,
        file=file,
    )
    with st.container(horizontal=True):
        st.download_button(
            "Download as a web page",
            lambda: drawing_html(drawing),
            f"{file}.html",
            "text/html",
            key="hop_html",
            icon=":material/download:",
            on_click="ignore",
            help="One file that needs no network and can be moved and zoomed like this drawing. PNG and SVG are saved "
            "with the buttons in the drawing’s corner.",
        )
        others = picture.graph.rows[1:].tolist()
        keeping.keep_button(
            catalogue, [(row, None, None) for row in others], "", f"around {picture.names[0]}", "hop_keep_all"
        )


def _show_links(picture: Picture) -> None:
    title = f"Links drawn around {plain_text(picture.names[0])}"
    centre = picture.catalogue.id_of(int(picture.graph.rows[0]))
    show_table(link_table(picture), title, "hop_links_table", file_name("links", centre))


def _show_list(picture: Picture) -> None:
    """The drawing in words; a row chosen moves its artist into the middle."""
    catalogue, graph = picture.catalogue, picture.graph
    centre = int(graph.rows[0])
    key = f"hop_table_{catalogue.id_of(centre)}"
    table = artist_table(picture, resources.adjacency(catalogue))

    def take_row() -> None:
        rows = st.session_state[key].selection.rows
        if rows and rows[0] < len(graph):
            recentre(catalogue, int(graph.rows[rows[0]]))

    st.subheader("The same as a list", anchor=False)
    st.caption("Choose a row to move that artist into the middle.")
    formats = number_formats(table) | {"More popular than": st.column_config.NumberColumn(format="percent")}
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        on_select=take_row,
        selection_mode="single-row",
        height=420,
        column_config=formats,
        alt=f"Artists drawn around {picture.names[0]}",
    )


def _show_nobody(asked: Asked) -> None:
    st.info(
        f"No similar artist is known for this one, and {plain(asked.space.title)} can compare it with nobody. Choose "
        "another space under Predictions, or look for it on Explore.",
        icon=":material/info:",
    )
    st.page_link(page("explore"), label="See what Explore knows", query_params=state.carried())
