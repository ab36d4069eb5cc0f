"""Format 2, format 1 and what comes after: what is read, kept, refused, and named by the check."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.catalogue import (
    Catalogue,
    FeatureInfo,
    Manifest,
    Pipeline,
    Relation,
    Splits,
    open_catalogue,
    update_catalogue,
    validate,
    write_catalogue,
)
from core.catalogue.recordings import recording_path
from core.errors import CatalogueError
from core.storage import sha256_file
from tests.support.catalogues import MANIFEST, describe, tiny_artists, tiny_edges

LISTENED = Relation("listened", "listened to together", "a dump", "CC0-1.0", "2026-11", "counts of sessions")
LISTED = Relation("listed", "listed as similar", "a magazine", "all rights reserved", redistributable=False)
TWO = replace(MANIFEST, relations=[LISTENED, LISTED], learned="listened", splits=Splits("made", "by hash"))


def two_relations() -> pd.DataFrame:
    edges = [tiny_edges([(0, 1), (2, 1)], relation="listened"), tiny_edges([(3, 2)], relation="listed")]
    return pd.concat(edges, ignore_index=True)


def nearby(**columns: Any) -> pd.DataFrame:
    filled = {"mbid": ["m", ""], "name": ["Flo", "Gus"], "artist": [1, 3], "relation": "listened", "weight": [0.5, 1.0]}
    return pd.DataFrame(filled | columns)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Two relations, a feature set and two artists elsewhere."""
    folder = write_catalogue(
        tmp_path / "c",
        TWO,
        tiny_artists(4),
        two_relations(),
        {"clap": describe("clap", np.eye(4))},
        elsewhere=nearby(),
    )
    return open_catalogue(folder)


def manifest_of(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "catalogue.json").read_text(encoding="utf-8"))
    return content


