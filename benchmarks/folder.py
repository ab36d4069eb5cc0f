"""How long a folder of music takes to be read, again with nothing new, again with one album more, and in which memory.

    python -m benchmarks.folder [--files N] [--kilobytes K] [--json]

Makes N tagged FLAC files of K kilobytes, ten on an album, in a temporary folder, and imports them three times, each
time in a process of its own, and a tenth of them for comparison. Seconds, elapsed and of the processor, are those of
the import and of the process that reads tags, without the start of Python; memory is the peak.
"""

import argparse
import json
import os
import resource
import struct
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import soundfile

from core.catalogue.importers import IMPORTERS

_STREAM_INFO = 34
_ON_AN_ALBUM = 10


def flac(sound: bytes, fields: dict[str, str], padding: int) -> bytes:
    """A FLAC file with the stream of `sound`, these Vorbis comments and some bytes of padding."""
    comments = [f"{name}={value}".encode() for name, value in fields.items()]
    body = struct.pack("<I", 0) + struct.pack("<I", len(comments))
    body += b"".join(struct.pack("<I", len(each)) + each for each in comments)
    info = sound[8 : 8 + _STREAM_INFO]
    frames = sound[sound.index(b"\xff\xf8") :]
    blocks = [(0, info), (4, body), (0x81, bytes(padding))]
    heads = (struct.pack(">I", kind << 24 | len(content)) + content for kind, content in blocks)
    return b"fLaC" + b"".join(heads) + frames


def make_album(root: Path, album: int, sound: bytes, padding: int) -> None:
    """Ten files of one artist, every third of them with a guest."""
    folder = root / f"Artist {album // 3}" / f"Album {album}"
    folder.mkdir(parents=True)
    for track in range(_ON_AN_ALBUM):
        guest = f" feat. Artist {(album * 7 + track) % 500}" if track % 3 == 0 else ""
        fields = {"ARTIST": f"Artist {album // 3}{guest}", "TITLE": f"{album}.{track}", "ALBUM": f"Album {album}"}
        (folder / f"{track}.flac").write_bytes(flac(sound, fields | {"GENRE": f"Genre {album % 20}"}, padding))


def measure(root: Path, dest: Path) -> dict[str, float]:
    """Seconds and peak megabytes of one import in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.folder", "--import-into", str(dest), str(root)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def import_here(root: Path, dest: Path) -> dict[str, float]:
    """Seconds of an import in this process, and its peak memory in megabytes, the process that reads tags included."""
    started, busy = time.perf_counter(), sum(os.times()[:4])
    IMPORTERS["folder"].run(root, dest)
    seconds, busy = time.perf_counter() - started, sum(os.times()[:4]) - busy
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {"seconds": seconds, "cpu": busy, "megabytes": peaks[0], "megabytes of the reader": peaks[1]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--kilobytes", type=int, default=160)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--import-into", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("root", type=Path, nargs="?", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.import_into:
        print(json.dumps(import_here(arguments.root, arguments.import_into)))
        return
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        soundfile.write(folder / "sound.flac", np.zeros(800, np.float32), 8_000)
        sound, padding = (folder / "sound.flac").read_bytes(), arguments.kilobytes << 10
        albums = arguments.files // _ON_AN_ALBUM
        for album in range(albums):
            make_album(folder / "music", album, sound, padding)
            if album < albums // 10:
                make_album(folder / "tenth", album, sound, padding)
        os.sync()
        rows = {
            "a tenth of the files": measure(folder / "tenth", folder / "small"),
            "all files": measure(folder / "music", folder / "mine"),
            "again": measure(folder / "music", folder / "mine"),
        }
        make_album(folder / "music", albums, sound, padding)
        rows["again with one album more"] = measure(folder / "music", folder / "mine")
    ratios = {clock: rows["again"][clock] / rows["all files"][clock] for clock in ("seconds", "cpu")}
    if arguments.json:
        print(json.dumps({"files": arguments.files, "rows": rows, "again / first": ratios}, indent=1))
        return
    for name, row in rows.items():
        print(
            f"{name:28} {row['seconds']:8.2f} s {row['cpu']:8.2f} CPU-s {row['megabytes']:6.0f} MB, "
            f"reader {row['megabytes of the reader']:.0f} MB"
        )
    print(f"again / first: {ratios['seconds']:.1%} elapsed, {ratios['cpu']:.1%} of the processor")


if __name__ == "__main__":
    main()
