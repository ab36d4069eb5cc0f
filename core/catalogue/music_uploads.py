"""Small collections of music that are uploaded: kept in the data folder, where they are read like any other folder."""

import shutil
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Protocol

from core.audio.music_files import AUDIO_SUFFIXES
from core.catalogue.library import data_folder
from core.errors import CatalogueError
from core.storage import move_into_place, temporary_folder

UPLOADS_FOLDER = ".music"
MOST_FILES = 1000
LARGEST_UPLOAD = 500 << 20
"""Bytes of all files of an upload together."""

SUFFIXES = AUDIO_SUFFIXES
_LONGEST_NAME = 200
"""Bytes of the name of a file or folder."""


class Upload(Protocol):
    """A file as a browser sends it: `name` is its way from the chosen folder, with / between folders."""

    name: str
    size: int

    def getbuffer(self) -> memoryview: ...


def uploaded_folder(name: str, folder: Path | None = None) -> Path:
    """Where the music is that was uploaded for the catalogue `name`."""
    return (folder or data_folder()) / UPLOADS_FOLDER / name


def check_upload(files: Iterable[Upload]) -> list[Upload]:
    """The music among uploaded files. Raises CatalogueError where there is none, or too much, or a bad name."""
    music = [file for file in files if PurePosixPath(file.name).suffix.lower() in SUFFIXES]
    if not music:
        raise CatalogueError("There is no music file among these. Choose the folder that holds the music.")
    if len(music) > MOST_FILES:
        raise CatalogueError(
            f"These are {len(music):,} music files; at most {MOST_FILES:,} can be uploaded. Put the folder on the "
            "machine of Nearfield and choose it there."
        )
    size = sum(file.size for file in music)
    if size > LARGEST_UPLOAD:
        raise CatalogueError(
            f"These files have {size >> 20:,} MB together; at most {LARGEST_UPLOAD >> 20} MB can be uploaded. Put the "
            "folder on the machine of Nearfield and choose it there."
        )
    for file in music:
        _parts(file.name)
    return music


def keep_upload(files: Iterable[Upload], name: str, folder: Path | None = None) -> Path:
    """Write uploaded music into the data folder, as what is there for the catalogue `name`, and return its folder.

    Raises CatalogueError as `check_upload` does, and NearfieldError where the system refuses to write.
    """
    dest = uploaded_folder(name, folder)
    music = check_upload(files)
    with temporary_folder(dest) as building:
        for file in music:
            path = building.joinpath(*_parts(file.name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.getbuffer())
        if dest.is_dir():
            shutil.rmtree(dest)
        move_into_place(building, dest)
    return dest


def _parts(name: str) -> list[str]:
    """The folders and the name of an uploaded file. Raises CatalogueError for a name that leads elsewhere."""
    parts = name.split("/")
    for part in parts:
        is_odd = part in ("", ".", "..") or "\\" in part or not part.isprintable()
        if is_odd or len(part.encode("utf-8", "replace")) > _LONGEST_NAME:
            raise CatalogueError(f"“{name[:120]}” cannot be the name of an uploaded file. Rename it.")
    return parts
