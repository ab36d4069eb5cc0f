"""Commands that find artists for sound files and for words."""

from functools import partial
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import typer

from core.audio import decode
from core.audio.decoding import troubles
from core.audio.encoders.acousticbrainz import describe
from core.audio.encoders.clap import ClapEncoder
from core.audio.encoders.musicnn.listening import mean_tags
from core.audio.encoders.musicnn.tags import likeliest
from core.audio.silence import sounding
from core.catalogue import Catalogue, open_catalogue
from core.cli.options import AsJson, CatalogueFolder, ClapCheckpoint, HowMany, read_numbers
from core.cli.output import say, show
from core.clips.encoder import clap_encoder_for, clip_encoder_for
from core.clips.search import ClipAnswers, ClipEvidence, ClipSearch
from core.clips.vectors import ClipAnalysis
from core.clips.word_search import WordSearch
from core.errors import AudioError, NearfieldError
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP, MUSICNN_TAGS
from core.search.evidence import Answer
from core.similarity import MAX_K

EXIT_PROBLEMS = 1


def clip(
    folder: CatalogueFolder,
    files: Annotated[
        list[Path],
        typer.Argument(parser=Path, metavar="FILE", help="wav, flac, ogg, opus, mp3, aiff, m4a, webm"),
    ],
    space: Annotated[
        str | None,
        typer.Option(
            help="clap, clap:tracks, acousticbrainz, acousticbrainz:tracks, graph:isolated, graph:tied or "
            "graph:fusion (default: the best measured one there is)"
        ),
    ] = None,
    run_id: Annotated[
        str | None,
        typer.Option("--run", metavar="RUN", help="the model for the graph (default: the newest that can)"),
    ] = None,
    fusion: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="the fusion for graph:fusion (default: clip, best or the first)"),
    ] = None,
    checkpoint: ClapCheckpoint = None,
    k: HowMany = 10,
    as_json: AsJson = False,
) -> int:
    """Print the artists nearest to each clip, by one space; with --json by all of them, with the evidence."""
    _check_k(k)
    catalogue = open_catalogue(folder)
    encoder = clip_encoder_for(catalogue, checkpoint)
    for note in encoder.notes:
        say(note)
    search: ClipSearch | None = None
    content: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    faults = 0
    for file in files:
        try:
            decoded = decode(file)
            analysis = encoder.analyse(decoded, partial(_say_stage, file))
        except AudioError as fault:
            say(str(fault))
            content.append({"file": str(file), "error": str(fault)})
            faults += 1
            continue
        search = search or ClipSearch(catalogue, analysis, run_id, fusion)
        answers = search.answer(analysis, k)
        shown = space or answers.default
        if shown not in answers.answers:
            raise NearfieldError(f"“{shown}” answers no clip here. There are: {', '.join(answers.answers)}.")
        described = _described(analysis)
        notes = [*decoded.notes, *sounding(decoded.samples, decoded.rate).notes]
        heard = [tag for tag, _ in likeliest(mean_tags(analysis.tags))] if analysis.tags else []
        content.append(
            {"file": str(file), "seconds": round(decoded.seconds, 2), "notes": notes}
            | {"tags": heard, "traits": described, "default": answers.default, "tied": _ids(catalogue, answers.linked)}
            | {"spaces": _spaces(search, analysis, answers)}
        )
        if heard or described:
            say(f"{file.name}: {', '.join([*heard, *described])}")
        for note in troubles(tuple(notes)):
            say(f"{file.name}: {note}")
        rows += [{"file": file.name} | row for row in _table(search, analysis, answers, shown)]
    head: dict[str, Any] = {
        "catalogue": catalogue.name,
        "catalogue_hash": catalogue.content_hash,
        "encoder": _encoder(encoder.clap),
        "model": search.describe_model() if search else "",
        "notes": list(encoder.notes),
    }
    show(as_json, head | {"clips": content}, pd.DataFrame(rows))
    return EXIT_PROBLEMS if faults else 0


def text(
    folder: CatalogueFolder,
    phrases: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS", help='for example "slow, sad piano"; put -- before words that begin with a dash'
        ),
    ],
    weights: Annotated[
        str | None,
        typer.Option(
            metavar="LIST",
            help="one for each phrase; below zero for what should not be heard, as in --weights=1,-0.5",
        ),
    ] = None,
    checkpoint: ClapCheckpoint = None,
    k: HowMany = 10,
    as_json: AsJson = False,
) -> int:
    """Print the artists nearest to words."""
    _check_k(k)
    amounts = [1.0] * len(phrases) if weights is None else read_numbers("--weights", weights, _weights)
    catalogue = open_catalogue(folder)
    encoder, notes = _word_encoder(catalogue, checkpoint)
    for note in notes:
        say(note)
    found = WordSearch(catalogue, encoder).answer(phrases, amounts, k)
    unknown = found.understood.unknown if found.understood else []
    if unknown:
        say(f"Not understood as tags: {', '.join(unknown)}.")
    first = next(iter(found.answers.values()), None)
    if first is None:
        say("Nothing here is nearer to these words than to words without a meaning.")
        if found.alone:
            say(f"By themselves these find something: {', '.join(found.alone)}.")
    elif first.space.name in found.chance:
        say(f"By chance the nearest artist reaches {found.chance[first.space.name]:.3f}.")
    rows = _ranked(catalogue, first, found.tracks) if first else []
    content = {
        "catalogue": catalogue.name,
        "catalogue_hash": catalogue.content_hash,
        "encoder": _encoder(encoder),
        "phrases": [{"text": phrase, "weight": weight} for phrase, weight in zip(phrases, amounts, strict=True)],
        "notes": list(notes),
        "space": first.space.name if first else None,
        "tags": found.understood.tags if found.understood else {},
        "not_understood": unknown,
        "chance": dict(found.chance),
        "similar": rows,
    }
    show(as_json, content, pd.DataFrame(rows))
    return 0


