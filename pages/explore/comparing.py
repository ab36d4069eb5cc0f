"""Two or three artists side by side, in a dialog."""

from collections.abc import Sequence

import streamlit as st

from core.catalogue import Catalogue
from core.search.comparison import FEWEST, MOST, Comparison, compare_artists
from core.text import short_label
from pages.artists.card import artist_facts, artist_name
from pages.components.charts import show_chart
from pages.explore import texts
from pages.explore.figures import traits_figure, traits_table
from pages.shell import boxes, choices, resources

CHOSEN = "compare_chosen"


def compare_with(catalogue: Catalogue, rows: Sequence[int]) -> None:
    """Open the comparison of these artists in the next run. For callbacks."""
    boxes.open_comparison([catalogue.id_of(row) for row in rows])


def compare_button(catalogue: Catalogue, row: int, nearest: Sequence[int]) -> None:
    """A button that compares the artist in `row` with the nearest one. Others can be chosen in the dialog."""
    st.button(
        texts.COMPARE,
        key="compare",
        icon=":material/compare_arrows:",
        disabled=not nearest,
        on_click=compare_with,
        args=(catalogue, [row, *nearest[:1]]),
    )


def show_asked_comparison(catalogue: Catalogue, offered: Sequence[int]) -> None:
    """Open the comparison in the URL, if any. The artists `offered` can be added to it."""
    if asked := boxes.asked_comparison(catalogue):
        show_comparison(catalogue, list(dict.fromkeys([*asked, *offered])))


@st.dialog(texts.COMPARISON_TITLE, width="large", on_dismiss=boxes.close)
def show_comparison(catalogue: Catalogue, offered: Sequence[int]) -> None:
    """Compare two or three of the artists `offered`: traits, tags and known neighbours."""
    names = {catalogue.id_of(row): str(catalogue.display_names.iloc[row]) for row in offered}
    chosen = st.multiselect(
        texts.COMPARED_LABEL,
        list(names),
        max_selections=MOST,
        select_all=False,
        **choices.many_in_url(boxes.COMPARE, list(names), [], CHOSEN, MOST),
        format_func=lambda artist_id: short_label(names[artist_id], 60) or artist_id,
    )
    if len(chosen) < FEWEST:
        st.info(texts.TOO_FEW_COMPARED)
        return
    rows = [catalogue.row_of[artist_id] for artist_id in chosen]
    sources = resources.tag_sources(catalogue)
    found = compare_artists(
        catalogue, resources.adjacency(catalogue), rows, resources.artist_traits(catalogue), sources
    )
    _show_common(catalogue, found)
    for column, row, tags in zip(st.columns(len(rows)), rows, found.own, strict=True):
        with column:
            st.markdown(f"**{artist_name(catalogue, row)}**")
            st.caption(" · ".join(artist_facts(catalogue, row)))
            for kind, own in tags.items():
                st.markdown(texts.own_tags(kind, own))
    _show_traits([short_label(names[artist_id]) for artist_id in chosen], found)


def _show_common(catalogue: Catalogue, found: Comparison) -> None:
    is_pair = len(found.rows) == FEWEST
    sources = resources.tag_sources(catalogue)
    titles = {source.name: source.title for source in sources}
    for name, tags in found.common.items():
        st.markdown(texts.common_tags(titles[name], tags, is_pair))
    if not found.common and sources:
        st.markdown(texts.NO_COMMON_TAG)
    relation = catalogue.learned_relation
    if relation and len(catalogue.learned_edges):
        names = [str(name) for name in catalogue.display_names.iloc[found.neighbours]]
        st.markdown(texts.common_neighbours(relation, names, is_pair))


def _show_traits(names: list[str], found: Comparison) -> None:
    if found.traits is None:
        st.caption(texts.NO_TRAITS)
        return
    st.markdown(texts.TRAITS_TITLE)
    shown = (names, found.labels, found.traits)
    show_chart(
        traits_figure(*shown), traits_table(*shown), texts.traits_alt(*shown), "compare_traits", file_name="traits"
    )
