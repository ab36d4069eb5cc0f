"""Maps: layouts of any size, fidelity against brute force and chance, and files that are whole or absent."""

import errno
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.arrays import FloatArray
from core.catalogue import open_catalogue
from core.catalogue.library import BUNDLED
from core.errors import ConfigError, NearfieldError
from core.maps import (
    Fidelity,
    MapSettings,
    StoredMap,
    build_map,
    list_maps,
    load_map,
    map_path,
    measure_fidelity,
    preservation,
    project,
    save_map,
)
from core.maps.projection import distinct_rows
from core.search.spaces import space_vectors
from core.storage import sweep
from tests.support import server
from tests.support.faults import killed_before, refusing

ROOT = Path("catalogue")
SMALL = MapSettings(n_neighbours=10, pca_components=10)


class Folder(SimpleNamespace):
    """As much of a catalogue as the store needs."""

    def __len__(self):
        return self.n_artists


@pytest.fixture
def catalogue(tmp_path):
    return Folder(path=tmp_path, n_artists=4)


@pytest.fixture
def stored():
    coordinates = np.array([[0, 1], [np.nan, np.nan], [2, 3], [-10, 10]], np.float32)
    return StoredMap(
        space="run:sage2-clap",
        coordinates=coordinates,
        local_fidelity=np.array([0.5, np.nan, 0.2, 1], np.float32),
        settings=MapSettings(seed=7),
        fidelity=Fidelity((10,), (0.4,), (0.01,), 1000, 500),
        vectors_hash="abc",
        versions={"umap-learn": "0", "numpy": "1"},
        created="2026-01-01T00:00:00+00:00",
    )


def clusters(n_each=40, width=30, seed=0):
    random = np.random.default_rng(seed)
    centres = 5 * random.standard_normal((3, width))
    labels = np.repeat(np.arange(3), n_each)
    return (centres[labels] + random.standard_normal((len(labels), width))).astype(np.float32), labels


# Layouts that need no UMAP


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_a_few_artists_are_laid_out_by_a_plain_rule(n):
    vectors = np.eye(4, 6, dtype=np.float32)[:n]
    coordinates = project(vectors, np.ones(n, bool))
    assert coordinates.shape == (n, 2)
    assert coordinates.dtype == np.float32
    assert np.isfinite(coordinates).all()
    assert np.abs(coordinates).max() == pytest.approx(10 if n > 1 else 0)


def test_two_artists_lie_at_the_ends_of_the_square():
    coordinates = project(np.array([[1, 0], [0, 1]], np.float32), np.ones(2, bool))
    assert sorted(coordinates[:, 0].tolist()) == pytest.approx([-10, 10])


def test_identical_vectors_and_zeros_lie_in_the_middle():
    assert not project(np.full((50, 8), 0.3, np.float32), np.ones(50, bool)).any()
    assert not project(np.zeros((50, 8), np.float32), np.ones(50, bool)).any()


def one_hot(n_each: int, n_classes: int) -> FloatArray:
    return np.eye(n_classes, dtype=np.float32)[np.arange(n_each * n_classes) % n_classes]


def test_artists_of_six_classes_lie_at_six_places() -> None:
    vectors = one_hot(100, 6)
    coordinates = project(vectors, np.ones(600, bool))
    assert len(np.unique(coordinates, axis=0)) == 6
    for label in range(6):
        assert (coordinates[label::6] == coordinates[label]).all()
    measured = measure_fidelity(vectors, coordinates)
    assert measured.preserved == (1.0, 1.0)
    assert measured.chance == pytest.approx((99 / 599, 99 / 599))


def test_distinct_rows_are_found_in_order_apart_from_rounding() -> None:
    vectors = np.array([[1, 0], [0, 1], [1, 1e-7], [-0.0, 1], [0.5, 0]], np.float32)
    first, place_of = distinct_rows(vectors)
    assert first.tolist() == [0, 1, 4]
    assert place_of.tolist() == [0, 1, 0, 1, 2]


def test_vectors_of_one_direction_are_identical_under_cosine():
    vectors = np.outer(np.linspace(0.1, 7, 50), np.arange(1, 9)).astype(np.float32)
    assert not project(vectors, np.ones(50, bool)).any()


