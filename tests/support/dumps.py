"""Small dumps of MusicBrainz and ListenBrainz in exactly the formats of the real ones."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tests.support.services import mbid

NULL = r"\N"
STAMP = "2026-11-18 00:21:02.123456+00"

SPARK_SCHEMA = pa.schema(
    [
        ("listened_at", pa.timestamp("us")),
        ("created", pa.timestamp("us")),
        ("user_id", pa.int64()),
        ("recording_msid", pa.string()),
        ("artist_name", pa.string()),
        ("artist_credit_id", pa.int64()),
        ("release_name", pa.string()),
        ("release_mbid", pa.string()),
        ("recording_name", pa.string()),
        ("recording_mbid", pa.string()),
        ("artist_credit_mbids", pa.list_(pa.string())),
    ]
)
"""The columns of ListenBrainz' dump for Spark."""


def copy_text(rows: Sequence[Sequence[Any]]) -> bytes:
    """Rows as PostgreSQL's COPY writes them; None is `\\N`."""
    return "".join(
        "\t".join(NULL if cell is None else escaped(str(cell)) for cell in row) + "\n" for row in rows
    ).encode()


def escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


def musicbrainz_tables(
    artists: Mapping[int, str],
    links: Sequence[tuple[int, str, int]],
    merged: Mapping[int, int] | None = None,
) -> dict[str, bytes]:
    """Tables of a dump: names by number of artist, whose id is the number plus 1000 and whose MBID is `mbid(number)`;
    links as (artist, type, artist); and numbers of old MBIDs with the artist that each was merged into."""
    kinds = sorted({kind for _, kind, _ in links} | {"sibling"})
    kind_ids = {kind: 100 + place for place, kind in enumerate(kinds)}
    dates = [None] * 6
    artist_rows = [
        [1000 + number, mbid(number), name, name, *dates, 2, 221, None, "", 0, STAMP, "f", None, None]
        for number, name in artists.items()
    ]
    types = [
        [
            id_,
            None,
            0,
            mbid(90_000 + id_),
            "artist",
            "artist",
            kind,
            "what it is",
            kind,
            kind,
            kind,
            0,
            STAMP,
            "f",
            "t",
            0,
            0,
        ]
        for kind, id_ in kind_ids.items()
    ]
    # One of the same name between recordings, which is no link between artists.
    types.append([99, None, 0, mbid(90_099), "artist", "recording", kinds[0], "", "", "", "", 0, STAMP, "f", "t", 0, 0])
    link_rows = [[10_000 + place, kind_ids[kind], *dates, 0, STAMP, "f"] for place, (_, kind, _) in enumerate(links)]
    l_rows = [
        [place, 10_000 + place, 1000 + one, 1000 + other, 0, STAMP, 0, "", ""]
        for place, (one, _, other) in enumerate(links)
    ]
    redirects = [[mbid(old), 1000 + new, STAMP] for old, new in (merged or {}).items()]
    return {
        "area": copy_text([[221, mbid(221), "United Kingdom"]]),
        "artist": copy_text(artist_rows),
        "artist_gid_redirect": copy_text(redirects),
        "l_artist_artist": copy_text(l_rows),
        "link": copy_text(link_rows),
        "link_type": copy_text(types),
        "recording": copy_text([[1, mbid(7), "not read"]]),
    }


def write_archive(path: Path, tables: Mapping[str, bytes], folder: str = "mbdump") -> Path:
    """A tar, compressed as the suffix says, of files in `folder`."""
    mode = {".bz2": "w:bz2", ".gz": "w:gz", ".tar": "w:"}[path.suffix]
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in {
            "TIMESTAMP": STAMP.encode(),
            **{f"{folder}/{name}": tables[name] for name in tables},
        }.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def unpack_into(folder: Path, tables: Mapping[str, bytes]) -> Path:
    """The folder that comes of unpacking a dump."""
    (folder / "mbdump").mkdir(parents=True)
    (folder / "TIMESTAMP").write_text(STAMP + "\n", encoding="utf-8")
    for name, content in tables.items():
        (folder / "mbdump" / name).write_bytes(content)
    return folder


def listens_frame(plays: Sequence[tuple[int, int, Sequence[int]]]) -> pd.DataFrame:
    """Listens as (user, seconds since 1970, numbers of the credited artists) in the columns of the dump."""
    frame = pd.DataFrame(
        {
            "listened_at": pd.to_datetime([seconds for _, seconds, _ in plays], unit="s").astype("datetime64[us]"),
            "user_id": [user for user, _, _ in plays],
            "artist_name": [" feat. ".join(f"Artist {number}" for number in credit) for _, _, credit in plays],
            "recording_name": "a song",
            "recording_mbid": [mbid(500_000 + (credit[0] if len(credit) else 0)) for _, _, credit in plays],
            "artist_credit_mbids": [[mbid(number) for number in credit] for _, _, credit in plays],
        }
    )
    frame["created"] = frame["listened_at"]
    return frame.reindex(columns=SPARK_SCHEMA.names)


def write_listens(folder: Path, frame: pd.DataFrame, files: int = 2) -> Path:
    """The frame as the numbered Parquet files of the dump."""
    folder.mkdir(parents=True, exist_ok=True)
    for place in range(files):
        part = frame.iloc[place::files]
        columns = {
            name: pa.array(part[name], SPARK_SCHEMA.field(name).type, from_pandas=True)
            if part[name].notna().any()
            else pa.nulls(len(part), SPARK_SCHEMA.field(name).type)
            for name in SPARK_SCHEMA.names
        }
        pq.write_table(pa.table(columns, schema=SPARK_SCHEMA), folder / f"{place}.parquet")
    return folder


def write_descriptors(path: Path, documents: Mapping[str, Any]) -> Path:
    """An archive of AcousticBrainz' low-level documents, compressed by Zstandard, at the paths of the real one."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:") as archive:
        for name, document in documents.items():
            content = json.dumps(document).encode()
            folders = "/".join(name[:3])
            member = tarfile.TarInfo(f"acousticbrainz-lowlevel-json-20220623/lowlevel/{folders}/{name}.json")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    with pa.CompressedOutputStream(str(path), "zstd") as file:
        file.write(packed.getvalue())
    return path
