"""A tenth of the campaigns of foreign bytes, and a sample of those of kills; `benchmarks.campaign` runs all of them."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.support.server import ROOT

pytestmark = [pytest.mark.timeout(900), pytest.mark.slow]
"""Each starts fresh interpreters; on a busy machine that takes long."""


def campaign(*words: object) -> Any:
    """What `python -m benchmarks.campaign` found, if nothing failed."""
    command = [sys.executable, "-m", "benchmarks.campaign", *map(str, words), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_mutations_are_refused_or_opened() -> None:
    (found,) = campaign("mutations", "--count", 400, "--pages", 0)
    assert found["tried"] == 400
    assert min(found["outcomes"][kind] for kind in ("refused", "opened", "opened, with problems")) > 20


def test_mutations_take_no_page_down() -> None:
    (found,) = campaign("mutations", "--count", 0, "--pages", 40, "--first", 400)
    assert (found["tried"], found["outcomes"]) == (40, {"rendered": 40})


def test_malformed_sounds_are_refused_plainly_or_heard() -> None:
    (found,) = campaign("sounds", "--count", 90)
    assert found["tried"] == 90
    assert found["outcomes"]["refused"] > 30
    assert found["outcomes"]["heard"] > 15


@pytest.mark.parametrize("name", ["import", "lists", "fuse"])
def test_writers_are_killed(name: str) -> None:
    (found,) = campaign("kills", "--times", 2, "--only", name)
    assert found["tried"] == 2


def test_writers_at_once_lose_nothing() -> None:
    (found,) = campaign("writers", "--minutes", 0.1)
    assert found["tried"] == 4
    assert found["list_changes"] > 0
    assert found["jobs_done"] > 0


def test_hostile_links_open_every_page() -> None:
    (found,) = campaign("links", "--links", 2)
    assert found["tried"] == 14


def test_lists_of_strangers_leave_those_of_others() -> None:
    (found,) = campaign("strangers", "--visits", 60, "--pages", 1)
    assert found["tried"] == 61
    assert found["figures"]["lists_kept"] < 81


def test_visitors_at_once_see_no_fault() -> None:
    (found,) = campaign("visitors", "--visitors", 3, "--sessions", 5, "--no-training", "--minutes", 0.1)
    assert found["tried"] > 5


def test_mutated_uploads_are_read_or_refused() -> None:
    read, sent = campaign("uploads", "--count", 200, "--through", 3)
    assert read["tried"] == 200
    assert min(read["outcomes"][kind] for kind in ("read", "refused")) > 30
    assert sent["tried"] == 3


def test_a_browser_walks_through_the_app_and_hears_of_no_fault(chromium_path: str) -> None:
    (found,) = campaign("soak", "--minutes", 0.2, "--chromium", chromium_path)
    assert found["tried"] > 0
