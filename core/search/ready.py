"""What is kept of a catalogue of many artists: it is made when an import ends, so that no visitor waits for it."""

from collections.abc import Callable
from contextlib import suppress

from core.catalogue import Catalogue
from core.errors import NearfieldError
from core.kept_arrays import KEPT_FROM
from core.search.lookup import NameIndex
from core.search.spaces import list_spaces, open_space


def make_ready(catalogue: Catalogue, on_progress: Callable[[float], None] = lambda share: None) -> None:
    """Make what is kept of the catalogue, if it has so many artists that anything is (`core.kept_arrays`).

    `on_progress` receives the share that is done, and may raise to stop. A space that cannot be opened is left out:
    whoever opens it is told why.
    """
    if len(catalogue) < KEPT_FROM:
        return
    _ = catalogue.display_names, catalogue.row_of
    on_progress(0.1)
    NameIndex(catalogue)
    spaces = list_spaces(catalogue)
    for number, space in enumerate(spaces):
        on_progress(0.3 + 0.7 * number / len(spaces))
        with suppress(NearfieldError):
            open_space(catalogue, space.name)
