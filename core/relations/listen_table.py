"""A table of listens, of any layout, as SQL: who listened when to which artists.

Known by themselves are the layouts of ListenBrainz' dump for Spark and tables with columns of the usual names. Any
other table is read with its columns named.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from core.catalogue.importers.tables.vocabulary import MBID as MBIDS
from core.catalogue.importers.tables.vocabulary import TIME, USER, matching
from core.errors import NearfieldError
from core.relations.duck import column, quoted
from core.relations.mbids import MBID

ROLES = ("user", "time", "artist", "length", "name", "recording")
"""What a column can hold: the listener; when; one id of an artist, or a list of them in the order of the credit; the
seconds or milliseconds of the track; the name of the artist; the MBID of the recording."""

_USUAL: Mapping[str, tuple[str, ...]] = {
    "user": USER,
    "time": TIME,
    "artist": ("artist_credit_mbids", "artist_mbids", *MBIDS, "artist_id", "artist"),
    "length": ("length", "duration", "duration_ms", "ms_played"),
    "name": ("artist_name", "artname", "artist_credit_name"),
    "recording": ("recording_mbid",),
}
_REQUIRED = ("user", "time", "artist")
_PARQUET, _TEXT = (".parquet",), (".csv", ".tsv", ".csv.gz", ".tsv.gz")


@dataclass(frozen=True)
class ListenTable:
    """Files of listens and which of their columns holds what."""

    files: tuple[Path, ...]
    columns: Mapping[str, str]
    is_list: bool
    time_type: str
    is_milliseconds: bool = False

    @property
    def source(self) -> str:
        """The table as SQL."""
        return _reader(self.files)

    @property
    def user(self) -> str:
        """The listener, as text, as SQL."""
        return f"CAST({column(self.columns['user'])} AS VARCHAR)"

    @property
    def time(self) -> str:
        """Seconds since 1970 as SQL; null where there is no time."""
        name = column(self.columns["time"])
        if self.time_type.startswith(("TIMESTAMP", "DATE")):
            return f"CAST(floor(epoch({name})) AS BIGINT)"
        if self.time_type == "VARCHAR":
            return (
                f"coalesce(try_cast({name} AS BIGINT), CAST(floor(epoch(try_cast({name} AS TIMESTAMPTZ))) AS BIGINT))"
            )
        return f"try_cast({name} AS BIGINT)"

    @property
    def artists(self) -> str:
        """The ids of the artists in the order of the credit as SQL: a list, empty where none is known.

        Several MBIDs in one text, with whatever between them, are several artists; any other text is one id.
        """
        name = column(self.columns["artist"])
        if not self.is_list:
            text = f"lower(CAST({name} AS VARCHAR))"
            several = f"regexp_extract_all({text}, '{MBID}')"
            name = f"(CASE WHEN len({several}) > 0 THEN {several} ELSE [{text}] END)"
        texts = f"list_transform({name}, lambda x: lower(trim(CAST(x AS VARCHAR))))"
        return f"coalesce(list_filter({texts}, lambda x: x <> ''), [])"

    @property
    def seconds(self) -> str:
        """The length of the track in seconds as SQL; null where it is not known."""
        if "length" not in self.columns:
            return "NULL::BIGINT"
        divisor = 1000 if self.is_milliseconds else 1
        return f"CAST(floor(try_cast({column(self.columns['length'])} AS DOUBLE) / {divisor}) AS BIGINT)"


def listen_table(
    connection: duckdb.DuckDBPyConnection, path: Path, columns: Mapping[str, str] | None = None
) -> ListenTable:
    """The table in `path`: a Parquet, CSV or TSV file, or a folder of such files.

    `columns` names columns by their role, where they have unusual names. Raises NearfieldError, saying what there is,
    for a path without such files, an unknown role or column, and where one of the three roles that are needed is
    missing.
    """
    files = _files(path)
    described = connection.execute(f"DESCRIBE SELECT * FROM {_reader(files)}").fetchall()
    types = {str(row[0]): str(row[1]).upper() for row in described}
    chosen = _choose(types, columns or {})
    length = chosen.get("length", "")
    return ListenTable(
        files,
        chosen,
        is_list=types[chosen["artist"]].endswith("[]"),
        time_type=types[chosen["time"]],
        is_milliseconds=length.endswith(("_ms", "ms_played")),
    )


def _choose(types: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    if unknown := sorted(set(given) - set(ROLES)):
        raise NearfieldError(f"“{unknown[0]}” is not what a column of listens holds. Name: {', '.join(ROLES)}.")
    there = ", ".join(types)
    for role, name in given.items():
        if name not in types:
            raise NearfieldError(f"The listens have no column “{name}” for {role}. They have: {there}.")
    chosen = dict(given)
    for role, names in _USUAL.items():
        left = [name for name in types if name not in chosen.values()]
        if role not in chosen and (guessed := matching(left, names)):
            chosen[role] = guessed
    if missing := [role for role in _REQUIRED if role not in chosen]:
        raise NearfieldError(
            f"No column of the listens is known to hold the {missing[0]}. Name it: --columns {missing[0]}=COLUMN. "
            f"The columns are: {there}."
        )
    return chosen


def _files(path: Path) -> tuple[Path, ...]:
    if path.is_file():
        found = [path]
    elif path.is_dir():
        found = sorted(file for file in path.rglob("*") if file.is_file() and _kind(file))
    else:
        raise NearfieldError(f"There is no file or folder {path}. Give the listens.")
    kinds = {_kind(file) for file in found}
    if kinds not in ({"parquet"}, {"text"}):
        raise NearfieldError(
            f"{path} holds no listens that can be read. Give Parquet, CSV or TSV, one of them; unpack archives first."
        )
    return tuple(found)


def _kind(file: Path) -> str:
    name = file.name.lower()
    if name.startswith((".", "_")):
        return ""
    return "parquet" if name.endswith(_PARQUET) else "text" if name.endswith(_TEXT) else ""


def _reader(files: Sequence[Path]) -> str:
    listed = f"[{', '.join(map(quoted, files))}]"
    if _kind(files[0]) == "parquet":
        return f"read_parquet({listed})"
    return f"read_csv({listed}, all_varchar=true)"
