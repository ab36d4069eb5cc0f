"""A folder of music becomes a catalogue: the library below comes out artist by artist as its table says."""

import json
import os
import sys
from pathlib import Path

import pytest

from core.audio.tags import read_tags
from core.catalogue import Catalogue, open_catalogue, validate
from core.catalogue.importers import IMPORTERS
from core.catalogue.importers.folder.review import review_lines, review_text
from core.errors import CatalogueError
from tests.support.music import CONTAINERS, mbid, music, untagged

FOLDER = IMPORTERS["folder"]
ALICE, BOB, CAT, TWIN_1, TWIN_2, GUEST, ACDC = map(mbid, range(1, 8))


def tagged_library(root: Path) -> None:
    """Every rule of credits, in all six kinds of tags."""
    for number, kind in enumerate(CONTAINERS):  # lists of artists with MBIDs; slashes where ID3v2.3 has no lists
        suffix = kind.split()[0]
        music(
            root / f"Alice & Bob/Duets/{number}.{suffix}",
            kind,
            title=f"Duet {number}",
            album="Duets",
            artist="Alice & Bob",
            artists=["Alice", "Bob"],
            artist_mbids=[ALICE, BOB],
            recording=mbid(100 + number),
            release_track=mbid(200 + number),
            genres="Jazz",
        )
    music(root / "x/feat.flac", "flac", artist="Alice feat. Cat", artist_mbids=[ALICE, CAT], title="Guests")
    music(root / "x/feat.mp3", "mp3 2.3", artist="Dora ft. Ed / Fay; Gus", title="Words", genres="(17)")
    music(root / "x/ten.ogg", "ogg", artist="10 ft. Ganja Plant", album_artist="10 ft. Ganja Plant")
    music(root / "x/wind.m4a", "m4a", artist="Earth, Wind & Fire")
    music(root / "x/simon.opus", "opus", artist="Simon & Garfunkel")
    music(root / "x/acdc.mp3", "mp3 2.3", artist="AC/DC", artist_mbids=[ACDC])
    music(root / "x/acdc2.mp3", "mp3 2.4", artist="AC/DC feat. Guest", artists=["AC/DC", "Guest"])
    music(root / "x/slashes.mp3", "mp3 2.3", artist=["Alice", "Guest"], artist_mbids=[ALICE, GUEST], title="Slashes")
    music(root / "x/vorbis.flac", "flac", artist=["Hal", "Ida"], title="Two values")
    music(root / "x/nul.mp3", "mp3 2.4", artist=["Hal", "Ida"], title="Two values", genres=["Soul", "Funk; Soul"])
    music(root / "x/ampersand.flac", "flac", artist="Hal & Ida", artist_mbids=[mbid(40), mbid(41)])
    music(root / "x/unclear.flac", "flac", artist="Nobody knows", artist_mbids=[mbid(50), mbid(51)])
    music(root / "x/feat-rest.flac", "flac", artist="Kim feat. Leo feat. Max")
    # Identity.
    music(root / "y/spelling1.flac", "flac", artist="The  Bjo\u0308rk", title="1")
    music(root / "y/spelling2.ogg", "ogg", artist="the BJÖRK", title="2")
    music(root / "y/spelling3.ogg", "ogg", artist="The Björk", title="3")
    music(root / "y/the.ogg", "ogg", artist="Björk")
    music(root / "y/twin1.flac", "flac", artist="Twin", artist_mbids=[TWIN_1])
    music(root / "y/twin2.flac", "flac", artist="Twin", artist_mbids=[TWIN_2])
    music(root / "y/twin3.flac", "flac", artist="Twin", title="without")
    music(root / "y/other-name.flac", "flac", artist="Alicia", artist_mbids=[ALICE])
    # Compilations and nobody.
    various = {"album_artist": "Various Artists", "compilation": "1", "album": "Hits"}
    music(root / "Various Artists/Hits/1.m4a", "m4a", artist="Ned", **various)
    music(root / "Various Artists/Hits/2.mp3", "mp3 2.4", artist="Various Artists", **various)
    music(root / "Various Artists/Hits/3.ogg", "ogg", artist="[unknown]", **various)
    music(root / "z/only-album-artist.flac", "flac", album_artist="Olga", title="x")
    music(root / "z/soundtrack1.flac", "flac", artist="Composer 1", album_artist="Olga")
    # Without tags.
    music(root / "Peer/Album/untagged.wav", "wav")
    music(root / "Unknown Artist/Album/untagged.aiff", "aiff")
    music(root / "untagged.flac", "flac")
    # Duplicates.
    music(root / "x/copy of feat.flac", "flac", artist="Alice feat. Cat", artist_mbids=[ALICE, CAT], title="Guests")
    music(root / "x/again.mp3", "mp3 2.4", artist="Alice", artist_mbids=[ALICE], recording=mbid(100))
    # Odd names.
    music(root / ".tincan./...One More Turn.wav", "wav", artist=".tincan.", title="Dots")
    music(root / "Que\u0301?/a: b|c.flac", "flac", artist="Qué?", title="Normal forms")
    os.rename(music(root / "Björka/x.wav", "wav", artist="Björka"), os.fsencode(root / "Björka") + b"/J\xf3ga.wav")
    (root / "Björka/._Joga.wav").write_bytes(b"\0\5\x16\7")
    (root / "@eaDir").mkdir()
    music(root / "@eaDir/x.wav", "wav", artist="Nobody")


