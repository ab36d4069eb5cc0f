"""Tables and sentences of the Results page."""

import json
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from core.evaluation.evaluate import CUTOFF
from core.experiments.misses import ANSWERS
from core.runs.config import BACKBONE_TITLES
from core.space_name import Kind, SpaceName
from core.text import counted
from core.titles import features_title, layers_title, ranker_title
from pages.shell.text import plain

INTERVAL_TEXT = (
    "Bars show the 95% interval over queries (bootstrap): how far the figure would move with other artists to ask "
    "for. Where several seeds were trained, the point is their mean and the bar the mean of their intervals; the "
    "number of seeds and their smallest and largest figure are in the table and under the pointer. Level grey lines "
    "are yardsticks, rankings that need no training, and fusions, which combine others with weights fitted on "
    "validation artists."
)


def hidden_validation_choices(results: pd.DataFrame, protocol: str) -> set[bool]:
    """Whether validation artists are hidden in the test figures there are: {True}, {False}, both or neither."""
    rows = results[(results["protocol"] == protocol) & (results["split"] == "test")]
    return set(rows["hide_validation"].astype(bool))


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
            "settings": yardsticks["ranker"].map(
                lambda name: "fitted on validation" if _is_fusion(name) else "no training"
            ),
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
            "95% interval": [interval_text(row, metric) for row in ordered.to_dict("records")],
            "recall@200": ordered["recall"],
            "MRR": ordered["mrr"],
            "queries": ordered["queries"],
            "candidates": ordered["candidates"],
            "seed": ["" if pd.isna(seed) else f"{int(seed)}" for seed in ordered["seed"]],
            "run": [name.id if name.is_run else "" for name in map(SpaceName, ordered["ranker"])],
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
    """PageRank or the best yardstick, the best model, content and fusion: a first comparison worth seeing."""
    names = yardsticks["ranker"].tolist()
    chosen = [name for name in ("pagerank", *names) if name in names][:1]
    if len(models):
        chosen += models.nlargest(1, "value")["rankers"].iloc[0][-1:]
    for kind in (Kind.COSINE, Kind.FUSION):
        chosen += [name for name in names if SpaceName(name).kind is kind and name not in chosen][:1]
    return chosen


def likely_pair(rankers: list[str]) -> tuple[str, str]:
    """Of at least two rankers, best first, the two worth comparing first: the best one and the best of another kind."""
    first = rankers[0]
    others = [name for name in rankers[1:] if SpaceName(name).is_run != SpaceName(first).is_run]
    return first, (others or rankers[1:])[0]


def noise_text(first: str, second: str, table: pd.DataFrame) -> str:
    """One sentence on the first row of `paired_by_degree`: which is better and whether that may be chance."""
    row = table.iloc[0]
    if pd.isna(row["low"]):
        return "Only one artist is asked for here, so nothing can be said about noise."
    queries = f"over {row['queries']:,} artists"
    if row["low"] <= 0 <= row["high"]:
        difference = (
            f"{first} minus {second} is {row['mean']:+.4f}, 95% interval {row['low']:+.4f} to {row['high']:+.4f}"
        )
        return f"Within noise: {difference} {queries}. Other artists to ask for may reverse it."
    better, worse = (first, second) if row["mean"] > 0 else (second, first)
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    difference = f"by {abs(row['mean']):.4f}, 95% interval {low:.4f} to {high:.4f} {queries}"
    return f"Beyond noise: {better} is better than {worse} {difference}."


def hits_text(table: pd.DataFrame, title: str) -> str:
    """One sentence on a table of query artists."""
    early, never = int((table["found_early"] > 0).sum()), int((table["found"] == 0).sum())
    return (
        f"{title}: of {counted(len(table), 'artist')} asked for, {early:,} have a hidden neighbour among the first "
        f"{ANSWERS} answers and {never:,} have none among the first {CUTOFF}."
    )


def describe_best(models: pd.DataFrame, yardsticks: pd.DataFrame) -> str:
    """Up to three sentences for a chart's text alternative."""
    said = []
    if len(models):
        best = models.nlargest(1, "value").iloc[0]
        said.append(
            f"Best model: {features_title(best['features'])} with {layers_title(int(best['layers']))}, "
            f"{best['value']:.3f}."
        )
    fusions = yardsticks["ranker"].map(_is_fusion).astype(bool)
    for kind, of_kind in (("fusion", yardsticks[fusions]), ("without training", yardsticks[~fusions])):
        if len(of_kind):
            best = of_kind.iloc[0]
            said.append(f"Best {kind}: {ranker_title(best['ranker'])}, {best['value']:.3f}.")
    return " ".join(said)


def comparison_text(
    catalogue: str, synthetic: bool, dataset: str, metric: str, published_metric: str, split: str, hide_validation: bool
) -> str:
    """Whether the two panels may be compared, and if not, why. `catalogue` is its name."""
    if synthetic:
        return "The panels are not comparable: one is measured on invented artists, the other published on real ones."
    if catalogue != dataset:
        return f"The panels are not comparable: measured on {plain(catalogue)}, published on {dataset}."
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


def model_title(row: dict[Hashable, Any]) -> str:
    """A mark of a chart: "CLAP, 2 layers, 3 seeds"."""
    seeds = f"{row['seeds']} seed{'' if row['seeds'] == 1 else 's'}"
    parts = [features_title(row["features"]), layers_title(int(row["layers"])), row["variant"], seeds]
    return ", ".join(part for part in parts if part)


def _title(row: dict[Hashable, Any]) -> str:
    ranker = str(row["ranker"])
    if not SpaceName(ranker).is_run:
        return ranker_title(ranker)
    backbone = BACKBONE_TITLES[str(row["backbone"])]
    return (
        f"{backbone}, {layers_title(int(row['layers']))}, {features_title(row['features'])}, "
        f"seed {int(row['seed'])} ({ranker[-4:]})"
    )


def interval_text(row: Mapping[Hashable, Any], metric: str) -> str:
    """ "0.123 – 0.234", or a dash where there is no interval."""
    low, high = row.get(f"{metric}_low"), row.get(f"{metric}_high")
    return "–" if pd.isna(low) else f"{low:.3f} – {high:.3f}"


def _is_fusion(ranker: str) -> bool:
    return SpaceName(ranker).is_fusion
