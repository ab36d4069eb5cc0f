"""Texts about artists on every page: the card, search, the player, and the reasons for an answer."""

from collections.abc import Mapping, Sequence

import numpy as np

from core.arrays import FloatArray
from core.audio.encoders.acousticbrainz import Likeness, TraitComparison
from core.catalogue import Relation
from core.catalogue.recordings import PREVIEW_SECONDS
from core.graph.encodings import edge_name
from core.pairs.reasons import PairReasons
from core.search.confidence import FEWEST_NEAREST, NEAREST_SHARE, Confidence, n_near_in
from core.search.evidence import Answer
from core.search.sound_tags import DifferentTag
from core.search.spaces import Space
from core.text import counted, decade_name
from pages.shell.text import plain, plain_list

SEARCH_LABEL = "Find an artist"
SEARCH_PLACEHOLDER = "A name, or a MusicBrainz id"
RANDOM, RANDOM_ARTIST = "Random", "A random artist"


def no_hit(text: str) -> str:
    """That no artist has the name that was typed, which is escaped, or one like it."""
    return f"“{text}” is not in this catalogue, and no name here is like it."


def not_called(text: str, are_alike: bool) -> str:
    """That no artist has the name that was typed, which is escaped, above names that are like it or contain it."""
    contain = "Names that contain its words:" if " " in text else "Names that contain it:"
    return f"No artist here is called “{text}”. {'Names like it:' if are_alike else contain}"


TAGS = {"genres": "Genres", "moods": "Moods", "themes": "Themes"}
HEARD, HEARD_IN_TRACK = "Heard", "Heard in this track"
NO_TAGS = "No genres, moods, themes or tags are known."
INVENTED = "Invented artist"
NO_EDGE = "no known edge"
POPULARITY_UNKNOWN = "popularity unknown"

PLAY_LABEL = "Play a track"
NO_RECORDING = "No recording."
NO_TITLE = "Untitled"
CLOSE_PLAYER = "Close"

NOT_LISTED = "Not listed"
NO_EDGES_HERE = "No known edges in this catalogue"

NOTHING_STANDS_OUT = "**{}**: nothing stands out in which they are alike or unlike."
CLOSE = "- Close, though not both unusual: {}"
FAR_APART_IN_NONE = "- In no trait far apart"
NOTHING_STANDS_OUT_FAR = "**{}**: in the lower half, though no single trait sets them apart."
SHARES_EXPLAINED = "; 85% means more so than 85% of artists"

MOST_NAMES, MOST_BADGES, MOST_RARE, MOST_TRAITS = 12, 10, 6, 5
_NAME_LENGTH = 30

MARKED_BELOW = "The table below marks which agree."
THIN_BESIDE_ALL = "The lists say “thin evidence” only where it is thin beside each named artist."
NOTHING_IN_COMMON = "nothing in common"

AGREES = (
    f":small[:gray[A space agrees when it has the artist among its nearest: the first {NEAREST_SHARE:.0%} of those it "
    f"can compare, but at least {FEWEST_NEAREST}, and never more than a third of the catalogue. Of artists that tie, "
    "all take the last place. One space of each kind counts: all that use known edges are one kind, and the kind of "
    "the space that was asked does not count.]]"
)

MOST_MOVES, LEAST_MOVE = 6, 0.05
PAIR_REASONS_HEAD = "**What moves the score** (how much lower it would be if this were as for other candidates)"
NOTHING_MOVES = "Nothing about this pair stands out from the other candidates."
NOT_SCORED = "The pair ranker looks closely only at the likeliest candidates, and this artist is not among them."


def hit(name: str, hint: str) -> str:
    """A search hit. Both texts are escaped."""
    return f"{name} :gray[· {hint}]"


def number_of_edges(number: int) -> str:
    """The number of known edges, for a hint."""
    return counted(number, "known edge")


def edges_fact(number: int, relation: Relation | None) -> str:
    """The number of known edges and what they mean, for a card."""
    if not number or not relation:
        return NO_EDGE
    return f"{counted(number, 'known edge')} ({plain(relation.label)})"


def other_edges_fact(number: int, relation: Relation) -> str:
    """The number of edges of a relation that models do not learn, for a card."""
    return f"{counted(number, 'edge')} ({plain(relation.label)})"


