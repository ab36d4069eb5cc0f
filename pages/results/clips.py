"""How well a clip finds similar artists: figures of `demo score`, measured on tracks of held-out artists."""

import pandas as pd
import streamlit as st

from core.experiments.summary import clip_rows
from pages.components import charts
from pages.results import asking_texts, panels, texts
from pages.results.figures import intervals
from pages.results.parameters import CLIP_VIEW


def show_clips(results: pd.DataFrame, synthetic: bool, name: str) -> None:
    """The section "From a clip to artists", if it was measured."""
    if all(clip_rows(results, view).empty for view in asking_texts.CLIP_VIEWS):
        return
    st.divider()
    st.header(asking_texts.FROM_CLIP)
    st.badge(texts.MEASURED, icon=":material/straighten:", color="orange" if synthetic else "green")
    view = panels.choose(asking_texts.NEIGHBOURS_TO_FIND, CLIP_VIEW, asking_texts.CLIP_VIEWS)
    rows = clip_rows(results, view)
    if rows.empty:
        st.info(asking_texts.NOT_IN_VIEW)
        return
    st.caption(asking_texts.clip_caption(view, name, synthetic, rows["queries"].max()))
    table = rows.assign(way=[asking_texts.way_title(way) for way in rows["way"]])
    alt = asking_texts.clips_alt(zip(table["way"], table["value"], strict=True))
    charts.show_chart(intervals(table), table, alt, f"clips_{view}")
