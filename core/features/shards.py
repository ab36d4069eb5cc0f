"""Shards of an extraction: parts of the files that any number of machines can listen to on their own.

A file's shard follows from a hash of what it is called, so that it needs no list and stays when other files come or go.
Vectors lie under the hash of the content, so shards that hear the same sound write the same file. What a shard knows of
its files, hashes and faults, it keeps in databases of its own; merging takes them in.
"""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from core.errors import NearfieldError
from core.features.audio_folders import AudioFile
from core.features.digests import DIGESTS_FILE, Digests
from core.features.faults import FAULTS_FILE, Faults

MOST_SHARDS = 100_000
_WRITTEN = re.compile(r"([1-9]\d{0,5})/([1-9]\d{0,5})")
_RECORD = re.compile(r"(?:digests|faults)-([1-9]\d{0,5})-of-([1-9]\d{0,5})\.sqlite")


@dataclass(frozen=True, order=True)
class Shard:
    """Part `number` of `count`, from 1."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> "Shard":
        """ "2/3" -> the second of three. Raises NearfieldError for anything else."""
        found = _WRITTEN.fullmatch(text.strip())
        shard = cls(*map(int, found.groups())) if found else cls(0, 0)
        if not 1 <= shard.number <= shard.count <= MOST_SHARDS:
            raise NearfieldError(
                f"“{text}” is no shard: the second of three is 2/3, and there are at most {MOST_SHARDS:,}."
            )
        return shard

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @classmethod
    def of(cls, file: AudioFile, count: int) -> "Shard":
        """The one of `count` shards that a file falls to, by its track or else by its name."""
        digest = hashlib.sha256((file.track_id or file.name).encode("utf-8", "surrogatepass")).digest()
        return cls(int.from_bytes(digest[:8], "big") % count + 1, count)

    def holds(self, file: AudioFile) -> bool:
        """Whether a file falls to this shard."""
        return self == Shard.of(file, self.count)

    def record(self, name: str) -> str:
        """The name of this shard's own database in place of `name`."""
        return name.replace(".", f"-{self.number}-of-{self.count}.", 1)


def take_in_records(folder: Path) -> list[Shard]:
    """Put what shards know of their files into the databases that all extractions use; returns the shards."""
    shards = set()
    digests, faults = Digests(folder / DIGESTS_FILE), Faults(folder / FAULTS_FILE, ())
    for file in _records(folder):
        (digests if file.name.startswith("digests") else faults).take_in(file)
        shards.add(_shard_of(file))
    return sorted(shards)


def drop_records(folder: Path) -> None:
    """Remove the databases of shards, which have been taken in."""
    for file in _records(folder):
        file.unlink(missing_ok=True)


def _records(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*-of-*.sqlite") if _RECORD.fullmatch(file.name))


def _shard_of(file: Path) -> Shard:
    found = _RECORD.fullmatch(file.name)
    assert found
    return Shard(int(found[1]), int(found[2]))
