"""Asking a space all that a visitor chose at once: several artists, the dial, and who may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from core.arrays import BoolArray, FloatArray, IntArray
from core.search.confidence import THIN, confidence_levels, facts_of_answer
from core.search.evidence import Answer, ranked
from core.search.exploration import FAMILIAR, Exploration, ExploredResult, Query, combined_scores, explore
from core.search.spaces import Space
from core.similarity import Similarity


@dataclass(frozen=True)
class SearchRequest:
    """The `k` artists for a wish, chosen by the dial among those `allowed` (n,), None for all.

    `popularity` (n,) as of `popularity_places` and `spread_by` are asked for only where the dial is set.
    """

    query: Query
    k: int = 10
    exploration: Exploration = FAMILIAR
    allowed: BoolArray | None = None
    popularity: FloatArray | None = None

    @property
    def is_joined(self) -> bool:
        """Whether several artists are named, so that scores are sums of standardised ones."""
        return len(self.query.artists) > 1


@dataclass(frozen=True)
class QueryResult:
    """One space's answer to a request.

    `answer` has the wish's scores of all artists and the nearest of those allowed; `unknown` rows of named artists of
    which the space knows nothing; `explored` the list beside the plain one where the dial is set.
    """

    request: SearchRequest
    answer: Answer
    unknown: IntArray
    explored: ExploredResult | None = None

    @property
    def new(self) -> BoolArray:
        """(k,) which of the nearest the dial brought in."""
        return np.zeros(len(self.answer.nearest), dtype=bool) if self.explored is None else self.explored.new


def run_query(
    similarity: Similarity, space: Space, request: SearchRequest, spread_by: Similarity | None = None
) -> QueryResult:
    """The answer to a request; with one artist, the dial at 0 and everybody allowed it is `evidence.answer`.

    Raises NearfieldError for an unknown row or a k outside 1 to 1000.
    """
    query_row = request.query.like[0]
    if request.exploration == FAMILIAR:
        combined = combined_scores(similarity, request.query)
        return QueryResult(
            request, ranked(space, query_row, combined.scores, request.k, request.allowed), combined.unknown
        )
    explored = explore(
        similarity, request.query, request.k, request.exploration, request.popularity, request.allowed, spread_by
    )
    answer = Answer(space, query_row, explored.scores, explored.neighbours, 0)
    return QueryResult(request, answer, explored.unknown, explored)


def thin_answers(matrix: csr_array, present: BoolArray, kind_answers: Sequence[Answer], own: Answer) -> BoolArray:
    """(k,) which of the nearest of `own` rest on thin evidence, when `kind_answers` are what the kinds of space say."""
    facts = facts_of_answer(matrix, present, kind_answers, own.space.name, own.nearest.rows)
    thin: BoolArray = confidence_levels(facts) == THIN
    return thin
