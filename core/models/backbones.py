"""The graph layers of an artist embedder, all with one interface: layer(x, graph) -> x.

Shapes: x (n, width) and a MessageGraph over the same n artists to (n, width). Every layer ends in ELU and L2
normalisation, as in the seed paper (Grötschla et al., 2024); layers differ only in how they aggregate their neighbours'
messages. Layers that only sum or average them use the sums of `MessageGraph`; the others need every single message.
"""

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn
from torch_geometric.nn import GATv2Conv, GINConv, GPSConv, ResGatedGraphConv, SAGEConv

from core.models.messages import MessageGraph

_HEADS = 4


class _Layer(nn.Module):
    """A convolution, ELU, L2 normalisation."""

    conv: nn.Module

    def forward(self, x: Tensor, graph: MessageGraph) -> Tensor:
        return F.normalize(F.elu(self.convolve(x, graph)), dim=-1)

    def convolve(self, x: Tensor, graph: MessageGraph) -> Tensor:
        """The layer's own convolution."""
        convolved: Tensor = self.conv(x, graph.edge_index)
        return convolved


class SAGELayer(_Layer):
    """GraphSAGE with projected mean neighbours: Hamilton et al., NeurIPS 2017, section 3.3."""

    conv: SAGEConv

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = SAGEConv(width, width, aggr="mean", project=True)

    def convolve(self, x: Tensor, graph: MessageGraph) -> Tensor:
        aggregated = graph.means(self.conv.lin(x).relu())
        convolved: Tensor = self.conv.lin_l(aggregated) + self.conv.lin_r(x)
        return convolved


class GINLayer(_Layer):
    """Graph isomorphism network with a two-layer MLP: Xu et al., ICLR 2019, equation 4.1."""

    conv: GINConv

    def __init__(self, width: int) -> None:
        super().__init__()
        mlp = nn.Sequential(nn.Linear(width, width), nn.BatchNorm1d(width), nn.ReLU(), nn.Linear(width, width))
        self.conv = GINConv(mlp, train_eps=True)

    def convolve(self, x: Tensor, graph: MessageGraph) -> Tensor:
        convolved: Tensor = self.conv.nn((1 + self.conv.eps) * x + graph.sums(x))
        return convolved


class GatedGCNLayer(_Layer):
    """Residual gated graph convolution: Bresson and Laurent, 2017 (arXiv:1711.07553), equation 11."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = ResGatedGraphConv(width, width)


class GATv2Layer(_Layer):
    """Graph attention with dynamic weights, four heads: Brody et al., ICLR 2022, equation 7."""

    def __init__(self, width: int) -> None:
        super().__init__()
        heads = _HEADS if width % _HEADS == 0 else 1
        self.conv = GATv2Conv(width, width // heads, heads=heads, residual=True)


class GPSLayer(_Layer):
    """A graph transformer layer: SAGE beside linear attention over all artists.

    Rampášek et al., NeurIPS 2022, equation 3, with Performer attention (Choromanski et al., ICLR 2021), whose cost
    grows with the number of artists, not its square.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        heads = _HEADS if width % _HEADS == 0 else 1
        local = SAGEConv(width, width, aggr="mean", project=True)
        self.conv = GPSConv(width, local, heads=heads, attn_type="performer")


BACKBONES: dict[str, Callable[[int], nn.Module]] = {
    "sage": SAGELayer,
    "gatedgcn": GatedGCNLayer,
    "gin": GINLayer,
    "gatv2": GATv2Layer,
    "gps": GPSLayer,
}
"""Name -> layer from width to width."""
