"""The parameters of a path as the URL holds them, and the path as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast, get_args

import pandas as pd

from core.catalogue import Catalogue
from core.graph.encodings import EDGE_ENCODINGS
from core.graph.paths import MAX_STEPS, ArtistPath, StepKinds
from pages.neighbourhood.parameters import AVOID, SMOOTHING, STEPS, TIES, TO, VIA
from pages.shell.parameters import Parameter

USUAL_SMOOTHING = 0.5


@dataclass(frozen=True)
class Question:
    """Which path to find: rows of `goal` and `avoid`, and the name of the space. Without a goal there is no path.

    `avoid` never contains the two ends of the path.
    """

    goal: int | None
    space: str
    ties: StepKinds
    smoothing: float
    n_steps: int | None
    avoid: tuple[int, ...]


def read_question(
    parameters: Mapping[str, Sequence[str]], catalogue: Catalogue, spaces: Sequence[str], start: int
) -> Question:
    """The question in the URL's `parameters`. Missing and invalid values get their defaults.

    `spaces` are those on offer, the default first.
    """
    goal = catalogue.row_of.get(_last(parameters, TO))
    via, ties = _last(parameters, VIA), _last(parameters, TIES)
    smoothing = _number(_last(parameters, SMOOTHING), 0, 1)
    steps = _number(_last(parameters, STEPS), 1, MAX_STEPS)
    avoided = (catalogue.row_of.get(artist_id) for artist_id in dict.fromkeys(parameters.get(AVOID.name, ())))
    return Question(
        goal=goal,
        space=via if via in spaces else spaces[0],
        ties=cast(StepKinds, ties) if ties in get_args(StepKinds) else "both",
        smoothing=USUAL_SMOOTHING if smoothing is None else round(smoothing, 1),
        n_steps=None if steps is None else int(steps),
        avoid=tuple(row for row in avoided if row is not None and row not in (start, goal)),
    )


def written(parameter: Parameter, value: str | float | None) -> str | None:
    """The URL's value for a choice; None for a default, which the URL omits."""
    usual = {TIES: "both", SMOOTHING: USUAL_SMOOTHING, STEPS: None}
    if parameter in usual and value == usual[parameter]:
        return None
    return f"{value:g}" if isinstance(value, float) else str(value)


def path_table(catalogue: Catalogue, path: ArtistPath) -> pd.DataFrame:
    """One row for each artist of the path, in order, with the evidence for the step that leads there."""
    steps = path.steps
    return pd.DataFrame(
        {
            "Step": range(len(steps) + 1),
            "Artist": catalogue.display_names.iloc[path.rows].tolist(),
            "Artist id": catalogue.artists["artist_id"].iloc[path.rows].tolist(),
            "Link": ["", *(EDGE_ENCODINGS[step.kind].name for step in steps)],
            "Near in the space": ["", *("yes" if step.near else "no" for step in steps)],
            "Score": pd.array([None, *(step.score for step in steps)], "Float64"),
            "Familiarity jump": pd.array([None, *(step.jump for step in steps)], "Float64"),
            "Cost": pd.array([None, *(step.cost for step in steps)], "Float64"),
        }
    )


def _last(parameters: Mapping[str, Sequence[str]], parameter: Parameter) -> str:
    return next(reversed(parameters.get(parameter.name, ())), "")


def _number(text: str, least: float, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if least <= value <= most else None
