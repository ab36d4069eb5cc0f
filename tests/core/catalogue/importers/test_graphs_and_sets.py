"""Graphs and tables of other programs come in as the documents describe, and two large CSVs by a short mapping."""

import json
from pathlib import Path

import numpy as np
import pytest

from core.catalogue import Catalogue
from core.catalogue.importers import IMPORTERS
from core.catalogue.importers.tables.mapping import parse_mapping, read_mapping, write_mapping
from core.errors import CatalogueError
from tests.core.catalogue.importers.test_awkward_tables import import_tables, write
from tests.support.large_tables import AUDIO, MAPPING, write_tables

GRAPHML = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
  <key id="d0" for="node" attr.name="name" attr.type="string"/>
  <key id="d1" for="node" attr.name="tempo" attr.type="double"/>
  <key id="d2" for="edge" attr.name="weight" attr.type="double"/>
  <graph edgedefault="undirected">
    <node id="n0"><data key="d0">Ada &amp; Co</data><data key="d1">90</data></node>
    <node id="n1"><data key="d0">Bo</data></node>
    <node id="n2"><data key="d0">Cy</data><data key="d1">110</data></node>
    <edge source="n0" target="n1"><data key="d2">0.5</data></edge>
    <edge source="n1" target="n2"/>
    <edge source="n2" target="n9"/>
  </graph>
</graphml>
"""
GEXF = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">
  <graph defaultedgetype="directed">
    <attributes class="node">
      <attribute id="0" title="genres" type="string"/><attribute id="tempo" title="tempo" type="float"/>
    </attributes>
    <nodes>
      <node id="0" label="Ada">
        <attvalues><attvalue for="0" value="rock|jazz"/><attvalue for="tempo" value="90"/></attvalues>
        <viz:size value="10.0"/>
      </node>
      <node id="1" label="Bo"><attvalues><attvalue for="tempo" value="100"/></attvalues></node>
    </nodes>
    <edges><edge id="0" source="0" target="1" weight="2.5"/><edge id="1" source="1" target="0"/></edges>
  </graph>
</gexf>
"""
NODE_LINK = {
    "directed": False,
    "nodes": [{"id": 1, "name": "Ada", "genres": ["rock"]}, {"id": 2, "name": "Bo"}, {"id": "x", "name": "Cy"}],
    "links": [{"source": 1, "target": 2, "weight": 0.5}, {"source": 2, "target": "x"}],
}


def names_and_edges(catalogue: Catalogue) -> tuple[list[str], list[list[int]]]:
    return catalogue.artists["name"].tolist(), catalogue.learned_edges.tolist()


def test_graphml(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"net.graphml": GRAPHML})
    catalogue, lines = import_tables(source, tmp_path / "new")
    assert names_and_edges(catalogue) == (["Ada & Co", "Bo", "Cy"], [[0, 1], [1, 2]])
    assert catalogue.edges["weight"].tolist() == [0.5, 1.0]
    assert np.allclose(catalogue.feature_array("numbers"), [[90], [np.nan], [110]], equal_nan=True)
    assert any("net.graphml#edges: 2 of 3 rows; left out: 1 with an end that is no artist" in line for line in lines)
    assert names_and_edges(import_tables(source / "net.graphml", tmp_path / "file")[0]) == names_and_edges(catalogue)


def test_gexf(tmp_path: Path) -> None:
    source = write(tmp_path / "source", {"net.gexf": GEXF})
    catalogue, _ = import_tables(source, tmp_path / "new")
    assert names_and_edges(catalogue) == (["Ada", "Bo"], [[0, 1]])
    assert [list(each) for each in catalogue.artists["genres"]] == [["rock", "jazz"], []]
    (relation,) = catalogue.manifest.relations
    assert not relation.symmetric
    assert sorted(catalogue.edges["weight"]) == [1.0, 2.5]


@pytest.mark.parametrize(
    ("file", "text", "reason"),
    [
        ("a.graphml", '<!DOCTYPE x [<!ENTITY a "b">]>' + GRAPHML.partition("\n")[2], "declares XML entities"),
        ("a.graphml", GRAPHML[:300], "is not readable XML"),
        ("a.graphml", "<html></html>", "is neither GraphML nor GEXF: it begins with <html>"),
        ("a.gexf", GEXF.replace('source="0" ', ""), "has a <edge> without source"),
        ("a.json", '{"nodes": [{"id": 1}], "links": [1]}', "edges must be a list of objects"),
        ("a.json", '{"edges": [{"source": 1}], "links": [{"source": 1}]}', "has both “links” and “edges”"),
        ("a.json", '{"name": 1}', "is neither a list of objects nor a graph"),
        ("a.jsonl", '{"id": 1}\n[1]\n', "line 2: each line must be a JSON object"),
    ],
)
def test_graphs_that_are_refused(file: str, text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=reason):
        import_tables(write(tmp_path / "source", {file: text}), tmp_path / "new")


