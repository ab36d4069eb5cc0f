"""What extraction tells of files: what is wrong with them, which are passed over, and which are the same sound."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue, FeatureInfo, Pipeline, update_catalogue
from core.errors import NearfieldError
from core.features.audio_folders import list_audio
from core.features.audio_sets import MUSICNN_MSD, MUSICNN_MTT, MUSICNN_TAGS, sets_at_hand
from core.features.extraction import Extraction, check_sets, extract_audio, extractors
from tests.support.audio_samples import by_soundfile, tone
from tests.support.catalogues import tiny_catalogue
from tests.support.musicnn import install_random

MUSICNN = [MUSICNN_MSD, MUSICNN_MTT, MUSICNN_TAGS]


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return tiny_catalogue(tmp_path / "c", 4, [(0, 1), (1, 2)], name=["A", "B", "C", "D"])


@pytest.fixture
def musicnn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    return install_random(tmp_path / "cache")


def write(path: Path, frequency: float = 440.0, offset: float = 0.0, silence: float = 0.0) -> Path:
    rate = 22_050
    samples = tone(2.0, rate, frequency, 0.3) + 0.2 * tone(2.0, rate, 2.5 * frequency, 0.3) + np.float32(offset)
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = np.concatenate([np.zeros(int(silence * rate), np.float32), samples])
    path.write_bytes(by_soundfile(whole, rate, "WAV", "PCM_16"))
    return path


def extract(catalogue: Catalogue, audio: Path, sets: list[str]) -> Extraction:
    return extract_audio(catalogue, list_audio(catalogue, audio), extractors(sets, None))


@pytest.mark.usefixtures("musicnn")
def test_faults_of_files_are_told_and_silence_is_not_heard(catalogue: Catalogue, tmp_path: Path) -> None:
    audio = tmp_path / "audio"
    write(audio / "A" / "plain.wav")
    write(audio / "B" / "late.wav", silence=9.0)
    write(audio / "C" / "off.wav", offset=0.25)
    found = extract(catalogue, audio, [MUSICNN_TAGS])
    assert found.notes == [
        ("B/late.wav", "9.0 seconds of silence at the beginning are left out of what is described."),
        ("C/off.wav", "A constant offset of 25.0% of full scale was taken out: a fault of the recording."),
    ]
    tags = found.catalogue.feature_array(MUSICNN_TAGS)
    np.testing.assert_allclose(tags[1], tags[0], atol=0.03)


@pytest.mark.usefixtures("musicnn")
def test_the_same_sound_twice_counts_once(catalogue: Catalogue, tmp_path: Path) -> None:
    audio = tmp_path / "audio"
    first, second = write(audio / "A" / "1.wav"), write(audio / "A" / "2.wav", frequency=220)
    shutil.copy(first, audio / "A" / "copy.wav")
    shutil.copy(first, (audio / "B").mkdir() or audio / "B" / "theirs.wav")
    (audio / "A" / "cover.jpg").write_bytes(b"")
    (audio / "A" / "song.mid").write_bytes(b"")
    listing = list_audio(catalogue, audio)
    assert listing.passed_over == [
        "A/cover.jpg: no kind of file that is heard (.jpg).",
        "A/song.mid: no kind of file that is heard (.mid).",
    ]
    found = extract(catalogue, audio, [MUSICNN_MTT])
    assert found.repeated == [("A/copy.wav", "A/1.wav")]
    tracks, artists = found.catalogue.track_array(MUSICNN_MTT), found.catalogue.feature_array(MUSICNN_MTT)
    titles = found.catalogue.tracks["title"].tolist()
    one, other = tracks[titles.index("1")], tracks[titles.index("2")]
    assert second.is_file()
    np.testing.assert_allclose(artists[0], (one + other) / 2, rtol=1e-6)
    np.testing.assert_array_equal(artists[1], one)


@pytest.mark.usefixtures("musicnn")
def test_sets_say_how_they_were_made_and_on_which_terms(catalogue: Catalogue, tmp_path: Path) -> None:
    write(tmp_path / "audio" / "A" / "1.wav")
    assert set(MUSICNN) <= set(sets_at_hand())
    made = extract(catalogue, tmp_path / "audio", MUSICNN).catalogue
    for name in MUSICNN:
        info = made.feature_info(name)
        assert "ISC" in info.licence
        assert "CC BY-NC-SA" in info.licence
        assert info.pipeline is not None
        assert all((info.pipeline.model, info.pipeline.front_end, info.pipeline.pooling, info.pipeline.precision))
    assert "guitar" in (made.feature_info(MUSICNN_TAGS).columns or ())


@pytest.mark.usefixtures("musicnn")
def test_a_set_of_another_pipeline_is_not_mixed(catalogue: Catalogue) -> None:
    (wanted,) = extractors([MUSICNN_MTT], None)
    pipeline = wanted.info.pipeline
    assert pipeline is not None
    values = np.ones((4, 200), np.float32)
    for front_end, may in ((pipeline.front_end, True), ("another spectrogram", False)):
        pooling = pipeline.pooling.replace("the artist", "another artist")
        other = Pipeline(pipeline.model, front_end, pooling, pipeline.precision)
        info = FeatureInfo(MUSICNN_MTT, "x", checkpoint_hash=wanted.info.checkpoint_hash, pipeline=other)
        catalogue = update_catalogue(catalogue, {MUSICNN_MTT: (values, info)})
        if may:
            check_sets(catalogue, [wanted], may_replace=False)
        else:
            with pytest.raises(NearfieldError, match="cannot be mixed"):
                check_sets(catalogue, [wanted], may_replace=False)


def test_without_the_checkpoint_the_sets_are_not_at_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path))
    assert not set(MUSICNN) & set(sets_at_hand())
    with pytest.raises(NearfieldError, match="checkpoint get musicnn"):
        extractors([MUSICNN_TAGS], None)
