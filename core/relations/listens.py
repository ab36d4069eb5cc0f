"""Which artists are listened to together, from a table of listens, as ListenBrainz counts it.

1. A session of a user ends where more than `gap` seconds pass between the end of a track and the next listen.
2. All pairs of different artists in a session count 1, and 0.25 where one of them is a featured artist, that is, not
   the first of its credit. A user counts at most `most_per_user` for a pair.
3. A pair stays if its sum exceeds `threshold`, at least `fewest_users` users have it, and it is among the `best` of
   one of its two artists. (ListenBrainz ranks a pair at the artist with the smaller MBID only.)

A pair has the sum as its score, and as its weight the cosine: the sum over the square root of the product of the two
artists' sums over all of their pairs. Sums are counted in quarters, as whole numbers, and equal scores are ranked by
id, so the result does not depend on the order of the listens nor on the number of ranges.

Users are taken range by range, so memory is bounded, and only pairs of artists leave this module: nothing about any
user. That two artists are listened to together is no editor's judgement that they are alike.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from core.catalogue import Relation
from core.errors import NearfieldError
from core.relations.duck import column, database, quoted
from core.relations.found import Found, found_links
from core.relations.listen_table import ListenTable, listen_table
from core.relations.mbids import NO_ARTISTS, Known

NAME = "listens"
ROWS_PER_RANGE = 5_000_000
PAIR_COLUMNS = ("a", "b", "score", "users", "weight", "rank_a", "rank_b")

UNUSABLE = "listens without user, time or artist"

Step = Callable[[int, int], None]
"""Called with ranges that are done, and how many there are; raises to stop."""


@dataclass(frozen=True)
class Counting:
    """How listens are counted. `gap` and `track` are seconds; a track whose length is not known takes `track`."""

    gap: int = 300
    track: int = 180
    most_per_user: int = 5
    threshold: int = 10
    best: int = 100
    fewest_users: int = 3

    def __post_init__(self) -> None:
        if min(self.gap, self.track, self.threshold) < 0 or min(self.most_per_user, self.best, self.fewest_users) < 1:
            raise NearfieldError("Seconds and the threshold are 0 or more; the other numbers of counting 1 or more.")

    def __str__(self) -> str:
        return (
            f"sessions by gaps of {self.gap} s, tracks of unknown length {self.track} s, featured 0.25, at most "
            f"{self.most_per_user} per user and pair, sum above {self.threshold}, {self.fewest_users} users or more, "
            f"best {self.best} of either artist, cosine"
        )


@dataclass(frozen=True)
class Pairs:
    """Pairs of artists: `table` with `PAIR_COLUMNS`, a before b as text, and the `names` that are known, by id."""

    table: pd.DataFrame
    names: dict[str, str]
    listens: int
    unusable: int


def count_pairs(
    path: Path,
    columns: dict[str, str] | None = None,
    counting: Counting | None = None,
    ranges: int | None = None,
    memory_mb: int = 1000,
    step: Step = lambda done, total: None,
) -> Pairs:
    """The pairs of artists in the listens in `path`; see `listen_table` for the files and `columns`.

    `ranges` is in how many parts the users are taken; by default, as many as keep each at five million listens.
    """
    counting = counting or Counting()
    with database(memory_mb) as connection:
        listens = listen_table(connection, path, columns)
        total = _number(connection, f"SELECT count(*) FROM {listens.source}")
        parts = ranges or max(1, -(-total // ROWS_PER_RANGE))
        connection.execute("CREATE TABLE sums (a VARCHAR, b VARCHAR, quarters BIGINT, users BIGINT)")
        usable = 0
        for part in range(parts):
            step(part, parts)
            usable += _count_range(connection, listens, counting, part, parts)
        step(parts, parts)
        table = _best_pairs(connection, counting)
        return Pairs(table, _names(connection, listens, table), total, total - usable)


def relate(pairs: Pairs, known: Known, algorithm: str, day: str = "") -> Found:
    """The relation of a catalogue's artists that the pairs give. Artists are matched by MBID."""
    relation = Relation(
        NAME,
        title="listened to together",
        source="Listens, counted by Nearfield",
        licence="CC0-1.0",
        date=day or date.today().isoformat(),
        algorithm=algorithm,
    )
    table = pairs.table
    inside_a, inside_b = (table[end].isin(known.row_of.keys()) for end in ("a", "b"))
    table = table[inside_a | inside_b]
    turned = ~table["a"].isin(known.row_of.keys())
    here, there = table["a"].where(~turned, table["b"]), table["b"].where(~turned, table["a"])
    links = pd.DataFrame(
        {
            "artist": here.map(known.row_of).astype("int64"),
            "mbid": there.astype("str"),
            "name": there.map(pairs.names).fillna("").astype("str"),
            "weight": table["weight"].astype("float64"),
            "reverse": False,
        }
    )
    return found_links(relation, links, known, {UNUSABLE: pairs.unusable})


def recordings_of(
    path: Path, columns: dict[str, str], row_of: Mapping[str, int], most: int, memory_mb: int = 1000
) -> dict[str, int]:
    """The recordings of each artist that are listened to most, at most `most` of each, with the artist's row.

    Only the first artist of a credit counts. Raises NearfieldError where the listens name no recordings.
    """
    with database(memory_mb) as connection:
        table = listen_table(connection, path, columns)
        if "recording" not in table.columns:
            raise NearfieldError("The listens have no column of recordings. Name it: --columns recording=COLUMN.")
        rows = pd.DataFrame({"artist": list(row_of), "row": list(row_of.values())})
        connection.register("wanted", rows.astype({"artist": "str", "row": "int64"}))
        recording = f"lower(CAST({column(table.columns['recording'])} AS VARCHAR))"
        found = connection.execute(
            f"""
            SELECT recording, row FROM (
                SELECT recording, row, row_number() OVER (PARTITION BY row ORDER BY count(*) DESC, recording) AS place
                FROM (SELECT {recording} AS recording, {table.artists}[1] AS artist FROM {table.source})
                JOIN wanted USING (artist) WHERE recording <> '' GROUP BY recording, row
            ) WHERE place <= {most} ORDER BY row, place
            """
        ).fetchall()
    return {str(one): int(row) for one, row in reversed(found)}


