"""Feature sets from a folder of audio: whose file is whose, workers that survive, and new versions of a catalogue."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES
from core.catalogue import Catalogue, FeatureInfo, open_catalogue, update_catalogue, validate
from core.catalogue.recordings import recording_path
from core.clips.encoder import clip_encoder_for, has_own_descriptors
from core.errors import NearfieldError
from core.features.audio_folders import list_audio
from core.features.extraction import check_sets, extract_audio, extractors
from core.features.extraction_work import EXTRACTED_FOLDER, ExtractionProgress
from core.features.extraction_workers import Outcome, Task, run_tasks
from tests.support.audio_samples import harmonics as sound
from tests.support.catalogues import tiny_catalogue

ROOT = Path(__file__).resolve().parents[3]
NAMES = ["Björk", "Twin", "Twin", "AC/DC", "Plain", "e", "f", "g"]


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small CLAP with random weights."""
    from core.audio.encoders.clap.small import new_small_model, save_clap, train_tokenizer

    folder = tmp_path_factory.mktemp("clap") / "random-clap"
    tokenizer = train_tokenizer(["slow sad piano", "fast loud drums"], 300)
    save_clap(folder, new_small_model(0, 300), tokenizer, "A test.", {})
    return folder


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    mbids = [f"00000000-0000-4000-8000-00000000000{row}" for row in range(8)]
    return tiny_catalogue(tmp_path / "c", 8, [(0, 1), (1, 2)], name=NAMES, mbid=mbids)


def extract(catalogue: Catalogue, audio: Path, sets: list[str], checkpoint: Path, **options):
    wanted = extractors(sets, checkpoint)
    return extract_audio(catalogue, list_audio(catalogue, audio), wanted, checkpoint, **options)


# Whose file is whose


def test_folders_are_named_by_id_mbid_or_exact_name(catalogue: Catalogue, tmp_path: Path) -> None:
    audio = tmp_path / "audio"
    paths = [
        "id-5/album/b.mp3",
        "id-5/a.WAV",
        "00000000-0000-4000-8000-000000000006/x.flac",
        "Bjo\u0308rk/y.ogg",
        "AC_DC/z.opus",
        "Twin/t.wav",
        "Twin (id-2)/t.wav",
        "nobody/n.wav",
        "Plain/cover.jpg",
        ".hidden/h.wav",
        "l.wav",
    ]
    for path in paths:
        (audio / path).parent.mkdir(parents=True, exist_ok=True)
        (audio / path).write_bytes(b"")
    listing = list_audio(catalogue, audio)
    assert [(file.artist, file.name) for file in listing.files] == [
        (0, "Bjo\u0308rk/y.ogg"),
        (2, "Twin (id-2)/t.wav"),
        (3, "AC_DC/z.opus"),
        (5, "id-5/a.WAV"),
        (5, "id-5/album/b.mp3"),
        (6, "00000000-0000-4000-8000-000000000006/x.flac"),
    ]
    assert [file.title for file in listing.files][4] == "b"
    said = "\n".join(listing.left_out)
    assert "“Twin” is the name of 2 artists; use the artist_id of one: id-1, id-2." in said
    assert "“nobody” is no artist's artist_id, MBID or exact name." in said
    assert "Plain holds no audio file." in said
    assert "l.wav lies in no artist's folder." in said
    assert "“.hidden” is no artist's artist_id, MBID or exact name." in said


def test_a_table_says_whose_file_is_whose(catalogue: Catalogue, tmp_path: Path) -> None:
    audio = tmp_path / "audio"
    audio.mkdir()
    (audio / "one.wav").write_bytes(b"")
    table = tmp_path / "files.csv"
    table.write_text(
        "artist,file,title,recording_mbid\nid-1,one.wav,First,r-1\nPlain,one.wav,,\nPlain,one.wav,,\nid-1,two.wav,,\n"
        "Twin,one.wav,,\n"
    )
    listing = list_audio(catalogue, audio, table)
    assert [(file.artist, file.title, file.recording_mbid) for file in listing.files] == [
        (1, "First", "r-1"),
        (4, "one", None),
    ]
    assert [reason.split(": ", 1)[0] for reason in listing.left_out] == [f"files.csv, line {n}" for n in (4, 5, 6)]
    table.write_text("file\nx\n")
    with pytest.raises(NearfieldError, match=r"files.csv has no column artist. It has: file"):
        list_audio(catalogue, audio, table)
    with pytest.raises(NearfieldError, match="is not a readable CSV"):
        list_audio(catalogue, audio, tmp_path / "none.csv")


def test_nothing_to_extract_is_said(catalogue: Catalogue, tmp_path: Path) -> None:
    with pytest.raises(NearfieldError, match="There is no folder"):
        list_audio(catalogue, tmp_path / "none")
    (tmp_path / "audio" / "nobody").mkdir(parents=True)
    with pytest.raises(NearfieldError, match="No audio in .* belongs to an artist of tiny. “nobody” is no artist's"):
        list_audio(catalogue, tmp_path / "audio")
    with pytest.raises(NearfieldError, match="“mfcc” cannot be extracted from audio. There are: acousticbrainz, clap"):
        extractors(["mfcc"], None)
    with pytest.raises(NearfieldError, match="No feature set is named"):
        extractors([], None)


