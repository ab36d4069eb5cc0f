"""Train: start a model in a process of its own, watch it, compare runs and explore with the result."""

import streamlit as st

from core.errors import NearfieldError
from core.features import split_feature_names
from core.graph.protocols import PROTOCOLS
from core.models import ModelConfig
from core.models.embedder import BACKBONES
from core.search.spaces import RUN_PREFIX
from core.training.config import STEPS_PER_EPOCH, TrainingConfig
from core.training.device import choose_device, describe_device, set_threads
from core.training.jobs import cancel_job, is_cancelled, log_tail, resume_job, start_job
from core.training.overview import RunOverview, estimate_seconds, overview, overviews
from pages.results import labels
from pages.shell import charts, state
from pages.train import figures

POLL_SECONDS = 2.0
QUICK, PAPER, OWN = "Quick look", "As in the paper", "Another number"
STEPS = {QUICK: 20 * STEPS_PER_EPOCH, PAPER: 200 * STEPS_PER_EPOCH}
BADGES = {
    "waiting": ("hourglass_top", "blue"),
    "running": ("autorenew", "blue"),
    "finished": ("check_circle", "green"),
    "cancelled": ("stop_circle", "gray"),
    "failed": ("error", "red"),
    "interrupted": ("power_off", "orange"),
}


@st.cache_resource(show_spinner=False)
def training_device() -> str:
    set_threads()
    return describe_device(choose_device())


def settings_form(earlier: list[RunOverview]) -> TrainingConfig | None:
    """The widgets of a new run; None while they do not describe one."""
    names = st.multiselect(
        "Feature sets", catalogue.all_feature_names, default=catalogue.feature_names[:1] or ["random"],
        format_func=labels.features_title, key="train_features",
        help="What the model knows about an artist besides the graph. Several are joined. Random knows nothing: it "
        "shows what the graph alone can do.",
    )  # fmt: skip
    left, right = st.columns(2)
    layers = left.select_slider("Graph layers", range(5), value=2, key="train_layers",
                                help="0 ignores the graph: the content baseline.")  # fmt: skip
    backbone = right.selectbox("Backbone", sorted(BACKBONES), format_func=str.upper, key="train_backbone")
    protocol = left.selectbox(
        "Protocol", sorted(PROTOCOLS, key=list(labels.PROTOCOLS).index), format_func=labels.PROTOCOLS.__getitem__,
        key="train_protocol", help="Standard is right; Published repeats the paper with its faults; in Cold start "
        "evaluated artists have no edges.",
    )  # fmt: skip
    seed = right.number_input("Seed", 0, 2**31 - 1, 0, key="train_seed")
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
    epochs = f"{config.steps:,} steps, {config.epochs} epoch{'' if config.epochs == 1 else 's'}. "
    if config.steps == STEPS[QUICK]:
        epochs += "Enough to see that it learns, too short for figures to quote. "
    if config.steps == STEPS[PAPER]:
        epochs += "200 epochs of 16 full-graph steps; at the size of DISCO-OLGA up to an hour on two idle cores. "
    if estimate is None:
        return epochs + "No run like this one was made here, so the first epochs will tell how long it takes."
    seconds, runs = estimate
    return epochs + f"About {figures.duration(seconds)}, going by {runs} earlier run{'s' if runs > 1 else ''} like it."


def start(config: TrainingConfig) -> None:
    try:
        run = start_job(catalogue, config)
    except (NearfieldError, PermissionError) as fault:
        st.error(f"The run was not started. {fault}")
        return
    st.session_state["run"] = run.run_id
    st.rerun()


def show_run(run_id: str, was_active: bool) -> None:
    """One run as it stands now; drawn again by itself while it is active."""
    found = next((each.run for each in runs if each.run_id == run_id), None)
    if found is None:
        return
    run = overview(catalogue, found)
    if was_active and not run.job.is_active:
        st.rerun()
    icon, colour = BADGES.get(run.job.state, ("help", "gray"))
    badge = figures.STATES.get(run.job.state, run.job.state) + (f" on {run.device}" if run.device else "")
    st.badge(badge, icon=f":material/{icon}:", color=colour)
    st.progress(len(run.history) / run.config.epochs, progress_text(run))
    show_message(run)
    show_buttons(run)
    if run.history:
        title = labels.METRICS["ndcg_published" if run.config.protocol == "published" else "ndcg"]
        table = figures.history_table([run]).drop(columns="run")
        last = run.history[-1]
        left, right = st.columns(2)
        with left:
            st.markdown("**Loss** (triplet, lower is better)")
            charts.show_chart(figures.learning_curve([run], "loss", "Loss"), table,
                              f"Loss by epoch; after epoch {last.epoch} it is {last.loss:.4f}.", "run_loss")  # fmt: skip
        with right:
            st.markdown(f"**Validation {title}** (higher is better)")
            charts.show_chart(figures.learning_curve([run], "val_ndcg", title), table,
                              f"Validation NDCG by epoch; best so far {run.best_val_ndcg:.4f}.", "run_ndcg")  # fmt: skip
    if run.metrics:
        st.dataframe(figures.metrics_table([run]).drop(columns="run"), hide_index=True, key="run_metrics",
                     alt="Figures of the finished run")  # fmt: skip
    with st.expander("How to repeat this run", icon=":material/terminal:"):
        st.code(run.command, language="bash", wrap_lines=True)
        st.caption(f"CATALOGUE stands for the folder of the catalogue. Run {run.run_id}, started {run.created}.")


