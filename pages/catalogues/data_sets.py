"""“Add a data set”: a published data set in a folder of this machine. Another process imports it."""

from pathlib import Path

import streamlit as st

from core.catalogue.adding import check_new_name, free_name
from core.catalogue.import_jobs import IMPORT, start_import
from core.catalogue.importers import IMPORTERS, Importer
from pages.catalogues import texts
from pages.catalogues.choosing import choose_place
from pages.catalogues.importing import show_adding
from pages.catalogues.parameters import ADDING, PLACE
from pages.shell.jobs import attempt_as_owner, show_fault
from pages.shell.parameters import put_together
from pages.shell.visitor import visitor_id


def show_data_sets() -> None:
    """The part of the page. Only for the owner."""
    if name := ADDING.get():
        show_adding(name)
        return
    show_fault(IMPORT, texts.not_imported)
    layouts = {name: importer for name, importer in IMPORTERS.items() if not importer.options}
    layout = st.selectbox(texts.LAYOUT_LABEL, list(layouts), format_func=lambda name: layouts[name].title, key="layout")
    _show_layout(layouts[layout])
    st.markdown(f"**{texts.SOURCE_LABEL}**")
    source = choose_place()
    if source is None:
        return
    key = f"name_{PLACE.get('')}"
    name = st.text_input(texts.NAME_LABEL, free_name(source.name), key=key, help=texts.NAME_HELP).strip()
    st.button(
        texts.IMPORT,
        key="import_data_set",
        type="primary",
        icon=":material/download:",
        on_click=attempt_as_owner,
        args=(IMPORT, _begin, layout, source, name),
    )


def _show_layout(importer: Importer) -> None:
    """What a layout reads, and under which terms."""
    lines = {
        texts.IMPORTER_READS: importer.reads,
        texts.IMPORTER_LICENCE: importer.licence,
        texts.IMPORTER_CITE: importer.citation,
    }
    st.markdown("  \n".join(texts.origin_line(title, text) for title, text in lines.items()))


def _begin(layout: str, source: Path, name: str) -> None:
    start_import(layout, source, check_new_name(name), visitor_id())
    put_together({ADDING: name, PLACE: None})
