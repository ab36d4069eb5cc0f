"""Ways to other pages that several pages offer."""

import streamlit as st

from core.catalogue import Catalogue
from pages.shell import texts
from pages.shell.navigation import page
from pages.shell.parameters import CATALOGUE, declared


def link_to_prepare(catalogue: Catalogue) -> None:
    """A link to where the catalogue is made ready."""
    key, known = catalogue.path.name, declared("catalogues")
    st.page_link(
        page("catalogues"),
        label=texts.TO_PREPARE,
        icon=":material/auto_awesome:",
        width="content",
        query_params={CATALOGUE.name: key, known["inspected"].name: key, known["part"].name: "prepare"},
    )
