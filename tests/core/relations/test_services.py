"""ListenBrainz' labs and Last.fm against a local service that answers as they do, and as they should not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from core.errors import NearfieldError, StoppedError
from core.relations import lastfm, listenbrainz
from core.relations.asking import ranked
from core.relations.cache import AnswerCache
from core.relations.found import FARTHER, ITSELF, MOST_ELSEWHERE, NO_MBID, NO_NAME, Found
from core.relations.http import Client, ServiceError
from core.relations.mbids import VARIOUS_ARTISTS, Known, known_mbids, name_key
from tests.support.services import CONTACT, Clock, Reply, Service, mbid, serving

DAY = date(2026, 11, 22)
KNOWN = known_mbids([mbid(0), "", mbid(2), mbid(3).upper(), mbid(2), "no id", VARIOUS_ARTISTS])


def client_of(service: Service, cache: Path | None = None, **settings: Any) -> Client:
    clock = Clock()
    kept = AnswerCache(cache) if cache else None
    return Client(service.base, CONTACT, kept, clock=clock, sleep=clock.sleep, **settings)


def entry(number: int, score: float, name: str | None = "", **fields: Any) -> dict[str, Any]:
    shown = f"Artist {number}" if name == "" else name
    return {"artist_mbid": mbid(number), "name": shown, "comment": "", "type": None, "score": score} | fields


def lists(of: dict[int, Any]) -> Callable[[dict[str, str]], Reply]:
    """Answers with the list of each artist, and with none for others."""
    return lambda parameters: Reply(next((of[n] for n in of if mbid(n) == parameters["artist_mbids"]), []))


def rows(found: Found) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Edges and links elsewhere as plain tuples."""
    return (
        [(one.source, one.target, round(one.weight, 3)) for one in found.edges.itertuples()],
        [(one.mbid, one.name, one.artist, round(one.weight, 3)) for one in found.elsewhere.itertuples()],
    )


def test_artists_are_matched_by_mbid_only() -> None:
    assert KNOWN.row_of == {mbid(0): 0, mbid(2): 2, mbid(3): 3}
    assert (KNOWN.n_artists, KNOWN.without, KNOWN.shared) == (7, 4, 1)


def test_a_list_has_ranks_and_weights_of_its_own() -> None:
    listed = ranked([("b", "", 10), ("a", "A", 40), ("c", "C", 10), ("a", "", 20), ("b", "B", 10)])
    assert [(one.mbid, one.name, one.rank, one.weight) for one in listed] == [
        ("a", "A", 1, 1.0),
        ("b", "B", 2, 0.25),
        ("c", "C", 3, 0.25),
    ]
    assert ranked([]) == []


