"""Where numba keeps what it compiles for UMAP: it refuses to import UMAP if it can write nowhere."""

import os
from pathlib import Path

import pytest

from core.maps import projection
from core.maps.projection import give_numba_a_cache, is_writable

VARIABLE = "NUMBA_CACHE_DIR"


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that nobody can make, not even root; numba's own places are no better."""
    monkeypatch.setenv(VARIABLE, "")
    monkeypatch.delenv(VARIABLE)
    file = tmp_path / "file"
    file.write_text("in the way")
    monkeypatch.setattr(projection, "_default_numba_caches", lambda: [tmp_path, file / "cache"])
    return file


def test_numba_keeps_its_own_place_where_it_can_write(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "_default_numba_caches", lambda: [nowhere.parent / "__pycache__"])
    give_numba_a_cache()
    assert VARIABLE not in os.environ


def test_the_folder_of_downloads_is_next(nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "own"))
    give_numba_a_cache()
    assert os.environ[VARIABLE] == str(tmp_path / "own" / "numba")


def test_a_temporary_folder_is_last(nowhere: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(nowhere / "own"))
    monkeypatch.setattr(projection.tempfile, "tempdir", str(tmp_path))
    give_numba_a_cache()
    assert Path(os.environ[VARIABLE]).parent == tmp_path
    assert is_writable(Path(os.environ[VARIABLE]))


def test_a_choice_of_the_user_stands(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/chosen")
    give_numba_a_cache()
    assert os.environ[VARIABLE] == "/chosen"


def test_numbas_own_places_lie_beside_the_packages() -> None:
    assert [place.parent.name for place in projection._default_numba_caches()] == ["umap", "pynndescent"]
