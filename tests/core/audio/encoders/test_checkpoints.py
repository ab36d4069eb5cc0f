"""Downloads against a local server that misbehaves, and the checkpoints that come of them."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Iterator
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch
from filelock import FileLock

from core.audio.encoders import checkpoints
from core.audio.encoders.checkpoints import BUNDLED, CONVERTED, KNOWN, PAPER, Checkpoint, get, verify
from core.audio.encoders.clap import open_encoder
from core.audio.encoders.clap.conversion import source_hash
from core.audio.encoders.downloads import RemoteFile, StoppedError, download
from core.cli.checkpoints import get_checkpoint, list_checkpoints, verify_checkpoints
from core.errors import NearfieldError

CONTENT = bytes(range(256)) * 20_000
HASH = sha256(CONTENT).hexdigest()


class Server(ThreadingHTTPServer):
    """Serves `files`, with the faults that a test sets."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {"/file.bin": CONTENT}
        self.etag = '"one"'
        self.ranges = True
        self.cuts: list[int] = []
        self.answers: list[int] = []
        self.lies_about_start = False
        self.says_length = True
        self.asked: list[tuple[str, str | None]] = []

    def file(self, size: int | None = len(CONTENT), digest: str | None = HASH) -> RemoteFile:
        return RemoteFile("file.bin", self.url("/file.bin"), size, digest)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        server = self.server
        wanted = self.headers.get("Range")
        server.asked.append((self.path, wanted))
        if server.answers:
            self.send_error(server.answers.pop(0))
            return
        content = server.files.get(self.path)
        if content is None:
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and server.ranges else 0
        if self.headers.get("If-Range", server.etag) != server.etag:
            start = 0
        if start and start >= len(content):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            first = 0 if server.lies_about_start else start
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        if server.says_length:
            self.send_header("Content-Length", str(len(content) - start))
        self.send_header("ETag", server.etag)
        self.end_headers()
        body = content[start:]
        self.wfile.write(body[: server.cuts.pop(0)] if server.cuts else body)

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield running
        running.shutdown()


def leftovers(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if not path.name.endswith(".lock")}


# Downloads


