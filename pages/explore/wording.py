"""What the Explore page says about scores, ranks and evidence: text from numbers alone."""

from collections.abc import Sequence

import numpy as np

from core.arrays import FloatArray
from core.experiments.summary import Standing
from core.search.evidence import Evidence
from core.search.exploration import ExploredResult, ListFigures
from core.search.spaces import Space
from core.text import counted
from pages.shell.text import plain

QUALITY = "NDCG@200: how well it finds again the hidden similar artists of test artists; 1 is perfect. More on Results."


def quality(standing: Standing | None) -> str:
    """How good a space was measured to be."""
    if standing is None:
        return "Not measured yet."
    chance = "" if np.isnan(standing.by_chance) else f", by chance {standing.by_chance:.3f}"
    return f"NDCG@200 **{standing.value:.3f}**{chance}."


def unit(space: Space, joined: bool = False) -> str:
    """What the space's score is; `joined` for several artists."""
    if joined:
        return "Score: the sum over the named artists, in standard deviations."
    if space.name.is_fusion:
        return "Score: the weighted sum of what its parts say, each in standard deviations."
    return "Score: chance that a random walk is there." if space.name.is_walk else "Score: cosine, at most 1."


def basis(space: Space, with_edges: bool, degree: int) -> str:
    """Which known edges an answer of the space rests on. `degree`: how many the query artist has."""
    if not with_edges:
        return "Rests on no known edge."
    if not degree:
        return "No edge of the artist is known, so the model goes by the artist’s features."
    more = ", and on features" if space.name.is_run or space.name.is_fusion else ""
    return f"Rests on the artist’s {counted(degree, 'known edge')}{more}."


def reach(space: Space, n_known: int) -> str:
    """How many artists an answer of the space was chosen from."""
    return f"{'Reaches' if space.name.is_walk else 'Knows'} {counted(n_known, 'other artist')}."


def nothing_known(space: Space, degree: int) -> str:
    """Why a space has no answer."""
    if space.name.is_walk:
        reason = "No similar artist is known" if not degree else "The known edges lead nowhere"
        return f"{reason}, so a walk along known edges says nothing. A space of sound or tags may know more."
    return "This space knows nothing about the artist: the catalogue has no such features of it. Try another space."


def nobody_passes() -> str:
    """Why a filtered list is empty."""
    return "Of the artists that pass the filters, this space can compare none. Take a filter out."


def effect_text(explored: ExploredResult) -> str:
    """The effect of exploration on one list, in a line."""
    before, after = explored.plain_figures, explored.figures
    new = int(np.count_nonzero(explored.new))
    figures = [_popularity_text(before, after), _spread_text(before, after)]
    return " · ".join([figure for figure in figures if figure] + [f"{new} new" if new else "nobody new"])


def _popularity_text(before: ListFigures, after: ListFigures) -> str:
    if not before.n_popularity or not after.n_popularity:
        return "Popularity unknown"
    return f"Mean popularity {before.popularity:.0%} → {after.popularity:.0%}"


def _spread_text(before: ListFigures, after: ListFigures) -> str:
    if np.isnan(before.distance) or np.isnan(after.distance):
        return ""
    return f"spread {before.distance:.2f} → {after.distance:.2f}"


def evidence_text(evidence: Evidence, index: int, lists: int, new: bool = False, thin: bool = False) -> str:
    """What the known edges and the other lists say of one result.

    `lists`: how many of the lists name it; `new`: exploration brought it in; `thin`: confidence in it is thin.
    """
    facts = [
        "★ new" if new else "",
        "✓ known" if evidence.known[index] else "",
        f"{evidence.shared[index]} shared" if evidence.shared[index] else "",
        f"in {lists} lists" if lists > 1 else "",
        "thin evidence" if thin else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def query_parts_table(names: Sequence[str], n_like: int, parts: FloatArray) -> str:
    """A markdown table: what each named artist (s,), the `n_like` wanted ones first, adds to one result's score."""
    lines = ["| What the named artists add | Adds |", "|:--|--:|"]
    for index, name in enumerate(names):
        kind = "like" if index < n_like else "less like"
        added = "unknown" if np.isnan(parts[index]) else f"{parts[index]:+.2f}"
        lines.append(f"| {kind} {plain(name, 40)} | {added} |")
    return "\n".join(lines)
