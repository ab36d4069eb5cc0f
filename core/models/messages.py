"""Messages as tensors: the adjacency in CSR form that full-batch layers multiply by."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
import torch
from torch import Tensor

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
        source, target = messages
        ones = np.ones(len(source), np.float32)
        matrix = sp.csr_array((ones, (target, source)), shape=(n_artists, n_artists))
        adjacency = torch.sparse_csr_tensor(
            torch.from_numpy(matrix.indptr.astype(np.int64)), torch.from_numpy(matrix.indices.astype(np.int64)),
            torch.from_numpy(matrix.data), size=matrix.shape, check_invariants=True,
        )  # fmt: skip
        return cls(torch.from_numpy(np.ascontiguousarray(messages)), adjacency)

    @classmethod
    def from_view(cls, view: GraphView) -> "MessageGraph":
        return cls.from_messages(view.messages, view.n_artists)

    def to(self, device: torch.device) -> "MessageGraph":
        return MessageGraph(self.edge_index.to(device), self.adjacency.to(device))
