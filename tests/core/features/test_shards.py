"""Extraction in shards: one or three of them and a merge make the catalogue that one extraction makes, bit for bit."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue, open_catalogue, validate
from core.cli import main
from core.errors import NearfieldError
from core.features import digests
from core.features.audio_folders import AudioFile, AudioListing, list_audio
from core.features.extraction import Extraction, extract_audio, extract_shard, extractors, merge_shards
from core.features.extraction_work import EXTRACTED_FOLDER
from core.features.extraction_workers import Extractors, Outcome
from core.features.shards import Shard
from core.jobs import Jobs
from tests.support.audio_samples import harmonics
from tests.support.catalogues import tiny_catalogue

SETS = ["acousticbrainz"]


def here(tasks, checkpoint, workers, on_outcome) -> None:
    """Runs tasks in this process, one after another."""
    ears = Extractors(checkpoint)
    for task in tasks:
        fault, notes, is_final = ears.work(task)
        on_outcome(Outcome(task, fault, tuple(notes), is_final))


@pytest.fixture(scope="module")
def audio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Nine files of four artists: two are equal, and one is none."""
    folder = tmp_path_factory.mktemp("shards") / "audio"
    for place in range(7):
        harmonics(folder / f"id-{place % 4}" / f"{place}.wav", 200 + 60 * place)
    shutil.copy(folder / "id-0" / "0.wav", folder / "id-0" / "same.wav")
    (folder / "id-1" / "broken.wav").write_bytes(b"no sound at all")
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, audio: Path) -> Extraction:
    """What one extraction makes."""
    catalogue = tiny_catalogue(tmp_path_factory.mktemp("whole") / "c", 5, [(0, 1)])
    return extract_audio(catalogue, list_audio(catalogue, audio), extractors(SETS, None), runner=here)


def in_shards(folder: Path, audio: Path, count: int) -> tuple[list[Extraction], Extraction]:
    catalogue = tiny_catalogue(folder / "c", 5, [(0, 1)])
    listing, wanted = list_audio(catalogue, audio), extractors(SETS, None)
    parts = [
        extract_shard(catalogue, listing, wanted, Shard(number, count), runner=here) for number in range(1, count + 1)
    ]
    assert all(part.catalogue is catalogue for part in parts)
    assert open_catalogue(catalogue.path).content_hash == catalogue.content_hash
    return parts, merge_shards(catalogue, listing, wanted)


def files_of(catalogue: Catalogue) -> dict[str, bytes]:
    """Every file but the databases of what is known of files, which are no part of it."""
    found = (file for file in catalogue.path.rglob("*") if file.is_file() and file.suffix != ".sqlite")
    return {str(file.relative_to(catalogue.path)): file.read_bytes() for file in found}


def test_a_shard_follows_from_what_a_file_is_called() -> None:
    files = [AudioFile(0, Path(f"/a/{number}.wav"), f"{number}.wav", "") for number in range(600)]
    for count in (1, 3, 7):
        held = [[shard for shard in range(1, count + 1) if Shard(shard, count).holds(file)] for file in files]
        assert all(len(one) == 1 for one in held)
        sizes = np.bincount([one[0] for one in held])[1:]
        assert len(sizes) == count
        assert sizes.min() > 0.6 * 600 / count
    assert [Shard.of(file, 3).number for file in files[:8]] == [2, 2, 3, 1, 3, 1, 1, 1], "for ever, on every machine"
    known = AudioFile(0, Path("/b/x.wav"), "elsewhere.wav", "", track_id="0.wav")
    assert Shard.of(known, 3) == Shard.of(files[0], 3), "a track stays where it is when its file moves"


@pytest.mark.parametrize("text", ["", "3", "0/3", "4/3", "1/0", "-1/3", "1/3/5", "a/b", "1/200000", "1.0/3"])
def test_what_is_no_shard_is_refused(text: str) -> None:
    assert Shard.parse(" 2/3 ") == Shard(2, 3)
    with pytest.raises(NearfieldError, match=r"is no shard: the second of three is 2/3"):
        Shard.parse(text)