TABLE = {
    # name: MBID, tracks as a main artist, genres
    "Alice": (ALICE, 10, ["Jazz"]),
    "Bob": (BOB, 6, ["Jazz"]),
    "Cat": (CAT, 0, []),
    "Dora": ("", 1, ["Rock"]),
    "Ed": ("", 0, []),
    "Fay": ("", 0, []),
    "Gus": ("", 0, []),
    "10 ft. Ganja Plant": ("", 1, []),
    "Earth, Wind & Fire": ("", 1, []),
    "Simon & Garfunkel": ("", 1, []),
    "AC/DC": (ACDC, 1, []),
    "AC/DC ": ("", 1, []),  # told apart by the test: without an MBID in the tags of the second file
    "Guest": (GUEST, 1, []),
    "Guest ": ("", 0, []),
    "Hal": ("", 2, ["Funk", "Soul"]),
    "Ida": ("", 2, ["Funk", "Soul"]),
    "Hal ": (mbid(40), 1, []),
    "Ida ": (mbid(41), 1, []),
    "Nobody knows": ("", 1, []),
    "Kim": ("", 1, []),
    "Leo": ("", 0, []),
    "Max": ("", 0, []),
    "The Björk": ("", 3, []),
    "Björk": ("", 1, []),
    "Twin": (TWIN_1, 1, []),
    "Twin ": (TWIN_2, 1, []),
    "Twin  ": ("", 1, []),
    "Ned": ("", 1, []),
    "Olga": ("", 1, []),
    "Composer 1": ("", 1, []),
    "Peer": ("", 1, []),
    ".tincan.": ("", 1, []),
    "Qué?": ("", 1, []),
    "Björka": ("", 1, []),
}


def unreadable_files(root: Path) -> int:
    """Thirty files that cannot be read, by their names music."""
    whole = {kind: untagged(kind) for kind in (*CONTAINERS, "wav", "aiff")}
    contents: list[tuple[str, bytes]] = [
        ("empty.mp3", b""),
        ("text.mp3", b"This is a text that somebody has renamed.\n" * 9),
        ("html.ogg", b"<!DOCTYPE html><title>404</title>"),
        ("picture.flac", b"\x89PNG\r\n\x1a\n" + bytes(99)),
        ("photo.m4a", b"\xff\xd8\xff\xe0" + bytes(99)),
        ("gif.wav", b"GIF89a" + bytes(99)),
        ("webp.wav", b"RIFF\0\0\0\0WEBPVP8 " + bytes(99)),
        ("archive.mp3", b"PK\3\4" + bytes(99)),
        ("gzip.mp3", b"\x1f\x8b\b\0" + bytes(99)),
        ("rar.mp3", b"Rar!\x1a\7\0" + bytes(99)),
        ("7z.mp3", b"7z\xbc\xaf\x27\x1c" + bytes(99)),
        ("document.mp3", b"%PDF-1.7\n" + bytes(99)),
        ("program.mp3", b"\x7fELF" + bytes(99)),
        ("windows.mp3", b"MZ" + bytes(99)),
        ("midi.mp3", b"MThd\0\0\0\6" + bytes(99)),
        ("database.opus", b"SQLite format 3\0" + bytes(99)),
        ("table.aiff", b"PAR1" + bytes(99)),
        ("array.wma", b"\x93NUMPY\1\0" + bytes(99)),
        ("zeros.mp3", bytes(4096)),
        ("ones.flac", b"\1" * 4096),
        ("noise.wav", bytes((place * 197 + 3) % 251 for place in range(4096))),
        ("lost-head.flac", whole["flac"][64:]),
        ("lost-head.ogg", b"\0\0" + whole["ogg"][6:]),
        ("lost-head.m4a", whole["m4a"][12:]),
        ("utf16.mp3", "A text in UTF-16".encode("utf-16")),
        ("playlist.mp3", b"#EXTM3U\nfile:///etc/passwd\n"),
        ("cue.wav", b'FILE "x.wav" WAVE\n  TRACK 01 AUDIO\n'),
        ("one-byte.mp3", b"\0"),
    ]
    root.mkdir(parents=True)
    for name, content in contents:
        (root / name).write_bytes(content)
    os.mkfifo(root / "pipe.mp3")
    (root / "nowhere.mp3").symlink_to(root / "none.mp3")
    return len(contents) + 2


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("music")
    tagged_library(folder / "lib")
    assert unreadable_files(folder / "lib" / "bad") == 30
    exceptions = folder / "exceptions.txt"
    exceptions.write_text("# these are one artist each\nEarth, Wind & Fire\n")
    return open_catalogue(FOLDER.run(folder / "lib", folder / "out", {"exceptions": str(exceptions)}))


