"""Distances between the ends of many pairs of artists, the costly part of a full-batch triplet loss.

On a CPU, gathering two (e, d) matrices and scattering their gradients back takes most of a training step. A sampled
dense-dense product computes only the wanted entries of `z zᵀ`, and its gradient is two sparse products.
"""

from typing import Any

import torch
from torch import Tensor

_CLOSEST = 1e-12


class PairPattern:
    """Pairs (left, right) of rows among n artists, ready for repeated products.

    Shapes: `left` (e,) ascending, `right` (e,) int64.
    """

    def __init__(self, left: Tensor, right: Tensor, n_artists: int) -> None:
        self.left, self.right, self.n_artists = left, right, n_artists
        self._row_starts = _row_starts(left, n_artists)

    def matrix(self, values: Tensor) -> Tensor:
        """(n, n) sparse CSR with values[e] at (left[e], right[e])."""
        return _csr(self._row_starts, self.right, values, self.n_artists)

    def transposed(self, values: Tensor) -> Tensor:
        """(n, n) sparse CSR with values[e] at (right[e], left[e])."""
        right, order = torch.sort(self.right, stable=True)
        return _csr(_row_starts(right, self.n_artists), self.left[order], values[order], self.n_artists)


def pair_distances(embeddings: Tensor, pairs: PairPattern) -> Tensor:
    """Euclidean distance between the two unit vectors of every pair, through 2 - 2 cos.

    Shapes: embeddings (n, d) of unit length to distances (e,).
    """
    if embeddings.device.type == "cpu":
        cosines: Tensor = _SampledProduct.apply(embeddings, pairs)
    else:
        cosines = (embeddings.index_select(0, pairs.left) * embeddings.index_select(0, pairs.right)).sum(dim=1)
    return (2 - 2 * cosines).clamp_min(_CLOSEST).sqrt()


class _SampledProduct(torch.autograd.Function):
    """Entries (left, right) of z zᵀ: embeddings (n, d) to (e,)."""

    @staticmethod
    def forward(ctx: Any, embeddings: Tensor, pairs: PairPattern) -> Tensor:
        ctx.save_for_backward(embeddings)
        ctx.pairs = pairs
        pattern = pairs.matrix(embeddings.new_zeros(len(pairs.left)))
        return torch.sparse.sampled_addmm(pattern, embeddings, embeddings.T, beta=0.0).values()

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (embeddings,) = ctx.saved_tensors
        (gradient,) = gradients
        return ctx.pairs.matrix(gradient) @ embeddings + ctx.pairs.transposed(gradient) @ embeddings, None


def _row_starts(rows: Tensor, n_rows: int) -> Tensor:
    starts = rows.new_zeros(n_rows + 1)
    torch.cumsum(torch.bincount(rows, minlength=n_rows), dim=0, out=starts[1:])
    return starts


def _csr(row_starts: Tensor, columns: Tensor, values: Tensor, n_rows: int) -> Tensor:
    return torch.sparse_csr_tensor(row_starts, columns, values, (n_rows, n_rows), check_invariants=False)
