"""Tables of the Catalogues page."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from core.arrays import FloatArray
from core.catalogue import Catalogue, Problem
from core.catalogue.format import SPLITS
from core.catalogue.library import Entry
from pages.catalogues import texts
from pages.shell.caching import cached_per_catalogue

SPLIT_TITLES = dict(zip(SPLITS, texts.SPLITS, strict=True))


def catalogue_table(entries: Sequence[Entry]) -> pd.DataFrame:
    """One row per catalogue on this machine, including those that cannot be opened."""
    return pd.DataFrame(
        {
            texts.CATALOGUE: [entry.title for entry in entries],
            texts.FOLDER: [entry.key for entry in entries],
            texts.ARTISTS_ARE: [
                texts.KINDS[entry.manifest.kind] if entry.manifest else texts.UNKNOWN_KIND for entry in entries
            ],
            texts.STATE: [entry.fault or texts.READY for entry in entries],
        }
    )


@cached_per_catalogue(8)
def split_table(catalogue: Catalogue) -> pd.DataFrame:
    """For each split: artists, known edges between them, and quartiles of the artists' numbers of known edges."""
    edges, split = catalogue.learned_edges, catalogue.split
    degree = np.bincount(edges.ravel(), minlength=len(catalogue))
    parts = {title: split == code for code, title in enumerate(SPLIT_TITLES.values())}
    rows = []
    for title, chosen in {**parts, texts.ALL: np.ones(len(catalogue), bool)}.items():
        quartiles = np.percentile(degree[chosen], [25, 50, 75]) if chosen.any() else np.full(3, np.nan)
        rows.append(
            {
                texts.SPLIT: title,
                texts.ARTISTS: int(chosen.sum()),
                texts.EDGES_INSIDE: int(chosen[edges].all(axis=1).sum()),
                texts.WITHOUT_EDGE: int((degree[chosen] == 0).sum()),
                texts.MEAN_EDGES: float(degree[chosen].mean()) if chosen.any() else np.nan,
                texts.LOWER_QUARTILE: quartiles[0],
                texts.MEDIAN: quartiles[1],
                texts.UPPER_QUARTILE: quartiles[2],
            }
        )
    return pd.DataFrame(rows)


@cached_per_catalogue(8)
def relation_table(catalogue: Catalogue) -> pd.DataFrame:
    """For each kind of edge: what it means, how many there are, whether models learn it, and where it comes from."""
    relations = catalogue.manifest.relations
    edges = catalogue.edges["relation"].value_counts()
    elsewhere = catalogue.elsewhere["relation"].value_counts()
    learned = catalogue.manifest.learned
    return pd.DataFrame(
        {
            texts.RELATION: [relation.label for relation in relations],
            texts.RELATION_NAME: [relation.name for relation in relations],
            texts.RELATION_EDGES: [int(edges.get(relation.name, 0)) for relation in relations],
            texts.ELSEWHERE: [int(elsewhere.get(relation.name, 0)) for relation in relations],
            texts.USE_OF_RELATION: [
                texts.LEARNED if relation.name == learned else texts.SHOWN_ONLY for relation in relations
            ],
            texts.SOURCE: [relation.source or texts.NOT_STATED for relation in relations],
            texts.LICENCE: [relation.licence or texts.NOT_STATED for relation in relations],
            texts.MAY_PASS_ON: [texts.YES if relation.redistributable else texts.NO for relation in relations],
            texts.DATE: [relation.date or texts.NOT_STATED for relation in relations],
            texts.ALGORITHM: [relation.algorithm or texts.NOT_STATED for relation in relations],
        }
    )


@cached_per_catalogue(8)
def feature_table(catalogue: Catalogue) -> pd.DataFrame:
    """For each stored feature set: width, how many artists and tracks have it, and its origin."""
    infos = [catalogue.feature_info(name) for name in catalogue.feature_names]
    arrays = [catalogue.feature_array(info.name) for info in infos]
    present = [_n_present(values) for values in arrays]
    by_track = catalogue.track_feature_names
    tracks = [_n_present(catalogue.track_array(info.name)) if info.name in by_track else 0 for info in infos]
    return pd.DataFrame(
        {
            texts.FEATURE_SET: [info.title for info in infos],
            texts.NAME: [info.name for info in infos],
            texts.NUMBERS: [values.shape[1] for values in arrays],
            texts.KIND: [info.kind for info in infos],
            texts.ARTISTS: present,
            texts.COVERAGE: [count / len(catalogue) for count in present],
            texts.SINGLE_TRACKS: tracks,
            texts.EXTRACTOR: [" ".join(filter(None, (info.extractor, info.version))) for info in infos],
            texts.LICENCE: [info.licence or texts.NOT_STATED for info in infos],
            texts.MODEL: [info.pipeline.model if info.pipeline else "" for info in infos],
            texts.FRONT_END: [info.pipeline.front_end if info.pipeline else "" for info in infos],
            texts.POOLING: [info.pipeline.pooling if info.pipeline else "" for info in infos],
            texts.PRECISION: [info.pipeline.precision if info.pipeline else "" for info in infos],
            texts.NOTES: [info.notes for info in infos],
        }
    )


def _n_present(values: FloatArray) -> int:
    return int(np.count_nonzero(~np.isnan(values[:, 0]))) if values.shape[1] else 0


def problem_table(problems: Sequence[Problem]) -> pd.DataFrame:
    """The findings of the full check, one row per problem."""
    return pd.DataFrame(
        {
            texts.FILE: [problem.file for problem in problems],
            texts.ROW: pd.array([problem.row for problem in problems], dtype="Int64"),
            texts.REASON: [problem.reason for problem in problems],
        }
    )
