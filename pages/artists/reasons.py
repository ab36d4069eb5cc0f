"""What every page says of scores, places, traits and confidence: text from numbers alone."""

from collections.abc import Sequence

import numpy as np

from core.arrays import FloatArray
from core.audio.acousticbrainz import TraitComparison
from core.search.confidence import Confidence
from core.search.evidence import Answer
from core.search.spaces import Space
from core.text import counted
from pages.shell.text import plain

MOST_TRAITS = 6
_NAME_LENGTH = 30


def score_text(space: Space, score: float, joined: bool = False) -> str:
    """A score in the space's unit, as of `unit`."""
    if joined or space.name.is_fusion:
        return f"{score:.2f}"
    return f"{score:.2%}" if space.name.is_walk else f"{score:.3f}"


def confidence_text(confidence: Confidence) -> str:
    """How much an answer rests on, in markdown: the word, and the reason for it."""
    return f"**Confidence: {confidence.word}.** {plain(confidence.reason)}"


def rank_table(answers: Sequence[Answer], row: int) -> str:
    """A markdown table: the place of artist `row` in each of the answers' spaces."""
    lines = ["| Space | Place | Score |", "|:--|--:|--:|"]
    for found in answers:
        rank = int(found.ranks(np.array([row]))[0])
        place = f"{rank:,} of {found.n_known:,}" if rank else "unknown"
        score = score_text(found.space, float(found.scores[row])) if rank else "–"
        lines.append(f"| {plain(found.space.title)} | {place} | {score} |")
    return "\n".join(lines)


def traits_list(traits: Sequence[TraitComparison], first: str, second: str) -> str:
    """A markdown list: traits in which the artists or clips called `first` and `second`, any text, are alike, the two
    figures of each, and where these stand among all artists, if that is known."""
    shown = traits[:MOST_TRAITS]
    one, other = (plain(name, _NAME_LENGTH) for name in (first, second))
    per_cent = "" if np.isnan([trait.shares for trait in shown]).all() else "; per cent: artists who are less so"
    head = f"**Alike in sound** (first {one}, then {other}{per_cent})"
    return "\n- ".join([head, *map(_trait_text, shown)])


def _trait_text(trait: TraitComparison) -> str:
    less_so = trait.shares if trait.name != trait.trait.low else tuple(1 - share for share in trait.shares)
    shares = "" if np.isnan(less_so).any() else _both(*map(_share_text, less_so))
    figures = f"{_both(*trait.figures)} {trait.trait.unit}".rstrip()
    said = figures if not shares else f"{figures} ({shares})" if trait.trait.unit else shares
    return f"{trait.name.capitalize()}: {said}"


def _both(one: str, other: str) -> str:
    return one if one == other else f"{one} and {other}"


def _share_text(share: float) -> str:
    """A share that is never said to be nobody's or everybody's."""
    return f"{min(max(round(100 * share), 1), 99)}%"


def parts_table(titles: Sequence[str], contributions: FloatArray, degree: int) -> str:
    """A markdown table: what each part of a fusion adds to one result's score, the largest first.

    Shapes: `contributions` (parts,) of the parts with these titles; `degree`: known edges of the artist asked for.
    """
    lines = [f"| What the fusion adds up, for an artist with {counted(degree, 'known edge')} | Adds |", "|:--|--:|"]
    order = np.argsort(-contributions, kind="stable")
    lines += [f"| {plain(titles[index])} | {contributions[index]:+.2f} |" for index in order]
    return "\n".join([*lines, f"| **Score** | **{contributions.sum():.2f}** |"])