def rewrite(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    """Change the manifest by hand, and give it the hashes of the files as they are."""
    content = manifest_of(folder)
    change(content)
    content["files"] = {name: sha256_file(folder / name) for name in content["files"]}
    (folder / "catalogue.json").write_text(json.dumps(content), encoding="utf-8")


# Format 2


def test_relations_come_back_and_one_is_learned(catalogue: Catalogue) -> None:
    assert catalogue.relations == {"listened": LISTENED, "listed": LISTED}
    assert catalogue.learned_relation == LISTENED
    assert catalogue.learned_edges.tolist() == catalogue.edges_of("listened").tolist() == [[0, 1], [1, 2]]
    assert catalogue.edges_of("listed").tolist() == [[2, 3]]
    assert catalogue.edges_of("nothing").shape == (0, 2)
    assert catalogue.manifest.splits == Splits("made", "by hash")
    assert manifest_of(catalogue.path)["version"] == 2
    assert validate(catalogue.path) == []


def test_artists_elsewhere_come_back_in_order_and_once(tmp_path: Path) -> None:
    twice = pd.concat([nearby(), nearby(weight=[0.2, 2.0], mbid=["m", None])], ignore_index=True)
    folder = write_catalogue(tmp_path / "c", TWO, tiny_artists(4), two_relations(), {}, elsewhere=twice)
    found = open_catalogue(folder).elsewhere
    assert found.to_dict("list") == {
        "mbid": ["m", ""],
        "name": ["Flo", "Gus"],
        "artist": [1, 3],
        "relation": ["listened", "listened"],
        "weight": [0.5, 2.0],
    }
    assert validate(folder) == []


def test_a_catalogue_without_artists_elsewhere_has_an_empty_table(tmp_path: Path) -> None:
    folder = write_catalogue(tmp_path / "c", TWO, tiny_artists(4), two_relations(), {}, elsewhere=nearby().iloc[:0])
    assert not (folder / "elsewhere.parquet").exists()
    assert list(open_catalogue(folder).elsewhere) == ["mbid", "name", "artist", "relation", "weight"]


def test_another_relation_to_learn_is_another_version(catalogue: Catalogue) -> None:
    other = update_catalogue(catalogue, learned="listed")
    assert other.learned_edges.tolist() == [[2, 3]]
    assert other.content_hash != catalogue.content_hash
    assert other.inputs()["edges"] != catalogue.inputs()["edges"]
    assert validate(other.path) == []


def test_edges_without_a_record_get_one_that_permits_nothing(tmp_path: Path) -> None:
    manifest = replace(MANIFEST, kind="real", learned="listed")
    folder = write_catalogue(tmp_path / "c", manifest, tiny_artists(4), two_relations(), {})
    relations = open_catalogue(folder).relations
    assert {name: relation.redistributable for name, relation in relations.items()} == {
        "listened": False,
        "listed": False,
    }
    assert validate(folder) == []


def test_a_relation_to_learn_must_have_edges(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="No edge has the relation “similar”.*There are: listed, listened"):
        write_catalogue(tmp_path / "c", MANIFEST, tiny_artists(4), two_relations(), {})
    folder = write_catalogue(tmp_path / "c", replace(MANIFEST, learned=""), tiny_artists(4), two_relations(), {})
    assert open_catalogue(folder).learned_edges.shape == (0, 2)
    assert open_catalogue(folder).learned_relation is None
    empty = write_catalogue(tmp_path / "empty", MANIFEST, tiny_artists(4), tiny_edges([]), {})
    assert manifest_of(empty)["learned"] == ""
    assert validate(empty) == []


def test_edges_with_a_direction_keep_it(tmp_path: Path) -> None:
    manifest = replace(TWO, relations=[LISTENED, replace(LISTED, symmetric=False)])
    edges = open_catalogue(write_catalogue(tmp_path / "c", manifest, tiny_artists(4), two_relations(), {})).edges
    assert edges[["source", "target"]].to_numpy().tolist() == [[3, 2], [0, 1], [1, 2]]


# Updates


def test_a_relation_is_replaced_and_the_rest_stays(catalogue: Catalogue) -> None:
    newer = replace(LISTENED, date="2027-01")
    after = update_catalogue(
        catalogue,
        relations=[newer],
        edges=tiny_edges([(0, 3)], relation="listened"),
        elsewhere=nearby(name=["Hal", "Ida"]),
    )
    assert after.learned_edges.tolist() == [[0, 3]]
    assert after.edges_of("listed").tolist() == [[2, 3]]
    assert after.relations == {"listed": LISTED, "listened": newer}
    assert after.elsewhere["name"].tolist() == ["Hal", "Ida"]
    assert after.inputs(["clap"])["features"] == catalogue.inputs(["clap"])["features"]
    assert after.manifest.files["features/clap.npy"] == catalogue.manifest.files["features/clap.npy"]
    assert validate(after.path) == []


def test_a_relation_is_added(catalogue: Catalogue) -> None:
    added = Relation("collaborated", "played together", "credits", "CC0-1.0")
    edges = tiny_edges([(0, 2)], relation="collaborated")
    after = update_catalogue(catalogue, relations=[added], edges=edges)
    assert list(after.relations) == ["listened", "listed", "collaborated"]
    assert len(after.edges) == 4
    assert len(after.elsewhere) == 2
    gone = update_catalogue(after, relations=[added], edges=edges.iloc[:0], elsewhere=nearby().iloc[:0])
    assert gone.edges_of("collaborated").shape == (0, 2)
    assert len(gone.edges) == 3
    assert len(gone.elsewhere) == 2


def test_the_last_edges_of_the_learned_relation_cannot_go(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueError, match="No edge has the relation “listened”"):
        update_catalogue(catalogue, relations=[LISTENED], edges=two_relations().iloc[:0])
    assert open_catalogue(catalogue.path).manifest == catalogue.manifest


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"edges": tiny_edges([(0, 9)])}, "edges.parquet, row 0: target is not a row"),
        ({"elsewhere": nearby(artist=[0, 4])}, "elsewhere.parquet, row 1: artist is not a row of artists.parquet"),
        ({"elsewhere": nearby().drop(columns="name")}, "elsewhere.parquet: column name is missing"),
        ({"elsewhere": nearby(artist=["a", "b"])}, "elsewhere.parquet: artist must be a whole number"),
        ({"elsewhere": nearby(name=["", "Gus"])}, "elsewhere.parquet, row 0: name is missing"),
        ({"elsewhere": nearby(name=["Flo", 7])}, "elsewhere.parquet, row 1: name is not text"),
        ({"elsewhere": nearby(relation=["listened", ""])}, "elsewhere.parquet, row 1: relation must be a name"),
        ({"elsewhere": nearby(weight=[1, 0])}, "elsewhere.parquet, row 1: weight must be a finite number above zero"),
        ({"relations": [LISTED, LISTED]}, "Relation “listed” is described twice"),
        ({"learned": "nothing"}, "No edge has the relation “nothing”"),
        ({"audio_root": "a\0b"}, "audio_root is no path"),
    ],
)
def test_bad_content_of_an_update_is_refused(catalogue: Catalogue, change: dict[str, Any], reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        update_catalogue(catalogue, **change)
    assert validate(catalogue.path) == []


def test_too_many_relations_are_refused() -> None:
    from core.catalogue.tables import edge_problems

    edges = tiny_edges([(0, 1)] * 101, relation=[f"r{number}" for number in range(101)])
    assert [str(problem) for problem in edge_problems(edges, 2)] == [
        "edges.parquet: there are 101 relations; at most 100 can be used"
    ]
    edges = tiny_edges([(0, 1)] * 2, relation=["r", "r" * 101])
    assert [problem.row for problem in edge_problems(edges, 2)] == [1]


# Where the sound is


def test_paths_of_tracks_follow_the_root(catalogue: Catalogue, tmp_path: Path) -> None:
    tracks = pd.DataFrame({"artist": [0, 1], "track_id": ["a", "b"], "title": "", "kind": "file"})
    tracks = tracks.assign(path=["x/1.flac", None], recipe=[None, "old/2.flac"])
    with_tracks = update_catalogue(catalogue, tracks=tracks, audio_root="audio")
    paths = [recording_path(with_tracks, track) for _, track in with_tracks.tracks.iterrows()]
    assert paths == [with_tracks.path / "audio/x/1.flac", with_tracks.path / "old/2.flac"]
    moved = update_catalogue(with_tracks, audio_root=str(tmp_path / "elsewhere"))
    assert recording_path(moved, moved.tracks.iloc[0]) == tmp_path / "elsewhere/x/1.flac"
    assert moved.content_hash == with_tracks.content_hash
    assert validate(moved.path) == []


@pytest.mark.parametrize("path", ["/music/a.flac", "../a.flac", "a/../../b.flac", "a/..", "..", "a\0b"])
def test_a_path_outside_the_root_is_refused(catalogue: Catalogue, path: str) -> None:
    tracks = pd.DataFrame({"artist": [0], "track_id": ["a"], "title": "", "kind": "file", "path": [path]})
    with pytest.raises(CatalogueError, match="row 0: path must lie below audio_root"):
        update_catalogue(catalogue, tracks=tracks)


@pytest.mark.parametrize("path", ["a.flac", "..a/b..", "a/...", "C:/a.flac", "näch ste/ß.opus"])
def test_odd_paths_below_the_root_are_kept(catalogue: Catalogue, path: str) -> None:
    tracks = pd.DataFrame({"artist": [0], "track_id": ["a"], "title": "", "kind": "file", "path": [path]})
    assert update_catalogue(catalogue, tracks=tracks).tracks["path"].tolist() == [path]


def test_a_file_without_path_and_a_rendered_track_need_a_recipe(catalogue: Catalogue) -> None:
    for kind, path in (("file", ""), ("synthetic", "a.flac")):
        tracks = pd.DataFrame({"artist": [0], "track_id": ["a"], "title": "", "kind": kind, "path": [path]})
        with pytest.raises(CatalogueError, match="row 0: recipe is missing"):
            update_catalogue(catalogue, tracks=tracks)


# The check


def _spoil_elsewhere(folder: Path, **columns: Any) -> None:
    nearby(**columns).to_parquet(folder / "elsewhere.parquet", index=False)


def _inputs(content: dict[str, Any], name: str, value: Any) -> None:
    content["inputs"][name] = value


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            lambda manifest: manifest.update(learned="heard"),
            "catalogue.json: no edge has the relation “heard”, which is to be learned; there are: listed, listened",
        ),
        (
            lambda manifest: manifest["relations"].pop(),
            "edges.parquet: the relation “listed” has no record in catalogue.json",
        ),
        (lambda manifest: _inputs(manifest, "artists", "0"), "inputs give another hash for artists than their values"),
        (lambda manifest: _inputs(manifest, "edges", "0"), "inputs give another hash for edges than their values"),
        (lambda manifest: _inputs(manifest, "features", {"clap": "0"}), "inputs give another hash for clap than their"),
        (lambda manifest: _inputs(manifest, "features", {"x": "0"}), "inputs name a feature set “x” that is not there"),
        (lambda manifest: _inputs(manifest, "features", 5), "its inputs do not give a hash for each feature set"),
    ],
)
def test_check_names_what_the_manifest_says_wrongly(
    catalogue: Catalogue, change: Callable[[dict[str, Any]], Any], problem: str
) -> None:
    rewrite(catalogue.path, change)
    assert any(problem in str(found) for found in validate(catalogue.path))
    open_catalogue(catalogue.path)


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({"artist": [0, 4]}, "elsewhere.parquet, row 1: artist is not a row of artists.parquet (0 to 3)"),
        ({"artist": [-1, 4]}, "elsewhere.parquet, row 0: artist is not a row of artists.parquet (0 to 3) (and 1 more"),
        ({"name": [None, "Gus"]}, "elsewhere.parquet, row 0: name is missing"),
        ({"relation": ["listened", "heard"]}, "elsewhere.parquet: the relation “heard” has no record"),
        ({"weight": [np.nan, 1.0]}, "elsewhere.parquet, row 0: weight must be a finite number above zero"),
    ],
)
def test_check_names_bad_rows_of_artists_elsewhere(catalogue: Catalogue, columns: dict[str, Any], problem: str) -> None:
    _spoil_elsewhere(catalogue.path, **columns)
    rewrite(catalogue.path, lambda manifest: None)
    assert any(problem in str(found) for found in validate(catalogue.path))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"version": 3}, "format version 3; this Nearfield reads versions 1 to 2. Install a newer Nearfield"),
        ({"version": "2"}, "format version 2; this Nearfield reads versions 1 to 2. Import the source again"),
        ({"version": True}, "format version True"),
        ({"minor": -1}, "minor must be a whole number"),
        ({"minor": None}, "minor must be a whole number"),
        ({"licnce": "CC0"}, "unknown fields: licnce"),
        ({"relations": [{"name": "a", "colour": 1}]}, "a relation has unknown fields: colour"),
        ({"relations": [{"title": "a"}]}, "a relation is incomplete"),
        ({"relations": ["similar"]}, "a relation must be a JSON object"),
        ({"relations": {"name": "a"}}, "relations must be a list"),
        ({"relations": [{"name": ""}]}, "A relation needs a name"),
        ({"relations": [{"name": "a", "symmetric": 1}]}, "symmetric and redistributable must be true or false"),
        ({"relations": [{"name": "a"}, {"name": "a"}]}, "“a” is described twice"),
        ({"relations": [{"name": f"r{n}"} for n in range(201)]}, "201 relations are described; at most 200"),
        ({"splits": {"origin": "guessed"}}, "origin must be given or made"),
        ({"splits": None}, "splits must be a JSON object"),
        ({"inputs": []}, "splits and inputs must be records"),
        ({"learned": None}, "every field must be text"),
        ({"audio_root": 5}, "every field must be text"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_refused_in_a_sentence(
    catalogue: Catalogue, change: dict[str, Any], reason: str
) -> None:
    rewrite(catalogue.path, lambda manifest: manifest.update(change))
    with pytest.raises(CatalogueError, match=reason):
        open_catalogue(catalogue.path)
    assert len(validate(catalogue.path)) == 1


# Newer minor versions

_NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8).map(lambda name: f"new {name}")
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=3),
    max_leaves=6,
)
_FIELDS = st.dictionaries(_NAMES, _VALUES, max_size=3)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(minor=st.integers(1, 99), fields=st.lists(_FIELDS, min_size=5, max_size=5))
def test_fields_of_a_newer_minor_version_survive_an_update(
    tmp_path_factory: pytest.TempPathFactory, minor: int, fields: list[dict[str, Any]]
) -> None:
    folder = tmp_path_factory.mktemp("newer") / "c"
    info = FeatureInfo("clap", "CLAP", pipeline=Pipeline("a model"))
    features = {"clap": (np.eye(4, dtype=np.float32), info)}
    write_catalogue(folder, TWO, tiny_artists(4), two_relations(), features)
    file = folder / "features" / "clap.json"
    described = json.loads(file.read_text(encoding="utf-8"))
    described["pipeline"] |= fields[0]
    file.write_text(json.dumps(described | fields[1]), encoding="utf-8")

    def newer(manifest: dict[str, Any]) -> None:
        manifest["splits"] |= fields[2]
        manifest["relations"][0] |= fields[3]
        manifest |= fields[4] | {"minor": minor}

    rewrite(folder, newer)
    before = manifest_of(folder)
    assert validate(folder) == []
    after = update_catalogue(
        open_catalogue(folder), {"other": describe("other", np.eye(4))}, edges=tiny_edges([(0, 3)], relation="listed")
    )
    assert validate(folder) == []
    rewritten = manifest_of(folder)
    changed = {"files", "inputs"}
    assert {name: value for name, value in rewritten.items() if name not in changed} == {
        name: value for name, value in before.items() if name not in changed
    }
    assert after.feature_info("clap").as_dict() == described | fields[1]
    replaced = update_catalogue(after, {"clap": (2 * np.eye(4, dtype=np.float32), after.feature_info("clap"))})
    assert json.loads((folder / "features" / "clap.json").read_text(encoding="utf-8")) == described | fields[1]
    assert FeatureInfo.from_dict(replaced.feature_info("clap").as_dict(), "a set", minor) == info_with(info, fields)


