"""What was read of each file of a music folder, in one SQLite file: reading can be stopped at any moment and goes on.

Files are known again by size and time of change. The records are read one by one, so memory does not grow with them.
"""

import json
import os
import sqlite3
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.audio.music_files import MusicFile
from core.audio.tag_worker import Answer
from core.audio.tags import READER, Tags
from core.errors import CatalogueError

_TABLES = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    name BLOB PRIMARY KEY, size INTEGER NOT NULL, modified INTEGER NOT NULL, tags TEXT NOT NULL,
    fingerprint TEXT NOT NULL, fault TEXT NOT NULL, content TEXT NOT NULL DEFAULT '', change TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_fingerprint ON files (fingerprint);
CREATE TEMP TABLE IF NOT EXISTS seen (name BLOB PRIMARY KEY, size INTEGER, modified INTEGER) WITHOUT ROWID;
CREATE TEMP TABLE IF NOT EXISTS unread (name BLOB PRIMARY KEY, size INTEGER, modified INTEGER) WITHOUT ROWID;
"""
_VERSION = "1"
_COMMIT_EVERY = 500

NEW, CHANGED, GONE = "new", "changed", "gone"


@dataclass(frozen=True)
class Record:
    """What is known of one file. `name` is its path below the root, with bytes that are no UTF-8 as surrogates;
    `content` is the hash of the whole file where that was needed to tell it from another."""

    name: str
    tags: Tags
    fingerprint: str
    fault: str
    content: str


class Store:
    """The records of one folder. Raises CatalogueError where the file cannot be used."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._database = connection
        self._database.executescript(_TABLES)
        if self.fact("reader") != f"{READER}, {_VERSION}":
            with self._database:
                self._database.execute("UPDATE files SET size = -1")  # read all again, in the light of what is known
            self.note("reader", f"{READER}, {_VERSION}")

    def fact(self, name: str) -> str:
        """What was noted under this name, or ""."""
        row = self._database.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    def note(self, name: str, value: str) -> None:
        """Note something about the folder. What is noted already costs no write."""
        if self.fact(name) == value and value:
            return
        with self._database:
            self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def begin(self, files: Iterable[MusicFile]) -> tuple[int, int]:
        """Begin a reading of the files that are there now: how many there are, and how many are new or have another
        size or time than before.

        Changes are told until `settle`, also those of readings that were stopped.
        """
        rows = ((os.fsencode(file.name), file.size, file.modified) for file in files)
        with self._database:
            self._database.execute("DELETE FROM seen")
            self._database.execute("DELETE FROM unread")
            self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", rows)
            self._database.execute(
                "INSERT INTO unread SELECT seen.* FROM seen LEFT JOIN files USING (name) "
                "WHERE files.size IS NOT seen.size OR files.modified IS NOT seen.modified"
            )
        return self._number("SELECT count(*) FROM seen"), self._number("SELECT count(*) FROM unread")

    def unread(self, root: str) -> Iterator[MusicFile]:
        """The files below `root` that are new or have another size or time than before."""
        for name, size, modified in self._database.execute("SELECT name, size, modified FROM unread ORDER BY name"):
            text = os.fsdecode(name)
            yield MusicFile(os.path.join(root, text), text, size, modified)

    def keep(self, answers: Iterable[tuple[MusicFile, Answer]]) -> Generator[MusicFile, None, None]:
        """Store what came of files, and yield each when that is done. What was stored survives a kill."""
        try:
            for done, (file, answer) in enumerate(answers, 1):
                self._put(file, answer)
                if done % _COMMIT_EVERY == 0:
                    self._database.commit()
                yield file
        finally:
            self._database.commit()

    def keep_below(self, folders: Iterable[str]) -> int:
        """Count the files below folders that cannot be read now as seen: they are not gone. Returns how many."""
        count = 0
        with self._database:
            for folder in folders:
                head = os.fsencode(folder) + b"/" if folder else b""
                count += self._database.execute(
                    "INSERT OR IGNORE INTO seen SELECT name, size, modified FROM files WHERE substr(name, 1, ?) = ?",
                    (len(head), head),
                ).rowcount
        return count

    def end(self) -> None:
        """Mark the files that were not seen as gone. They are dropped when `settle` is called."""
        with self._database:
            names = "(SELECT name FROM seen)"
            self._database.execute(f"UPDATE files SET change = ? WHERE name NOT IN {names}", (GONE,))
            self._database.execute(f"UPDATE files SET change = '' WHERE change = ? AND name IN {names}", (GONE,))

    def settle(self) -> None:
        """Forget what has changed, and the files that are gone: the catalogue holds all that is known."""
        with self._database:
            self._database.execute("DELETE FROM files WHERE change = ?", (GONE,))
            self._database.execute("UPDATE files SET change = ''")

    def changes(self) -> dict[str, int]:
        """How many files have changed since `settle`, by kind of change."""
        rows = self._database.execute("SELECT change, count(*) FROM files WHERE change != '' GROUP BY change")
        return dict(rows.fetchall())

    def changed(self, change: str, most: int) -> list[str]:
        """The names of files with this change, at most so many."""
        rows = self._database.execute("SELECT name FROM files WHERE change = ? ORDER BY name LIMIT ?", (change, most))
        return [os.fsdecode(name) for (name,) in rows]

    def count(self) -> int:
        """How many files are known that are not gone."""
        return self._number("SELECT count(*) FROM files WHERE change != ?", GONE)

    def sample(self, most: int) -> list[tuple[str, int]]:
        """Names and sizes of some files, evenly spread."""
        step = max(1, self.count() // most)
        rows = self._database.execute("SELECT name, size FROM files WHERE fault = '' ORDER BY name")
        return [(os.fsdecode(name), size) for place, (name, size) in enumerate(rows) if place % step == 0]

    def records(self) -> Iterator[Record]:
        """All files that are not gone, in the order of their names."""
        rows = self._database.execute(
            "SELECT name, tags, fingerprint, fault, content FROM files WHERE change != ? ORDER BY name", (GONE,)
        )
        for name, tags, fingerprint, fault, content in rows:
            yield Record(os.fsdecode(name), Tags.from_dict(json.loads(tags)), fingerprint, fault, content)

    def look_alikes(self) -> list[str]:
        """The names of the files that share their fingerprint with another and whose content has no hash yet."""
        rows = self._database.execute(
            "SELECT name FROM files WHERE content = '' AND fault = '' AND change != ? AND fingerprint IN "
            "(SELECT fingerprint FROM files WHERE fault = '' AND change != ? GROUP BY fingerprint HAVING count(*) > 1)",
            (GONE, GONE),
        )
        return [os.fsdecode(name) for (name,) in rows]

    def put_content(self, name: str, digest: str) -> None:
        """Store the hash of a file's whole content."""
        with self._database:
            self._database.execute("UPDATE files SET content = ? WHERE name = ?", (digest, os.fsencode(name)))

    def _put(self, file: MusicFile, answer: Answer) -> None:
        name, tags = os.fsencode(file.name), json.dumps(answer.tags.as_dict(), ensure_ascii=False)
        before = self._database.execute(
            "SELECT tags, fault, change, fingerprint, content FROM files WHERE name = ?", (name,)
        ).fetchone()
        change, content = NEW, ""
        if before is not None:
            old_tags, old_fault, change, fingerprint, old_content = before
            is_same = (old_tags, old_fault, fingerprint) == (tags, answer.fault, answer.fingerprint)
            if change != NEW:
                change = (change if change == CHANGED else "") if is_same else CHANGED
            content = old_content if fingerprint == answer.fingerprint else ""
        row = (name, file.size, file.modified, tags, answer.fingerprint, answer.fault, content, change)
        self._database.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def _number(self, query: str, *values: str) -> int:
        return int(self._database.execute(query, values).fetchone()[0])


@contextmanager
def open_store(file: Path) -> Iterator[Store]:
    """The records in `file`, which is made if it is not there. One process at a time."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(file, timeout=5.0)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("PRAGMA synchronous = NORMAL")
            yield Store(connection)
    except sqlite3.OperationalError as fault:
        raise CatalogueError(
            f"{file} cannot be used ({fault}). Is another process reading this folder? Is there room on the disk?"
        ) from None
    except sqlite3.DatabaseError as fault:
        raise CatalogueError(
            f"{file}, where Nearfield keeps what it has read of the folder, is damaged ({fault}). Remove it; then the "
            "folder is read anew."
        ) from None
