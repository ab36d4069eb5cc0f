"""Everything that decides a training run, typed and bounded."""

from dataclasses import asdict, dataclass, field
from typing import Any

from core.errors import ConfigError
from core.features import LEARNED, split_feature_names
from core.graph.protocols import PROTOCOLS
from core.models import ModelConfig
from core.training.objectives import ObjectiveConfig

STEPS_PER_EPOCH = 16
DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("float32", "bfloat16")
TUNABLE = ("learning_rate", "weight_decay", "precision")
"""Settings of the optimisation that the command line offers; the others are the paper's."""


@dataclass(frozen=True)
class TrainingConfig:
    """A training run; the defaults are the seed paper's (arXiv:2409.09026, section 4).

    `steps` are full-graph optimiser steps, 16 to an epoch. `protocol` gives the message direction, the validation
    view, and which epoch counts: the last one for "published", the best on validation otherwise. With `precision`
    "bfloat16" training multiplies matrices in half the bits (weights, loss and evaluation stay float32); that is
    about twice as fast where the processor can, and slower where it cannot.
    """

    features: str
    model: ModelConfig = field(default_factory=ModelConfig)
    protocol: str = "standard"
    seed: int = 0
    steps: int = 3200
    learning_rate: float = 1e-3
    weight_decay: float = 0.05
    margin: float = 0.2
    plateau_factor: float = 0.5
    plateau_patience: int = 20
    smallest_learning_rate: float = 1e-5
    device: str = "auto"
    precision: str = "float32"
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)

    def __post_init__(self) -> None:
        if self.model.learns_vectors != (split_feature_names(self.features) == (LEARNED,)):
            raise ConfigError(
                f"The {self.model.backbone} backbone and the features “{self.features}” do not fit: lightgcn learns "
                "its own vectors, so it goes with the features “learned”, and the others do not."
            )
        if self.protocol not in PROTOCOLS:
            raise ConfigError(f"“{self.protocol}” is no protocol. There are: {', '.join(PROTOCOLS)}.")
        if self.device not in DEVICES:
            raise ConfigError(f"“{self.device}” is no device. There are: {', '.join(DEVICES)}.")
        if self.precision not in PRECISIONS:
            raise ConfigError(f"“{self.precision}” is no precision. There are: {', '.join(PRECISIONS)}.")
        _within("seed", self.seed, 0, 2**31 - 1)
        _within("steps", self.steps, 1, 1_000_000)
        _within("learning rate", self.learning_rate, 1e-7, 1.0)
        _within("weight decay", self.weight_decay, 0.0, 1.0)
        _within("margin", self.margin, 0.0, 2.0)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return split_feature_names(self.features)

    @property
    def epochs(self) -> int:
        """The last epoch may be shorter than 16 steps."""
        return -(-self.steps // STEPS_PER_EPOCH)

    @property
    def selects_best_epoch(self) -> bool:
        return self.protocol != "published"

    @property
    def command(self) -> str:
        """What repeats the run, with CATALOGUE standing for the catalogue's folder."""
        named = {"features": self.features, "backbone": self.model.backbone, "layers": self.model.layers}
        named |= {name: getattr(self, name) for name in ("protocol", "seed", "steps")}
        paper = TrainingConfig("random")
        differing = {
            name: value
            for settings, usual in (
                (self.model.as_dict(), paper.model.as_dict()),
                ({name: getattr(self, name) for name in TUNABLE}, {name: getattr(paper, name) for name in TUNABLE}),
                (self.objective.as_dict(), paper.objective.as_dict()),
            )
            for name, value in settings.items()
            if name not in named and value != usual[name]
        }
        options = (f"--{name.replace('_', '-')} {value}" for name, value in {**named, **differing}.items())
        return f"python -m core train CATALOGUE {' '.join(options)}"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "TrainingConfig":
        """Inverse of `as_dict`. Raises ConfigError for missing or unknown settings."""
        try:
            objective = ObjectiveConfig(**content.get("objective", {}))
            return cls(**{**content, "model": ModelConfig(**content["model"]), "objective": objective})
        except (KeyError, TypeError) as fault:
            raise ConfigError(f"This run's configuration is not one this Nearfield can read ({fault}).") from None


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigError(f"The {name} must lie between {low:g} and {high:g}, not {value:g}.")
