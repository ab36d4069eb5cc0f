"""Texts of the Explore page."""

from collections.abc import Sequence

import numpy as np

from core.arrays import FloatArray
from core.catalogue import Catalogue, Relation
from core.curation.lists import MAX_NAME
from core.experiments.summary import Standing
from core.search.evidence import Answer, Evidence
from core.search.exploration import ExploredResult, ListFigures
from core.search.filters import Filters
from core.search.spaces import Space
from core.text import counted, short_label
from pages.shell.text import plain, plain_list

TITLE = "Explore"
PITCH = "Which artists are similar, and why?"
ADD_MUSIC = "Add my own music"
BY_ARTIST, BY_SOUND, BY_WORDS = "**By artist**", "**By sound**", "**By words**"
OWN_CLIP, SAMPLE_CLIP = "Upload or hum", "A sample"
EXAMPLE_WORDS = ("slow, sad piano", "fierce metal")
NO_CLIP_HERE = "Not with this catalogue, which holds nothing to compare a clip with."
NO_WORDS_HERE = "Not with this catalogue, which holds nothing to compare words with."
NOBODY_NEAR = "Search for an artist to see who is similar."
MAP_TITLE = "A map of all artists"
MAKE_MAP = "Make one on Map"
TO_NEIGHBOURHOOD = "Neighbourhood of this artist"
TO_MAP = "On the map"

ANSWERS_TITLE = "Nearest artists"
SPACES_BUTTON = "Spaces"
SPACES_LABEL = "Spaces side by side"
NO_SPACE = "Choose at least one space in “Spaces” to see the nearest artists in it."
NO_FEATURE_SET = "This catalogue has no feature set, so its known edges alone can answer."
NOTHING_TO_COMPARE = (
    "This catalogue has neither a feature set nor known edges, so there is nothing to compare artists by."
)
ONLY_ARTIST = "This is the only artist of the catalogue, so there is nobody to compare it with."
ADD_FEATURES = "If you have recordings of the artists, feature sets can be extracted from them:"
ADD_EDGES = "Or import the catalogue again with a table of edges."
TO_CATALOGUE = "What this catalogue holds"

FILTERS_LABEL = "Filters"
FILTERS_RESET = "Reset the filters"
FILTERS_UNKNOWN = "The link filters by tags that no artist of this catalogue has. They were left out."
TAGS_PLACEHOLDER = "Any of …"
DECADE_LABEL = "Decade"
POPULARITY_LABEL = "Popularity"
POPULARITY_HELP = "The share of artists that are less popular."
BOUND_PLACEHOLDER = "any"
ALSO_UNKNOWN = "Include artists with missing data"
ONLY_NEW = "Not known as similar"
ONLY_NEW_HELP = "Only artists without a known edge to those you named: the catalogue does not have them as similar."
ONLY_UNLISTED = "Not in my lists"
ONLY_UNLISTED_HELP = "Leave out artists that are in any of your lists, kept or skipped."

OTHERS_LABEL = "More or less like …"
OTHERS_ABOUT = "Name others: the answers come nearer to them, or keep away from them."
FIND_LIKE = "More like this artist too"
FIND_UNLIKE = "Less like this artist"
LIKE, UNLIKE = "Like", "Less like"
TAKE_OUT = "Take out"
STOPS_LABEL = "From familiar to adventurous"
STOPS_HELP = "Further on, the lists name less popular artists, and artists less alike."
STOPS_HELP_UNPOPULAR = "Further on, the lists name artists less alike. No popularity is known here."
STOPS = ("familiar", "a little further", "halfway", "further", "adventurous")

LEGEND_FURTHER = " · ★ further out: not in the list at “familiar”; places no longer follow the scores alone"
LEGEND_UNWANTED = " · ✗ known to the unwanted: such an edge to an artist under “Less like”"
MOST_NAMED_TAGS = 3
"""So many tags of a filter are named where a list records it."""

QUALITY = (
    "NDCG@200: how well it finds again the hidden edges of test artists; 1 is perfect. Of a trained space it is the "
    "figure of this one seed; Results also shows the mean of several."
)
NOBODY_PASSES = "Of the artists that pass the filters, this space can compare none. Take a filter out."

