"""The similarity graph as a sparse matrix, and what one product with it can compute."""

import numpy as np
from scipy.sparse import csr_array

from core.arrays import IntArray


def adjacency(edges: IntArray, n_artists: int) -> csr_array:
    """The symmetric (n, n) float32 matrix with a one for every undirected edge of `edges` (m, 2).

    An edge given twice, or in both directions, counts once.
    """
    narrow = edges.astype(np.int32)  # scipy keeps the type of rows, and every product reads them
    source, target = np.concatenate([narrow, narrow[:, ::-1]]).T
    ones = np.ones(len(source), np.float32)
    matrix = csr_array((ones, (source, target)), shape=(n_artists, n_artists), dtype=np.float32)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def neighbours_of(matrix: csr_array, row: int) -> IntArray:
    """Rows of the neighbours of artist `row`, ascending."""
    return matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]].astype(np.int64)


def degrees(matrix: csr_array) -> IntArray:
    """(n,) number of neighbours of each artist."""
    return np.diff(matrix.indptr).astype(np.int64)


def shared_counts(matrix: csr_array, row: int, others: IntArray) -> IntArray:
    """(len(others),) how many neighbours of `row` are also neighbours of each of `others`."""
    is_neighbour = np.zeros(matrix.shape[0], np.float32)
    is_neighbour[neighbours_of(matrix, row)] = 1
    return (matrix[others] @ is_neighbour).astype(np.int64)


def shared_neighbours(matrix: csr_array, row: int, other: int) -> IntArray:
    """Rows of the neighbours of both `row` and `other`, those with the fewest edges first.

    A neighbour with few edges says more about the two artists than one with edges to everybody (Adamic and Adar,
    Social Networks 25(3), 2003).
    """
    shared = np.intersect1d(neighbours_of(matrix, row), neighbours_of(matrix, other), assume_unique=True)
    return shared[np.argsort(degrees(matrix)[shared], kind="stable")]
