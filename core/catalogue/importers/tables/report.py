"""What an import of tables brings in and what it leaves out, for people and for programs."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from core.catalogue.format import SPLITS
from core.catalogue.importers.registry import Report
from core.catalogue.importers.tables.ends import Joined
from core.catalogue.importers.tables.mapping import Mapping, write_mapping
from core.catalogue.importers.tables.people import People
from core.catalogue.importers.tables.sets import Gathered
from core.text import counted

NOT_GIVEN = "not given; the import needs it"


@dataclass
class Findings:
    """All that is told about one import."""

    people: People
    joined: list[Joined]
    sets: list[Gathered]
    edges_by_relation: dict[str, int]
    edges_in_several_tables: int
    learned: str
    unused: dict[str, list[str]]
    notes: list[str] = field(default_factory=list)

    def report(self, mapping: Mapping) -> Report:
        """The findings as lines and as details, with the mapping that brings in the same."""
        lines = [
            *self._artist_lines(),
            *self._edge_lines(),
            *self._set_lines(),
            *(f"not used of {table}: {', '.join(columns)}" for table, columns in self.unused.items() if columns),
            *self.notes,
            f"source: {mapping.catalogue.source or NOT_GIVEN}",
            f"licence: {mapping.catalogue.licence or NOT_GIVEN}",
        ]
        return Report(lines, self._details(mapping), write_mapping(mapping))

    def _artist_lines(self) -> list[str]:
        people = self.people
        counts = people.frame["split"].value_counts()
        splits = ", ".join(f"{int(counts.get(split, 0)):,} {split}" for split in SPLITS)
        origin = f"made: {people.split_method}" if people.made_splits else "as given"
        lines = [
            f"artists: {len(people):,} of {people.read:,} rows{_but(people.dropped)}",
            f"splits: {splits} ({origin})",
        ]
        lines += [f"no artist is in {split}" for split in SPLITS if not counts.get(split, 0)]
        return lines + people.notes

    def _edge_lines(self) -> list[str]:
        if not self.joined:
            return ["edges: none; without them models and the walk have nothing to learn from"]
        lines = []
        for joined in self.joined:
            lines.append(
                f"edges of {joined.table}: {len(joined.frame):,} of {joined.read:,} rows{_but(joined.dropped)}"
            )
            lines += joined.notes
        if self.edges_in_several_tables:
            lines.append(f"{counted(self.edges_in_several_tables, 'edge')} in several tables: counted once")
        for relation, count in self.edges_by_relation.items():
            what = "models learn and are scored on it" if relation == self.learned else "kept beside it"
            lines.append(f"relation “{relation}”: {counted(count, 'edge')}; {what}")
        return lines

    def _set_lines(self) -> list[str]:
        lines = []
        for one in self.sets:
            if one.values is not None and one.info is not None:
                lines.append(
                    f"set {one.name}: {counted(one.values.shape[1], f'{one.info.kind} column')}, "
                    f"{one.covered:,} of {len(self.people):,} artists ({one.covered / len(self.people):.0%})"
                )
            lines += [f"set {one.name}: {note}" for note in one.notes]
        return lines or ["sets: none"]

    def _details(self, mapping: Mapping) -> dict[str, Any]:
        counts = self.people.frame["split"].value_counts()
        return {
            "artists": {
                "rows": self.people.read,
                "kept": len(self.people),
                "dropped": {reason: count for reason, count in self.people.dropped.items() if count},
            },
            "splits": {split: int(counts.get(split, 0)) for split in SPLITS},
            "splits_made": self.people.made_splits,
            "edges": {
                joined.table: {
                    "rows": joined.read,
                    "kept": len(joined.frame),
                    "dropped": {reason: count for reason, count in joined.dropped.items() if count},
                    "joined_by": joined.joined_by,
                }
                for joined in self.joined
            },
            "relations": self.edges_by_relation,
            "learned": self.learned,
            "sets": {
                one.name: {"columns": 0 if one.values is None else int(one.values.shape[1]), "artists": one.covered}
                for one in self.sets
            },
            "unused": {table: columns for table, columns in self.unused.items() if columns},
            "source": mapping.catalogue.source,
            "licence": mapping.catalogue.licence,
        }


def _but(dropped: Counter[str]) -> str:
    """ ": left out 3 with …, 4 with …", or "" if nothing was."""
    parts = [f"{count:,} with {reason}" for reason, count in dropped.items() if count]
    return f"; left out: {', '.join(parts)}" if parts else ""