@pytest.mark.parametrize("count", [1, 3])
def test_shards_make_what_one_extraction_makes_bit_for_bit(
    count: int, tmp_path: Path, audio: Path, whole: Extraction
) -> None:
    parts, found = in_shards(tmp_path, audio, count)
    assert files_of(found.catalogue) == files_of(whole.catalogue)
    assert found.catalogue.content_hash == whole.catalogue.content_hash
    assert validate(found.catalogue.path) == []
    assert found.failures == whole.failures == [failure for part in parts for failure in part.failures]
    assert (found.repeated, found.extracted, found.known) == (whole.repeated, 0, 8)
    assert sum(part.extracted + part.known for part in parts) == 8
    assert not list((found.catalogue.path / EXTRACTED_FOLDER).glob("*-of-*")), "what shards knew has been taken in"


def test_merging_hashes_no_file_again(tmp_path: Path, audio: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", 5, [(0, 1)])
    listing, wanted = list_audio(catalogue, audio), extractors(SETS, None)
    for number in (1, 2):
        extract_shard(catalogue, listing, wanted, Shard(number, 2), runner=here)
    monkeypatch.setattr(digests, "sha256_file", lambda path: pytest.fail(f"{path} is read again"))
    assert merge_shards(catalogue, listing, wanted).known == 8


def test_a_shard_takes_up_what_it_has_left(tmp_path: Path, audio: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", 5, [(0, 1)])
    listing, wanted = list_audio(catalogue, audio), extractors(SETS, None)

    def stops(tasks, checkpoint, workers, on_outcome) -> None:
        here([next(iter(tasks))], checkpoint, workers, on_outcome)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        extract_shard(catalogue, listing, wanted, Shard(1, 1), runner=stops)
    again = extract_shard(catalogue, listing, wanted, Shard(1, 1), runner=here)
    assert (again.extracted, again.known, len(again.failures)) == (6, 2, 1)
    third = extract_shard(catalogue, listing, wanted, Shard(1, 1), runner=here)
    assert (third.extracted, third.known, third.known_faults) == (0, 8, 1)


def test_nothing_is_merged_before_all_have_listened(tmp_path: Path, audio: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", 5, [(0, 1)])
    listing, wanted = list_audio(catalogue, audio), extractors(SETS, None)
    extract_shard(catalogue, listing, wanted, Shard(1, 2), runner=here)
    left = [file for file in listing.files if Shard(2, 2).holds(file) and file.title != "0"]  # "same" is done
    said = rf"^{len(left)} of 9 files have not been listened to \({len(left)} of shard 2/2\)\. Run these"
    with pytest.raises(NearfieldError, match=said):
        merge_shards(catalogue, listing, wanted)
    assert open_catalogue(catalogue.path).content_hash == catalogue.content_hash
    nobody = AudioListing(listing.folder, [], [])
    assert merge_shards(catalogue, nobody, wanted).catalogue is catalogue


def test_the_command_does_a_shard_and_merges(
    tmp_path: Path, audio: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.features.extraction.run_tasks", here)
    catalogue = tiny_catalogue(tmp_path / "c", 5, [(0, 1)])
    command = ["extract", str(catalogue.path), "--audio", str(audio), "--features", "acousticbrainz"]
    (broken,) = [file for file in list_audio(catalogue, audio).files if file.title == "broken"]
    failing = Shard.of(broken, 2).number
    for number in (1, 2):
        assert main([*command, "--shard", f"{number}/2", "--json"]) == (number == failing)
        said = capsys.readouterr()
        assert json.loads(said.out)["shard"] == f"{number}/2"
        assert f"to shard {number}/2." in said.err
        assert ("Failed: id-1/broken.wav" in said.err) == (number == failing)
    claim = Jobs(catalogue.path).create("extraction", "shard 2/2", {})
    assert main([*command, "--merge"]) == 2
    assert "Shard 2/2 is still at work." in capsys.readouterr().err
    Jobs(catalogue.path).end(claim, "finished")
    assert main([*command, "--merge"]) == 1, "a file has failed"
    said = capsys.readouterr()
    assert "Failed: id-1/broken.wav" in said.err
    assert "--again" not in said.err
    assert len(open_catalogue(catalogue.path).tracks) == 8
    for wrong in (["--merge", "--shard", "1/2"], ["--merge", "--runner", "ray"], ["--shard", "5/2"]):
        assert main([*command, *wrong]) == 2
    assert main([*command, "--shard", "1/2", "--audio-root", str(audio)]) == 2
    assert "before the shards" in capsys.readouterr().err
