"""Train a pair ranker on episodes among train artists, and store it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import scipy.sparse as sp

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.evaluation.evaluate import relevance
from core.graph.protocols import EvaluationView, episode_view
from core.graph.push import PUSH_ERROR
from core.pairs.columns import PairColumns, PairTable
from core.pairs.config import TRAINED_CHOICES, PairConfig
from core.pairs.content import PairContent, load_content
from core.pairs.near import Suggestions, suggested
from core.pairs.relations import other_relations
from core.pairs.store import StoredPairs, check_pairs_name, save_pairs
from core.pairs.structure import GROUPS as STRUCTURE
from core.pairs.walks import VisibleGraph
from core.runs.record import library_versions, source_commit
from core.search.indexes import searches_near
from core.search.spaces import content_suggestions
from core.training.pairs import Lists, fit_network

Progress = Callable[[int, int, str], None]
"""Receives the steps done, the steps in all, and what they are."""

_QUERIES_AT_ONCE = 64
_LARGE_QUERIES = 256
"""Queries of an episode of a catalogue of millions."""


def train_pairs(
    catalogue: Catalogue, name: str, config: PairConfig, on_progress: Progress = lambda done, steps, text: None
) -> StoredPairs:
    """Train a pair ranker and store it as `name`, replacing any of that name.

    Raises NearfieldError for a bad name, and where no episode hides an edge that its pairs could find.
    """
    check_pairs_name(name)
    stored = fit_pairs(catalogue, name, config, on_progress)
    save_pairs(catalogue, name, stored)
    return stored


def fit_pairs(
    catalogue: Catalogue, name: str, config: PairConfig, on_progress: Progress = lambda done, steps, text: None
) -> StoredPairs:
    """`train_pairs`, stored nowhere."""
    started = time.monotonic()
    content = load_content(catalogue)
    relations = other_relations(catalogue) if config.relations else None
    suggestions = content_suggestions(catalogue, set(content.sets)) if searches_near(len(catalogue)) else None
    steps = len(config.views) + config.epochs * config.networks
    lists, table = [], None
    for done, (seed, kept) in enumerate(config.views, 1):
        view = episode_view(catalogue, config.share, seed, kept)
        for table, relevant in _tables(view, content, relations, config, suggestions):
            lists.append(Lists.of(table, relevant))
        on_progress(done, steps, "episodes made")
    lists = [each for each in lists if len(each)]
    if table is None or not lists:
        raise NearfieldError(
            f"No two train artists of {catalogue.name} that an episode hides from each other are similar, so there is "
            "nothing to learn. Hide a larger share, or add edges."
        )
    network = fit_network(
        Lists.joined(lists),
        [config.seed * config.networks + number for number in range(config.networks)],
        config.epochs,
        content_groups(table),
        config.missing,
        lambda done, epochs, loss: on_progress(len(config.views) + done, steps, f"epochs trained, loss {loss:.3f}"),
    )
    details: dict[str, Any] = {
        "command": config.command(name),
        "commit": source_commit(),
        "versions": library_versions(),
        "episodes": config.views,
        "relations": sorted(relations or ()),
        "lists": sum(map(len, lists)),
        "seconds": time.monotonic() - started,
    }
    return StoredPairs(config, network, table.names, table.groups, content.statistics, details)


def content_groups(table: PairTable) -> list[list[int]]:
    """The columns of each group of content, which an artist may lack."""
    places: dict[str, list[int]] = {}
    for place, group in enumerate(table.groups):
        if group not in STRUCTURE:
            places.setdefault(group, []).append(place)
    return list(places.values())


def _tables(
    view: EvaluationView,
    content: PairContent,
    relations: Mapping[str, sp.csr_array] | None,
    config: PairConfig,
    suggestions: Sequence[Suggestions] | None,
) -> Iterator[tuple[PairTable, Any]]:
    """The columns of an episode, and which of its candidates are to be found, by blocks of queries."""
    if not len(view.queries):
        return
    if suggestions is not None:
        yield from _near_tables(view, content, relations, config, suggestions)
        return
    columns = PairColumns(VisibleGraph.of(view.visible), content, relations)
    choice = TRAINED_CHOICES[config.candidates]
    if config.candidates == "split":
        relevant = relevance(view, view.queries).toarray()
        yield columns.table(view.queries, view.candidates, choice), relevant
        return
    blocks = np.split(view.queries, range(_QUERIES_AT_ONCE, len(view.queries), _QUERIES_AT_ONCE))
    all_artists = replace(view, candidates=np.arange(view.visible.n_artists))
    for queries in blocks:
        yield columns.table(queries, None, choice), relevance(all_artists, queries).toarray()


def _near_tables(
    view: EvaluationView,
    content: PairContent,
    relations: Mapping[str, sp.csr_array] | None,
    config: PairConfig,
    suggestions: Sequence[Suggestions],
) -> Iterator[tuple[PairTable, Any]]:
    """The columns of some queries of a large episode and the artists suggested for each, as when it answers."""
    graph = replace(VisibleGraph.of(view.visible), push_error=PUSH_ERROR)
    columns = PairColumns(graph, content, relations)
    rng = np.random.default_rng(config.seed)
    for query in rng.choice(view.queries, min(_LARGE_QUERIES, len(view.queries)), replace=False).tolist():
        candidates = suggested(graph, query, suggestions)
        wanted = view.hidden[(view.hidden == query).any(axis=1)]
        relevant = np.isin(candidates, wanted)[None]
        if relevant.any():
            yield columns.table(np.array([query]), candidates, TRAINED_CHOICES[config.candidates]), relevant
