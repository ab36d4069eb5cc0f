"""One space's nearest artists as a list."""

from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from core.catalogue import Catalogue
from core.evaluation.summary import Standing
from core.search.asking import Reply
from core.search.evidence import GRAPH_WALKS, Evidence, uses_edges
from core.search.spaces import FUSION_PREFIX
from core.similarity import IntArray
from pages.explore.question import go_on
from pages.explore.steering import show_effect
from pages.explore.wording import (
    QUALITY,
    basis,
    evidence_text,
    nobody_passes,
    nothing_known,
    quality,
    reach,
    unit,
)
from pages.shell.nearest import show_nearest
from pages.shell.reasons import score_text
from pages.shell.text import counted, plain

BoolArray = npt.NDArray[np.bool_]


def show_reply(
    catalogue: Catalogue,
    reply: Reply,
    evidence: Evidence,
    agreed: IntArray,
    thin: BoolArray,
    standing: Standing | None,
) -> None:
    """The heading of a space, how good it is, what it rests on, and its nearest artists, each with its evidence.

    `agreed` (n,) how many lists name an artist, `thin` (k,) which of the nearest rest on thin evidence, `standing` how
    good the space is where that was measured.
    """
    found, space = reply.answer, reply.answer.space
    st.markdown(f"#### {plain(space.title)}")
    if not len(found.nearest):
        st.info(nobody_passes() if found.n_known else nothing_known(space, evidence.query_degree))
        return
    rests_on = basis(space, uses_edges(catalogue, space), evidence.query_degree)
    scale = unit(space, reply.request.is_joined)
    # What was measured is the answer to one artist.
    first = scale if reply.request.is_joined else quality(standing)
    st.caption(f"{first}  \n{rests_on}", help=f"{reach(space, found.n_known)} {scale} {QUALITY}")
    show_effect(catalogue, reply)
    joined = reply.request.is_joined
    rows, scores = found.nearest.rows.tolist(), found.nearest.scores.tolist()
    # Sums and walks are drawn against the best score, cosines against 1.
    relative = joined or space.name in GRAPH_WALKS or space.name.startswith(FUSION_PREFIX)
    show_nearest(
        catalogue,
        found,
        [score_text(space, score, joined) for score in scores],
        [
            evidence_text(evidence, index, int(agreed[row]), bool(reply.new[index]), bool(thin[index]))
            for index, row in enumerate(rows)
        ],
        max(scores) if relative else 1.0,
        key=f"results_{space.name}",
        keep_key=f"explore_keep_{space.name}",
        query=f"like {catalogue.display_names.iloc[found.query]}",
        go=partial(go_on, catalogue),
    )
    if found.n_tied:
        st.caption(f"{counted(found.n_tied, 'more artist')} with the score of the last one here, left out by lot.")
