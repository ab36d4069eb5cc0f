"""Texts of the Results page."""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from core.evaluation.evaluate import CUTOFF
from core.experiments.misses import ANSWERS
from core.space_name import SpaceName
from core.text import counted
from core.titles import CLIP_SPACES, features_title, layers_title, ranker_title
from pages.shell.text import plain

# The view

TITLE = "Results"
SYNTHETIC = (
    "This catalogue is synthetic: its artists are invented. The figures measured here show that everything "
    "works and say nothing about real music."
)
PROTOCOL, EVALUATED_ON = "Protocol", "Evaluated on"
PROTOCOL_TEXTS = {
    "standard": "Messages flow both ways along every known edge, the epoch is chosen on validation artists, and "
    "NDCG is the textbook's. Edges among the evaluated artists are hidden; a ranking has to find them.",
    "published": "As in the published runs of Grötschla et al. (2024): each edge carries messages one way only, the "
    "last epoch counts, and the ideal ranking is credited with one hit too many. Use it to compare with their "
    "Figure 1, never with the other protocols.",
    "cold": "As standard, but the evaluated artists have no known edge at all: what a newcomer would get, from content "
    "alone.",
    "everybody": "As standard, but all artists are candidates, as on Explore; those that are known to be similar come "
    "last. The figures are lower, since there are more artists to choose from: never compare them with the others.",
}
HIDE_VALIDATION = "Hide validation artists"
HIDE_VALIDATION_HELP = (
    "With validation artists hidden only train artists are visible, the setting of Korzeniowski et al. "
    "(2022). Otherwise validation artists and all their edges are visible, as in Grötschla et al. (2024)."
)
INTERVAL_TEXT = (
    "Bars show the 95% interval over queries (bootstrap): how far the figure would move with other artists to ask "
    "for. Where several seeds were trained, the point is their mean and the bar the mean of their intervals; the "
    "number of seeds and their smallest and largest figure are in the table and under the pointer. Level grey lines "
    "are yardsticks, rankings that need no training, and fusions, which combine others with weights fitted on "
    "validation artists."
)

# What is missing

STARTING = "Starting …"
COMPUTE_BASELINES = "Compute the yardsticks"
TRAIN_MODEL = "Train a model"
NOTHING_YET = "Nothing yet."
NO_BARS = "Bars appear here once a model has been trained."

# Measured and published

MEASURED_AND_PUBLISHED = "Measured and published"
MEASURED_HERE = "Measured here"
MEASURED, PUBLISHED = "Measured", "Published"
PAPER = "Paper"
PAPERS = {"disco-olga": "Grötschla 2024", "olga": "Korzeniowski 2022"}
PUBLISHED_SOURCES = {
    "disco-olga": "Grötschla et al. 2024, Figure 1, on DISCO-OLGA, real music, metric with the off-by-one",
    "olga": "Korzeniowski et al. 2022, on OLGA, real music, textbook metric, validation artists hidden",
}
PARTS_OF_FIGURE = {"layers": "(a) By graph layers", "features": "(b) By feature set"}

# One figure, and all of them

THIS_FIGURE = "This figure"
CHOOSE_FIGURE = "Choose a point or bar of the chart, or a name here"
THIS_FIGURE_HELP = (
    "Opens the run behind a figure: its settings, what it was measured on, and the commands that repeat it."
)
TO_REPEAT = "To repeat it (CATALOGUE stands for the folder of the catalogue):"
ALL_FIGURES = "All figures, with what is needed to repeat them"
ALL_FIGURES_CAPTION = "CATALOGUE in a command stands for the folder of the catalogue."
ALL_FIGURES_ALT = "All measured figures"

# Closer looks

LOOK_CLOSER, LOOK_CLOSER_AT_THESE = "Look closer", "Look closer at these"
LOOKS = {
    "degree": "By known edges",
    "kept": "Edges kept",
    "compare": "Compare two",
    "artists": "Hits and misses",
    "all": "All figures",
}
LOOKS_AT_SHIPPED = {"degree": "By known edges", "kept": "Edges kept", "all": "All figures"}
SIMILARITIES = "Similarities"
CHOOSE_SIMILARITIES = "Choose similarities above to see their figures."
BY_DEGREE = "Where it works: by known edges"
BY_DEGREE_CAPTION = (
    "The same NDCG for artists with few and with many known edges. Content can win only where edges are few."
)
KEPT_EDGES = "When artists have few edges: edges kept"
KEPT_EDGES_CAPTION = (
    "Every artist asked for keeps only so many of its known edges, drawn at random; 0 is a newcomer. Unlike the "
    "figures by known edges, all points ask for the same artists."
)
NO_KEPT_EDGES = "No similarity was measured with fewer edges under this protocol."