def test_a_file_arrives_whole_with_its_progress(server: Server, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    found = download(server.file(), tmp_path, lambda done, total: seen.append((done, total)))
    assert found == HASH
    assert (tmp_path / "file.bin").read_bytes() == CONTENT
    assert leftovers(tmp_path) == {"file.bin"}
    assert seen[0] == (0, len(CONTENT))
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert seen == sorted(seen)


@pytest.mark.parametrize("size", [len(CONTENT), None])
def test_a_cut_connection_is_resumed_at_once(server: Server, tmp_path: Path, size: int | None) -> None:
    server.cuts = [1_000_000, 2_000_000]
    assert download(server.file(size), tmp_path, pause=0) == HASH
    assert [wanted for _, wanted in server.asked] == [None, "bytes=1000000-", "bytes=3000000-"]
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_what_arrived_before_the_end_is_kept_for_the_next_time(server: Server, tmp_path: Path) -> None:
    server.cuts = [1_500_000, *[0] * 9]
    with pytest.raises(NearfieldError, match=r"broke off after 1\.5 MB.*goes on from there"):
        download(server.file(), tmp_path, pause=0)
    assert not (tmp_path / "file.bin").exists()
    server.cuts.clear()
    server.asked.clear()
    assert download(server.file(), tmp_path) == HASH
    assert server.asked == [("/file.bin", "bytes=1500000-")]


def test_a_server_without_ranges_starts_again(server: Server, tmp_path: Path) -> None:
    server.ranges = False
    server.cuts = [1_000_000]
    assert download(server.file(), tmp_path, pause=0) == HASH
    assert (tmp_path / "file.bin").read_bytes() == CONTENT


def test_a_file_that_changed_meanwhile_is_fetched_from_its_start(server: Server, tmp_path: Path) -> None:
    server.cuts = [1_000_000, *[0] * 9]
    with pytest.raises(NearfieldError):
        download(server.file(), tmp_path, pause=0)
    server.cuts.clear()
    changed = CONTENT[::-1]
    server.files["/file.bin"], server.etag = changed, '"two"'
    assert download(server.file(digest=None), tmp_path) == sha256(changed).hexdigest()


def test_a_server_that_sends_another_part_is_not_believed(server: Server, tmp_path: Path) -> None:
    server.cuts = [1_000_000]
    server.lies_about_start = True
    assert download(server.file(), tmp_path, pause=0) == HASH
    assert [wanted for _, wanted in server.asked] == [None, "bytes=1000000-", None]


def test_a_part_longer_than_the_file_is_thrown_away(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT + b"more")
    assert download(server.file(), tmp_path, pause=0) == HASH
    (tmp_path / "file.bin.part").write_bytes(CONTENT + b"more")
    assert download(server.file(size=None), tmp_path, pause=0) == HASH


def test_a_whole_part_is_not_fetched_again(server: Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin.part").write_bytes(CONTENT)
    assert download(server.file(), tmp_path) == HASH
    assert server.asked == []


def test_busy_servers_are_asked_again(server: Server, tmp_path: Path) -> None:
    server.answers = [503, 429, 500]
    assert download(server.file(), tmp_path, pause=0) == HASH


def test_a_server_that_never_says_its_length(server: Server, tmp_path: Path) -> None:
    server.says_length = False
    assert download(server.file(), tmp_path) == HASH
    assert download(server.file(size=None), tmp_path) == HASH


@pytest.mark.parametrize("path", ["/missing.bin", "/file.bin"])
def test_another_hash_is_refused_and_deleted(server: Server, tmp_path: Path, path: str) -> None:
    server.files["/missing.bin"] = b"something else" + CONTENT[14:]
    wanted = RemoteFile("file.bin", server.url(path), len(CONTENT), HASH if path == "/missing.bin" else "0" * 64)
    with pytest.raises(NearfieldError, match="not the file that is known"):
        download(wanted, tmp_path)
    assert leftovers(tmp_path) == set()


def test_another_size_is_refused_before_anything_is_fetched(server: Server, tmp_path: Path) -> None:
    with pytest.raises(NearfieldError, match="replaced there"):
        download(server.file(size=99), tmp_path)
    assert leftovers(tmp_path) == set()


@pytest.mark.parametrize("code", [401, 403, 404, 410])
def test_a_refusal_says_what_to_do(server: Server, tmp_path: Path, code: int) -> None:
    server.answers = [code]
    with pytest.raises(NearfieldError, match=rf"answered {code}.*give its path"):
        download(server.file(), tmp_path)
    assert len(server.asked) == 1


def test_nobody_at_the_address(tmp_path: Path) -> None:
    with Server() as gone:
        url = gone.url("/file.bin")
    with pytest.raises(NearfieldError, match="broke off after 0.0 MB"):
        download(RemoteFile("file.bin", url), tmp_path, pause=0)


def test_a_full_disk_is_noticed_before_the_download(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=len(CONTENT)))
    with pytest.raises(NearfieldError, match="NEARFIELD_CACHE"):
        download(server.file(), tmp_path)
    assert leftovers(tmp_path) == set()


def test_a_folder_that_cannot_be_written(server: Server, tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("a file")
    with pytest.raises(NearfieldError, match="cannot be written"):
        download(server.file(), tmp_path / "folder" / "inside")


def test_a_download_can_be_cancelled_and_goes_on_later(server: Server, tmp_path: Path) -> None:
    seen: list[int] = []
    with pytest.raises(StoppedError, match="goes on from there"):
        download(server.file(), tmp_path, lambda done, _: seen.append(done), lambda: seen[-1] >= 2 << 20)
    assert download(server.file(), tmp_path) == HASH
    assert server.asked[-1] == ("/file.bin", f"bytes={2 << 20}-")


def test_two_processes_do_not_share_a_part(server: Server, tmp_path: Path) -> None:
    with FileLock(tmp_path / ".file.bin.lock"), pytest.raises(NearfieldError, match="another process"):
        download(server.file(), tmp_path)


@pytest.mark.parametrize("url", ["http://example.org/file.bin", "file:///etc/hostname", "ftp://localhost/x"])
def test_only_https_is_fetched(url: str, tmp_path: Path) -> None:
    with pytest.raises(NearfieldError, match="https only"):
        download(RemoteFile("file.bin", url), tmp_path)


# Checkpoints


def test_the_known_checkpoints_are_described() -> None:
    for name, checkpoint in KNOWN.items():
        assert checkpoint.name == name
        assert all((checkpoint.licence, checkpoint.citation, checkpoint.about, checkpoint.source))
        for file in checkpoint.files:
            assert file.url.startswith("https://huggingface.co/") or checkpoint.form == "musicnn"  # which pip gets
            assert file.sha256 is None or len(file.sha256) == 64
    assert KNOWN[BUNDLED].files == ()
    assert KNOWN[PAPER].files[0].size == 2_352_471_003


@pytest.fixture
def laion(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Checkpoint:
    """A known checkpoint in the form of LAION's; nobody publishes the sha256 of its second file."""
    weights = {"module.audio_branch.patch_embed.proj.weight": torch.ones(96, 1, 4, 4)}
    torch.save({"epoch": 1, "state_dict": weights}, tmp_path / "weights.pt")
    content = (tmp_path / "weights.pt").read_bytes()
    server.files |= {"/weights.pt": content, "/merges.txt": b"#version: 0.2\n"}
    checkpoint = Checkpoint(
        "test",
        "A test",
        "laion",
        (
            RemoteFile("weights.pt", server.url("/weights.pt"), len(content), sha256(content).hexdigest()),
            RemoteFile("merges.txt", server.url("/merges.txt")),
        ),
        "CC0",
        "nowhere",
        "nobody",
        "For tests.",
    )
    monkeypatch.setenv("NEARFIELD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(KNOWN, "test", checkpoint)
    return checkpoint


def test_a_checkpoint_is_fetched_checked_and_converted(laion: Checkpoint, server: Server) -> None:
    folder = checkpoints.checkpoint_folder(laion)
    assert not checkpoints.is_installed(laion)
    seen: list[int] = []
    said = get(laion, lambda done, total: seen.append(done))
    assert checkpoints.is_installed(laion)
    assert leftovers(folder) == {"record.json", CONVERTED, "merges.txt"}
    assert source_hash(folder / CONVERTED) == laion.files[0].sha256
    assert seen == sorted(seen)
    assert "published" in said[0]
    assert "nobody publishes" in said[1]
    assert sha256(server.files["/merges.txt"]).hexdigest() in said[1]
    record = json.loads((folder / "record.json").read_text())["files"]
    assert [record[file.name]["trusted"] for file in laion.files] == ["published sha256", "first use"]
    assert verify(laion) == []


def test_nothing_is_fetched_twice(laion: Checkpoint, server: Server) -> None:
    get(laion)
    server.asked.clear()
    get(laion)
    assert server.asked == []


def test_an_interrupted_get_goes_on(laion: Checkpoint, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.files.pop("/merges.txt")
    with pytest.raises(NearfieldError, match="answered 404"):
        get(laion)
    assert not checkpoints.is_installed(laion)
    server.files["/merges.txt"] = b"#version: 0.2\n"
    server.asked.clear()
    get(laion)
    assert [path for path, _ in server.asked] == ["/merges.txt"]


def test_what_was_trusted_once_must_stay_the_same(laion: Checkpoint, server: Server) -> None:
    get(laion)
    (checkpoints.checkpoint_folder(laion) / "merges.txt").unlink()
    server.files["/merges.txt"] = b"#version: 0.3\n"
    with pytest.raises(NearfieldError, match="not the file that is known"):
        get(laion)


def test_verify_finds_what_changed_and_what_is_gone(laion: Checkpoint) -> None:
    with pytest.raises(NearfieldError, match="checkpoint get test"):
        verify(laion)
    get(laion)
    folder = checkpoints.checkpoint_folder(laion)
    (folder / CONVERTED).write_bytes(b"something else")
    (folder / "merges.txt").unlink()
    assert sorted(verify(laion)) == [f"{CONVERTED} has changed since it was downloaded.", "merges.txt is missing."]


def test_a_damaged_conversion_is_mended_by_getting_it_again(laion: Checkpoint, server: Server) -> None:
    get(laion)
    (checkpoints.checkpoint_folder(laion) / CONVERTED).write_bytes(b"something else")
    get(laion)
    assert verify(laion) == []


def test_opening_what_is_not_here_says_how_to_get_it(laion: Checkpoint) -> None:
    with pytest.raises(NearfieldError, match=r"python -m core checkpoint get test \(0\.00 GB\)"):
        open_encoder("test")


# Commands


def test_list_get_and_verify_commands(laion: Checkpoint, capsys: pytest.CaptureFixture[str]) -> None:
    assert list_checkpoints(as_json=True) == 0
    listed = {row["name"]: row for row in json.loads(capsys.readouterr().out)["checkpoints"]}
    assert set(listed) == set(KNOWN)
    assert not listed["test"]["here"]
    assert listed[PAPER]["gigabytes"] == 2.35
    assert get_checkpoint("test", as_json=True) == 0
    shown = capsys.readouterr()
    assert json.loads(shown.out)["here"]
    assert "100/100" in shown.err
    assert "nobody publishes" in shown.err
    assert verify_checkpoints("test", as_json=False) == 0
    assert "whole" in capsys.readouterr().out
    (checkpoints.checkpoint_folder(laion) / "merges.txt").unlink()
    assert verify_checkpoints(None, as_json=False) == 1
    assert "merges.txt is missing" in capsys.readouterr().out
    assert list_checkpoints(as_json=False) == 0
    assert get_checkpoint(BUNDLED, as_json=False) == 0
    with pytest.raises(NearfieldError, match="There is no checkpoint nowhere"):
        get_checkpoint("nowhere", as_json=False)
