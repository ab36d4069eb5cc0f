"""Commands that pages show, for the folder of the catalogue at hand."""

import os

import streamlit as st

from core.catalogue import Catalogue
from core.catalogue.library import DATA_VARIABLE
from core.features.audio_sets import AUDIO_SETS, MUSICNN_SETS, sets_at_hand
from core.graph.protocols import edges_command
from pages.shell import texts


def folder_of(catalogue: Catalogue) -> str:
    """The catalogue's folder as a shell finds it, without a path of this machine."""
    return f"{f'${DATA_VARIABLE}' if os.environ.get(DATA_VARIABLE) else 'data'}/{catalogue.path.name}"


def extract_command(catalogue: Catalogue) -> str:
    """The command that extracts the feature sets of sound from recordings of the catalogue's artists."""
    replace = "" if set(AUDIO_SETS).isdisjoint(catalogue.feature_names) else " --replace"
    return (
        f"python -m core extract {folder_of(catalogue)} --audio FOLDER --features {','.join(sets_at_hand())}{replace}"
    )


def hear_command(catalogue: Catalogue) -> str:
    """The command that lets musicnn hear the files of the catalogue's tracks."""
    own = "" if (catalogue.tracks["kind"] == "file").any() else " --audio FOLDER"
    return f"python -m core extract {folder_of(catalogue)}{own} --features {','.join(MUSICNN_SETS)}"


def show_edges_command(catalogue: Catalogue) -> None:
    """The command that gets known edges, where artists can be matched."""
    if command := edges_command(catalogue, folder_of(catalogue)):
        st.caption(texts.GET_EDGES)
        st.code(command, language="bash", wrap_lines=True)
