"""Reading tables of MusicBrainz' dump: `mbdump.tar.bz2`, or the folder that comes of unpacking it.

The tables are in the text format of PostgreSQL's COPY: a line for each row, a tab between columns, `\\N` for nothing,
and a backslash before what would be taken for one of these. Only columns that are named by their place are read, so
columns that a later dump adds at the end do no harm.
"""

import re
import tarfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from core.errors import NearfieldError
from core.relations.duck import quoted

FOLDER = "mbdump"
_BLOCK = 1 << 20
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ESCAPE = re.compile(r"\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|.)")

Step = Callable[[int, int], None]
"""Called with bytes that were read of the archive, and the bytes it has; raises to stop."""


@contextmanager
def unpacked(source: Path, tables: Collection[str], step: Step = lambda done, total: None) -> Iterator[dict[str, Path]]:
    """The files of `tables`. Those of an archive are unpacked into a temporary folder, and the rest is skipped.

    Raises NearfieldError where the source is no dump, is damaged, or lacks a table.
    """
    if source.is_dir():
        yield _complete(source, {name: file for name in tables if (file := _in_folder(source, name))}, tables)
        return
    if not source.is_file():
        raise NearfieldError(f"There is no file or folder {source}. Give mbdump.tar.bz2 or the unpacked folder.")
    with TemporaryDirectory(prefix="nearfield-") as place:
        try:
            files = _unpack(source, tables, Path(place), step)
        except (tarfile.TarError, EOFError, OSError) as fault:
            raise NearfieldError(f"{source.name} cannot be unpacked ({fault}). Download it again.") from None
        yield _complete(source, files, tables)


def rows(file: Path, columns: Mapping[str, int]) -> str:
    """SQL of a table in `file` with these columns, given by their place from 1; all are text, and `\\N` is null.

    Texts are still escaped; see `unescaped`.
    """
    chosen = ", ".join(f"nullif(split_part(line, chr(9), {place}), '\\N') AS {name}" for name, place in columns.items())
    return (
        f"(SELECT {chosen} FROM read_csv({quoted(file)}, columns={{'line': 'VARCHAR'}}, delim=chr(1), quote='', "
        "escape='', header=false, auto_detect=false, max_line_size=16000000) WHERE line <> '\\.')"
    )


def unescaped(text: str) -> str:
    """A text of PostgreSQL's COPY as it was before."""
    return _ESCAPE.sub(_unescape, text) if "\\" in text else text


def _unescape(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "01234567":
        return chr(int(code, 8))
    if code[0] == "x" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _ESCAPES.get(code, code)


def _in_folder(source: Path, name: str) -> Path | None:
    return next((file for file in (source / FOLDER / name, source / name) if file.is_file()), None)


def _unpack(source: Path, tables: Collection[str], place: Path, step: Step) -> dict[str, Path]:
    files: dict[str, Path] = {}
    total = source.stat().st_size
    with source.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|*") as archive:
        for member in archive:
            step(raw.tell(), total)
            name = member.name.removeprefix("./").removeprefix(f"{FOLDER}/")
            if name not in tables or not member.isfile():
                continue
            content = archive.extractfile(member)
            assert content is not None  # a regular file
            file = place / name
            with file.open("wb") as target:
                while block := content.read(_BLOCK):
                    target.write(block)
                    step(raw.tell(), total)
            files[name] = file
            if len(files) == len(tables):
                break
    return files


def _complete(source: Path, files: dict[str, Path], tables: Collection[str]) -> dict[str, Path]:
    if missing := sorted(set(tables) - set(files)):
        raise NearfieldError(
            f"{source.name} lacks {', '.join(missing)}. Give MusicBrainz' mbdump.tar.bz2 (the core data), or the "
            "folder that comes of unpacking it."
        )
    return files
