"""The clip and the catalogue's tracks, to be heard beside each other."""

import streamlit as st

from core.catalogue import Catalogue
from core.clips.service import AnalysedClip
from core.errors import NearfieldError
from pages.artists.listen import beginning
from pages.clip.choosing import Chosen
from pages.shell.text import plain


def play_clip(chosen: Chosen, clip: AnalysedClip, start: float = 0.0, end: float | None = None) -> None:
    """The clip in a player that stands at `start`, and stops at `end`."""
    sound = clip.preview or chosen.file.data
    st.audio(sound, format=clip.media, start_time=start, end_time=end, alt="Your clip")


def play_track(catalogue: Catalogue, track: int) -> None:
    """A player of the beginning of the track in row `track`; where it cannot be played, why."""
    try:
        sound = beginning(catalogue, track)
    except NearfieldError as fault:
        st.caption(f"It cannot be played. {plain(str(fault))}")
        return
    st.audio(sound, format="audio/wav", alt=track_label(catalogue, track))


def track_label(catalogue: Catalogue, track: int) -> str:
    """The title of the track in row `track`, escaped."""
    return plain(str(catalogue.tracks["title"].iloc[track]), 60) or "a track without a title"
