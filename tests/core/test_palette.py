"""The palette: classes have colours of their own, which can be seen on both pages and told apart."""

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from core.arrays import DoubleArray
from core.palette import BASELINE, FIFTHS, OKABE_ITO, SERIES, UNKNOWN_COLOUR, class_colours

_LEAST_CONTRAST = 3.0
"""Of graphical objects, WCAG 2.2, 1.4.11."""
_CLEARLY_APART = 15.0
"""As a distance in CIELAB, where about 2 can just be noticed."""
_DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
"""Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency", 2009."""
_TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = np.array([0.9505, 1.0, 1.089])


def linear(colour: str) -> DoubleArray:
    """A hex colour as linear sRGB (3,) from 0 to 1."""
    values = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def lab(rgb: DoubleArray) -> DoubleArray:
    xyz = _TO_XYZ @ np.clip(rgb, 0, 1) / _WHITE
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted(float(_TO_XYZ[1] @ linear(colour)) for colour in (first, second))
    return (lighter + 0.05) / (darker + 0.05)


def test_groups_have_distinct_colours() -> None:
    colours = class_colours(["rock", "jazz", "folk"])
    assert list(colours) == ["rock", "jazz", "folk"]
    assert len(set(colours.values())) == 3
    assert len(class_colours(str(name) for name in range(20))) == 8
    assert len({*OKABE_ITO, UNKNOWN_COLOUR}) == 9
    assert len({*SERIES, UNKNOWN_COLOUR}) == 9
    assert len(set(FIFTHS)) == 5


@pytest.mark.parametrize("look", ["light", "dark"])
def test_lines_can_be_seen_on_either_page(look: str) -> None:
    theme = tomllib.loads(Path(".streamlit/config.toml").read_text("utf-8"))["theme"]
    page = theme[look]["backgroundColor"]
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert {colour for colour in (*SERIES, BASELINE) if contrast(colour, page) < _LEAST_CONTRAST} == set()


@pytest.mark.parametrize("seen", [np.eye(3), _DEUTERANOPIA], ids=["usual", "deuteranopia"])
def test_lines_of_a_chart_are_told_apart_by_colour_alone(seen: DoubleArray) -> None:
    seen_as = {colour: lab(seen @ linear(colour)) for colour in SERIES}
    apart = {pair: np.linalg.norm(seen_as[pair[0]] - seen_as[pair[1]]) for pair in combinations(SERIES, 2)}
    assert min(apart.values()) > _CLEARLY_APART
