"""The lists of Nearfield 0.1 are in the database after the first start, whatever happens to it, and in their files."""

import json
import logging
import os
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from core.catalogue import Catalogue
from core.curation import (
    CurationList,
    ListCollection,
    add,
    change_lists,
    entry_of,
    lists_stamp,
    moving,
    read_lists,
    rows,
    with_list,
)
from core.database import open_database
from core.database.connection import DATABASE_FILE
from core.errors import NearfieldError
from tests.support.catalogues import tiny_catalogue
from tests.support.databases import EACH_DATABASE, SQLITE_ONLY
from tests.support.faults import in_a_process, killed_before

pytestmark = EACH_DATABASE
OLD = {
    "format": "nearfield-shelf",
    "version": 1,
    "provenance": {
        "catalogue": "tiny",
        "catalogue_title": "Tiny",
        "catalogue_kind": "synthetic",
        "content_hash": "0" * 64,
        "nearfield": "0.1.0",
        "written": "2026-11-22T18:00:00+00:00",
    },
    "lists": [
        {"name": "My list", "entries": []},
        {
            "name": "Ünïcode",
            "entries": [
                {
                    "artist_id": "id-3",
                    "name": "artist 3",
                    "verdict": "keep",
                    "note": "soft",
                    "space": "clap",
                    "query": "similar to artist 0",
                    "rank": 2,
                    "score": 0.5,
                    "date": "2026-11-22T18:00:00+00:00",
                },
                {"artist_id": "gone", "name": "Gone", "verdict": "skip"},
            ],
        },
    ],
}
"""A file as Nearfield 0.1 has written it."""
VISITORS = ("a" * 32, "b" * 32, "c" * 32)


def old_text(*names: str) -> str:
    content = OLD | {"lists": [dict(OLD["lists"][1], name=name) for name in names]} if names else OLD  # type: ignore[index]
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


@pytest.fixture(autouse=True)
def _every_start_is_the_first() -> Iterator[None]:
    moving._seen.clear()
    yield
    moving._seen.clear()


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return tiny_catalogue(tmp_path / "data" / "tiny", 8)


@pytest.fixture
def shelves(catalogue: Catalogue) -> Path:
    """The folder of an installation of Nearfield 0.1 with the lists of three visitors."""
    folder = catalogue.path.parent / "shelves" / "tiny"
    folder.mkdir(parents=True)
    for visitor in VISITORS:
        (folder / f"{visitor}.json").write_text(old_text(), "utf-8")
        (folder / f"{visitor}.lock").touch()
    (folder / f".{VISITORS[0]}.json.tmp-abcd1234").write_text("{")
    return folder


def read(catalogue: Catalogue, visitor: str = VISITORS[0]) -> ListCollection:
    return read_lists(catalogue.path.parent, visitor, catalogue)


def start_anew(catalogue: Catalogue, visitor: str = VISITORS[0]) -> ListCollection:
    """Read as the next process would."""
    moving._seen.clear()
    return read(catalogue, visitor)


def keep(catalogue: Catalogue, name: str, visitor: str = VISITORS[0]) -> ListCollection:
    added = add(CurationList(name), [entry_of(catalogue, 5)])
    return change_lists(catalogue.path.parent, visitor, catalogue, lambda collection: with_list(collection, added))


def check_moved(catalogue: Catalogue, shelves: Path) -> None:
    for visitor in VISITORS:
        collection = start_anew(catalogue, visitor)
        assert collection.names == ["My list", "Ünïcode"]
        first, second = collection["Ünïcode"].entries
        assert (first.row, first.artist_id, first.note, first.origin.rank) == (3, "id-3", "soft", 2)
        assert (second.row, second.name, second.verdict) == (None, "Gone", "skip")
    assert {entry.name for entry in shelves.iterdir() if entry.suffix != ".lock"} == {"moved"}
    moved = {file.name: file.read_text("utf-8") for file in (shelves / "moved").iterdir()}
    assert moved == {f"{visitor}.json": old_text() for visitor in VISITORS}


def test_lists_move_in_at_the_first_start_and_their_files_are_kept(catalogue: Catalogue, shelves: Path) -> None:
    long_ago = time.time() - 80 * 24 * 3600
    os.utime(shelves / f"{VISITORS[1]}.json", (long_ago, long_ago))
    check_moved(catalogue, shelves)
    assert keep(catalogue, "New").names == ["My list", "Ünïcode", "New"]
    assert start_anew(catalogue).names == ["My list", "Ünïcode", "New"]
    opened = rows.row_of(rows.key_of("tiny", VISITORS[1]))
    (row,) = open_database(catalogue.path.parent).rows(opened)
    assert row.opened == pytest.approx(long_ago, abs=1)


@SQLITE_ONLY
def test_a_move_killed_at_any_step_is_finished_by_the_next_start(catalogue: Catalogue, shelves: Path) -> None:
    data = catalogue.path.parent
    pristine = shutil.copytree(data, data.with_name("pristine"))
    step = 1
    while killed_before(step, lambda: start_anew(catalogue)):
        check_moved(catalogue, shelves)
        shutil.rmtree(data)
        shutil.copytree(pristine, data)
        step += 1
    assert step > 9  # three files, each with a lock, a rename and more


