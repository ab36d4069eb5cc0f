"""The evaluation protocols: which edges are visible and which are hidden.

Sources: the setup of Grötschla et al. (2024, arXiv:2409.09026), its public run logs, and the inductive setting of
Korzeniowski et al. (TISMIR 5(1), 2022, section 4). In every protocol all evaluated artists join the visible graph at
once. The edges among them are hidden, and a ranking must find them. The candidates are the evaluated artists, but for
the last protocol.

published   faithful to the seed paper: messages go one way along each edge, from the artist that comes earlier in the
            published row order to the later one, and NDCG has the paper's off-by-one ideal.
standard    messages go both ways, with textbook NDCG.
cold        as standard, but the evaluated artists have no visible edges: a cold start.
everybody   as standard, but all artists are candidates, as in the app; those that a query has a visible edge to come
            last. Its figures are lower than the others' and never comparable with them. No model is trained under it.

In every protocol the evaluated artists can be limited to k visible edges each, drawn with a seed. This measures a
ranking on artists with few edges.

Validation artists and all their edges are visible when test artists are evaluated, unless `hide_validation` is set
(the setting of TISMIR). Test artists are never visible when validation artists are evaluated.
"""

import shlex
from dataclasses import dataclass

import numpy as np

from core.arrays import BoolArray, IntArray
from core.catalogue import Catalogue
from core.errors import ConfigError, NearfieldError

TRAINED_PROTOCOLS = ("published", "standard", "cold")
PROTOCOLS = (*TRAINED_PROTOCOLS, "everybody")
EVALUATED_SPLITS = ("val", "test")


@dataclass(frozen=True)
class GraphView:
    """The part of a catalogue's graph that a model may see.

    Shapes: `edges` (m, 2) undirected, the lower row first; `order` (n,) each artist's position in the row order that
    directs one-way messages, or None if messages go both ways.
    """

    n_artists: int
    edges: IntArray
    order: IntArray | None = None

    @property
    def messages(self) -> IntArray:
        """(2, e) source and target of every message: 2 m for both ways, or m from earlier to later artists."""
        if self.order is None:
            return np.concatenate([self.edges, self.edges[:, ::-1]]).T
        later_first = self.order[self.edges[:, 0]] > self.order[self.edges[:, 1]]
        return np.where(later_first[:, None], self.edges[:, ::-1], self.edges).T

    @property
    def degree(self) -> IntArray:
        """(n,) number of visible edges of every artist."""
        return np.bincount(self.edges.ravel(), minlength=self.n_artists)


@dataclass(frozen=True)
class EvaluationView:
    """The visible graph and the hidden edges when the artists of one split are evaluated.

    Shapes: `hidden` (h, 2) edges among evaluated artists; `candidates` (c,) rows, ascending: the evaluated artists, or
    all; `queries` (q,) the evaluated artists with at least one hidden edge, ascending. `kept_edges` limits the visible
    edges of each evaluated artist; None keeps all.
    """

    protocol: str
    split: str
    hide_validation: bool
    visible: GraphView
    hidden: IntArray
    candidates: IntArray
    queries: IntArray
    kept_edges: int | None = None


def is_trained_on(catalogue: Catalogue, edges: IntArray) -> BoolArray:
    """(m,) which of `edges` (m, 2) every protocol trains models on: those among train artists."""
    return catalogue.in_split("train")[edges].all(axis=1)


def training_view(catalogue: Catalogue, protocol: str) -> GraphView:
    """Edges among train artists, with the protocol's message direction."""
    edges = catalogue.learned_edges
    return GraphView(len(catalogue), edges[is_trained_on(catalogue, edges)], _message_order(catalogue, protocol))


def why_no_edges(catalogue: Catalogue) -> str:
    """Why there are no known edges, and how to get some; "" where there are."""
    if len(catalogue.learned_edges):
        return ""
    if len(catalogue.edges):
        kinds = ", ".join(f"{relation.label} ({relation.name})" for relation in catalogue.manifest.relations)
        return (
            f"Models of {catalogue.name} learn none of its kinds of edges: {kinds}. Import its tables again, "
            f"with --learned {catalogue.manifest.relations[0].name} for example."
        )
    return f"{catalogue.name} has no edges between artists. Import it again with a table of edges."


def edges_command(catalogue: Catalogue, folder: str) -> str:
    """The command that gets edges to learn from, with the catalogue's `folder` as a shell reads it; "" where no artist
    has a MusicBrainz id, by which artists are matched."""
    if not catalogue.artists["mbid"].fillna("").ne("").any():
        return ""
    return f"python -m core relations {folder} --from listenbrainz --learn"


def why_not_trainable(catalogue: Catalogue) -> str:
    """Why no model can learn from the catalogue, and what to do; "" where one can."""
    if reason := why_no_edges(catalogue):
        return reason
    edges = catalogue.learned_edges
    if not is_trained_on(catalogue, edges).any():
        return (
            f"No two train artists of {catalogue.name} share a known edge, so there is nothing to learn from. "
            "Import it again with more edges, or with splits that leave more artists to train."
        )
    return ""


def check_trainable(catalogue: Catalogue) -> None:
    """Raise NearfieldError, with the remedy, where no model can learn from the catalogue."""
    if reason := why_not_trainable(catalogue):
        raise NearfieldError(_with_command(catalogue, reason))


