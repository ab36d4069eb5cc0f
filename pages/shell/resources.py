"""Costly things, made once per version of a catalogue and shared by all visitors. Keyed by content hash, never data."""

from pathlib import Path

import scipy.sparse as sp
import streamlit as st

from core.arrays import BoolArray, FloatArray
from core.audio.acousticbrainz import USUAL, Reference
from core.catalogue import Catalogue, open_catalogue
from core.catalogue.format import MANIFEST_FILE
from core.experiments.results import RESULTS_FILE, read_results
from core.experiments.summary import Standing, space_standings
from core.graph.adjacency import adjacency as make_adjacency
from core.search.confidence import feature_presence
from core.search.exploration import popularity_places
from core.search.filters import FilterIndex
from core.search.fusions import fusion_stamp
from core.search.lookup import NameIndex
from core.search.spaces import FUSION_PREFIX, open_space, space_vectors
from core.search.starting import starting_artists as find_starting_artists
from core.search.traits import ArtistTraits, has_traits, traits_of
from core.similarity import Similarity
from core.storage import sha256_file


def catalogue(path: Path) -> Catalogue:
    """The open catalogue in folder `path`; opened again when its manifest changes."""
    manifest = path / MANIFEST_FILE
    return _catalogue(path, sha256_file(manifest) if manifest.is_file() else "")


@st.cache_resource(max_entries=8, show_spinner="Opening the catalogue …")
def _catalogue(path: Path, manifest_hash: str) -> Catalogue:
    return open_catalogue(path)


def space(catalogue: Catalogue, name: str) -> Similarity:
    """A similarity of the catalogue, ready to be asked."""
    stamp = fusion_stamp(catalogue, name.removeprefix(FUSION_PREFIX)) if name.startswith(FUSION_PREFIX) else 0
    return _space(catalogue.content_hash, str(catalogue.path), name, stamp, catalogue)


@st.cache_resource(max_entries=24, show_spinner="Loading the space …")
def _space(content_hash: str, path: str, name: str, stamp: int, _catalogue: Catalogue) -> Similarity:
    return open_space(_catalogue, name)


def name_index(catalogue: Catalogue) -> NameIndex:
    """What the search box looks names up in."""
    return _name_index(catalogue.content_hash, catalogue)


@st.cache_resource(max_entries=8, show_spinner=False)
def _name_index(content_hash: str, _catalogue: Catalogue) -> NameIndex:
    return NameIndex(_catalogue)


def starting_artists(catalogue: Catalogue) -> list[int]:
    """Rows of artists to begin with."""
    return _starting_artists(catalogue.content_hash, catalogue)


@st.cache_data(max_entries=8, show_spinner=False)
def _starting_artists(content_hash: str, _catalogue: Catalogue) -> list[int]:
    return [int(row) for row in find_starting_artists(_catalogue)]


def adjacency(catalogue: Catalogue) -> sp.csr_array:
    """(n, n) CSR of all known edges."""
    return _adjacency(catalogue.content_hash, catalogue)


@st.cache_resource(max_entries=8, show_spinner=False)
def _adjacency(content_hash: str, _catalogue: Catalogue) -> sp.csr_array:
    return make_adjacency(_catalogue.similar_edges, len(_catalogue))


def standings(catalogue: Catalogue) -> dict[str, Standing]:
    """How good each space of the catalogue that was measured is."""
    table = catalogue.path / RESULTS_FILE
    stamp = table.stat().st_mtime_ns if table.is_file() else 0
    return _standings(catalogue.content_hash, str(catalogue.path), stamp, catalogue)


@st.cache_resource(max_entries=8, show_spinner=False)
def _standings(content_hash: str, path: str, stamp: int, _catalogue: Catalogue) -> dict[str, Standing]:
    return space_standings(read_results(_catalogue))


def filter_index(catalogue: Catalogue) -> FilterIndex:
    """What filters are applied with."""
    return _filter_index(catalogue.content_hash, catalogue)


@st.cache_resource(max_entries=8, show_spinner=False)
def _filter_index(content_hash: str, _catalogue: Catalogue) -> FilterIndex:
    return FilterIndex(_catalogue)


def popularity(catalogue: Catalogue) -> FloatArray:
    """(n,) the share of artists that are less popular than each; NaN where nothing is known."""
    return _popularity(catalogue.content_hash, catalogue)


@st.cache_resource(max_entries=8, show_spinner=False)
def _popularity(content_hash: str, _catalogue: Catalogue) -> FloatArray:
    return popularity_places(_catalogue.artists["popularity"].to_numpy(float))


def presence(catalogue: Catalogue) -> BoolArray:
    """(sets, n) which artists have each stored feature set."""
    return _presence(catalogue.content_hash, catalogue)


@st.cache_resource(max_entries=8, show_spinner=False)
def _presence(content_hash: str, _catalogue: Catalogue) -> BoolArray:
    return feature_presence(_catalogue)


def artist_traits(catalogue: Catalogue) -> ArtistTraits | None:
    """The traits of the catalogue's artists; None where no descriptors of them are stored."""
    return _artist_traits(catalogue.content_hash, catalogue)


@st.cache_resource(max_entries=4, show_spinner=False)
def _artist_traits(content_hash: str, _catalogue: Catalogue) -> ArtistTraits | None:
    return traits_of(_catalogue)


def usual_traits(catalogue: Catalogue) -> Reference:
    """What is usual among the catalogue's artists, in popular music where it has no AcousticBrainz descriptors."""
    traits = artist_traits(catalogue) if has_traits(catalogue) else None
    return traits.reference if traits else USUAL


def vectors(catalogue: Catalogue, name: str) -> tuple[FloatArray, BoolArray]:
    """Unit vectors (n, d) of a space and who has one (n,)."""
    return _vectors(catalogue.content_hash, str(catalogue.path), name, catalogue)


@st.cache_resource(max_entries=12, show_spinner=False)
def _vectors(content_hash: str, path: str, name: str, _catalogue: Catalogue) -> tuple[FloatArray, BoolArray]:
    return space_vectors(_catalogue, name)
