"""Importers: OLGA's public layout on files made here, the prepared layout on the real data, and wrong sources."""

import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

from core.catalogue import Catalogue, open_catalogue, validate
from core.catalogue.identity import belongs
from core.catalogue.importers import IMPORTERS
from core.errors import CatalogueError

N = 6
PAIRS = [(0, 1), (0, 2), (1, 4), (3, 4)]
Change = Callable[[Path], Any]


def connections(pairs: list[tuple[int, int]], n: int = N, both: bool = True) -> sp.csr_matrix:
    rows, columns = np.array(pairs, dtype=int).reshape(-1, 2).T
    matrix = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    return matrix + matrix.T if both else matrix


@pytest.fixture
def official(tmp_path: Path) -> Path:
    """OLGA's public layout with six artists; the fourth has no audio."""
    source = tmp_path / "source"
    source.mkdir()
    table = pd.DataFrame(
        {
            "musicbrainz_id": [f"{row:08x}-0000-4000-8000-000000000000" for row in range(N)],
            "partition": ["train", "train", "Validation", "test", "val", "test"],
        }
    )
    table.to_csv(source / "olga.csv", index=False)
    audio = np.random.default_rng(0).normal(size=(N, 5))
    audio[3, 1] = np.nan
    np.save(source / "acousticbrainz.npy", audio)
    sp.save_npz(source / "artist_connections.npz", connections(PAIRS))
    return source


def run(layout: str, source: Path, dest: Path) -> Catalogue:
    return open_catalogue(IMPORTERS[layout].run(source, dest))


def refused(layout: str, source: Path, reason: str) -> None:
    """The import fails for this reason and leaves the folder of catalogues empty."""
    folder = source.parent / "catalogues"
    folder.mkdir()
    with pytest.raises(CatalogueError, match=reason):
        IMPORTERS[layout].run(source, folder / "new")
    assert list(folder.iterdir()) == []


def test_official_layout(official: Path, tmp_path: Path) -> None:
    catalogue = run("olga-official", official, tmp_path / "new")
    assert validate(catalogue.path) == []
    assert catalogue.manifest.kind == "real"
    (relation,) = catalogue.manifest.relations
    assert "AllMusic" in relation.source
    assert not relation.redistributable
    assert relation.date
    assert relation.algorithm
    assert not catalogue.manifest.splits.are_made
    assert catalogue.artists["split"].tolist() == ["train", "train", "val", "test", "val", "test"]
    assert catalogue.artists["mbid"].tolist() == catalogue.artists["artist_id"].tolist()
    assert catalogue.learned_edges.tolist() == [list(pair) for pair in PAIRS]
    values = catalogue.feature_array("acousticbrainz")
    assert np.isnan(values[3]).all()
    np.testing.assert_allclose(
        np.delete(values, 3, axis=0), np.delete(np.load(official / "acousticbrainz.npy"), 3, axis=0), rtol=1e-6
    )


@pytest.mark.parametrize("kind", [sp.csr_matrix, sp.csr_array])
def test_an_asymmetric_matrix_and_a_filled_diagonal_make_undirected_edges(
    official: Path, tmp_path: Path, kind: type
) -> None:
    matrix = connections([*PAIRS, (2, 2)], both=False)
    sp.save_npz(official / "artist_connections.npz", kind(matrix))
    assert run("olga-official", official, tmp_path / "new").learned_edges.tolist() == [list(p) for p in PAIRS]


def test_stored_zeros_are_no_edges(official: Path, tmp_path: Path) -> None:
    matrix = connections(PAIRS)
    matrix.data[:] = 0
    sp.save_npz(official / "artist_connections.npz", matrix)
    assert len(run("olga-official", official, tmp_path / "new").learned_edges) == 0


def test_no_connection_at_all_is_a_catalogue_without_edges(official: Path, tmp_path: Path) -> None:
    sp.save_npz(official / "artist_connections.npz", connections([]))
    assert run("olga-official", official, tmp_path / "new").learned_edges.shape == (0, 2)


def test_other_column_names_and_hostile_names(official: Path, tmp_path: Path) -> None:
    names = ["", "<script>", 'a,b\n"c"', "NA", "שלום", "🎸" * 100]
    table = pd.read_csv(official / "olga.csv").rename(columns={"musicbrainz_id": "mbid", "partition": "split"})
    table.assign(name=names).to_csv(official / "olga.csv", index=False)
    assert run("olga-official", official, tmp_path / "new").artists["name"].tolist() == names


def infinite_and_huge(source: Path) -> None:
    audio = np.ones((N, 5))
    audio[0, 0], audio[2, 2] = -np.inf, 1e300
    np.save(source / "acousticbrainz.npy", audio)


