"""Why an artist is in the drawing or on the path: the link, shared neighbours, tags, and ranks in every space."""

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.search.evidence import answer
from core.search.spaces import list_spaces
from pages.artists.card import artist_name
from pages.artists.why import one_answer_per_kind, show_pair, show_places
from pages.lists.keeping import judge_buttons
from pages.neighbourhood import texts
from pages.shell import boxes, resources
from pages.shell.navigation import page
from pages.shell.parameters import ARTIST
from pages.shell.state import in_catalogue


def show_open_why(catalogue: Catalogue, centre: int) -> None:
    """Show the reasons that the URL asks for, if any."""
    why = boxes.asked_why(catalogue)
    if why and why[0] != centre and why[1] in {space.name for space in list_spaces(catalogue)}:
        _show_why(catalogue, centre, *why)


@st.dialog(texts.WHY_HERE, width="medium", on_dismiss=boxes.close)
def _show_why(catalogue: Catalogue, centre: int, row: int, space_name: str) -> None:
    st.markdown(texts.pair_heading(artist_name(catalogue, row), artist_name(catalogue, centre)))
    spaces = list_spaces(catalogue)
    chosen = next(space for space in spaces if space.name == space_name)
    found = answer(resources.space(catalogue, space_name), chosen, centre, 1)
    kept = (row, int(found.ranks(np.array([row]))[0]) or None, float(found.scores[row]))
    judge_buttons(catalogue, row, "why", kept, space_name, texts.around(str(catalogue.display_names.iloc[centre])))
    kind_answers = one_answer_per_kind(catalogue, spaces, [centre], [found])
    show_pair(catalogue, centre, row, space_name, kind_answers)
    show_places([found], centre, row, space_name, kind_answers)
    st.page_link(
        page("explore"),
        label=texts.ALL_REASONS,
        icon=":material/explore:",
        query_params=in_catalogue({ARTIST: catalogue.id_of(centre), boxes.WHY: [catalogue.id_of(row), space_name]}),
    )
