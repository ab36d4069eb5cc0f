"""Curation lists and collections: what changes them, how they become records, and what is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.catalogue import Catalogue
from core.curation import (
    CurationList,
    Entry,
    ListCollection,
    Order,
    Origin,
    Verdict,
    add,
    annotate,
    entry_of,
    found,
    free_name,
    in_order_of,
    judge,
    move,
    remove,
    renamed,
    sorted_by,
    with_list,
    without_list,
)
from core.curation.lists import FIRST_LIST, MAX_ENTRIES, MAX_LISTS
from core.curation.records import collection_from, collection_record, json_from, list_from, list_record, provenance_of
from core.errors import NearfieldError
from tests.support.catalogues import tiny_catalogue

WHEN = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return tiny_catalogue(tmp_path / "tiny", 8)


@pytest.fixture
def curated(catalogue: Catalogue) -> CurationList:
    return add(CurationList("Mine"), [entry_of(catalogue, row) for row in range(4)])


def ids(curated: CurationList) -> list[str]:
    return [entry.artist_id for entry in curated.entries]


def test_an_artist_is_found_with_its_origin(catalogue: Catalogue) -> None:
    first, second = found(catalogue, [(3, 1, 0.25), (2, None, None)], "clap", "similar to\nartist 0", WHEN)
    assert (first.row, first.artist_id, first.name, first.verdict) == (3, "id-3", "artist 3", "keep")
    assert first.origin == Origin(
        "clap", "similar to artist 0", 1, 0.25, "", catalogue.content_hash, "2026-01-31T12:00:00+00:00"
    )
    assert second.origin == replace(first.origin, rank=None, score=None)


def test_adding_keeps_what_was_found_first(catalogue: Catalogue, curated: CurationList) -> None:
    again = replace(entry_of(catalogue, 0), note="later")
    grown = add(curated, [again, entry_of(catalogue, 5)])
    assert ids(grown) == ["id-0", "id-1", "id-2", "id-3", "id-5"]
    assert grown.entry("id-0").note == ""
    assert "id-5" in grown
    assert "id-5" not in curated


def test_taking_out_moving_noting_and_judging(curated: CurationList) -> None:
    assert ids(remove(curated, ["id-1", "id-9"])) == ["id-0", "id-2", "id-3"]
    assert ids(move(curated, "id-3", 0)) == ["id-3", "id-0", "id-1", "id-2"]
    assert ids(move(curated, "id-0", 99)) == ["id-1", "id-2", "id-3", "id-0"]
    assert ids(move(curated, "id-1", 1)) == ids(curated)
    assert annotate(curated, "id-1", " a\r\nb\x00 ").entry("id-1").note == "a\nb"
    judged = judge(curated, "id-2", "skip")
    assert [entry.artist_id for entry in judged.kept] == ["id-0", "id-1", "id-3"]


def test_lists_are_bounded_and_refuse_plainly(curated: CurationList) -> None:
    with pytest.raises(NearfieldError, match="at most 2000 artists"):
        add(curated, [Entry(None, f"x{number}", "x") for number in range(MAX_ENTRIES)])
    with pytest.raises(NearfieldError, match="at most 2000 characters"):
        annotate(curated, "id-1", "x" * 2001)
    with pytest.raises(NearfieldError, match="half a character"):
        annotate(curated, "id-1", "\ud800")
    with pytest.raises(NearfieldError, match="no verdict"):
        judge(curated, "id-1", "perhaps")  # type: ignore[arg-type]
    with pytest.raises(NearfieldError, match="not in the list Mine"):
        move(curated, "id-7", 0)


def test_a_collection_holds_lists_by_name(curated: CurationList) -> None:
    collection = with_list(ListCollection(), curated)
    assert collection.names == [FIRST_LIST, "Mine"]
    assert collection["Mine"] == curated
    assert with_list(collection, remove(curated, ["id-0"]))["Mine"] != curated
    assert renamed(collection, "Mine", " Your \n list ").names == [FIRST_LIST, "Your list"]
    assert without_list(collection, FIRST_LIST).names == ["Mine"]
    assert without_list(ListCollection(), FIRST_LIST) == ListCollection()
    assert free_name(collection, "Mine") == "Mine (2)"
    assert free_name(collection, "Other") == "Other"
    for change in (
        lambda: renamed(collection, "Mine", FIRST_LIST),
        lambda: renamed(collection, "Mine", " \u2028 "),
        lambda: collection["Yours"],
        lambda: renamed(collection, "Mine", "x" * 81),
    ):
        with pytest.raises(NearfieldError):
            change()
    full = ListCollection(tuple(CurationList(str(number)) for number in range(MAX_LISTS)))
    with pytest.raises(NearfieldError, match="100 lists already"):
        with_list(full, curated)


HOSTILE = [
    ("entries", "none", "no list of entries"),
    ("entries", [1], "must be a JSON object"),
    ("entries", [{}], "no artist_id"),
    ("entries", [{"artist_id": 3}], "must be text"),
    ("entries", [{"artist_id": "\ud800"}], "must be text"),
    ("entries", [{"artist_id": "a", "row": 3}], "does not know: 'row'"),
    ("entries", [{"artist_id": "a" * 201}], "at most 200"),
    ("entries", [{"artist_id": "a", "note": "x" * 2001}], "at most 2000"),
    ("entries", [{"artist_id": "a", "verdict": "maybe"}], "no verdict"),
    ("entries", [{"artist_id": "a", "rank": 0}], "whole number"),
    ("entries", [{"artist_id": "a", "rank": True}], "whole number"),
    ("entries", [{"artist_id": "a", "score": 10**400}], "finite"),
    ("entries", [{"artist_id": "a", "score": "1"}], "finite"),
    ("entries", [{"artist_id": "a", "date": "yesterday"}], "date must be"),
    ("entries", [{"artist_id": "a"}, {"artist_id": "a"}], "stands twice"),
    ("entries", [{"artist_id": str(number)} for number in range(MAX_ENTRIES + 1)], "at most 2000"),
    ("name", " ", "needs a name"),
    ("format", "other", "no nearfield-list"),
    ("version", 2, "another version"),
    ("version", True, "another version"),
    ("provenance", [], "must be a JSON object"),
    ("extra", 1, "does not know: 'extra'"),
]


@pytest.mark.parametrize(("field", "value", "message"), HOSTILE)
def test_hostile_records_are_refused(
    catalogue: Catalogue, curated: CurationList, field: str, value: object, message: str
) -> None:
    record = list_record(curated, provenance_of(catalogue))
    with pytest.raises(NearfieldError, match=message):
        list_from(record | {field: value}, catalogue.row_of)


@pytest.mark.parametrize("text", ["[" * 100_000, "NaN", "1" * 5000, "{", b"\xff", '{"a": Infinity}'])
def test_hostile_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(NearfieldError, match="The file is not valid JSON"):
        json_from(text, "The file")


def test_a_collection_with_two_lists_of_one_name_is_refused(catalogue: Catalogue) -> None:
    record = collection_record(ListCollection((CurationList("a"), CurationList("a"))), provenance_of(catalogue))
    with pytest.raises(NearfieldError, match="same name"):
        collection_from(record, {})


def dated(name: str, rank: int | None, date: str, verdict: Verdict = "keep") -> Entry:
    return Entry(None, name, name, verdict=verdict, origin=Origin(rank=rank, date=date))


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("name", ["Ábel", "bo", "Cy", "cy"]),
        ("rank", ["bo", "Ábel", "cy", "Cy"]),
        ("newest", ["Ábel", "Cy", "bo", "cy"]),
        ("kept first", ["bo", "Ábel", "Cy", "cy"]),
    ],
)
def test_a_list_is_sorted_and_put_back(order: Order, names: list[str]) -> None:
    entries = (
        dated("cy", None, "", "skip"),
        dated("bo", 1, "2026-01-01"),
        dated("Ábel", 3, "2026-03-01"),
        dated("Cy", None, "2026-02-01"),
    )
    mine = CurationList("a", entries)
    assert [entry.name for entry in sorted_by(mine, order).entries] == names
    back = in_order_of(sorted_by(add(mine, [dated("new", 1, "")]), order), [entry.artist_id for entry in entries])
    assert [entry.name for entry in back.entries] == ["cy", "bo", "Ábel", "Cy", "new"]
