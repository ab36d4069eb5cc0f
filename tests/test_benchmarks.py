"""The benchmarks run as commands on tiny sizes, and what they compare is the same thing. No test looks at the clock."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from core.catalogue import Catalogue
from core.experiments.pairs import train_pairs
from core.graph.protocols import evaluation_view
from core.pairs.config import PairConfig
from core.search.confidence import LEVELS
from tests.support.browsing import BUNDLED_FOLDER
from tests.support.graphs import random_catalogue
from tests.support.server import ROOT

pytestmark = pytest.mark.timeout(900)
"""Each command is a fresh interpreter, most of which load torch: on a busy machine that takes long."""

ACTIONS = (
    "choose an artist",
    "switch a space on Explore",
    "filter by a genre",
    "add to the tray",
    "type a name",
    "expand in the hop graph",
    "recentre the hop graph",
    "open the map",
    "change the map's colour",
    "switch the map's space",
    "first load of a warm server",
)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return random_catalogue(tmp_path)


def command(*words: object) -> subprocess.CompletedProcess[str]:
    """`python -m` with these words, in the repository's root."""
    return subprocess.run(
        [sys.executable, "-m", *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False
    )


def printed(name: str, *options: object) -> str:
    done = command(f"benchmarks.{name}", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def measured(name: str, *options: object) -> Any:
    return json.loads(printed(name, *options, "--json"))


def test_walks_are_pushed_beside_the_exact_ones(tmp_path: Path) -> None:
    figures = measured("blocks", "--artists", 600, "--folder", tmp_path, "--only", "walk", "--repeats", 3)["walk 600"]
    for walk in ("pagerank", "short-walk"):
        assert figures[f"{walk}: share of the ten nearest"] > 0.9
        assert figures[f"{walk}: largest error / its bound"] <= 1.05


def test_a_block_svd_finds_hidden_edges(catalogue: Catalogue) -> None:
    figures = measured("spectral", catalogue.path, "--width", 8)
    assert 0 < figures["low"] < figures["ndcg"] < figures["high"] < 1


def test_tables_are_imported_beside_read_csv() -> None:
    figures = measured("tables", "--artists", 200, "--edges", 500, "--repeats", 1)
    assert list(figures) == ["read_csv seconds", "import seconds", "ratio"]


@pytest.mark.slow
def test_training_measures_every_contender() -> None:
    tiny = ("--layers", 1, "--columns", 4, "--steps", 2, "--artists", 60, "--edges", 200, "--hidden", 8)
    figures = measured("training", *tiny, "--threads", 1)
    assert list(figures) == ["ours float32", "ours bfloat16", "plain float32"]
    assert figures["plain float32"]["ratio"] == 1.0


@pytest.mark.slow
def test_convergence_ends_at_the_target(catalogue: Catalogue) -> None:
    figures = measured("convergence", catalogue.path, "--to", 0, "--steps", 32, "--layers", 1, "--precision", "float32")
    assert [(figure["reached"], figure["steps"]) for figure in figures.values()] == [(True, 16), (True, 16)]
    assert figures["plain float32"]["ratio"] == 1.0


@pytest.mark.slow
def test_convergence_ends_at_the_limit(catalogue: Catalogue) -> None:
    said = printed("convergence", catalogue.path, "--to", 1.1, "--steps", 32, "--layers", 1, "--precision", "bfloat16")
    contenders = said.splitlines()[1:]
    assert len(contenders) == 2
    assert all("    32 steps" in line and line.endswith("target not reached") for line in contenders)


def test_evaluation_agrees_with_the_plain_way(catalogue: Catalogue) -> None:
    rankers = ["pagerank", "adamic-adar", "random", "cosine:clap"]
    found = measured("evaluation", catalogue.path, "--repeats", 1)
    assert [one["ranker"] for one in found] == rankers
    assert all(one["difference"] < 1e-12 and one["peak_bytes"] > 0 for one in found)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sage-2", "sign-2"])
def test_growth_measures_both_models(name: str) -> None:
    found = json.loads(printed("growth", "--only", name, "--artists", 200, "--steps", 1))
    assert (found["model"], found["artists"]) == (name, 200)
    assert found["peak_bytes"] > 0


@pytest.mark.slow
def test_a_lack_of_memory_is_an_answer() -> None:
    found = measured("growth", "--artists", 100_000_000, "--steps", 1, "--memory", 2)
    assert list(found["measured"]) == ["sage-2", "sign-2"]
    assert [one["peak_bytes"] for (one,) in found["measured"].values()] == [None, None]
    assert found["stops_fitting"] == {"sage-2": None, "sign-2": None}


@pytest.mark.slow
def test_another_fault_of_growth_is_none() -> None:
    done = command("benchmarks.growth", "--only", "sage-2", "--artists=-5", "--steps", 1, "--memory", 8)
    assert done.returncode == 1
    assert "ValueError" in done.stderr


def test_a_visit_is_measured_step_by_step(tmp_path: Path) -> None:
    found = measured("scale", "--artists", 300, "--folder", tmp_path, "--repeats", 1)
    steps = [one["step"] for one in found]
    assert {"open the catalogue", "a key of a name", "similar by PageRank", "a path"} <= set(steps)
    assert len(set(steps)) == len(steps)
    assert all(one["artists"] == 300 and one["own_megabytes"] > 0 for one in found)


@pytest.mark.slow
def test_what_is_made_of_measurements() -> None:
    """The examples in the documentation of these files hold."""
    files = ("benchmarks/growth.py", "benchmarks/pages/timing.py", "benchmarks/scale/figures.py")
    done = command("doctest", "--verbose", *files)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("Test passed") == 3


@pytest.mark.slow
def test_clips_are_answered_and_leave_little_behind() -> None:
    found = measured("clips", "--clips", 2, "--seconds", 2)
    assert found["clips"] == 2
    assert 0 < found["median_seconds"] <= found["slowest_seconds"]
    assert found["megabytes_after_all"] > 0


def test_pairs_lose_no_neighbour_where_all_are_scored(catalogue: Catalogue) -> None:
    train_pairs(catalogue, "some", PairConfig(episodes=2, thinned=2, share=0.4, epochs=1, networks=1))
    found = measured("pairs", catalogue.path, "--ranker", "pairs:some", "--answers", 3)
    assert (found["answers"], found["share_lost"]) == (3, 0)
    assert 0 < found["median_ms"] <= found["slowest_tenth_ms"]


def test_confidence_counts_every_answer_once(catalogue: Catalogue) -> None:
    found = measured("confidence", catalogue.path, "--answers", 5)
    assert list(found) == ["pagerank", "cosine:clap"]
    queries = len(evaluation_view(catalogue, "standard", "val").queries)
    assert 0 < sum(level["answers"] for level in found["cosine:clap"]) <= 5 * queries


def test_confidence_prints_a_line_a_word(catalogue: Catalogue) -> None:
    lines = printed("confidence", catalogue.path, "--rankers", "cosine:clap").splitlines()[2:]
    assert lines
    assert all(line.split()[:1] == ["cosine:clap"] and line.split()[1] in LEVELS for line in lines)


def test_startup_compares_with_pandas(catalogue: Catalogue) -> None:
    pandas, similar = measured("startup", catalogue.path, "--repeats", 1, "--only", "similar")
    assert (pandas["name"], pandas["ratio"]) == ("import pandas", 1.0)
    assert similar["exit_code"] == 0
    assert similar["cpu_seconds"] > 0
    assert similar["megabytes"] > pandas["megabytes"] > 20


@pytest.mark.slow
@pytest.mark.usefixtures("chromium_path")
def test_every_action_of_a_curator_is_measured() -> None:
    done = command("benchmarks.pages", BUNDLED_FOLDER, "--repeats", 1, "--warm-up", 0, "--json")
    assert done.returncode in (0, 1), done.stderr
    found = json.loads(done.stdout)
    assert tuple(timing["action"] for timing in found) == ACTIONS
    assert all(timing["repeats"] == 1 and 0 < timing["median"] == timing["p95"] for timing in found)
    assert all(timing["kilobytes"] > 1 and timing["page_ms"] > 0 for timing in found)
    assert sum(timing["server_ms"] for timing in found) > 0, "the clock of a process ticks in hundredths of a second"
    by_name = {timing["action"]: timing["kilobytes"] for timing in found}
    assert by_name["first load of a warm server"] > by_name["choose an artist"]


@pytest.mark.usefixtures("lance")
def test_an_index_is_measured_with_each_filter(tmp_path: Path) -> None:
    found = measured("index", "--artists", 300, "--folder", tmp_path, "--repeats", 5)
    assert [(one["space"], one["filter"]) for one in found[:5]] == [
        ("sound", name) for name in ("none", "50% at random", "10% at random", "1% at random", "a decade")
    ]
    assert {one["space"] for one in found} == {"sound", "tags"}
    assert all(one["recall"] >= 0.9 and one["megabytes"] > 0 for one in found)
