"""Summaries of the results table: one metric in one view, averaged over seeds, with models beside baselines."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.arrays import DoubleArray, IntArray
from core.catalogue import Catalogue
from core.evaluation.bootstrap import Interval, paired_difference
from core.evaluation.evaluate import CUTOFF, degree_bins, relevance
from core.evaluation.metrics import NdcgVariant, ndcg_ceiling
from core.evaluation.nested import over_seeds
from core.graph.protocols import EvaluationView
from core.runs.config import BACKBONE_TITLES, TrainingConfig
from core.space_name import UNTRAINED, Kind, SpaceName

MODEL_COLUMNS = [
    *("features", "layers", "variant", "backbone", "steps", "seeds"),
    *("value", "low", "high", "seed_low", "seed_high", "rankers"),
]
BASELINE_COLUMNS = ["ranker", "value", "low", "high"]
DEGREE_COLUMNS = ["ranker", "degree", "queries", "mean", "low", "high"]
KEPT_COLUMNS = ["ranker", "kept", "value", "low", "high", "queries", "command"]
CLIP_COLUMNS = ["way", "value", "low", "high", "queries", "command"]
ALL_EDGES = "all"


_SETTING_TITLES = {"protocol": "trained as"}
_NO_VARIANT = {"features", "seed", "device", "precision", "model.layers"}


WEAK_SHARE = 3


@dataclass(frozen=True)
class Standing:
    """NDCG@200 of a space on test artists with its 95% interval, and that of a random order, NaN if not measured."""

    value: float
    low: float
    high: float
    by_chance: float

    def is_weak(self, best: float) -> bool:
        """Whether this is less than a third of what the `best` space gains over a random order."""
        by_chance = 0.0 if np.isnan(self.by_chance) else self.by_chance
        return self.value - by_chance < (best - by_chance) / WEAK_SHARE


def headline_metric(protocol: str) -> str:
    """The column of the results table with the protocol's own NDCG@200."""
    return "ndcg_published" if protocol == "published" else "ndcg"


def rows_of_view(results: pd.DataFrame, protocol: str, split: str, hide_validation: bool = False) -> pd.DataFrame:
    """The rows measured under one protocol on one split. Only such rows are comparable.

    Rows of queries that keep only some of their visible edges belong to another view, see `by_kept_edges`.
    """
    rows = _of_view(results, protocol, split, hide_validation)
    return rows[rows["kept_edges"].isna()].drop_duplicates("ranker", keep="last").reset_index(drop=True)


def by_kept_edges(results: pd.DataFrame, protocol: str, split: str, hide_validation: bool = False) -> pd.DataFrame:
    """The protocol's NDCG@200 by the number of visible edges that each evaluated artist keeps.

    One row per ranker and number. `kept` is "0", "1", … or "all"; the latter comes from the ordinary rows of rankers
    that were also measured with fewer edges. Values and bounds are averaged over repeated draws of the edges. `command`
    is that of the first draw.
    """
    metric = headline_metric(protocol)
    rows = _of_view(results, protocol, split, hide_validation)
    fewer = rows[rows["kept_edges"].notna()]
    if fewer.empty:
        return pd.DataFrame(columns=KEPT_COLUMNS)
    everything = rows_of_view(results, protocol, split, hide_validation)
    both = pd.concat([fewer, everything[everything["ranker"].isin(fewer["ranker"])]], ignore_index=True)
    both["order"] = both["kept_edges"].fillna(np.inf)
    both["command"] = both.get("command", "")
    table = both.groupby(["ranker", "order"], as_index=False, sort=False).agg(
        value=(metric, "mean"),
        low=(f"{metric}_low", "mean"),
        high=(f"{metric}_high", "mean"),
        queries=("queries", "max"),
        command=("command", "first"),
    )
    best = table.groupby("ranker")["value"].transform("max")
    table = table.assign(best=best).sort_values(["best", "ranker", "order"], ascending=[False, True, True])
    table["kept"] = [ALL_EDGES if np.isinf(kept) else str(int(kept)) for kept in table["order"]]
    return table[KEPT_COLUMNS].reset_index(drop=True)


