"""The command line: its commands, and the one place that turns errors into a message and an exit code."""

import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer
from typer.core import TyperGroup

from core.cli.lazy import LazyCommand
from core.errors import NearfieldError, StoppedError

PROGRAM = "python -m core"
EXIT_BAD_INPUT = 2
EXIT_STOPPED = 130

COMMANDS = {
    "import": ("catalogue:import_catalogue", "Import a data set as a new catalogue."),
    "importers": ("catalogue:importers", "List the importers, what they read and under which licence."),
    "relations": ("relations:relations", "Add similarities from open data or a service to a catalogue."),
    "open-data": ("open_data:open_data", "Make a catalogue of real artists from open data that may be passed on."),
    "check": ("catalogue:check", "Check every file, hash and row of a catalogue."),
    "remove": ("removal:remove", "Remove a catalogue; music and lists stay."),
    "prepare": ("prepare:prepare", "Make a catalogue ready: sound, models, maps and clips, in one go; resumable."),
    "train": ("training:train", "Train an artist embedder, evaluate it and record its figures."),
    "grid": ("training:grid", "Train every combination of features, layers and seeds; resumable."),
    "resume": ("training:resume", "Start or go on with a run whose folder exists."),
    "evaluate": ("evaluation:evaluate", "Score a ranker on the hidden edges of a split."),
    "compare": ("evaluation:compare", "Whether one ranker is better than others, query by query."),
    "breadth": ("checks:breadth", "Which artists a ranker names, how often the same ones, and for whom it works."),
    "folds": ("checks:folds", "Whether the test split was luck: the same figures on other test artists."),
    "results": ("evaluation:results", "Print the figures measured on catalogues."),
    "fuse": ("evaluation:fuse", "Fit a fusion of several rankers on validation artists."),
    "pairs": ("pairs:pairs", "Train a pair ranker, the best ranker of artists with known edges."),
    "recommend": ("pairs:recommend", "Train the recommended ranker: pairs and content, joined by known edges."),
    "similar": ("search:similar_artists", "List the artists most similar to one."),
    "index": ("index:index", "Build approximate indexes of a very large catalogue's spaces."),
    "map": ("search:make_map", "Lay a space out in two dimensions and store the map."),
    "clip": ("sound:clip", "List the artists most similar to what is heard in sound files."),
    "text": ("sound:text", "List the artists most similar to words."),
    "extract": ("extraction:extract", "Extract feature sets from a folder of audio; resumable."),
    "checkpoint": ("checkpoints:checkpoint", "List, get or verify checkpoints of encoders: CLAP and musicnn."),
    "demo": ("demo:demo", "Make the bundled catalogue and its small CLAP again, or measure what clips find."),
}
"""Name -> module and function in this package, and one line of help."""

app = TyperGroup(
    commands=[LazyCommand(name, f"{__name__}.{function}", text) for name, (function, text) in COMMANDS.items()],
    help="Nearfield: artist similarity, measured.",
    epilog="Each command has --help. A value that begins with a dash is joined to its option by =, as in "
    "--artist=-NAME; words and files that begin with a dash come last, after --.",
    context_settings={"help_option_names": ["-h", "--help"]},
    subcommand_metavar="COMMAND ...",
    rich_markup_mode=None,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code: 0 done, 1 problems found, 2 bad input, 130 stopped.

    Help and wrong usage exit the program with 0 and 2.
    """
    _replace_what_the_terminal_lacks()
    try:
        code = _run(sys.argv[1:] if arguments is None else list(arguments))
        print(end="", flush=True)  # reports here if the output cannot be written
        return code
    except StoppedError:
        print("nearfield: stopped.", file=sys.stderr)
        return EXIT_STOPPED
    except NearfieldError as fault:
        print(f"nearfield: {fault}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except BrokenPipeError:
        # The reader of our output has closed it, as `head` does. Nothing more can be printed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as fault:
        place = f"{fault.filename}: " if fault.filename else ""
        print(f"nearfield: {place}{fault.strerror or fault}.", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print("nearfield: stopped.", file=sys.stderr)
        return EXIT_STOPPED


def _run(arguments: list[str]) -> int:
    try:
        with app.make_context(PROGRAM, arguments) as context:
            return int(app.invoke(context))
    except typer.Exit as end:
        raise SystemExit(end.exit_code) from None
    except typer.TyperException as fault:
        _end_by_wrong_usage(fault)


def _end_by_wrong_usage(fault: typer.TyperException) -> NoReturn:
    """Print the usage of the command and the mistake, and exit."""
    context: typer.Context | None = getattr(fault, "ctx", None)
    if context is not None:
        print(context.get_usage(), file=sys.stderr)
    command = PROGRAM if context is None else context.command_path
    print(f"{command}: error: {fault.format_message()}", file=sys.stderr)
    raise SystemExit(EXIT_BAD_INPUT) from None


def _replace_what_the_terminal_lacks() -> None:
    """Print question marks for characters that the encoding of standard output lacks."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="replace")


__all__ = ["app", "main"]
