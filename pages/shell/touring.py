"""The tour: a list of views of the open catalogue, each with what to look at. A view is a link, so a tour is too.

Nothing is drawn here. A step that a catalogue cannot do is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.maps.store import map_path
from core.search.evidence import answer, default_spaces
from core.search.spaces import Space, list_spaces
from core.similarity import Similarity
from pages.shell.boxes import WHY
from pages.shell.parameters import ARTIST, SPACE, Parameter, declared
from pages.shell.text import plain

WORDS = "upbeat house, synth bass"
_LONGEST_NAME = 40

Opener = Callable[[str], Similarity]
View = Mapping[Parameter, str | list[str]]


@dataclass(frozen=True)
class Step:
    """One view: `page` by name, with these parameters; `text` says in markdown what to look at."""

    title: str
    text: str
    page: str
    view: View


def tour_steps(catalogue: Catalogue, artists: Sequence[int], open_space: Opener, takes_words: bool) -> list[Step]:
    """The steps of the tour, by way of three `artists` to begin with (rows), or as many as there are."""
    if not artists:
        return []
    spaces = list_spaces(catalogue)
    first, last = artists[0], artists[-1]
    steps = [
        _hear(catalogue, first),
        _why(catalogue, first, default_spaces(spaces), open_space),
        _exploration(catalogue, first),
        _map(catalogue, first, spaces),
        _path(catalogue, artists, spaces),
        _words() if takes_words else None,
        _keep(catalogue, last),
    ]
    return [step for step in steps if step]


def _hear(catalogue: Catalogue, row: int) -> Step:
    name = _name(catalogue, row)
    play = "" if catalogue.tracks_of(row).empty else " Play a track of it."
    return Step(
        "Hear and compare",
        f"You begin with {name}, whose card this is.{play} Below, each list names the nearest artists by evidence of "
        "its own; who stands in several lists is the safer answer.",
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
                "Ask why",
                f"The box says why {_name(catalogue, other)} is near {_name(catalogue, row)}, and how much that rests "
                "on. **Why?** in a list opens it for anybody. Close it to go on.",
                "explore",
                {ARTIST: catalogue.id_of(row), WHY: [catalogue.id_of(other), space.name]},
            )
    return None


def _exploration(catalogue: Catalogue, row: int) -> Step | None:
    if not np.isfinite(catalogue.artists["popularity"].to_numpy(float)).any():
        return None
    return Step(
        "Go off the beaten track",
        "The dial is at adventurous: the lists name less popular artists that are less alike. Above each list stands "
        "what that did, and ★ marks who is new.",
        "explore",
        {ARTIST: catalogue.id_of(row), declared("explore")["dial"]: "1"},
    )


def _map(catalogue: Catalogue, row: int, spaces: Sequence[Space]) -> Step | None:
    mapped = [space for space in spaces if space.has_vectors and map_path(catalogue, space.name).is_file()]
    if not mapped:
        return None
    return Step(
        "See where it stands",
        f"Lines lead from {_name(catalogue, row)} to those who are truly nearest: a flat map must tear some apart. "
        "Click a point to go on from there.",
        "map",
        {ARTIST: catalogue.id_of(row), SPACE: mapped[0].name},
    )


def _path(catalogue: Catalogue, artists: Sequence[int], spaces: Sequence[Space]) -> Step | None:
    if len(artists) < 2 or not len(catalogue.similar_edges) or not any(space.has_vectors for space in spaces):
        return None
    return Step(
        "Walk from one to the other",
        f"A path from {_name(catalogue, artists[0])} to {_name(catalogue, artists[1])} in small steps, with what "
        "speaks for each. Avoid an artist to be led round it.",
        "neighbourhood",
        {ARTIST: catalogue.id_of(artists[0]), declared("neighbourhood")["to"]: catalogue.id_of(artists[1])},
    )


def _words() -> Step:
    return Step(
        "Describe a sound",
        "Artists nearest to words, by what was heard in their recordings. A sound of your own can be asked with too.",
        "clip",
        {declared("clip")["by"]: "Words", declared("clip")["words"]: WORDS},
    )


def _keep(catalogue: Catalogue, row: int) -> Step:
    return Step(
        "Keep and take along",
        f"From {_name(catalogue, row)} on it is your turn: **Keep** is on the card and under each list. As soon "
        "as somebody is kept, **Open** in the sidebar shows your list: put it in order, add notes, and export it.",
        "explore",
        {ARTIST: catalogue.id_of(row)},
    )


def _name(catalogue: Catalogue, row: int) -> str:
    return f"**{plain(str(catalogue.display_names.iat[row]), _LONGEST_NAME)}**"
