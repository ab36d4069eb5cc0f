"""The results table of a catalogue: one row per evaluated ranker and view, with everything needed to repeat it.

Rows computed by this code are `measured`. Figures from papers are `published`; they are in `published_results.csv`
beside this module, each with its source. `measured_results.csv` holds rows that were measured on real music.
"""

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.evaluation.evaluate import Evaluation
from core.experiments.result_inputs import belonging_rows, with_inputs
from core.experiments.result_rows import METRICS, USUAL_TEXTS, row_fault
from core.pairs.store import pairs_files, scan_pairs
from core.search.fusions import fusion_files, list_fusions
from core.space_name import SpaceName
from core.storage import atomic_path, writing
from core.table_files import read_parquet

RESULTS_FILE = "results.parquet"
KEY = ["ranker", "protocol", "split", "hide_validation", "kept_edges"]
"""What a catalogue has one row for."""
SHIPPED_FILE = Path(__file__).with_name("measured_results.csv")
MOST_ROWS = 20_000
"""Each is checked for itself, at about ten thousand a second."""
_REQUIRED = [*KEY, "catalogue_hash"]
_LOCK_SECONDS = 30

PUBLISHED_SOURCES = {
    "groetschla2024": "Grötschla et al., 2024, arXiv:2409.09026",
    "korzeniowski2022": "Korzeniowski et al., TISMIR 5(1), 2022, doi:10.5334/tismir.143",
}


def result_row(evaluation: Evaluation, catalogue: Catalogue, provenance: dict[str, Any]) -> dict[str, Any]:
    """One row: what was evaluated, every metric with its 95% interval over queries, and the provenance.

    `provenance` has the ranker's settings (features, backbone, layers, seed, …), commit, versions and command.
    """
    view = evaluation.view
    row: dict[str, Any] = {
        "ranker": evaluation.ranker,
        "protocol": view.protocol,
        "split": view.split,
        "hide_validation": view.hide_validation,
        "kept_edges": view.kept_edges,
        "queries": len(evaluation.queries),
        "candidates": evaluation.n_candidates,
    }
    for metric in METRICS:
        interval = evaluation.interval(metric)
        row |= {metric: interval.mean, f"{metric}_low": interval.low, f"{metric}_high": interval.high}
    row["by_degree"] = json.dumps(evaluation.by_degree())
    row |= {"catalogue": catalogue.name, "catalogue_hash": catalogue.content_hash, "split_hash": catalogue.split_hash}
    return row | {key: json.dumps(value) if isinstance(value, dict) else value for key, value in provenance.items()}


def record_results(catalogue: Catalogue, rows: list[dict[str, Any]]) -> None:
    """Add rows to the catalogue's table, in place of those for the same ranker and view that belong to the catalogue.

    Rows that were measured on this version and have no inputs get them. Several processes may write at once. Raises
    NearfieldError if another one holds the table for too long.
    """
    file = catalogue.path / RESULTS_FILE
    try:
        with writing(file), FileLock(file.with_suffix(".lock"), timeout=_LOCK_SECONDS):
            table = _with_kept_edges(pd.concat([_read(file), pd.DataFrame(rows)], ignore_index=True))
            table = with_inputs(catalogue, table)
            own = table[belonging_rows(catalogue, table)]
            table = table.drop(index=own.index[own.duplicated(KEY, keep="last")])
            table = table.drop_duplicates(_REQUIRED, keep="last").reset_index(drop=True)
            with atomic_path(file) as temporary:
                table.to_parquet(temporary, index=False)
    except Timeout:
        raise NearfieldError(f"Another process has been writing {file.name} for long. Try again later.") from None


def read_results(catalogue: Catalogue) -> pd.DataFrame:
    """All measured rows that belong to the catalogue and can be read; empty if nothing was evaluated yet."""
    return scan_results(catalogue)[0]


def scan_results(catalogue: Catalogue) -> tuple[pd.DataFrame, dict[int, str]]:
    """`read_results`, and by row of the file why each of the other rows that belong to the catalogue is left out."""
    file = catalogue.path / RESULTS_FILE
    table, faults = _checked(file, _stamp(file)) if os.path.lexists(file) else (_no_rows(), {})
    rows = table[belonging_rows(catalogue, table)]
    left_out = {number: fault for number, fault in faults.items() if number in rows.index}
    good = rows.drop(index=list(left_out)).drop_duplicates(KEY, keep="last")
    return good.reset_index(drop=True), left_out


def known_results(catalogue: Catalogue) -> pd.DataFrame:
    """`read_results`, and the shipped rows that were measured on the same inputs and not again here.

    The column `shipped` tells them apart. A fusion or a pair ranker of the catalogue's own is not the shipped one of
    its name. Raises NearfieldError as `read_results`.
    """
    own = read_results(catalogue).assign(shipped=False)
    shipped = _shipped()
    shipped = shipped[belonging_rows(catalogue, shipped)].assign(shipped=True)
    trained_here = [*map(SpaceName.fusion, list_fusions(catalogue)), *map(SpaceName.pairs, scan_pairs(catalogue)[0])]
    shipped = shipped[~shipped["ranker"].isin(trained_here)]
    if shipped.empty:
        return own
    return pd.concat([shipped, own], ignore_index=True).drop_duplicates(KEY, keep="last").reset_index(drop=True)


