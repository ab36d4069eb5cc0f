"""The edges of tables: whose ends they are, and what becomes of those that cannot be used, each counted."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from core.arrays import BoolArray, DoubleArray
from core.catalogue.importers.tables.cells import as_numbers, as_text
from core.catalogue.importers.tables.files import Table
from core.catalogue.importers.tables.mapping import EdgeTerms
from core.catalogue.importers.tables.people import People
from core.text import counted

UNKNOWN, AMBIGUOUS, EMPTY = "an end that is no artist", "an end whose name several artists have", "an end that is empty"
SELF, WEIGHTLESS, NO_WEIGHT = "an artist tied to itself", "a weight of zero or less", "a weight that is no number"
REPEATED, BOTH_WAYS = "the same edge again", "the same edge the other way round"
_JOINS = {"id": "ids", "name": "names", "mbid": "MBIDs"}


@dataclass
class Joined:
    """The edges of one table, and what became of the others."""

    table: str
    read: int
    frame: pd.DataFrame
    joined_by: str
    dropped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)


def ends_of(table: Table, terms: EdgeTerms) -> list[pa.Array]:
    """The two columns of ends, as text."""
    return [as_text(table.column(column)) for column in (terms.source, terms.target)]


def join_edges(table: Table, terms: EdgeTerms, people: People, directed: frozenset[str]) -> Joined:
    """The usable edges of a table, each pair once a relation. Of a pair that stands twice, the greater weight counts.

    `directed` names the relations in which an edge and its opposite are two.
    """
    ends = ends_of(table, terms)
    by = terms.joined_by or "id"
    found = [people.find(keys, by) for keys in ends]
    if not terms.joined_by and any((each < 0).any() for each in found):
        by = people.best_join(pa.concat_arrays(ends))
        found = [people.find(keys, by) for keys in ends] if by != "id" else found
    notes = [f"{table.name}: the ends of edges are taken for {_JOINS[by]} of artists"]
    weight, unread = _weights(table, terms, notes)
    relation = _relations(table, terms, notes)
    source, target = found
    empty = [pc.equal(keys, "").to_numpy(zero_copy_only=False) for keys in ends]
    reasons: list[tuple[str, BoolArray]] = [
        (EMPTY, empty[0] | empty[1]),
        (UNKNOWN, (source == -1) | (target == -1)),
        (AMBIGUOUS, (source == -2) | (target == -2)),
        (SELF, source == target),
        (NO_WEIGHT, unread),
        (WEIGHTLESS, ~(weight > 0)),
    ]
    dropped = Counter[str]()
    usable = np.ones(len(table), bool)
    for reason, flags in reasons:
        hit = usable & flags
        if hit.any():
            dropped[reason] = int(hit.sum())
            notes.append(_example(table, ends, int(hit.argmax()), reason))
            usable &= ~flags
    kept = np.flatnonzero(usable)
    frame = pd.DataFrame(
        {
            "source": source[kept],
            "target": target[kept],
            "relation": relation.take(pa.array(kept)).to_pandas().astype("str"),
            "weight": weight[kept],
        }
    )
    return Joined(table.name, len(table), _distinct(frame, directed, dropped, len(people)), by, dropped, notes)


def _example(table: Table, ends: list[pa.Array], row: int, reason: str) -> str:
    shown = " and ".join(f"“{keys[row].as_py()[:40]}”" for keys in ends)
    return f"the first edge with {reason}: {table.place(row)}, {shown}"


def _weights(table: Table, terms: EdgeTerms, notes: list[str]) -> tuple[DoubleArray, BoolArray]:
    """(m,) the weights, 1 where there is none; and which are no number."""
    if not terms.weight:
        return np.ones(len(table)), np.zeros(len(table), bool)
    numbers = as_numbers(table.column(terms.weight))
    missing = np.isnan(numbers.values) & ~numbers.bad
    if missing.any():
        notes.append(f"{counted(int(missing.sum()), 'edge')} without a weight: counted as 1")
    notes += [f"“{terms.weight}”: {spelling}" for spelling in numbers.spellings]
    with np.errstate(over="ignore", under="ignore"):
        single = numbers.values.astype(np.float32).astype(np.float64)
    beyond = (numbers.values > 0) & ((single == 0) | np.isinf(single))
    return np.where(missing | numbers.bad, 1.0, numbers.values), numbers.bad | beyond


def _relations(table: Table, terms: EdgeTerms, notes: list[str]) -> pa.Array:
    if not terms.relation_column:
        return pa.array([terms.relation]).take(pa.array(np.zeros(len(table), np.int8)))
    text = as_text(table.column(terms.relation_column))
    empty = int(pc.sum(pc.equal(text, "")).as_py() or 0)
    if empty:
        unnamed = counted(empty, "edge")
        notes.append(f"{unnamed} without a relation in “{terms.relation_column}”: taken for “{terms.relation}”")
    return pc.if_else(pc.equal(text, ""), terms.relation, text)


def distinct_edges(frames: list[pd.DataFrame], directed: frozenset[str], n_artists: int) -> tuple[pd.DataFrame, int]:
    """The edges of several tables, each pair once a relation, and how many stood in several tables."""
    if len(frames) == 1:
        return frames[0], 0
    frame = pd.concat(frames, ignore_index=True) if frames else _no_edges()
    repeated = Counter[str]()
    return _distinct(frame, directed, repeated, n_artists), repeated.total()


def _no_edges() -> pd.DataFrame:
    whole = np.empty(0, np.int64)
    return pd.DataFrame({"source": whole, "target": whole, "relation": pd.array([], "str"), "weight": np.empty(0)})


def _distinct(frame: pd.DataFrame, directed: frozenset[str], dropped: Counter[str], n_artists: int) -> pd.DataFrame:
    """Each pair once a relation, with its greatest weight; the others are counted in `dropped`."""
    if not len(frame):
        return frame
    source, target = frame["source"].to_numpy(np.int64), frame["target"].to_numpy(np.int64)
    relation = pc.dictionary_encode(pa.array(frame["relation"], pa.string()))
    codes = relation.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    ways = [code for code, name in enumerate(relation.dictionary.to_pylist()) if name in directed]
    turned = (source > target) & ~np.isin(codes, ways)
    low, high = np.where(turned, target, source), np.where(turned, source, target)
    pair = (codes * n_artists + low) * n_artists + high
    found = pd.DataFrame({"source": low, "target": high, "relation": frame["relation"], "weight": frame["weight"]})
    repeated = pd.Series(pair).duplicated(keep=False).to_numpy(bool)
    if not repeated.any():
        return found
    both = int(pd.Series(pair[repeated] * 2 + turned[repeated]).nunique() - pd.Series(pair[repeated]).nunique())
    order = np.argsort(-frame["weight"].to_numpy(), kind="stable")
    first = ~pd.Series(pair[order]).duplicated().to_numpy(bool)
    kept = np.sort(order[first])
    dropped[BOTH_WAYS] += both
    dropped[REPEATED] += len(frame) - len(kept) - both
    return found.iloc[kept].reset_index(drop=True)
