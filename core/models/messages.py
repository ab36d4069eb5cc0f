"""Messages as tensors, and the sums of the messages that arrive at each artist, for full-batch layers."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from core.arrays import IntArray
from core.graph.protocols import GraphView


@dataclass(frozen=True)
class Bags:
    """One bag of rows per artist.

    Shapes: `members` (e,) the rows of all bags, bag after bag; `starts` (n,) where each artist's bag begins.
    """

    members: Tensor
    starts: Tensor

    def sums(self, x: Tensor) -> Tensor:
        """Shapes: x (n, d) to (n, d), the sum of each bag's rows; zeros for an empty bag."""
        return F.embedding_bag(self.members, x, self.starts, mode="sum")

    def part(self, first: int, last: int) -> "Bags":
        """The bags of the artists `first` to `last` - 1 alone, which have the same sums."""
        starts = self.starts[first : last + 1]
        end = int(starts[-1]) if last < len(self.starts) else len(self.members)
        begin = int(starts[0]) if len(starts) else end
        within = (starts[: last - first] - begin).to(self.members.dtype)
        return Bags(self.members[begin:end], within)

    def to(self, device: torch.device) -> "Bags":
        return Bags(self.members.to(device), self.starts.to(device))


@dataclass(frozen=True)
class MessageGraph:
    """Directed messages among n artists.

    Shapes: `edge_index` (2, e) source and target rows; `arriving` the sources of each artist's messages, `leaving`
    their targets; `share` (n, 1) one over the number of messages that arrive, zero where none does.
    """

    edge_index: Tensor
    arriving: Bags
    leaving: Bags
    share: Tensor

    @classmethod
    def from_messages(cls, messages: IntArray, n_artists: int) -> "MessageGraph":
        source, target = messages
        count = np.bincount(target, minlength=n_artists).astype(np.float32)
        share = np.divide(1, count, out=np.zeros_like(count), where=count > 0)
        return cls(
            torch.from_numpy(np.ascontiguousarray(messages)),
            _bags(source, target, n_artists),
            _bags(target, source, n_artists),
            torch.from_numpy(share)[:, None],
        )

    @classmethod
    def from_view(cls, view: GraphView) -> "MessageGraph":
        return cls.from_messages(view.messages, view.n_artists)

    @property
    def n_artists(self) -> int:
        return len(self.share)

    def sums(self, x: Tensor) -> Tensor:
        """The sum of the messages that arrive at each artist. Shapes: x (n, d) to (n, d)."""
        arrived: Tensor = _Sums.apply(x, self)
        return arrived

    def means(self, x: Tensor) -> Tensor:
        """The mean of the messages that arrive at each artist, zeros where none does. Shapes: x (n, d) to (n, d)."""
        return self.sums(x) * self.share.to(x.dtype)

    def room(self, columns: int) -> Tensor:
        """(n, columns) to be filled."""
        return torch.empty(self.n_artists, columns)

    def to(self, device: torch.device) -> "MessageGraph":
        return MessageGraph(
            self.edge_index.to(device), self.arriving.to(device), self.leaving.to(device), self.share.to(device)
        )


class _Sums(torch.autograd.Function):
    """Sums along messages; the gradient flows back as sums along the same messages reversed.

    The gradient of `embedding_bag` itself scatters row by row, several times slower than its forward pass.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, graph: MessageGraph) -> Tensor:
        ctx.graph = graph
        return graph.arriving.sums(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return ctx.graph.leaving.sums(gradients[0].contiguous()), None


def _bags(members: IntArray, owners: IntArray, n_artists: int) -> Bags:
    order = np.argsort(owners, kind="stable")
    starts = np.searchsorted(owners[order], np.arange(n_artists))
    return Bags(torch.from_numpy(members[order]), torch.from_numpy(starts.astype(np.int64)))
