"""Lists as CSV, JSON, JSPF, XSPF and M3U8: they come back as they were, harm nobody, and say what is missing."""

import contextlib
import csv
import io
import json
import re
import uuid
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import core
from core.catalogue import Catalogue, open_catalogue, write_catalogue
from core.curation import (
    PLAYLISTS,
    CurationList,
    Entry,
    Export,
    FileFormat,
    Origin,
    entry_of,
    export_list,
    import_list,
)
from core.curation.lists import checked_note
from core.curation.playlists import EXTENSION, MUSICBRAINZ_PLAYLIST, MUSICBRAINZ_TRACK, is_mbid
from core.curation.spreadsheets import harmless, original, table_csv
from core.curation.xspf import parse_xml
from core.errors import NearfieldError
from tests.support.catalogues import MANIFEST, tiny_artists, tiny_catalogue, tiny_edges

HOSTILE_NAMES = [
    '<script>alert("x")</script>',
    "=1+1",
    "-2+3",
    "@SUM(A1)",
    "+cmd|' /C calc'!A0",
    "'=x",
    "' '+y",
    "''@z",
    "a;=cmd()",
    "tab\t=1",
    "line\r\n=1\n-2",
    "\t",
    "\rcr",
    'quote " and , comma',
    "]]>&amp;<![CDATA[",
    "\x00\x01\x1b",
    "\ufffe\uffff",
    "مرحبا ‮abc",
    "👩‍🎤",
    "x" * 300,
    "",
    "   ",
    "\u200b",
    "*_[`$x$:smile:",
    "＝1",
    "%s{0}\\",
    "Twin",
    "Twin",
    "é",
    "e\u0301",
    "\u200b=1+1",
    "\ufeff@x",
]
FORMATS: tuple[FileFormat, ...] = ("csv", "json", *PLAYLISTS)
"""The formats that Nearfield reads back with notes and origins; playlists hold those kept."""

