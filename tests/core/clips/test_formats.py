"""A sound gets the same words and the same nearest artists whatever format it is kept in."""

from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.musicnn.listening import mean_tags, open_musicnn
from core.audio.encoders.musicnn.tags import TAGS
from core.catalogue import Catalogue
from core.clips.service import ClipFile, ClipReport, ClipService
from core.clips.word_search import WordSearch
from core.features.audio_sets import MUSICNN_MSD, MUSICNN_SETS, MUSICNN_TAGS
from core.features.extraction import extractors
from core.search.sound_tags import named
from tests.support.audio_samples import FORMATS
from tests.support.catalogues import tiny_catalogue

RATE = 48_000
SECONDS = 4.5
LEAST_COSINE, MOST_DIFFERENCE = 0.98, 0.08
"""What a lossy format may change here; `benchmarks.formats` says what it changes in a real track."""


def _beat(time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return np.exp(-30 * (time % 0.5)) * (np.sin(2 * np.pi * 55 * time) + rng.standard_normal(len(time)))


def _chord(time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return sum(np.sin(2 * np.pi * pitch * time) for pitch in (220, 277, 330)) * (1 + np.sin(3 * time))


def _plucked(time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    pitch = 440 * 2 ** (np.array([0, 4, 7, 12, 7, 4])[(time / 0.3).astype(int) % 6] / 12)
    return np.exp(-6 * (time % 0.3)) * (np.sin(2 * np.pi * pitch * time) + np.sin(4 * np.pi * pitch * time) / 2)


def _hiss(time: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return rng.standard_normal(len(time)) * (0.6 + 0.4 * np.sin(time))


SOUNDS = (_beat, _chord, _plucked, _hiss)


def sound(row: int, seed: int) -> np.ndarray:
    time = np.arange(int(SECONDS * RATE)) / RATE
    samples = SOUNDS[row](time, np.random.default_rng(seed))
    return (0.4 * samples / np.abs(samples).max()).astype(np.float32)


@pytest.fixture(scope="module")
def cache(musicnn_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder with the real musicnn in it."""
    folder = tmp_path_factory.mktemp("cache")
    (folder / "checkpoints").mkdir()
    (folder / "checkpoints" / "musicnn").symlink_to(musicnn_folder)
    return folder


@pytest.fixture
def catalogue(cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    """One artist for each of SOUNDS, heard as `extract` hears."""
    monkeypatch.setenv("NEARFIELD_CACHE", str(cache))
    ears = open_musicnn()
    heard = [ears.vectors(sound(row, 0), RATE, MUSICNN_SETS) for row in range(len(SOUNDS))]
    infos = {extractor.name: extractor.info for extractor in extractors(MUSICNN_SETS, None)}
    features = {name: (np.stack([vectors[name] for vectors in heard]), infos[name]) for name in MUSICNN_SETS}
    return tiny_catalogue(tmp_path / "c", len(SOUNDS), [(0, 1)], features)


def test_five_formats_give_one_answer(catalogue: Catalogue) -> None:
    service = ClipService()
    reports: dict[str, ClipReport] = {
        name: service.submit_clip(catalogue, ClipFile(write(sound(0, 1), RATE), name)).result()
        for name, write in FORMATS.items()
    }
    assert list(reports) == ["FLAC", "Vorbis", "Opus", "MP3", "M4A"]
    first = reports["FLAC"]
    for name, report in reports.items():
        assert report.clip.seconds == pytest.approx(SECONDS, abs=0.05), name
        assert report.answers.default == MUSICNN_MSD
        assert int(report.answers.answers[MUSICNN_MSD].nearest.rows[0]) == 0, name
        for key, vector in first.clip.analysis.vectors.items():
            other = report.clip.analysis.vectors[key]
            cosine = vector @ other / (np.linalg.norm(vector) * np.linalg.norm(other))
            assert cosine > LEAST_COSINE, (name, key)
        assert first.clip.analysis.tags is not None
        assert report.clip.analysis.tags is not None
        likelihood, wanted = mean_tags(report.clip.analysis.tags), mean_tags(first.clip.analysis.tags)
        assert np.abs(likelihood - wanted).max() < MOST_DIFFERENCE, name
        assert {"beat", "drums", "electronic", "techno"} & {*named(TAGS, likelihood)}, name


def test_words_find_the_artist_whose_music_was_heard(catalogue: Catalogue) -> None:
    found = WordSearch(catalogue, None).answer(["techno beat with drums"], [1.0])
    assert int(found.answers[MUSICNN_TAGS].nearest.rows[0]) == 0