def test_one_column_is_enough():
    assert np.isfinite(project(np.array([[1.0], [-1.0], [2.0]], np.float32), np.ones(3, bool))).all()


def test_absent_artists_are_nan():
    vectors = np.array([[1, 0], [np.nan, np.nan], [0, 1]], np.float32)
    coordinates = project(vectors, np.array([True, False, True]))
    assert np.isnan(coordinates).tolist() == [[False] * 2, [True] * 2, [False] * 2]


def test_nobody_present_is_a_plain_error():
    with pytest.raises(NearfieldError, match="Choose another space"):
        project(np.zeros((3, 2), np.float32), np.zeros(3, bool))


def test_a_present_vector_that_is_not_finite_is_a_plain_error():
    vectors = np.zeros((4, 2), np.float32)
    vectors[2, 1] = np.inf
    with pytest.raises(NearfieldError, match="row 2"):
        project(vectors, np.array([False, True, True, True]))


@pytest.mark.parametrize(
    "wrong",
    [{"n_neighbours": 1}, {"min_dist": 2.0}, {"metric": "hamming"}, {"pca_components": 1}, {"seed": -1}],
)
def test_settings_out_of_bounds_are_refused(wrong):
    with pytest.raises(ConfigError):
        MapSettings(**wrong)


# UMAP itself: one slow process-wide compilation, so everything that needs it stands together


@pytest.mark.slow
def test_umap_maps(tmp_path):
    vectors, labels = clusters()
    present = np.ones(len(vectors), bool)
    present[5] = False
    stages = []
    made = build_map("clap", vectors, present, "hash", SMALL, lambda *stage: stages.append(stage))

    names = [name for name, _ in stages]
    assert list(dict.fromkeys(names)) == ["preparing", "neighbours", "layout"]
    shares = [done for name, done in stages if name == "layout"]
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert len(shares) > 2

    assert np.isnan(made.coordinates[5]).all()
    on_map = made.coordinates[present]
    assert np.abs(on_map).max() == pytest.approx(10, abs=1e-4)
    centres = np.stack([on_map[labels[present] == label].mean(axis=0) for label in range(3)])
    nearest = np.linalg.norm(on_map[:, None] - centres, axis=2).argmin(axis=1)
    assert (nearest == labels[present]).all()
    assert made.fidelity.k == (10, 50)
    assert made.fidelity.preserved[0] > 2 * made.fidelity.chance[0]
    assert np.nanmean(made.local_fidelity) == pytest.approx(made.fidelity.preserved[0], abs=1e-6)

    folder = Folder(path=tmp_path, n_artists=len(vectors))
    save_map(folder, made)
    np.testing.assert_array_equal(load_map(folder, "clap", "hash").coordinates, made.coordinates)

    again = project(vectors, present, SMALL)
    np.testing.assert_array_equal(again, made.coordinates)
    assert not np.array_equal(project(vectors, present, replace(SMALL, seed=1)), made.coordinates, equal_nan=True)

    for few in (5, 6, 20):
        assert np.isfinite(project(vectors[:few], np.ones(few, bool))).all()
    doubled = np.repeat(vectors[:5], 30, axis=0)
    assert np.isfinite(project(doubled, np.ones(150, bool), replace(SMALL, metric="euclidean"))).all()
    stacked = project(np.concatenate([vectors, np.tile(vectors[0], (480, 1))]), np.ones(600, bool), SMALL)
    assert (stacked[120:] == stacked[0]).all()
    assert len(np.unique(stacked, axis=0)) == 120

    def cancel(stage, done):
        if stage == "layout":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        project(vectors, present, SMALL, cancel)


def test_reading_maps_does_not_load_umap():
    code = "import sys, core.maps; sys.exit(any(name in sys.modules for name in ('umap', 'numba', 'sklearn')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Fidelity


def brute_force(vectors, coordinates, k):
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = unit @ unit.T
    apart = np.linalg.norm(coordinates[:, None] - coordinates, axis=2)
    np.fill_diagonal(cosine, -np.inf)
    np.fill_diagonal(apart, np.inf)
    near, near_on_map = np.argsort(-cosine)[:, :k], np.argsort(apart)[:, :k]
    return np.array([len(set(a) & set(b)) / k for a, b in zip(near, near_on_map, strict=True)])


