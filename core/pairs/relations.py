"""The other relations of a catalogue than the one that is ranked, for the separate setting that reads them."""

from collections.abc import Collection

import numpy as np
import scipy.sparse as sp

from core.catalogue import Catalogue
from core.errors import NearfieldError


def other_relations(catalogue: Catalogue, names: Collection[str] | None = None) -> dict[str, sp.csr_array]:
    """(n, n) matrices with a one for each edge, by relation, sorted; both ways where a relation has no direction.

    `names` are those that are wanted, None for all but the one that models learn. Raises NearfieldError where there is
    none.
    """
    edges, learned = catalogue.edges, catalogue.manifest.learned
    shape = (len(catalogue), len(catalogue))
    found = {}
    for name in sorted(set(edges["relation"]) - {learned} if names is None else names):
        chosen = edges[edges["relation"] == name]
        source, target = chosen["source"].to_numpy(np.int64), chosen["target"].to_numpy(np.int64)
        matrix = sp.csr_array((np.ones(len(chosen), np.float32), (source, target)), shape=shape)
        record = catalogue.relations.get(name)
        both = matrix + matrix.T if record is not None and record.symmetric else matrix
        both.data[:] = 1
        found[str(name)] = sp.csr_array(both)
    if not found:
        raise NearfieldError(f"{catalogue.name} has no other relation than “{learned}”. Train without other relations.")
    return found
