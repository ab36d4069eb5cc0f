"""The folders that the owner of a server lets pages choose from, and nothing else of the machine.

A place is told as text, "1/Music/Albums": the number of a root and the way from there. What lies outside of the roots
and what does not exist are the same: there is no such place.
"""

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.audio.music_files import AUDIO_SUFFIXES
from core.errors import CatalogueError

ROOTS_VARIABLE = "NEARFIELD_MUSIC_ROOTS"
_MOST_ENTRIES = 20_000
"""Entries of a folder that are looked at."""


@dataclass(frozen=True)
class Inside:
    """What a page shows of a folder: folders and files that may be chosen, by name, and how many files are music."""

    folders: list[str]
    files: list[str]
    music: int


def allowed_roots(is_local: bool) -> list[Path]:
    """The folders that may be browsed: those of NEARFIELD_MUSIC_ROOTS, or else the user's home on a local server."""
    given = os.environ.get(ROOTS_VARIABLE, "")
    roots = [Path(part).expanduser() for part in given.split(os.pathsep) if part.strip()]
    if not given.strip() and is_local:
        roots = [Path.home()]
    return [Path(os.path.realpath(root)) for root in dict.fromkeys(roots) if root.is_dir()]


class Places:
    """What may be chosen below some roots."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = list(roots)

    @property
    def roots(self) -> list[str]:
        """The places of the roots."""
        return [str(number) for number in range(len(self._roots))]

    def title(self, place: str) -> str:
        """What people call a place: the name of its last folder."""
        root, _, inside = place.partition("/")
        if inside:
            return inside.rpartition("/")[2]
        path = self._roots[int(root)]
        return "Home" if path == _home() else path.name or str(path)

    def path(self, place: str) -> Path:
        """The path of a place. Raises CatalogueError where there is none below the roots."""
        root, _, inside = place.partition("/")
        parts = inside.split("/") if inside else []
        if root in self.roots and all(part not in ("", ".", "..") and "\0" not in part for part in parts):
            path = self._roots[int(root)].joinpath(*parts)
            if self._is_allowed(path):
                return path
        raise CatalogueError("There is no such folder among those that can be chosen here. Choose another one.")

    def inside(self, place: str, suffixes: Collection[str] = ()) -> Inside:
        """What can be chosen in a folder: other folders, and files with one of these suffixes."""
        folder = self.path(place)
        folders, files, music = [], [], 0
        try:
            with os.scandir(folder) as entries:
                for _, entry in zip(range(_MOST_ENTRIES), entries, strict=False):
                    suffix = os.path.splitext(entry.name)[1].lower()
                    if not _is_text(entry.name) or not self._is_allowed(Path(entry.path)):
                        continue
                    if entry.is_dir():
                        folders.append(entry.name)
                    else:
                        music += suffix in AUDIO_SUFFIXES
                        files += [entry.name] if suffix in suffixes else []
        except OSError as fault:
            raise CatalogueError(f"This folder cannot be read ({fault.strerror}). Choose another one.") from None
        return Inside(sorted(folders, key=_shown_first), sorted(files, key=_shown_first), music)

    def _is_allowed(self, path: Path) -> bool:
        """Whether a path exists and leads nowhere out of the roots, by a link either."""
        real = os.path.realpath(path)
        return os.path.exists(real) and any(_is_below(real, str(root)) for root in self._roots)


def holds_home(path: Path) -> bool:
    """Whether a folder is the user's home or lies above it, so that reading it reads everything that the user has."""
    return _is_below(str(_home()), os.path.realpath(path))


def _home() -> Path:
    return Path(os.path.realpath(Path.home()))


def _is_below(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip("/") + "/")


def _is_text(name: str) -> bool:
    """Whether a name can be shown and be part of an address: not where it holds bytes that are no UTF-8."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _shown_first(name: str) -> tuple[bool, str, str]:
    """Names that begin with a dot come last: most of them belong to programs."""
    return name.startswith("."), name.casefold(), name
