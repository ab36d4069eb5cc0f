"""The command line: the parser, and the one place where errors become a message and an exit code."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from core.catalogue.importers import IMPORTERS
from core.cli import commands, demo, sound
from core.errors import NearfieldError
from core.graph.protocols import EVALUATED_SPLITS, PROTOCOLS
from core.runs.config import ANCHORS, DEVICES, LOSSES, MODELS, NEGATIVES, PRECISIONS, ObjectiveConfig, TrainingConfig

EXIT_BAD_INPUT = 2
EXIT_STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code: 0 done, 1 problems found, 2 bad input, 130 stopped."""
    options = build_parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except NearfieldError as fault:
        print(f"nearfield: {fault}", file=sys.stderr)
        return EXIT_BAD_INPUT
    except BrokenPipeError:
        # Whoever read our output has left, as `head` does; nothing more can be printed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as fault:
        place = f"{fault.filename}: " if fault.filename else ""
        print(f"nearfield: {place}{fault.strerror or fault}.", file=sys.stderr)
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        print("nearfield: stopped.", file=sys.stderr)
        return EXIT_STOPPED


def build_parser() -> argparse.ArgumentParser:
    """All commands with their options."""
    parser = argparse.ArgumentParser(prog="python -m core", description="Nearfield: artist similarity, measured.")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: commands.Command, text: str) -> argparse.ArgumentParser:
        sub = subparsers.add_parser(name, help=text, description=text)
        sub.add_argument("--json", action="store_true", help="print JSON instead of a table")
        sub.set_defaults(run=run)
        return sub

    sub = command("import", commands.import_catalogue, "Import a data set as a new catalogue.")
    sub.add_argument("layout", choices=sorted(IMPORTERS), help="layout of the source")
    sub.add_argument("source", type=Path, help="folder with the source's files")
    sub.add_argument("dest", type=Path, help="folder of the new catalogue, for example data/disco-olga")

    sub = command("check", commands.check, "Check every file, hash and row of a catalogue.")
    _catalogue(sub)

    sub = command("train", commands.train, "Train an artist embedder, evaluate it and record its figures.")
    _catalogue(sub)
    sub.add_argument("--features", required=True, metavar="NAME[+NAME]", help="for example clap+moods_themes; random")
    sub.add_argument("--backbone", default="sage", choices=sorted(MODELS))
    sub.add_argument("--layers", type=int, default=2, help="graph layers; 0 is the MLP baseline (default 2)")
    sub.add_argument("--protocol", default="standard", choices=PROTOCOLS)
    sub.add_argument("--seed", type=int, default=0)
    sub.add_argument("--steps", type=int, default=3200, help="full-graph optimiser steps (default 3200, the paper's)")
    _model_and_optimiser(sub)
    _objective(sub)
    _device(sub)

    sub = command("grid", commands.grid, "Train every combination of features, layers and seeds; resumable.")
    _catalogue(sub)
    sub.add_argument(
        "--features",
        type=_texts,
        metavar="LIST",
        help="separated by commas (default: the paper's eight, as far as there)",
    )
    sub.add_argument("--backbones", type=_texts, default=["sage"], metavar="LIST", help="default sage")
    sub.add_argument("--layers", type=_numbers, default=list(range(5)), metavar="LIST", help="default 0-4")
    sub.add_argument("--seeds", type=_numbers, default=[0], metavar="LIST", help="for example 0-2 (default 0)")
    sub.add_argument("--protocols", type=_texts, default=["standard"], metavar="LIST", help="default standard")
    sub.add_argument("--steps", type=int, default=3200, help="optimiser steps of each run (default 3200)")
    sub.add_argument("--workers", type=int, default=1, help="runs at once, one CPU thread each (default 1)")
    _model_and_optimiser(sub)
    _objective(sub)
    sub.add_argument("--device", default="auto", choices=DEVICES)
    sub.add_argument("--plan", action="store_true", help="print what would be done, and stop")

    sub = command("resume", commands.resume, "Start or go on with a run whose folder exists.")
    _catalogue(sub)
    sub.add_argument("run_id", metavar="RUN")
    sub.add_argument("--threads", type=int, help="CPU threads (default: half the cores)")

    sub = command("evaluate", commands.evaluate, "Score a ranker on the hidden edges of a split.")
    _catalogue(sub)
    sub.add_argument(
        "--ranker",
        required=True,
        help="random, popularity, common-neighbours, adamic-adar, pagerank, cosine:FEATURES, run:ID or fusion:NAME",
    )
    sub.add_argument("--protocol", default="standard", choices=PROTOCOLS)
    sub.add_argument("--split", default="test", choices=EVALUATED_SPLITS)
    sub.add_argument("--hide-validation", action="store_true", help="show the ranker train artists only")
    _keep_edges(sub)

    sub = command("compare", commands.compare, "Whether one ranker is better than another, query by query.")
    _catalogue(sub)
    sub.add_argument("first", metavar="RANKER", help="as for evaluate")
    sub.add_argument("second", metavar="RANKER", help="the one to compare it with")
    sub.add_argument("--protocol", default="standard", choices=PROTOCOLS)
    sub.add_argument("--split", default="test", choices=EVALUATED_SPLITS)
    sub.add_argument("--hide-validation", action="store_true", help="show the rankers train artists only")
    _keep_edges(sub)

    sub = command("results", commands.results, "Print the figures measured on catalogues.")
    sub.add_argument("catalogues", type=Path, nargs="+", metavar="CATALOGUE", help="folders of catalogues")
    sub.add_argument("--csv", action="store_true", help="print every column as CSV")

    sub = command("fuse", commands.fuse, "Fit a fusion of several rankers on validation artists.")
    _catalogue(sub)
    sub.add_argument("--name", required=True, help="it is then the ranker and the space fusion:NAME")
    sub.add_argument(
        "--parts", type=_texts, required=True, metavar="LIST", help="for example pagerank,run:ID,cosine:clap"
    )
    sub.add_argument("--threads", type=int, help="CPU threads (default: half the cores)")

    sub = command("similar", commands.similar_artists, "List the artists most similar to one.")
    _catalogue(sub)
    sub.add_argument("--artist", required=True, metavar="NAME-OR-ID")
    sub.add_argument("--space", required=True, help="a feature set, run:ID, fusion:NAME or pagerank")
    sub.add_argument("-k", type=int, default=10, help="how many (default 10)")

    sub = command("map", commands.make_map, "Lay a space out in two dimensions and store the map.")
    _catalogue(sub)
    sub.add_argument("--space", required=True, help="a feature set or run:ID")
    sub.add_argument("--seed", type=int, default=0)

    sub = command("clip", sound.clip, "List the artists most similar to what is heard in sound files.")
    _catalogue(sub)
    sub.add_argument("files", type=Path, nargs="+", metavar="FILE", help="wav, flac, ogg, opus, mp3, aiff, m4a, webm")
    sub.add_argument(
        "--space",
        help="clap, clap:tracks, acousticbrainz, acousticbrainz:tracks, graph:isolated, graph:tied or "
        "graph:fusion (default: the best measured one there is)",
    )
    sub.add_argument(
        "--run", dest="run_id", metavar="RUN", help="the model for the graph (default: the newest that can)"
    )
    sub.add_argument("--fusion", metavar="NAME", help="the fusion for graph:fusion (default: clip, best or the first)")
    _checkpoint(sub)
    sub.add_argument("-k", type=int, default=10, help="how many (default 10)")

    sub = command("text", sound.text, "List the artists most similar to words.")
    _catalogue(sub)
    sub.add_argument("phrases", nargs="+", metavar="WORDS", help='for example "slow, sad piano"')
    sub.add_argument(
        "--weights",
        type=_weights,
        metavar="LIST",
        help="one for each phrase; below zero for what should not be heard, as in --weights=1,-0.5",
    )
    _checkpoint(sub)
    sub.add_argument("-k", type=int, default=10, help="how many (default 10)")

    sub = command("extract", sound.extract, "Extract feature sets from a folder of audio; resumable.")
    _catalogue(sub)
    sub.add_argument(
        "--audio",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="a folder for each artist, named by its artist_id, MBID or exact name",
    )
    sub.add_argument(
        "--table", type=Path, metavar="CSV", help="instead: columns artist, file, and if wanted title, recording_mbid"
    )
    sub.add_argument(
        "--features",
        type=_texts,
        default=["clap", "acousticbrainz"],
        metavar="LIST",
        help="default clap,acousticbrainz",
    )
    _checkpoint(sub)
    sub.add_argument("--workers", type=int, default=1, help="files at once, one CPU thread each (default 1)")
    sub.add_argument("--replace", action="store_true", help="put the sets in the place of another extractor's")

    sub = command("checkpoint", sound.checkpoint, "List, get or verify CLAP checkpoints.")
    sub.add_argument("action", choices=["list", "get", "verify"])
    sub.add_argument("name", nargs="?", metavar="NAME", help="of the checkpoint; verify: default all that are here")

    sub = command("demo", _demo, "Make the bundled catalogue and its small CLAP again, or measure what clips find.")
    sub.add_argument("action", choices=sorted(_DEMO_ARTISTS))
    sub.add_argument("dest", type=Path, metavar="FOLDER", help="new folder to write; score: the catalogue")
    sub.add_argument("--seed", type=int, help="another world, or another model, than the bundled one")
    sub.add_argument("--clap", type=Path, default=demo.BUNDLED_CLAP, metavar="FOLDER", help="default the bundled one")
    sub.add_argument("--artists", type=int, help="how many; score: how many to play (default as bundled)")
    sub.add_argument("--tracks", type=int, default=4, help="clap: of each artist (default 4)")
    sub.add_argument("--steps", type=int, default=900, help="clap: of the optimiser (default 900)")
    sub.add_argument("--device", default="auto", choices=DEVICES, help="clap")
    sub.add_argument("--workers", type=int, default=1, help="processes that render and extract (default 1)")
    return parser


