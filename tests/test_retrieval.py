"""The benchmark of encoders on real music computes what it says, on vectors whose answer is known."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.catalogue import FeatureInfo, write_catalogue
from tests.support.audio_samples import by_soundfile, tone
from tests.support.catalogues import MANIFEST, tiny_artists, tiny_edges
from tests.support.music import music, retag
from tests.test_benchmarks import command

pytestmark = pytest.mark.timeout(900)
AB, MSD = "AcousticBrainz", "MSD_musicnn pooled"


def measured(store: Path, vectors: dict[str, np.ndarray], artist: np.ndarray) -> list[dict[str, Any]]:
    np.savez(store, artist=np.array([f"artist {row}" for row in artist]), **vectors)
    done = command("benchmarks.retrieval", "nowhere", "--store", store, "--json")
    assert done.returncode == 0, done.stderr
    tables: list[dict[str, Any]] = json.loads(done.stdout)
    return tables


def test_tracks_near_their_artist_are_found_and_random_ones_are_at_chance(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    artist = np.repeat(np.arange(5), 6)
    near = (3 * rng.standard_normal((5, 8))[artist] + 0.3 * rng.standard_normal((30, 8))).astype(np.float32)
    tracks, artists, apart = measured(tmp_path / "v.npz", {AB: near, MSD: rng.standard_normal((30, 8))}, artist)
    assert list(tracks) == ["chance", AB, MSD, f"{AB} + {MSD}"]
    assert {name: each["value"] for name, each in tracks[AB].items()} == pytest.approx({"R@1": 1, "R@5": 1, "MAP": 1})
    assert tracks["chance"]["R@1"]["value"] == pytest.approx(5 / 29, abs=0.02)
    assert tracks["chance"]["MAP"]["low"] < tracks[MSD]["MAP"]["value"] + 0.1
    assert tracks[MSD]["R@1"]["value"] < 0.5
    for join in ("mean", "best track", "centres"):
        assert artists[f"{AB}, {join}"]["MRR"]["value"] == pytest.approx(1.0)
    assert apart[f"MAP: {MSD}, above {AB}"]["high"] < 0
    assert apart[f"MRR: {AB}, best track above mean"]["value"] == 0
    assert artists["chance"]["R@1"]["value"] == pytest.approx(1 / 5, abs=0.03)


def test_joins_are_measured_on_the_edges_of_a_catalogue(tmp_path: Path) -> None:
    n = 30
    rng = np.random.default_rng(0)
    group = np.arange(n) // 4 % 3
    artist = np.repeat(np.arange(n), 2).astype(np.int32)
    vectors = (np.eye(3)[group[artist]] + 0.1 * rng.standard_normal((len(artist), 3))).astype(np.float32)
    edges = [(other, one) for one in range(n) for other in range(one) if group[one] == group[other]]
    ids = [f"t{at}" for at in range(len(artist))]
    tracks = pd.DataFrame({"artist": artist, "track_id": ids, "title": "x", "kind": "file", "recipe": "/x"})
    features = {"clap": (vectors.reshape(n, 2, 3).mean(axis=1), FeatureInfo("clap", "CLAP"))}
    parts = (tiny_artists(n), tiny_edges(edges), features)
    folder = write_catalogue(tmp_path / "c", MANIFEST, *parts, tracks=tracks, track_features={"clap": vectors})
    lines = command("benchmarks.retrieval", folder, "--catalogue").stdout.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["clap, mean", "clap, best track", "clap, centres"]
    assert all(float(line[40:].split()[0]) > 0.9 for line in lines)


def test_a_folder_of_tagged_music_is_heard(tmp_path: Path) -> None:
    for number in range(4):
        path = music(tmp_path / "music" / f"{number}.wav", "wav")
        path.write_bytes(by_soundfile(tone(2.0, 22_050, 200 * (number + 1)), 22_050, "WAV"))
        retag(path, "wav", artist=["Few" if number == 3 else "Many"], title=[f"song {number}"])
    done = command("benchmarks.retrieval", tmp_path / "music", "--least", 2, "--tracks", 2, "--seconds", 2)
    assert "1 of 2: many: 0.wav" in done.stdout, done.stdout + done.stderr
    assert "2 of 2: many: 2.wav" in done.stdout
    assert "3.wav" not in done.stdout