def _word_encoder(catalogue: Catalogue, checkpoint: str | Path | None) -> tuple[ClapEncoder | None, tuple[str, ...]]:
    """The CLAP that reads words for the catalogue; none where it has no CLAP set but tags that were heard.

    Raises NearfieldError where words can be compared with nothing.
    """
    if MUSICNN_TAGS in catalogue.feature_names:
        if CLAP not in catalogue.feature_names:
            return None, ()
        try:
            return clap_encoder_for(catalogue, checkpoint)
        except NearfieldError as fault:
            if checkpoint is not None:
                raise
            return None, (str(fault),)
    if CLAP not in catalogue.feature_names:
        raise NearfieldError(f"{catalogue.name} has no CLAP set, so words cannot be compared with its artists.")
    return clap_encoder_for(catalogue, checkpoint)


def _weights(listed: str) -> list[float]:
    return [float(text) for text in listed.split(",")]


def _say_stage(file: Path, stage: str) -> None:
    say(f"{file.name}: {stage} …")


def _spaces(search: ClipSearch, analysis: ClipAnalysis, answers: ClipAnswers) -> list[dict[str, Any]]:
    """The answer of every space, each artist with its evidence."""
    return [
        {
            "space": answer.space.name,
            "title": answer.space.title,
            "similar": _with_evidence(search, analysis, answers, name),
        }
        for name, answer in answers.answers.items()
    ]


def _with_evidence(search: ClipSearch, analysis: ClipAnalysis, answers: ClipAnswers, name: str) -> list[dict[str, Any]]:
    catalogue, answer = search.catalogue, answers.answers[name]
    evidence = search.evidence(analysis, answers, answer.nearest.rows)
    rows = _ranked(catalogue, answer, answers.tracks.get(answer.space.name.split(":")[0]))
    return [row | _evidence(catalogue, item) for row, item in zip(rows, evidence, strict=True)]


def _evidence(catalogue: Catalogue, item: ClipEvidence) -> dict[str, Any]:
    moment: dict[str, Any] | None = None
    if item.moment is not None:
        moment = {"window": item.moment.window, "start": item.moment.start, "score": item.moment.score}
        moment |= {"track": _track(catalogue, item.moment.track)}
    return {
        "ranks": dict(item.ranks),
        "scores": dict(item.scores),
        "tied": item.linked,
        "moment": moment,
        "neighbours": _ids(catalogue, item.neighbours),
    }


def _table(search: ClipSearch, analysis: ClipAnalysis, answers: ClipAnswers, space: str) -> list[dict[str, Any]]:
    """One space's answer with the ranks in the others, for people."""
    rows = _with_evidence(search, analysis, answers, space)
    others = [name for name in answers.answers if name != space]
    return [
        {"rank": row["rank"], "artist": row["artist"], "score": row["score"]}
        | {name: row["ranks"][name] or None for name in others}
        | {"from second": row["moment"]["start"] if row["moment"] else None}
        for row in rows
    ]


def _ranked(catalogue: Catalogue, answer: Answer, tracks: "np.ndarray | None") -> list[dict[str, Any]]:
    names, ids = catalogue.display_names, catalogue.artists["artist_id"]
    rows = []
    for rank, (row, score) in enumerate(zip(answer.nearest.rows, answer.nearest.scores, strict=True), start=1):
        listed = {"rank": rank, "artist": names.iloc[row], "artist_id": ids.iloc[row], "score": float(score)}
        rows.append(listed | ({} if tracks is None else {"track": _track(catalogue, int(tracks[row]))}))
    return rows


def _track(catalogue: Catalogue, row: int) -> str | None:
    return None if row < 0 else str(catalogue.tracks["track_id"].iloc[row])


def _ids(catalogue: Catalogue, rows: "np.ndarray") -> list[str]:
    return catalogue.artists["artist_id"].iloc[rows].tolist()


def _described(analysis: ClipAnalysis) -> list[str]:
    vector = analysis.vectors.get(ACOUSTICBRAINZ)
    return [] if vector is None else describe(vector)


def _encoder(clap: ClapEncoder | None) -> dict[str, Any] | None:
    if clap is None:
        return None
    return {"name": clap.name, "title": clap.title, "checkpoint_hash": clap.checkpoint_hash}


def _check_k(k: int) -> None:
    if not 1 <= k <= MAX_K:
        raise NearfieldError(f"Ask for 1 to {MAX_K} artists, not {k}.")
