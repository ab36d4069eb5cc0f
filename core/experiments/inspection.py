"""The check of a catalogue with all that was made from it: runs, fusions, maps and the table of results."""

from pathlib import Path

from core.catalogue import Catalogue, Problem, open_catalogue, validate
from core.errors import NearfieldError
from core.experiments.results import RESULTS_FILE, scan_results
from core.maps.store import scan_maps
from core.runs.overview import overviews
from core.search.spaces import left_out


def inspect(path: Path | str) -> list[Problem]:
    """All problems of the catalogue in folder `path`, and of what was made from it; an empty list if there is none."""
    problems = validate(path)
    try:
        return problems + derived_problems(open_catalogue(path))
    except NearfieldError:  # `validate` has named why it cannot be opened
        return problems


def derived_problems(catalogue: Catalogue) -> list[Problem]:
    """The runs, fusions, maps and rows of results that are left out because they cannot be read, and why."""
    problems = [Problem(file, None, reason) for file, reason in left_out(catalogue).items()]
    named = {problem.reason for problem in problems}
    problems += [Problem("runs", None, fault) for fault in overviews(catalogue)[1] if fault not in named]
    problems += [Problem(file, None, reason) for file, reason in scan_maps(catalogue)[1].items()]
    try:
        rows = scan_results(catalogue)[1]
    except NearfieldError as fault:
        return [*problems, Problem(RESULTS_FILE, None, str(fault))]
    return problems + [Problem(RESULTS_FILE, row, f"the row is left out: {reason}") for row, reason in rows.items()]
