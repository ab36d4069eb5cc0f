"""Folders that can be chosen from: those below the allowed roots, and nothing else is shown or confirmed to exist."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.catalogue.places import ROOTS_VARIABLE, Places, allowed_roots
from core.errors import CatalogueError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    (folder / "Albums" / "one").mkdir(parents=True)
    (folder / ".hidden").mkdir()
    (tmp_path / "secret").mkdir()
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "linked").symlink_to(folder / "Albums" / "one")
    for name in ("a.flac", "b.MP3", "cover.jpg", "listens.csv"):
        (folder / name).touch()
    os.mkdir(os.fsencode(folder) + b"/\xff")
    return folder


def test_folders_that_lead_out_are_not_shown_and_a_linked_album_is(root: Path) -> None:
    inside = Places([root]).inside("0", (".csv",))
    assert inside.folders == ["Albums", "linked", ".hidden"]
    assert inside.files == ["listens.csv"]
    assert inside.music == 2
    assert Places([root]).path("0/linked") == root / "linked"


@pytest.mark.parametrize(
    "place", ["", "1", "-1", "x", "0/out", "0/..", "0/../secret", "0/nowhere", "0//etc", "0/a\0", "/etc", "0/./Albums"]
)
def test_what_is_outside_and_what_is_missing_are_the_same(root: Path, place: str) -> None:
    with pytest.raises(CatalogueError, match="no such folder among those"):
        Places([root]).path(place)


def test_the_home_is_offered_on_a_local_server_alone(monkeypatch: pytest.MonkeyPatch, root: Path) -> None:
    monkeypatch.delenv(ROOTS_VARIABLE, raising=False)
    monkeypatch.setenv("HOME", str(root))
    assert allowed_roots(is_local=True) == [root]
    assert allowed_roots(is_local=False) == []
    assert Places([root]).title("0") == "Home"
    monkeypatch.setenv(ROOTS_VARIABLE, f"{root}/Albums:{root}/nowhere:{root}/Albums")
    assert allowed_roots(is_local=True) == allowed_roots(is_local=False) == [root / "Albums"]
    assert Places(allowed_roots(is_local=False)).title("0") == "Albums"
