"""TensorFlow's checkpoint files read without TensorFlow: the index is a LevelDB table, the data is plain numbers.

The index is an uncompressed table (https://github.com/google/leveldb/blob/main/doc/table_format.md) whose values are
BundleEntryProto messages of tensorflow/core/protobuf/tensor_bundle.proto.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from core.arrays import FloatArray
from core.errors import NearfieldError

_MAGIC = 0xDB4775248B80FB57
_FOOTER, _HANDLES = 48, 40
_UNCOMPRESSED = 0
_FLOAT32 = 1
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LARGEST = 1 << 31


@dataclass(frozen=True)
class _Entry:
    """Where a tensor is in the data: its first byte, its number of bytes and its shape."""

    dtype: int
    shape: tuple[int, ...]
    offset: int
    size: int


def read_bundle(index: bytes, data: bytes, skip: tuple[str, ...] = ()) -> dict[str, FloatArray]:
    """Name -> tensor of a checkpoint with one file of data; names that contain one of `skip` are left out.

    Raises NearfieldError for a file of another form, for tensors of other numbers than float32, and for numbers that
    are not finite.
    """
    tensors = {}
    try:
        for key, value in _table(index):
            name = key.decode()
            if not name or any(part in name for part in skip):
                continue
            entry = _entry(value)
            if entry.dtype != _FLOAT32 or entry.size != 4 * int(np.prod(entry.shape)):
                raise _damaged(f"{name} holds no float32")
            tensors[name] = np.frombuffer(data, "<f4", entry.size // 4, entry.offset).reshape(entry.shape)
            if not np.isfinite(tensors[name]).all():
                raise _damaged(f"{name} holds numbers that are not finite")
    except (ValueError, IndexError, struct.error) as fault:
        raise _damaged(str(fault)) from None
    return tensors


def _table(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The keys and values of a LevelDB table."""
    if len(content) < _FOOTER or struct.unpack("<Q", content[-8:])[0] != _MAGIC:
        raise _damaged("its index has no footer")
    footer = content[-_FOOTER:][:_HANDLES]
    _, after = _handle(footer, 0)
    index, _ = _handle(footer, after)
    for _, value in _block(content, index):
        yield from _block(content, _handle(value, 0)[0])


def _block(content: bytes, handle: tuple[int, int]) -> Iterator[tuple[bytes, bytes]]:
    offset, size = handle
    block = content[offset : offset + size]
    if len(block) < size or content[offset + size] != _UNCOMPRESSED:
        raise _damaged("its index is compressed or cut off")
    (restarts,) = struct.unpack("<I", block[-4:])
    end, at, key = size - 4 - 4 * restarts, 0, b""
    while at < end:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        length, at = _varint(block, at)
        key = key[:shared] + block[at : at + own]
        yield key, block[at + own : at + own + length]
        at += own + length


def _handle(content: bytes, at: int) -> tuple[tuple[int, int], int]:
    offset, at = _varint(content, at)
    size, at = _varint(content, at)
    return (offset, size), at


def _varint(content: bytes, at: int) -> tuple[int, int]:
    """The number at `at` and the place behind it."""
    value = shift = 0
    while True:
        byte = content[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            break
    if value >= _LARGEST:
        raise ValueError("a number in its index is too large")
    return value, at


def _entry(message: bytes) -> _Entry:
    numbers = {1: 0, 4: 0, 5: 0}
    shape: tuple[int, ...] = ()
    for number, value in _fields(message):
        if isinstance(value, bytes):
            shape = _shape(value) if number == 2 else shape
        elif number in numbers:
            numbers[number] = value
    return _Entry(numbers[1], shape, numbers[4], numbers[5])


def _shape(message: bytes) -> tuple[int, ...]:
    """The sizes in a TensorShapeProto."""
    sizes = [dict(_fields(dim)).get(1, 0) for number, dim in _fields(message) if number == 2 and isinstance(dim, bytes)]
    return tuple(size for size in sizes if isinstance(size, int))


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """The fields of a protocol buffer message that are whole numbers or bytes."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
        elif kind == _BYTES:
            length, at = _varint(message, at)
            yield number, message[at : at + length]
            at += length
        elif kind in (_FIXED32, _FIXED64):
            at += 4 if kind == _FIXED32 else 8
        else:
            raise ValueError("its index holds a field of an unknown kind")


def _damaged(why: str) -> NearfieldError:
    return NearfieldError(f"This checkpoint cannot be converted: {why}. Get it again.")
