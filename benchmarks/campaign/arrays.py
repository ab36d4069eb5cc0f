"""Ways to spoil an array, and an archive of arrays, such as a map: other types, shapes, headers, numbers, members."""

import io
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.campaign.documents import LONG, another_type, another_value, nested, spots, unknown_key, without
from benchmarks.campaign.files import Way
from tests.support.furnished import DEEP, set_shape

_SHAPES = (
    "()",
    "(24,)",
    "(24, 0)",
    "(0, 4)",
    "(24, 4, 1)",
    "(4, 24)",
    "(23, 4)",
    "(25, 4)",
    "(-24, 4)",
    "(24, -4)",
    "(99999999999999999999, 4)",
    "(0, 99999999999999999999)",
    "(4611686018427387904, 4)",
    "(24.0, 4)",
    "('24', 4)",
    "(24, 4",
    "[24, 4]",
    "(True, 96)",
    "24, 4",
    "((24, 4),)",
    "(1,) * 70",
    "(" + "1," * 40 + ")",
)
_DTYPES = ("<f8", ">f4", "<i4", "<u8", "|b1", "<c8", "<U3", "|S4", "<M8[s]", "<f2", "|O", "|V4", "<f16")


def _other_shape(file: Path, rng: random.Random) -> None:
    set_shape(file, rng.choice(_SHAPES))


def _other_header(file: Path, rng: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[rng.randrange(128)] = rng.randrange(256)
    file.write_bytes(content)


def _other_type_in_header(file: Path, rng: random.Random) -> None:
    file.write_bytes(file.read_bytes().replace(b"'<f4'", f"'{rng.choice(_DTYPES)}'".encode(), 1))


def _saved_otherwise(file: Path, rng: random.Random) -> None:
    values = np.load(file)
    ways: tuple[Callable[[], Any], ...] = (
        lambda: values.astype(np.float64),
        lambda: values.astype(np.int32),
        lambda: values.astype("U8"),
        lambda: values.astype(np.complex64),
        lambda: values.astype(">f4"),
        lambda: np.asfortranarray(values),
        lambda: values[:-1],
        lambda: np.concatenate([values, values]),
        lambda: values[:, :0],
        lambda: values[:, :1],
        lambda: values.ravel(),
        lambda: values[None],
        lambda: np.float32(1),
        lambda: np.zeros((len(values), 70_000), np.float32),
        lambda: values.astype([("x", "<f4")]),
    )
    np.save(file, rng.choice(ways)())


def _other_numbers(file: Path, rng: random.Random) -> None:
    values = np.load(file)
    rows = rng.choice((slice(None), slice(0, 1), slice(None, None, 2), slice(-1, None)))
    columns = rng.choice((slice(None), slice(0, 1)))
    values[rows, columns] = rng.choice((np.nan, np.inf, -np.inf, 0, 3e38, -3e38, 1e-45, 1e20, -1))
    np.save(file, values)


def _python_objects(file: Path, rng: random.Random) -> None:
    np.save(file, np.array([[{}] * 4] * 24, object), allow_pickle=True)


ARRAYS: tuple[Way, ...] = (
    *(_other_shape,) * 2,
    _other_header,
    _other_type_in_header,
    *(_saved_otherwise,) * 2,
    *(_other_numbers,) * 3,
    _python_objects,
)


def _changed_archive(change: Callable[[dict[str, bytes], random.Random], None]) -> Way:
    def way(file: Path, rng: random.Random) -> None:
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        change(members, rng)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)

    way.__name__ = change.__name__
    return way


def _without_member(members: dict[str, bytes], rng: random.Random) -> None:
    del members[rng.choice(list(members))]


def _renamed_member(members: dict[str, bytes], rng: random.Random) -> None:
    members[rng.choice(("x.npy", ".", "../x.npy", "/x.npy", "coordinates", LONG[:300]))] = members.pop(
        rng.choice(list(members))
    )


def _other_member(members: dict[str, bytes], rng: random.Random) -> None:
    name = rng.choice(list(members))
    values = np.load(io.BytesIO(members[name]))
    ways: tuple[Callable[[], Any], ...] = (
        lambda: values.astype("U20"),
        lambda: values.ravel()[:-1],
        lambda: np.zeros((24, 2), np.float64),
        lambda: np.zeros((24, 3), np.float32),
        lambda: np.full((24, 2), np.inf, np.float32),
        lambda: np.full((24, 2), np.nan, np.float32),
        lambda: np.full((24, 2), 3e38, np.float32),
        lambda: np.full(24, np.nan, np.float32),
        lambda: np.full(24, -5, np.float32),
        lambda: np.array("{}"),
        lambda: np.array(DEEP[:3000]),
        lambda: np.float32(1),
        lambda: np.zeros(50_000_000, np.uint8),
    )
    members[name] = _npy(rng.choice(ways)())


def _spoilt_member(members: dict[str, bytes], rng: random.Random) -> None:
    name = rng.choice(list(members))
    content = bytearray(members[name])
    for _ in range(rng.randint(1, 5)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    members[name] = bytes(content[: rng.choice((len(content), len(content) // 2))])


def _other_description(members: dict[str, bytes], rng: random.Random) -> None:
    description = json.loads(str(np.load(io.BytesIO(members["description.npy"]))))
    container, key = rng.choice(spots(description))
    rng.choice((another_value, another_type, without, unknown_key, nested))(container, key, rng)
    members["description.npy"] = _npy(np.array(json.dumps(description)))


def _npy(values: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


ARCHIVES: tuple[Way, ...] = (
    _changed_archive(_without_member),
    _changed_archive(_renamed_member),
    *(_changed_archive(_other_member),) * 2,
    _changed_archive(_spoilt_member),
    *(_changed_archive(_other_description),) * 4,
)
