"""The clip on the catalogue's maps, at the weighted place of its nearest artists in the space itself."""

import streamlit as st

from core.catalogue import Catalogue
from core.features.clips import ACOUSTICBRAINZ, CLAP
from core.maps.placing import Placement, place_by_neighbours
from core.search.clip_desk import ClipReport
from core.search.clip_routes import TIED
from core.search.clips import GRAPH_PREFIX
from core.search.spaces import list_spaces
from pages.clip.figures import clip_marks, include_marks, placement_table
from pages.map.colouring import colouring_names
from pages.map.drawing import DrawnMap, draw_map, map_version, stored_map
from pages.map.figures import CONFIG, map_figure
from pages.shell import choices
from pages.shell.charts import show_chart
from pages.shell.navigation import page
from pages.shell.text import plain

N_NEIGHBOURS = 10
MAP = "clip_map"


def maps_for(report: ClipReport) -> dict[str, str]:
    """Space of a map -> the answer whose neighbours place a clip on it: both compare in the same space."""
    answers = report.answers.answers
    pairs = {CLAP: CLAP, ACOUSTICBRAINZ: ACOUSTICBRAINZ, report.search.describe_model(): GRAPH_PREFIX + TIED}
    return {space: answer for space, answer in pairs.items() if space and answer in answers}


def show_place(catalogue: Catalogue, report: ClipReport) -> None:
    """The map with the clip on it; where there is no map, how to get one."""
    st.subheader("On the map", anchor=False)
    drawn = {space: found for space in maps_for(report) if (found := _drawn(catalogue, space))}
    if not drawn:
        st.info("This catalogue has no map of its sound yet. Make one on the Map page, and the clip will stand on it.")
        st.page_link(page("map"), label="Make a map", icon=":material/scatter_plot:", query_params={"space": CLAP})
        return
    titles = {space: plain(found.space.title) for space, found in drawn.items()}
    if len(drawn) > 1:
        st.pills("Map of", list(titles), format_func=titles.__getitem__, required=True,
                 **choices.one_in_url(MAP, list(titles), next(iter(titles))))  # fmt: skip
    wanted = st.session_state.get(MAP)
    space = wanted if wanted in drawn else next(iter(drawn))
    nearest = report.answers.answers[maps_for(report)[space]].nearest
    placement = place_by_neighbours(
        drawn[space].stored.coordinates, nearest.rows[:N_NEIGHBOURS], nearest.scores[:N_NEIGHBOURS]
    )
    if placement is None:
        st.info("None of the nearest artists is on this map.")
        return
    _show_map(catalogue, drawn[space], placement)


def _show_map(catalogue: Catalogue, drawn: DrawnMap, placement: Placement) -> None:
    coordinates = drawn.stored.coordinates
    st.caption(
        "An estimate: the clip (★) stands in the middle of its nearest artists in the space itself (○), the nearer the "
        "more weight; the map was laid out without it."
    )
    if placement.is_vague:
        st.caption("**They lie far apart on this map, so the place says little. Go by the lists.**")
    marks = clip_marks(coordinates, drawn.names, placement, st.context.theme.type or "light")
    figure = map_figure(drawn.traces, drawn.colouring, marks, f"clip-{drawn.space.name}")
    show_chart(
        include_marks(figure, placement, coordinates),
        placement_table(catalogue.display_names, coordinates, placement),
        f"Map of {drawn.space.title} with the clip at the weighted place of its {len(placement.rows)} nearest artists",
        "clip_map_chart", config=CONFIG, file_name="clip-on-the-map",
    )  # fmt: skip


def _drawn(catalogue: Catalogue, name: str) -> DrawnMap | None:
    space = next((space for space in list_spaces(catalogue) if space.name == name), None)
    if space is None:
        return None
    version = map_version(catalogue, name)
    stored = stored_map(catalogue.content_hash, name, version, catalogue)
    if stored is None:
        return None
    colour = colouring_names(catalogue)[0]
    return draw_map(catalogue.content_hash, space, version, colour, catalogue, stored)
