"""The similarity graph of the synthetic world.

A degree-corrected kernel model: the chance of an edge is 1 - exp(-t_i t_j K_ij), with the propensities t fitted so that
expected degrees meet their targets (degree correction after Karrer and Newman 2011, 10.1103/PhysRevE.83.016107),
followed by a triadic-closure step in which pairs with common neighbours are joined. The kernel reads both the audible
position and the inaudible social one, so neither the sound nor the graph says everything.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from core.demo.world.latent import LatentWorld, part_rng

MEAN_DEGREE = 11.7
MAX_DEGREE = 100.0
DEGREE_SHAPE = 0.95
ISOLATED_SHARE = 0.01
CLOSURE_SHARE = 0.2
AUDIBLE_WEIGHT = 1.5
SOCIAL_WEIGHT = 0.6
TEMPERATURE = 1.05
FIT_ROUNDS = 40


def similar_edges(world: LatentWorld, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Draw the graph.

    Returns the edges (source < target, unique, relation 'similar', weight 1) and every
    artist's popularity in 0..100, shape (n,), which follows its fame and thus its degree.
    """
    rng = part_rng(seed, "graph")
    wanted = _target_degrees(rng, world.fame)
    kernel = _kernel(world)
    adjacency = _draw(rng, kernel, (1 - CLOSURE_SHARE) * wanted)
    adjacency |= _draw_closure(rng, kernel, adjacency, wanted)
    adjacency |= _one_edge_for_the_isolated(rng, kernel, adjacency, wanted)
    source, target = np.nonzero(np.triu(adjacency, k=1))
    edges = pd.DataFrame(
        {
            "source": source.astype(np.int32),
            "target": target.astype(np.int32),
            "relation": "similar",
            "weight": np.ones(len(source), dtype=np.float32),
        }
    )
    return edges, _popularity(rng, world.fame)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks scaled to the open interval (0, 1)."""
    return (np.argsort(np.argsort(values)) + 0.5) / len(values)


def _target_degrees(rng: np.random.Generator, fame: np.ndarray) -> np.ndarray:
    """Heavy-tailed (gamma) degrees assigned in the order of fame, a random 1% at zero."""
    drawn = np.sort(rng.gamma(DEGREE_SHAPE, 1.0, len(fame)))
    degrees = drawn[np.argsort(np.argsort(fame))]
    degrees = np.minimum(degrees * MEAN_DEGREE / degrees.mean(), MAX_DEGREE)
    obscure = np.exp(-fame) * rng.exponential(size=len(fame))
    degrees[np.argsort(obscure)[len(fame) - round(ISOLATED_SHARE * len(fame)) :]] = 0.0
    return degrees


def _squared_distances(points: np.ndarray) -> np.ndarray:
    norms = (points**2).sum(axis=1)
    return np.maximum(norms[:, None] + norms[None, :] - 2 * points @ points.T, 0.0)


def _kernel(world: LatentWorld) -> np.ndarray:
    """exp(similarity / temperature) for every pair, shape (n, n), zero on the diagonal."""
    similarity = -AUDIBLE_WEIGHT * _squared_distances(world.audible)
    similarity -= SOCIAL_WEIGHT * _squared_distances(world.social)
    kernel = np.exp(similarity / (2 * TEMPERATURE))
    np.fill_diagonal(kernel, 0.0)
    return kernel


def _edge_chances(affinity: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Edge probabilities (n, n) whose row sums approach `wanted`, by damped proportional fitting."""
    reach = np.maximum(affinity.sum(axis=1), 1e-300)
    propensity = np.sqrt(wanted) / np.sqrt(reach)
    for _ in range(FIT_ROUNDS):
        expected = -np.expm1(-propensity[:, None] * propensity[None, :] * affinity)
        ratio = wanted / np.maximum(expected.sum(axis=1), 1e-12)
        propensity = np.minimum(propensity * np.clip(ratio, 0.1, 10.0) ** 0.7, 1e12)
    return -np.expm1(-propensity[:, None] * propensity[None, :] * affinity)


def _draw(rng: np.random.Generator, affinity: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """A symmetric boolean adjacency with independent edges, expected degrees `wanted`."""
    upper = np.triu(rng.random(affinity.shape) < _edge_chances(affinity, wanted), k=1)
    return upper | upper.T


def _draw_closure(
    rng: np.random.Generator, kernel: np.ndarray, adjacency: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """New edges between artists with common neighbours, filling what is left of the degrees."""
    known = adjacency.astype(np.float32)
    common = (known @ known).astype(np.float64)
    affinity = np.where(adjacency, 0.0, common * np.sqrt(kernel))
    np.fill_diagonal(affinity, 0.0)
    left = np.maximum(wanted - known.sum(axis=1), 0.0)
    return _draw(rng, affinity, left)


def _one_edge_for_the_isolated(
    rng: np.random.Generator, kernel: np.ndarray, adjacency: np.ndarray, wanted: np.ndarray
) -> np.ndarray:
    """One edge, drawn from the kernel, for artists left without any though some were wanted."""
    isolated = np.flatnonzero((wanted > 0) & ~adjacency.any(axis=1))
    odds = kernel[isolated] * np.sqrt(wanted)[None, :]
    with np.errstate(divide="ignore"):
        partner = np.argmax(np.log(odds) + rng.gumbel(size=odds.shape), axis=1)
    added = np.zeros_like(adjacency)
    added[isolated, partner] = True
    return added | added.T


def _popularity(rng: np.random.Generator, fame: np.ndarray) -> np.ndarray:
    return np.round(100 * _ranks(0.85 * fame + 0.53 * rng.normal(size=len(fame))), 1)
