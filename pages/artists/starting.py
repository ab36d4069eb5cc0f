"""Artists to begin with, as buttons, for pages on which no artist is chosen yet."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from pages.artists import texts
from pages.artists.card import artist_hint, artist_name
from pages.shell import resources


def starting_buttons(catalogue: Catalogue, on_pick: Callable[[int], None]) -> None:
    """A button for each artist to begin with, and one for a random artist. Each calls `on_pick` with a row."""
    with st.container(horizontal=True, gap="xsmall", key="starting"):
        for row in resources.starting_artists(catalogue):
            st.button(
                artist_name(catalogue, row, 28),
                key=f"start_{row}",
                help=artist_hint(catalogue, row),
                on_click=on_pick,
                args=(row,),
            )
        if len(catalogue) > 1:
            random_button(catalogue, on_pick, texts.RANDOM)


def random_button(catalogue: Catalogue, on_pick: Callable[[int], None], label: str = texts.RANDOM_ARTIST) -> None:
    """A button that calls `on_pick` with the row of a random artist."""
    st.button(
        label,
        key="random",
        icon=":material/casino:",
        type="tertiary",
        on_click=_pick_random,
        args=(catalogue, on_pick),
    )


def _pick_random(catalogue: Catalogue, on_pick: Callable[[int], None]) -> None:
    on_pick(int(np.random.default_rng().integers(len(catalogue))))
