"""What a click or key in the drawing does to the URL, the player and the active list."""

from collections.abc import Callable
from functools import partial

from core.catalogue import Catalogue
from pages.artists.listen import play_beside
from pages.components.hop_graph import HopEvent
from pages.lists import keeping
from pages.neighbourhood import texts
from pages.neighbourhood.parameters import EXPANDED
from pages.neighbourhood.walk import toggled
from pages.shell import boxes, state


def recentre(catalogue: Catalogue, row: int) -> None:
    """Put another artist in the centre, with nobody expanded."""
    state.select_artist(catalogue, row, dropping=(*boxes.BOXES, EXPANDED))


def expanded_in_url(catalogue: Catalogue) -> list[str]:
    """The ids of the expanded artists, in the order of their expansion."""
    return [artist_id for artist_id in EXPANDED.get_all() if artist_id in catalogue.row_of]


def receiver(catalogue: Catalogue, centre: int, space: str) -> Callable[[HopEvent], None]:
    """The handler for events of the drawing around `centre` with predictions of `space`."""
    return partial(_take, catalogue, centre, space)


def _take(catalogue: Catalogue, centre: int, space: str, event: HopEvent) -> None:
    row, middle = catalogue.row_of[event.artist_id], catalogue.id_of(centre)
    match event.kind:
        case "play":
            play_beside(catalogue, row)
        case "keep":
            around = texts.around(str(catalogue.display_names.iloc[centre]))
            keeping.keep_artists(catalogue, [row], query=around)
        case _ if row == centre:
            return
        case "why":
            boxes.open_why(event.artist_id, space)
        case "recentre":
            recentre(catalogue, row)
        case "expand":
            EXPANDED.put(toggled(expanded_in_url(catalogue), event.artist_id, middle))
