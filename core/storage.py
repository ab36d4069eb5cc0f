"""Atomic writes, JSON files and content hashes."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import Timeout

from core.errors import NearfieldError

_BLOCK = 1 << 20


@contextmanager
def writing(what: Path | str) -> Iterator[None]:
    """Turn an error of the system while `what` is written into a NearfieldError that says how to go on."""
    try:
        yield
    except Timeout:
        raise  # a lock that somebody else holds: not an error of the disk
    except OSError as fault:
        reason = f"{what} cannot be written ({fault.strerror or fault})."
        raise NearfieldError(f"{reason} Make room there or allow writing, and try again.") from fault


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path`; on a clean exit it replaces `path`, otherwise it is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.chmod(0o644)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, content: Any) -> None:
    """Write `content` as readable JSON, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object. Raises NearfieldError with the file's name where it is missing or no JSON object."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NearfieldError(f"{path.name} is missing in {path.parent}.") from None
    except OSError as fault:
        raise NearfieldError(f"{path} cannot be read ({fault.strerror}).") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as fault:
        raise NearfieldError(f"{path.name} is not valid JSON ({fault}).") from None
    if not isinstance(content, dict):
        raise NearfieldError(f"{path.name} must hold a JSON object.")
    return content


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, as hexadecimal text."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def sha256_text(*parts: str) -> str:
    """SHA-256 over texts, each closed by a zero byte so that no two lists of parts collide."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def sha256_arrays(*arrays: npt.NDArray[Any]) -> str:
    """SHA-256 over the type, shape and bytes of arrays of numbers or of text of fixed width."""
    digest = hashlib.sha256()
    for array in arrays:
        if array.dtype.hasobject:
            raise TypeError("An array of Python objects has no bytes of its own to hash.")
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()
