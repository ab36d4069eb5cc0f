"""Triplets of anchor, positive and negative artist, and their loss.

Grötschla et al., 2024: both ends of every edge serve as anchors, each with one negative drawn uniformly from the
artists it has no edge to; margin loss on Euclidean distances (Schroff et al., CVPR 2015, equation 2, unsquared).
"""

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch_geometric.utils import structured_negative_sampling, structured_negative_sampling_feasible

from core.errors import ConfigError
from core.training.distances import PairPattern, pair_distances


class EdgeTriplets:
    """Every undirected edge as two triplets, with fresh uniform negatives at each call.

    Shapes: `edges` (m, 2) undirected among `n_artists`; a draw has 2 m anchors.
    """

    def __init__(self, edges: npt.NDArray[np.int64], n_artists: int, device: torch.device) -> None:
        if not len(edges):
            raise ConfigError("There is no edge among the train artists, so there is nothing to learn from.")
        both = np.concatenate([edges, edges[:, ::-1]])
        both = both[np.argsort(both[:, 0], kind="stable")]
        self._both_ways = torch.from_numpy(np.ascontiguousarray(both.T)).to(device)
        if not structured_negative_sampling_feasible(self._both_ways, n_artists, contains_neg_self_loops=False):
            raise ConfigError("Some artist has an edge to every other train artist, so it has no negative.")
        self._n_artists = n_artists
        self._positive_pairs = PairPattern(self._both_ways[0], self._both_ways[1], n_artists)

    def draw_negatives(self) -> Tensor:
        """(2 m,) one artist per anchor that is neither the anchor nor tied to it."""
        return structured_negative_sampling(self._both_ways, self._n_artists, contains_neg_self_loops=False)[2]

    def loss(self, embeddings: Tensor, margin: float) -> Tensor:
        """Mean over all triplets of max(0, margin + d(anchor, positive) - d(anchor, negative)).

        Shapes: embeddings (n, d) of unit length to a scalar.
        """
        negative_pairs = PairPattern(self._both_ways[0], self.draw_negatives(), self._n_artists)
        near = pair_distances(embeddings, self._positive_pairs)
        far = pair_distances(embeddings, negative_pairs)
        return torch.relu(margin + near - far).mean()
