"""Files that are old or new and never half, and hashes that tell contents apart."""

import errno
import hashlib
import json
import os
import resource
import signal
from pathlib import Path

import numpy as np
import pytest
from filelock import Timeout
from safetensors import SafetensorError
from safetensors.numpy import save_file

from core.errors import NearfieldError
from core.storage import (
    atomic_path,
    is_temporary,
    read_json,
    sha256_arrays,
    sha256_file,
    sha256_text,
    sweep,
    temporary_folder,
    write_array,
    write_json,
    writing,
)
from tests.support.faults import killed_before, refusing, told


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file.txt"
    with atomic_path(file) as temporary:
        temporary.write_text("whole")
        assert temporary.parent == file.parent
        assert is_temporary(temporary.name)
        assert temporary.suffix != ".txt"
        assert not file.exists()
    assert file.read_text() == "whole"
    assert file.stat().st_mode & 0o777 == 0o644
    assert list(file.parent.iterdir()) == [file]


def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_text("old")

    def fail_half_way() -> None:
        with atomic_path(file) as temporary:
            temporary.write_text("ha")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_failing_first_write_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_json(tmp_path / "file.json", {"not": {"json": object()}})
    with pytest.raises(UnicodeEncodeError):
        write_json(tmp_path / "file.json", {"half a character": "\ud800"})
    assert list(tmp_path.iterdir()) == []


def test_json_comes_back(tmp_path: Path) -> None:
    content = {"name": "Sigur Rós 🎸 \u202eיש", "list": [1, 2.5, None, True], "nested": {"": ""}}
    write_json(tmp_path / "file.json", content)
    assert read_json(tmp_path / "file.json") == content
    assert "Sigur Rós 🎸" in (tmp_path / "file.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not valid JSON"),
        (b"{", "not valid JSON"),
        (b"\xff\xfe\x00", "not valid JSON"),
        (b"[" * 200_000, "not valid JSON"),
        (b"[1, 2]", "must hold a JSON object"),
        (b"null", "must hold a JSON object"),
    ],
)
def test_what_is_no_json_object_is_refused_by_name(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "file.json").write_bytes(content)
    with pytest.raises(NearfieldError, match=rf"file\.json .*{reason}|file\.json {reason}"):
        read_json(tmp_path / "file.json")


def test_a_missing_file_and_a_folder_are_no_json(tmp_path: Path) -> None:
    with pytest.raises(NearfieldError, match=r"file\.json is missing"):
        read_json(tmp_path / "file.json")
    (tmp_path / "file.json").mkdir()
    with pytest.raises(NearfieldError, match="cannot be read"):
        read_json(tmp_path / "file.json")


