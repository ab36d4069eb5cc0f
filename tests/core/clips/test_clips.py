"""From clips to artists: content, tracks, routes through the graph, evidence, words, and their measurement."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from core.audio.encoders.clap import open_encoder
from core.catalogue import Catalogue, FeatureInfo, open_catalogue, update_catalogue
from core.clips.encoder import takes_words
from core.clips.inductive import with_inductive_nodes
from core.clips.routes import ClipModel, ClipRoutes, clip_fusions, clip_runs, nearest_by_content
from core.clips.search import ClipSearch
from core.clips.texts import TextSearch, weighted_query
from core.clips.vectors import ClipAnalysis, append_clips, sets_of_clips, suits_clips
from core.errors import NearfieldError
from core.experiments.clips import artist_recall, clip_view, evaluate_clips, record_clips
from core.experiments.measure import fit_and_save_fusion, train_and_evaluate
from core.experiments.results import read_results
from core.features import feature_inputs
from core.graph.protocols import GraphView, serving_view
from core.graph.rankers import PersonalisedPageRank
from core.runs.config import ModelConfig, TrainingConfig
from core.runs.record import Run, list_runs, new_run
from core.search.content import ContentSpace
from core.search.fusion import FusionWeights
from core.search.fusions import save_fusion
from core.search.spaces import open_space
from core.space_name import SpaceName
from tests.support.catalogues import tiny_catalogue
from tests.support.graphs import random_catalogue

N = 80


def tracks_of(catalogue: Catalogue, per_artist: int, seed: int = 0) -> tuple[pd.DataFrame, np.ndarray]:
    """Tracks around each artist's clap, artists without it left out, in no order of artists."""
    clap = np.array(catalogue.feature_array("clap"))
    rng = np.random.default_rng(seed)
    artist = np.repeat(np.flatnonzero(~np.isnan(clap[:, 0])), per_artist)
    artist = rng.permutation(artist).astype(np.int32)
    frame = pd.DataFrame(
        {"artist": artist, "track_id": [f"t{row}" for row in range(len(artist))], "title": "x", "kind": "synthetic"}
    ).assign(recipe="{}")
    return frame, (clap[artist] + 0.3 * rng.normal(size=clap[artist].shape)).astype(np.float32)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Two halves that differ in content and graph, tracks, a model on content, one of learned vectors, a fusion."""
    made = random_catalogue(tmp_path_factory.mktemp("clips"), n=N)
    descriptors = np.random.default_rng(1).normal(size=(N, 4)).astype(np.float32) * [1, 10, 100, 1000]
    info = FeatureInfo("acousticbrainz", "Descriptors")
    frame, vectors = tracks_of(made, 3)
    made = update_catalogue(made, {"acousticbrainz": (descriptors.astype(np.float32), info)}, frame, {"clap": vectors})
    for features, backbone in (("clap", "sage"), ("acousticbrainz+clap", "sign"), ("learned", "lightgcn")):
        config = TrainingConfig(features, ModelConfig(backbone, 2, 16, 8), steps=16, device="cpu")
        train_and_evaluate(made, new_run(made, config))
    parts = ["pagerank", "cosine:clap", *(f"run:{run.run_id}" for run in list_runs(made))]
    fit_and_save_fusion(made, "best", parts)
    return made


def analysis_of(catalogue: Catalogue, row: int) -> ClipAnalysis:
    """A clip that sounds as an artist does."""
    vectors = {name: np.array(catalogue.feature_array(name)[row]) for name in ("clap", "acousticbrainz")}
    windows = np.stack([-vectors["clap"], vectors["clap"]])
    return ClipAnalysis(vectors, windows, np.array([0, 10], np.float32))


def run_of(catalogue: Catalogue, features: str) -> Run:
    return next(run for run in list_runs(catalogue) if run.config.features == features)


# The clip behind the artists


def test_inductive_nodes_get_messages_and_send_none() -> None:
    view = GraphView(3, np.array([[0, 1], [1, 2]]), np.array([2, 1, 0]))
    linked = with_inductive_nodes(view, np.array([[0, 2], [1, 0]]))
    assert linked.n_artists == 5
    assert linked.messages.T.tolist() == [*view.messages.T.tolist(), [0, 3], [2, 3], [1, 4], [0, 4]]
    np.testing.assert_array_equal(with_inductive_nodes(view, np.empty((2, 0), np.int64)).messages, view.messages)


def test_a_set_is_filled_by_vectors_of_its_width(catalogue: Catalogue) -> None:
    clips = analysis_of(catalogue, 0).as_clips()
    assert set(sets_of_clips(catalogue, clips)) == {"clap", "acousticbrainz"}
    assert set(sets_of_clips(catalogue, {"clap": np.ones((1, 3), np.float32)})) == set()


def test_what_no_clip_has_must_be_unknown_to_the_model_too(tmp_path: Path) -> None:
    ones, gap = np.ones((8, 2), np.float32), np.ones((8, 3), np.float32)
    gap[3] = np.nan
    features = {"clap": ones, "clap_one_track": ones, "moods_themes": gap, "full": ones}
    catalogue = tiny_catalogue(tmp_path / "c", 8, features=features)
    filled = sets_of_clips(catalogue, {"clap": ones[:1]})
    assert set(filled) == {"clap", "clap_one_track"}
    suited = ["clap", "clap_one_track", "clap+moods_themes"]
    assert all(suits_clips(catalogue, names, filled) for names in suited)
    for names in ("moods_themes", "clap+full", "clap+random", "random", "learned"):
        assert not suits_clips(catalogue, names, filled)
    inputs = feature_inputs(catalogue, "clap+moods_themes")
    behind = append_clips(catalogue, inputs, {"clap": 2 * ones[:2]}, 2)
    np.testing.assert_array_equal(behind.values[:8], inputs.values)
    np.testing.assert_array_equal(behind.values[8:], [[1, 1, 0, 0, 0, 1]] * 2)
    np.testing.assert_array_equal(behind.unknown[8:], [[1]] * 2)
    with pytest.raises(NearfieldError, match="A clip has no full"):
        append_clips(catalogue, feature_inputs(catalogue, "clap+full"), {"clap": ones[:1]}, 1)


@pytest.mark.parametrize("features", ["clap", "acousticbrainz+clap", "learned"])
def test_a_clip_with_an_artists_sound_and_ties_is_that_artist_to_a_model(catalogue: Catalogue, features: str) -> None:
    """Test artists are unknown to every model, so one with its own content and neighbours must be met again."""
    view = serving_view(catalogue)
    row = next(row for row in np.flatnonzero(catalogue.split == 2) if view.degree[row] and row not in (3, 7))
    neighbours = np.setdiff1d(catalogue.learned_edges[(catalogue.learned_edges == row).any(axis=1)], [row])
    run = run_of(catalogue, features)
    scores = ClipModel(catalogue, run).scores(analysis_of(catalogue, row).as_clips(), neighbours[np.newaxis], view)
    space = open_space(catalogue, f"run:{run.run_id}")
    depth = 2 if features == "clap" else 1
    expected = space.scores(np.array([row]))[0]
    assert scores[0, row] == pytest.approx(1, abs=0.05 * depth)
    assert np.corrcoef(scores[0][~np.isnan(expected)], expected[~np.isnan(expected)])[0, 1] > 0.9


def test_a_clip_without_ties_is_an_artist_without_edges(catalogue: Catalogue) -> None:
    view = serving_view(catalogue)
    lonely = np.flatnonzero((view.degree == 0) & (catalogue.split > 0))
    lonely = lonely[~np.isin(lonely, [3, 7])]
    assert len(lonely)
    run = run_of(catalogue, "clap")
    no_links = np.empty((1, 0), np.int64)
    scores = ClipModel(catalogue, run).scores(analysis_of(catalogue, lonely[0]).as_clips(), no_links, view)[0]
    expected = open_space(catalogue, f"run:{run.run_id}").scores(lonely[:1])[0]
    np.testing.assert_allclose(scores, expected, atol=1e-5)
    learned = ClipModel(catalogue, run_of(catalogue, "learned"))
    assert np.isnan(learned.scores(analysis_of(catalogue, 0).as_clips(), no_links, view)).all()


def test_clips_do_not_influence_each_other(catalogue: Catalogue) -> None:
    rows = np.array([0, 1, 2, 4])
    clips = {name: np.array(catalogue.feature_array(name)[rows]) for name in ("clap", "acousticbrainz")}
    fusion = clip_fusions(catalogue, clips)[0]
    routes = ClipRoutes(catalogue, serving_view(catalogue), run_of(catalogue, "clap").run_id, fusion)
    linked = nearest_by_content([ContentSpace(catalogue, "clap")], clips, 5)
    alone = {name: values[2:3] for name, values in clips.items()}
    assert routes.offered == ("isolated", "tied", "fusion")
    for route in routes.offered:
        together = routes.scores(route, clips, linked)
        assert together.shape == (4, N)
        np.testing.assert_allclose(together[2], routes.scores(route, alone, linked[2:3])[0], atol=1e-4)


def test_the_walk_from_a_clip_is_that_of_an_artist_with_its_ties(tmp_path: Path) -> None:
    """A star of four: a node behind it, tied to two of them, against the same node as an artist of one-way steps."""
    clap = np.eye(4, dtype=np.float32)
    catalogue = tiny_catalogue(tmp_path / "c", 4, [(0, 1), (0, 2), (0, 3)], {"clap": clap})
    fit = np.full((1, 6), 1.0).tolist()
    save_fusion(catalogue, "walk", FusionWeights((SpaceName("pagerank"),), (True,), tuple(map(tuple, fit))), {})
    routes = ClipRoutes(catalogue, serving_view(catalogue), None, "walk")
    scores = routes._walked({"clap": clap[:1]}, np.array([[1, 2]]))[0]
    walks = PersonalisedPageRank(serving_view(catalogue)).scores(np.array([1, 2]))
    np.testing.assert_allclose(scores, walks.mean(axis=0) / 2, rtol=1e-6)
    assert clip_fusions(catalogue, {"clap": clap[:1]}) == []


def test_ties_are_the_nearest_and_never_the_barred(catalogue: Catalogue) -> None:
    clips = analysis_of(catalogue, 5).as_clips()
    spaces = [ContentSpace(catalogue, "clap")]
    assert nearest_by_content(spaces, clips, 3)[0, 0] == 5
    assert 5 not in nearest_by_content(spaces, clips, N - 1, np.array([5]))


def test_runs_and_fusions_that_a_clip_can_ask(catalogue: Catalogue) -> None:
    clips = analysis_of(catalogue, 0).as_clips()
    assert {run.config.features for run in clip_runs(catalogue, clips)} == {"clap", "acousticbrainz+clap"}
    only = {"clap": clips["clap"]}
    assert {run.config.features for run in clip_runs(catalogue, only)} == {"clap"}
    assert clip_fusions(catalogue, clips) == ["best"]
    assert clip_fusions(catalogue, only) == []
    with pytest.raises(NearfieldError, match="is no route of this catalogue"):
        ClipRoutes(catalogue, serving_view(catalogue), None, None).scores("tied", clips, np.array([[1]]))


# Content and tracks


def test_content_is_the_catalogues_space(catalogue: Catalogue) -> None:
    for name in ("clap", "acousticbrainz"):
        vectors = np.array(catalogue.feature_array(name)[[0, 1]])
        scores = ContentSpace(catalogue, name).scores(vectors)
        np.testing.assert_allclose(scores, open_space(catalogue, name).scores(np.array([0, 1])), atol=1e-5)


def _cosines(catalogue: Catalogue, vectors: np.ndarray, tracks: np.ndarray) -> np.ndarray:
    """Cosines (q, t) in the scaling of the catalogue's CLAP set, computed apart from the code under test."""
    scaling = feature_inputs(catalogue, "clap").scaling
    first, second = ((values - scaling.mean) / scaling.deviation for values in (vectors, tracks))
    cosines = [[a @ b / np.linalg.norm(a) / np.linalg.norm(b) for b in second] for a in first]
    return np.array(cosines, np.float32)


