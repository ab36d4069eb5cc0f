"""The command line at a terminal: what it loads, its help, names with a leading dash, encodings and closed pipes."""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from core.catalogue import Catalogue
from core.catalogue.library import BUNDLED
from core.cli import COMMANDS, PROGRAM, app, main
from core.runs.config import ObjectiveConfig, TrainingConfig
from tests.support.catalogues import tiny_catalogue

ROOT = Path(__file__).resolve().parents[3]
DEMO = ROOT / "data" / BUNDLED
NAMES = ["Björk", "…And You", "-name", "Sigur Rós", "\N{GUITAR}", "plain"]
MODELS = {"torch", "torch_geometric", "transformers"}


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return tiny_catalogue(tmp_path / "c", len(NAMES), [(0, row) for row in range(1, len(NAMES))], name=NAMES)


def run_core(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "core", *map(str, arguments)]
    environment = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, encoding="ascii", timeout=120)


def modules_after(script: str) -> set[str]:
    """The packages that a fresh interpreter has loaded after a script that may end the program."""
    script = f"import sys, atexit\natexit.register(lambda: print(*sys.modules, file=sys.stderr))\n{script}"
    command = [sys.executable, "-c", script]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return set(ended.stderr.splitlines()[-1].split())


# What is loaded


def test_help_loads_no_command() -> None:
    modules = modules_after("from core.cli import main; main(['--help'])")
    assert "typer" in modules
    assert not modules & (MODELS | {"scipy", "pandas", "numpy", "rich", "core.catalogue"})
    assert not {f"core.cli.{function.split(':')[0]}" for function, _ in COMMANDS.values()} & modules


@pytest.mark.parametrize("arguments", [["check", str(DEMO)], ["results", str(DEMO)], ["checkpoint", "list"]])
def test_what_reads_alone_loads_no_models(arguments: list[str]) -> None:
    assert not modules_after(f"from core.cli import main; sys.exit(main({arguments}))") & MODELS


def test_the_help_of_commands_loads_no_models() -> None:
    modules = modules_after("from core.cli import app\nfor command in app.commands.values(): command.load()")
    assert {f"core.cli.{function.split(':')[0]}" for function, _ in COMMANDS.values()} <= modules
    assert not modules & MODELS


def test_similar_loads_no_models_in_any_space() -> None:
    modules = modules_after(
        "from core.catalogue import open_catalogue\n"
        "from core.cli import main\n"
        "from core.search.spaces import list_spaces\n"
        f"spaces = list_spaces(open_catalogue({str(DEMO)!r}))\n"
        "assert len(spaces) > 5\n"
        "for space in spaces:\n"
        f"    assert main(['similar', {str(DEMO)!r}, '--artist', 'The Paper Orphans', '--space', space.name]) == 0"
    )
    assert "core.search.spaces" in modules
    assert not modules & MODELS


# Help


def test_help_lists_every_command_with_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["-h"])
    assert end.value.code == 0
    words = " ".join(capsys.readouterr().out.split())
    assert all(f"{name} {text}" in words for name, (_, text) in COMMANDS.items())
    assert "--artist=-NAME" in words
    assert "completion" not in words


@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_any_terminal(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "-h"])
    out = capsys.readouterr().out
    assert out.isascii()
    assert " ".join(COMMANDS[command][1].split()) in " ".join(out.split())


def test_options_are_told_apart_by_what_they_are_about(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["train", "--help"])
    panels = re.split(r"\n(?=\S.*:\n)", capsys.readouterr().out)
    assert [panel.partition(":")[0].partition(" (")[0] for panel in panels[1:]] == [
        "Arguments",
        "Options",
        "Model and optimiser",
        "What is learned",
    ]
    assert "--thinning" in panels[-1]


