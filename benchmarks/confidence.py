"""What the words of confidence are worth: the precision of the first answers at each level, on hidden edges.

    python -m benchmarks.confidence CATALOGUE [--rankers NAME,…] [--protocol P] [--split S] [--answers K] [--json]

Every ranker is measured; the agreement of the others decides its words. Precision is the share of the answers that are
hidden neighbours, with its 95% interval by bootstrap over queries.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from core.catalogue import Catalogue, open_catalogue
from core.experiments.confidence import ANSWERS, LevelPrecision, confidence_precision
from core.graph.protocols import EVALUATED_SPLITS, TRAINED_PROTOCOLS, evaluation_view
from core.space_name import SpaceName


def default_rankers(catalogue: Catalogue) -> list[str]:
    return ["pagerank", *map(SpaceName.cosine, catalogue.feature_names)]


def print_table(found: Mapping[str, Sequence[LevelPrecision]]) -> None:
    print(f"{'ranker':32} {'confidence':10} {'answers':>8} {'queries':>8} {'precision':>10} {'95% interval':>18}")
    for ranker, levels in found.items():
        for level in levels:
            share = level.precision
            print(
                f"{ranker:32} {level.word:10} {level.answers:8,} {level.queries:8,} {share.mean:10.4f} "
                f"{share.low:8.4f} to {share.high:.4f}"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description="Precision of the first answers at each level of confidence.")
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--rankers", help="as `python -m core evaluate` names them (default: pagerank and all cosines)")
    parser.add_argument("--protocol", choices=TRAINED_PROTOCOLS, default="standard")
    parser.add_argument("--split", choices=EVALUATED_SPLITS, default="val")
    parser.add_argument("--answers", type=int, default=ANSWERS, help="first answers of a query (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args()
    catalogue = open_catalogue(options.catalogue)
    view = evaluation_view(catalogue, options.protocol, options.split)
    rankers = options.rankers.split(",") if options.rankers else default_rankers(catalogue)
    found = {name: confidence_precision(catalogue, name, rankers, view, options.answers) for name in rankers}
    if options.json:
        print(json.dumps({name: [asdict(level) for level in levels] for name, levels in found.items()}, indent=1))
        return
    print(f"{catalogue.manifest.name}: {len(view.queries):,} {options.split} queries, {options.protocol} protocol")
    print_table(found)


if __name__ == "__main__":
    main()
