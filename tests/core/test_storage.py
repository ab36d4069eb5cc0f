"""Files that are old or new and never half, and hashes that tell contents apart."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from core.errors import NearfieldError
from core.storage import atomic_path, read_json, sha256_arrays, sha256_file, sha256_text, write_json


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "new" / "file.txt"
    with atomic_path(file) as temporary:
        temporary.write_text("whole")
        assert temporary.parent == file.parent
        assert temporary.suffix == ".txt"
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
