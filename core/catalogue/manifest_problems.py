"""Whether a manifest of format 2 agrees with the tables: relations, artists elsewhere, hashes by value."""

from collections.abc import Iterator, Sequence

import pandas as pd

from core.arrays import FloatArray
from core.catalogue.format import EDGES_FILE, ELSEWHERE_FILE, MANIFEST_FILE, FeatureInfo, Manifest
from core.catalogue.identity import artists_hash, edges_hash, feature_hash, inputs_fault
from core.catalogue.records import LONGEST_REASON
from core.catalogue.tables import Problem, undirected
from core.text import short_label


def relation_record_problems(manifest: Manifest, edges: pd.DataFrame, elsewhere: pd.DataFrame) -> Iterator[Problem]:
    """Relations of sound tables without a record, and a relation to learn that no edge has."""
    described = {relation.name for relation in manifest.relations}
    for file, table in ((EDGES_FILE, edges), (ELSEWHERE_FILE, elsewhere)):
        for name in sorted(set(table["relation"].unique()) - described):
            yield Problem(file, None, f"the relation “{short_label(name)}” has no record in {MANIFEST_FILE}")
    found = sorted(edges["relation"].unique())
    if manifest.learned and manifest.learned not in found:
        there = short_label(", ".join(found), LONGEST_REASON) or "no edges"
        reason = (
            f"no edge has the relation “{short_label(manifest.learned)}”, which is to be learned; there are: {there}"
        )
        yield Problem(MANIFEST_FILE, None, reason)


def table_hash_problems(
    manifest: Manifest, artists: pd.DataFrame, edges: pd.DataFrame, sets: Sequence[str]
) -> Iterator[Problem]:
    """Hashes by value that sound artists and edges do not have, or that are of none of the feature `sets`."""
    if not manifest.inputs:
        return
    if fault := inputs_fault(manifest.inputs):
        yield Problem(MANIFEST_FILE, None, fault)
        return
    found = {"artists": artists_hash(artists), "edges": edges_hash(undirected(edges, manifest.learned))}
    for name, digest in found.items():
        if manifest.inputs[name] != digest:
            yield _other_values(name)
    for name in sorted(set(manifest.inputs["features"]) - set(sets)):
        yield Problem(MANIFEST_FILE, None, f"inputs name a feature set “{short_label(name)}” that is not there")


def set_hash_problems(manifest: Manifest, values: FloatArray, info: FeatureInfo) -> Iterator[Problem]:
    """The hash by value of a sound feature set, if the manifest gives another one."""
    if not manifest.inputs or inputs_fault(manifest.inputs):
        return
    stated = manifest.inputs["features"].get(info.name)
    if stated is not None and stated != feature_hash(values, info):
        yield _other_values(info.name)


def _other_values(name: str) -> Problem:
    return Problem(MANIFEST_FILE, None, f"inputs give another hash for {name} than their values have")