REASONS_TITLE = "Why similar?"
REASONS_IN_TOUR = "Close this box to go on with the tour."
MORE_LIKE = "More like this too"
LESS_LIKE = "Less like this"
BESIDE_WHOM = "Compared with"

COMPARE = "Compare"
COMPARISON_TITLE = "Side by side"
COMPARED_LABEL = "Artists"
TOO_FEW_COMPARED = "Choose two or three artists to see them side by side."
NO_COMMON_TAG = "They share no tag."
NOT_MEASURABLE = "Not measured: that takes known edges."
TRAITS_TITLE = "**Traits of the sound** (0 is usual in this catalogue)"
TRAITS_AXIS = "deviations from what is usual here"
TRAIT = "Trait"
NO_TRAITS = "There are no descriptors of two of these artists to draw as bars."

MOST_NAMES, MOST_TAGS, MOST_UNKNOWN = 12, 8, 4


def legend(catalogue: Catalogue, n_lists: int, n_like: int = 1) -> str:
    """What the marks of a result mean, in the words of the relation that models learn, for `n_like` named artists.

    `n_lists` counts the lists that choose whom they name.
    """
    relation = catalogue.learned_relation
    marks = []
    if relation and len(catalogue.learned_edges):
        of_all = "" if n_like == 1 else f", of {n_like} named artists"
        other = "both" if n_like == 1 else "it and a named one"
        marks = [f"✓ known: {plain(relation.label)}{of_all}", f"shared: artists with such an edge to {other}"]
    if n_lists > 1:
        marks.append("in 2 spaces: two of these spaces name it")
    return " · ".join(
        [*marks, "thin evidence: no shared artist, and no space of another kind has it among its nearest"]
    )


def what_is_here(n_artists: int, is_synthetic: bool, can_compare: bool) -> str:
    """How many artists there are to choose from, and whether they exist."""
    if n_artists == 1:
        return "This catalogue has one artist, so there is nobody to compare it with yet."
    if is_synthetic:
        return (
            f"Search or click one of {n_artists:,} **invented** artists: names, music and similarities are made up, "
            "so that you can try everything at once."
        )
    what = "who is similar, and what speaks for it" if can_compare else "what is known of the artist"
    return f"Search or click one of {n_artists:,} artists to see {what}."


def map_alt(n_artists: int, space: str) -> str:
    """The text alternative of the map on the first screen."""
    return f"Map of {counted(n_artists, 'artist')} by {space}. Click a point to begin with that artist"


def map_caption(space: str, has_examples: bool) -> str:
    """How to read the map on the first screen."""
    star = " The star is an example." if has_examples else ""
    return f"Near means alike, by {plain(space)}. Click a point to begin there.{star}"


def example_title(name: str) -> str:
    """Above those who are nearest to an artist. The name is escaped."""
    return f"Near **{name}**"


def example_space(space: str) -> str:
    """By what they are nearest."""
    return f"by {plain(space)}"


def no_map_yet(space: str) -> str:
    """That the catalogue has no map. The title of the space is escaped."""
    return f"This catalogue has no map yet. One of {space} takes a few minutes to make, while you go on here."


def passing(number: int, total: int) -> str:
    """How many artists pass the filters."""
    return f"{number:,} of {counted(total, 'artist')} pass"


def bound_label(label: str, is_lower: bool) -> str:
    """The label of one end of a range."""
    return f"{label} {'from' if is_lower else 'to'}"


def too_many_artists(most: int) -> str:
    """Why no more artists can be added to the query."""
    return f"A question can name {most} artists. Take one out first."


def query_text(like: Sequence[str], unlike: Sequence[str] = ()) -> str:
    """The query as a list records it, by the names of all artists in it."""
    sides = [
        (word, [short_label(name, 60) for name in names]) for word, names in (("like", like), ("less like", unlike))
    ]
    return short_label(", ".join(f"{word} {' + '.join(names)}" for word, names in sides if names), MAX_NAME)


