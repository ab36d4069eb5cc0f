"""Keep what was made from a catalogue when a new version takes its place.

Runs, fusions and figures belong to a catalogue by their `inputs` (core/catalogue/identity.py), so those that used
nothing that changed belong to the new version too. Records that an earlier Nearfield wrote have no inputs: they get
them here, while their version is still there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.experiments.results import read_results, record_results
from core.runs.record import list_runs
from core.search.fusions import FUSIONS_FOLDER, inputs_of, list_fusions, scan_fusions
from core.space_name import SpaceName
from core.storage import write_json


@dataclass(frozen=True)
class Belongings:
    """Names of the runs and fusions that belong to a version of a catalogue, and the number of its figures."""

    runs: list[str]
    fusions: list[str]
    figures: int


def record_inputs(catalogue: Catalogue) -> None:
    """Give inputs to every run, fusion and row of results that belongs to this version and has none.

    Call it before `update_catalogue`. What cannot be used, and so is not on offer, stays as it is. Raises
    NearfieldError where the folder cannot be written.
    """
    for run in list_runs(catalogue):
        if run.belongs_to(catalogue):
            _complete(catalogue, run.path / "config.json", run.details, [SpaceName.cosine(run.config.features)])
    for name, (weights, content) in scan_fusions(catalogue)[0].items():
        _complete(catalogue, catalogue.path / FUSIONS_FOLDER / f"{name}.json", content, weights.parts)
    if belongings(catalogue).figures:
        record_results(catalogue, [])


def belongings(catalogue: Catalogue) -> Belongings:
    """What belongs to this version of the catalogue. A table of results that cannot be read has no figures."""
    try:
        figures = len(read_results(catalogue))
    except NearfieldError:
        figures = 0
    runs = [run.run_id for run in list_runs(catalogue) if run.belongs_to(catalogue)]
    return Belongings(runs, list_fusions(catalogue), figures)


def _complete(catalogue: Catalogue, file: Path, record: dict[str, Any], rankers: Iterable[SpaceName]) -> None:
    if record.get("inputs") is not None:
        return
    try:
        inputs = inputs_of(catalogue, rankers)
    except NearfieldError:  # a set or a part is missing
        return
    write_json(file, record | {"inputs": inputs})
