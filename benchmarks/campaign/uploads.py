"""Mutated files that a visitor may upload: lists in every format, and sound.

Worker processes read them as the pages do, within two gigabytes: a list with the reader of lists, sound with the
decoder. A refusal in plain words is an answer. Some of the same files go through the endpoint of a public server, now
and then with another length or boundary than the true one; there a failure is an answer that is an error of the server,
a page or server that no longer answers, and files that are kept after their visitors have left.
"""

import json
import os
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from typing import Any

from benchmarks.campaign.asking import Tally, Worker
from benchmarks.campaign.files import BYTES
from benchmarks.campaign.found import Found, seeded
from benchmarks.campaign.memory import bytes_of, forget_peak, limit_memory
from core.audio.decoding import decode_here
from core.catalogue import Catalogue
from core.catalogue.library import BUNDLED
from core.curation import CurationList, add, entry_of
from core.curation.exchange import FORMATS, export_list, import_list
from core.errors import AudioError, NearfieldError
from core.owner import PUBLIC_VARIABLE
from tests.support.furnished import furnished
from tests.support.hostile_inputs import hostile_input, is_plain, write_originals
from tests.support.server import ROOT, running_server
from tests.support.session import Session, fetch

_RATE = 48_000
_LIVES = 2000
"""Files until a worker is replaced."""
_SOUNDS = 8
"""One file of so many is sound, which takes longer to read."""
_SERVER_ERROR = 500
_GONE_SECONDS = 60.0
"""How long a server may keep what a visitor has left behind."""
_REST_SECONDS = 10.0


def campaign(numbers: range, seed: int) -> Iterator[Tally]:
    """Read the files of these numbers; yields the tally after each."""
    tally = Tally("uploads")
    left = list(reversed(numbers))
    while left:
        with (
            tempfile.TemporaryDirectory(prefix="nearfield-uploads-") as folder,
            Worker(Path(folder), "benchmarks.campaign.uploads", TMPDIR=folder) as worker,
        ):
            before: set[str] | None = None
            for _ in range(min(_LIVES, len(left))):
                answer = worker.ask({"number": left.pop(), "seed": seed})
                before = before or _files(Path(folder))
                if more := _files(Path(folder)) - before:
                    answer["outcome"] = f"FAULT: it has left files: {sorted(more)[:5]}"
                tally.count(answer)
                yield tally
                if "dead" in answer:
                    break


def through_endpoint(count: int, seed: int) -> Iterator[Found]:
    """Upload so many of the files to a public server, each as a new visitor; yields what was found after each."""
    found, statuses = Found("uploads through the endpoint"), dict[int, int]()
    with tempfile.TemporaryDirectory(prefix="nearfield-uploads-") as name:
        originals = _originals(Path(name), furnished(Path(name)))
        with running_server(ROOT / "data" / BUNDLED, **{PUBLIC_VARIABLE: "1"}) as server:
            with Session(server.address, "clip"):
                before = _at_rest(lambda: server.process.memory_info().rss)
            for number in range(count):
                rng = seeded("endpoint", seed, number)
                status, fault = _send(server.address, *_file(originals, number, seed), rng)
                found.tried += 1
                statuses[status] = statuses.get(status, 0) + 1
                if fault:
                    found.failures.append(f"{number}: {fault}")
                found.figures = {f"answered {answer}": times for answer, times in sorted(statuses.items())}
                yield found
            if held := _held_after_leaving(lambda: server.process.memory_info().rss, before):
                found.failures.append(f"the server holds {held >> 20} MB more than before")
        yield found


def _send(address: str, name: str, content: bytes, rng: random.Random) -> tuple[int, str]:
    """The status of one upload, 0 where the connection was closed, and what is wrong, "" if nothing is."""
    told = {"length": str(rng.choice((0, 1, 10**12)))} if rng.random() < 0.1 else {}
    told |= {"boundary": rng.choice(("x", "-" * 300, '"'))} if rng.random() < 0.1 else {}
    with Session(address, "clip") as session:
        try:
            status = session.upload(name, content, **told).status
        except (OSError, HTTPException):
            status = 0
        session.run()
        fault = next((str(one.message)[:300] for one in session.elements("exception")), "")
    if status >= _SERVER_ERROR:
        fault = f"the server answers {status}"
    if fetch(address, "/_stcore/health").body != b"ok":
        fault = "the server is no longer healthy"
    return status, fault


