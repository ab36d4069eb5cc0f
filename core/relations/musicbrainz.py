"""Relations between artists that MusicBrainz' editors have entered, from its dump of core data, which is CC0.

Each type of link becomes a relation of its own: members of bands, collaborations, teachers, tributes and so on. Artists
that were merged are found under their old MBIDs too.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd

from core.catalogue import Relation
from core.errors import NearfieldError
from core.relations.duck import database
from core.relations.dump import Step, rows, unescaped, unpacked
from core.relations.found import Found, found_links
from core.relations.mbids import Known

TABLES = ("artist", "artist_gid_redirect", "l_artist_artist", "link", "link_type")
PREFIX = "mb_"

TITLES = {
    "member of band": "member of the band",
    "collaboration": "played together",
    "subgroup": "part of the group",
    "founder": "founder of the group",
    "supporting musician": "supports on stage or in the studio",
    "vocal supporting musician": "sings for",
    "instrumental supporting musician": "plays for",
    "conductor position": "conducts",
    "teacher": "teacher of",
    "tribute": "pays tribute to",
    "is person": "performs as",
    "artist rename": "was renamed to",
}
"""How an edge of the commonest types of link reads. Other types read as MusicBrainz names them."""

PRIVATE = ("parent", "sibling", "married", "involved with")
"""Types of link about a person's life. They are taken only where somebody asks for them."""

_SYMMETRIC = ("sibling", "married", "involved with")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_TIMESTAMP = "TIMESTAMP"


def read(
    source: Path,
    known: Known,
    types: Collection[str] | None = None,
    step: Step = lambda done, total: None,
    today: Callable[[], date] = date.today,
    memory_mb: int = 1000,
) -> list[Found]:
    """The relations in a dump, by type of link: those in `types`, or all but `PRIVATE`; types without a link are left
    out. Raises NearfieldError where the source is no dump, is damaged, or knows none of the `types`.
    """
    day = day_of(source) or today().isoformat()
    with unpacked(source, TABLES, step) as files:
        return relations_in(files, known, types, day, memory_mb)


def relations_in(
    files: Mapping[str, Path], known: Known, types: Collection[str] | None, day: str, memory_mb: int = 1000
) -> list[Found]:
    """As `read`, from the unpacked tables in `files`."""
    with database(memory_mb) as connection:
        _load(connection, files, known)
        offered = [row[0] for row in connection.execute("SELECT DISTINCT type FROM kinds ORDER BY type").fetchall()]
        if types is not None and (unknown := sorted(set(types) - set(offered))):
            raise NearfieldError(
                f"The dump has no type of link “{unknown[0]}” between artists. It has: {', '.join(offered)}."
            )
        wanted = [name for name in offered if (name in types if types is not None else name not in PRIVATE)]
        found = [_found(connection, name, day, known) for name in wanted]
        merged = _one(connection, "SELECT count(*) FROM known WHERE merged")
        absent = _one(connection, "SELECT count(*) FROM known WHERE artist IS NULL")
    notes = [f"{merged:,} MBIDs of the catalogue were merged into others since, and were followed."] if merged else []
    notes += [f"{absent:,} MBIDs of the catalogue are not in the dump."] if absent else []
    return [Found(one.relation, one.edges, one.elsewhere, one.dropped, notes) for one in found if not one.is_empty]


def identities(files: Mapping[str, Path], mbids: Collection[str], memory_mb: int = 1000) -> pd.DataFrame:
    """The columns mbid, current and name of those of `mbids` that the unpacked tables know, under their current MBID if
    they were merged."""
    with database(memory_mb) as connection:
        connection.register("given", pd.DataFrame({"mbid": pd.Series(sorted(mbids), dtype="str")}))
        found = connection.execute(
            f"""
            WITH artists AS (SELECT id, lower(gid) AS gid, name FROM {rows(files["artist"], _ARTIST)}),
                 merged AS (SELECT lower(gid) AS gid, artist FROM {rows(files["artist_gid_redirect"], _REDIRECT)})
            SELECT mbid, gid AS current, name FROM given JOIN artists ON gid = mbid
            UNION ALL
            SELECT mbid, artists.gid AS current, name
            FROM given JOIN merged ON merged.gid = mbid JOIN artists ON artists.id = merged.artist
            ORDER BY mbid
            """
        ).df()
    found["name"] = found["name"].map(unescaped)
    return found.astype("str")


def relation_name(link_type: str) -> str:
    """The name of the relation of a type of link: "member of band" -> "mb_member_of_band"."""
    return PREFIX + _NOT_IN_NAMES.sub("_", link_type.lower()).strip("_")


