"""Arrays that take long to make, kept in the cache folder and memory-mapped: many processes share their pages.

Each set of arrays is a folder `arrays/<name>-<key>` of .npy files, put into place as a whole. The key tells which
version of its files they were made from, so none out of date is used; what was not used for longest goes when they grow
too large. Where nothing can be kept, the arrays are made again each time.
"""

import math
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from platformdirs import user_cache_path

from core.array_files import Array, map_array
from core.errors import NearfieldError
from core.storage import move_into_place, sha256_text, sweep, temporary_folder, trash_name, write_array, writing

KEPT_FROM = 50_000
"""The fewest artists for which arrays are kept; those of fewer are made in a moment."""

MOST_KEPT = 40 * 10**9
"""Bytes of all that is kept together: what ten million artists need."""

_FOLDER = "arrays"

Content = TypeVar("Content")


@dataclass(frozen=True)
class Form(Generic[Content]):
    """How one thing is a file: the end of its name, its bytes, and how it is written and mapped. `read` raises
    NearfieldError or OSError."""

    suffix: str
    size: Callable[[Content], int]
    write: Callable[[Path, Content], None]
    read: Callable[[Path], Content]


ARRAYS: Form[Array] = Form(".npy", lambda array: array.nbytes, write_array, map_array)


def cache_folder() -> Path:
    """Where downloads and kept arrays are: the folder that NEARFIELD_CACHE names, else the platform's cache folder."""
    chosen = os.environ.get("NEARFIELD_CACHE")
    return Path(chosen).expanduser() if chosen else user_cache_path("nearfield", appauthor=False)


def kept_arrays(name: str, made_from: tuple[str, ...], make: Callable[[], Mapping[str, Array]]) -> dict[str, Array]:
    """The arrays that `make` makes, by name, from the cache folder if they are there; read-only then.

    `name` begins the folder's name. `made_from` tells apart every version of what the arrays depend on.
    """
    return kept(ARRAYS, name, made_from, make)


def kept(
    form: Form[Content], name: str, made_from: tuple[str, ...], make: Callable[[], Mapping[str, Content]]
) -> dict[str, Content]:
    """What `make` makes, as `kept_arrays` does, in files of any form."""
    folder = cache_folder() / _FOLDER / f"{name}-{sha256_text(*made_from)[:32]}"
    with suppress(NearfieldError, OSError):
        return _mapped(form, folder)
    made = dict(make())
    with suppress(NearfieldError, OSError):
        _keep(form, folder, made)
    with suppress(NearfieldError, OSError):
        return _mapped(form, folder)
    return made


def scratch_array(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Array:
    """Zeros in a file of the cache folder that has no name: where memory is short the system writes their pages out.

    The file goes with the array, whatever becomes of the process. Raises NearfieldError where there is no room for it.
    """
    if not math.prod(shape):
        return np.zeros(shape, dtype)
    folder = cache_folder()
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            size = math.prod(shape) * np.dtype(dtype).itemsize
            if hasattr(os, "posix_fallocate"):  # else a full disk would end the process when a page is written
                os.posix_fallocate(file.fileno(), 0, size)
            return np.asarray(np.memmap(file, dtype, "w+", shape=shape))


def _mapped(form: Form[Content], folder: Path) -> dict[str, Content]:
    found = {file.stem: form.read(file) for file in sorted(folder.glob(f"[!.]*{form.suffix}"))}
    if not found:
        raise NearfieldError(f"{folder.name} is not kept.")
    with suppress(OSError):
        os.utime(folder)  # used last now
    return found


def _keep(form: Form[Content], folder: Path, made: Mapping[str, Content]) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    sweep(folder.parent)
    size = sum(form.size(content) for content in made.values())
    _make_room(folder.parent, size)
    if size > MOST_KEPT or shutil.disk_usage(folder.parent).free < 2 * size:
        return
    with temporary_folder(folder) as building:
        for name, content in made.items():
            form.write(building / f"{name}{form.suffix}", content)
        if folder.exists():  # and cannot be read
            _remove(folder)
        move_into_place(building, folder)


def _make_room(parent: Path, size: int) -> None:
    """Remove what was not used for longest until there is room for `size` bytes."""
    there = sorted(parent.glob("[!.]*"), key=lambda folder: folder.stat().st_mtime, reverse=True)
    for folder in there:
        size += sum(file.stat().st_size for file in folder.glob("*"))
        if size > MOST_KEPT:
            _remove(folder)


def _remove(folder: Path) -> None:
    """Remove a folder so that nobody reads a part of it."""
    trash = trash_name(folder)
    folder.rename(trash)
    shutil.rmtree(trash, ignore_errors=True)
