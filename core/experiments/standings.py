"""The similarities of a view side by side, each once: which is best, and by how much.

A kind of model that was trained at several depths stands here with one of them, chosen on validation artists and never
on the figures that are shown.
"""

import json
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from core.experiments import summary
from core.pairs.config import PairConfig
from core.runs.config import BACKBONE_TITLES
from core.space_name import Kind, SpaceName
from core.titles import PAIR_RANKER, WITH_RELATIONS, features_title, layers_title, ranker_title

STANDING_COLUMNS = ["title", "kind", "value", "low", "high", "seeds", "rankers"]
TRAINED, JOINED, WALK, CONTENT, CHANCE = "trained", "joined", "walk", "content", "chance"
KINDS = (JOINED, TRAINED, WALK, CONTENT, CHANCE)

_CONTROLS = ("random", "missing-features", "popularity")
_FEWEST_DEPTHS = 2
_APART = {"seed": 0, "relations": False}
"""Settings of a pair ranker that tell seeds of one another, or other inputs, which rows name for themselves."""
_SHORT = 0.5
"""A run with less than this share of the steps of the longest run beside it was trained too briefly to compare."""


def standings(rows: pd.DataFrame, on_validation: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One row per similarity of the view `rows`, best first.

    Columns: title, kind (one of KINDS), value, low, high (the 95% interval over queries and over seeds), seeds
    and rankers (the rows that were averaged). Models of one backbone and feature set are shown with the depth and
    settings of the highest NDCG in the view `on_validation`, or with the deepest if none was measured there.
    """
    models = _chosen_models(summary.models_by_layer(rows, metric), on_validation, metric)
    trained = [
        {
            "title": _model_title(row),
            "kind": TRAINED,
            **{name: row[name] for name in ("value", "low", "high", "seeds", "rankers")},
        }
        for row in models.to_dict("records")
    ]
    others = rows[~rows["ranker"].map(lambda name: SpaceName(name).is_run).astype(bool)]
    titled = others.assign(
        title=[similarity_title(row) for row in others.to_dict("records")],
        kind=[kind_of(SpaceName(name)) for name in others["ranker"]],
    )
    untrained = [
        {"title": title, "kind": kind} | _figures(group, metric)
        for (title, kind), group in titled.groupby(["title", "kind"], sort=False)
    ]
    table = pd.DataFrame([*trained, *untrained], columns=STANDING_COLUMNS)
    return table.sort_values("value", ascending=False, ignore_index=True)


def _figures(rows: pd.DataFrame, metric: str) -> dict[str, Any]:
    """What the rows of one similarity, a row a seed, say together."""
    found = summary.interval_of_seeds(rows, metric)
    bounds = {"value": found.mean, "low": found.low, "high": found.high}
    return bounds | {"seeds": len(rows), "rankers": rows["ranker"].tolist()}


def lines_by_depth(models: pd.DataFrame) -> pd.DataFrame:
    """Of `models_by_layer`, those that stand on a line: one point per backbone, feature set and number of layers.

    The longest training counts, whatever the other settings, and a line has at least two points. The column `short`
    marks runs with less than half the steps of the longest on their line.
    """
    if models.empty:
        return models.assign(short=pd.Series(dtype=bool))
    longest = models.sort_values(["steps", "seeds"], kind="stable").drop_duplicates(
        ["backbone", "features", "layers"], keep="last"
    )
    line = longest.groupby(["backbone", "features"])
    longest = longest.assign(short=longest["steps"] < _SHORT * line["steps"].transform("max"))
    kept = longest[line["layers"].transform("count") >= _FEWEST_DEPTHS]
    return kept.sort_values(["features", "backbone", "layers"], ignore_index=True)


def yardsticks(table: pd.DataFrame) -> pd.DataFrame:
    """Of `standings`, the best of each kind that needs no depth, for level lines in a chart over depths."""
    level = table[table["kind"] != TRAINED]
    of_chance = level[level["rankers"].map(lambda names: names == ["random"]).astype(bool)]
    best = level[level["kind"] != CHANCE].drop_duplicates("kind")
    return pd.concat([best, of_chance]).sort_values("value", ascending=False, ignore_index=True)


def similarity_title(row: Mapping[Hashable, Any]) -> str:
    """The title of a row of results that is no run.

    A fusion is called by what it joins, each once, with a capital first. Pair rankers of the usual settings are seeds
    of one another and share a title. Whatever reads other relations is a separate setting, and says so.
    """
    name = SpaceName(row["ranker"])
    related = reads_relations(row)
    config = json.loads(row["config"]) if isinstance(row.get("config"), str) else {}
    parts = config.get("parts") if name.is_fusion else None
    if not parts:
        usual = name.is_pairs and config | _APART == PairConfig().as_dict() | _APART
        title = PAIR_RANKER if usual else ranker_title(name)
        return f"{title} {WITH_RELATIONS}" if related else title
    counts: dict[str, int] = {}
    for part in parts:
        title = _part_title(SpaceName(part), related)
        counts[title] = counts.get(title, 0) + 1
    joined = " + ".join(f"{count} × {title}" if count > 1 else title for title, count in counts.items())
    return joined[:1].upper() + joined[1:]


@dataclass(frozen=True)
class Reproduction:
    """Measured figures beside published ones of the same features and depth: how many, and the largest difference."""

    points: int
    measured: float
    published: float
    layers: int

    @property
    def difference(self) -> float:
        return self.measured - self.published


def reproduction(lines: pd.DataFrame, published: pd.DataFrame) -> Reproduction | None:
    """How closely SAGE's `lines_by_depth` repeat `published` figures (features, layers, ndcg); None if none do.

    Runs that were trained too briefly do not count.
    """
    ours = lines[(lines["backbone"] == "sage") & ~lines["short"].astype(bool)]
    both = ours.merge(published[["features", "layers", "ndcg"]], on=["features", "layers"])
    if both.empty:
        return None
    worst = both.iloc[int((both["value"] - both["ndcg"]).abs().to_numpy().argmax())]
    return Reproduction(len(both), float(worst["value"]), float(worst["ndcg"]), int(worst["layers"]))


def _chosen_models(models: pd.DataFrame, on_validation: pd.DataFrame, metric: str) -> pd.DataFrame:
    if models.empty:
        return models
    measured = on_validation.set_index("ranker")[metric] if len(on_validation) else pd.Series(dtype=float)
    on_val = [float(np.mean([measured.get(name, np.nan) for name in names])) for names in models["rankers"]]
    ordered = models.assign(on_val=on_val).sort_values(
        ["on_val", "layers", "steps"], na_position="first", kind="stable"
    )
    return ordered.drop_duplicates(["backbone", "features"], keep="last")


def _model_title(row: Mapping[Hashable, Any]) -> str:
    return f"{BACKBONE_TITLES[row['backbone']]}, {layers_title(row['layers'])}, {features_title(row['features'])}"


def reads_relations(row: Mapping[Hashable, Any]) -> bool:
    """Whether what was measured reads other relations than the learned one."""
    inputs = row.get("inputs")
    return isinstance(inputs, str) and bool(inputs) and bool(json.loads(inputs).get("relations"))


def _part_title(name: SpaceName, related: bool) -> str:
    if name.kind is Kind.PAIRS:
        return f"{PAIR_RANKER.lower()} {WITH_RELATIONS}" if related else PAIR_RANKER.lower()
    if not name.is_run:
        return ranker_title(name)
    backbones = [backbone for backbone in BACKBONE_TITLES if name.id.startswith(backbone)]
    return BACKBONE_TITLES[max(backbones, key=len)] if backbones else name.id


def kind_of(name: SpaceName) -> str:
    """Which of KINDS a ranker that is no run belongs to."""
    if name in _CONTROLS:
        return CHANCE
    return {Kind.FUSION: JOINED, Kind.PAIRS: TRAINED, Kind.COSINE: CONTENT}.get(name.kind, WALK)
