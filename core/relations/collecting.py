"""Collecting relations from any source for a catalogue, and adding them to it."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import pandas as pd

from core.catalogue import Catalogue, open_catalogue, update_catalogue
from core.errors import CatalogueError, NearfieldError, StoppedError
from core.relations import lastfm, listenbrainz
from core.relations.cache import AnswerCache
from core.relations.found import Found
from core.relations.http import Client
from core.relations.mbids import Known, known_artists, names_of
from core.relations.sources import SOURCES, Source

MEMORY_MB = 1000
"""What tables may take of memory."""

Progress = Callable[[int, int], None]
"""Called with how much is done of how much: artists, bytes of an archive, or ranges of users."""


@dataclass(frozen=True)
class Wanted:
    """What to collect and how; each source reads the fields that concern it.

    `path` is the files of a source that reads files. `key` is the token or key of a service and `contact` an address
    for its keepers; neither is stored. `base` replaces the address of a service. `link_types` are MusicBrainz',
    `columns` and `ranges` those of listens; `memory_mb` bounds the memory of both.
    """

    source: str
    path: Path | None = None
    key: str = field(default="", repr=False)
    contact: str = ""
    base: str = ""
    algorithm: str = ""
    link_types: tuple[str, ...] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    ranges: int | None = None
    memory_mb: int = MEMORY_MB

    @property
    def described(self) -> Source:
        """The source. Raises NearfieldError for an unknown name."""
        if self.source not in SOURCES:
            raise NearfieldError(f"“{self.source}” is no source of relations. There are: {', '.join(SOURCES)}.")
        return SOURCES[self.source]


def key_from_environment(source: Source) -> str:
    """The token or key of a service that the environment holds, or ""."""
    return os.environ.get(source.variable, "").strip() if source.variable else ""


def what_is_sent(wanted: Wanted, known: Known, cached: int | None = None) -> str:
    """A sentence for people: what leaves this machine, and where it goes.

    `cached` is how many answers are in the cache, None where they were not counted.
    """
    source = wanted.described
    if not source.is_service:
        return "Nothing is sent anywhere."
    host = Client(wanted.base or source.base, "contact@example.org").host
    number = len(known.row_of) - (cached or 0)
    requests = (
        f"Up to {number:,} requests: answers of the last weeks are in a cache."
        if cached is None
        else f"{number:,} requests; {cached:,} answers are in the cache."
    )
    return f"Sent to {host}: {source.sends}. {requests}"


def make_client(wanted: Wanted, cancelled: Callable[[], bool], cache: AnswerCache | None = None) -> Client:
    """A client for the service that is wanted."""
    source = wanted.described
    headers = listenbrainz.headers(wanted.key) if wanted.source == listenbrainz.NAME else {}
    return Client(
        wanted.base or source.base,
        wanted.contact,
        cache or AnswerCache(),
        headers=headers,
        interval=source.interval,
        cancelled=cancelled,
    )


def cached_answers(wanted: Wanted, known: Known, cache: AnswerCache | None = None) -> int:
    """How many of the requests to a service the cache answers."""
    if not wanted.described.is_service:
        return 0
    client = make_client(replace(wanted, contact="contact@example.org"), lambda: False, cache)
    path, parameters = _request_of(wanted)
    return sum(client.is_cached(path, parameters(mbid)) for mbid in known.row_of)


def collect(
    catalogue: Catalogue,
    wanted: Wanted,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
    client: Client | None = None,
) -> list[Found]:
    """The relations of the catalogue's artists that the source gives; the catalogue stays as it is.

    Raises NearfieldError where artists cannot be matched, the source is away, slow, changed or unreadable, and
    StoppedError when `cancelled` says so.
    """
    source = wanted.described
    known = known_artists(catalogue)
    if not known.row_of:
        raise NearfieldError(
            f"No artist of {catalogue.name} has a MusicBrainz id, by which artists are matched. Add the column mbid to "
            "the artists and import them again."
        )
    if source.is_service:
        client = client or make_client(wanted, cancelled)
        if wanted.source == lastfm.NAME:
            return [lastfm.fetch(client, wanted.key, known, names_of(catalogue), progress)]
        algorithms = (wanted.algorithm,) if wanted.algorithm else listenbrainz.ALGORITHMS
        return [listenbrainz.fetch(client, known, algorithms, progress)]
    if wanted.path is None:
        raise NearfieldError(f"Give the files that are read: {source.files}.")

    def step(done: int, total: int) -> None:
        if cancelled():
            raise StoppedError
        progress(done, total)

    return _read_files(wanted, wanted.path, known, step)


def add_relations(catalogue: Catalogue, found: Sequence[Found], learn: bool = False) -> Catalogue:
    """A new version of the catalogue with these relations added, or replaced where it has them; nothing else changes.

    With `learn`, models learn from the one relation from now on. Whatever else has changed in the catalogue since it
    was opened stays, unless its artists have: then CatalogueError is raised. Raises NearfieldError where there is no
    link at all, so that a source that has lost its content replaces nothing, and for `learn` with several relations.
    """
    filled = [one for one in found if not one.is_empty]
    if not filled:
        raise NearfieldError(
            f"No link of any artist of {catalogue.name} was found, and nothing was changed. Artists are matched by "
            "MusicBrainz id."
        )
    if learn and len(filled) > 1:
        names = ", ".join(one.relation.name for one in filled)
        raise NearfieldError(f"Models learn from one relation; these are {len(filled)}: {names}. Choose one.")
    current = open_catalogue(catalogue.path)
    if not current.artists["artist_id"].equals(catalogue.artists["artist_id"]):
        raise CatalogueError(f"The artists of {catalogue.name} have changed meanwhile. Collect its relations again.")
    return update_catalogue(
        current,
        edges=pd.concat([one.edges.assign(relation=one.relation.name) for one in filled], ignore_index=True),
        relations=[one.relation for one in filled],
        elsewhere=pd.concat([one.elsewhere.assign(relation=one.relation.name) for one in filled], ignore_index=True),
        learned=filled[0].relation.name if learn else None,
    )


def _request_of(wanted: Wanted) -> tuple[str, Callable[[str], dict[str, str]]]:
    if wanted.source == lastfm.NAME:
        return lastfm.PATH, lastfm.parameters
    algorithm = wanted.algorithm or listenbrainz.ALGORITHMS[0]
    return listenbrainz.PATH, lambda mbid: listenbrainz.parameters(mbid, algorithm)


def _read_files(wanted: Wanted, path: Path, known: Known, step: Progress) -> list[Found]:
    """What the sources give that read files. DuckDB is loaded here only."""
    from core.relations import listens, musicbrainz

    if wanted.source == "musicbrainz":
        return musicbrainz.read(path, known, wanted.link_types, step, memory_mb=wanted.memory_mb)
    counting = listens.Counting()
    pairs = listens.count_pairs(path, dict(wanted.columns), counting, wanted.ranges, wanted.memory_mb, step)
    return [listens.relate(pairs, known, str(counting), date.today().isoformat())]
