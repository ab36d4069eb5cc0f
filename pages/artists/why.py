"""The reasons why one artist is an answer to another, for every page: edge, shared neighbours and tags, confidence."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.features.audio_sets import MUSICNN_TAGS
from core.graph.adjacency import degrees, neighbours_of, shared_neighbours
from core.graph.links import kinds_of_edges
from core.search.confidence import agreeing_spaces, confidences, facts_of_answer, one_space_per_kind
from core.search.evidence import Answer, answer, known_scores, ranked
from core.search.indexed import indexed_answer
from core.search.spaces import Space
from core.search.tag_sources import number_of_tags, shared_tags
from core.search.traits import ArtistTraits
from core.space_name import SpaceName
from pages.artists import texts
from pages.artists.heard import show_heard_in_both
from pages.shell import resources


def one_answer_per_kind(
    catalogue: Catalogue, spaces: Sequence[Space], query_rows: Sequence[int], known: Sequence[Answer] = ()
) -> list[Answer]:
    """The answer of one space of each kind to each of `query_rows`; those in `known` are not asked for again."""
    at_hand = {(found.space.name, found.query_row): found for found in known}
    answers = []
    for space in one_space_per_kind(spaces):
        missing = [row for row in query_rows if (space.name, row) not in at_hand]
        if missing:
            similarity = resources.space(catalogue, space.name)
            new: list[Answer] = [one for row in missing if (one := indexed_answer(similarity, space, row, 1))]
            if not new:
                scores = known_scores(similarity, np.array(missing))
                new = [ranked(space, row, own, 1) for row, own in zip(missing, scores, strict=True)]
            at_hand |= {(space.name, found.query_row): found for found in new}
        answers += [at_hand[space.name, row] for row in query_rows]
    return answers


NEAR_SHARE = 0.1
"""The first share of a space whose traits are told as close where nothing stands out."""


def show_places(
    answers: Sequence[Answer], query_row: int, row: int, space_name: str, kind_answers: Sequence[Answer]
) -> None:
    """The place of `row` in each answer to `query_row`, and which of them agree with the space that was asked."""
    counted = [found for found in kind_answers if found.query_row == query_row]
    shown = {found.space.name for found in answers}
    more = [found for found in counted if found.space.name not in shown]
    st.markdown(texts.rank_table([*answers, *more], row, agreeing_spaces(counted, space_name, row) or None))


def show_pair(
    catalogue: Catalogue,
    query_row: int,
    row: int,
    space_name: str,
    kind_answers: Sequence[Answer],
    is_joined: bool = False,
) -> None:
    """The evidence for `row` as an answer to `query_row`, with the answers of one space of each kind.

    `is_joined` says that the query names other artists, too.
    """
    st.markdown(badges(catalogue, query_row, row))
    matrix, present = resources.adjacency(catalogue), resources.presence(catalogue)
    facts = facts_of_answer(matrix, present, kind_answers, space_name, np.array([row]))
    beside = str(catalogue.display_names.iloc[query_row]) if is_joined else None
    st.markdown(texts.confidence_text(confidences(facts)[0], int(facts.comparing[0]), beside))
    names = [str(name) for name in catalogue.display_names.iloc[shared_neighbours(matrix, query_row, row)]]
    if names and catalogue.learned_relation:
        st.markdown(texts.neighbours_of_both(catalogue.learned_relation, names))
    for source in resources.tag_sources(catalogue):
        if source.name == MUSICNN_TAGS:
            continue  # show_heard_in_both tells these, the likeliest first
        tags = source.shared(query_row, row)
        # That a space of tags found none is an answer, too.
        if tags or (source.name == space_name and source.known[[query_row, row]].all()):
            st.markdown(texts.tags_in_common(source.title, tags))
    show_heard_in_both(catalogue, query_row, row)
    answers = {str(found.space.name): found for found in kind_answers}
    for traits in resources.artist_traits(catalogue):
        show_likeness(catalogue, traits, query_row, row, answers.get(traits.features))


def show_likeness(
    catalogue: Catalogue, traits: ArtistTraits, query_row: int, row: int, found: Answer | None = None
) -> None:
    """In which traits two artists are alike and unlike. `found` is the answer of the set that the traits belong to."""
    likeness = traits.likeness(query_row, row)
    if likeness is None:
        return
    if found is None:
        space = Space(SpaceName(traits.features), traits.title, True)
        found = answer(resources.space(catalogue, traits.features), space, query_row, 1)
    first, second = (str(name) for name in catalogue.display_names.iloc[[query_row, row]])
    st.markdown(
        texts.likeness_text(
            likeness,
            found.space.title,
            texts.place_text(found, row),
            found.in_lower_half(row),
            first,
            second,
            is_near=found.is_within(row, NEAR_SHARE),
        )
    )


def badges(catalogue: Catalogue, query_row: int, row: int) -> str:
    """The reasons, in a few words each, as markdown."""
    return " ".join(f":gray-badge[{chip}]" for chip in chips(catalogue, query_row, row))


def chips(catalogue: Catalogue, query_row: int, row: int) -> list[str]:
    """The reasons, in a few words each."""
    matrix = resources.adjacency(catalogue)
    n_tags = number_of_tags(shared_tags(resources.tag_sources(catalogue), query_row, row))
    if not matrix.nnz:
        return [texts.NO_EDGES_HERE, *texts.shared_counts(0, n_tags)]
    listed = row in neighbours_of(matrix, query_row)
    edge = (
        texts.edge_chip(kinds_of_edges(catalogue, np.array([[query_row, row]]))[0], catalogue.learned_relation)
        if listed
        else texts.NOT_LISTED
    )
    n_neighbours = len(shared_neighbours(matrix, query_row, row))
    two = [query_row, row]
    counts = texts.edge_counts(catalogue.display_names.iloc[two].tolist(), degrees(matrix)[two].tolist())
    return [edge, *texts.shared_counts(n_neighbours, n_tags), counts]
