"""The advanced settings of a run: objective, model and optimiser."""

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
from pages.train import texts

_WIDTHS = ("hidden", "embedding")


def key_of(setting: str) -> str:
    """The key of a setting's widget."""
    return f"train_{setting}"


def values_of(config: TrainingConfig) -> dict[str, Any]:
    """All settings of the form except features, protocol, seed and length: name -> value."""
    model = {name: getattr(config.model, name) for name in ("backbone", "layers", *_WIDTHS)}
    return model | config.objective.as_dict() | {name: getattr(config, name) for name in TUNABLE}


def load(config: TrainingConfig, only_missing: bool = False) -> None:
    """Set the widgets to the values of a preset; with `only_missing` only those without a value."""
    for setting, value in values_of(config).items():
        if not (only_missing and key_of(setting) in st.session_state):
            st.session_state[key_of(setting)] = value


def ask_objective(layers: int) -> dict[str, Any]:
    """The widgets of the objective. Returns settings of an ObjectiveConfig."""
    loss = st.selectbox(
        texts.LOSS_LABEL,
        LOSSES,
        format_func=_title(texts.LOSSES),
        key=key_of("loss"),
        help=texts.LOSS_HELP,
    )
    negatives = st.selectbox(
        texts.NEGATIVES_LABEL,
        NEGATIVES,
        format_func=_title(texts.NEGATIVES),
        key=key_of("negatives"),
        disabled=loss != "triplet",
        help=texts.NEGATIVES_HELP,
    )
    anchors = st.selectbox(
        texts.ANCHORS_LABEL,
        ANCHORS,
        format_func=_title(texts.ANCHORS),
        key=key_of("anchors"),
        disabled=loss != "triplet",
        help=texts.ANCHORS_HELP,
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    temperature = left.number_input(
        texts.TEMPERATURE_LABEL,
        0.01,
        1.0,
        step=0.01,
        format="%g",
        key=key_of("temperature"),
        disabled=loss != "softmax",
        help=texts.TEMPERATURE_HELP,
    )
    hidden_share = right.number_input(
        texts.HIDDEN_SHARE_LABEL,
        0.0,
        0.95,
        step=0.05,
        format="%g",
        key=key_of("hidden_share"),
        help=texts.HIDDEN_SHARE_HELP,
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    dropout = left.number_input(
        texts.DROPOUT_LABEL,
        0.0,
        0.95,
        step=0.05,
        format="%g",
        key=key_of("connection_dropout"),
        disabled=layers == 0,
        help=texts.DROPOUT_HELP,
    )
    thinning = right.number_input(
        texts.THINNING_LABEL,
        0.0,
        0.95,
        step=0.05,
        format="%g",
        key=key_of("thinning"),
        disabled=layers == 0,
        help=texts.THINNING_HELP,
    )
    batch = st.number_input(
        texts.BATCH_LABEL,
        0,
        10_000_000,
        step=1024,
        key=key_of("batch"),
        disabled=hidden_share > 0,
        help=texts.BATCH_HELP,
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
    """The widgets of model and optimiser. Returns widths of a ModelConfig and settings of a TrainingConfig."""
    left, right = st.columns(2, vertical_alignment="bottom")
    hidden = left.number_input(
        texts.HIDDEN_LABEL,
        1,
        4096,
        step=32,
        key=key_of("hidden"),
        disabled=learns_vectors,
        help=texts.HIDDEN_HELP,
    )
    embedding = right.number_input(
        texts.EMBEDDING_LABEL,
        1,
        4096,
        step=32,
        key=key_of("embedding"),
        help=texts.EMBEDDING_HELP,
    )
    left, right = st.columns(2, vertical_alignment="bottom")
    rate = left.number_input(
        texts.RATE_LABEL,
        1e-7,
        1.0,
        step=1e-4,
        format="%g",
        key=key_of("learning_rate"),
        help=texts.RATE_HELP,
    )
    decay = right.number_input(
        texts.DECAY_LABEL,
        0.0,
        1.0,
        step=0.01,
        format="%g",
        key=key_of("weight_decay"),
        help=texts.DECAY_HELP,
    )
    precision = st.selectbox(
        texts.PRECISION_LABEL,
        PRECISIONS,
        format_func=_title(texts.PRECISIONS),
        key=key_of("precision"),
        help=texts.PRECISION_HELP,
    )
    widths = {"hidden": ModelConfig().hidden if learns_vectors else int(hidden), "embedding": int(embedding)}
    return widths, {"learning_rate": float(rate), "weight_decay": float(decay), "precision": precision}


def assemble(
    preset: TrainingConfig, objective: Mapping[str, Any], model: Mapping[str, Any], rest: Mapping[str, Any]
) -> TrainingConfig:
    """The preset with the form's settings in place of its own.

    Settings that the form hides, since the others make them meaningless, keep their defaults. Raises ConfigError for a
    value out of bounds.
    """
    usual = {name: value for name, value in ObjectiveConfig().as_dict().items() if name not in objective}
    return replace(
        preset,
        objective=ObjectiveConfig(**usual, **objective),
        model=replace(preset.model, **model),
        **rest,
    )


def differences(config: TrainingConfig, preset: TrainingConfig) -> list[str]:
    """The settings that differ from the preset, such as "loss softmax"."""
    usual = values_of(preset)
    return [
        f"{setting.replace('_', ' ')} {value}"
        for setting, value in values_of(config).items()
        if value != usual[setting]
    ]


def _title(titles: Mapping[str, str]) -> Any:
    return lambda name: titles.get(name, name.replace("-", " ").capitalize())
