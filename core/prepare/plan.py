"""The plan of a preparation: what each step has to do, about how long that takes, and why there is no more."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from core.catalogue import Catalogue
from core.prepare.layouts import find_maps
from core.prepare.pieces import Choice, Found, Outlook
from core.prepare.ranking import find_clip_routes, find_models, find_pairs, find_recommended, find_yardsticks
from core.prepare.sources import find_extraction, find_relations

EXTRACTION, RELATIONS, MAPS = "extraction", "relations", "maps"

STEPS: dict[str, Callable[[Outlook], Found]] = {
    EXTRACTION: find_extraction,
    RELATIONS: find_relations,
    "yardsticks": find_yardsticks,
    "models": find_models,
    "pairs": find_pairs,
    "recommended": find_recommended,
    "clips": find_clip_routes,
    MAPS: find_maps,
}
"""The steps by name, in the order in which they are done. Maps come last, since UMAP, once it is loaded, changes how a
process rounds, and a preparation that was stopped shall come to the same figures."""

TITLES = {
    EXTRACTION: "Listen to the files",
    RELATIONS: "Collect similar artists",
    "yardsticks": "Score simple rankers",
    "models": "Train models",
    "pairs": "Train the pair ranker",
    "recommended": "Join them as the recommended ranker",
    "clips": "Fit the answers to clips",
    MAPS: "Lay out maps",
}


@dataclass(frozen=True)
class PlannedStep:
    """A step with the `pieces` that it has to make, in a few words each, and the seconds that this takes, estimated.

    `there` counts products that are there already. `why` says why there is no more to make, or what is missing for
    more.
    """

    name: str
    pieces: tuple[str, ...]
    there: int
    seconds: float
    why: str

    @property
    def title(self) -> str:
        return TITLES[self.name]


@dataclass(frozen=True)
class Plan:
    """All steps of a preparation in their order."""

    steps: tuple[PlannedStep, ...]

    @property
    def seconds(self) -> float:
        """About how long all of it takes."""
        return sum(step.seconds for step in self.steps)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to make."""
        return not any(step.pieces for step in self.steps)


def plan_preparation(catalogue: Catalogue, choice: Choice) -> Plan:
    """What there is to do, and how long it takes, estimated from sizes. Nothing is written, sent or loaded for long.

    What a later step is made from may be about to change in an earlier one; then it is planned as if it had changed.
    """
    outlook = Outlook(catalogue, choice)
    planned = []
    for name, find in STEPS.items():
        found = find(outlook)
        planned.append(_planned(name, found))
        outlook = replace(outlook, new_sets=outlook.new_sets | set(found.new_sets))
        if found.todo and name == RELATIONS and not len(catalogue.learned_edges):
            outlook = replace(outlook, new_edges=True)
    return Plan(tuple(planned))


def _planned(name: str, found: Found) -> PlannedStep:
    return PlannedStep(name, tuple(piece.label for piece in found.todo), found.there, found.seconds, found.why)
