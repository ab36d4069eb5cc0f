"""Filters: which artists may be shown, by tag, decade and popularity, and their short text form for links.

Whether an artist is new to a query, or in a visitor's lists, only the page knows: a filter carries these two wishes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from core.arrays import BoolArray, DoubleArray, IntArray
from core.catalogue import Catalogue
from core.catalogue.format import LIST_COLUMNS
from core.errors import NearfieldError
from core.search.tag_sources import TagSource, tag_sources

Range: TypeAlias = "tuple[float | None, float | None]"

LONGEST_TEXT = 16_000
"""Longest text of a filter. Nearfield makes no longer ones."""

RANGE_COLUMNS = {"decades": "decade", "popularity": "popularity"}
UNKNOWN, NEW, UNLISTED = "unknown", "new", "unlisted"
FLAGS = (UNKNOWN, NEW, UNLISTED)
OF_SET = "set_"
"""Before the name of a feature set of tags, where a filter by its tags is named."""

_FIELDS = (*LIST_COLUMNS, *RANGE_COLUMNS)
_OPEN: Range = (None, None)


@dataclass(frozen=True)
class Filters:
    """Conditions that an artist must meet to be shown. The default lets every artist pass.

    An artist passes a list of tags if it has one of them. It passes a range if its value lies within; both bounds are
    included, and None leaves a side open. It must pass every field. With `unknown`, artists without a value for a field
    also pass: no tag of that kind, no decade or no popularity. `sets` asks for tags of feature sets: pairs of a set's
    name and its tags, by name. `new` asks for artists without a known edge to those that a query names, and `unlisted`
    for artists that are in none of the visitor's lists. Raises NearfieldError if a lower bound exceeds the upper one.
    """

    genres: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    decades: Range = _OPEN
    popularity: Range = _OPEN
    unknown: bool = False
    sets: tuple[tuple[str, tuple[str, ...]], ...] = ()
    new: bool = False
    unlisted: bool = False

    def __post_init__(self) -> None:
        for name in RANGE_COLUMNS:
            low, high = getattr(self, name)
            if not all(bound is None or np.isfinite(bound) for bound in (low, high)):
                raise NearfieldError(f"The bounds of {name} must be numbers.")
            if low is not None and high is not None and low > high:
                raise NearfieldError(f"The filter asks for {name} from {low:g} to {high:g}. Swap the two.")

    @property
    def is_open(self) -> bool:
        """Whether every artist passes."""
        return replace(self, unknown=False) == Filters()

    def wanted(self, field: str) -> Any:
        """The tags or the range that it asks for in a field, such as "genres" or "set_tags"."""
        if field.startswith(OF_SET):
            return dict(self.sets).get(field.removeprefix(OF_SET), ())
        return getattr(self, field)


@dataclass(frozen=True)
class Options:
    """The available choices, and how many artists each of them leaves.

    `tags` maps a column, or a set as "set_NAME", to tags with their number of artists, the most frequent first.
    `decades` does so for decades, the earliest first. `popularity` is the lowest and the highest, or None if none is
    known. `unknown` counts the artists without a value, by field of Filters. Each choice is counted among the artists
    that pass the other fields.
    """

    tags: dict[str, dict[str, int]]
    decades: dict[int, int]
    popularity: tuple[float, float] | None
    unknown: dict[str, int]


class FilterIndex:
    """The tags and numbers of a catalogue, prepared for filtering; build it once per catalogue.

    `sources` are those of `tag_sources`, if they are at hand.
    """

    def __init__(self, catalogue: Catalogue, sources: Sequence[TagSource] | None = None) -> None:
        self._n_artists = len(catalogue)
        self._catalogue_name = catalogue.name
        self._tags = {column: _tags_of_column(catalogue, column) for column in LIST_COLUMNS}
        named = tag_sources(catalogue) if sources is None else sources
        of_sets = [source for source in named if source.name not in LIST_COLUMNS]
        self.titles = {OF_SET + source.name: source.title for source in of_sets}
        """The feature sets of tags, as fields, with their titles."""
        self._tags |= {OF_SET + source.name: _tags_of_source(source) for source in of_sets}
        self._fields = (*_FIELDS, *self.titles)
        self._numbers = {name: _numbers(catalogue, column) for name, column in RANGE_COLUMNS.items()}

    def mask(self, filters: Filters) -> BoolArray:
        """(n,) which artists pass. Raises NearfieldError for a tag that no artist of the catalogue has."""
        return self._mask(filters, self._fields)

    def options(self, filters: Filters | None = None) -> Options:
        """The choices for each field, counted with the other fields of `filters` applied."""
        chosen = filters or Filters()
        fields = self._fields
        others = {name: self._mask(chosen, [other for other in fields if other != name]) for name in fields}
        tags = {column: own.counts(others[column]) for column, own in self._tags.items()}
        decades, decade_counts = _counted(self._numbers["decades"][others["decades"]])
        popularity = self._numbers["popularity"]
        known = popularity[~np.isnan(popularity)]
        return Options(
            tags=tags,
            decades={int(decade): int(count) for decade, count in zip(decades, decade_counts, strict=True)},
            popularity=(float(known.min()), float(known.max())) if len(known) else None,
            unknown={name: int((others[name] & ~self._known(name)).sum()) for name in fields},
        )

    def popularity_steps(self, chosen: Range = _OPEN, n_steps: int = 10) -> dict[float, float]:
        """Bounds to choose from, quantiles and those of `chosen`, each with the share of artists below it."""
        values = self._numbers["popularity"]
        known = np.sort(values[~np.isnan(values)])
        if not len(known):
            return {}
        bounds = [bound for bound in chosen if bound is not None]
        steps = np.unique([*np.quantile(known, np.linspace(0, 1, n_steps + 1)), *bounds])
        shares = np.searchsorted(known, steps) / len(known)
        return dict(zip(steps.tolist(), shares.tolist(), strict=True))

    def restrict(self, filters: Filters) -> Filters:
        """The filters without tags that no artist of this catalogue has, for use after a change of catalogue."""
        own: dict[str, Any] = {
            column: tuple(tag for tag in getattr(filters, column) if tag in self._tags[column].code_of)
            for column in LIST_COLUMNS
        }
        known = {name: self._tags[OF_SET + name].code_of for name, _ in filters.sets if OF_SET + name in self._tags}
        sets = [(name, tuple(tag for tag in tags if tag in known.get(name, ()))) for name, tags in filters.sets]
        return replace(filters, **own, sets=tuple((name, tags) for name, tags in sets if tags))

    def _known(self, name: str) -> BoolArray:
        return self._tags[name].known if name in self._tags else ~np.isnan(self._numbers[name])

    def _mask(self, filters: Filters, names: Iterable[str]) -> BoolArray:
        passed = np.ones(self._n_artists, dtype=bool)
        for name in names:
            wanted = filters.wanted(name)
            if wanted in ((), _OPEN):
                continue
            fits = self._with_tags(name, wanted) if name in self._tags else _within(self._numbers[name], wanted)
            passed &= fits | ~self._known(name) if filters.unknown else fits
        return passed

    def _with_tags(self, column: str, tags: tuple[str, ...]) -> BoolArray:
        unknown = [tag for tag in tags if tag not in self._tags[column].code_of]
        if unknown:
            raise NearfieldError(
                f"No artist of {self._catalogue_name} has “{_shortened(unknown[0])}” among its {column}. "
                "Take it out of the filter."
            )
        return self._tags[column].having(tags)


class _Tags:
    """The tags of one column or set as unique pairs of artist and tag code (p,). `known` (n,) artists have any."""

    def __init__(self, names: Sequence[str], artist: IntArray, code: IntArray, known: BoolArray) -> None:
        self.names = list(names)
        self.code_of = {tag: code for code, tag in enumerate(self.names)}
        self._artist, self._code, self.known = artist, code, known

    def having(self, tags: Iterable[str]) -> BoolArray:
        """(n,) artists with at least one of `tags`."""
        wanted = np.zeros(len(self.names), dtype=bool)
        wanted[[self.code_of[tag] for tag in tags]] = True
        having = np.zeros(len(self.known), dtype=bool)
        having[self._artist[wanted[self._code]]] = True
        return having

    def counts(self, among: BoolArray) -> dict[str, int]:
        """How many of the artists `among` (n,) have each tag, the most frequent first, without tags that none has."""
        counts = np.bincount(self._code[among[self._artist]], minlength=len(self.names))
        order = np.argsort(-counts, kind="stable")
        return {self.names[code]: int(counts[code]) for code in order if counts[code]}


def _tags_of_column(catalogue: Catalogue, column: str) -> _Tags:
    """Codes follow the order of the names."""
    lists = catalogue.tag_lists(column)
    order = sorted(range(len(lists.tags)), key=lists.tags.__getitem__)
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    artist, code = np.divmod(np.unique(lists.rows * max(len(order), 1) + place[lists.codes]), max(len(order), 1))
    known = np.zeros(len(catalogue), dtype=bool)
    known[artist] = True
    return _Tags([lists.tags[one] for one in order], artist, code, known)


def _tags_of_source(source: TagSource) -> _Tags:
    pairs = source.has.tocoo()
    return _Tags(source.tags, pairs.row.astype(np.int64), pairs.col.astype(np.int64), source.known)


def filters_to_text(filters: Filters) -> str:
    """The filters as short text of letters, digits and "-_.~", which need no escaping in a link; "" for none.

    For example genres.Rock.Indie_Pop~set_lastfm_tags.dub~decades.1960_1990~popularity._50~unknown~new. "~" separates
    fields and "." separates tags. A space becomes "_", and other characters become the bytes of their UTF-8 in
    hexadecimal, each after "-". A range is two bounds around "_".
    """
    parts = [
        ".".join([column, *map(_escaped, getattr(filters, column))])
        for column in LIST_COLUMNS
        if getattr(filters, column)
    ]
    parts += [".".join([f"{OF_SET}{name}", *map(_escaped, tags)]) for name, tags in filters.sets]
    for name in RANGE_COLUMNS:
        low, high = getattr(filters, name)
        if (low, high) != _OPEN:
            parts.append(f"{name}.{_written(low)}_{_written(high)}")
    return "~".join([*parts, *(flag for flag in FLAGS if getattr(filters, flag))])


def filters_from_text(text: str) -> Filters:
    """Inverse of `filters_to_text`. Raises NearfieldError for any other text."""
    if len(text) > LONGEST_TEXT:
        raise NearfieldError("The filter in this link is too long. Choose the filters anew.")
    fields: dict[str, Any] = {}
    for part in text.split("~") if text else []:
        name, dot, body = part.partition(".")
        is_set = re.fullmatch(f"{OF_SET}[a-z0-9][a-z0-9_-]*", name) is not None
        if name in fields or not (is_set or name in (*_FIELDS, *FLAGS)) or bool(dot) == (name in FLAGS):
            raise _unreadable(part)
        if name in FLAGS:
            fields[name] = True
        elif is_set or name in LIST_COLUMNS:
            fields[name] = tuple(_unescaped(tag) for tag in body.split("."))
        else:
            fields[name] = _read_range(body)
    sets = tuple(sorted((name.removeprefix(OF_SET), fields.pop(name)) for name in list(fields) if OF_SET in name))
    return Filters(**fields, sets=sets)


def _unreadable(part: str) -> NearfieldError:
    return NearfieldError(f"The filter in this link cannot be read at “{_shortened(part)}”. Choose the filters anew.")


def _shortened(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= 40 else shown[:39] + "…"


def _escaped(tag: str) -> str:
    hexadecimal = re.sub("[^A-Za-z0-9 ]", lambda sign: "".join(f"-{byte:02X}" for byte in sign[0].encode()), tag)
    return hexadecimal.replace(" ", "_")


def _unescaped(text: str) -> str:
    if not re.fullmatch("(?:[A-Za-z0-9_]|-[0-9A-F]{2})*", text):
        raise _unreadable(text)
    escapes = re.sub("-(..)", r"%\1", text)
    raw = re.sub(b"%(..)", lambda code: bytes.fromhex(code[1].decode()), escapes.replace("_", " ").encode())
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise _unreadable(text) from None


def _written(bound: float | None) -> str:
    return "" if bound is None else repr(float(bound)).removesuffix(".0").replace("+", "")


def _read_range(body: str) -> Range:
    bound = r"(-?\d+(?:\.\d+)?(?:e-?\d+)?)?"
    found = re.fullmatch(f"{bound}_{bound}", body, re.ASCII)
    if not found or not any(found.groups()):
        raise _unreadable(body)
    low, high = (None if text is None else float(text) for text in found.groups())
    return low, high


def _numbers(catalogue: Catalogue, column: str) -> DoubleArray:
    if column not in catalogue.artists:
        return np.full(len(catalogue), np.nan)
    return catalogue.artists[column].to_numpy(np.float64, na_value=np.nan)


def _within(values: DoubleArray, bounds: Range) -> BoolArray:
    low, high = bounds
    inside: BoolArray = (values >= (-np.inf if low is None else low)) & (values <= (np.inf if high is None else high))
    return inside


def _counted(values: DoubleArray) -> tuple[DoubleArray, IntArray]:
    return np.unique(values[~np.isnan(values)], return_counts=True)
