"""Players: an artist's tracks on the card, and one player at the bottom of the page for other artists.

The track that plays is the value of the widget that offers the tracks, so it stops when its page or card goes away.
Sound is rendered only on request. Choosing a track stops any other player.
"""

from itertools import chain, count

import pandas as pd
import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.text import short_label
from pages.artists import texts
from pages.artists.heard import show_heard_in_track
from pages.shell.owner import told
from pages.shell.sound import beginning
from pages.shell.text import plain

MOST_PILLS = 8
LONGEST_TITLE = 40

_OFFER = "listen_"
BESIDE = f"{_OFFER}beside"
"""Key of the tracks at the bottom of the page. Its value is the id of the track that plays there."""


def show_recordings(catalogue: Catalogue, row: int) -> None:
    """A button for each track of the artist, and a player of the chosen one.

    If the artist has no tracks but others in the catalogue do, say so.
    """
    tracks = catalogue.tracks_of(row)
    if tracks.empty:
        if len(catalogue.tracks):
            st.caption(texts.NO_RECORDING)
        return
    chosen = _offer(tracks, f"{_OFFER}to_{catalogue.artists['artist_id'].iloc[row]}")
    if chosen is None:
        return
    if _player(catalogue, tracks, chosen):
        st.caption(_origin_of(catalogue, chosen))
    show_heard_in_track(catalogue, chosen)


def show_player_beside(catalogue: Catalogue) -> None:
    """The player at the bottom of the page, while it plays an artist that `play_beside` started."""
    row = artist_beside(catalogue)
    if row is None:
        return
    name, tracks = plain(str(catalogue.display_names.iloc[row]), LONGEST_TITLE), catalogue.tracks_of(row)
    with st.bottom, st.container(key="player_beside", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", wrap=False):
            st.markdown(texts.player_title(name, _origin_of(catalogue, st.session_state[BESIDE])), width="stretch")
            st.button(
                texts.CLOSE_PLAYER, icon=":material/close:", type="tertiary", key="close_player", on_click=_silence
            )
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            chosen = _offer(tracks, BESIDE)
            if chosen is not None:
                _player(catalogue, tracks, chosen)
        if chosen is not None:
            show_heard_in_track(catalogue, chosen)


def play_beside(catalogue: Catalogue, row: int) -> None:
    """Play the first track of the artist in `row` at the bottom of the page, or stop if the artist is playing already.

    For callbacks, which run before widgets are drawn.
    """
    ending = artist_beside(catalogue) == row
    _silence()
    tracks = catalogue.tracks_of(row)
    if not ending and len(tracks):
        st.session_state[BESIDE] = tracks["track_id"].iloc[0]


def artist_beside(catalogue: Catalogue) -> int | None:
    """The row of the artist in the player at the bottom of the page, or None."""
    track = catalogue.row_of_track.get(st.session_state.get(BESIDE) or "")
    return None if track is None else int(catalogue.tracks["artist"].iloc[track])


def track_titles(tracks: pd.DataFrame) -> dict[str, str]:
    """track_id -> title, on one line and truncated. Titles are unique, since widgets tell choices apart by label."""
    titles: dict[str, str] = {}
    taken: set[str] = set()
    for track_id, title in zip(tracks["track_id"], tracks["title"], strict=True):
        shown = short_label(title, LONGEST_TITLE) or texts.NO_TITLE
        candidates = chain([shown], (texts.repeated_title(shown, number) for number in count(2)))
        titles[track_id] = next(candidate for candidate in candidates if candidate not in taken)
        taken.add(titles[track_id])
    return titles


def _offer(tracks: pd.DataFrame, key: str) -> str | None:
    """Offer the artist's tracks. Returns the id of the chosen one, None at first."""
    titles = track_titles(tracks)
    if len(titles) > MOST_PILLS:
        return st.selectbox(
            texts.PLAY_LABEL,
            list(titles),
            index=None,
            placeholder=texts.tracks_placeholder(len(titles)),
            key=key,
            format_func=titles.__getitem__,
            label_visibility="collapsed",
            on_change=_silence,
            args=(key,),
        )
    return st.pills(
        texts.PLAY_LABEL,
        list(titles),
        key=key,
        label_visibility="collapsed",
        on_change=_silence,
        args=(key,),
        format_func=lambda track_id: texts.track_choice(plain(titles[track_id])),
    )


def _player(catalogue: Catalogue, tracks: pd.DataFrame, track_id: str) -> bool:
    """A player of one of the artist's tracks that starts by itself, or an error if there is no sound."""
    track = catalogue.row_of_track[track_id]
    name = str(catalogue.display_names.iloc[catalogue.tracks["artist"].iloc[track]])
    try:
        sound = beginning(catalogue, track)
    except NearfieldError as fault:
        st.error(plain(told(fault)))
        return False
    alt = texts.player_alt(track_titles(tracks)[track_id], short_label(name, LONGEST_TITLE))
    st.audio(sound, autoplay=True, alt=alt)
    return True


def _origin_of(catalogue: Catalogue, track_id: str) -> str:
    return texts.origin(catalogue.tracks["kind"].iloc[catalogue.row_of_track[track_id]])


def _silence(besides: str | None = None) -> None:
    """Stop all players on the page except the one with the key `besides`."""
    for key in st.session_state:
        if str(key).startswith(_OFFER) and key != besides:
            st.session_state[key] = None
