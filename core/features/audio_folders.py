"""Which audio file belongs to which artist: a folder for each artist, a table of files, or the catalogue's tracks."""

import os
import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from core.audio.music_files import MusicFolder, find_file, shown_path, stored_path
from core.catalogue import Catalogue
from core.catalogue.importers.tables.delimited import Reading, read_delimited
from core.catalogue.recordings import recording_path
from core.errors import NearfieldError
from core.reading import read_regular

_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
_UNSAFE_END = re.compile(r"[. ]$")


@dataclass(frozen=True)
class AudioFile:
    """A file of the artist in row `artist`; `name` is its path inside the folder, as `stored_path` writes it.

    `track_id` is the track of the catalogue that it is already, if any.
    """

    artist: int
    path: Path
    name: str
    title: str
    recording_mbid: str | None = None
    album: str | None = None
    track_id: str = ""

    @property
    def shown(self) -> str:
        """`name` for people."""
        return shown_path("/".join(self.path.parts[-len(Path(self.name).parts) :]))


@dataclass(frozen=True)
class AudioListing:
    """The files found in `folder`, ordered by artist and name; `left_out` has a sentence for everything that belongs
    to no artist, and `passed_over` one for each kind of file that is not heard as sound."""

    folder: Path
    files: list[AudioFile]
    left_out: list[str]
    passed_over: list[str] = field(default_factory=list)


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


def list_tracks(catalogue: Catalogue) -> AudioListing:
    """The files of the catalogue's own tracks.

    Raises NearfieldError if it has none, and if the folder of its music is not there.
    """
    tracks = catalogue.tracks[catalogue.tracks["kind"] == "file"]
    if not len(tracks):
        raise NearfieldError(
            f"The tracks of {catalogue.name} are no files. Give a folder of audio by --audio, or import your music by "
            "“python -m core import folder”."
        )
    folder = catalogue.audio_folder
    if not folder.is_dir():
        raise NearfieldError(
            f"The music of {catalogue.name} is not at {folder}. If it is on a drive that is away, connect it. If it "
            "has moved, give the new place by --audio-root."
        )
    listing = AudioListing(folder, [], [])
    for entry in tracks.to_dict("records"):
        path = recording_path(catalogue, entry)
        if path.is_file():
            name = _text(entry.get("path")) or str(path)
            listing.files.append(
                AudioFile(
                    int(entry["artist"]),
                    path,
                    name,
                    entry["title"],
                    _text(entry["recording_mbid"]),
                    _text(entry.get("album")),
                    entry["track_id"],
                )
            )
        else:
            listing.left_out.append(f"{shown_path(str(path))} is not there any more.")
    if not listing.files:
        raise NearfieldError(
            f"None of the {len(tracks):,} files of {catalogue.name} is in {folder}. Is the drive connected? If the "
            "music has moved, give the new place by --audio-root."
        )
    return replace(listing, files=sorted(listing.files, key=lambda file: (file.artist, file.name)))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