def test_values_that_are_not_finite_make_an_unknown_row(official: Path, tmp_path: Path) -> None:
    infinite_and_huge(official)
    values = run("olga-official", official, tmp_path / "new").feature_array("acousticbrainz")
    assert np.flatnonzero(np.isnan(values).all(axis=1)).tolist() == [0, 2]
    assert np.isfinite(np.delete(values, [0, 2], axis=0)).all()


def removed(file: str) -> Change:
    return lambda source: (source / file).unlink()


def halved(file: str) -> Change:
    return lambda source: os.truncate(source / file, (source / file).stat().st_size // 2)


def content(file: str, data: bytes) -> Change:
    return lambda source: (source / file).write_bytes(data)


def saved(values: Any) -> Change:
    return lambda source: np.save(source / "acousticbrainz.npy", values)


def csv(**columns: Any) -> Change:
    def change(source: Path) -> None:
        table = pd.read_csv(source / "olga.csv").assign(**columns)
        table.loc[:, [name for name in table if table[name].notna().any()]].to_csv(source / "olga.csv", index=False)

    return change


def arrays(file: str, **changed: Any) -> Change:
    """Replace arrays of an .npz file; None removes one."""

    def change(source: Path) -> None:
        with np.load(source / file) as archive:
            parts = {name: archive[name] for name in archive.files} | changed
        np.savez(source / file, **{name: part for name, part in parts.items() if part is not None})

    return change


GRAPH = "artist_connections.npz"
BAD_OFFICIAL: list[tuple[Change, str]] = [
    (removed("olga.csv"), r"olga\.csv is missing in .*right folder"),
    (removed("acousticbrainz.npy"), r"acousticbrainz\.npy is missing"),
    (removed(GRAPH), r"artist_connections\.npz is missing"),
    (content("olga.csv", b""), r"olga\.csv is not a readable CSV"),
    (content("olga.csv", b"\xff\xfe\x00\x01"), r"olga\.csv is not a readable CSV"),
    (content("olga.csv", b'a,b\n"open'), r"olga\.csv"),
    (content("olga.csv", b"musicbrainz_id,partition\n"), r"artist_connections\.npz has 6 rows"),
    (csv(musicbrainz_id=None), r"olga\.csv has no column musicbrainz_id or mbid or artist_id. It has: partition"),
    (csv(partition=None), r"olga\.csv has no column partition or split"),
    (
        csv(partition=["train", "train", "dev", "test", "val", "x"]),
        r"olga\.csv, row 2: “dev” is not train, val or test",
    ),
    (csv(musicbrainz_id=["a", "b", "c", "a", "e", "f"]), "row 3: artist_id stands twice"),
    (csv(musicbrainz_id=["a", "b", "", "d", "e", "f"]), "row 2: artist_id is empty"),
    (saved(np.ones((N - 1, 5))), r"acousticbrainz\.npy has shape \(5, 5\); it needs 6 rows"),
    (saved(np.ones(N)), r"acousticbrainz\.npy has shape \(6,\)"),
    (saved(np.full((N, 2), "loud")), r"acousticbrainz\.npy must hold numbers"),
    (saved(np.ones((N, 2), complex)), r"acousticbrainz\.npy must hold numbers"),
    (saved(np.array([[None]] * N)), r"acousticbrainz\.npy is not a readable array"),
    (content("acousticbrainz.npy", pickle.dumps([1.0])), r"acousticbrainz\.npy is not a readable array"),
    (content("acousticbrainz.npy", b"PK\3\4"), r"acousticbrainz\.npy is not a readable array"),
    (halved("acousticbrainz.npy"), r"acousticbrainz\.npy is not a readable array"),
    (halved(GRAPH), r"artist_connections\.npz is not a readable \.npz"),
    (content(GRAPH, pickle.dumps({})), r"artist_connections\.npz is not a readable \.npz"),
    (lambda source: shutil.copy(source / "acousticbrainz.npy", source / GRAPH), r"is not a readable \.npz"),
    (arrays(GRAPH, indices=None), "holds no array “indices”"),
    (arrays(GRAPH, indices=np.array([None] * 8)), r"is not a readable \.npz"),
    (arrays(GRAPH, indices=np.full(8, N)), "not a sound CSR matrix"),
    (arrays(GRAPH, indices=np.full(8, -1)), "not a sound CSR matrix"),
    (arrays(GRAPH, indptr=np.array([0, 8, 2, 3, 4, 5, 8])), "not a sound CSR matrix"),
    (arrays(GRAPH, indptr=np.arange(3)), "not a sound CSR matrix"),
    (arrays(GRAPH, shape=np.array([6])), "not a sound CSR matrix"),
    (arrays(GRAPH, shape=np.array(["a", "b"])), "not a sound CSR matrix"),
    (arrays(GRAPH, shape=np.array([6, 7])), r"artist_connections\.npz has 7 columns; olga\.csv lists 6"),
    (lambda source: sp.save_npz(source / GRAPH, connections([], 5)), "has 5 rows; 6 artists are listed"),
]


@pytest.mark.parametrize(("change", "reason"), BAD_OFFICIAL)
def test_wrong_official_files_are_refused(official: Path, change: Change, reason: str) -> None:
    change(official)
    refused("olga-official", official, reason)


@pytest.mark.parametrize("layout", sorted(IMPORTERS))
def test_a_folder_that_is_no_source_is_refused(tmp_path: Path, layout: str) -> None:
    for source in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(
            CatalogueError,
            match="is missing in .* Is this the right folder|holds no|neither a file nor a folder|There is no folder",
        ):
            IMPORTERS[layout].run(source, tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_an_existing_destination_is_refused(official: Path, tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    with pytest.raises(CatalogueError, match="exists already"):
        IMPORTERS["olga-official"].run(official, tmp_path / "new")
    assert list((tmp_path / "new").iterdir()) == []


# The real data


@pytest.fixture(scope="module")
def prepared(shared_datasets: Path) -> Path:
    return shared_datasets / "olga"


@pytest.fixture(scope="module")
def disco(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return run("disco-olga", prepared, tmp_path_factory.mktemp("real") / "disco-olga")


@pytest.fixture(scope="module")
def olga(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return run("olga", prepared, tmp_path_factory.mktemp("real") / "olga")


def test_disco_olga_has_the_published_counts(disco: Catalogue) -> None:
    assert validate(disco.path) == []
    assert len(disco) == 16_864
    assert len(disco.learned_edges) == 99_121
    assert np.bincount(disco.split).tolist() == [13_489, 1_679, 1_696]
    assert np.array_equal(np.sort(disco.artists["published_row"]), np.arange(16_864))
    assert disco.manifest.kind == "real"


def test_olga_has_the_published_counts(olga: Catalogue) -> None:
    assert validate(olga.path) == []
    assert len(olga) == 17_673
    assert len(olga.learned_edges) == 101_029
    assert "published_row" not in olga.artists


def test_other_relations_come_in_where_they_are_asked_for(disco: Catalogue, prepared: Path, tmp_path: Path) -> None:
    assert set(disco.edges["relation"]) == {"similar"}
    asked = {"relations": "influenced_by, collaborated_with"}
    IMPORTERS["disco-olga"].run(prepared, tmp_path / "related", asked)
    related = open_catalogue(tmp_path / "related")
    assert set(related.edges["relation"]) == {"similar", "influenced_by", "collaborated_with"}
    assert belongs({"inputs": disco.inputs(disco.feature_names)}, related)
    record = related.relations["influenced_by"]
    assert (record.symmetric, record.redistributable, record.label) == (False, False, "listed as influenced by")
    with np.load(prepared / "relations_2024.npz") as archive:
        first, second = archive["influenced_by"][0]
    ids = pd.read_csv(prepared / "nodes.csv", usecols=["musicbrainz_id"])["musicbrainz_id"]
    influences = related.edges[related.edges["relation"] == "influenced_by"]
    ends = set(zip(influences["source"], influences["target"], strict=True))
    assert (related.row_of[ids[first]], related.row_of[ids[second]]) in ends


@pytest.mark.parametrize("name", ["olga", "disco-olga"])
def test_an_unknown_relation_is_refused(prepared: Path, name: str) -> None:
    with pytest.raises(CatalogueError, match="have no relation “liked”"):
        IMPORTERS[name].plan(prepared, {"relations": "liked"})


@pytest.mark.parametrize("name", ["disco", "olga"])
def test_features_say_whom_they_cover(name: str, request: pytest.FixtureRequest, prepared: Path) -> None:
    catalogue: Catalogue = request.getfixturevalue(name)
    assert catalogue.feature_names == ["audio_descriptors", "lastfm_tags", "moods_themes", "musicbrainz_tags"]
    nodes = pd.read_csv(prepared / "nodes.csv").set_index("musicbrainz_id").loc[catalogue.artists["artist_id"]]
    for feature, flag in {"lastfm_tags": "has_lastfm_tags", "moods_themes": "has_themes"}.items():
        values = catalogue.feature_array(feature)
        present = ~np.isnan(values[:, 0])
        np.testing.assert_array_equal(present, nodes[flag] == 1)
        assert set(np.unique(values[present])) == {0, 1}
        assert len(catalogue.feature_info(feature).columns or []) == values.shape[1]
    audio = catalogue.feature_array("audio_descriptors")
    with_all_eleven = ~np.isnan(audio[:, 0])
    assert audio.shape[1] == 11
    assert 8_000 < with_all_eleven.sum() < (nodes["has_spotify_audio"] == 1).sum()
    assert (nodes["has_spotify_audio"] == 1)[with_all_eleven].all()
    notes = catalogue.feature_info("moods_themes").notes
    assert notes.startswith("11,116 of 17,673 source artists")
    assert "Themes only" in notes


def test_rows_of_the_subset_belong_together(disco: Catalogue, olga: Catalogue) -> None:
    place = np.array([olga.row_of[artist] for artist in disco.artists["artist_id"]])
    for column in ("name", "split", "allmusic_id"):
        pd.testing.assert_series_equal(disco.artists[column], olga.artists[column].iloc[place].reset_index(drop=True))
    for feature in disco.feature_names:
        np.testing.assert_array_equal(disco.feature_array(feature), olga.feature_array(feature)[place])
    theme = olga.feature_info("moods_themes").columns or []
    row = int(np.flatnonzero(disco.artists["themes"].map(len) > 3)[0])
    marked = {theme[column] for column in np.flatnonzero(disco.feature_array("moods_themes")[row])}
    assert marked == set(disco.artists["themes"].iloc[row])


def test_every_real_artist_has_a_name_of_its_own(disco: Catalogue) -> None:
    shown = disco.display_names
    assert not shown.duplicated().any()
    assert shown.str.strip().ne("").all()


def rewritten(change: Callable[[pd.DataFrame], pd.DataFrame], file: str = "nodes.csv") -> Change:
    def apply(source: Path) -> None:
        table = pd.read_csv(source / file, dtype="str", keep_default_na=False)
        change(table).to_csv(source / file, index=False)

    return apply


def filled(file: str, name: str, value: Any) -> Change:
    """Set the first entry of an array."""

    def apply(source: Path) -> None:
        with np.load(source / file) as archive:
            values = archive[name].copy()
        values.flat[0] = value
        arrays(file, **{name: values})(source)

    return apply


BAD_PREPARED: list[tuple[str, Change, str]] = [
    ("olga", removed("nodes.csv"), r"nodes\.csv is missing"),
    ("olga", removed("edges.npz"), r"edges\.npz is missing"),
    ("olga", removed("themes_vocab.csv"), r"themes_vocab\.csv is missing"),
    ("disco-olga", removed("relations_2024.npz"), r"relations_2024\.npz is missing"),
    ("disco-olga", removed("disco_published_row.npz"), r"disco_published_row\.npz is missing"),
    ("olga", removed("spotify_audio.npz"), r"spotify_audio\.npz is missing"),
    ("olga", halved("edges.npz"), r"edges\.npz is not a readable \.npz"),
    ("olga", rewritten(lambda t: t.drop(columns="split")), r"nodes\.csv has no column split"),
    ("olga", rewritten(lambda t: t.iloc[:-1]), r"edges of edges\.npz, row \d+: an artist outside"),
    ("olga", rewritten(lambda t: t.iloc[::-1]), r"nodes\.csv must list its rows in order"),
    ("olga", filled("edges.npz", "edges", -1), r"edges of edges\.npz, row 0: an artist outside 0 to 17672"),
    ("olga", filled("edges.npz", "edges", 17_673), r"edges of edges\.npz, row 0"),
    ("olga", filled("edges.npz", "split", 3), r"split of edges\.npz"),
    ("olga", filled("edges.npz", "split", -1), r"split of edges\.npz"),
    ("olga", arrays("edges.npz", edges=np.zeros((4, 3), int)), r"edges of edges\.npz must be whole numbers"),
    ("olga", arrays("edges.npz", edges=np.zeros((4, 2))), r"edges of edges\.npz must be whole numbers"),
    ("olga", arrays("edges.npz", edges=np.zeros((4, 2), int)), "an artist is tied to itself"),
    ("olga", rewritten(lambda t: t.iloc[:-1], "themes_vocab.csv"), r"themes_vocab\.csv names \d+ columns"),
    ("olga", arrays("spotify_audio.npz", X=np.ones((9, 11))), r"X of spotify_audio\.npz has shape \(9, 11\)"),
    ("olga", arrays("spotify_audio.npz", X=np.ones(17_673)), r"X of spotify_audio\.npz has shape"),
    ("disco-olga", filled("relations_2024.npz", "similar_to", -5), r"similar_to of relations_2024\.npz, row 0"),
    ("disco-olga", filled("disco_published_row.npz", "published_row", 7), "must hold every row from 0 to 16863 once"),
    ("disco-olga", arrays("relations_2024.npz", in_disco=np.ones(17_673, bool)), "do not belong together"),
    ("disco-olga", arrays("relations_2024.npz", in_disco=np.ones(3, bool)), "do not belong together"),
]


@pytest.mark.parametrize(("layout", "change", "reason"), BAD_PREPARED)
def test_wrong_prepared_files_are_refused(
    prepared: Path, tmp_path: Path, layout: str, change: Change, reason: str
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for file in prepared.iterdir():
        shutil.copyfile(file, source / file.name)
    change(source)
    refused(layout, source, reason)
