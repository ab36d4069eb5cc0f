"""Nearfield: which artists are similar, and why. Navigation and shell only."""

import streamlit as st

from pages.shell import state, style

PAGES = [
    st.Page("pages/explore/page.py", title="Explore", icon=":material/explore:", default=True),
    st.Page("pages/map/page.py", title="Map", icon=":material/scatter_plot:", url_path="map"),
    st.Page("pages/neighbourhood/page.py", title="Neighbourhood", icon=":material/hub:", url_path="neighbourhood"),
    st.Page("pages/results/page.py", title="Results", icon=":material/monitoring:", url_path="results"),
    st.Page("pages/train/page.py", title="Train", icon=":material/model_training:", url_path="train"),
    st.Page("pages/catalogues/page.py", title="Catalogues", icon=":material/library_music:", url_path="catalogues"),
]

st.set_page_config(page_title="Nearfield", page_icon="assets/icon.svg", layout="wide")
st.logo("assets/logo.svg", icon_image="assets/icon.svg", size="large")
style.apply()
page = st.navigation(PAGES, position="hidden")
menu = st.sidebar.container()
state.choose_catalogue()
try:
    page.run()
finally:
    # Drawn last so that the links carry what the page has just put into the URL.
    for target in PAGES:
        menu.page_link(target, query_params=state.carried())