# Workers


def test_a_file_that_fails_costs_that_file_alone(tmp_path: Path) -> None:
    good = sound(tmp_path / "good.wav")
    bad = tmp_path / "bad.wav"
    bad.write_bytes(b"no sound at all")
    tasks = [Task(path, {"acousticbrainz": tmp_path / f"{place}.npy"}) for place, path in enumerate([bad, good])]
    outcomes: list[Outcome] = []
    run_tasks(tasks, None, 1, outcomes.append)
    assert [bool(outcome.fault) for outcome in outcomes] == [True, False]
    assert np.load(tmp_path / "1.npy").shape == (len(DESCRIPTOR_NAMES),)
    assert not (tmp_path / "0.npy").exists()


def test_a_worker_that_hangs_is_given_up(tmp_path: Path) -> None:
    good = sound(tmp_path / "good.wav")
    outcomes: list[Outcome] = []
    tasks = [Task(good, {"acousticbrainz": tmp_path / f"{place}.npy"}) for place in range(2)]
    run_tasks(tasks, None, 2, outcomes.append, seconds=0.0)
    assert len(outcomes) == 2
    assert all("was given up after 0 seconds" in outcome.fault for outcome in outcomes)


def test_a_worker_that_dies_is_replaced(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    good = sound(tmp_path / "good.wav")
    crash = Task(good, {"acousticbrainz": "no path"})  # type: ignore[dict-item]
    outcomes: list[Outcome] = []
    run_tasks([crash, Task(good, {"acousticbrainz": tmp_path / "y.npy"})], None, 1, outcomes.append)
    assert "crashed on this file" in outcomes[0].fault
    assert outcomes[1].fault == ""
    assert "AttributeError" in capfd.readouterr().err


# From a folder to a new version


@pytest.mark.slow
def test_extraction_end_to_end(catalogue: Catalogue, tmp_path: Path, checkpoint: Path) -> None:
    audio = tmp_path / "audio"
    for artist, name, frequency in (("id-0", "a", 220), ("id-0", "b", 330), ("Plain", "c", 440), ("id-5", "d", 220)):
        sound(audio / artist / f"{name}.wav", frequency)
    (audio / "id-0" / "broken.mp3").write_bytes(b"ID3 but nothing else")
    seen: list[ExtractionProgress] = []
    found = extract(catalogue, audio, ["clap", "acousticbrainz"], checkpoint, workers=2, on_progress=seen.append)
    after = found.catalogue
    assert [name for name, _ in found.failures] == ["id-0/broken.mp3"], found.failures
    assert (found.extracted, found.known) == (4, 0)
    # Equal files are worked on once, and progress is told from the first file on.
    assert (seen[0].done, seen[0].files) == (0, 5)
    assert (seen[-1].done, seen[-1].files, seen[-1].known) == (5, 5, 1)
    assert validate(after.path) == []
    assert after.content_hash != catalogue.content_hash
    assert after.tracks["track_id"].tolist() == [
        "id-0/id-0/a.wav",
        "id-0/id-0/b.wav",
        "id-4/Plain/c.wav",
        "id-5/id-5/d.wav",
    ]
    assert set(after.tracks["kind"]) == {"file"}
    assert after.tracks["path"].tolist() == ["id-0/a.wav", "id-0/b.wav", "Plain/c.wav", "id-5/d.wav"]
    assert after.manifest.audio_root == str(audio.resolve())
    assert all(recording_path(after, track).is_file() for _, track in after.tracks.iterrows())
    for name in ("clap", "acousticbrainz"):
        values, tracks = np.array(after.feature_array(name)), np.array(after.track_array(name))
        assert np.isnan(values[[1, 2, 3, 6, 7]]).all()
        np.testing.assert_allclose(values[0], tracks[:2].mean(axis=0), rtol=1e-5)
        np.testing.assert_array_equal(values[5], tracks[3])
        np.testing.assert_array_equal(tracks[0], tracks[3])
    assert has_own_descriptors(after)
    assert after.feature_info("acousticbrainz").columns == list(DESCRIPTOR_NAMES)
    described = after.feature_info("clap")
    assert described.checkpoint_hash
    assert described.licence == ""
    assert described.pipeline is not None
    assert described.checkpoint_hash in described.pipeline.model
    assert "48 kHz" in described.pipeline.front_end
    assert "mean over the artist's tracks" in described.pipeline.pooling
    assert described.pipeline.precision.startswith("float32")

    # Asked again, nothing is worked on and nothing changes but what failed is tried again.
    again = extract(after, audio, ["clap", "acousticbrainz"], checkpoint)
    assert (again.extracted, again.known, len(again.failures)) == (0, 4, 1)
    assert again.catalogue.content_hash == after.content_hash

    # The folder of audio moves; nothing else changes.
    audio.rename(tmp_path / "moved")
    audio = tmp_path / "moved"
    moved = update_catalogue(again.catalogue, audio_root=str(audio))
    assert moved.content_hash == after.content_hash
    assert all(recording_path(moved, track).is_file() for _, track in moved.tracks.iterrows())
    again = replace(again, catalogue=moved)

    # More files add up with the old tracks; another artist is added, the others stay.
    (audio / "id-0" / "broken.mp3").unlink()
    shutil.rmtree(audio / "id-5")
    sound(audio / "id-0" / "e.wav", 550)
    more = extract(again.catalogue, audio, ["clap"], checkpoint)
    assert (more.extracted, more.known, more.failures) == (1, 3, [])
    clap, tracks = np.array(more.catalogue.feature_array("clap")), np.array(more.catalogue.track_array("clap"))
    assert len(more.catalogue.tracks) == 5
    own = more.catalogue.tracks_of(0).index
    np.testing.assert_allclose(clap[0], tracks[own].mean(axis=0), rtol=1e-5)
    np.testing.assert_array_equal(clap[5], after.feature_array("clap")[5])
    new = np.isnan(more.catalogue.track_array("acousticbrainz")[:, 0])
    assert more.catalogue.tracks["title"][new].tolist() == ["e"]

    # A clip is heard by the catalogue's own encoder, and no other.
    encoder = clip_encoder_for(more.catalogue, checkpoint)
    assert encoder.descriptors
    with pytest.raises(NearfieldError, match="checkpoint that Nearfield does not know. Give its file or folder"):
        clip_encoder_for(more.catalogue)


def test_tracks_of_several_folders_keep_their_files(catalogue: Catalogue, tmp_path: Path) -> None:
    for folder, artist in (("one", "id-0"), ("two", "id-1")):
        sound(tmp_path / folder / artist / "x.wav")
    wanted = extractors(["acousticbrainz"], None)
    first = extract_audio(catalogue, list_audio(catalogue, tmp_path / "one"), wanted).catalogue
    second = extract_audio(first, list_audio(first, tmp_path / "two"), wanted).catalogue
    assert second.manifest.audio_root == str((tmp_path / "one").resolve())
    assert second.tracks["path"].fillna("").tolist() == ["id-0/x.wav", ""]
    assert second.tracks["recipe"].fillna("").tolist() == ["", str((tmp_path / "two/id-1/x.wav").resolve())]
    assert [recording_path(second, track).is_file() for _, track in second.tracks.iterrows()] == [True, True]
    assert validate(second.path) == []


def test_no_vectors_no_new_version(catalogue: Catalogue, tmp_path: Path, checkpoint: Path) -> None:
    (tmp_path / "audio" / "id-0").mkdir(parents=True)
    (tmp_path / "audio" / "id-0" / "x.wav").write_bytes(b"RIFF")
    found = extract(catalogue, tmp_path / "audio", ["acousticbrainz"], checkpoint)
    assert found.catalogue is catalogue
    assert len(found.failures) == 1
    with pytest.raises(NearfieldError, match="at least one worker"):
        extract(catalogue, tmp_path / "audio", ["acousticbrainz"], checkpoint, workers=0)


def test_a_set_of_another_extractor_is_not_mixed(tmp_path: Path) -> None:
    info = FeatureInfo("acousticbrainz", "AcousticBrainz", extractor="the service")
    catalogue = tiny_catalogue(tmp_path / "c", 8, features={"acousticbrainz": (np.ones((8, 5), np.float32), info)})
    wanted = extractors(["acousticbrainz"], None)
    with pytest.raises(NearfieldError, match=r"by another extractor \(the service\).*--replace"):
        check_sets(catalogue, wanted, False)
    sound(tmp_path / "audio" / "id-3" / "x.wav")
    found = extract_audio(catalogue, list_audio(catalogue, tmp_path / "audio"), wanted, may_replace=True)
    values = found.catalogue.feature_array("acousticbrainz")
    assert np.flatnonzero(~np.isnan(values[:, 0])).tolist() == [3]
    assert not has_own_descriptors(catalogue)


def _heed_interrupts() -> None:
    """A test started in the background would hand down that Ctrl-C is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
def test_an_interrupted_extraction_goes_on(catalogue: Catalogue, tmp_path: Path) -> None:
    audio = tmp_path / "audio"
    for place in range(16):
        sound(audio / "id-0" / f"{place}.wav", 200 + 50 * place, seconds=4)
    command = [
        sys.executable,
        "-m",
        "core",
        "extract",
        str(catalogue.path),
        "--audio",
        str(audio),
        "--features",
        "acousticbrainz",
        "--json",
    ]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_heed_interrupts,
    )
    folder = catalogue.path / EXTRACTED_FOLDER
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None and not list(folder.rglob("[!.]*.npy")):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert out == ""
    assert "The same command goes on from there." in err
    assert "Traceback" not in err
    kept = len(list(folder.rglob("[!.]*.npy")))
    assert 1 <= kept < 16
    assert open_catalogue(catalogue.path).content_hash == catalogue.content_hash
    listing = list_audio(catalogue, audio)
    found = extract_audio(catalogue, listing, extractors(["acousticbrainz"], None), workers=2)
    assert (found.extracted, found.known) == (16 - kept, kept)
    assert (found.catalogue.path / EXTRACTED_FOLDER).is_dir()
