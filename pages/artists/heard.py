"""Words for the sound of artists: what is heard in one, what in two, and where the two differ."""

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.search.sound_tags import different, shared, tags_of_track
from pages.artists import texts
from pages.shell import resources


def heard_line(catalogue: Catalogue, row: int) -> str:
    """The tags that are heard in an artist's music, likeliest first, as markdown; "" for none."""
    tags = resources.sound_tags(catalogue)
    heard = tags.of(row) if tags else []
    return texts.tags_line(texts.HEARD, heard) if heard else ""


def show_heard_in_track(catalogue: Catalogue, track_id: str) -> None:
    """The tags that are heard in one track, likeliest first, if it was heard."""
    if tags := tags_of_track(catalogue, catalogue.row_of_track[track_id]):
        st.caption(texts.tags_line(texts.HEARD_IN_TRACK, tags))


def show_heard_in_both(catalogue: Catalogue, query_row: int, row: int) -> None:
    """The tags that are heard in two artists by name, likeliest first, and where they differ."""
    tags = resources.sound_tags(catalogue)
    if tags is None:
        return
    artist, query = tags.likelihood[[row, query_row]]
    if np.isnan(artist[0]) or np.isnan(query[0]):
        return
    names = [str(name) for name in catalogue.display_names.iloc[[row, query_row]]]
    if common := shared(tags.names, artist, query):
        st.markdown(texts.heard_in_both(common))
    if gaps := different(tags.names, artist, query):
        st.markdown(texts.heard_differently(gaps, *names))
