"""The settings of a new run."""

import streamlit as st

from core.catalogue import Catalogue
from core.graph.protocols import PROTOCOLS
from core.models import ModelConfig
from core.models.backbones import BACKBONES
from core.training.config import STEPS_PER_EPOCH, TrainingConfig
from core.training.overview import RunOverview, estimate_seconds
from pages.results import labels
from pages.train.figures import duration

LAYERS = range(5)
QUICK, PAPER, OWN = "Quick look", "As in the paper", "Own"
STEPS = {QUICK: 20 * STEPS_PER_EPOCH, PAPER: 200 * STEPS_PER_EPOCH}


def ask_settings(catalogue: Catalogue, earlier: list[RunOverview]) -> TrainingConfig | None:
    """The widgets of a new run; None while they do not describe one."""
    names = st.multiselect(
        "Feature sets",
        catalogue.all_feature_names,
        default=catalogue.feature_names[:1] or ["random"],
        format_func=labels.features_title,
        key=f"train_features_{catalogue.content_hash[:8]}",
        help="What the model knows about an artist besides the graph. Several are joined. Random knows nothing: it "
        "shows what the graph alone can do.",
    )
    left, right = st.columns(2)
    layers = left.select_slider(
        "Graph layers", LAYERS, value=2, key="train_layers", help="0 ignores the graph: the content baseline."
    )
    backbone = right.selectbox("Backbone", list(BACKBONES), format_func=str.upper, key="train_backbone")
    protocol = left.selectbox(
        "Protocol",
        [name for name in labels.PROTOCOLS if name in PROTOCOLS],
        format_func=labels.PROTOCOLS.__getitem__,
        key="train_protocol",
        help="Standard is right. Published repeats the paper with its faults. In Cold start the artists a model is "
        "evaluated on have no edges.",
    )
    seed = right.number_input("Seed", 0, 2**31 - 1, 0, key="train_seed", help="Chance: first weights and negatives.")
    length = st.segmented_control("Length", [QUICK, PAPER, OWN], default=QUICK, required=True, key="train_length")
    if length == OWN:
        steps = int(st.number_input("Optimiser steps", 1, 1_000_000, 640, STEPS_PER_EPOCH, key="train_steps"))
    else:
        steps = STEPS[length or QUICK]
    if not names:
        st.info("Choose at least one feature set. Random is always there.")
        return None
    config = TrainingConfig("+".join(names), ModelConfig(backbone, int(layers)), protocol, int(seed), steps)
    st.caption(length_text(config, estimate_seconds(earlier, config)))
    return config


def length_text(config: TrainingConfig, estimate: tuple[float, int] | None) -> str:
    """What the number of steps means and how long it may take, as far as that is known."""
    text = f"{config.steps:,} steps, {config.epochs} epoch{'' if config.epochs == 1 else 's'}. "
    if config.steps == STEPS[QUICK]:
        text += "Enough to see that it learns, too short for figures to quote. "
    if config.steps == STEPS[PAPER]:
        text += "200 epochs of 16 full-graph steps; at the size of DISCO-OLGA up to an hour on two idle cores. "
    if estimate is None:
        return text + "No run like this one was made here, so its first epochs will tell how long it takes."
    seconds, runs = estimate
    return text + f"About {duration(seconds)}, going by {runs} earlier run{'s' if runs > 1 else ''} like it."