def test_best_tracks_against_a_loop(catalogue: Catalogue) -> None:
    space = ContentSpace(catalogue, "clap")
    vectors = np.array(catalogue.feature_array("clap")[[0, 1]])
    found = space.best_tracks(vectors)
    stored = catalogue.track_array("clap")
    known = np.flatnonzero(~np.isnan(stored[:, 0]))
    every = np.full((len(vectors), len(stored)), np.nan, np.float32)
    every[:, known] = _cosines(catalogue, vectors, stored[known])
    for row in range(N):
        own = catalogue.tracks_of(row).index.to_numpy()
        if not len(own):
            assert (found.tracks[:, row] == -1).all()
            np.testing.assert_array_equal(found.scores[:, row], space.scores(vectors)[:, row])
            continue
        np.testing.assert_array_equal(found.tracks[:, row], own[every[:, own].argmax(axis=1)])
        np.testing.assert_allclose(found.scores[:, row], every[:, own].max(axis=1), atol=1e-6)


def test_without_tracks_the_mean_stands_alone(catalogue: Catalogue) -> None:
    space = ContentSpace(catalogue, "acousticbrainz")
    vectors = np.array(catalogue.feature_array("acousticbrainz")[[0]])
    found = space.best_tracks(vectors)
    assert not space.has_tracks
    assert (found.tracks == -1).all()
    np.testing.assert_array_equal(found.scores, space.scores(vectors))


