"""Texts of the charts of Results: axes, names of lines and marks, what a mark says, and text alternatives."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from core.runs.config import BACKBONE_TITLES
from core.text import counted
from core.titles import features_title, layers_title

KINDS = {
    "joined": "Several joined",
    "trained": "Trained model",
    "walk": "From edges alone, no training",
    "content": "From content alone, no training",
    "chance": "Control",
}
SHORT_RUNS = "Open marks were trained for less than half as many steps as the longest run of their line."

GRAPH_LAYERS = "Graph layers"
KNOWN_EDGES_AXIS = "Known edges of the artist asked for"
KEPT_EDGES_AXIS = "Visible edges kept per artist asked for"
NDCG = "NDCG@200"


def ours(name: str) -> str:
    return f"Ours: {name}"


def published_line(name: str) -> str:
    return f"Paper: {name}"


def more_standings(hidden: int) -> str:
    return f"The table below the chart has {counted(hidden, 'further similarity', 'further similarities')}."


def more_lines(hidden: int) -> str:
    return f"The table below the chart has {counted(hidden, 'further line')}."


def figure_alt(part: str, metric: str, best: str) -> str:
    """What one of PARTS_OF_FIGURE shows. `metric` is a title, `best` the text of `describe_best`."""
    by = {"best": "of every similarity", "layers": "by number of graph layers", "features": "by feature set"}[part]
    return f"Measured {metric} {by}. {best}"


def describe_best(standings: pd.DataFrame) -> str:
    """The best of each kind, for a chart's text alternative."""
    best = standings.drop_duplicates("kind").to_dict("records")
    return " ".join(f"{KINDS[row['kind']]}: {row['title']}, {row['value']:.3f}." for row in best)


def by_degree_alt(metric: str, count: int) -> str:
    return f"{metric} by the number of known edges of the artist asked for, for {count} similarities."


def kept_edges_alt(metric: str, count: int) -> str:
    return f"{metric} against the number of visible edges kept per artist, for {count} similarities."


def model_title(row: Mapping[Hashable, Any]) -> str:
    """The title of a mark: "CLAP, 2 layers, 3 seeds"."""
    seeds = f"{row['seeds']} seed{'' if row['seeds'] == 1 else 's'}"
    parts = [features_title(row["features"]), layers_title(int(row["layers"])), row["variant"], seeds]
    return ", ".join(part for part in parts if part)


def standing_title(row: Mapping[Hashable, Any]) -> str:
    """The title of a similarity among all, with its seeds if several."""
    return f"{row['title']}, {row['seeds']} seeds" if row["seeds"] > 1 else str(row["title"])


def line_name(features: str, backbone: str) -> str:
    """A feature set, with the backbone where it is not the paper's."""
    return (
        features_title(features) if backbone == "sage" else f"{features_title(features)}, {BACKBONE_TITLES[backbone]}"
    )


def model_hover(row: Mapping[Hashable, Any]) -> str:
    """The tooltip of a model's mark."""
    text = f"{layers_title(row['layers'])}: {row['value']:.4f}"
    text += "" if pd.isna(row["steps"]) else f"<br>{int(row['steps']):,} steps"
    if not pd.isna(row["low"]):
        text += f"<br>95% interval {row['low']:.4f} to {row['high']:.4f}"
    if not pd.isna(row["seeds"]):
        text += f"<br>{row['seeds']} seed"
        text += f"s, {row['seed_low']:.4f} to {row['seed_high']:.4f}" if row["seeds"] > 1 else ""
    return text


def number_of_artists(counts: Iterable[int]) -> Sequence[str]:
    """How many artists each point of a chart averages over."""
    return [f"{count:,} artists" for count in counts]
