"""Commands on catalogues that lack what they need: a plain sentence with the remedy, and nothing left behind."""

import json
import re
from pathlib import Path

import pytest

from core.cli import main
from core.runs.record import list_runs
from tests.support.any_catalogues import CASES, any_catalogue
from tests.support.catalogues import tiny_catalogue

TRAIN = ["--features", "random", "--steps", "1"]


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.has_learned])
@pytest.mark.parametrize(
    "command",
    [
        ["train", *TRAIN],
        ["grid", *TRAIN, "--plan"],
        ["evaluate", "--ranker", "random"],
        ["fuse", "--name", "all", "--parts", "pagerank"],
    ],
)
def test_without_known_edges_a_command_says_so(
    name: str, command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = any_catalogue(tmp_path, name)
    assert main([command[0], str(catalogue.path), *command[1:]]) == 2
    error = capsys.readouterr().err
    assert "learn none of its kinds of edges" in error if CASES[name].relations else "has no edges" in error
    assert re.search("Import (it|its tables) again", error)
    assert "relations" not in error, "no artist has a MusicBrainz id"
    assert not list_runs(catalogue)


def test_artists_with_mbids_can_get_edges(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mbids = [f"{row:08x}-0000-4000-8000-000000000000" for row in range(3)]
    catalogue = tiny_catalogue(tmp_path / "tiny", 3, mbid=mbids)
    assert main(["train", str(catalogue.path), *TRAIN]) == 2
    assert f"python -m core relations {catalogue.path} --from listenbrainz --learn" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "space", "said"),
    [
        ("one_set", "pagerank", "has no edges"),
        ("unlearned", "pagerank", "learn none of its kinds of edges"),
        ("one_artist", "clap", "the only artist"),
        ("nothing", "clap", "no feature set “clap”"),
    ],
)
def test_similar_artists_that_cannot_be_told(
    name: str, space: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    catalogue = any_catalogue(tmp_path, name)
    assert main(["similar", str(catalogue.path), "--artist", "id-0", "--space", space]) == 2
    assert said in capsys.readouterr().err


def test_an_artist_without_edges_is_told_and_nobody_is_listed_at_zero(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tiny_catalogue(tmp_path / "tiny", 6, [(0, 1), (1, 2)]).path)
    assert main(["similar", path, "--artist", "id-5", "--space", "pagerank"]) == 0
    printed = capsys.readouterr()
    assert "artist 5 has no known edges" in printed.out + printed.err
    assert "0.0000" not in printed.out
    assert main(["similar", path, "--artist", "id-0", "--space", "pagerank", "--json"]) == 0
    assert [one["artist_id"] for one in json.loads(capsys.readouterr().out)["similar"]] == ["id-1", "id-2"]


def test_a_map_needs_two_artists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, two = (any_catalogue(tmp_path, name) for name in ("one_artist", "two_artists"))
    assert main(["map", str(one.path), "--space", "clap"]) == 2
    assert "A map needs two or more" in capsys.readouterr().err
    assert main(["map", str(two.path), "--space", "clap"]) == 0


def test_a_split_without_edges_has_nothing_to_find(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = any_catalogue(tmp_path, "five_artists")
    assert main(["evaluate", str(catalogue.path), "--ranker", "random"]) == 2
    assert "nothing to find on this split" in capsys.readouterr().err
