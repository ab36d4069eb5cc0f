"""Output of commands: a table for people, JSON for programs, and progress on standard error."""

import json
import math
import sys
import time
from collections.abc import Callable
from typing import Any

import pandas as pd

from core.catalogue import Catalogue
from core.titles import METRIC_COLUMNS


def show(as_json: bool, content: dict[str, Any], table: pd.DataFrame) -> None:
    """Print `content` as JSON, or else `table` unless it is empty."""
    if as_json:
        _print_json(_json_safe(content))
    elif len(table):
        print(table.to_string(index=False, na_rep="–", float_format=lambda number: f"{number:.4f}"))


def say(text: str) -> None:
    """Print a line about progress."""
    print(text, file=sys.stderr, flush=True)


def progress_line(done: int, total: int, seconds: float, text: str, known: int = 0) -> None:
    """Print progress, on a terminal as one line that is rewritten, otherwise line by line.

    `known` of those that are done took no time.
    """
    left = seconds / (done - known) * (total - done) if done > known else 0.0
    time_left_line(f"{done}/{total}  {text}", left, done == total)


def time_left_line(text: str, seconds_left: float, is_last: bool) -> None:
    """Print progress like `progress_line`, where the time left is known."""
    line = f"{text}  {_duration(seconds_left)} left"
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="\n" if is_last else "", file=sys.stderr, flush=True)
    else:
        say(line)


def stage_lines() -> Callable[[str, float], None]:
    """A function that prints each whole percent of each stage once, with the time left where that can be told."""
    printed: set[str] = set()
    since: dict[str, float] = {}

    def report(stage: str, share: float) -> None:
        line = f"{share:4.0%}  {stage}"
        started = since.setdefault(stage, time.monotonic())
        if line not in printed:
            printed.add(line)
            left = (time.monotonic() - started) / share * (1 - share) if share > 0 else 0.0
            say(f"{line}  {_duration(left)} left" if left >= 1 else line)

    return report


def catalogue_summary(catalogue: Catalogue) -> dict[str, Any]:
    """The summary of a catalogue that commands print."""
    splits = catalogue.artists["split"].value_counts()
    return {
        "catalogue": catalogue.name,
        "kind": catalogue.manifest.kind,
        "artists": len(catalogue),
        "edges": len(catalogue.learned_edges),
        "train / val / test": " / ".join(str(splits.get(split, 0)) for split in ("train", "val", "test")),
        "tracks": len(catalogue.tracks),
        "feature sets": ", ".join(catalogue.all_feature_names),
        "sha256": catalogue.content_hash,
    }


def key_value_table(content: dict[str, Any]) -> pd.DataFrame:
    """A table with names on the left and values on the right."""
    return pd.DataFrame({"": list(content), " ": list(content.values())})


def ranking_figures(row: dict[str, Any]) -> dict[str, Any]:
    """The columns to show of a row of the results table, with their titles."""
    figures = {title: row[metric] for metric, title in METRIC_COLUMNS.items()}
    return {"protocol": row["protocol"], "queries": row["queries"], "candidates": row["candidates"]} | figures


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}h{minutes % 60:02d}m" if minutes >= 60 else f"{minutes}m{seconds:02d}s"


def _print_json(content: Any) -> None:
    """Print JSON. Characters that standard output cannot encode are escaped, so that nothing is lost."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(content, indent=1)
    print(text)


def _json_safe(content: Any) -> Any:
    """Replace NaN and infinity, which JSON lacks, by null."""
    if isinstance(content, dict):
        return {key: _json_safe(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_json_safe(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content
