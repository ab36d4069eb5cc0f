"""The messages from which the browser draws a map. A message changes only if its content does.

Names, places and colours are separate messages, so another colouring costs one or two bytes per artist, and another
chosen artist costs none of them. Of a map with very many artists they hold those that are drawn now.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core.array_files import Array
from core.maps import StoredMap
from core.maps.colouring import Classes, Colouring
from core.maps.density import Density
from core.maps.drawn import EVERYBODY, Drawn, Part
from core.maps.fidelity import LOCAL_K
from core.maps.local_fidelity import doubtful
from core.maps.projection import MAP_EXTENT
from core.palette import UNKNOWN_COLOUR, series_encoding
from core.text import shown_name
from pages.components.linked_maps import Layer
from pages.components.linked_maps.packing import pack

LONGEST_NAME = 60
STEPS = 32767
"""The number of steps from the middle of a map to its border; places are sent as whole steps."""

_NOT_KNOWN = 255
_DENSITY_LEVELS = 255


def names_layer(layer_id: str, names: Sequence[str], drawn: Drawn = EVERYBODY, n_artists: int = 0) -> Layer:
    """The names of the drawn artists, of `n_artists`, on one line and truncated."""
    shown = [shown_name(name, LONGEST_NAME) for name in names]
    return _of_drawn(layer_id, {"names": shown}, {}, drawn, n_artists)


def points_layer(
    layer_id: str, stored: StoredMap, density: Density, drawn: Drawn = EVERYBODY, part: Part | None = None
) -> Layer:
    """The drawn artists' places, how many artists share each, how many of their nearest stay near, which places are
    doubtful, and the density of all.

    Where not all are drawn, `part` is that of this map, and the layer says how far all artists reach.
    """
    rows = drawn.of(stored)
    places = np.round(stored.coordinates[rows] / MAP_EXTENT * STEPS).clip(-STEPS, STEPS).astype(np.int16)
    kept = np.nan_to_num(np.round(stored.local_fidelity[rows] * LOCAL_K), nan=_NOT_KNOWN).astype(np.uint8)
    peak = float(density.values.max()) or 1.0
    # Square roots: density is so uneven that sparse parts would vanish beside the peaks.
    crowd = np.round(np.sqrt(np.maximum(density.values, 0) / peak) * _DENSITY_LEVELS).astype(np.uint8)
    header: dict[str, Any] = {
        "id": layer_id,
        "scale": MAP_EXTENT / STEPS,
        "level": LOCAL_K,
        "cells": len(density.values),
        "first": float(density.centres[0]),
        "cell": float(density.centres[1] - density.centres[0]),
    }
    if part:
        header["part"] = {"box": part.box, "complete": part.n_drawn == part.n_inside}
        header["spread"] = stored.spread.tolist()
    arrays = {
        "rows": rows.astype(np.uint32),
        "x": places[:, 0],
        "y": places[:, 1],
        "here": stored.at_same_place[rows].astype(np.uint32),
        "kept": kept,
        "doubtful": doubtful(stored)[rows].astype(np.uint8),
        "crowd": crowd.ravel(),
    }
    return Layer(layer_id, pack(header, arrays))


def colour_layer(layer_id: str, colouring: Colouring, drawn: Drawn = EVERYBODY) -> Layer:
    """The class or level of each drawn artist, with the last code for none, and how classes and levels are drawn.

    `layer_id` names the colouring; the layer of some artists has another id, and the same legend.
    """
    header: dict[str, Any]
    if isinstance(colouring, Classes):
        encodings = [series_encoding(code) for code in range(len(colouring.names))]
        classes = [
            {"name": name, "colour": encoding.colour, "symbol": encoding.symbol}
            for name, encoding in zip(colouring.names, encodings, strict=True)
        ]
        header, n_codes = {"classes": classes}, len(classes)
    else:
        ticks = [{"at": place, "text": text} for place, text in colouring.ticks.items()]
        header = {"levels": [float(level) for level in colouring.levels], "labels": colouring.labels, "ticks": ticks}
        n_codes = len(colouring.levels)
    header |= {"legend": layer_id, "title": colouring.title, "unknown": colouring.unknown, "faint": UNKNOWN_COLOUR}
    kind = np.uint8 if n_codes < _NOT_KNOWN else np.uint16
    codes = np.where(colouring.codes < 0, np.iinfo(kind).max, colouring.codes).astype(kind)
    own = codes if drawn.rows is None else codes[drawn.rows]
    return _of_drawn(layer_id, header, {"codes": own}, drawn, len(codes))


def _of_drawn(layer_id: str, header: dict[str, Any], arrays: dict[str, Array], drawn: Drawn, n_artists: int) -> Layer:
    """A layer of all artists, or of those that are drawn, which the browser puts into their places among all."""
    if drawn.rows is None:
        return Layer(layer_id, pack({"id": layer_id, **header}, arrays))
    some = f"{layer_id}-{drawn.key}"
    rows = {"rows": drawn.rows.astype(np.uint32)}
    return Layer(some, pack({"id": some, "of": n_artists, **header}, rows | arrays))