def _count_range(
    connection: duckdb.DuckDBPyConnection, listens: ListenTable, counting: Counting, part: int, parts: int
) -> int:
    """Add the sums of the users in one range to the table of sums; returns how many of their listens were usable."""
    no_artists = ", ".join(map(quoted, sorted(NO_ARTISTS)))
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE plays AS
            SELECT * FROM (
                SELECT {listens.user} AS listener, {listens.time} AS moment, {listens.artists} AS credited,
                       greatest(coalesce({listens.seconds}, {counting.track}), 0) AS seconds
                FROM {listens.source}
            ) WHERE listener IS NOT NULL AND moment IS NOT NULL AND len(credited) > 0
                AND hash(listener) % {parts} = {part}
        """
    )
    usable = _number(connection, "SELECT count(*) FROM plays")
    connection.execute(
        f"""
        INSERT INTO sums
        WITH gaps AS (
            SELECT listener, moment, credited, seconds,
                   coalesce(
                       moment - lag(moment + seconds) OVER (PARTITION BY listener ORDER BY moment, credited, seconds)
                           > {counting.gap},
                       false
                   ) AS opens
            FROM plays
        ), sessions AS (
            SELECT listener, credited,
                   count(*) FILTER (WHERE opens) OVER (
                       PARTITION BY listener ORDER BY moment, credited, seconds, opens DESC ROWS UNBOUNDED PRECEDING
                   ) AS session
            FROM gaps
        ), heard AS (
            SELECT listener, session, unnest(credited) AS artist, generate_subscripts(credited, 1) AS place
            FROM sessions
        ), amounts AS (
            SELECT listener, session, artist,
                   count(*) FILTER (WHERE place = 1) AS main, count(*) FILTER (WHERE place > 1) AS featured
            FROM heard WHERE artist NOT IN ({no_artists}) GROUP BY ALL
        ), per_user AS (
            SELECT x.listener, x.artist AS a, y.artist AS b,
                   least(
                       sum(4 * x.main * y.main + x.main * y.featured + x.featured * (y.main + y.featured)),
                       {4 * counting.most_per_user}
                   ) AS quarters
            FROM amounts AS x JOIN amounts AS y USING (listener, session)
            WHERE x.artist < y.artist GROUP BY ALL
        )
        SELECT a, b, CAST(sum(quarters) AS BIGINT), count(*) FROM per_user GROUP BY ALL
        """
    )
    connection.execute("DROP TABLE plays")
    return usable


def _best_pairs(connection: duckdb.DuckDBPyConnection, counting: Counting) -> pd.DataFrame:
    return connection.execute(
        f"""
        WITH pairs AS (
            SELECT a, b, CAST(sum(quarters) AS BIGINT) AS quarters, CAST(sum(users) AS BIGINT) AS users
            FROM sums GROUP BY ALL
        ), ends AS (
            SELECT artist, CAST(sum(quarters) AS DOUBLE) AS total FROM (
                SELECT a AS artist, quarters FROM pairs UNION ALL SELECT b, quarters FROM pairs
            ) GROUP BY ALL
        ), kept AS (
            SELECT * FROM pairs WHERE quarters > {4 * counting.threshold} AND users >= {counting.fewest_users}
        ), listed AS (
            SELECT *, row_number() OVER (PARTITION BY artist ORDER BY quarters DESC, other) AS place FROM (
                SELECT a AS artist, b AS other, quarters FROM kept
                UNION ALL SELECT b AS artist, a AS other, quarters FROM kept
            )
        )
        SELECT a, b, kept.quarters / 4.0 AS score, users, kept.quarters / sqrt(x.total * y.total) AS weight,
               of_a.place AS rank_a, of_b.place AS rank_b
        FROM kept JOIN ends AS x ON x.artist = a JOIN ends AS y ON y.artist = b
        JOIN listed AS of_a ON of_a.artist = a AND of_a.other = b
        JOIN listed AS of_b ON of_b.artist = b AND of_b.other = a
        WHERE least(of_a.place, of_b.place) <= {counting.best} ORDER BY a, b
        """
    ).df()


def _names(connection: duckdb.DuckDBPyConnection, listens: ListenTable, table: pd.DataFrame) -> dict[str, str]:
    """The commonest name of each artist in the pairs among listens that credit it alone."""
    if "name" not in listens.columns or not len(table):
        return {}
    ids = pd.DataFrame({"artist": pd.unique(pd.concat([table["a"], table["b"]]))})
    connection.register("wanted", ids)
    name = f"trim(CAST({column(listens.columns['name'])} AS VARCHAR))"
    found = connection.execute(
        f"""
        SELECT artist, name FROM (
            SELECT artist, name, row_number() OVER (PARTITION BY artist ORDER BY count(*) DESC, name) AS place
            FROM (SELECT {listens.artists}[1] AS artist, {name} AS name FROM {listens.source}
                  WHERE len({listens.artists}) = 1)
            WHERE artist IN (SELECT artist FROM wanted) AND name <> '' GROUP BY artist, name
        ) WHERE place = 1
        """
    ).fetchall()
    return {str(artist): str(text) for artist, text in found}


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0
