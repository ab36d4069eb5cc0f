"""The controls of the map page. The URL holds all their values."""

from collections import Counter
from collections.abc import Mapping, Sequence

import streamlit as st

from core.catalogue import Catalogue
from core.maps.colouring import OWN_TO_A_MAP, SCORE, SPLIT, colouring_names
from core.maps.fidelity import LOCAL_K, LOCAL_UP_TO
from core.search.spaces import Space
from pages.components.linked_maps import NAMED_POINTS, Shown
from pages.map import texts
from pages.map.parameters import BESIDE, COLOUR, SHOW
from pages.map_layers import sources
from pages.shell import choices, state

ALONE = ""


def distinct(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels of choices, with numbers on repeated ones: a select box tells its choices apart by label."""
    seen: Counter[str] = Counter()
    numbered = {}
    for choice, label in labels.items():
        seen[label] += 1
        numbered[choice] = label if seen[label] == 1 else texts.numbered(label, seen[label])
    return numbered


def choose_space(spaces: Sequence[Space]) -> Space:
    """Choose the space of the map."""
    titles = {space.name: space.title for space in spaces}
    st.session_state["map_space"] = state.selected_space(list(spaces)).name
    st.selectbox(
        texts.SPACE_LABEL,
        list(titles),
        format_func=titles.__getitem__,
        key="map_space",
        on_change=lambda: state.select_space(st.session_state["map_space"]),
    )
    return state.selected_space(list(spaces))


def choose_beside(spaces: Sequence[Space], first: Space) -> Space | None:
    """Choose the space of a second map beside the first, or None for no second map."""
    others: dict[str, Space] = {space.name: space for space in spaces if space is not first}
    titles = {ALONE: texts.NO_SECOND_MAP} | {name: space.title for name, space in others.items()}
    chosen = st.selectbox(
        texts.BESIDE_LABEL,
        list(titles),
        format_func=titles.__getitem__,
        **choices.one_in_url(BESIDE, list(titles), ALONE, key="map_beside"),
    )
    return others.get(chosen or ALONE)


def choose_colour(catalogue: Catalogue, space: Space) -> str:
    """Choose a colouring of the map of `space` by name."""
    named = colouring_names(catalogue)
    own = OWN_TO_A_MAP if LOCAL_K + 1 < len(catalogue) <= LOCAL_UP_TO else (SCORE,)
    # Without data of their own, artists are coloured by how faithful the map is, or by the split that was made up.
    offered = [*named, *own] if named != [SPLIT] else [*own, SPLIT]
    offered += [*sources.tag_set_colourings(catalogue), *sources.one_tag_colourings(catalogue)]
    usual = sources.usual_colouring(catalogue, space.name)
    usual = offered[0] if usual == SPLIT else usual
    chosen = st.selectbox(texts.COLOUR_LABEL, offered, **choices.one_in_url(COLOUR, offered, usual, key="map_colour"))
    return chosen or usual


def choose_layers(catalogue: Catalogue) -> Shown:
    """Choose what is drawn besides the points, as far as there is anything to draw.

    A few points, each with its name, have no density, and of very many it is not measured which are in doubt.
    """
    is_empty = {"regions": not sources.can_name_regions(catalogue), "density": len(catalogue) <= NAMED_POINTS}
    is_empty["doubtful"] = len(catalogue) > LOCAL_UP_TO
    names = [name for name in texts.LAYERS if not is_empty.get(name)]
    chosen = st.pills(
        texts.LAYERS_LABEL,
        names,
        format_func=texts.LAYERS.__getitem__,
        selection_mode="multi",
        label_visibility="collapsed",
        **choices.many_in_url(SHOW, names, names, key="map_show"),
    )
    return Shown(**{name: name in chosen for name in texts.LAYERS})
