"""Reading files that anything may have been written into: regular files only, within bounds of size and depth."""

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import NearfieldError

LARGEST_JSON = 16 << 20
DEEPEST_JSON = 100


def open_regular(path: Path, largest: int | None = None) -> BinaryIO:
    """Open a regular file of at most `largest` bytes. Raises NearfieldError for any other, and waits for no pipe."""
    try:
        file = open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK))  # noqa: SIM115
    except FileNotFoundError:
        raise NearfieldError(f"{path.name} is missing in {path.parent}.") from None
    except OSError as fault:
        raise NearfieldError(f"{path.name} cannot be read ({fault.strerror}).") from None
    except ValueError as fault:
        raise NearfieldError(f"{path.name!r} cannot be the name of a file ({fault}).") from None
    found = os.fstat(file.fileno())
    if not stat.S_ISREG(found.st_mode):
        file.close()
        raise NearfieldError(f"{path.name} cannot be read (it is no regular file).")
    if largest is not None and found.st_size > largest:
        file.close()
        raise NearfieldError(f"{path.name} cannot be read ({found.st_size:,} bytes are more than {largest:,}).")
    return file


def read_regular(path: Path, largest: int = LARGEST_JSON) -> bytes:
    """The bytes of a regular file of at most `largest` bytes. Raises NearfieldError for any other."""
    with open_regular(path, largest) as file:
        try:
            return file.read(largest)
        except OSError as fault:
            raise NearfieldError(f"{path.name} cannot be read ({fault.strerror}).") from None


def parse_json(text: str | bytes, name: str) -> Any:
    """The content of JSON. Raises NearfieldError, which begins with `name`, for text that is no JSON, holds a number of
    thousands of digits or is nested too deeply."""
    try:
        content = json.loads(text.decode("utf-8") if isinstance(text, bytes) else text)
    except (ValueError, RecursionError) as fault:
        raise NearfieldError(f"{name} is not valid JSON ({_first_line(fault)}).") from None
    if _is_deeper(content, DEEPEST_JSON):
        raise NearfieldError(f"{name} is not valid JSON here (it is nested more than {DEEPEST_JSON} levels deep).")
    return content


def parse_json_object(text: str | bytes, name: str) -> dict[str, Any]:
    """`parse_json` of a JSON object. Raises NearfieldError for a list, a text, a number or null too."""
    content = parse_json(text, name)
    if not isinstance(content, dict):
        raise NearfieldError(f"{name} must hold a JSON object.")
    return content


def is_number(value: Any) -> bool:
    """Whether a value read from JSON is a finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -sys.float_info.max <= value <= sys.float_info.max


def is_figure(value: Any) -> bool:
    """Whether a value read from JSON can be shown as a number: a finite one, NaN or infinity."""
    return type(value) is float or is_number(value)


def _is_deeper(content: Any, levels: int) -> bool:
    level = [content]
    for _ in range(levels + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _first_line(fault: Exception) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