def paired_by_degree(first: DoubleArray, second: DoubleArray, degree: IntArray) -> pd.DataFrame:
    """Mean of first - second with its paired 95% interval, over all queries and for each bin of visible degree.

    All arguments are (q,) for the same queries in the same order. Columns: degree ("all" first), queries, mean, low,
    high. A bin with a single query has no interval.
    """
    rows = []
    for title, inside in [(ALL_EDGES, np.ones(len(degree), dtype=bool)), *degree_bins(degree)]:
        row: dict[str, Any] = {"degree": title, "queries": int(inside.sum())}
        if row["queries"] > 1:
            interval = paired_difference(first[inside], second[inside])
            row |= {"mean": interval.mean, "low": interval.low, "high": interval.high}
        else:
            row |= {"mean": float((first - second)[inside].mean()), "low": np.nan, "high": np.nan}
        rows.append(row)
    return pd.DataFrame(rows)


def models_by_layer(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Trained models, one row per feature set, number of layers and variant, averaged over seeds.

    `value` is the mean over seeds. `low` and `high` are its 95% interval, over queries and, with several seeds, over
    seeds. `seed_low` and `seed_high` are the values of the worst and the best seed. Of runs with equal
    configurations only the last counts. The same feature sets in another order are the same model; `features` names
    them by the alphabet.
    `variant` names the settings in which a run differs from most others of the view, such as "640 steps".
    """
    runs = rows[_is_kind(rows, Kind.RUN)].reset_index(drop=True)
    if runs.empty:
        return pd.DataFrame(columns=MODEL_COLUMNS)
    configs = [TrainingConfig.from_dict(json.loads(config)) for config in runs["config"]]
    runs["variant"] = _variants(configs)
    runs["backbone"] = [config.model.backbone for config in configs]
    runs["steps"] = [config.steps for config in configs]
    runs["layers"] = runs["layers"].astype(int)
    runs["features"] = runs["features"].map(lambda features: "+".join(sorted(features.split("+"))))
    runs = runs.drop_duplicates(["features", "variant", "layers", "seed"], keep="last")
    groups = runs.groupby(["features", "layers", "variant"], as_index=False)
    averaged = groups.agg(
        backbone=("backbone", "first"),
        steps=("steps", "max"),
        seeds=("seed", "nunique"),
        value=(metric, "mean"),
        seed_low=(metric, "min"),
        seed_high=(metric, "max"),
        rankers=("ranker", list),
    )
    intervals = [interval_of_seeds(group, metric) for _, group in groups]
    averaged["low"], averaged["high"] = [each.low for each in intervals], [each.high for each in intervals]
    return averaged.sort_values(["features", "variant", "layers"], ignore_index=True)[MODEL_COLUMNS]


def interval_of_seeds(rows: pd.DataFrame, metric: str) -> Interval:
    """The mean of rows that differ by their seeds alone, with its 95% interval over queries and seeds, from 0 to 1."""
    found = over_seeds(rows[metric], rows[f"{metric}_low"], rows[f"{metric}_high"])
    low, high = np.clip([found.low, found.high], 0.0, 1.0).tolist()  # of NaN it makes NaN
    return Interval(found.mean, low, high)


def baselines(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Rankers of the view that are not runs, best first: untrained rankers and fusions."""
    untrained = rows[~_is_kind(rows, Kind.RUN)]
    table = untrained[["ranker", metric, f"{metric}_low", f"{metric}_high"]].set_axis(BASELINE_COLUMNS, axis=1)
    return table.sort_values("value", ascending=False, ignore_index=True)


def baseline_names(catalogue: Catalogue) -> list[SpaceName]:
    """All untrained rankers of the catalogue but EASE, which takes minutes where there are many artists."""
    return [*(SpaceName(name) for name in UNTRAINED if name != "ease"), *map(SpaceName.cosine, catalogue.feature_names)]


def space_standings(results: pd.DataFrame) -> dict[str, Standing]:
    """The standing of each measured space, by its name, under the standard protocol on test artists.

    All are of one view: validation artists are visible, or hidden if more was measured that way.
    """
    views = [rows_of_view(results, "standard", "test", hidden) for hidden in (False, True)]
    rows = max(views, key=len).set_index("ranker")
    by_chance = float(rows["ndcg"].get("random", np.nan))
    return {
        SpaceName(ranker).space: Standing(float(value), float(low), float(high), by_chance)
        for ranker, value, low, high in zip(rows.index, rows["ndcg"], rows["ndcg_low"], rows["ndcg_high"], strict=True)
    }


def by_degree(rows: pd.DataFrame, rankers: list[str]) -> pd.DataFrame:
    """The protocol's NDCG@200 by visible degree of the query, with one row per ranker and bin of degrees."""
    chosen = rows[rows["ranker"].isin(rankers)]
    bins = [
        {"ranker": ranker} | degree
        for ranker, stored in zip(chosen["ranker"], chosen["by_degree"], strict=True)
        for degree in json.loads(stored)
    ]
    return pd.DataFrame(bins, columns=DEGREE_COLUMNS)


def perfect_score(view: EvaluationView) -> float:
    """Mean NDCG@200 of a perfect ranking under the view's protocol: 1, or less with the published off-by-one.

    It is NaN if the view has no query.
    """
    if not len(view.queries):
        return float("nan")
    variant: NdcgVariant = "published" if view.protocol == "published" else "standard"
    positives = np.diff(relevance(view, view.queries).indptr).astype(np.int64)
    return float(ndcg_ceiling(positives, CUTOFF, variant).mean())


def clip_rows(results: pd.DataFrame, view: str) -> pd.DataFrame:
    """How well each space and route finds the neighbours of test artists from clips, best first.

    `view` is "cold" or "clip". Columns: way (a route, a space of clips or "random"), value, low, high (95% over
    artists), queries, command.
    """
    chosen = _is_kind(results, Kind.CLIP) & (results["protocol"] == view) & (results["split"] == "test")
    if not chosen.any():
        return pd.DataFrame(columns=CLIP_COLUMNS)
    rows = results[chosen].drop_duplicates("ranker", keep="last")
    table = rows[["ndcg", "ndcg_low", "ndcg_high", "queries", "command"]].set_axis(CLIP_COLUMNS[1:], axis=1)
    way = rows["ranker"].map(lambda ranker: SpaceName(ranker).id)
    return table.assign(way=way)[CLIP_COLUMNS].sort_values("value", ascending=False, ignore_index=True)


def _of_view(results: pd.DataFrame, protocol: str, split: str, hide_validation: bool) -> pd.DataFrame:
    """Rows of a view under their rankers' names. `kept_edges` is a number, or NaN if all edges were kept."""
    same = (results["protocol"] == protocol) & (results["split"] == split)
    same &= ~_is_kind(results, Kind.CLIP)
    if split == "test":
        same &= results["hide_validation"] == hide_validation
    rows = results[same].copy()
    named = [_ranker_name(ranker, features) for ranker, features in zip(rows["ranker"], rows["features"], strict=True)]
    rows["ranker"] = pd.Series(named, rows.index, dtype=str)
    kept = rows["kept_edges"] if "kept_edges" in rows else pd.Series(np.nan, rows.index)
    return rows.assign(kept_edges=pd.to_numeric(kept, errors="coerce").astype(float))


def _ranker_name(ranker: str, features: Any) -> str:
    """The ranker's name as on the command line. A bare feature set means its cosine."""
    is_bare = SpaceName(ranker).kind is Kind.FEATURES and not pd.isna(features)
    return str(SpaceName.cosine(ranker)) if is_bare else ranker


def _is_kind(rows: pd.DataFrame, kind: Kind) -> pd.Series:
    """Which rows belong to rankers of one kind."""
    return rows["ranker"].map(lambda ranker: SpaceName(ranker).kind is kind).astype(bool)


def _variants(configs: Sequence[TrainingConfig]) -> list[str]:
    settings = pd.json_normalize([config.as_dict() for config in configs])
    settings = settings.drop(columns=_NO_VARIANT & set(settings.columns))
    columns = sorted(settings, key=lambda column: column != "model.backbone")
    parts = [_unusual(str(column), settings[column]) for column in columns]
    return [", ".join(filter(None, texts)) for texts in zip(*parts, strict=True)]


def _unusual(column: str, values: pd.Series) -> list[str]:
    """The setting of each run in words; empty for the value that more than half of the runs share."""
    share = values.value_counts(normalize=True)
    usual = share.index[0] if share.iloc[0] > 0.5 else None
    return ["" if value == usual else _setting(column, value) for value in values]


def _setting(column: str, value: Any) -> str:
    if column == "steps":
        return f"{value:,} steps"
    if column == "model.backbone":
        return BACKBONE_TITLES[value]
    title = _SETTING_TITLES.get(column, column.split(".")[-1].replace("_", " "))
    return f"{title} {value}".strip()