# Answers


def test_answers_and_evidence(catalogue: Catalogue) -> None:
    clip = analysis_of(catalogue, 5)
    search = ClipSearch(catalogue, clip)
    found = search.answer(clip, 7)
    assert [space.name for space in search.spaces] == [
        "graph:fusion",
        "graph:tied",
        "graph:isolated",
        "clap",
        "clap:tracks",
        "acousticbrainz",
    ]
    assert found.default == search.default == "graph:fusion"
    assert found.answers["clap"].nearest.rows[0] == found.answers["acousticbrainz"].nearest.rows[0] == 5
    assert found.linked[0] == 5
    rows = found.answers["clap"].nearest.rows
    evidence = search.evidence(clip, found, rows)
    assert [item.row for item in evidence] == rows.tolist()
    first = evidence[0]
    assert (first.ranks["clap"], first.ranks["acousticbrainz"], first.linked) == (1, 1, True)
    assert first.scores["clap"] == pytest.approx(1, abs=1e-5)
    assert first.moment is not None
    assert (first.moment.window, first.moment.start) == (1, 10.0)
    assert catalogue.tracks["artist"][first.moment.track] == 5
    assert first.best_track["clap"] == found.tracks["clap"][5]
    known = {tuple(pair) for pair in catalogue.learned_edges.tolist()}
    for item in evidence:
        expected = [row for row in rows if (min(row, item.row), max(row, item.row)) in known]
        assert sorted(expected) == item.neighbours.tolist()
    unknown = search.evidence(clip, found, [3])[0]
    assert (unknown.ranks["clap"], unknown.moment) == (0, None)
    added = search.routes.contributions(clip.as_clips(), found.linked[np.newaxis], rows)
    total = np.sum(list(added.values()), axis=0)
    np.testing.assert_allclose(total, found.answers["graph:fusion"].scores[rows], atol=1e-4)