class TestListenBrainz:
    def fetch(self, service: Service, known: Known = KNOWN, cache: Path | None = None, **settings: Any) -> Found:
        return listenbrainz.fetch(client_of(service, cache), known, today=lambda: DAY, **settings)

    def test_lists_become_edges_and_artists_known_elsewhere(self) -> None:
        answers = {
            0: [entry(9, 10), entry(2, 40), entry(8, 20), entry(2, 30)],  # in no order, one of them twice
            2: [entry(0, 412), entry(2, 99), entry(8, 103, None)],
        }
        with serving(lists(answers)) as service:
            found = self.fetch(service)
        assert [one.parameters["artist_mbids"] for one in service.asked] == [mbid(0), mbid(2), mbid(3)]
        assert {one.path for one in service.asked} == {"/similar-artists/json"}
        assert rows(found) == (
            [(0, 2, 1.0), (2, 0, 1.0)],
            [(mbid(8), "Artist 8", 0, 0.5), (mbid(9), "Artist 9", 0, 0.25), (mbid(8), "Artist 8", 2, 0.25)],
        )
        assert found.dropped == {ITSELF: 1}
        relation = found.relation
        assert (relation.name, relation.licence, relation.date) == ("listenbrainz", "CC0-1.0", "2026-11-22")
        assert relation.algorithm == listenbrainz.ALGORITHMS[0]
        assert relation.redistributable
        assert found.counts(KNOWN)["artists known elsewhere"] == 2

    def test_two_hundred_neighbours_come_whole(self) -> None:
        known = known_mbids(map(mbid, range(201)))
        with serving(lists({0: [entry(number, 201 - number) for number in range(1, 201)]})) as service:
            found = self.fetch(service, known)
        assert found.edges["target"].tolist() == list(range(1, 201))
        assert found.edges["weight"].is_monotonic_decreasing

    def test_of_artists_elsewhere_the_nearest_are_kept(self) -> None:
        with serving(lists({0: [entry(number, 1000 - number) for number in range(100, 200)]})) as service:
            found = self.fetch(service, known_mbids([mbid(0)]))
        assert found.elsewhere["mbid"].tolist() == [mbid(number) for number in range(100, 100 + MOST_ELSEWHERE)]
        assert found.dropped == {FARTHER: 100 - MOST_ELSEWHERE}

    def test_what_names_no_artist_is_counted(self) -> None:
        strange = [
            entry(9, 5, None),
            entry(8, 3) | {"artist_mbid": None},
            entry(7, 2) | {"artist_mbid": VARIOUS_ARTISTS},
        ]
        with serving(lists({0: [*strange, entry(6, 0), entry(5, 4)]})) as service:
            found = self.fetch(service, known_mbids([mbid(0)]))
        assert found.dropped == {NO_NAME: 1, NO_MBID: 3}
        assert found.elsewhere["mbid"].tolist() == [mbid(5)]

    def test_an_algorithm_that_is_gone_is_replaced_and_told(self) -> None:
        old, new = listenbrainz.ALGORITHMS

        def answer(parameters: dict[str, str]) -> Reply:
            if parameters["algorithm"] == old:
                return Reply({"error": "value is not a valid enumeration member"}, status=400)
            return Reply([entry(9, 5)])

        with serving(answer) as service:
            found = self.fetch(service)
        assert found.relation.algorithm == new
        assert len(service.asked) == 1 + 3
        assert old in found.notes[0]
        assert new in found.notes[1]

    def test_answers_of_two_algorithms_are_never_mixed(self, tmp_path: Path) -> None:
        old, new = listenbrainz.ALGORITHMS
        with serving(lists({0: [entry(9, 5)], 2: [entry(9, 5)]})) as service:
            self.fetch(service, known_mbids([mbid(0)]), tmp_path)
            service.answer = lambda parameters: (
                Reply([entry(7, 1)]) if parameters["algorithm"] == new else Reply(status=400)
            )
            found = self.fetch(service, known_mbids([mbid(0), mbid(2)]), tmp_path)
        assert set(found.elsewhere["mbid"]) == {mbid(7)}
        assert found.relation.algorithm == new

    def test_no_algorithm_is_left(self) -> None:
        with (
            serving(lambda parameters: Reply(status=400)) as service,
            pytest.raises(ServiceError, match="none of these"),
        ):
            self.fetch(service)
        assert len(service.asked) == 2

    def test_one_artist_that_is_refused_is_counted(self) -> None:
        def answer(parameters: dict[str, str]) -> Reply:
            return Reply(status=400) if parameters["artist_mbids"] == mbid(2) else Reply([entry(9, 5)])

        with serving(answer) as service:
            found = self.fetch(service)
        assert found.dropped == {listenbrainz.REFUSED: 1}
        assert found.elsewhere["artist"].tolist() == [0, 3]

    @pytest.mark.parametrize("content", [{"error": "?"}, [1, 2], [{"type": "markup", "data": "x"}], "text", None, 1.5])
    def test_a_service_that_has_changed_is_told(self, content: Any) -> None:
        with serving(lambda parameters: Reply(content)) as service, pytest.raises(ServiceError, match="another form"):
            self.fetch(service)

    def test_the_second_time_nothing_is_asked(self, tmp_path: Path) -> None:
        with serving(lists({0: [entry(2, 5)]})) as service:
            first = self.fetch(service, cache=tmp_path)
            again = self.fetch(service, cache=tmp_path)
        assert len(service.asked) == 3
        assert rows(first) == rows(again)

    def test_it_goes_on_where_it_broke_off(self, tmp_path: Path) -> None:
        with serving(lists({0: [entry(2, 5)]})) as service:
            for_one = self.fetch(service, known_mbids([mbid(0)]), cache=tmp_path)
            service.answer = lambda parameters: Reply(status=503)
            with pytest.raises(ServiceError):
                self.fetch(service, cache=tmp_path)
            service.asked.clear()
            service.answer = lists({})
            self.fetch(service, cache=tmp_path)
        assert len(service.asked) == 2
        assert not for_one.is_empty

    def test_it_tells_its_progress_and_stops(self) -> None:
        told: list[tuple[int, int]] = []
        with serving(lists({})) as service:
            self.fetch(service, progress=lambda done, total: told.append((done, total)))
            assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
            client = client_of(service, cancelled=lambda: len(service.asked) > 3)
            with pytest.raises(StoppedError):
                listenbrainz.fetch(client, KNOWN)

    def test_a_token_is_sent_as_listenbrainz_wants_it(self) -> None:
        assert listenbrainz.headers("abc") == {"Authorization": "Token abc"}
        assert listenbrainz.headers("") == {}


