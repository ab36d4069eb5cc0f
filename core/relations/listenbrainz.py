"""Similar artists of ListenBrainz' labs: who is listened to in one session, counted over all of its listeners.

    GET https://labs.api.listenbrainz.org/similar-artists/json?artist_mbids=<mbid>&algorithm=<name>

The service takes several MBIDs, but then lists an artist that is near two of them for one only: it is asked for each
alone. Its scores are counts that cannot be compared between artists, so the rank and a weight relative to the first
artist of the list are what is kept.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from core.catalogue import Relation
from core.reading import is_number
from core.relations.asking import Neighbour, Progress, changed, one_by_one, ranked
from core.relations.found import ITSELF, NO_MBID, Found, found_links, links_frame
from core.relations.http import Client, RefusedError, ServiceError
from core.relations.mbids import Known, read_mbid

BASE = "https://labs.api.listenbrainz.org"
PATH = "similar-artists/json"
INTERVAL_SECONDS = 0.35
"""About 30 requests in ten seconds are allowed."""

ALGORITHMS = (
    "session_based_days_7500_session_300_contribution_5_threshold_10_limit_100_filter_True_skip_30",
    "session_based_days_9000_session_300_contribution_5_threshold_15_limit_50_skip_30",
)
"""Those that its explore page and Navidrome name. The server may drop one of them at any time."""

NAME = "listenbrainz"
REFUSED = "artists that the service refuses to look up"


class _UnknownAlgorithm(Exception):
    """The server does not know the algorithm."""


def headers(token: str) -> dict[str, str]:
    """The headers that prove whose requests these are."""
    return {"Authorization": f"Token {token}"} if token else {}


def parameters(mbid: str, algorithm: str) -> dict[str, str]:
    """What a request sends."""
    return {"artist_mbids": mbid, "algorithm": algorithm}


def fetch(
    client: Client,
    known: Known,
    algorithms: Sequence[str] = ALGORITHMS,
    progress: Progress = lambda done, total: None,
    today: Callable[[], date] = date.today,
) -> Found:
    """The lists of similar artists of all artists with an MBID.

    The first of `algorithms` that the server knows is used for all of them. Raises ServiceError where the service is
    away, slow or changed, and StoppedError when the user stops; what has arrived is in the client's cache.
    """
    notes: list[str] = []
    for algorithm in algorithms:
        try:
            rows, dropped = _collect(client, known, algorithm, progress)
        except _UnknownAlgorithm:
            notes.append(f"The service does not know the algorithm {algorithm} any more.")
            continue
        if notes:
            notes.append(f"{algorithm} was used instead.")
        return found_links(_relation(algorithm, today()), links_frame(rows), known, dropped, notes)
    raise ServiceError(
        f"{client.host} knows none of these algorithms: {', '.join(algorithms)}. "
        "Choose one on its page “similar-artists” and name it."
    )


def _relation(algorithm: str, day: date) -> Relation:
    return Relation(
        NAME,
        title="listened to together",
        source="ListenBrainz, labs API similar-artists",
        licence="CC0-1.0",
        date=day.isoformat(),
        algorithm=algorithm,
        symmetric=False,
    )


def _collect(
    client: Client, known: Known, algorithm: str, progress: Progress
) -> tuple[list[tuple[int, str, str, float, bool]], dict[str, int]]:
    rows: list[tuple[int, str, str, float, bool]] = []
    dropped = {REFUSED: 0, NO_MBID: 0, ITSELF: 0}
    names: dict[str, str] = {}
    is_known = False  # whether the server itself, not the cache, has answered for this algorithm
    for mbid in one_by_one(known.mbids(), client, progress):
        asked = client.asked
        try:
            answer = client.get(PATH, parameters(mbid, algorithm))
        except RefusedError as fault:
            if fault.status != 400:
                raise
            if not is_known:
                raise _UnknownAlgorithm from None
            dropped[REFUSED] += 1
            continue
        is_known = is_known or client.asked > asked
        for neighbour in _neighbours(client, answer, mbid, dropped):
            names[neighbour.mbid] = names.get(neighbour.mbid) or neighbour.name
            rows.append((known.row_of[mbid], neighbour.mbid, neighbour.name, neighbour.weight, False))
    return [(row, mbid, name or names[mbid], weight, turned) for row, mbid, name, weight, turned in rows], dropped


def _neighbours(client: Client, answer: Any, mbid: str, dropped: dict[str, int]) -> list[Neighbour]:
    if not isinstance(answer, list) or not all(isinstance(entry, dict) for entry in answer):
        raise changed(client, "no list of artists")
    if answer and not any("artist_mbid" in entry and is_number(entry.get("score")) for entry in answer):
        raise changed(client, "artists without MBID and score")
    scores = []
    for entry in answer:
        other, name, score = read_mbid(entry.get("artist_mbid")), entry.get("name"), entry.get("score")
        if not other or not is_number(score) or score <= 0:
            dropped[NO_MBID] += 1
        elif other == mbid:
            dropped[ITSELF] += 1
        else:
            scores.append((other, name if isinstance(name, str) else "", float(score)))
    return ranked(scores)
