"""A music folder that is read again: ids stay, only what is new is read, and nothing that is kept is lost."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from core.audio import tag_worker
from core.catalogue import Catalogue, FeatureInfo, open_catalogue, update_catalogue, validate
from core.catalogue.importers import IMPORTERS, Content
from core.catalogue.importers.folder.store import open_store
from core.errors import CatalogueError, NearfieldError, StoppedError
from core.features.audio_folders import list_tracks
from tests.support.music import mbid, music, retag

ROOT = Path(__file__).resolve().parents[4]
FOLDER = IMPORTERS["folder"]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    root = tmp_path / "lib"
    music(root / "a/1.flac", "flac", artist="Ada", title="One", album="First", genres="Pop")
    music(root / "a/2.ogg", "ogg", artist="Ada feat. Bo", title="Two")
    music(root / "b/3.mp3", "mp3 2.4", artist="Bo", title="Three")
    return root


def read(root: Path, dest: Path, **options: str) -> tuple[Catalogue, Content]:
    content = FOLDER.plan(root, options, dest, is_trial=False)
    return open_catalogue(FOLDER.write(content, dest)), content


def lines(content: Content) -> str:
    assert content.report
    return "\n".join(content.report.lines)


def asked_files(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files whose tags are read from now on."""
    asked: list[str] = []
    ask = tag_worker.TagReader._ask

    def note(self: tag_worker.TagReader, question: bytes) -> None:
        asked.append(Path(json.loads(question)).name)
        ask(self, question)

    monkeypatch.setattr(tag_worker.TagReader, "_ask", note)
    return asked


