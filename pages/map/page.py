"""Map: the artists of a space in two dimensions, or two spaces side by side, with lines to the true neighbours and
a measure of how far to trust each picture."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.graph.protocols import why_not_trainable
from core.maps.build import FEWEST_ON_MAP
from core.maps.colouring import SCORE
from core.maps.drawn import Drawn
from core.maps.store import map_path
from core.search.evidence import best_first
from core.search.indexes import approximate
from core.search.spaces import list_spaces
from pages.artists.card import artist_card, artist_name
from pages.artists.search import artist_search
from pages.artists.starting import starting_buttons
from pages.components.linked_maps import Marked, Shown, linked_maps
from pages.map import texts
from pages.map.controls import choose_beside, choose_colour, choose_layers, choose_space
from pages.map.layered import LayeredMap, layered_map, stored_map
from pages.map.making import offer_map
from pages.map.marking import choose_highlight, mark, marked, show_lost, show_marked
from pages.map.tables import show_tables
from pages.map_layers import sources
from pages.map_layers.parts import take_parts
from pages.shell import resources, state
from pages.shell.commands import extract_command
from pages.shell.navigation import end_page, page
from pages.shell.text import plain


def show_nearest(catalogue: Catalogue, one: LayeredMap, row: int) -> None:
    """The true nearest of the chosen artist in one space."""
    st.subheader(texts.nearest_title(plain(one.space.title, 60)), anchor=False)
    if not one.stored.present[row]:
        st.info(texts.NOT_IN_SPACE)
        return
    st.caption(texts.nearest_caption(one.stored, row))
    if said := approximate(one.nearest):
        st.caption(said)
    ranked = zip(one.nearest.rows.tolist(), one.nearest.scores.tolist(), strict=True)
    with st.container(gap=None):
        for rank, (other, score) in enumerate(ranked, 1):
            st.button(
                texts.ranked_artist(rank, artist_name(catalogue, other, 30), score),
                key=f"map_near_{one.space.name}_{other}",
                type="tertiary",
                on_click=state.select_artist,
                args=(catalogue, other),
            )


def show_people(catalogue: Catalogue, maps: Sequence[LayeredMap], row: int | None, chosen: Marked | None) -> None:
    """The marked artists and the chosen one: in a column beside a single map, in three columns below two."""
    places = st.columns(3, gap="medium") if len(maps) > 1 else [st.container()] * 2
    with places[0]:
        artist_search(catalogue, "find_on_map")
        show_lost(catalogue)
        if chosen:
            show_marked(catalogue, chosen, [one.stored.present for one in maps])
        if row is None:
            st.info(texts.NO_ARTIST_TO_COMPARE if maps[0].colouring.title == SCORE else texts.NO_ARTIST)
            starting_buttons(catalogue, partial(state.select_artist, catalogue))
            return
        artist_card(catalogue, row)
    for place, one in zip(places[1:], maps, strict=True):
        with place:
            show_nearest(catalogue, one, row)


def show_maps(
    catalogue: Catalogue, maps: Sequence[LayeredMap], drawn: Drawn, row: int | None, shown: Shown, chosen: Marked | None
) -> None:
    """The maps, their tables, and the artists that are marked or chosen."""
    picture, people = (st.container(), st.container()) if len(maps) > 1 else st.columns([3, 1.15], gap="medium")
    with picture:
        linked_maps(
            [one.view for one in maps],
            sources.names(catalogue, drawn),
            artist=row,
            shown=shown,
            marked=chosen if chosen and chosen.who.any() else None,
            n_artists=len(catalogue),
            on_artist=lambda clicked: state.select_artist(catalogue, clicked),
            on_rows=lambda who: mark(catalogue, who),
            on_parts=take_parts,
            key="map-chart",
        )
        st.caption(texts.HOW_TO_READ if drawn.rows is None else f"{texts.HOW_TO_READ} {texts.ONLY_DRAWN}")
        show_tables(catalogue, maps)
    with people:
        show_people(catalogue, maps, row, chosen)


def show_nothing_to_map(catalogue: Catalogue) -> None:
    """That no space places artists, and how to get one."""
    if not why_not_trainable(catalogue):
        st.info(texts.NO_SPACE)
        st.page_link(page("train"), label=texts.TRAIN_MODEL, query_params=state.carried())
        return
    st.info(texts.NO_SPACE_AT_ALL)
    st.code(extract_command(catalogue), language="bash", wrap_lines=True)


def main() -> None:
    """The page: the controls, and one or two maps."""
    catalogue = state.current_catalogue()
    heading = st.container(horizontal=True, vertical_alignment="bottom")
    heading.title(texts.TITLE, anchor=False)
    spaces = [space for space in list_spaces(catalogue) if space.has_vectors]
    if len(catalogue) < FEWEST_ON_MAP:
        st.info(texts.ONE_ARTIST)
        end_page()
    if not spaces:
        show_nothing_to_map(catalogue)
        end_page()
    # Spaces with a map come first, so that the page opens with a map, and of these what was measured best.
    spaces = best_first(spaces, resources.measured(catalogue))
    spaces.sort(key=lambda space: not map_path(catalogue, space.name).is_file())
    artist = state.selected_artist(catalogue)
    with st.container(key="map-controls"):
        for_space, *for_beside, for_colour, for_highlight = st.columns(4 if len(spaces) > 1 else 3)
    with for_space:
        first = choose_space(spaces)
    second = None
    for place in for_beside:
        with place:
            second = choose_beside(spaces, first)
    with for_colour:
        colour = choose_colour(catalogue, first)
    with for_highlight:
        choose_highlight(catalogue)
    with heading:
        shown = choose_layers(catalogue)
    found = {space: stored_map(catalogue, space) for space in (first, second) if space}
    for space, stored in found.items():
        if stored is None:
            offer_map(catalogue, space)
    chosen = marked(catalogue)
    known = {space: stored for space, stored in found.items() if stored}
    named = {sources.map_name(catalogue, space): stored for space, stored in known.items()}
    drawn = sources.drawn_of(named, chosen.who if chosen else None)
    maps = [
        layered_map(catalogue, space, stored, drawn, colour, artist, shown.doubtful) for space, stored in known.items()
    ]
    if maps:
        show_maps(catalogue, maps, drawn, artist, shown, chosen)


if __name__ == "__main__":
    main()
