"""Beyond accuracy: which artists a similarity names, beside the neighbours that are to be found."""

import math
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.catalogue import Catalogue
from core.experiments.breadth import (
    GROUPS,
    Breadth,
    breadth_of_answers,
    breadth_of_neighbours,
    by_group,
    has_group,
)
from core.experiments.misses import QueryHits
from core.graph.protocols import evaluation_view
from core.text import shown_name
from pages.components import charts
from pages.components.charts import dataframe
from pages.results import asking_texts, figures
from pages.results.answers import askable_rankers, hits_of
from pages.results.parameters import ASKED, BESIDE
from pages.results.source import Source
from pages.shell import choices

_LONGEST_GROUP = 40
_MOST_GROUPS = 16


def show_breadth(catalogue: Catalogue, source: Source) -> None:
    """The breadth of one or two similarities' answers and of the neighbours. The body of a fragment."""
    st.subheader(asking_texts.BREADTH)
    st.caption(asking_texts.BREADTH_CAPTION)
    key = f"{source.key}_breadth"
    titles = askable_rankers(catalogue, source)
    names = list(titles)
    if not names:
        st.info(asking_texts.NOTHING_ASKABLE)
        return
    left, right = st.columns(2)
    ranker = left.selectbox(
        asking_texts.SIMILARITY,
        names,
        format_func=titles.__getitem__,
        **choices.one_in_url(ASKED, names, names[0], f"{key}_ranker"),
    )
    others = [name for name in names if name != ranker]
    second = right.selectbox(
        asking_texts.BESIDE,
        others,
        placeholder=asking_texts.NO_OTHER,
        format_func=titles.__getitem__,
        **choices.one_in_url(BESIDE, others, None, f"{key}_second"),
    )
    asked = [ranker, second] if second else [ranker]
    hits = {titles[name]: found for name in asked if (found := hits_of(catalogue, source, name))}
    if len(hits) < len(asked):
        return
    table = _measures(catalogue, source, hits)
    dataframe(table, key=f"{key}_table", hide_index=True, alt=asking_texts.breadth_alt(list(hits)))
    charts.download_csv(table, f"{key}_csv", f"breadth-{source.name}-{source.protocol}-{source.split}")
    _show_groups(catalogue, source, titles[ranker], hits[titles[ranker]], key)


def _measures(catalogue: Catalogue, source: Source, hits: Mapping[str, QueryHits]) -> pd.DataFrame:
    """A line a measure, a column a similarity, and the true neighbours last."""
    candidates = evaluation_view(catalogue, source.protocol, source.split, source.hide_validation).candidates
    columns = {title: breadth_of_answers(catalogue, found, candidates) for title, found in hits.items()}
    of_neighbours = breadth_of_neighbours(catalogue, next(iter(hits.values())), candidates)
    columns[asking_texts.TRUE_NEIGHBOURS] = of_neighbours
    lines = asking_texts.BREADTH_LINES
    table = pd.DataFrame({"": list(lines.values())})
    return table.assign(**{title: [_shown(found, name) for name in lines] for title, found in columns.items()})


def _shown(found: Breadth, name: str) -> str:
    value = getattr(found, name)
    if name == "answers":
        return f"{value:,}"
    return asking_texts.UNKNOWN_RANK if math.isnan(value) else f"{value:.1%}"


def _show_groups(catalogue: Catalogue, source: Source, title: str, hits: QueryHits, key: str) -> None:
    """The figure by the genre and by the decade of the artist asked for."""
    for column in GROUPS:
        if not has_group(catalogue, column):
            continue
        table = by_group(catalogue, hits, column).head(_MOST_GROUPS)
        if table.empty:
            continue
        counted = zip(table["group"], table["queries"], strict=True)
        named = [asking_texts.group_name(shown_name(name, _LONGEST_GROUP), queries) for name, queries in counted]
        drawn = table.assign(way=named).rename(columns={"mean": "value"})
        st.text(asking_texts.BY_GROUP[column])
        alt = asking_texts.groups_alt(title, source.title, column, zip(table["group"], table["mean"], strict=True))
        charts.show_chart(figures.intervals(drawn, source.title), table, alt, f"{key}_{column}")
