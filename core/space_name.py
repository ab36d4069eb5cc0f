"""The name of a space or ranker: one value that holds its text, and knows what follows from it.

    clap                 a feature set, as spaces are called
    cosine:clap+moods    the cosine of feature sets, as rankers are called
    run:ID               a trained model
    fusion:NAME          a fitted fusion
    pairs:NAME           a trained pair ranker
    pagerank, random …   one of UNTRAINED
    graph:ROUTE          a route through the graph from a clip to artists; it is asked with a clip
    clip:WAY             a way from a clip to artists, in the results table; it is asked with a clip

A name is a string of its own type, so URLs, files, tables and the command line write it as it is, and reading it back
is `SpaceName(text)`, which takes any text. `SpaceName.parse_ranker` refuses what is no ranker.
"""

from enum import Enum

from core.errors import NearfieldError

UNTRAINED = (
    "random",
    "missing-features",
    "popularity",
    "common-neighbours",
    "adamic-adar",
    "rp3beta",
    "ease",
    "pagerank",
    "short-walk",
)
RECOMMENDED = "recommended"
"""The usual name of the ranker that `python -m core recommend` makes: the app shows it first."""
RELATED = "related"
"""Its usual name where it reads the other relations of the catalogue, a separate setting."""
_WALKS = frozenset(UNTRAINED) - {"random", "missing-features", "ease"}


class Kind(Enum):
    """What a name names; the value of a kind with a prefix is that prefix, without its colon."""

    FEATURES = "features"
    UNTRAINED = "untrained"
    COSINE = "cosine"
    RUN = "run"
    FUSION = "fusion"
    PAIRS = "pairs"
    ROUTE = "graph"
    CLIP = "clip"


_PREFIXED = {kind.value: kind for kind in (Kind.COSINE, Kind.RUN, Kind.FUSION, Kind.PAIRS, Kind.ROUTE, Kind.CLIP)}
_RANKERS = frozenset({Kind.UNTRAINED, Kind.COSINE, Kind.RUN, Kind.FUSION, Kind.PAIRS})


class SpaceName(str):
    """The name of a space or ranker, equal to its text."""

    __slots__ = ()

    @classmethod
    def parse_ranker(cls, text: str) -> "SpaceName":
        """The name of a ranker, which can be evaluated. Raises NearfieldError, listing the forms, for any other."""
        name = cls(text)
        if name.kind not in _RANKERS:
            known = ", ".join(
                [*UNTRAINED, cls.cosine("FEATURES"), cls.run("ID"), cls.fusion("NAME"), cls.pairs("NAME")]
            )
            raise NearfieldError(f"“{text}” is no ranker. There are: {known}.")
        return name

    @classmethod
    def cosine(cls, features: str) -> "SpaceName":
        """The ranker that compares feature sets, joined by "+"."""
        return cls(f"{Kind.COSINE.value}:{features}")

    @classmethod
    def run(cls, run_id: str) -> "SpaceName":
        """The space and ranker of a trained model."""
        return cls(f"{Kind.RUN.value}:{run_id}")

    @classmethod
    def fusion(cls, name: str) -> "SpaceName":
        """The space and ranker of a fitted fusion."""
        return cls(f"{Kind.FUSION.value}:{name}")

    @classmethod
    def pairs(cls, name: str) -> "SpaceName":
        """The space and ranker of a trained pair ranker."""
        return cls(f"{Kind.PAIRS.value}:{name}")

    @classmethod
    def route(cls, route: str) -> "SpaceName":
        """The answer to a clip by a route through the graph."""
        return cls(f"{Kind.ROUTE.value}:{route}")

    @classmethod
    def clip(cls, way: str) -> "SpaceName":
        """What the results table calls a way from a clip to artists."""
        return cls(f"{Kind.CLIP.value}:{way}")

    @property
    def kind(self) -> Kind:
        """What the name names."""
        if self in UNTRAINED:
            return Kind.UNTRAINED
        prefix, colon, _ = self.partition(":")
        return _PREFIXED.get(prefix, Kind.FEATURES) if colon else Kind.FEATURES

    @property
    def id(self) -> str:
        """The name without the prefix of its kind: feature sets, the id of a run, the name of a fusion."""
        return str(self) if self.kind in (Kind.FEATURES, Kind.UNTRAINED) else self.partition(":")[2]

    @property
    def is_run(self) -> bool:
        """Whether it is a trained model."""
        return self.kind is Kind.RUN

    @property
    def is_fusion(self) -> bool:
        """Whether it is a fitted fusion."""
        return self.kind is Kind.FUSION

    @property
    def is_pairs(self) -> bool:
        """Whether it is a trained pair ranker."""
        return self.kind is Kind.PAIRS

    @property
    def is_walk(self) -> bool:
        """Whether known edges are all that it goes by, so that it says nothing of artists that they do not lead to."""
        return self in _WALKS

    @property
    def has_probabilities(self) -> bool:
        """Whether its scores are probabilities, whose logarithm is what can be added to other scores."""
        return self in ("pagerank", "short-walk")

    @property
    def space(self) -> "SpaceName":
        """The space of a ranker: clap of cosine:clap, and every other name itself."""
        bare = SpaceName(self.id)
        return bare if self.kind is Kind.COSINE and bare.kind is Kind.FEATURES else self