def review(catalogue: Catalogue) -> dict:
    return json.loads((catalogue.path / "music" / "review.json").read_text(encoding="utf-8"))


def test_each_artist_comes_out_as_the_table_says(imported: Catalogue) -> None:
    tracks = imported.tracks["artist"].value_counts()
    found = {
        (artist["name"], artist["mbid"] if isinstance(artist["mbid"], str) else ""): (
            int(tracks.get(row, 0)),
            sorted(artist["genres"]),
        )
        for row, artist in imported.artists.iterrows()
    }
    expected = {(name.rstrip(), mbid): (count, genres) for name, (mbid, count, genres) in TABLE.items()}
    assert found == expected
    assert validate(imported.path) == []


def test_ids_are_mbids_or_made_from_the_name_alone(imported: Catalogue) -> None:
    by_name = dict(zip(imported.artists["name"], imported.artists["artist_id"], strict=True))
    assert by_name["Alice"] == ALICE
    assert by_name["Dora"].startswith("name-")
    assert imported.manifest.splits.are_made
    assert imported.manifest.learned == ""


def edges_by_name(catalogue: Catalogue) -> dict[tuple[str, str], float]:
    names = catalogue.artists["name"]
    return {
        tuple(sorted((names[edge.source], names[edge.target]))): edge.weight for edge in catalogue.edges.itertuples()
    }


def test_who_shares_a_credit_played_together(imported: Catalogue) -> None:
    assert set(imported.edges["relation"]) == {"collaborated"}
    edges = edges_by_name(imported)
    assert edges["Alice", "Bob"] == 6
    assert edges["Alice", "Cat"] == 0.25
    assert {pair: weight for pair, weight in edges.items() if "Dora" in pair} == dict.fromkeys(
        [("Dora", "Ed"), ("Dora", "Fay"), ("Dora", "Gus")], 0.25
    )


def test_tracks_hold_title_album_recording_and_path(imported: Catalogue) -> None:
    tracks = imported.tracks.set_index("path")
    duet = tracks.loc["Alice & Bob/Duets/5.mp3"]
    assert set(duet["title"]) == {"Duet 5"}
    assert set(duet["album"]) == {"Duets"}
    assert set(duet["recording_mbid"]) == {mbid(105)}
    assert tracks.loc["Peer/Album/untagged.wav", "title"] == "untagged"
    assert tracks.loc["Björka/J\\xf3ga.wav", "title"] == "J\ufffdga"
    assert imported.audio_folder.name == "lib"


