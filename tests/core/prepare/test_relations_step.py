"""A service that is asked for similar artists in the course of a preparation."""

from dataclasses import replace
from pathlib import Path

import pytest

from core.catalogue import open_catalogue
from core.prepare.pieces import Choice
from core.prepare.plan import plan_preparation
from core.prepare.preparing import prepare
from core.relations.sources import SOURCES
from tests.support.catalogues import tiny_catalogue
from tests.support.services import CONTACT, Reply, mbid, serving


def answer(parameters: dict[str, str]) -> Reply:
    known = [mbid(row) for row in range(4) if mbid(row) != parameters["artist_mbids"]]
    return Reply([{"artist_mbid": one, "name": one, "score": 9} for one in known])


def test_its_edges_are_learned_from_where_there_were_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("LISTENBRAINZ_TOKEN", raising=False)
    catalogue = tiny_catalogue(tmp_path / "tiny", 6, [], mbid=[*map(mbid, range(5)), None])
    choice = Choice(relations="listenbrainz", contact=CONTACT)
    with serving(answer) as service:
        source = replace(SOURCES["listenbrainz"], base=service.base, interval=0.0)
        monkeypatch.setattr("core.relations.collecting.SOURCES", SOURCES | {"listenbrainz": source})
        planned = {step.name: step for step in plan_preparation(catalogue, choice).steps}
        assert planned["relations"].pieces == ("ListenBrainz labs, similar artists: 5 artists",)
        assert planned["relations"].seconds > 0
        assert "pagerank, standard, val" in planned["yardsticks"].pieces
        done = prepare(catalogue.path, choice)
    after = open_catalogue(catalogue.path)
    assert len(after.learned_edges) == 10
    assert after.manifest.learned == "listenbrainz"
    assert ("relations", "ListenBrainz labs, similar artists: 5 artists") in done.made
    assert done.told[0] == "16 edges more between artists."


def test_a_service_that_refuses_holds_up_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    catalogue = tiny_catalogue(tmp_path / "tiny", 6, [], {"clap": [[float(row), 1.0] for row in range(6)]})
    done = prepare(catalogue.path, Choice(relations="listenbrainz", contact=CONTACT))
    ((_, reason),) = done.failures
    assert "has a MusicBrainz id" in reason
    assert done.made == [("maps", "clap")]
