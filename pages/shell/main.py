"""The script that every run of the app starts with: the requested page, with navigation and sidebar around it."""

from contextlib import suppress

import streamlit as st

from core.errors import NearfieldError
from pages.components.in_browser import help_in_browser
from pages.lists import panel
from pages.shell import guide, owner, state, style, texts
from pages.shell.navigation import ASSETS, PageEnd, name_of, pages
from pages.shell.owner import told
from pages.shell.turns import turns

with turns.turn():
    st.set_page_config(page_title=texts.APP_TITLE, page_icon=str(ASSETS / "icon.svg"), layout="wide")
    st.logo(str(ASSETS / "logo.svg"), icon_image=str(ASSETS / "icon.svg"), size="large")
    style.apply()
    owner.take_token()
    chosen = st.navigation(pages(), position="hidden")
    menu = st.sidebar.container()
    usable = state.choose_catalogue(name_of(chosen))
    guide.show_guide(name_of(chosen), state.catalogue_if_sound())
    try:
        if usable or chosen.url_path == "catalogues":
            with suppress(PageEnd):
                try:
                    chosen.run()
                except NearfieldError as fault:
                    state.show_fault(told(fault))
        else:
            state.show_no_catalogue()
    finally:
        # Drawn last, so that the links include what the page has just written to the URL.
        state.remember_view(name_of(chosen))
        for target in pages():
            menu.page_link(target, query_params=state.view_of(name_of(target)))
        with st.sidebar:
            panel.show_panel()
            guide.offer_guide()
            guide.guide_visitor(state.catalogue_if_sound())
            help_in_browser()
