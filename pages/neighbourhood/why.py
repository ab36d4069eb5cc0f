"""Why an artist stands in the drawing or on the path: the link, shared neighbours, tags, places in every space."""

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.graph.adjacency import degrees, neighbours_of, shared_neighbours
from core.graph.links import HELD_OUT, KNOWN
from core.graph.looks import edge_look
from core.graph.protocols import is_trained_on
from core.search.comparing import traits_in_common
from core.search.confidence import confidences, facts_of_answer, witness_spaces
from core.search.evidence import answer, shared_tags
from core.search.spaces import list_spaces
from pages.shell import boxes, resources
from pages.shell.artists import artist_name
from pages.shell.navigation import page
from pages.shell.reasons import confidence_text, rank_table
from pages.shell.state import ARTIST
from pages.shell.text import counted, plain_list

MOST_TRAITS = 8
MOST_SPACES = 6


def show_asked_why(catalogue: Catalogue, centre: int) -> None:
    """The reasons that the URL asks for, if any."""
    asked = boxes.asked_why(catalogue)
    if asked and asked[0] != centre and asked[1] in {space.name for space in list_spaces(catalogue)}:
        _show_why(catalogue, centre, *asked)


@st.dialog("Why here?", width="medium", on_dismiss=boxes.close)
def _show_why(catalogue: Catalogue, centre: int, row: int, space_name: str) -> None:
    st.markdown(f"**{artist_name(catalogue, row)}** near **{artist_name(catalogue, centre)}**")
    st.markdown(" ".join(f":gray-badge[{chip}]" for chip in chips(catalogue, centre, row)))
    spaces = sorted(list_spaces(catalogue), key=lambda space: space.name != space_name)
    asked = list({space.name: space for space in [spaces[0], *witness_spaces(spaces)]}.values())
    answers = [answer(resources.space(catalogue, space.name), space, centre, 1) for space in asked]
    matrix, present = resources.adjacency(catalogue), resources.presence(catalogue)
    facts = facts_of_answer(matrix, present, answers, space_name, np.array([row]))
    st.markdown(confidence_text(confidences(facts)[0]))
    shared = catalogue.display_names.iloc[shared_neighbours(matrix, centre, row)]
    if len(shared):
        st.markdown(f"**Similar to both:** {plain_list(map(str, shared), 12)}")
    for column, tags in shared_tags(catalogue, centre, row).items():
        st.markdown(f"**{column.capitalize()} of both:** {plain_list(tags, 12)}")
    if traits := traits_in_common(catalogue, centre, row, resources.usual_traits(catalogue)):
        st.markdown(f"**Traits of both:** {plain_list(traits, MOST_TRAITS)}")
    st.markdown(rank_table(answers[:MOST_SPACES], row))
    ids = catalogue.artists["artist_id"]
    st.page_link(
        page("explore"), label="All reasons, and more like it, on Explore", icon=":material/explore:",
        query_params={ARTIST: str(ids.iloc[centre]), boxes.WHY: [str(ids.iloc[row]), space_name]},
    )  # fmt: skip


def chips(catalogue: Catalogue, centre: int, row: int) -> list[str]:
    """The reasons in a few words each, without markup."""
    matrix = resources.adjacency(catalogue)
    if row in neighbours_of(matrix, centre):
        trained = bool(is_trained_on(catalogue, np.array([[centre, row]]))[0])
        link = f"{edge_look(KNOWN if trained else HELD_OUT).name} link"
    else:
        link = "No link listed"
    counts = [
        (len(shared_neighbours(matrix, centre, row)), "shared neighbour", "shared neighbours"),
        (sum(map(len, shared_tags(catalogue, centre, row).values())), "tag of both", "tags of both"),
    ]
    known = counted(int(degrees(matrix)[row]), "known edge")
    return [link, *(counted(*count) for count in counts if count[0]), f"rests on {known} of it"]
