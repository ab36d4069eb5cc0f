"""Charts of the page with their tables. Each is drawn once and shared by all visitors, who may not change it."""

from functools import lru_cache
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go

from core.experiments import summary
from core.experiments.results import published_results
from core.titles import METRICS, ranker_title
from pages.results import chart_texts, figures, paper_texts, tables
from pages.results.source import Source

MOST_STANDINGS = 14
_KEPT = 64


class Drawing(NamedTuple):
    """A chart, a table with a row for each of its marks, a text alternative, and what to say above it."""

    figure: go.Figure
    table: pd.DataFrame
    alt: str
    notes: tuple[str, ...] = ()


@lru_cache(_KEPT)
def of_part(source: Source, part: str) -> Drawing | None:
    """One of `texts.PARTS_OF_FIGURE`; None where no model stands on a line."""
    alt = chart_texts.figure_alt(part, source.title, chart_texts.describe_best(source.standings))
    if part == "best":
        shown = source.standings.head(MOST_STANDINGS)
        notes = [chart_texts.more_standings(hidden)] if (hidden := len(source.standings) - len(shown)) else []
        table = tables.standings_table(source.standings, source.title)
        return Drawing(figures.best_first(shown, source.title), table, alt, tuple(notes))
    if source.lines.empty:
        return None
    shown = tables.few_lines(source.lines)
    hidden = tables.count_lines(source.lines) - tables.count_lines(shown)
    notes = [chart_texts.more_lines(hidden)] * bool(hidden) + [chart_texts.SHORT_RUNS] * bool(shown["short"].any())
    draw = figures.by_layer if part == "layers" else figures.by_features
    figure = draw(shown, source.yardsticks, source.title)
    return Drawing(figure, tables.model_table(source.models, source.title), alt, tuple(notes))


@lru_cache(_KEPT)
def of_degrees(source: Source, chosen: tuple[str, ...]) -> Drawing | None:
    """NDCG by the known edges of the query artist; None where nothing is chosen."""
    degrees = summary.by_degree(source.rows, list(chosen))
    if degrees.empty:
        return None
    figure = figures.by_degree(_with_marks(source, degrees), source.titles, source.title)
    table = degrees.assign(ranker=degrees["ranker"].map(source.titles))
    return Drawing(figure, table, chart_texts.by_degree_alt(source.title, len(chosen)))


def titles_of_kept_edges(source: Source) -> dict[str, str]:
    """Ranker -> title of each that was measured with fewer edges; its own name where it has no row in the view."""
    names = dict.fromkeys(source.kept_edges["ranker"])
    return {name: source.titles.get(name) or ranker_title(name) for name in names}


@lru_cache(_KEPT)
def of_kept_edges(source: Source, chosen: tuple[str, ...]) -> Drawing | None:
    """NDCG by the number of visible edges that each evaluated artist keeps; None where nothing is chosen."""
    shown = source.kept_edges[source.kept_edges["ranker"].isin(chosen)]
    if shown.empty:
        return None
    titles = titles_of_kept_edges(source)
    figure = figures.by_kept_edges(_with_marks(source, shown), titles, source.title)
    table = shown.assign(ranker=shown["ranker"].map(titles)).rename(columns={"kept": "edges kept"})
    return Drawing(figure, table, chart_texts.kept_edges_alt(source.title, len(chosen)))


@lru_cache(_KEPT)
def of_paper(ours: Source, dataset: str, part: str) -> Drawing:
    """One of `paper_texts.PARTS_OF_PAPER`: what a paper published of `dataset`, drawn thin, and ours on top."""
    published = published_results(dataset)
    metric = METRICS[str(published["metric"].iloc[0])]
    models = figures.published_as_models(published)
    if part == "layers":
        figure = figures.published_and_ours(models, ours.lines, metric)
    else:
        figure = figures.by_features(models, ours.yardsticks.iloc[:0], metric)
    table = tables.published_beside_ours(published, ours.lines)
    return Drawing(figure, table, paper_texts.paper_alt(part, metric, len(ours.lines) if part == "layers" else 0))


def _with_marks(source: Source, lines: pd.DataFrame) -> pd.DataFrame:
    return lines.assign(mark=lines["ranker"].map(source.mark_of))
