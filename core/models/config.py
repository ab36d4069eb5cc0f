"""The shape of a model, typed and bounded."""

from dataclasses import asdict, dataclass
from typing import Any

from core.errors import ConfigError
from core.models.backbones import BACKBONES

SIGN_NAME, LIGHTGCN_NAME = "sign", "lightgcn"
MODELS = (*BACKBONES, SIGN_NAME, LIGHTGCN_NAME)
BACKBONE_TITLES = {
    "sage": "SAGE", "gatedgcn": "GatedGCN", "gin": "GIN", "gatv2": "GATv2", "gps": "GPS", "sign": "SIGN",
    "lightgcn": "LightGCN",
}  # fmt: skip
MAX_LAYERS = 8


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
