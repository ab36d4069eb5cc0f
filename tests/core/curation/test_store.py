"""The list store: what is saved is read again, whoever writes beside it, and whatever the database refuses."""

import json
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from core.catalogue import Catalogue
from core.curation import (
    CurationList,
    Entry,
    Keeper,
    ListCollection,
    add,
    annotate,
    change_lists,
    entry_of,
    found,
    judge,
    lists_stamp,
    mark_opened,
    read_lists,
    with_list,
)
from core.curation import rows as list_rows
from core.curation import store as list_store
from core.curation.lists import FIRST_LIST
from core.database.connection import DATABASE_FILE, DATABASE_VARIABLE
from core.errors import NearfieldError
from tests.support.catalogues import tiny_catalogue
from tests.support.databases import EACH_DATABASE, SQLITE_ONLY, ask_database
from tests.support.faults import KILLED, in_a_process

pytestmark = EACH_DATABASE
WHEN = datetime(2026, 1, 31, 12, tzinfo=UTC)
DAY = 24 * 3600.0


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def catalogue(data: Path) -> Catalogue:
    return tiny_catalogue(data / "tiny", 8)


@pytest.fixture
def curated(catalogue: Catalogue) -> CurationList:
    return add(CurationList("Mine"), [entry_of(catalogue, row) for row in range(4)])


def save(data: Path, catalogue: Catalogue, curated: CurationList, lists_id: str = "me") -> ListCollection:
    return change_lists(data, lists_id, catalogue, lambda collection: with_list(collection, curated))


def keep(data: Path, catalogue: Catalogue, lists_id: str, keeper: Keeper) -> None:
    change_lists(data, lists_id, catalogue, lambda collection: with_list(collection, CurationList("Kept")), keeper)


def test_lists_survive_a_reload(data: Path, catalogue: Catalogue, curated: CurationList) -> None:
    assert read_lists(data, "me", catalogue) == ListCollection()
    assert not (data / DATABASE_FILE).exists()
    full = annotate(judge(curated, "id-2", "skip"), "id-1", "Ünïcode\nand lines")
    full = add(full, found(catalogue, [(6, 4, -0.5)], "clap", "q", WHEN))
    saved = save(data, catalogue, full)
    assert read_lists(data, "me", catalogue) == saved
    assert saved["Mine"] == full
    ((content,),) = ask_database(data, "select content from lists")
    record = json.loads(str(content))
    assert record["provenance"]["content_hash"] == catalogue.content_hash
    assert "row" not in json.dumps(record)


def test_visitors_and_catalogues_have_lists_of_their_own(
    data: Path, catalogue: Catalogue, curated: CurationList
) -> None:
    other = tiny_catalogue(data / "other", 2)
    save(data, catalogue, curated)
    assert read_lists(data, "you", catalogue) == ListCollection()
    assert read_lists(data, "ME", catalogue) == ListCollection()
    assert read_lists(data, "me", other) == ListCollection()


def test_a_catalogue_in_a_folder_whose_name_is_no_text_has_lists(
    data: Path, catalogue: Catalogue, curated: CurationList
) -> None:
    odd = replace(catalogue, path=data / os.fsdecode(b"caf\xe9"))
    saved = save(data, odd, curated)
    assert read_lists(data, "me", odd) == saved
    assert read_lists(data, "me", catalogue) == ListCollection()


def test_an_artist_that_left_the_catalogue_stays_in_its_list(data: Path, tmp_path: Path) -> None:
    big, small = tiny_catalogue(data / "tiny", 8), tiny_catalogue(tmp_path / "tiny", 2)
    save(data, big, CurationList("a", (entry_of(big, 7),)))
    assert read_lists(data, "me", small)["a"].entries == (replace(entry_of(big, 7), row=None),)


def test_a_failed_change_leaves_the_lists(data: Path, catalogue: Catalogue, curated: CurationList) -> None:
    saved = save(data, catalogue, curated)
    before = lists_stamp(data, "me", catalogue)
    with pytest.raises(NearfieldError):
        save(data, catalogue, CurationList("bad", (Entry(0, "x" * 300, "x"),)))
    assert read_lists(data, "me", catalogue) == saved
    assert lists_stamp(data, "me", catalogue) == before


def test_the_stamp_changes_with_the_lists_alone(data: Path, catalogue: Catalogue, curated: CurationList) -> None:
    assert lists_stamp(data, "me", catalogue) is None
    stamps = {None}
    for _ in range(3):
        save(data, catalogue, curated)
        stamps.add(lists_stamp(data, "me", catalogue))
    assert len(stamps) == 4
    mark_opened(data, "me", catalogue)
    save(data, catalogue, curated, "you")
    assert lists_stamp(data, "me", catalogue) in stamps


@pytest.mark.parametrize("lists_id", ["", "../me", "a/b", "x" * 65, ".hidden", "a b", "é"])
def test_a_lists_id_cannot_lead_elsewhere(data: Path, catalogue: Catalogue, lists_id: str) -> None:
    with pytest.raises(NearfieldError, match="letters, digits"):
        read_lists(data, lists_id, catalogue)


