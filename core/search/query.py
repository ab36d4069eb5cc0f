"""Run a visitor's whole query on one space: several artists, exploration, and which artists may be shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from core.arrays import BoolArray, FloatArray, IntArray
from core.pairs.near import NearPairRanker
from core.search.confidence import THIN, confidence_levels, facts_of_answer
from core.search.evidence import Answer, agreement, ranked
from core.search.exploration import FAMILIAR, Exploration, ExploredResult, Query, combined_scores, explore
from core.search.indexed import indexed_answer
from core.search.spaces import Space
from core.similarity import Similarity


@dataclass(frozen=True)
class SearchRequest:
    """A request for the `k` artists that answer a query, chosen by exploration from those `allowed` (n,), None for all.

    `popularity` (n,) comes from `popularity_places` and is used only with exploration.
    """

    query: Query
    k: int = 10
    exploration: Exploration = FAMILIAR
    allowed: BoolArray | None = None
    popularity: FloatArray | None = None

    @property
    def is_joined(self) -> bool:
        """Whether several artists are named, so that scores are sums of standardised scores."""
        return len(self.query.artists) > 1


@dataclass(frozen=True)
class QueryResult:
    """One space's answer to a request.

    `answer` holds the scores of all artists for the query, and the nearest of those allowed. `unknown` are the rows of
    named artists that the space knows nothing about. `explored` compares the list with the plain one; it is None
    without exploration.
    """

    request: SearchRequest
    answer: Answer
    unknown: IntArray
    explored: ExploredResult | None = None

    @property
    def new(self) -> BoolArray:
        """(k,) which of the nearest are there because of exploration."""
        return np.zeros(len(self.answer.nearest), dtype=bool) if self.explored is None else self.explored.new

    @property
    def chooses(self) -> bool:
        """Whether the list names at most half of those whom it could name, so that it says something to be on it."""
        could = self.answer.known
        if self.request.allowed is not None:
            could = could & self.request.allowed
        return 2 * len(self.answer.nearest) <= int(np.count_nonzero(could))


def run_query(
    similarity: Similarity, space: Space, request: SearchRequest, spread_by: Similarity | None = None
) -> QueryResult:
    """Run a request on one space. For one artist, without exploration or a filter, the answer is `evidence.answer`.

    For one artist without exploration an approximate search finds the nearest, where the space has one.
    `spread_by` is used only with exploration, as in `explore`. Raises NearfieldError for a row that does not exist or a
    k outside 1 to 1000.
    """
    query_row = request.query.like[0]
    if request.exploration == FAMILIAR:
        if not request.is_joined and (near := indexed_answer(similarity, space, query_row, request.k, request.allowed)):
            return QueryResult(request, near, np.array([] if near.n_known else [query_row], np.int64))
        combined = combined_scores(similarity, request.query)
        found = ranked(space, query_row, combined.scores, request.k, request.allowed)
        return QueryResult(request, _marked(found, similarity), combined.unknown)
    explored = explore(
        similarity, request.query, request.k, request.exploration, request.popularity, request.allowed, spread_by
    )
    answer = Answer(space, query_row, explored.scores, explored.neighbours, 0)
    return QueryResult(request, _marked(answer, similarity), explored.unknown, explored)


def _marked(answer: Answer, similarity: Similarity) -> Answer:
    """The answer, which says so if some artists alone were compared."""
    if not isinstance(similarity, NearPairRanker):
        return answer
    return replace(answer, nearest=replace(answer.nearest, compared=answer.n_known))


def shared_lists(results: Sequence[QueryResult], n_artists: int) -> IntArray:
    """(n,) the number of lists that name each artist; 0 unless two of them choose."""
    counts = agreement([result.answer for result in results], n_artists)
    counts[agreement([result.answer for result in results if result.chooses], n_artists) < 2] = 0
    return counts


def thin_answers(matrix: csr_array, present: BoolArray, kind_answers: Sequence[Answer], own: Answer) -> BoolArray:
    """(k,) which of the nearest of `own` have thin evidence, whichever named artist they are compared with.

    `kind_answers` has the answer of one space of each kind to each artist that answers should be like.
    """
    levels = []
    for row in dict.fromkeys(found.query_row for found in kind_answers):
        of_row = [found for found in kind_answers if found.query_row == row]
        facts = facts_of_answer(matrix, present, of_row, own.space.name, own.nearest.rows)
        levels.append(confidence_levels(facts))
    thin: BoolArray = np.max(levels, axis=0) == THIN
    return thin
