"""Commands about sound: artists for clips and for words, features from a folder of audio."""

import time
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from core.audio import decode
from core.audio.acousticbrainz import describe
from core.catalogue import Catalogue, open_catalogue
from core.cli.output import progress_line, say, show
from core.clips.encoder import Listener, encoder_for, listener_for
from core.clips.search import ClipAnswers, ClipEvidence, ClipSearch
from core.clips.texts import TextSearch, weighted_query
from core.clips.vectors import ClipVectors
from core.errors import AudioError, NearfieldError
from core.features.audio_folders import list_audio
from core.features.audio_sets import ACOUSTICBRAINZ, CLAP
from core.features.extraction import Extraction, ExtractionProgress, check_sets, extract_audio, extractors
from core.search.evidence import Answer
from core.search.migration import carry_over
from core.similarity import MAX_K

EXIT_PROBLEMS = 1
EXIT_STOPPED = 130


def clip(options: Namespace) -> int:
    """Print the artists nearest to each clip, by one space; with --json by all of them, with the evidence."""
    _check_k(options.k)
    catalogue = open_catalogue(options.catalogue)
    listener = listener_for(catalogue, options.checkpoint)
    for note in listener.notes:
        say(note)
    search: ClipSearch | None = None
    content: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    faults = 0
    for file in options.files:
        try:
            decoded = decode(file)
            heard = listener.hear(decoded, partial(_say_stage, file))
        except AudioError as fault:
            say(str(fault))
            content.append({"file": str(file), "error": str(fault)})
            faults += 1
            continue
        search = search or ClipSearch(catalogue, heard, options.run_id, options.fusion)
        answers = search.ask(heard, options.k)
        space = options.space or answers.default
        if space not in answers.answers:
            raise NearfieldError(f"“{space}” answers no clip here. There are: {', '.join(answers.answers)}.")
        described = _described(heard)
        content.append(
            {"file": str(file), "seconds": round(decoded.seconds, 2), "notes": list(decoded.notes)}
            | {"traits": described, "default": answers.default, "tied": _ids(catalogue, answers.tied)}
            | {"spaces": _spaces(search, heard, answers)}
        )
        if described:
            say(f"{file.name}: {', '.join(described)}")
        rows += [{"file": file.name} | row for row in _table(search, heard, answers, space)]
    head: dict[str, Any] = {
        "catalogue": catalogue.name,
        "catalogue_hash": catalogue.content_hash,
        "encoder": _encoder(listener),
        "model": search.describe_model() if search else "",
        "notes": list(listener.notes),
    }
    show(options, head | {"clips": content}, pd.DataFrame(rows))
    return EXIT_PROBLEMS if faults else 0


def text(options: Namespace) -> int:
    """Print the artists nearest to words."""
    _check_k(options.k)
    weights = [1.0] * len(options.phrases) if options.weights is None else options.weights
    catalogue = open_catalogue(options.catalogue)
    if CLAP not in catalogue.feature_names:
        raise NearfieldError(f"{catalogue.name} has no CLAP set, so words cannot be compared with its artists.")
    encoder, notes = encoder_for(catalogue, options.checkpoint)
    for note in notes:
        say(note)
    query = weighted_query(encoder.embed_text(options.phrases), weights)
    answers = TextSearch(catalogue).ask(query, options.k)
    rows = _ranked(catalogue, answers.first, answers.tracks)
    content = {
        "catalogue": catalogue.name,
        "catalogue_hash": catalogue.content_hash,
        "encoder": {"name": encoder.name, "title": encoder.title, "checkpoint_hash": encoder.checkpoint_hash},
        "phrases": [{"text": said, "weight": weight} for said, weight in zip(options.phrases, weights, strict=True)],
        "notes": list(notes),
        "space": answers.first.space.name,
        "similar": rows,
    }
    show(options, content, pd.DataFrame(rows))
    return 0