N = len(HOSTILE_NAMES)
MBIDS = [str(uuid.UUID(int=number + 1)) for number in range(N)]
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
LENIENT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Hostile names; every other artist has an MBID. Track titles are hostile too: artist 0 has two tracks, the second
    with a recording; of the others those divisible by 3 have a recording, by 5 no track, the rest a title only."""
    folder = tmp_path_factory.mktemp("curation") / "tiny"
    tracks: list[dict[str, Any]] = [{"artist": 0, "title": "first", "recording_mbid": None}]
    for row in range(N):
        if row % 5 or row == 0:
            tracks.append(
                {
                    "artist": row,
                    "title": HOSTILE_NAMES[-1 - row] or "t",
                    "recording_mbid": MBIDS[row] if row % 3 == 0 else None,
                }
            )
    table = pd.DataFrame(tracks).assign(kind="synthetic", recipe="{}")
    table["track_id"] = [f"t{number}" for number in range(len(table))]
    artists = tiny_artists(N, name=HOSTILE_NAMES, mbid=[mbid if row % 2 else None for row, mbid in enumerate(MBIDS)])
    write_catalogue(folder, MANIFEST, artists, tiny_edges([]), {}, table)
    return open_catalogue(folder)


def everybody(catalogue: Catalogue) -> CurationList:
    entries = [replace(entry_of(catalogue, row), note=checked_note(HOSTILE_NAMES[-1 - row])) for row in range(N)]
    entries[7] = replace(entries[7], verdict="skip")
    entries[8] = replace(entries[8], origin=Origin("=clap", "like; =you", 3, -0.25, "run 1", "ab", "2026-01-31"))
    return CurationList("=Everybody, <b>", tuple(entries))


def only_kept(curated: CurationList) -> CurationList:
    return replace(curated, entries=tuple(curated.kept))


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(HOSTILE_NAMES)
short = texts.map(lambda text: text[:200])
origins = st.builds(
    Origin,
    short,
    texts,
    st.none() | st.integers(1, 10**6),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
    short,
    short,
    st.sampled_from(["", "2026-01-31T12:00:00+00:00"]),
)


@st.composite
def lists(draw: st.DrawFn) -> list[tuple[int, str, str, Origin]]:
    rows = draw(st.lists(st.integers(0, N - 1), unique=True, max_size=8))
    return [(row, draw(st.sampled_from(["keep", "skip"])), checked_note(draw(texts)), draw(origins)) for row in rows]


@pytest.mark.parametrize("file_format", FORMATS)
@settings(deadline=None, max_examples=40, suppress_health_check=LENIENT)
@given(drawn=lists())
def test_what_is_exported_comes_back(catalogue: Catalogue, file_format: FileFormat, drawn: Any) -> None:
    entries = tuple(
        replace(entry_of(catalogue, row), verdict=verdict, note=note, origin=origin)
        for row, verdict, note, origin in drawn
    )
    curated = CurationList("A list", entries)
    read = import_list(catalogue, export_list(catalogue, curated, file_format).content, "A list")
    assert read.curated == (only_kept(curated) if file_format in PLAYLISTS else curated)
    assert read.unmatched == ()
    assert read.n_repeated == 0
    assert read.file_format == file_format


@pytest.mark.parametrize("file_format", FORMATS)
def test_hostile_lists_come_back_with_name_and_provenance(catalogue: Catalogue, file_format: FileFormat) -> None:
    curated = everybody(catalogue)
    export = export_list(catalogue, curated, file_format)
    read = import_list(catalogue, export.content)
    assert read.curated == (only_kept(curated) if file_format in PLAYLISTS else curated)
    assert read.provenance is not None
    assert read.provenance.catalogue == catalogue.name
    assert read.provenance.content_hash == catalogue.content_hash
    assert read.provenance.nearfield == core.__version__
    assert read.provenance.written[:2] == "20"
    assert export.file_name == f"nearfield-everybody-b.{file_format}"


@given(texts)
def test_no_cell_is_a_formula_and_each_comes_back(text: str) -> None:
    cell = harmless(text)
    assert original(cell) == text
    for part in re.split("[;\t\r\n]", re.sub("[\u200b\ufeff]", "", cell)):
        assert not part.lstrip().startswith(FORMULAS)
    assert not cell.startswith(FORMULAS)


@pytest.mark.parametrize(
    "unseen", ["\u200b", "\ufeff", "\u2800", "\u3164", "\u115f", "\ufff9", "\U000e0041", "\x7f", "\u00a0"]
)
@pytest.mark.parametrize("sign", "=+-@")
def test_what_nobody_sees_hides_no_formula(unseen: str, sign: str) -> None:
    for text in (unseen + sign + "1", f"a;{unseen}{unseen}{sign}1"):
        assert f"'{unseen}" in harmless(text)
        assert original(harmless(text)) == text


def test_the_csv_is_as_spreadsheets_want_it(catalogue: Catalogue) -> None:
    content = export_list(catalogue, everybody(catalogue), "csv").content
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") >= N + 1
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert len(rows) == N
    assert rows[1]["catalogue_kind"] == "synthetic"
    for row in rows:
        for column, cell in row.items():
            assert column == "score" or not cell.lstrip(" ").startswith(FORMULAS)


def jspf(export: Export) -> dict[str, Any]:
    return json.loads(export.content)["playlist"]


def test_jspf_is_as_listenbrainz_reads_it(catalogue: Catalogue) -> None:
    playlist = jspf(export_list(catalogue, everybody(catalogue), "jspf", recordings_only=True))
    assert playlist["title"] == "=Everybody, <b>"
    assert playlist["extension"][MUSICBRAINZ_PLAYLIST] == {"public": False}
    assert len(playlist["track"]) == sum(1 for row in range(N) if row == 0 or (row % 3 == 0 and row % 5))
    for track in playlist["track"]:
        (identifier,) = track["identifier"]
        assert identifier.startswith("https://musicbrainz.org/recording/")
        assert is_mbid(identifier.removeprefix("https://musicbrainz.org/recording/"))
    by_id = {track["extension"][EXTENSION]["artist_id"]: track for track in playlist["track"]}
    assert by_id["id-3"]["extension"][MUSICBRAINZ_TRACK] == {
        "artist_identifiers": [f"https://musicbrainz.org/artist/{MBIDS[3]}"]
    }
    assert MUSICBRAINZ_TRACK not in by_id["id-6"]["extension"]
    assert by_id["id-0"]["identifier"] == [f"https://musicbrainz.org/recording/{MBIDS[0]}"]
    assert by_id["id-27"]["creator"] == "Twin"


@pytest.mark.parametrize("file_format", PLAYLISTS)
def test_who_has_no_track_is_in_the_file_by_name(catalogue: Catalogue, file_format: FileFormat) -> None:
    curated = everybody(catalogue)
    gone = Entry(None, "elsewhere", "Gone", MBIDS[0])
    nameless = Entry(None, "nobody", "")
    export = export_list(catalogue, replace(curated, entries=(gone, nameless, *curated.entries)), file_format)
    assert {one.entry.artist_id: one.reason for one in export.left_out} == {
        "nobody": "It has no name, and the catalogue has no track of this artist.",
        "id-7": "It is rejected.",
    }
    assert export.n_artists == N
    assert b"Gone" in export.content
    assert f"https://musicbrainz.org/artist/{MBIDS[0]}".encode() in export.content
    read = import_list(catalogue, export.content)
    assert {one.called for one in read.unmatched} == {"Gone"}
    assert read.curated == only_kept(curated)
    only = export_list(catalogue, curated, file_format, recordings_only=True)
    assert only.n_artists == only.n_recordings
    assert {one.reason for one in only.left_out if one.entry.artist_id in ("id-1", "id-5")} == {
        "The catalogue knows no MusicBrainz recording of this artist."
    }


@pytest.mark.parametrize("file_format", PLAYLISTS)
def test_a_playlist_tells_nobody_who_was_left_out(catalogue: Catalogue, file_format: FileFormat) -> None:
    kept, rejected = entry_of(catalogue, 0), replace(entry_of(catalogue, 5), verdict="skip", note="Never again")
    lacking = replace(entry_of(catalogue, 10), note="Without a recording")
    curated = CurationList("x", (kept, rejected, lacking))
    for only in (False, True):
        content = export_list(catalogue, curated, file_format, recordings_only=only).content
        left_out = [rejected, lacking] if only else [rejected]
        for entry in left_out:
            assert f'"{entry.artist_id}"'.encode() not in content
            assert not entry.note or entry.note.encode() not in content
        back = import_list(catalogue, content).curated.entries
        assert [entry.artist_id for entry in back] == (["id-0"] if only else ["id-0", "id-10"])


def test_whom_an_earlier_version_left_out_is_still_read(catalogue: Catalogue) -> None:
    curated = CurationList("x", (entry_of(catalogue, 1),))
    content = json.loads(export_list(catalogue, curated, "jspf").content)
    own = content["playlist"]["extension"][EXTENSION]
    record = {"artist_id": "id-7", "name": "", "verdict": "skip"}
    own["left_out"] = [{"place": 0, "reason": "It is rejected.", "entry": record}]
    back = import_list(catalogue, json.dumps(content).encode()).curated.entries
    assert [(entry.artist_id, entry.verdict) for entry in back] == [("id-7", "skip"), ("id-1", "keep")]


def test_xspf_is_well_formed_and_in_the_order_of_the_specification(catalogue: Catalogue) -> None:
    content = export_list(catalogue, everybody(catalogue), "xspf").content
    root = ET.fromstring(content)
    space = "{http://xspf.org/ns/0/}"
    assert [child.tag for child in root] == [
        space + tag for tag in ("title", "creator", "date", "extension", "trackList")
    ]
    names = ("location", "identifier", "title", "creator", "annotation", "album", "link", "extension")
    order = [space + tag for tag in names]
    for track in root.iter(space + "track"):
        places = [order.index(child.tag) for child in track]
        assert places == sorted(places)
    assert b"<script>" not in content
    assert ET.tostring(parse_xml(content.decode())) == ET.tostring(root)


@pytest.mark.parametrize("file_format", ["jspf", "xspf"])
def test_an_order_changed_elsewhere_is_followed(catalogue: Catalogue, file_format: FileFormat) -> None:
    first, skipped, *rest = (entry_of(catalogue, row) for row in (1, 5, 2, 3))
    curated = CurationList("a", (first, replace(skipped, verdict="skip"), *rest))
    content = export_list(catalogue, curated, file_format).content
    if file_format == "jspf":
        record = json.loads(content)
        record["playlist"]["track"].reverse()
        content = json.dumps(record).encode()
    else:
        root = ET.fromstring(content)
        tracks = root.find("{http://xspf.org/ns/0/}trackList")
        assert tracks is not None
        tracks[:] = list(tracks)[::-1]
        content = ET.tostring(root)
    read = import_list(catalogue, content)
    assert [entry.artist_id for entry in read.curated.entries] == ["id-3", "id-2", "id-1"]


def test_a_playlist_of_listenbrainz_is_matched_by_mbid_then_name(catalogue: Catalogue) -> None:
    track = {"identifier": [f"https://musicbrainz.org/recording/{MBIDS[9]}"], "title": "t"}
    own = {"artist_identifiers": [MBIDS[0], f"http://musicbrainz.org/artist/{MBIDS[3].upper()}"]}
    tracks = [
        track | {"creator": "somebody", "extension": {MUSICBRAINZ_TRACK: own}},
        track | {"creator": "-2+3", "album": "x", "extension": {"https://elsewhere": [1]}},
        track | {"creator": "-2+3"},
        {"creator": "Twin"},
        {"creator": "nobody"},
        {},
    ]
    read = import_list(catalogue, json.dumps({"playlist": {"title": "LB", "track": tracks}}).encode())
    assert read.curated.name == "LB"
    assert [entry.artist_id for entry in read.curated.entries] == ["id-3", "id-2"]
    assert read.n_repeated == 1
    told = [(1, MBIDS[0]), (4, "Twin"), (5, "nobody"), (6, "(no name)")]
    assert [(one.place, one.called) for one in read.unmatched] == told
    assert "2 artists are called so" in read.unmatched[1].reason
    assert read.provenance is None


def test_xspf_of_other_programs_is_read(catalogue: Catalogue) -> None:
    bare = b"<playlist><title> T </title><trackList><track><creator>=1+1</creator></track></trackList></playlist>"
    assert [entry.row for entry in import_list(catalogue, bare).curated.entries] == [1]
    theirs = f"""<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><creator>?</creator>
      <extension application="{MUSICBRAINZ_TRACK}"><artist_identifiers>
      <identifier>https://musicbrainz.org/artist/{MBIDS[5]}</identifier></artist_identifiers></extension>
      </track></trackList></playlist>"""
    read = import_list(catalogue, theirs.encode(), "From a file")
    assert [entry.row for entry in read.curated.entries] == [5]
    assert read.curated.name == "From a file"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_spreadsheet_of_somebody_else_is_read(catalogue: Catalogue, separator: str) -> None:
    lines = [
        ["Artist", "MBID", "Rank", "Note"],
        ["-2+3", "", "1st", "good"],
        ["", MBIDS[3], "", ""],
        ["who", "", "", ""],
    ]
    text = "\n".join(separator.join(cells) for cells in lines)
    read = import_list(catalogue, text.encode())
    assert [(entry.row, entry.note) for entry in read.curated.entries] == [(2, "good"), (3, "")]
    assert [(one.place, one.called) for one in read.unmatched] == [(3, "who")]


def test_json_of_somebody_else_is_read(catalogue: Catalogue) -> None:
    read = import_list(catalogue, json.dumps([{"artist_id": "id-4", "colour": 3}, {"name": "=1+1"}]).encode())
    assert [entry.row for entry in read.curated.entries] == [4, 1]


def test_an_id_of_another_catalogue_counts_only_with_its_name(catalogue: Catalogue, tmp_path: Path) -> None:
    names = ["-2+3", "=1+1", "-2+3 again"]
    other = tiny_catalogue(tmp_path / "other", 3, name=names)
    other = replace(other, manifest=replace(other.manifest, name="other"))
    curated = CurationList("a", tuple(entry_of(other, row) for row in range(3)))
    read = import_list(catalogue, export_list(other, curated, "json").content)
    assert [entry.row for entry in read.curated.entries] == [2, 1]
    assert [one.called for one in read.unmatched] == ["-2+3 again"]


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><playlist><title>&b;</title><trackList/></playlist>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><playlist><title>&a;</title><trackList/></playlist>'


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (BOMB, "DOCTYPE"),
        (OUTSIDE, "DOCTYPE"),
        (b"<playlist>", "not valid XML"),
        (b"<playlist/>", "no XSPF playlist"),
        (b"<html><body/></html>", "no XSPF playlist"),
        (b"<a>" * 17, "nested too deep"),
        (b"<playlist><title>&a;</title></playlist>", "not valid XML"),
        (b"<?xml version='1.0' encoding='none'?><a>\xff</a>", "is no encoding"),
        (b"{", "not valid JSON"),
        (b"{}", "neither a list"),
        (b"[" * 100_000, "not valid JSON"),
        (b'{"playlist": 3}', "no JSPF"),
        (b'{"format": "nearfield-shelf"}', "all lists of somebody"),
        (b"\xff\xfe<", "not text in utf-16"),
        (b"colour,size\nred,3\n", "no column artist_id"),
        (b"name,name\nred,3\n", "two columns"),
        (b'name\n"open', "not valid CSV"),
        (b"name\n" + b"x\n" * 20_001, "more than 20000"),
    ],
)
def test_what_is_no_list_is_refused_plainly(catalogue: Catalogue, content: bytes, message: str) -> None:
    with pytest.raises(NearfieldError, match=message):
        import_list(catalogue, content)


@pytest.mark.parametrize("body", [3, {}, {"format": "nearfield-list", "version": 1, "left_out": [{"place": -1}]}])
def test_a_tampered_extension_is_refused(catalogue: Catalogue, body: Any) -> None:
    playlist = {"title": "x", "track": [], "extension": {EXTENSION: body}}
    with pytest.raises(NearfieldError):
        import_list(catalogue, json.dumps({"playlist": playlist}).encode())


@settings(deadline=None, max_examples=80, suppress_health_check=LENIENT)
@given(seed=st.integers(0, 2**32 - 1), file_format=st.sampled_from(FORMATS))
def test_damaged_files_are_read_or_refused_plainly(catalogue: Catalogue, seed: int, file_format: FileFormat) -> None:
    curated = CurationList("a", everybody(catalogue).entries[:6])
    content = bytearray(export_list(catalogue, curated, file_format).content)
    rng = np.random.default_rng(seed)
    for place in rng.integers(0, len(content), 3):
        content[place] = rng.choice(np.frombuffer(b'"<>{}[],\0\xff&;:1=', np.uint8))
    with contextlib.suppress(NearfieldError):
        assert len(import_list(catalogue, bytes(content)).curated) <= 6


def test_an_unknown_format_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(NearfieldError, match="There are: csv, json, jspf, xspf, m3u8, txt"):
        export_list(catalogue, CurationList("a"), "m3u")  # type: ignore[arg-type]


def test_any_table_is_written_without_formulas() -> None:
    table = pd.DataFrame({"@title": ["=1+1", "plain", None], "n": pd.array([-1, None, 3], "Int64")})
    rows = list(csv.reader(io.StringIO(table_csv(table).decode("utf-8-sig"))))
    assert rows == [["'@title", "n"], ["'=1+1", "-1"], ["plain", ""], ["", "3"]]
