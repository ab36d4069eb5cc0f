"""musicnn hears as its own TensorFlow graph does, and always the same."""

from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.family import encoders
from core.audio.encoders.musicnn.front_end import RATE, log_mel, patches
from core.audio.encoders.musicnn.listening import (
    MSD,
    MSD_SET,
    MTT,
    MTT_SET,
    TAG_SET,
    Musicnn,
    mean_tags,
    tags_between,
)
from core.audio.encoders.musicnn.tags import MSD_TAGS, MTT_TAGS, TAGS, joined, likeliest
from core.errors import AudioError, NearfieldError
from tests.support.musicnn import install_random

SETS = (MSD_SET, MTT_SET, TAG_SET)


@pytest.fixture(scope="module")
def random_ears(tmp_path_factory: pytest.TempPathFactory) -> Musicnn:
    return Musicnn(install_random(tmp_path_factory.mktemp("cache")))


def music(seconds: float, rate: int = 44_100, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    time = np.arange(int(seconds * rate)) / rate
    chord = sum(np.sin(2 * np.pi * pitch * time) for pitch in (220, 277, 330))
    return (0.2 * chord * (1 + np.sin(7 * time)) + 0.02 * rng.standard_normal(len(time))).astype(np.float32)


def golden(shared: Path) -> dict[str, np.ndarray]:
    with np.load(shared.parent / "reference" / "musicnn_golden.npz") as stored:
        return dict(stored)


def test_the_spectrogram_is_the_golden_one(shared_datasets: Path) -> None:
    values = golden(shared_datasets)
    for place, wave in enumerate(values["waves"]):
        np.testing.assert_allclose(log_mel(wave, RATE), values[f"logmel_{place}"], atol=1e-6)


@pytest.mark.parametrize("model", [MSD, MTT])
def test_the_tags_are_those_of_the_wheels_own_graph(model: str, shared_datasets: Path, musicnn_folder: Path) -> None:
    values = golden(shared_datasets)
    ears = Musicnn(musicnn_folder)
    logits = np.concatenate([ears.layers(model, wave, RATE).logits.numpy() for wave in values["waves"]])
    wanted = values[f"{model}_logits"]
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), 1 / (1 + np.exp(-wanted)), rtol=0, atol=1e-5)


def test_real_weights_name_what_is_played(musicnn_folder: Path) -> None:
    rate, rng = 44_100, np.random.default_rng(0)
    time = np.arange(9 * rate) / rate
    beat = np.exp(-30 * (time % 0.5)) * (np.sin(2 * np.pi * 55 * time) + rng.standard_normal(len(time)))
    drums = (0.4 * beat / np.abs(beat).max()).astype(np.float32)
    heard = Musicnn(musicnn_folder).tags(drums, rate)
    words = [tag for tag, _ in likeliest(mean_tags(heard), most=8)]
    assert {"beat", "drums", "electronic", "techno"} & set(words), words


@pytest.mark.parametrize("level", [1.0, 1000.0])
def test_loud_music_gives_numbers(random_ears: Musicnn, level: float) -> None:
    square = (level * np.sign(music(7))).astype(np.float32)
    for name, vector in random_ears.vectors(square, 44_100, SETS).items():
        assert vector.shape == (encoders()[name.replace("_", "-")].width,)
        assert np.isfinite(vector).all()


def test_a_sound_is_heard_the_same_whatever_was_heard_before(random_ears: Musicnn) -> None:
    first = random_ears.vectors(music(8), 44_100, SETS)
    random_ears.vectors(music(4, seed=5), 44_100, SETS)
    again = random_ears.vectors(music(8), 44_100, SETS)
    assert all(first[name].tobytes() == again[name].tobytes() for name in SETS)
    alone = random_ears.vectors(music(8), 44_100, [TAG_SET])
    assert alone[TAG_SET].tobytes() == first[TAG_SET].tobytes()


def test_a_track_is_the_mean_of_its_moments(random_ears: Musicnn) -> None:
    heard = random_ears.tags(music(9.5), 44_100)
    np.testing.assert_allclose(heard.starts, [0, 2.992, 5.984], atol=1e-3)
    np.testing.assert_array_equal(mean_tags(heard), random_ears.vectors(music(9.5), 44_100, [TAG_SET])[TAG_SET])
    np.testing.assert_array_equal(tags_between(heard, 0, 2), heard.likelihood[0])
    np.testing.assert_array_equal(tags_between(heard, 8.9, 9.1), heard.likelihood[2])


@pytest.mark.parametrize(("seconds", "starts"), [(1, [0]), (3.1, [0]), (5, [0, 2.016]), (6.1, [0, 2.992])])
def test_the_end_is_heard_if_half_a_patch_of_it_is_new(seconds: float, starts: list[float]) -> None:
    cut, found = patches(log_mel(music(seconds, RATE), RATE))
    assert cut.shape == (len(starts), 187, 96)
    np.testing.assert_allclose(found, starts, atol=0.02)


def test_short_sound_is_repeated() -> None:
    spectrogram = log_mel(music(1, RATE), RATE)
    cut, _ = patches(spectrogram)
    np.testing.assert_array_equal(cut[0, : len(spectrogram)], spectrogram)
    np.testing.assert_array_equal(cut[0, len(spectrogram) : 2 * len(spectrogram)], spectrogram)


def test_what_is_no_sound_is_refused(random_ears: Musicnn, tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="no sound"):
        random_ears.vectors(np.empty(0, np.float32), RATE, SETS)
    with pytest.raises(AudioError, match="no numbers"):
        random_ears.vectors(np.array([0, np.nan], np.float32), RATE, SETS)
    with pytest.raises(NearfieldError, match="checkpoint get musicnn"):
        Musicnn(tmp_path).making(MSD_SET)


def test_synonyms_are_one_tag_and_no_tag_is_lost() -> None:
    assert (len(MSD_TAGS), len(MTT_TAGS)) == (50, 50)
    assert len(set(TAGS)) == len(TAGS) == 72
    for place, (msd, mtt) in {"female vocal": ([5, 31], [15, 26, 40, 48]), "guitar": ([32], [0])}.items():
        column = TAGS.index(place)
        low = joined(np.full((1, 50), -20.0), np.full((1, 50), -20.0))[0]
        assert low.max() < 1e-4
        for tag in range(50):
            logits = np.full((2, 1, 50), -20.0)
            logits[0, 0, tag] = 20
            assert (joined(*logits)[0, column] > 0.4) == (tag in msd)
            assert (joined(*logits[::-1])[0, column] > 0.4) == (tag in mtt)


def test_the_likeliest_come_first_and_nobody_knows_nothing() -> None:
    values = np.zeros(len(TAGS), np.float32)
    values[[3, 7, 9]] = 0.2, 0.9, 0.05
    assert [tag for tag, _ in likeliest(values)] == [TAGS[7], TAGS[3]]
    assert likeliest(np.full(len(TAGS), np.nan, np.float32)) == []
