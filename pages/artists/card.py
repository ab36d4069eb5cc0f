"""An artist's name, a hint that distinguishes namesakes, and the artist's card."""

import re

import numpy as np
import pandas as pd
import streamlit as st

from core.catalogue import Catalogue
from core.features.audio_sets import MUSICNN_TAGS
from core.graph.adjacency import degrees
from pages.artists import texts
from pages.artists.heard import heard_line
from pages.artists.listen import show_recordings
from pages.lists.keeping import judge_buttons
from pages.shell import elsewhere, resources
from pages.shell.text import plain

LONGEST_NAME = 60

_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ALLMUSIC_ID = re.compile(r"mn\d{10}")


def artist_name(catalogue: Catalogue, row: int, length: int | None = LONGEST_NAME) -> str:
    """The artist's display name, escaped for markdown and labels."""
    return plain(str(catalogue.display_names.iloc[row]), length)


def artist_hint(catalogue: Catalogue, row: int) -> str:
    """What distinguishes an artist from namesakes: genre, decade, number of known edges. Escaped."""
    genres = list(catalogue.artists["genres"].iloc[row])
    known = int(degrees(resources.adjacency(catalogue))[row])
    parts = [plain(genres[-1], 30) if genres else "", _decade(catalogue, row), texts.number_of_edges(known)]
    return " · ".join(part for part in parts if part)


def artist_card(catalogue: Catalogue, row: int) -> None:
    """Name, tags, figures, links and recordings of an artist."""
    name = str(catalogue.display_names.iloc[row])
    with st.container(border=True, key=f"card_{row}"):
        st.header(plain(name, 90), anchor=False)
        st.caption(" · ".join(artist_facts(catalogue, row)))
        tags = [
            texts.tags_line(title, list(catalogue.artists[column].iloc[row]))
            for column, title in texts.TAGS.items()
            if len(catalogue.artists[column].iloc[row])
        ]
        tags += _tags_of_sets(catalogue, row)
        tags += filter(None, [heard_line(catalogue, row)])
        st.markdown("  \n".join(tags) if tags else texts.NO_TAGS)
        with st.container(horizontal=True, vertical_alignment="center"):
            judge_buttons(catalogue, row, "card")
            if links := artist_links(catalogue, row) | elsewhere.artist_links(catalogue, row):
                addresses = " · ".join(f"[{site}]({address})" for site, address in links.items())
                st.markdown(addresses, width="content")
        show_recordings(catalogue, row)


def _tags_of_sets(catalogue: Catalogue, row: int) -> list[str]:
    """The tags of feature sets, the rarest first; what musicnn heard has a line of its own."""
    return [
        texts.tags_line(plain(source.title), tags, texts.MOST_RARE)
        for source in resources.tag_sources(catalogue)
        if source.name not in texts.TAGS and source.name != MUSICNN_TAGS and (tags := source.of(row))
    ]


def artist_facts(catalogue: Catalogue, row: int) -> list[str]:
    """Short texts: whether the artist is invented, decade, edges by relation, and popularity."""
    known = int(degrees(resources.adjacency(catalogue))[row])
    facts = [
        texts.INVENTED if catalogue.manifest.kind == "synthetic" else "",
        _decade(catalogue, row),
        texts.edges_fact(known, catalogue.learned_relation),
        *_other_edges(catalogue, row),
        _popularity(catalogue, row),
    ]
    return [fact for fact in facts if fact]


def artist_links(catalogue: Catalogue, row: int) -> dict[str, str]:
    """Site -> address of the artist's page there, for known ids. Empty for an invented artist."""
    if catalogue.manifest.kind != "real":
        return {}
    mbid, allmusic_id = (catalogue.artists[column].iloc[row] for column in ("mbid", "allmusic_id"))
    links = {}
    if isinstance(mbid, str) and _MBID.fullmatch(mbid):
        links["MusicBrainz"] = f"https://musicbrainz.org/artist/{mbid}"
        links["ListenBrainz"] = f"https://listenbrainz.org/artist/{mbid}/"
    if isinstance(allmusic_id, str) and _ALLMUSIC_ID.fullmatch(allmusic_id):
        links["AllMusic"] = f"https://www.allmusic.com/artist/{allmusic_id}"
    return links


def _other_edges(catalogue: Catalogue, row: int) -> list[str]:
    """The artist's edges of the relations that models do not learn."""
    found = []
    for relation in catalogue.manifest.relations:
        if relation.name != catalogue.manifest.learned:
            number = int(resources.relation_degrees(catalogue, relation.name)[row])
            found += [texts.other_edges_fact(number, relation)] if number else []
    return found


def _decade(catalogue: Catalogue, row: int) -> str:
    decade = catalogue.artists["decade"].iloc[row] if "decade" in catalogue.artists else None
    return "" if decade is None or pd.isna(decade) else texts.decade(decade)


def _popularity(catalogue: Catalogue, row: int) -> str:
    popularity = catalogue.artists["popularity"].to_numpy(float)
    if not catalogue.has_popularity:
        return ""
    if np.isnan(popularity[row]):
        return texts.POPULARITY_UNKNOWN
    known = popularity[~np.isnan(popularity)]
    return texts.popularity(float(np.mean(known < popularity[row])), len(known), len(popularity))
