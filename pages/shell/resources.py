"""Cached objects of a catalogue that several pages need. Each is made once for all visitors."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
import streamlit as st

from core.arrays import BoolArray, FloatArray, IntArray
from core.audio.encoders.acousticbrainz import USUAL, Reference
from core.catalogue import Catalogue, open_catalogue
from core.catalogue.format import MANIFEST_FILE
from core.errors import NearfieldError
from core.experiments.results import known_results, results_stamp
from core.experiments.summary import Standing, space_standings
from core.graph.adjacency import adjacency as make_adjacency
from core.pairs.store import pairs_stamp
from core.reading import read_regular
from core.search.confidence import feature_presence
from core.search.evidence import uses_edges, uses_features
from core.search.exploration import popularity_places
from core.search.filters import FilterIndex
from core.search.fusions import fusion_stamp
from core.search.lookup import NameIndex
from core.search.sound_tags import SoundTags, sound_tags_of
from core.search.spaces import open_space, space_vectors
from core.search.starting import starting_artists as find_starting_artists
from core.search.tag_sources import TagSource
from core.search.tag_sources import tag_sources as find_tag_sources
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
    return _space(catalogue, str(name), _stamp(catalogue, SpaceName(name)))


def basis(catalogue: Catalogue, name: str) -> tuple[bool, bool]:
    """Whether a space uses known edges, and whether it uses feature sets."""
    return _basis(catalogue, str(name), _stamp(catalogue, SpaceName(name)))


@cached_per_catalogue(64)
def _basis(catalogue: Catalogue, name: str, stamp: int) -> tuple[bool, bool]:
    parsed = SpaceName(name)
    return uses_edges(catalogue, parsed), uses_features(catalogue, parsed)


def _stamp(catalogue: Catalogue, name: SpaceName) -> int:
    if name.is_pairs:
        return pairs_stamp(catalogue, name.id)
    return fusion_stamp(catalogue, name.id) if name.is_fusion else 0


@cached_per_catalogue(24, spinner=texts.LOADING_SPACE)
def _space(catalogue: Catalogue, name: str, stamp: int) -> Similarity:
    return open_space(catalogue, name)


@cached_per_catalogue(8)
def sound_tags(catalogue: Catalogue) -> SoundTags | None:
    """The words for the sound of all artists; None if none was heard in words."""
    return sound_tags_of(catalogue)


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


def results(catalogue: Catalogue) -> pd.DataFrame:
    """The rows of `known_results`, which nobody may change. Raises NearfieldError if the table cannot be read."""
    return _results(catalogue, results_stamp(catalogue))


@cached_per_catalogue(8)
def _results(catalogue: Catalogue, stamp: object) -> pd.DataFrame:
    return known_results(catalogue)


def standings(catalogue: Catalogue) -> dict[str, Standing]:
    """The measured quality of each space that was measured; none where the table of results cannot be read."""
    return _standings(catalogue, results_stamp(catalogue))


def measured(catalogue: Catalogue) -> dict[str, float]:
    """NDCG@200 of each measured space, by its name."""
    return {name: standing.value for name, standing in standings(catalogue).items()}


@cached_per_catalogue(8)
def _standings(catalogue: Catalogue, stamp: object) -> dict[str, Standing]:
    try:
        return space_standings(results(catalogue))
    except NearfieldError:
        return {}


@cached_per_catalogue(8)
def filter_index(catalogue: Catalogue) -> FilterIndex:
    """The index that applies filters."""
    return FilterIndex(catalogue, tag_sources(catalogue))


@cached_per_catalogue(8)
def popularity(catalogue: Catalogue) -> FloatArray:
    """(n,) the share of artists that are less popular than each artist; NaN if unknown."""
    return popularity_places(catalogue.artists["popularity"].to_numpy(float))


@cached_per_catalogue(8)
def presence(catalogue: Catalogue) -> BoolArray:
    """(sets, n) whether each artist has each stored feature set."""
    return feature_presence(catalogue)


@cached_per_catalogue(4)
def artist_traits(catalogue: Catalogue) -> tuple[ArtistTraits, ...]:
    """The traits of the catalogue's artists, by each feature set that has any."""
    return traits_of(catalogue)


@cached_per_catalogue(4)
def tag_sources(catalogue: Catalogue) -> tuple[TagSource, ...]:
    """Which artists have which tags, by table column and feature set."""
    return find_tag_sources(catalogue)


def usual_traits(catalogue: Catalogue) -> Reference:
    """The usual traits of the catalogue's artists, or of popular music if it has no AcousticBrainz descriptors."""
    return artist_traits(catalogue)[0].reference if has_traits(catalogue) else USUAL


@cached_per_catalogue(12)
def vectors(catalogue: Catalogue, name: str) -> tuple[FloatArray, BoolArray]:
    """Unit vectors (n, d) of a space, and whether each artist has one (n,)."""
    return space_vectors(catalogue, name)
