"""Catalogues: list, inspect, check and import them."""

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.adding import add_catalogue
from core.catalogue.importers import IMPORTERS, Importer
from core.catalogue.library import Entry, list_catalogues
from core.errors import NearfieldError
from core.experiments.inspection import derived_problems, inspect
from pages.catalogues import texts
from pages.catalogues.own_tables import show_own_tables
from pages.catalogues.parameters import INSPECTED, PART
from pages.catalogues.relations import show_relations
from pages.catalogues.tables import catalogue_table, feature_table, problem_table, relation_table, split_table
from pages.shell import choices, resources, state
from pages.shell.commands import extract_command, show_edges_command
from pages.shell.navigation import page
from pages.shell.parameters import CATALOGUE
from pages.shell.text import plain

IMPORTED = "imported_catalogue"


def show_list(entries: list[Entry]) -> Entry | None:
    """A table of all catalogues, and a choice of the one to inspect. Returns None if there are no catalogues."""
    if not entries:
        st.info(texts.NO_CATALOGUE)
        return None
    st.dataframe(catalogue_table(entries), hide_index=True, alt=texts.LIST_ALT, key="catalogues")
    keys = [entry.key for entry in entries]
    current = state.chosen_catalogue()
    by_key = {entry.key: entry for entry in entries}
    key = st.selectbox(
        texts.INSPECTED_LABEL,
        keys,
        format_func=lambda key: by_key[key].title,
        **choices.one_in_url(INSPECTED, keys, current if current in keys else keys[0]),
    )
    return by_key[key]


def show_left_out(catalogue: Catalogue) -> None:
    """The runs, fusions, maps and results that no page shows because they cannot be read, and why."""
    if problems := derived_problems(catalogue):
        st.warning(texts.left_out(len(problems)))
        st.dataframe(problem_table(problems), hide_index=True, alt=texts.LEFT_OUT_ALT, key="left_out")


def show_content(catalogue: Catalogue) -> None:
    """The content and the origin of a catalogue."""
    manifest = catalogue.manifest
    if manifest.kind == "synthetic":
        st.warning(texts.SYNTHETIC, icon=":material/science:")
    learned = catalogue.learned_relation
    artists, edges, tracks, features = st.columns(4)
    artists.metric(texts.ARTISTS, f"{len(catalogue):,}")
    edges.metric(
        texts.EDGES,
        f"{len(catalogue.learned_edges):,}",
        help=texts.edges_help(learned.label) if learned else texts.EDGES_HELP_NONE,
    )
    tracks.metric(texts.TRACKS, f"{len(catalogue.tracks):,}", help=texts.TRACKS_HELP)
    features.metric(texts.FEATURE_SETS, len(catalogue.feature_names))
    st.header(texts.SPLITS_TITLE, anchor=False)
    st.dataframe(
        split_table(catalogue).style.format(precision=1, thousands=","),
        hide_index=True,
        alt=texts.SPLITS_ALT,
    )
    if manifest.splits.are_made:
        st.caption(texts.splits_made(manifest.splits.method))
    st.header(texts.RELATIONS_TITLE, anchor=False)
    if manifest.relations:
        st.dataframe(relation_table(catalogue), hide_index=True, alt=texts.RELATIONS_ALT)
        if not len(catalogue.learned_edges):
            st.write(texts.NONE_LEARNED)
    else:
        st.write(texts.NO_RELATION)
        show_edges_command(catalogue)
    st.header(texts.FEATURES_TITLE, anchor=False)
    if catalogue.feature_names:
        st.dataframe(
            feature_table(catalogue),
            hide_index=True,
            alt=texts.FEATURES_ALT,
            column_config={texts.COVERAGE: st.column_config.ProgressColumn(format="percent", max_value=1.0)},
        )
    else:
        st.write(texts.NO_FEATURE_SET)
        st.code(extract_command(catalogue), language="bash", wrap_lines=True)
    st.header(texts.ORIGIN_TITLE, anchor=False)
    origin = {
        texts.SOURCE: manifest.source,
        texts.LICENCE: manifest.licence,
        texts.CITE: manifest.citation,
        texts.MADE_BY: manifest.created_by,
    }
    st.markdown("  \n".join(texts.origin_line(title, text) for title, text in origin.items()))
    if manifest.notes:
        with st.expander(texts.NOTES, expanded=len(manifest.notes) <= texts.FEW_NOTES):
            st.markdown(
                "\n".join(f"- {plain(note, texts.LONGEST_LINE)}" for note in manifest.notes[: texts.MOST_LINES])
            )
    st.caption(texts.content_hash(catalogue.content_hash))


