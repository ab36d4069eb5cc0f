"""The music files below a folder, as real folders hold them: with links, hidden names and what programs leave behind.

Each real folder and file is found once. What is passed over is told, with the number of cases and the first of them.
"""

import os
import stat
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.audio.checks import recognise
from core.errors import AudioError

AUDIO_SUFFIXES = (
    ".aac",
    ".aif",
    ".aifc",
    ".aiff",
    ".caf",
    ".flac",
    ".m4a",
    ".mka",
    ".mp2",
    ".mp3",
    ".mp4",
    ".oga",
    ".ogg",
    ".opus",
    ".wav",
    ".webm",
    ".wma",
)
"""Suffixes of the files to look for; the content decides what a file is."""

_SYSTEM_FOLDERS = frozenset(
    {
        "$recycle.bin",
        "#recycle",
        "#snapshot",
        "@eadir",
        "@recycle",
        "@recently-snapshot",
        "lost+found",
        "system volume information",
        ".appledouble",
        ".documentrevisions-v100",
        ".fseventsd",
        ".git",
        ".hg",
        ".snapshot",
        ".snapshots",
        ".spotlight-v100",
        ".stfolder",
        ".stversions",
        ".svn",
        ".sync",
        ".temporaryitems",
        ".thumbnails",
        ".trash",
        ".trashes",
        ".zfs",
    }
)
_TRASH = ".trash-"
_APPLE_DOUBLE = "._"
_HEAD_BYTES = 4096
_MOST_NAMED = 3


@dataclass(frozen=True)
class MusicFile:
    """A file whose name says that it is music. `name` is its path inside the folder, with / between folders; it may
    hold bytes that are no UTF-8, as `os.fsdecode` gives them. `modified` is in nanoseconds."""

    path: str
    name: str
    size: int
    modified: int