def test_lists_of_another_catalogue_or_damaged_ones_are_refused_and_stay(
    data: Path, catalogue: Catalogue, curated: CurationList
) -> None:
    save(data, catalogue, curated)
    set_content = "update lists set content = :bad"
    ((content,),) = ask_database(data, "select content from lists")
    foreign = str(content).replace('"catalogue": "tiny"', '"catalogue": "other"')
    for bad, message in ((foreign, "of the catalogue other, not of tiny"), ("{", r"not valid JSON.*Update Nearfield")):
        ask_database(data, set_content, bad=bad)
        with pytest.raises(NearfieldError, match=message):
            read_lists(data, "me", catalogue)
        with pytest.raises(NearfieldError, match=message):
            save(data, catalogue, curated)
        assert ask_database(data, "select content from lists") == [(bad,)]


def test_lists_that_grow_too_large_together_are_refused_and_stay(
    data: Path, catalogue: Catalogue, curated: CurationList, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save(data, catalogue, CurationList("Kept"))
    monkeypatch.setattr(list_rows, "MAX_COLLECTION_BYTES", 500)
    with pytest.raises(NearfieldError, match="larger than"):
        save(data, catalogue, curated)
    assert read_lists(data, "me", catalogue) == saved


# Room


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the wall clock that the store sees to this many seconds from now."""
    true_time = time.time
    return lambda offset: monkeypatch.setattr(time, "time", lambda: true_time() + offset)


def visitors(data: Path, key: str = "tiny") -> list[str]:
    rows = ask_database(data, "select lists_id from lists where catalogue = :key order by lists_id", key=key)
    return [str(row[0]) for row in rows]


def test_the_least_used_lists_make_room(
    data: Path, catalogue: Catalogue, clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_store, "MAX_COLLECTIONS", 3)
    clock(-92 * DAY)
    for name in ("a", "b"):
        save(data, catalogue, CurationList("Kept"), name)
    save(data, tiny_catalogue(data / "other", 2), CurationList("Kept"), "z")
    clock(0)
    save(data, catalogue, CurationList("Kept"), "c")
    mark_opened(data, "a", catalogue)
    save(data, catalogue, CurationList("Kept"), "d")
    assert visitors(data) == ["a", "c", "d"]
    assert visitors(data, "other") == ["z"]
    assert lists_stamp(data, "b", catalogue) is None
    clock(-60 * DAY)
    for _ in range(2):
        save(data, catalogue, CurationList("More"), "c")
    clock(1.5 * DAY)
    mark_opened(data, "d", catalogue)
    save(data, catalogue, CurationList("Kept"), "e")
    assert visitors(data) == ["c", "d", "e"]


def test_visits_without_cookie_from_one_address_leave_the_lists_of_others(
    data: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_store, "MAX_COLLECTIONS", 10)
    monkeypatch.setattr(list_store, "MAX_OF_ONE_SENDER", 3)
    save(data, catalogue, CurationList("Kept"), "here")
    keep(data, catalogue, "regular", Keeper("a home"))
    keep(data, catalogue, "the-owner", Keeper("the crowd", is_owner=True))
    for number in range(30):
        keep(data, catalogue, f"crowd-{number}", Keeper("the crowd"))
    crowd = {"crowd-28", "crowd-29"}
    assert set(visitors(data)) == {"here", "regular", "the-owner"} | crowd
    keep(data, catalogue, "newcomer", Keeper("another home"))
    assert {"here", "regular", "the-owner", "newcomer"} < set(visitors(data))


def test_an_owners_lists_never_go_and_refuse_only_when_they_are_all(
    data: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_store, "MAX_COLLECTIONS", 2)
    keep(data, catalogue, "a", Keeper("x", is_owner=True))
    keep(data, catalogue, "a", Keeper("x"))
    for number in range(3):
        keep(data, catalogue, f"b{number}", Keeper(f"y{number}"))
    assert visitors(data) == ["a", "b2"]
    keep(data, catalogue, "b2", Keeper("y2", is_owner=True))
    with pytest.raises(NearfieldError, match="no room"):
        keep(data, catalogue, "c", Keeper("z"))
    assert visitors(data) == ["a", "b2"]


@pytest.mark.parametrize("offset", [-3600.0, 3600.0])
def test_an_hour_on_the_clock_loses_no_lists_in_use(
    data: Path, catalogue: Catalogue, offset: float, clock: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_store, "MAX_COLLECTIONS", 2)
    for name in ("a", "b"):
        save(data, catalogue, CurationList("Kept"), name)
    clock(offset)
    mark_opened(data, "a", catalogue)
    save(data, catalogue, CurationList("More"), "b")
    clock(0)
    save(data, catalogue, CurationList("Kept"), "c")
    assert visitors(data) == ["b", "c"]


def test_a_clock_that_went_back_for_years_makes_no_list_old(
    data: Path, catalogue: Catalogue, clock: Callable[[float], None]
) -> None:
    save(data, catalogue, CurationList("Kept"))
    (before,) = ask_database(data, "select opened from lists")
    clock(-3 * 365 * DAY)
    mark_opened(data, "me", catalogue)
    save(data, catalogue, CurationList("More"))
    assert ask_database(data, "select opened from lists") == [before]


# Several writers, and kills


def test_four_processes_on_one_list_lose_and_double_nothing(data: Path, catalogue: Catalogue) -> None:
    def keep(artist_id: str, collection: ListCollection) -> ListCollection:
        mine = collection["Mine"] if "Mine" in collection.names else CurationList("Mine")
        assert artist_id not in mine
        return with_list(collection, add(mine, [Entry(None, artist_id, "x")]))

    def keep_all(writer: int) -> None:
        for number in range(25):
            change_lists(data, "me", catalogue, partial(keep, f"{writer}-{number}"))

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(in_a_process, partial(keep_all, writer)) for writer in range(4)]
        assert all(writer.result() for writer in writers)
    collection = read_lists(data, "me", catalogue)
    assert collection.names == [FIRST_LIST, "Mine"]
    kept = [entry.artist_id for entry in collection["Mine"].entries]
    assert sorted(kept) == sorted(f"{writer}-{number}" for writer in range(4) for number in range(25))


def killed(work: Callable[[], None], after: float) -> None:
    """Do `work` in a process that is killed after some seconds."""
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(1)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED


def test_saving_killed_at_any_moment_leaves_the_old_or_the_new(data: Path, catalogue: Catalogue) -> None:
    long_note = "x" * 2000

    def keep_another(collection: ListCollection) -> ListCollection:
        mine = collection["Mine"] if "Mine" in collection.names else CurationList("Mine")
        entry = Entry(None, str(len(mine)), "x", note=long_note)
        return with_list(collection, add(mine, [entry]))

    def keep_on() -> None:
        while True:
            change_lists(data, "me", catalogue, keep_another)

    random_seconds, before = random.Random(1), 0
    for _ in range(12):
        killed(keep_on, random_seconds.uniform(0.01, 0.1))
        collection = read_lists(data, "me", catalogue)
        mine = collection["Mine"].entries if "Mine" in collection.names else ()
        assert [entry.artist_id for entry in mine] == [str(number) for number in range(len(mine))]
        assert len(mine) >= before
        before = len(mine)
    change_lists(data, "me", catalogue, keep_another)
    assert len(read_lists(data, "me", catalogue)["Mine"]) == before + 1
    files = {"tiny"} if DATABASE_VARIABLE in os.environ else {"tiny", DATABASE_FILE}
    assert {file.name for file in data.iterdir()} == files


# What refuses to be written or read


@contextmanager
def full_disk() -> Iterator[None]:
    """SQLite finds no room for another page."""

    def allow_no_page_more(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute("pragma max_page_count = 1")

    event.listen(Engine, "connect", allow_no_page_more)
    try:
        yield
    finally:
        event.remove(Engine, "connect", allow_no_page_more)


@SQLITE_ONLY
def test_lists_on_a_full_disk_stay_and_can_be_changed_when_there_is_room(
    data: Path, catalogue: Catalogue, curated: CurationList
) -> None:
    with full_disk(), pytest.raises(NearfieldError, match="full.* Make room and try again"):
        save(data, catalogue, curated)
    assert read_lists(data, "me", catalogue) == ListCollection()
    saved = save(data, catalogue, curated)
    noted = curated
    for artist_id in ("id-0", "id-1", "id-2", "id-3"):
        noted = annotate(noted, artist_id, "x" * 2000)
    with full_disk(), pytest.raises(NearfieldError, match="full.* Make room and try again"):
        save(data, catalogue, noted)
    assert read_lists(data, "me", catalogue) == saved
    assert save(data, catalogue, noted)["Mine"] == noted


@SQLITE_ONLY
def test_lists_that_can_only_be_read_are_read(
    data: Path, catalogue: Catalogue, curated: CurationList, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = save(data, catalogue, curated)
    ask_database(data, "update lists set opened = 0")
    monkeypatch.setenv(DATABASE_VARIABLE, f"sqlite:///file:{data / DATABASE_FILE}?mode=ro&uri=true")
    mark_opened(data, "me", catalogue)
    assert read_lists(data, "me", catalogue) == saved
    with pytest.raises(NearfieldError, match="readonly.* Allow writing there"):
        save(data, catalogue, curated)


@SQLITE_ONLY
def test_a_place_without_a_database_is_told(data: Path, catalogue: Catalogue, curated: CurationList) -> None:
    (data / DATABASE_FILE).mkdir()
    for work in (
        lambda: read_lists(data, "me", catalogue),
        lambda: lists_stamp(data, "me", catalogue),
        lambda: save(data, catalogue, curated),
    ):
        with pytest.raises(NearfieldError, match=r"nearfield.db cannot be used .* Allow reading and writing"):
            work()
    mark_opened(data, "me", catalogue)