def info_with(info: FeatureInfo, fields: list[dict[str, Any]]) -> FeatureInfo:
    assert info.pipeline is not None
    return replace(info, pipeline=replace(info.pipeline, extra=fields[0]), extra=fields[1])


def test_a_field_of_a_newer_version_that_no_file_can_hold_is_refused(catalogue: Catalogue) -> None:
    rewrite(catalogue.path, lambda manifest: manifest.update(minor=1, half="\ud800"))
    with pytest.raises(CatalogueError, match="a field of a newer version that cannot be kept"):
        open_catalogue(catalogue.path)


# Format 1


@pytest.fixture
def format_1(tmp_path: Path) -> Path:
    """A catalogue as Nearfield 0.1 wrote it, made without Nearfield."""
    folder = tmp_path / "old"
    (folder / "features").mkdir(parents=True)
    (folder / "tracks").mkdir()
    texts = {"artist_id": list("abcd"), "name": ["A", "B", "C", "D"], "mbid": None, "allmusic_id": None}
    lists = {"genres": [["folk"], [], [], []], "moods": [[], [], [], []], "themes": [[], [], [], []]}
    split = {"split": ["train", "train", "val", "test"], "popularity": [1.0, None, None, None]}
    pd.DataFrame(texts | split | lists).to_parquet(folder / "artists.parquet", index=False)
    edges = {"source": [0, 1, 3], "target": [1, 2, 0], "relation": ["similar", "similar", "influenced_by"]}
    pd.DataFrame(edges | {"weight": 1.0}).to_parquet(folder / "edges.parquet", index=False)
    np.save(folder / "features" / "clap.npy", np.eye(4, 2, dtype=np.float32))
    described = {"name": "clap", "title": "CLAP", "kind": "continuous", "columns": None, "extractor": "", "version": ""}
    (folder / "features" / "clap.json").write_text(json.dumps(described | {"checkpoint_hash": None, "notes": "n"}))
    tracks = {"artist": [0, 0], "track_id": ["t", "u"], "title": ["T", "U"], "recording_mbid": None, "kind": "file"}
    pd.DataFrame(tracks | {"recipe": ["audio/t.wav", "/music/u.wav"]}).to_parquet(
        folder / "tracks.parquet", index=False
    )
    np.save(folder / "tracks" / "clap.npy", np.eye(2, dtype=np.float32))
    manifest = {
        "format": "nearfield-catalogue",
        "version": 1,
        "name": "old",
        "title": "Old",
        "kind": "real",
        "source": "a test",
        "licence": "CC0-1.0",
        "citation": "none",
        "created_by": "by hand",
        "notes": ["old"],
        "files": {
            file.relative_to(folder).as_posix(): sha256_file(file) for file in folder.rglob("*") if file.is_file()
        },
    }
    (folder / "catalogue.json").write_text(json.dumps(manifest))
    return folder


