"""What a preparation consists of: choices, what the catalogue will hold, and pieces of work with their estimates."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from core.catalogue import Catalogue
from core.features.audio_sets import sets_at_hand

Report = Callable[[float], None]
"""Receives the share of a piece that is done, 0 to 1. Raises StoppedError where the work is to stop."""

Make = Callable[[Report], list[str]]
"""Makes a product and returns sentences to tell. Raises NearfieldError where it cannot be made."""


@dataclass(frozen=True)
class Choice:
    """What a person chooses.

    `features` are the sets that are extracted from sound. `relations` is the service that is asked for similar artists,
    "" for none, and `contact` the address that it is sent. `workers` listen at once. `again` tries files again that
    gave no vectors.
    """

    features: tuple[str, ...] = field(default_factory=sets_at_hand)
    relations: str = ""
    contact: str = ""
    workers: int = 1
    again: bool = False

    def as_dict(self) -> dict[str, Any]:
        """What is written down about a job: no address."""
        return {
            "features": list(self.features),
            "relations": self.relations,
            "workers": self.workers,
            "again": self.again,
        }


@dataclass(frozen=True)
class Outlook:
    """The catalogue, and how it will differ by the time a step begins: sets whose vectors will be others, and whether
    the learned edges will."""

    catalogue: Catalogue
    choice: Choice = field(default_factory=Choice)
    new_sets: frozenset[str] = frozenset()
    new_edges: bool = False

    @property
    def sets(self) -> list[str]:
        """The feature sets that there will be."""
        return list(dict.fromkeys([*self.catalogue.feature_names, *sorted(self.new_sets)]))

    @property
    def has_edges(self) -> bool:
        return self.new_edges or len(self.catalogue.learned_edges) > 0

    def differs(self, sets: Iterable[str] = (), by_edges: bool = True) -> bool:
        """Whether what is made from these sets, and from the edges if `by_edges`, will have to be made again."""
        return (by_edges and self.new_edges) or not self.new_sets.isdisjoint(sets)


@dataclass(frozen=True)
class Piece:
    """One thing to make: what it is in a few words, about how many seconds it takes, and how to make it."""

    label: str
    seconds: float
    make: Make


@dataclass(frozen=True)
class Found:
    """What a step has to make, and how many of its products are there already. `why` says why there is no more to make,
    or what is missing for more. `new_sets` are the feature sets that will be others by what is made."""

    todo: tuple[Piece, ...] = ()
    there: int = 0
    why: str = ""
    new_sets: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """About how long the step takes."""
        return sum(piece.seconds for piece in self.todo)
