"""Whose file is whose in real folders: links, hidden names, names that Windows allows, bytes that are no UTF-8."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.audio.music_files import MusicFolder, find_file, shown_path, stored_path
from core.catalogue import Catalogue, open_catalogue, validate
from core.catalogue.importers import IMPORTERS
from core.catalogue.recordings import recording_path
from core.errors import NearfieldError
from core.features.audio_folders import list_audio, list_tracks
from core.features.extraction import extract_audio, extractors
from core.features.extraction_work import ExtractionProgress
from tests.core.features.test_extraction import sound
from tests.support.catalogues import tiny_catalogue
from tests.support.music import music, retag

ROOT = Path(__file__).resolve().parents[3]


def catalogue_of(path: Path, *names: str) -> Catalogue:
    return tiny_catalogue(path, len(names), name=list(names))


def put(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(os.fsencode(path))


def listed(catalogue: Catalogue, folder: Path, table: Path | None = None) -> list[str]:
    return [file.name for file in list_audio(catalogue, folder, table).files]


def test_names_that_begin_with_a_dot_are_names(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path / "c", ".tincan.", "...And You May Know", "Björka")
    audio = tmp_path / "audio"
    names = [".tincan./a.wav", "...And You May Know/b.wav", "Björka/...One More Turn.wav", "Björka/ok.wav"]
    left = ["Björka/._ok.wav", "Björka/.DS_Store", "Björka/.git/x.wav", ".stversions/Björka/x.wav"]
    put(*(audio / name for name in (*names, *left)))
    found = list_audio(catalogue, audio)
    assert [file.name for file in found.files] == names
    said = "\n".join(found.left_out)
    assert all(name in said for name in ("._ok.wav", ".DS_Store", ".git", ".stversions"))


def test_links_lead_to_each_real_folder_once(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path / "c", "Björka", "Linked")
    audio = tmp_path / "audio"
    put(audio / "Björka/two.wav", tmp_path / "other/Album/one.wav", tmp_path / "third/x.wav")
    (audio / "Björka/Album").symlink_to(tmp_path / "other/Album")
    (audio / "Björka/again").symlink_to(tmp_path / "other/Album")
    (audio / "Björka/loop").symlink_to(audio / "Björka")
    (audio / "Björka/up").symlink_to(tmp_path)
    (audio / "Björka/same.wav").symlink_to(audio / "Björka/two.wav")
    (audio / "Linked").symlink_to(tmp_path / "third")
    found = list_audio(catalogue, audio)
    assert [file.name for file in found.files] == ["Björka/Album/one.wav", "Björka/two.wav", "Linked/x.wav"]
    said = "\n".join(found.left_out)
    for name, why in (
        ("Björka/again", "read at another place"),
        ("Björka/loop", "read at another place"),
        ("Björka/up", "holds this one"),
        ("Björka/same.wav", "read at its own place"),
    ):
        assert any(name in line and why in line for line in said.splitlines()), (name, said)


def test_names_as_windows_allows_them_are_found_where_one_artist_fits(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path / "c", "Therapist?", "M.I.B.", "AC/BC", "A:B", "A|B")
    audio = tmp_path / "audio"
    put(*(audio / name / "x.wav" for name in ("Therapist_", "M.I.B_", "AC_BC", "A_B")))
    found = list_audio(catalogue, audio)
    assert [file.name for file in found.files] == ["Therapist_/x.wav", "M.I.B_/x.wav", "AC_BC/x.wav"]
    assert any("“A_B” is the name of 2 artists" in line for line in found.left_out)


@pytest.mark.parametrize(
    "text",
    [
        "artist,file\nBjörka,Bjo\u0308rka/c.wav\n",
        "artist,file\nBjörka,Björka/c.wav,\n",
        "artist, file\nBjörka, Björka/c.wav\n",
        "artist;file\nBjörka;Björka/c.wav\n",
        "\ufeffartist\tfile\nBjörka\tBjörka/c.wav\n",
    ],
)
def test_tables_of_files_are_read_as_people_write_them(tmp_path: Path, text: str) -> None:
    catalogue = catalogue_of(tmp_path / "c", "Björka", "AC/BC")
    put(tmp_path / "audio/Björka/c.wav")
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    assert listed(catalogue, tmp_path / "audio", tmp_path / "t.csv") == ["Björka/c.wav"]


def test_bytes_that_are_no_utf8_are_shown_stored_and_found_again(tmp_path: Path) -> None:
    odd = os.fsdecode(b"J\xf3ga.wav")
    put(tmp_path / odd)
    assert shown_path(odd) == "J\ufffdga.wav"
    assert stored_path(odd) == "J\\xf3ga.wav"
    assert find_file(tmp_path, stored_path(odd)) == tmp_path / odd
    assert find_file(tmp_path, "none.wav") == tmp_path / "none.wav"
    assert [file.name for file in MusicFolder(tmp_path).files()] == [odd]


def test_a_file_of_an_odd_name_is_extracted_and_costs_no_other(tmp_path: Path) -> None:
    catalogue = catalogue_of(tmp_path / "c", "Björka", "Radio Tin")
    sound(tmp_path / "audio/Radio Tin/ok.wav", 440)
    sound(tmp_path / "audio/Björka/x.wav", 550)
    os.rename(tmp_path / "audio/Björka/x.wav", os.fsencode(tmp_path / "audio/Björka") + b"/J\xf3ga.wav")
    found = extract_audio(catalogue, list_audio(catalogue, tmp_path / "audio"), extractors(["acousticbrainz"], None))
    assert found.failures == []
    after = found.catalogue
    assert after.tracks["title"].tolist() == ["J\ufffdga", "ok"]
    assert not np.isnan(after.feature_array("acousticbrainz")).any()
    assert all(recording_path(after, track).is_file() for _, track in after.tracks.iterrows())
    assert validate(after.path) == []


def test_the_tracks_of_a_music_folder_are_extracted_without_a_table(tmp_path: Path) -> None:
    root = tmp_path / "lib"
    for place, name in enumerate(("Ada", "Bo", "Cy")):
        sound(root / f"{place}.wav", 300 + 100 * place)
        retag(root / f"{place}.wav", "wav", artist=[name], album=["Album"])
    music(root / "none.flac", "flac", artist="Ada", title="too short")
    catalogue = open_catalogue(IMPORTERS["folder"].run(root, tmp_path / "out"))
    seen: list[ExtractionProgress] = []
    wanted = extractors(["acousticbrainz"], None)
    found = extract_audio(catalogue, list_tracks(catalogue), wanted, on_progress=seen.append)
    assert (seen[0].done, seen[0].files, seen[-1].done) == (0, 4, 4)
    assert [name for name, _ in found.failures] == ["none.flac"]
    after = found.catalogue
    assert sorted(after.tracks["track_id"]) == sorted(catalogue.tracks["track_id"])
    assert set(after.tracks["album"].dropna()) == {"Album"}
    assert not np.isnan(after.feature_array("acousticbrainz")).any()
    # The folder is read again: vectors stay.
    music(root / "new.wav", "wav", artist="Di")
    again = open_catalogue(IMPORTERS["folder"].run(root, tmp_path / "out"))
    assert (~np.isnan(again.track_array("acousticbrainz")[:, 0])).sum() == 3
    assert (~np.isnan(again.feature_array("acousticbrainz")[:, 0])).tolist() == [True, True, True, False]
    assert validate(again.path) == []
    # The music moves.
    root.rename(tmp_path / "moved")
    with pytest.raises(NearfieldError, match="If it is on a drive that is away, connect it"):
        list_tracks(again)


def test_the_command_line_imports_and_extracts(tmp_path: Path) -> None:
    root = tmp_path / "lib"
    sound(root / "a.wav", 440)
    retag(root / "a.wav", "wav", artist=["Ada"])

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "core", *arguments],
            cwd=ROOT,
            env=os.environ | {"NEARFIELD_DATA": str(tmp_path), "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            check=False,
        )

    done = run("import", "folder", str(root), str(tmp_path / "mine"))
    assert done.returncode == 0, done.stderr
    assert "100%  reading tags" in done.stderr
    assert "1 file read, 1 artist, 1 track" in done.stderr
    root.rename(tmp_path / "moved")
    lost = run("extract", str(tmp_path / "mine"), "--features", "acousticbrainz")
    assert lost.returncode == 2
    assert "--audio-root" in lost.stderr
    done = run(
        "extract", str(tmp_path / "mine"), "--features", "acousticbrainz", "--audio-root", str(tmp_path / "moved")
    )
    assert done.returncode == 0, done.stderr
    assert "0/1" in done.stderr
    assert open_catalogue(tmp_path / "mine").feature_names == ["acousticbrainz"]
    again = run("import", "folder", str(tmp_path / "moved"), str(tmp_path / "mine"))
    assert again.returncode == 0, again.stderr
    assert "the folder has moved from" in again.stderr