# Compare two

COMPARE = "Compare two: is the difference noise?"
FIRST, SECOND = "First", "Second"
NEEDS_TWO = "Two similarities that can be asked on this machine are needed. Compute the yardsticks, or train a model."
CHOOSE_TWO = "Choose two different similarities."
FIRST_MINUS_SECOND = "First minus second"

# Hits and misses

ASKING = "Asking for every artist …"
HITS_AND_MISSES = "Hits and misses, artist by artist"
HITS_CAPTION = (
    "Every artist that is asked for, and how many of its hidden neighbours stand among the first answers. Equal "
    "scores stand in a fixed random order; whom a similarity knows nothing about it does not find."
)
NOTHING_ASKABLE = "No similarity that can be asked on this machine was measured here. Compute the yardsticks first."
SIMILARITY = "Similarity"
BESIDE, NO_OTHER = "Another one beside it", "None"
ORDER = "Order"
ORDERS = {"worst": "Worst first", "best": "Best first", "differing": "Where the two differ most first"}
ONE_ARTIST = "One artist in detail"
ONE_ARTIST_HELP = "A click on the left edge of a row of the table chooses an artist too."
EXPLORE = "Explore"
HITS_ALT = "Artists that were asked for, with their figures"
HIDDEN_NEIGHBOURS = "Hidden neighbours, and the rank of each"
HIDDEN_NEIGHBOURS_ALT = "Hidden neighbours with their ranks"
FIRST_ANSWERS = f"The first {ANSWERS} answers"
FIRST_ANSWERS_ALT = "First answers, with hits marked"
HIT = "✓ hidden neighbour"
NO_ANSWERS = "This similarity knows nothing about this artist, so it has no answer."
UNKNOWN_RANK = "unknown"

# From a clip to artists

FROM_CLIP = "From a clip to artists"
NEIGHBOURS_TO_FIND = "Neighbours to find"
CLIP_VIEWS = {"clip": "Among all artists", "cold": "Among held-out artists"}
CLIP_TEXTS = {
    "clip": "Every test artist is hidden with all its edges and asked for by a clip of a track that the catalogue does "
    "not have; its true neighbours are to be found among all artists.",
    "cold": "As the cold-start protocol, but the features come from a clip of a track that the catalogue does not "
    "have; neighbours are to be found among the other test artists.",
}
NOT_IN_VIEW = "Nothing was measured in this view. Choose the other one."

# Measured on real music

ON_REAL_MUSIC = "Measured on real music"
ON_REAL_MUSIC_CAPTION = (
    "Figures that Nearfield measured itself on real artists. They come with the program and are the same whichever "
    "catalogue is open; each names the command that repeats it."
)
DATA_SET = "Data set"
DATA_SETS = {"disco-olga": "DISCO-OLGA", "olga": "OLGA"}
PUBLISHED_ON_IT = "Published on it"

# Axes

GRAPH_LAYERS = "Graph layers"
KNOWN_EDGES_AXIS = "Known edges of the artist asked for"
KEPT_EDGES_AXIS = "Visible edges kept per artist asked for"
NDCG = "NDCG@200"


def metric_heading(title: str) -> str:
    return f"What does {title} mean?"


def metric_text(metric: str, ceiling: float) -> str:
    """What the metric means, and the highest score that is possible."""
    perfect = f"{ceiling:.3f}"
    common = (
        "NDCG@200 asks how early the hidden neighbours of an artist come in the ranking of all other artists of the "
        "split: each found at rank r counts 1 / log2(r + 1), only the first 200 ranks count, and the sum is divided by "
        "that of an ideal ranking. It is averaged over artists that have at least one hidden neighbour. "
    )
    if math.isnan(ceiling):
        return common.rstrip()
    if metric == "ndcg":
        return f"{common}A perfect ranking scores {perfect}."
    return (
        f"{common}The published runs sum one hit too many in the ideal ranking, so even a perfect ranking scores only "
        f"**{perfect}** on this split, not 1. That is why this axis is never mixed with the textbook's."
    )


def progress(done: int, total: int, ranker: str) -> str:
    """How many baselines are measured, and which one is next."""
    return f"{done} of {total} done: now {ranker_title(ranker)}"


def missing_baselines(rankers: Iterable[str]) -> str:
    """What baselines are for, and which ones were not measured."""
    return (
        "Yardsticks need no training and show what a trained model has to beat. Not measured yet under this "
        f"protocol: {', '.join(map(ranker_title, rankers))}."
    )


