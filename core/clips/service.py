"""The service that analyses clips in the background and finds artists for clips and for words.

One service works for all visitors of a server. It caches encoders and searches, and the vectors and answers of the
latest clips by content. It never keeps the sound of a clip.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np

from core.arrays import FloatArray, IntArray
from core.audio import Clip, decode, resample, wav_bytes
from core.audio.checks import recognise
from core.audio.encoders.checkpoints import KNOWN, is_installed
from core.audio.encoders.clap import ClapEncoder
from core.audio.encoders.clap.windows import WINDOW_SECONDS
from core.audio.silence import sounding
from core.catalogue import Catalogue
from core.clips.encoder import (
    LISTENING,
    MEASURING,
    NAMING,
    ClipEncoder,
    clip_encoder_for,
    has_own_descriptors,
    measured_beside,
    other_listeners,
)
from core.clips.search import ClipAnswers, ClipSearch
from core.clips.vectors import ClipAnalysis
from core.clips.word_search import WordAnswers, WordSearch
from core.errors import NearfieldError
from core.features.audio_sets import CLAP, MUSICNN_TAGS
from core.jobs.tasks import NOBODY, Asker, Background, Limits, Stage, Task
from core.runs.record import list_runs
from core.search.fusions import fusion_stamp, list_fusions

READING, OPENING, READING_WORDS, PLACING = "Reading the file", "Opening CLAP", "Reading the words", "Asking the graph"
STAGES = (READING, OPENING, LISTENING, NAMING, MEASURING, PLACING)
"""The stages of a clip in order. core.clips.encoder reports the third to the fifth, where there is work for them."""

MOST_ANSWERS = 50
BARS = 500
_WORKERS, _KEPT, _SEARCHES, _ENCODERS = 2, 24, 4, 2
LIMITS = Limits(of_one_visitor=3, of_one_sender=8, in_all=40, abandoned_seconds=180.0)
"""A page that waits asks about its clip twice a second, and in a tab out of sight once a minute."""

_BROWSERS_PLAY = {
    "WAV": "audio/wav",
    "MP3": "audio/mpeg",
    "FLAC": "audio/flac",
    "Ogg": "audio/ogg",
    "MP4": "audio/mp4",
    "WebM": "audio/webm",
    "AAC": "audio/aac",
}
_PREVIEW_RATE = 22_050

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class ClipFile:
    """An uploaded file, with the user's name for it."""

    data: bytes
    name: str

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the bytes, as hexadecimal text."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, eq=False)
class AnalysedClip:
    """A clip after analysis, without any comparison.

    Shapes: `outline` (b, 2) the lowest and highest sample of each of b equal stretches; `loudness` (w,) of the windows
    in `analysis`, in decibels relative to full scale. `notes` are about the clip, `doubts` about the encoder. `media`
    is the type for a player. `preview` is a WAV if browsers cannot play the file, otherwise None.
    """

    seconds: float
    notes: tuple[str, ...]
    doubts: tuple[str, ...]
    encoder: str
    outline: FloatArray
    loudness: FloatArray
    analysis: ClipAnalysis
    media: str
    preview: bytes | None


@dataclass(frozen=True, eq=False)
class ClipReport:
    """A clip and a catalogue's answers to it.

    `window_artists` (w,) are the artists nearest to each window by best track; empty without CLAP.
    """

    clip: AnalysedClip
    search: ClipSearch
    answers: ClipAnswers
    window_artists: IntArray


@dataclass(frozen=True, eq=False)
class TextReport:
    """A catalogue's answers to words, with doubts about the encoder."""

    found: WordAnswers
    encoder: str
    doubts: tuple[str, ...]


