"""docs/your-own-tables.md does what it says: its files, commands and output, one after another, and its lists."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.catalogue import open_catalogue
from core.catalogue.importers import IMPORTERS
from core.catalogue.importers.tables.mapping import Mapping, parse_mapping
from core.errors import CatalogueError

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "your-own-tables.md").read_text(encoding="utf-8")
BLOCK = re.compile(
    r"(?:`(?P<file>[\w./-]+)`:\n\n|\n\n)```(?P<language>\w+)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)


def run(folder: Path, *words: str) -> str:
    """What Python prints in `folder`, where it finds the project."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which somebody has done all that the page says."""
    folder = tmp_path_factory.mktemp("followed")
    (folder / "my-tables").mkdir()
    printed = ""
    for block in BLOCK.finditer(PAGE):
        if block["language"] == "python":
            run(folder, "-c", block["body"])
        elif block["language"] == "text":
            assert [line for line in block["body"].splitlines() if line not in printed.splitlines()] == []
        elif block["language"] == "sh":
            for line in block["body"].splitlines():
                command, _, target = line.partition(" > ")
                printed = run(folder, *shlex.split(command)[1:])
                if target:
                    (folder / target).write_text(printed, encoding="utf-8")
        else:
            (folder / block["file"]).write_text(block["body"], encoding="utf-8")
    return folder


def test_the_page_is_followed_to_a_catalogue(followed: Path) -> None:
    catalogue = open_catalogue(followed / "data" / "my-artists")
    assert catalogue.artists["artist_id"].tolist() == ["a1", "a2", "a3", "a4", "a5"]
    assert catalogue.artists["name"].tolist()[3:] == ["311", "None"]
    assert catalogue.learned_edges.tolist() == [[0, 2], [0, 3], [2, 4]]
    assert catalogue.feature_names == ["genres", "rhythm", "sound"]
    assert np.allclose(catalogue.feature_array("sound")[:3], [[0.4, 0.2], [0.8, 0.5], [0.1, 0.9]])
    assert (catalogue.manifest.title, catalogue.manifest.licence) == ("My artists", "CC0-1.0")


def test_the_report_in_comments_is_a_mapping(followed: Path) -> None:
    printed = run(followed, "-m", "core", "import", "tables", "my-tables", "--dry-run")
    (followed / "guess.toml").write_text(printed, encoding="utf-8")
    terms = ("--source", "a test", "--licence", "CC0-1.0", "--mapping", "guess.toml")
    run(followed, "-m", "core", "import", "tables", "my-tables", "guessed", *terms)
    assert len(open_catalogue(followed / "guessed")) == 5


def test_every_key_of_a_mapping_is_described() -> None:
    section = PAGE.partition("## What a mapping can say")[2].partition("\n## ")[0]
    described = set(re.findall(r"`(\w+)`", section))
    for table in ("catalogue", "artists", "features", "edges", "relations", "files"):
        with pytest.raises(CatalogueError, match="has no key") as refused:
            parse_mapping({table: {"nothing": ""} if table in ("catalogue", "artists") else [{"nothing": ""}]}, "x")
        keys = set(str(refused.value).partition("It has: ")[2].rstrip(".").split(", "))
        assert keys - described - {"id"} == set(), table
        assert f"[{table}]" in section
        assert hasattr(Mapping(), table)


def test_the_page_lists_what_the_registry_holds() -> None:
    listed = dict(re.findall(r"^\| `([\w-]+)` \| (.+) \|$", PAGE.partition("## Importers")[2], re.MULTILINE))
    assert listed == {name: importer.title for name, importer in IMPORTERS.items()}