def decade(year: int) -> str:
    """The decade that starts with this year, or the year where the catalogue knows it better."""
    return decade_name(year)


def popularity(share: float, n_known: int, n_artists: int) -> str:
    """The share of artists that are less popular, out of the `n_known` with known popularity."""
    among = "artists" if n_known == n_artists else f"the {n_known:,} artists whose popularity is known"
    # Rounded down, since no artist is more popular than everybody.
    return f"more popular than {int(100 * share)}% of {among}"


def tags_line(title: str, tags: Sequence[str], most: int = MOST_BADGES) -> str:
    """An artist's tags of one kind in markdown, and how many more than `most` there are."""
    badges = [f":gray-badge[{plain(tag, 40)}]" for tag in tags[:most]]
    badges += [f":gray-badge[+{len(tags) - most}]"] if len(tags) > most else []
    return f"{title}: {' '.join(badges)}"


def track_choice(title: str) -> str:
    """The label of a button that plays a track. The title is escaped."""
    return f":material/play_arrow: {title}"


def tracks_placeholder(number: int) -> str:
    """The placeholder of a select box with many tracks."""
    return f"Play one of {number} tracks"


def repeated_title(title: str, number: int) -> str:
    """The title of a track that shares its name with others."""
    return f"{title} ({number})"


def player_title(name: str, origin_text: str) -> str:
    """The title of the player at the bottom of the page. The name is escaped."""
    return f"**{name}** :small[:gray[{origin_text}]]"


def player_alt(title: str, name: str) -> str:
    """The text alternative of a player."""
    return f"{title} by {name}"


def origin(kind: str) -> str:
    """A sentence on where the sound of a track of this kind comes from."""
    excerpt = f"The first {PREVIEW_SECONDS:g} seconds"
    return f"{excerpt}, rendered by Nearfield’s synthesiser." if kind == "synthetic" else f"{excerpt} of the recording."


def nearest_label(space: str) -> str:
    """The name of a list of nearest artists for screen readers."""
    return f"Nearest artists: {space}"


def shared_counts(n_neighbours: int, n_tags: int) -> list[str]:
    """How many neighbours and tags two artists share, without zeros."""
    counts = [
        (n_neighbours, "shared neighbour", "shared neighbours"),
        (n_tags, "tag of both", "tags of both"),
    ]
    return [counted(*count) for count in counts if count[0]]


def edge_chip(kind: str, relation: Relation | None) -> str:
    """The kind of an edge, and what an edge of its relation means."""
    name = edge_name(kind).capitalize()
    return f"{name}: {plain(relation.label)}" if relation else name


def edge_counts(names: Sequence[str], numbers: Sequence[int]) -> str:
    """The number of known edges of each artist."""
    counts = [f"{plain(name, _NAME_LENGTH)} {number:,}" for name, number in zip(names, numbers, strict=True)]
    return f"known edges: {', '.join(counts)}"


def neighbours_of_both(relation: Relation, names: Sequence[str]) -> str:
    """The artists that two artists have a known edge to, and what such an edge means, in markdown."""
    return f"**Known edges to both** ({plain(relation.label)}): {plain_list(names, MOST_NAMES)}"


def tags_in_common(title: str, tags: Sequence[str]) -> str:
    """The tags of one source that two artists share, the rarest first, in markdown."""
    number = counted(len(tags), "tag") if tags else "no tag"
    order = ", rarest first" if len(tags) > 1 else ""
    return f"**{plain(title)}:** {number} in common{order}" + (f": {plain_list(tags, MOST_NAMES)}" if tags else "")


def heard_in_both(tags: Sequence[str]) -> str:
    """The words for sound that two artists share, likeliest first, in markdown."""
    return f"**Heard in both:** {plain_list(tags, MOST_NAMES)}"


def heard_differently(gaps: Sequence[DifferentTag], first: str, second: str) -> str:
    """The words for sound in which two artists differ, with how likely each is, in markdown."""
    parts = [f"{plain(each.tag)} ({each.first:.0%} and {each.second:.0%})" for each in gaps]
    return f"**Heard differently in {plain(first)} and {plain(second)}:** {', '.join(parts)}"


