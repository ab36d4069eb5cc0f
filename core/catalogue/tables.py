"""What artists.parquet and edges.parquet must hold, and the coercion of a frame into that shape."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.arrays import BoolArray, DoubleArray, IntArray
from core.catalogue.format import (
    ARTIST_COLUMNS,
    ARTISTS_FILE,
    EDGE_COLUMNS,
    EDGES_FILE,
    LIST_COLUMNS,
    NUMBER_COLUMNS,
    OPTIONAL_INTEGER_COLUMNS,
    OPTIONAL_TEXT_COLUMNS,
    SPLITS,
    TEXT_COLUMNS,
)
from core.catalogue.records import is_text
from core.catalogue.relations import LONGEST_RELATION_NAME, MOST_RELATIONS

_INT32 = np.iinfo(np.int32)

Flags: TypeAlias = "pd.Series[bool] | BoolArray"


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a catalogue: where, and why."""

    file: str
    row: int | None
    reason: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file}, row {self.row}"
        return f"{place}: {self.reason}"


def artist_problems(artists: pd.DataFrame) -> Iterator[Problem]:
    """All problems of an artists table: the first bad row of each kind."""
    missing = [column for column in ARTIST_COLUMNS if column not in artists]
    if missing:
        yield Problem(ARTISTS_FILE, None, f"column {', '.join(missing)} is missing")
        return
    if not len(artists):
        yield Problem(ARTISTS_FILE, None, "there is no artist")
        return
    for column in TEXT_COLUMNS:
        yield from first_problem(artists[column].isna(), f"{column} is missing")
    known_texts = {}
    for column in TEXT_COLUMNS + OPTIONAL_TEXT_COLUMNS:
        wrong = not_text(artists[column])
        yield from first_problem(wrong, f"{column} is not text, or holds half a character")
        known_texts[column] = texts_only(artists[column], wrong)
    for column in LIST_COLUMNS:
        yield from first_problem(_not_list_of_texts(artists[column]), f"{column} must be a list of texts")
    ids = known_texts["artist_id"]
    yield from first_problem(ids == "", "artist_id is empty")
    if not _all_differ(ids):
        yield from first_problem(ids.duplicated() & ids.notna(), "artist_id stands twice")
    yield from first_problem(~known_texts["split"].isin(SPLITS), f"split is not one of {', '.join(SPLITS)}")
    for column in NUMBER_COLUMNS:
        yield from first_problem(_not_number(artists[column]), f"{column} must be a number")
        numbers = _numbers(artists[column])
        yield from first_problem(numbers < 0, f"{column} is negative")
        yield from first_problem(np.isinf(numbers), f"{column} is infinite")
    for column in OPTIONAL_INTEGER_COLUMNS:
        if column in artists:
            numbers = _numbers(artists[column])
            whole = (np.floor(numbers) == numbers) & (numbers >= _INT32.min) & (numbers <= _INT32.max)
            bad = _not_number(artists[column]) | (~whole & ~np.isnan(numbers))
            yield from first_problem(bad, f"{column} must be a whole number")
    if "published_row" in artists:
        rows = pd.Series(_numbers(artists["published_row"]))
        yield from first_problem(rows.duplicated() & rows.notna(), "published_row stands twice")


def edge_problems(edges: pd.DataFrame, n_artists: int) -> Iterator[Problem]:
    """All problems of an edges table over `n_artists` artists: the first bad row of each kind."""
    missing = [column for column in EDGE_COLUMNS if column not in edges]
    if missing:
        yield Problem(EDGES_FILE, None, f"column {', '.join(missing)} is missing")
        return
    if not len(edges):
        return
    for column in ("source", "target"):
        if not pd.api.types.is_integer_dtype(edges[column]):
            yield Problem(EDGES_FILE, None, f"{column} must be a whole number, the artist's row")
            return
        outside = ~((edges[column] >= 0) & (edges[column] < n_artists)).fillna(False)
        yield from first_problem(outside, f"{column} is not a row of {ARTISTS_FILE} (0 to {n_artists - 1})", EDGES_FILE)
    yield from first_problem(edges["source"] == edges["target"], "an artist is tied to itself", EDGES_FILE)
    yield from relation_problems(edges["relation"], EDGES_FILE)
    yield from first_problem(unusable_weights(edges["weight"]), "weight must be a finite number above zero", EDGES_FILE)