def baselines_failed(fault: str) -> str:
    return f"The yardsticks could not be measured and stored. {fault}"


def nothing_to_measure(reason: str) -> str:
    """Why similarities cannot be measured on a catalogue at all."""
    return f"Nothing can be measured on this catalogue, since a figure counts hidden edges found again. {plain(reason)}"


def nothing_to_find(split: str) -> str:
    return f"No two {split} artists of this catalogue share an edge, so there is nothing to find on this split."


def no_model(folder: str, features: str, protocol: str) -> str:
    """How to train a model on this feature set of the catalogue in `folder` under the protocol."""
    return (
        "No model has been measured here yet. Start one on the Train page, or with the command "
        f"`python -m core train {folder} --features {features} "
        f"--layers 2 --protocol {protocol}`."
    )


def measured_caption(catalogue: str, synthetic: bool, metric: str, split: str) -> str:
    """What the open catalogue's figures were measured on. `metric` and `split` are titles."""
    origin = "synthetic catalogue" if synthetic else "real artists"
    return f"On {plain(catalogue)} ({origin}), {metric}, {split.lower()}."


def shipped_among_measured(shipped: int, rows: int) -> str:
    """That some of the open catalogue's figures were measured elsewhere, on the same inputs."""
    return (
        f"{shipped} of these {rows} figures came with Nearfield. They were measured on the same artists, known edges "
        "and features as this catalogue has."
    )


def published_caption(dataset: str) -> str:
    return f"Published: {PUBLISHED_SOURCES[dataset]}."


def shipped_heading(dataset: str) -> str:
    return f"Measured by us on {DATA_SETS[dataset]}"


def shipped_caption(metric: str, hide_validation: bool) -> str:
    """What the shipped figures were measured on. `metric` is a title."""
    seen = "hidden" if hide_validation else "visible"
    return f"Measured by Nearfield, real artists, {metric}, test artists, validation artists {seen}."


def none_shipped(dataset: str) -> str:
    return f"No figures measured on {DATA_SETS[dataset]} were shipped with this version."


def none_shipped_for_protocol(dataset: str) -> str:
    return f"No figures were shipped for {DATA_SETS[dataset]} under this protocol. Choose another one above."


def comparison_text(
    catalogue: str, synthetic: bool, dataset: str, metric: str, published_metric: str, split: str, hide_validation: bool
) -> str:
    """Whether the two panels can be compared, and if not, why not. `catalogue` is the catalogue's name."""
    if synthetic:
        return "The panels are not comparable: one is measured on invented artists, the other published on real ones."
    if catalogue != dataset:
        return f"The panels are not comparable: measured on {plain(catalogue)}, published on {dataset}."
    if metric != published_metric:
        return (
            "The panels are not comparable: they use different definitions of NDCG. Choose the protocol "
            f"{'Published' if published_metric == 'ndcg_published' else 'Standard'} to compare."
        )
    if split != "test":
        return "The published figures are for test artists; choose Test artists to compare."
    if hide_validation != (dataset == "olga"):
        seen = "hidden" if dataset == "olga" else "visible"
        return f"The published figures have validation artists {seen}; switch that above to compare."
    return "Both panels use the same data, split and metric, so they can be compared."


def figure_alt(part: str, measured: bool, metric: str, best: str) -> str:
    """What one of PARTS_OF_FIGURE shows. `metric` is a title, `best` the text of `describe_best`."""
    by = "number of graph layers" if part == "layers" else "feature set"
    return f"{MEASURED if measured else PUBLISHED} {metric} by {by}. {best}"


def describe_best(models: pd.DataFrame, baselines: pd.DataFrame) -> str:
    """Up to three sentences for a chart's text alternative."""
    sentences = []
    if len(models):
        best = models.nlargest(1, "value").iloc[0]
        sentences.append(
            f"Best model: {features_title(best['features'])} with {layers_title(int(best['layers']))}, "
            f"{best['value']:.3f}."
        )
    fusions = baselines["ranker"].map(lambda name: SpaceName(name).is_fusion).astype(bool)
    for kind, of_kind in (("fusion", baselines[fusions]), ("without training", baselines[~fusions])):
        if len(of_kind):
            best = of_kind.iloc[0]
            sentences.append(f"Best {kind}: {ranker_title(best['ranker'])}, {best['value']:.3f}.")
    return " ".join(sentences)


def details_alt(title: str) -> str:
    return f"Settings and provenance of {title}"


