"""The first screen, before an artist is chosen: what Nearfield is, three ways in, and the catalogue as a map."""

from dataclasses import dataclass
from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.clips.encoder import takes_clips, takes_words
from core.errors import NearfieldError
from core.search.evidence import default_spaces
from core.search.indexed import nearest_answer
from core.search.spaces import list_spaces
from pages.artists.card import artist_name
from pages.artists.search import artist_search
from pages.artists.starting import starting_buttons
from pages.explore import texts
from pages.explore.first_map import SEARCH, mappable, show_first_map
from pages.explore.question import go_on
from pages.shell import resources, state
from pages.shell.caching import cached_per_catalogue
from pages.shell.navigation import page
from pages.shell.parameters import declared
from pages.shell.text import plain

WAYS_SECONDS = 60
N_NEAREST = 5


@dataclass(frozen=True)
class Ways:
    """Whether a clip and whether words can be compared with the catalogue."""

    sound: bool
    words: bool


def show_first_screen(catalogue: Catalogue) -> None:
    """What Nearfield is, the ways in, and a map to search and click; without a map, artists with their nearest."""
    is_synthetic, can_compare = catalogue.manifest.kind == "synthetic", bool(list_spaces(catalogue))
    with st.container(horizontal=True, vertical_alignment="center", gap="large", key="first_head"):
        st.title(texts.TITLE, anchor=False, width="content")
        with st.container(width="stretch", gap=None):
            st.header(texts.PITCH, anchor=False)
            st.markdown(texts.what_is_here(len(catalogue), is_synthetic, can_compare))
        st.page_link(
            page("catalogues"),
            label=texts.ADD_MUSIC,
            icon=":material/library_add:",
            width="content",
            query_params=state.in_catalogue({declared("catalogues")["part"]: "music"}),
        )
    _show_ways(catalogue)
    with st.container(key="first_map", gap="small"):
        artist_search(catalogue, SEARCH, partial(go_on, catalogue))
        if not show_first_map(catalogue):
            _show_examples(catalogue)
            _say_how_to_map(catalogue)


def _show_ways(catalogue: Catalogue) -> None:
    ways = _ways(catalogue)
    with st.container(key="first_ways"):
        by_artist, by_sound, by_words = st.columns([2.2, 1.4, 1.45], gap="small")
    with by_artist:
        st.markdown(texts.BY_ARTIST)
        starting_buttons(catalogue, partial(go_on, catalogue))
    with by_sound:
        st.markdown(texts.BY_SOUND)
        if ways.sound:
            with st.container(horizontal=True, gap="xxsmall"):
                _to_clip(texts.OWN_CLIP, ":material/graphic_eq:", by="Sound")
                if (catalogue.tracks["kind"] == "synthetic").any():
                    _to_clip(texts.SAMPLE_CLIP, ":material/music_note:", by="Sound", sample="1")
        else:
            st.caption(texts.NO_CLIP_HERE)
    with by_words:
        st.markdown(texts.BY_WORDS)
        if ways.words:
            with st.container(horizontal=True, gap="xxsmall"):
                for words in texts.EXAMPLE_WORDS:
                    _to_clip(words, ":material/format_quote:", by="Words", words=words)
        else:
            st.caption(texts.NO_WORDS_HERE)


def _to_clip(label: str, icon: str, **view: str) -> None:
    known = declared("clip")
    st.page_link(
        page("clip"),
        label=label,
        icon=icon,
        width="content",
        query_params=state.in_catalogue({known[name]: value for name, value in view.items()}),
    )


@cached_per_catalogue(8, seconds=WAYS_SECONDS)
def _ways(catalogue: Catalogue) -> Ways:
    return Ways(takes_clips(catalogue), takes_words(catalogue))


def _show_examples(catalogue: Catalogue) -> None:
    """The artists to begin with, each above those who are nearest."""
    rows = resources.starting_artists(catalogue)
    found = {row: answered for row in rows if (answered := _nearest(catalogue, row))}
    if not found:
        st.info(texts.NOTHING_TO_COMPARE if not list_spaces(catalogue) else texts.NOBODY_NEAR)
        return
    for column, (row, (title, nearest)) in zip(st.columns(len(found)), found.items(), strict=True):
        with column, st.container(border=True, gap=None):
            st.markdown(texts.example_title(artist_name(catalogue, row, 28)))
            st.caption(texts.example_space(title))
            for other in nearest:
                st.button(
                    artist_name(catalogue, other, 28),
                    key=f"near_{row}_{other}",
                    type="tertiary",
                    on_click=go_on,
                    args=(catalogue, other),
                )


@cached_per_catalogue(64)
def _nearest(catalogue: Catalogue, row: int) -> tuple[str, list[int]] | None:
    """The title of the best space that knows somebody near the artist in `row`, and who that is."""
    for space in default_spaces(list_spaces(catalogue), measured=resources.measured(catalogue)):
        try:
            nearest = nearest_answer(resources.space(catalogue, space.name), space, row, N_NEAREST).nearest
        except NearfieldError:
            continue
        if len(nearest):
            return space.title, nearest.rows.tolist()
    return None


def _say_how_to_map(catalogue: Catalogue) -> None:
    if not (spaces := mappable(catalogue)):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="first_no_map"):
        st.caption(texts.no_map_yet(plain(spaces[0].title)), width="content")
        st.page_link(page("map"), label=texts.MAKE_MAP, icon=":material/scatter_plot:", query_params=state.carried())
