"""Options that several commands share, and readers of lists and choices.

Other options are annotated parameters beside their command. An option without an explicit name is named after its
parameter.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from core.graph.protocols import EVALUATED_SPLITS, PROTOCOLS, TRAINED_PROTOCOLS
from core.runs.config import DEVICES

_Number = TypeVar("_Number", int, float)


def one_of(names: Sequence[str]) -> dict[str, Any]:
    """Settings of an option that takes one of these names."""

    def parse(text: str) -> str:
        if text not in names:
            raise ValueError(f"{text!r} is not one of {', '.join(names)}.")
        return text

    return {"parser": parse, "metavar": f"[{'|'.join(names)}]"}


def texts(listed: str) -> list[str]:
    """ "a, b" -> ["a", "b"]."""
    return [text.strip() for text in listed.split(",")]


def read_numbers(option: str, listed: str, read: Callable[[str], list[_Number]]) -> list[_Number]:
    """Read an option's list with `read`. Its ValueError counts as wrong usage."""
    try:
        return read(listed)
    except ValueError:
        raise typer.BadParameter(f"{listed!r} is no list of numbers.", param_hint=f"'{option}'") from None


# `parser=Path` accepts any path, so that the code that reads it reports errors.
CatalogueFolder = Annotated[Path, typer.Argument(parser=Path, metavar="CATALOGUE", help="folder of the catalogue")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON instead of a table")]
HowMany = Annotated[int, typer.Option("-k", help="how many")]
Protocol = Annotated[str, typer.Option(**one_of(PROTOCOLS))]
TrainedProtocol = Annotated[str, typer.Option(**one_of(TRAINED_PROTOCOLS))]
Split = Annotated[str, typer.Option(**one_of(EVALUATED_SPLITS))]
KeepEdges = Annotated[
    int | None,
    typer.Option(metavar="K", help="leave each evaluated artist at most K visible edges (default: all)"),
]
Device = Annotated[str, typer.Option(**one_of(DEVICES))]
Threads = Annotated[int | None, typer.Option(help="CPU threads (default: half the cores)")]
JobId = Annotated[str | None, typer.Option("--job", hidden=True, help="the waiting job that this process does")]
ClapCheckpoint = Annotated[
    str | None,
    typer.Option(metavar="NAME-OR-PATH", help="the CLAP checkpoint (default: the one of the catalogue's vectors)"),
]