def score_text(space: Space, score: float, joined: bool = False) -> str:
    """A score in the space's unit, as of `unit`."""
    if joined or space.name.is_fusion or space.name.is_pairs:
        return f"{score:.2f}"
    return f"{score:.2%}" if space.name.is_walk else f"{score:.3f}"


def confidence_text(confidence: Confidence, n_comparing: int = 0, beside: str | None = None) -> str:
    """How strong the evidence for an answer is, in markdown: a word and the reason for it.

    `n_comparing` spaces are marked in a table below. `beside` is the one of several named artists that it is about,
    any text.
    """
    alone = f" beside {plain(beside, _NAME_LENGTH)} alone" if beside else ""
    marked = f" {MARKED_BELOW}" if n_comparing else ""
    whole = f" {THIN_BESIDE_ALL}" if beside else ""
    return f"**Confidence{alone}: {confidence.word}.** {plain(confidence.reason)}{marked}{whole}"


def place_text(found: Answer, row: int) -> str:
    """The place of artist `row` in an answer, with its ties; "unknown" if the space cannot compare it."""
    place = np.array([row])
    rank, ties = int(found.ranks(place)[0]), int(found.ties(place)[0])
    if not rank:
        return "unknown"
    tied = f", tied with {counted(ties, 'other')}" if ties else ""
    return f"{rank:,} of {found.n_known:,}{tied}"


def rank_table(answers: Sequence[Answer], row: int, agreeing: Mapping[str, bool] | None = None) -> str:
    """A markdown table with the place of artist `row` in the space of each answer.

    `agreeing` comes from `agreeing_spaces`: with it, a column says which spaces agree, and a line what that means.
    """
    marks = agreeing is not None
    lines = ["| Space | Place | Own score |" + " Agrees |" * marks, "|:--|--:|--:|" + ":--|" * marks]
    for found in answers:
        is_known = not np.isnan(found.scores[row])
        score = score_text(found.space, float(found.scores[row])) if is_known else "–"
        mark = f" {_agrees_text(found, (agreeing or {}).get(str(found.space.name)))} |" if marks else ""
        lines.append(f"| {plain(found.space.title)} | {_common_place_text(found, row)} | {score} |{mark}")
    return "\n".join([*lines, "", AGREES] if agreeing else lines)


def _agrees_text(found: Answer, agrees: bool | None) -> str:
    if agrees is None:
        return "–"
    return f"{'yes, in' if agrees else 'no, not in'} the first {n_near_in(found):,}"


def _common_place_text(found: Answer, row: int) -> str:
    """The place; of features that are zero together with those of many artists, that they have nothing in common."""
    name = found.space.name
    is_content = not (name.is_run or name.is_walk or name.is_fusion or name.is_pairs)
    ties = int(found.ties(np.array([row]))[0])
    if not (is_content and ties and found.scores[row] == 0):
        return place_text(found, row)
    return f"{NOTHING_IN_COMMON}, as with {counted(ties, 'other')} of {found.n_known:,}"


def likeness_text(
    likeness: Likeness, title: str, place: str, in_lower_half: bool, first: str, second: str, is_near: bool = False
) -> str:
    """Markdown lists of the traits in which the artists or clips `first` and `second` (any text) are alike and unlike.

    `title` is the set of features that the traits are read from, and `place` that of the second in its space. In the
    lower half of a space nobody is called alike by it. If it `is_near` without a trait that both are unusual in, the
    traits in which they are close are named.
    """
    alike = () if in_lower_half else likeness.alike[:MOST_TRAITS]
    unlike = likeness.unlike[:MOST_TRAITS]
    where = f"{plain(title)}, place {place}"
    close = likeness.close[:MOST_TRAITS] if is_near and not in_lower_half and not alike else ()
    if not alike and not unlike and not close:
        return NOTHING_STANDS_OUT_FAR.format(where) if in_lower_half else NOTHING_STANDS_OUT.format(where)
    one, other = (plain(name, _NAME_LENGTH) for name in (first, second))
    shares = np.array([trait.shares for trait in (*alike, *close, *unlike)])
    per_cent = "" if np.isnan(shares).all() else SHARES_EXPLAINED
    lines = [f"**{where}** (first {one}, then {other}{per_cent})"]
    lines += [f"- Alike: {_alike_text(trait)}" for trait in alike]
    lines += [CLOSE.format(", ".join(_between_text(trait) for trait in close))] if close else []
    lines += [f"- Unlike: {_between_text(trait)}" for trait in unlike]
    lines += [FAR_APART_IN_NONE] if close and not unlike else []
    return "\n".join(lines)


