"""Asking a space all that a visitor chose at once: several artists, the dial, and who may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.arrays import BoolArray, FloatArray, IntArray
from core.search.confidence import THIN, confidence_levels, facts_of_answer
from core.search.evidence import Answer, ranked
from core.search.exploration import FAMILIAR, Dial, Steered, Wish, steer, wished_scores
from core.search.spaces import Space
from core.similarity import Similarity


@dataclass(frozen=True)
class Request:
    """The `k` artists for a wish, chosen by the dial among those `allowed` (n,), None for all.

    `popularity` (n,) as of `popularity_places` and `spread_by` are asked for only where the dial is set.
    """

    wish: Wish
    k: int = 10
    dial: Dial = FAMILIAR
    allowed: BoolArray | None = None
    popularity: FloatArray | None = None

    @property
    def is_joined(self) -> bool:
        """Whether several artists are named, so that scores are sums of standardised ones."""
        return len(self.wish.artists) > 1


@dataclass(frozen=True)
class Reply:
    """One space's answer to a request.

    `answer` has the wish's scores of all artists and the nearest of those allowed; `unheard` rows of named artists of
    which the space knows nothing; `steered` the list beside the plain one where the dial is set.
    """

    request: Request
    answer: Answer
    unheard: IntArray
    steered: Steered | None = None

    @property
    def new(self) -> BoolArray:
        """(k,) which of the nearest the dial brought in."""
        return np.zeros(len(self.answer.nearest), dtype=bool) if self.steered is None else self.steered.new


def ask(similarity: Similarity, space: Space, request: Request, spread_by: Similarity | None = None) -> Reply:
    """The answer to a request; with one artist, the dial at 0 and everybody allowed it is `evidence.answer`.

    Raises NearfieldError for an unknown row or a k outside 1 to 1000.
    """
    query = request.wish.like[0]
    if request.dial == FAMILIAR:
        wished = wished_scores(similarity, request.wish)
        return Reply(request, ranked(space, query, wished.scores, request.k, request.allowed), wished.unheard)
    steered = steer(similarity, request.wish, request.k, request.dial, request.popularity, request.allowed, spread_by)
    answer = Answer(space, query, steered.scores, steered.neighbours, 0)
    return Reply(request, answer, steered.unheard, steered)


def thin_answers(matrix: csr_array, present: BoolArray, witnesses: Sequence[Answer], own: Answer) -> BoolArray:
    """(k,) which of the nearest of `own` rest on thin evidence, when `witnesses` are what the kinds of space say."""
    facts = facts_of_answer(matrix, present, witnesses, own.space.name, own.nearest.rows)
    thin: BoolArray = confidence_levels(facts) == THIN
    return thin
