"""The details of one figure: settings, provenance and the commands that reproduce it."""

import json
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from core.experiments.summary import headline_metric
from core.text import duration
from core.titles import METRICS, PROTOCOLS, SPLITS, features_title, ranker_title
from pages.results.tables import interval_text

_SETTINGS_SHOWN_ALREADY = {"features", "protocol", "seed"}


def figure_details(rows: pd.DataFrame) -> pd.DataFrame:
    """A table of texts with a column for each row of results (one per seed) and a line for each figure or setting."""
    columns = [_lines(row) for row in rows.to_dict("records")]
    names = list(dict.fromkeys(name for lines in columns for name in lines))
    table = pd.DataFrame({"": names})
    for row, lines in zip(rows.to_dict("records"), columns, strict=True):
        table[_column_title(row)] = [lines.get(name, "–") for name in names]
    return table


def commands(rows: pd.DataFrame) -> list[str]:
    """The commands that reproduce the rows: first training, then evaluation of rankers without training."""
    trained = [_text(row, "train_command") for row in rows.to_dict("records")]
    evaluated = [_text(row, "command") for row in rows.to_dict("records")]
    return [command for command in dict.fromkeys([*trained, *evaluated]) if command]


def clicked_mark(event: Mapping[str, Any]) -> str | None:
    """The mark that a chart's selection event names, or None if nothing was hit."""
    points = event.get("selection", {}).get("points", [])
    mark = points[0].get("customdata") if points else None
    first = mark[0] if isinstance(mark, (list, tuple)) and mark else mark
    return first if isinstance(first, str) else None


def _lines(row: dict[Hashable, Any]) -> dict[str, str]:
    """Everything that is known about a row: name -> text."""
    metric = headline_metric(row["protocol"])
    figures = {METRICS[metric]: f"{row[metric]:.4f}", "95% interval over artists": interval_text(row, metric)}
    figures |= {METRICS[name]: f"{row[name]:.4f}" for name in ("recall", "mrr")}
    text = {
        "queries": _number(row, "queries"),
        "candidates": _number(row, "candidates"),
        "protocol": PROTOCOLS.get(row["protocol"], row["protocol"]),
        "evaluated on": SPLITS.get(row["split"], row["split"]),
        "validation artists": "hidden" if row["split"] == "test" and row["hide_validation"] else "",
        "features": features_title(row["features"]) if isinstance(row["features"], str) else "",
        "seed": _number(row, "seed"),
        **_settings(_text(row, "config")),
        "chosen epoch": _number(row, "chosen_epoch"),
        "trained for": _seconds(row),
        "device": _text(row, "device"),
        "similarity": _text(row, "ranker"),
        "catalogue": _text(row, "catalogue"),
        "catalogue sha256": _text(row, "catalogue_hash"),
        "split sha256": _text(row, "split_hash"),
        "commit": _text(row, "commit"),
        **{f"version of {name}": version for name, version in _object(_text(row, "versions")).items()},
    }
    return figures | {name: str(value) for name, value in text.items() if value != ""}


def _settings(config: str) -> dict[str, str]:
    """The recorded configuration, one level deep: {"model": {"layers": 2}} -> {"model: layers": "2"}."""
    settings: dict[str, str] = {}
    for name, value in _object(config).items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        for part, setting in parts:
            title = f"{name}: {part}" if part else name
            if title not in _SETTINGS_SHOWN_ALREADY:
                settings[title.replace("_", " ")] = str(setting)
    return settings


def _object(text: str) -> dict[str, Any]:
    content = json.loads(text) if text else {}
    return content if isinstance(content, dict) else {}


def _column_title(row: dict[Hashable, Any]) -> str:
    seed = _number(row, "seed")
    return f"seed {seed} ({row['ranker'][-4:]})" if seed else ranker_title(row["ranker"])


def _seconds(row: dict[Hashable, Any]) -> str:
    seconds = row.get("trained_seconds")
    return "" if seconds is None or pd.isna(seconds) else f"{seconds:,.0f} s ({duration(float(seconds))})"


def _number(row: dict[Hashable, Any], name: str) -> str:
    value = row.get(name)
    return "" if value is None or pd.isna(value) else f"{int(value)}"


def _text(row: dict[Hashable, Any], name: str) -> str:
    value = row.get(name)
    return value if isinstance(value, str) else ""
