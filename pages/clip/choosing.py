"""The clip that a visitor provides: a file, a recording or a sample. Only the session keeps it, until the next one."""

from dataclasses import dataclass

import streamlit as st

from core.audio.checks import MAX_BYTES
from core.catalogue import Catalogue
from core.clips.service import ClipFile, ClipService
from core.jobs.tasks import Asker
from pages.artists.card import artist_name
from pages.clip import texts
from pages.clip.parameters import SAMPLE
from pages.clip.samples import Sample, samples_of
from pages.serving.offers import Offer
from pages.shell import boxes
from pages.shell.caching import cached_per_catalogue
from pages.shell.parameters import put_together
from pages.shell.uploads import place_for_files
from pages.shell.visitor import sender, visitor_id

CHOSEN = "clip_chosen"
_LAP = "clip_lap"
_RECORDING_RATE = 48_000
_LARGEST = (MAX_BYTES // 1_000_000) << 20
"""Bytes that may be sent: a little more than can be read, since the page itself says what is too large to read."""

_OFFER = Offer(_LARGEST, _LARGEST)


@dataclass(frozen=True, eq=False)
class Chosen:
    """A clip that the visitor provided with the widget whose key is `origin`.

    `catalogue` and `artist` identify the artist of a sample; they are "" and None for other clips.
    """

    file: ClipFile
    origin: str
    catalogue: str = ""
    artist: int | None = None

    @property
    def is_sample(self) -> bool:
        return self.artist is not None


@st.cache_resource(show_spinner=False)
def service() -> ClipService:
    """The one clip service of this server."""
    return ClipService()


def asker() -> Asker:
    """Who asks, so that everybody has a turn and nobody stops the work of others."""
    return Asker(visitor_id(), sender())


def chosen_clip(catalogue: Catalogue) -> Chosen | None:
    """The sample whose number, from 1, is in the URL; else the last clip that the visitor provided."""
    chosen: Chosen | None = st.session_state.get(CHOSEN)
    samples = {str(number): sample for number, sample in enumerate(_samples(catalogue), 1)}
    sample = samples.get(SAMPLE.get(""))
    if sample is None:
        return chosen if chosen and not chosen.is_sample else None
    if chosen is None or (chosen.catalogue, chosen.artist) != (catalogue.content_hash, sample.artist):
        file = ClipFile(_rendered(sample), sample.title)
        chosen = st.session_state[CHOSEN] = Chosen(file, SAMPLE.name, catalogue.content_hash, sample.artist)
    return chosen


def choose_clip(catalogue: Catalogue) -> None:
    """The ways to provide a clip, side by side."""
    lap = st.session_state.get(_LAP, 0)
    upload, record = st.columns(2, gap="medium")
    with upload, place_for_files("clip_file", _OFFER):
        key = f"clip_file_{lap}"
        st.file_uploader(
            texts.FILE,
            key=key,
            max_upload_size=_LARGEST >> 20,
            on_change=_take,
            args=(catalogue, key),
            help=texts.FILE_HELP,
        )
    with record, place_for_files("clip_record", _OFFER):
        key = f"clip_record_{lap}"
        st.audio_input(
            texts.RECORDING,
            sample_rate=_RECORDING_RATE,
            key=key,
            on_change=_take,
            args=(catalogue, key),
            help=texts.RECORDING_HELP,
        )
    samples = _samples(catalogue)
    if samples:
        st.caption(texts.SAMPLES)
        with st.container(horizontal=True):
            for number, sample in enumerate(samples, 1):
                st.button(
                    texts.sample_label(sample.scene, artist_name(catalogue, sample.artist, 24)),
                    key=f"clip_sample_{sample.artist}",
                    icon=":material/music_note:",
                    on_click=_take_sample,
                    args=(catalogue, number),
                )


def forget_clip(catalogue: Catalogue, sample: str | None = None) -> None:
    """Drop the clip for the `sample` of this number, if any, stop the work on it, and empty the widgets."""
    _let_go(catalogue, sample)
    st.session_state[_LAP] = st.session_state.get(_LAP, 0) + 1


def _let_go(catalogue: Catalogue, sample: str | None = None) -> None:
    put_together({**dict.fromkeys(boxes.BOXES), SAMPLE: sample})
    chosen: Chosen | None = st.session_state.pop(CHOSEN, None)
    if chosen:
        service().forget(catalogue, chosen.file, asker())


def _take(catalogue: Catalogue, key: str) -> None:
    """Take a file or recording from its widget, or drop the clip if the visitor removed it."""
    given = st.session_state[key]
    before: Chosen | None = st.session_state.get(CHOSEN)
    if given is None:
        # A widget is empty for a moment while another file replaces the first.
        if before and before.origin == key:
            _let_go(catalogue)
        return
    _let_go(catalogue)
    name = texts.RECORDING_NAME if "record" in key else given.name
    st.session_state[CHOSEN] = Chosen(ClipFile(given.getvalue(), name), key)


def _take_sample(catalogue: Catalogue, number: int) -> None:
    forget_clip(catalogue, str(number))


@cached_per_catalogue(8)
def _samples(catalogue: Catalogue) -> list[Sample]:
    return samples_of(catalogue)


@st.cache_data(max_entries=12, show_spinner=False)
def _rendered(sample: Sample) -> bytes:
    return sample.sound()
