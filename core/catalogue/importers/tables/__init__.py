"""Tables and graphs that people have already: artists, edges and features from CSV, TSV, Parquet, JSON lines, .npy with
ids, GraphML, GEXF and node-link JSON.

What each column means is guessed, or said by a mapping, which a guess can be saved as. Rows are joined by id, not by
place. What cannot be used is counted by its reason and told.
"""

from core.catalogue.importers.registry import Importer, Option
from core.catalogue.importers.tables.reading import check_terms, read_source

IMPORTER = Importer(
    name="tables",
    title="Your own tables (CSV, TSV, Parquet, JSON, .npy, GraphML, GEXF)",
    reads=(
        "a file or a folder with tables of artists, edges and features, as CSV, TSV, Parquet, JSON lines, .npy with "
        "ids, GraphML, GEXF, node-link JSON, Gephi's pair of tables or RecBole's atomic files"
    ),
    citation="",
    licence="",
    read=read_source,
    options=(
        Option("mapping", "what the columns mean, as --dry-run prints it (default: a guess)", "FILE"),
        Option("source", "where the tables come from; needed unless the mapping says it"),
        Option("licence", "the licence of the tables; needed unless the mapping says it"),
        Option("citation", "what to cite"),
        Option("title", "how the catalogue is called in the app"),
        Option("learned", "the relation that models learn and are scored on", "RELATION"),
        Option("seed", "of splits that are made because the tables have none (default: 0)", "NUMBER"),
    ),
    check=check_terms,
)
