"""Features: what a model gets, with nothing learnt from the artists it is scored on."""

from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue, FeatureInfo
from core.errors import CatalogueError, ConfigError
from core.features import (
    InputScaling,
    check_features,
    feature_inputs,
    load_feature_set,
    random_features,
    split_feature_names,
)
from core.features.sets import RANDOM_COLUMNS
from tests.support.catalogues import tiny_catalogue

# Rows 0, 1, 4, 5 are train, 2 and 6 validation, 3 and 7 test.
TRAIN = [0, 1, 4, 5]


@pytest.fixture
def matrix() -> np.ndarray:
    return (np.random.default_rng(1).normal(size=(8, 3)) * [1, 10, 0.01] + [5, -20, 0]).astype(np.float32)


def binary(values: np.ndarray) -> tuple[np.ndarray, FeatureInfo]:
    return values.astype(np.float32), FeatureInfo("moods_themes", "Moods", "binary")


def test_train_artists_end_up_with_mean_zero_and_deviation_one(tmp_path: Path, matrix: np.ndarray) -> None:
    inputs = feature_inputs(tiny_catalogue(tmp_path / "c", features={"clap": matrix}), "clap")
    np.testing.assert_allclose(inputs.values[TRAIN].mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(inputs.values[TRAIN].std(axis=0), 1, rtol=1e-5)
    np.testing.assert_allclose(inputs.scaling.mean, matrix[TRAIN].mean(axis=0), rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(inputs.scaling.deviation, matrix[TRAIN].std(axis=0), rtol=1e-4)
    by_hand = (matrix - matrix[TRAIN].mean(axis=0)) / matrix[TRAIN].std(axis=0)
    np.testing.assert_allclose(inputs.values, by_hand, rtol=1e-3, atol=1e-4)
    assert inputs.values.dtype == np.float32
    assert inputs.unknown.shape == (8, 0)


def test_validation_and_test_artists_teach_the_scaling_nothing(tmp_path: Path, matrix: np.ndarray) -> None:
    poisoned = matrix.copy()
    poisoned[[2, 3, 6, 7]] = 1e30
    clean = feature_inputs(tiny_catalogue(tmp_path / "clean", features={"clap": matrix}), "clap")
    other = feature_inputs(tiny_catalogue(tmp_path / "poisoned", features={"clap": poisoned}), "clap")
    np.testing.assert_array_equal(clean.values[TRAIN], other.values[TRAIN])
    np.testing.assert_array_equal(clean.scaling.mean, other.scaling.mean)
    np.testing.assert_array_equal(clean.scaling.deviation, other.scaling.deviation)
    assert np.isfinite(other.values).all()


def test_an_absent_artist_is_flagged_and_zero_elsewhere(tmp_path: Path, matrix: np.ndarray) -> None:
    matrix[[1, 3]] = np.nan
    inputs = feature_inputs(tiny_catalogue(tmp_path / "c", features={"clap": matrix}), "clap")
    assert inputs.values.shape == (8, 4)
    assert inputs.values[:, 3].tolist() == [0, 1, 0, 1, 0, 0, 0, 0]
    np.testing.assert_array_equal(inputs.unknown, inputs.values[:, 3:])
    assert not inputs.values[[1, 3], :3].any()
    assert inputs.values[[0, 2, 4, 5, 6, 7], :3].all(axis=1).all()
    np.testing.assert_allclose(inputs.scaling.mean, matrix[[0, 4, 5]].mean(axis=0), rtol=1e-4, atol=1e-6)


def test_the_average_artist_is_not_mistaken_for_an_absent_one(tmp_path: Path) -> None:
    values = np.array([[1.0], [3.0], [2.0], [np.nan], [1.0], [3.0], [2.0], [2.0]])
    inputs = feature_inputs(tiny_catalogue(tmp_path / "c", features={"clap": values}), "clap")
    assert inputs.values[2].tolist() == [0, 0]
    assert inputs.values[3].tolist() == [0, 1]


def test_binary_sets_enter_as_they_are(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(0, 2, (8, 5)).astype(np.float32)
    values[6] = np.nan
    inputs = feature_inputs(tiny_catalogue(tmp_path / "c", features={"moods_themes": binary(values)}), "moods_themes")
    np.testing.assert_array_equal(inputs.values[:, :5], np.nan_to_num(values))
    assert inputs.values[:, 5].tolist() == [0, 0, 0, 0, 0, 0, 1, 0]


def test_combined_sets_stand_side_by_side_with_one_flag_per_incomplete_set(tmp_path: Path, matrix: np.ndarray) -> None:
    tags = np.eye(8, 5)
    tags[5] = np.nan
    complete = np.arange(16).reshape(8, 2)
    matrix[0] = np.nan
    sets = {"clap": matrix, "moods_themes": binary(tags), "audio": complete}
    catalogue = tiny_catalogue(tmp_path / "c", features=sets)
    inputs = feature_inputs(catalogue, "moods_themes + clap+audio")
    assert inputs.names == ("moods_themes", "clap", "audio")
    assert inputs.values.shape == (8, 5 + 3 + 2 + 2)
    assert len(inputs.scaling.mean) == 10
    assert np.argwhere(inputs.unknown).tolist() == [[0, 1], [5, 0]]
    np.testing.assert_array_equal(inputs.values[:, :5], np.nan_to_num(tags))
    alone = feature_inputs(catalogue, "audio")
    np.testing.assert_array_equal(inputs.values[:, 8:10], alone.values)
    assert feature_inputs(catalogue, "clap+random").values.shape == (8, 3 + RANDOM_COLUMNS + 1)


def test_a_checkpoints_scaling_is_used_instead_of_a_new_fit(tmp_path: Path, matrix: np.ndarray) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", features={"clap": matrix})
    scaling = InputScaling(np.array([1, 2, 3], np.float32), np.array([2, 4, 8], np.float32))
    inputs = feature_inputs(catalogue, "clap", scaling)
    np.testing.assert_allclose(inputs.values, (matrix - [1, 2, 3]) / [2, 4, 8], rtol=1e-5)
    assert inputs.scaling is scaling
    again = feature_inputs(catalogue, "clap", feature_inputs(catalogue, "clap").scaling)
    np.testing.assert_array_equal(again.values, feature_inputs(catalogue, "clap").values)
    with pytest.raises(ConfigError, match="trained on 2 columns of clap; this catalogue has 3"):
        feature_inputs(catalogue, "clap", InputScaling(scaling.mean[:2], scaling.deviation[:2]))


@pytest.mark.parametrize("constant", [0.0, 7.0, 1e-3, 1e9, -3.3e30])
def test_a_constant_column_becomes_zero(tmp_path: Path, constant: float) -> None:
    values = np.full((8, 2), constant)
    values[:, 1] = range(8)
    inputs = feature_inputs(tiny_catalogue(tmp_path / "c", features={"clap": values}), "clap")
    assert inputs.scaling.deviation[0] == 1
    np.testing.assert_array_equal(inputs.values[:, 0], np.float32(constant) - inputs.scaling.mean[0])
    np.testing.assert_allclose(inputs.values[:, 0], 0, atol=abs(constant) * 1e-6)


def test_a_set_that_no_train_artist_has_is_left_unscaled(tmp_path: Path, matrix: np.ndarray) -> None:
    matrix[TRAIN] = np.nan
    inputs = feature_inputs(tiny_catalogue(tmp_path / "c", features={"clap": matrix}), "clap")
    assert np.isfinite(inputs.values).all()
    np.testing.assert_array_equal(inputs.values[[2, 3, 6, 7], :3], matrix[[2, 3, 6, 7]])
    assert inputs.values[TRAIN].tolist() == [[0, 0, 0, 1]] * 4


def test_a_set_that_nobody_has_is_all_unknown(tmp_path: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", features={"clap": np.full((8, 2), np.nan)})
    assert feature_inputs(catalogue, "clap").values.tolist() == [[0, 0, 1]] * 8
    assert load_feature_set(catalogue, "clap").coverage == 0


def test_a_catalogue_without_train_artists_still_has_inputs(tmp_path: Path, matrix: np.ndarray) -> None:
    inputs = feature_inputs(tiny_catalogue(tmp_path / "c", features={"clap": matrix}, split=["test"] * 8), "clap")
    np.testing.assert_array_equal(inputs.values, matrix)


def test_the_catalogue_is_not_changed(tmp_path: Path, matrix: np.ndarray) -> None:
    matrix[3] = np.nan
    catalogue = tiny_catalogue(tmp_path / "c", features={"clap": matrix})
    feature_inputs(catalogue, "clap").values[:] = 9
    np.testing.assert_array_equal(catalogue.feature_array("clap"), matrix)


def test_a_loaded_set_knows_who_has_it(tmp_path: Path, matrix: np.ndarray) -> None:
    matrix[[2, 5]] = np.nan
    loaded = load_feature_set(tiny_catalogue(tmp_path / "c", features={"clap": matrix}), "clap")
    assert np.flatnonzero(~loaded.present).tolist() == [2, 5]
    assert loaded.coverage == 0.75
    assert (loaded.name, loaded.title, loaded.kind, loaded.columns) == ("clap", "Clap", "continuous", None)


@pytest.mark.parametrize(("value", "reason"), [(np.nan, "some values are NaN"), (np.inf, "a value is infinite")])
def test_a_damaged_row_is_refused_and_never_a_silent_zero(
    tmp_path: Path, matrix: np.ndarray, value: float, reason: str
) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", features={"clap": matrix})
    matrix[4, 2] = value
    np.save(catalogue.path / "features" / "clap.npy", matrix)
    with pytest.raises(CatalogueError, match=rf"features/clap\.npy, row 4: {reason}"):
        feature_inputs(catalogue, "clap")


# Random


def test_random_is_deterministic_uniform_and_independent_of_the_number_of_artists() -> None:
    values = random_features(40)
    assert values.shape == (40, 2613)
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, random_features(40))
    np.testing.assert_array_equal(values[:7], random_features(7))
    assert not np.array_equal(values, random_features(40, seed=1))
    assert values.min() >= 0
    assert values.max() < 1
    assert abs(values.mean() - 0.5) < 0.01
    assert abs(values.std() - 12**-0.5) < 0.01
    assert len(np.unique(values[:, 0])) == 40


def test_random_is_there_without_being_stored_and_is_not_scaled(tmp_path: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", 5)
    assert catalogue.feature_names == []
    assert catalogue.all_feature_names == ["random"]
    assert load_feature_set(catalogue, "random").present.all()
    np.testing.assert_array_equal(feature_inputs(catalogue, "random").values, random_features(5))


# Names


@pytest.mark.parametrize(
    ("text", "names"),
    [("clap", ("clap",)), ("clap+random", ("clap", "random")), (" clap + moods_themes ", ("clap", "moods_themes"))],
)
def test_names_are_joined_by_plus(text: str, names: tuple[str, ...]) -> None:
    assert split_feature_names(text) == names


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "not a list"), ("+", "not a list"), ("clap+", "not a list"), ("clap+ clap", "names a feature set twice")],
)
def test_bad_lists_of_names_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        split_feature_names(text)


@pytest.fixture
def two_sets(tmp_path: Path, matrix: np.ndarray) -> Catalogue:
    return tiny_catalogue(tmp_path / "c", features={"clap": matrix, "audio": matrix})


@pytest.mark.parametrize("name", ["clop", "random+clop", "clap+../clap", "CLAP"])
def test_an_unknown_set_is_refused_with_what_exists(two_sets: Catalogue, name: str) -> None:
    for refuse in (check_features, feature_inputs):
        with pytest.raises(CatalogueError, match=r"It has: random, audio, clap\."):
            refuse(two_sets, name)


def test_known_sets_pass_the_check(two_sets: Catalogue) -> None:
    check_features(two_sets, "clap+random+audio")
