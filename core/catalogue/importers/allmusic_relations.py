"""AllMusic's other relations of 2024 between OLGA's artists, for those who ask for them."""

from pathlib import Path

import numpy as np
import pandas as pd

from core.arrays import IntArray
from core.catalogue.importers.registry import Option, Options
from core.catalogue.importers.sources import check_pairs, read_arrays
from core.catalogue.relations import Relation
from core.errors import CatalogueError

OTHER_RELATIONS = {
    "influenced_by": "listed as influenced by",
    "followed_by": "listed as followed by",
    "associated_with": "listed as associated with",
    "collaborated_with": "listed as having collaborated with",
}
"""Name in relations_2024.npz -> what an edge means."""

RELATIONS_OPTION = Option(
    "relations",
    f"relations besides the similar artists, from relations_2024.npz: all, or some of {', '.join(OTHER_RELATIONS)}",
    "all|NAME[,NAME]",
)


def asked_relations(options: Options) -> list[str]:
    """The names of the relations that are asked for; none where the option is not given.

    Raises CatalogueError for a name that the source does not have.
    """
    given = options.get(RELATIONS_OPTION.name, "")
    if given == "all":
        return list(OTHER_RELATIONS)
    names = [name.strip() for name in given.split(",") if name.strip()]
    if unknown := [name for name in names if name not in OTHER_RELATIONS]:
        raise CatalogueError(
            f"AllMusic's lists have no relation “{unknown[0]}”. Ask for all, or some of: {', '.join(OTHER_RELATIONS)}."
        )
    return list(dict.fromkeys(names))


def other_relation(name: str, terms: str) -> Relation:
    """One of AllMusic's other lists, as it was in 2024, on AllMusic's terms."""
    return Relation(
        name,
        OTHER_RELATIONS[name],
        "AllMusic",
        terms,
        "2024",
        "From the first artist's page to the second, as AllMusic's editors chose.",
        symmetric=False,
        redistributable=False,
    )


def edges_of_relation(source: Path, name: str, new_row: IntArray) -> pd.DataFrame:
    """The edges of a relation between artists that `new_row` (n,) gives a row; it holds -1 for the others."""
    pairs = check_pairs(
        read_arrays(source / "relations_2024.npz", name)[name], len(new_row), f"{name} of relations_2024.npz"
    )
    pairs = np.unique(new_row[pairs], axis=0)
    pairs = pairs[(pairs >= 0).all(axis=1) & (pairs[:, 0] != pairs[:, 1])]
    return pd.DataFrame({"source": pairs[:, 0], "target": pairs[:, 1], "relation": name, "weight": 1.0})
