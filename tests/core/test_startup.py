"""Records, lists, search and the command line load nothing that takes seconds: asked of fresh interpreters."""

import subprocess
import sys

import pytest

from core.catalogue.library import BUNDLED
from tests.support.server import ROOT

CATALOGUE = ROOT / "data" / BUNDLED
HEAVY = ("torch", "torch_geometric", "transformers", "scipy.stats", "scipy.signal")
MODULES = (
    "core.runs.record",
    "core.runs.overview",
    "core.runs.jobs",
    "core.search.spaces",
    "core.curation",
    "core.maps",
    "core.clips.service",
    "core.experiments.results",
    "core.prepare.jobs",
)
COMMANDS = (["--help"], ["check", str(CATALOGUE)], ["results", str(CATALOGUE)])

COMMAND = """
import runpy, sys
sys.argv = ["core", *sys.argv[1:]]
try:
    runpy.run_module("core", run_name="__main__")
except SystemExit as end:
    assert not end.code, end.code
"""
ANSWER = """
from core.catalogue import open_catalogue
from core.search.confidence import feature_presence
from core.search.spaces import list_spaces, open_space
from core.similarity import similar

catalogue = open_catalogue(sys.argv[1])
known_to_all = feature_presence(catalogue).all(axis=0).argmax()
for space in list_spaces(catalogue):
    assert len(similar(open_space(catalogue, space.name), known_to_all, 5)), space.name
    print(space.name)
"""


def loaded_after(code: str, *arguments: str) -> tuple[set[str], str]:
    """Which heavy packages a fresh interpreter has loaded after `code`, and what that printed."""
    asking = f"import sys\n{code}\nprint('loaded', *set({HEAVY}).intersection(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", asking, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    printed, _, loaded = done.stdout.rpartition("loaded")
    return set(loaded.split()), printed


@pytest.mark.parametrize("module", MODULES)
def test_importing_is_light(module: str) -> None:
    assert loaded_after(f"import {module}")[0] == set()


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: arguments[0])
def test_the_command_line_is_light(arguments: list[str]) -> None:
    loaded, printed = loaded_after(COMMAND, *arguments)
    assert printed
    assert loaded == set()


def test_every_space_of_the_bundled_catalogue_answers_without_them() -> None:
    loaded, printed = loaded_after(ANSWER, str(CATALOGUE))
    spaces = printed.split()
    assert {name.partition(":")[0] for name in spaces} >= {"clap", "run", "fusion", "pagerank"}
    assert loaded == set()
