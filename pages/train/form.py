"""The form for the settings of a new run."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from core import titles
from core.catalogue import Catalogue
from core.errors import ConfigError
from core.features import LEARNED
from core.graph.protocols import TRAINED_PROTOCOLS
from core.runs.config import BACKBONE_TITLES, LIGHTGCN_NAME, MODELS, STEPS_PER_EPOCH, TrainingConfig, check_work
from core.runs.overview import RunOverview, estimate_seconds
from pages.shell.owner import told
from pages.train import settings, texts

MOST_LAYERS = 4
QUICK_STEPS = 20 * STEPS_PER_EPOCH
PAPER_STEPS = 200 * STEPS_PER_EPOCH

_PRESET = "train_recipe"


def ask_settings(
    catalogue: Catalogue, earlier: list[RunOverview], presets: Mapping[str, TrainingConfig]
) -> TrainingConfig | None:
    """The widgets of a new run. Returns None while their values are not valid. The first preset is the default."""
    preset = _ask_preset(presets)
    learns_vectors = st.session_state[settings.key_of("backbone")] == LIGHTGCN_NAME
    names = st.multiselect(
        texts.FEATURES_LABEL,
        catalogue.all_feature_names,
        default=catalogue.feature_names[:1] or ["random"],
        format_func=titles.features_title,
        select_all=False,
        disabled=learns_vectors,
        key=f"train_features_{catalogue.content_hash[:8]}",
        help=texts.FEATURES_HELP,
    )
    names = [LEARNED] if learns_vectors else names
    model, rest = _ask_basics(preset, fewest_layers=1 if learns_vectors else 0)
    with st.expander(texts.OBJECTIVE_TITLE, icon=":material/target:", key="train_objective"):
        objective = settings.ask_objective(model["layers"])
    with st.expander(texts.OPTIMISER_TITLE, icon=":material/tune:", key="train_optimiser"):
        widths, tuning = settings.ask_optimiser(learns_vectors)
    if not names:
        st.info(texts.NO_FEATURE_SET)
        return None
    try:
        config = settings.assemble(preset, objective, model | widths, rest | tuning | {"features": "+".join(names)})
        check_work(config)
    except ConfigError as fault:
        st.error(told(fault))
        return None
    _show_differences(config, preset)
    st.caption(texts.length_text(config, estimate_seconds(earlier, config), QUICK_STEPS, PAPER_STEPS))
    return config


def _ask_preset(presets: Mapping[str, TrainingConfig]) -> TrainingConfig:
    """Choose the preset that the widgets start from. Choosing another one sets all widgets to its values."""
    name = st.selectbox(
        texts.RECIPE_LABEL,
        list(presets),
        key=_PRESET,
        on_change=lambda: settings.load(presets[st.session_state[_PRESET]]),
        help=texts.RECIPE_HELP,
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
            texts.LAYERS_LABEL,
            range(fewest_layers, max(MOST_LAYERS, preset.model.layers) + 1),
            key=key,
            help=texts.LAYERS_HELP,
        )
    )
    backbone = right.selectbox(
        texts.BACKBONE_LABEL,
        MODELS,
        format_func=BACKBONE_TITLES.__getitem__,
        key=settings.key_of("backbone"),
        disabled=layers == 0,
        help=texts.BACKBONE_HELP,
    )
    protocol = left.selectbox(
        texts.PROTOCOL_LABEL,
        [name for name in titles.PROTOCOLS if name in TRAINED_PROTOCOLS],
        format_func=titles.PROTOCOLS.__getitem__,
        key="train_protocol",
        help=texts.PROTOCOL_HELP,
    )
    seed = right.number_input(texts.SEED_LABEL, 0, 2**31 - 1, 0, key="train_seed", help=texts.SEED_HELP)
    length = st.segmented_control(
        texts.LENGTH_LABEL,
        [texts.QUICK, texts.FULL, texts.OWN],
        default=texts.QUICK,
        required=True,
        key="train_length",
        help=texts.full_length_help(preset.steps),
    )
    steps = {texts.QUICK: QUICK_STEPS, texts.FULL: preset.steps}.get(length or texts.QUICK)
    if steps is None:
        steps = int(st.number_input(texts.STEPS_LABEL, 1, 1_000_000, 640, STEPS_PER_EPOCH, key="train_steps"))
    return {"layers": layers, "backbone": backbone}, {"protocol": protocol, "seed": int(seed), "steps": steps}


def _show_differences(config: TrainingConfig, preset: TrainingConfig) -> None:
    if differing := settings.differences(config, preset):
        st.caption(texts.differences_text(differing))
        st.button(
            texts.BACK_TO_RECIPE,
            key="train_back",
            icon=":material/undo:",
            type="tertiary",
            on_click=settings.load,
            args=(preset,),
            help=texts.BACK_TO_RECIPE_HELP,
        )
