"""Cached objects of a catalogue that several pages need. Each is made once for all visitors."""

import hashlib
from pathlib import Path

import numpy as np
import scipy.sparse as sp
import streamlit as st

from core.arrays import BoolArray, FloatArray, IntArray
from core.audio.encoders.acousticbrainz import USUAL, Reference
from core.catalogue import Catalogue, open_catalogue
from core.catalogue.format import MANIFEST_FILE
from core.errors import NearfieldError
from core.experiments.results import RESULTS_FILE, known_results
from core.experiments.summary import Standing, space_standings
from core.graph.adjacency import adjacency as make_adjacency
from core.pairs.store import pairs_stamp
from core.reading import read_regular
from core.search.confidence import feature_presence
from core.search.exploration import popularity_places
from core.search.filters import FilterIndex
from core.search.fusions import fusion_stamp
from core.search.lookup import NameIndex
from core.search.spaces import open_space, space_vectors
from core.search.starting import starting_artists as find_starting_artists
from core.search.traits import ArtistTraits, has_traits, traits_of
from core.similarity import Similarity
from core.space_name import SpaceName
from pages.shell import texts
from pages.shell.caching import cached_per_catalogue


def catalogue(path: Path) -> Catalogue:
    """The catalogue in folder `path`. It is opened again when its manifest changes."""
    manifest = path / MANIFEST_FILE
    return _catalogue(path, hashlib.sha256(read_regular(manifest)).hexdigest() if manifest.is_file() else "")


@st.cache_resource(max_entries=8, show_spinner=texts.OPENING_CATALOGUE)
def _catalogue(path: Path, manifest_hash: str) -> Catalogue:
    return open_catalogue(path)


def space(catalogue: Catalogue, name: str) -> Similarity:
    """The similarity of a space, open for queries."""
    parsed = SpaceName(name)
    stamp = fusion_stamp(catalogue, parsed.id) if parsed.is_fusion else 0
    stamp = pairs_stamp(catalogue, parsed.id) if parsed.is_pairs else stamp
    return _space(catalogue, str(name), stamp)


@cached_per_catalogue(24, spinner=texts.LOADING_SPACE)
def _space(catalogue: Catalogue, name: str, stamp: int) -> Similarity:
    return open_space(catalogue, name)


@cached_per_catalogue(8)
def name_index(catalogue: Catalogue) -> NameIndex:
    """The index of names for the search box."""
    return NameIndex(catalogue)


@cached_per_catalogue(8)
def starting_artists(catalogue: Catalogue) -> tuple[int, ...]:
    """Rows of artists that a visitor could start with."""
    return tuple(int(row) for row in find_starting_artists(catalogue))


@cached_per_catalogue(8)
def adjacency(catalogue: Catalogue) -> sp.csr_array:
    """(n, n) CSR of all known edges."""
    return make_adjacency(catalogue.learned_edges, len(catalogue))


@cached_per_catalogue(8)
def relation_degrees(catalogue: Catalogue, relation: str) -> IntArray:
    """(n,) number of edges of `relation` of each artist."""
    return np.bincount(catalogue.edges_of(relation).ravel(), minlength=len(catalogue))


def standings(catalogue: Catalogue) -> dict[str, Standing]:
    """The measured quality of each space that was measured; none where the table of results cannot be read."""
    table = catalogue.path / RESULTS_FILE
    stamp = table.stat().st_mtime_ns if table.is_file() else 0
    return _standings(catalogue, stamp)


@cached_per_catalogue(8)
def _standings(catalogue: Catalogue, stamp: int) -> dict[str, Standing]:
    try:
        return space_standings(known_results(catalogue))
    except NearfieldError:
        return {}


@cached_per_catalogue(8)
def filter_index(catalogue: Catalogue) -> FilterIndex:
    """The index that applies filters."""
    return FilterIndex(catalogue)


@cached_per_catalogue(8)
def popularity(catalogue: Catalogue) -> FloatArray:
    """(n,) the share of artists that are less popular than each artist; NaN if unknown."""
    return popularity_places(catalogue.artists["popularity"].to_numpy(float))


@cached_per_catalogue(8)
def presence(catalogue: Catalogue) -> BoolArray:
    """(sets, n) whether each artist has each stored feature set."""
    return feature_presence(catalogue)


@cached_per_catalogue(4)
def artist_traits(catalogue: Catalogue) -> ArtistTraits | None:
    """The traits of the catalogue's artists; None if it stores no descriptors."""
    return traits_of(catalogue)


def usual_traits(catalogue: Catalogue) -> Reference:
    """The usual traits of the catalogue's artists, or of popular music if it has no AcousticBrainz descriptors."""
    traits = artist_traits(catalogue) if has_traits(catalogue) else None
    return traits.reference if traits else USUAL


@cached_per_catalogue(12)
def vectors(catalogue: Catalogue, name: str) -> tuple[FloatArray, BoolArray]:
    """Unit vectors (n, d) of a space, and whether each artist has one (n,)."""
    return space_vectors(catalogue, name)
