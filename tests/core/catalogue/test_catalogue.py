"""The catalogue format: what is written comes back, what is wrong is refused by file, row and reason."""

import json
import os
import pickle
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalogue import FeatureInfo, Manifest, open_catalogue, validate, write_catalogue
from core.catalogue.display_names import display_names
from core.catalogue.library import list_catalogues
from core.errors import CatalogueError, NearfieldError
from core.graph.protocols import evaluation_view
from core.graph.rankers import PersonalisedPageRank
from core.similarity import similar
from core.storage import sha256_file
from tests.support.catalogues import MANIFEST, describe, tiny_artists, tiny_catalogue, tiny_edges
from tests.support.graphs import random_catalogue

HOSTILE = [
    "",
    "x" * 300,
    "🎸👩‍👩‍👧",
    "\u202eשלום",
    "<script>alert(1)</script>",
    "a\nb\tc\0d",
    "  ",
    "\u200b",
    "NA",
    "nan",
]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
lists = st.lists(st.lists(texts, max_size=3), min_size=6, max_size=6)
pairs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] != pair[1]), max_size=20)
few = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def write(folder: Path, artists: pd.DataFrame, edges: Any = (), features: dict[str, Any] | None = None) -> Path:
    frame = edges if isinstance(edges, pd.DataFrame) else tiny_edges(edges)
    return write_catalogue(folder / "tiny", MANIFEST, artists, frame, features or {})


def undirected(edges: list[tuple[int, int]]) -> list[list[int]]:
    return [list(pair) for pair in sorted({(min(pair), max(pair)) for pair in edges})]


# What is written comes back


