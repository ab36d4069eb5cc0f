"""Dialogs that the URL can open: why an artist is an answer, and a comparison of artists."""

from collections.abc import Sequence

from core.catalogue import Catalogue
from pages.shell.parameters import Parameter, Scope, put_together

WHY = Parameter("why", Scope.PASSING)
"""An artist and a space, for the reasons."""

COMPARE = Parameter("compare", Scope.PASSING)
BOXES = (WHY, COMPARE)
"""A view has one of these at a time."""


def open_why(artist_id: str, space: str) -> None:
    """Show in the next run why an artist is in a space's list. For callbacks, like all functions that open or close."""
    _open(WHY, [artist_id, space])


def open_comparison(artist_ids: Sequence[str]) -> None:
    """Compare the artists in the next run."""
    _open(COMPARE, artist_ids)


def close() -> None:
    """Close the open dialog."""
    put_together(dict.fromkeys(BOXES))


def asked_why(catalogue: Catalogue) -> tuple[int, str] | None:
    """The row of the artist and the name of the space for which the URL asks why, if it does."""
    artist_id, space = [*WHY.get_all(), "", ""][:2]
    row = catalogue.row_of.get(artist_id)
    return None if row is None else (row, space)


def asked_comparison(catalogue: Catalogue) -> list[int]:
    """Rows of the artists that the URL asks to compare, without duplicates."""
    ids = dict.fromkeys(COMPARE.get_all())
    return [catalogue.row_of[artist_id] for artist_id in ids if artist_id in catalogue.row_of]


def _open(box: Parameter, values: Sequence[str]) -> None:
    put_together({**dict.fromkeys(BOXES), box: values})