def _load(connection: duckdb.DuckDBPyConnection, files: Mapping[str, Path], known: Known) -> None:
    """Tables of the catalogue's artists under their current ids, of types of link, and of the links that touch them."""
    given = pd.DataFrame({"mbid": list(known.row_of), "row": list(known.row_of.values())})
    connection.register("given", given.astype({"mbid": "str", "row": "int64"}))
    connection.execute(
        f"""
        CREATE TABLE artists AS SELECT id, lower(gid) AS gid, name FROM {rows(files["artist"], _ARTIST)};
        CREATE TABLE merged AS SELECT lower(gid) AS gid, artist FROM {rows(files["artist_gid_redirect"], _REDIRECT)};
        CREATE TABLE known AS
            SELECT given.mbid, given.row, coalesce(artists.id, merged.artist) AS artist,
                   artists.id IS NULL AND merged.artist IS NOT NULL AS merged
            FROM given LEFT JOIN artists ON artists.gid = given.mbid LEFT JOIN merged ON merged.gid = given.mbid;
        CREATE TABLE rows_of AS SELECT artist, min(row) AS row FROM known WHERE artist IS NOT NULL GROUP BY artist;
        CREATE TABLE kinds AS
            SELECT id, name AS type FROM {rows(files["link_type"], _LINK_TYPE)}
            WHERE from_entity = 'artist' AND to_entity = 'artist';
        CREATE TABLE links AS
            SELECT kinds.type, l.from_id, l.to_id, a.row AS from_row, b.row AS to_row
            FROM {rows(files["l_artist_artist"], _LINKS)} AS l
            JOIN {rows(files["link"], _LINK)} AS link ON link.id = l.link
            JOIN kinds ON kinds.id = link.type
            LEFT JOIN rows_of AS a ON a.artist = l.from_id
            LEFT JOIN rows_of AS b ON b.artist = l.to_id
            WHERE a.row IS NOT NULL OR b.row IS NOT NULL;
        """
    )


_ARTIST = {"id": 1, "gid": 2, "name": 3}
_REDIRECT = {"gid": 1, "artist": 2}
_LINKS = {"link": 2, "from_id": 3, "to_id": 4}
_LINK = {"id": 1, "type": 2}
_LINK_TYPE = {"id": 1, "from_entity": 5, "to_entity": 6, "name": 7}


def _found(connection: duckdb.DuckDBPyConnection, link_type: str, day: str, known: Known) -> Found:
    """The links of one type. Where both ends are in the catalogue, the other end stands under the catalogue's MBID."""
    table = connection.execute(
        """
        SELECT coalesce(links.from_row, links.to_row) AS artist,
               CASE WHEN links.from_row IS NULL THEN a.gid ELSE b.gid END AS mbid,
               CASE WHEN links.from_row IS NULL THEN a.name ELSE b.name END AS name,
               CASE WHEN links.from_row IS NULL THEN NULL ELSE links.to_row END AS other,
               1.0 AS weight, links.from_row IS NULL AS reverse
        FROM links LEFT JOIN artists AS a ON a.id = links.from_id LEFT JOIN artists AS b ON b.id = links.to_id
        WHERE links.type = ? ORDER BY artist, mbid, reverse
        """,
        [link_type],
    ).df()
    mbid_of = {row: mbid for mbid, row in known.row_of.items()}
    inside = table["other"].map(mbid_of)
    links = pd.DataFrame(
        {
            "artist": table["artist"].astype("int64"),
            "mbid": inside.where(inside.notna(), table["mbid"].fillna("")).astype("str"),
            "name": table["name"].fillna("").map(unescaped).astype("str"),
            "weight": table["weight"].astype("float64"),
            "reverse": table["reverse"].astype("bool"),
        }
    )
    relation = Relation(
        relation_name(link_type),
        title=TITLES.get(link_type, link_type),
        source="MusicBrainz, core data dump (l_artist_artist)",
        licence="CC0-1.0",
        date=day,
        algorithm=f"links of the type “{link_type}”, entered by editors",
        symmetric=link_type in _SYMMETRIC,
    )
    return found_links(relation, links, known)


def day_of(source: Path) -> str:
    """The day of the dump, from the file TIMESTAMP of an unpacked one, or from folder names such as 20261118-002102."""
    file = source / _TIMESTAMP
    if source.is_dir() and file.is_file() and (found := re.match(r"\d{4}-\d\d-\d\d", file.read_text("utf-8")[:40])):
        return found[0]
    for name in (source.name, source.parent.name):
        if found := re.search(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)", name):
            return "-".join(found.groups())
    return ""


def _one(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    found = connection.execute(query).fetchone()
    return int(found[0]) if found else 0