def test_format_1_opens_and_all_of_it_is_there(format_1: Path) -> None:
    assert validate(format_1) == []
    catalogue = open_catalogue(format_1)
    assert catalogue.artists["name"].tolist() == ["A", "B", "C", "D"]
    assert catalogue.learned_edges.tolist() == [[0, 1], [1, 2]]
    assert catalogue.edges_of("influenced_by").tolist() == [[0, 3]]
    assert catalogue.relations == {
        "influenced_by": Relation("influenced_by", symmetric=False, redistributable=False),
        "similar": Relation("similar", "listed as similar", redistributable=False),
    }
    assert catalogue.manifest.splits == Splits("given")
    assert len(catalogue.elsewhere) == 0
    assert catalogue.feature_array("clap").tolist() == np.eye(4, 2).tolist()
    assert catalogue.track_array("clap").tolist() == np.eye(2).tolist()
    paths = [recording_path(catalogue, track) for _, track in catalogue.tracks.iterrows()]
    assert paths == [format_1 / "audio/t.wav", Path("/music/u.wav")]
    assert catalogue.inputs(["clap"])["features"].keys() == {"clap"}


def test_an_update_makes_format_2_of_format_1(format_1: Path) -> None:
    before = open_catalogue(format_1)
    after = update_catalogue(before, notes=["new"])
    content = manifest_of(format_1)
    assert (content["version"], content["minor"], content["learned"]) == (2, 0, "similar")
    assert content["inputs"] == before.inputs(["clap"])
    assert after.manifest.notes == ["old", "new"]
    assert after.content_hash == before.content_hash
    assert after.relations == before.relations
    pd.testing.assert_frame_equal(after.edges, before.edges)
    pd.testing.assert_frame_equal(after.tracks, before.tracks)
    assert validate(format_1) == []


def test_a_manifest_is_the_same_after_writing_and_reading() -> None:
    manifest = replace(TWO, extra={"new": [1]}, minor=3, audio_root="x", inputs={"artists": "0"})
    assert Manifest.from_dict(json.loads(json.dumps(manifest.as_dict()))) == manifest