def check_edges(catalogue: Catalogue) -> None:
    """Raise NearfieldError, with the remedy, where there are no known edges."""
    if reason := why_no_edges(catalogue):
        raise NearfieldError(_with_command(catalogue, reason))


def _with_command(catalogue: Catalogue, reason: str) -> str:
    command = edges_command(catalogue, shlex.quote(str(catalogue.path)))
    return f"{reason} Or get some: {command}" if command else reason


def check_evaluable(catalogue: Catalogue, split: str) -> None:
    """Raise NearfieldError, with the remedy, where no two artists of a split share a known edge."""
    check_edges(catalogue)
    if not catalogue.in_split(split)[catalogue.learned_edges].all(axis=1).any():
        raise NearfieldError(
            f"No two {split} artists of {catalogue.name} share a known edge, so there is nothing to find on this split."
        )


def serving_view(catalogue: Catalogue, protocol: str = "standard") -> GraphView:
    """All known edges, for the rankers and embeddings of the app. It is never used for evaluation."""
    return GraphView(len(catalogue), catalogue.learned_edges, _message_order(catalogue, protocol))


def evaluation_view(
    catalogue: Catalogue,
    protocol: str,
    split: str,
    hide_validation: bool = False,
    kept_edges: int | None = None,
    draw: int = 0,
) -> EvaluationView:
    """The view in which the artists of `split` ("val" or "test") are evaluated.

    With `kept_edges` each of them keeps at most that many visible edges, drawn with the seed `draw`. Raises ConfigError
    for a bad name or a negative number of edges.
    """
    if kept_edges is not None and kept_edges < 0:
        raise ConfigError(f"An artist cannot keep {kept_edges} edges.")
    if split not in EVALUATED_SPLITS:
        raise ConfigError(f"Only val and test artists can be evaluated, not “{split}”.")
    order = _message_order(catalogue, protocol)
    evaluated = catalogue.in_split(split)
    shows_validation = split == "test" and not hide_validation
    context = catalogue.in_split("train", "val") if shows_validation else catalogue.in_split("train")
    kept = 0 if protocol == "cold" else kept_edges
    visible, hidden = _divided(catalogue.learned_edges, context, evaluated, kept, draw)
    return EvaluationView(
        protocol,
        split,
        hide_validation,
        GraphView(len(catalogue), visible, order),
        hidden,
        np.arange(len(catalogue)) if protocol == "everybody" else np.flatnonzero(evaluated),
        np.unique(hidden),
        kept_edges,
    )


def episode_view(catalogue: Catalogue, share: float, seed: int, kept_edges: int | None = None) -> EvaluationView:
    """An imitation of the evaluation among train artists: a random `share` of them is hidden from one another.

    No edge of a validation or test artist is visible or hidden.
    """
    train = catalogue.in_split("train")
    chosen = train & (np.random.default_rng(seed).random(len(catalogue)) < share)
    visible, hidden = _divided(catalogue.learned_edges, train & ~chosen, chosen, kept_edges, seed)
    graph = GraphView(len(catalogue), visible)
    return EvaluationView(
        "standard", "train", False, graph, hidden, np.flatnonzero(chosen), np.unique(hidden), kept_edges
    )


def _divided(
    edges: IntArray, context: BoolArray, evaluated: BoolArray, kept: int | None, draw: int
) -> tuple[IntArray, IntArray]:
    """The visible and the hidden of `edges` when the `evaluated` (n,) join the graph of the `context` (n,)."""
    inside_evaluated = evaluated[edges].all(axis=1)
    inside_context = context[edges].all(axis=1)
    across = (context | evaluated)[edges].all(axis=1) & ~inside_evaluated & ~inside_context
    seen = inside_context | across
    if kept is not None:
        seen[np.flatnonzero(across)[_beyond(kept, edges[across], evaluated, draw)]] = False
    return edges[seen], edges[inside_evaluated]


def _beyond(kept: int, edges: IntArray, evaluated: BoolArray, draw: int) -> BoolArray:
    """(m,) which of `edges` (m, 2), each with one evaluated end, exceed the `kept` edges drawn for that end.

    A larger `kept` keeps all edges that a smaller one keeps.
    """
    shuffled = np.random.default_rng(draw).permutation(len(edges))
    owner = np.where(evaluated[edges[:, 0]], edges[:, 0], edges[:, 1])[shuffled]
    order = np.argsort(owner, kind="stable")
    ordered = owner[order]
    place = np.arange(len(ordered)) - np.searchsorted(ordered, ordered)
    beyond = np.empty(len(edges), dtype=bool)
    beyond[shuffled[order]] = place >= kept
    return beyond


def _message_order(catalogue: Catalogue, protocol: str) -> IntArray | None:
    if protocol not in PROTOCOLS:
        raise ConfigError(f"“{protocol}” is no protocol. There are: {', '.join(PROTOCOLS)}.")
    if protocol != "published":
        return None
    if "published_row" in catalogue.artists:
        published = catalogue.artists["published_row"]
        if published.notna().all():
            return published.to_numpy(np.int64)
    return np.arange(len(catalogue), dtype=np.int64)
