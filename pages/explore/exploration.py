"""Controls of the query and the exploration on Explore: chips of artists to be like or unlike, and a slider."""

from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.search.query import QueryResult
from pages.artists.card import artist_name
from pages.artists.search import artist_search
from pages.explore import texts
from pages.explore.parameters import DIAL, LIKE, UNLIKE
from pages.explore.question import STEPS, Question, add_to_query, drop_from_query

_SLIDER = "dial_stop"


def query_popover(catalogue: Catalogue) -> None:
    """A popover in which to name artists that results should resemble more or less."""
    box = st.popover(texts.OTHERS_LABEL, icon=":material/tune:", key="others", on_change="rerun")
    if box.open:
        with box:
            st.caption(texts.OTHERS_ABOUT)
            artist_search(catalogue, "find_like", partial(add_to_query, catalogue, LIKE), texts.FIND_LIKE)
            artist_search(catalogue, "find_unlike", partial(add_to_query, catalogue, UNLIKE), texts.FIND_UNLIKE)


def exploration_slider(catalogue: Catalogue, question: Question) -> None:
    """The slider from familiar to adventurous."""

    def take() -> None:
        stop = st.session_state[_SLIDER]
        DIAL.put(None if stop == "0" else stop)

    st.session_state[_SLIDER] = question.stop
    st.select_slider(
        texts.STOPS_LABEL,
        list(STEPS),
        key=_SLIDER,
        format_func=STEPS.__getitem__,
        on_change=take,
        width=300,
        help=texts.STOPS_HELP if catalogue.has_popularity else texts.STOPS_HELP_UNPOPULAR,
    )


def show_chips(catalogue: Catalogue, question: Question) -> None:
    """A chip for each artist in the question besides the page's own. Clicking a chip removes its artist."""
    query = question.query
    for label, side, rows in ((texts.LIKE, LIKE, query.like), (texts.UNLIKE, UNLIKE, query.unlike)):
        if not rows or not question.is_joined:
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"chips_{side.name}"):
            st.caption(label, width="content")
            for row in rows:
                if row == query.like[0]:
                    st.markdown(f"**{artist_name(catalogue, row, 30)}**", width="content")
                    continue
                artist_id = catalogue.id_of(row)
                st.button(
                    artist_name(catalogue, row, 30),
                    key=f"chip_{artist_id}",
                    icon=":material/close:",
                    help=texts.TAKE_OUT,
                    on_click=drop_from_query,
                    args=(artist_id,),
                )


def show_effect(catalogue: Catalogue, result: QueryResult) -> None:
    """Show the effect of exploration on one list, and which artists of the query the space knows nothing about."""
    if result.explored is not None:
        st.caption(texts.effect_text(result.explored))
    if result.request.is_joined and len(result.unknown):
        names = [str(name) for name in catalogue.display_names.iloc[result.unknown]]
        st.caption(texts.unknown_artists(names))