_DEMO_ARTISTS = {"build": 1500, "clap": 2000, "score": 500}


def _demo(options: argparse.Namespace) -> int:
    options.catalogue = options.dest
    options.artists = options.artists or _DEMO_ARTISTS[options.action]
    return {"build": demo.build, "clap": demo.clap, "score": demo.score}[options.action](options)


def _texts(listed: str) -> list[str]:
    return [text.strip() for text in listed.split(",")]


def _weights(listed: str) -> list[float]:
    return [float(text) for text in listed.split(",")]


def _numbers(listed: str) -> list[int]:
    """ "0-2,4" -> [0, 1, 2, 4]."""
    numbers: list[int] = []
    for part in listed.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers


def _catalogue(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("catalogue", type=Path, metavar="CATALOGUE", help="folder of the catalogue")


def _checkpoint(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--checkpoint", metavar="NAME-OR-PATH", help="the CLAP checkpoint (default: the one of the catalogue's vectors)"
    )


def _keep_edges(sub: argparse.ArgumentParser) -> None:
    sub.add_argument(
        "--keep-edges", type=int, metavar="K", help="leave each evaluated artist at most K visible edges (default: all)"
    )


def _model_and_optimiser(sub: argparse.ArgumentParser) -> None:
    paper = TrainingConfig("random")
    group = sub.add_argument_group("model and optimiser", "the defaults are the paper's")
    group.add_argument("--hidden", type=int, default=paper.model.hidden, help="units of the layers")
    group.add_argument("--embedding", type=int, default=paper.model.embedding, help="units of an embedding")
    group.add_argument("--learning-rate", type=float, default=paper.learning_rate)
    group.add_argument("--weight-decay", type=float, default=paper.weight_decay)
    group.add_argument(
        "--precision", default=paper.precision, choices=PRECISIONS, help="of matrix products in training"
    )


def _objective(sub: argparse.ArgumentParser) -> None:
    paper = ObjectiveConfig()
    group = sub.add_argument_group("what is learned", "the defaults are the paper's")
    group.add_argument("--loss", default=paper.loss, choices=LOSSES)
    group.add_argument("--negatives", default=paper.negatives, choices=NEGATIVES, help="how triplets draw them")
    group.add_argument("--anchors", default=paper.anchors, choices=ANCHORS, help="ends of each edge that are anchors")
    group.add_argument("--temperature", type=float, default=paper.temperature, help="of the softmax loss")
    group.add_argument(
        "--hidden-share",
        type=float,
        default=paper.hidden_share,
        metavar="SHARE",
        help="share of artists per step whose edges are hidden and predicted (0: none)",
    )
    group.add_argument(
        "--connection-dropout",
        type=float,
        default=paper.connection_dropout,
        metavar="SHARE",
        help="share of edges that carry no messages in each step",
    )
    group.add_argument(
        "--thinning",
        type=float,
        default=paper.thinning,
        metavar="SHARE",
        help="share of artists per step that keep a random part of their edges",
    )
    group.add_argument(
        "--batch", type=int, default=paper.batch, metavar="EDGES", help="look at this many edges per step (0: all)"
    )


def _device(sub: argparse.ArgumentParser) -> None:
    sub.add_argument("--device", default="auto", choices=DEVICES)
    sub.add_argument("--threads", type=int, help="CPU threads (default: half the cores)")


__all__ = ["build_parser", "main"]
