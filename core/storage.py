"""Atomic writes that can be killed at any moment, JSON files and content hashes.

A file is written to a temporary beside it, `.NAME.tmp-XXXXXXXX`, which no reader takes for anything. The writer holds a
lock on its temporary, so `sweep` can tell what a kill has left behind from what somebody is writing now.
"""

import errno
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
from filelock import Timeout
from safetensors import SafetensorError

from core.errors import NearfieldError
from core.reading import parse_json_object, read_regular

_BLOCK = 1 << 20
_LONGEST_NAME = 60
"""Characters of a file's name that its temporary repeats: 240 bytes at most, of the 255 that a name can have."""
_TEMPORARY = re.compile(r"\..+\.tmp-[a-z0-9_]{8}", re.DOTALL)
_OLD_TEMPORARY = re.compile(r"\..+(\.[^.]+)\.[a-z0-9_]{8}\1", re.DOTALL)
"""What earlier versions called the temporary of a file: .NAME.json.XXXXXXXX.json."""
_ABANDONED_SECONDS = 24 * 3600.0
_NUMBER_IN_TEXT = re.compile(r"(?:os error|[Ee]rrno) (\d+)")
_MAKE_ROOM = "Make room and try again."
_ALLOW = "Allow writing there, or choose another place, and try again."
_REMEDIES: dict[int | None, str] = {
    errno.ENOSPC: _MAKE_ROOM,
    errno.EDQUOT: _MAKE_ROOM,
    errno.EFBIG: _MAKE_ROOM,
    errno.EROFS: _ALLOW,
    errno.EACCES: _ALLOW,
    errno.EPERM: _ALLOW,
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


@contextmanager
def writing(what: Path | str) -> Iterator[None]:
    """Turn an error of the system while `what` is written into a NearfieldError that says how to go on."""
    try:
        yield
    except Timeout:
        raise  # a lock that somebody else holds: not an error of the disk
    except (OSError, SafetensorError) as fault:
        if isinstance(fault, OSError) or _error_number(fault):
            raise NearfieldError(_cannot_write(what, fault)) from fault
        raise


def _cannot_write(what: Path | str, fault: Exception) -> str:
    number = _error_number(fault)
    reason = os.strerror(number) if number else str(fault)
    return f"{what} cannot be written ({reason}). {_REMEDIES.get(number, 'Check the disk and try again.')}"


def _error_number(fault: Exception) -> int | None:
    """The number of the system's error. Libraries in other languages only give it in their text."""
    if isinstance(fault, OSError) and fault.errno:
        return fault.errno
    found = _NUMBER_IN_TEXT.search(str(fault))
    return int(found[1]) if found else None


@contextmanager
def atomic_path(path: Path, what: str = "") -> Iterator[Path]:
    """Yield a temporary path beside `path`; on a clean exit it replaces `path`, otherwise it is removed.

    Raises NearfieldError, which calls the file `what` or by its path, where the system refuses to write.
    """
    with writing(what or path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary, claim = _claimed(lambda: _new_file(path))
        try:
            yield temporary
            flush(temporary)
            temporary.chmod(0o644)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
        finally:
            os.close(claim)


@contextmanager
def temporary_folder(path: Path) -> Iterator[Path]:
    """Yield a new folder beside `path`, to fill and move into place; what was not moved is removed.

    Raises NearfieldError where the system refuses to write.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        folder, claim = _claimed(lambda: _new_folder(path))
        try:
            folder.chmod(0o755)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(claim)


def move_into_place(folder: Path, dest: Path) -> None:
    """Rename a finished temporary folder to `dest` when all its files have reached the disk."""
    for file in sorted(folder.rglob("*")):
        flush(file)
    folder.rename(dest)
    with suppress(OSError):
        flush(dest.parent)


def trash_name(path: Path) -> Path:
    """A new name beside `path` that nobody reads. What is renamed to it is gone, and is swept if a kill leaves it."""
    return path.with_name(f"{_prefix(path)}{secrets.token_hex(4)}")


def sweep(folder: Path, depth: int = 0, name: str | None = None) -> None:
    """Remove the temporaries that kills have left in `folder`, and in its folders down to `depth`.

    With `name`, only those of the file or folder of that name. Temporaries that somebody is writing stay, and so does
    everything on a disk that cannot be written.
    """
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except OSError:
        return
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        if is_temporary(entry.name) or _OLD_TEMPORARY.fullmatch(entry.name):
            if name is None or entry.name.startswith(_prefix(folder / name)):
                with suppress(OSError):
                    _remove_if_nobodys(Path(entry.path), is_folder)
        elif depth and is_folder:
            sweep(Path(entry.path), depth - 1)


def is_temporary(name: str) -> bool:
    """Whether a file or folder of this name is unfinished or discarded."""
    return _TEMPORARY.fullmatch(name) is not None


def _remove_if_nobodys(path: Path, is_folder: bool) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        # Earlier versions held no lock on their temporaries, and some disks know none: then only age tells.
        is_free = _lock(descriptor) if is_temporary(path.name) else None
        is_old = time.time() - os.fstat(descriptor).st_mtime > _ABANDONED_SECONDS
        if not (is_old if is_free is None else is_free):
            return
        if is_folder:
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _claimed(make: Callable[[], str]) -> tuple[Path, int]:
    """A new temporary made by `make`, and the descriptor that holds its lock until it is closed."""
    while True:
        path = Path(make())
        try:
            descriptor = os.open(path, os.O_RDONLY)
        except FileNotFoundError:
            continue  # swept before it was locked
        if _lock(descriptor) is not False and path.exists():
            return path, descriptor
        os.close(descriptor)


def _lock(descriptor: int) -> bool | None:
    """Lock an open file or folder: True if that worked, False if somebody else holds it, None without locks here."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _new_file(path: Path) -> str:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_prefix(path))
    os.close(handle)
    return name


def _new_folder(path: Path) -> str:
    return tempfile.mkdtemp(dir=path.parent, prefix=_prefix(path))


def _prefix(path: Path) -> str:
    return f".{path.name[:_LONGEST_NAME]}.tmp-"


def flush(path: Path) -> None:
    """Have the system write a file or folder to the disk itself."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_array(path: Path, values: npt.NDArray[Any]) -> None:
    """Write an array without pickles to `path`, as np.save does, which hides the reason why a disk refuses."""
    with path.open("wb") as file:
        np.lib.format.write_array(_Sink(file), values, allow_pickle=False)


class _Sink:
    """A file that NumPy does not know for one, so that it writes through Python and gets the system's errors."""

    def __init__(self, file: BinaryIO) -> None:
        self.write = file.write


def write_json(path: Path, content: Any) -> None:
    """Write `content` as readable JSON, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object. Raises NearfieldError with the file's name where it is missing, no regular file, too large or
    no JSON object."""
    return parse_json_object(read_regular(path), path.name)


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
