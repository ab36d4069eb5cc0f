"""Asking a service about each artist of a catalogue in turn, with progress."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from core.errors import StoppedError
from core.relations.http import Client, ServiceError

Progress = Callable[[int, int], None]
"""Called with how many artists were asked about, and how many there are."""


@dataclass(frozen=True)
class Neighbour:
    """An artist in a service's list, in the list's order: `rank` from 1, `weight` relative to the first's."""

    mbid: str
    name: str
    rank: int
    weight: float


def ranked(scores: Iterable[tuple[str, str, float]]) -> list[Neighbour]:
    """MBIDs, names and scores in any order as one artist's list: the best first, equal ones by MBID and name.

    Each artist comes once, with its best score and the first name that is given. A weight is the score relative to the
    best one, since scores of two lists cannot be compared.
    """
    best: dict[tuple[str, str], tuple[str, str, float]] = {}
    for mbid, name, score in scores:
        key = (mbid, "" if mbid else name)
        _, known_name, known_score = best.get(key, (mbid, "", 0.0))
        best[key] = (mbid, known_name or name, max(known_score, score))
    ordered = sorted(best.values(), key=lambda entry: (-entry[2], entry[0], entry[1]))
    return [
        Neighbour(mbid, name, rank, score / ordered[0][2]) for rank, (mbid, name, score) in enumerate(ordered, start=1)
    ]


def one_by_one(mbids: list[str], client: Client, progress: Progress) -> Iterator[str]:
    """Each MBID in turn; between them it reports progress and ends with StoppedError if the user stops."""
    for done, mbid in enumerate(mbids):
        progress(done, len(mbids))
        if client.cancelled():
            raise StoppedError
        yield mbid
    progress(len(mbids), len(mbids))


def changed(client: Client, what: str) -> ServiceError:
    """That a service answers in a form that is not known."""
    return ServiceError(f"{client.host} answers in another form than before ({what}). Nothing was changed.")
