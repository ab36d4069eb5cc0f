"""Similar artists of Last.fm, by `artist.getSimilar`: for private use, with a key of one's own.

    GET https://ws.audioscrobbler.com/2.0/?method=artist.getsimilar&mbid=<mbid>&format=json&limit=100&api_key=<key>

Last.fm's terms allow no commercial use and ask for a link and credit, so the relation stays on this machine: it is
marked as one that must not be passed on. Errors come with HTTP 200 or 4xx and a code in the answer.
"""

from collections.abc import Callable, Set
from datetime import date
from typing import Any

from core.catalogue import Relation
from core.errors import NearfieldError
from core.reading import parse_json
from core.relations.asking import Neighbour, Progress, changed, one_by_one, ranked
from core.relations.found import ITSELF, Found, found_links, links_frame
from core.relations.http import BusyError, Client, RefusedError, ServiceError
from core.relations.mbids import Known, name_key, read_mbid

BASE = "https://ws.audioscrobbler.com"
PATH = "2.0/"
INTERVAL_SECONDS = 0.25
LIMIT = 100

NAME = "lastfm"
NOT_THERE = "artists that Last.fm does not know by their MBID"
SAME_NAME = "without an MBID, but named like an artist of the catalogue"

_NOT_FOUND = 6
_TOO_FAST = 29
_AWAY = (8, 11, 16)
_KEY_FAULTS = (4, 9, 10, 26)


class _NotThere(NearfieldError):
    """Last.fm does not know the artist."""


def parameters(mbid: str) -> dict[str, str]:
    """What a request sends, besides the key."""
    return {"method": "artist.getsimilar", "mbid": mbid, "format": "json", "limit": str(LIMIT)}


def fetch(
    client: Client,
    key: str,
    known: Known,
    names: Set[str],
    progress: Progress = lambda done, total: None,
    today: Callable[[], date] = date.today,
) -> Found:
    """The lists of similar artists of all artists with an MBID; `names` are the catalogue's, as `name_key` gives them.

    Raises ServiceError where the service is away, slow or changed or refuses the key, and StoppedError when the user
    stops; what has arrived is in the client's cache.
    """
    if not key:
        raise NearfieldError("Last.fm is asked with a key of your own. Get one at https://www.last.fm/api and give it.")

    def check(answer: Any) -> None:
        _check(client, answer)

    rows: list[tuple[int, str, str, float, bool]] = []
    dropped = {NOT_THERE: 0, SAME_NAME: 0, ITSELF: 0}
    for mbid in one_by_one(known.mbids(), client, progress):
        try:
            answer = client.get(PATH, parameters(mbid), {"api_key": key}, check)
        except _NotThere:
            dropped[NOT_THERE] += 1
            continue
        except RefusedError as fault:
            if not _is_not_found(client, fault):
                raise
            dropped[NOT_THERE] += 1
            continue
        for neighbour in _neighbours(client, answer):
            if neighbour.mbid == mbid:
                dropped[ITSELF] += 1
            elif not neighbour.mbid and name_key(neighbour.name) in names:
                dropped[SAME_NAME] += 1
            else:
                rows.append((known.row_of[mbid], neighbour.mbid, neighbour.name, neighbour.weight, False))
    return found_links(_relation(today()), links_frame(rows), known, dropped)


def _relation(day: date) -> Relation:
    return Relation(
        NAME,
        title="listed as similar by Last.fm",
        source="Last.fm, artist.getSimilar (https://www.last.fm)",
        licence="Last.fm API terms of service: non-commercial, with credit",
        date=day.isoformat(),
        algorithm=f"artist.getSimilar, limit {LIMIT}",
        symmetric=False,
        redistributable=False,
    )


def _check(client: Client, answer: Any) -> None:
    """Raise what an error in the answer stands for."""
    code = answer.get("error") if isinstance(answer, dict) else None
    if code is None:
        return
    if code == _NOT_FOUND:
        raise _NotThere("not found")
    if code == _TOO_FAST or code in _AWAY:
        raise BusyError(f"it reported error {code}")
    if code in _KEY_FAULTS:
        raise ServiceError(f"{client.host} does not accept the key (error {code}). Check it and try again.")
    raise ServiceError(f"{client.host} reported error {code}. Try again later.")


def _is_not_found(client: Client, fault: RefusedError) -> bool:
    """Whether a refusal says that the artist is not known; raises what any other error code stands for."""
    try:
        _check(client, parse_json(fault.body, "refusal"))
    except _NotThere:
        return True
    except BusyError as busy:
        raise ServiceError(f"{client.host} cannot answer now ({busy}). Try again later.") from None
    except ServiceError:
        raise
    except NearfieldError:
        return False
    return False


def _neighbours(client: Client, answer: Any) -> list[Neighbour]:
    body = answer.get("similarartists") if isinstance(answer, dict) else None
    listed = body.get("artist", []) if isinstance(body, dict) else None
    listed = [listed] if isinstance(listed, dict) else listed  # a list of one
    if not isinstance(listed, list) or not all(isinstance(entry, dict) for entry in listed):
        raise changed(client, "no list of artists")
    scores = []
    for entry in listed:
        name, match = entry.get("name"), _number(entry.get("match"))
        if isinstance(name, str) and name.strip() and match > 0:
            scores.append((read_mbid(entry.get("mbid")), name, match))
    if listed and not scores and any(_number(entry.get("match")) != 0 for entry in listed):
        raise changed(client, "artists without name and match")
    return ranked(scores)


def _number(value: Any) -> float:
    """The number in a text or a number; -1 where there is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return -1.0
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return -1.0
    return number if 0 <= number < float("inf") else -1.0
