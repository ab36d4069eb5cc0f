"""What a row of the results table must hold to be shown beside the others."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from core.catalogue.records import is_text
from core.errors import NearfieldError
from core.experiments.result_inputs import inputs_text_fault
from core.reading import is_figure, is_number, parse_json
from core.runs.config import TrainingConfig
from core.space_name import SpaceName

METRICS = ("ndcg", "ndcg_published", "recall", "mrr")
USUAL_TEXTS = {"by_degree": "[]", "versions": "{}", "command": "", "commit": "", "split_hash": "", "inputs": ""}
"""What older tables, and rows of other kinds, do without."""

_NAMES = ("ranker", "protocol", "split")
_FIGURES = tuple(f"{metric}{bound}" for metric in METRICS for bound in ("", "_low", "_high"))
_COUNTS = ("queries", "candidates", "layers", "seed")
_OF_DEGREE = ("queries", "mean", "low", "high")


def row_fault(row: Mapping[Any, Any]) -> str:
    """Why a row cannot be shown; "" where it can."""
    for name in (*_NAMES, *USUAL_TEXTS):
        if not is_text(row[name]):
            return f"{name} is not text"
    for names, is_allowed in ((_FIGURES, is_figure), (_COUNTS, is_number)):
        for name in names:
            if not (is_missing(row.get(name)) or is_allowed(_plain(row[name]))):
                return f"{name} is not a number"
    if not isinstance(_plain(row["hide_validation"]), bool):
        return "hide_validation is neither true nor false"
    try:
        return _text_fault(row)
    except NearfieldError as fault:
        return str(fault)


def is_missing(value: Any) -> bool:
    """Whether there is no value."""
    return value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value))


def _text_fault(row: Mapping[Any, Any]) -> str:
    degrees = parse_json(row["by_degree"], "by_degree")
    if not isinstance(degrees, list) or not all(map(_is_of_degree, degrees)):
        return "by_degree is not a list of figures"
    versions = parse_json(row["versions"], "versions")
    if not isinstance(versions, dict) or not all(isinstance(value, str) for value in versions.values()):
        return "versions does not give a version for each package"
    if fault := inputs_text_fault(row["inputs"]):
        return fault
    if SpaceName(row["ranker"]).is_run:
        return _run_fault(row)
    return ""


def _run_fault(row: Mapping[Any, Any]) -> str:
    """Raises NearfieldError for settings that cannot be read."""
    if not is_text(row["config"]):
        return "the model's settings are missing"
    config = TrainingConfig.from_dict(parse_json(row["config"], "config"))
    settings = {
        "features": config.features,
        "backbone": config.model.backbone,
        "layers": config.model.layers,
        "seed": config.seed,
    }
    for name, value in settings.items():
        if not (type(_plain(row[name])) in (str, int, float) and _plain(row[name]) == value):
            return f"{name} is not what the model's settings say"
    return ""


def _is_of_degree(figures: Any) -> bool:
    return (
        isinstance(figures, dict)
        and isinstance(figures.get("degree"), str)
        and all(figures.get(name) is None or is_figure(figures[name]) for name in _OF_DEGREE)
    )


def _plain(value: Any) -> Any:
    """A number of numpy's as one of Python's."""
    return value.item() if isinstance(value, np.generic) else value
