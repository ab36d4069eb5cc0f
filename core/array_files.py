"""Arrays in files that anything may have been written into: a header is believed only as far as the file goes."""

import io
import math
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from core.errors import NearfieldError
from core.reading import open_regular

Array: TypeAlias = npt.NDArray[Any]

_MOST_AXES = 8
_LONGEST_AXIS = 1 << 48
_LONGEST_HEADER = 16_384
_LONGEST_TAIL = 1 << 20
"""What some writers leave after the last value."""

_READERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_HEADER_FAULTS = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    SyntaxError,
    tokenize.TokenError,
    OverflowError,
    RecursionError,
    MemoryError,
    EOFError,
    OSError,
)
"""What numpy raises for headers of other bytes than it writes."""

_ARCHIVE_FAULTS = (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, OverflowError, EOFError, OSError)


def map_array(path: Path) -> Array:
    """The array of an .npy file, memory-mapped read-only. Raises NearfieldError unless the file holds all of it
    and hardly more, so whoever reads the whole file reads no more than the array tells of."""
    with open_regular(path) as file:
        dtype, shape, fortran, offset = _header(file.read(_LONGEST_HEADER), path.name)
        _check_size(dtype, shape, file.seek(0, io.SEEK_END) - offset, path.name)
        try:
            return np.memmap(file, dtype, "r", offset, shape, "F" if fortran else "C")
        except (OSError, ValueError, OverflowError) as fault:
            raise NearfieldError(f"{path.name} is not a readable array ({fault}).") from None


def read_archive(path: Path, largest: int) -> dict[str, Array]:
    """The arrays of an .npz file, by name; together they may have `largest` bytes. Raises NearfieldError otherwise."""
    arrays: dict[str, Array] = {}
    left = largest
    try:
        with open_regular(path, largest) as file, zipfile.ZipFile(file) as archive:
            for name in archive.namelist():
                with archive.open(name) as member:
                    content = member.read(left + 1)
                left -= len(content)
                if left < 0:
                    raise NearfieldError(f"{path.name} cannot be read (it unpacks to more than {largest:,} bytes).")
                arrays[name.removesuffix(".npy")] = _array_of(content, path.name)
    except _ARCHIVE_FAULTS as fault:
        raise NearfieldError(f"{path.name} cannot be read ({fault or type(fault).__name__}).") from None
    return arrays


def _array_of(content: bytes, name: str) -> Array:
    dtype, shape, fortran, offset = _header(content[:_LONGEST_HEADER], name)
    _check_size(dtype, shape, len(content) - offset, name)
    values: Array = np.frombuffer(content, dtype, math.prod(shape), offset)
    return values.reshape(shape, order="F" if fortran else "C")


def _header(head: bytes, name: str) -> tuple[np.dtype[Any], tuple[int, ...], bool, int]:
    """Type, shape, whether the order is Fortran's, and the place of the first value, by the beginning of an .npy."""
    file = io.BytesIO(head)
    try:
        version = np.lib.format.read_magic(file)
        if version not in _READERS:
            raise ValueError(f"version {version[0]}.{version[1]} of the format is unknown")
        shape, fortran, dtype = _READERS[version](file)
        dtype = np.dtype(dtype)
    except _HEADER_FAULTS as fault:
        reason = (str(fault).splitlines() or [type(fault).__name__])[0]
        raise NearfieldError(f"{name} is not a readable array ({reason}).") from None
    if dtype.hasobject:
        raise NearfieldError(f"{name} is not a readable array (it holds Python objects).")
    return dtype, shape, bool(fortran), file.tell()


def _check_size(dtype: np.dtype[Any], shape: tuple[int, ...], size: int, name: str) -> None:
    """Raise NearfieldError unless `size` bytes hold an array of this type and shape, and hardly more."""
    if len(shape) > _MOST_AXES or not all(type(axis) is int and 0 <= axis < _LONGEST_AXIS for axis in shape):
        raise NearfieldError(f"{name} is not a readable array (its shape is impossible).")
    needed = math.prod(shape) * dtype.itemsize
    if not needed <= size <= needed + _LONGEST_TAIL:
        raise NearfieldError(
            f"{name} is not a readable array (its header tells of {needed:,} bytes, and there are {size:,})."
        )
