"""“Add my music”: a folder of this machine, or one that is uploaded."""

import os
from pathlib import Path

import streamlit as st

from core.catalogue.adding import free_name
from core.catalogue.import_jobs import IMPORT
from core.catalogue.importers.folder.reading import unfinished_readings
from core.catalogue.library import Entry, data_folder, list_catalogues
from core.catalogue.music_uploads import (
    LARGEST_UPLOAD,
    MOST_FILES,
    SUFFIXES,
    Upload,
    check_upload,
    keep_upload,
)
from core.catalogue.places import holds_home
from core.errors import CatalogueError
from pages.catalogues import texts
from pages.catalogues.choosing import choose_place
from pages.catalogues.importing import begin_reading, show_adding
from pages.catalogues.parameters import ADDING, INSPECTED, PART
from pages.serving.offers import Offer
from pages.shell.jobs import attempt_as_owner, show_fault
from pages.shell.owner import told
from pages.shell.parameters import put_together
from pages.shell.text import plain
from pages.shell.uploads import place_for_files

_HERE, _UPLOAD = "here", "upload"
_OFFER = Offer(LARGEST_UPLOAD, 2 * LARGEST_UPLOAD, 2 * MOST_FILES, SUFFIXES, is_owners=True)
"""Twice of what can be kept, since the page itself says what is too much."""


def show_music() -> None:
    """The part of the page. Only for the owner."""
    if name := ADDING.get():
        show_adding(name)
        return
    show_fault(IMPORT)
    st.write(texts.MUSIC_HOW)
    _show_unfinished()
    way = st.segmented_control(
        texts.WAY_LABEL,
        [_HERE, _UPLOAD],
        default=_HERE,
        format_func={_HERE: texts.FROM_HERE, _UPLOAD: texts.FROM_UPLOAD}.__getitem__,
        key="music_way",
        required=True,
        label_visibility="collapsed",
    )
    if way == _HERE:
        _choose_folder()
    else:
        _upload_folder()


def _show_unfinished() -> None:
    """What was read and is not a catalogue yet."""
    for name in unfinished_readings(data_folder()):
        st.button(
            texts.go_on_with(name),
            key=f"unfinished_{name}",
            icon=":material/pending:",
            on_click=ADDING.put,
            args=(name,),
        )


def _choose_folder() -> None:
    folder = choose_place()
    if folder is None:
        return
    root = os.path.realpath(folder)
    known = next((each for each in list_catalogues() if each.manifest and each.manifest.audio_root == root), None)
    if known:
        _show_known(known)
        return
    if holds_home(folder):
        with st.popover(texts.READ_HOME, icon=":material/library_music:"):
            st.markdown(texts.HOME_HOW)
            _offer_reading(texts.READ_ALL, "", root)
    else:
        _offer_reading(texts.read_folder(folder.name), folder.name, root)
    st.caption(texts.ONLY_READ)


def _offer_reading(label: str, title: str, root: str) -> None:
    st.button(
        label,
        key="read_folder",
        type="primary",
        icon=":material/library_music:",
        on_click=attempt_as_owner,
        args=(IMPORT, _begin, title, root),
    )


def _show_known(entry: Entry) -> None:
    st.info(texts.folder_is_known(entry.title))
    st.button(texts.TO_FOLDER, key="to_folder", on_click=_go_to_folder, args=(entry.key,))


def _go_to_folder(key: str) -> None:
    put_together({PART: "folder", INSPECTED: key})


def _begin(title: str, root: str) -> None:
    begin_reading(Path(root), free_name(title))


def _upload_folder() -> None:
    with place_for_files("music_files", _OFFER):
        files = st.file_uploader(
            texts.UPLOAD_LABEL,
            type=list(SUFFIXES),
            accept_multiple_files="directory",
            key="music_files",
            help=texts.upload_limits(MOST_FILES, LARGEST_UPLOAD),
            max_upload_size=LARGEST_UPLOAD >> 20,
        )
    if not files:
        return
    try:
        music = check_upload(files)
    except CatalogueError as fault:
        st.error(plain(told(fault)))
        return
    st.caption(texts.what_was_uploaded(len(music), sum(file.size for file in music)))
    title = _common_folder([file.name for file in music])
    st.button(
        texts.read_folder(title),
        key="read_upload",
        type="primary",
        icon=":material/library_music:",
        on_click=attempt_as_owner,
        args=(IMPORT, _begin_upload, title, music),
    )
    st.caption(texts.IS_KEPT)


def _common_folder(names: list[str]) -> str:
    """The folder that was chosen, by which the names of its files begin; "" where they begin otherwise."""
    firsts = {name.partition("/")[0] for name in names if "/" in name}
    return firsts.pop() if len(firsts) == 1 else ""


def _begin_upload(title: str, music: list[Upload]) -> None:
    name = free_name(title)
    begin_reading(keep_upload(music, name), name)
