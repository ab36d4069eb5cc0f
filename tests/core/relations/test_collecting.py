"""Relations of a catalogue by way of the command line, from each source."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.catalogue import Catalogue, open_catalogue, update_catalogue, validate
from core.cli import main
from core.errors import NearfieldError
from core.relations.collecting import Wanted, add_relations, collect, make_client
from core.relations.sources import SOURCES
from tests.support.catalogues import tiny_catalogue
from tests.support.dumps import listens_frame, musicbrainz_tables, write_archive, write_listens
from tests.support.services import CONTACT, Reply, Service, mbid, serving

ANSWERS = {
    mbid(0): [
        {"artist_mbid": mbid(1), "name": "artist 1", "score": 40},
        {"artist_mbid": mbid(9), "name": "Nine", "score": 10},
    ],
    mbid(1): [{"artist_mbid": mbid(0), "name": "artist 0", "score": 7}],
}


def answer(parameters: dict[str, str]) -> Reply:
    return Reply(ANSWERS.get(parameters["artist_mbids"], []))


@pytest.fixture(autouse=True)
def own_cache_and_no_pauses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = {name: replace(source, interval=0.0) for name, source in SOURCES.items()}
    monkeypatch.setattr("core.relations.collecting.SOURCES", at_once)
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    for name in ("LISTENBRAINZ_TOKEN", "LASTFM_API_KEY", "NEARFIELD_CONTACT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    """Artists 0 to 5, the last without an MBID, and two known edges."""
    return tiny_catalogue(tmp_path / "tiny", 6, [(0, 1), (2, 3)], mbid=[*map(mbid, range(5)), None])


def run(catalogue: Catalogue, *options: str) -> int:
    return main(["relations", str(catalogue.path), *options])


def asking(service: Service, *options: str) -> list[str]:
    return ["--from", "listenbrainz", "--base-url", service.base, "--contact", CONTACT, *options]


def test_relations_of_a_service_are_added_and_said_before(
    catalogue: Catalogue, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(answer) as service:
        assert run(catalogue, *asking(service, "--token", "abc", "--json")) == 0
    printed = capsys.readouterr()
    said = printed.err.splitlines()
    assert said[0] == "5 of 6 artists have an MBID; 1 cannot be matched."
    assert said[1].startswith("Sent to 127.0.0.1: the MusicBrainz ids of the catalogue's artists")
    assert "5 requests; 0 answers are in the cache" in said[1]
    assert {asked.headers["Authorization"] for asked in service.asked} == {"Token abc"}
    report = json.loads(printed.out)["relations"][0]
    assert (report["edges"], report["artists known elsewhere"]) == (2, 1)
    new = open_catalogue(catalogue.path)
    assert [relation.name for relation in new.manifest.relations] == ["similar", "listenbrainz"]
    assert new.manifest.learned == "similar"
    assert new.learned_edges.tolist() == catalogue.learned_edges.tolist()
    assert new.edges_of("listenbrainz").tolist() == [[0, 1]]
    assert new.elsewhere[["mbid", "name", "artist"]].to_numpy().tolist() == [[mbid(9), "Nine", 0]]
    assert "abc" not in "".join(file.read_text("utf-8", "replace") for file in new.path.rglob("*") if file.is_file())
    assert validate(new.path) == []


def test_a_dry_run_sends_and_changes_nothing(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(answer) as service:
        assert run(catalogue, *asking(service, "--dry-run")) == 0
        assert service.asked == []
        run(catalogue, *asking(service))
        capsys.readouterr()
        assert run(catalogue, *asking(service, "--dry-run")) == 0
        assert len(service.asked) == 5
    assert "0 requests; 5 answers are in the cache" in capsys.readouterr().err


def test_a_service_that_is_away_leaves_what_is_there(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(answer) as service:
        assert run(catalogue, *asking(service)) == 0
    before = open_catalogue(catalogue.path)
    with serving(lambda parameters: Reply({"changed": True})) as service:
        assert run(catalogue, *asking(service)) == 2
    assert "another form than before" in capsys.readouterr().err
    assert open_catalogue(catalogue.path).content_hash == before.content_hash


def test_a_source_that_has_lost_its_content_replaces_nothing(catalogue: Catalogue) -> None:
    with serving(lambda parameters: Reply([])) as service:
        assert run(catalogue, *asking(service)) == 2
    assert open_catalogue(catalogue.path).content_hash == catalogue.content_hash


def test_fetched_again_a_relation_is_replaced(
    catalogue: Catalogue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(answer) as service:
        run(catalogue, *asking(service))
        monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "another"))
        service.answer = lambda parameters: Reply([{"artist_mbid": mbid(3), "name": "artist 3", "score": 1}])
        run(catalogue, *asking(service))
    new = open_catalogue(catalogue.path)
    assert new.edges_of("listenbrainz").tolist() == [[0, 3], [1, 3], [2, 3], [3, 4]]
    assert len(new.elsewhere) == 0


def test_without_a_contact_nothing_is_asked(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    with serving(answer) as service:
        assert run(catalogue, "--from", "listenbrainz", "--base-url", service.base) == 2
    assert service.asked == []
    assert "as contact" in capsys.readouterr().err


def test_the_key_of_lastfm_comes_from_the_environment(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LASTFM_API_KEY", "from-outside")
    artists = [{"name": "artist 2", "mbid": mbid(2), "match": "1"}]
    with serving(lambda parameters: Reply({"similarartists": {"artist": artists}})) as service:
        options = ["--from", "lastfm", "--base-url", service.base, "--contact", CONTACT]
        assert run(catalogue, *options) == 0
        assert service.asked[0].parameters["api_key"] == "from-outside"
    new = open_catalogue(catalogue.path)
    assert [relation.redistributable for relation in new.manifest.relations if relation.name == "lastfm"] == [False]


def test_musicbrainz_and_listens_come_from_files(catalogue: Catalogue, tmp_path: Path) -> None:
    tables = musicbrainz_tables({0: "a", 2: "b", 7: "c"}, [(0, "member of band", 2), (7, "tribute", 0)])
    dump = write_archive(tmp_path / "mbdump.tar.bz2", tables)
    assert run(catalogue, "--from", "musicbrainz", "--source", str(dump)) == 0
    plays = [(user, 60 * place, (place % 2,)) for user in range(4) for place in range(10)]
    listens = write_listens(tmp_path / "listens", listens_frame(plays))
    assert run(catalogue, "--from", "listens", "--source", str(listens), "--ranges", "2", "--learn") == 0
    new = open_catalogue(catalogue.path)
    assert new.edges_of("mb_member_of_band").tolist() == [[0, 2]]
    assert new.edges_of("listens").tolist() == [[0, 1]]
    assert new.edges_of("similar").tolist() == [[0, 1], [2, 3]]
    assert new.manifest.learned == "listens"
    assert new.elsewhere["relation"].tolist() == ["mb_tribute"]


def test_models_learn_from_one_relation_at_most(catalogue: Catalogue, tmp_path: Path) -> None:
    tables = musicbrainz_tables({0: "a", 2: "b"}, [(0, "member of band", 2), (2, "tribute", 0)])
    found = collect(catalogue, Wanted("musicbrainz", write_archive(tmp_path / "dump.tar.bz2", tables)))
    with pytest.raises(NearfieldError, match="learn from one relation; these are 2: mb_member_of_band, mb_tribute"):
        add_relations(catalogue, found, learn=True)


def test_what_changed_meanwhile_stays(catalogue: Catalogue) -> None:
    with serving(answer) as service:
        found = collect(catalogue, Wanted("listenbrainz", contact=CONTACT, base=service.base))
    update_catalogue(catalogue, notes=["changed meanwhile"])
    assert add_relations(catalogue, found).manifest.notes == ["changed meanwhile"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--from", "listens"], "Give the files that are read"),
        (["--from", "musicbrainz", "--source", "nowhere"], "no file or folder nowhere"),
        (["--from", "lastfm", "--contact", CONTACT], "key of your own"),
        (["--from", "listenbrainz", "--contact", CONTACT, "--base-url", "http://example.org"], "https only"),
    ],
)
def test_what_is_missing_is_told(options: list[str], message: str, catalogue: Catalogue, capsys: Any) -> None:
    assert run(catalogue, *options) == 2
    assert message in capsys.readouterr().err


def test_a_catalogue_without_mbids_is_told(tmp_path: Path) -> None:
    with pytest.raises(NearfieldError, match="No artist of Tiny|No artist of tiny"):
        collect(tiny_catalogue(tmp_path / "tiny"), Wanted("listenbrainz", contact=CONTACT))


def test_without_a_source_the_relations_are_listed(catalogue: Catalogue, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(catalogue) == 0
    printed = capsys.readouterr()
    assert "similar" in printed.out
    for name in SOURCES:
        assert f"  {name}: " in printed.err


def test_a_token_goes_to_listenbrainz_only() -> None:
    client = make_client(Wanted("lastfm", key="k", contact=CONTACT), lambda: False)
    assert client.headers == {}
    assert client.base == "https://ws.audioscrobbler.com"
