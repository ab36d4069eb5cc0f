"""Folders that are replaced as a whole, and made whole again after a kill.

The new version is built in a temporary folder beside the old one. Then the old one gives way to `.NAME.old`, the new
one takes its place, what does not belong to a version moves over, and the rest of the old one is discarded. A kill at
any moment leaves one of these steps undone, which `recover_folder` does. Both hold the lock `.NAME.lock`.
"""

import os
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from core.storage import move_into_place, trash_name

_WAIT_SECONDS = 10.0


@contextmanager
def folder_lock(folder: Path, timeout: float = 0) -> Iterator[None]:
    """Hold the lock of writers of `folder`. Raises filelock.Timeout if another process holds it."""
    with FileLock(folder.with_name(f".{folder.name}.lock"), timeout=timeout):
        yield


def replace_folder(building: Path, folder: Path, content: Collection[str]) -> None:
    """Put `building` into the place of `folder`; the lock must be held.

    `content` names what belongs to a version: everything else in the old one moves to the new one. If a step fails, the
    old version is there again.
    """
    old = _old_version(folder)
    try:
        folder.rename(old)
        move_into_place(building, folder)
    except BaseException:
        if not folder.exists():
            old.rename(folder)
        raise
    _take_over(old, folder, content)


def recover_folder(folder: Path, content: Collection[str]) -> None:
    """Finish what a killed `replace_folder` has left undone; the lock must be held."""
    old = _old_version(folder)
    if not old.is_dir():
        return
    if not os.path.lexists(folder):
        old.rename(folder)
    else:
        _take_over(old, folder, content)


def recover_if_needed(folder: Path, marker: str, content: Collection[str]) -> None:
    """Recover `folder` if its last writer was killed; `marker` is the file that makes a folder a version.

    Where a writer is at work, only waits for the folder to be in its place. Where nothing can be written, nothing is
    done: what is there can still be read.
    """
    old = _old_version(folder)
    with suppress(OSError):
        if old.is_dir() and _is_left_over(old, folder, marker, content):
            with folder_lock(folder, 0 if folder.exists() else _WAIT_SECONDS):
                recover_folder(folder, content)


def is_being_replaced(folder: Path) -> bool:
    """Whether a replacement of `folder` is under way or was interrupted."""
    return _old_version(folder).is_dir()


def replaced_folders(parent: Path) -> list[Path]:
    """The folders in `parent` whose replacement is under way or was interrupted."""
    try:
        names = [entry.name for entry in os.scandir(parent) if entry.name.startswith(".")]
    except OSError:
        return []
    return [parent / name[1:-4] for name in names if name.endswith(".old") and len(name) > len("..old")]


def _is_left_over(old: Path, folder: Path, marker: str, content: Collection[str]) -> bool:
    """Whether `old` is the old version of a folder, or what a removal of it has left, and nobody's own folder."""
    if (old / marker).is_file():
        return True
    return (folder / marker).is_file() and {entry.name for entry in old.iterdir()} <= set(content)


def _take_over(old: Path, folder: Path, content: Collection[str]) -> None:
    for entry in sorted(old.iterdir()):
        if entry.name not in content:
            _move(entry, folder / entry.name)
    trash = trash_name(folder)
    old.rename(trash)
    shutil.rmtree(trash, ignore_errors=True)


def _move(source: Path, dest: Path) -> None:
    """Move a file or a folder; into an existing folder, move only what it lacks."""
    if not os.path.lexists(dest):
        source.rename(dest)
    elif source.is_dir() and dest.is_dir():
        for entry in sorted(source.iterdir()):
            _move(entry, dest / entry.name)


def _old_version(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.old")
