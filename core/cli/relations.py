"""`python -m core relations`: similarity relations from open data and services, added to a catalogue."""

from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from core.catalogue import Catalogue, open_catalogue
from core.cli.options import AsJson, CatalogueFolder, JobId, one_of, texts
from core.cli.output import key_value_table, say, show, stage_lines
from core.experiments.migration import record_inputs
from core.jobs.progress import share
from core.jobs.working import at_work
from core.relations.collecting import (
    MEMORY_MB,
    Wanted,
    add_relations,
    cached_answers,
    collect,
    key_from_environment,
    what_is_sent,
)
from core.relations.found import Found
from core.relations.jobs import RELATIONS, job_parameters
from core.relations.mbids import Known, known_artists
from core.relations.sources import SOURCES

_FROM = one_of(list(SOURCES)) | {"metavar": "[" + "|".join(SOURCES) + "]"}
_SERVICES, _FILES = "Options of services", "Options of files"


def relations(
    folder: CatalogueFolder,
    source: Annotated[
        str | None, typer.Option("--from", help="the source; without it the relations are listed", **_FROM)
    ] = None,
    path: Annotated[
        Path | None,
        typer.Option("--source", parser=Path, metavar="PATH", help="dump, table or folder", rich_help_panel=_FILES),
    ] = None,
    link_types: Annotated[
        str | None,
        typer.Option(
            metavar="TYPE,...", help="of MusicBrainz' links (default: all but family)", rich_help_panel=_FILES
        ),
    ] = None,
    columns: Annotated[
        str | None,
        typer.Option(
            metavar="ROLE=COLUMN,...",
            help="columns of the listens: user, time, artist, length, name",
            rich_help_panel=_FILES,
        ),
    ] = None,
    ranges: Annotated[
        int | None, typer.Option(min=1, help="parts in which users are counted", rich_help_panel=_FILES)
    ] = None,
    memory: Annotated[
        int, typer.Option(min=100, metavar="MB", help="memory for tables", rich_help_panel=_FILES)
    ] = MEMORY_MB,
    token: Annotated[
        str | None,
        typer.Option(
            help="your ListenBrainz token or Last.fm API key (default: LISTENBRAINZ_TOKEN or LASTFM_API_KEY of the "
            "environment)",
            rich_help_panel=_SERVICES,
        ),
    ] = None,
    contact: Annotated[
        str,
        typer.Option(
            envvar="NEARFIELD_CONTACT",
            metavar="ADDRESS",
            help="mail or web address, sent so that a service can reach you (default: NEARFIELD_CONTACT)",
            rich_help_panel=_SERVICES,
        ),
    ] = "",
    algorithm: Annotated[
        str, typer.Option(help="of ListenBrainz (default: the first that it knows)", rich_help_panel=_SERVICES)
    ] = "",
    base_url: Annotated[
        str, typer.Option(metavar="URL", help="another address of the service", rich_help_panel=_SERVICES)
    ] = "",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="send nothing and write nothing; say what would be done")
    ] = False,
    learn: Annotated[bool, typer.Option("--learn", help="models learn from this relation from now on")] = False,
    job: JobId = None,
    as_json: AsJson = False,
) -> int:
    """Add relations from a source to a catalogue, or list those that it has. Nothing is sent unless --from says so."""
    catalogue = open_catalogue(folder)
    if source is None:
        return _list(catalogue, as_json)
    wanted = Wanted(
        source,
        path,
        key=token if token is not None else key_from_environment(SOURCES[source]),
        contact=contact,
        base=base_url,
        algorithm=algorithm,
        link_types=tuple(texts(link_types)) if link_types else None,
        columns=read_columns(columns),
        ranges=ranges,
        memory_mb=memory,
    )
    known = known_artists(catalogue)
    say(f"{len(known.row_of):,} of {known.n_artists:,} artists have an MBID; {known.without:,} cannot be matched.")
    say(what_is_sent(wanted, known, cached_answers(wanted, known)))
    if dry_run and SOURCES[source].is_service:
        say("Dry run: nothing was sent and nothing was changed.")
        return 0
    print_stage = stage_lines()
    if dry_run:
        found = collect(catalogue, wanted, lambda done, total: print_stage(source, share(done, total)))
        _report(found, known, dry_run, as_json)
        return 0
    with at_work(catalogue.path, RELATIONS, source, job_parameters(wanted), job) as work:

        def on_progress(done: int, total: int) -> None:
            work.report(source, share(done, total))
            print_stage(source, share(done, total))

        found = collect(catalogue, wanted, on_progress, work.is_cancelled)
        work.check()
        record_inputs(catalogue)
        add_relations(catalogue, found, learn)
    _report(found, known, dry_run, as_json)
    return 0


def read_columns(text: str | None) -> dict[str, str]:
    """ "user=who, time=when" -> {"user": "who", "time": "when"}."""
    pairs = [part.partition("=") for part in texts(text)] if text else []
    if any(not role.strip() or not name.strip() for role, _, name in pairs):
        raise typer.BadParameter(f"{text!r} is no list of ROLE=COLUMN.", param_hint="'--columns'")
    return {role.strip(): name.strip() for role, _, name in pairs}


def _list(catalogue: Catalogue, as_json: bool) -> int:
    counts = catalogue.edges["relation"].value_counts()
    rows = [
        {
            "relation": one.name,
            "edges": int(counts.get(one.name, 0)),
            "means": one.label,
            "source": one.source,
            "licence": one.licence,
            "date": one.date,
            "may be passed on": "yes" if one.redistributable else "no",
        }
        for one in catalogue.manifest.relations
    ]
    show(as_json, {"relations": rows}, pd.DataFrame(rows))
    if not as_json:
        say("More may be had; nothing is sent before you choose one of these with --from:")
        for source in SOURCES.values():
            say(f"  {source.name}: {source.means} Licence: {source.licence}.")
    return 0


def _figures(found: Found, known: Known) -> dict[str, Any]:
    relation = found.relation
    about = {"relation": relation.name, "date": relation.date, "algorithm": relation.algorithm}
    return about | found.counts(known)


def _report(found: list[Found], known: Known, dry_run: bool, as_json: bool) -> None:
    if as_json:
        rows = [_figures(one, known) | {"left out": dict(one.dropped), "notes": list(one.notes)} for one in found]
        show(True, {"changed": not dry_run, "relations": rows}, pd.DataFrame())
        return
    for one in found:
        dropped = {f"left out: {reason}": number for reason, number in one.dropped.items()}
        notes = {f"note {place}": note for place, note in enumerate(one.notes, start=1)}
        show(False, {}, key_value_table(_figures(one, known) | dropped | notes))
    say("Dry run: nothing was changed." if dry_run else "The relations were added.")