def among_whom(filters: Filters, without_rejected: bool) -> str:
    """Among whom a place counts, as a list records it; empty if among all artists."""
    tags = [*filters.genres, *filters.moods, *filters.themes, *(tag for _, names in filters.sets for tag in names)]
    named_tags = [short_label(tag, 30) for tag in tags[:MOST_NAMED_TAGS]]
    named_tags += ["others"] if len(tags) > MOST_NAMED_TAGS else []
    wishes = (
        (filters.new, "not known as similar"),
        (filters.unlisted, "not in my lists"),
        (without_rejected, "not rejected"),
        (tags, f"tagged {' or '.join(named_tags)}"),
        (filters.decades != (None, None), "of the chosen decades"),
        (filters.popularity != (None, None), "of the chosen popularity"),
    )
    named = [said for is_asked, said in wishes if is_asked]
    return f"among those {', '.join(named)}" if named else ""


def quality(standing: Standing | None, best: float, has_edges: bool, joined: bool = False) -> str:
    """The measured quality of a space, beside that of the `best` one. It takes known edges to measure one.

    It is measured on queries of one artist, which is said where the query is `joined` of several.
    """
    if standing is None:
        return "Not measured yet." if has_edges else NOT_MEASURABLE
    chance = "" if np.isnan(standing.by_chance) else f", by chance {standing.by_chance:.3f}"
    chance += ", asked with one artist" if joined else ""
    if standing.is_weak(best):
        return f"**Weak here:** NDCG@200 **{standing.value:.3f}** against {best:.3f} of the best here{chance}."
    return f"NDCG@200 **{standing.value:.3f}**{chance}."


def unit(space: Space, joined: bool = False) -> str:
    """What the space's score means. `joined` if the query has several artists."""
    if joined:
        return "Score: the sum over the named artists, in standard deviations."
    if space.name.is_fusion:
        return "Score: what its parts say, weighted and added up."
    if space.name.is_pairs:
        return "Score: the logarithm of a chance, compared with the other results."
    return "Score: chance that a random walk is there." if space.name.is_walk else "Score: cosine, at most 1."


def basis(with_edges: bool, with_features: bool, degrees: Sequence[int]) -> str:
    """What an answer of a space is based on. `degrees` count the known edges of each named artist."""
    if not with_edges:
        return "Uses no known edge."
    if not any(degrees):
        whom = "the artist" if len(degrees) == 1 else "the named artists"
        return f"No edge of {whom} is known" + (", so features alone decide." if with_features else ".")
    more = ", and on features" if with_features else ""
    if len(degrees) == 1:
        return f"Rests on the artist’s {counted(degrees[0], 'known edge')}{more}."
    return f"Rests on the {counted(sum(degrees), 'known edge')} of the {len(degrees)} named artists{more}."


def reach(space: Space, found: Answer) -> str:
    """How many artists an answer of the space is chosen from."""
    if found.nearest.compared:
        return f"Compares {counted(found.n_known, 'other artist')}."
    most = " at most" if found.nearest.error else ""
    return f"{'Reaches' if space.name.is_walk else 'Knows'}{most} {counted(found.n_known, 'other artist')}."


def nothing_known(space: Space, degree: int, is_known: bool) -> str:
    """Why a space has no answer. `is_known` says whether it knows the artist itself."""
    if is_known:
        return "This space knows the artist, but no other: the catalogue has no such features of anybody else."
    if space.name.is_walk:
        reason = "No edge of the artist is known" if not degree else "The known edges lead nowhere"
        return f"{reason}, so a walk along known edges says nothing. A space of sound or tags may know more."
    return "This space knows nothing about the artist: the catalogue has no such features of it. Try another space."


def equal_scores(number: int) -> str:
    """How many artists are not listed although they score the same as the last one in the list."""
    more = "1 more artist has" if number == 1 else f"{number:,} more artists have"
    return f"{more} exactly the score of the last one here. Chance decides which of them are listed."


def elsewhere(relation: Relation, names: Sequence[str]) -> str:
    """The artists that the catalogue lacks, and what is known of them and the artist."""
    return f"Not in this catalogue, {plain(relation.label)}: {plain_list(names, MOST_NAMES)}"


def unknown_artists(names: Sequence[str]) -> str:
    """Which artists of the query the space knows nothing about."""
    return f"This space knows nothing about {plain_list(names, MOST_UNKNOWN)}."


def effect_text(explored: ExploredResult) -> str:
    """The effect of exploration on one list, in a line."""
    before, after = explored.plain_figures, explored.figures
    new = int(np.count_nonzero(explored.new))
    figures = [_popularity_text(before, after), _spread_text(before, after)]
    return " · ".join([figure for figure in figures if figure] + [f"{new} new" if new else "nobody new"])


