"""Tables of the maps: their artists and their regions. They are made and sent once somebody opens them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from core.arrays import FloatArray
from core.catalogue import Catalogue
from core.maps.colouring import Colouring
from core.maps.regions import NamedRegion
from pages.components.charts import dataframe, download_csv
from pages.map import texts
from pages.map.layered import LayeredMap

ARTISTS, REGIONS = "artists", "regions"


def show_tables(catalogue: Catalogue, maps: Sequence[LayeredMap]) -> None:
    """The tables in a closed box below the maps, with a download of all rows."""
    twin = st.expander(texts.SHOW_TABLE, icon=":material/table:", key="map_tables", on_change="rerun", type="compact")
    if not twin.open:
        return
    with twin:
        titles = {
            f"{kind}:{one.space.name}": texts.table_title(texts.TABLES[kind], one.space.title)
            for one in maps
            for kind in (ARTISTS, REGIONS)
        }
        chosen = st.selectbox(texts.TABLE_LABEL, list(titles), format_func=titles.__getitem__, key="map_table_of")
        kind, _, space = chosen.partition(":")
        one = next(one for one in maps if one.space.name == space)
        table = table_of(catalogue, one, kind)
        if kind == ARTISTS and one.drawn.rows is not None:
            st.caption(texts.TABLE_OF_DRAWN)
        dataframe(table, key=f"map_table_{chosen}", hide_index=True, alt=texts.table_alt(titles[chosen]))
        download_csv(table, "map_table_csv", f"map-{kind}-{space.replace(':', '-')}")


def table_of(catalogue: Catalogue, one: LayeredMap, kind: str) -> pd.DataFrame:
    """A table of the artists that are drawn on a map with their coordinates, or of its regions."""
    if kind == REGIONS:
        return regions_table(one.ground.regions)
    rows = one.drawn.of(one.stored)
    ids = catalogue.artists["artist_id"].iloc[rows].tolist()
    colouring = replace(one.colouring, codes=one.colouring.codes[rows])
    return map_table(catalogue.display_names.iloc[rows].tolist(), ids, one.stored.coordinates[rows], colouring)


def map_table(
    names: Sequence[str], artist_ids: Sequence[str], coordinates: FloatArray, colouring: Colouring
) -> pd.DataFrame:
    """One row for each artist on the map."""
    table = pd.DataFrame(
        {
            texts.ARTIST: list(names),
            colouring.title: colouring.values(),
            texts.ACROSS: coordinates[:, 0].round(2),
            texts.UP: coordinates[:, 1].round(2),
            texts.ID: list(artist_ids),
        }
    )
    return table[~np.isnan(coordinates[:, 0])].reset_index(drop=True)


def regions_table(regions: Sequence[NamedRegion]) -> pd.DataFrame:
    """One row for each region, largest first."""
    return pd.DataFrame(
        {
            texts.REGION: [region.name or texts.NO_REGION_NAME for region in regions],
            texts.REGION_ARTISTS: [region.n_artists for region in regions],
            texts.REGION_TAGS: [texts.region_tags(region.enriched_tags[:5]) for region in regions],
            texts.ACROSS: [round(float(region.peak[0]), 2) for region in regions],
            texts.UP: [round(float(region.peak[1]), 2) for region in regions],
        }
    )