def similar(*artists: dict[str, Any]) -> Reply:
    return Reply({"similarartists": {"artist": list(artists), "@attr": {"artist": "Ada"}}})


def alike(number: int, match: Any, **fields: Any) -> dict[str, Any]:
    return {"name": f"Artist {number}", "mbid": mbid(number), "match": match, "url": "", "streamable": "0"} | fields


class TestLastFm:
    def fetch(self, service: Service, cache: Path | None = None, key: str = "key", **settings: Any) -> Found:
        names = frozenset({name_key("The  Néw Band")})
        return lastfm.fetch(client_of(service, cache), key, KNOWN, names, today=lambda: DAY, **settings)

    def test_lists_stay_on_this_machine(self, tmp_path: Path) -> None:
        answer = similar(alike(2, "1"), alike(9, "0.5"), alike(8, 0.25, mbid=""), alike(0, "0.9"))
        with serving(lambda parameters: answer) as service:
            found = self.fetch(service, tmp_path)
            self.fetch(service, tmp_path, key="another")
        assert len(service.asked) == 3
        assert service.asked[0].parameters == {
            "method": "artist.getsimilar",
            "mbid": mbid(0),
            "format": "json",
            "limit": "100",
            "api_key": "key",
        }
        assert not found.relation.redistributable
        assert "non-commercial" in found.relation.licence
        assert rows(found)[0][0] == (0, 2, 1.0)
        assert (mbid(9), "Artist 9", 0, 0.5) in rows(found)[1]
        assert ("", "Artist 8", 0, 0.25) in rows(found)[1]
        assert found.dropped[ITSELF] == 2
        kept = b"".join(file.read_bytes() for file in tmp_path.rglob("*.gz"))
        assert b"another" not in kept

    def test_a_name_is_not_taken_for_an_artist(self) -> None:
        with serving(lambda parameters: similar(alike(0, "1", mbid="", name="THE NÉW band"))) as service:
            found = self.fetch(service)
        assert found.is_empty
        assert found.dropped == {lastfm.SAME_NAME: 3}

    @pytest.mark.parametrize("status", [200, 404])
    def test_an_artist_that_it_does_not_know_is_counted(self, status: int) -> None:
        unknown = Reply(
            {"error": 6, "message": "The artist you supplied could not be found", "links": []}, status=status
        )
        with serving(lambda parameters: unknown) as service:
            found = self.fetch(service)
        assert found.dropped == {lastfm.NOT_THERE: 3}

    def test_too_fast_is_asked_again(self) -> None:
        with serving(lambda parameters: similar(alike(9, "1"))) as service:
            service.first = [Reply({"error": 29, "message": "Rate limit exceeded"})]
            assert len(self.fetch(service).elsewhere) == 3
        assert len(service.asked) == 4

    @pytest.mark.parametrize("status", [200, 403])
    def test_a_key_that_is_refused_is_told(self, status: int) -> None:
        refused = Reply({"error": 10, "message": "Invalid API key"}, status=status)
        with (
            serving(lambda parameters: refused) as service,
            pytest.raises(ServiceError, match="does not accept the key"),
        ):
            self.fetch(service, key="sEcReT")
        assert len(service.asked) == 1

    def test_without_a_key_nothing_is_asked(self) -> None:
        with serving(lambda parameters: similar()) as service, pytest.raises(NearfieldError, match="key of your own"):
            self.fetch(service, key="")
        assert service.asked == []

    def test_one_artist_may_come_without_a_list(self) -> None:
        with serving(lambda parameters: Reply({"similarartists": {"artist": alike(9, "1")}})) as service:
            assert len(self.fetch(service).elsewhere) == 3

    @pytest.mark.parametrize("content", [[], {}, {"similarartists": []}, {"similarartists": {"artist": [1]}}, "x"])
    def test_a_service_that_has_changed_is_told(self, content: Any) -> None:
        with serving(lambda parameters: Reply(content)) as service, pytest.raises(ServiceError, match="another form"):
            self.fetch(service)

    def test_an_empty_list_is_an_answer(self) -> None:
        with serving(lambda parameters: similar()) as service:
            assert self.fetch(service).is_empty
