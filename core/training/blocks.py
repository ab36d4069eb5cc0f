"""Training over memory-mapped rows, where artists are many: a step reads the rows of its own artists.

The inputs, the messages and what they propagate are in files without a name (`scratch_array`), in the order of the
catalogue, so memory holds the edges and a batch.
"""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from core.arrays import IntArray
from core.catalogue import Catalogue
from core.evaluation.evaluate import mean_ndcg
from core.features import FeatureInputs
from core.graph.protocols import EvaluationView, evaluation_view
from core.kept_arrays import scratch_array
from core.models import SIGN, BlockGraph, Embedder, in_blocks
from core.runs.config import SIGN_NAME, TrainingConfig

MOST_QUERIES = 2048
"""Validation artists that are asked for after an epoch."""

_SEED = 0


def trains_in_blocks(config: TrainingConfig, n_artists: int) -> bool:
    """Whether a run's rows are memory-mapped: one of batches of edges that all carry messages, in a model that needs no
    graph once its features are propagated."""
    objective = config.objective
    is_possible = config.model.backbone == SIGN_NAME and objective.batch > 0 and objective.sends_all
    return is_possible and not objective.missing and in_blocks(n_artists)


class BlockValidation:
    """NDCG@200 on validation artists during training, for at most MOST_QUERIES of them among all of them."""

    def __init__(self, catalogue: Catalogue, config: TrainingConfig, inputs: FeatureInputs) -> None:
        view = evaluation_view(catalogue, config.protocol, "val")
        self._view = replace(view, queries=_some(view.queries))
        self._inputs, self._width = inputs, config.model.embedding
        self._hops: list[Tensor] | None = None

    @property
    def has_queries(self) -> bool:
        return len(self._view.queries) > 0

    def ndcg(self, model: Embedder) -> float:
        assert isinstance(model, SIGN)
        if self._hops is None:
            self._hops = _propagated(model, self._inputs, self._view)
        embeddings = model.embed_hops(self._hops, torch.empty(len(self._view.candidates), self._width))
        return mean_ndcg(embeddings.numpy(), self._view)


def _propagated(model: SIGN, inputs: FeatureInputs, view: EvaluationView) -> list[Tensor]:
    """The propagated features of the view's candidates."""
    hops = model.propagate(torch.from_numpy(inputs.values), BlockGraph.from_view(view.visible))
    rows = torch.from_numpy(view.candidates)
    own = [torch.from_numpy(scratch_array((len(rows), hop.shape[1]), np.float32)) for hop in hops]
    for room, hop in zip(own, hops, strict=True):
        torch.index_select(hop, 0, rows, out=room)
    return own


def _some(queries: IntArray) -> IntArray:
    if len(queries) <= MOST_QUERIES:
        return queries
    return np.sort(np.random.default_rng(_SEED).choice(queries, MOST_QUERIES, replace=False))
