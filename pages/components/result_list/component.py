"""The nearest artists in one space as a Streamlit component: a single element for the whole list."""

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from os.path import commonprefix
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from core.text import plain_text, short_label

Kind = Literal["go", "play", "why", "keep", "skip"]

_HERE = Path(__file__).parent
_LONGEST_NAME = 40
_STATES = {"keep": "kept", "skip": "rejected", "": ""}


@dataclass(frozen=True)
class Result:
    """One line of the list, as texts.

    There are no bars: scores of different spaces cannot be compared. `audible` says whether there is anything to play.
    `verdict` is "keep", "skip" or empty. `links` maps the names of services to addresses of the artist there.
    """

    artist_id: str
    name: str
    score: str
    evidence: str
    audible: bool = False
    verdict: str = ""
    links: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ResultEvent:
    """One click in a list: select an artist, play it, ask why it is there, keep or reject it, or take that back.

    Every event has its own `nonce`.
    """

    kind: Kind
    artist_id: str
    nonce: int


def result_list(
    results: Sequence[Result],
    *,
    key: str,
    label: str,
    known_ids: Container[str],
    on_event: Callable[[ResultEvent], None],
    playing: str | None = None,
) -> None:
    """Draw the results. A click calls `on_event` before the page runs again. Names may be any text.

    `playing` is the id of the artist in the player, whose line is marked.
    """

    def take() -> None:
        if event := event_from_payload(st.session_state[key].chosen, known_ids):
            on_event(event)

    _LIST(key=key, data=list_data(results, label, playing), on_chosen_change=take)


def event_from_payload(payload: object, known_ids: Container[str]) -> ResultEvent | None:
    """The event that the browser sent. None if there is none, or if its artist is not in `known_ids`."""
    match payload:
        case {
            "kind": "go" | "play" | "why" | "keep" | "skip" as kind,
            "artist_id": str(artist_id),
            "nonce": int(nonce),
        }:
            return ResultEvent(kind, artist_id, nonce) if artist_id in known_ids else None
        case _:
            return None


def list_data(results: Sequence[Result], label: str, playing: str | None = None) -> dict[str, Any]:
    """The data for the browser: the list's name and its lines, with names on one line and truncated.

    `services` maps the name of each service to how all its addresses begin, and `links` of a line to the rest.
    """
    services = _services(results)
    return {
        "label": plain_text(label),
        "services": services,
        "results": [_line(result, playing, services) for result in results],
    }


def _services(results: Sequence[Result]) -> dict[str, str]:
    names = dict.fromkeys(name for result in results for name in result.links)
    return {name: commonprefix([one.links[name] for one in results if name in one.links]) for name in names}


def _line(result: Result, playing: str | None, services: Mapping[str, str]) -> dict[str, Any]:
    name = short_label(result.name, _LONGEST_NAME)
    said = {
        "name": name,
        "play": f"Play {name}",
        "why": f"Why {name}?",
        "keep": f"Keep {name}",
        "skip": f"Reject {name}",
        "hear": f"Hear {name} elsewhere",
        "state": _STATES[result.verdict],
        "links": {name: address.removeprefix(services[name]) for name, address in result.links.items()},
    }
    return asdict(result) | said | {"playing": result.artist_id == playing}


_LIST = st.components.v2.component(
    "nearfield_result_list",
    css=(_HERE / "result_list.css").read_text(encoding="utf-8"),
    js=(_HERE / "result_list.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)
"""Not isolated: a closing dialog returns focus only to a button of the page itself."""
