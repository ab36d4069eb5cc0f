"""The other relations of a catalogue than the one that is ranked, for the separate setting that reads them."""

import numpy as np
import scipy.sparse as sp

from core.catalogue import Catalogue
from core.catalogue.format import SIMILAR
from core.errors import NearfieldError


def other_relations(catalogue: Catalogue) -> dict[str, sp.csr_array]:
    """Directed (n, n) matrices with a one for each edge, by relation, sorted. Raises NearfieldError for none."""
    edges = catalogue.edges
    shape = (len(catalogue), len(catalogue))
    found = {}
    for name in sorted(set(edges["relation"]) - {SIMILAR}):
        chosen = edges[edges["relation"] == name]
        source, target = chosen["source"].to_numpy(np.int64), chosen["target"].to_numpy(np.int64)
        matrix = sp.csr_array((np.ones(len(chosen), np.float32), (source, target)), shape=shape)
        matrix.data[:] = 1
        found[str(name)] = matrix
    if not found:
        raise NearfieldError(f"{catalogue.name} has no other relation than “{SIMILAR}”. Train without other relations.")
    return found