def test_a_clip_of_one_extractor_is_answered_in_its_space(catalogue: Catalogue) -> None:
    whole = analysis_of(catalogue, 5)
    clip = replace(whole, vectors={"acousticbrainz": whole.vectors["acousticbrainz"]}, windows=whole.windows[:0])
    search = ClipSearch(catalogue, clip)
    found = search.answer(clip)
    assert [space.name for space in search.spaces] == ["graph:tied", "graph:isolated", "acousticbrainz"]
    assert search.describe_model() == f"run:{run_of(catalogue, 'acousticbrainz+clap').run_id}"
    assert search.evidence(clip, found, [5])[0].moment is None
    with pytest.raises(NearfieldError, match="no feature set that a clip can be compared in"):
        ClipSearch(catalogue, ClipAnalysis({"clap": np.ones(3, np.float32)}))


# Words


def test_phrases_are_weighed() -> None:
    vectors = np.eye(3, dtype=np.float32)
    np.testing.assert_allclose(weighted_query(vectors, [3, 0, -4]), [0.6, 0, -0.8], atol=1e-6)
    for given, weights, reason in (
        (vectors, [1, 2], "3 phrases and 2 weights"),
        (vectors, [1, 2, np.nan], "Weights lie"),
        (vectors, [99, 2, 1], "Weights lie"),
        (vectors[:0], [], "Give 1 to 8"),
        (vectors, [0, 0, 0], "cancel"),
    ):
        with pytest.raises(NearfieldError, match=reason):
            weighted_query(given, weights)


def test_words_find_artists_by_mean_and_by_track(catalogue: Catalogue) -> None:
    vector = np.array(catalogue.track_array("clap")[4])
    answers = TextSearch(catalogue).answer(vector / np.linalg.norm(vector), 5)
    artist = catalogue.tracks["artist"][4]
    assert answers.by_track is answers.first
    assert answers.first.nearest.rows[0] == artist
    assert answers.tracks is not None
    assert answers.tracks[artist] == 4
    assert answers.first.nearest.scores[0] == pytest.approx(1, abs=1e-5)
    assert len(answers.by_mean.nearest) == 5


