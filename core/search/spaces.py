"""The similarities that a catalogue offers, by name: turns a name into a Similarity."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.arrays import BoolArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.format import ARTISTS_FILE, EDGES_FILE
from core.errors import NearfieldError
from core.features import LEARNED, check_features, feature_inputs
from core.graph.protocols import EvaluationView, GraphView, serving_view
from core.graph.rankers import (
    AdamicAdar,
    CommonNeighbours,
    Ease,
    PersonalisedPageRank,
    Popularity,
    RandomOrder,
    Rp3Beta,
    ShortWalk,
)
from core.kept_arrays import kept_arrays
from core.pairs.config import EVALUATED_CHOICE, EVERYBODY_CHOICE
from core.pairs.content import load_content
from core.pairs.near import NearPairRanker, Suggestions
from core.pairs.ranker import PairRanker
from core.pairs.relations import other_relations
from core.pairs.store import PAIRS_FOLDER, features_of_pairs, load_pairs, pairs_files, scan_pairs
from core.pairs.walks import VisibleGraph
from core.runs.config import TrainingConfig
from core.runs.record import EMBEDDINGS_FILE, RUNS_FOLDER, Run, list_runs, open_run, scan_runs
from core.search.fusion import Fusion
from core.search.fusions import FUSIONS_FOLDER, Stored, fusion_files, load_fusion, scan_fusions
from core.search.indexes import index_of, searches_near
from core.search.vectors import CosineSimilarity, MissingFeatures, content_similarity, kept_similarity
from core.similarity import Similarity
from core.space_name import Kind, SpaceName
from core.titles import SPACES, fusion_space_title, model_space_title, pairs_space_title

_ORDER = ("musicnn_msd", "clap", "acousticbrainz", "audio_descriptors", "moods_themes")
"""musicnn is before CLAP: on real music it finds more of an artist’s other tracks (docs/findings.md, Which ears?)."""


@dataclass(frozen=True)
class Space:
    """A similarity on offer, with its `name` for the command line and URLs and its `title` for people."""

    name: SpaceName
    title: str
    has_vectors: bool


_LISTED: dict[Path, tuple[tuple[object, ...], list[Space]]] = {}
"""The last list of spaces by catalogue folder, with a stamp of the files that it was read from."""


def list_spaces(catalogue: Catalogue) -> list[Space]:
    """The spaces on offer: stored feature sets, finished runs (newest first), fusions, pair rankers, and the graph
    walk, if there are edges to walk along.

    Those that cannot be used are left out (`left_out` says why), and so is a fusion of missing parts. Titles are
    unique: spaces that share a title also show their name, or the end of the id for a run. The files are read again
    only after one has changed.
    """
    stamp = (catalogue.content_hash, catalogue.manifest.kind, *_stamps(catalogue))
    listed = _LISTED.get(catalogue.path)
    if listed is None or listed[0] != stamp:
        # The stamp is taken before reading, so that a change in between is seen the next time.
        listed = _LISTED[catalogue.path] = (stamp, _read_spaces(catalogue))
    return list(listed[1])


def _read_spaces(catalogue: Catalogue) -> list[Space]:
    stored = catalogue.feature_names
    names = [name for name in _ORDER if name in stored] + [name for name in stored if name not in _ORDER]
    own = {name: catalogue.feature_info(name).title for name in names}
    titles = own if catalogue.manifest.kind == "synthetic" else own | SPACES
    content = [Space(SpaceName(name), titles[name], True) for name in names]
    runs = [
        Space(SpaceName.run(run.run_id), _title_of(run.config), True)
        for run in list_runs(catalogue)
        if _is_current(catalogue, run) and not _vectors_fault(catalogue, run)
    ]
    stored_pairs, _ = scan_pairs(catalogue)
    pairs = [
        Space(SpaceName.pairs(name), pairs_space_title(name, config.relations), False)
        for name, config in stored_pairs.items()
    ]
    trained = {space.name for space in [*runs, *pairs]}
    related = {SpaceName.pairs(name) for name, config in stored_pairs.items() if config.relations}
    stored_fusions, _ = scan_fusions(catalogue)
    fusions = [
        Space(SpaceName.fusion(name), fusion_space_title(name, any(part in related for part in parts)), False)
        for name, parts in ((name, _parts_of(stored_fusions, name)) for name in stored_fusions)
        if all(_is_there(catalogue, part, trained) for part in parts)
    ]
    walk = [Space(SpaceName("pagerank"), SPACES["pagerank"], False)] if len(catalogue.learned_edges) else []
    return _with_unique_titles([*content, *runs, *fusions, *pairs, *walk])


def _stamps(catalogue: Catalogue) -> list[tuple[str, int, int, int]]:
    """Inode, time and size of the files that describe trained spaces. These files are replaced, never edited."""
    runs = catalogue.path / RUNS_FOLDER
    stamps = []
    of_runs = (file for name in ("config.json", "status.json", EMBEDDINGS_FILE) for file in runs.glob(f"[!.]*/{name}"))
    for file in (*of_runs, *fusion_files(catalogue), *pairs_files(catalogue)):
        with suppress(OSError):  # a run that is being removed, or a link to itself
            stat = file.stat()
            stamps.append((str(file), stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return stamps


def space_titles(catalogue: Catalogue, names: Sequence[str]) -> list[str]:
    """The titles of spaces or rankers for people. A name that is not on offer is its own title."""
    titles: dict[str, str] = {space.name: space.title for space in list_spaces(catalogue)}
    return [titles.get(name, titles.get(SpaceName(name).space, name)) for name in names]


def open_space(catalogue: Catalogue, name: str) -> Similarity:
    """The similarity `name` with all known edges visible, for the app and for `similar`."""
    parsed = SpaceName(name)
    if parsed.is_run:
        return _run_similarity(catalogue, parsed)
    view = serving_view(catalogue)
    if parsed.is_pairs:
        return _pair_rankers(catalogue, parsed)(view, None)
    if parsed.is_fusion:
        weights, _ = load_fusion(catalogue, parsed.id)
        return Fusion(parsed, [open_space(catalogue, part) for part in weights.parts], weights, view.degree)
    return _build(catalogue, parsed, view)


def _run_similarity(catalogue: Catalogue, name: SpaceName) -> CosineSimilarity:
    run = _own_run(catalogue, name)
    embeddings = run_embeddings(catalogue, run)
    file = (run.path / EMBEDDINGS_FILE).stat()
    made_from = (f"{file.st_size} {file.st_mtime_ns}",)
    return kept_similarity(name, len(catalogue), made_from, lambda: CosineSimilarity(name, np.array(embeddings)))


def open_ranker(catalogue: Catalogue, name: str, view: EvaluationView) -> Similarity:
    """The similarity `name` with only the view's edges visible, to be evaluated on that view.

    Names: those of UNTRAINED, cosine:FEATURES, run:ID, fusion:NAME, pairs:NAME.
    """
    return ranker_in_views(catalogue, name)(view)


def ranker_in_views(catalogue: Catalogue, name: str) -> Callable[[EvaluationView], Similarity]:
    """`open_ranker` for several views, which reads the model and its features once."""
    ranker = SpaceName.parse_ranker(name)
    if ranker.is_run:
        from core.training.checkpoints import embed, load_model

        run = _own_run(catalogue, ranker)
        model, scaling = load_model(run)
        inputs = feature_inputs(catalogue, run.config.features, scaling)
        return lambda view: CosineSimilarity(ranker, embed(model, inputs, view.visible))
    if ranker.is_fusion:
        weights, _ = load_fusion(catalogue, ranker.id)
        parts = [ranker_in_views(catalogue, part) for part in weights.parts]
        return lambda view: Fusion(ranker, [part(view) for part in parts], weights, view.visible.degree)
    if ranker.is_pairs:
        opened = _pair_rankers(catalogue, ranker)
        return lambda view: opened(view.visible, view.candidates)
    if ranker.kind is Kind.COSINE:
        content = content_similarity(catalogue, ranker.id)
        return lambda view: content
    return lambda view: _build(catalogue, ranker, view.visible)


def space_vectors(catalogue: Catalogue, name: str) -> tuple[FloatArray, BoolArray]:
    """Vectors (n, d) of unit length and which artists are present (n,), for a map.

    Raises NearfieldError for a space without vectors, such as a graph walk.
    """
    similarity = open_space(catalogue, name)
    if not isinstance(similarity, CosineSimilarity):
        raise NearfieldError(f"{name} compares artists without placing them anywhere, so it has no map.")
    return similarity.vectors, similarity.present


def left_out(catalogue: Catalogue) -> dict[str, str]:
    """Why each run, fusion or pair ranker that `list_spaces` cannot offer is left out, by its file; those of other
    versions of the catalogue are no faults."""
    runs, faults = scan_runs(catalogue)
    reasons = {f"{RUNS_FOLDER}/{run_id}": fault for run_id, fault in faults.items()}
    for run in runs:
        if _is_current(catalogue, run) and (fault := _vectors_fault(catalogue, run)):
            reasons[f"{RUNS_FOLDER}/{run.run_id}"] = fault
    reasons |= {f"{PAIRS_FOLDER}/{name}.safetensors": fault for name, fault in scan_pairs(catalogue)[1].items()}
    return reasons | {f"{FUSIONS_FOLDER}/{name}.json": fault for name, fault in scan_fusions(catalogue)[1].items()}


def _is_current(catalogue: Catalogue, run: Run) -> bool:
    return run.finished and run.belongs_to(catalogue)


def _vectors_fault(catalogue: Catalogue, run: Run) -> str:
    try:
        run_embeddings(catalogue, run)
    except NearfieldError as fault:
        return str(fault)
    return ""


def run_embeddings(catalogue: Catalogue, run: Run) -> FloatArray:
    """The vectors of a run (n, d), memory-mapped. Raises NearfieldError unless there is one for each artist."""
    embeddings = run.embeddings()
    if len(embeddings) != len(catalogue):
        raise NearfieldError(
            f"The run {run.run_id} cannot be used: {EMBEDDINGS_FILE} has {len(embeddings):,} rows, but "
            f"{ARTISTS_FILE} has {len(catalogue):,}."
        )
    return embeddings


def _parts_of(fusions: Mapping[str, Stored], name: str) -> list[SpaceName]:
    """The parts of a usable fusion that are no fusions themselves."""
    parts = fusions[name][0].parts
    return [one for part in parts for one in (_parts_of(fusions, part.id) if part.is_fusion else [part])]


def _is_there(catalogue: Catalogue, part: SpaceName, trained: set[SpaceName]) -> bool:
    if part.is_run or part.is_pairs:
        return part in trained
    if part.kind is Kind.UNTRAINED:
        return True
    try:
        check_features(catalogue, part.id)
    except NearfieldError:
        return False
    return part.id != LEARNED


def _own_run(catalogue: Catalogue, name: SpaceName) -> Run:
    run = open_run(catalogue, name.id)
    if not run.belongs_to(catalogue):
        raise NearfieldError(f"The run {run.run_id} belongs to another version of {catalogue.name}. Train a new one.")
    return run


def _pair_rankers(catalogue: Catalogue, name: SpaceName) -> Callable[[GraphView, IntArray | None], PairRanker]:
    """The pair ranker on any visible graph, for any candidates (None: all artists); its content is read once."""
    stored = load_pairs(catalogue, name.id)
    content = load_content(catalogue, stored.statistics)
    relations = other_relations(catalogue, stored.relations) if stored.config.relations else None

    def opened(view: GraphView, candidates: IntArray | None) -> PairRanker:
        graph = VisibleGraph.of(view)
        if candidates is None and searches_near(len(catalogue)):
            alike = content_suggestions(catalogue, features_of_pairs(stored))
            return NearPairRanker(name, stored, replace(graph, keep=_keeper(catalogue)), content, alike, relations)
        everybody = candidates is None or len(candidates) == len(catalogue)
        choice = EVERYBODY_CHOICE if everybody else EVALUATED_CHOICE
        return PairRanker(name, stored, graph, content, None if everybody else candidates, choice, relations)

    return opened


def content_suggestions(catalogue: Catalogue, features: Set[str]) -> list[Suggestions]:
    """For each of these feature sets that the catalogue has, what finds the artists nearest to one, by its index."""
    return [_alike(catalogue, name) for name in catalogue.feature_names if name in features]


def _alike(catalogue: Catalogue, features: str) -> Suggestions:
    similarity = content_similarity(catalogue, features)

    def suggest(row: int, k: int) -> IntArray:
        if not similarity.present[row]:
            return np.empty(0, np.int64)
        return index_of(similarity).search(similarity.vectors[row], k + 1).rows

    return suggest


def _keeper(catalogue: Catalogue) -> Callable[[str, Callable[[], FloatArray]], FloatArray]:
    """Keeps arrays of the edges that models learn in the cache folder."""
    made_from = (*catalogue.stamps(EDGES_FILE), str(catalogue.manifest.learned))
    return lambda name, make: kept_arrays("edges", (*made_from, name), lambda: {"values": make()})["values"]


def _build(catalogue: Catalogue, name: SpaceName, visible: GraphView) -> Similarity:
    match name:
        case "random":
            return RandomOrder(len(catalogue))
        case "missing-features":
            return MissingFeatures(catalogue)
        case "popularity":
            return Popularity(visible)
        case "common-neighbours":
            return CommonNeighbours(visible)
        case "adamic-adar":
            return AdamicAdar(visible)
        case "pagerank":
            return PersonalisedPageRank(visible)
        case "rp3beta":
            return Rp3Beta(visible)
        case "ease":
            return Ease(visible)
        case "short-walk":
            return ShortWalk(visible)
    return content_similarity(catalogue, name.id if name.kind is Kind.COSINE else name)


def _with_unique_titles(spaces: list[Space]) -> list[Space]:
    times = Counter(space.title for space in spaces)
    marks = {space.name: space.name[-4:] if space.name.is_run else space.name for space in spaces}
    return [
        space if times[space.title] == 1 else replace(space, title=f"{space.title} ({marks[space.name]})")
        for space in spaces
    ]


def _title_of(config: TrainingConfig) -> str:
    return model_space_title(config.model.title, config.model.layers, config.features, config.seed)
