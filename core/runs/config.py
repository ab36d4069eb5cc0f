"""The configuration of a training run, typed and validated."""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

from core.catalogue.records import is_text
from core.errors import ConfigError
from core.features import LEARNED, split_feature_names
from core.graph.protocols import TRAINED_PROTOCOLS
from core.owner import is_public
from core.reading import is_number
from core.text import short_label

_LONGEST_REASON = 200
SIGN_NAME, LIGHTGCN_NAME = "sign", "lightgcn"
BACKBONE_TITLES = {
    "sage": "SAGE",
    "gatedgcn": "GatedGCN",
    "gin": "GIN",
    "gatv2": "GATv2",
    "gps": "GPS",
    "sign": "SIGN",
    "lightgcn": "LightGCN",
}
MODELS = tuple(BACKBONE_TITLES)
MAX_LAYERS = 8
STEPS_PER_EPOCH = 16
MOST_WORK, MOST_WORK_IN_PUBLIC = 100_000 * 256, 20_000 * 256
"""Steps times width of a run that is to begin; the paper's has 3,200 times 256."""

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("float32", "bfloat16")
TUNABLE = ("learning_rate", "weight_decay", "precision")
"""Settings of the optimisation that the command line offers; the others are the paper's."""
LOSSES = ("triplet", "softmax")
NEGATIVES = ("uniform", "distance-weighted", "semi-hard")
ANCHORS = ("both", "one")


@dataclass(frozen=True)
class ModelConfig:
    """What `make_model` builds. Widths are numbers of units; `layers` are graph layers, or hops of propagation."""

    backbone: str = "sage"
    layers: int = 2
    hidden: int = 256
    embedding: int = 100

    def __post_init__(self) -> None:
        if self.backbone not in MODELS:
            raise ConfigError(f"“{self.backbone}” is no backbone. There are: {', '.join(MODELS)}.")
        fewest = 1 if self.learns_vectors else 0
        if not fewest <= self.layers <= MAX_LAYERS:
            raise ConfigError(
                f"The number of graph layers must lie between {fewest} and {MAX_LAYERS}, not {self.layers}."
            )
        if not (1 <= self.hidden <= 4096 and 1 <= self.embedding <= 4096):
            raise ConfigError("Hidden and embedding widths must lie between 1 and 4096.")

    @property
    def learns_vectors(self) -> bool:
        """Whether the model learns a vector per train artist instead of reading features."""
        return self.backbone == LIGHTGCN_NAME

    @property
    def title(self) -> str:
        """The backbone's name as the literature writes it."""
        return BACKBONE_TITLES[self.backbone]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class ObjectiveConfig:
    """The loss, and which edges carry messages while others are predicted; the defaults are the seed paper's.

    `loss`: "triplet", or "softmax" over all artists of a step at `temperature`. `negatives` and `anchors` (both ends of
    every edge, or one random end per step) belong to the triplet loss. `hidden_share`: in each step the edges among
    this share of train artists carry no messages and are predicted (0: every edge carries messages and is predicted).
    `connection_dropout`: the probability that an edge carries no messages in a step (Korzeniowski et al., TISMIR 5(1),
    2022, section 4.4). `thinning`: the probability that an artist of a step keeps only a random share of its edges,
    often none, so that training covers artists with few edges as well. `missing`: the probability that an artist of a
    step lacks a feature set that some artists lack, so that what two artists lack makes them less alike. `batch`: the
    artists of a step are the ends of this many edges (0: all artists, or those whose edges are hidden).
    """

    loss: str = "triplet"
    negatives: str = "uniform"
    anchors: str = "both"
    temperature: float = 0.1
    hidden_share: float = 0.0
    connection_dropout: float = 0.0
    thinning: float = 0.0
    missing: float = 0.0
    batch: int = 0

    def __post_init__(self) -> None:
        _one_of("loss", self.loss, LOSSES)
        _one_of("negatives", self.negatives, NEGATIVES)
        _one_of("anchors", self.anchors, ANCHORS)
        if not 0.01 <= self.temperature <= 1:
            raise ConfigError(f"The temperature must lie between 0.01 and 1, not {self.temperature:g}.")
        for name, share in (
            ("hidden share", self.hidden_share),
            ("connection dropout", self.connection_dropout),
            ("thinning", self.thinning),
            ("share of missing sets", self.missing),
        ):
            if not 0 <= share < 1:
                raise ConfigError(f"The {name} must lie between 0 and 1, not {share:g}.")
        if not 0 <= self.batch <= 10_000_000:
            raise ConfigError(f"The batch must lie between 0 and 10,000,000 edges, not {self.batch}.")
        if self.batch and self.hidden_share:
            raise ConfigError("A hidden share chooses the artists of a step already; leave the batch at 0.")

    @property
    def sends_all(self) -> bool:
        """Whether every edge carries messages at every step."""
        return not (self.hidden_share or self.connection_dropout or self.thinning)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class TrainingConfig:
    """A training run; the defaults are the seed paper's (arXiv:2409.09026, section 4).

    `steps` are full-graph optimiser steps, 16 to an epoch. `protocol` gives the message direction, the validation view,
    and which epoch counts: the last one for "published", the best on validation otherwise. With `precision` "bfloat16"
    training multiplies matrices in half the bits (weights, loss and evaluation stay float32); that is about twice as
    fast on processors that support it. On others float32 is taken all the same, and the run's device says so.
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
        if self.protocol not in TRAINED_PROTOCOLS:
            known = ", ".join(TRAINED_PROTOCOLS)
            raise ConfigError(f"“{self.protocol}” is no protocol that models are trained under. There are: {known}.")
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
        """The command that repeats the run, with CATALOGUE for the catalogue's folder."""
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
        """Inverse of `as_dict`. Raises ConfigError for missing and unknown settings and for values of other types."""
        if not isinstance(content, dict) or "model" not in content:
            raise ConfigError("This run's configuration is not one this Nearfield can read (it has no model).")
        model = ModelConfig(**_settings(ModelConfig, content["model"]))
        objective = ObjectiveConfig(**_settings(ObjectiveConfig, content.get("objective", {})))
        settings = _settings(cls, {**content, "model": model, "objective": objective})
        try:
            return cls(**settings)
        except TypeError as fault:
            raise ConfigError(f"This run's configuration is not one this Nearfield can read ({fault}).") from None


