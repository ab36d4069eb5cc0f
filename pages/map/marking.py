"""Highlighted artists on the maps: those that match a word or lie inside a lasso, and the list of them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from core.arrays import BoolArray
from core.catalogue import Catalogue
from core.curation.spreadsheets import table_csv
from core.graph.adjacency import degrees
from core.maps.highlight import KINDS, HighlightIndex
from core.maps.tag_enrichment import EnrichedTag
from core.row_sets import code_to_rows, rows_to_code
from core.search.sound_tags import HEARD, tag_kinds, tag_lists
from core.storage import sha256_arrays
from core.text import short_label
from pages.components.charts import dataframe
from pages.components.linked_maps import Marked
from pages.lists.keeping import keep_button
from pages.map import texts
from pages.map.controls import distinct
from pages.map.parameters import DRAWN, HIGHLIGHT
from pages.map_layers import sources
from pages.shell import resources, state
from pages.shell.parameters import put_together

TOO_MANY = "here-only"
"""The URL's value for a lasso that is too large for it. The session then holds its artists."""

LONGEST_CODE = 4000
MOST_KEPT = 200
MOST_LISTED = 500
MOST_CHOICES = 400
_LASSO, _TABLE = "map_lasso", "map_marked_table"


def choose_highlight(catalogue: Catalogue) -> None:
    """A box in which to pick a tag or type any word."""
    index = sources.highlight_index(catalogue)
    asked = HIGHLIGHT.get()
    offered = list(index.choices)[:MOST_CHOICES]
    if asked and asked not in offered:
        offered = [asked, *offered]

    labels = distinct({code: _label(index, code) for code in offered})
    st.session_state["map_highlight"] = asked
    st.selectbox(
        texts.HIGHLIGHT_LABEL,
        offered,
        format_func=lambda code: labels.get(code, code),
        key="map_highlight",
        placeholder=texts.HIGHLIGHT_PLACEHOLDER if tag_kinds(catalogue) else texts.HIGHLIGHT_NAMES,
        accept_new_options=True,
        filter_mode="contains",
        on_change=_take_highlight,
    )


def _label(index: HighlightIndex, code: str) -> str:
    if code not in index.choices:
        return short_label(code, 60)
    kind = KINDS[code.partition(".")[0]]
    return texts.tag_choice(short_label(index.named(code), 50), kind, index.choices[code])


def mark(catalogue: Catalogue, who: BoolArray) -> None:
    """Mark the artists inside a lasso; an empty lasso clears the mark. The URL holds them if they fit."""
    code = rows_to_code(who, catalogue.content_hash) if who.any() else ""
    fits = len(code) <= LONGEST_CODE
    DRAWN.put((code if fits else TOO_MANY) if code else None)
    st.session_state[_LASSO] = None if fits else (catalogue.content_hash, who)


def marked(catalogue: Catalogue) -> Marked | None:
    """The highlighted artists, or None. A lasso takes precedence over a word."""
    if (drawn := _drawn_around(catalogue)) is not None:
        return Marked(drawn, texts.DRAWN_AROUND)
    if text := HIGHLIGHT.get(""):
        found = sources.highlight_index(catalogue).find(text)
        return Marked(found.who, found.words)
    return None


