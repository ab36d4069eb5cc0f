"""Tracks in a catalogue, and new versions of a catalogue."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import core.catalogue.updating as updating
from core.catalogue import (
    Catalogue,
    FeatureInfo,
    open_catalogue,
    update_catalogue,
    validate,
    write_catalogue,
)
from core.errors import CatalogueError
from core.storage import read_json, write_json
from tests.support.catalogues import MANIFEST, describe, tiny_artists, tiny_catalogue, tiny_edges

CLAP = np.arange(8, dtype=np.float32).reshape(4, 2)
VECTORS = np.arange(6, dtype=np.float32).reshape(3, 2)


def tiny_tracks(**columns: Any) -> pd.DataFrame:
    filled = {
        "artist": [2, 0, 2],
        "track_id": ["t-a", "t-b", "t-c"],
        "title": ["Song", "", "🎸 <b>"],
        "kind": ["synthetic", "file", "synthetic"],
        "recipe": ['{"tempo": 120}', "audio/b.wav", "{}"],
    }
    return pd.DataFrame(filled | columns)


def write(folder: Path, tracks: pd.DataFrame | None, vectors: dict[str, Any] | None = None) -> Catalogue:
    features = {"clap": describe("clap", CLAP)}
    frame = tiny_edges([(0, 1)])
    return open_catalogue(write_catalogue(folder, MANIFEST, tiny_artists(4), frame, features, tracks, vectors))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return write(tmp_path / "c", tiny_tracks(), {"clap": VECTORS})


def test_tracks_come_back_in_their_order(catalogue: Catalogue) -> None:
    assert validate(catalogue.path) == []
    assert catalogue.tracks["track_id"].tolist() == ["t-a", "t-b", "t-c"]
    assert catalogue.tracks["artist"].dtype == np.int32
    assert catalogue.tracks["recording_mbid"].isna().all()
    assert catalogue.tracks_of(2)["title"].tolist() == ["Song", "🎸 <b>"]
    assert catalogue.tracks_of(2).index.tolist() == [0, 2]
    assert catalogue.tracks_of(1).empty
    assert catalogue.row_of_track["t-c"] == 2
    assert catalogue.track_feature_names == ["clap"]
    np.testing.assert_array_equal(catalogue.track_array("clap"), VECTORS)
    assert not catalogue.track_array("clap").flags.writeable


def test_a_catalogue_without_tracks_is_what_it_was(tmp_path: Path) -> None:
    without = write(tmp_path / "without", None)
    assert sorted(without.manifest.files) == [
        "artists.parquet",
        "edges.parquet",
        "features/clap.json",
        "features/clap.npy",
    ]
    assert without.tracks.empty
    assert without.tracks_of(0).empty
    assert without.track_feature_names == []
    with pytest.raises(CatalogueError, match="no “clap” of single tracks. It has: none"):
        without.track_array("clap")
    assert without.content_hash != write(tmp_path / "with", tiny_tracks()).content_hash


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"artist": [0, 4, 0]}, r"row 1: artist is not a row of artists\.parquet \(0 to 3\)"),
        ({"artist": [0.5, 1, 2]}, "artist must be a whole number"),
        ({"track_id": ["a", "a", "b"]}, "row 1: track_id stands twice"),
        ({"track_id": ["a", "", "b"]}, "row 1: track_id is empty"),
        ({"track_id": ["a", None, "b"]}, "row 1: track_id is missing"),
        ({"title": ["a", 3, "b"]}, "row 1: title is not text"),
        ({"title": pd.Series(["a", "b", "\ud83c"], dtype=object)}, "row 2: title is not text"),
        ({"recording_mbid": [None, 3, None]}, "row 1: recording_mbid is not text"),
        ({"kind": ["file", "file", "stream"]}, "row 2: kind is not one of synthetic, file"),
        ({"recipe": ["{}", "b.wav", ""]}, "row 2: recipe is empty"),
        ({"recipe": ["{}", "b.wav", "{'tempo'"]}, "row 2: the recipe of a synthetic track must be a JSON object"),
        ({"recipe": ["[1]", "b.wav", "{}"]}, "row 0: the recipe of a synthetic track must be a JSON object"),
    ],
)
def test_wrong_tracks_are_refused_by_row_and_reason(tmp_path: Path, columns: dict[str, Any], reason: str) -> None:
    with pytest.raises(CatalogueError, match=r"tracks\.parquet(, |: )" + reason):
        write(tmp_path / "c", tiny_tracks(**columns))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("vectors", "reason"),
    [
        ({"clap": VECTORS[:2]}, "clap of the tracks must have 3 rows, one per track"),
        ({"clap": VECTORS.astype(np.float64)}, "must be float32"),
        ({"clap": VECTORS[:, :1]}, "1 columns, but the artists' clap has 2"),
        ({"clap": np.array([[0, np.nan]] * 3, np.float32)}, "row 0: some values are NaN"),
        ({"mfcc": VECTORS}, "no feature set of that name"),
    ],
)
def test_wrong_vectors_of_tracks_are_refused(tmp_path: Path, vectors: dict[str, Any], reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        write(tmp_path / "c", tiny_tracks(), vectors)
    with pytest.raises(CatalogueError, match="no tracks"):
        write(tmp_path / "c", None, {"clap": VECTORS})


def test_damage_on_disk_is_found(catalogue: Catalogue) -> None:
    np.save(catalogue.path / "tracks" / "clap.npy", np.full((3, 2), np.inf, np.float32))
    reasons = [str(problem) for problem in validate(catalogue.path)]
    assert any("tracks/clap.npy: the file was changed" in reason for reason in reasons)
    assert any("tracks/clap.npy, row 0: a value is infinite" in reason for reason in reasons)
    manifest = read_json(catalogue.path / "catalogue.json")
    del manifest["files"]["tracks.parquet"]
    write_json(catalogue.path / "catalogue.json", manifest)
    assert "tracks.parquet is not listed" in str(validate(catalogue.path)[0])
    tiny_tracks(artist=[0, 9, 0], recording_mbid=None).to_parquet(catalogue.path / "tracks.parquet")
    manifest["files"]["tracks.parquet"] = "0"
    write_json(catalogue.path / "catalogue.json", manifest)
    with pytest.raises(CatalogueError, match=r"tracks\.parquet, row 1: artist is not a row"):
        open_catalogue(catalogue.path)


# New versions


def test_an_update_adds_and_replaces_and_keeps_the_rest(tmp_path: Path) -> None:
    before = tiny_catalogue(tmp_path / "c", 4, [(0, 1)], {"clap": CLAP, "moods": np.ones((4, 3))})
    (before.path / "runs" / "r").mkdir(parents=True)
    (before.path / "results.parquet").write_bytes(b"figures")
    old = np.array(before.feature_array("clap"))
    mapped = before.feature_array("clap")
    new = {"clap": (CLAP + 1, FeatureInfo("clap", "CLAP")), "mfcc": describe("mfcc", np.zeros((4, 5)))}
    after = update_catalogue(before, new, tiny_tracks(), {"clap": VECTORS}, ["Extracted."])
    np.testing.assert_array_equal(mapped, old)
    assert validate(after.path) == []
    assert after.feature_names == ["clap", "mfcc", "moods"]
    np.testing.assert_array_equal(after.feature_array("clap"), CLAP + 1)
    np.testing.assert_array_equal(after.track_array("clap"), VECTORS)
    assert after.manifest.notes == ["Extracted."]
    assert after.content_hash != before.content_hash
    unchanged = ("artists.parquet", "edges.parquet", "features/moods.npy")
    assert all(after.manifest.files[file] == before.manifest.files[file] for file in unchanged)
    assert (after.path / "runs" / "r").is_dir()
    assert (after.path / "results.parquet").read_bytes() == b"figures"
    assert {entry.name for entry in tmp_path.iterdir()} <= {"c", ".c.lock"}
    with pytest.raises(CatalogueError, match="was changed meanwhile"):
        update_catalogue(before, new)


def test_an_update_of_nothing_keeps_the_hash(catalogue: Catalogue) -> None:
    assert update_catalogue(catalogue).content_hash == catalogue.content_hash


def test_tracks_stay_or_go_together_with_their_vectors(catalogue: Catalogue) -> None:
    values = {"mfcc": describe("mfcc", np.zeros((4, 1)))}
    more = update_catalogue(catalogue, values, track_features={"mfcc": np.ones((3, 1), np.float32)})
    assert more.track_feature_names == ["clap", "mfcc"]
    wider = update_catalogue(more, {"clap": describe("clap", np.ones((4, 7)))})
    assert wider.track_feature_names == ["mfcc"]
    assert len(wider.tracks) == 3
    fewer = update_catalogue(wider, tracks=tiny_tracks()[:1])
    assert (len(fewer.tracks), fewer.track_feature_names) == (1, [])
    assert validate(fewer.path) == []


def test_a_refused_update_changes_nothing(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="clap must have 4 rows"):
        update_catalogue(catalogue, {"clap": describe("clap", np.ones((3, 2)))})
    with pytest.raises(CatalogueError, match="artist is not a row"):
        update_catalogue(catalogue, tracks=tiny_tracks(artist=[9, 0, 0]))
    assert validate(catalogue.path) == []
    assert open_catalogue(catalogue.path).content_hash == catalogue.content_hash


def test_files_are_copied_where_they_cannot_be_linked(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(updating.os, "link", refuse)
    shutil.rmtree(catalogue.path / "runs", ignore_errors=True)
    after = update_catalogue(catalogue, {"mfcc": describe("mfcc", np.zeros((4, 1)))})
    assert validate(after.path) == []