@few
@given(
    names=st.lists(texts, min_size=6, max_size=6),
    genres=lists,
    moods=lists,
    themes=lists,
    edges=pairs,
    splits=st.lists(st.sampled_from(["train", "val", "test"]), min_size=6, max_size=6),
    popularity=st.lists(st.none() | st.floats(0, 1e300), min_size=6, max_size=6),
    decade=st.lists(st.none() | st.integers(1900, 2020), min_size=6, max_size=6),
    present=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_round_trip(names, genres, moods, themes, edges, splits, popularity, decade, present):
    clap = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    clap[~np.array(present)] = np.nan
    columns = {"name": names, "genres": genres, "moods": moods, "themes": themes, "split": splits, "decade": decade}
    with TemporaryDirectory() as folder:
        catalogue = tiny_catalogue(Path(folder) / "c", 6, edges, {"clap": clap}, popularity=popularity, **columns)
        assert validate(catalogue.path) == []
        artists = catalogue.artists
        assert artists["name"].tolist() == names
        assert artists["split"].tolist() == splits
        for column in ("genres", "moods", "themes"):
            assert [list(value) for value in artists[column]] == columns[column]
        np.testing.assert_array_equal(artists["popularity"], np.array(popularity, dtype=float))
        assert [None if pd.isna(value) else int(value) for value in artists["decade"]] == decade
        assert artists["mbid"].isna().all()
        assert catalogue.learned_edges.tolist() == undirected(edges)
        np.testing.assert_array_equal(catalogue.feature_array("clap"), clap)
        shown = catalogue.display_names
        assert shown.str.strip().ne("").all()
        assert not shown.duplicated().any()


def test_hostile_names_come_back(tmp_path: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", len(HOSTILE), name=HOSTILE)
    assert catalogue.artists["name"].tolist() == HOSTILE
    assert validate(catalogue.path) == []


@pytest.mark.parametrize("column", ["name", "artist_id", "mbid", "allmusic_id"])
def test_half_a_character_is_refused_by_row(tmp_path: Path, column: str) -> None:
    values = pd.Series(["a", "b", "\ud83c", "d"], dtype=object)
    with pytest.raises(CatalogueError, match=rf"artists\.parquet, row 2: {column} is not text, or holds half"):
        write(tmp_path, tiny_artists(4).assign(**{column: values}))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "value", [[1], ["ok", None], [["nested"]], "text", None, 3, ["\udfff"]], ids=lambda value: ascii(value)
)
def test_lists_hold_texts_only(tmp_path: Path, value: Any) -> None:
    with pytest.raises(CatalogueError, match=r"artists\.parquet, row 1: themes must be a list of texts"):
        write(tmp_path, tiny_artists(3).assign(themes=pd.Series([["a"], value, []], dtype=object)))


@few
@given(edges=pairs, order=st.randoms(use_true_random=False))
def test_order_direction_and_repetition_of_edges_do_not_matter(edges, order):
    shuffled = [pair[::-1] if order.random() < 0.5 else pair for pair in [*edges, *edges]]
    order.shuffle(shuffled)
    with TemporaryDirectory() as folder:
        one = tiny_catalogue(Path(folder) / "one", 6, edges)
        two = tiny_catalogue(Path(folder) / "two", 6, shuffled)
        pd.testing.assert_frame_equal(one.edges, two.edges)
        assert (one.edges["source"] < one.edges["target"]).all()
        assert one.content_hash == two.content_hash


def test_other_relations_keep_their_direction_and_their_heaviest_weight(tmp_path: Path) -> None:
    relation = ["influenced_by", "influenced_by", "influenced_by", "similar"]
    edges = tiny_edges([(3, 1), (1, 3), (3, 1), (3, 1)], relation=relation, weight=[1.0, 2.0, 5.0, 3.0])
    catalogue = open_catalogue(write(tmp_path, tiny_artists(4), edges))
    rows = catalogue.edges.to_dict("records")
    assert [tuple(row.values()) for row in rows] == [
        (1, 3, "influenced_by", 2.0),
        (3, 1, "influenced_by", 5.0),
        (1, 3, "similar", 3.0),
    ]
    assert catalogue.learned_edges.tolist() == [[1, 3]]
    assert catalogue.edges.dtypes.astype(str).to_dict() == {
        "source": "int32",
        "target": "int32",
        "relation": "str",
        "weight": "float32",
    }


# The content hash


def test_content_hash_changes_with_content_and_only_then(tmp_path: Path) -> None:
    clap = np.ones((4, 2), np.float32)
    info = FeatureInfo("clap", "CLAP")
    artists, edges = tiny_artists(4), [(0, 1), (2, 3)]

    def content_hash(name: str, artists=artists, edges=edges, features=None, manifest=MANIFEST) -> str:
        frame, features = tiny_edges(edges), {"clap": (clap, info)} if features is None else features
        return open_catalogue(write_catalogue(tmp_path / name, manifest, artists, frame, features)).content_hash

    first = content_hash("first")
    assert content_hash("again") == first
    assert content_hash("index", artists.set_index(pd.Index(list("wxyz")))) == first
    assert content_hash("columns", artists[["split", "name", "artist_id"]]) == first
    assert content_hash("manifest", manifest=replace(MANIFEST, name="other", notes=["a note"])) == first
    changed = [
        content_hash("name", artists.assign(name=["b", "a", "c", "d"])),
        content_hash("split", artists.assign(split="train")),
        content_hash("genre", artists.assign(genres=[["Rock"], [], [], []])),
        content_hash("rows", artists.iloc[::-1]),
        content_hash("edges", edges=edges[:1]),
        content_hash("values", features={"clap": (clap * 2, info)}),
        content_hash("title", features={"clap": (clap, replace(info, title="Clap"))}),
        content_hash("no features", features={}),
    ]
    assert len({first, *changed}) == len(changed) + 1


def test_runs_maps_and_results_are_no_content(tmp_path: Path) -> None:
    before = tiny_catalogue(tmp_path / "c")
    for folder in ("runs", "maps"):
        (before.path / folder).mkdir()
    (before.path / "results.parquet").write_bytes(b"anything")
    assert open_catalogue(before.path).content_hash == before.content_hash
    assert validate(before.path) == []


def test_split_hash_sees_the_split_only(tmp_path: Path) -> None:
    one = tiny_catalogue(tmp_path / "one", 4)
    renamed = tiny_catalogue(tmp_path / "two", 4, name=["a", "b", "c", "d"])
    moved = tiny_catalogue(tmp_path / "three", 4, split=["val", "train", "train", "test"])
    assert one.split.tolist() == [0, 0, 1, 2]
    assert one.split.dtype == np.int8
    assert one.split_hash == renamed.split_hash != moved.split_hash


# Refused when written


def bad_matrix(row: int, column: int, value: float) -> np.ndarray:
    values = np.ones((4, 3), np.float32)
    values[row, column] = value
    return values


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.ones((3, 3), np.float32), r"clap must have 4 rows, one per artist; its shape is \(3, 3\)"),
        (np.ones(4, np.float32), r"clap must have 4 rows, .* its shape is \(4,\)"),
        (np.ones((4, 3, 2), np.float32), r"its shape is \(4, 3, 2\)"),
        (np.ones((4, 3)), "clap must be float32, not float64"),
        (np.ones((4, 3), dtype=object), "clap must be float32, not object"),
        (np.ones((4, 0), np.float32), "clap: the set has no column"),
        (bad_matrix(2, 1, np.nan), "clap, row 2: some values are NaN"),
        (bad_matrix(1, 0, np.inf), "clap, row 1: a value is infinite"),
        (bad_matrix(3, 2, -np.inf), "clap, row 3: a value is infinite"),
    ],
)
def test_wrong_features_are_refused_by_name_row_and_reason(tmp_path: Path, values: np.ndarray, reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        write(tmp_path, tiny_artists(4), [], {"clap": (values, FeatureInfo("clap", "CLAP"))})
    assert list(tmp_path.iterdir()) == []


def test_wrong_descriptions_of_features_are_refused(tmp_path: Path) -> None:
    values = np.ones((4, 3), np.float32)
    with pytest.raises(CatalogueError, match="3 columns, but 2 column names"):
        write(tmp_path, tiny_artists(4), [], {"clap": (values, FeatureInfo("clap", "CLAP", columns=["a", "b"]))})
    with pytest.raises(CatalogueError, match="“clap” is described as “other”"):
        write(tmp_path, tiny_artists(4), [], {"clap": (values, FeatureInfo("other", "Other"))})
    for name in ("random", "../clap", "Clap", "", "a b", "x" * 41, "9lives"):
        with pytest.raises(CatalogueError, match="feature set|computed by Nearfield"):
            FeatureInfo(name, "title")
    with pytest.raises(CatalogueError, match="kind must be one of"):
        FeatureInfo("clap", "CLAP", kind="other")


@pytest.mark.parametrize(
    ("edges", "reason"),
    [
        (tiny_edges([(0, 1), (0, 4)]), r"row 1: target is not a row of artists\.parquet \(0 to 3\)"),
        (tiny_edges([(-1, 1)]), "row 0: source is not a row"),
        (tiny_edges([(0, 1), (2**32 + 1, 2)]), "row 1: source is not a row"),
        (tiny_edges([(0, 1), (2, 2), (3, 3)]), r"row 1: an artist is tied to itself \(and 1 more row\)"),
        (tiny_edges([(0, 1), (1, 2)], weight=[1, -1]), "row 1: weight must be a finite number above zero"),
        (tiny_edges([(0, 1)], weight=[0.0]), "row 0: weight must be"),
        (tiny_edges([(0, 1)], weight=[np.nan]), "row 0: weight must be"),
        (tiny_edges([(0, 1)], weight=[np.inf]), "row 0: weight must be"),
        (tiny_edges([(0, 1)], weight=[1e300]), "row 0: weight must be"),
        (tiny_edges([(0, 1)], weight=[1e-300]), "row 0: weight must be"),
        (tiny_edges([(0, 1)], weight=["heavy"]), "row 0: weight must be"),
        (tiny_edges([(0, 1)], source=[0.5]), "source must be a whole number"),
        (tiny_edges([(0, 1)], target=["1"]), "target must be a whole number"),
        (tiny_edges([(0, 1)], target=[np.nan]), "target must be a whole number"),
        (tiny_edges([(0, 1)], target=pd.array([pd.NA], "Int32")), "row 0: target is not a row"),
        (tiny_edges([(0, 1)], relation=[None]), "row 0: relation is missing"),
        (tiny_edges([(0, 1)], relation=[7]), "row 0: relation is not text"),
        (tiny_edges([(0, 1)]).drop(columns=["source", "weight"]), "column source, weight is missing"),
    ],
)
def test_wrong_edges_are_refused_by_row_and_reason(tmp_path: Path, edges: pd.DataFrame, reason: str) -> None:
    with pytest.raises(CatalogueError, match=r"edges\.parquet(, |: )" + reason):
        write(tmp_path, tiny_artists(4), edges)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"artist_id": ["a", "b", "a", "a"]}, r"row 2: artist_id stands twice \(and 1 more row\)"),
        ({"artist_id": ["a", "", "c", "d"]}, "row 1: artist_id is empty"),
        ({"artist_id": [1, 2, 3, 4]}, "row 0: artist_id is not text"),
        ({"name": ["a", None, "c", "d"]}, "row 1: name is missing"),
        ({"name": ["a", 5, "c", "d"]}, "row 1: name is not text"),
        ({"split": ["train", "val", "test", "dev"]}, "row 3: split is not one of train, val, test"),
        ({"mbid": [None, 7, None, None]}, "row 1: mbid is not text"),
        ({"popularity": [1.0, -1.0, None, 2.0]}, "row 1: popularity is negative"),
        ({"popularity": [1.0, 1.0, np.inf, 2.0]}, "row 2: popularity is infinite"),
        ({"popularity": [1.0, "much", None, 2.0]}, "row 1: popularity must be a number"),
        ({"decade": [1990, 1990.5, None, 1980]}, "row 1: decade must be a whole number"),
        ({"decade": [1990, np.inf, None, 1980]}, "row 1: decade must be a whole number"),
        ({"decade": [1990, 2**40, None, 1980]}, "row 1: decade must be a whole number"),
        ({"decade": ["1990", None, None, None]}, "row 0: decade must be a whole number"),
        ({"published_row": [0, 1, 2, 1]}, "row 3: published_row stands twice"),
    ],
)
def test_wrong_artists_are_refused_by_row_and_reason(tmp_path: Path, columns: dict, reason: str) -> None:
    with pytest.raises(CatalogueError, match=r"artists\.parquet, " + reason):
        write(tmp_path, tiny_artists(4, **columns))
    assert list(tmp_path.iterdir()) == []