def test_file_hash_is_sha256_of_the_bytes(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000  # more than one block
    (tmp_path / "file").write_bytes(content)
    assert sha256_file(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_no_two_lists_of_texts_share_a_hash() -> None:
    lists = [(), ("",), ("", ""), ("ab",), ("a", "b"), ("a", "", "b"), ("b", "a"), ("\ud800",)]
    assert len({sha256_text(*parts) for parts in lists}) == len(lists)


def test_array_hash_sees_type_shape_and_values_only() -> None:
    base = np.arange(6, dtype=np.int32)
    others = [base.astype(np.int64), base.reshape(2, 3), base.reshape(3, 2), base[:0], base[::-1], base.astype(">i4")]
    hashes = {sha256_arrays(array) for array in [base, *others]}
    assert len(hashes) == len(others) + 1
    assert sha256_arrays(base.reshape(2, 3)) == sha256_arrays(np.asfortranarray(base.reshape(2, 3)))
    assert sha256_arrays(np.repeat(base, 2)[::2]) == sha256_arrays(base)
    assert sha256_arrays(base, base) != sha256_arrays(np.concatenate([base, base]))


def test_objects_have_no_hash() -> None:
    with pytest.raises(TypeError):
        sha256_arrays(np.array(["text", None], dtype=object))


def test_written_json_ends_in_a_line_break(tmp_path: Path) -> None:
    write_json(tmp_path / "file.json", {"a": 1})
    text = (tmp_path / "file.json").read_text()
    assert text.endswith("}\n")
    assert json.loads(text) == {"a": 1}


ERRORS = [errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EACCES]


def test_a_file_killed_at_any_step_is_old_or_new_and_its_temporary_is_swept(tmp_path: Path) -> None:
    file = tmp_path / "file.json"
    step, found = 1, []
    write_json(file, {"version": 1})
    while killed_before(step, lambda: write_json(file, {"version": 2})):
        found.append(read_json(file)["version"])
        assert [entry for entry in tmp_path.glob("*.json") if entry != file] == []
        sweep(tmp_path)
        assert list(tmp_path.iterdir()) == [file]
        write_json(file, {"version": 1})
        step += 1
    assert step > 2
    assert read_json(file) == {"version": 2}
    assert set(found) == {1}  # the last change of the writer is the one that puts the new file in place


def test_what_somebody_is_writing_is_not_swept(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "file") as temporary, temporary_folder(tmp_path / "folder") as building:
        (building / "inside").touch()
        sweep(tmp_path)
        assert temporary.exists()
        assert (building / "inside").exists()
        temporary.write_text("whole")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("name", ["x" * 250, "🎸" * 62, "two\nlines", ".hidden", 'spaces and "quotes"'])
def test_odd_names_have_temporaries_too(tmp_path: Path, name: str) -> None:
    assert killed_before(4, lambda: write_json(tmp_path / name, {}))
    litter = [entry.name for entry in tmp_path.iterdir()]
    assert litter
    assert all(is_temporary(entry) for entry in litter)
    sweep(tmp_path)
    write_json(tmp_path / name, {})
    assert [entry.name for entry in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", [".git", ".x.old", ".x.lock", "x.tmp-abcd1234", ".x.tmp-abcd12345", ".x.json"])
def test_names_of_others_are_no_temporaries(name: str) -> None:
    assert not is_temporary(name)


@pytest.mark.parametrize("number", ERRORS)
def test_what_the_system_refuses_is_told_with_a_remedy_and_leaves_the_old_file(tmp_path: Path, number: int) -> None:
    file = tmp_path / "file.json"
    write_json(file, {"version": 1})
    refused = 0
    for step in range(1, 20):
        with refusing(number, step):
            message = told(lambda: write_json(file, {"version": 2}))
        if message:
            refused += 1
            assert message.startswith(f"{file} cannot be written ({os.strerror(number)}). ")
            assert message.endswith("try again.")
            assert read_json(file) == {"version": 1}
            assert list(tmp_path.iterdir()) == [file]
    assert refused > 2


def test_a_lock_that_is_held_is_no_fault_of_the_disk() -> None:
    with pytest.raises(Timeout), writing("The file"):
        raise Timeout("file.lock")


def test_other_faults_of_a_library_stay_what_they_are() -> None:
    with pytest.raises(SafetensorError), writing("The file"):
        raise SafetensorError("invalid header")


def test_libraries_that_hide_the_reason_of_a_full_disk_do_not(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: part of the file is written, then the system refuses."""
    values = np.zeros(100_000, np.float32)

    def write_npy(path: Path) -> None:
        with atomic_path(path) as temporary:
            write_array(temporary, values)

    def write_safetensors(path: Path) -> None:
        with atomic_path(path) as temporary:
            save_file({"values": values}, temporary)

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, before[1]))
        said = [
            told(lambda: write_npy(tmp_path / "a.npy")),
            told(lambda: write_safetensors(tmp_path / "a.safetensors")),
        ]
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(tmp_path.iterdir()) == []
    for message, name in zip(said, ("a.npy", "a.safetensors"), strict=True):
        assert message == f"{tmp_path / name} cannot be written (File too large). Make room and try again."


def test_an_array_comes_back(tmp_path: Path) -> None:
    for values in (np.arange(6, dtype=np.float32).reshape(2, 3), np.empty((0, 4), np.int64), np.array("text")):
        write_array(tmp_path / "a", values)
        read = np.load(tmp_path / "a", allow_pickle=False)
        assert read.dtype == values.dtype
        np.testing.assert_array_equal(read, values)
    with pytest.raises(ValueError, match="Object arrays"):
        write_array(tmp_path / "b", np.array([None], dtype=object))