def test_what_was_changed_after_a_kill_before_the_rename_is_not_doubled(catalogue: Catalogue, shelves: Path) -> None:
    file = shelves / f"{VISITORS[0]}.json"
    keep(catalogue, "Ünïcode")
    shutil.move(shelves / "moved" / file.name, file)
    assert [entry.artist_id for entry in start_anew(catalogue)["Ünïcode"].entries] == ["id-5"]
    assert start_anew(catalogue).names == ["My list", "Ünïcode"]
    assert not file.exists()


def test_several_first_starts_at_once_move_each_list_once(catalogue: Catalogue, shelves: Path) -> None:
    def start(number: int) -> None:
        keep(catalogue, f"New {number}")

    with ThreadPoolExecutor(4) as pool:
        started = [pool.submit(in_a_process, lambda number=number: start(number)) for number in range(4)]
        assert all(ended.result() for ended in started)
    collection = start_anew(catalogue)
    assert collection.names[:2] == ["My list", "Ünïcode"]
    assert sorted(collection.names[2:]) == [f"New {number}" for number in range(4)]
    assert len(list((shelves / "moved").iterdir())) == len(VISITORS)


BAD = {
    "half.json": (old_text()[:200], "not valid JSON"),
    "later.json": (old_text().replace('"version": 1', '"version": 2'), "another version"),
    "large.json": (old_text() + " " * rows.MAX_COLLECTION_BYTES, "are more than"),
    "deep.json": ("[" * 100_000, "not valid JSON"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_cannot_be_read_stays_and_is_told(
    catalogue: Catalogue, shelves: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    content, message = BAD[name]
    file = shelves / name
    file.write_text(content, "utf-8")
    with caplog.at_level(logging.WARNING):
        assert read(catalogue).names == ["My list", "Ünïcode"]
    assert [record for record in caplog.messages if str(file) in record and message in record]
    for refused in (lambda: read(catalogue, file.stem), lambda: keep(catalogue, "New", file.stem)):
        with pytest.raises(NearfieldError, match=message):
            refused()
    assert file.read_text("utf-8") == content
    file.write_text(old_text(), "utf-8")
    assert read(catalogue, file.stem).names == ["My list", "Ünïcode"]


def test_what_is_no_file_of_lists_stays(catalogue: Catalogue, shelves: Path) -> None:
    os.mkfifo(shelves / "pipe.json")
    (shelves / "folder.json").mkdir()
    (shelves / "not an id.json").write_text(old_text())
    (shelves.parent / "loose.json").write_text(old_text())
    assert read(catalogue).names == ["My list", "Ünïcode"]
    assert {entry.name for entry in shelves.iterdir()} >= {"pipe.json", "folder.json", "not an id.json", "moved"}
    for name in ("pipe", "folder"):
        with pytest.raises(NearfieldError, match="cannot be read"):
            read(catalogue, name)


@SQLITE_ONLY
def test_lists_are_read_from_their_files_while_the_database_cannot_be_written(
    catalogue: Catalogue, shelves: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = catalogue.path.parent / "none" / DATABASE_FILE
    monkeypatch.setenv("NEARFIELD_DATABASE", f"sqlite:///{nowhere}")
    with pytest.raises(NearfieldError, match="cannot be used"):
        keep(catalogue, "New")
    assert {file.suffix for file in shelves.glob("[!.]*")} == {".json", ".lock"}
    nowhere.parent.mkdir()
    before = lists_stamp(catalogue.path.parent, VISITORS[0], catalogue)
    assert read(catalogue).names == ["My list", "Ünïcode"]
    assert before
    assert keep(catalogue, "New").names == ["My list", "Ünïcode", "New"]
    assert lists_stamp(catalogue.path.parent, VISITORS[0], catalogue) != before
    assert start_anew(catalogue).names == ["My list", "Ünïcode", "New"]
    assert [entry.name for entry in shelves.iterdir()] == ["moved"]


def test_a_file_that_an_older_nearfield_goes_on_writing_joins_the_lists(catalogue: Catalogue, shelves: Path) -> None:
    file = shelves / f"{VISITORS[0]}.json"
    keep(catalogue, "Autumn")
    file.write_text(old_text("Ünïcode", "Autumn", "Winter"), "utf-8")
    collection = start_anew(catalogue)
    assert collection.names == ["My list", "Ünïcode", "Autumn", "Autumn (2)", "Winter"]
    assert [entry.artist_id for entry in collection["Autumn"].entries] == ["id-5"]
    assert sorted(moved.name for moved in (shelves / "moved").glob(f"{VISITORS[0]}*")) == [
        f"{VISITORS[0]} (2).json",
        f"{VISITORS[0]}.json",
    ]
    assert start_anew(catalogue) == collection


def test_a_file_that_an_older_nearfield_is_writing_is_waited_for_and_left(
    catalogue: Catalogue, shelves: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moving, "_LOCK_SECONDS", 0)
    with FileLock(shelves / f"{VISITORS[0]}.lock"):
        assert read(catalogue).names == ["My list", "Ünïcode"]
        assert [file.stem for file in shelves.glob("*.json")] == [VISITORS[0]]
    check_moved(catalogue, shelves)