def test_nothing_new_costs_nothing_and_changes_nothing(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = read(library, tmp_path / "out")
    asked = asked_files(monkeypatch)
    again, content = read(library, tmp_path / "out")
    assert asked == []
    assert again.content_hash == first.content_hash
    assert lines(content) == "nothing has changed since the folder was read"
    # A file that was only touched is read, and found to be the same.
    os.utime(library / "a/1.flac", (1, 1))
    touched, _ = read(library, tmp_path / "out")
    assert asked == ["1.flac"]
    assert touched.content_hash == first.content_hash


def test_new_artists_come_after_the_old_and_ids_stay(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = read(library, tmp_path / "out")
    info = FeatureInfo("tempo", "Tempo")
    values = np.array([[1.0], [2.0]], np.float32)
    vectors = np.arange(len(first.tracks), dtype=np.float32)[:, None]
    update_catalogue(first, {"tempo": (values, info)}, track_features={"tempo": vectors})
    asked = asked_files(monkeypatch)
    music(library / "0/new.flac", "flac", artist="Aaron", title="New")
    (library / "a/1.flac").unlink()
    retag(library / "b/3.mp3", "mp3 2.4", title=["Third"])
    after, content = read(library, tmp_path / "out")
    assert asked == ["new.flac", "3.mp3"]
    assert after.artists["name"].tolist() == ["Ada", "Bo", "Aaron"]
    assert after.artists["artist_id"].tolist()[:2] == first.artists["artist_id"].tolist()
    assert after.artists["split"].tolist()[:2] == first.artists["split"].tolist()
    assert sorted(after.tracks["title"]) == ["New", "Third", "Two"]
    assert content.report
    assert content.report.details["changes"] == {
        "changed": ["b/3.mp3"],
        "gone": ["a/1.flac"],
        "new": ["0/new.flac"],
    }
    # Vectors of tracks stay, an artist's mean is that of the tracks that are left, and new artists lack the set.
    tempo = dict(zip(after.tracks["title"], after.track_array("tempo")[:, 0].tolist(), strict=True))
    assert (tempo["Two"], tempo["Third"]) == (1.0, 2.0)
    assert np.isnan(tempo["New"])
    assert after.feature_array("tempo")[:2, 0].tolist() == [1.0, 2.0]
    assert np.isnan(after.feature_array("tempo")[2, 0])
    assert validate(after.path) == []


def test_an_artist_without_files_stays(library: Path, tmp_path: Path) -> None:
    first, _ = read(library, tmp_path / "out")
    shutil.rmtree(library / "b")
    (library / "a/2.ogg").unlink()
    after, content = read(library, tmp_path / "out")
    assert after.artists["artist_id"].tolist() == first.artists["artist_id"].tolist()
    assert len(after.edges) == 0
    assert "1 artist without files stays" in lines(content)
    assert validate(after.path) == []


def test_a_name_that_gets_an_mbid_is_the_same_artist(library: Path, tmp_path: Path) -> None:
    first, _ = read(library, tmp_path / "out")
    retag(library / "b/3.mp3", "mp3 2.4", artist_mbids=[mbid(1)])
    retag(library / "a/2.ogg", "ogg", artist_mbids=[mbid(2), mbid(1)])
    retag(library / "a/1.flac", "flac", artist_mbids=[mbid(2)])
    after, content = read(library, tmp_path / "out")
    assert after.artists["artist_id"].tolist() == first.artists["artist_id"].tolist()
    assert after.artists["mbid"].tolist() == [mbid(2), mbid(1)]
    assert "2 artists have an MBID now" in lines(content)
    assert read(library, tmp_path / "out")[0].content_hash == after.content_hash


def test_exceptions_change_the_catalogue_without_another_reading(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(library, tmp_path / "out")
    asked = asked_files(monkeypatch)
    (tmp_path / "whole.txt").write_text("ada FEAT. bo\n")
    after, _ = read(library, tmp_path / "out", exceptions=str(tmp_path / "whole.txt"))
    assert asked == []
    assert after.artists["name"].tolist() == ["Ada", "Bo", "Ada feat. Bo"]
    # They are remembered.
    music(library / "c/4.flac", "flac", artist="Cy")
    assert read(library, tmp_path / "out")[0].artists["name"].tolist() == ["Ada", "Bo", "Ada feat. Bo", "Cy"]
    with pytest.raises(CatalogueError, match=r"none\.txt is missing"):
        read(library, tmp_path / "out", exceptions=str(tmp_path / "none.txt"))


def test_a_folder_that_moved_is_known_again(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = read(library, tmp_path / "out")
    library.rename(tmp_path / "moved")
    with pytest.raises(NearfieldError, match="The music of out is not at .*--audio-root"):
        list_tracks(open_catalogue(tmp_path / "out"))
    asked = asked_files(monkeypatch)
    after, content = read(tmp_path / "moved", tmp_path / "out")
    assert asked == []
    assert f"the folder has moved from {library}" in lines(content)
    assert after.audio_folder == tmp_path / "moved"
    assert after.artists["artist_id"].tolist() == first.artists["artist_id"].tolist()
    assert len(list_tracks(after).files) == 3
    music(tmp_path / "other/x.flac", "flac", artist="Somebody")
    with pytest.raises(CatalogueError, match="does not hold the same files"):
        read(tmp_path / "other", tmp_path / "out")


def test_a_drive_that_is_away_takes_nothing_with_it(library: Path, tmp_path: Path) -> None:
    first, _ = read(library, tmp_path / "out")
    library.rename(tmp_path / "kept")
    with pytest.raises(CatalogueError, match="on a drive that is away"):
        read(library, tmp_path / "out")
    library.mkdir()
    with pytest.raises(CatalogueError, match="held 3 files before. Is the drive connected"):
        read(library, tmp_path / "out")
    library.rmdir()
    (tmp_path / "kept").rename(library)
    after, content = read(library, tmp_path / "out")
    assert after.content_hash == first.content_hash
    assert lines(content) == "nothing has changed since the folder was read"


def test_a_trial_writes_nothing(library: Path, tmp_path: Path) -> None:
    trial = FOLDER.plan(library, {}, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["lib"]
    assert "3 files read, 2 artists, 3 tracks, 1 pair who played together" in lines(trial)
    first, _ = read(library, tmp_path / "out")
    music(library / "c/4.flac", "flac", artist="Cy")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    trial = FOLDER.plan(library, {}, tmp_path / "out")
    assert len(trial.artists) == 3
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before
    assert open_catalogue(tmp_path / "out").content_hash == first.content_hash


def test_another_catalogue_is_not_written_over(library: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(CatalogueError, match="exists already"):
        FOLDER.check_destination(tmp_path / "out")
    (tmp_path / "out").rmdir()
    read(library, tmp_path / "out")
    FOLDER.check_destination(tmp_path / "out")


def test_a_reading_that_is_stopped_goes_on(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        music(library / f"more/{number}.wav", "wav", artist=f"Artist {number}")
    calls = 0

    def stop(stage: str, share: float) -> None:
        nonlocal calls
        calls += stage == "reading tags"
        if calls == 10:
            raise StoppedError

    with pytest.raises(StoppedError):
        FOLDER.plan(library, {}, tmp_path / "out", is_trial=False, on_progress=stop)
    assert not (tmp_path / "out").exists()
    asked = asked_files(monkeypatch)
    after, _ = read(library, tmp_path / "out")
    assert 0 < len(asked) <= 14
    assert len(after) == 22
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lib", "out"]


def test_a_file_that_hangs_or_kills_the_reader_costs_that_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = tmp_path / "core" / "audio"
    worker.mkdir(parents=True)
    (worker / "tag_worker.py").write_text(
        "import json, sys, time\n"
        "for line in sys.stdin:\n"
        "    name = json.loads(line)\n"
        "    if name == 'dies': sys.exit(1)\n"
        "    if name == 'hangs': time.sleep(60)\n"
        "    print(json.dumps({'tags': {'title': name}, 'fingerprint': '', 'fault': ''}), flush=True)\n"
    )
    monkeypatch.setattr(tag_worker, "_ROOT", tmp_path)
    reader = tag_worker.TagReader(seconds=3.0)
    names = ["a", "dies", "b", "hangs", "c"]
    answers = dict(reader.read((name, name) for name in names))
    reader.close()
    assert [answers[name].tags.title for name in names] == ["a", "", "b", "", "c"]
    assert "ended on this file" in answers["dies"].fault
    assert "given up after 3 seconds" in answers["hangs"].fault


def test_folders_that_cannot_be_read_now_keep_their_files(library: Path, tmp_path: Path) -> None:
    first, _ = read(library, tmp_path / "out")
    with open_store(tmp_path / "out/music/files.sqlite") as store:
        store.begin([])
        assert store.keep_below(["a"]) == 2
        store.end()
        assert store.changed("gone", 9) == ["b/3.mp3"]
    after, _ = read(library, tmp_path / "out")
    assert after.content_hash == first.content_hash


@pytest.mark.slow
def test_kills_at_random_moments_lose_nothing(tmp_path: Path) -> None:
    root, dest = tmp_path / "lib", tmp_path / "data" / "out"
    for number in range(300):
        kind = ("flac", "wav", "ogg")[number % 3]
        music(root / f"{number % 7}/{number}.{kind}", kind, artist=f"Artist {number % 40} feat. Guest {number % 11}")
    expected = read(root, tmp_path / "whole")[0]
    dest.parent.mkdir()
    moments = random.Random(0)
    ended = 0
    for attempt in range(20):
        if ended:  # a finished one is killed while it takes in more
            music(root / f"new/{attempt}.wav", "wav", artist=f"Late {attempt}")
        process = subprocess.Popen(
            [sys.executable, "-m", "core", "import", "folder", str(root), str(dest)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"NEARFIELD_DATA": str(dest.parent), "OMP_NUM_THREADS": "1"},
        )
        time.sleep(moments.uniform(0.2, 3.0))
        process.send_signal(signal.SIGKILL)
        ended += process.wait() == 0
        if dest.exists():
            assert validate(open_catalogue(dest).path) == []
    after = read(root, dest)[0]
    assert after.artists["artist_id"].tolist()[: len(expected)] == expected.artists["artist_id"].tolist()
    fresh = read(root, tmp_path / "fresh")[0]
    assert set(after.tracks["track_id"]) == set(fresh.tracks["track_id"])
    assert set(after.artists["artist_id"]) == set(fresh.artists["artist_id"])
    assert validate(after.path) == []
