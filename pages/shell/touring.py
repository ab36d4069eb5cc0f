"""The tour: a list of views of the open catalogue, each with an explanation. Every step is a link.

Nothing is drawn here. Steps that are impossible with a catalogue are left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.maps.store import map_path
from core.search.evidence import answer, default_spaces
from core.search.spaces import Space, list_spaces
from core.similarity import Similarity
from pages.shell import texts
from pages.shell.boxes import WHY
from pages.shell.parameters import ARTIST, SPACE, Parameter, declared
from pages.shell.text import plain

_LONGEST_NAME = 40

Opener = Callable[[str], Similarity]
View = Mapping[Parameter, str | list[str]]


@dataclass(frozen=True)
class Step:
    """One view: the name of a `page` and its URL parameters. `text` explains it in markdown."""

    title: str
    text: str
    page: str
    view: View


def tour_steps(
    catalogue: Catalogue,
    artists: Sequence[int],
    open_space: Opener,
    takes_words: bool,
    measured: Mapping[str, float] | None = None,
) -> list[Step]:
    """The steps of the tour, with up to three `artists` (rows) as examples. `measured` is the quality of spaces."""
    spaces = list_spaces(catalogue)
    if not artists or not spaces or len(catalogue) == 1:
        return []
    first, last = artists[0], artists[-1]
    steps = [
        _hear(catalogue, first),
        _why(catalogue, first, default_spaces(spaces, measured=measured), open_space),
        _exploration(catalogue, first),
        _map(catalogue, first, spaces),
        _path(catalogue, artists, spaces),
        _words() if takes_words else None,
        _keep(catalogue, last),
    ]
    return [step for step in steps if step]


def _hear(catalogue: Catalogue, row: int) -> Step:
    return Step(
        texts.HEAR_TITLE,
        texts.hear_step(_name(catalogue, row), not catalogue.tracks_of(row).empty),
        "explore",
        {ARTIST: catalogue.id_of(row)},
    )


def _why(catalogue: Catalogue, row: int, spaces: Sequence[Space], open_space: Opener) -> Step | None:
    for space in spaces:
        try:
            nearest = answer(open_space(space.name), space, row, 1).nearest.rows
        except NearfieldError:
            continue
        if len(nearest):
            other = int(nearest[0])
            return Step(
                texts.WHY_TITLE,
                texts.why_step(_name(catalogue, other), _name(catalogue, row)),
                "explore",
                {ARTIST: catalogue.id_of(row), WHY: [catalogue.id_of(other), space.name]},
            )
    return None


def _exploration(catalogue: Catalogue, row: int) -> Step | None:
    if not catalogue.has_popularity:
        return None
    return Step(
        texts.EXPLORE_TITLE,
        texts.EXPLORE_STEP,
        "explore",
        {ARTIST: catalogue.id_of(row), declared("explore")["dial"]: "1"},
    )


def _map(catalogue: Catalogue, row: int, spaces: Sequence[Space]) -> Step | None:
    mapped = [space for space in spaces if space.has_vectors and map_path(catalogue, space.name).is_file()]
    if not mapped:
        return None
    return Step(
        texts.MAP_TITLE,
        texts.map_step(_name(catalogue, row)),
        "map",
        {ARTIST: catalogue.id_of(row), SPACE: mapped[0].name},
    )


def _path(catalogue: Catalogue, artists: Sequence[int], spaces: Sequence[Space]) -> Step | None:
    if len(artists) < 2 or not len(catalogue.learned_edges) or not any(space.has_vectors for space in spaces):
        return None
    return Step(
        texts.PATH_TITLE,
        texts.path_step(_name(catalogue, artists[0]), _name(catalogue, artists[1])),
        "neighbourhood",
        {ARTIST: catalogue.id_of(artists[0]), declared("neighbourhood")["to"]: catalogue.id_of(artists[1])},
    )


def _words() -> Step:
    return Step(
        texts.WORDS_TITLE,
        texts.WORDS_STEP,
        "clip",
        {declared("clip")["by"]: "Words", declared("clip")["words"]: texts.WORDS},
    )


def _keep(catalogue: Catalogue, row: int) -> Step:
    return Step(
        texts.KEEP_TITLE,
        texts.keep_step(_name(catalogue, row)),
        "explore",
        {ARTIST: catalogue.id_of(row)},
    )


def _name(catalogue: Catalogue, row: int) -> str:
    return f"**{plain(str(catalogue.display_names.iat[row]), _LONGEST_NAME)}**"
