"""Which CLAP checkpoint is in use, what it is good for, and how to get LAION's; or what a catalogue lacks for clips."""

from dataclasses import dataclass, replace

import streamlit as st

from core.audio.encoders.checkpoints import BUNDLED, KNOWN, MUSICNN, PAPER, is_installed
from core.catalogue import Catalogue
from core.catalogue.library import BUNDLED as BUNDLED_CATALOGUE
from core.catalogue.library import list_catalogues
from core.clips.encoder import checkpoint_of, has_own_descriptors
from core.errors import NearfieldError
from core.features.audio_sets import AUDIO_SETS, CLAP, MUSICNN_SETS, MUSICNN_TAGS
from pages.clip import texts
from pages.clip.musicnn import offer_musicnn, watch_musicnn
from pages.shell.commands import extract_command, has_own_music
from pages.shell.ways import link_to_prepare


@dataclass(frozen=True)
class EncoderChoice:
    """What can encode a clip for a catalogue: whether CLAP, descriptors or musicnn can, and a `sentence` for people."""

    sentence: str
    clap: bool
    descriptors: bool
    musicnn: bool = False
    tags: bool = False
    """Whether tags were heard, which need nothing to be compared with words."""

    @property
    def words(self) -> bool:
        """Whether the catalogue can be asked with words."""
        return self.clap or self.tags

    @property
    def any(self) -> bool:
        """Whether a clip can be compared."""
        return self.clap or self.descriptors or self.musicnn


def encoder_choice(catalogue: Catalogue) -> EncoderChoice:
    """Find out what can encode a clip for the catalogue, without loading any model."""
    own = set(catalogue.feature_names)
    others = EncoderChoice(
        "",
        False,
        has_own_descriptors(catalogue),
        is_installed(KNOWN[MUSICNN]) and not own.isdisjoint(MUSICNN_SETS),
        MUSICNN_TAGS in own,
    )
    if CLAP not in own:
        return replace(others, sentence=texts.LISTENS_WITH_MUSICNN if others.musicnn else texts.NO_CLAP_SET)
    try:
        checkpoint = checkpoint_of(catalogue)
    except NearfieldError:
        return replace(others, sentence=texts.UNKNOWN_CHECKPOINT)
    is_stated = bool(catalogue.feature_info(CLAP).checkpoint_hash)
    if not is_installed(checkpoint):
        return replace(others, sentence=texts.not_installed(checkpoint.title, checkpoint.name, is_stated))
    said = texts.encoder_sentence(checkpoint.title, checkpoint.about, is_stated, others.musicnn)
    return replace(others, sentence=said, clap=True)


def show_checkpoint(encoders: EncoderChoice) -> None:
    """One line about what encodes a clip."""
    alone = f" {texts.DESCRIPTORS_ALONE}" if encoders.descriptors and not (encoders.clap or encoders.musicnn) else ""
    st.caption(encoders.sentence + alone)


def offer_checkpoints(catalogue: Catalogue) -> None:
    """A popover with all about checkpoints, and a button for the small one that has heard real music."""
    offer_musicnn(catalogue)
    with st.popover(texts.CHECKPOINTS, icon=":material/hearing:", type="tertiary", key="clip_checkpoints"):
        _explain(catalogue)


def show_no_encoder(catalogue: Catalogue, encoders: EncoderChoice) -> None:
    """Shown in place of the page: why no clip can be compared with this catalogue, and what to do about it."""
    sentence = encoders.sentence if CLAP in catalogue.feature_names else texts.NO_SOUND_SET
    st.info(texts.no_encoder(catalogue.manifest.title, sentence))
    offer_musicnn(catalogue)
    watch_musicnn(catalogue)
    if has_own_music(catalogue) and set(AUDIO_SETS).isdisjoint(catalogue.feature_names):
        st.markdown(texts.PREPARE_FIRST)
        link_to_prepare(catalogue)
    else:
        st.markdown(texts.EXTRACT_BOTH)
        st.code(extract_command(catalogue), language="bash", wrap_lines=True)
    if any(entry.key == BUNDLED_CATALOGUE and entry.manifest for entry in list_catalogues()):
        st.markdown(texts.TRY_BUNDLED)


def _explain(catalogue: Catalogue) -> None:
    for checkpoint in KNOWN.values():
        st.markdown(texts.checkpoint_entry(checkpoint.title, checkpoint.about, is_installed(checkpoint)))
    st.markdown(texts.USE_LAION)
    st.code(
        f"python -m core checkpoint get {PAPER}\n{extract_command(catalogue, ['clap'])} --checkpoint {PAPER} --replace",
        language="bash",
        wrap_lines=True,
    )
    st.caption(texts.download_sentence(KNOWN[PAPER].size, KNOWN[BUNDLED].title))
