"""Clip: provide a sound or words, and see which artists are near, why, and where the clip is on the map."""

import streamlit as st

from core.audio.encoders.acousticbrainz import describe
from core.catalogue import Catalogue
from core.clips.service import ClipReport
from core.features.audio_sets import ACOUSTICBRAINZ
from pages.artists.listen import show_player_beside
from pages.clip import texts
from pages.clip.answers import show_nearest
from pages.clip.checkpoint import EncoderChoice, encoder_choice, offer_checkpoints, show_checkpoint, show_no_encoder
from pages.clip.choosing import Chosen, asker, choose_clip, chosen_clip, forget_clip, service
from pages.clip.figures import wave_figure, window_table
from pages.clip.heard import show_heard
from pages.clip.lists import GO
from pages.clip.musicnn import watch_musicnn
from pages.clip.parameters import BY
from pages.clip.place import show_place
from pages.clip.players import play_clip
from pages.clip.waiting import wait_for
from pages.clip.words import show_words
from pages.components.charts import show_chart
from pages.shell import choices, resources, state
from pages.shell.navigation import page
from pages.shell.parameters import ARTIST
from pages.shell.text import plain


def show_ways(catalogue: Catalogue, encoders: EncoderChoice) -> None:
    """The two ways to ask, by sound and by words, and the answer to the chosen one."""
    with st.container(key="clip_ways"):
        st.write(texts.INTRODUCTION)
    show_checkpoint(encoders)
    ways = [way for way, can in zip(texts.WAYS, (encoders.any, encoders.words), strict=True) if can]
    with st.container(horizontal=True, vertical_alignment="center"):
        by = st.segmented_control(
            texts.ASK_WITH,
            ways,
            format_func=texts.WAYS.__getitem__,
            required=True,
            label_visibility="collapsed",
            **choices.one_in_url(BY, ways, ways[0]),
        )
        offer_checkpoints(catalogue)
    watch_musicnn(catalogue)
    if by == "Words":
        show_words(catalogue)
        return
    choose_clip(catalogue)
    if chosen := chosen_clip(catalogue):
        show_clip(catalogue, chosen, encoders)
    else:
        service().get_ready(catalogue)


def show_clip(catalogue: Catalogue, chosen: Chosen, encoders: EncoderChoice) -> None:
    """Everything about the clip that the visitor provided."""
    with st.container(key="clip_waiting"):
        report = wait_for(service().submit_clip(catalogue, chosen.file, asker()), lambda: forget_clip(catalogue))
    if report is None:
        return
    for doubt in report.clip.doubts if encoders.clap else ():
        st.warning(plain(doubt))
    show_analysis(catalogue, chosen, report)
    with st.container(key="clip_answers"):
        show_nearest(catalogue, chosen, report)
    show_place(catalogue, report)


def show_analysis(catalogue: Catalogue, chosen: Chosen, report: ClipReport) -> None:
    """The clip itself: its player, its traits in words, and its waveform with its windows."""
    clip = report.clip
    st.header(plain(chosen.file.name, 80), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        play_clip(chosen, clip)
        st.button(
            texts.REMOVE_CLIP, key="clip_remove", icon=":material/close:", on_click=forget_clip, args=(catalogue,)
        )
    vector = clip.analysis.vectors.get(ACOUSTICBRAINZ)
    traits = [] if vector is None else describe(vector, resources.usual_traits(catalogue))
    st.markdown(texts.clip_line(clip.seconds, traits))
    show_heard(clip)
    if not chosen.is_sample:
        st.caption(texts.YOURS_ALONE)
    for note in clip.notes:
        st.caption(plain(note))
    n_windows = len(clip.analysis.starts)
    if n_windows:
        st.caption(texts.windows_sentence(n_windows, clip.seconds))
    show_chart(
        wave_figure(clip),
        window_table(catalogue, report),
        texts.waveform_alt(n_windows, clip.seconds),
        "clip_wave",
    )


def main() -> None:
    """The page: the two ways to ask, or what the catalogue lacks for them."""
    catalogue = state.current_catalogue()
    if (artist_id := st.session_state.pop(GO, None)) in catalogue.row_of:
        st.switch_page(page("explore"), query_params=state.in_catalogue({ARTIST: artist_id}))
    st.title(texts.TITLE, anchor=False)
    show_player_beside(catalogue)
    encoders = encoder_choice(catalogue)
    if encoders.any or encoders.words:
        show_ways(catalogue, encoders)
    else:
        show_no_encoder(catalogue, encoders)


if __name__ == "__main__":
    main()
