"""The settings of a new run."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core import titles
from core.catalogue import Catalogue
from core.errors import ConfigError
from core.features import LEARNED
from core.graph.protocols import PROTOCOLS
from core.runs.config import BACKBONE_TITLES, LIGHTGCN_NAME, MODELS, STEPS_PER_EPOCH, ModelConfig, TrainingConfig
from core.runs.overview import RunOverview, estimate_seconds
from core.text import duration
from pages.train import settings

MOST_LAYERS = 4
QUICK, FULL, OWN = "Quick look", "Full length", "Own"
QUICK_STEPS = 20 * STEPS_PER_EPOCH
PAPER_STEPS = 200 * STEPS_PER_EPOCH

_PRESET = "train_recipe"


def ask_settings(
    catalogue: Catalogue, earlier: list[RunOverview], presets: Mapping[str, TrainingConfig]
) -> TrainingConfig | None:
    """The widgets of a new run; None while they do not describe one. The first of the presets is the default."""
    preset = _ask_preset(presets)
    learns_vectors = st.session_state[settings.key_of("backbone")] == LIGHTGCN_NAME
    names = st.multiselect(
        "Feature sets",
        catalogue.all_feature_names,
        default=catalogue.feature_names[:1] or ["random"],
        format_func=titles.features_title,
        select_all=False,
        disabled=learns_vectors,
        key=f"train_features_{catalogue.content_hash[:8]}",
        help="What the model knows about an artist besides the graph. Several are joined. Random knows nothing: it "
        "shows what the graph alone can do. LightGCN reads none: it learns a vector for every train artist.",
    )
    names = [LEARNED] if learns_vectors else names
    model, rest = _ask_basics(preset, fewest_layers=1 if learns_vectors else 0)
    with st.expander("What is learned", icon=":material/target:", key="train_objective"):
        objective = settings.ask_objective(model["layers"])
    with st.expander("Model and optimiser", icon=":material/tune:", key="train_optimiser"):
        widths, tuning = settings.ask_optimiser(learns_vectors)
    if not names:
        st.info("Choose at least one feature set. Random is always there.")
        return None
    try:
        config = settings.assemble(preset, objective, model | widths, rest | tuning | {"features": "+".join(names)})
    except ConfigError as fault:
        st.error(str(fault))
        return None
    _show_differences(config, preset)
    st.caption(length_text(config, estimate_seconds(earlier, config)))
    return config


def length_text(config: TrainingConfig, estimate: tuple[float, int] | None) -> str:
    """What the number of steps means and how long it may take, as far as that is known."""
    text = f"{config.steps:,} steps, {config.epochs} epoch{'' if config.epochs == 1 else 's'}. "
    if config.steps == QUICK_STEPS:
        text += "Enough to see that it learns, too short for figures to quote. "
    if config.steps == PAPER_STEPS and config.model.backbone == ModelConfig().backbone:
        text += "200 epochs of 16 full-graph steps; at the size of DISCO-OLGA up to an hour on two idle cores. "
    if estimate is None:
        return text + "No run like this one was made here, so its first epochs will tell how long it takes."
    seconds, runs = estimate
    return text + f"About {duration(seconds)}, going by {runs} earlier run{'s' if runs > 1 else ''} like it."


def _ask_preset(presets: Mapping[str, TrainingConfig]) -> TrainingConfig:
    """The preset whose values the widgets start from; choosing another one puts its values into all of them."""
    name = st.selectbox(
        "Recipe",
        list(presets),
        key=_PRESET,
        on_change=lambda: settings.load(presets[st.session_state[_PRESET]]),
        help="Where the settings below start. All of them can be changed.",
    )
    settings.load(presets[name], only_missing=True)
    return presets[name]


def _ask_basics(preset: TrainingConfig, fewest_layers: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Layers and backbone; protocol, seed and steps."""
    left, right = st.columns(2)
    key = settings.key_of("layers")
    st.session_state[key] = max(fewest_layers, st.session_state[key])
    layers = int(
        left.select_slider(
            "Graph layers",
            range(fewest_layers, max(MOST_LAYERS, preset.model.layers) + 1),
            key=key,
            help="0 ignores the graph: the content baseline. For SIGN and LightGCN these are steps along the edges.",
        )
    )
    backbone = right.selectbox(
        "Backbone",
        MODELS,
        format_func=BACKBONE_TITLES.__getitem__,
        key=settings.key_of("backbone"),
        disabled=layers == 0,
        help="How a layer listens to an artist's neighbours. Without layers it has no meaning.",
    )
    protocol = left.selectbox(
        "Protocol",
        [name for name in titles.PROTOCOLS if name in PROTOCOLS],
        format_func=titles.PROTOCOLS.__getitem__,
        key="train_protocol",
        help="Standard is right. Published repeats the paper with its faults. In Cold start the artists a model is "
        "evaluated on have no edges.",
    )
    seed = right.number_input("Seed", 0, 2**31 - 1, 0, key="train_seed", help="Chance: first weights and negatives.")
    length = st.segmented_control(
        "Length",
        [QUICK, FULL, OWN],
        default=QUICK,
        required=True,
        key="train_length",
        help=f"Full length is the recipe's, {preset.steps:,} steps.",
    )
    steps = {QUICK: QUICK_STEPS, FULL: preset.steps}.get(length or QUICK)
    if steps is None:
        steps = int(st.number_input("Optimiser steps", 1, 1_000_000, 640, STEPS_PER_EPOCH, key="train_steps"))
    return {"layers": layers, "backbone": backbone}, {"protocol": protocol, "seed": int(seed), "steps": steps}


def _show_differences(config: TrainingConfig, preset: TrainingConfig) -> None:
    if differing := settings.differences(config, preset):
        st.caption(f"Other than the recipe: {', '.join(differing)}.")
        st.button(
            "Back to the recipe",
            key="train_back",
            icon=":material/undo:",
            type="tertiary",
            on_click=settings.load,
            args=(preset,),
            help="Puts the recipe's values back into all of these settings.",
        )
