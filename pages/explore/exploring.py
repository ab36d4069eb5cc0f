"""The query and the exploration on Explore: artists to be like or unlike, as chips, and a slider."""

from functools import partial

import streamlit as st

from core.catalogue import Catalogue
from core.search.query import QueryResult
from pages.artists.card import artist_name
from pages.artists.search import artist_search
from pages.explore.parameters import DIAL, LIKE, UNLIKE
from pages.explore.question import STEPS, Question, add_to_query, drop_from_query
from pages.explore.wording import effect_text
from pages.shell.text import plain_list

DIAL_WIDGET = "dial_stop"


def query_popover(catalogue: Catalogue) -> None:
    """The closed box where artists are named that the answers shall be more or less like."""
    box = st.popover("More or less like …", icon=":material/tune:", key="wish", on_change="rerun")
    if box.open:
        with box:
            st.caption("Name others: the answers come nearer to them, or keep away from them.")
            artist_search(catalogue, "find_like", partial(add_to_query, catalogue, LIKE), "More like this artist too")
            artist_search(catalogue, "find_unlike", partial(add_to_query, catalogue, UNLIKE), "Less like this artist")


def exploration_slider(question: Question) -> None:
    """The slider from familiar to adventurous."""

    def take() -> None:
        stop = st.session_state[DIAL_WIDGET]
        DIAL.put(None if stop == "0" else stop)

    st.session_state[DIAL_WIDGET] = question.stop
    st.select_slider(
        "From familiar to adventurous",
        list(STEPS),
        key=DIAL_WIDGET,
        format_func=STEPS.__getitem__,
        on_change=take,
        width=300,
        help="Further on, the lists name less popular artists, and artists less alike.",
    )


def show_chips(catalogue: Catalogue, question: Question) -> None:
    """Everybody that the question names beside the page's artist, each a button that takes it out."""
    query = question.query
    for label, side, rows in (("Like", LIKE, query.like), ("Less like", UNLIKE, query.unlike)):
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
                    help="Take out",
                    on_click=drop_from_query,
                    args=(artist_id,),
                )


def show_effect(catalogue: Catalogue, result: QueryResult) -> None:
    """The effect of exploration on one list, and named artists that the space knows nothing about."""
    if result.explored is not None:
        st.caption(effect_text(result.explored))
    if result.request.is_joined and len(result.unknown):
        names = plain_list([str(name) for name in catalogue.display_names.iloc[result.unknown]], 4)
        st.caption(f"This space knows nothing about {names}.")
