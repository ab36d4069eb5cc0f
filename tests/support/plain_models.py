"""The same model and loss written plainly over `edge_index`: what the measured code is compared with.

Every message is sent by itself, as PyG does by default, and both ends of every triplet are gathered.
"""

import copy
from collections.abc import Iterable
from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.utils import structured_negative_sampling

from core.models import Embedder, MessageGraph
from core.models.backbones import SAGELayer


class PlainSAGE(SAGELayer):
    """A SAGE layer, every message by itself. It shares its weights with `layer`."""

    def __init__(self, layer: SAGELayer) -> None:
        super().__init__(layer.conv.out_channels)
        self.conv = layer.conv

    def convolve(self, x: Tensor, graph: MessageGraph) -> Tensor:
        convolved: Tensor = self.conv(x, graph.edge_index)
        return convolved


def with_plain_layers(model: Embedder) -> Embedder:
    """The same SAGE model, in place, with plain layers."""
    model.layers = nn.ModuleList(PlainSAGE(layer) for layer in cast(Iterable[SAGELayer], model.layers))
    return model


def plain_copy(model: Embedder) -> Embedder:
    """Equal weights behind plain layers."""
    return with_plain_layers(copy.deepcopy(model))


def plain_loss(embeddings: Tensor, both_ways: Tensor, margin: float) -> Tensor:
    """The triplet loss over all edges `both_ways` (2, 2 m), with uniform negatives."""
    anchor, positive, negative = structured_negative_sampling(both_ways, len(embeddings), contains_neg_self_loops=False)
    return F.triplet_margin_loss(embeddings[anchor], embeddings[positive], embeddings[negative], margin=margin)
