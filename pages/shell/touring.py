"""The tour: a list of views of the open catalogue, each with an explanation. Every step is a link.

Nothing is drawn here. Steps that are impossible with a catalogue are left out. What a step says is about the container
that it scrolls to, `focus`, and so about what is in view.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.arrays import IntArray
from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP
from core.graph.protocols import why_not_trainable
from core.maps.store import map_path
from core.search.evidence import best_first
from core.search.indexed import nearest_answer
from core.search.spaces import Space, list_spaces
from core.similarity import Similarity
from pages.shell import texts
from pages.shell.parameters import ARTIST, SPACE, Parameter, declared
from pages.shell.text import plain

N_NEAREST = 10
_LONGEST_NAME = 40

Opener = Callable[[str], Similarity]
View = Mapping[Parameter, str | list[str]]


@dataclass(frozen=True)
class Step:
    """One view: the name of a `page` and its URL parameters.

    `text` explains in markdown what the container with the first key of `focus` shows; the further keys are of
    containers to look at until that one is drawn. `text` is empty where it changes with every run of the page.
    `narrow` is the text where a phone shows less of it at once, and is empty where the text fits both.
    """

    title: str
    text: str
    page: str
    view: View
    focus: tuple[str, ...]
    narrow: str = ""


@dataclass(frozen=True)
class Hearing:
    """What can be heard with a catalogue: whether clips and words can be compared, and whether there is a sample."""

    clips: bool = False
    words: bool = False
    sample: bool = False


def tour_steps(
    catalogue: Catalogue,
    artists: Sequence[int],
    open_space: Opener,
    hearing: Hearing,
    measured: Mapping[str, float] | None = None,
) -> list[Step]:
    """The steps of the tour around the first of `artists` (rows). `measured` is the quality of spaces."""
    spaces = best_first(list_spaces(catalogue), measured or {})
    if not artists or not spaces or len(catalogue) == 1:
        return []
    row = artists[0]
    steps = [
        _two_lists(catalogue, row, _pair(spaces), open_space),
        _map(catalogue, row, spaces, open_space),
        _graph(catalogue, row),
        _clip(hearing),
        _figure(),
        None if why_not_trainable(catalogue) else _training(),
        _own_music(),
    ]
    return [step for step in steps if step]


def _pair(spaces: Sequence[Space]) -> list[Space]:
    """The two spaces to compare: CLAP and AcousticBrainz, or else the two best of content, or the best of any."""
    named = {str(space.name): space for space in spaces}
    if CLAP in named and ACOUSTICBRAINZ in named:
        return [named[CLAP], named[ACOUSTICBRAINZ]]
    content = [
        space
        for space in spaces
        if not (space.name.is_run or space.name.is_fusion or space.name.is_pairs or space.name.is_walk)
    ]
    return (content if len(content) > 1 else list(spaces))[:2]


def _two_lists(catalogue: Catalogue, row: int, pair: Sequence[Space], open_space: Opener) -> Step | None:
    found: list[tuple[Space, IntArray]] = []
    for space in pair:
        try:
            nearest = nearest_answer(open_space(space.name), space, row, N_NEAREST).nearest.rows
        except NearfieldError:
            continue
        if len(nearest):
            found.append((space, nearest))
    if not found:
        return None
    name, titles = _name(catalogue, row), [plain(space.title) for space, _ in found]
    view: View = {
        ARTIST: catalogue.id_of(row),
        declared("explore")["spaces"]: [str(space.name) for space, _ in found],
    }
    if len(found) == 1:
        return Step(texts.NEAR_TITLE, texts.one_list_step(name, titles[0]), "explore", view, ("answers_lists",))
    shared = len(np.intersect1d(found[0][1], found[1][1]))
    return Step(
        texts.TWO_LISTS_TITLE,
        texts.two_lists_step(name, titles, shared),
        "explore",
        view,
        ("answers_lists",),
        texts.two_lists_step_narrow(name, titles, shared),
    )


def around(steps: Sequence[Step], own: Sequence[Step]) -> list[Step]:
    """The `steps`, with those of `own` that lead to the same pages in their places.

    `own` are the steps around the artist who is in view. Where that artist is in no list or on no map, the usual step
    leads back to the artist of the tour.
    """
    found = {step.page: step for step in own}
    return [found.get(step.page, step) for step in steps]


def _map(catalogue: Catalogue, row: int, spaces: Sequence[Space], open_space: Opener) -> Step | None:
    drawn = [space for space in spaces if space.has_vectors and map_path(catalogue, space.name).is_file()]
    mapped = [space for space in drawn if _places(open_space, space, row)]
    if not mapped:
        return None
    return Step(
        texts.MAP_TITLE,
        texts.map_step(_name(catalogue, row)),
        "map",
        {ARTIST: catalogue.id_of(row), SPACE: mapped[0].name},
        ("map-chart-box",),
    )


def _graph(catalogue: Catalogue, row: int) -> Step:
    relation = catalogue.learned_relation
    label = plain(relation.label) if relation and len(catalogue.learned_edges) else ""
    return Step(
        texts.GRAPH_TITLE,
        texts.graph_step(_name(catalogue, row), label),
        "neighbourhood",
        {ARTIST: catalogue.id_of(row)},
        ("hop_graph",),
    )


def _clip(hearing: Hearing) -> Step | None:
    clip = declared("clip")
    if hearing.clips and hearing.sample:
        view: View = {clip["by"]: "Sound", clip["sample"]: "1"}
        return Step(texts.CLIP_TITLE, texts.CLIP_STEP, "clip", view, ("clip_answers", "clip_waiting"))
    if hearing.clips:
        return Step(texts.CLIP_TITLE, texts.OWN_CLIP_STEP, "clip", {clip["by"]: "Sound"}, ("clip_ways",))
    if hearing.words:
        return Step(texts.WORDS_TITLE, texts.WORDS_STEP, "clip", {clip["by"]: "Words"}, ("clip_ways",))
    return None


def _figure() -> Step:
    return Step(texts.FIGURE_TITLE, texts.FIGURE_STEP, "results", {}, ("paper_disco-olga_layers",))


def _training() -> Step:
    return Step(texts.TRAIN_TITLE, "", "train", {}, ("run_curves", "watched_run"))


def _own_music() -> Step:
    return Step(texts.OWN_TITLE, texts.OWN_STEP, "catalogues", {}, ("ways",))


def _places(open_space: Opener, space: Space, row: int) -> bool:
    """Whether the space can be opened and places the artist."""
    try:
        present = getattr(open_space(space.name), "present", None)
    except NearfieldError:
        return False
    return present is None or bool(present[row])


def _name(catalogue: Catalogue, row: int) -> str:
    return f"**{plain(str(catalogue.display_names.iat[row]), _LONGEST_NAME)}**"