def results_stamp(catalogue: Catalogue) -> tuple[tuple[str, int, int, int], ...]:
    """What tells one state of `known_results` from another: the name and stamp of each file that it goes by."""
    files = [catalogue.path / RESULTS_FILE, SHIPPED_FILE, *fusion_files(catalogue), *pairs_files(catalogue)]
    return tuple((str(file), *stamp) for file in files if (stamp := _stamp(file)))


def shipped_results(dataset: str) -> pd.DataFrame:
    """Rows measured on "disco-olga" or "olga" that ship with Nearfield; empty for any other data set.

    The columns are those of `result_row`, with `inputs`. `kept_edges` is set if only some visible edges were kept.
    """
    table = _shipped()
    return table[table["catalogue"] == dataset].reset_index(drop=True)


def _shipped() -> pd.DataFrame:
    stamp = _stamp(SHIPPED_FILE)
    return _read_shipped(SHIPPED_FILE, stamp) if stamp else _no_rows().assign(catalogue="")


@lru_cache(maxsize=2)
def _read_shipped(file: Path, stamp: tuple[int, int, int]) -> pd.DataFrame:
    table = pd.read_csv(file)
    if table.empty:
        return _no_rows().assign(catalogue="")
    return _with_kept_edges(table.assign(hide_validation=table["hide_validation"].astype(bool)))


def published_results(dataset: str = "disco-olga") -> pd.DataFrame:
    """Figures from papers. Columns: source, method, features, layers, ndcg (at 200), metric.

    `metric` is "ndcg_published" for rows with the off-by-one ideal, otherwise "ndcg".
    """
    table = pd.read_csv(Path(__file__).with_name("published_results.csv"))
    table = table[(table["dataset"] == dataset) & table["source"].isin(PUBLISHED_SOURCES)]
    variants = {"idcg_plus_one": "ndcg_published", "standard": "ndcg"}
    return pd.DataFrame(
        {
            "source": table["source"].map(PUBLISHED_SOURCES),
            "method": table["method"],
            "features": table["features"],
            "layers": table["layers"].astype(int),
            "ndcg": table["ndcg_at_200"],
            "metric": table["metric_variant"].map(variants),
        }
    ).reset_index(drop=True)


def _no_rows() -> pd.DataFrame:
    numbers = ["layers", "seed", *(f"{metric}{bound}" for metric in METRICS for bound in ("", "_low", "_high"))]
    texts = [*_REQUIRED, "features", "backbone", "config", "by_degree"]
    types = dict.fromkeys(texts, object) | dict.fromkeys(numbers, float)
    return pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in types.items()})


def _read(file: Path) -> pd.DataFrame:
    if not os.path.lexists(file):
        return pd.DataFrame()
    try:
        table = _with_kept_edges(read_parquet(file, MOST_ROWS))
    except (NearfieldError, TypeError, ValueError) as fault:
        raise NearfieldError(f"{file.name} cannot be read ({fault}). Move it away and evaluate again.") from None
    if missing := set(_REQUIRED) - set(table):
        raise NearfieldError(
            f"{file.name} has no column {', '.join(sorted(missing))}. Move it away and evaluate again."
        )
    if not table[_REQUIRED].map(lambda value: value is None or np.isscalar(value) or value is pd.NA).all(axis=None):
        raise NearfieldError(f"{file.name} holds lists for names. Move it away and evaluate again.")
    return table


def _stamp(file: Path) -> tuple[int, int, int] | None:
    """What tells one content of a file from another; such files are replaced, never edited."""
    try:
        found = os.stat(file)
    except OSError:  # reading it will tell why
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


@lru_cache(maxsize=8)
def _checked(file: Path, stamp: tuple[int, int, int] | None) -> tuple[pd.DataFrame, dict[int, str]]:
    """The rows of the file, whatever they were measured on, with all usual columns, and why some cannot be used."""
    table = _read(file)
    if table.empty:
        return _no_rows(), {}
    usual: dict[str, Any] = {str(name): np.nan for name in _no_rows()} | USUAL_TEXTS
    table = table.assign(**{name: value for name, value in usual.items() if name not in table}).fillna(USUAL_TEXTS)
    found = ((int(number), row_fault(row)) for number, row in zip(table.index, table.to_dict("records"), strict=True))
    return table, {number: fault for number, fault in found if fault}


def _with_kept_edges(table: pd.DataFrame) -> pd.DataFrame:
    """The table with `kept_edges` as nullable integers. Tables of older versions lack this column."""
    kept = table["kept_edges"] if "kept_edges" in table else pd.Series(pd.NA, table.index)
    return table.assign(kept_edges=pd.to_numeric(kept).astype("Int64"))
