import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
APP, TESTS = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
SCALE = ROOT / "requirements-scale.lock"


def pins(path: Path) -> dict[str, set[str]]:
    """The versions of each package; more than one where they differ between the Python versions."""
    found: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([\w.-]+)(?:\[\w+\])?==([\w.!]+)", line):
            found.setdefault(re.sub(r"[-_.]+", "-", pin[1]).lower(), set()).add(pin[2])
    return found


@pytest.mark.parametrize(
    ("requirements", "lock"),
    [
        ("requirements.txt", APP),
        ("requirements.txt", TESTS),
        ("requirements.txt", SCALE),
        ("requirements-dev.txt", TESTS),
        ("requirements-scale.txt", SCALE),
    ],
)
def test_the_lock_holds_every_requirement(requirements: str, lock: Path) -> None:
    required = pins(ROOT / requirements)
    assert required
    assert {name: pins(lock).get(name) for name in required} == required


def test_the_app_is_tested_with_the_versions_it_installs() -> None:
    assert pins(APP).items() <= pins(TESTS).items()


def test_extras_change_no_version() -> None:
    shared = pins(SCALE).keys() & pins(TESTS).keys()
    assert pins(APP).keys() <= shared
    assert {name: pins(SCALE)[name] for name in shared} == {name: pins(TESTS)[name] for name in shared}


@pytest.mark.parametrize("lock", [APP, TESTS, SCALE], ids=lambda path: path.name)
def test_a_lock_names_packages_and_versions_only(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.match(r"[\w.-]+==[\w.!]+(  #| ; |$)", line)] == []
    assert [line for line in text.splitlines() if re.search(r"[/\\]|@|--|\+", line)] == []
    assert "torchvision" not in pins(lock)
