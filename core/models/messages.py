"""Messages as tensors: the adjacency in CSR form that full-batch layers multiply by."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch_geometric.utils import to_torch_csr_tensor

from core.graph.protocols import GraphView


@dataclass(frozen=True)
class MessageGraph:
    """Directed messages among n artists.

    Shapes: `edge_index` (2, e) source and target rows; `adjacency` (n, n) sparse CSR with a one at (target, source),
    so that `adjacency @ x` sums the messages that arrive at each artist.
    """

    edge_index: Tensor
    adjacency: Tensor

    @classmethod
    def from_messages(cls, messages: npt.NDArray[np.int64], n_artists: int) -> "MessageGraph":
        edge_index = torch.from_numpy(np.ascontiguousarray(messages))
        adjacency = to_torch_csr_tensor(edge_index.flip(0), size=(n_artists, n_artists))
        return cls(edge_index, adjacency)

    @classmethod
    def from_view(cls, view: GraphView) -> "MessageGraph":
        return cls.from_messages(view.messages, view.n_artists)

    def to(self, device: torch.device) -> "MessageGraph":
        return MessageGraph(self.edge_index.to(device), self.adjacency.to(device))
