"""Links that look an artist up in services where the music can be heard, and the visitor's choice of services.

Only real artists have them. Nothing is sent until a link is opened. The browser keeps the choice in a cookie.
"""

import re
from collections.abc import Sequence
from urllib.parse import quote

import streamlit as st

from core.catalogue import Catalogue
from core.text import plain_text
from pages.shell import texts

COOKIE = "nearfield_services"
_CHOSEN = "services"

_SEARCHES = {
    "Spotify": "https://open.spotify.com/search/{}/artists",
    "YouTube": "https://www.youtube.com/results?search_query={}",
    "Bandcamp": "https://bandcamp.com/search?q={}&item_type=b",
    "Deezer": "https://www.deezer.com/search/{}/artist",
    "ListenBrainz": "https://listenbrainz.org/search/?search_type=artist&search_term={}",
}
SERVICES = tuple(_SEARCHES)
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LONGEST_QUERY = 100


def links_to(name: str, mbid: str, services: list[str]) -> dict[str, str]:
    """Service -> address of a search for the name there. ListenBrainz has a page for an MBID."""
    query = quote(plain_text(name)[:_LONGEST_QUERY], safe="")
    links = {service: _SEARCHES[service].format(query) for service in services if query}
    if "ListenBrainz" in services and _MBID.fullmatch(mbid):
        links["ListenBrainz"] = f"https://listenbrainz.org/artist/{mbid}/"
    return links


def artist_links(catalogue: Catalogue, row: int) -> dict[str, str]:
    """The links of an artist in the chosen services. Empty for an invented artist."""
    return links_of(catalogue, [row])[0]


def links_of(catalogue: Catalogue, rows: Sequence[int]) -> list[dict[str, str]]:
    """The links of several artists."""
    if catalogue.manifest.kind != "real":
        return [{} for _ in rows]
    names, mbids = (catalogue.artists[column].iloc[list(rows)].tolist() for column in ("name", "mbid"))
    services = chosen_services()
    return [
        links_to(str(name), mbid if isinstance(mbid, str) else "", services)
        for name, mbid in zip(names, mbids, strict=True)
    ]


def chosen_services() -> list[str]:
    """The services that the visitor wants links to: all at first."""
    chosen = st.session_state.get(_CHOSEN)
    if chosen is None:
        known = st.context.cookies.get(COOKIE, "")
        chosen = from_cookie(known if isinstance(known, str) else "")
        st.session_state[_CHOSEN] = chosen
    return [service for service in SERVICES if service in chosen]


def choose_services() -> None:
    """A box with a switch for each service."""
    chosen = chosen_services()
    box = st.popover(texts.SERVICES_LABEL, icon=":material/headphones:", type="tertiary", key="services_box")
    with box:
        st.caption(texts.SERVICES_HELP)
        for service in SERVICES:
            key = f"service_{service}"
            st.session_state[key] = service in chosen
            st.toggle(service, key=key, on_change=_take)


def as_cookie() -> dict[str, str]:
    """The cookie to keep: one digit for each service. Empty while the visitor has chosen nothing."""
    chosen = st.session_state.get(_CHOSEN)
    if chosen is None or set(chosen) == set(SERVICES) and not st.context.cookies.get(COOKIE):
        return {}
    return {COOKIE: "".join(str(int(service in chosen)) for service in SERVICES)}


def from_cookie(text: str) -> list[str]:
    """The services that a cookie holds; all for anything else."""
    if not re.fullmatch(f"[01]{{{len(SERVICES)}}}", text):
        return list(SERVICES)
    return [service for service, digit in zip(SERVICES, text, strict=True) if digit == "1"]


def _take() -> None:
    st.session_state[_CHOSEN] = [service for service in SERVICES if st.session_state[f"service_{service}"]]