def _popularity_text(before: ListFigures, after: ListFigures) -> str:
    if not before.n_popularity or not after.n_popularity:
        return "Popularity unknown"
    return f"Mean popularity {before.popularity:.0%} → {after.popularity:.0%}"


def _spread_text(before: ListFigures, after: ListFigures) -> str:
    if np.isnan(before.distance) or np.isnan(after.distance):
        return ""
    return f"spread {before.distance:.2f} → {after.distance:.2f}"


def evidence_text(evidence: Evidence, index: int, lists: int, new: bool = False, thin: bool = False) -> str:
    """The evidence for one result: known edges to the named artists, and the other lists.

    `lists` counts the lists that contain it. `new` if exploration brought it in. `thin` if its evidence is thin.
    """
    n_like, n_unlike = len(evidence.like), len(evidence.unlike)
    known, unwanted = int(evidence.known[:, index].sum()), int(evidence.unwanted[:, index].sum())
    facts = [
        "★ further out" if new else "",
        f"✓ known{_of_several(known, n_like)}" if known else "",
        f"{evidence.shared[index]} shared" if evidence.shared[index] else "",
        f"✗ known to the unwanted{_of_several(unwanted, n_unlike)}" if unwanted else "",
        f"in {lists} spaces" if lists > 1 else "",
        "thin evidence" if thin else "",
    ]
    return " · ".join(fact for fact in facts if fact)


def _of_several(number: int, total: int) -> str:
    return "" if total == 1 else f" ({number} of {total})"


def near(name: str, query_name: str) -> str:
    """Which two artists the reasons are about. Both names are escaped."""
    return f"**{name}** near **{query_name}**"


def named_line(name: str, is_like: bool, chips: str) -> str:
    """What the known edges and tags say of an answer and one of several named artists. All texts are escaped."""
    return f"{LIKE if is_like else UNLIKE} **{name}** {chips}"


def query_parts_table(names: Sequence[str], n_like: int, parts: FloatArray) -> str:
    """A markdown table of what each artist of the query (s,) adds to a score, the `n_like` liked ones first."""
    lines = ["| What the named artists add | Adds |", "|:--|--:|"]
    for index, name in enumerate(names):
        kind = "like" if index < n_like else "less like"
        added = "unknown" if np.isnan(parts[index]) else f"{parts[index]:+.2f}"
        lines.append(f"| {kind} {plain(name, 40)} | {added} |")
    return "\n".join(lines)


def own_tags(kind: str, tags: Sequence[str]) -> str:
    """Tags that only one of the compared artists has."""
    return f"Own {kind}: {plain_list(tags, MOST_TAGS)}"


def common_tags(title: str, tags: Sequence[str], is_pair: bool) -> str:
    """Tags of one source that all compared artists have."""
    return f"**{plain(title)} of {_all_of(is_pair)}:** {plain_list(tags, MOST_NAMES)}"


def common_neighbours(relation: Relation, names: Sequence[str], is_pair: bool) -> str:
    """Artists that have known edges to all compared ones."""
    label = plain(relation.label)
    if not names:
        return f"No artist has a known edge ({label}) to {_all_of(is_pair)}."
    number = counted(len(names), "artist")
    return f"**Known edges to {_all_of(is_pair)}** ({label}; {number}): {plain_list(names, MOST_NAMES)}"


def _all_of(is_pair: bool) -> str:
    return "both" if is_pair else "all three"


def traits_alt(names: Sequence[str], labels: Sequence[str], traits: FloatArray) -> str:
    """The text alternative of the chart of traits: where the artists differ most and where they are closest.

    Shapes as in `traits_figure`.
    """
    known = ~np.isnan(traits).any(axis=1)
    gaps = np.ptp(traits[known], axis=0)
    whom = ", ".join(name for name, there in zip(names, known, strict=True) if there)
    return (
        f"Bars of {len(labels)} traits of {whom}, in deviations from what is usual. They differ most in "
        f"{labels[int(gaps.argmax())].lower()}, and least in {labels[int(gaps.argmin())].lower()}."
    )
