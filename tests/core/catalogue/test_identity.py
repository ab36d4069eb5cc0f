"""Identity by value: what hashes depend on, what they do not, and which catalogues a record belongs to."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from core.catalogue import Catalogue, FeatureInfo, open_catalogue, update_catalogue, write_catalogue
from core.catalogue.catalogue import feature_file
from core.catalogue.format import ARTISTS_FILE, EDGES_FILE
from core.catalogue.identity import artists_hash, belongs, edges_hash, feature_hash, inputs_fault
from core.errors import CatalogueError
from core.storage import read_json, sha256_file, write_json
from tests.support.catalogues import MANIFEST, describe, tiny_artists, tiny_catalogue, tiny_edges

EDGES = [(0, 1), (1, 2), (2, 3), (4, 7), (0, 5)]
CLAP = np.random.default_rng(0).normal(size=(8, 3)).astype(np.float32)
CLAP[4] = np.nan
MOODS = np.eye(8, 2, dtype=np.float32)
INFO = FeatureInfo("clap", "CLAP")

pairs = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).filter(lambda pair: pair[0] != pair[1]))
matrices = arrays.arrays(np.float32, st.tuples(st.integers(0, 6), st.integers(1, 4)))


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return tiny_catalogue(tmp_path / "tiny", 8, EDGES, {"clap": CLAP, "moods": MOODS})


@given(pairs, st.randoms(use_true_random=False))
def test_order_direction_and_repetition_of_edges_do_not_matter(edges: list[tuple[int, int]], chance: Any) -> None:
    shuffled = [pair if chance.random() < 0.5 else pair[::-1] for pair in edges + edges[: len(edges) // 2]]
    chance.shuffle(shuffled)
    before = np.array(edges, np.int64).reshape(-1, 2)
    assert edges_hash(np.array(shuffled, np.int32).reshape(-1, 2)) == edges_hash(before)
    more = np.concatenate([before, [[31, 32]]])
    assert edges_hash(more) != edges_hash(before)


@given(matrices)
def test_types_layouts_payloads_and_the_sign_of_zero_do_not_matter(values: np.ndarray) -> None:
    expected = feature_hash(values, INFO)
    assert feature_hash(np.asfortranarray(values), INFO) == expected
    assert feature_hash(values.astype(">f4"), INFO) == expected
    assert feature_hash(values.astype(np.float64), INFO) == expected
    other = values.copy()
    other.view(np.uint32)[np.isnan(other)] = 0xFFC12345
    other[values == 0] = np.where(np.signbit(values[values == 0]), 0.0, -0.0)
    assert feature_hash(other, INFO) == expected


@given(matrices.filter(lambda values: values.size > 0), st.data())
def test_each_value_of_a_set_matters(values: np.ndarray, data: st.DataObject) -> None:
    place = tuple(data.draw(st.integers(0, size - 1)) for size in values.shape)
    other = values.copy()
    other[place] = 1.0 if values[place] != 1.0 else 2.0
    assert feature_hash(other, INFO) != feature_hash(values, INFO)


def test_shape_kind_and_column_names_of_a_set_matter() -> None:
    flat = np.zeros((2, 6), np.float32)
    hashes = [
        feature_hash(flat, INFO),
        feature_hash(flat.reshape(3, 4), INFO),
        feature_hash(flat.reshape(4, 3), INFO),
        feature_hash(flat, FeatureInfo("clap", "CLAP", "binary")),
        feature_hash(flat, FeatureInfo("clap", "CLAP", columns=list("abcdef"))),
        feature_hash(flat, FeatureInfo("clap", "CLAP", columns=list("fedcba"))),
    ]
    assert len(set(hashes)) == len(hashes)
    assert feature_hash(flat, FeatureInfo("other", "Another title", extractor="x", notes="y")) == hashes[0]


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = feature_hash(CLAP, INFO)
    monkeypatch.setattr("core.catalogue.identity._BLOCK_VALUES", 7)
    assert feature_hash(CLAP, INFO) == expected


def test_other_columns_of_the_artists_do_not_matter() -> None:
    artists = tiny_artists(8)
    expected = artists_hash(artists)
    assert artists_hash(artists.assign(name="renamed", popularity=3.0, label="new")[["split", "artist_id"]]) == expected
    assert artists_hash(artists.astype("string[pyarrow]")) == expected
    assert artists_hash(artists.astype("category")) == expected
    partly = pd.array([0, 1, None, 3, 4, 5, 6, 7], "Int32")
    assert artists_hash(artists.assign(published_row=partly)) == expected


def test_ids_order_splits_and_published_rows_matter() -> None:
    artists = tiny_artists(8)
    variants = [
        artists,
        artists.iloc[::-1],
        artists.assign(split="train"),
        artists.assign(artist_id=artists["artist_id"] + "x"),
        artists.assign(published_row=pd.array(range(8), "Int32")),
        artists.assign(published_row=pd.array(range(8), "Int32")[::-1]),
    ]
    assert len({artists_hash(each) for each in variants}) == len(variants)


def test_ids_cannot_run_into_each_other() -> None:
    one = pd.DataFrame({"artist_id": ["a", 'b", "c'], "split": "train"})
    other = pd.DataFrame({"artist_id": ['a", "b', "c"], "split": "train"})
    assert artists_hash(one) != artists_hash(other)


def test_inputs_name_the_stored_sets_that_were_used(catalogue: Catalogue) -> None:
    inputs = catalogue.inputs(["moods", "random"])
    assert list(inputs["features"]) == ["moods"]
    assert catalogue.inputs(["learned"])["features"] == {}
    assert not inputs_fault(inputs)
    with pytest.raises(CatalogueError, match="no feature set “other”"):
        catalogue.inputs(["other"])


def test_a_set_is_hashed_once(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = catalogue.inputs(["clap"])
    monkeypatch.setattr("core.catalogue.catalogue.feature_hash", None)
    assert catalogue.inputs(["clap"]) == expected


def test_a_record_belongs_wherever_its_inputs_are(catalogue: Catalogue, tmp_path: Path) -> None:
    record = {"inputs": catalogue.inputs(["clap"]), "catalogue_hash": "of a version long gone"}
    artists = tiny_artists(8, genres=[["rock"]] * 8)
    edges = tiny_edges([pair[::-1] for pair in EDGES[::-1]])
    features = {"clap": describe("clap", CLAP), "new": describe("new", MOODS)}
    other = open_catalogue(write_catalogue(tmp_path / "other name", MANIFEST, artists, edges, features))
    assert belongs(record, catalogue)
    assert belongs(record, other)
    assert not belongs({"inputs": catalogue.inputs(["moods"])}, other)
    changed = update_catalogue(other, {"clap": describe("clap", CLAP + 1)})
    assert not belongs(record, changed)
    assert belongs({"inputs": catalogue.inputs()}, changed)


def test_other_relations_are_inputs_where_they_were_used(tmp_path: Path) -> None:
    def made(name: str, *influences: tuple[int, int]) -> Catalogue:
        relation = ["similar"] * len(EDGES) + ["influenced_by"] * len(influences)
        edges = tiny_edges([*EDGES, *influences], relation=relation)
        return open_catalogue(write_catalogue(tmp_path / name, MANIFEST, tiny_artists(8), edges, {}))

    first, same, turned, without = (
        made(name, *pairs)
        for name, pairs in {"a": [(3, 1), (0, 7)], "b": [(0, 7), (3, 1)], "c": [(1, 3), (0, 7)], "d": []}.items()
    )
    record = {"inputs": first.inputs(relations=["influenced_by"])}
    assert not inputs_fault(record["inputs"])
    assert [belongs(record, other) for other in (first, same, turned, without)] == [True, True, False, False]
    assert "relations" not in first.inputs()
    assert belongs({"inputs": first.inputs()}, without)


@pytest.mark.parametrize("change", ["edges", "splits"])
def test_other_edges_and_other_splits_are_other_inputs(catalogue: Catalogue, tmp_path: Path, change: str) -> None:
    artists = tiny_artists(8, split="train") if change == "splits" else tiny_artists(8)
    edges = tiny_edges(EDGES[1:] if change == "edges" else EDGES)
    other = open_catalogue(write_catalogue(tmp_path / "other", MANIFEST, artists, edges, {}))
    assert not belongs({"inputs": catalogue.inputs()}, other)


def test_another_parquet_writer_leaves_a_record_where_it_belongs(catalogue: Catalogue) -> None:
    record = {"inputs": catalogue.inputs(["clap", "moods"])}
    manifest = read_json(catalogue.path / "catalogue.json")
    for file in (ARTISTS_FILE, EDGES_FILE):
        path = catalogue.path / file
        pd.read_parquet(path).assign(later="column").to_parquet(path, compression="gzip", index=False)
        manifest["files"][file] = sha256_file(path)
    write_json(catalogue.path / "catalogue.json", manifest)
    rewritten = open_catalogue(catalogue.path)
    assert rewritten.content_hash != catalogue.content_hash
    assert belongs(record, rewritten)


def test_a_record_without_inputs_belongs_to_its_version(catalogue: Catalogue) -> None:
    record = {"catalogue_hash": catalogue.content_hash}
    assert belongs(record, catalogue)
    assert not belongs(record, update_catalogue(catalogue, {"new": describe("new", MOODS)}))
    assert not belongs({}, catalogue)


@pytest.mark.parametrize(
    "inputs",
    [
        "text",
        [],
        {},
        {"artists": 1, "edges": "e", "features": {}},
        {"artists": "a", "edges": "e", "features": {"x": 1}},
        {"artists": "a", "edges": "e", "features": {}, "relations": {"x": 1}},
    ],
)
def test_bad_inputs_belong_nowhere(catalogue: Catalogue, inputs: Any) -> None:
    assert inputs_fault(inputs)
    assert not belongs({"inputs": inputs, "catalogue_hash": catalogue.content_hash}, catalogue)


def test_the_matrix_of_a_set_is_not_read_where_the_artists_differ(catalogue: Catalogue) -> None:
    record = {"inputs": catalogue.inputs(["clap"]) | {"artists": "others"}}
    opened = open_catalogue(catalogue.path)
    (opened.path / feature_file("clap")).unlink()
    assert not belongs(record, opened)
