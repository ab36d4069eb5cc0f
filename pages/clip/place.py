"""The clip on the catalogue's maps, at the weighted mean place of its nearest artists in the space itself."""

import streamlit as st

from core.catalogue import Catalogue
from core.clips.routes import TIED
from core.clips.service import ClipReport
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP
from core.maps import StoredMap
from core.maps.out_of_sample import OutOfSamplePlace, out_of_sample_place
from core.search.spaces import Space, list_spaces
from core.space_name import SpaceName
from pages.clip import texts
from pages.clip.figures import clip_place_table
from pages.clip.lists import go_on
from pages.clip.parameters import MAP
from pages.components.charts import show_table
from pages.components.linked_maps import Guest, MapView, Shown, linked_maps
from pages.map_layers import sources
from pages.map_layers.parts import take_parts
from pages.map_layers.texts import drawn_sentence
from pages.shell import choices, state
from pages.shell.navigation import page
from pages.shell.parameters import SPACE
from pages.shell.text import plain

N_NEIGHBOURS = 10


def maps_for(report: ClipReport) -> dict[str, str]:
    """Space of a map -> the answer whose neighbours place a clip on it. Both use the same space."""
    answers = report.answers.answers
    pairs = {CLAP: CLAP, ACOUSTICBRAINZ: ACOUSTICBRAINZ, report.search.describe_model(): SpaceName.route(TIED)}
    return {space: answer for space, answer in pairs.items() if space and answer in answers}


def show_place(catalogue: Catalogue, report: ClipReport) -> None:
    """The map with the clip on it, or how to get a map if there is none."""
    st.subheader(texts.ON_THE_MAP, anchor=False)
    spaces: dict[str, Space] = {space.name: space for space in list_spaces(catalogue)}
    maps = {name: stored for name in maps_for(report) if name in spaces and (stored := _stored(catalogue, name))}
    if not maps:
        st.info(texts.NO_MAP)
        st.page_link(
            page("map"),
            label=texts.MAKE_MAP,
            icon=":material/scatter_plot:",
            query_params=state.in_catalogue({SPACE: CLAP}),
        )
        return
    titles = {name: plain(spaces[name].title) for name in maps}
    if len(maps) > 1:
        st.pills(
            texts.MAP_OF,
            list(titles),
            format_func=titles.__getitem__,
            required=True,
            **choices.one_in_url(MAP, list(titles), next(iter(titles))),
        )
    wanted = st.session_state.get(MAP.name)
    name = wanted if wanted in maps else next(iter(maps))
    nearest = report.answers.answers[maps_for(report)[name]].nearest
    place = out_of_sample_place(maps[name].coordinates, nearest.rows[:N_NEIGHBOURS], nearest.scores[:N_NEIGHBOURS])
    if place is None:
        st.info(texts.NOBODY_ON_MAP)
        return
    _show_map(catalogue, spaces[name], maps[name], place)


def _show_map(catalogue: Catalogue, space: Space, stored: StoredMap, place: OutOfSamplePlace) -> None:
    st.caption(texts.MAP_CAPTION)
    if place.is_vague:
        st.caption(texts.VAGUE_PLACE)
    version = sources.map_version(catalogue, space.name)
    ground = sources.ground(catalogue, str(space.name), version, stored)
    across, up = (float(value) for value in place.position)
    name = f"{sources.map_name(catalogue, space)}@{across:.2f},{up:.2f}"
    drawn = sources.drawn_of({name: stored})
    part = drawn.parts.get(name)
    usual = sources.usual_colouring(catalogue, space.name)
    coloured = sources.coloured(catalogue, space, version, stored, usual, None, drawn)
    view = MapView(
        map=name,
        title=space.title,
        said=drawn_sentence(part),
        alt=texts.map_alt(space.title, len(place.rows)),
        points=sources.points(catalogue, space.name, version, stored, drawn, part),
        colour=coloured.layer,
        regions=ground.regions,
        nearest=place.rows.tolist(),
        weights=place.weights.tolist(),
        guest=Guest(across, up, texts.CLIP_ON_MAP),
        apart=sources.apart(catalogue, stored, place.rows.tolist(), drawn),
    )
    linked_maps(
        [view],
        sources.names(catalogue, drawn),
        artist=None,
        marked=None,
        shown=Shown(),
        n_artists=len(catalogue),
        on_artist=lambda row: go_on(catalogue, row),
        on_rows=None,
        on_parts=take_parts,
        key="clip-map",
    )
    table = clip_place_table(catalogue.display_names, stored.coordinates, place)
    show_table(table, view.alt, "clip_map_table", "clip-on-the-map")


def _stored(catalogue: Catalogue, space: str) -> StoredMap | None:
    return sources.stored_map(catalogue, str(space), sources.map_version(catalogue, space))
