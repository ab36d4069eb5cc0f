"""The settings of a pair ranker, typed and validated."""

from dataclasses import asdict, dataclass, fields
from typing import Any

from core.errors import ConfigError
from core.pairs.columns import Choice
from core.reading import is_number
from core.text import short_label

CANDIDATES = ("split", "everybody")
KEPT_EDGES = (0, 1, 2, 3, 5)
MOST_EPISODES = 200
EVALUATED_CHOICE = Choice(walks=120, content=30)
EVERYBODY_CHOICE = Choice(walks=300, content=60)
TRAINED_CHOICES = {"split": Choice(walks=60, content=15), "everybody": Choice(walks=100, content=25)}


@dataclass(frozen=True)
class PairConfig:
    """How a pair ranker is trained.

    `episodes` imitate the evaluation, each hiding the edges among a `share` of the train artists; in `thinned` more
    each hidden artist keeps 0, 1, 2, 3 or 5 visible edges, in turn. `candidates` of an episode are its hidden artists
    ("split") or all artists ("everybody"). `networks` are trained from different seeds, and their scores are averaged.
    `missing` is the probability that all columns of one group of content are unknown for a query of a step.
    `relations` reads the catalogue's other relations, a separate setting.
    """

    seed: int = 0
    episodes: int = 20
    thinned: int = 10
    share: float = 0.11
    epochs: int = 7
    networks: int = 2
    candidates: str = "split"
    missing: float = 0.0
    relations: bool = False

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("seed", self.seed, 0, 2**31 - 1),
            ("number of episodes", self.episodes, 0, MOST_EPISODES),
            ("number of thinned episodes", self.thinned, 0, MOST_EPISODES),
            ("share of hidden artists", self.share, 0.01, 0.9),
            ("number of epochs", self.epochs, 1, 1000),
            ("number of networks", self.networks, 1, 20),
            ("probability of a missing group", self.missing, 0, 0.9),
        ):
            if not low <= value <= high:
                raise ConfigError(f"The {name} must lie between {low:g} and {high:g}, not {value:g}.")
        if not self.episodes + self.thinned:
            raise ConfigError("A pair ranker needs at least one episode, full or thinned.")
        if self.candidates not in CANDIDATES:
            raise ConfigError(f"“{self.candidates}” are no candidates. There are: {', '.join(CANDIDATES)}.")

    @property
    def views(self) -> list[tuple[int, int | None]]:
        """Seed and kept edges of each episode: no two settings with different seeds share one."""
        first = self.seed * 2 * MOST_EPISODES
        full: list[tuple[int, int | None]] = [(first + number, None) for number in range(self.episodes)]
        return full + [
            (first + MOST_EPISODES + number, KEPT_EDGES[number % len(KEPT_EDGES)]) for number in range(self.thinned)
        ]

    def command(self, name: str) -> str:
        """The command that repeats the training, with CATALOGUE for the catalogue's folder."""
        usual = PairConfig()
        options = []
        for setting, value in self.as_dict().items():
            if value != getattr(usual, setting):
                options.append(f"--{setting}" if value is True else f"--{setting} {value}")
        return " ".join([f"python -m core pairs CATALOGUE --name {name}", *options])

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Any) -> "PairConfig":
        """Inverse of `as_dict`. Raises ConfigError for anything else."""
        if not isinstance(content, dict):
            raise ConfigError("These are not the settings of a pair ranker. Train it again.")
        types = {each.name: type(getattr(cls(), each.name)) for each in fields(cls)}
        if unknown := sorted(set(content) - set(types)):
            raise ConfigError(
                f"This Nearfield does not know the setting {short_label(', '.join(unknown))} of a pair ranker; a newer "
                "version may have written it."
            )
        for name, value in content.items():
            fits = is_number(value) if types[name] is float else type(value) is types[name]
            if not fits:
                raise ConfigError(f"The setting {name} of a pair ranker is {short_label(repr(value))}. Train it again.")
        return cls(**content)
