"""Results: how good each similarity is on this catalogue, beside what papers report and what needs no training."""

import pandas as pd
import streamlit as st

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.evaluation import summary
from core.evaluation.experiments import evaluate_ranker
from core.evaluation.results import published_results, read_results
from core.graph.protocols import evaluation_view
from pages.results import figures, labels, tables
from pages.shell import charts, choices, state
from pages.shell.navigation import page
from pages.shell.text import plain


@st.cache_data(max_entries=64, show_spinner=False)
def perfect_score(content_hash: str, protocol: str, split: str, _catalogue: Catalogue) -> float:
    return summary.perfect_score(evaluation_view(_catalogue, protocol, split))


def choose(label: str, name: str, titles: dict[str, str], default: str = "") -> str:
    """One of a few, shown by its title and kept in the URL by its key."""
    default = default or next(iter(titles))
    choices.take_from_url(name, list(titles), default)
    value = st.segmented_control(label, list(titles), format_func=titles.__getitem__, required=True, key=name)
    choices.keep_in_url(name, value or default, default)
    return value or default


def compute_yardsticks(catalogue: Catalogue, names: list[str], protocol: str, split: str, hide: bool) -> None:
    bar = st.progress(0.0, "Starting …")
    for done, name in enumerate(names):
        bar.progress(done / len(names), f"{done} of {len(names)} done: now {labels.ranker_title(name)}")
        evaluate_ranker(catalogue, name, protocol, split, hide)
    bar.empty()


def panels(models: pd.DataFrame, yardsticks: pd.DataFrame, title: str, table: pd.DataFrame, key: str) -> None:
    """The two charts of one source: (a) by layer and (b) by feature set, as in Figure 1 of the paper."""
    kind = "Published" if key.startswith("published") else "Measured"
    best = tables.describe_best(models, yardsticks)
    by_layer, by_features = st.tabs(["(a) By graph layers", "(b) By feature set"])
    with by_layer:
        figure = figures.by_layer(models, yardsticks, title)
        charts.show_chart(figure, table, f"{kind} {title} by number of graph layers. {best}", f"{key}_layers")
    with by_features:
        if models.empty:
            st.text("Bars appear here once a model has been trained.")
        else:
            figure = figures.by_features(models, yardsticks, title)
            charts.show_chart(figure, table, f"{kind} {title} by feature set. {best}", f"{key}_features")


catalogue = state.current_catalogue()
st.title("Results")
synthetic = catalogue.manifest.kind == "synthetic"
if synthetic:
    st.warning(
        "This catalogue is synthetic: its artists are invented. The figures measured here show that everything works "
        "and say nothing about real music.",
        icon=":material/science:",
    )

protocol = choose("Protocol", "protocol", labels.PROTOCOLS)
split = choose("Evaluated on", "split", labels.SPLITS)
try:
    results = read_results(catalogue)
except NearfieldError as fault:
    st.error(str(fault))
    st.stop()
hide_validation = split == "test" and st.toggle(
    "Hide validation artists",
    value=tables.only_hidden_validation(results, protocol),
    key=f"hide_validation_{catalogue.content_hash[:8]}_{protocol}",
    help="With validation artists hidden only train artists are visible, the setting of Korzeniowski et al. (2022). "
    "Otherwise validation artists and all their edges are visible, as in Grötschla et al. (2024).",
)
st.caption(labels.PROTOCOL_TEXTS[protocol])

metric = summary.headline_metric(protocol)
title = labels.METRICS[metric]
rows = summary.rows_of_view(results, protocol, split, hide_validation)
models = summary.models_by_layer(rows, metric)
yardsticks = summary.yardsticks(rows, metric)
ceiling = perfect_score(catalogue.content_hash, protocol, split, catalogue)
with st.expander(f"What does {title} mean?", icon=":material/help:"):
    st.markdown(labels.metric_text(metric, ceiling))
    st.markdown(tables.INTERVAL_TEXT)

missing = [name for name in summary.yardstick_names(catalogue) if name not in set(yardsticks["ranker"])]
if missing and ceiling == ceiling:
    st.info(
        "Yardsticks need no training and show what a trained model has to beat. Not measured yet under this protocol: "
        f"{', '.join(labels.ranker_title(name) for name in missing)}."
    )
    if st.button("Compute the yardsticks", type="primary", icon=":material/straighten:", key="compute_yardsticks"):
        try:
            compute_yardsticks(catalogue, missing, protocol, split, hide_validation)
        except (NearfieldError, PermissionError) as fault:
            st.error(f"The yardsticks could not be measured and stored. {fault}")
        else:
            st.rerun()
if ceiling != ceiling:
    st.info(f"No two {split} artists of this catalogue share an edge, so there is nothing to find on this split.")
if models.empty:
    st.info(
        "No model has been measured here yet. Start one on the Train page, or with the command "
        f"`python -m core train CATALOGUE --features {catalogue.all_feature_names[-1]} "
        f"--layers 2 --protocol {protocol}`.",
        icon=":material/model_training:",
    )
    st.page_link(page("train"), label="Train a model", icon=":material/model_training:")

origin = "synthetic catalogue" if synthetic else "real artists"
nothing = pd.DataFrame(columns=summary.YARDSTICK_COLUMNS)
measured, published = st.columns(2, gap="large")
with measured:
    st.subheader("Measured here")
    st.badge("Measured", icon=":material/straighten:", color="orange" if synthetic else "green")
    st.caption(f"On {plain(catalogue.name)} ({origin}), {title}, {labels.SPLITS[split].lower()}.")
    if models.empty and yardsticks.empty:
        st.text("Nothing yet.")
    else:
        panels(models, yardsticks, title, tables.model_table(models, yardsticks, title), "measured")
with published:
    st.subheader("Published")
    dataset = choose("Paper", "paper", labels.PAPERS, "olga" if catalogue.name == "olga" else "disco-olga")
    paper = published_results(dataset)
    paper_title = labels.METRICS[paper["metric"].iloc[0]]
    st.badge("Published", icon=":material/menu_book:", color="violet")
    st.caption(f"Published: {labels.DATASETS[dataset]}.")
    as_models = figures.published_as_models(paper)
    panels(as_models, nothing, paper_title, tables.published_table(paper), f"published_{dataset}")
st.caption(tables.comparison_text(catalogue, dataset, metric, paper["metric"].iloc[0], split, hide_validation))

if not rows.empty:
    st.subheader("Where it works: by known edges")
    st.caption(
        "The same NDCG for artists with few and with many known edges. Content can win only where edges are few."
    )
    titles = tables.ranker_titles(rows)
    chosen = st.multiselect(
        "Similarities", list(titles), default=tables.default_rankers(models, yardsticks),
        format_func=titles.__getitem__, max_selections=8, key=f"degree_{protocol}_{split}_{len(rows)}",
    )  # fmt: skip
    degrees = summary.by_degree(rows, chosen)
    if not degrees.empty:
        degree_text = f"{title} by the number of known edges of the artist asked for, for {len(chosen)} similarities."
        charts.show_chart(figures.by_degree(degrees, titles, title), degrees, degree_text, "by_degree")

    st.subheader("All figures, with what is needed to repeat them")
    st.caption("CATALOGUE in a command stands for the folder of the catalogue.")
    full = tables.full_table(rows, metric)
    st.dataframe(
        full, hide_index=True, key="all_results", alt="All measured figures", column_config=charts.number_formats(full)
    )
    charts.download_csv(rows, "all_results_csv", f"results-{catalogue.name}-{protocol}-{split}")
