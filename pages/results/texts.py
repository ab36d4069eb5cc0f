"""Texts of the Results page: its view, its parts, and the figures of a catalogue."""

import math
from collections.abc import Iterable

from core.titles import ranker_title
from pages.shell.text import plain

# The view

TITLE = "Results"
WHAT_IS_NDCG = (
    "NDCG@200 tells how early a ranking finds an artist’s true neighbours that were kept back: 1 is perfect, and a "
    "random order comes close to 0 on real artists."
)
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
    "for. Where several seeds were trained, the point is their mean, and the bar holds the chance of the seed as well; "
    "the number of seeds and their smallest and largest figure are in the table. Grey lines across a chart are "
    "yardsticks: the best ranking of each kind that has no layers. Where a model was trained at several depths, “Best "
    "first” shows the depth that was best on validation artists."
)

# What is missing

STARTING = "Starting …"
COMPUTE_BASELINES = "Compute the yardsticks"
TRAIN_MODEL = "Train a model"
NOTHING_YET = "Nothing yet."

# The figures

MEASURED, PUBLISHED = "Measured by Nearfield", "Published"
PARTS_OF_FIGURE = {"best": "Best first", "layers": "By graph layers", "features": "By feature set"}
CHART = "Chart"
NO_LINES = "Nothing has been trained at several depths in this view. “Best first” shows what was measured."

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
    "breadth": "Beyond accuracy",
    "all": "All figures",
}
LOOKS_AT_SHIPPED = {"degree": "By known edges", "kept": "Edges kept", "all": "All figures"}
SIMILARITIES = "Similarities"
CHOOSE_SIMILARITIES = "Choose similarities above to see their figures."
BY_DEGREE = "Where it works: by known edges"
BY_DEGREE_CAPTION = "The same NDCG for artists with few and with many known edges."
KEPT_EDGES = "When artists have few edges: edges kept"
KEPT_EDGES_CAPTION = (
    "Every artist asked for keeps only so many of its known edges, drawn at random; 0 is a newcomer. Unlike the "
    "figures by known edges, all points ask for the same artists."
)
NO_KEPT_EDGES = "No similarity was measured with fewer edges under this protocol."

# Measured on real music

ON_REAL_MUSIC = "Real artists"
ON_REAL_MUSIC_CAPTION = (
    "Measured by Nearfield on two public graphs of real artists. The figures come with the program, whichever "
    "catalogue is open. Click a mark for its settings and the command that repeats it."
)
DATA_SET = "Data set"
DATA_SETS = {"disco-olga": "DISCO-OLGA", "olga": "OLGA"}


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


def on_this_catalogue(catalogue: str) -> str:
    return f"This catalogue: {plain(catalogue)}"


def shipped_caption(metric: str, hide_validation: bool) -> str:
    """What the shipped figures were measured on. `metric` is a title."""
    seen = "hidden" if hide_validation else "visible"
    return f"Measured by Nearfield, real artists, {metric}, test artists, validation artists {seen}."


def best_on_explore(title: str, value: float) -> str:
    """What is best among the spaces that Explore offers. `title` is any text."""
    return (
        f"Of what Explore offers for this catalogue, {plain(title)} is best: {value:.3f}. Explore shows the figure of "
        "one seed, where “Best first” shows the mean of all."
    )


def none_shipped(dataset: str) -> str:
    return f"No figures measured on {DATA_SETS[dataset]} were shipped with this version."


def details_alt(title: str) -> str:
    return f"Settings and provenance of {title}"
