"""What a block SVD of the normalised adjacency finds of hidden edges, beside what is learned (LightGCN).

    python -m benchmarks.spectral CATALOGUE [--width N] [--power P] [--split val|test] [--hide-validation] [--json]

The strongest directions of D^-1/2 A D^-1/2 of the visible edges by N. Halko, P.-G. Martinsson, J. A. Tropp, Finding
structure with randomness, SIAM Review 53(2), 2011, algorithm 4.4, for a symmetric matrix. Every pass goes over blocks
of rows, so its two arrays (n, width + 16) could be memory-mapped. Artists are compared by the cosine of their places,
each direction counting by a power of its eigenvalue. LightGCN without its learning is this: what it propagates spans
such directions (Shen et al., How powerful is graph convolution for recommendation?, CIKM 2021).
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator

import numpy as np
from scipy.sparse import csr_array

from core.arrays import DoubleArray, FloatArray, IntArray
from core.catalogue import open_catalogue
from core.evaluation.evaluate import evaluate
from core.graph.adjacency import adjacency
from core.graph.protocols import GraphView, evaluation_view

MORE = 16
PASSES = 8
_BLOCK = 65_536


class Spectral:
    """Cosine between artists' places along the strongest directions of the visible adjacency."""

    name = "spectral"

    def __init__(self, view: GraphView, width: int, power: float) -> None:
        self.n_artists = view.n_artists
        values, vectors = strongest_directions(adjacency(view.edges, view.n_artists), width)
        places = vectors * np.abs(values).astype(np.float32) ** np.float32(power)
        self._places: FloatArray = places / np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-12)

    def scores(self, queries: IntArray) -> FloatArray:
        return self._places[queries] @ self._places.T


def strongest_directions(links: csr_array, width: int) -> tuple[DoubleArray, FloatArray]:
    """The `width` eigenvalues of D^-1/2 A D^-1/2 that are largest in size, (r,), and their eigenvectors, (n, r)."""
    n = links.shape[0]
    matrix, count = normalised(links), min(width + MORE, n)
    here = np.random.default_rng(0).standard_normal((n, count), np.float32)
    there = np.empty_like(here)
    for _ in range(PASSES):
        multiply(matrix, here, there)
        here, there = there, here
        for _ in range(2):  # once leaves rounding where directions are nearly the same
            make_orthonormal(here)
    multiply(matrix, here, there)
    small = products(here, there)
    values, turns = np.linalg.eigh((small + small.T) / 2)
    chosen = np.argsort(-np.abs(values))[:width]
    return values[chosen], here @ turns[:, chosen].astype(np.float32)


def normalised(links: csr_array) -> csr_array:
    degree = np.diff(links.indptr)
    scale = (1 / np.sqrt(np.maximum(degree, 1))).astype(np.float32)
    return csr_array((np.repeat(scale, degree) * scale[links.indices], links.indices, links.indptr), shape=links.shape)


def multiply(matrix: csr_array, x: FloatArray, out: FloatArray) -> None:
    for block in blocks(len(x)):
        out[block] = matrix[block] @ x


def make_orthonormal(x: FloatArray) -> None:
    """Replace the columns of `x` (n, c) by an orthonormal basis of their span, by way of their products."""
    values, turns = np.linalg.eigh(products(x, x))
    kept = values > values[-1] * 1e-12
    inverse = np.where(kept, 1 / np.sqrt(np.where(kept, values, 1)), 0) * turns
    for block in blocks(len(x)):
        x[block] = x[block] @ inverse.astype(np.float32)


def products(x: FloatArray, y: FloatArray) -> DoubleArray:
    return sum((x[block].astype(np.float64).T @ y[block] for block in blocks(len(x))), np.zeros((x.shape[1],) * 2))


def blocks(n: int) -> Iterator[slice]:
    for start in range(0, n, _BLOCK):
        yield slice(start, start + _BLOCK)


def main() -> int:
    parser = argparse.ArgumentParser(description="What a block SVD of the adjacency finds of hidden edges.")
    parser.add_argument("catalogue", help="a catalogue's folder")
    parser.add_argument("--width", type=int, default=512, help="number of directions (default: %(default)s)")
    parser.add_argument("--power", type=float, default=1.0, help="of the eigenvalues (default: %(default)s)")
    parser.add_argument("--split", choices=("val", "test"), default="val", help="who is asked for")
    parser.add_argument("--hide-validation", action="store_true", help="show no validation artists")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a line")
    options = parser.parse_args()
    catalogue = open_catalogue(options.catalogue)
    view = evaluation_view(catalogue, "standard", options.split, options.hide_validation)
    began = time.process_time()
    ranker = Spectral(view.visible, options.width, options.power)
    seconds = time.process_time() - began
    found = evaluate(ranker, view).interval()
    figures = {"ndcg": found.mean, "low": found.low, "high": found.high, "seconds": seconds}
    if options.json:
        print(json.dumps(figures))
    else:
        print(f"NDCG@200 {found.mean:.4f} ({found.low:.4f} to {found.high:.4f}), {seconds:.1f} s of the processor")
    return 0


if __name__ == "__main__":
    sys.exit(main())
