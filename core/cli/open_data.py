"""`python -m core open-data`: a catalogue of real artists from dumps of open data."""

from pathlib import Path
from typing import Annotated

import typer

from core.catalogue import open_catalogue
from core.cli.options import AsJson
from core.cli.output import catalogue_summary, key_value_table, show, stage_lines
from core.cli.relations import read_columns
from core.jobs.progress import share
from core.relations.collecting import MEMORY_MB


def open_data(
    dest: Annotated[Path, typer.Argument(parser=Path, metavar="DEST", help="folder of the new catalogue")],
    listens: Annotated[
        Path,
        typer.Option(parser=Path, metavar="PATH", help="ListenBrainz' dump for Spark, unpacked, or a table of listens"),
    ],
    musicbrainz: Annotated[
        Path, typer.Option(parser=Path, metavar="PATH", help="mbdump.tar.bz2, or the folder that comes of unpacking it")
    ],
    acousticbrainz: Annotated[
        list[str] | None,
        typer.Option(metavar="PATH", help="an archive of AcousticBrainz' documents or a folder; can be repeated"),
    ] = None,
    artists: Annotated[
        int | None, typer.Option(min=2, help="how many, those with the most co-listening (default: all)")
    ] = None,
    recordings: Annotated[int, typer.Option(min=1, help="of each artist, those that are listened to most")] = 20,
    columns: Annotated[
        str | None,
        typer.Option(metavar="ROLE=COLUMN,...", help="columns of the listens: user, time, artist, length, recording"),
    ] = None,
    ranges: Annotated[int | None, typer.Option(min=1, help="parts in which users are counted")] = None,
    memory: Annotated[int, typer.Option(min=100, metavar="MB", help="memory for tables")] = MEMORY_MB,
    as_json: AsJson = False,
) -> int:
    """Make a catalogue from files on this machine; docs/open-data.md says where to get them. Nothing is sent."""
    from core.relations.open_data import Dumps, Limits, make_catalogue

    lines = stage_lines()
    folder = make_catalogue(
        Dumps(listens, musicbrainz, [Path(one) for one in acousticbrainz or ()], read_columns(columns)),
        dest,
        limits=Limits(artists, recordings, ranges, memory),
        report=lambda step, done, total: lines(step, share(done, total)),
    )
    summary = catalogue_summary(open_catalogue(folder))
    show(as_json, summary, key_value_table(summary))
    return 0
