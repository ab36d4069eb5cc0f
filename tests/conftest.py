"""What the tests need from outside the repository: real data beside it, a Chromium, a PostgreSQL, the package index.

A test that lacks one of them is skipped. NEARFIELD_REQUIRE names the markers, separated by commas, whose
tests must run instead: skipping one of them fails, and so does collecting none.

What a test comes to depends on no machine's speed: Hypothesis tries the same examples everywhere and looks at no
clock, and a browser, which has to wait for most of what it sees, has long to do so.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Collection, Generator, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from core.audio.encoders.musicnn.fetching import fetch
from core.catalogue import Catalogue, open_catalogue
from core.catalogue.importers import IMPORTERS
from core.database.connection import DATABASE_VARIABLE
from core.errors import NearfieldError
from tests.support.databases import close_database
from tests.support.postgres import PostgresServer, postgres_programs, postgres_server
from tests.support.processes import described, end, left_behind, mark_this_process

ROOT = Path(__file__).resolve().parents[1]
REQUIRED = frozenset(filter(None, os.environ.get("NEARFIELD_REQUIRE", "").split(",")))
MARKER_OF_FIXTURE = {
    "chromium_path": "browser",
    "shared_datasets": "shared",
    "musicnn_folder": "index",
    "postgres": "postgresql",
    "lance": "lance",
    "ray": "ray",
}
BROWSER_SECONDS = 900
LACK = "nearfield_lack"

settings.register_profile("nearfield", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("nearfield")
mark_this_process()


@pytest.fixture(autouse=True)
def own_main_module() -> Iterator[None]:
    """AppTest leaves the app as the main module, and processes that a later test spawns would then run the app."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(autouse=True)
def own_bare_session() -> Iterator[None]:
    """Outside an AppTest all of Streamlit's session state is one, and a visitor's id in it would reach a later test."""
    yield
    if (streamlit := sys.modules.get("streamlit")) is not None:
        streamlit.session_state.clear()


@pytest.fixture(autouse=True)
def processes_that_give_way_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test waits for the processes that it starts, so they do not give way to the other tests on a busy machine."""
    if detached := sys.modules.get("core.jobs.detached"):
        monkeypatch.setattr(detached, "give_way", lambda pid, nice: None)


@pytest.fixture(scope="session", autouse=True)
def own_processes_of_session() -> Iterator[None]:
    """What wider fixtures have started, and what that has started, ends with them at the latest."""
    before = psutil.pids()
    yield
    leave_nothing(before, "The tests")


@pytest.fixture(autouse=True)
def own_processes() -> Iterator[None]:
    """A test that leaves a process behind fails by itself, and the process ends before the next test.

    What wider fixtures have started is there before the test, and stays.
    """
    before = psutil.pids()
    yield
    leave_nothing(before, "The test")


def leave_nothing(before: Collection[int], who: str) -> None:
    """End what was started since `before`, and fail where there was something to end."""
    if leftover := left_behind(before):
        names = "\n".join(map(described, leftover))
        end(leftover)
        pytest.fail(f"{who} left processes behind, which were ended now:\n{names}", pytrace=False)


@pytest.fixture(scope="session")
def shared_datasets() -> Path:
    """The folder of real data sets beside the repository."""
    path = ROOT.parent / "shared" / "datasets"
    if not path.is_dir():
        pytest.skip("there is no ../shared/datasets")
    return path


@pytest.fixture(scope="session")
def disco_olga(shared_datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """DISCO-OLGA, imported once per session. Tests only read it."""
    return imported_once("disco-olga", shared_datasets / "olga", tmp_path_factory)


@pytest.fixture(scope="session")
def olga(shared_datasets: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """OLGA, imported once per session. Tests only read it."""
    return imported_once("olga", shared_datasets / "olga", tmp_path_factory)


def imported_once(layout: str, source: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The catalogue made of `source`, by the first of the processes among which pytest-xdist shares out the tests."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    dest = shared / "catalogues" / layout
    with FileLock(shared / f"{layout}.lock"):
        if not dest.is_dir():
            IMPORTERS[layout].run(source, dest)
    return open_catalogue(dest)


@pytest.fixture(scope="session")
def musicnn_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """musicnn, fetched from the package index and converted, once for all processes. Tests only read it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "fetched" / "musicnn"
    with FileLock(shared / "musicnn.lock"):
        if not folder.is_dir():
            try:
                fetch(folder, lambda done, total: None, lambda: False)
            except NearfieldError as fault:
                if "pip could not get" not in str(fault):
                    raise
                pytest.skip(f"there is no package index ({fault})")
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for all tests of this process, which leave its first database empty."""
    programs = postgres_programs()
    if programs is None or find_spec("psycopg") is None:
        pytest.skip(
            "there is no PostgreSQL (on Debian: apt-get install postgresql) or psycopg (requirements-scale.txt)"
        )
    with postgres_server(programs) as server:
        yield server


@pytest.fixture(scope="session")
def lance() -> None:
    """Lance, an extra, is installed."""
    if find_spec("lancedb") is None:
        pytest.skip("there is no lancedb (requirements-scale.txt)")


@pytest.fixture(scope="session")
def ray() -> None:
    """Ray, an extra, is installed."""
    if find_spec("ray") is None:
        pytest.skip("there is no ray (requirements-scale.txt)")


@pytest.fixture
def on_postgresql(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[PostgresServer]:
    """Lists and jobs are kept in an empty PostgreSQL database."""
    monkeypatch.setenv(DATABASE_VARIABLE, postgres.address())
    yield postgres
    close_database(postgres.address())
    postgres.empty()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest) -> str:
    """The test runs with each kind of database for lists and jobs; this is which."""
    if request.param == "postgresql":
        request.getfixturevalue("on_postgresql")
    return str(request.param)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The executable of a Chromium or Chrome on this machine."""
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    path = next(found, None)
    if path is None:
        pytest.skip("no Chromium is installed (on Debian: apt-get install chromium)")
    return path


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests by the fixtures they use, before `-m` selects among them.

    Modules that take long come first, so that at the end no process is left alone with one of them.
    """
    for item in items:
        if getattr(item, "callspec", None) and item.callspec.params.get("each_database") == "postgresql":
            item.fixturenames.insert(0, "postgres")
        for fixture, marker in MARKER_OF_FIXTURE.items():
            if fixture in getattr(item, "fixturenames", ()):
                item.add_marker(marker)
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.timeout(BROWSER_SECONDS))
    take_long = {item.path for item in items if item.get_closest_marker("browser") or item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in take_long)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to run. A worker of pytest-xdist can only run nothing, and leaves the refusal to its controller."""
    collected = {mark.name for item in session.items for mark in item.iter_markers()}
    if missing := REQUIRED - collected:
        lack = f"NEARFIELD_REQUIRE: no test is marked {', '.join(sorted(missing))}."
        if not hasattr(session.config, "workeroutput"):
            raise pytest.UsageError(lack)
        session.items.clear()
        session.config.workeroutput[LACK] = lack


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of pytest-xdist has ended."""
    if lack := getattr(node, "workeroutput", {}).get(LACK):
        pytest.exit(lack, pytest.ExitCode.USAGE_ERROR)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if REQUIRED and report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"NEARFIELD_REQUIRE: a whole module was skipped: {report.longrepr}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    required = REQUIRED & {mark.name for mark in item.iter_markers()}
    if required and report.outcome == "skipped" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"NEARFIELD_REQUIRE: a test marked {', '.join(sorted(required))} was skipped."
    return report
