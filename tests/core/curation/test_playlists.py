"""Lists as playlists of a library: the files, in M3U8, XSPF and JSPF, as players and ListenBrainz read them."""

import json
import os
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlparse

import pandas as pd
import pytest

from core.catalogue import Catalogue, open_catalogue, write_catalogue
from core.curation import PLAYLISTS, CurationList, Export, entry_of, export_list, import_list
from core.curation.playlists import MUSICBRAINZ_PLAYLIST, MUSICBRAINZ_TRACK, Paths
from tests.support.catalogues import MANIFEST, tiny_artists, tiny_catalogue, tiny_edges
from tests.support.xspf_rules import NAMESPACE, xspf_faults

FILES = [
    "Radio Tin/Tin, tin/01 Harbour.flac",
    "Björka/100% # ü.mp3",
    "#hash/track.mp3",
    "line\nbreak/track.mp3",
    "C: drive/track.mp3",
]
NAMES = ["Radio Tin", "Björka", "Earthen, Wind & Fyre", "Line\nBreak", "AC/BC", "Nobody’s Files"]
MBIDS = [f"{row:08x}-0000-4000-8000-000000000000" for row in range(len(NAMES))]
RECORDINGS = [f"{row:08x}-1111-4111-8111-000000000000" for row in range(len(NAMES))]


@pytest.fixture
def library(tmp_path: Path) -> Catalogue:
    """A file of each artist but the last, which has a title without a file; the first two have recordings."""
    music = tmp_path / "my music"
    for file in FILES:
        (music / file).parent.mkdir(parents=True, exist_ok=True)
        (music / file).write_bytes(b"")
    tracks = pd.DataFrame(
        {
            "artist": range(len(NAMES)),
            "track_id": [f"t{row}" for row in range(len(NAMES))],
            "title": ["Harbour", "ü & ä", "A\r\nB", "", "T", "Sung only"],
            "recording_mbid": [*RECORDINGS[:2], None, None, None, RECORDINGS[5]],
            "kind": ["file"] * len(FILES) + ["synthetic"],
            "recipe": [None] * len(FILES) + ["{}"],
            "album": ["Tin, tin", None, None, None, None, None],
            "path": [*FILES, None],
        }
    )
    artists = tiny_artists(len(NAMES), name=NAMES, mbid=MBIDS)
    manifest = replace(MANIFEST, audio_root=str(music))
    return open_catalogue(write_catalogue(tmp_path / "cat", manifest, artists, tiny_edges([]), {}, tracks))


def export(catalogue: Catalogue, file_format: str, paths: Paths = "absolute") -> Export:
    curated = CurationList("Tin\nand more", tuple(entry_of(catalogue, row) for row in range(len(catalogue))))
    return export_list(catalogue, curated, file_format, paths=paths)  # type: ignore[arg-type]


def players_lines(content: bytes) -> list[str]:
    """What a player opens, in order."""
    return [line for line in content.decode().splitlines() if line and not line.startswith("#")]


def opened(line: str) -> str:
    """The path that a player opens for a line or location."""
    return os.fsdecode(unquote_to_bytes(urlparse(line).path)) if line.startswith("file:") else line


def test_m3u8_holds_the_files_and_what_they_are_called(library: Catalogue) -> None:
    found = export(library, "m3u8")
    lines = found.content.decode().splitlines()
    assert lines[:3] == ["#EXTM3U", "#EXTENC:UTF-8", "#PLAYLIST:Tin and more"]
    assert [opened(line) for line in players_lines(found.content)] == [
        str(library.audio_folder / file) for file in FILES
    ]
    place = lines.index(str(library.audio_folder / FILES[0]))
    assert lines[place - 1] == "#EXTINF:-1,Radio Tin - Harbour"
    assert "#EXTINF:-1,Earthen, Wind & Fyre - A B" in lines
    assert (found.n_artists, found.n_files, found.n_recordings) == (6, 5, 3)


def test_an_artist_without_a_file_is_no_line_that_a_player_opens(library: Catalogue) -> None:
    content = export(library, "m3u8").content.decode()
    assert "# Nobody’s Files - Sung only\n" in content
    assert f"# https://musicbrainz.org/recording/{RECORDINGS[5]}\n" in content
    assert f"# https://musicbrainz.org/artist/{MBIDS[5]}\n" in content


