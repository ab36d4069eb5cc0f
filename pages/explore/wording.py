"""What the Explore page says about scores, ranks and evidence: text from numbers alone."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from core.search.evidence import GRAPH_WALKS, Answer, Evidence
from core.search.spaces import FUSION_PREFIX, RUN_PREFIX, Space
from pages.shell.text import counted, plain


def unit(space: Space) -> str:
    """What the space's score is."""
    if space.name.startswith(FUSION_PREFIX):
        return "Score: the weighted sum of what its parts say, each in standard deviations."
    return "Score: chance that a random walk is there." if space.name in GRAPH_WALKS else "Score: cosine, at most 1."


def basis(space: Space, with_edges: bool, degree: int) -> str:
    """Which known edges an answer of the space rests on. `degree`: how many the query artist has."""
    if not with_edges:
        return "Rests on no known edge."
    if not degree:
        return "No edge of the artist is known, so the model goes by the artist’s features."
    more = ", and on features" if space.name.startswith((RUN_PREFIX, FUSION_PREFIX)) else ""
    return f"Rests on the artist’s {counted(degree, 'known edge')}{more}."


def reach(space: Space, n_known: int) -> str:
    """How many artists an answer of the space was chosen from."""
    return f"{'Reaches' if space.name in GRAPH_WALKS else 'Knows'} {counted(n_known, 'other artist')}."


def nothing_known(space: Space, degree: int) -> str:
    """Why a space has no answer."""
    if space.name in GRAPH_WALKS:
        reason = "No similar artist is known" if not degree else "The known edges lead nowhere"
        return f"{reason}, so a walk along known edges says nothing. A space of sound or tags may know more."
    return "This space knows nothing about the artist: the catalogue has no such features of it. Try another space."


def score_text(space: Space, score: float) -> str:
    """A score in the space's unit."""
    if space.name.startswith(FUSION_PREFIX):
        return f"{score:.2f}"
    return f"{score:.2%}" if space.name in GRAPH_WALKS else f"{score:.3f}"


def evidence_text(evidence: Evidence, index: int, lists: int) -> str:
    """What the known edges and the other lists say of one result. `lists`: how many of the lists name it."""
    facts = [
        "✓ known" if evidence.known[index] else "",
        f"{evidence.shared[index]} shared" if evidence.shared[index] else "",
        f"in {lists} lists" if lists > 1 else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def rank_table(answers: Sequence[Answer], row: int) -> str:
    """A markdown table: the place of artist `row` in each of the answers' spaces."""
    lines = ["| Space | Place | Score |", "|:--|--:|--:|"]
    for found in answers:
        rank = int(found.ranks(np.array([row]))[0])
        place = f"{rank:,} of {found.n_known:,}" if rank else "unknown"
        score = score_text(found.space, float(found.scores[row])) if rank else "–"
        lines.append(f"| {plain(found.space.title)} | {place} | {score} |")
    return "\n".join(lines)


def parts_table(titles: Sequence[str], contributions: npt.NDArray[np.float32], degree: int) -> str:
    """A markdown table: what each part of a fusion adds to one result's score, the largest first.

    Shapes: `contributions` (parts,) of the parts with these titles; `degree`: known edges of the artist asked for.
    """
    lines = [f"| What the fusion adds up, for an artist with {counted(degree, 'known edge')} | Adds |", "|:--|--:|"]
    order = np.argsort(-contributions, kind="stable")
    lines += [f"| {plain(titles[index])} | {contributions[index]:+.2f} |" for index in order]
    return "\n".join([*lines, f"| **Score** | **{contributions.sum():.2f}** |"])
