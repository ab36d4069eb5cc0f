"""How well a clip finds the artists near it: figures of `demo score`, measured on tracks of held-out artists."""

import pandas as pd
import streamlit as st

from core.experiments.summary import clip_rows
from core.space_name import SpaceName
from core.titles import CLIP_SPACES
from pages.components import charts
from pages.results import panels
from pages.results.figures import intervals
from pages.results.parameters import CLIP_VIEW
from pages.shell.text import plain

VIEWS = {"clip": "Among all artists", "cold": "Among held-out artists"}
TEXTS = {
    "clip": "Every test artist is hidden with all its edges and asked for by a clip of a track that the catalogue does "
    "not have; its true neighbours are to be found among all artists.",
    "cold": "As the cold-start protocol, but the features come from a clip of a track that the catalogue does not "
    "have; neighbours are to be found among the other test artists.",
}


def show_clips(results: pd.DataFrame, synthetic: bool, name: str) -> None:
    """The section "From a clip to artists", where it was measured."""
    if all(clip_rows(results, view).empty for view in VIEWS):
        return
    st.divider()
    st.header("From a clip to artists")
    st.badge("Measured", icon=":material/straighten:", color="orange" if synthetic else "green")
    view = panels.choose("Neighbours to find", CLIP_VIEW, VIEWS)
    rows = clip_rows(results, view)
    if rows.empty:
        st.info("Nothing was measured in this view. Choose the other one.")
        return
    st.caption(f"{TEXTS[view]} NDCG@200 on {plain(name)} with the 95% interval over {rows['queries'].max()} artists.")
    table = rows.assign(way=[way_title(way) for way in rows["way"]])
    alt = "NDCG@200 of each way from a clip to artists, with its interval. " + ", ".join(
        f"{row.way} {row.value:.3f}" for row in table.itertuples()
    )
    charts.show_chart(intervals(table), table, alt, f"clips_{view}")


def way_title(way: str) -> str:
    """ "fusion" -> "Sound and graph together"."""
    if way == "random":
        return "Random order"
    return CLIP_SPACES.get(way, CLIP_SPACES.get(SpaceName.route(way), way.replace("_", " ")))