def test_xspf_and_jspf_hold_the_files_as_addresses(library: Catalogue) -> None:
    wanted = [str(library.audio_folder / file) for file in FILES]
    root = ET.fromstring(export(library, "xspf").content)
    assert [opened(one.text or "") for one in root.iter(f"{NAMESPACE}location")] == wanted
    assert [one.text for one in root.iter(f"{NAMESPACE}album")] == ["Tin, tin"]
    tracks = json.loads(export(library, "jspf").content)["playlist"]["track"]
    assert [opened(track["location"][0]) for track in tracks if "location" in track] == wanted


def test_elsewhere_the_files_are_named_from_the_music_folder_on(library: Catalogue) -> None:
    """A public server tells nobody where its folders are; a playlist that is saved in the folder plays all the same."""
    for file_format in PLAYLISTS:
        content = export(library, file_format, "relative").content
        assert str(library.audio_folder.parent).encode() not in content
        assert b"Radio%20Tin/Tin%2C%20tin/01%20Harbour.flac" in content or file_format == "m3u8"
        assert export(library, file_format, "none").n_files == 0
    lines = players_lines(export(library, "m3u8", "relative").content)
    assert lines[:2] == FILES[:2]
    assert unquote_to_bytes(lines[2]) == b"./#hash/track.mp3"


@pytest.mark.parametrize("paths", ["absolute", "relative", "none"])
def test_xspf_is_valid(library: Catalogue, paths: Paths) -> None:
    assert xspf_faults(export(library, "xspf", paths).content) == []


def test_the_rules_of_xspf_find_faults() -> None:
    faults = xspf_faults(
        b'<playlist version="2" xmlns="http://xspf.org/ns/0/" x="y"><title>a</title><title>b</title>text'
        b"<trackList><track><location>a b</location><date/></track></trackList></playlist>"
    )
    assert len(faults) == 6, faults


def test_a_catalogue_without_tracks_gives_names_and_mbids(tmp_path: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "cat", len(NAMES), name=NAMES, mbid=MBIDS)
    for file_format in PLAYLISTS:
        found = export(catalogue, file_format)
        assert (found.n_artists, found.left_out, found.n_tracks, found.n_files) == (len(NAMES), (), 0, 0)
        assert [entry.row for entry in import_list(catalogue, found.content).curated.entries] == list(range(len(NAMES)))
    playlist = json.loads(export(catalogue, "jspf").content)["playlist"]
    assert [track["creator"] for track in playlist["track"]] == NAMES
    assert playlist["track"][1]["extension"][MUSICBRAINZ_TRACK] == {
        "artist_identifiers": [f"https://musicbrainz.org/artist/{MBIDS[1]}"]
    }
    assert not any(name in track for track in playlist["track"] for name in ("title", "identifier", "location"))
    assert xspf_faults(export(catalogue, "xspf").content) == []
    assert players_lines(export(catalogue, "m3u8").content) == []


def test_listenbrainz_takes_the_tracks_that_have_a_recording(library: Catalogue) -> None:
    """Its server wants a title, a boolean `public`, and of each track the address of a recording."""
    curated = CurationList("For ListenBrainz", tuple(entry_of(library, row) for row in range(len(library))))
    found = export_list(library, curated, "jspf", recordings_only=True)
    playlist = json.loads(found.content)["playlist"]
    assert playlist["title"]
    assert playlist["extension"][MUSICBRAINZ_PLAYLIST]["public"] is False
    assert [track["identifier"] for track in playlist["track"]] == [
        [f"https://musicbrainz.org/recording/{RECORDINGS[row]}"] for row in (0, 1, 5)
    ]
    assert len(found.left_out) == 3


def test_a_file_name_that_is_no_utf8_is_still_opened(library: Catalogue) -> None:
    bad = os.path.join(os.fsencode(library.audio_folder), b"caf\xe9.mp3")
    with open(bad, "wb"):
        pass
    tracks = library.tracks.assign(path=[*FILES[:-1], "caf\\xe9.mp3", None])
    named = write_catalogue(
        library.path.parent / "odd",
        library.manifest,
        library.artists[["artist_id", "name", "split"]],
        tiny_edges([]),
        {},
        tracks,
    )
    lines = players_lines(export(open_catalogue(named), "m3u8").content)
    assert os.fsencode(opened(lines[-1])) == bad


def test_m3u_of_other_programs_is_read(library: Catalogue) -> None:
    text = "#EXTM3U\r\n#PLAYLIST:Theirs\r\n#EXTINF:123,Björka - Song\r\nC:\\music\\a.mp3\r\n#EXTINF:1,Who\r\nb.mp3\r\n"
    read = import_list(library, text.encode())
    assert read.curated.name == "Theirs"
    assert read.file_format == "m3u8"
    assert [entry.name for entry in read.curated.entries] == ["Björka"]
    assert [one.called for one in read.unmatched] == ["Who"]
