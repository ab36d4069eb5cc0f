"""Messages between two processes as JSON and raw bytes: arrays, bytes, paths, numbers and text, never pickles."""

import json
import struct
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

_LENGTH = struct.Struct("<Q")


def write_message(stream: BinaryIO, value: Any) -> None:
    """Write one value: None, bool, numbers, text, bytes, Path (made absolute), arrays of numbers, and lists, tuples
    and dicts (keys are text) of them. Raises TypeError for anything else."""
    blobs: list[bytes | memoryview] = []
    header = json.dumps({"value": _encoded(value, blobs), "sizes": [len(blob) for blob in blobs]}).encode()
    stream.write(_LENGTH.pack(len(header)))
    stream.write(header)
    for blob in blobs:
        stream.write(blob)


def read_message(stream: BinaryIO) -> Any:
    """Read what `write_message` wrote. Raises EOFError where the stream ends before the message does."""
    (length,) = _LENGTH.unpack(_read(stream, _LENGTH.size))
    header = json.loads(_read(stream, length))
    return _decoded(header["value"], [_read(stream, size) for size in header["sizes"]])


def _encoded(value: Any, blobs: list[bytes | memoryview]) -> Any:
    match value:
        case None | bool() | int() | float() | str():
            return value
        case np.bool_() | np.integer() | np.floating():
            return value.item()
        case bytes():
            blobs.append(value)
            return {"bytes": len(blobs) - 1}
        case np.ndarray() if not value.dtype.hasobject:
            blobs.append(np.ascontiguousarray(value).reshape(-1).view(np.uint8).data)
            return {"array": len(blobs) - 1, "dtype": value.dtype.str, "shape": list(value.shape)}
        case Path():
            return {"path": str(value.absolute())}
        case list():
            return [_encoded(item, blobs) for item in value]
        case tuple():
            return {"tuple": [_encoded(item, blobs) for item in value]}
        case dict() if all(isinstance(key, str) for key in value):
            return {"dict": {key: _encoded(item, blobs) for key, item in value.items()}}
    raise TypeError(f"A value of type {type(value).__name__} cannot be sent to another process.")


def _decoded(value: Any, blobs: list[bytes]) -> Any:
    match value:
        case list():
            return [_decoded(item, blobs) for item in value]
        case {"bytes": at}:
            return blobs[at]
        case {"array": at, "dtype": dtype, "shape": shape}:
            return np.frombuffer(bytearray(blobs[at]), dtype).reshape(shape)
        case {"path": path}:
            return Path(path)
        case {"tuple": items}:
            return tuple(_decoded(item, blobs) for item in items)
        case {"dict": items}:
            return {key: _decoded(item, blobs) for key, item in items.items()}
    return value


def _read(stream: BinaryIO, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise EOFError(f"The message ends {size - len(content)} bytes early.")
    return content
