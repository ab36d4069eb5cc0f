"""From sound to the vectors of a clip, with the encoder that made a catalogue's CLAP set."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.audio import Clip
from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES, extract_descriptors
from core.audio.encoders.checkpoints import BUNDLED, KNOWN, PAPER, Checkpoint, checkpoint_folder, is_installed
from core.audio.encoders.clap import ClapEncoder, open_encoder
from core.catalogue import Catalogue
from core.clips.vectors import ClipAnalysis
from core.errors import NearfieldError
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP
from core.storage import sha256_file

Stage = Callable[[str], None]


@dataclass(frozen=True)
class ClipEncoder:
    """Extracts the vectors of clips for one catalogue, with CLAP, with descriptors, or with both.

    `notes` are plain sentences about how well the extractors fit the catalogue.
    """

    clap: ClapEncoder | None
    descriptors: bool
    notes: tuple[str, ...] = ()

    def analyse(self, clip: Clip, on_stage: Stage = lambda stage: None) -> ClipAnalysis:
        """Extract the vectors of a decoded clip. `on_stage` gets a few words before each step. Raises AudioError."""
        vectors = {}
        embedding = None
        if self.clap is not None:
            on_stage("Listening with CLAP")
            embedding = self.clap.embed_audio(clip.samples, clip.rate)
            vectors[CLAP] = embedding.mean
        if self.descriptors:
            on_stage("Measuring descriptors")
            vectors[ACOUSTICBRAINZ] = extract_descriptors(clip.samples, clip.rate)
        if embedding is None:
            return ClipAnalysis(vectors)
        return ClipAnalysis(vectors, embedding.windows, embedding.starts)


def clip_encoder_for(catalogue: Catalogue, checkpoint: str | Path | None = None) -> ClipEncoder:
    """The clip encoder for `catalogue`: the encoder of its CLAP set, or `checkpoint`, and descriptors if it has them.

    Raises NearfieldError if the checkpoint is not on this machine or did not make the catalogue's set, or if the
    catalogue has neither set.
    """
    descriptors = has_own_descriptors(catalogue)
    if CLAP not in catalogue.feature_names:
        if checkpoint is not None or not descriptors:
            raise NearfieldError(
                f"{catalogue.name} has no CLAP set that a clip could be compared in. "
                "Extract one from its audio: python -m core extract."
            )
        return ClipEncoder(None, True)
    clap, notes = clap_encoder_for(catalogue, checkpoint)
    return ClipEncoder(clap, descriptors, notes)


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
    """Whether words can be compared: the catalogue has a CLAP set, and its checkpoint is on this machine."""
    if CLAP not in catalogue.feature_names:
        return False
    try:
        return is_installed(checkpoint_of(catalogue))
    except NearfieldError:
        return False


def has_own_descriptors(catalogue: Catalogue) -> bool:
    """Whether the catalogue's descriptors have the columns that Nearfield extracts."""
    if ACOUSTICBRAINZ not in catalogue.feature_names:
        return False
    return catalogue.feature_info(ACOUSTICBRAINZ).columns == list(DESCRIPTOR_NAMES)


def _hash_of(checkpoint: Checkpoint) -> str | None:
    """The `checkpoint_hash` of an encoder of this checkpoint, without loading it; None if unknown."""
    if checkpoint.form == "laion":
        return checkpoint.files[0].sha256
    weights = checkpoint_folder(checkpoint) / "model.safetensors"
    if checkpoint.name == BUNDLED or is_installed(checkpoint):
        return sha256_file(weights) if weights.is_file() else None
    return checkpoint.files[0].sha256
