"""Why an artist is near a clip or words: the full evidence to hear and read, and a button to keep the artist."""

import numpy as np
import streamlit as st

from core.audio.encoders.acousticbrainz import likeness
from core.audio.encoders.clap.windows import WINDOW_SECONDS
from core.audio.encoders.musicnn.listening import mean_tags
from core.catalogue import Catalogue
from core.clips.routes import FUSION
from core.clips.search import ClipEvidence
from core.clips.service import AnalysedClip, ClipReport
from core.clips.word_search import WordAnswers
from core.features.audio_sets import ACOUSTICBRAINZ
from core.search.evidence import Answer
from core.search.sound_tags import different, shared
from core.search.spaces import space_titles
from core.space_name import SpaceName
from pages.artists.card import artist_name
from pages.artists.texts import likeness_text, parts_table, place_text, rank_table
from pages.artists.why import NEAR_SHARE
from pages.clip import texts
from pages.clip.choosing import Chosen
from pages.clip.lists import to_keep
from pages.clip.players import play_clip, play_track, track_label
from pages.lists import keeping
from pages.shell import boxes, resources, state
from pages.shell.navigation import page
from pages.shell.parameters import ARTIST


@st.dialog(texts.WHY_NEAR_CLIP, width="medium", on_dismiss=boxes.close)
def show_clip_reasons(
    catalogue: Catalogue, chosen: Chosen, report: ClipReport, evidence: ClipEvidence, space: str, query: str
) -> None:
    """The evidence for one artist as an answer of `space`."""
    row = evidence.row
    answers = report.answers.answers
    _show_head(catalogue, row, answers[space], query)
    _show_moment(catalogue, chosen, report.clip, evidence)
    _show_words(catalogue, report, row)
    _show_traits(catalogue, report, row)
    _show_graph(catalogue, report, evidence, space)
    st.markdown(rank_table(list(answers.values()), row))


@st.dialog(texts.WHY_NEAR_WORDS, width="medium", on_dismiss=boxes.close)
def show_text_reasons(catalogue: Catalogue, found: WordAnswers, row: int, space: str, query: str) -> None:
    """Which words matched what, the artist's rank in each answer, and a player of its best track."""
    answers, tracks = found.answers, found.tracks
    _show_head(catalogue, row, answers[space], query)
    if found.understood and (added := found.reasons.get(row)):
        st.markdown(texts.words_matched(found.understood, added))
    if tracks is not None and tracks[row] >= 0:
        st.markdown(texts.nearest_track(track_label(catalogue, int(tracks[row]))))
        play_track(catalogue, int(tracks[row]))
    st.markdown(rank_table(list(answers.values()), row))


def _show_moment(catalogue: Catalogue, chosen: Chosen, clip: AnalysedClip, evidence: ClipEvidence) -> None:
    """Side by side: the window of the clip and the track of the artist that are most similar."""
    moment = evidence.moment
    track = moment.track if moment else max(evidence.best_track.values(), default=-1)
    if moment is None and track < 0:
        return
    yours, theirs = st.columns(2, vertical_alignment="bottom")
    with yours:
        if moment is None:
            st.markdown(texts.YOUR_CLIP)
            play_clip(chosen, clip)
        else:
            end = min(moment.start + WINDOW_SECONDS, clip.seconds)
            st.markdown(texts.moment_sentence(moment.start, end, moment.score))
            play_clip(chosen, clip, moment.start, end)
    with theirs:
        if track < 0:
            st.markdown(texts.NO_RECORDING)
        else:
            st.markdown(texts.beside_track(track_label(catalogue, track)))
            play_track(catalogue, track)


def _show_words(catalogue: Catalogue, report: ClipReport, row: int) -> None:
    """The words for the sound of both, and where they differ."""
    tags, heard = resources.sound_tags(catalogue), report.clip.analysis.tags
    if tags is None or heard is None or np.isnan(tags.likelihood[row, 0]):
        return
    clip, artist, name = mean_tags(heard), tags.likelihood[row], str(catalogue.display_names.iloc[row])
    if common := shared(tags.names, clip, artist):
        st.markdown(texts.shared_words(common, name))
    if gaps := different(tags.names, clip, artist):
        st.markdown(texts.different_words(gaps, name))


def _show_traits(catalogue: Catalogue, report: ClipReport, row: int) -> None:
    clip = report.clip.analysis.vectors.get(ACOUSTICBRAINZ)
    if clip is None:
        return
    artist = catalogue.feature_array(ACOUSTICBRAINZ)[row]
    if np.isnan(artist[0]):
        st.markdown(texts.NO_DESCRIPTORS)
        return
    found = report.answers.answers[ACOUSTICBRAINZ]
    st.markdown(
        likeness_text(
            likeness(clip, artist, resources.usual_traits(catalogue)),
            found.space.title,
            place_text(found, row),
            found.in_lower_half(row),
            texts.CLIP_IN_SENTENCE,
            str(catalogue.display_names.iloc[row]),
            is_near=found.is_within(row, NEAR_SHARE),
        )
    )


def _show_graph(catalogue: Catalogue, report: ClipReport, evidence: ClipEvidence, space: str) -> None:
    routes = report.search.routes
    if evidence.linked and routes.offered:
        st.markdown(texts.linked_sentence(len(report.answers.linked)))
    names = [str(name) for name in catalogue.display_names.iloc[evidence.neighbours]]
    if names:
        st.markdown(texts.known_edges(names))
    if space == SpaceName.route(FUSION) and FUSION in routes.offered:
        linked = report.answers.linked[np.newaxis]
        parts = routes.contributions(report.clip.analysis.as_clips(), linked, np.array([evidence.row]))
        titles = space_titles(catalogue, list(parts))
        st.markdown(parts_table(titles, np.array([added[0] for added in parts.values()]), 0))


def _show_head(catalogue: Catalogue, row: int, answer: Answer, query: str) -> None:
    """The artist's name and the buttons for the artist."""
    st.markdown(f"## {artist_name(catalogue, row)}")
    view = state.in_catalogue({ARTIST: catalogue.id_of(row)})
    with st.container(horizontal=True, vertical_alignment="center"):
        (result,) = to_keep(answer, np.array([row]))
        keeping.judge_buttons(catalogue, row, "clip", result, answer.space.name, query)
        for name, label, icon in (
            ("explore", texts.EXPLORE_ARTIST, ":material/explore:"),
            ("neighbourhood", texts.ITS_NEIGHBOURHOOD, ":material/hub:"),
        ):
            st.page_link(page(name), label=label, icon=icon, query_params=view, width="content")
