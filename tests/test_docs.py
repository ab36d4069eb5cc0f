"""The documents say what is true: their examples work, and the files, names and layers that they mention are there."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import core
from core.catalogue import open_catalogue
from core.runs.record import RUNS_FOLDER, Run, list_runs
from tests.support.catalogues import trainable

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted(
    file for pattern in ("*.md", "docs/*.md", "assets/**/*.md") for file in ROOT.glob(pattern) if file.is_file()
)
EXTENDING = ROOT / "docs" / "extending.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
SECONDS = 240

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PATH = re.compile(r"(?<![\w/.-])(?:core|pages|tests|docs|benchmarks|scripts|assets)/(?:[\w./*-]*[\w*/])?")
NAME_IN_FILE = re.compile(r"`(\w+)`\s+in\s+`([\w/]+\.py)`")
MODULE = re.compile(r"(?<![\w./])(?:core|pages)(?:\.\w+)+")
PLACE = re.compile(r"# (?P<file>[\w/.]+)(?:, (?P<how>in|above) (?P<line>.+))?")


@dataclass(frozen=True)
class Example:
    """A block of Python: the section it stands in, what its first line says of its place, and the rest."""

    section: str
    place: str
    code: str


def examples() -> list[Example]:
    found = []
    for section in EXTENDING.read_text(encoding="utf-8").split("\n## ")[1:]:
        title = section.partition("\n")[0]
        for language, block in FENCE.findall(section):
            if language == "python":
                place, _, code = block.partition("\n")
                found.append(Example(title, place, code))
    return found


def commands() -> list[list[str]]:
    """The commands of the examples, each as words."""
    blocks = [block for language, block in FENCE.findall(EXTENDING.read_text(encoding="utf-8")) if language == "sh"]
    return [line.split() for block in blocks for line in block.strip().splitlines()]


def put_in_place(example: Example, copy: Path) -> None:
    """Do with a block what its first line says: a new file, or lines above or in a table of a file that is there."""
    place = PLACE.fullmatch(example.place)
    assert place, f"{example.section}: “{example.place}” is no place"
    file = copy / place["file"]
    if place["how"] is None:
        assert not file.exists(), f"{file} is there already"
        file.parent.mkdir(exist_ok=True)
        file.write_text(example.code, encoding="utf-8")
        return
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    begins = re.compile(rf"{re.escape(place['line'])}\b" + (r".* = \{$" if place["how"] == "in" else ""))
    found = [at for at, line in enumerate(lines) if begins.match(line)]
    assert len(found) == 1, f"{place['line']} stands {len(found)} times in {place['file']}"
    at = found[0] + (place["how"] == "in")
    below = "\n\n" if example.code.startswith("class") else ""
    file.write_text("".join([*lines[:at], example.code, below, *lines[at:]]), encoding="utf-8")


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with all that the examples add, and a small catalogue in it."""
    copy = tmp_path_factory.mktemp("extended")
    for name in ("core", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("assets", "pyproject.toml"):
        (copy / name).symlink_to(ROOT / name)
    trainable(copy / "data" / "small")
    for example in examples():
        if example.place != "# a script":
            put_in_place(example, copy)
    return copy


def run_in(copy: Path, *arguments: str) -> str:
    """What Python prints with these arguments in the copy, which alone it knows."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "NEARFIELD_DATA")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, timeout=SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def script_of(section: str) -> str:
    (script,) = [example.code for example in examples() if (example.section, example.place) == (section, "# a script")]
    return script


class TestExamples:
    def test_there_is_one_for_each_thing_that_people_add(self) -> None:
        sections = list(dict.fromkeys(example.section for example in examples()))
        assert sections == ["A feature set", "A backbone", "An importer", "An encoder", "A page"]

    def test_they_are_written_as_the_code_is(self, extended: Path) -> None:
        added = {str(extended / place["file"]) for example in examples() if (place := PLACE.fullmatch(example.place))}
        for arguments in (("check",), ("format", "--check")):
            run_in(extended, "-m", "ruff", *arguments, *sorted(added))

    def test_a_feature_set_is_stored_and_searched(self, extended: Path) -> None:
        assert run_in(extended, "-c", script_of("A feature set")) == "['Bo', 'Cy']\n"
        catalogue = open_catalogue(extended / "data" / "four-artists")
        assert catalogue.feature_names == ["tempo"]

    def test_a_backbone_trains(self, extended: Path) -> None:
        (train,) = [words for words in commands() if "train" in words]
        small = ["data/small" if word == "data/nearfield-demo" else word for word in train[1:]]
        run_in(extended, *small, "--hidden", "8", "--embedding", "4", "--json")
        catalogue = open_catalogue(extended / "data" / "small")
        assert not list_runs(catalogue)  # only the copy knows its backbone
        (folder,) = (catalogue.path / RUNS_FOLDER).glob("sage-max1-clap-*/")
        run = Run(folder)
        assert run.finished
        assert len(run.history()) == 1

    def test_an_importer_reads_its_files(self, extended: Path) -> None:
        source = extended / "two-files"
        source.mkdir()
        table = pd.DataFrame({"artist_id": list("abc"), "name": list("ABC"), "split": ["train", "val", "test"]})
        table.to_csv(source / "artists.csv", index=False)
        pairs = pd.DataFrame({"artist_id": ["a", "b"], "similar_to": ["b", "c"]})
        pairs.to_csv(source / "similar.csv", index=False)
        (imported,) = [words for words in commands() if "import" in words]
        run_in(extended, *(str(source) if word == "PATH/TO/FILES" else word for word in imported[1:]))
        catalogue = open_catalogue(extended / "data" / "my-artists")
        assert catalogue.artists["name"].tolist() == ["A", "B", "C"]
        np.testing.assert_array_equal(catalogue.learned_edges, [[0, 1], [1, 2]])

    def test_an_encoder_keeps_the_contract(self, extended: Path) -> None:
        assert run_in(extended, "-c", script_of("An encoder")) == "(64,)\n"
        contract = (
            "import inspect\n"
            "from core.audio.encoders.band_energy import BandEnergy\n"
            "from core.audio.encoders.family import Listener, feature_sets\n"
            "from core.features.extraction import extractors\n"
            "for name in ('making', 'vectors'):\n"
            "    assert inspect.signature(getattr(BandEnergy, name)) == inspect.signature(getattr(Listener, name))\n"
            "assert 'band_energy' in feature_sets()\n"
            "assert len(extractors(['band_energy'], None)[0].info.columns) == 64\n"
        )
        run_in(extended, "-c", contract)

    def test_a_page_is_in_the_menu_and_runs(self, extended: Path) -> None:
        visit = (
            "from streamlit.testing.v1 import AppTest\n"
            f"app = AppTest.from_file('pages/shell/main.py', default_timeout={SECONDS})\n"
            "app.query_params['catalogue'] = 'small'\n"
            "app.run()\n"
            "app.switch_page('../degrees/page.py').run()\n"
            "assert not app.exception, app.exception\n"
            "print(app.title[0].value, len(app.dataframe[0].value), app.dataframe[0].value['known edges'].max())\n"
        )
        assert run_in(extended, "-c", visit).splitlines()[-1] == "Degrees 10 4"


def prose(document: Path) -> str:
    """The document without its examples in Python, which name files that they add."""
    text = document.read_text(encoding="utf-8")
    return FENCE.sub(lambda fence: "" if fence[1] == "python" else fence[0], text)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: file.name)
class TestWhatIsMentioned:
    def test_every_path_is_there(self, document: Path) -> None:
        missing = [path for path in PATH.findall(prose(document)) if not any(ROOT.glob(path.rstrip("/")))]
        assert missing == []

    def test_every_linked_file_is_there(self, document: Path) -> None:
        links = re.findall(r"\]\((?!https?://|#)([^)#]+)", prose(document))
        assert [link for link in links if not (document.parent / link).exists()] == []

    def test_every_module_is_there(self, document: Path) -> None:
        missing = []
        for name in MODULE.findall(prose(document)):
            module = ROOT.joinpath(*name.split("."))
            # The last part may be what stands in the module, as in core.catalogue.Catalogue.
            homes = (module, module.with_suffix(".py"), module.parent / "__init__.py", module.parent.with_suffix(".py"))
            if not any(home.exists() for home in homes):
                missing.append(name)
        assert missing == []

    def test_every_name_is_in_its_file(self, document: Path) -> None:
        for name, file in NAME_IN_FILE.findall(prose(document)):
            assert re.search(rf"\b{name}\b", (ROOT / file).read_text(encoding="utf-8")), f"{name} is not in {file}"


def layers_drawn(title: str) -> Iterator[set[str]]:
    """The layers of a drawing in docs/architecture.md, from the top: what stands in the first column."""
    section = ARCHITECTURE.read_text(encoding="utf-8").partition(f"\n## {title}\n")[2]
    _, block = FENCE.findall(section)[0]
    for layer in re.split(r"^[┌├└].*$\n", block, flags=re.MULTILINE):
        cells = [line.split("│")[1].strip() for line in layer.splitlines() if line.startswith("│")]
        if names := {name.rstrip("/") for cell in cells for name in cell.replace(",", " ").split()}:
            yield names


@pytest.mark.parametrize(("title", "package"), [("The layers of core", "core"), ("The layers of pages", "pages")])
def test_the_drawing_is_what_import_linter_holds(title: str, package: str) -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    (layers,) = [
        contract["layers"]
        for contract in contracts
        if contract["type"] == "layers" and contract["layers"][0].startswith(f"{package}.")
    ]
    held = [{name.strip().removeprefix(f"{package}.") for name in layer.split("|")} for layer in layers]
    assert list(layers_drawn(title)) == [layer for layer in held if layer != {"__main__"}]


def test_the_drawing_leaves_nothing_out() -> None:
    for title, package in (("The layers of core", "core"), ("The layers of pages", "pages")):
        folder = ROOT / package
        there = {entry.name for entry in folder.iterdir() if any(entry.glob("*.py"))}
        there |= {file.stem for file in folder.glob("*.py")} - {"__init__", "__main__"}
        assert set().union(*layers_drawn(title)) == there


def test_torch_is_imported_at_the_top_only_where_the_page_says() -> None:
    section = ARCHITECTURE.read_text(encoding="utf-8").partition("\n## Where torch is loaded\n")[2].partition(";")[0]
    said = [ROOT / path for path in PATH.findall(section)]
    assert len(said) == 5
    slow = {"torch", "torch_geometric", "transformers", "laion_clap"}
    for file in (file for folder in ("core", "pages") for file in (ROOT / folder).rglob("*.py")):
        names: set[str] = set()
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names.add(node.module or "")
        if slow & {name.partition(".")[0] for name in names}:
            assert any(file.is_relative_to(place) for place in said), file


def test_the_version_has_one_home() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    assert "version" in project["project"]["dynamic"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "core.__version__"}
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (\S+)$", citation, re.MULTILINE)[1] == core.__version__  # type: ignore[index]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(r"^## \[(.+)\]", changes, re.MULTILINE)[1] == core.__version__  # type: ignore[index]
