"""Hits and misses by artist: what a similarity finds, what it misses, and what it answers instead."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
import streamlit as st

from core.catalogue import Catalogue
from core.evaluation.evaluate import CUTOFF
from core.experiments.misses import ANSWERS, QueryHits, first_answers, hidden_neighbours, query_table
from core.text import short_label
from pages.components import charts
from pages.components.charts import dataframe
from pages.results import asking_texts
from pages.results.answers import askable_rankers, hits_of
from pages.results.parameters import ASKED, BESIDE, ORDER, QUERY
from pages.results.source import Source
from pages.shell import choices, state
from pages.shell.navigation import page
from pages.shell.parameters import ARTIST, CATALOGUE

_LONGEST_NAME = 60


def show_misses(catalogue: Catalogue, source: Source) -> None:
    """The query artists of one ranker, and one of them in detail. The body of a fragment."""
    st.subheader(asking_texts.HITS_AND_MISSES)
    st.caption(asking_texts.HITS_CAPTION)
    key = f"{source.key}_misses"
    titles = askable_rankers(catalogue, source)
    names = list(titles)
    if not names:
        st.info(asking_texts.NOTHING_ASKABLE)
        return
    left, middle, right = st.columns(3)
    ranker = left.selectbox(
        asking_texts.SIMILARITY,
        names,
        format_func=titles.__getitem__,
        **choices.one_in_url(ASKED, names, names[0], f"{key}_ranker"),
    )
    others = [name for name in names if name != ranker]
    second = middle.selectbox(
        asking_texts.BESIDE,
        others,
        placeholder=asking_texts.NO_OTHER,
        format_func=titles.__getitem__,
        **choices.one_in_url(BESIDE, others, None, f"{key}_second"),
    )
    orders = [name for name in asking_texts.ORDERS if second or name != "differing"]
    order = right.selectbox(
        asking_texts.ORDER,
        orders,
        format_func=asking_texts.ORDERS.__getitem__,
        **choices.one_in_url(ORDER, orders, orders[0], f"{key}_order"),
    )
    hits = hits_of(catalogue, source, ranker)
    other = hits_of(catalogue, source, second) if second else None
    if hits is None or (second and other is None):
        return
    known = {titles[second]: other} if second and other else {}
    table = query_table(hits, order, other)
    st.text(asking_texts.hits_text(table, titles[ranker]))
    ids = catalogue.artists["artist_id"].iloc[table["row"]].tolist()
    _show_table(catalogue, source, table, f"{key}_table_{ranker}_{second}_{order}")
    artist_id = st.selectbox(
        asking_texts.ONE_ARTIST,
        ids,
        format_func=lambda one: _name(catalogue, catalogue.row_of[one]),
        **choices.one_in_url(QUERY, ids, ids[0], f"{key}_artist"),
        help=asking_texts.ONE_ARTIST_HELP,
    )
    _show_artist(catalogue, catalogue.row_of[artist_id], hits, known, key)


def explore_address(catalogue_key: str, artist_id: str) -> str:
    """The address of an artist on the Explore page, relative to another page of the app."""
    return f"./?{urlencode({CATALOGUE.name: catalogue_key, ARTIST.name: artist_id})}"


def _show_table(catalogue: Catalogue, source: Source, table: pd.DataFrame, key: str) -> None:
    ids = catalogue.artists["artist_id"].iloc[table["row"]]
    catalogue_key = state.chosen_catalogue() or catalogue.name
    titles = {
        "degree": "visible edges",
        "hidden": "hidden neighbours",
        "value": source.title,
        "found_early": f"found in first {ANSWERS}",
        "found": f"found in first {CUTOFF}",
        "other_value": f"{source.title} of the other",
        "difference": "difference",
    }
    shown = table.drop(columns="row").rename(columns=titles)
    shown.insert(0, "artist", _names(catalogue, table["row"]))
    linked = shown.copy()
    linked.insert(1, asking_texts.EXPLORE, [explore_address(catalogue_key, artist_id) for artist_id in ids])
    dataframe(
        linked,
        key=key,
        hide_index=True,
        height=320,
        alt=asking_texts.HITS_ALT,
        on_select=partial(_open_artist, key, ids.tolist()),
        selection_mode="single-row",
        column_config=charts.number_formats(shown)
        | {asking_texts.EXPLORE: st.column_config.LinkColumn(display_text=asking_texts.EXPLORE)},
    )
    charts.download_csv(shown, f"{key}_csv", f"hits-{source.name}-{source.protocol}-{source.split}")


def _show_artist(catalogue: Catalogue, row: int, hits: QueryHits, others: dict[str, QueryHits], key: str) -> None:
    with st.container(border=True):
        st.page_link(
            page("explore"),
            label=asking_texts.explore_label(_name(catalogue, row)),
            icon=":material/explore:",
            query_params=state.in_catalogue({ARTIST: catalogue.id_of(row)}),
        )
        left, right = st.columns(2, gap="large")
        with left:
            st.text(asking_texts.HIDDEN_NEIGHBOURS)
            found = hidden_neighbours(hits, row)
            shown = pd.DataFrame({"artist": _names(catalogue, found["row"]), "rank": _ranks(found["rank"])})
            for title, other in others.items():
                ranks = hidden_neighbours(other, row).set_index("row")["rank"]
                shown[f"rank by {title}"] = _ranks(ranks.reindex(found["row"]))
            dataframe(shown, key=f"{key}_hidden", hide_index=True, alt=asking_texts.HIDDEN_NEIGHBOURS_ALT)
        with right:
            st.text(asking_texts.FIRST_ANSWERS)
            answers = first_answers(hits, row)
            marks = np.where(answers["hit"], asking_texts.HIT, "")
            shown = pd.DataFrame({"rank": answers["rank"], "artist": _names(catalogue, answers["row"]), "hit": marks})
            if shown.empty:
                st.info(asking_texts.NO_ANSWERS)
            else:
                dataframe(shown, key=f"{key}_answers", hide_index=True, alt=asking_texts.FIRST_ANSWERS_ALT)


def _open_artist(frame: str, ids: list[str]) -> None:
    """Put the artist of the clicked row into the URL."""
    chosen: Any = st.session_state[frame]["selection"]["rows"]
    if chosen and chosen[0] < len(ids):
        QUERY.put(ids[chosen[0]])


def _name(catalogue: Catalogue, row: int) -> str:
    return short_label(str(catalogue.display_names.iloc[row]), _LONGEST_NAME)


def _names(catalogue: Catalogue, rows: pd.Series) -> list[str]:
    return [short_label(name, _LONGEST_NAME) for name in catalogue.display_names.iloc[rows]]


def _ranks(ranks: pd.Series) -> list[str]:
    """Ranks as text, since an artist may have none."""
    return [asking_texts.UNKNOWN_RANK if pd.isna(rank) else f"{rank}" for rank in ranks]
