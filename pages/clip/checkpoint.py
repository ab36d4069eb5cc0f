"""Which CLAP checkpoint is in use, what it is good for, and how to get LAION's; or what a catalogue lacks for clips."""

from dataclasses import dataclass

import streamlit as st

from core.audio.encoders.checkpoints import BUNDLED, KNOWN, PAPER, is_installed
from core.catalogue import Catalogue
from core.clips.encoder import checkpoint_of, has_own_descriptors
from core.errors import NearfieldError
from core.features.audio_sets import CLAP
from pages.clip import texts
from pages.shell.commands import extract_command, folder_of


@dataclass(frozen=True)
class EncoderChoice:
    """What can encode a clip for a catalogue: whether CLAP or descriptors can, and a `sentence` for people."""

    sentence: str
    clap: bool
    descriptors: bool


def encoder_choice(catalogue: Catalogue) -> EncoderChoice:
    """Find out what can encode a clip for the catalogue, without loading any model."""
    descriptors = has_own_descriptors(catalogue)
    if CLAP not in catalogue.feature_names:
        return EncoderChoice(texts.NO_CLAP_SET, False, descriptors)
    try:
        checkpoint = checkpoint_of(catalogue)
    except NearfieldError:
        return EncoderChoice(texts.UNKNOWN_CHECKPOINT, False, descriptors)
    is_stated = bool(catalogue.feature_info(CLAP).checkpoint_hash)
    if not is_installed(checkpoint):
        return EncoderChoice(texts.not_installed(checkpoint.title, checkpoint.name, is_stated), False, descriptors)
    return EncoderChoice(texts.encoder_sentence(checkpoint.title, checkpoint.about, is_stated), True, descriptors)


def show_checkpoint(encoders: EncoderChoice) -> None:
    """One line about what encodes a clip."""
    alone = "" if encoders.clap or not encoders.descriptors else f" {texts.DESCRIPTORS_ALONE}"
    st.caption(encoders.sentence + alone)


def offer_checkpoints(catalogue: Catalogue) -> None:
    """A popover with all about checkpoints."""
    with st.popover(texts.CHECKPOINTS, icon=":material/hearing:", type="tertiary"):
        _explain(catalogue)


def show_no_encoder(catalogue: Catalogue, encoders: EncoderChoice) -> None:
    """Shown in place of the page: why no clip can be compared with this catalogue, and what to do about it."""
    st.info(texts.no_encoder(catalogue.manifest.title, encoders.sentence))
    st.markdown(texts.EXTRACT_BOTH)
    st.code(extract_command(catalogue), language="bash", wrap_lines=True)
    st.markdown(texts.TRY_BUNDLED)


def _explain(catalogue: Catalogue) -> None:
    for checkpoint in KNOWN.values():
        st.markdown(texts.checkpoint_entry(checkpoint.title, checkpoint.about, is_installed(checkpoint)))
    st.markdown(texts.USE_LAION)
    st.code(
        f"python -m core checkpoint get {PAPER}\n"
        f"python -m core extract {folder_of(catalogue)} --audio FOLDER --features clap --checkpoint {PAPER} --replace",
        language="bash",
        wrap_lines=True,
    )
    st.caption(texts.download_sentence(KNOWN[PAPER].size, KNOWN[BUNDLED].title))
