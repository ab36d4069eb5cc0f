"""Which CLAP checkpoint answers, what it is worth, and how to get LAION's; or what a catalogue lacks for clips."""

from dataclasses import dataclass

import streamlit as st

from core.audio.clap.checkpoints import BUNDLED, KNOWN, PAPER, Checkpoint, is_installed
from core.catalogue import Catalogue
from core.clips.encoder import checkpoint_of, has_own_descriptors
from core.errors import NearfieldError
from core.features.audio_sets import AUDIO_SETS, CLAP
from pages.shell.text import plain

_UNKNOWN = (
    "CLAP cannot answer here: the catalogue’s CLAP vectors come from a checkpoint that Nearfield does not know, and "
    "vectors of two checkpoints cannot be compared. Extract them again; “Checkpoints” says how."
)


@dataclass(frozen=True)
class EncoderChoice:
    """What can listen for a catalogue: `sentence` says it; `clap` and `descriptors` whether each can."""

    sentence: str
    clap: bool
    descriptors: bool


def encoder_choice(catalogue: Catalogue) -> EncoderChoice:
    """What can listen for the catalogue, without loading anything."""
    descriptors = has_own_descriptors(catalogue)
    if CLAP not in catalogue.feature_names:
        return EncoderChoice("It has no feature set from CLAP.", False, descriptors)
    try:
        checkpoint = checkpoint_of(catalogue)
    except NearfieldError:
        return EncoderChoice(_UNKNOWN, False, descriptors)
    if not is_installed(checkpoint):
        return EncoderChoice(_not_installed(catalogue, checkpoint), False, descriptors)
    stated = catalogue.feature_info(CLAP).checkpoint_hash
    doubt = "" if stated else " The catalogue does not say whether its own vectors were made with it."
    return EncoderChoice(
        f"Listens with **{plain(checkpoint.title)}**. {plain(checkpoint.about)}{doubt}", True, descriptors
    )


def show_checkpoint(encoders: EncoderChoice) -> None:
    """One line about what listens."""
    alone = "" if encoders.clap or not encoders.descriptors else " Descriptors answer alone."
    st.caption(encoders.sentence + alone)


def offer_checkpoints(catalogue: Catalogue) -> None:
    """All that there is to know about checkpoints, behind a button."""
    with st.popover("Checkpoints", icon=":material/hearing:", type="tertiary"):
        _explain(catalogue)


def show_no_encoder(catalogue: Catalogue, encoders: EncoderChoice) -> None:
    """In place of the page: why no clip can be compared with this catalogue, and what to do."""
    st.info(f"{plain(catalogue.manifest.title)} cannot be asked with a clip or with words yet. {encoders.sentence}")
    st.markdown(
        "A clip is compared with what was heard in the artists’ own recordings. If you have recordings of this "
        "catalogue’s artists, extract both feature sets from them:"
    )
    replace = "" if set(AUDIO_SETS).isdisjoint(catalogue.feature_names) else " --replace"
    st.code(
        f"python -m core extract {_folder(catalogue)} --audio FOLDER --features clap,acousticbrainz{replace}",
        language="bash",
        wrap_lines=True,
    )
    st.markdown("To try the page at once, choose the bundled catalogue in the sidebar.")


def _explain(catalogue: Catalogue) -> None:
    for checkpoint in KNOWN.values():
        state = "on this machine" if is_installed(checkpoint) else "not on this machine"
        st.markdown(f"**{plain(checkpoint.title)}** ({state})  \n{plain(checkpoint.about)}")
    st.markdown(
        "Vectors of two checkpoints cannot be compared, so the one that made the catalogue’s CLAP set listens to clips "
        "too. To use LAION’s, get it and extract the set again from your recordings:"
    )
    st.code(
        f"python -m core checkpoint get {PAPER}\n"
        f"python -m core extract {_folder(catalogue)} --audio FOLDER --features clap --checkpoint {PAPER} --replace",
        language="bash",
        wrap_lines=True,
    )
    size = KNOWN[PAPER].size
    st.caption(
        f"{'' if size is None else f'The download has {size / 1e9:.2f} GB. '}"
        f"{KNOWN[BUNDLED].title} knows synthetic music only and is no substitute for it on real music."
    )


def _not_installed(catalogue: Catalogue, checkpoint: Checkpoint) -> str:
    stated = catalogue.feature_info(CLAP).checkpoint_hash
    made = "were made with" if stated else "do not say how they were made; the paper’s checkpoint is"
    return (
        f"CLAP cannot answer here: the catalogue’s CLAP vectors {made} {plain(checkpoint.title)}, which is not on this "
        f"machine. Run `python -m core checkpoint get {checkpoint.name}`."
    )


def _folder(catalogue: Catalogue) -> str:
    return f"data/{catalogue.path.name}"
