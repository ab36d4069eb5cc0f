"""What the page Map has drawn, as far as the browser can tell."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator

from benchmarks.pages.visitor import Visitor

_DRAWN = """() => {
    return [...document.querySelectorAll(".nf-map-frame")].map((frame) => {
        const chart = frame.querySelector(".js-plotly-plot");
        if (!frame.dataset.ready || !chart?._fullLayout?._glcanvas) return { points: 0, looks: "", places: "" };
        const traces = chart._fullData.filter((trace) => trace.type === "scattergl");
        const looks = traces.map(({ marker, x }) => [String(marker.color).slice(0, 200), marker.symbol, x.length]);
        return {
            points: traces.reduce((sum, trace) => sum + trace.x.length, 0),
            looks: JSON.stringify(looks),
            places: traces.map((trace) => [...trace.x.slice(0, 5), ...trace.y.slice(0, 5)].join()).join("|"),
        };
    });
}"""
FEWEST_POINTS = 2
"""A map that is still being drawn has none."""

Shown = Callable[[], bool]


class MapView:
    """The maps of the page, and the boxes that change them."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    def charts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.visitor.page.evaluate(_DRAWN)
        return found

    def is_drawn(self) -> bool:
        charts = self.charts()
        return bool(charts) and all(chart["points"] >= FEWEST_POINTS for chart in charts)

    def other_colour(self, turn: int) -> tuple[Callable[[], None], Shown]:
        """The choice of another one of the first three colourings, and whether it is to be seen."""
        before = self.charts()
        option = self._offered("map_colour", (turn + 1) % 3)
        return option.click, lambda: self._changed(before, "looks")

    def other_space(self, turn: int) -> tuple[Callable[[], None], Shown]:
        """The same for the first two spaces; those that have a map come first."""
        before = self.charts()
        option = self._offered("map_space", (turn + 1) % 2)
        return option.click, lambda: self._changed(before, "places")

    def _changed(self, before: list[dict[str, Any]], what: str) -> bool:
        now = [chart[what] for chart in self.charts()]
        return len(now) == len(before) and now != [chart[what] for chart in before] and self.is_drawn()

    def _offered(self, key: str, place: int) -> Locator:
        """What a select box, which this opens, offers at a place."""
        self.visitor.page.locator(f".st-key-{key}").get_by_role("combobox").click()
        option = self.visitor.page.get_by_role("option").nth(place)
        option.wait_for()
        return option
