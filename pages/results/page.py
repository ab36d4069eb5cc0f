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
from pages.shell import charts, state


@st.cache_data(max_entries=64, show_spinner=False)
def perfect_score(content_hash: str, protocol: str, split: str, _catalogue: Catalogue) -> float:
    return summary.perfect_score(evaluation_view(_catalogue, protocol, split))


def compute_yardsticks(catalogue: Catalogue, names: list[str], protocol: str, split: str, hide: bool) -> None:
    bar = st.progress(0.0, "Starting …")
    for done, name in enumerate(names):
        bar.progress(done / len(names), f"{done} of {len(names)} done: now {labels.ranker_title(name)}")
        evaluate_ranker(catalogue, name, protocol, split, hide)
    bar.empty()


catalogue = state.current_catalogue()
st.title("Results")
synthetic = catalogue.manifest.kind == "synthetic"
if synthetic:
    st.warning(
        "This catalogue is synthetic: its artists are invented. The figures measured here show that everything works "
        "and say nothing about real music.",
        icon=":material/science:",
    )

with st.container(horizontal=True, vertical_alignment="bottom"):
    protocol = st.segmented_control(
        "Protocol", list(labels.PROTOCOLS), format_func=labels.PROTOCOLS.__getitem__, default="standard",
        required=True, key="protocol", bind="query-params",
    ) or "standard"  # fmt: skip
    split = st.segmented_control(
        "Evaluated on", list(labels.SPLITS), format_func=labels.SPLITS.__getitem__, default="test",
        required=True, key="split", bind="query-params",
    ) or "test"  # fmt: skip
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
        f"`python -m core train CATALOGUE --features clap --layers 2 --protocol {protocol}`.",
        icon=":material/model_training:",
    )
    st.page_link("pages/train/page.py", label="Train a model", icon=":material/model_training:")

origin = "synthetic catalogue" if synthetic else "real artists"
measured, published = st.columns(2, gap="large")
with measured:
    st.subheader("Measured here")
    st.badge(f"Measured: {catalogue.name}, {origin}", icon=":material/straighten:",
             color="orange" if synthetic else "green")  # fmt: skip
    tab_layers, tab_features = st.tabs(["By number of layers", "By feature set"])
    described = tables.describe_best(models, yardsticks, title, catalogue.name)
    layer_table = tables.model_table(models, yardsticks, title)
    with tab_layers:
        charts.show_chart(figures.by_layer(models, yardsticks, title), layer_table,
                          f"Measured {title} by number of graph layers. {described}", "measured_layers")  # fmt: skip
    with tab_features:
        charts.show_chart(figures.by_features(models, yardsticks, title), layer_table,
                          f"Measured {title} by feature set. {described}", "measured_features")  # fmt: skip

with published:
    st.subheader("Published")
    dataset = st.selectbox(
        "Published results of", list(labels.DATASETS), format_func=labels.DATASETS.__getitem__, key="dataset",
        index=int(catalogue.name == "olga"), label_visibility="collapsed",
    )  # fmt: skip
    st.badge(f"Published: {labels.DATASETS[dataset]}", icon=":material/menu_book:", color="violet")
    paper = published_results(dataset)
    paper_title = labels.METRICS[paper["metric"].iloc[0]]
    paper_models = figures.published_as_models(paper)
    nothing = pd.DataFrame(columns=summary.YARDSTICK_COLUMNS)
    figure_a, figure_b = st.tabs(["(a) By number of layers", "(b) By feature set"])
    paper_text = f"Published {paper_title}: {labels.DATASETS[dataset]}. {tables.describe_best(paper_models)}"
    with figure_a:
        charts.show_chart(figures.by_layer(paper_models, nothing, paper_title), tables.published_table(paper),
                          f"By number of graph layers. {paper_text}", f"published_layers_{dataset}")  # fmt: skip
    with figure_b:
        charts.show_chart(figures.by_features(paper_models, nothing, paper_title), tables.published_table(paper),
                          f"By feature set. {paper_text}", f"published_features_{dataset}")  # fmt: skip
st.caption(tables.comparison_text(catalogue, dataset, metric, paper["metric"].iloc[0], split))

if not rows.empty:
    st.subheader("Where it works: by known edges")
    st.caption(
        "The same NDCG for artists with few and with many known edges. Content can win only where edges are few."
    )
    titles = tables.ranker_titles(rows)
    chosen = st.multiselect(
        "Similarities", list(titles), default=tables.default_rankers(models, yardsticks),
        format_func=titles.__getitem__, max_selections=8, key=f"degree_{protocol}_{split}",
    )  # fmt: skip
    degrees = summary.by_degree(rows, chosen)
    if not degrees.empty:
        degree_text = f"{title} by the number of known edges of the artist asked for, for {len(chosen)} similarities."
        charts.show_chart(figures.by_degree(degrees, titles, title), degrees, degree_text, "by_degree")

    st.subheader("All figures, with what is needed to repeat them")
    st.caption("CATALOGUE in a command stands for the folder of the catalogue.")
    full = tables.full_table(rows, metric)
    st.dataframe(full, hide_index=True, key="all_results", alt="All measured figures")
    charts.download_csv(rows, "all_results_csv", f"results-{catalogue.name}-{protocol}-{split}")