class _Names:
    """Artists by id and by exact name."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._ids = catalogue.artists["artist_id"]
        self._row_of_id: dict[str, int] = dict(catalogue.row_of)
        for row, mbid in enumerate(catalogue.artists["mbid"]):
            if isinstance(mbid, str) and mbid:
                self._row_of_id.setdefault(mbid.casefold(), row)
        self._rows_of_name: dict[str, list[int]] = defaultdict(list)
        self._rows_of_file_name: dict[str, list[int]] = defaultdict(list)
        for shown in (catalogue.artists["name"], catalogue.display_names):
            for row, name in enumerate(shown):
                _add(self._rows_of_name[_normal(name)], row)
                for text in _file_names(name):
                    _add(self._rows_of_file_name[text], row)

    def find(self, text: str) -> int | str:
        """The row of the artist that `text` names, or a sentence that says why there is none."""
        if text in self._row_of_id:
            return self._row_of_id[text]
        if text.casefold() in self._row_of_id:
            return self._row_of_id[text.casefold()]
        rows = self._rows_of_name.get(_normal(text)) or self._rows_of_file_name.get(_normal(text), [])
        if len(rows) == 1:
            return rows[0]
        if not rows:
            return f"“{text}” is no artist's artist_id, MBID or exact name."
        ids = ", ".join(self._ids.iloc[rows[:5]])
        return f"“{text}” is the name of {len(rows)} artists; use the artist_id of one: {ids}."


def _by_folder(names: _Names, folder: Path) -> AudioListing:
    listing = AudioListing(folder, [], [])
    walk = MusicFolder(folder)
    found: dict[str, int | str] = {}
    for file in walk.files():
        top, _, rest = file.name.partition("/")
        if not rest:
            listing.left_out.append(f"{shown_path(file.name)} lies in no artist's folder.")
            continue
        if top not in found:
            found[top] = names.find(shown_path(top))
        artist = found[top]
        if isinstance(artist, int):
            path = Path(file.path)
            listing.files.append(AudioFile(artist, path, stored_path(file.name), shown_path(path.stem)))
    for name in sorted(_folders(folder) - set(found)):
        named = names.find(shown_path(name))
        listing.left_out.append(f"{shown_path(name)} holds no audio file." if isinstance(named, int) else named)
    listing.left_out.extend(why for why in found.values() if isinstance(why, str))
    listing.left_out.extend(walk.left_out)
    listing.passed_over.extend(walk.other_kinds)
    return listing


def _folders(folder: Path) -> set[str]:
    """The folders directly in `folder`, without those that begin with a dot and hold no music."""
    with os.scandir(folder) as entries:
        return {entry.name for entry in entries if entry.is_dir() and not entry.name.startswith((".", "@", "#", "$"))}


def _by_table(names: _Names, folder: Path, table: Path) -> AudioListing:
    frame, first_line = _read_table(table)
    listing = AudioListing(folder, [], [])
    seen: set[tuple[int, str]] = set()
    for number, line in enumerate(frame.to_dict("records"), start=first_line):
        found = names.find(line["artist"])
        path = find_file(folder, line["file"])
        if isinstance(found, str):
            listing.left_out.append(f"{table.name}, line {number}: {found}")
        elif not path.is_file():
            listing.left_out.append(f"{table.name}, line {number}: there is no file {line['file']}.")
        elif (found, str(path)) in seen:
            listing.left_out.append(f"{table.name}, line {number}: {line['file']} of this artist is listed twice.")
        else:
            seen.add((found, str(path)))
            title, mbid = line.get("title") or shown_path(path.stem), line.get("recording_mbid") or None
            name = stored_path(str(path.relative_to(folder))) if path.is_relative_to(folder) else line["file"]
            listing.files.append(AudioFile(found, path, name, title, mbid))
    return listing


def _read_table(table: Path) -> tuple[pd.DataFrame, int]:
    """The cells of a table as text without white space around, and the line of its first row."""
    try:
        read = read_delimited(read_regular(table), table.name, Reading(header=True))
    except NearfieldError as fault:
        raise NearfieldError(f"{table} is not a readable CSV file ({str(fault).rstrip('.')}).") from None
    frame = pd.DataFrame({name: column.to_pandas().astype("str") for name, column in read.columns.items()})
    frame = frame.apply(lambda column: column.str.strip())
    missing = [column for column in ("artist", "file") if column not in frame]
    if missing:
        raise NearfieldError(f"{table.name} has no column {', '.join(missing)}. It has: {', '.join(frame.columns)}.")
    return frame, read.first_line


def _add(rows: list[int], row: int) -> None:
    if row not in rows:
        rows.append(row)


def _normal(name: str) -> str:
    """File systems may decompose accents, and file names cannot hold a slash."""
    return unicodedata.normalize("NFC", name).replace("/", "_").strip()


def _file_names(name: str) -> set[str]:
    """What programs that mind Windows make of a name: “Therapist?” is “Therapist_”, and “M.I.B.” is “M.I.B_”."""
    safe = _UNSAFE.sub("_", _normal(name))
    without_end = _UNSAFE_END.sub("_", safe)
    return {safe, without_end, re.sub(r"^\.", "_", safe), re.sub(r"^\.", "_", without_end), safe.rstrip(". ")} - {""}
