"""Two or three artists side by side, in a dialog."""

from collections.abc import Sequence

import streamlit as st

from core.catalogue import Catalogue
from core.search.comparison import FEWEST, MOST, Comparison, compare_artists
from core.text import counted, short_label
from pages.artists.card import artist_facts, artist_name
from pages.components.charts import show_chart
from pages.explore.figures import traits_alt, traits_figure, traits_table
from pages.shell import boxes, choices, resources
from pages.shell.text import plain_list

CHOSEN = "compare_chosen"
MOST_NAMES, MOST_TAGS = 12, 8


def compare_with(catalogue: Catalogue, rows: Sequence[int]) -> None:
    """Have the page open the dialog with these artists; for callbacks."""
    boxes.open_comparison([catalogue.id_of(row) for row in rows])


def compare_button(catalogue: Catalogue, row: int, nearest: Sequence[int]) -> None:
    """Compare the artist in `row` with the nearest one, others to be chosen in the dialog."""
    st.button(
        "Compare",
        key="compare",
        icon=":material/compare_arrows:",
        disabled=not nearest,
        on_click=compare_with,
        args=(catalogue, [row, *nearest[:1]]),
    )


def show_asked_comparison(catalogue: Catalogue, offered: Sequence[int]) -> None:
    """Open the comparison that the URL asks for; the artists `offered` can be taken into it."""
    if asked := boxes.asked_comparison(catalogue):
        show_comparison(catalogue, list(dict.fromkeys([*asked, *offered])))


@st.dialog("Side by side", width="large", on_dismiss=boxes.close)
def show_comparison(catalogue: Catalogue, offered: Sequence[int]) -> None:
    """Two or three of the artists `offered`: traits, tags and known neighbours."""
    names = {catalogue.id_of(row): str(catalogue.display_names.iloc[row]) for row in offered}
    chosen = st.multiselect(
        "Artists",
        list(names),
        max_selections=MOST,
        select_all=False,
        **choices.many_in_url(boxes.COMPARE, list(names), [], CHOSEN, MOST),
        format_func=lambda artist_id: short_label(names[artist_id], 60) or artist_id,
    )
    if len(chosen) < FEWEST:
        st.info("Choose two or three artists to see them side by side.")
        return
    rows = [catalogue.row_of[artist_id] for artist_id in chosen]
    found = compare_artists(catalogue, resources.adjacency(catalogue), rows, resources.artist_traits(catalogue))
    _show_common(catalogue, found)
    for column, row, tags in zip(st.columns(len(rows)), rows, found.own, strict=True):
        with column:
            st.markdown(f"**{artist_name(catalogue, row)}**")
            st.caption(" · ".join(artist_facts(catalogue, row)))
            for kind, own in tags.items():
                st.markdown(f"Own {kind}: {plain_list(own, MOST_TAGS)}")
    _show_traits([short_label(names[artist_id]) for artist_id in chosen], found)


def _show_common(catalogue: Catalogue, found: Comparison) -> None:
    every = "both" if len(found.rows) == FEWEST else "all three"
    for column, tags in found.common.items():
        st.markdown(f"**{column.capitalize()} of {every}:** {plain_list(tags, MOST_NAMES)}")
    if not found.common:
        st.markdown("They share no genre, mood or theme.")
    names = [str(name) for name in catalogue.display_names.iloc[found.neighbours]]
    number = counted(len(names), "artist")
    st.markdown(
        f"**Known as similar to {every}** ({number}): {plain_list(names, MOST_NAMES)}"
        if names
        else f"No artist is known as similar to {every}."
    )


def _show_traits(names: list[str], found: Comparison) -> None:
    if found.traits is None:
        st.caption("There are no descriptors of two of these artists to draw as bars.")
        return
    st.markdown("**Traits of the sound** (0 is usual in this catalogue)")
    shown = (names, found.labels, found.traits)
    show_chart(traits_figure(*shown), traits_table(*shown), traits_alt(*shown), "compare_traits", file_name="traits")
