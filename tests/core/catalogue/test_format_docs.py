"""The page about the format: its example is written, checked and compared with what the page shows of it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from core.catalogue import FeatureInfo, Manifest, open_catalogue, validate
from core.catalogue.format import ARTIST_COLUMNS, EDGE_COLUMNS, ELSEWHERE_COLUMNS, MOST_ROWS, TRACK_COLUMNS

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "catalogue-format.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HASH = re.compile(r"[0-9a-f]{64}")


def blocks(language: str) -> list[str]:
    return [text for kind, text in _BLOCK.findall(PAGE) if kind == language]


def without_hashes(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: without_hashes(value) for name, value in content.items()}
    return "…" if isinstance(content, str) and _HASH.fullmatch(content) else content


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the script of the page writes."""
    monkeypatch.chdir(tmp_path)
    (script,) = blocks("python")
    exec(compile(script, "docs/catalogue-format.md", "exec"), {})
    return tmp_path / "five-artists"


def test_the_example_is_sound_and_is_what_the_page_shows(example: Path) -> None:
    assert validate(example) == []
    shown_manifest, shown_set = map(json.loads, blocks("json"))
    written = json.loads((example / "catalogue.json").read_text(encoding="utf-8"))
    assert without_hashes(written) == shown_manifest
    assert list(written) == list(shown_manifest)
    assert json.loads((example / "features" / "tempo.json").read_text(encoding="utf-8")) == shown_set
    catalogue = open_catalogue(example)
    assert catalogue.learned_edges.tolist() == [[0, 1], [1, 2], [2, 3]]
    assert catalogue.edges_of("collaborated").tolist() == [[0, 4]]
    assert catalogue.elsewhere["name"].tolist() == ["Flo"]


def test_the_page_names_every_field_and_column(example: Path) -> None:
    fields = [*Manifest.__dataclass_fields__, *FeatureInfo.__dataclass_fields__]
    columns = [*ARTIST_COLUMNS, *EDGE_COLUMNS, *TRACK_COLUMNS, *ELSEWHERE_COLUMNS]
    missing = [name for name in {*fields, *columns} - {"extra"} if f"`{name}`" not in PAGE and f'"{name}"' not in PAGE]
    assert not missing
    assert all(f"{rows:,} rows" in PAGE for rows in MOST_ROWS.values())
