"""Commands that pages show, for the folder of the catalogue at hand."""

import os
from collections.abc import Sequence

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.features.audio_sets import AUDIO_SETS, sets_at_hand
from core.graph.protocols import edges_command
from pages.shell import texts


def folder_of(catalogue: Catalogue) -> str:
    """The catalogue's folder as a shell finds it, without a path of this machine."""
    return f"{data_folder_as_typed()}/{catalogue.path.name}"


def data_folder_as_typed() -> str:
    """The folder of catalogues as a shell finds it, without a path of this machine."""
    return f"${DATA_VARIABLE}" if os.environ.get(DATA_VARIABLE) else "data"


def extract_command(catalogue: Catalogue, names: Sequence[str] = ()) -> str:
    """The command that extracts the sets `names` from the catalogue's music, or else from recordings of its artists.

    Without names it extracts all that can be, in place of those that are there.
    """
    audio = "" if has_own_music(catalogue) else " --audio FOLDER"
    replace = "" if names or set(AUDIO_SETS).isdisjoint(catalogue.feature_names) else " --replace"
    return (
        f"python -m core extract {folder_of(catalogue)}{audio} --features {','.join(names or sets_at_hand())}{replace}"
    )


def has_own_music(catalogue: Catalogue) -> bool:
    """Whether the catalogue knows files of its artists' music, so that no folder has to be named."""
    return bool((catalogue.tracks["kind"] == "file").any())


def show_edges_command(catalogue: Catalogue) -> None:
    """The command that gets known edges, where artists can be matched."""
    if command := edges_command(catalogue, folder_of(catalogue)):
        st.caption(texts.GET_EDGES)
        st.code(command, language="bash", wrap_lines=True)
