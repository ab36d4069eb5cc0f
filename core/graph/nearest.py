"""The exact nearest neighbours of every artist among vectors, by blocks of matrix products."""

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray

_BLOCK = 512
_GROUPS_PER_NEIGHBOUR = 12


def nearest_neighbours(vectors: FloatArray, present: BoolArray, k: int) -> tuple[IntArray, FloatArray]:
    """The k rows nearest to each row by inner product, best first, and their scores.

    Shapes: vectors (n, d) of unit length and present (n,) give rows (n, k) int64 and scores (n, k) float32. An artist
    that is not present has no neighbours. If there are fewer than k others, the rest is row -1 with a score of NaN.

    The k-th best of the maxima of groups of columns is a lower bound of the k-th best product. Only products that reach
    it are sorted, so each block is read twice instead of sorted.
    """
    known = np.flatnonzero(present)
    rows = np.full((len(vectors), k), -1, np.int64)
    scores = np.full((len(vectors), k), np.nan, np.float32)
    found = min(k, len(known) - 1)
    if found < 1:
        return rows, scores
    width = max(1, len(known) // (_GROUPS_PER_NEIGHBOUR * found))
    n_columns = -(-len(known) // width) * width
    columns = np.zeros((vectors.shape[1], n_columns), np.float32)
    columns[:, : len(known)] = vectors[known].T
    space = np.empty((min(_BLOCK, len(known)), n_columns), np.float32)
    for start in range(0, len(known), _BLOCK):
        block = known[start : start + _BLOCK]
        products = np.matmul(vectors[block], columns, out=space[: len(block)])
        products[:, len(known) :] = -np.inf
        products[np.arange(len(block)), start + np.arange(len(block))] = -np.inf
        places, best = best_of_rows(products, found, width)
        rows[block, :found], scores[block, :found] = known[places], best
    return rows, scores


def best_of_rows(products: FloatArray, k: int, width: int) -> tuple[IntArray, FloatArray]:
    """Columns and values (b, k) of the k highest in each row of `products` (b, m), m a multiple of `width`."""
    n_rows, n_columns = products.shape
    highest = products.reshape(n_rows, width, n_columns // width).max(axis=1)
    least = np.partition(highest, -k, axis=1)[:, -k]
    row, column = np.divmod(np.flatnonzero(products >= least[:, None]), n_columns)
    values = products[row, column]
    order = np.lexsort((-values, row))
    first_of_row = np.searchsorted(row, np.arange(n_rows))
    kept = order[np.arange(len(row)) - first_of_row[row] < k]
    return column[kept].reshape(n_rows, k), values[kept].reshape(n_rows, k)