def _at_rest(memory: Callable[[], int]) -> int:
    """The server's memory once its page has loaded all that it loads while somebody looks at it."""
    found, since = memory(), time.monotonic()
    while time.monotonic() - since < _REST_SECONDS:
        if (now := memory()) > found + (1 << 20):
            found, since = now, time.monotonic()
        time.sleep(0.5)
    return found


def _held_after_leaving(memory: Callable[[], int], before: int) -> int:
    """Bytes beyond a hundred megabytes that a server holds a while after all visitors have left."""
    most, end = before + (100 << 20), time.monotonic() + _GONE_SECONDS
    while memory() > most and time.monotonic() < end:
        time.sleep(1)
    return max(0, memory() - most)


def _originals(folder: Path, catalogue: Catalogue) -> Path:
    """A folder with a list in each format, and the sounds of `write_originals`."""
    originals = folder / "originals"
    originals.mkdir()
    write_originals(originals / "sounds")
    entries = [entry_of(catalogue, row) for row in range(len(catalogue))]
    curated = add(CurationList("A list"), entries)
    for file_format in FORMATS:
        (originals / f"list.{file_format}").write_bytes(export_list(catalogue, curated, file_format).content)
    return originals


def _file(originals: Path, number: int, seed: int) -> tuple[str, bytes]:
    """Name and content of a file, the same for the same number."""
    if number % _SOUNDS == 0:
        sounds = [file.read_bytes() for file in sorted((originals / "sounds").iterdir())]
        return "sound.wav", hostile_input(sounds, number, seed)
    rng = seeded(seed, number)
    source = rng.choice(sorted(file for file in originals.iterdir() if file.is_file()))
    with tempfile.TemporaryDirectory(dir=originals.parent) as place:
        file = Path(place) / source.name
        file.write_bytes(source.read_bytes())
        for _ in range(rng.choice((1, 1, 1, 3))):
            if file.stat().st_size:
                rng.choice([way for way in BYTES if way.__name__ != "_another_file"])(file, rng)
        return source.name, file.read_bytes()


def _outcome(catalogue: Catalogue, name: str, content: bytes) -> str:
    """What becomes of one file: "read", "refused", or "FAULT: " and why."""
    try:
        if name == "sound.wav":
            decode_here(content, _RATE)
        else:
            import_list(catalogue, content, name)
    except AudioError as refusal:
        return "refused" if is_plain(str(refusal)) else f"FAULT: this is no plain refusal: {refusal}"
    except NearfieldError:
        return "refused"
    return "read"


def _answer(catalogue: Catalogue, originals: Path, task: dict[str, Any]) -> dict[str, Any]:
    name, content = _file(originals, task["number"], task["seed"])
    forget_peak()
    before, started = bytes_of("VmRSS"), time.process_time()
    try:
        outcome = _outcome(catalogue, name, content)
    except Exception:  # noqa: BLE001 - whatever a file causes is what is looked for
        outcome = f"FAULT: {traceback.format_exc()[-4000:]}"
    return {
        "number": task["number"],
        "what": f"{name}, {len(content)} bytes",
        "outcome": outcome,
        "seconds": time.process_time() - started,
        "bytes": max(0, bytes_of("VmHWM") - before),
    }


def _files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def main() -> None:
    folder = Path(sys.argv[1])
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    catalogue = furnished(folder)
    originals = _originals(folder, catalogue)
    limit_memory()
    with closing(answers):
        for line in sys.stdin:
            print(json.dumps(_answer(catalogue, originals, json.loads(line))), file=answers, flush=True)


if __name__ == "__main__":
    main()