def test_no_artists_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="there is no artist"):
        write(tmp_path, tiny_artists(0))


# Atomic


def test_an_existing_destination_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "precious").write_text("mine")
    with pytest.raises(CatalogueError, match="exists already"):
        write(tmp_path, tiny_artists(4))
    assert [file.name for file in tmp_path.rglob("*")] == ["tiny", "precious"]


def test_a_dangling_link_is_an_existing_destination(tmp_path: Path) -> None:
    (tmp_path / "tiny").symlink_to(tmp_path / "nowhere")
    with pytest.raises(CatalogueError, match="exists already"):
        write(tmp_path, tiny_artists(4))


@pytest.mark.parametrize("failing", ["core.catalogue.writing.write_array", "core.catalogue.writing.write_json"])
def test_a_failing_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(failing, fail)
    with pytest.raises(NearfieldError, match=r"tiny cannot be written \(No space left on device\). Make room"):
        write(tmp_path, tiny_artists(4), [(0, 1)], {"clap": describe("clap", np.ones((4, 2)))})
    assert list(tmp_path.iterdir()) == []


# Small graphs


def test_a_catalogue_without_edges_opens_and_works(tmp_path: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", 8)
    assert validate(catalogue.path) == []
    assert catalogue.learned_edges.shape == (0, 2)
    assert catalogue.learned_edges.dtype == np.int64
    view = evaluation_view(catalogue, "standard", "test")
    assert len(view.queries) == len(view.hidden) == 0
    assert len(similar(PersonalisedPageRank(view.visible), 0, 3)) == 3


def test_a_single_artist_is_a_catalogue(tmp_path: Path) -> None:
    catalogue = tiny_catalogue(tmp_path / "c", 1, features={"clap": np.full((1, 2), np.nan)})
    assert len(catalogue) == 1
    assert validate(catalogue.path) == []
    assert catalogue.row_of == {"id-0": 0}


def test_features_are_mapped_read_only(tmp_path: Path) -> None:
    values = tiny_catalogue(tmp_path / "c", 4, features={"clap": np.ones((4, 2))}).feature_array("clap")
    assert isinstance(values, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        values[0] = 2


# Corruption


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    clap = np.arange(16, dtype=np.float32).reshape(8, 2)
    info = FeatureInfo("clap", "CLAP", columns=["a", "b"])
    return tiny_catalogue(tmp_path / "sound", 8, [(0, 1), (2, 3)], {"clap": (clap, info)}).path


def truncate(file: str) -> Callable[[Path], None]:
    return lambda folder: os.truncate(folder / file, (folder / file).stat().st_size // 2)


def overwrite(file: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / file).write_bytes(content) and None


def remove(file: str) -> Callable[[Path], None]:
    return lambda folder: (folder / file).unlink()


def save(values: Any) -> Callable[[Path], None]:
    return lambda folder: np.save(folder / "features/clap.npy", values)


def save_npz(folder: Path) -> None:
    with (folder / "features/clap.npy").open("wb") as file:
        np.savez(file, a=np.ones((8, 2), np.float32))


def edit(file: str, **fields: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        content = json.loads((folder / file).read_text()) | fields
        (folder / file).write_text(json.dumps({key: value for key, value in content.items() if value != "DROP"}))

    return change


def table(file: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Callable[[Path], None]:
    return lambda folder: change(pd.read_parquet(folder / file)).to_parquet(folder / file)


def link_out(file: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        outside = folder.parent / "outside"
        shutil.move(folder / file, outside)
        (folder / file).symlink_to(outside)

    return change


CORRUPTIONS = [
    ("artists.parquet", truncate("artists.parquet"), "not a readable parquet file"),
    ("artists.parquet", overwrite("artists.parquet", b"PAR1garbagePAR1"), "not a readable parquet file"),
    ("artists.parquet", overwrite("artists.parquet", b""), "not a readable parquet file"),
    ("artists.parquet", remove("artists.parquet"), "is missing"),
    ("artists.parquet", link_out("artists.parquet"), "a link to a place outside"),
    ("artists.parquet", table("artists.parquet", lambda t: t.drop(columns="split")), "column split is missing"),
    ("artists.parquet", table("artists.parquet", lambda t: t.assign(genres="Rock")), "row 0: genres must be a list"),
    ("artists.parquet", table("artists.parquet", lambda t: t.iloc[:0]), "there is no artist"),
    ("artists.parquet", table("artists.parquet", lambda t: t.set_index("name")), "column name is missing"),
    ("edges.parquet", truncate("edges.parquet"), "not a readable parquet file"),
    ("edges.parquet", remove("edges.parquet"), "is missing"),
    ("edges.parquet", table("edges.parquet", lambda t: t.assign(target=99)), "row 0: target is not a row"),
    ("edges.parquet", table("edges.parquet", lambda t: t.assign(weight="heavy")), "row 0: weight must be"),
    ("edges.parquet", table("edges.parquet", lambda t: t.assign(source=0.0)), "source must be a whole number"),
    ("features/clap.npy", truncate("features/clap.npy"), "not a readable array"),
    ("features/clap.npy", overwrite("features/clap.npy", b""), "not a readable array"),
    ("features/clap.npy", overwrite("features/clap.npy", pickle.dumps([1.0])), "not a readable array"),
    ("features/clap.npy", save(np.array([[None]] * 8)), "not a readable array"),
    ("features/clap.npy", save_npz, "not a readable array"),
    ("features/clap.npy", save(np.ones((8, 2))), "must be float32"),
    ("features/clap.npy", save(np.ones(8, np.float32)), "must be float32 with two axes"),
    ("features/clap.npy", save(np.ones((7, 2), np.float32)), "has 7 rows, but artists.parquet has 8"),
    ("features/clap.npy", save(np.ones((8, 3), np.float32)), "3 columns, but 2 column names"),
    ("features/clap.npy", remove("features/clap.npy"), "is missing"),
    ("features/clap.npy", link_out("features/clap.npy"), "a link to a place outside"),
    ("features/clap.json", overwrite("features/clap.json", b"{]"), "not valid JSON"),
    ("features/clap.json", remove("features/clap.json"), "is missing"),
    ("features/clap.json", edit("features/clap.json", name="other"), "describes a feature set “other”"),
    ("features/clap.json", edit("features/clap.json", surprise=1), "unknown fields: surprise"),
    ("features/clap.json", edit("features/clap.json", title="DROP"), "incomplete"),
    ("features/clap.json", edit("features/clap.json", columns=7), "columns a list of texts"),
    ("catalogue.json", overwrite("catalogue.json", b"\xff{"), "not valid JSON"),
    ("catalogue.json", overwrite("catalogue.json", b"[]"), "must hold a JSON object"),
    ("catalogue.json", edit("catalogue.json", format="else"), "not a Nearfield catalogue"),
    ("catalogue.json", edit("catalogue.json", version=99), "format version 99"),
    ("catalogue.json", edit("catalogue.json", licence="DROP"), "incomplete"),
    ("catalogue.json", edit("catalogue.json", title=None), "every field must be text"),
    ("catalogue.json", edit("catalogue.json", title="\ud800"), "every field must be text"),
    ("catalogue.json", edit("catalogue.json", kind="imagined"), "kind must be one of"),
    ("catalogue.json", edit("catalogue.json", files=["artists.parquet"]), "files must give the sha256"),
    ("catalogue.json", edit("catalogue.json", files={"../secret": "0"}), "lies outside"),
    ("catalogue.json", edit("catalogue.json", files={"features/../../x.npy": "0"}), "lies outside"),
    ("catalogue.json", edit("catalogue.json", files={"/etc/passwd": "0"}), "lies outside"),
    ("catalogue.json", edit("catalogue.json", files={"a\0b": "0"}), "lies outside"),
]


@pytest.mark.parametrize(("file", "corrupt", "reason"), CORRUPTIONS, ids=[f"{c[0]}: {c[2]}" for c in CORRUPTIONS])
def test_corruption_is_refused_on_opening_and_found_by_the_check(
    sound: Path, file: str, corrupt: Callable[[Path], None], reason: str
) -> None:
    corrupt(sound)
    with pytest.raises(NearfieldError, match=reason) as refusal:
        open_catalogue(sound)
    assert Path(file).stem in str(refusal.value)
    found = validate(sound)
    assert file in {problem.file for problem in found}
    assert re.search(reason, " ".join(map(str, found)))


@pytest.mark.parametrize("file", ["artists.parquet", "edges.parquet", "features/clap.npy", "features/clap.json"])
def test_a_changed_file_is_found_by_its_hash(sound: Path, file: str) -> None:
    with (sound / file).open("ab") as end:
        end.write(b" ")
    assert (file, "the file was changed: its sha256 is not the manifest's") in {
        (problem.file, problem.reason) for problem in validate(sound)
    }


def test_wrong_values_in_a_feature_file_are_found_by_row(sound: Path) -> None:
    values = np.ones((8, 2), np.float32)
    values[3, 0], values[5, 1] = np.inf, np.nan
    save(values)(sound)
    assert {str(problem).split(":")[0] for problem in validate(sound)[1:]} == {
        "features/clap.npy, row 3",
        "features/clap.npy, row 5",
    }


def test_the_check_finds_everything_at_once(sound: Path) -> None:
    table("edges.parquet", lambda t: t.assign(target=t["source"], weight=-1.0))(sound)
    save(np.ones((7, 2), np.float32))(sound)
    reasons = " ".join(map(str, validate(sound)))
    for part in ("edges.parquet, row 0: an artist is tied", "weight must be", "clap.npy: has 7 rows", "sha256"):
        assert part in reasons


@pytest.mark.parametrize("unlisted", ["artists.parquet", "edges.parquet", "features/clap.json"])
def test_a_needed_file_without_a_hash_is_a_problem(sound: Path, unlisted: str) -> None:
    files = json.loads((sound / "catalogue.json").read_text())["files"]
    del files[unlisted]
    edit("catalogue.json", files=files)(sound)
    assert [str(problem) for problem in validate(sound)] == [f"catalogue.json: {unlisted} is not listed"]


def test_a_reserved_name_cannot_be_smuggled_in(sound: Path) -> None:
    for suffix in ("npy", "json"):
        (sound / f"features/clap.{suffix}").rename(sound / f"features/random.{suffix}")
    edit("features/random.json", name="random")(sound)
    files = {f: sha256_file(sound / f) for f in ("artists.parquet", "features/random.npy", "features/random.json")}
    edit("catalogue.json", files=files)(sound)
    with pytest.raises(CatalogueError, match="computed by Nearfield"):
        open_catalogue(sound)


def test_rows_are_numbered_as_they_stand_in_the_file(sound: Path) -> None:
    table("artists.parquet", lambda t: t.set_index(pd.Index(range(80, 88))))(sound)
    assert open_catalogue(sound).artists.index.equals(pd.RangeIndex(8))


def test_a_linked_catalogue_folder_opens(sound: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(sound)
    assert len(open_catalogue(tmp_path / "link")) == 8
    assert validate(tmp_path / "link") == []


def test_no_catalogue_is_said_plainly(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(CatalogueError, match=r"is not a catalogue: it has no catalogue\.json"):
            open_catalogue(path)
        assert [problem.file for problem in validate(path)] == ["catalogue.json"]


def test_unknown_feature_lists_what_there_is(sound: Path) -> None:
    with pytest.raises(CatalogueError, match=r"no feature set “clop”\. It has: random, clap"):
        open_catalogue(sound).feature_array("clop")


def test_the_list_of_catalogues_says_which_cannot_be_opened(sound: Path, tmp_path: Path) -> None:
    broken = ("catalogue.json", "hostile")
    shutil.copytree(sound, tmp_path / broken[1])
    edit("catalogue.json", title=["no", "text"])(tmp_path / broken[1])
    (tmp_path / "no-catalogue").mkdir()
    (tmp_path / "zfolder" / "catalogue.json").mkdir(parents=True)
    tiny_catalogue(tmp_path / "nearfield-demo")
    entries = list_catalogues(tmp_path)
    assert [entry.key for entry in entries] == ["nearfield-demo", "hostile", "sound", "zfolder"]
    assert [bool(entry.fault) for entry in entries] == [False, True, False, True]
    assert entries[1].title == "hostile (cannot be opened)"
    assert list_catalogues(tmp_path / "nowhere") == []


def test_a_manifest_names_its_kind() -> None:
    with pytest.raises(CatalogueError, match="kind must be one of real, synthetic"):
        Manifest("a", "A", "fake", "", "", "")


# Names as they are shown


def shown(names: list[str], **columns: Any) -> list[str]:
    artists = tiny_artists(len(names), name=names, **columns)
    return display_names(artists.assign(genres=columns.get("genres", [[] for _ in names]))).tolist()


def test_names_that_show_nothing_become_ids() -> None:
    ids = ["c5b11a19-5ba6", "252ca659-19c6", "aaaaaaaa-0001", "bbbbbbbb-0001"]
    assert shown(["", " \t", "\u200b\u202e", "a"], artist_id=ids) == [
        "Unnamed artist c5b11a19",
        "Unnamed artist 252ca659",
        "Unnamed artist aaaaaaaa",
        "a",
    ]


def test_namesakes_get_genre_then_decade_then_id() -> None:
    genres = [["Rock"], ["Jazz", "Pop"], ["Jazz"], [], []]
    decades = pd.array([1990, 1990, 1970, None, None], "Int32")
    assert shown(["Nirvana"] * 5, genres=genres, decade=decades) == [
        "Nirvana (Rock)",
        "Nirvana (Jazz) (1990s)",
        "Nirvana (Jazz) (1970s)",
        "Nirvana (id-3)",
        "Nirvana (id-4)",
    ]


def test_ids_that_begin_alike_still_tell_namesakes_apart() -> None:
    ids = ["catalogue-artist-0001", "catalogue-artist-0002", "other"]
    names = shown(["Twin", "Twin", "Lone"], artist_id=ids)
    assert len(set(names)) == 3
    assert names[2] == "Lone"


def test_case_makes_a_different_name() -> None:
    assert shown(["Abba", "ABBA"]) == ["Abba", "ABBA"]


def test_rows_by_id_without_a_dictionary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    catalogue = random_catalogue(tmp_path)
    plain = dict(catalogue.row_of)
    monkeypatch.setattr("core.catalogue.catalogue.KEPT_FROM", 1)
    for _ in range(2):
        rows = open_catalogue(catalogue.path).row_of
        assert not isinstance(rows, dict)
        assert dict(rows.items()) == plain
        assert len(rows) == len(plain)
        for other in ("", "zz", "\ud800", None, "id"):
            assert other not in rows
            assert rows.get(other) is None
