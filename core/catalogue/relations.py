"""What a manifest says about the edges, the splits and the making of a feature set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.catalogue.records import check_extra, is_text
from core.errors import CatalogueError
from core.text import short_label

SIMILAR = "similar"
"""The relation of catalogues that have one only, and that those of format 1 learn from."""

COLLABORATED = "collaborated"
"""The relation of artists who share the credit of a track."""

SPLIT_ORIGINS = ("given", "made")

_TITLES = {SIMILAR: "listed as similar", COLLABORATED: "played together"}
LONGEST_RELATION_NAME = 100
MOST_RELATIONS = 100
"""The most kinds of edges that a catalogue may have."""


@dataclass(frozen=True)
class Relation:
    """One kind of edge: where it comes from, and on which terms.

    `title` says what an edge of it means, as in "listened to together". `algorithm` says how the edges were found,
    `date` when. An edge of a `symmetric` relation has no direction. One that is not `redistributable` stays on this
    machine: it is left out of whatever passes a catalogue on.
    """

    name: str
    title: str = ""
    source: str = ""
    licence: str = ""
    date: str = ""
    algorithm: str = ""
    symmetric: bool = True
    redistributable: bool = True
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = (self.name, self.title, self.source, self.licence, self.date, self.algorithm)
        if not all(map(is_text, texts)) or not self.name or len(self.name) > LONGEST_RELATION_NAME:
            raise CatalogueError(
                f"A relation needs a name of 1 to {LONGEST_RELATION_NAME} characters, and its other fields are text."
            )
        if type(self.symmetric) is not bool or type(self.redistributable) is not bool:
            raise CatalogueError(f"Relation “{self.name}”: symmetric and redistributable must be true or false.")
        check_extra(self.extra, f"Relation “{self.name}”")

    @property
    def label(self) -> str:
        """What an edge means, in the words of the app."""
        return self.title or _TITLES.get(self.name) or self.name.replace("_", " ")


@dataclass(frozen=True)
class Splits:
    """Whether the splits were `given` by the source or `made` at the import, and by which method."""

    origin: str = "given"
    method: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.origin not in SPLIT_ORIGINS or not is_text(self.method):
            raise CatalogueError(f"Splits: origin must be {' or '.join(SPLIT_ORIGINS)}, and method must be text.")
        check_extra(self.extra, "Splits")

    @property
    def are_made(self) -> bool:
        """Whether an importer made the splits because the source has none."""
        return self.origin == "made"


@dataclass(frozen=True)
class Pipeline:
    """How vectors come from sound: the model, what it is fed with, how windows and tracks are pooled, and in which
    precision it computes."""

    model: str = ""
    front_end: str = ""
    pooling: str = ""
    precision: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not all(map(is_text, (self.model, self.front_end, self.pooling, self.precision))):
            raise CatalogueError("Pipeline: every field must be text.")
        check_extra(self.extra, "Pipeline")


def check_relations(relations: Sequence[Relation]) -> None:
    """Raise CatalogueError unless these are relations, each name once."""
    if not isinstance(relations, list) or not all(isinstance(relation, Relation) for relation in relations):
        raise CatalogueError("relations must be a list of records of relations.")
    if len(relations) > 2 * MOST_RELATIONS:  # of edges, and of artists elsewhere
        raise CatalogueError(f"{len(relations):,} relations are described; at most {2 * MOST_RELATIONS} can be.")
    seen: set[str] = set()
    for relation in relations:
        if relation.name in seen:
            raise CatalogueError(f"Relation “{short_label(relation.name)}” is described twice.")
        seen.add(relation.name)


def complete_relations(relations: Sequence[Relation], names: Iterable[str], kind: str) -> list[Relation]:
    """The relations, and one for each other name that edges have.

    Nothing is known about the latter, so they stay on this machine where artists are real.
    """
    known = {relation.name for relation in relations}
    missing = sorted({name for name in names if name} - known)
    return [*relations, *(_unknown(name, kind) for name in missing)]


def _unknown(name: str, kind: str) -> Relation:
    return Relation(name, _TITLES.get(name, ""), symmetric=name in _TITLES, redistributable=kind == "synthetic")
