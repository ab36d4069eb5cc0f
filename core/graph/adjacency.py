"""The similarity graph as a sparse matrix, and the questions answered by one product with it."""

import numpy as np
from scipy.sparse import csr_array

from core.arrays import IntArray


def adjacency(edges: IntArray, n_artists: int) -> csr_array:
    """The symmetric (n, n) float32 matrix with a one for every undirected edge of `edges` (m, 2).

    An edge given twice, or in both directions, still counts once.
    """
    source, target = np.concatenate([edges, edges[:, ::-1]]).T
    ones = np.ones(len(source), np.float32)
    matrix = csr_array((ones, (source, target)), shape=(n_artists, n_artists), dtype=np.float32)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def neighbours_of(matrix: csr_array, row: int) -> IntArray:
    """Rows tied to artist `row`, ascending."""
    return matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].astype(np.int64)


def degrees(matrix: csr_array) -> IntArray:
    """(n,) number of artists tied to each artist."""
    return np.diff(matrix.indptr).astype(np.int64)


def shared_counts(matrix: csr_array, row: int, others: IntArray) -> IntArray:
    """(len(others),) how many artists are tied both to `row` and to each of `others`."""
    tied = np.zeros(matrix.shape[0], np.float32)
    tied[neighbours_of(matrix, row)] = 1
    return (matrix[others] @ tied).astype(np.int64)


def shared_neighbours(matrix: csr_array, row: int, other: int) -> IntArray:
    """Rows of the artists tied to both `row` and `other`, those with the fewest ties first.

    An artist with few ties says more about the two it joins than one that is tied to everybody (Adamic and Adar,
    Social Networks 25(3), 2003).
    """
    shared = np.intersect1d(neighbours_of(matrix, row), neighbours_of(matrix, other), assume_unique=True)
    return shared[np.argsort(degrees(matrix)[shared], kind="stable")]