def test_a_misspelt_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["similr"])
    assert end.value.code == 2
    assert "Did you mean 'similar'?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["train", "c"], "Missing option '--features'"),
        (["train", "c", "--features", "clap", "--backbone", "mlp"], "'mlp' is not one of gatedgcn, gatv2"),
        (["import", "spotify", "a", "b"], "'spotify' is not one of disco-olga"),
        (["grid", "c", "--layers", "two"], "Invalid value for '--layers': 'two' is no list of numbers."),
        (["text", "c", "piano", "--weights", "a"], "Invalid value for '--weights': 'a' is no list of numbers."),
        (["checkpoint", "drop"], "'drop' is not one of 'list', 'get', 'verify'"),
        (["check", "c", "d"], "unexpected extra argument"),
        (["check", "c", "--fast"], "No such option: --fast"),
        (["text", "c", "-piano"], "No such option: -p"),
    ],
)
def test_wrong_usage_says_what_is_wrong(
    catalogue: Catalogue, arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command, *rest = [str(catalogue.path) if argument == "c" else argument for argument in arguments]
    with pytest.raises(SystemExit) as end:
        main([command, *rest])
    assert end.value.code == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"Usage: {PROGRAM} {command} " in err
    assert f"{PROGRAM} {command}: error: " in err
    assert reason in err


# Commands that are written down


def written_commands() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
    shown = re.findall(rf"^    (?:\.venv/bin/)?{PROGRAM} (.+)$", readme, re.MULTILINE)
    return shown + [" ".join(said.split()) for said in re.findall(rf"`{PROGRAM} ([^`]+)`", readme)]


def test_readme_shows_most_commands() -> None:
    assert len(written_commands()) >= 20


@pytest.mark.parametrize("line", written_commands())
def test_the_commands_in_readme_are_understood(line: str) -> None:
    command, *arguments = shlex.split(line)
    assert app.commands[command].make_context(command, arguments).params


def test_the_command_that_a_run_records_is_understood() -> None:
    config = TrainingConfig("clap", precision="bfloat16", objective=ObjectiveConfig(loss="softmax", hidden_share=0.25))
    command, *arguments = shlex.split(config.command.removeprefix(PROGRAM))
    params = app.commands[command].make_context(command, arguments).params
    assert (params["precision"], params["loss"], params["hidden_share"]) == ("bfloat16", "softmax", 0.25)


# A leading dash


@pytest.mark.parametrize("artist", [["--artist=-name"], ["--artist", "-name"]])
def test_a_name_that_begins_with_a_dash(
    catalogue: Catalogue, artist: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["similar", str(catalogue.path), *artist, "--space", "pagerank", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["artist"] == "-name"


def test_a_folder_that_begins_with_a_dash(
    catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(catalogue.path.parent)
    catalogue.path.rename("-c")
    assert main(["check", "--json", "--", "-c"]) == 0
    assert json.loads(capsys.readouterr().out) == {"problems": []}


# Encodings and pipes


def test_a_table_in_an_encoding_without_the_names(catalogue: Catalogue) -> None:
    ended = run_core("similar", catalogue.path, "--artist", "plain", "--space", "pagerank", PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Bj?rk" in ended.stdout
    assert "?And You" in ended.stdout


def test_json_in_an_encoding_without_the_names(catalogue: Catalogue) -> None:
    arguments = ("similar", catalogue.path, "--artist", "plain", "--space", "pagerank", "--json")
    ended = run_core(*arguments, PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert {row["artist"] for row in json.loads(ended.stdout)["similar"]} == set(NAMES) - {"plain"}


def test_a_refusal_in_an_encoding_without_its_quotes(catalogue: Catalogue) -> None:
    arguments = ("similar", catalogue.path, "--artist", "Nobody At All", "--space", "pagerank")
    ended = run_core(*arguments, PYTHONIOENCODING="ascii")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith("nearfield: No artist fits \\u201cNobody At All\\u201d")


@pytest.mark.parametrize("arguments", [["check", "CATALOGUE"], ["--help"], ["similar", "-h"]])
def test_a_reader_that_left_is_no_fault(catalogue: Catalogue, arguments: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    arguments = [str(catalogue.path) if argument == "CATALOGUE" else argument for argument in arguments]
    with os.fdopen(writer, "wb") as output:
        ended = subprocess.run(
            [sys.executable, "-m", "core", *arguments], cwd=ROOT, stdout=output, stderr=subprocess.PIPE, timeout=120
        )
    assert (ended.returncode, ended.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("fault", "code", "said"),
    [
        (KeyboardInterrupt(), 130, "nearfield: stopped.\n"),
        (
            PermissionError(13, "Permission denied", "artists.parquet"),
            2,
            "nearfield: artists.parquet: Permission denied.\n",
        ),
        (OSError("no room"), 2, "nearfield: no room.\n"),
    ],
)
def test_what_stops_a_command_is_said(
    catalogue: Catalogue,
    fault: BaseException,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail(path: Path) -> None:
        raise fault

    monkeypatch.setattr("core.experiments.inspection.inspect", fail)
    assert main(["check", str(catalogue.path)]) == code
    assert capsys.readouterr().err == said