class ClipService:
    """Analyses clips and answers clips and words; see the module. All methods are safe to call from any thread."""

    def __init__(self) -> None:
        self._background = Background(_WORKERS, _KEPT, LIMITS)
        self._encoders = _Kept(_ENCODERS)
        self._searches = _Kept(_SEARCHES)
        self._clips = _Kept(_KEPT)

    def submit_clip(self, catalogue: Catalogue, file: ClipFile, asker: Asker = NOBODY) -> Task[ClipReport]:
        """Analyse a file and find artists. The same bytes are analysed once.

        The task's result raises NearfieldError for a bad file, for a catalogue that cannot be compared with clips, and
        where too many clips wait already.
        """

        def work(enter: Stage) -> ClipReport:
            return self._answer(catalogue, file, enter)

        return self._background.start(_clip_key(catalogue, file), work, asker)

    def get_ready(self, catalogue: Catalogue) -> None:
        """Open the encoders in the background, and import what opens models, so that the first clip need not wait for
        them. What goes wrong is told to whoever hands in a clip."""

        def work(enter: Stage) -> None:
            enter(OPENING)
            self._encoder(catalogue)
            if list_runs(catalogue):
                import core.training.checkpoints  # noqa: F401 - opening a model imports it, which takes seconds

        self._background.start(("ready", catalogue.content_hash, _installed()), work)

    def submit_words(
        self, catalogue: Catalogue, phrases: Sequence[str], weights: Sequence[float], asker: Asker = NOBODY
    ) -> Task[TextReport]:
        """Find artists for phrases with weights. The task's result raises NearfieldError if that is not possible."""

        def work(enter: Stage) -> TextReport:
            return self._answer_words(catalogue, phrases, weights, enter)

        return self._background.start(_words_key(catalogue, phrases, weights), work, asker)

    def forget(self, catalogue: Catalogue, file: ClipFile, asker: Asker = NOBODY) -> None:
        """Stop the work on a clip and drop its answers, unless others ask with the same clip."""
        self._background.forget(_clip_key(catalogue, file), asker)

    def forget_words(
        self, catalogue: Catalogue, phrases: Sequence[str], weights: Sequence[float], asker: Asker = NOBODY
    ) -> None:
        """Stop the work on words, unless others ask with the same."""
        self._background.forget(_words_key(catalogue, phrases, weights), asker)

    def _answer(self, catalogue: Catalogue, file: ClipFile, enter: Stage) -> ClipReport:
        clip_key = (catalogue.content_hash, _installed(), file.digest)
        clip = self._clips.get(clip_key, lambda: self._analyse(catalogue, file, enter))
        enter(PLACING)
        search_key = (*_version(catalogue), *sorted(clip.analysis.vectors))
        search = self._searches.get(search_key, lambda: ClipSearch(catalogue, clip.analysis))
        answers = search.answer(clip.analysis, min(MOST_ANSWERS, len(catalogue)))
        return ClipReport(clip, search, answers, _window_artists(search, clip.analysis))

    def _analyse(self, catalogue: Catalogue, file: ClipFile, enter: Stage) -> AnalysedClip:
        enter(READING)
        clip = decode(file.data, name=file.name)
        with measured_beside(clip, catalogue) as measured:
            enter(OPENING)
            encoder = self._encoder(catalogue)
            analysis = encoder.analyse(clip, enter, measured)
        media, preview = _playable(file.data, clip)
        title = encoder.clap.title if encoder.clap else ""
        return AnalysedClip(
            clip.seconds,
            (*clip.notes, *sounding(clip.samples, clip.rate).notes),
            encoder.notes,
            title,
            outline(clip, BARS),
            _loudness(clip, analysis),
            analysis,
            media,
            preview,
        )

    def _answer_words(
        self, catalogue: Catalogue, phrases: Sequence[str], weights: Sequence[float], enter: Stage
    ) -> TextReport:
        enter(OPENING)
        clap: ClapEncoder | None = None
        notes: tuple[str, ...] = ()
        if CLAP in catalogue.feature_names:
            try:
                encoder = self._encoder(catalogue)
                clap, notes = encoder.clap, encoder.notes
            except NearfieldError as fault:
                if MUSICNN_TAGS not in catalogue.feature_names:
                    raise
                notes = (str(fault),)
        enter(READING_WORDS)
        key = (catalogue.content_hash, _installed(), "words")
        search = self._searches.get(key, lambda: WordSearch(catalogue, clap))
        found = search.answer(phrases, weights, min(MOST_ANSWERS, len(catalogue)))
        return TextReport(found, clap.title if clap else "", notes)

    def _encoder(self, catalogue: Catalogue) -> ClipEncoder:
        """The clip encoder for the catalogue.

        If its CLAP cannot be opened, this is the one without, and its note gives the reason.
        """

        def open_clip_encoder() -> ClipEncoder:
            try:
                return clip_encoder_for(catalogue)
            except NearfieldError as fault:
                others, notes = other_listeners(catalogue)
                if not has_own_descriptors(catalogue) and not any(names for _, names in others):
                    raise
                return ClipEncoder(None, has_own_descriptors(catalogue), (str(fault), *notes), others)

        return self._encoders.get((catalogue.content_hash, _installed()), open_clip_encoder)