def show_marked(catalogue: Catalogue, chosen: Marked, on_maps: Sequence[BoolArray]) -> None:
    """The highlighted artists: how many, what is typical of them, buttons to keep or save them, and a table.

    `on_maps` says for each drawn map which artists (n,) are on it.
    """
    rows = familiar_first(catalogue, np.flatnonzero(chosen.who).tolist())
    with st.container(border=True, key="map_marked"):
        st.subheader(texts.marked_title(len(rows), chosen.words), anchor=False)
        if not len(rows):
            st.caption(texts.NOBODY_MARKED)
            _clear_button()
            return
        shown = [int((chosen.who & present).sum()) for present in on_maps]
        st.caption(texts.places_sentence(shown, len(rows)))
        if tag_kinds(catalogue):
            st.markdown(texts.enriched_tags_sentence(_enriched_tags(catalogue, chosen)))
        with st.container(horizontal=True):
            kept = [(int(row), None, None) for row in rows[:MOST_KEPT]]
            keep_button(catalogue, kept, "", texts.marked_query(chosen.words), "map_keep")
            st.download_button(
                texts.DOWNLOAD_MARKED,
                lambda: table_csv(marked_table(catalogue, rows)),
                "artists-on-the-map.csv",
                "text/csv",
                key="map_csv",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )
            _clear_button()
        if DRAWN.get() == TOO_MANY:
            st.caption(texts.TOO_MANY_FOR_LINK)
        if len(rows) > MOST_KEPT:
            st.caption(texts.most_kept(MOST_KEPT, len(rows)))
        event = dataframe(
            marked_table(catalogue, rows[:MOST_LISTED]),
            key=f"{_TABLE}_{sha256_arrays(chosen.who)[:12]}",
            hide_index=True,
            height=290,
            on_select="rerun",
            selection_mode="single-row",
            column_order=[texts.ARTIST, "Genres", texts.KNOWN_EDGES],
            alt=texts.MARKED_ALT,
        )
        _choose_listed(catalogue, rows, event.selection.rows)


def show_lost(catalogue: Catalogue) -> None:
    """Explain what to do if the URL refers to a lasso that was drawn in another browser."""
    if DRAWN.get() == TOO_MANY and _drawn_around(catalogue) is None:
        st.info(texts.LASSO_LOST)
        _clear_button()


def _drawn_around(catalogue: Catalogue) -> BoolArray | None:
    code = DRAWN.get("")
    if code != TOO_MANY:
        return code_to_rows(code, len(catalogue), catalogue.content_hash)
    content_hash, who = st.session_state.get(_LASSO) or ("", None)
    return who if content_hash == catalogue.content_hash else None


def marked_table(catalogue: Catalogue, rows: Sequence[int]) -> pd.DataFrame:
    """A table of the artists in `rows` with their tags."""
    artists = catalogue.artists.iloc[list(rows)]
    kinds = [kind for kind in KINDS if kind != HEARD or HEARD in tag_kinds(catalogue)]
    tags = {kind.capitalize(): tag_lists(catalogue, kind).iloc[list(rows)].map(", ".join) for kind in kinds}
    known = degrees(resources.adjacency(catalogue))[list(rows)]
    names = catalogue.display_names.iloc[list(rows)]
    return pd.DataFrame({texts.ARTIST: names, **tags, texts.KNOWN_EDGES: known, texts.ID: artists["artist_id"]})


def familiar_first(catalogue: Catalogue, rows: Sequence[int]) -> list[int]:
    """The rows sorted by popularity, the most popular first and unknown popularity last."""
    popularity = np.nan_to_num(catalogue.artists["popularity"].to_numpy(float)[list(rows)], nan=-np.inf)
    known = degrees(resources.adjacency(catalogue))[list(rows)]
    return np.asarray(rows)[np.lexsort((-known, -popularity))].tolist()


def _enriched_tags(catalogue: Catalogue, chosen: Marked) -> list[EnrichedTag]:
    return sources.tag_table(catalogue).enriched_tags(chosen.who)


def _choose_listed(catalogue: Catalogue, rows: Sequence[int], picked: Sequence[int]) -> None:
    """Select the artist of a newly picked line. The line stays picked even if the artist changes elsewhere."""
    line = rows[picked[0]] if picked and picked[0] < len(rows) else None
    if line != st.session_state.get(f"{_TABLE}_line"):
        st.session_state[f"{_TABLE}_line"] = line
        if line is not None:
            state.select_artist(catalogue, line)
            st.rerun()


def _clear_button() -> None:
    st.button(texts.CLEAR, key="map_clear", icon=":material/close:", type="tertiary", on_click=_clear)


def _clear() -> None:
    put_together({DRAWN: None, HIGHLIGHT: None})


def _take_highlight() -> None:
    put_together({DRAWN: None, HIGHLIGHT: st.session_state["map_highlight"] or None})
