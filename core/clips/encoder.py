"""From sound to the vectors of a clip, with the encoder that made a catalogue's CLAP set."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.arrays import FloatArray
from core.audio import Clip
from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES, extract_descriptors
from core.audio.encoders.checkpoints import BUNDLED, KNOWN, MUSICNN, PAPER, Checkpoint, checkpoint_folder, is_installed
from core.audio.encoders.clap import ClapEncoder, open_encoder
from core.audio.encoders.family import Listener, encoder_of_set
from core.audio.encoders.musicnn.listening import HeardTags, Musicnn, open_musicnn
from core.audio.silence import sounding
from core.catalogue import Catalogue
from core.clips.vectors import ClipAnalysis
from core.errors import NearfieldError
from core.features.audio_sets import ACOUSTICBRAINZ, AUDIO_SETS, CLAP, MUSICNN_SETS, MUSICNN_TAGS
from core.features.extraction import extractors
from core.storage import sha256_file

Stage = Callable[[str], None]
LISTENING, NAMING, MEASURING = "Listening with CLAP", "Naming what is heard", "Measuring descriptors"


@dataclass(frozen=True)
class ClipEncoder:
    """Extracts the vectors of clips for one catalogue, with CLAP, with descriptors, and with what else hears.

    `others` are listeners with the sets that they fill. `notes` are plain sentences about how well the extractors fit
    the catalogue.
    """

    clap: ClapEncoder | None
    descriptors: bool
    notes: tuple[str, ...] = ()
    others: tuple[tuple[Listener, tuple[str, ...]], ...] = ()

    def analyse(
        self, clip: Clip, on_stage: Stage = lambda stage: None, measured: Future[FloatArray] | None = None
    ) -> ClipAnalysis:
        """Extract the vectors of a decoded clip, without the silence at its ends. `on_stage` gets a few words before
        each step. `measured` are its descriptors, where `measured_beside` has begun with them. Raises AudioError."""
        heard = sounding(clip.samples, clip.rate)
        vectors: dict[str, FloatArray] = {}
        analysis, tags = ClipAnalysis(vectors), None
        if self.clap is not None:
            on_stage(LISTENING)
            embedding = self.clap.embed_audio(heard.samples, clip.rate)
            vectors[CLAP] = embedding.mean
            analysis = ClipAnalysis(vectors, embedding.windows, embedding.starts + np.float32(heard.before))
        for listener, names in self.others:
            on_stage(NAMING)
            if isinstance(listener, Musicnn):
                made, tags = listener.hear(heard.samples, clip.rate, {*names, MUSICNN_TAGS})
                tags = tags and HeardTags(tags.likelihood, tags.starts + np.float32(heard.before))
            else:
                made = listener.vectors(heard.samples, clip.rate, names)
            vectors |= {name: made[name] for name in names}
        if self.descriptors:
            on_stage(MEASURING)
            vectors[ACOUSTICBRAINZ] = measured.result() if measured else _descriptors(clip)
        return replace(analysis, tags=tags)


@contextmanager
def measured_beside(clip: Clip, catalogue: Catalogue) -> Iterator[Future[FloatArray] | None]:
    """The descriptors of a clip, measured by a process while this one opens encoders and listens; None if the catalogue
    has none that they could be compared with."""
    if not has_own_descriptors(catalogue):
        yield None
        return
    with ThreadPoolExecutor(1, "descriptors") as thread:
        yield thread.submit(_descriptors, clip)


def clip_encoder_for(catalogue: Catalogue, checkpoint: str | Path | None = None) -> ClipEncoder:
    """The clip encoder for `catalogue`: the encoder of its CLAP set, or `checkpoint`, descriptors if it has them, and
    the encoders of its other sets from sound that are on this machine.

    Raises NearfieldError if the CLAP checkpoint is not on this machine or did not make the catalogue's set, or if the
    catalogue has no set that a clip can be compared in.
    """
    descriptors = has_own_descriptors(catalogue)
    others, notes = other_listeners(catalogue)
    fills = any(names for _, names in others)
    if CLAP not in catalogue.feature_names:
        if checkpoint is not None or not (descriptors or fills):
            raise NearfieldError(
                " ".join(notes)
                or f"{catalogue.name} has no set of sound that a clip could be compared in. "
                "Extract one from its audio: python -m core extract."
            )
        return ClipEncoder(None, descriptors, notes, others)
    clap, doubts = clap_encoder_for(catalogue, checkpoint)
    return ClipEncoder(clap, descriptors, (*doubts, *notes), others)


def other_listeners(
    catalogue: Catalogue,
) -> tuple[tuple[tuple[Listener, tuple[str, ...]], ...], tuple[str, ...]]:
    """What hears for the catalogue's sets that are neither CLAP's nor descriptors, with the sets that each fills, and
    why others of its sets stay out of it. musicnn is among them wherever it is on this machine, for its tags."""
    wanted: dict[str, list[str]] = {"musicnn": []} if is_installed(KNOWN[MUSICNN]) else {}
    notes = []
    for name in (each for each in AUDIO_SETS if each in catalogue.feature_names):
        if name in (CLAP, ACOUSTICBRAINZ):
            continue
        try:
            (own,) = extractors([name], None)
        except NearfieldError as fault:
            notes.append(str(fault))
            continue
        if own.made(catalogue.feature_info(name)):
            wanted.setdefault(encoder_of_set(name).listener, []).append(name)
        else:
            notes.append(
                f"{own.info.title}: the vectors of {catalogue.name} were made in another way than here, so no clip is "
                "compared with them. Extract them again: python -m core extract."
            )
    listeners = [
        (open_musicnn() if key == "musicnn" else encoder_of_set(names[0]).open(None), tuple(names))
        for key, names in wanted.items()
    ]
    return tuple(listeners), tuple(dict.fromkeys(notes))


def clap_encoder_for(catalogue: Catalogue, checkpoint: str | Path | None = None) -> tuple[ClapEncoder, tuple[str, ...]]:
    """Open the encoder that made the catalogue's CLAP set, or `checkpoint`, a name or path.

    Also returns notes on how well it fits the catalogue. Raises NearfieldError as `clip_encoder_for` does.
    """
    info = catalogue.feature_info(CLAP)
    if checkpoint is None:
        checkpoint = checkpoint_of(catalogue).name
    encoder = open_encoder(checkpoint)
    width = catalogue.feature_array(CLAP).shape[1]
    if info.checkpoint_hash and info.checkpoint_hash != encoder.checkpoint_hash:
        raise NearfieldError(
            f"The CLAP vectors of {catalogue.name} come from another checkpoint than {encoder.title}. "
            "Choose the one they were made with, or extract them again: python -m core extract."
        )
    if encoder.width != width:
        raise NearfieldError(
            f"{encoder.title} makes {encoder.width} numbers, and the CLAP vectors of {catalogue.name} have {width}. "
            "Choose the checkpoint they were made with."
        )
    if info.checkpoint_hash:
        return encoder, ()
    return encoder, (
        f"{catalogue.name} does not say which checkpoint its CLAP vectors come from; "
        f"answers are right only if it was {encoder.title}.",
    )


def checkpoint_of(catalogue: Catalogue) -> Checkpoint:
    """The known checkpoint that made the catalogue's CLAP set, installed or not.

    It is the paper's if the catalogue does not say. Raises NearfieldError if no known checkpoint made the set.
    """
    wanted = catalogue.feature_info(CLAP).checkpoint_hash
    if not wanted:
        return KNOWN[PAPER]
    for checkpoint in KNOWN.values():
        if wanted == _hash_of(checkpoint):
            return checkpoint
    raise NearfieldError(
        f"The CLAP vectors of {catalogue.name} come from a checkpoint that Nearfield does not know. "
        "Give its file or folder with --checkpoint."
    )


def takes_words(catalogue: Catalogue) -> bool:
    """Whether words can be compared: with tags that were heard, or with a CLAP set whose checkpoint is here."""
    if MUSICNN_TAGS in catalogue.feature_names:
        return True
    if CLAP not in catalogue.feature_names:
        return False
    try:
        return is_installed(checkpoint_of(catalogue))
    except NearfieldError:
        return False


def takes_clips(catalogue: Catalogue) -> bool:
    """Whether a clip can be compared: in a set of sound whose encoder is on this machine. Loads no model."""
    own = set(catalogue.feature_names)
    if has_own_descriptors(catalogue) or (is_installed(KNOWN[MUSICNN]) and not own.isdisjoint(MUSICNN_SETS)):
        return True
    try:
        return CLAP in own and is_installed(checkpoint_of(catalogue))
    except NearfieldError:
        return False


def has_own_descriptors(catalogue: Catalogue) -> bool:
    """Whether the catalogue's descriptors have the columns that Nearfield extracts."""
    if ACOUSTICBRAINZ not in catalogue.feature_names:
        return False
    return catalogue.feature_info(ACOUSTICBRAINZ).columns == list(DESCRIPTOR_NAMES)


def _descriptors(clip: Clip) -> FloatArray:
    return extract_descriptors(sounding(clip.samples, clip.rate).samples, clip.rate)


def _hash_of(checkpoint: Checkpoint) -> str | None:
    """The `checkpoint_hash` of an encoder of this checkpoint, without loading it; None if unknown."""
    if checkpoint.form == "laion":
        return checkpoint.files[0].sha256
    weights = checkpoint_folder(checkpoint) / "model.safetensors"
    if checkpoint.name == BUNDLED or is_installed(checkpoint):
        return sha256_file(weights) if weights.is_file() else None
    return checkpoint.files[0].sha256
