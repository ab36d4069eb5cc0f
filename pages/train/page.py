"""Train: start a run in its own process, watch it, compare runs, and explore with the result."""

import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.graph.protocols import why_not_trainable
from core.runs.jobs import start_job
from core.runs.overview import RunOverview, overviews
from core.runs.presets import PRESETS
from core.titles import METRICS
from core.training.device import choose_device, describe_device, set_threads
from pages.components import charts
from pages.components.charts import dataframe
from pages.shell import choices, state
from pages.shell import texts as shell_texts
from pages.shell.commands import show_edges_command
from pages.shell.navigation import page
from pages.shell.owner import may_work, show_owner_needed, told
from pages.shell.visitor import visitor_id
from pages.train import figures, form, texts
from pages.train.parameters import RUN, RUNS
from pages.train.recommended import offer_recommended
from pages.train.watch import watch

POLL_SECONDS = 2.0
MOST_COMPARED = 8


@st.cache_resource(show_spinner=False)
def training_device() -> str:
    set_threads()
    return describe_device(choose_device())


def list_runs(catalogue: Catalogue) -> None:
    """All runs in their current state. The body of a fragment."""
    now, faults = overviews(catalogue)
    for fault in faults:
        st.warning(told(fault))
    table = figures.runs_table(now)
    dataframe(
        table,
        hide_index=True,
        key="all_runs",
        alt=texts.ALL_RUNS_ALT,
        column_config=charts.number_formats(table),
    )
    charts.download_csv(table, "all_runs_csv", f"runs-{catalogue.name}")


def compare(runs: list[RunOverview]) -> None:
    by_id = {run.run_id: run for run in runs}
    chosen = st.multiselect(
        texts.COMPARE_LABEL,
        list(by_id),
        max_selections=MOST_COMPARED,
        select_all=False,
        **choices.many_in_url(RUNS, list(by_id), list(by_id)[:2], "compare_runs", MOST_COMPARED),
        format_func=lambda run_id: texts.run_title(by_id[run_id]),
    )
    compared = [by_id[run_id] for run_id in chosen]
    for published in (False, True):
        same = [run for run in compared if (run.config.protocol == "published") == published]
        if same:
            title = texts.ndcg_title(METRICS["ndcg_published" if published else "ndcg"])
            figure = figures.learning_curve(same, "val_ndcg", title)
            alt = texts.compared_alt(title, len(same))
            charts.show_chart(figure, figures.history_table(same), alt, f"compare_{published}")
    measured = figures.metrics_table(compared)
    if not measured.empty:
        dataframe(
            measured,
            hide_index=True,
            key="compare_metrics",
            alt=texts.COMPARED_ALT,
            column_config=charts.number_formats(measured),
        )


def offer_run(catalogue: Catalogue, runs: list[RunOverview], active: RunOverview | None, is_busy: bool) -> None:
    """The settings of a new run, and a button that starts it. `is_busy` says that other training is under way."""
    st.header(texts.NEW_RUN_TITLE, anchor=False)
    if not may_work():
        show_owner_needed(shell_texts.OWNER_TRAINS)
        return
    st.badge(training_device(), icon=":material/memory:", color="gray")
    if reason := why_not_trainable(catalogue):
        st.info(texts.cannot_learn(reason))
        show_edges_command(catalogue)
        st.page_link(page("catalogues"), label=texts.TO_CATALOGUE, query_params=state.carried())
        return
    if not catalogue.in_split("val")[catalogue.learned_edges].all(axis=1).any():
        st.caption(texts.NO_VALIDATION)
    config = form.ask_settings(catalogue, runs, PRESETS)
    if active or is_busy:
        st.info(texts.RUN_UNDER_WAY if active else texts.RECOMMENDED_UNDER_WAY)
    asked = st.button(
        texts.START,
        type="primary",
        icon=":material/play_arrow:",
        key="start_run",
        disabled=config is None or active is not None or is_busy,
    )
    if asked and config:
        try:
            RUN.put(start_job(catalogue, config, visitor_id()).run_id)
        except NearfieldError as fault:
            st.error(texts.not_started(told(fault)))
        else:
            st.rerun()


def show_watched(catalogue: Catalogue, runs: list[RunOverview], active: RunOverview | None) -> None:
    """Watch one run: the active one, else the newest."""
    st.header(texts.WATCH_TITLE, anchor=False)
    if not runs:
        # A presentation shows no settings.
        no_run = texts.NOTHING_TRAINED if state.is_presenting() else texts.NO_RUN
        st.info(texts.NO_RUN_POSSIBLE if why_not_trainable(catalogue) else no_run)
    else:
        by_id = {run.run_id: run for run in runs}
        first = (active or runs[0]).run_id
        chosen = st.selectbox(
            texts.RUN_LABEL,
            list(by_id),
            format_func=lambda name: texts.run_title(by_id[name]),
            **choices.one_in_url(RUN, list(by_id), first),
        )
        is_active = by_id[chosen].job.is_active
        st.fragment(watch, run_every=POLL_SECONDS if is_active else None)(catalogue, by_id[chosen].run, is_active)


def main() -> None:
    """The page: a new run beside the run to watch, then all runs, then a comparison of some."""
    catalogue = state.current_catalogue()
    st.title(texts.TITLE)
    st.caption(texts.ABOUT)
    runs, unreadable = overviews(catalogue)
    active = next((run for run in runs if run.job.is_active), None)
    new, watched = st.columns([2, 3], gap="large")
    with new, st.container(key="new_run"):
        is_busy = offer_recommended(catalogue, active is not None)
        with st.container(border=True):
            offer_run(catalogue, runs, active, is_busy)
    with watched, st.container(key="watched_run"):
        show_watched(catalogue, runs, active)
    if runs or unreadable:
        st.header(texts.ALL_RUNS_TITLE, anchor=False)
        st.fragment(list_runs, run_every=POLL_SECONDS if active else None)(catalogue)
    if len(runs) > 1:
        st.header(texts.COMPARE_TITLE, anchor=False)
        compare(runs)


if __name__ == "__main__":
    main()
