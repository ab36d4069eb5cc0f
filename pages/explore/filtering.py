"""The filters of Explore: a popover whose choices the URL holds."""

import numpy as np
import streamlit as st

from core.arrays import BoolArray
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.errors import NearfieldError
from core.graph.adjacency import neighbours_of
from core.search.exploration import Query
from core.search.filters import OF_SET, FilterIndex, Filters, Range, filters_from_text, filters_to_text
from core.text import decade_name, short_label
from pages.explore import texts
from pages.explore.parameters import FILTER
from pages.lists.collection import open_lists
from pages.shell import resources
from pages.shell.owner import told
from pages.shell.text import plain

BOX = "filters"
DECADES, POPULARITY, UNKNOWN = "filter_decades", "filter_popularity", "filter_unknown"
NEW, UNLISTED = "filter_new", "filter_unlisted"
_LONGEST_TAG = 60


def tags_key(column: str) -> str:
    """The key of the widget for tags of `column`, or of a set."""
    return f"filter_{column}"


def filters_in_url(catalogue: Catalogue) -> Filters:
    """The filters in the URL. Filters that are unreadable or match no artist are reported and dropped from the URL."""
    text = FILTER.get("")
    if not text:
        return Filters()
    try:
        asked = filters_from_text(text)
    except NearfieldError as fault:
        st.warning(plain(told(fault)))
        reset()
        return Filters()
    filters = resources.filter_index(catalogue).restrict(asked)
    if filters != asked:
        st.warning(texts.FILTERS_UNKNOWN)
        _keep(filters)
    return filters


def can_filter(catalogue: Catalogue) -> bool:
    """Whether there is anything that a filter could ask for."""
    return len(catalogue) > 1


def allowed_artists(catalogue: Catalogue, filters: Filters, query: Query) -> BoolArray | None:
    """(n,) who passes the filters, of which some depend on the query or on the visitor's lists; None for everybody."""
    if filters.is_open:
        return None
    allowed = resources.filter_index(catalogue).mask(filters)
    if filters.new:
        matrix = resources.adjacency(catalogue)
        allowed[np.concatenate([neighbours_of(matrix, row) for row in query.like])] = False
    if filters.unlisted and (opened := open_lists(catalogue)):
        rows = [
            catalogue.row_of[entry.artist_id]
            for curated in opened.collection.lists
            for entry in curated.entries
            if entry.artist_id in catalogue.row_of
        ]
        allowed[np.array(rows, np.int64)] = False
    return allowed


def filter_popover(catalogue: Catalogue, filters: Filters, allowed: BoolArray | None) -> None:
    """A popover with the choices, drawn once it is open. If any filter is set, also show how many are `allowed`."""
    # The label must not change: Streamlit would draw another box, and a closed one.
    box = st.popover(texts.FILTERS_LABEL, icon=":material/filter_alt:", key=BOX, on_change="rerun")
    if box.open:
        with box:
            _show_choices(catalogue, resources.filter_index(catalogue), filters)
    if filters != Filters():
        text = texts.passing(len(catalogue) if allowed is None else int(allowed.sum()), len(catalogue))
        st.button(text, key="filter_reset", icon=":material/close:", help=texts.FILTERS_RESET, on_click=reset)


def reset() -> None:
    FILTER.put(None)


def _show_choices(catalogue: Catalogue, index: FilterIndex, filters: Filters) -> None:
    options = index.options(filters)
    # There may be no known edge that could make an artist less than new.
    flags = (
        (NEW, texts.ONLY_NEW, texts.ONLY_NEW_HELP, filters.new),
        (UNLISTED, texts.ONLY_UNLISTED, texts.ONLY_UNLISTED_HELP, filters.unlisted),
    )
    with st.container(horizontal=True):
        for key, label, about, is_asked in flags:
            st.session_state[key] = is_asked
            if key != NEW or len(catalogue.learned_edges):
                st.checkbox(label, key=key, help=about, on_change=_take, args=(index,))
    titles = {column: column.capitalize() for column in LIST_COLUMNS} | index.titles
    for column, title in titles.items():
        asked = list(filters.wanted(column))
        counts = options.tags[column] | {tag: options.tags[column].get(tag, 0) for tag in asked}
        if not counts:
            continue
        names = {tag: f"{short_label(tag, _LONGEST_TAG)} ({count:,})" for tag, count in counts.items()}
        st.session_state[tags_key(column)] = asked
        st.multiselect(
            plain(title),
            list(counts),
            key=tags_key(column),
            placeholder=texts.TAGS_PLACEHOLDER,
            select_all=False,
            format_func=names.__getitem__,
            on_change=_take,
            args=(index,),
        )
    bounds = [int(bound) for bound in filters.decades if bound is not None]
    decades = {float(decade): decade_name(decade) for decade in sorted({*index.options().decades, *bounds})}
    _range(texts.DECADE_LABEL, DECADES, decades, filters.decades, index)
    shares = index.popularity_steps(filters.popularity)
    _range(
        texts.POPULARITY_LABEL,
        POPULARITY,
        {step: f"{share:.0%}" for step, share in shares.items()},
        filters.popularity,
        index,
        help_text=texts.POPULARITY_HELP,
    )
    st.session_state[UNKNOWN] = filters.unknown
    st.checkbox(texts.ALSO_UNKNOWN, key=UNKNOWN, on_change=_take, args=(index,))


def _range(
    label: str, key: str, steps: dict[float, str], asked: Range, index: FilterIndex, help_text: str | None = None
) -> None:
    """Two select boxes for the bounds of a range. `steps` maps each bound to its label; no choice means no bound."""
    if not steps:
        return
    for side, end, bound in zip(st.columns(2), ("from", "to"), asked, strict=True):
        st.session_state[f"{key}_{end}"] = bound
        with side:
            st.selectbox(
                texts.bound_label(label, end == "from"),
                list(steps),
                index=None,
                key=f"{key}_{end}",
                placeholder=texts.BOUND_PLACEHOLDER,
                format_func=steps.__getitem__,
                help=help_text,
                on_change=_take,
                args=(index,),
            )


def _take(index: FilterIndex) -> None:
    """Write the values of the widgets into the URL."""
    tags = {column: tuple(st.session_state.get(tags_key(column), ())) for column in (*LIST_COLUMNS, *index.titles)}
    sets = [(column.removeprefix(OF_SET), tags[column]) for column in sorted(index.titles) if tags[column]]
    asked = Filters(
        genres=tags["genres"],
        moods=tags["moods"],
        themes=tags["themes"],
        decades=_bounds(DECADES),
        popularity=_bounds(POPULARITY),
        unknown=st.session_state[UNKNOWN],
        sets=tuple(sets),
        new=st.session_state[NEW],
        unlisted=st.session_state[UNLISTED],
    )
    _keep(index.restrict(asked))


def _bounds(key: str) -> Range:
    """The chosen bounds, the lower one first."""
    low, high = (st.session_state.get(f"{key}_{end}") for end in ("from", "to"))
    return (high, low) if low is not None and high is not None and low > high else (low, high)


def _keep(filters: Filters) -> None:
    FILTER.put(filters_to_text(filters) or None)
