"""The synthetic demo catalogue: reproducible, separable by part, and shaped like a real similarity graph."""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import ndcg_score

from core.catalogue import open_catalogue, validate
from core.catalogue.synthetic import DEFAULT_SEED, SyntheticWorld, build, generate, names, scenes, tags
from core.catalogue.synthetic.world import part_rng


@pytest.fixture(scope="module")
def world() -> SyntheticWorld:
    return generate()


def _adjacency(world: SyntheticWorld) -> np.ndarray:
    adjacency = np.zeros((len(world.artists), len(world.artists)), dtype=bool)
    adjacency[world.edges["source"], world.edges["target"]] = True
    return adjacency | adjacency.T


def _folder_digest(folder) -> dict[str, str]:
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path):
    for folder, seed in (("a", 5), ("b", 5), ("c", 6)):
        build(tmp_path / folder, seed=seed, n_artists=200)
    first, again, other = (_folder_digest(tmp_path / folder) for folder in "abc")
    assert first == again
    seeded = ("artists.parquet", "edges.parquet", "features/clap.npy", "features/acousticbrainz.npy")
    assert all(first[file] != other[file] for file in seeded)


def test_feature_seed_moves_the_features_and_nothing_else():
    one, two = generate(3, 300), generate(3, 300, feature_seed=99)
    pd.testing.assert_frame_equal(one.artists, two.artists)
    pd.testing.assert_frame_equal(one.edges, two.edges)
    np.testing.assert_array_equal(one.latent.audible, two.latent.audible)
    np.testing.assert_array_equal(one.latent.social, two.latent.social)
    for name in ("clap", "acousticbrainz"):
        assert not np.allclose(np.nan_to_num(one.features[name][0]), np.nan_to_num(two.features[name][0]))


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
    with pytest.raises(ValueError, match="ask for fewer artists"):
        generate(1, 200)


def test_too_few_artists_are_refused():
    with pytest.raises(ValueError, match="at least 100 artists"):
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


def test_features_have_whole_missing_rows_and_honest_descriptions(world):
    absent = {}
    for name, (values, info) in world.features.items():
        missing = np.isnan(values)
        assert values.dtype == np.float32
        assert (missing.all(axis=1) == missing.any(axis=1)).all()
        assert not np.isinf(values).any()
        assert info.columns is None or len(info.columns) == values.shape[1]
        assert "not extracted from any audio" in info.notes
        absent[name] = missing.any(axis=1)
    assert absent["clap"].mean() == pytest.approx(0.01, abs=0.002)
    assert absent["acousticbrainz"].mean() == pytest.approx(0.03, abs=0.002)
    untagged = (world.artists["moods"].str.len() + world.artists["themes"].str.len() == 0).to_numpy()
    np.testing.assert_array_equal(absent["moods_themes"], untagged)
    binary = world.features["moods_themes"][0]
    assert set(np.unique(binary[~np.isnan(binary)])) == {0.0, 1.0}


def _cosine(matrices: list[np.ndarray]) -> np.ndarray:
    scaled = [np.nan_to_num((x - np.nanmean(x, axis=0)) / (np.nanstd(x, axis=0) + 1e-9)) for x in matrices]
    joined = np.hstack([x / np.sqrt((x**2).sum(axis=1).mean()) for x in scaled])
    joined /= np.maximum(np.linalg.norm(joined, axis=1, keepdims=True), 1e-9)
    return joined @ joined.T


def _page_rank(adjacency: np.ndarray) -> np.ndarray:
    step = adjacency / np.maximum(adjacency.sum(axis=1, keepdims=True), 1)
    start = np.eye(len(step))
    rank = start
    for _ in range(15):
        rank = 0.5 * start + 0.5 * rank @ step
    return rank


def _mean_ndcg(scores: np.ndarray, adjacency: np.ndarray, splits: list[np.ndarray]) -> float:
    found = []
    for rows in splits:
        hidden, ranked = adjacency[np.ix_(rows, rows)], scores[np.ix_(rows, rows)]
        for query in np.flatnonzero(hidden.any(axis=1)):
            others = np.arange(len(rows)) != query
            found.append(ndcg_score([hidden[query, others].astype(int)], [ranked[query, others]], k=200))
    return float(np.mean(found))


def test_random_then_content_then_graph(world):
    """Both evaluated splits hidden at once; the values are those of the default seed."""
    adjacency = _adjacency(world)
    splits = [np.flatnonzero(world.artists["split"] == split) for split in ("val", "test")]
    visible = adjacency.copy()
    for rows in splits:
        visible[np.ix_(rows, rows)] = False
    sets = {name: values for name, (values, _) in world.features.items()}
    score = {name: _mean_ndcg(_cosine([values]), adjacency, splits) for name, values in sets.items()}
    everything = _mean_ndcg(_cosine(list(sets.values())), adjacency, splits)
    noise = np.random.default_rng(0).random(adjacency.shape)
    graph = _mean_ndcg(_page_rank(visible.astype(float)), adjacency, splits)
    assert _mean_ndcg(noise, adjacency, splits) + 0.05 < min(score.values())
    assert max(score["acousticbrainz"], score["moods_themes"]) < score["clap"]
    assert score["clap"] < everything < graph - 0.08


def test_built_folder_is_a_valid_synthetic_catalogue_under_six_megabytes(tmp_path):
    made = build(tmp_path / "demo")
    catalogue = open_catalogue(tmp_path / "demo")
    assert validate(tmp_path / "demo") == []
    assert catalogue.manifest.kind == "synthetic"
    assert catalogue.manifest.licence == "CC0-1.0"
    assert f"seed {DEFAULT_SEED}" in catalogue.manifest.source
    assert catalogue.feature_names == sorted(made.features)
    assert len(catalogue.similar_edges) == len(made.edges)
    assert catalogue.display_names.is_unique
    np.testing.assert_array_equal(catalogue.feature_array("clap"), made.features["clap"][0])
    assert sum(file.stat().st_size for file in (tmp_path / "demo").rglob("*") if file.is_file()) < 6_000_000
