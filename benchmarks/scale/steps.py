"""What a visitor's pages ask of the core, in the order of a visit: each step leaves what the next ones need."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.scale.world import SOUND, TAGS
from core.catalogue import Catalogue, open_catalogue
from core.curation import add, change_lists, found, with_list
from core.curation.lists import FIRST_LIST
from core.graph.adjacency import adjacency
from core.graph.corridor import WHOLE_UP_TO, artists_between
from core.graph.neighbourhood import hop_graph
from core.graph.paths import find_path, step_graph
from core.maps import Fidelity, MapSettings, StoredMap
from core.maps.colouring import Classes
from core.maps.density import map_density
from core.maps.drawn import Box, drawn_artists
from core.maps.regions import find_regions
from core.search.confidence import feature_presence
from core.search.evidence import gather_evidence
from core.search.exploration import Exploration, Query, popularity_places
from core.search.filters import FilterIndex, Filters
from core.search.lookup import NameIndex
from core.search.query import SearchRequest, run_query, thin_answers
from core.search.spaces import Space, list_spaces, open_space
from core.search.starting import starting_artists
from core.search.tag_sources import shared_tags, tag_sources
from core.search.traits import traits_of
from core.space_name import SpaceName
from pages.map_layers.layers import colour_layer, names_layer, points_layer

SPACES = {"vectors": SOUND, "tags": TAGS, "vectors and tags": f"{SOUND}+{TAGS}", "PageRank": "pagerank"}
DEGREE = 12
"""About that of an ordinary artist of OLGA."""

HITS, ANSWERS = 8, 10
_LONGEST_TYPED = 14
Work = Callable[[], object]


class Visit:
    """The catalogue in `folder` as one visitor meets it. `steps` yields each step's name and what does it once more."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def steps(self) -> Iterator[tuple[str, Work]]:
        yield "open the catalogue", self._open
        yield "list the spaces", lambda: list_spaces(self.catalogue)
        yield "names to show, rows of ids", self._names
        yield from self._searching()
        yield from self._answering()
        yield from self._filtering()
        yield from self._around()
        yield from self._listing()

    def _open(self) -> None:
        self.catalogue: Catalogue = open_catalogue(self._folder)

    def _names(self) -> None:
        for made in ("display_names", "row_of"):
            self.catalogue.__dict__.pop(made, None)
        _ = self.catalogue.display_names, self.catalogue.row_of

    def _searching(self) -> Iterator[tuple[str, Work]]:
        yield "name index", self._index_names
        typed = [name[:_LONGEST_TYPED] for name in self._asked_names()]
        keys = [text[:length] for text in typed for length in range(1, len(text) + 1)]
        yield "a key of a name", _each(lambda text: self.index.search(text, HITS), keys)
        yield "the first key of a name", _each(lambda text: self.index.search(text, HITS), [text[:1] for text in typed])
        wrong = [text[:3] + text[4:3:-1] + text[5:] + "x" for text in typed]
        yield "a misspelt name", _each(lambda text: self.index.search(text, HITS), wrong)

    def _index_names(self) -> None:
        self.index = NameIndex(self.catalogue)

    def _answering(self) -> Iterator[tuple[str, Work]]:
        self.spaces: dict[str, Space] = {space.name: space for space in list_spaces(self.catalogue)}
        self.opened: dict[str, Any] = {}
        self.artist, *self.others = self._ordinary()
        for kind, name in SPACES.items():
            yield f"open a space of {kind}", partial(self._open_space, name)
            yield f"similar by {kind}", self._asking(name, self.artist)
            yield f"similar to three by {kind}", self._asking(name, self.artist, *self.others)
        yield "adventurous by vectors", self._explore
        yield "what answers show beside them", self._prepare_reasons
        yield "reasons of ten answers", self._reasons

    def _open_space(self, name: str) -> None:
        self.opened.pop(name, None)
        self.opened[name] = open_space(self.catalogue, name)

    def _asking(self, name: str, *artists: int) -> Work:
        space = self.spaces.get(name) or Space(SpaceName(name), name, True)
        request = SearchRequest(Query(artists), ANSWERS)
        return lambda: run_query(self.opened[name], space, request)

    def _explore(self) -> None:
        places = popularity_places(self.catalogue.artists["popularity"].to_numpy(float))
        request = SearchRequest(Query((self.artist,)), ANSWERS, Exploration.at(0.5), None, places)
        run_query(self.opened[SOUND], self.spaces[SOUND], request)

    def _prepare_reasons(self) -> None:
        self.matrix = adjacency(self.catalogue.learned_edges, len(self.catalogue))
        self.present = feature_presence(self.catalogue)
        self.sources = tag_sources(self.catalogue)
        self.traits = traits_of(self.catalogue)
        starting_artists(self.catalogue)

    def _reasons(self) -> None:
        request = SearchRequest(Query((self.artist,)), ANSWERS)
        names = (SOUND, TAGS, "pagerank")
        answers = [run_query(self.opened[name], self.spaces[name], request).answer for name in names]
        for own in answers:
            gather_evidence(self.matrix, [self.artist], own.nearest.rows)
            thin_answers(self.matrix, self.present, answers, own)
        for row in answers[0].nearest.rows.tolist():
            shared_tags(self.sources, self.artist, row)

    def _filtering(self) -> Iterator[tuple[str, Work]]:
        yield "filter index", self._index_filters
        filters = Filters(genres=("genre 1", "genre 2"), decades=(1960.0, 1990.0))
        yield "artists that pass a filter", lambda: self.filters.mask(filters)
        yield "choices of the filters", lambda: self.filters.options(filters)

    def _index_filters(self) -> None:
        self.filters = FilterIndex(self.catalogue, self.sources)

    def _around(self) -> Iterator[tuple[str, Work]]:
        yield "neighbourhood", lambda: hop_graph(self.catalogue, self.artist, 2, matrix=self.matrix)
        yield "steps of paths", self._make_steps
        yield "a path", lambda: find_path(self.catalogue, self.graph, self.artist, self.others[0])
        yield from self._mapping()

    def _make_steps(self) -> None:
        space = self.opened[SOUND]
        rows = None
        if len(self.catalogue) > WHOLE_UP_TO:
            rows = artists_between(space.vectors, space.present, self.matrix, self.artist, self.others[0])
        self.graph = step_graph(self.catalogue, space.vectors, space.present, rows=rows)

    def _mapping(self) -> Iterator[tuple[str, Work]]:
        """A map at random places, which weighs as much as any: what is sent of the whole of it, and of a part."""
        places = np.random.default_rng(0).uniform(-10, 10, (len(self.catalogue), 2)).astype(np.float32)
        unknown = np.full(len(places), np.nan, np.float32)
        nothing = Fidelity((), (), (), len(places), 0)
        self.map = StoredMap(SOUND, places, unknown, MapSettings(), nothing, "", {}, "")
        yield "ground of a map", lambda: (find_regions(places), map_density(places))
        yield "what is sent of a map", lambda: self._send({})
        yield "what is sent of a part", lambda: self._send({"map": ((2.0, 4.0), (2.0, 4.0))})

    def _send(self, seen: dict[str, Box]) -> None:
        drawn = drawn_artists({"map": self.map}, seen)
        part, density = drawn.parts.get("map"), map_density(self.map.coordinates)
        rows = drawn.of(self.map)
        classes = Classes("Genre", np.arange(len(self.catalogue)) % 8, [str(number) for number in range(8)], "")
        layers = [
            points_layer("points", self.map, density, drawn, part),
            names_layer("names", self.catalogue.display_names.iloc[rows].tolist(), drawn, len(self.catalogue)),
            colour_layer("colour", classes, drawn),
        ]
        assert len(rows) < 60_000
        assert sum(len(layer.content) for layer in layers) < 5e6

    def _listing(self) -> Iterator[tuple[str, Work]]:
        with TemporaryDirectory() as folder:
            yield "keep an artist in a list", lambda: self._keep(Path(folder))

    def _keep(self, folder: Path) -> None:
        entries = found(self.catalogue, [(self.artist, 1, 0.5)], SOUND, "an artist")
        change_lists(folder, "visitor", self.catalogue, lambda lists: with_list(lists, add(lists[FIRST_LIST], entries)))

    def _ordinary(self) -> list[int]:
        """Three artists with every kind of evidence and an ordinary number of edges."""
        degree = np.bincount(self.catalogue.learned_edges.ravel(), minlength=len(self.catalogue))
        has = feature_presence(self.catalogue).all(axis=0)
        return np.lexsort((np.abs(degree - DEGREE), ~has))[:3].tolist()

    def _asked_names(self) -> list[str]:
        """Names of ten artists all over the table."""
        return self.catalogue.artists["name"].iloc[np.linspace(0, len(self.catalogue) - 1, 10).astype(int)].tolist()


def _each(search: Callable[[str], object], texts: list[str]) -> Work:
    """A step that searches the next of the texts, and begins again after the last."""
    place = iter(())

    def step() -> None:
        nonlocal place
        text = next(place, None)
        if text is None:
            place = iter(texts)
            text = next(place)
        search(text)

    return step
