"""The data of a part of the page: measured rows of one catalogue under one protocol on one split."""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import streamlit as st

from core.catalogue import Catalogue
from core.experiments import standings, summary
from core.experiments.results import results_stamp, shipped_results
from core.titles import METRICS
from pages.results import chart_texts, tables
from pages.results.parameters import OF_MEASURED, OF_SHIPPED, OfSource
from pages.shell import resources
from pages.shell.caching import cached_per_catalogue

MEASURED = "measured"
"""The key of the open catalogue's own rows. Shipped rows have other keys."""


@dataclass(frozen=True, eq=False)
class Source:
    """Rows of the results table and a view of them. `name` is the catalogue's; keys of widgets begin with `key`.

    It is shared by all visitors, and so is what is drawn of it: nobody may change either.
    """

    name: str
    key: str
    results: pd.DataFrame
    protocol: str
    split: str
    hide_validation: bool

    @property
    def parameters(self) -> OfSource:
        """The URL parameters of this source."""
        return OF_MEASURED if self.key == MEASURED else OF_SHIPPED

    @property
    def metric(self) -> str:
        """The column of the protocol's own NDCG@200."""
        return summary.headline_metric(self.protocol)

    @property
    def title(self) -> str:
        """The title of the metric's axis."""
        return METRICS[self.metric]

    @cached_property
    def rows(self) -> pd.DataFrame:
        return summary.rows_of_view(self.results, self.protocol, self.split, self.hide_validation)

    @property
    def n_shipped(self) -> int:
        """How many rows of the open catalogue's view came with Nearfield, measured on the same inputs."""
        return int(self.rows["shipped"].sum()) if "shipped" in self.rows else 0

    @cached_property
    def models(self) -> pd.DataFrame:
        return summary.models_by_layer(self.rows, self.metric)

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The models that stand on a line over depths."""
        return standings.lines_by_depth(self.models)

    @cached_property
    def standings(self) -> pd.DataFrame:
        """Every similarity once, best first. Depths are chosen on validation artists."""
        on_validation = summary.rows_of_view(self.results, self.protocol, "val")
        return standings.standings(self.rows, on_validation, self.metric)

    @cached_property
    def yardsticks(self) -> pd.DataFrame:
        return standings.yardsticks(self.standings)

    @cached_property
    def default_rankers(self) -> list[str]:
        return tables.default_rankers(self.models, self.baselines)

    @cached_property
    def baselines(self) -> pd.DataFrame:
        return summary.baselines(self.rows, self.metric)

    @cached_property
    def kept_edges(self) -> pd.DataFrame:
        return summary.by_kept_edges(self.results, self.protocol, self.split, self.hide_validation)

    @cached_property
    def titles(self) -> dict[str, str]:
        """Ranker -> a title that is unique among the rows. The best ranker comes first."""
        return tables.ranker_titles(self.rows.sort_values(self.metric, ascending=False))

    @property
    def titles_of_kinds(self) -> dict[str, str]:
        """Ranker -> the title that it shares with its other seeds, of those that stand in `standings`."""
        rows = zip(self.standings["title"], self.standings["rankers"], strict=True)
        return {ranker: title for title, rankers in rows for ranker in rankers}

    @cached_property
    def marks(self) -> dict[str, str]:
        """The marks of the charts, best first: the first ranker of each mark -> its title."""
        models = {
            row["rankers"][0]: (row["value"], chart_texts.model_title(row)) for row in self.models.to_dict("records")
        }
        others = {
            row["rankers"][0]: (row["value"], chart_texts.standing_title(row))
            for row in self.standings.to_dict("records")
            if row["rankers"][0] not in models
        }
        both = models | others
        return {mark: both[mark][1] for mark in sorted(both, key=lambda name: -both[name][0])}

    @cached_property
    def _members(self) -> dict[str, list[str]]:
        """Mark -> the rankers that it averages."""
        tables_of_marks = (self.models, self.standings)
        return {names[0]: names for table in tables_of_marks for names in table["rankers"]}

    def mark_of(self, ranker: str) -> str | None:
        """The mark that a ranker's row belongs to; None if the view has none."""
        return next((mark for mark, names in self._members.items() if ranker in names), None)

    def rows_of_mark(self, mark: str) -> pd.DataFrame:
        """The rows that a mark averages, one per seed."""
        return self.rows[self.rows["ranker"].isin(self._members[mark])].sort_values("seed")

    @property
    def command_options(self) -> str:
        """The options of a command that select this view."""
        hidden = " --hide-validation" if self.hide_validation and self.split == "test" else ""
        return f"--protocol {self.protocol} --split {self.split}{hidden}"


def measured_source(catalogue: Catalogue, protocol: str, split: str, hide_validation: bool) -> Source:
    """The open catalogue's figures. Raises NearfieldError if its results cannot be read."""
    return _measured_source(catalogue, results_stamp(catalogue), protocol, split, hide_validation)


@cached_per_catalogue(32)
def _measured_source(catalogue: Catalogue, stamp: object, protocol: str, split: str, hide_validation: bool) -> Source:
    return Source(catalogue.name, MEASURED, resources.results(catalogue), protocol, split, hide_validation)


@st.cache_resource(max_entries=32, show_spinner=False)
def shipped_source(key: str, dataset: str, protocol: str, hide_validation: bool) -> Source:
    """The figures that came with Nearfield for a data set, on test artists. They change with Nearfield only."""
    return Source(dataset, key, shipped_results(dataset), protocol, "test", hide_validation)
