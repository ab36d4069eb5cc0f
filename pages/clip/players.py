"""Players for the clip and for the catalogue's tracks, so that a visitor can compare them."""

import streamlit as st

from core.catalogue import Catalogue
from core.clips.service import AnalysedClip
from core.errors import NearfieldError
from pages.clip import texts
from pages.clip.choosing import Chosen
from pages.shell.owner import told
from pages.shell.sound import beginning


def play_clip(chosen: Chosen, clip: AnalysedClip, start: float = 0.0, end: float | None = None) -> None:
    """A player of the clip that starts at `start` and stops at `end`."""
    sound = clip.preview or chosen.file.data
    st.audio(sound, format=clip.media, start_time=start, end_time=end, alt=texts.YOUR_CLIP)


def play_track(catalogue: Catalogue, track: int) -> None:
    """A player of the beginning of the track in row `track`, or the reason why it cannot be played."""
    try:
        sound = beginning(catalogue, track)
    except NearfieldError as fault:
        st.caption(texts.unplayable(told(fault)))
        return
    st.audio(sound, format="audio/wav", alt=track_label(catalogue, track))


def track_label(catalogue: Catalogue, track: int) -> str:
    """The title of the track in row `track`, escaped."""
    return texts.track_label(str(catalogue.tracks["title"].iloc[track]))
