"""The synthetic demo catalogue: reproducible, separable by part, and shaped like a real similarity graph."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from core.demo.world import SyntheticWorld, generate, names, tags
from core.demo.world.latent import part_rng
from core.errors import ConfigError
from core.synthesis import scenes


@pytest.fixture(scope="module")
def world() -> SyntheticWorld:
    return generate()


def _adjacency(world: SyntheticWorld) -> np.ndarray:
    adjacency = np.zeros((len(world.artists), len(world.artists)), dtype=bool)
    adjacency[world.edges["source"], world.edges["target"]] = True
    return adjacency | adjacency.T


def test_same_seed_gives_the_same_world_and_another_seed_does_not():
    one, again, other = generate(5, 200), generate(5, 200), generate(6, 200)
    pd.testing.assert_frame_equal(one.artists, again.artists)
    pd.testing.assert_frame_equal(one.edges, again.edges)
    np.testing.assert_array_equal(one.latent.audible, again.latent.audible)
    assert not one.artists["name"].equals(other.artists["name"])
    assert not np.allclose(one.latent.audible, other.latent.audible)


def test_parts_draw_from_separate_streams():
    assert part_rng(1, "graph").random() != part_rng(1, "latent").random()
    assert part_rng(1, "graph").random() == part_rng(1, "graph").random()


def test_degrees_resemble_a_real_similarity_graph(world):
    degree = _adjacency(world).sum(axis=1)
    lower, median, upper = np.percentile(degree, [25, 50, 75])
    assert 2 <= lower <= 4
    assert 7 <= median <= 9
    assert 15 <= upper <= 19
    assert 11 <= degree.mean() <= 12.8
    assert 60 <= degree.max() <= 130
    assert 0.008 <= (degree == 0).mean() <= 0.012
    assert np.corrcoef(world.artists["popularity"], np.log1p(degree))[0, 1] > 0.6


def test_edges_are_unique_undirected_pairs(world):
    edges = world.edges
    assert (edges["source"] < edges["target"]).all()
    assert not edges.duplicated(["source", "target"]).any()
    assert set(edges["relation"]) == {"similar"}
    assert (edges["weight"] == 1).all()
    assert edges["source"].dtype == edges["target"].dtype == np.int32


def test_graph_is_clustered(world):
    adjacency = _adjacency(world)
    hidden = np.isin(world.artists["split"], ["test"])
    visible = adjacency & ~(hidden[:, None] & hidden[None, :])
    common = visible.astype(np.float32) @ visible.astype(np.float32)
    has_common = (common > 0)[adjacency & hidden[:, None] & hidden[None, :]].mean()
    assert 0.65 <= has_common <= 0.9


def test_split_shares_are_exact(world):
    assert world.artists["split"].value_counts().to_dict() == {"train": 1200, "val": 150, "test": 150}


def test_artists_carry_no_real_ids(world):
    artists = world.artists
    assert artists["mbid"].isna().all()
    assert artists["allmusic_id"].isna().all()
    assert all(re.fullmatch(r"syn-\d{4}", artist_id) for artist_id in artists["artist_id"])
    assert artists["artist_id"].is_unique


def test_names_are_unique_but_for_the_namesakes(world):
    shown = world.artists["name"]
    doubled = shown[shown.duplicated(keep=False)]
    assert len(doubled) == 2 * names.NAMESAKE_PAIRS
    assert doubled.nunique() == names.NAMESAKE_PAIRS
    genre = world.artists["genres"].str[0]
    assert (genre[doubled.index].groupby(doubled).nunique() == 2).all()
    assert not set(shown.str.lower()) & names.BLOCKED
    assert shown.map(lambda name: not name.isascii()).sum() > 20


def test_too_many_artists_for_the_word_lists_is_refused(monkeypatch):
    monkeypatch.setattr(names, "WORDS", {kind: words[:1] for kind, words in names.WORDS.items()})
    with pytest.raises(ConfigError, match="ask for fewer artists"):
        generate(1, 200)


def test_too_few_artists_are_refused():
    with pytest.raises(ConfigError, match="at least 100 artists"):
        generate(1, 10)


def test_tags_come_from_the_vocabularies_with_real_gaps(world):
    artists = world.artists
    for column, vocabulary, most, coverage in (
        ("genres", {*scenes.GENRES, *(scene.name for scene in scenes.SCENES)}, 2, 1.0),
        ("moods", set(tags.MOODS), 8, 0.72),
        ("themes", set(tags.THEMES), 6, 0.63),
    ):
        assert set(artists[column].explode().dropna()) <= vocabulary
        assert artists[column].str.len().max() <= most
        assert (artists[column].str.len() > 0).mean() == pytest.approx(coverage, abs=0.01)
    assert artists["decade"].between(1960, 2020).all()
    assert (artists["decade"] % 10 == 0).all()


def test_every_mood_names_real_axes():
    for mood, direction in tags.MOODS.items():
        assert {part[1:] for part in direction.split()} <= set(scenes.AUDIBLE_AXES), mood
        assert {part[0] for part in direction.split()} <= {"+", "-"}, mood


def test_moods_and_themes_are_unknown_for_untagged_artists(world):
    values, info = world.features["moods_themes"]
    missing = np.isnan(values)
    assert (missing.all(axis=1) == missing.any(axis=1)).all()
    assert len(info.columns) == values.shape[1] == len(tags.MOODS) + len(tags.THEMES)
    untagged = (world.artists["moods"].str.len() + world.artists["themes"].str.len() == 0).to_numpy()
    np.testing.assert_array_equal(missing.any(axis=1), untagged)
    assert set(np.unique(values[~missing])) == {0.0, 1.0}