def relation_problems(column: pd.Series, file: str) -> Iterator[Problem]:
    """All problems of the names of relations in a table: the first bad row of each kind, and too many names."""
    yield from first_problem(column.isna(), "relation is missing", file)
    wrong = not_text(column)
    yield from first_problem(wrong, "relation is not text", file)
    names = texts_only(column, wrong)
    known = pd.Series(pc.unique(pa.array(names)).to_pylist() if _is_text(names) else names.unique()).dropna()
    if len(known) > MOST_RELATIONS:
        yield Problem(file, None, f"there are {len(known):,} relations; at most {MOST_RELATIONS} can be used")
    bad = [name for name in known if not 0 < len(name) <= LONGEST_RELATION_NAME]
    yield from first_problem(
        names.isin(bad), f"relation must be a name of 1 to {LONGEST_RELATION_NAME} characters", file
    )


def unusable_weights(column: pd.Series) -> BoolArray:
    """(n,) whether a value is no finite number above zero as float32."""
    with np.errstate(over="ignore"):
        weight = _numbers(column).astype(np.float32)
    bad: BoolArray = ~((weight > 0) & (weight < np.inf))
    return bad


def undirected(edges: pd.DataFrame, relation: str) -> IntArray:
    """(m, 2) undirected edges of `relation`, lower row first, each once, sorted."""
    chosen = (edges["relation"] == relation).to_numpy(bool)
    source, target = (edges[column].to_numpy(np.int64)[chosen] for column in ("source", "target"))
    low, high = np.minimum(source, target), np.maximum(source, target)
    n = int(high.max(initial=0)) + 1
    keys = low * n + high  # one number a pair sorts much faster than two
    if (keys[1:] > keys[:-1]).all():  # as in a catalogue of one symmetric relation
        return np.stack([low, high], axis=1)
    return np.stack(np.divmod(np.unique(keys), n), axis=1)


def first_problem(bad: Flags, reason: str, file: str = ARTISTS_FILE) -> Iterator[Problem]:
    """The first flagged row of a table, with the number of others; nothing if no row is flagged."""
    if bad.dtype == np.bool_:  # as nearly always: no missing flags to look for
        flags = np.asarray(bad)
    else:
        flags = pd.Series(bad).to_numpy(dtype=bool, na_value=False)
    if flags.any():
        others = int(flags.sum()) - 1
        more = f" (and {others} more row{'' if others == 1 else 's'})" if others else ""
        yield Problem(file, int(flags.argmax()), reason + more)


def not_text(column: pd.Series) -> Flags:
    """(n,) whether a value is present but not text; a column of pandas' own text type holds only text."""
    if _is_text(column):
        return np.zeros(len(column), dtype=bool)
    return ~column.astype(object).map(is_text).astype(bool) & column.notna()


def _is_text(column: pd.Series) -> bool:
    """Whether a column is of pandas' own text type, in Arrow's form."""
    return isinstance(column.dtype, pd.StringDtype) and column.dtype.storage == "pyarrow"


def _all_differ(column: pd.Series) -> bool:
    """Whether it is plain at once that a column holds no value twice."""
    return _is_text(column) and pc.count_distinct(pa.array(column), mode="all").as_py() == len(column)


def texts_only(column: pd.Series, wrong: Flags) -> pd.Series:
    """The column with what is not text left out, so that values can be compared and counted."""
    flags = pd.Series(wrong, index=column.index).to_numpy(dtype=bool, na_value=False)
    return column.astype(object).mask(flags, None) if flags.any() else column