# Measurement


def test_held_out_artists_are_evaluated_and_recorded(catalogue: Catalogue) -> None:
    rows = np.flatnonzero(catalogue.split == 2)
    rows = rows[~np.isin(rows, [3, 7])][::-1]
    clips = {name: np.array(catalogue.feature_array(name)[rows]) for name in ("clap", "acousticbrainz")}
    for view in ("cold", "clip"):
        found = evaluate_clips(catalogue, rows, clips, view)
        table = found.table().set_index("ranker")
        assert set(table.index) == {
            "clip:random",
            "clip:isolated",
            "clip:tied",
            "clip:fusion",
            "clip:clap",
            "clip:clap:tracks",
            "clip:acousticbrainz",
        }
        assert table.loc["clip:clap", "ndcg"] > table.loc["clip:random", "ndcg"]
        assert len(found.differences()) == 21
        assert not np.isin(found.view.visible.edges, rows).any()
        recorded = record_clips(catalogue, found, "a test")
        assert {row["protocol"] for row in recorded} == {view}
    results = read_results(catalogue)
    assert set(results[results["ranker"] == "clip:fusion"]["protocol"]) == {"cold", "clip"}
    assert len(clip_view(catalogue, "clip").candidates) == N


def test_the_own_row_of_a_held_out_artist_changes_nothing(catalogue: Catalogue) -> None:
    """Whatever the catalogue knows of the artist itself, other artists are ranked the same."""
    row = next(iter(np.intersect1d(clip_view(catalogue).queries, np.setdiff1d(np.arange(N), [3, 7]))))
    clips = {name: np.array(catalogue.feature_array(name)[[row]]) for name in ("clap", "acousticbrainz")}
    space = ContentSpace(catalogue, "clap")
    linked = nearest_by_content([space], clips, 5, np.array([row]))
    fusion = clip_fusions(catalogue, clips)[0]
    routes = ClipRoutes(catalogue, clip_view(catalogue).visible, None, fusion)
    scores = routes.scores("fusion", clips, linked, np.array([row]))
    # Zero, the mean, is what a fusion gives to an artist that no part may compare with.
    assert scores[0, row] == 0


def test_unseen_tracks_find_their_artist(catalogue: Catalogue) -> None:
    frame, vectors = tracks_of(catalogue, 1, seed=9)
    recall = artist_recall(catalogue, frame["artist"].to_numpy(np.int64), {"clap": vectors})
    assert recall["space"].tolist() == ["clap", "clap", "clap:tracks", "clap:tracks"]
    assert recall["k"].tolist() == [1, 10, 1, 10]
    assert (recall["recall"] > 4 * recall["chance"]).all()
    assert (recall["low"] <= recall["recall"]).all()
    assert recall["chance"].tolist() == [1 / N, 10 / N] * 2


def test_bad_questions_are_refused(catalogue: Catalogue) -> None:
    clips = {"clap": np.ones((2, 8), np.float32)}
    train = np.flatnonzero(catalogue.split == 0)[:2]
    with pytest.raises(NearfieldError, match="None of these artists is a test artist"):
        evaluate_clips(catalogue, train, clips)
    with pytest.raises(NearfieldError, match="no view of clips"):
        evaluate_clips(catalogue, train, clips, "warm")
    query = clip_view(catalogue).queries[:1]
    with pytest.raises(NearfieldError, match="one clip only"):
        evaluate_clips(catalogue, np.repeat(query, 2), clips)
    with pytest.raises(NearfieldError, match="no feature set that these clips"):
        evaluate_clips(catalogue, query, {"clap": np.ones((1, 3), np.float32)})


def test_catalogues_keep_opening(catalogue: Catalogue) -> None:
    assert open_catalogue(catalogue.path).content_hash == catalogue.content_hash


def test_words_are_taken_where_the_checkpoint_is_known_and_here(tmp_path: Path) -> None:
    values = np.eye(4, dtype=np.float32)

    def hears(folder: str, name: str, **stated: str) -> bool:
        info = FeatureInfo(name, "Sound", **stated)
        return takes_words(tiny_catalogue(tmp_path / folder, 4, [(0, 1)], {name: (values, info)}))

    assert hears("bundled", "clap", checkpoint_hash=open_encoder("nearfield-small").checkpoint_hash)
    assert not hears("unknown", "clap", checkpoint_hash="0" * 64)
    assert not hears("deaf", "moods_themes")
