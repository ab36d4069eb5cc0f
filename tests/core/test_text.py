"""Text made harmless: one line, short labels, names that are never empty, names of files."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text import file_name, plain_text, short_label, shown_name, without_paths
from tests.support.drawings import HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
def test_labels_are_short_single_lines(name: str) -> None:
    label = short_label(name)
    assert 0 < len(label) <= 28
    assert "\u202e" not in label
    assert "\n" not in plain_text(name)


def test_a_label_is_not_cut_inside_a_letter() -> None:
    accented = "a" * 26 + "e\u0301\u0301 tail"
    assert short_label(accented) == "a" * 26 + "…"
    assert short_label("x" * 28) == "x" * 28


@pytest.mark.parametrize("name", ["", " \n", "\u202e"])
def test_a_name_that_shows_nothing_is_said_to_be_none(name: str) -> None:
    assert shown_name(name) == shown_name(name, 20) == "(no name)"
    assert shown_name(f"{name}Name of ten", 9) == "Name of…"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=3))
def test_file_names_are_safe(parts: list[str]) -> None:
    name = file_name(*parts)
    assert name.isascii()
    assert 0 < len(name) <= 60
    assert all(letter.isalnum() or letter in "-_" for letter in name)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The database /srv/my data/nearfield.db cannot be used.", "The database nearfield.db cannot be used."),
        ("There is no folder /srv/my data.", "There is no folder my data."),
        ("“/home/eve/a-b.c/d.e” and ('/etc/passwd')", "“d.e” and ('passwd')"),
        ("~root/secret and ~/secret or file:///home/eve/a.wav", "secret and secret or a.wav"),
        (
            "AC/DC and/or https://example.org/a/b, 3 / 4, run:x/y",
            "AC/DC and/or https://example.org/a/b, 3 / 4, run:x/y",
        ),
    ],
)
def test_no_path_is_left(text: str, shown: str) -> None:
    assert without_paths(text, ["/srv", "/srv/my data", "/"]) == shown
