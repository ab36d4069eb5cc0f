"""Propagation of millions of artists by blocks: messages, features and means are memory-mapped.

Each mean is that of `MessageGraph`, bit for bit: the same function over the messages of a slice of the artists. So
slices can be computed one after the other in bounded memory, or by as many processes as there are slices, which read
the same files and write each its own rows.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from core.arrays import IntArray
from core.graph.protocols import GraphView
from core.kept_arrays import scratch_array
from core.models.messages import Bags

BLOCKS_FROM = 200_000
"""Artists from which a model that can be propagated by blocks is."""

_BLOCK = 65_536


@dataclass(frozen=True)
class BlockGraph:
    """The messages among n artists by their target. It propagates means only, without gradients.

    Shapes: `arriving` as in MessageGraph, its members int32; `share` (n, 1).
    """

    arriving: Bags
    share: Tensor

    @classmethod
    def from_view(cls, view: GraphView) -> "BlockGraph":
        source, target = view.messages.astype(np.int32)
        return cls.from_messages(source, target, view.n_artists)

    @classmethod
    def from_messages(cls, source: IntArray, target: IntArray, n_artists: int) -> "BlockGraph":
        """Shapes: `source` and `target` (e,) int32."""
        members = scratch_array((len(source),), np.int32)
        order = np.argsort(target, kind="stable")
        np.take(source, order, out=members)
        del order
        count = np.bincount(target, minlength=n_artists)
        arriving = count.astype(np.float32)
        share = np.divide(1, arriving, out=np.zeros_like(arriving), where=count > 0)
        starts = torch.from_numpy(np.cumsum(count) - count)
        return cls(Bags(torch.from_numpy(members), starts), torch.from_numpy(share)[:, None])

    @property
    def n_artists(self) -> int:
        return len(self.share)

    def means(self, x: Tensor) -> Tensor:
        """As by MessageGraph, memory-mapped. Shapes: x (n, d) to (n, d)."""
        out = self.room(x.shape[1])
        for first in range(0, self.n_artists, _BLOCK):
            self.means_into(out, x, first, min(first + _BLOCK, self.n_artists))
        return out

    @torch.no_grad()
    def means_into(self, out: Tensor, x: Tensor, first: int, last: int) -> None:
        """Write the means of the messages that arrive at the artists `first` to `last` - 1 into these rows of `out`."""
        out[first:last] = self.arriving.part(first, last).sums(x) * self.share[first:last]

    def room(self, columns: int) -> Tensor:
        """(n, columns) memory-mapped zeros to be filled."""
        return torch.from_numpy(scratch_array((self.n_artists, columns), np.float32))


def in_blocks(n_artists: int) -> bool:
    """Whether so many artists are propagated by blocks, where the model can."""
    return n_artists >= BLOCKS_FROM


def shard_of(shard: int, n_shards: int, n_artists: int) -> tuple[int, int]:
    """The first artist of `shard`, from 0, of `n_shards`, and the one after its last."""
    return n_artists * shard // n_shards, n_artists * (shard + 1) // n_shards