def progress_text(run: RunOverview) -> str:
    done = f"Epoch {len(run.history)} of {run.config.epochs}"
    if not run.job.is_active:
        return done
    if is_cancelled(run.run):
        return f"{done}, stopping after this epoch …"
    if run.seconds_left is None:
        return "Loading the catalogue and PyTorch …"
    if not run.seconds_left:
        return f"{done}, measuring on validation and test artists …"
    return f"{done}, {figures.duration(run.seconds_left)} left"


def show_message(run: RunOverview) -> None:
    if run.job.state == "failed":
        st.error(f"The run failed. {run.job.message}")
    if run.job.state == "interrupted":
        st.warning("The run's process ended before the run was finished. Resume goes on from the last saved state.")
    if run.job.state in ("failed", "interrupted"):
        with st.expander("The end of its log", icon=":material/article:"):
            st.code(log_tail(run.run) or "The log is empty.", language=None, wrap_lines=True)
    if not run.fits_catalogue:
        st.info("This run was made with another version of the catalogue: its model cannot be used here any more.")


def show_buttons(run: RunOverview) -> None:
    if run.job.is_active:
        st.button("Cancel", icon=":material/stop_circle:", key="cancel_run", disabled=is_cancelled(run.run),
                  on_click=cancel_job, args=(run.run,), help="Stops after the epoch it is in; it can be resumed.")  # fmt: skip
    elif run.job.can_resume and run.fits_catalogue:
        if st.button("Resume", icon=":material/play_circle:", key="resume_run"):
            try:
                resume_job(catalogue, run.run)
            except NearfieldError as fault:
                st.error(f"The run was not resumed. {fault}")
            else:
                st.rerun()
    elif run.job.state == "finished" and run.fits_catalogue:
        if st.button("Explore with this model", icon=":material/explore:", type="primary", key="explore_run"):
            state.select_space(RUN_PREFIX + run.run_id)
            st.switch_page("pages/explore/page.py")


def compare(runs: list[RunOverview]) -> None:
    by_id = {run.run_id: run for run in runs}
    chosen = st.multiselect("Runs to compare", list(by_id), default=list(by_id)[:2], max_selections=8,
                            format_func=lambda run_id: figures.run_title(by_id[run_id]), key="compare_runs")  # fmt: skip
    compared = [by_id[run_id] for run_id in chosen]
    for published in (False, True):
        same = [run for run in compared if (run.config.protocol == "published") == published]
        if same:
            title = labels.METRICS["ndcg_published" if published else "ndcg"]
            charts.show_chart(figures.learning_curve(same, "val_ndcg", f"Validation {title}"),
                              figures.history_table(same), f"Validation {title} by epoch of {len(same)} runs.",
                              f"compare_{published}")  # fmt: skip
    measured = figures.metrics_table(compared)
    if not measured.empty:
        st.dataframe(measured, hide_index=True, key="compare_metrics", alt="Figures of the compared runs")


catalogue = state.current_catalogue()
st.title("Train")
st.caption("A run works in a process of its own: you can close this page, and others can go on exploring meanwhile.")
runs, unreadable = overviews(catalogue)
active = next((run for run in runs if run.job.is_active), None)
new, watched = st.columns([2, 3], gap="large")
with new, st.container(border=True):
    st.subheader("A new run")
    st.badge(training_device(), icon=":material/memory:", color="gray")
    config = settings_form(runs)
    if active:
        st.info("A run is under way on this catalogue. Wait for it, or cancel it, before you start the next one.")
    if st.button("Start training", type="primary", icon=":material/play_arrow:", key="start_run",
                 disabled=config is None or active is not None) and config:  # fmt: skip
        start(config)
with watched:
    st.subheader("Watch")
    if not runs:
        st.info("Nothing was trained on this catalogue yet. Choose on the left and press Start training; a quick look "
                "takes about a minute on the bundled catalogue.")  # fmt: skip
    else:
        by_id = {run.run_id: run for run in runs}
        if st.session_state.get("run") not in by_id:
            asked = st.query_params.get("run")
            st.session_state["run"] = asked if asked in by_id else (active or runs[0]).run_id
        run_id = st.selectbox("Run", list(by_id), format_func=lambda run_id: figures.run_title(by_id[run_id]),
                              key="run", bind="query-params")  # fmt: skip
        is_active = by_id[run_id].job.is_active
        st.fragment(show_run, run_every=POLL_SECONDS if is_active else None)(run_id, is_active)
for fault in unreadable:
    st.warning(fault)
if runs:
    st.subheader("All runs")
    table = figures.runs_table(runs)
    st.dataframe(table, hide_index=True, key="all_runs", alt="All runs of this catalogue")
    charts.download_csv(table, "all_runs_csv", f"runs-{catalogue.name}")
if len(runs) > 1:
    st.subheader("Compare")
    compare(runs)
