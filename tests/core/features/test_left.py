"""Files that were listened to in vain are not tried again while they stay as they are, and are told."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from core.audio.encoders.acousticbrainz import DESCRIPTOR_NAMES
from core.catalogue import Catalogue, open_catalogue
from core.catalogue.importers import IMPORTERS
from core.features import extraction
from core.features.audio_folders import list_tracks
from core.features.audio_sets import ACOUSTICBRAINZ, MUSICNN_MSD
from core.features.digests import Digests
from core.features.extraction import Extraction, extract_audio, extractors
from core.features.extraction_workers import Outcome, Task
from core.features.left import files_left, unheard_files
from core.prepare.pieces import Choice
from core.prepare.plan import plan_preparation
from tests.support.music import music

SETS = [ACOUSTICBRAINZ]
SHORT = "The sound lasts 0.50 seconds."


class Ears:
    """In place of the processes that listen: files called `short` fail, `for_now` or for good."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.for_now = False
        self.can_hear_all = False

    def __call__(
        self, tasks: Iterable[Task], checkpoint: object, workers: int, on_outcome: Callable[[Outcome], None]
    ) -> None:
        for task in tasks:
            self.heard.append(task.path.stem)
            if task.path.stem.startswith("short") and not self.can_hear_all:
                on_outcome(Outcome(task, SHORT, is_final=not self.for_now))
                continue
            for target in task.targets.values():
                target.parent.mkdir(parents=True, exist_ok=True)
                np.save(target, np.ones(len(DESCRIPTOR_NAMES), np.float32))
            on_outcome(Outcome(task))


@pytest.fixture
def ears(monkeypatch: pytest.MonkeyPatch) -> Ears:
    fake = Ears()
    monkeypatch.setattr(extraction, "run_tasks", fake)
    return fake


@pytest.fixture
def mine(tmp_path: Path) -> Catalogue:
    for number, name in enumerate(("long", "short", "shorter")):
        music(tmp_path / "songs" / f"{name}.flac", "flac", artist=["Ann", "Bob", "Cid"][number], title=name)
    IMPORTERS["folder"].run(tmp_path / "songs", tmp_path / "mine")
    return open_catalogue(tmp_path / "mine")


def extract(catalogue: Catalogue, again: bool = False) -> Extraction:
    return extract_audio(catalogue, list_tracks(catalogue), extractors(SETS, None), again=again)


def left(catalogue: Catalogue, sets: list[str] = SETS, again: bool = False) -> list[str]:
    return [file.title for file in files_left(catalogue, list_tracks(catalogue), sets, again).todo]


def test_what_failed_is_tried_again_on_demand_alone(mine: Catalogue, ears: Ears) -> None:
    assert left(mine) == ["long", "short", "shorter"]
    first = extract(mine)
    assert (first.extracted, len(first.failures), first.known_faults) == (1, 2, 0)
    after = first.catalogue
    assert left(after) == []
    assert unheard_files(after) == [("short.flac", SHORT), ("shorter.flac", SHORT)]
    ears.heard.clear()
    second = extract(after)
    assert ears.heard == []
    assert (len(second.failures), second.known_faults) == (2, 2)
    assert left(after, again=True) == ["short", "shorter"]
    ears.can_hear_all = True
    third = extract(after, again=True).catalogue
    assert ears.heard == ["short", "shorter"]
    assert unheard_files(third) == []
    assert left(third) == []


def test_a_changed_file_and_another_set_are_tried_again(mine: Catalogue, ears: Ears) -> None:
    after = extract(mine).catalogue
    path = next(file.path for file in list_tracks(after).files if file.title == "short")
    path.write_bytes(path.read_bytes() + b"more")
    assert left(after) == ["short"]
    assert [name for name, _ in unheard_files(after)] == ["shorter.flac"]
    assert left(after, [MUSICNN_MSD]) == ["long", "short", "shorter"]
    assert left(after, [*SETS, MUSICNN_MSD]) == ["long", "short"]


def test_a_fault_of_the_machine_is_not_kept(mine: Catalogue, ears: Ears) -> None:
    ears.for_now = True
    after = extract(mine).catalogue
    assert left(after) == ["short", "shorter"]
    assert unheard_files(after) == []


def test_a_file_that_may_not_be_read_waits_for_permission(
    mine: Catalogue, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Digests.of

    def refuse(digests: Digests, path: Path) -> str:
        if path.stem == "short":
            raise PermissionError(13, "Permission denied")
        return real(digests, path)

    monkeypatch.setattr(Digests, "of", refuse)
    after = extract(mine).catalogue
    assert left(after) == []
    assert ("short.flac", "It cannot be read (Permission denied).") in unheard_files(after)
    os.chmod(next(file.path for file in list_tracks(after).files if file.title == "short"), 0o640)
    assert left(after) == ["short"]


def test_a_preparation_is_done_where_the_rest_cannot_be_heard(mine: Catalogue, ears: Ears) -> None:
    after = extract(mine).catalogue
    first, *_ = plan_preparation(after, Choice(features=tuple(SETS))).steps
    assert first.pieces == ()
    assert first.there == 1
    assert "2 files gave no vectors" in first.why
    first, *_ = plan_preparation(after, Choice(features=tuple(SETS), again=True)).steps
    assert first.pieces == ("acousticbrainz of 2 files",)
