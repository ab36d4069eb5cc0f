"""Sets of artists, as bits for the browser and as a short text for a URL."""

import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64

import numpy as np

from core.arrays import BoolArray

_HASH_LENGTH = 8


def pack_rows(marked: BoolArray) -> bytes:
    """One bit per artist, the first in the lowest bit of the first byte."""
    return np.packbits(marked, bitorder="little").tobytes()


def unpack_rows(bits: bytes, n_artists: int) -> BoolArray | None:
    """Inverse of `pack_rows`; None if the number of bytes does not fit `n_artists`."""
    if len(bits) != (n_artists + 7) // 8:
        return None
    return np.unpackbits(np.frombuffer(bits, np.uint8), count=n_artists, bitorder="little").astype(bool)


def rows_to_code(marked: BoolArray, content_hash: str) -> str:
    """The marked artists of a catalogue as a short text of letters, digits, "-", "_" and "."."""
    text = urlsafe_b64encode(zlib.compress(pack_rows(marked), 9)).decode().rstrip("=")
    return f"{content_hash[:_HASH_LENGTH]}.{text}"


def code_to_rows(code: str, n_artists: int, content_hash: str) -> BoolArray | None:
    """Inverse of `rows_to_code`; None for the code of another catalogue and for any other text."""
    known, _, text = code.partition(".")
    if known != content_hash[:_HASH_LENGTH]:
        return None
    try:
        packed = urlsafe_b64decode(text + "=" * (-len(text) % 4))
        bits = zlib.decompressobj().decompress(packed, (n_artists + 7) // 8 + 1)
    except (NotBase64, ValueError, zlib.error):
        return None
    return unpack_rows(bits, n_artists)
