"""Removing a catalogue: all of it or nothing goes, and music, lists and other folders stay."""

import shutil
from pathlib import Path

import pytest

from core.catalogue import Catalogue, open_catalogue, removing
from core.catalogue.library import list_catalogues
from core.catalogue.music_uploads import uploaded_folder
from core.catalogue.removing import remove_catalogue, what_goes
from core.cli import main
from core.curation.store import change_lists, visitors_with_lists
from core.errors import CatalogueError, NearfieldError
from core.folders import folder_lock
from core.jobs import Jobs
from tests.support.catalogues import tiny_catalogue


@pytest.fixture
def mine(tmp_path: Path) -> Catalogue:
    catalogue = tiny_catalogue(tmp_path / "data" / "mine", 4)
    (catalogue.path / "runs" / "a-run").mkdir(parents=True)
    return catalogue


def test_all_of_it_goes_and_lists_stay(mine: Catalogue) -> None:
    data = mine.path.parent
    change_lists(data, "visitor", mine, lambda lists: lists)
    ended = Jobs(mine.path).create("map", "clap", {})
    Jobs(mine.path).end(ended, "finished")
    goes = what_goes(mine.path)
    assert goes.runs == 1
    assert goes.size > 1000
    remove_catalogue(mine.path)
    assert list_catalogues(data) == []
    assert {path.name for path in data.iterdir()} <= {"nearfield.db", ".mine.lock"}
    assert Jobs(mine.path).listed() == []
    assert visitors_with_lists(data, "mine") == 1
    with pytest.raises(CatalogueError, match="holds no catalogue"):
        remove_catalogue(mine.path)


def test_a_catalogue_at_work_stays(mine: Catalogue) -> None:
    claim = Jobs(mine.path).create("prepare", "", {})
    with pytest.raises(NearfieldError, match="Another process is making this catalogue ready"):
        remove_catalogue(mine.path)
    Jobs(mine.path).end(claim, "cancelled")
    with folder_lock(mine.path), pytest.raises(CatalogueError, match="is being written"):
        remove_catalogue(mine.path)
    assert open_catalogue(mine.path)
    assert len(Jobs(mine.path).listed()) == 1


def test_where_the_system_refuses_all_is_still_there(mine: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    Jobs(mine.path).end(Jobs(mine.path).create("map", "clap", {}), "finished")

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(NearfieldError, match="Permission denied"):
        remove_catalogue(mine.path)
    assert open_catalogue(mine.path)
    assert len(Jobs(mine.path).listed()) == 1


def test_what_a_kill_leaves_is_swept(mine: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removing.shutil, "rmtree", lambda *given, **more: None)
    remove_catalogue(mine.path)
    monkeypatch.undo()
    data = mine.path.parent
    assert any(path.name.startswith(".mine.tmp-") for path in data.iterdir())
    assert list_catalogues(data) == []
    assert not any(".tmp-" in path.name for path in data.iterdir())


def test_a_link_goes_and_what_it_leads_to_stays(mine: Catalogue, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(mine.path)
    assert what_goes(link).is_link
    remove_catalogue(link)
    assert not link.is_symlink()
    assert open_catalogue(mine.path)


@pytest.mark.parametrize("with_uploads", [False, True])
def test_uploaded_music_goes_where_that_is_asked_for(mine: Catalogue, with_uploads: bool) -> None:
    song = uploaded_folder("mine", mine.path.parent) / "tape" / "1.flac"
    song.parent.mkdir(parents=True)
    song.write_bytes(b"music")
    assert what_goes(mine.path).uploaded == 1
    remove_catalogue(mine.path, with_uploads)
    assert song.exists() != with_uploads


def test_the_command_asks_and_removes(
    mine: Catalogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["remove", str(mine.path)]) == 2
    assert "Give --yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: "n")
    assert main(["remove", str(mine.path)]) == 1
    assert open_catalogue(mine.path)
    assert main(["remove", str(mine.path), "--yes"]) == 0
    assert "mine goes" in capsys.readouterr().err
    assert not mine.path.exists()
    shutil.copytree(Path(__file__).parent, mine.path)
    assert main(["remove", str(mine.path), "--yes"]) == 2
    assert (mine.path / Path(__file__).name).exists()