def extract(options: Namespace) -> int:
    """Extract feature sets from a folder of audio into a new version of the catalogue; resumable."""
    catalogue = open_catalogue(options.catalogue)
    listing = list_audio(catalogue, options.audio, options.table)
    wanted = extractors(options.features, options.checkpoint)
    check_sets(catalogue, wanted, options.replace)
    artists = len({file.artist for file in listing.files})
    say(f"{len(listing.files)} files of {artists} artists; what was extracted before is taken from there.")
    started = time.monotonic()

    def on_progress(progress: ExtractionProgress) -> None:
        progress_line(progress.done, progress.files, time.monotonic() - started, progress.latest)

    checkpoint = options.checkpoint or _bundled(options.features)
    try:
        found = extract_audio(catalogue, listing, wanted, checkpoint, options.workers, options.replace, on_progress)
    except KeyboardInterrupt:
        say("\nStopped; the files that were done are kept. The same command goes on from there.")
        return EXIT_STOPPED
    carried = carry_over(catalogue, found.catalogue)
    _say_versions(catalogue, found, len(carried.runs) + len(carried.fusions), carried.left)
    for reason in listing.left_out:
        say(f"Left out: {reason}")
    for name, reason in found.failures:
        say(f"Failed: {name}: {reason}")
    content = {
        "catalogue": found.catalogue.name,
        "catalogue_hash": found.catalogue.content_hash,
        "before": catalogue.content_hash,
        "extracted": found.extracted,
        "known": found.known,
        "artists": artists,
        "left_out": listing.left_out,
        "failures": [{"file": name, "reason": reason} for name, reason in found.failures],
        "runs_kept": carried.runs,
        "fusions_kept": carried.fusions,
        "runs_left": carried.left,
    }
    figures = {"extracted now": found.extracted, "known before": found.known, "failed": len(found.failures)}
    show(options, content, pd.DataFrame([figures | {"left out": len(listing.left_out)}]))
    return EXIT_PROBLEMS if found.failures or listing.left_out else 0


def checkpoint(options: Namespace) -> int:
    """List, get or verify CLAP checkpoints."""
    from core.cli.sound_checkpoints import get_checkpoint, list_checkpoints, verify_checkpoints

    if options.action == "get" and options.name is None:
        raise NearfieldError("Say which checkpoint to get: python -m core checkpoint list shows them.")
    actions = {"list": list_checkpoints, "get": get_checkpoint, "verify": verify_checkpoints}
    return actions[options.action](options)


def _say_versions(before: Catalogue, found: Extraction, kept: int, left: list[str]) -> None:
    if found.catalogue.content_hash == before.content_hash:
        say("The catalogue is as it was.")
        return
    say("The catalogue has a new version: figures measured before belong to the old one, so evaluate again.")
    if kept:
        say(f"{kept} of its runs and fusions rest on nothing that changed, and stay.")
    if left:
        say(f"{len(left)} of its runs rest on features that changed, and are no longer offered. Train again:")
        for run_id in left:
            say(f"  {run_id}")


def _bundled(features: list[str]) -> str | None:
    from core.audio.clap.checkpoints import BUNDLED

    return BUNDLED if CLAP in features else None


def _say_stage(file: Path, stage: str) -> None:
    say(f"{file.name}: {stage} …")


def _spaces(search: ClipSearch, heard: ClipVectors, answers: ClipAnswers) -> list[dict[str, Any]]:
    """Every space's answer, each artist with its evidence."""
    return [
        {
            "space": answer.space.name,
            "title": answer.space.title,
            "similar": _with_evidence(search, heard, answers, name),
        }
        for name, answer in answers.answers.items()
    ]


def _with_evidence(search: ClipSearch, heard: ClipVectors, answers: ClipAnswers, name: str) -> list[dict[str, Any]]:
    catalogue, answer = search.catalogue, answers.answers[name]
    evidence = search.evidence(heard, answers, answer.nearest.rows)
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
        "tied": item.tied,
        "moment": moment,
        "neighbours": _ids(catalogue, item.neighbours),
    }


def _table(search: ClipSearch, heard: ClipVectors, answers: ClipAnswers, space: str) -> list[dict[str, Any]]:
    """One space's answer with the rank in the others, for people."""
    rows = _with_evidence(search, heard, answers, space)
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


def _described(heard: ClipVectors) -> list[str]:
    vector = heard.vectors.get(ACOUSTICBRAINZ)
    return [] if vector is None else describe(vector)


def _encoder(listener: Listener) -> dict[str, Any] | None:
    if listener.encoder is None:
        return None
    encoder = listener.encoder
    return {"name": encoder.name, "title": encoder.title, "checkpoint_hash": encoder.checkpoint_hash}


def _check_k(k: int) -> None:
    if not 1 <= k <= MAX_K:
        raise NearfieldError(f"Ask for 1 to {MAX_K} artists, not {k}.")
