"""Triplets of anchor, positive and negative artist, and their loss.

Grötschla et al., 2024: both ends of every edge serve as anchors, each with one negative drawn uniformly from the
artists it has no edge to; margin loss on Euclidean distances (Schroff et al., CVPR 2015, equation 2, unsquared).
Their ablation takes one random end of each edge; their limitations section names the other ways to draw negatives.
"""

import numpy as np
import torch
from torch import Tensor
from torch_geometric.utils import structured_negative_sampling, structured_negative_sampling_feasible

from core.arrays import IntArray
from core.errors import ConfigError
from core.training.distances import PairPattern, pair_distances

POOL = 32
"""The number of uniform negatives per anchor from which the harder samplers choose."""

_SHORTEST = 0.5
_ANCHORS_AT_ONCE = 4096


class EdgeTriplets:
    """Every undirected edge as triplets, with fresh negatives at each call.

    Shapes: `edges` (m, 2) undirected among `n_artists`; a draw has 2 m anchors, or m with `anchors` "one".
    `negatives` is "uniform", "distance-weighted" or "semi-hard".
    """

    def __init__(
        self,
        edges: IntArray,
        n_artists: int,
        device: torch.device,
        anchors: str = "both",
        negatives: str = "uniform",
    ) -> None:
        if not len(edges):
            raise ConfigError("There is no edge among the train artists, so there is nothing to learn from.")
        both = np.concatenate([edges, edges[:, ::-1]])
        both = both[np.argsort(both[:, 0], kind="stable")]
        self.both_ways = torch.from_numpy(np.ascontiguousarray(both.T)).to(device)
        if not structured_negative_sampling_feasible(self.both_ways, n_artists, contains_neg_self_loops=False):
            raise ConfigError("Some artist has an edge to every other train artist, so it has no negative.")
        self._n_artists, self._negatives = n_artists, negatives
        self._all_pairs = PairPattern(self.both_ways[0], self.both_ways[1], n_artists)
        self._undirected = torch.from_numpy(np.ascontiguousarray(edges.T)).to(device) if anchors == "one" else None

    def draw_negatives(self) -> Tensor:
        """(2 m,) for each directed edge an artist, drawn uniformly, that is not its anchor and shares no edge with
        it."""
        return structured_negative_sampling(self.both_ways, self._n_artists, contains_neg_self_loops=False)[2]

    def loss(self, embeddings: Tensor, margin: float) -> Tensor:
        """Mean over all triplets of max(0, margin + d(anchor, positive) - d(anchor, negative)).

        Shapes: embeddings (n, d) of unit length to a scalar.
        """
        positive_pairs = self._all_pairs if self._undirected is None else self._one_end_each(self._undirected)
        near = pair_distances(embeddings, positive_pairs)
        if self._negatives == "uniform" and positive_pairs is self._all_pairs:
            negatives = self.draw_negatives()
        else:
            negatives = self._choose(embeddings.detach(), positive_pairs, near.detach())
        far = pair_distances(embeddings, PairPattern(positive_pairs.left, negatives, self._n_artists))
        return torch.relu(margin + near - far).mean()

    def _one_end_each(self, edges: Tensor) -> PairPattern:
        flipped = torch.rand(edges.shape[1], device=edges.device) < 0.5
        left, right = torch.where(flipped, edges.flip(0), edges)
        left, order = torch.sort(left, stable=True)
        return PairPattern(left, right[order], self._n_artists)

    def _choose(self, embeddings: Tensor, positives: PairPattern, near: Tensor) -> Tensor:
        """(e,) one negative per anchor from a pool of uniform negatives, by the sampler's rule."""
        return torch.cat(
            [
                self._choose_block(embeddings, anchors, distance)
                for anchors, distance in zip(
                    positives.left.split(_ANCHORS_AT_ONCE), near.split(_ANCHORS_AT_ONCE), strict=True
                )
            ]
        )

    def _choose_block(self, embeddings: Tensor, anchors: Tensor, near: Tensor) -> Tensor:
        if self._negatives == "uniform":
            return self.sample_negatives(anchors, 1)[:, 0]
        pool = self.sample_negatives(anchors, POOL)
        cosines = (embeddings[pool] * embeddings[anchors][:, None]).sum(dim=2)
        far = (2 - 2 * cosines).clamp_min(0).sqrt()  # (anchors, POOL)
        weighted = self._negatives == "distance-weighted"
        pick = distance_weighted(far, embeddings.shape[1]) if weighted else semi_hard(far, near)
        return pool.gather(1, pick[:, None])[:, 0]

    def sample_negatives(self, anchors: Tensor, count: int) -> Tensor:
        """(a, count) artists drawn uniformly among those that are not the anchor and share no edge with it."""
        excluded = self.both_ways[0] * self._n_artists + self.both_ways[1]
        excluded = torch.sort(torch.cat([excluded, anchors * self._n_artists + anchors])).values
        drawn = torch.randint(self._n_artists, (len(anchors), count), device=anchors.device)
        while True:
            keys = anchors[:, None] * self._n_artists + drawn
            wrong = excluded[torch.searchsorted(excluded, keys).clamp_max(len(excluded) - 1)] == keys
            if not wrong.any():
                return drawn
            drawn[wrong] = torch.randint(self._n_artists, (int(wrong.sum()),), device=drawn.device)


def distance_weighted(far: Tensor, width: int) -> Tensor:
    """(a,) a column of `far` (a, pool) per row, drawn with weights inverse to how common its distance is on the sphere.

    Wu et al., ICCV 2017 (arXiv:1706.07567), equations 3 and 4, in `width` dimensions; distances under .5 count as .5,
    which bounds the weights.
    """
    distance = far.clamp(_SHORTEST, 2 - 1e-3)
    log_density = (width - 2) * distance.log() + (width - 3) / 2 * (1 - distance.square() / 4).log()
    return torch.multinomial(torch.softmax(-log_density, dim=1), 1)[:, 0]


def semi_hard(far: Tensor, near: Tensor) -> Tensor:
    """(a,) the nearest beyond the positive's distance `near` (a,), or the farthest if there is none.

    Schroff et al., CVPR 2015, section 3.2. Shapes: `far` (a, pool).
    """
    beyond = torch.where(far > near[:, None], far, torch.inf)
    return torch.where(beyond.isfinite().any(dim=1), beyond.argmin(dim=1), far.argmax(dim=1))
