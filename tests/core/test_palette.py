"""The palette: classes have colours of their own."""

from core.palette import FIFTHS, OKABE_ITO, UNKNOWN_COLOUR, class_colours


def test_groups_have_distinct_colours() -> None:
    colours = class_colours(["rock", "jazz", "folk"])
    assert list(colours) == ["rock", "jazz", "folk"]
    assert len(set(colours.values())) == 3
    assert len(class_colours(str(name) for name in range(20))) == 8
    assert len({*OKABE_ITO, UNKNOWN_COLOUR}) == 9
    assert len(set(FIFTHS)) == 5