@pytest.mark.parametrize("key", ["links", "edges"])
def test_node_link(key: str, tmp_path: Path) -> None:
    content = {"nodes": NODE_LINK["nodes"], key: NODE_LINK["links"]}
    catalogue, _ = import_tables(write(tmp_path / "source", {"net.json": json.dumps(content)}), tmp_path / "new")
    assert names_and_edges(catalogue) == (["Ada", "Bo", "Cy"], [[0, 1], [1, 2]])
    assert catalogue.artists["artist_id"].tolist() == ["1", "2", "x"]


def test_node_link_with_places_for_ids(tmp_path: Path) -> None:
    content = {"nodes": [{"name": "Ada"}, {"name": "Bo"}], "links": [{"source": 0, "target": 1}]}
    catalogue, _ = import_tables(write(tmp_path / "source", {"net.json": json.dumps(content)}), tmp_path / "new")
    assert names_and_edges(catalogue) == (["Ada", "Bo"], [[0, 1]])


def test_gephis_pair(tmp_path: Path) -> None:
    files = {
        "nodes.csv": "Id,Label,timeset,genre\n1,Ada,,rock\n2,Bo,,\n3,Cy,,pop\n",
        "edges.csv": "Source,Target,Type,Id,Label,timeset,Weight\n1,2,Undirected,0,,,2.0\n2,3,Undirected,1,,,1.0\n",
    }
    catalogue, lines = import_tables(write(tmp_path / "source", files), tmp_path / "new")
    assert names_and_edges(catalogue) == (["Ada", "Bo", "Cy"], [[0, 1], [1, 2]])
    assert catalogue.edges["weight"].tolist() == [2.0, 1.0]
    assert catalogue.manifest.relations[0].symmetric
    assert "not used of nodes.csv: timeset" in lines


def test_recboles_atomic_files(tmp_path: Path) -> None:
    files = {
        "music.item": "item_id:token\tname:token_seq\tgenre:token_seq\ttempo:float\n"
        "7\tAda Lane\trock jazz\t90\n8\tBo\tpop\t80\n",
        "music.net": "source_id:token\ttarget_id:token\tweight:float\n7\t8\t0.5\n",
        "music.inter": "user_id:token\titem_id:token\ttimestamp:float\nu\t7\t1\n",
    }
    catalogue, lines = import_tables(write(tmp_path / "source", files), tmp_path / "new")
    assert names_and_edges(catalogue) == (["Ada Lane", "Bo"], [[0, 1]])
    assert [list(each) for each in catalogue.artists["genres"]] == [["rock", "jazz"], ["pop"]]
    assert any(line.startswith("music.inter is a table of listens") for line in lines)


def test_two_large_tables_come_in_by_a_short_mapping(tmp_path: Path) -> None:
    source = write_tables(tmp_path / "source")
    assert len(MAPPING.splitlines()) < 25
    content = IMPORTERS["tables"].plan(source, {"mapping": str(source / "mapping.toml")})
    assert len(content.artists) == 19_000
    assert 149_000 < len(content.edges) <= 150_000
    assert {name: values.shape[1] for name, (values, _) in content.features.items()} == {"audio": 12, "genres": 180}
    assert content.features["audio"][1].columns == AUDIO
    assert content.artists["genres"].str.len().between(1, 4).all()


def test_a_mapping_survives_being_written(tmp_path: Path) -> None:
    text = """
    [catalogue]
    title = "Ünder \\"quotes\\""
    source = "s"
    licence = "l"
    learned = "played"
    [artists]
    file = "a.csv"
    id = "id"
    genres = "genre"
    [[features]]
    name = "mfcc"
    file = "a.csv"
    id = "id"
    prefix = "mfcc_"
    [[edges]]
    file = "e.csv"
    source = "x"
    target = "y"
    joined_by = "name"
    relation = "played"
    [[relations]]
    name = "played"
    title = "played together"
    redistributable = false
    [[files]]
    file = "e.csv"
    separator = ";"
    header = false
    [[listens]]
    file = "l.csv"
    user = "u"
    artist = "a"
    """
    file = tmp_path / "mapping.toml"
    file.write_text(text, encoding="utf-8")
    mapping = read_mapping(file)
    again = tmp_path / "again.toml"
    again.write_text(write_mapping(mapping), encoding="utf-8")
    assert read_mapping(again) == mapping
    assert mapping.relations[0].redistributable is False
    assert mapping.reading_of("e.csv").header is False


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"nodes": {}}, "“nodes” is no table of a mapping. There are: catalogue, artists"),
        ({"artists": []}, "must be a table of keys"),
        ({"artists": {"id": "x"}}, r"\[artists\] lacks file"),
        ({"artists": {"file": "a", "id": 1}}, "id must be text in quotes"),
        ({"artists": {"file": "a", "genres": [1]}}, "genres must be the name of a column or a list of them"),
        ({"edges": 1}, r"write “edges” as a table, \[\[edges\]\]"),
        ({"edges": [{"file": "a"}]}, "lacks source and target"),
        ({"edges": [{"file": "a", "source": "b", "target": "c", "joined_by": "place"}]}, "joined_by must be one of"),
        ({"relations": [{"name": "x", "symmetric": "yes"}]}, "symmetric must be true or false"),
    ],
)
def test_wrong_mappings_say_table_and_key(content: dict, reason: str) -> None:
    with pytest.raises(CatalogueError, match=reason):
        parse_mapping(content, "mapping.toml")