def _not_list_of_texts(column: pd.Series) -> Flags:
    if isinstance(column.dtype, pd.ArrowDtype) and _holds_lists_of_texts(column):
        return np.zeros(len(column), dtype=bool)
    kinds = set(map(type, column))
    if kinds <= {list, np.ndarray} and _are_texts(chain.from_iterable(column)):
        return np.zeros(len(column), dtype=bool)
    return ~column.map(lambda value: isinstance(value, list | np.ndarray) and all(map(is_text, value))).astype(bool)


def _holds_lists_of_texts(column: pd.Series) -> bool:
    """Whether a column in Arrow's form has a list of texts in each row; its texts are whole characters."""
    lists = pa.array(column)
    if not (pa.types.is_list(lists.type) or pa.types.is_large_list(lists.type)) or lists.null_count:
        return False
    texts = pc.list_flatten(lists)
    return (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)) and not texts.null_count


def _are_texts(values: Iterable[object]) -> bool:
    """Whether all are text that files can hold; each text is looked at once."""
    try:
        return all(map(is_text, set(values)))
    except TypeError:  # a list, which is no text
        return False


def _numbers(column: pd.Series) -> DoubleArray:
    """(n,) the values as float64, NaN for values that are unknown or not numbers."""
    try:
        return pd.to_numeric(column, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError, OverflowError):  # lists, or whole numbers beyond any float
        return np.array([_number(value) for value in column], np.float64)


def _number(value: object) -> float:
    try:
        return float(value) if isinstance(value, int | float | np.number) else np.nan
    except OverflowError:
        return np.inf


def _not_number(column: pd.Series) -> Flags:
    if pd.api.types.is_numeric_dtype(column):
        return np.zeros(len(column), dtype=bool)
    return column.map(lambda value: isinstance(value, str)).astype(bool) | (
        np.isnan(_numbers(column)) & column.notna().to_numpy()
    )


def complete_artists(artists: pd.DataFrame) -> pd.DataFrame:
    """The artists frame with exactly the columns of the format, in order; missing ones are filled in as unknown."""
    source = artists.reset_index(drop=True)
    complete = pd.DataFrame(index=source.index)
    for column in ARTIST_COLUMNS:
        if column in source:
            complete[column] = source[column]
        elif column in LIST_COLUMNS:
            complete[column] = [[]] * len(source)
        else:
            complete[column] = np.nan if column in NUMBER_COLUMNS else None
    for column in OPTIONAL_INTEGER_COLUMNS:
        if column in source:
            complete[column] = source[column]
    return complete


def typed_artists(artists: pd.DataFrame) -> pd.DataFrame:
    """A complete artists frame without problems, in the types of the format."""
    types = dict.fromkeys(TEXT_COLUMNS + OPTIONAL_TEXT_COLUMNS, "str") | dict.fromkeys(NUMBER_COLUMNS, "float64")
    whole = {column: "Int32" for column in OPTIONAL_INTEGER_COLUMNS if column in artists}
    return artists.astype(types | whole)


def typed_edges(edges: pd.DataFrame, symmetric: Collection[str]) -> pd.DataFrame:
    """An edges frame without problems, in the types of the format and in canonical order.

    Edges of the `symmetric` relations have their lower row first. A repeated edge is kept once, with its highest
    weight.
    """
    source, target = (edges[column].to_numpy(np.int32) for column in ("source", "target"))
    turned = edges["relation"].isin(symmetric).to_numpy(bool) & (source > target)
    typed = pd.DataFrame(
        {
            "source": np.where(turned, target, source),
            "target": np.where(turned, source, target),
            "relation": edges["relation"].astype("str").reset_index(drop=True),
            "weight": edges["weight"].to_numpy(np.float32),
        }
    )
    names = typed["relation"].astype("category").cat.codes.to_numpy(np.int64)
    n = int(max(source.max(initial=0), target.max(initial=0))) + 1
    edge = (names * n + typed["source"].to_numpy()) * n + typed["target"].to_numpy()
    order = np.argsort(edge, kind="stable")
    if (np.diff(edge[order]) == 0).any():
        order = np.lexsort((typed["weight"], edge))
        order = order[np.append(np.diff(edge[order]) != 0, True)]
    return typed.take(order).reset_index(drop=True)
