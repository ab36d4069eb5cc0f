"""Content as the pair ranker reads it."""

from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.pairs.content import load_content
from tests.support.communities import community_catalogue
from tests.support.graphs import graph_catalogue, random_catalogue


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return community_catalogue(tmp_path_factory.mktemp("content"))


def test_statistics_see_train_rows_only(tmp_path: Path, catalogue: Catalogue) -> None:
    train = catalogue.in_split("train")
    rng = np.random.default_rng(3)
    changed = {}
    for name in ("tags", "sound"):
        values = catalogue.feature_array(name).copy()
        values[~train] = rng.permutation(values[~train])[:, rng.permutation(values.shape[1])]
        values[np.flatnonzero(~train)[0]] = 1
        changed[name] = (values, catalogue.feature_info(name))
    genres = [
        [*listed] if known else ["another genre"]
        for listed, known in zip(catalogue.artists["genres"], train, strict=True)
    ]
    other = graph_catalogue(tmp_path, catalogue.artists["split"].tolist(), [], changed, genres=genres)
    one, same = load_content(catalogue).statistics, load_content(other).statistics
    assert one.genres == same.genres
    assert set(one.arrays) == set(same.arrays) >= {"tags.idf", "genres.idf", "sound.mean", "all tags.directions"}
    for name, array in one.arrays.items():
        np.testing.assert_array_equal(array, same.arrays[name])


def test_stored_statistics_give_the_same_content(catalogue: Catalogue) -> None:
    fitted = load_content(catalogue)
    again = load_content(catalogue, fitted.statistics)
    assert list(again.sets) == list(fitted.sets)
    assert set(fitted.sets) == {"sound", "tags", "genres"}
    for name, profile in fitted.profiles.items():
        np.testing.assert_array_equal(again.profiles[name], profile)


def test_what_an_artist_lacks_is_unknown(catalogue: Catalogue) -> None:
    content = load_content(catalogue)
    everyone = np.arange(len(catalogue))
    for name in ("tags", "sound"):
        lacking = np.isnan(catalogue.feature_array(name)[:, 0])
        cosine = content.cosine(name, everyone, np.roll(everyone, 1))
        np.testing.assert_array_equal(np.isnan(cosine), lacking | np.roll(lacking, 1))
        assert np.nanmax(np.abs(cosine)) <= 1 + 1e-5
    assert np.isnan(content.numbers["decade"]).any()


def test_a_catalogue_without_content_has_none(tmp_path: Path) -> None:
    content = load_content(random_catalogue(tmp_path, with_features=False))
    assert not content.sets
    assert not content.profiles
    assert not content.numbers
