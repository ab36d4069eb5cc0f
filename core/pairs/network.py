"""The network over the columns of a pair, in numpy: standardise, then layers with GELU between them.

A checkpoint holds several networks from different seeds; the score of a pair is the mean of theirs.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import erf

from core.arrays import FloatArray

LARGEST_VALUE = 5.0


@dataclass(frozen=True)
class PairNetwork:
    """Shapes: `mean` and `deviation` (columns,) of the pairs of training; `layers` are the weights (out, in) and biases
    (out,) of each network's layers."""

    mean: FloatArray
    deviation: FloatArray
    layers: tuple[tuple[tuple[FloatArray, FloatArray], ...], ...]

    def scores(self, values: FloatArray) -> FloatArray:
        """(p,) scores of pairs with the columns `values` (p, columns), NaN where a column is unknown."""
        inputs = standardised(values, self.mean, self.deviation)
        scores: FloatArray = np.mean([_forward(network, inputs) for network in self.layers], axis=0)
        return scores


def standardised(values: FloatArray, mean: FloatArray, deviation: FloatArray) -> FloatArray:
    """Columns with mean 0 and deviation 1, within LARGEST_VALUE. An unknown value becomes the mean, without a mark:
    what is missing must not be what makes two artists alike."""
    scaled = np.nan_to_num((values - mean) / deviation, nan=0.0)
    limited: FloatArray = np.clip(scaled, -LARGEST_VALUE, LARGEST_VALUE).astype(np.float32)
    return limited


def _forward(layers: tuple[tuple[FloatArray, FloatArray], ...], values: FloatArray) -> FloatArray:
    for weight, bias in layers[:-1]:
        values = values @ weight.T + bias
        values = 0.5 * values * (1 + erf(values * np.float32(2**-0.5)))
    weight, bias = layers[-1]
    scores: FloatArray = (values @ weight.T + bias)[:, 0]
    return scores