@given(st.integers(13, 70), st.integers(0, 2**31))
@settings(max_examples=30, deadline=None)
def test_preservation_equals_brute_force(n, seed):
    random = np.random.default_rng(seed)
    vectors = random.standard_normal((n, 5)).astype(np.float32)
    coordinates = (vectors[:, :2] + 0.3 * random.standard_normal((n, 2))).astype(np.float32)
    expected = brute_force(vectors.astype(float), coordinates.astype(float), 10)
    np.testing.assert_allclose(preservation(vectors, coordinates), expected, atol=0.11)
    measured = measure_fidelity(vectors, coordinates)
    assert measured.preserved[0] == pytest.approx(expected.mean(), abs=0.01)
    assert measured.chance[0] == pytest.approx(10 / (n - 1), abs=1e-3)


def test_a_faithful_map_keeps_everything_and_a_shuffled_one_what_chance_keeps():
    angles = np.sort(np.random.default_rng(0).random(600)) * 2 * np.pi
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    faithful = measure_fidelity(circle, 10 * circle)
    assert min(faithful.preserved) > 0.97
    assert faithful.k == (10, 50)
    assert (faithful.n_artists, faithful.n_sampled) == (600, 600)
    shuffled = measure_fidelity(circle, np.random.default_rng(1).permutation(circle))
    assert shuffled.preserved == pytest.approx(shuffled.chance, abs=0.02)
    assert shuffled.chance == pytest.approx((10 / 599, 50 / 599), abs=1e-3)


def test_equal_vectors_are_interchangeable_and_chance_says_so():
    vectors = np.ones((40, 3), np.float32)
    coordinates = np.random.default_rng(0).standard_normal((40, 2)).astype(np.float32)
    measured = measure_fidelity(vectors, coordinates)
    assert measured.k == (10,)
    assert measured.preserved == measured.chance == (1.0,)


