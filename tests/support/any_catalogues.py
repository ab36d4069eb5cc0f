"""Catalogues that lack most of what a catalogue may have, as tables from anywhere do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from core.catalogue import Catalogue, Manifest, Relation, Splits, open_catalogue, write_catalogue
from tests.support.catalogues import describe, tiny_artists, tiny_edges

LISTENED = Relation("listened", "listened to together", "a made-up table of listens", "CC0-1.0")
SIMILAR = Relation("similar", "listed as similar", "a made-up list", "CC0-1.0")
PLAYED = Relation("collaborated", source="made-up credits", licence="CC0-1.0")


@dataclass(frozen=True)
class Case:
    """A catalogue of `n` artists: rings of edges of these relations, and a set `clap` unless `has_set` is False."""

    n: int
    relations: tuple[Relation, ...] = ()
    learned: str = ""
    has_set: bool = True

    @property
    def has_learned(self) -> bool:
        return bool(self.learned)


CASES = {
    "one_artist": Case(1),
    "two_artists": Case(2),
    "five_artists": Case(5, (LISTENED,), "listened"),
    "one_set": Case(20),
    "nothing": Case(5, has_set=False),
    "edges_only": Case(20, (LISTENED,), "listened", has_set=False),
    "listened": Case(17, (LISTENED,), "listened"),
    "unlearned": Case(20, (LISTENED,)),
    "several": Case(20, (LISTENED, SIMILAR, PLAYED), "listened"),
}


def any_catalogue(folder: Path, name: str) -> Catalogue:
    """The catalogue of a case in `folder`: no tag, MBID, decade, popularity or track, and splits that were made."""
    case = CASES[name]
    steps = range(1, 1 + len(case.relations))
    rings = [
        tiny_edges([(row, (row + step) % case.n) for row in range(case.n)], relation=relation.name)
        for step, relation in zip(steps, case.relations, strict=True)
    ]
    edges = pd.concat(rings, ignore_index=True) if rings else tiny_edges([])
    clap = np.random.default_rng(0).normal(size=(case.n, 6)).astype(np.float32)
    features = {"clap": describe("clap", clap)} if case.has_set else {}
    manifest = Manifest(
        name,
        name.replace("_", " ").capitalize(),
        "real",
        "tables of a test",
        "CC0-1.0",
        "none",
        relations=list(case.relations),
        learned=case.learned,
        splits=Splits("made", "by the hash of the id, 8 to 1 to 1"),
    )
    return open_catalogue(write_catalogue(folder / name, manifest, tiny_artists(case.n), edges, features))
