"""Uploaded music: bounded, kept where it is read from, and never written elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from core.catalogue import music_uploads
from core.catalogue.music_uploads import check_upload, keep_upload
from core.errors import CatalogueError


@dataclass
class File:
    """A file as the browser sends it."""

    name: str
    content: bytes = b"sound"

    @property
    def size(self) -> int:
        return len(self.content)

    def getbuffer(self) -> memoryview:
        return memoryview(self.content)


def test_music_is_kept_in_its_folders_and_the_rest_left_out(tmp_path: Path) -> None:
    folder = keep_upload([File("tapes/one/1.flac"), File("tapes/2.MP3"), File("tapes/cover.jpg")], "mine", tmp_path)
    kept = sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())
    assert kept == ["tapes/2.MP3", "tapes/one/1.flac"]
    assert folder.is_relative_to(tmp_path)
    keep_upload([File("3.ogg")], "mine", tmp_path)
    assert [file.name for file in folder.iterdir()] == ["3.ogg"]


@pytest.mark.parametrize(
    "name", ["../1.flac", "/etc/1.flac", "a//1.flac", "a\\1.flac", "a\0.flac", "x" * 300 + ".flac"]
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CatalogueError, match="cannot be the name"):
        keep_upload([File(name)], "mine", tmp_path)
    assert not list(tmp_path.rglob("*.flac"))


def test_an_upload_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CatalogueError, match="no music file"):
        check_upload([File("a.jpg")])
    monkeypatch.setattr(music_uploads, "MOST_FILES", 1)
    with pytest.raises(CatalogueError, match="at most 1 can"):
        check_upload([File("1.mp3"), File("2.mp3")])
    monkeypatch.setattr(music_uploads, "LARGEST_UPLOAD", 4)
    with pytest.raises(CatalogueError, match="together"):
        check_upload([File("1.mp3")])
