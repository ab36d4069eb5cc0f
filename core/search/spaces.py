"""The similarities a catalogue offers, by name: one place that turns a name into an object of the contract."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from core.arrays import BoolArray, FloatArray
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features import feature_inputs
from core.graph.protocols import EvaluationView, GraphView, serving_view
from core.graph.rankers import AdamicAdar, CommonNeighbours, PersonalisedPageRank, Popularity, RandomOrder
from core.runs.config import TrainingConfig
from core.runs.record import RUNS_FOLDER, Run, list_runs, open_run
from core.search.fusion import Fusion
from core.search.fusions import fusion_files, list_fusions, load_fusion
from core.search.vectors import CosineSimilarity, content_similarity
from core.similarity import Similarity
from core.titles import SPACES

UNTRAINED = ("random", "popularity", "common-neighbours", "adamic-adar", "pagerank")
RUN_PREFIX = "run:"
FUSION_PREFIX = "fusion:"
COSINE_PREFIX = "cosine:"
CLIP_PREFIX = "clip:"
"""Of a way from a clip to artists, in the results table; it can be asked only with a clip."""

_ORDER = ("clap", "acousticbrainz", "audio_descriptors", "moods_themes")


@dataclass(frozen=True)
class Space:
    """A similarity on offer: `name` as the command line and URLs write it, `title` as people read it."""

    name: str
    title: str
    has_vectors: bool


_LISTED: dict[Path, tuple[tuple[object, ...], list[Space]]] = {}
"""By folder of a catalogue what it offered last, and the stamp of what was read for it."""


def list_spaces(catalogue: Catalogue) -> list[Space]:
    """What can be browsed: each stored feature set, each finished run, newest first, fusions, and the graph walk.

    A fusion is left out while a run that it adds up is not there. No two titles are alike: what shares its title with
    another, as runs of one configuration do, says its name as well, a run the end of its id. Asked again, the files of
    runs and fusions are read only where one of them has changed.
    """
    stamp = (catalogue.content_hash, catalogue.manifest.kind, *_stamps(catalogue))
    listed = _LISTED.get(catalogue.path)
    if listed is None or listed[0] != stamp:
        # The stamp is older than what is read, so that a change in between is seen the next time.
        listed = _LISTED[catalogue.path] = (stamp, _read_spaces(catalogue))
    return list(listed[1])


def _read_spaces(catalogue: Catalogue) -> list[Space]:
    stored = catalogue.feature_names
    names = [name for name in _ORDER if name in stored] + [name for name in stored if name not in _ORDER]
    own = {name: catalogue.feature_info(name).title for name in names}
    titles = own if catalogue.manifest.kind == "synthetic" else own | SPACES
    content = [Space(name, titles[name], True) for name in names]
    runs = [
        Space(RUN_PREFIX + run.run_id, f"Graph model ({_describe(run.config)})", True)
        for run in list_runs(catalogue)
        if run.finished and run.details["catalogue_hash"] == catalogue.content_hash
    ]
    trained = {space.name for space in runs}
    fusions = [
        Space(FUSION_PREFIX + name, f"Fusion ({name})", False)
        for name in list_fusions(catalogue)
        if trained.issuperset(_runs_of(catalogue, name))
    ]
    return _told_apart([*content, *runs, *fusions, Space("pagerank", SPACES["pagerank"], False)])


def _stamps(catalogue: Catalogue) -> list[tuple[str, int, int, int]]:
    """What tells apart the versions of the files that describe runs and fusions; these are replaced, never edited."""
    runs = catalogue.path / RUNS_FOLDER
    stamps = []
    for file in (*runs.glob("*/config.json"), *runs.glob("*/status.json"), *fusion_files(catalogue)):
        with suppress(FileNotFoundError):  # a run that is being removed
            stat = file.stat()
            stamps.append((str(file), stat.st_ino, stat.st_mtime_ns, stat.st_size))
    return stamps


def space_titles(catalogue: Catalogue, names: Sequence[str]) -> list[str]:
    """The titles of spaces or rankers, as people read them; a name that is offered nowhere stands for itself."""
    titles = {space.name: space.title for space in list_spaces(catalogue)}
    return [titles.get(name, titles.get(name.removeprefix(COSINE_PREFIX), name)) for name in names]


def open_space(catalogue: Catalogue, name: str) -> Similarity:
    """The similarity `name` with every known edge visible, as the app and `similar` use it."""
    if name.startswith(RUN_PREFIX):
        return CosineSimilarity(name, np.array(_own_run(catalogue, name).embeddings()))
    view = serving_view(catalogue)
    if name.startswith(FUSION_PREFIX):
        weights, _ = load_fusion(catalogue, name.removeprefix(FUSION_PREFIX))
        return Fusion(name, [open_space(catalogue, part) for part in weights.parts], weights, view.degree)
    return _build(catalogue, name, view)


def open_ranker(catalogue: Catalogue, name: str, view: EvaluationView) -> Similarity:
    """The similarity `name` as it is when only the view's edges are visible, to be evaluated on it.

    Names: random, popularity, common-neighbours, adamic-adar, pagerank, cosine:FEATURES, run:ID, fusion:NAME.
    """
    return ranker_in_views(catalogue, name)(view)


def ranker_in_views(catalogue: Catalogue, name: str) -> Callable[[EvaluationView], Similarity]:
    """`open_ranker` for several views: the model and its features are read once."""
    if name.startswith(RUN_PREFIX):
        from core.training.checkpoints import embed, load_model

        run = _own_run(catalogue, name)
        model, scaling = load_model(run)
        inputs = feature_inputs(catalogue, run.config.features, scaling)
        return lambda view: CosineSimilarity(name, embed(model, inputs, view.visible))
    if name.startswith(FUSION_PREFIX):
        weights, _ = load_fusion(catalogue, name.removeprefix(FUSION_PREFIX))
        parts = [ranker_in_views(catalogue, part) for part in weights.parts]
        return lambda view: Fusion(name, [part(view) for part in parts], weights, view.visible.degree)
    if name.startswith(COSINE_PREFIX):
        content = content_similarity(catalogue, name.removeprefix(COSINE_PREFIX))
        return lambda view: content
    if name not in UNTRAINED:
        known = ", ".join([*UNTRAINED, f"{COSINE_PREFIX}FEATURES", f"{RUN_PREFIX}ID", f"{FUSION_PREFIX}NAME"])
        raise NearfieldError(f"“{name}” is no ranker. There are: {known}.")
    return lambda view: _build(catalogue, name, view.visible)


def space_vectors(catalogue: Catalogue, name: str) -> tuple[FloatArray, BoolArray]:
    """Vectors (n, d) of unit length and who is present (n,), for a map. Raises NearfieldError for a graph walk."""
    similarity = open_space(catalogue, name)
    if not isinstance(similarity, CosineSimilarity):
        raise NearfieldError(f"{name} compares artists without placing them anywhere, so it has no map.")
    return similarity.vectors, similarity.present


def _runs_of(catalogue: Catalogue, fusion: str) -> list[str]:
    return [part for part in load_fusion(catalogue, fusion)[0].parts if part.startswith(RUN_PREFIX)]


def _own_run(catalogue: Catalogue, name: str) -> Run:
    run = open_run(catalogue, name.removeprefix(RUN_PREFIX))
    if run.details["catalogue_hash"] != catalogue.content_hash:
        raise NearfieldError(f"The run {run.run_id} belongs to another version of {catalogue.name}. Train a new one.")
    return run


def _build(catalogue: Catalogue, name: str, visible: GraphView) -> Similarity:
    match name:
        case "random":
            return RandomOrder(len(catalogue))
        case "popularity":
            return Popularity(visible)
        case "common-neighbours":
            return CommonNeighbours(visible)
        case "adamic-adar":
            return AdamicAdar(visible)
        case "pagerank":
            return PersonalisedPageRank(visible)
    return content_similarity(catalogue, name.removeprefix(COSINE_PREFIX))


def _told_apart(spaces: list[Space]) -> list[Space]:
    times = Counter(space.title for space in spaces)
    marks = {space.name: space.name[-4:] if space.name.startswith(RUN_PREFIX) else space.name for space in spaces}
    return [
        space if times[space.title] == 1 else replace(space, title=f"{space.title} ({marks[space.name]})")
        for space in spaces
    ]


def _describe(config: TrainingConfig) -> str:
    layers = f"{config.model.layers} layer{'' if config.model.layers == 1 else 's'}"
    features = config.features.replace("+", " + ").replace("_", " ")
    return f"{config.model.title}, {layers}, {features}, seed {config.seed}"
