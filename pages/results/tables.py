"""Tables of the Results page, and the rankers that it shows by default."""

import json
import re
from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from core.experiments.standings import similarity_title
from core.runs.config import BACKBONE_TITLES
from core.space_name import Kind, SpaceName
from core.titles import METRIC_COLUMNS, METRICS, features_title, layers_title, ranker_title
from pages.results import chart_texts
from pages.results.feature_order import feature_order

MOST_FEATURES = 8
_SEED_OF_RUN = re.compile(r"-s(\d+)-\d{8}-")
"""The seed in a run's id, before its date."""


def hidden_validation_choices(results: pd.DataFrame, protocol: str) -> set[bool]:
    """The values of "validation artists hidden" among the test figures: {True}, {False}, both or neither."""
    rows = results[(results["protocol"] == protocol) & (results["split"] == "test")]
    return set(rows["hide_validation"].astype(bool))


def standings_table(standings: pd.DataFrame, title: str) -> pd.DataFrame:
    """Every similarity once, best first."""
    return pd.DataFrame(
        {
            "similarity": standings["title"],
            "kind": standings["kind"].map(chart_texts.KINDS),
            title: standings["value"],
            "95% low": standings["low"],
            "95% high": standings["high"],
            "seeds": standings["seeds"].astype("Int64"),
        }
    )


def model_table(models: pd.DataFrame, title: str) -> pd.DataFrame:
    """Every trained model of a view, averaged over seeds."""
    return pd.DataFrame(
        {
            "features": models["features"].map(features_title),
            "model": models["backbone"].map(BACKBONE_TITLES),
            "layers": models["layers"].astype("Int64"),
            "steps": models["steps"].astype("Int64"),
            "settings": models["variant"],
            title: models["value"],
            "95% low": models["low"],
            "95% high": models["high"],
            "seeds": models["seeds"].astype("Int64"),
            "lowest seed": models["seed_low"],
            "highest seed": models["seed_high"],
        }
    )


def few_lines(lines: pd.DataFrame) -> pd.DataFrame:
    """The lines of up to MOST_FEATURES feature sets, the paper's first."""
    order = feature_order(lines["features"])[:MOST_FEATURES]
    return lines[lines["features"].isin(order)]


def count_lines(lines: pd.DataFrame) -> int:
    return len(lines[["features", "backbone"]].drop_duplicates())


def published_beside_ours(published: pd.DataFrame, ours: pd.DataFrame) -> pd.DataFrame:
    """Published figures, and ours of the same features and depth where there are any."""
    columns = {"value": "ours", "low": "ours 95% low", "high": "ours 95% high", "steps": "our steps"}
    measured = ours[["features", "layers", *columns]].rename(columns=columns)
    both = published.rename(columns={"ndcg": "published"}).merge(measured, on=["features", "layers"], how="left")
    return both.assign(
        features=both["features"].map(features_title),
        metric=both["metric"].map(METRIC_COLUMNS),
        **{"our steps": both["our steps"].astype("Int64")},
    )


def full_table(rows: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Every measured row, best first, with its provenance."""
    ordered = rows.sort_values(metric, ascending=False)
    versions = ordered["versions"].map(lambda text: ", ".join(f"{k} {v}" for k, v in json.loads(text).items()))
    trained_with = ordered["train_command"].fillna("") if "train_command" in ordered else ""
    return pd.DataFrame(
        {
            "similarity": list(ranker_titles(ordered).values()),
            METRIC_COLUMNS[metric]: ordered[metric],
            "95% interval": [interval_text(row, metric) for row in ordered.to_dict("records")],
            METRICS["recall"]: ordered["recall"],
            METRICS["mrr"]: ordered["mrr"],
            "artists asked for": ordered["queries"].astype("Int64"),
            "candidates": ordered["candidates"].astype("Int64"),
            "seed": ["" if pd.isna(seed) else f"{int(seed)}" for seed in ordered["seed"]],
            "run": [name.id if name.is_run else "" for name in map(SpaceName, ordered["ranker"])],
            "command": ordered["command"].fillna(""),
            "trained with": trained_with,
            "commit": ordered["commit"].fillna(""),
            "catalogue sha256": ordered["catalogue_hash"],
            "split sha256": ordered["split_hash"],
            "versions": versions,
        }
    )


def ranker_titles(rows: pd.DataFrame) -> dict[str, str]:
    """Ranker -> a title that is unique among the rows. Those that share one have their names behind it."""
    titles = {str(row["ranker"]): _title(row) for row in rows.to_dict("records")}
    counts = Counter(titles.values())
    return {ranker: title if counts[title] == 1 else f"{title} ({_own(ranker)})" for ranker, title in titles.items()}


def default_rankers(models: pd.DataFrame, baselines: pd.DataFrame) -> list[str]:
    """The default comparison: PageRank or the best baseline, and the best model, content and fusion."""
    names = baselines["ranker"].tolist()
    chosen = [name for name in ("pagerank", *names) if name in names][:1]
    if len(models):
        chosen += models.nlargest(1, "value")["rankers"].iloc[0][-1:]
    for kind in (Kind.COSINE, Kind.FUSION):
        chosen += [name for name in names if SpaceName(name).kind is kind and name not in chosen][:1]
    return chosen


def likely_pair(rankers: list[str]) -> tuple[str, str]:
    """The default pair among at least two rankers, sorted best first: the best one and the best of another kind."""
    first = rankers[0]
    others = [name for name in rankers[1:] if SpaceName(name).is_run != SpaceName(first).is_run]
    return first, (others or rankers[1:])[0]


def interval_text(row: Mapping[Hashable, Any], metric: str) -> str:
    """ "0.123 – 0.234", or a dash where there is no interval."""
    low, high = row.get(f"{metric}_low"), row.get(f"{metric}_high")
    return "–" if pd.isna(low) else f"{low:.3f} – {high:.3f}"


def _title(row: Mapping[Hashable, Any]) -> str:
    ranker = str(row["ranker"])
    name = SpaceName(ranker)
    if not name.is_run:
        title = similarity_title(row)
        has_no_name = (name.is_fusion or name.is_pairs) and not title.startswith(ranker_title(ranker))
        seed = _seed(row) if has_no_name else None
        return title if seed is None else f"{title}, seed {seed}"
    backbone = BACKBONE_TITLES[str(row["backbone"])]
    return f"{backbone}, {layers_title(int(row['layers']))}, {features_title(row['features'])}, seed {int(row['seed'])}"


def _own(ranker: str) -> str:
    """What tells a ranker from others of the same title: the end of a run's id, or its name in words."""
    name = SpaceName(ranker)
    return f"run {ranker.rpartition('-')[2]}" if name.is_run else name.id.replace("_", " ").replace("-", " ")


def _seed(row: Mapping[Hashable, Any]) -> int | None:
    """The seed of a pair ranker, or the one that all trained models in a fusion share; None if there is none."""
    config = json.loads(row["config"]) if isinstance(row.get("config"), str) else {}
    if SpaceName(row["ranker"]).is_pairs:
        return int(config["seed"]) if "seed" in config else None
    seeds = {int(found[1]) for part in config.get("parts") or () if (found := _SEED_OF_RUN.search(part))}
    return seeds.pop() if len(seeds) == 1 else None
