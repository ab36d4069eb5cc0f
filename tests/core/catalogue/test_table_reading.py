"""Tables of large catalogues are checked once and the same when they are mapped; they may be larger than uploads."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from core.catalogue import Catalogue, open_catalogue, table_reading
from core.catalogue.format import ARTISTS_FILE, EDGES_FILE
from core.catalogue.table_reading import largest_table
from core.errors import CatalogueError
from core.table_files import LARGEST_TABLE
from tests.support.catalogues import tiny_catalogue


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Catalogue:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    genres = [["Jazz", "Fado"], [], ["Pop"], []]
    decade = pd.array([1990, None, 2000, None], "Int32")
    return tiny_catalogue(
        tmp_path / "tiny", 4, [(0, 1), (1, 2)], genres=genres, decade=decade, mbid=["m", None, "n", None]
    )


def test_kept_tables_are_as_they_were_read(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_reading, "_KEPT_FROM_BYTES", 0)
    for _ in range(2):
        kept = open_catalogue(catalogue.path)
        for table in ("artists", "edges", "tracks", "elsewhere"):
            pd.testing.assert_frame_equal(getattr(kept, table), getattr(catalogue, table))
        assert kept.content_hash == catalogue.content_hash
        assert kept.learned_edges.tolist() == [[0, 1], [1, 2]]


def test_tables_are_checked_once_a_version(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_reading, "_KEPT_FROM_BYTES", 0)
    open_catalogue(catalogue.path)
    checked: list[int] = []
    for file, check in table_reading._CHECKS.items():
        monkeypatch.setitem(
            table_reading._CHECKS, file, lambda frame, n, check=check: checked.append(n) or check(frame, n)
        )
    open_catalogue(catalogue.path)
    assert not checked
    edges = pd.read_parquet(catalogue.path / EDGES_FILE)
    edges.assign(target=9).to_parquet(catalogue.path / EDGES_FILE, index=False)
    for _ in range(2):
        with pytest.raises(CatalogueError, match=f"target is not a row of {ARTISTS_FILE}"):
            open_catalogue(catalogue.path)
    assert checked


def test_a_damaged_kept_table_is_read_again(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_reading, "_KEPT_FROM_BYTES", 0)
    open_catalogue(catalogue.path)
    (file,) = tmp_path.glob(f"cache/arrays/tables-*/{ARTISTS_FILE}.arrow")
    file.write_bytes(file.read_bytes()[:-20])
    assert open_catalogue(catalogue.path).artists.equals(catalogue.artists)


def test_a_catalogue_on_this_machine_may_be_larger_than_what_is_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(table_reading, "_GROUP_LIMIT", limit)
    for text in ("max\n", f"{1 << 62}\n"):
        limit.write_text(text)
        assert largest_table() >= LARGEST_TABLE
    monkeypatch.setattr(table_reading, "_memory", lambda: 64 << 30)
    assert largest_table() == 16 << 30
    monkeypatch.undo()
    monkeypatch.setattr(table_reading, "_GROUP_LIMIT", limit)
    limit.write_text("4096\n")
    assert largest_table() == LARGEST_TABLE


def test_names_and_edges_that_are_kept_are_the_same(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    names, edges = catalogue.display_names, catalogue.learned_edges
    monkeypatch.setattr("core.catalogue.catalogue.KEPT_FROM", 1)
    for _ in range(2):
        kept = open_catalogue(catalogue.path)
        pd.testing.assert_series_equal(kept.display_names, names)
        assert kept.learned_edges.tolist() == edges.tolist()
    monkeypatch.setattr("core.catalogue.catalogue.display_names", lambda artists: artists["artist_id"])
    assert open_catalogue(catalogue.path).display_names.equals(names)
