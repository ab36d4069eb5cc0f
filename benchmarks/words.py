"""Whether words find the kind of artist that they mean, and whether nonsense finds nothing, on real music.

    python -m benchmarks.words CATALOGUE [--store FILE] [--json]

CATALOGUE is made of any tagged folder: `python -m core import folder MUSIC CATALOGUE`, then `python -m core extract
CATALOGUE --features musicnn_tags`. The kind of an artist is the genre that the tags of its own files say. The nearest
of all artists is counted, and so is the nearest of those whose files say a kind. A query whose kind no artist has is
not asked. --store keeps the tags of the artists as JSON: the test of the same queries reads that.
"""

import argparse
import json
from pathlib import Path

from core.catalogue import Catalogue, open_catalogue
from core.clips.word_search import WordSearch
from core.errors import NearfieldError
from core.features.audio_sets import MUSICNN_TAGS
from core.search.sound_tags import sound_tags_of
from core.storage import write_json
from tests.support.words import ask, kinds_of, refused


def heard(catalogue: Catalogue) -> dict[str, object]:
    """The tags of the artists of whom some sound was heard, with their names and genres."""
    tags = sound_tags_of(catalogue)
    if tags is None:
        raise NearfieldError("No sound of these artists was heard in words: python -m core extract.")
    return {
        "licence": catalogue.feature_info(MUSICNN_TAGS).licence,
        "tags": list(tags.names),
        "artists": [
            {
                "name": name,
                "genres": list(genres),
                "likelihood": [float(f"{value:.3g}") for value in tags.likelihood[row]],
            }
            for row, (name, genres) in enumerate(zip(catalogue.display_names, catalogue.artists["genres"], strict=True))
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=Path)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    catalogue = open_catalogue(options.catalogue)
    if options.store:
        write_json(options.store, heard(catalogue))
    search, kinds = WordSearch(catalogue, None), kinds_of(catalogue.artists["genres"].tolist())
    answers, nonsense = ask(search, kinds), refused(search)
    if options.json:
        print(json.dumps({"answers": [vars(one) for one in answers], "refused": nonsense}))
        return
    names = catalogue.display_names
    for one in answers:
        found = f"{names.iloc[one.row]} ({one.kind or 'no kind said'})"
        mark = "right" if one.kind == one.expected else ("said" if one.said == one.expected else "wrong")
        print(f"{mark:6} {one.query:32} {found:40} {one.score:5.2f}, by chance {one.chance:.2f}")
    right, by_chance = sum(one.kind == one.expected for one in answers), sum(one.share for one in answers)
    print(f"{right} of {len(answers)} queries find the expected kind first of all artists; by chance {by_chance:.1f}")
    right, by_chance = sum(one.said == one.expected for one in answers), sum(one.share_of_said for one in answers)
    print(f"{right} of {len(answers)} find it first of those whose files say a kind; by chance {by_chance:.1f}")
    print(f"{sum(nonsense.values())} of {len(nonsense)} queries without a meaning find nothing")


if __name__ == "__main__":
    main()
