"""Files of anything: regular ones only, within bounds, and refused in a sentence."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.array_files import map_array, read_archive
from core.errors import NearfieldError
from core.reading import is_figure, is_number, parse_json, parse_json_object, read_regular
from core.table_files import read_parquet

pytestmark = pytest.mark.timeout(30)


def test_a_pipe_a_folder_and_a_device_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(NearfieldError, match="cannot be read"):
            read_regular(path)
    with pytest.raises(NearfieldError, match="is missing"):
        read_regular(tmp_path / "none")
    with pytest.raises(NearfieldError, match="File name too long"):
        read_regular(tmp_path / ("x" * 300))
    with pytest.raises(NearfieldError):
        read_regular(tmp_path / "nul\0")


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"1234")
    assert read_regular(file, 4) == b"1234"
    with pytest.raises(NearfieldError, match="4 bytes are more than 3"):
        read_regular(file, 3)
    os.truncate(file, 3 << 30)
    with pytest.raises(NearfieldError, match="more than"):
        read_regular(file)


def test_json_has_bounds() -> None:
    assert parse_json("[1, NaN]", "It")[0] == 1
    assert parse_json("[" * 100 + "]" * 100, "It")
    for text in ("9" * 5000, "[" * 102 + "]" * 102, "[" * 500_000, b"\xff", ""):
        with pytest.raises(NearfieldError, match="It is not valid JSON"):
            parse_json(text, "It")
    with pytest.raises(NearfieldError, match="JSON object"):
        parse_json_object("[]", "It")


def test_numbers() -> None:
    assert all(map(is_number, (0, -1.5, 10**300)))
    assert not any(map(is_number, (True, None, "1", float("nan"), float("inf"), 10**400)))
    assert is_figure(float("nan"))
    assert not is_figure(10**400)


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_come_back(tmp_path: Path, order: str) -> None:
    values = np.array(np.arange(12, dtype=np.float32).reshape(4, 3), order=order)
    np.save(tmp_path / "a.npy", values)
    np.savez_compressed(tmp_path / "a.npz", values=values, text=np.array("text"))
    mapped = map_array(tmp_path / "a.npy")
    assert isinstance(mapped, np.memmap)
    np.testing.assert_array_equal(mapped, values)
    read = read_archive(tmp_path / "a.npz", 10_000)
    np.testing.assert_array_equal(read["values"], values)
    assert str(read["text"]) == "text"
    with pytest.raises(NearfieldError, match="more than"):
        read_archive(tmp_path / "a.npz", 300)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), ",
        "{'descr': (), 'fortran_order': False, 'shape': (2, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, True), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "9" * 4000 + ", 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (" + "9" * 4400 + ", 2), }",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (9000, 9000), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 2), }",
        "{'descr': '<U999999999', 'fortran_order': False, 'shape': (2, 2), }",
        "{1: 2, 'descr': 3}",
        "(" * 9000,
        "-" * 9000 + "1",
        "{'descr': '<f4', '''",
        "\0",
    ],
)
def test_a_header_of_other_bytes_is_refused(tmp_path: Path, header: str) -> None:
    file = tmp_path / "a.npy"
    file.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(8))
    with pytest.raises(NearfieldError, match=r"a\.npy is not a readable array"):
        map_array(file)


def test_an_array_may_be_padded_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "a.npy"
    np.save(file, np.arange(6.0))
    os.truncate(file, 1000)
    np.testing.assert_array_equal(map_array(file), np.arange(6.0))
    os.truncate(file, 3 << 30)
    with pytest.raises(NearfieldError, match="tells of 48 bytes, and there are 3,221,225,344"):
        map_array(file)


def test_an_archive_that_lies_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "a.npz"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("values.npy", bytes(20 << 20))
    with pytest.raises(NearfieldError, match="unpacks to more"):
        read_archive(file, 1 << 20)


def test_tables_come_back(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["a", None], "number": pd.array([1, None], "Int32"), "list": [["x"], []]})
    frame.to_parquet(tmp_path / "a.parquet")
    read = read_parquet(tmp_path / "a.parquet", 2)
    assert read["text"].tolist()[0] == "a"
    assert read["number"].dtype == "Int32"
    assert [list(value) for value in read["list"]] == [["x"], []]
    with pytest.raises(NearfieldError, match="2 rows"):
        read_parquet(tmp_path / "a.parquet", 1)


def test_a_table_of_long_equal_texts_is_refused_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.table_files.LARGEST_TABLE", 64 << 20)
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(40_000, np.int32)), ["x" * 4000])
    pq.write_table(pa.table({"text": text}), tmp_path / "a.parquet", store_schema=False)
    assert (tmp_path / "a.parquet").stat().st_size < 1 << 20
    with pytest.raises(NearfieldError, match="too large"):
        read_parquet(tmp_path / "a.parquet", 1_000_000)


def test_columns_of_one_name_and_half_characters_are_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table([[1], [2]], names=["a", "a"]), tmp_path / "a.parquet")
    with pytest.raises(NearfieldError, match="the same name"):
        read_parquet(tmp_path / "a.parquet", 10)
    broken = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\1\0\0\0"), pa.py_buffer(b"\xff")])
    pq.write_table(pa.table({"a": broken}), tmp_path / "a.parquet")
    with pytest.raises(NearfieldError, match="not a readable parquet"):
        read_parquet(tmp_path / "a.parquet", 10)