def check_work(config: TrainingConfig) -> None:
    """Raise ConfigError for a run that would take a server for days. Runs that there are can be longer."""
    width = max(config.model.hidden, config.model.embedding)
    most = MOST_WORK_IN_PUBLIC if is_public() else MOST_WORK
    if config.steps * width > most:
        raise ConfigError(
            f"{config.steps:,} steps at a width of {width:,} are more than a run may have here. "
            f"Take at most {most // width:,} steps, or a smaller width."
        )


def _settings(cls: type, content: Any) -> dict[str, Any]:
    """The settings of a dataclass read from JSON. Raises ConfigError for one that is unknown or of another type."""
    if not isinstance(content, dict):
        raise ConfigError("This run's configuration is not one this Nearfield can read (settings are missing).")
    types = {each.name: each.type for each in fields(cls)}
    if unknown := sorted(set(content) - set(types)):
        named = short_label(", ".join(unknown), _LONGEST_REASON)
        raise ConfigError(f"This Nearfield does not know the setting {named}; a newer version may have written it.")
    for name, value in content.items():
        if not _is_of(types[name], value):
            shown = short_label(repr(value), _LONGEST_REASON)
            raise ConfigError(f"This run's configuration is not one this Nearfield can read ({name} is {shown}).")
    return content


def _is_of(kind: Any, value: Any) -> bool:
    if kind is float:
        return is_number(value)
    if kind is str:
        return is_text(value)
    return type(value) is kind


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise ConfigError(f"The {name} must lie between {low:g} and {high:g}, not {value:g}.")


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ConfigError(f"“{value}” is not one of the {name}: {', '.join(known)}.")
