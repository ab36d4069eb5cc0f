"""The reasons why one artist is an answer to another, for every page: edge, shared neighbours and tags, confidence."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core.catalogue import Catalogue
from core.graph.adjacency import degrees, neighbours_of, shared_neighbours
from core.graph.links import kinds_of_edges
from core.search.confidence import confidences, facts_of_answer, one_space_per_kind
from core.search.evidence import Answer, answer, shared_tags
from core.search.spaces import Space
from pages.artists import texts
from pages.shell import resources


def one_answer_per_kind(
    catalogue: Catalogue, spaces: Sequence[Space], query_row: int, known: Sequence[Answer] = ()
) -> list[Answer]:
    """The answer of one space of each kind to `query_row`. Answers in `known` are used instead of asking again."""
    at_hand = {found.space.name: found for found in known}
    return [
        at_hand.get(space.name) or answer(resources.space(catalogue, space.name), space, query_row, 1)
        for space in one_space_per_kind(spaces)
    ]


def show_pair(catalogue: Catalogue, query_row: int, row: int, space_name: str, kind_answers: Sequence[Answer]) -> None:
    """The evidence for `row` as an answer to `query_row`, with the answers of one space of each kind."""
    st.markdown(" ".join(f":gray-badge[{chip}]" for chip in chips(catalogue, query_row, row)))
    matrix, present = resources.adjacency(catalogue), resources.presence(catalogue)
    facts = facts_of_answer(matrix, present, kind_answers, space_name, np.array([row]))
    st.markdown(texts.confidence_text(confidences(facts)[0]))
    names = [str(name) for name in catalogue.display_names.iloc[shared_neighbours(matrix, query_row, row)]]
    if names and catalogue.learned_relation:
        st.markdown(texts.neighbours_of_both(catalogue.learned_relation, names))
    for column, tags in shared_tags(catalogue, query_row, row).items():
        st.markdown(texts.shared_by_both(texts.tags_of(column), tags))
    traits = resources.artist_traits(catalogue)
    if common := traits.common(row, query_row) if traits else []:
        st.markdown(texts.traits_list(common, *(str(name) for name in catalogue.display_names.iloc[[row, query_row]])))


def chips(catalogue: Catalogue, query_row: int, row: int) -> list[str]:
    """The reasons, in a few words each, as markdown."""
    matrix = resources.adjacency(catalogue)
    n_tags = sum(map(len, shared_tags(catalogue, query_row, row).values()))
    if not matrix.nnz:
        return [texts.NO_EDGES_HERE, *texts.shared_counts(0, n_tags)]
    listed = row in neighbours_of(matrix, query_row)
    edge = (
        texts.edge_chip(kinds_of_edges(catalogue, np.array([[query_row, row]]))[0], catalogue.learned_relation)
        if listed
        else texts.NOT_LISTED
    )
    n_neighbours = len(shared_neighbours(matrix, query_row, row))
    of_artist, of_query = degrees(matrix)[[row, query_row]].tolist()
    return [edge, *texts.shared_counts(n_neighbours, n_tags), texts.edge_counts(of_artist, of_query)]