class _Kept:
    """A cache of the values used last. Each is made once, by one thread at a time."""

    def __init__(self, most: int) -> None:
        self._values: OrderedDict[Hashable, Any] = OrderedDict()
        self._most = most
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        with self._lock:
            making = self._locks.setdefault(key, threading.Lock())
        with making:
            if key in self._values:
                with self._lock:
                    self._values.move_to_end(key)
                    value: Value = self._values[key]
                    return value
            value = make()
            with self._lock:
                self._values[key] = value
                while len(self._values) > self._most:
                    self._locks.pop(self._values.popitem(last=False)[0], None)
            return value


def outline(clip: Clip, bars: int) -> FloatArray:
    """(b, 2) the lowest and highest sample of each of at most `bars` equal stretches."""
    starts = np.unique(np.linspace(0, len(clip.samples), bars, endpoint=False).astype(np.int64))
    low, high = np.minimum.reduceat(clip.samples, starts), np.maximum.reduceat(clip.samples, starts)
    return np.stack([low, high], axis=1).astype(np.float32)


def _loudness(clip: Clip, analysis: ClipAnalysis) -> FloatArray:
    parts = [clip.samples[int(start * clip.rate) :][: WINDOW_SECONDS * clip.rate] for start in analysis.starts]
    power = np.array([np.square(part).mean(dtype=np.float64) for part in parts])
    return (10 * np.log10(np.maximum(power, 1e-10))).astype(np.float32)


def _window_artists(search: ClipSearch, analysis: ClipAnalysis) -> IntArray:
    space = next((space for space in search.content if space.name == CLAP), None)
    if space is None or not len(analysis.windows):
        return np.empty(0, np.int64)
    scores = space.best_tracks(analysis.windows).scores
    return np.argmax(np.nan_to_num(scores, nan=-np.inf), axis=1)


def _playable(data: bytes, clip: Clip) -> tuple[str, bytes | None]:
    """The media type of the file and None, or if browsers cannot play it, that of a WAV and the WAV itself."""
    container = recognise(data)
    if container is not None and container.title in _BROWSERS_PLAY:
        return _BROWSERS_PLAY[container.title], None
    return "audio/wav", wav_bytes(resample(clip.samples, clip.rate, _PREVIEW_RATE), _PREVIEW_RATE)


def _clip_key(catalogue: Catalogue, file: ClipFile) -> Hashable:
    return (*_version(catalogue), file.digest)


def _words_key(catalogue: Catalogue, phrases: Sequence[str], weights: Sequence[float]) -> Hashable:
    return (*_version(catalogue), tuple(phrases), tuple(weights))


def _installed() -> tuple[str, ...]:
    return tuple(name for name, checkpoint in KNOWN.items() if is_installed(checkpoint))


def _version(catalogue: Catalogue) -> tuple[Hashable, ...]:
    """A key that changes with the catalogue and with the checkpoints, models and fusions that may answer."""
    runs = tuple(run.run_id for run in list_runs(catalogue) if run.finished)
    fusions = tuple((name, fusion_stamp(catalogue, name)) for name in list_fusions(catalogue))
    return catalogue.content_hash, _installed(), runs, fusions
