"""What commands print: a table for people, JSON for programs, progress on standard error."""

import json
import math
import sys
from argparse import Namespace
from typing import Any

import pandas as pd


def show(options: Namespace, content: dict[str, Any], table: pd.DataFrame) -> None:
    """Print `content` as JSON with --json, else `table` unless it is empty."""
    if options.json:
        print(json.dumps(_json_safe(content), ensure_ascii=False, indent=1))
    elif len(table):
        print(table.to_string(index=False, na_rep="–", float_format=lambda number: f"{number:.4f}"))


def say(text: str) -> None:
    """A line about progress."""
    print(text, file=sys.stderr, flush=True)


def progress_line(done: int, total: int, seconds: float, text: str) -> None:
    """One line that is rewritten in place on a terminal, and printed line by line elsewhere."""
    left = seconds / done * (total - done) if done else 0.0
    line = f"{done}/{total}  {text}  {_duration(left)} left"
    if sys.stderr.isatty():
        print(f"\r\033[K{line}", end="\n" if done == total else "", file=sys.stderr, flush=True)
    else:
        say(line)


def _duration(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}h{minutes % 60:02d}m" if minutes >= 60 else f"{minutes}m{seconds:02d}s"


def _json_safe(content: Any) -> Any:
    """JSON has no NaN: figures that do not exist become null."""
    if isinstance(content, dict):
        return {key: _json_safe(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_json_safe(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content