def by_degree_alt(metric: str, count: int) -> str:
    return f"{metric} by the number of known edges of the artist asked for, for {count} similarities."


def kept_edges_alt(metric: str, count: int) -> str:
    return f"{metric} against the number of visible edges kept per artist, for {count} similarities."


def not_askable(count: int) -> str:
    """That this many models and fusions of the view are not on this machine."""
    return (
        f"{counted(count, 'trained or fitted similarity', 'trained or fitted similarities')} of this view cannot be "
        "asked here, since only the figures are on this machine. Make one again with the command in “This figure”, or "
        "on the Train page."
    )


def no_longer_askable(title: str, fault: str) -> str:
    return f"{plain(title)} cannot be asked any more. {plain(fault)}"


def noise_text(first: str, second: str, table: pd.DataFrame) -> str:
    """A sentence on the first row of `paired_by_degree`: which ranker is better, and whether it may be chance."""
    row = table.iloc[0]
    if pd.isna(row["low"]):
        return "Only one artist is asked for here, so nothing can be said about noise."
    queries = f"over {row['queries']:,} artists"
    if row["low"] <= 0 <= row["high"]:
        difference = (
            f"{first} minus {second} is {row['mean']:+.4f}, 95% interval {row['low']:+.4f} to {row['high']:+.4f}"
        )
        return f"Within noise: {difference} {queries}. Other artists to ask for may reverse it."
    better, worse = (first, second) if row["mean"] > 0 else (second, first)
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    difference = f"by {abs(row['mean']):.4f}, 95% interval {low:.4f} to {high:.4f} {queries}"
    return f"Beyond noise: {better} is better than {worse} {difference}."


def means_of_two(metric: str, first: float, second: float) -> str:
    """The two means, and how to read the chart of their difference."""
    return (
        f"{metric}: {first:.4f} and {second:.4f}. Above the dashed line the first is "
        "better, below it the second. Bars are 95% intervals of the paired difference (bootstrap over artists); one "
        "that crosses the line is within noise. Chance between seeds is not in them."
    )


def hits_text(table: pd.DataFrame, title: str) -> str:
    """A sentence on a table of query artists."""
    early, never = int((table["found_early"] > 0).sum()), int((table["found"] == 0).sum())
    return (
        f"{title}: of {counted(len(table), 'artist')} asked for, {early:,} have a hidden neighbour among the first "
        f"{ANSWERS} answers and {never:,} have none among the first {CUTOFF}."
    )


def explore_label(name: str) -> str:
    return f"Explore {plain(name)}"


def clip_caption(view: str, catalogue: str, queries: int) -> str:
    """How many clips were measured in this view."""
    return f"{CLIP_TEXTS[view]} NDCG@200 on {plain(catalogue)} with the 95% interval over {queries} artists."


def clips_alt(figures: Iterable[tuple[str, float]]) -> str:
    """Each way from a clip to artists, with its figure."""
    return "NDCG@200 of each way from a clip to artists, with its interval. " + ", ".join(
        f"{way} {value:.3f}" for way, value in figures
    )


def way_title(way: str) -> str:
    """ "fusion" -> "Sound and graph together"."""
    if way == "random":
        return "Random order"
    return CLIP_SPACES.get(way, CLIP_SPACES.get(SpaceName.route(way), way.replace("_", " ")))


def model_title(row: Mapping[Hashable, Any]) -> str:
    """The title of a mark: "CLAP, 2 layers, 3 seeds"."""
    seeds = f"{row['seeds']} seed{'' if row['seeds'] == 1 else 's'}"
    parts = [features_title(row["features"]), layers_title(int(row["layers"])), row["variant"], seeds]
    return ", ".join(part for part in parts if part)


def line_name(features: str, variant: str) -> str:
    """A feature set, with the settings that differ from the defaults."""
    return f"{features_title(features)}, {variant}" if variant else features_title(features)


def model_hover(row: Mapping[Hashable, Any]) -> str:
    """The tooltip of a model's mark."""
    text = f"{layers_title(row['layers'])}: {row['value']:.4f}"
    if not pd.isna(row["low"]):
        text += f"<br>95% over queries {row['low']:.4f} to {row['high']:.4f}"
    if not pd.isna(row["seeds"]):
        text += f"<br>{row['seeds']} seed"
        text += f"s, {row['seed_low']:.4f} to {row['seed_high']:.4f}" if row["seeds"] > 1 else ""
    return text


def number_of_artists(counts: Iterable[int]) -> Sequence[str]:
    """How many artists each point of a chart averages over."""
    return [f"{count} artists" for count in counts]