def test_the_review_tells_every_decision(imported: Catalogue) -> None:
    told = review(imported)
    splits = {entry["credit"]: (entry["artists"], entry["rule"]) for entry in told["splits"]}
    assert splits["Dora ft. Ed / Fay; Gus"] == (["Dora", "Ed", "Fay", "Gus"], "joining words")
    assert splits["Hal & Ida"] == (["Hal", "Ida"], "as many parts as MBIDs")
    assert splits["Alice & Bob"][1] == "the tags list the artists"
    kept = {entry["credit"]: entry["because"] for entry in told["kept_whole"]}
    assert kept["10 ft. Ganja Plant"] == "the whole name stands elsewhere as one artist"
    assert kept["Nobody knows"].startswith("2 MBIDs")
    assert {entry["name"]: entry["aliases"] for entry in told["spellings"]} == {
        "Alice": ["Alicia"],
        "The Björk": ["the BJÖRK"],
    }
    assert {entry["name"] for entry in told["merges_proposed"]} == {"Twin", "AC/DC", "Guest", "Hal", "Ida"}
    assert told["duplicates"]["same_content"] == [["x/copy of feat.flac", "x/feat.flac"]]
    assert told["duplicates"]["same_recording"] == [["Alice & Bob/Duets/0.flac", "x/again.mp3"]]
    assert {entry["file"] for entry in told["no_artist"]} == {
        "Various Artists/Hits/2.mp3",
        "Various Artists/Hits/3.ogg",
        "Unknown Artist/Album/untagged.aiff",
        "untagged.flac",
    }
    assert told["artists_by_folder"] == [{"artist": "Peer", "files": 1}]
    assert {entry["name"] for entry in told["without_tracks"]} == {"Cat", "Ed", "Fay", "Gus", "Guest", "Leo", "Max"}
    text = (imported.path / "music" / "review.txt").read_text(encoding="utf-8")
    assert "“Hal & Ida” into “Hal”, “Ida”: as many parts as MBIDs" in text


def test_artists_called_after_folders_are_named_with_a_remedy(imported: Catalogue) -> None:
    told = review(imported)
    assert "1 artist named after folders, since files there name nobody: Peer" in review_lines(told)
    told["artists_by_folder"] = [{"artist": f"box {number}", "files": 1} for number in range(300)]
    (line,) = (line for line in review_lines(told) if "named after folders" in line)
    assert line.endswith(f": {', '.join(f'box {number}' for number in range(8))} and 292 more, whom the review lists")
    assert any("put the artists into the tags" in line for line in review_lines(told))
    assert "box 299: 1 file" in review_text(told)
    assert "box 299" not in review_text(told, most=200)


def test_what_cannot_be_read_is_told_and_costs_nothing_else(imported: Catalogue) -> None:
    told = review(imported)
    refused = {entry["file"]: entry["reason"] for entry in told["refused"]}
    left_out = "\n".join(told["left_out"])
    assert all(name.startswith("bad/") for name in refused)
    assert len(refused) == 28
    assert "bad/pipe.mp3: no regular file." in left_out
    assert "bad/nowhere.mp3: a link to a file that is not there." in left_out
    assert refused["bad/empty.mp3"] == "The file is empty."
    assert "a PNG picture" in refused["bad/picture.flac"]
    assert "._Joga.wav" in left_out
    assert "@eaDir" in left_out


@pytest.mark.parametrize("kind", CONTAINERS)
def test_tags_of_every_kind_are_read_alike(tmp_path: Path, kind: str) -> None:
    path = music(
        tmp_path / f"x.{kind.split()[0]}",
        kind,
        title="T",
        album="A",
        artist="Alice & Bob",
        artists=["Alice", "Bob"],
        album_artist="Alice",
        artist_mbids=[ALICE, BOB],
        recording=mbid(9),
        release_track=mbid(10),
        compilation="1",
        genres="Jazz",
    )
    tags, _ = read_tags(str(path))
    assert (tags.title, tags.album, tags.recording_mbid, tags.is_compilation) == ("T", "A", mbid(9), True)
    assert tags.artist_mbids == (ALICE, BOB)
    assert tags.album_artists == ("Alice",)
    assert tags.artists == (("Alice & Bob", "Alice/Bob") if kind == "mp3 2.3" else ("Alice & Bob", "Alice", "Bob"))
    assert tags.genres == ("Jazz",)
    assert tags.are_read


def test_what_is_no_music_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="There is no folder .*drive"):
        FOLDER.run(tmp_path / "none", tmp_path / "out")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "text.mp3").write_bytes(b"nothing but text, nothing else")
    with pytest.raises(CatalogueError, match=r"No file in .* says who its artist is\. text\.mp3: This is a text file"):
        FOLDER.run(tmp_path / "lib", tmp_path / "out")
    if sys.platform == "linux":
        odd = os.fsencode(tmp_path) + b"/m\xf3sica"
        os.mkdir(odd)
        (Path(os.fsdecode(odd)) / "x.mp3").write_bytes(b"")
        with pytest.raises(CatalogueError, match="is no UTF-8. Rename it"):
            FOLDER.run(Path(os.fsdecode(odd)), tmp_path / "out")
