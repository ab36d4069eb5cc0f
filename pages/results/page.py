"""Results: the paper's figure beside ours, and how good each similarity is on real artists and on this catalogue."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.experiments import summary
from core.experiments.measure import evaluate_ranker
from core.graph.protocols import evaluation_view, why_no_edges, why_not_trainable
from core.titles import PROTOCOLS, SPLITS
from pages.results import panels, tables, texts
from pages.results.answers import best_on_explore
from pages.results.artists import show_misses
from pages.results.breadth import show_breadth
from pages.results.clips import show_clips
from pages.results.in_short import show_in_short
from pages.results.noise import show_comparison
from pages.results.paper import show_paper
from pages.results.parameters import CHART, HIDDEN, LOOK, PROTOCOL, SPLIT
from pages.results.shipped import show_shipped
from pages.results.source import Source, measured_source
from pages.shell import choices, resources, state
from pages.shell import texts as shell_texts
from pages.shell.caching import cached_per_catalogue
from pages.shell.commands import folder_of, show_edges_command
from pages.shell.navigation import page
from pages.shell.owner import may_work, show_owner_needed, told


@cached_per_catalogue(64)
def perfect_score(catalogue: Catalogue, protocol: str, split: str) -> float:
    return summary.perfect_score(evaluation_view(catalogue, protocol, split))


def compute_baselines(catalogue: Catalogue, names: Sequence[str], protocol: str, split: str, hide: bool) -> None:
    bar = st.progress(0.0, texts.STARTING)
    for done, name in enumerate(names):
        bar.progress(done / len(names), texts.progress(done, len(names), name))
        evaluate_ranker(catalogue, name, protocol, split, hide)
    bar.empty()


def show_part(catalogue: Catalogue, source: Source, part: str) -> None:
    """A closer look at the open catalogue's figures, as chosen."""
    match part:
        case "degree":
            panels.show_degrees(source)
        case "kept":
            panels.show_kept_edges(source)
        case "compare":
            st.fragment(show_comparison)(catalogue, source)
        case "artists":
            st.fragment(show_misses)(catalogue, source)
        case "breadth":
            st.fragment(show_breadth)(catalogue, source)
        case "all":
            panels.show_all_figures(source)


def choose_hidden(catalogue: Catalogue, results: pd.DataFrame, protocol: str, split: str) -> bool:
    """Choose whether validation artists are hidden while test artists are the queries."""
    return split == "test" and st.toggle(
        texts.HIDE_VALIDATION,
        **choices.switch_in_url(
            HIDDEN,
            tables.hidden_validation_choices(results, protocol) == {True},
            f"hide_validation_{catalogue.content_hash[:8]}_{protocol}",
        ),
        help=texts.HIDE_VALIDATION_HELP,
    )


def offer_baselines(catalogue: Catalogue, source: Source) -> None:
    """The baselines that were not measured yet, and a button to measure them."""
    missing = [name for name in summary.baseline_names(catalogue) if name not in set(source.baselines["ranker"])]
    if missing:
        st.info(texts.missing_baselines(missing))
        if not may_work():
            show_owner_needed(shell_texts.OWNER_MEASURES, "yardsticks")
            return
        if st.button(texts.COMPUTE_BASELINES, type="primary", icon=":material/straighten:", key="compute_yardsticks"):
            try:
                compute_baselines(catalogue, missing, source.protocol, source.split, source.hide_validation)
            except (NearfieldError, PermissionError) as fault:
                st.error(texts.baselines_failed(told(fault)))
            else:
                st.rerun()


def show_what_is_missing(catalogue: Catalogue, source: Source, ceiling: float) -> None:
    """Explain why there are no figures, or none of models, and what to do about it."""
    if ceiling != ceiling:
        st.info(texts.nothing_to_find(source.split))
    if source.models.empty and not why_not_trainable(catalogue):
        st.info(
            texts.no_model(folder_of(catalogue), catalogue.all_feature_names[-1], source.protocol),
            icon=":material/model_training:",
        )
        st.page_link(
            page("train"), label=texts.TRAIN_MODEL, icon=":material/model_training:", query_params=state.carried()
        )


def show_figures(catalogue: Catalogue, source: Source) -> None:
    """The open catalogue's measured figures."""
    synthetic = catalogue.manifest.kind == "synthetic"
    st.badge(texts.MEASURED, icon=":material/straighten:", color="orange" if synthetic else "green")
    st.caption(texts.measured_caption(catalogue.name, synthetic, source.title, SPLITS[source.split]))
    if shipped := source.n_shipped:
        st.caption(texts.shipped_among_measured(shipped, len(source.rows)))
    if source.rows.empty:
        st.text(texts.NOTHING_YET)
        return
    is_of_explore = (source.protocol, source.split, source.hide_validation) == ("standard", "test", False)
    if is_of_explore and (best := best_on_explore(catalogue, source)):
        st.caption(texts.best_on_explore(*best))
    panels.show_figure(panels.choose(texts.CHART, CHART, texts.PARTS_OF_FIGURE), source)
    panels.show_figure_details(source)
    show_part(catalogue, source, panels.choose(texts.LOOK_CLOSER, LOOK, texts.LOOKS))


def show_this_catalogue(catalogue: Catalogue) -> None:
    """The section of the open catalogue: a view of its figures, what is missing, and a closer look."""
    synthetic = catalogue.manifest.kind == "synthetic"
    st.header(texts.on_this_catalogue(catalogue.name), anchor=False)
    if synthetic:
        st.warning(texts.SYNTHETIC, icon=":material/science:")
    if reason := why_no_edges(catalogue):
        st.info(texts.nothing_to_measure(reason))
        show_edges_command(catalogue)
        return
    with st.container(horizontal=True):
        protocol = panels.choose(texts.PROTOCOL, PROTOCOL, PROTOCOLS)
        split = panels.choose(texts.EVALUATED_ON, SPLIT, SPLITS)
    try:
        results = resources.results(catalogue)
    except NearfieldError as fault:
        st.error(told(fault))
        return
    hide_validation = choose_hidden(catalogue, results, protocol, split)
    st.caption(texts.PROTOCOL_TEXTS[protocol])
    source = measured_source(catalogue, protocol, split, hide_validation)
    ceiling = perfect_score(catalogue, protocol, split)
    with st.expander(texts.metric_heading(source.title), icon=":material/help:"):
        st.markdown(texts.metric_text(source.metric, ceiling))
        st.markdown(texts.INTERVAL_TEXT)
    show_figures(catalogue, source)
    if ceiling == ceiling:
        offer_baselines(catalogue, source)
    show_what_is_missing(catalogue, source, ceiling)
    show_clips(results, synthetic, catalogue.name)


def main() -> None:
    """The page: what the figures say, the paper's figure with ours, real artists, and the open catalogue."""
    catalogue = state.current_catalogue()
    st.title(texts.TITLE)
    st.caption(texts.WHAT_IS_NDCG)
    show_in_short()
    show_paper()
    st.divider()
    show_shipped()
    st.divider()
    show_this_catalogue(catalogue)


if __name__ == "__main__":
    main()