def _alike_text(trait: TraitComparison) -> str:
    one, other = trait.shares
    said = _figures_text(trait, (1 - one, 1 - other) if trait.name == trait.trait.low else trait.shares)
    return f"{trait.name} ({said})" if said else trait.name


def _between_text(trait: TraitComparison) -> str:
    name = trait.trait.label.lower()
    if said := _figures_text(trait, trait.shares):
        return f"{name} ({said})"
    return f"{name} ({'lower' if trait.first < trait.second else 'higher'} in the first)"


def _figures_text(trait: TraitComparison, shares: tuple[float, float]) -> str:
    """Both values if they have a unit, and both shares if they are known."""
    figures = f"{_both(*trait.figures)} {trait.trait.unit}" if trait.trait.unit else ""
    said = "" if np.isnan(shares).any() else _both(*map(_share_text, shares))
    return "; ".join(filter(None, (figures, said)))


def _both(one: str, other: str) -> str:
    return one if one == other else f"{one} and {other}"


def _share_text(share: float) -> str:
    """A share in percent that is never rounded to 0% or 100%."""
    return f"{min(max(round(100 * share), 1), 99)}%"


def pair_reasons(reasons: PairReasons, titles: Mapping[str, str], decades: tuple[float, float]) -> str:
    """A markdown list of what moves a pair ranker's score, the strongest first, in words with their values.

    `titles` are the titles of feature sets by name; `decades` are those of both artists, NaN where unknown.
    """
    moving = [one for one in reasons.contributions if abs(one.added) >= LEAST_MOVE]
    strongest = sorted(moving, key=lambda one: -abs(one.added))[:MOST_MOVES]
    if not strongest:
        return NOTHING_MOVES
    lines = [PAIR_REASONS_HEAD]
    for one in strongest:
        lines.append(f"- {_group_words(one.group, reasons, titles, decades)} ({one.added:+.1f})")
    return "\n".join(lines)


def _group_words(group: str, reasons: PairReasons, titles: Mapping[str, str], decades: tuple[float, float]) -> str:
    kind, _, name = group.partition(":")
    values = reasons.values
    match kind:
        case "shared":
            return (
                f"{counted(reasons.shared, 'artist')} {'is' if reasons.shared == 1 else 'are'} known as similar to both"
            )
        case "standing":
            back = "" if reasons.rank_back is None else f", the other way round {reasons.rank_back:,}"
            return f"Rank by walks along known edges: {reasons.rank:,}{back}"
        case "walks":
            return "How often walks along known edges lead from one to the other"
        case "degrees":
            return "How many known edges both have, and how their neighbours are connected"
        case "content":
            cosine = values.get(f"cosine_{name}")
            title = plain(titles.get(name, name.capitalize()))
            return f"{title}: cosine {cosine:.2f}" if cosine is not None else f"{title}: not known of both"
        case "number" if name == "decade" and not np.isnan(decades).any():
            one, other = (decade_name(decade) for decade in decades)
            return f"Same decade: {one}" if one == other else f"Decades: {one} and {other}"
        case "number":
            return (
                f"How alike they are in {name}" if f"{name}_difference" in values else f"{name.capitalize()}: unknown"
            )
        case "profile":
            return "Content of all sets together"
        case "neighbourhood":
            return "Content of the artists around both"
    return "Other relations between the two and their neighbours"


def parts_table(titles: Sequence[str], contributions: FloatArray, degree: int) -> str:
    """A markdown table of what each part of a fusion adds to one result's score, largest first.

    `contributions` (parts,) belong to the parts with these titles. `degree` counts the query artist's known edges.
    """
    lines = [
        f"| What the fusion adds up, for an artist with {counted(degree, 'known edge')} | Adds to the sum |",
        "|:--|--:|",
    ]
    order = np.argsort(-contributions, kind="stable")
    lines += [f"| {plain(titles[index])} | {contributions[index]:+.2f} |" for index in order]
    return "\n".join([*lines, f"| **Sum: the fusion’s score** | **{contributions.sum():.2f}** |"])
