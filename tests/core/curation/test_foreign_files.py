"""Lists of other programs, and Nearfield's own after a spreadsheet: known artists come in, the rest is told."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from core.catalogue import Catalogue, open_catalogue, write_catalogue
from core.curation import CurationList, Imported, add, export_list, found, import_list
from core.curation.credits import artists_in, artists_in_title
from core.curation.playlists import MUSICBRAINZ_TRACK
from tests.support.catalogues import MANIFEST, tiny_artists, tiny_edges

NAMES = [
    "Radio Tin",
    "Björka",
    "Earthen, Wind & Fyre",
    "AC/BC",
    "El‐Q",
    "The Rat’s Miaow",
    "Tapes ’n Reels",
    "311",
    "10,000 Crumbs",
    "Twin",
    "Twin",
]
MBIDS = [f"{row:08x}-0000-4000-8000-000000000000" for row in range(len(NAMES))]
RECORDING = "0000000a-1111-4111-8111-000000000000"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    tracks = pd.DataFrame(
        {
            "artist": [3],
            "track_id": ["t"],
            "title": ["Riff"],
            "recording_mbid": [RECORDING],
            "kind": "file",
            "recipe": None,
            "path": ["AC_BC/Löud/01 Riff.flac"],
        }
    )
    artists = tiny_artists(len(NAMES), name=NAMES, mbid=MBIDS)
    manifest = replace(MANIFEST, audio_root="/nowhere/music")
    folder = tmp_path_factory.mktemp("foreign") / "cat"
    return open_catalogue(write_catalogue(folder, manifest, artists, tiny_edges([]), {}, tracks))


def read(catalogue: Catalogue, text: str) -> Imported:
    return import_list(catalogue, text.encode(), "Theirs")


def names(imported: Imported) -> list[str]:
    return [entry.name for entry in imported.curated.entries]


def called(imported: Imported) -> list[str]:
    return [one.called for one in imported.unmatched]


PROGRAMS = {
    "exportify": (
        '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album Name"\n'
        '"spotify:track:1","T1","spotify:artist:1","Radio Tin","A"\n'
        '"spotify:track:2","T2","spotify:artist:1,spotify:artist:2","Radio Tin,Björka","A"\n'
    ),
    "tunemymusic": "Track name,Artist name,Album,Playlist name,Type,ISRC\nT,Radio Tin,A,P,,\nT,Björka,A,P,,\n",
    "soundiiz": "title,artist,album,isrc\nT,Radio Tin,A,\nT,Björka,A,\n",
    "iTunes": "Name\tArtist\tComposer\nBjörka\tRadio Tin\t\nRadio Tin\tBjörka\t\n",
    "a space after each comma": 'TITLE, ARTIST\n"T1", "Radio Tin"\n"T2", "Björka"\n',
    "a line that says the separator": "sep=;\nartist;note\nRadio Tin;x\nBjörka;y\n",
    "links": f"mbid\nhttps://musicbrainz.org/artist/{MBIDS[0]}\nhttps://listenbrainz.org/artist/{MBIDS[1]}/\n",
    "a featured artist": "artist\nRadio Tin feat. Björka\n",
    "a featured artist in brackets": "artist\nRadio Tin (ft. Björka)\n",
    "plain text": "Radio Tin\r\n\r\nBjörka\r\n",
    "plain text of tracks": "Radio Tin - T1\n02. Björka – T2\n",
    "names in JSON": '["Radio Tin", {"artist": "Björka"}]',
    "XSPF with titles alone": (
        '<?xml version="1.0" encoding="UTF-8"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList>'
        "<track><title>Radio Tin - T1</title></track><track><title>Björka - T</title></track></trackList></playlist>"
    ),
    "M3U": "#EXTM3U\n#EXTINF:12,Radio Tin - T\nhttps://example.org/x\n#EXTINF:-1,Björka - T\nC:\\x\\y.mp3\n",
    "M3U without names": "/music/Radio Tin/An album/01 T.mp3\n/music/An album/Björka - T.mp3\n",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_lists_of_other_programs_are_read(catalogue: Catalogue, program: str) -> None:
    imported = read(catalogue, PROGRAMS[program])
    assert names(imported) == ["Radio Tin", "Björka"]
    assert called(imported) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1", "utf-32"])
@pytest.mark.parametrize("program", ["soundiiz", "M3U", "names in JSON"])
def test_any_encoding_is_read(catalogue: Catalogue, program: str, encoding: str) -> None:
    imported = import_list(catalogue, PROGRAMS[program].encode(encoding))
    assert names(imported) == ["Radio Tin", "Björka"]
    assert bool(imported.notes) == (not encoding.startswith("utf-8"))


def test_xml_in_latin1_is_read(catalogue: Catalogue) -> None:
    text = PROGRAMS["XSPF with titles alone"].replace("UTF-8", "ISO-8859-1")
    assert names(import_list(catalogue, text.encode("latin-1"))) == ["Radio Tin", "Björka"]


def test_names_are_matched_however_their_signs_are_typed(catalogue: Catalogue) -> None:
    imported = read(catalogue, "artist\nTapes 'n Reels\nThe Rat's Miaow\nEl-Q\nac/bc\nbjorka\n")
    assert names(imported) == ["Tapes ’n Reels", "The Rat’s Miaow", "El‐Q", "AC/BC", "Björka"]


def test_both_artists_of_a_track_come_in(catalogue: Catalogue) -> None:
    links = [f"https://musicbrainz.org/artist/{mbid}" for mbid in (MBIDS[0], MBIDS[1])]
    track = {"creator": "Radio Tin & Björka", "extension": {MUSICBRAINZ_TRACK: {"artist_identifiers": links}}}
    assert names(read(catalogue, json.dumps({"playlist": {"track": [track]}}))) == ["Radio Tin", "Björka"]
    track["extension"][MUSICBRAINZ_TRACK]["artist_identifiers"][1] = RECORDING  # type: ignore[index]
    imported = read(catalogue, json.dumps({"playlist": {"track": [track]}}))
    assert (names(imported), called(imported)) == (["Radio Tin"], [RECORDING])


def test_an_entry_that_is_no_text_is_told(catalogue: Catalogue) -> None:
    imported = read(catalogue, '[{"name": 311}, 5, "Radio Tin", {"name": null}]')
    assert names(imported) == ["Radio Tin"]
    assert called(imported) == ["311", "5", "(no name)"]
    assert "must be text" in imported.unmatched[0].reason
    imported = read(catalogue, '{"playlist": {"track": [3, {"creator": "Radio Tin"}]}}')
    assert (names(imported), called(imported)) == (["Radio Tin"], ["3"])


def test_a_track_is_matched_by_its_recording_or_file(catalogue: Catalogue) -> None:
    track = {"title": "?", "identifier": f"https://musicbrainz.org/recording/{RECORDING}"}
    assert names(read(catalogue, json.dumps({"playlist": {"track": [track]}}))) == ["AC/BC"]
    for path in (
        "/other/AC_BC/Löud/01 Riff.flac",
        "AC_BC\\Löud\\01 Riff.flac",
        "file:///x/AC_BC/L%C3%B6ud/01%20Riff.flac",
    ):
        path = f"D:\\{path}" if "\\" in path else path
        assert names(read(catalogue, f"#EXTM3U\n{path}\n")) == ["AC/BC"]


@pytest.mark.parametrize(
    ("credit", "rows", "lacking"),
    [
        ("Earthen, Wind & Fyre", [2], []),
        ("Radio Tin, Earthen, Wind & Fyre & Björka", [0, 2, 1], []),
        ("10,000 Crumbs,311", [8, 7], []),
        ("Radio Tin; Nobody", [0], ["Nobody"]),
        ("Radio Tin,Nobody", [0], ["Nobody"]),
        ("Radio Tin & Nobody", [], ["Radio Tin & Nobody"]),
        ("Radio Tin, Nobody", [], ["Radio Tin, Nobody"]),
        ("AC/BC / 311", [3, 7], []),
        ("Radio Tin x Björka [feat. Nobody]", [0, 1], ["Nobody"]),
        ("Twin", [], ["Twin"]),
        ("10,000 Maniacs", [], ["10,000 Maniacs"]),
    ],
)
def test_a_credit_is_split_only_where_that_is_sure(credit: str, rows: list[int], lacking: list[str]) -> None:
    assert artists_in(credit, lookup) == (rows, lacking)


def test_a_title_gives_the_artists_before_a_dash() -> None:
    assert artists_in_title("Radio Tin - Björka - x", lookup) == [0]
    assert artists_in_title("7 Radio Tin & Björka — x", lookup) == [0, 1]
    assert artists_in_title("Radio Tin", lookup) == []
    assert artists_in_title("311 - x", lookup) == [7]


def lookup(name: str) -> int | None:
    return NAMES.index(name) if NAMES.count(name) == 1 else None


def test_namesakes_are_told(catalogue: Catalogue) -> None:
    imported = read(catalogue, "artist\nTwin\n")
    assert imported.unmatched[0].reason.startswith("2 artists are called so")


def saved_by_a_spreadsheet(catalogue: Catalogue, column: str, change: Callable[[str], str], separator: str) -> bytes:
    mine = add(CurationList("My list"), found(catalogue, [(0, 1, 0.6962), (1, 2, -0.25), (7, 3, None)], "toy", "q"))
    rows = list(csv.reader(io.StringIO(export_list(catalogue, mine, "csv").content.decode("utf-8-sig"))))
    place = rows[0].index(column)
    for row in rows[1:]:
        row[place] = change(row[place])
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize(
    ("column", "change", "separator", "values"),
    [
        ("score", lambda cell: cell.lstrip("'").replace(".", ","), ";", [0.6962, -0.25, None]),
        ("score", lambda cell: cell.lstrip("'").replace(".", ","), "\t", [0.6962, -0.25, None]),
        ("score", lambda cell: "1.234,5", ";", [1234.5] * 3),
        ("rank", lambda cell: f"{cell}.0", ",", [1, 2, 3]),
        ("rank", lambda cell: f"{cell},00", ";", [1, 2, 3]),
        ("verdict", str.upper, ",", ["keep"] * 3),
    ],
)
def test_numbers_of_a_spreadsheet_are_read(
    catalogue: Catalogue, column: str, change: Callable[[str], str], separator: str, values: list[Any]
) -> None:
    imported = import_list(catalogue, saved_by_a_spreadsheet(catalogue, column, change, separator))
    assert names(imported) == ["Radio Tin", "Björka", "311"]
    assert imported.notes == ()
    entries = imported.curated.entries
    assert [getattr(entry, column, getattr(entry.origin, column, None)) for entry in entries] == values


@pytest.mark.parametrize(
    ("column", "cell"),
    [("date", "29.11.2026 19:36"), ("score", "0,7"), ("score", "nan"), ("rank", "first"), ("space", "x" * 300)],
)
def test_what_cannot_be_read_of_an_origin_is_told(catalogue: Catalogue, column: str, cell: str) -> None:
    imported = import_list(catalogue, saved_by_a_spreadsheet(catalogue, column, lambda _: cell, ","))
    assert names(imported) == ["Radio Tin", "Björka", "311"]
    assert f"{column} of artist 1, “{cell[:20]}”" in imported.notes[0]
    assert not any(getattr(entry.origin, column) for entry in imported.curated.entries)


def test_the_end_of_a_damaged_file_is_told(catalogue: Catalogue) -> None:
    imported = read(catalogue, 'artist\nRadio Tin\nBjörka\n"open')
    assert names(imported) == ["Radio Tin", "Björka"]
    assert "line 4" in imported.notes[0]


def test_a_comma_inside_quotes_separates_nothing(catalogue: Catalogue) -> None:
    imported = read(catalogue, 'TITLE, ARTIST\n"T1", "Radio Tin"\n"T2", "Earthen, Wind & Fyre"\n')
    assert names(imported) == ["Radio Tin", "Earthen, Wind & Fyre"]
