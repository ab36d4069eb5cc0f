"""Tables and sentences of the Results page."""

import json
from collections.abc import Hashable
from typing import Any

import pandas as pd

from core.catalogue import Catalogue
from core.search.spaces import RUN_PREFIX
from pages.results.labels import features_title, layers_title, ranker_title
from pages.shell.text import plain

INTERVAL_TEXT = (
    "Bars show the 95% interval over queries (bootstrap): how far the figure would move with other artists to ask "
    "for. Where several seeds were trained, the point is their mean and the bar the mean of their intervals; the "
    "number of seeds and their smallest and largest figure are in the table and under the pointer. Steady grey lines "
    "are yardsticks, rankings that need no training."
)


def only_hidden_validation(results: pd.DataFrame, protocol: str) -> bool:
    """Whether the test figures there are all have validation artists hidden, as is usual on OLGA."""
    rows = results[(results["protocol"] == protocol) & (results["split"] == "test")]
    return bool(len(rows)) and bool(rows["hide_validation"].all())


def model_table(models: pd.DataFrame, yardsticks: pd.DataFrame, title: str) -> pd.DataFrame:
    """What the measured charts show, models first."""
    trained = pd.DataFrame(
        {
            "similarity": models["features"].map(features_title),
            "layers": models["layers"].astype("Int64"),
            "settings": models["variant"],
            title: models["value"],
            "95% low": models["low"],
            "95% high": models["high"],
            "seeds": models["seeds"].astype("Int64"),
            "lowest seed": models["seed_low"],
            "highest seed": models["seed_high"],
        }
    )
    untrained = pd.DataFrame(
        {
            "similarity": yardsticks["ranker"].map(ranker_title),
            "settings": "no training",
            title: yardsticks["value"],
            "95% low": yardsticks["low"],
            "95% high": yardsticks["high"],
        }
    )
    parts = [part for part in (trained, untrained) if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else trained


def published_table(published: pd.DataFrame) -> pd.DataFrame:
    """What the published charts show, with the source of each figure."""
    return published.assign(features=published["features"].map(features_title)).rename(columns={"ndcg": "NDCG@200"})


def full_table(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Every measured row, best first, with its provenance."""
    ordered = rows.sort_values(metric, ascending=False)
    versions = ordered["versions"].map(lambda text: ", ".join(f"{k} {v}" for k, v in json.loads(text).items()))
    trained_with = ordered["train_command"] if "train_command" in ordered else pd.Series(None, ordered.index)
    return pd.DataFrame(
        {
            "similarity": [_title(row) for row in ordered.to_dict("records")],
            "NDCG@200" if metric == "ndcg" else "NDCG@200 (off-by-one)": ordered[metric],
            "95% interval": _interval(ordered, metric),
            "recall@200": ordered["recall"],
            "MRR": ordered["mrr"],
            "queries": ordered["queries"],
            "candidates": ordered["candidates"],
            "seed": pd.to_numeric(ordered["seed"]).astype("Int64"),
            "run": [name.removeprefix(RUN_PREFIX) if name.startswith(RUN_PREFIX) else "" for name in ordered["ranker"]],
            "command": ordered["command"],
            "trained with": trained_with,
            "commit": ordered["commit"],
            "catalogue sha256": ordered["catalogue_hash"],
            "split sha256": ordered["split_hash"],
            "versions": versions,
        }
    )


def ranker_titles(rows: pd.DataFrame) -> dict[str, str]:
    """Ranker -> a title that is unique among the rows."""
    return {row["ranker"]: _title(row) for row in rows.to_dict("records")}


def default_rankers(models: pd.DataFrame, yardsticks: pd.DataFrame) -> list[str]:
    """PageRank or the best yardstick, the best model and the best content: a first comparison worth seeing."""
    names = yardsticks["ranker"].tolist()
    chosen = [name for name in ("pagerank", *names) if name in names][:1]
    if len(models):
        chosen += models.nlargest(1, "value")["rankers"].iloc[0][-1:]
    chosen += [name for name in names if name.startswith("cosine:")][:1]
    return chosen


def describe_best(models: pd.DataFrame, yardsticks: pd.DataFrame) -> str:
    """One or two sentences for a chart's text alternative."""
    said = []
    if len(models):
        best = models.nlargest(1, "value").iloc[0]
        said.append(
            f"Best model: {features_title(best['features'])} with {layers_title(int(best['layers']))}, "
            f"{best['value']:.3f}."
        )
    if len(yardsticks):
        best = yardsticks.iloc[0]
        said.append(f"Best without training: {ranker_title(best['ranker'])}, {best['value']:.3f}.")
    return " ".join(said)


def comparison_text(
    catalogue: Catalogue, dataset: str, metric: str, published_metric: str, split: str, hide_validation: bool
) -> str:
    """Whether the two panels may be compared, and if not, why."""
    if catalogue.manifest.kind == "synthetic":
        return "The panels are not comparable: one is measured on invented artists, the other published on real ones."
    if catalogue.name != dataset:
        return f"The panels are not comparable: measured on {plain(catalogue.name)}, published on {dataset}."
    if metric != published_metric:
        return (
            "The panels are not comparable: they use different definitions of NDCG. Choose the protocol "
            f"{'Published' if published_metric == 'ndcg_published' else 'Standard'} to compare."
        )
    if split != "test":
        return "The published figures are for test artists; choose Test artists to compare."
    if hide_validation != (dataset == "olga"):
        seen = "hidden" if dataset == "olga" else "visible"
        return f"The published figures have validation artists {seen}; switch that above to compare."
    return "Both panels use the same data, split and metric, so they can be compared."


def _title(row: dict[Hashable, Any]) -> str:
    ranker = str(row["ranker"])
    if not ranker.startswith(RUN_PREFIX):
        return ranker_title(ranker)
    backbone = str(row["backbone"]).upper()
    return (
        f"{backbone}, {layers_title(int(row['layers']))}, {features_title(row['features'])}, "
        f"seed {int(row['seed'])} ({ranker[-4:]})"
    )


def _interval(rows: pd.DataFrame, metric: str) -> list[str]:
    return [
        "–" if pd.isna(low) else f"{low:.3f} – {high:.3f}"
        for low, high in zip(rows[f"{metric}_low"], rows[f"{metric}_high"], strict=True)
    ]