class MusicFolder:
    """The music below `root`. The lists are complete when `files` has ended.

    `unreadable` are folders, relative to `root`, whose content cannot be told; `others` counts the files of other
    kinds by suffix.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unreadable: list[str] = []
        self.others: Counter[str] = Counter()
        self._passed: dict[str, tuple[int, list[str]]] = {}
        self._other_names: dict[str, list[str]] = {}
        self._real_root = os.path.realpath(root)
        self._folders: set[tuple[int, int]] = set()
        self._outside: set[tuple[int, int]] = set()
        self._folder_links: list[tuple[str, str]] = []
        self._file_links: list[tuple[str, str]] = []

    @property
    def left_out(self) -> list[str]:
        """A sentence for each reason for which something was passed over."""
        return [_sentence(reason, count, names) for reason, (count, names) in self._passed.items()]

    @property
    def other_kinds(self) -> list[str]:
        """A sentence for each kind of file that is not looked at, by its suffix, with the names of the first ones."""
        return [
            _sentence(
                f"no kind of file that is heard ({suffix or 'without a suffix'})", count, self._other_names[suffix]
            )
            for suffix, count in sorted(self.others.items())
        ]

    @property
    def passed_over(self) -> dict[str, int]:
        """How often something was passed over, by reason."""
        return {reason: count for reason, (count, _) in self._passed.items()}

    def files(self) -> Iterator[MusicFile]:
        """All music files: those of real folders in the order of their names, then those that only links lead to."""
        yield from self._below(str(self.root), "", is_linked=False)
        while self._folder_links:
            path, name = self._folder_links.pop(0)
            if self._may_follow(path, name):
                yield from self._below(path, name, is_linked=True)
        for path, name in self._file_links:
            yield from self._linked_file(path, name)

    def _below(self, path: str, name: str, is_linked: bool) -> Iterator[MusicFile]:
        waiting = [(path, name)]
        while waiting:
            folder, inside = waiting.pop()
            found = self._entries(folder, inside)
            folders = []
            for entry in found:
                place = f"{inside}/{entry.name}" if inside else entry.name
                if entry.is_symlink():
                    self._note_link(entry, place)
                elif entry.is_dir():
                    if self._is_wanted_folder(entry.name, place):
                        folders.append((entry.path, place))
                elif file := self._file(entry, place):
                    if is_linked:
                        self._outside.add(_identity(os.stat(entry.path)))
                    yield file
            waiting.extend(reversed(folders))

    def _entries(self, folder: str, inside: str) -> list["os.DirEntry[str]"]:
        try:
            identity = _identity(os.stat(folder))
            if identity in self._folders:
                self._pass("a link to a folder that is read at another place", inside)
                return []
            self._folders.add(identity)
            with os.scandir(folder) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as fault:
            self.unreadable.append(inside)
            self._pass(f"a folder that cannot be read ({fault.strerror})", inside or str(self.root))
            return []

    def _note_link(self, entry: "os.DirEntry[str]", place: str) -> None:
        try:
            is_folder = entry.is_dir()
        except OSError:
            is_folder = False
        if is_folder:
            if self._is_wanted_folder(entry.name, place):
                self._folder_links.append((entry.path, place))
        elif _suffix(entry.name) in AUDIO_SUFFIXES:
            self._file_links.append((entry.path, place))
        else:
            self._note_other(entry.name, place)

    def _is_wanted_folder(self, name: str, place: str) -> bool:
        folded = name.casefold()
        if folded in _SYSTEM_FOLDERS or folded.startswith(_TRASH):
            self._pass("a folder of the system or of another program", place)
            return False
        return True

    def _file(self, entry: "os.DirEntry[str]", place: str) -> MusicFile | None:
        if _suffix(entry.name) not in AUDIO_SUFFIXES:
            if entry.name.startswith(_APPLE_DOUBLE) or entry.name == ".DS_Store":
                self._pass("a file in which macOS keeps what other disks cannot", place)
            else:
                self._note_other(entry.name, place)
            return None
        if entry.name.startswith(_APPLE_DOUBLE) and not _is_sound(entry.path):
            self._pass("a file in which macOS keeps what other disks cannot", place)
            return None
        try:
            found = entry.stat()
        except OSError as fault:
            self._pass(f"a file that cannot be read ({fault.strerror})", place)
            return None
        if not stat.S_ISREG(found.st_mode):
            self._pass("no regular file", place)
            return None
        return MusicFile(entry.path, place, found.st_size, found.st_mtime_ns)

    def _may_follow(self, path: str, name: str) -> bool:
        target = os.path.realpath(path)
        if self._real_root == target or self._real_root.startswith(target.rstrip("/") + "/"):
            self._pass("a link to a folder that holds this one", name)
            return False
        return True

    def _linked_file(self, path: str, name: str) -> Iterator[MusicFile]:
        try:
            found = os.stat(path)
        except OSError:
            self._pass("a link to a file that is not there", name)
            return
        target = os.path.realpath(path)
        if not stat.S_ISREG(found.st_mode):
            self._pass("no regular file", name)
        elif target.startswith(self._real_root.rstrip("/") + "/") and _suffix(target) in AUDIO_SUFFIXES:
            self._pass("a link to a file that is read at its own place", name)
        elif _identity(found) in self._outside:
            self._pass("a link to a file that is read at another place", name)
        else:
            self._outside.add(_identity(found))
            yield MusicFile(path, name, found.st_size, found.st_mtime_ns)

    def _note_other(self, name: str, place: str) -> None:
        suffix = _suffix(name)
        self.others[suffix] += 1
        names = self._other_names.setdefault(suffix, [])
        if len(names) < _MOST_NAMED:
            names.append(shown_path(place))

    def _pass(self, reason: str, name: str) -> None:
        count, names = self._passed.setdefault(reason, (0, []))
        self._passed[reason] = (count + 1, names if len(names) >= _MOST_NAMED else [*names, shown_path(name)])


def shown_path(name: str) -> str:
    """A path as text: bytes that are no UTF-8 are shown as the replacement character."""
    return os.fsencode(name).decode("utf-8", "replace")


def stored_path(name: str) -> str:
    """A path as text that can be stored, from which `find_file` finds it again: bytes that are no UTF-8 as \\xHH."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def find_file(folder: Path, stored: str) -> Path:
    """The path below `folder` that `stored` means, also where the disk writes accents in the other normal form.

    Where there is no such file, the path that it would have.
    """
    path = folder / stored
    if os.path.lexists(path):
        return path
    found = str(folder)
    for part in Path(stored).parts:
        name = part if os.path.lexists(os.path.join(found, part)) else _listed_name(found, part)
        if name is None:
            return path
        found = os.path.join(found, name)
    return Path(found)


def _listed_name(folder: str, name: str) -> str | None:
    """The entry of `folder` that is called `name` but for its normal form, or for bytes that are no UTF-8."""
    wanted = unicodedata.normalize("NFC", name)
    try:
        names = os.listdir(folder)
    except OSError:
        return None
    return next(
        (each for each in sorted(names) if wanted in (unicodedata.normalize("NFC", each), stored_path(each))), None
    )


def _suffix(name: str) -> str:
    """The suffix in small letters, also of a name that is nothing else."""
    _, dot, end = name.rpartition(".")
    return (dot + end).lower() if dot else ""


def _is_sound(path: str) -> bool:
    """Whether the first bytes are those of a sound file."""
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            return recognise(file.read(_HEAD_BYTES)) is not None
    except (AudioError, OSError):
        return False


def _identity(found: os.stat_result) -> tuple[int, int]:
    return found.st_dev, found.st_ino


def _sentence(reason: str, count: int, names: list[str]) -> str:
    shown = ", ".join(names) + (" …" if count > len(names) else "")
    return f"{shown}: {reason}" + (f" ({count:,} times)." if count > 1 else ".")