def show_check(entry: Entry) -> None:
    """The full check, on request."""
    st.write(texts.HOW_CHECK_WORKS)
    if not st.button(texts.CHECK, key="check", icon=":material/fact_check:"):
        return
    with st.spinner(texts.CHECKING):
        problems = inspect(entry.path)
    if problems:
        st.error(texts.problems_found(len(problems)))
        st.dataframe(problem_table(problems), hide_index=True, alt=texts.PROBLEMS_ALT)
    else:
        st.success(texts.SOUND)


def show_layouts(layouts: list[Importer]) -> None:
    """What each layout reads, and under which terms."""
    with st.expander(texts.LAYOUTS_TITLE):
        for importer in layouts:
            st.markdown(f"**{plain(importer.title)}**")
            lines = {
                texts.IMPORTER_READS: importer.reads,
                texts.IMPORTER_LICENCE: importer.licence,
                texts.IMPORTER_CITE: importer.citation,
            }
            st.markdown("  \n".join(texts.origin_line(title, text) for title, text in lines.items()))


def open_imported(name: str) -> None:
    """Open a new catalogue on Explore."""
    st.switch_page(page("explore"), query_params={CATALOGUE.name: name})


def show_import() -> None:
    """Import a data set from a folder on this machine."""
    layouts = {name: importer for name, importer in IMPORTERS.items() if not importer.options}
    show_layouts(list(layouts.values()))
    with st.form("import", border=True):
        layout = st.selectbox(
            texts.LAYOUT_LABEL, list(layouts), format_func=lambda name: layouts[name].title, key="layout"
        )
        source = st.text_input(texts.SOURCE_LABEL, key="source", placeholder=texts.SOURCE_PLACEHOLDER)
        name = st.text_input(texts.NAME_LABEL, key="name", help=texts.NAME_HELP)
        wanted = st.form_submit_button(texts.IMPORT, type="primary", icon=":material/download:")
    if not wanted:
        return
    try:
        with st.spinner(texts.IMPORTING):
            folder = add_catalogue(layout, source, name.strip())
    except NearfieldError as fault:
        st.error(texts.not_imported(str(fault)))
    else:
        st.session_state[IMPORTED] = folder.name
        st.rerun()


def main() -> None:
    """The page: the table of catalogues, and one of its parts."""
    st.title(texts.TITLE, anchor=False)
    if imported := st.session_state.get(IMPORTED):
        st.success(texts.imported(imported))
        if st.button(texts.EXPLORE_IMPORTED, key="explore_imported"):
            del st.session_state[IMPORTED]
            open_imported(imported)
    entries = list_catalogues()
    chosen = show_list(entries)
    part = st.segmented_control(
        texts.PARTS_LABEL,
        list(texts.PARTS),
        format_func=texts.PARTS.__getitem__,
        required=True,
        label_visibility="collapsed",
        **choices.one_in_url(PART, list(texts.PARTS), "content"),
    )
    if part == "tables":
        if added := show_own_tables():
            open_imported(added)
    elif part == "import" or chosen is None:
        show_import()
    elif part == "check":
        show_check(chosen)
    elif part == "relations":
        show_relations(chosen)
    else:
        if chosen.key != state.chosen_catalogue() and chosen.manifest:
            st.button(
                texts.USE,
                key="use",
                type="primary",
                on_click=state.switch_catalogue,
                args=("catalogues", chosen.key),
            )
        try:
            catalogue = resources.catalogue(chosen.path)
            show_left_out(catalogue)
            show_content(catalogue)
        except NearfieldError as fault:
            st.error(texts.broken_catalogue(str(fault)))


if __name__ == "__main__":
    main()
