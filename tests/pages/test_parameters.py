"""The URL's parameters: each is declared once beside its page, and used by no other name; what outlives a catalogue."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import streamlit as st

from core.catalogue import Catalogue
from core.search.spaces import open_space
from pages.map_layers.parameters import HIDE, SEEN
from pages.shell import state
from pages.shell.parameters import EVERYWHERE, Parameter, Scope, declared
from pages.shell.touring import Hearing, tour_steps
from tests.support import pages as pages_support
from tests.support.catalogues import tiny_catalogue
from tests.support.pages import PAGES, ROOT, Address, hostile_catalogue, open_app, parameter

hostile = pages_support.hostile

FIT_ANY_CATALOGUE = {
    "explore": {"length", "dial", "rejected"},
    "map": {"colour", "show"},
    "neighbourhood": {
        *("view", "hops", "limit", "links", "size", "colour", "predicted", "ties", "smoothing", "steps"),
    },
    "clip": {"by", "words", "weights", "length", "rejected"},
    "results": {
        *("protocol", "split", "hidden", "figure", "paper", "chart", "look", "order", "clip_view"),
        *(
            "real",
            "real_hidden",
            "real_figure",
            "real_protocol",
            "real_part",
            "real_mark",
            "real_degree_lines",
            "real_kept_lines",
        ),
    },
    "train": set(),
    "catalogues": {"part"},
}
"""What another catalogue leaves in the URL of each page; the rest names something of the old one, or is passing."""


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / "pages").rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def own(page: str) -> tuple[Parameter, ...]:
    return import_module(f"pages.{page}.parameters").PARAMETERS


# Declared once


def test_every_page_declares_its_parameters() -> None:
    assert {path.parent.name for path in (ROOT / "pages").glob("*/page.py")} == set(PAGES)
    for page in PAGES:
        assert all(isinstance(parameter, Parameter) for parameter in own(page))


@pytest.mark.parametrize("page", PAGES)
def test_no_name_means_two_things_on_a_page(page: str) -> None:
    names = Counter(parameter.name for parameter in (*EVERYWHERE, *own(page)))
    assert [name for name, count in names.items() if count > 1] == []


def test_every_parameter_belongs_to_a_page() -> None:
    """Every one that is made anywhere in `pages` is in some page's PARAMETERS, under the name it was made with."""
    made: Counter[str] = Counter()
    for path, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Parameter":
                assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno}"
                made[str(node.args[0].value)] += 1
    different = {id(one): one for one in chain(EVERYWHERE, *map(own, PAGES))}
    assert made == Counter(one.name for one in different.values())


def test_pages_reach_the_url_by_declared_parameters_alone() -> None:
    """Nobody but the two modules that keep it touches `st.query_params`; links get theirs as an argument."""
    at_home = {Path("pages/shell/parameters.py"), Path("pages/shell/state.py")}
    elsewhere = [
        f"{path}:{node.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "query_params" and path not in at_home
    ]
    assert elsewhere == []


def test_no_link_names_a_parameter_by_its_bare_name() -> None:
    bare = [
        f"{path}:{node.value.lineno}"
        for path, tree in sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "query_params"
        for key in (node.value.keys if isinstance(node.value, ast.Dict) else ())
        if isinstance(key, ast.Constant)
    ]
    assert bare == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_uses_only_what_it_declares(page: str) -> None:
    known = declared(page)
    for path in sorted((ROOT / "pages" / page).glob("*.py")):
        used = parameters_in(import_module(f"pages.{page}.{path.stem}"))
        assert [one for one in used if known.get(one.name) != one] == [], path


def parameters_in(module: ModuleType) -> list[Parameter]:
    return [value for value in vars(module).values() if isinstance(value, Parameter)]


def test_the_browser_writes_what_is_declared_as_its_own() -> None:
    script = (ROOT / "pages/components/linked_maps/map_part.js").read_text(encoding="utf-8")
    assert dict(re.findall(r'^const (SEEN|HIDE) = "(\w+)";$', script, re.M)) == {"SEEN": SEEN.name, "HIDE": HIDE.name}
    of_browser = {one.name for page in PAGES for one in own(page) if one.scope is Scope.BROWSER}
    assert of_browser == {SEEN.name, HIDE.name}


def test_every_view_of_the_tour_is_declared_by_its_page(hostile: Catalogue) -> None:
    for step in tour_steps(hostile, [0, 3, 4], lambda name: open_space(hostile, name), Hearing(True, True, True)):
        known = declared(step.page)
        assert [one for one in step.view if known.get(one.name) != one] == [], step.title


# What holds how long


@pytest.mark.parametrize("page", PAGES)
def test_another_catalogue_drops_all_that_names_something_of_the_old_one(
    page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[dict[str, Any]] = []

    class Watched(Address):
        def from_dict(self, view: dict[str, Any]) -> None:
            written.append(view)

    everything = {name: f"a {name}" for name in declared(page)} | {"stranger": "x"}
    monkeypatch.setattr(st, "query_params", Watched(everything))
    state.switch_catalogue(page, "two")
    fit = {name: [f"a {name}"] for name in everything if name in FIT_ANY_CATALOGUE[page]}
    assert written == [fit | {"catalogue": ["two"]}]


@pytest.mark.parametrize("page", PAGES)
def test_the_menu_leads_back_to_what_still_holds(page: str) -> None:
    left = {name: [f"a {name}"] for name in declared(page)} | {"stranger": ["x"]}
    same = state.link_back(page, left, {"artist": "a artist"})
    other = state.link_back(page, left, {"artist": "another"})
    scopes = {name: one.scope for name, one in declared(page).items()}
    assert set(same) - {"artist"} == {
        name for name, scope in scopes.items() if scope in (Scope.PAGE, Scope.CATALOGUE, Scope.ARTIST)
    }
    assert set(same) - set(other) == {name for name, scope in scopes.items() if scope is Scope.ARTIST}
    assert (same["artist"], other["artist"]) == (["a artist"], ["another"])


@pytest.mark.parametrize(
    ("page", "stale", "kept"),
    [
        ("neighbourhood", {"artist": "a00", "to": "a05", "via": "clap", "avoid": "a03"}, {"ties": "near"}),
        ("clip", {"answers": "clap", "clip_map": "clap", "sample": "1"}, {"length": "20"}),
        (
            "results",
            {"asked": "pagerank", "mark": "pagerank", "first": "pagerank"},
            {"look": "artists", "real": "olga"},
        ),
    ],
)
def test_a_choice_in_the_sidebar_leaves_a_fresh_page(
    page: str, stale: dict[str, str], kept: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEARFIELD_DATA", str(tmp_path))
    hostile_catalogue(tmp_path, "one")
    tiny_catalogue(tmp_path / "two", 12)
    app = open_app(page, catalogue="one", **stale, **kept)
    app.sidebar.selectbox(key="catalogue").set_value("two").run()
    assert not app.exception
    assert {name: parameter(app, name) for name in app.query_params} == {"catalogue": "two"} | kept
