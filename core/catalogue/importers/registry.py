"""What an importer is: one file that says what it reads, under which terms, with which options, and reads it.

An importer turns a source into `Content`, which holds all that a catalogue is made of, and a report of what came in and
what did not. Nothing is written before `run`, so every importer can be tried without.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from core.catalogue.format import SPLITS, Manifest
from core.catalogue.writing import Features, TrackFeatures, write_catalogue
from core.errors import CatalogueError

Options: TypeAlias = Mapping[str, str]
"""Name of an option -> what was given for it. Options that were not given are missing."""


@dataclass(frozen=True)
class Option:
    """One setting of an importer, such as the licence of what it reads."""

    name: str
    help: str
    metavar: str = "TEXT"


@dataclass(frozen=True)
class Report:
    """What an import brings in: `lines` for people, `details` for programs, and a mapping that can be given again."""

    lines: list[str]
    details: dict[str, object] = field(default_factory=dict)
    mapping: str = ""


@dataclass(frozen=True)
class Content:
    """All that a catalogue is made of."""

    manifest: Manifest
    artists: pd.DataFrame
    edges: pd.DataFrame
    features: Features
    tracks: pd.DataFrame | None = None
    track_features: TrackFeatures | None = None
    report: Report | None = None

    def told(self) -> Report:
        """The report of the import, or one that counts what there is."""
        return self.report or _counted(self)


@dataclass(frozen=True)
class Importer:
    """One way to get a catalogue.

    `title` is what people choose from a list, `reads` names the files that the source must hold, `citation` and
    `licence` are those of the data ("" where each source has its own). `read` turns the source and the options into
    content; it raises CatalogueError with file, row and reason. `check` raises CatalogueError for options without which
    nothing may be imported, though it may be looked at.
    """

    name: str
    title: str
    reads: str
    citation: str
    licence: str
    read: Callable[[Path, Options], Content]
    options: tuple[Option, ...] = ()
    check: Callable[[Content], None] | None = None

    def plan(self, source: Path, options: Options | None = None) -> Content:
        """What an import of `source` would bring in. Nothing is written."""
        given = options or {}
        known = [option.name for option in self.options]
        for name in given:
            if name not in known:
                raise CatalogueError(f"{self.name} has no option “{name}”. It has: {', '.join(known) or 'none'}.")
        return self.read(source, given)

    def write(self, content: Content, dest: Path) -> Path:
        """Write what was planned as the new catalogue folder `dest`, which names a catalogue without a name."""
        if self.check:
            self.check(content)
        said = content.manifest
        return write_catalogue(
            dest,
            replace(said, name=said.name or dest.name, title=said.title or dest.name),
            content.artists,
            content.edges,
            content.features,
            content.tracks,
            content.track_features,
        )

    def run(self, source: Path, dest: Path, options: Options | None = None) -> Path:
        """Import `source` as the new catalogue folder `dest`, and return it."""
        return self.write(self.plan(source, options), dest)


def _counted(content: Content) -> Report:
    splits = content.artists["split"].value_counts()
    counts = {split: int(splits.get(split, 0)) for split in SPLITS}
    sets = {name: values.shape for name, (values, _) in content.features.items()}
    lines = [
        f"{len(content.artists):,} artists: " + ", ".join(f"{count:,} {split}" for split, count in counts.items()),
        f"{len(content.edges):,} edges",
        *(f"set {name}: {width:,} numbers for {rows:,} artists" for name, (rows, width) in sets.items()),
        f"licence: {content.manifest.licence}",
    ]
    details: dict[str, object] = {"artists": len(content.artists), "splits": counts, "edges": len(content.edges)}
    return Report(lines, details | {"sets": {name: list(shape) for name, shape in sets.items()}})
