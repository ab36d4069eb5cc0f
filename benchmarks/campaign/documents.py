"""Ways to spoil JSON: other values, types, keys and depths, and text that is none."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.campaign.files import Way
from tests.support.furnished import DEEP, DIGITS

LONG = "x" * 5000
HALF = "\ud800"
_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    1.5,
    -0.0,
    2**31,
    2**63,
    2**64,
    10**300,
    -(10**400),
    1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
    "",
    " ",
    "x",
    "1",
    LONG,
    HALF,
    "\0",
    "../../etc/passwd",
    "/etc/passwd",
    "<b>x</b>",
    "pagerank",
    "run:x",
    "fusion:good",
    "2026-13-45T99:99:99Z",
    [],
    [None],
    [[]],
    ["x"] * 5000,
    {},
    {"x": 1},
    {"": None},
    [1, "x", None, {}],
)


def spots(content: Any) -> list[tuple[Any, Any]]:
    """Each container in JSON with each of its keys or places."""
    found = []
    left = [content]
    while left:
        one = left.pop()
        inner = one.items() if isinstance(one, dict) else enumerate(one)
        for key, value in inner:
            found.append((one, key))
            if isinstance(value, dict | list):
                left.append(value)
    return found


def _write_json(file: Path, content: Any) -> None:
    file.write_bytes(json.dumps(content, ensure_ascii=True).encode())


def _changed_json(change: Callable[[Any, Any, random.Random], None]) -> Way:
    def way(file: Path, rng: random.Random) -> None:
        first, *rest = file.read_text().splitlines() if file.suffix == ".jsonl" else [file.read_text()]
        content = json.loads(first)
        for _ in range(rng.choice((1, 1, 1, 3))):
            if found := spots(content):
                container, key = rng.choice(found)
                change(container, key, rng)
        _write_json(file, content)
        if file.suffix == ".jsonl":
            file.write_text("\n".join([file.read_text(), *rest]) + "\n")

    way.__name__ = change.__name__
    return way


def another_value(container: Any, key: Any, rng: random.Random) -> None:
    container[key] = rng.choice(_VALUES)


def another_type(container: Any, key: Any, rng: random.Random) -> None:
    value = container[key]
    ways: tuple[Callable[[], Any], ...] = (
        lambda: str(value),
        lambda: [value],
        lambda: {"value": value},
        lambda: -value if isinstance(value, int | float) else None,
        lambda: float(value) * 1.5 if isinstance(value, int | float) else 1.5,
        lambda: value * 1000 if isinstance(value, str | list) else {},
        lambda: value[:-1] if isinstance(value, str | list) else [],
    )
    container[key] = rng.choice(ways)()


def without(container: Any, key: Any, rng: random.Random) -> None:
    del container[key]


def unknown_key(container: Any, key: Any, rng: random.Random) -> None:
    if isinstance(container, dict):
        container[rng.choice(("new", "", LONG, HALF, "\0", "__class__", "self"))] = rng.choice(_VALUES)
    else:
        container.insert(key, rng.choice(_VALUES))


def _other_key(container: Any, key: Any, rng: random.Random) -> None:
    if isinstance(container, dict):
        container[rng.choice((f"{key}x", f"x/{key}", LONG, HALF, "../x", "features/x.json"))] = container.pop(key)


def nested(container: Any, key: Any, rng: random.Random) -> None:
    for _ in range(rng.choice((5, 60, 95, 120, 200))):
        container[key] = [container[key]] if rng.random() < 0.5 else {"x": container[key]}


def _other_json(file: Path, rng: random.Random) -> None:
    texts = (
        DEEP,
        '{"a": ' * 50_000,
        DIGITS,
        f'{{"a": {DIGITS}}}',
        "null",
        "[]",
        "{}",
        '"x"',
        "1e999",
        "",
        " ",
        "NaN",
        "\ufeff{}",
    )
    file.write_text(rng.choice(texts))


def _digits_inside(file: Path, rng: random.Random) -> None:
    text = file.read_text()
    places = [at for at, character in enumerate(text) if character.isdigit()] or [0]
    at = rng.choice(places)
    file.write_text(
        text[:at] + rng.choice((DIGITS, "1e400", "-", "0x10", "1_0", "١", "NaN", "Infinity")) + text[at + 1 :]
    )


def _utf_16(file: Path, rng: random.Random) -> None:
    file.write_text(file.read_text(), encoding=rng.choice(("utf-16", "utf-32", "utf-8-sig", "cp037")))


DOCUMENTS: tuple[Way, ...] = (
    *(_changed_json(another_value),) * 3,
    *(_changed_json(another_type),) * 3,
    _changed_json(without),
    _changed_json(unknown_key),
    _changed_json(_other_key),
    _changed_json(nested),
    _other_json,
    _digits_inside,
    _utf_16,
)
