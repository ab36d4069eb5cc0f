"""Reading the tags of many files in a process with limits, so that no hostile file takes time, memory or the program.

`TagReader` sends paths to the process line by line and reads the answers in the same order. A file on which it hangs or
dies costs that file alone.
"""

import json
import os
import resource
import selectors
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from core.audio.tags import Tags, read_tags
from core.errors import AudioError

_ROOT = Path(__file__).resolve().parents[2]
_MEGABYTES = 1024
_SECONDS = 30.0
"""How long one file may take; disks in the network and sleeping ones are slow."""
_AHEAD_BYTES = 1 << 15
"""How much of its input the process may have left unread: less than a pipe holds, so that neither waits for ever."""
_LONGEST_ANSWER = 1 << 20
_BLOCK = 1 << 16

Item = TypeVar("Item")


@dataclass(frozen=True)
class Answer:
    """What came of one file: its tags and its fingerprint, or the reason why it is refused."""

    tags: Tags
    fingerprint: str = ""
    fault: str = ""


class TagReader:
    """One process that reads tags. It starts when the first file comes; `close` ends it."""

    def __init__(self, seconds: float = _SECONDS) -> None:
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = b""

    def read(self, files: Iterable[tuple[str, Item]]) -> Iterator[tuple[Item, Answer]]:
        """The answer for each path, with the item that came with it, in order."""
        asked: deque[tuple[bytes, Item]] = deque()
        source = iter(files)
        ahead = 0
        while True:
            while ahead < _AHEAD_BYTES and (one := next(source, None)) is not None:
                question = json.dumps(one[0]).encode() + b"\n"
                asked.append((question, one[1]))
                ahead += len(question)
                self._ask(question)
            if not asked:
                return
            line = self._line()
            question, item = asked.popleft()
            ahead -= len(question)
            if isinstance(line, bytes):
                yield item, _answer(line)
            else:
                self.close()
                for question, _ in asked:
                    self._ask(question)
                yield item, Answer(Tags(), fault=line)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with suppress(OSError):
                        pipe.close()
        self._process, self._buffer = None, b""

    def _ask(self, question: bytes) -> None:
        if self._process is None:
            self._process = _started()
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # the process has died, which reading its answers tells
            self._process.stdin.write(question)
            self._process.stdin.flush()

    def _line(self) -> bytes | str:
        """The next answer, or why there is none."""
        assert self._process is not None
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                if not selector.select(self._seconds):
                    return f"Reading its tags was given up after {self._seconds:g} seconds."
                block = os.read(self._process.stdout.fileno(), _BLOCK)
                if not block or len(self._buffer) > _LONGEST_ANSWER:
                    return "Its tags cannot be read: the program that reads them ended on this file."
                self._buffer += block
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line


def _started() -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "core.audio.tag_worker"],
        cwd=_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )


def _answer(line: bytes) -> Answer:
    content = json.loads(line)
    return Answer(Tags.from_dict(content["tags"]), content["fingerprint"], content["fault"])


def _work(path: str) -> dict[str, Any]:
    try:
        tags, fingerprint = read_tags(path)
    except AudioError as fault:
        return {"tags": {}, "fingerprint": "", "fault": str(fault)}
    except MemoryError:
        return {"tags": {}, "fingerprint": "", "fault": f"Its tags need more than {_MEGABYTES} MB of memory."}
    return {"tags": tags.as_dict(), "fingerprint": fingerprint, "fault": ""}


def main() -> None:
    """Answer paths, one a line, until the input ends."""
    with suppress(OSError, ValueError):  # systems without this limit
        resource.setrlimit(resource.RLIMIT_AS, (_MEGABYTES << 20, _MEGABYTES << 20))
    for line in sys.stdin.buffer:
        answer = json.dumps(_work(json.loads(line)))
        sys.stdout.buffer.write(answer.encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
