"""Objectives of a training step: artists that share an edge should be near each other, other artists far apart.

An objective covers the artists whose edges are predicted: all train artists, or those of an episode.
"""

import torch
from torch import Tensor

from core.arrays import IntArray
from core.runs.config import ObjectiveConfig
from core.training.triplets import EdgeTriplets

_SOFTMAX_ANCHORS = 2048


class Objective:
    """The loss of embeddings, given the edges among the artists they belong to.

    Shapes: `edges` (m, 2) undirected among `n_artists`; a call takes embeddings (n_artists, d) of unit length.
    """

    def __init__(
        self,
        config: ObjectiveConfig,
        edges: IntArray,
        n_artists: int,
        margin: float,
        device: torch.device,
    ) -> None:
        self._config, self._margin = config, margin
        self._triplets = EdgeTriplets(edges, n_artists, device, config.anchors, config.negatives)

    def __call__(self, embeddings: Tensor) -> Tensor:
        if self._config.loss == "triplet":
            return self._triplets.loss(embeddings, self._margin)
        return softmax_loss(embeddings, self._triplets.both_ways, self._config.temperature)


def softmax_loss(embeddings: Tensor, both_ways: Tensor, temperature: float) -> Tensor:
    """Mean over anchors of the mean over its positives of -log p(positive | anchor), p a softmax of cosines over all
    other artists; every anchor has the same weight, like every query in NDCG.

    As in Oord et al., 2018 (arXiv:1807.03748), equation 4, with every other artist as a negative. At most 2,048
    anchors, drawn at each call. Shapes: embeddings (n, d); `both_ways` (2, 2 m), every edge in both directions.
    """
    anchors = torch.unique(both_ways[0])
    if len(anchors) > _SOFTMAX_ANCHORS:
        anchors = anchors[torch.randperm(len(anchors), device=anchors.device)[:_SOFTMAX_ANCHORS]]
    place = embeddings.new_full((len(embeddings),), -1, dtype=torch.long)
    place[anchors] = torch.arange(len(anchors), device=place.device)
    row, positive = place[both_ways[0]], both_ways[1]
    chosen = row >= 0
    row, positive = row[chosen], positive[chosen]
    logits = embeddings[anchors] @ embeddings.T / temperature  # (anchors, n)
    logits[torch.arange(len(anchors), device=place.device), anchors] = -torch.inf
    log_chance = logits.log_softmax(dim=1)[row, positive]
    each = 1 / torch.bincount(row, minlength=len(anchors))[row]
    return -(log_chance * each).sum() / len(anchors)
