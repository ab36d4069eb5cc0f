"""Which audio file belongs to which artist: a folder for each artist, or a table of files."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from core.catalogue import Catalogue
from core.errors import NearfieldError

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


@dataclass(frozen=True)
class AudioFile:
    """A file of the artist in row `artist`; `name` is its path inside the folder."""

    artist: int
    path: Path
    name: str
    title: str
    recording_mbid: str | None = None


@dataclass(frozen=True)
class AudioListing:
    """The files found in `folder`, ordered by artist and name; `left_out` has a sentence for everything that belongs
    to no artist."""

    folder: Path
    files: list[AudioFile]
    left_out: list[str]


def list_audio(catalogue: Catalogue, folder: Path, table: Path | None = None) -> AudioListing:
    """The audio files in `folder`, and the artist of each.

    Without `table`, each folder directly in `folder` has the name, artist_id or MBID of an artist, and all files below
    it belong to that artist. `table` is a CSV with the columns artist and file, relative to `folder`, and optionally
    title and recording_mbid. Raises NearfieldError if the folder or the table cannot be read, and if no file belongs to
    an artist.
    """
    if not folder.is_dir():
        raise NearfieldError(f"There is no folder {folder}.")
    names = _Names(catalogue)
    listing = _by_folder(names, folder) if table is None else _by_table(names, folder, table)
    if not listing.files:
        reasons = " ".join(listing.left_out[:3]) or "It has no audio files."
        raise NearfieldError(
            f"No audio in {folder} belongs to an artist of {catalogue.name}. {reasons} "
            "Name each folder by an artist's artist_id, MBID or exact name, or give a CSV."
        )
    return replace(listing, files=sorted(listing.files, key=lambda file: (file.artist, file.name)))


class _Names:
    """Artists by id and by exact name."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._ids = catalogue.artists["artist_id"]
        self._row_of_id: dict[str, int] = dict(catalogue.row_of)
        for row, mbid in enumerate(catalogue.artists["mbid"]):
            if isinstance(mbid, str) and mbid:
                self._row_of_id.setdefault(mbid.casefold(), row)
        self._rows_of_name: dict[str, list[int]] = defaultdict(list)
        for shown in (catalogue.artists["name"], catalogue.display_names):
            for row, name in enumerate(shown):
                if row not in self._rows_of_name[_normal(name)]:
                    self._rows_of_name[_normal(name)].append(row)

    def find(self, text: str) -> int | str:
        """The row of the artist that `text` names, or a sentence that says why there is none."""
        if text in self._row_of_id:
            return self._row_of_id[text]
        if text.casefold() in self._row_of_id:
            return self._row_of_id[text.casefold()]
        rows = self._rows_of_name.get(_normal(text), [])
        if len(rows) == 1:
            return rows[0]
        if not rows:
            return f"“{text}” is no artist's artist_id, MBID or exact name."
        ids = ", ".join(self._ids.iloc[rows[:5]])
        return f"“{text}” is the name of {len(rows)} artists; use the artist_id of one: {ids}."


def _by_folder(names: _Names, folder: Path) -> AudioListing:
    listing = AudioListing(folder, [], [])
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith("."):
            continue
        if not entry.is_dir():
            if entry.suffix.lower() in AUDIO_SUFFIXES:
                listing.left_out.append(f"{entry.name} lies in no artist's folder.")
            continue
        found = names.find(entry.name)
        if isinstance(found, str):
            listing.left_out.append(found)
            continue
        paths = list(_audio_below(entry))
        if not paths:
            listing.left_out.append(f"{entry.name} holds no audio file.")
        for path in paths:
            listing.files.append(AudioFile(found, path, path.relative_to(folder).as_posix(), path.stem))
    return listing


def _by_table(names: _Names, folder: Path, table: Path) -> AudioListing:
    try:
        frame = pd.read_csv(table, dtype="str", keep_default_na=False)
    except (OSError, pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as fault:
        raise NearfieldError(f"{table} is not a readable CSV file ({fault}).") from None
    missing = [column for column in ("artist", "file") if column not in frame]
    if missing:
        raise NearfieldError(f"{table.name} has no column {', '.join(missing)}. It has: {', '.join(frame.columns)}.")
    listing = AudioListing(folder, [], [])
    seen: set[tuple[int, str]] = set()
    for number, line in enumerate(frame.to_dict("records"), start=2):
        found = names.find(line["artist"])
        path = folder / line["file"]
        if isinstance(found, str):
            listing.left_out.append(f"{table.name}, line {number}: {found}")
        elif not path.is_file():
            listing.left_out.append(f"{table.name}, line {number}: there is no file {line['file']}.")
        elif (found, line["file"]) in seen:
            listing.left_out.append(f"{table.name}, line {number}: {line['file']} of this artist is listed twice.")
        else:
            seen.add((found, line["file"]))
            title, mbid = line.get("title") or path.stem, line.get("recording_mbid") or None
            listing.files.append(AudioFile(found, path, line["file"], title, mbid))
    return listing


def _audio_below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".") and path.is_file():
            yield path


def _normal(name: str) -> str:
    """File systems may decompose accents, and file names cannot hold a slash."""
    return unicodedata.normalize("NFC", name).replace("/", "_").strip()
