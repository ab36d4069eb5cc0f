"""Links between artists from a hand-written dump in MusicBrainz' format."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from core.errors import NearfieldError, StoppedError
from core.relations import musicbrainz
from core.relations.dump import unescaped
from core.relations.found import ITSELF, REPEATED, Found
from core.relations.mbids import NO_ARTISTS, VARIOUS_ARTISTS, known_mbids
from tests.support.dumps import musicbrainz_tables, unpack_into, write_archive
from tests.support.services import mbid

NAMES = {0: "Ada", 1: "The Band", 2: 'Bo "B" \\ Tab\tNew\nLine', 3: "Cy", 4: "Dee", 5: "Éva 🎵"}
LINKS = [
    (0, "member of band", 1),
    (0, "member of band", 1),  # a second time, with another instrument
    (2, "member of band", 1),
    (3, "collaboration", 0),
    (5, "tribute", 1),
    (3, "sibling", 0),
    (4, "member of band", 4),
    (2, "member of band", 5),  # neither is in the catalogue
]
KNOWN = known_mbids([mbid(0), mbid(1), "", mbid(70), mbid(4), mbid(99)])  # 70 was merged into 3


@pytest.fixture(scope="module")
def tables() -> dict[str, bytes]:
    return musicbrainz_tables(NAMES, LINKS, merged={70: 3, 71: 2})


@pytest.fixture(scope="module")
def found(tables: dict[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    source = write_archive(tmp_path_factory.mktemp("dump") / "mbdump.tar.bz2", tables)
    return {one.relation.name: one for one in musicbrainz.read(source, KNOWN, today=lambda: date(2026, 11, 22))}


def edges(found: Found) -> list[tuple[int, int]]:
    return list(found.edges[["source", "target"]].itertuples(index=False, name=None))


def test_each_type_of_link_is_a_relation(found: dict[str, Found]) -> None:
    assert sorted(found) == ["mb_collaboration", "mb_member_of_band", "mb_tribute"]
    relation = found["mb_member_of_band"].relation
    assert (relation.title, relation.licence, relation.date) == ("member of the band", "CC0-1.0", "2026-11-22")
    assert not relation.symmetric
    assert relation.redistributable


def test_edges_run_as_editors_entered_them(found: dict[str, Found]) -> None:
    assert edges(found["mb_member_of_band"]) == [(0, 1)]
    assert found["mb_member_of_band"].dropped == {ITSELF: 1, REPEATED: 1}


def test_merged_ids_are_followed(found: dict[str, Found]) -> None:
    assert edges(found["mb_collaboration"]) == [(3, 0)]
    assert found["mb_collaboration"].notes == [
        "1 MBIDs of the catalogue were merged into others since, and were followed.",
        "1 MBIDs of the catalogue are not in the dump.",
    ]


def test_artists_that_the_catalogue_lacks_come_with_their_names(found: dict[str, Found]) -> None:
    (member,) = found["mb_member_of_band"].elsewhere.itertuples(index=False)
    assert (member.mbid, member.name, member.artist) == (mbid(2), NAMES[2], 1)
    (tribute,) = found["mb_tribute"].elsewhere.itertuples(index=False)
    assert (tribute.mbid, tribute.name, tribute.artist) == (mbid(5), NAMES[5], 1)


def test_family_is_taken_only_where_it_is_asked_for(tables: dict[str, bytes], tmp_path: Path) -> None:
    (siblings,) = musicbrainz.read(unpack_into(tmp_path / "dump", tables), KNOWN, ["sibling"])
    assert edges(siblings) == [(0, 3)]
    assert siblings.relation.symmetric
    assert siblings.relation.date == "2026-11-18"  # the dump's own TIMESTAMP


def test_an_unknown_type_is_refused_with_what_there_is(tables: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(NearfieldError, match=r"no type of link “drummer” .*collaboration, member of band"):
        musicbrainz.read(unpack_into(tmp_path / "dump", tables), KNOWN, ["drummer"])


def test_credits_that_name_nobody_are_left_out(tmp_path: Path) -> None:
    tables = musicbrainz_tables({0: "Ada", 1: "Various Artists"}, [(0, "member of band", 1)])
    tables["artist"] = tables["artist"].replace(mbid(1).encode(), VARIOUS_ARTISTS.encode())
    assert VARIOUS_ARTISTS in NO_ARTISTS
    assert musicbrainz.read(unpack_into(tmp_path / "dump", tables), known_mbids([mbid(0)])) == []


@pytest.mark.parametrize("suffix", [".tar", ".gz"])
def test_other_archives_are_read_as_well(suffix: str, tables: dict[str, bytes], tmp_path: Path) -> None:
    source = write_archive(tmp_path / f"mbdump{suffix}", tables)
    assert len(musicbrainz.read(source, KNOWN)) == 3


def test_a_damaged_or_wrong_source_is_told(tables: dict[str, bytes], tmp_path: Path) -> None:
    with pytest.raises(NearfieldError, match="no file or folder"):
        musicbrainz.read(tmp_path / "nothing", KNOWN)
    (tmp_path / "text.tar.bz2").write_text("no archive", encoding="utf-8")
    with pytest.raises(NearfieldError, match="cannot be unpacked"):
        musicbrainz.read(tmp_path / "text.tar.bz2", KNOWN)
    whole = write_archive(tmp_path / "mbdump.tar.bz2", tables).read_bytes()
    (tmp_path / "half.tar.bz2").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NearfieldError, match="cannot be unpacked|lacks"):
        musicbrainz.read(tmp_path / "half.tar.bz2", KNOWN)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NearfieldError, match="lacks artist, artist_gid_redirect, l_artist_artist, link, link_type"):
        musicbrainz.read(tmp_path / "empty", KNOWN)


def test_it_stops_while_it_unpacks(tables: dict[str, bytes], tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []

    def step(done: int, total: int) -> None:
        told.append((done, total))
        if len(told) == 2:
            raise StoppedError

    source = write_archive(tmp_path / "mbdump.tar.bz2", tables)
    with pytest.raises(StoppedError):
        musicbrainz.read(source, KNOWN, step=step)
    assert told[-1][1] == source.stat().st_size


def test_texts_are_unescaped() -> None:
    assert unescaped(r"a\tb\\n\nc \101 \x41") == "a\tb\\n\nc A A"


def test_names_of_relations() -> None:
    assert musicbrainz.relation_name("instrumental supporting musician") == "mb_instrumental_supporting_musician"
