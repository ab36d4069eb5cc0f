"""The network of musicnn: Pons and Serra, ISMIR 2019 late breaking, in PyTorch with the trained weights.

Names of weights are those of the TensorFlow checkpoint. The input is (b, 187, 96), a patch of log-mel bands.
"""

from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch.nn import functional

Weights = Mapping[str, torch.Tensor]
_EPSILON = 1e-3
_TIMBRAL = ("conv2d", "conv2d_1")
_TEMPORAL = ("conv2d_2", "conv2d_3", "conv2d_4")
_MIDDLE = ("conv2d_5", "conv2d_6", "conv2d_7")
POOLED, PENULTIMATE, TAGS = 1506, 200, 50


class Layers(NamedTuple):
    """What the network gives for b patches: `logits` (b, 50), `penultimate` (b, 200), and `pooled` (b, 1506), the
    maximum and mean over time of each of 753 channels, in turn."""

    logits: torch.Tensor
    penultimate: torch.Tensor
    pooled: torch.Tensor


def run_network(weights: Weights, patches: torch.Tensor) -> Layers:
    """The layers for patches (b, 187, 96)."""
    x = _norm(weights, 0, patches[:, None])
    padded = functional.pad(x, (0, 0, 3, 3))
    front = [_front_block(weights, name, place, padded) for place, name in enumerate(_TIMBRAL, 1)]
    for place, name in enumerate(_TEMPORAL, 3):
        length = weights[f"{name}/kernel"].shape[0]
        before = (length - 1) // 2
        same = functional.pad(x, (0, 0, before, length - 1 - before))
        front.append(_front_block(weights, name, place, same))
    features = torch.cat(front, dim=1)
    middle: list[torch.Tensor] = []
    for place, name in enumerate(_MIDDLE, 6):
        made = _middle_block(weights, name, place, middle[-1] if middle else features)
        middle.append(made + middle[-1] if middle else made)
    channels = torch.cat([features, *middle], dim=1)
    pooled = torch.stack([channels.amax(dim=2), channels.mean(dim=2)], dim=2).flatten(1)
    dense = functional.relu(_dense(weights, "dense", _norm(weights, 9, pooled)))
    penultimate = _norm(weights, 10, dense)
    return Layers(_dense(weights, "dense_1", penultimate), penultimate, pooled)


def _front_block(weights: Weights, name: str, norm: int, x: torch.Tensor) -> torch.Tensor:
    """Convolution over time and bands, and the highest of all places in frequency: (b, channels, time)."""
    kernel = weights[f"{name}/kernel"].permute(3, 2, 0, 1)
    made = functional.relu(functional.conv2d(x, kernel, weights[f"{name}/bias"]))
    return _norm(weights, norm, made).amax(dim=3)


def _middle_block(weights: Weights, name: str, norm: int, x: torch.Tensor) -> torch.Tensor:
    """Convolution over time of all channels (b, channels, time)."""
    kernel = weights[f"{name}/kernel"][:, :, 0].permute(2, 1, 0)
    made = functional.conv1d(functional.pad(x, (3, 3)), kernel, weights[f"{name}/bias"])
    return _norm(weights, norm, functional.relu(made))


def _dense(weights: Weights, name: str, x: torch.Tensor) -> torch.Tensor:
    return x @ weights[f"{name}/kernel"] + weights[f"{name}/bias"]


def _norm(weights: Weights, place: int, x: torch.Tensor) -> torch.Tensor:
    """Batch normalisation with the stored statistics; the channels are in dimension 1."""
    name = f"batch_normalization_{place}" if place else "batch_normalization"
    mean, variance, scale, shift = (
        weights[f"{name}/{part}"] for part in ("moving_mean", "moving_variance", "gamma", "beta")
    )
    return functional.batch_norm(x, mean, variance, scale, shift, eps=_EPSILON)
