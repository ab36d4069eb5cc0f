"""Catalogues: which there are, what is in them, whether they are sound, and importing another."""

import streamlit as st

from core.catalogue import Catalogue, validate
from core.catalogue.adding import add_catalogue
from core.catalogue.importers import IMPORTERS
from core.catalogue.library import Entry, list_catalogues
from core.errors import NearfieldError
from pages.catalogues.parameters import INSPECTED, PART
from pages.catalogues.tables import catalogue_table, feature_table, problem_table, split_table
from pages.shell import choices, resources, state
from pages.shell.navigation import page
from pages.shell.parameters import CATALOGUE
from pages.shell.text import plain

LAYOUTS = {
    "disco-olga": "DISCO-OLGA (16,864 artists, similarity lists of 2024), prepared layout",
    "olga": "OLGA (17,673 artists), prepared layout",
    "olga-official": "OLGA, public layout (olga.csv, acousticbrainz.npy, artist_connections.npz)",
}
PARTS = {"content": "What it holds", "check": "Is it sound?", "import": "Import another"}
IMPORTED = "imported_catalogue"


def show_list(entries: list[Entry]) -> Entry | None:
    """All catalogues as a table, and the choice of one to look into; None where there is none."""
    if not entries:
        st.info("There is no catalogue on this machine yet. Import a data set below.")
        return None
    st.dataframe(catalogue_table(entries), hide_index=True, alt="The catalogues on this machine", key="catalogues")
    keys = [entry.key for entry in entries]
    current = state.chosen_catalogue()
    by_key = {entry.key: entry for entry in entries}
    key = st.selectbox(
        "Look into",
        keys,
        format_func=lambda key: by_key[key].title,
        **choices.one_in_url(INSPECTED, keys, current if current in keys else keys[0]),
    )
    return by_key[key]


def show_content(catalogue: Catalogue) -> None:
    """What a catalogue holds and where it comes from."""
    manifest = catalogue.manifest
    if manifest.kind == "synthetic":
        st.warning("Synthetic: every artist of this catalogue is invented.", icon=":material/science:")
    artists, edges, tracks, features = st.columns(4)
    artists.metric("Artists", f"{len(catalogue):,}")
    edges.metric("Known edges", f"{len(catalogue.similar_edges):,}", help="Pairs known as similar, each counted once.")
    tracks.metric("Tracks", f"{len(catalogue.tracks):,}", help="Recordings of the artists that can be played.")
    features.metric("Feature sets", len(catalogue.feature_names))
    st.header("Splits and known edges", anchor=False)
    st.dataframe(
        split_table(catalogue).style.format(precision=1, thousands=","),
        hide_index=True,
        alt="Artists and known edges per split",
    )
    st.header("Feature sets", anchor=False)
    if catalogue.feature_names:
        st.dataframe(
            feature_table(catalogue),
            hide_index=True,
            alt="Coverage and origin of each feature set",
            column_config={"Coverage": st.column_config.ProgressColumn(format="percent", max_value=1.0)},
        )
    else:
        st.write("None: only the known edges can be used.")
    st.header("Where it comes from", anchor=False)
    origin = {
        "Source": manifest.source,
        "Licence": manifest.licence,
        "Cite": manifest.citation,
        "Made by": manifest.created_by,
        "Notes": " ".join(manifest.notes),
    }
    st.markdown("  \n".join(f"{title}: {plain(text) or 'not stated'}" for title, text in origin.items()))
    st.caption(f"Content hash (SHA-256): {catalogue.content_hash}")


def show_check(entry: Entry) -> None:
    """The full check, on demand."""
    st.write("The full check reads every file and compares it with the hash that the catalogue lists for it.")
    if not st.button("Check every file", key="check", icon=":material/fact_check:"):
        return
    with st.spinner("Checking every file …"):
        problems = validate(entry.path)
    if problems:
        st.error(f"{len(problems)} found. Import the source again, or put the changed files back.")
        st.dataframe(problem_table(problems), hide_index=True, alt="Problems of the catalogue")
    else:
        st.success("Sound: every file is there and unchanged, and every row can be used.")


def show_import() -> None:
    """Importing a data set from a folder on this machine."""
    with st.form("import", border=True):
        layout = st.selectbox("Layout", list(IMPORTERS), format_func=lambda name: LAYOUTS.get(name, name), key="layout")
        source = st.text_input("Folder of the data set", key="source", placeholder="A path on the machine of Nearfield")
        name = st.text_input("Name of the new catalogue", key="name", help="Small letters, digits and hyphens.")
        wanted = st.form_submit_button("Import", type="primary", icon=":material/download:")
    if not wanted:
        return
    try:
        with st.spinner("Importing: reading, checking and writing. This takes up to a minute …"):
            folder = add_catalogue(layout, source, name.strip())
    except NearfieldError as fault:
        st.error(f"Nothing was imported. {plain(str(fault))}")
    else:
        st.session_state[IMPORTED] = folder.name
        st.rerun()


def main() -> None:
    """The page: the table of catalogues, and one of its parts."""
    st.title("Catalogues", anchor=False)
    if imported := st.session_state.get(IMPORTED):
        st.success(f"{plain(imported)} was imported.")
        if st.button("Explore it", key="explore_imported"):
            del st.session_state[IMPORTED]
            st.switch_page(page("explore"), query_params={CATALOGUE.name: imported})
    entries = list_catalogues()
    chosen = show_list(entries)
    part = st.segmented_control(
        "What to do",
        list(PARTS),
        format_func=PARTS.__getitem__,
        required=True,
        label_visibility="collapsed",
        **choices.one_in_url(PART, list(PARTS), "content"),
    )
    if part == "import" or chosen is None:
        show_import()
    elif part == "check":
        show_check(chosen)
    else:
        if chosen.key != state.chosen_catalogue() and chosen.manifest:
            st.button(
                "Use this catalogue",
                key="use",
                type="primary",
                on_click=state.switch_catalogue,
                args=("catalogues", chosen.key),
            )
        try:
            show_content(resources.catalogue(chosen.path))
        except NearfieldError as fault:
            st.error(f"This catalogue cannot be opened. {plain(str(fault))}")


if __name__ == "__main__":
    main()
