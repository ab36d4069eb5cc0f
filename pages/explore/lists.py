"""The nearest artists as lists, one for each space, side by side."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from core.arrays import BoolArray, IntArray
from core.catalogue import Catalogue
from core.experiments.summary import Standing
from core.search.evidence import Evidence, gather_evidence
from core.search.exploration import FAMILIAR, spreading_space
from core.search.indexes import approximate
from core.search.query import QueryResult, SearchRequest, run_query, shared_lists, thin_answers
from core.search.spaces import Space
from pages.artists import why
from pages.artists.nearest import show_nearest
from pages.artists.texts import score_text
from pages.explore import texts
from pages.explore.exploration import show_effect
from pages.explore.question import go_on, query_said
from pages.shell import resources
from pages.shell.text import plain


def result_of(catalogue: Catalogue, spaces: Sequence[Space], space: Space, request: SearchRequest) -> QueryResult:
    """The result of one space. When exploring, another space may measure how similar its answers are to each other."""
    spread_by = None
    if request.exploration != FAMILIAR:
        spread_by = resources.space(catalogue, spreading_space(spaces, space).name)
    return run_query(resources.space(catalogue, space.name), space, request, spread_by)


def show_results(catalogue: Catalogue, spaces: Sequence[Space], results: Sequence[QueryResult], among: str) -> None:
    """A list for each result, which marks artists that several lists share and answers with thin evidence.

    `among` says among whom their places count, empty if among all.
    """
    answers = [result.answer for result in results]
    request = results[0].request
    like, unlike = request.query.like, request.query.unlike
    agreed = shared_lists(results, len(catalogue))
    matrix, present = resources.adjacency(catalogue), resources.presence(catalogue)
    kind_answers = why.one_answer_per_kind(catalogue, spaces, like, [] if request.is_joined else answers)
    standings = resources.standings(catalogue)
    best = max((standings[space.name].value for space in spaces if space.name in standings), default=0.0)
    query = ", ".join(said for said in (query_said(catalogue, request.query), among) if said)
    with st.container(key="answers_lists"):
        columns = st.columns(len(results), gap="medium")
    for column, result in zip(columns, results, strict=True):
        evidence = gather_evidence(matrix, like, result.answer.nearest.rows, unlike)
        with column:
            thin = thin_answers(matrix, present, kind_answers, result.answer)
            standing = standings.get(result.answer.space.name)
            show_result(catalogue, result, query, evidence, agreed, thin, standing, best)
    legend = texts.legend(catalogue, sum(result.chooses for result in results), len(like))
    legend += texts.LEGEND_UNWANTED if unlike and len(catalogue.learned_edges) else ""
    st.caption(legend + (texts.LEGEND_FURTHER if results[0].explored else ""))


def show_result(
    catalogue: Catalogue,
    result: QueryResult,
    query: str,
    evidence: Evidence,
    agreed: IntArray,
    thin: BoolArray,
    standing: Standing | None,
    best: float,
) -> None:
    """One space: its heading, its measured quality, what it is based on, and its nearest artists with their evidence.

    `query` is the query as a list records it. `agreed` (n,) is from `shared_lists`. `thin` (k,)
    says which answers have thin evidence. `standing` is the quality of the space, if it was measured, and `best` that
    of the best one.
    """
    found, space = result.answer, result.answer.space
    st.markdown(f"#### {plain(space.title)}")
    if not len(found.nearest):
        if found.n_known:
            st.info(texts.NOBODY_PASSES)
        else:
            present = getattr(resources.space(catalogue, space.name), "present", None)
            is_known = present is not None and bool(present[found.query_row])
            st.info(texts.nothing_known(space, int(evidence.query_degree.sum()), is_known))
        return
    rests_on = texts.basis(*resources.basis(catalogue, space.name), evidence.query_degree.tolist())
    scale = texts.unit(space, result.request.is_joined)
    first = texts.quality(standing, best, len(catalogue.learned_edges) > 0, result.request.is_joined)
    st.caption(f"{first}  \n{rests_on}", help=f"{texts.reach(space, found)} {scale} {texts.QUALITY}")
    show_effect(catalogue, result)
    joined = result.request.is_joined
    rows, scores = found.nearest.rows.tolist(), found.nearest.scores.tolist()
    show_nearest(
        catalogue,
        found,
        [score_text(space, score, joined) for score in scores],
        [
            texts.evidence_text(evidence, index, int(agreed[row]), bool(result.new[index]), bool(thin[index]))
            for index, row in enumerate(rows)
        ],
        key=f"results_{space.name}",
        keep_key=f"explore_keep_{space.name}",
        query=query,
        go=partial(go_on, catalogue),
    )
    if found.n_tied:
        st.caption(texts.equal_scores(found.n_tied))
    if said := approximate(found.nearest):
        st.caption(said)
