"""The bundled catalogue is what its recipes sound like: a sample is rendered and extracted again."""

from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES, DescriptorExtractor
from core.audio.encoders.clap import open_encoder
from core.audio.encoders.clap.huggingface import HuggingFaceClap
from core.catalogue import Catalogue, open_catalogue, validate
from core.catalogue.recordings import recording
from core.cli import main
from core.demo.build import RELATION, artist_vectors, feature_infos
from core.demo.recipes import TRACKS, demo_recipes
from core.demo.world import DEFAULT_SEED, generate
from core.synthesis import RATE, recipe_from_text, render

FOLDER = Path(__file__).resolve().parents[3] / "data" / "nearfield-demo"
SAMPLE = 5


@pytest.fixture(scope="module")
def bundled() -> Catalogue:
    return open_catalogue(FOLDER)


@pytest.fixture(scope="module")
def sample(bundled: Catalogue) -> np.ndarray:
    """First tracks of a few artists."""
    first = bundled.tracks.drop_duplicates("artist").index.to_numpy()
    return np.random.default_rng(0).choice(first, SAMPLE, replace=False)


def test_its_tables_are_those_of_the_generator(bundled: Catalogue) -> None:
    world = generate()
    assert bundled.artists["name"].tolist() == world.artists["name"].tolist()
    assert len(bundled.edges) == len(world.edges)
    made = demo_recipes(world, DEFAULT_SEED, range(TRACKS))
    assert bundled.tracks["recipe"].tolist() == [recipe.as_text() for _, recipe in made]
    assert bundled.tracks["artist"].tolist() == [artist for artist, _ in made]


def test_it_is_whole_and_says_that_it_is_synthetic(bundled: Catalogue) -> None:
    assert validate(FOLDER) == []
    assert bundled.manifest.kind == "synthetic"
    assert {"clap", "clap_one_track", "acousticbrainz", "acousticbrainz_one_track"} <= set(bundled.feature_names)
    assert sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()) < 40_000_000


def test_it_says_where_its_edges_splits_and_sets_come_from(bundled: Catalogue) -> None:
    assert bundled.manifest.relations == [RELATION]
    assert bundled.learned_relation == RELATION
    assert bundled.manifest.splits.are_made
    assert bundled.manifest.inputs.keys() == {"artists", "edges", "features"}
    infos = feature_infos(FOLDER.parents[1] / "assets" / "clap-small") | {
        "moods_themes": generate().features["moods_themes"][1]
    }
    for name, info in bundled.feature_infos.items():
        assert info.licence == "CC0-1.0"
        assert (info.licence, info.pipeline) == (infos[name].licence, infos[name].pipeline)


def test_clap_vectors_are_those_of_the_sound(bundled: Catalogue, sample: np.ndarray) -> None:
    encoder = open_encoder("nearfield-small")
    assert bundled.feature_info("clap").checkpoint_hash == encoder.checkpoint_hash
    stored = bundled.track_array("clap")
    for track in sample:
        heard = encoder.embed_audio(*recording(bundled, int(track))).mean
        assert float(heard @ stored[track]) == pytest.approx(1, abs=1e-4)


def test_descriptors_are_those_of_the_sound(bundled: Catalogue, sample: np.ndarray) -> None:
    stored = bundled.feature_array("acousticbrainz_one_track")
    assert bundled.feature_info("acousticbrainz_one_track").columns == list(DESCRIPTOR_NAMES)
    spread = np.nanstd(stored, axis=0) + 1e-9
    describe = DescriptorExtractor()
    for track in sample:
        again = describe(render(recipe_from_text(bundled.tracks["recipe"][track])), RATE)
        apart = np.abs(again - stored[bundled.tracks["artist"][track]]) / spread
        assert np.median(apart) < 0.01
        assert (apart < 0.2).mean() > 0.97


def test_an_artist_is_the_mean_of_its_tracks(bundled: Catalogue) -> None:
    tracks = np.array(bundled.track_array("clap"))
    artist = bundled.tracks["artist"].to_numpy()
    np.testing.assert_allclose(bundled.feature_array("clap"), artist_vectors(tracks, artist, len(bundled)), atol=1e-6)
    silent = np.setdiff1d(np.arange(len(bundled)), artist)
    assert 0 < len(silent) < 0.03 * len(bundled)
    assert not len(bundled.tracks_of(int(silent[0])))
    assert np.isnan(bundled.feature_array("acousticbrainz")[silent]).all()


def test_its_clap_can_be_trained_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "clap"
    assert main(["demo", "clap", str(folder), "--artists", "16", "--tracks", "2", "--steps", "2"]) == 0
    trained = HuggingFaceClap(folder)
    assert trained.embed_text(["slow, sad piano"]).shape == (1, trained.width)
    assert "2 steps" in (folder / "card.md").read_text(encoding="utf-8")
