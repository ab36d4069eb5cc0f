"""What a training step asks of the embeddings: pairs that share an edge near, strangers far.

The artists an objective sees are those whose edges are to be predicted: all train artists, or the ones of an episode.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from core.errors import ConfigError
from core.training.triplets import EdgeTriplets

LOSSES = ("triplet", "softmax")
NEGATIVES = ("uniform", "distance-weighted", "semi-hard")
ANCHORS = ("both", "one")

_SOFTMAX_ANCHORS = 2048


@dataclass(frozen=True)
class ObjectiveConfig:
    """The loss, and which edges carry messages while others are predicted; the defaults are the seed paper's.

    `loss`: "triplet", or "softmax" over all artists in view at `temperature`. `negatives` and `anchors` (both ends
    of every edge, or one end drawn anew at each step) are the triplet's. `hidden_share`: in each step the edges among
    this share of train artists carry no messages and are what is predicted (0: every edge does both).
    `connection_dropout`: each edge carries no messages in a step with this probability (Korzeniowski et al., TISMIR
    5(1), 2022, section 4.4). `thinning`: with this probability an artist that is looked at keeps only a random share
    of its edges, often none, so that artists with few edges are learned from as well. `batch`: a step looks only at
    the ends of this many edges (0: all artists, or those whose edges are hidden).
    """

    loss: str = "triplet"
    negatives: str = "uniform"
    anchors: str = "both"
    temperature: float = 0.1
    hidden_share: float = 0.0
    connection_dropout: float = 0.0
    thinning: float = 0.0
    batch: int = 0

    def __post_init__(self) -> None:
        _one_of("loss", self.loss, LOSSES)
        _one_of("negatives", self.negatives, NEGATIVES)
        _one_of("anchors", self.anchors, ANCHORS)
        if not 0.01 <= self.temperature <= 1:
            raise ConfigError(f"The temperature must lie between 0.01 and 1, not {self.temperature:g}.")
        for name, share in (
            ("hidden share", self.hidden_share),
            ("connection dropout", self.connection_dropout),
            ("thinning", self.thinning),
        ):
            if not 0 <= share < 1:
                raise ConfigError(f"The {name} must lie between 0 and 1, not {share:g}.")
        if not 0 <= self.batch <= 10_000_000:
            raise ConfigError(f"The batch must lie between 0 and 10,000,000 edges, not {self.batch}.")
        if self.batch and self.hidden_share:
            raise ConfigError("A hidden share chooses the artists of a step already; leave the batch at 0.")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Objective:
    """The loss of embeddings, given the edges among the artists they belong to.

    Shapes: `edges` (m, 2) undirected among `n_artists`; a call takes embeddings (n_artists, d) of unit length.
    """

    def __init__(
        self,
        config: ObjectiveConfig,
        edges: npt.NDArray[np.int64],
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
    other artists; every anchor counts alike, as every query does in NDCG.

    As in Oord et al., 2018 (arXiv:1807.03748), equation 4, with every artist in view as a negative. At most 2,048
    anchors, drawn anew at each call. Shapes: embeddings (n, d); `both_ways` (2, 2 m), every edge in both directions.
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


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f"“{value}” is not one of the {name}: {', '.join(known)}.")
