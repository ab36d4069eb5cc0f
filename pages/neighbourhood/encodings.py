"""Size and colour of the drawn artists, by the visitor's choice: a few classes, each with a name for the tooltip."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core import palette
from core.arrays import DoubleArray, FloatArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.genres import OTHER, UNKNOWN, GenreClasses, genre_classes, one_covers_most
from core.graph.drawing import NodeEncodings
from core.search.tag_classes import NO_TAGS, telling_classes
from core.search.tag_sources import TagSource
from core.titles import SPLIT_NAMES
from pages.neighbourhood import texts

SMALLEST, LARGEST = 7.0, 26.0
_HOP_SIZES = (22.0, 15.0, 10.0)
_EQUAL = 13.0
TAGS = "tags"
_NO_TAG = {"genre": UNKNOWN, "mood": texts.NO_MOOD, TAGS: NO_TAGS}


@dataclass(frozen=True)
class Measures:
    """Measures of m drawn artists, the centre first.

    Shapes, all (m,): `hop` is -1 if no edges lead to the centre. `degree` counts known edges. `popularity` is the share
    of artists that are less popular, NaN if unknown. `place` is the rank among all artists by similarity to the centre,
    1 for the nearest and 0 if unknown; `score` is that similarity, NaN if unknown.
    """

    rows: IntArray
    hop: IntArray
    degree: IntArray
    popularity: FloatArray
    place: IntArray
    score: FloatArray


def encodings_of(
    catalogue: Catalogue, seen: Measures, tags: Mapping[str, GenreClasses], size: str, colour: str
) -> NodeEncodings:
    """How the artists are drawn. `size` and `colour` are keys of SIZES and COLOURS in `texts`."""
    groups, colours = _classes(catalogue, seen, tags, colour)
    shown = set(groups)
    return NodeEncodings(
        np.round(_radii(seen, size), 1).tolist(),
        groups,
        {name: value for name, value in colours.items() if name in shown},
    )


def tag_classes(catalogue: Catalogue) -> dict[str, GenreClasses]:
    """The classes of genres and moods, as far as any are known, by the name of the choice. Slow enough to be worth
    caching."""
    classes = {}
    if "genres" in catalogue.tag_columns:
        classes["genre"] = genre_classes(catalogue.artists["genres"])
    if "moods" in catalogue.tag_columns:
        moods = genre_classes(catalogue.artists["moods"])
        names = [texts.OTHER_MOODS if name == OTHER else name for name in moods.names]
        classes["mood"] = GenreClasses(moods.codes, names)
    return classes


def fine_classes(sources: Sequence[TagSource], rows: IntArray) -> dict[str, GenreClasses]:
    """The classes of tags that tell the artists in `rows` apart, by the set that knows most of them, if any."""
    best = max(sources, key=lambda source: int(source.known[rows].sum()), default=None)
    if best is None:
        return {}
    return {TAGS: telling_classes(best, np.isin(np.arange(len(best.known)), rows))}


def size_choices(catalogue: Catalogue) -> list[str]:
    """The keys of SIZES in `texts` for which the catalogue has data, the usual one first."""
    lacking = set() if catalogue.has_popularity else {"popularity"}
    if not len(catalogue.learned_edges):
        lacking |= {"hop", "edges"}
    return [size for size in texts.SIZES if size not in lacking]


def colour_choices(catalogue: Catalogue, tags: Mapping[str, GenreClasses], has_fine: bool) -> list[str]:
    """The keys of COLOURS in `texts` for which the catalogue has data, the usual one first.

    `tags` are its genres and moods, and `has_fine` says whether it has sets of tags besides: those come first where one
    genre covers most artists. Splits that were made up come last.
    """
    there = {"genre": "genre" in tags, "mood": "mood" in tags, TAGS: has_fine, "popularity": catalogue.has_popularity}
    is_one = "genre" not in tags or one_covers_most(tags["genre"].codes)
    last = {"split"} if catalogue.manifest.splits.are_made else set()
    colours = [colour for colour in texts.COLOURS if there.get(colour, True)]
    return sorted(colours, key=lambda colour: (colour in last, not (colour == TAGS and is_one)))


def tag_name(tags: Mapping[str, GenreClasses], kind: str, row: int) -> str:
    """The class of an artist's genre or mood, or a text that none is known."""
    return tags[kind].names[tags[kind].codes[row]] if tags[kind].codes[row] >= 0 else _NO_TAG[kind]


def _classes(
    catalogue: Catalogue, seen: Measures, tags: Mapping[str, GenreClasses], colour: str
) -> tuple[list[str], dict[str, str]]:
    match colour:
        case "split":
            split = [SPLIT_NAMES[code] for code in catalogue.split[seen.rows]]
            return split, palette.class_colours(SPLIT_NAMES)
        case "popularity":
            shares = seen.popularity.tolist()
            fifths = [
                texts.NO_POPULARITY if np.isnan(share) else texts.FIFTHS[min(int(5 * (1 - share)), 4)]
                for share in shares
            ]
            return fifths, _ordered(texts.FIFTHS, texts.NO_POPULARITY)
        case "similarity":
            places = [texts.THE_CENTRE_ITSELF, *(_place_name(place) for place in seen.place[1:].tolist())]
            names = (*(name for _, name in texts.PLACES), texts.FURTHER)
            return places, {texts.THE_CENTRE_ITSELF: palette.OKABE_ITO[1]} | _ordered(names, texts.NO_PLACE)
    if colour not in tags:
        return [_NO_TAG[colour]] * len(seen.rows), {_NO_TAG[colour]: palette.UNKNOWN_COLOUR}
    colours = palette.class_colours(tags[colour].names) | {_NO_TAG[colour]: palette.UNKNOWN_COLOUR}
    return [tag_name(tags, colour, row) for row in seen.rows.tolist()], colours


def _ordered(names: tuple[str, ...], unknown: str) -> dict[str, str]:
    return dict(zip(names, palette.FIFTHS, strict=True)) | {unknown: palette.UNKNOWN_COLOUR}


def _place_name(place: int) -> str:
    if place == 0:
        return texts.NO_PLACE
    return next((name for last, name in texts.PLACES if place <= last), texts.FURTHER)


def _radii(seen: Measures, size: str) -> DoubleArray:
    match size:
        case "hop":
            return np.array([_HOP_SIZES[min(hop, 2) if hop >= 0 else 2] for hop in seen.hop.tolist()])
        case "edges":
            return _between(np.sqrt(seen.degree / max(int(seen.degree.max()), 1)))
        case "popularity":
            return _between(np.nan_to_num(seen.popularity, nan=0.0).astype(float))
        case "similarity":
            nearness = np.where(seen.place > 0, 1 - np.log10(np.maximum(seen.place, 1)) / 4, 0.0)
            nearness[0] = 1.0
            return _between(np.clip(nearness, 0, 1))
    return np.full(len(seen.rows), _EQUAL)


def _between(share: DoubleArray) -> DoubleArray:
    return SMALLEST + (LARGEST - SMALLEST) * share