def test_equal_vectors_that_lie_strewn_are_not_faithful() -> None:
    vectors = one_hot(100, 6)
    strewn = np.random.default_rng(0).uniform(-10, 10, (600, 2)).astype(np.float32)
    measured = measure_fidelity(vectors, strewn)
    assert measured.preserved == pytest.approx(measured.chance, abs=0.03)
    # In heaps of eleven, each artist lies among its own class, yet most of the class lies elsewhere.
    heaps = np.random.default_rng(0).uniform(-10, 10, (60, 2)).astype(np.float32)
    number = np.arange(600)
    in_heaps = heaps[number % 6 + 6 * (number // 66)] + np.random.default_rng(1).normal(0, 1e-3, (600, 2))
    assert max(measure_fidelity(vectors, in_heaps.astype(np.float32)).preserved) < 0.5


def test_artists_on_one_spot_of_the_map_do_not_count_themselves():
    vectors, _ = clusters(20)
    assert (preservation(vectors, np.zeros((60, 2), np.float32)) < 1).all()


def test_sample_is_seeded_and_bounded():
    vectors, _ = clusters()
    coordinates = vectors[:, :2]
    one, same, other = (measure_fidelity(vectors, coordinates, 30, seed) for seed in (1, 1, 2))
    assert one.n_sampled == 30
    assert one == same != other


def test_off_the_map_is_nan_and_too_few_are_not_measured():
    vectors, _ = clusters(5)
    coordinates = vectors[:, :2].copy()
    coordinates[:2] = np.nan
    kept = preservation(vectors, coordinates)
    assert np.isnan(kept[:2]).all()
    assert np.isfinite(kept[2:]).all()
    assert np.isnan(preservation(vectors[:8], vectors[:8, :2])).all()
    assert measure_fidelity(vectors[:8], vectors[:8, :2]).k == ()


# The store


def test_a_map_comes_back_whole(catalogue, stored):
    path = save_map(catalogue, stored)
    back = load_map(catalogue, "run:sage2-clap", "abc")
    np.testing.assert_array_equal(back.coordinates, stored.coordinates)
    np.testing.assert_array_equal(back.local_fidelity, stored.local_fidelity)
    blank = {"coordinates": None, "local_fidelity": None}
    assert replace(back, **blank) == replace(stored, **blank)
    assert back.present.tolist() == [True, False, True, True]
    assert back.at_same_place.tolist() == [1, 0, 1, 1]
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_absent_stale_and_foreign_maps_are_none(catalogue, stored):
    assert load_map(catalogue, "run:sage2-clap", "abc") is None
    save_map(catalogue, stored)
    assert load_map(catalogue, "run:sage2-clap", "other vectors") is None
    assert load_map(catalogue, "clap", "abc") is None
    larger = Folder(path=catalogue.path, n_artists=5)
    assert load_map(larger, "run:sage2-clap", "abc") is None
    assert list_maps(larger) == []


@pytest.mark.parametrize("damage", [b"", b"not a zip", "half", "no description", "pickled", "json"])
def test_damaged_maps_are_none_and_can_be_replaced(catalogue, stored, damage):
    path = save_map(catalogue, stored)
    arrays = {"coordinates": stored.coordinates, "trust": stored.local_fidelity}
    match damage:
        case "half":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        case "no description":
            np.savez(path, **arrays)
        case "pickled":
            np.savez(path, **arrays, description=np.array({"a": 1}, object))
        case "json":
            np.savez(path, **arrays, description=np.array(json.dumps([1, 2])))
        case _:
            path.write_bytes(damage)
    assert load_map(catalogue, stored.space, "abc") is None
    assert list_maps(catalogue) == []
    save_map(catalogue, stored)
    assert load_map(catalogue, stored.space, "abc") is not None


def test_a_failed_write_leaves_the_old_map(catalogue, stored):
    save_map(catalogue, stored)
    with pytest.raises(TypeError):
        save_map(catalogue, replace(stored, vectors_hash="new", versions={"numpy": object()}))
    with pytest.raises(ValueError, match="could not convert"):
        save_map(catalogue, replace(stored, vectors_hash="new", local_fidelity="no numbers"))
    assert load_map(catalogue, stored.space, "abc") is not None
    assert len(list((catalogue.path / "maps").iterdir())) == 1


def test_list_maps_by_space(catalogue, stored):
    assert list_maps(catalogue) == []
    for space in ("moods", "clap"):
        save_map(catalogue, replace(stored, space=space))
    assert [listed.space for listed in list_maps(catalogue)] == ["clap", "moods"]


@given(st.text(max_size=100) | st.sampled_from(["../../etc/passwd", "/", "..", "CON", "a\x00b", "\ud800"]))
@settings(deadline=None)
def test_file_names_never_leave_the_folder(space):
    path = map_path(Folder(path=ROOT, n_artists=1), space)
    assert path.parent == ROOT / "maps"
    assert path.name.isascii()
    assert len(path.name) < 100
    assert not set(path.name) & set("/\\:\x00")


def test_spaces_never_share_a_file(catalogue):
    spaces = ["run:a", "run-a", "RUN:A", "run_a", "run:a ", ""]
    assert len({map_path(catalogue, space) for space in spaces}) == len(spaces)


def test_a_map_killed_at_any_step_is_old_or_new(catalogue, stored):
    step = 1
    save_map(catalogue, stored)
    while killed_before(step, lambda: save_map(catalogue, replace(stored, created="later"))):
        assert [found.created for found in list_maps(catalogue)] == [stored.created]
        sweep(catalogue.path, depth=1)
        assert list((catalogue.path / "maps").iterdir()) == [map_path(catalogue, stored.space)]
        step += 1
    assert step > 2
    assert [found.created for found in list_maps(catalogue)] == ["later"]


def test_a_map_that_cannot_be_saved_says_so(catalogue, stored):
    with refusing(errno.ENOSPC), pytest.raises(NearfieldError, match="cannot be written .*Make room"):
        save_map(catalogue, stored)
    assert list_maps(catalogue) == []


def test_the_bundled_maps_are_as_faithful_as_they_say() -> None:
    catalogue = open_catalogue(server.ROOT / "data" / BUNDLED)
    for stored in list_maps(catalogue):
        vectors, _ = space_vectors(catalogue, stored.space)
        measured = measure_fidelity(vectors, stored.coordinates)
        assert stored.fidelity.preserved == pytest.approx(measured.preserved, abs=1e-3), stored.space
        assert stored.fidelity.chance == pytest.approx(measured.chance, abs=1e-3), stored.space
