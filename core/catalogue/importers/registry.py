"""What an importer is: one file that says what it reads, under which terms, with which options, and reads it.

An importer turns a source into `Content`, which holds all that a catalogue is made of, and a report of what came in and
what did not. Nothing is written before `run`, so every importer can be tried without.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import pandas as pd

from core.catalogue.format import SPLITS, Manifest
from core.catalogue.writing import Features, TrackFeatures, check_destination, write_catalogue
from core.errors import CatalogueError

Options: TypeAlias = Mapping[str, str]
"""Name of an option -> what was given for it. Options that were not given are missing."""


Progress: TypeAlias = Callable[[str, float], None]
"""Told what is being done and the share of it that is done, 0 to 1; may raise StoppedError to stop the work."""


def no_progress(stage: str, share: float) -> None:
    """Tells nobody."""


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
class Growth:
    """How an importer reads a source again into the catalogue that was made from it.

    `read` gets the source, the options, the catalogue's folder (which may be missing, or None), whether nothing may be
    written, and whom to tell about progress. `write` makes the catalogue, or its next version. `check` raises
    CatalogueError for a folder that holds something else.
    """

    read: Callable[[Path, Options, Path | None, bool, Progress], Content]
    write: Callable[[Content, Path], Path]
    check: Callable[[Path], None]


@dataclass(frozen=True)
class Importer:
    """One way to get a catalogue.

    `title` is what people choose from a list, `reads` names the files that the source must hold, `citation` and
    `licence` are those of the data ("" where each source has its own). `read` turns the source and the options into
    content; it raises CatalogueError with file, row and reason. `check` raises CatalogueError for options without which
    nothing may be imported, though it may be looked at. An importer with `growth` can be run again into the catalogue
    that it has made; then `read` is for a look at the source alone. `review` keeps what there is to tell about content
    that was planned for a folder, before there is a catalogue.
    """

    name: str
    title: str
    reads: str
    citation: str
    licence: str
    read: Callable[[Path, Options], Content]
    options: tuple[Option, ...] = ()
    check: Callable[[Content], None] | None = None
    growth: Growth | None = None
    review: Callable[[Content, Path], None] | None = None

    def check_destination(self, dest: Path) -> None:
        """Raise CatalogueError if an import cannot go into the folder `dest`."""
        if self.growth and os.path.lexists(dest):
            self.growth.check(dest)
        else:
            check_destination(dest)

    def plan(
        self,
        source: Path,
        options: Options | None = None,
        dest: Path | None = None,
        is_trial: bool = True,
        on_progress: Progress = no_progress,
    ) -> Content:
        """What an import of `source` into `dest` would bring in.

        No catalogue is written; unless it `is_trial`, an importer may keep what it has read for `write`.
        """
        given = options or {}
        known = [option.name for option in self.options]
        for name in given:
            if name not in known:
                raise CatalogueError(f"{self.name} has no option “{name}”. It has: {', '.join(known) or 'none'}.")
        if self.growth:
            return self.growth.read(source, given, dest, is_trial, on_progress)
        on_progress("reading", 0.0)
        return self.read(source, given)

    def write(self, content: Content, dest: Path) -> Path:
        """Write what was planned as the catalogue folder `dest`, which names a catalogue without a name."""
        if self.check:
            self.check(content)
        if self.growth:
            return self.growth.write(content, dest)
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
        """Import `source` as the catalogue folder `dest`, and return it."""
        return self.write(self.plan(source, options, dest, is_trial=False), dest)


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
