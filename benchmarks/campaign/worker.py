"""A process that looks at mutated catalogues, one after the other, within limits of memory; `mutations.py` drives it.

Reads a line of JSON for each mutation from standard input and answers with a line: what was done, what became of it,
processor seconds (of the longest page) and peak memory. Of what goes wrong, only a NearfieldError is an answer.
"""

import json
import os
import shutil
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.campaign.memory import bytes_of, forget_peak, limit_memory
from benchmarks.campaign.mutate import mutate
from core.catalogue import open_catalogue
from core.catalogue.library import DATA_VARIABLE, list_catalogues
from core.errors import NearfieldError
from core.experiments.inspection import inspect
from core.experiments.results import read_results
from core.maps.build import current_map
from core.runs.record import list_runs
from core.search.spaces import list_spaces, open_space
from core.similarity import similar
from tests.support.furnished import furnished

NAME = "furnished"


def look(folder: Path) -> Iterator[str]:
    """One step: what comes of it to check and open the catalogue in `folder`."""
    yield _look(folder)


def _look(folder: Path) -> str:
    """Check and open the catalogue in `folder` and all that was made from it: "opened", "refused", or a fault.

    The check reads runs, fusions, maps and results as the pages do.
    """
    problems = inspect(folder)
    list_catalogues(folder.parent)
    try:
        catalogue = open_catalogue(folder)
    except NearfieldError as fault:
        return "refused" if problems else f"FAULT: check finds nothing, and opening says: {fault}"
    _tried(lambda: read_results(catalogue))
    list_runs(catalogue)
    assert (catalogue.display_names != "").all()
    for space in list_spaces(catalogue):
        try:
            similarity = open_space(catalogue, space.name)
        except NearfieldError as fault:
            if problems:
                continue
            return f"FAULT: check finds nothing, {space.name} is on offer, and opening it says: {fault}"
        similar(similarity, 0, 5)
        if space.has_vectors:
            current_map(catalogue, space.name)
    return "opened, with problems" if problems else "opened"


def _tried(work: Callable[[], object]) -> None:
    with suppress(NearfieldError):
        work()


def render(folder: Path) -> Iterator[str]:
    """A step for each page of the app on the catalogue in `folder`: "rendered", or a fault."""
    from streamlit.testing.v1 import AppTest

    from tests.support.pages import PAGES, PATIENCE_S, ROOT

    os.environ[DATA_VARIABLE] = str(folder.parent)
    app = AppTest.from_file(str(ROOT / "pages" / "shell" / "main.py"), default_timeout=PATIENCE_S)
    app.query_params["catalogue"] = NAME
    app.query_params["artist"] = "id-0"
    for page in PAGES:
        (app if page == "explore" else app.switch_page(f"../{page}/page.py")).run()
        found = [f"{one.message}\n{''.join(one.stack_trace)[-3000:]}" for one in app.exception]
        yield f"FAULT: {page} ends in {found[0]}" if found else "rendered"


def _answer(base: Path, work: Path, task: dict[str, Any]) -> dict[str, Any]:
    folder = work / str(task["number"]) / NAME
    shutil.copytree(base, folder)
    told = {"number": task["number"], "what": mutate(folder, task["seed"], task["number"])}
    forget_peak()
    before = bytes_of("VmRSS")
    outcome, seconds = _longest((render if task["pages"] else look)(folder))
    told |= {"seconds": seconds, "bytes": max(0, bytes_of("VmHWM") - before), "outcome": outcome}
    shutil.rmtree(folder.parent, ignore_errors=True)
    return told


def _longest(steps: Iterator[str]) -> tuple[str, float]:
    """The first fault among the outcomes of the steps, or the last outcome; processor seconds of the longest step."""
    outcome, longest, started = "", 0.0, time.process_time()
    try:
        for outcome in steps:
            longest, started = max(longest, time.process_time() - started), time.process_time()
            if outcome.startswith("FAULT"):
                break
    except Exception:  # noqa: BLE001
        outcome = f"FAULT: {traceback.format_exc()[-4000:]}"
    return outcome, max(longest, time.process_time() - started)


def main() -> None:
    work = Path(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    base = furnished(work / "base", NAME).path
    list((render if sys.argv[2] == "pages" else look)(base))
    limit_memory()
    for line in sys.stdin:
        print(json.dumps(_answer(base, work, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
