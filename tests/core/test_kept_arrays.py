"""Arrays are made once, are the same when read again, and go when they grow too large or cannot be read."""

from pathlib import Path

import numpy as np
import pytest

from core import kept_arrays as kept
from core.errors import NearfieldError
from core.kept_arrays import cache_folder, kept_arrays


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    return tmp_path / "arrays"


class Maker:
    """Makes two arrays, and counts how often."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, np.ndarray]:
        self.times += 1
        return {"rows": np.arange(10, dtype=np.int32), "none": np.empty((0, 3), np.float32)}


def test_arrays_are_made_once_and_read_only_then(folder: Path) -> None:
    make = Maker()
    for _ in range(3):
        found = kept_arrays("some", ("a", "b"), make)
        assert sorted(found) == ["none", "rows"]
        assert found["rows"].tolist() == list(range(10))
        assert (found["none"].shape, found["none"].dtype) == ((0, 3), np.float32)
        assert not found["rows"].flags.writeable
    assert make.times == 1
    kept_arrays("some", ("ab",), make)
    assert make.times == 2
    assert len(list(folder.iterdir())) == 2


def test_a_damaged_array_is_made_again(folder: Path) -> None:
    make = Maker()
    kept_arrays("some", ("a",), make)
    (file,) = folder.glob("*/rows.npy")
    file.write_bytes(file.read_bytes()[:-3])
    for _ in range(2):
        assert kept_arrays("some", ("a",), make)["rows"].tolist() == list(range(10))
    assert make.times == 2


def test_nothing_is_kept_where_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "file"))
    make = Maker()
    for _ in range(2):
        assert kept_arrays("some", ("a",), make)["rows"].tolist() == list(range(10))
    assert make.times == 2


def test_what_was_not_used_for_longest_goes(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 1000)
    for number in range(8):
        kept_arrays("some", (str(number),), Maker())
    assert len(list(folder.iterdir())) == 4


def test_the_cache_can_be_chosen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert cache_folder() == tmp_path
    monkeypatch.delenv("NEARFIELD_CACHE")
    assert cache_folder().name == "nearfield"


def test_a_scratch_array_leaves_no_file(tmp_path: Path) -> None:
    room = kept.scratch_array((3, 4), np.float32)
    assert (room.shape, room.dtype, room.any()) == ((3, 4), np.float32, False)
    room[1] = 7
    assert room.sum() == 28
    assert list(tmp_path.iterdir()) == []
    assert kept.scratch_array((0, 4), np.int32).shape == (0, 4)


def test_no_room_for_a_scratch_array_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.posix_fallocate", full)
    with pytest.raises(NearfieldError, match="Make room"):
        kept.scratch_array((3,), np.int32)
