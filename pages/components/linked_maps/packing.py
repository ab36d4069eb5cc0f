"""Packs arrays and a description into one compressed message that the browser reads without parsing numbers."""

import gzip
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

KINDS = {"u1": "Uint8Array", "u2": "Uint16Array", "u4": "Uint32Array", "i2": "Int16Array", "f4": "Float32Array"}
_ALIGNMENT = 8
_LEVEL = 5


def pack(header: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]] | None = None) -> bytes:
    """gzip of: the description's length (uint32), the description (JSON, padded with spaces), then the arrays.

    All numbers are little-endian, and each array begins at a multiple of eight. The description's "arrays" give each
    array's type, its offset in bytes after the description, and its length. Equal content gives equal bytes.
    """
    places, body, place = {}, [], 0
    for name, array in (arrays or {}).items():
        little = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        places[name] = [KINDS[little.dtype.str[1:]], place, little.size]
        content = little.tobytes()
        body.append(content + b"\0" * (-len(content) % _ALIGNMENT))
        place += len(body[-1])
    text = json.dumps({**header, "arrays": places}, separators=(",", ":")).encode()
    text += b" " * (-(len(text) + 4) % _ALIGNMENT)
    return gzip.compress(len(text).to_bytes(4, "little") + text + b"".join(body), _LEVEL, mtime=0)
