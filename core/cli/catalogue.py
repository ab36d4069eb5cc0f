"""Commands that import and check catalogues."""

import inspect
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from core.catalogue import open_catalogue
from core.catalogue.format import MANIFEST_FILE
from core.catalogue.import_jobs import IMPORT, import_parameters
from core.catalogue.importers import IMPORTERS, Content, Report
from core.cli.options import AsJson, CatalogueFolder, JobId, one_of
from core.cli.output import catalogue_summary, key_value_table, say, show, stage_lines
from core.cli.versions import say_versions
from core.errors import CatalogueError, StoppedError
from core.experiments.migration import Belongings, belongings, record_inputs
from core.jobs.working import at_work
from core.search.ready import make_ready

EXIT_STOPPED = 130

_NAMES = list(IMPORTERS)
_READY = "making it ready to be opened"
_OPTION = "importer_"
"""Begins the parameters that are options of importers."""

_NAME = one_of(_NAMES) | {"metavar": "NAME"}


def _import(
    name: Annotated[str, typer.Argument(help=f"the importer: {', '.join(_NAMES)}", **_NAME)],
    source: Annotated[Path, typer.Argument(parser=Path, metavar="SOURCE", help="folder or file to import")],
    dest: Annotated[
        Path | None,
        typer.Argument(
            parser=Path, metavar="DEST", help="folder of the new catalogue, for example data/mine", show_default=False
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="write nothing: print what would come in, and the mapping of tables")
    ] = False,
    review_only: Annotated[
        bool,
        typer.Option(
            "--review-only", help="of a folder: read it and write the review, but make no catalogue; an import goes on"
        ),
    ] = False,
    job: JobId = None,
    as_json: AsJson = False,
    **options: str | None,
) -> int:
    """Import a data set and print what the new catalogue holds."""
    importer = IMPORTERS[name]
    given = {key.removeprefix(_OPTION).replace("_", "-"): value for key, value in options.items() if value is not None}
    if dry_run:
        say(f"Reading {name} from {source} …")
        _show_plan(importer.plan(source, given, dest, on_progress=stage_lines()), as_json)
        return 0
    if dest is None:
        raise CatalogueError("Give the folder of the new catalogue after the source, or --dry-run to write nothing.")
    if review_only and importer.review is None:
        raise CatalogueError(f"{name} has no review. Leave out --review-only, or use --dry-run.")
    importer.check_destination(dest)
    lines = stage_lines()

    def told(stage: str, share: float) -> None:
        work.report(stage, share)
        lines(stage, share)

    def on_progress(stage: str, share: float) -> None:
        work.check()
        told(stage, share)

    try:
        with at_work(dest, IMPORT, dest.resolve().name, import_parameters(name, source), job) as work:
            say(f"Importing {name} from {source} …")
            before = _belongings(dest)
            content = importer.plan(source, given, dest, is_trial=False, on_progress=on_progress)
            if review_only and importer.review:
                importer.review(content, dest)
                show(as_json, _import_details(content), pd.DataFrame())
                for line in content.told().lines:
                    say(line)
                return 0
            if not importer.growth:
                on_progress("writing the catalogue", 0.5)
            catalogue = open_catalogue(importer.write(content, dest))
            make_ready(catalogue, lambda share: told(_READY, share))
    except (KeyboardInterrupt, StoppedError):
        say(f"\nStopped.{' The same command goes on from there.' if importer.growth else ' Nothing was written.'}")
        return EXIT_STOPPED
    if before is not None and before[0] != catalogue.content_hash:
        say_versions(before[1], belongings(catalogue))
    summary = catalogue_summary(catalogue)
    for line in content.report.lines if content.report else []:
        say(line)
    show(as_json, summary | _import_details(content), key_value_table(summary))
    return 0


def _belongings(dest: Path) -> tuple[str, Belongings] | None:
    """The version of the catalogue that is there already and what belongs to it; None where there is none."""
    if not (dest / MANIFEST_FILE).is_file():
        return None
    catalogue = open_catalogue(dest)
    record_inputs(catalogue)
    return catalogue.content_hash, belongings(catalogue)


def _show_plan(content: Content, as_json: bool) -> None:
    """Print the report of an import. As text it is a mapping with the report in comments, which can be saved."""
    report = content.told()
    if as_json:
        show(True, report.details | {"mapping": report.mapping, "report": report.lines}, pd.DataFrame())
        return
    print("\n".join([*(_comment(line) for line in report.lines), *_mapping_lines(report)]))


def _mapping_lines(report: Report) -> list[str]:
    return ["", report.mapping.rstrip()] if report.mapping else []


def _comment(line: str) -> str:
    return f"# {' '.join(line.split())}"


def _import_details(content: Content) -> dict[str, Any]:
    return {"import": content.report.details} if content.report else {}


def _with_options(function: Callable[..., int]) -> Callable[..., int]:
    """The command with an option for each option of each importer, under the heading of its importer."""
    signature = inspect.signature(function)
    parameters = [each for each in signature.parameters.values() if each.kind is not inspect.Parameter.VAR_KEYWORD]
    for name in dict.fromkeys(option.name for importer in IMPORTERS.values() for option in importer.options):
        takers = [importer for importer in IMPORTERS.values() if any(each.name == name for each in importer.options)]
        option = next(each for each in takers[0].options if each.name == name)
        settings = typer.Option(
            f"--{name}",
            metavar=option.metavar,
            help=option.help,
            rich_help_panel=f"Options of {', '.join(importer.name for importer in takers)}",
            show_default=False,
        )
        key = f"{_OPTION}{name.replace('-', '_')}"
        kind = Annotated[str | None, settings]
        parameters.append(inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind))

    def command(**values: Any) -> int:
        return function(**values)

    command.__doc__ = function.__doc__
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {each.name: each.annotation for each in parameters}
    return command


import_catalogue = _with_options(_import)
"""The command, with the options of all importers."""


def importers(as_json: AsJson = False) -> int:
    """List the importers, what they read, and under which licence."""
    rows = [
        {
            "name": importer.name,
            "title": importer.title,
            "reads": importer.reads,
            "licence": importer.licence or "that of your source",
            "cite": importer.citation or "your source",
            "options": [f"--{option.name}" for option in importer.options],
        }
        for importer in IMPORTERS.values()
    ]
    for row in rows if not as_json else []:
        print(
            "\n".join([f"{row['name']}: {row['title']}", *(f"    {key}: {_listed(row[key])}" for key in list(row)[2:])])
        )
    if as_json:
        show(True, {"importers": rows}, pd.DataFrame())
    return 0


def _listed(value: Any) -> str:
    return ", ".join(value) or "none" if isinstance(value, list) else str(value)


def check(folder: CatalogueFolder, as_json: AsJson = False) -> int:
    """Print the problems of a catalogue and of its runs, fusions, maps and results; exit code 1 when there are any."""
    from core.experiments.inspection import inspect

    if not folder.is_dir():
        raise CatalogueError(f"There is no folder {folder}.")
    listed = [asdict(problem) for problem in inspect(folder)]
    if not listed and not as_json:
        summary = catalogue_summary(open_catalogue(folder))
        show(as_json, summary, key_value_table(summary | {"problems": "none"}))
    else:
        show(as_json, {"problems": listed}, pd.DataFrame(listed).astype({"row": "Int64"} if listed else {}))
    return 1 if listed else 0
