"""Why an artist is an answer: what each space knows, its place in every space, and what the graph and tags say of it.

Shared neighbours are listed by the fewest ties first, after L. A. Adamic and E. Adar, Friends and neighbors on the
Web, Social Networks 25(3), 2003.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy.sparse import csr_array

from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.graph.adjacency import degrees, neighbours_of, shared_counts
from core.runs.record import open_run
from core.search.spaces import Space
from core.similarity import Neighbours, Similarity, best
from core.space_name import SpaceName


@dataclass(frozen=True)
class Answer:
    """What one space says about a query artist.

    Shapes: `scores` (n,) float32, NaN for the query itself and for artists of which the space knows nothing;
    `nearest` (k,) best first; `n_tied` artists score the same as the last of `nearest` but are not among them.
    """

    space: Space
    query_row: int
    scores: FloatArray
    nearest: Neighbours
    n_tied: int

    @property
    def n_known(self) -> int:
        """Number of artists the space can compare with the query."""
        return int(np.count_nonzero(~np.isnan(self.scores)))

    def ranks(self, rows: IntArray) -> IntArray:
        """(len(rows),) each artist's place among all, 1 the nearest, equal scores sharing the better one; 0 unknown."""
        ascending = np.sort(self.scores[~np.isnan(self.scores)])
        better = len(ascending) - np.searchsorted(ascending, self.scores[rows], side="right")
        return np.where(np.isnan(self.scores[rows]), 0, better + 1).astype(np.int64)


@dataclass(frozen=True)
class Evidence:
    """What the known edges say about a query and each of k results.

    Shapes: `rows` (k,); `known` (k,) True for a result with an edge to the query; `shared` (k,) number of artists
    with an edge to both; `degree` (k,) and `query_degree` count all known edges.
    """

    query_row: int
    rows: IntArray
    known: BoolArray
    shared: IntArray
    degree: IntArray
    query_degree: int


def answer(similarity: Similarity, space: Space, query_row: int, k: int = 10) -> Answer:
    """Ask a space for the k artists nearest to `query_row`. A walk says nothing of artists that it does not reach."""
    return ranked(space, query_row, known_scores(similarity, np.array([query_row]))[0], k)


def known_scores(similarity: Similarity, queries: IntArray) -> FloatArray:
    """(q, n) scores with NaN for each query itself, and where a walk says nothing since it does not get there."""
    return mask_unknown(similarity.scores(queries), queries, similarity.name)


def mask_unknown(scores: FloatArray, queries: IntArray, name: str) -> FloatArray:
    """The same of `scores` (q, n) that the similarity called `name` gave for these queries."""
    known = scores.copy()
    known[np.arange(len(queries)), queries] = np.nan
    if SpaceName(name).is_walk:
        known[known <= 0] = np.nan
    return known


def ranked(space: Space, query_row: int, scores: FloatArray, k: int, allowed: BoolArray | None = None) -> Answer:
    """The answer of `scores` (n,), NaN unknown, with the k nearest among the artists `allowed` (n,), or among all."""
    everybody = scores
    if allowed is not None:
        scores = np.where(allowed, scores, np.nan).astype(np.float32)
    nearest = best(scores, k)
    last = nearest.scores[-1:]
    tied = np.count_nonzero(np.isin(scores, last)) - np.count_nonzero(np.isin(nearest.scores, last))
    return Answer(space, query_row, everybody, nearest, int(tied))


def agreement(answers: Sequence[Answer], n_artists: int) -> IntArray:
    """(n,) in how many of the answers each artist is among the nearest."""
    named = [found.nearest.rows for found in answers]
    return np.bincount(np.concatenate(named), minlength=n_artists) if named else np.zeros(n_artists, np.int64)


def gather_evidence(matrix: csr_array, query_row: int, rows: IntArray) -> Evidence:
    """The evidence in the known edges, `matrix` (n, n), for results `rows` (k,) of `query_row`."""
    degree = degrees(matrix)
    known = np.isin(rows, neighbours_of(matrix, query_row))
    return Evidence(
        query_row, rows, known, shared_counts(matrix, query_row, rows), degree[rows], int(degree[query_row])
    )


def shared_tags(catalogue: Catalogue, *rows: int) -> dict[str, list[str]]:
    """Genres, moods and themes that all the artists have, by column, in the first one's order; empty lists left out."""
    common = {}
    for column in LIST_COLUMNS:
        first, *others = (list(tags) for tags in catalogue.artists[column].iloc[list(rows)])
        common[column] = [tag for tag in first if all(tag in tags for tags in others)]
    return {column: tags for column, tags in common.items() if tags}


def neighbours_in_common(matrix: csr_array, rows: Sequence[int]) -> IntArray:
    """Artists with a known edge to every one of `rows`, those with the fewest edges first."""
    common = reduce(np.intersect1d, [neighbours_of(matrix, row) for row in rows])
    degree = degrees(matrix)[common]
    return common[np.argsort(degree, kind="stable")].astype(np.int64)


def uses_edges(catalogue: Catalogue, space: Space) -> bool:
    """Whether the space's answers rest on the artists' known edges; content, and a model without layers, on none."""
    if space.name.is_run:
        return open_run(catalogue, space.name.id).config.model.layers > 0
    return space.name.is_walk or space.name.is_fusion


def default_spaces(spaces: Sequence[Space], most: int = 4, wanted: str | None = None) -> list[Space]:
    """What to compare first: a fusion or else the newest model, content, and the graph walk, at most `most` in all.

    The space named `wanted` stands for the model where it is one, else before other content.
    """
    models = [space for space in spaces if space.name.is_run or space.name.is_fusion]
    models.sort(key=lambda space: not space.name.is_fusion)
    walks = [space for space in spaces if space.name.is_walk][:1]
    content = [space for space in spaces if space not in models and not space.name.is_walk]
    first = [space for space in [*content, *models] if space.name == wanted]
    models = first if first and first[0] in models else models[:1]
    content = sorted(content, key=lambda space: space not in first)
    return [*models, *content[: most - len(walks) - len(models)], *walks]
