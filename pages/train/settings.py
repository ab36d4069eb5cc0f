"""The settings of a run beyond features, layers and length: what is learned, and by which model and optimiser."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.runs.config import (
    ANCHORS,
    LOSSES,
    NEGATIVES,
    PRECISIONS,
    TUNABLE,
    ModelConfig,
    ObjectiveConfig,
    TrainingConfig,
)

_LOSS_TITLES = {"triplet": "Triplets with a margin", "softmax": "Softmax over all artists"}
_NEGATIVE_TITLES = {
    "uniform": "Any stranger",
    "distance-weighted": "Strangers at every distance alike",
    "semi-hard": "The nearest beyond the neighbour",
}
_ANCHOR_TITLES = {"both": "Both ends of every edge", "one": "One end, drawn anew at each step"}
_PRECISION_TITLES = {"float32": "Full (float32)", "bfloat16": "Half (bfloat16)"}

_WIDTHS = ("hidden", "embedding")


def key_of(setting: str) -> str:
    """Of the widget of a setting."""
    return f"train_{setting}"


def values_of(config: TrainingConfig) -> dict[str, Any]:
    """Everything that the form asks for besides features, protocol, seed and length, by setting."""
    model = {name: getattr(config.model, name) for name in ("backbone", "layers", *_WIDTHS)}
    return model | config.objective.as_dict() | {name: getattr(config, name) for name in TUNABLE}


def load(config: TrainingConfig, only_missing: bool = False) -> None:
    """Put the values of a preset into the widgets; with `only_missing` those that have none yet."""
    for setting, value in values_of(config).items():
        if not (only_missing and key_of(setting) in st.session_state):
            st.session_state[key_of(setting)] = value


def ask_objective(layers: int) -> dict[str, Any]:
    """The widgets of what is learned -> settings of an ObjectiveConfig."""
    loss = st.selectbox(
        "Loss",
        LOSSES,
        format_func=_title(_LOSS_TITLES),
        key=key_of("loss"),
        help="What a training step asks for: a neighbour nearer than a stranger, or the neighbours out of all artists.",
    )
    negatives = st.selectbox(
        "Negatives",
        NEGATIVES,
        format_func=_title(_NEGATIVE_TITLES),
        key=key_of("negatives"),
        disabled=loss != "triplet",
        help="The stranger in each triplet: any, or one that is hard to tell from a neighbour. Softmax uses all.",
    )
    anchors = st.selectbox(
        "Anchors",
        ANCHORS,
        format_func=_title(_ANCHOR_TITLES),
        key=key_of("anchors"),
        disabled=loss != "triplet",
        help="From which end of an edge a triplet starts; the paper takes both. Softmax takes all artists.",
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    temperature = left.number_input(
        "Temperature",
        0.01,
        1.0,
        step=0.01,
        format="%g",
        key=key_of("temperature"),
        disabled=loss != "softmax",
        help="Of the softmax: low values look at the nearest artists only. It has no meaning for triplets.",
    )
    hidden_share = right.number_input(
        "Hidden share",
        0.0,
        0.95,
        step=0.05,
        format="%g",
        key=key_of("hidden_share"),
        help="Edges among this share of artists carry no messages in a step and are what it has to predict, as later "
        "for new artists; 0 is the paper's.",
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    dropout = left.number_input(
        "Connection dropout",
        0.0,
        0.95,
        step=0.05,
        format="%g",
        key=key_of("connection_dropout"),
        disabled=layers == 0,
        help="Each edge is left out of a step with this chance, so that artists with few edges fare better.",
    )
    thinning = right.number_input(
        "Thinning",
        0.0,
        0.95,
        step=0.05,
        format="%g",
        key=key_of("thinning"),
        disabled=layers == 0,
        help="With this chance an artist keeps only a random share of its edges in a step, often none, so that "
        "newcomers are learned from too.",
    )
    batch = st.number_input(
        "Edges per step",
        0,
        10_000_000,
        step=1024,
        key=key_of("batch"),
        disabled=hidden_share > 0,
        help="A step looks only at the ends of so many edges, which is faster; 0 looks at all artists. A hidden share "
        "chooses the artists of a step already.",
    )
    asked = {"loss": loss, "hidden_share": float(hidden_share)}
    if not hidden_share:
        asked["batch"] = int(batch)
    if loss == "softmax":
        asked["temperature"] = float(temperature)
    if loss == "triplet":
        asked |= {"negatives": negatives, "anchors": anchors}
    if layers:
        asked |= {"connection_dropout": float(dropout), "thinning": float(thinning)}
    return asked


def ask_optimiser(learns_vectors: bool) -> tuple[dict[str, int], dict[str, Any]]:
    """The widgets of model and optimiser -> widths of a ModelConfig, and settings of a TrainingConfig."""
    left, right = st.columns(2, vertical_alignment="bottom")
    hidden = left.number_input(
        "Hidden width",
        1,
        4096,
        step=32,
        key=key_of("hidden"),
        disabled=learns_vectors,
        help="Numbers per artist inside the model: more can hold more, and take longer. LightGCN has none.",
    )
    embedding = right.number_input(
        "Embedding width",
        1,
        4096,
        step=32,
        key=key_of("embedding"),
        help="Numbers per artist that come out and are compared.",
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    rate = left.number_input(
        "Learning rate",
        1e-7,
        1.0,
        step=1e-4,
        format="%g",
        key=key_of("learning_rate"),
        help="How far each step goes: too high and it does not settle, too low and it does not arrive.",
    )
    decay = right.number_input(
        "Weight decay",
        0.0,
        1.0,
        step=0.01,
        format="%g",
        key=key_of("weight_decay"),
        help="Pulls weights towards zero, which keeps a model from learning artists by heart.",
    )
    precision = st.selectbox(
        "Precision",
        PRECISIONS,
        format_func=_title(_PRECISION_TITLES),
        key=key_of("precision"),
        help="Half the bits are about twice as fast where the processor can, and slower where it cannot.",
    )
    widths = {"hidden": ModelConfig().hidden if learns_vectors else int(hidden), "embedding": int(embedding)}
    return widths, {"learning_rate": float(rate), "weight_decay": float(decay), "precision": precision}


def assemble(
    preset: TrainingConfig, objective: Mapping[str, Any], model: Mapping[str, Any], rest: Mapping[str, Any]
) -> TrainingConfig:
    """The preset with what was asked for in place of its own settings.

    What has no meaning beside the rest, and so was not asked for, is as usual. Raises ConfigError for a value out of
    bounds.
    """
    usual = {name: value for name, value in ObjectiveConfig().as_dict().items() if name not in objective}
    return replace(
        preset,
        objective=ObjectiveConfig(**usual, **objective),
        model=replace(preset.model, **model),
        **rest,
    )


def differences(config: TrainingConfig, preset: TrainingConfig) -> list[str]:
    """Settings in which a run differs from its preset, as "loss softmax"."""
    usual = values_of(preset)
    return [
        f"{setting.replace('_', ' ')} {value}"
        for setting, value in values_of(config).items()
        if value != usual[setting]
    ]


def _title(titles: Mapping[str, str]) -> Any:
    return lambda name: titles.get(name, name.replace("-", " ").capitalize())
