"""Tables as people have them, each with what becomes of it: a catalogue and what is told, or why it is refused."""

import gzip
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core.catalogue import Catalogue, open_catalogue, validate
from core.catalogue.importers import IMPORTERS
from core.errors import CatalogueError

ARTISTS = "id,name,tempo,energy\na,Ada,90,0.5\nb,Bo,100,0.25\nc,Cy,110,0.75\nd,Di,120,1\n"
EDGES = "source,target,weight\na,b,1\nb,c,0.5\nc,d,0.25\n"
MBIDS = [f"{row:08x}-1111-4222-8333-444444444444" for row in range(4)]

Files = dict[str, Any]
Check = Callable[[Catalogue], bool]


@dataclass(frozen=True)
class Case:
    """Files with a name, and what an import makes of them: `told` are parts of the report, or of the refusal."""

    name: str
    files: Files
    told: tuple[str, ...] = ()
    check: Check | None = None
    refused: str = ""
    mapping: str = ""
    options: dict[str, str] = field(default_factory=dict)


def write(folder: Path, files: Files) -> Path:
    """Write each file: text, bytes, a frame as Parquet, or an array as .npy."""
    folder.mkdir()
    for name, content in files.items():
        path = folder / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        elif isinstance(content, pd.DataFrame):
            content.to_parquet(path, index=False)
        elif isinstance(content, np.ndarray):
            np.save(path, content)
        else:
            path.write_text(content, encoding="utf-8")
    return folder


def import_tables(source: Path, dest: Path, mapping: str = "", **options: str) -> tuple[Catalogue, list[str]]:
    """The catalogue that comes in, and the lines of the report."""
    given = {"source": "a test", "licence": "CC0-1.0"} | options
    if mapping:
        file = source.parent / "mapping.toml"
        file.write_text(mapping, encoding="utf-8")
        given["mapping"] = str(file)
    content = IMPORTERS["tables"].plan(source, given)
    assert content.report is not None
    folder = IMPORTERS["tables"].write(content, dest)
    assert validate(folder) == []
    return open_catalogue(folder), content.report.lines


def names(*expected: str) -> Check:
    return lambda catalogue: catalogue.artists["name"].tolist() == list(expected)


def ids(*expected: str) -> Check:
    return lambda catalogue: catalogue.artists["artist_id"].tolist() == list(expected)


def edges(number: int) -> Check:
    return lambda catalogue: len(catalogue.learned_edges) == number


def genres(*expected: list[str]) -> Check:
    return lambda catalogue: [list(each) for each in catalogue.artists["genres"]] == list(expected)


def values(name: str, expected: list[list[float]]) -> Check:
    def check(catalogue: Catalogue) -> bool:
        found = catalogue.feature_array(name)
        return bool(np.allclose(found, np.array(expected), equal_nan=True))

    return check


def weights(*expected: float) -> Check:
    return lambda catalogue: bool(np.allclose(catalogue.edges["weight"], expected))


def all_of(*checks: Check) -> Check:
    return lambda catalogue: all(check(catalogue) for check in checks)


def artists(header: str, *rows: str) -> Files:
    return {"artists.csv": "\n".join([header, *rows]) + "\n"}


MAPPED = """
[artists]
file = "artists.csv"
id = "id"
name = "name"
"""

CASES = [
    Case(
        "plain",
        {"artists.csv": ARTISTS, "edges.csv": EDGES},
        ("ids of artists",),
        all_of(edges(3), names("Ada", "Bo", "Cy", "Di")),
    ),
    Case("tabs", {"artists.tsv": ARTISTS.replace(",", "\t"), "edges.tsv": EDGES.replace(",", "\t")}, (), edges(3)),
    Case("semicolons", {"artists.csv": ARTISTS.replace(",", ";"), "edges.csv": EDGES.replace(",", ";")}, (), edges(3)),
    Case(
        "bars in a text file",
        {"artists.txt": ARTISTS.replace(",", "|"), "edges.txt": EDGES.replace(",", "|")},
        (),
        edges(3),
    ),
    Case(
        "a byte order mark", {"artists.csv": "\ufeff" + ARTISTS, "edges.csv": EDGES}, (), all_of(ids(*"abcd"), edges(3))
    ),
    Case(
        "UTF-16 with its mark",
        {"artists.csv": ARTISTS.encode("utf-16"), "edges.csv": EDGES},
        ("read as utf-16",),
        ids(*"abcd"),
    ),
    Case(
        "UTF-16 without its mark",
        {"artists.csv": ARTISTS.encode("utf-16-le"), "edges.csv": EDGES},
        ("read as utf-16-le",),
        ids(*"abcd"),
    ),
    Case(
        "Latin-1",
        {"artists.csv": ARTISTS.replace("Bo", "Björk").encode("latin-1"), "edges.csv": EDGES},
        ("read as cp1252, since it is no UTF-8",),
        names("Ada", "Björk", "Cy", "Di"),
    ),
    Case(
        "mojibake",
        {"artists.csv": ARTISTS.replace("Bo", "BjÃ¶rk"), "edges.csv": EDGES},
        ("garbled: 1 name, such as “BjÃ¶rk”",),
        names("Ada", "BjÃ¶rk", "Cy", "Di"),
    ),
    Case(
        "lines that end as a Mac's",
        {"artists.csv": ARTISTS.replace("\n", "\r"), "edges.csv": EDGES.replace("\n", "\r")},
        (),
        edges(3),
    ),
    Case(
        "lines that end as Windows'",
        {"artists.csv": ARTISTS.replace("\n", "\r\n"), "edges.csv": EDGES.replace("\n", "\r\n")},
        (),
        edges(3),
    ),
    Case(
        "lines quoted as a whole",
        {"artists.csv": ARTISTS, "edges.csv": "".join(f'"{line}"\n' for line in EDGES.splitlines())},
        ("4 lines quoted as a whole",),
        edges(3),
    ),
    Case(
        "rows quoted as a whole below a header that is not",
        {"artists.csv": ARTISTS, "edges.csv": 'source,target\na,b\n"b,c"\nc,d\n'},
        ("1 line quoted as a whole",),
        edges(3),
    ),
    Case(
        "rows that are too long",
        artists("id,name,tempo", "a,Ada,1", "b,Earth, Wind,2", "c,Cy,3"),
        ("1 row with more cells than the first: left out (the first is line 3)",),
        names("Ada", "Cy"),
    ),
    Case(
        "rows that are too short",
        artists("id,name,tempo", "a,Ada,1", "b,Bo", "c,Cy,3"),
        ("1 row with fewer cells than the first",),
        all_of(names("Ada", "Bo", "Cy"), values("numbers", [[1], [np.nan], [3]])),
    ),
    Case("separators after the last cell", artists("id,name,tempo", "a,Ada,1,", "b,Bo,2,,"), (), names("Ada", "Bo")),
    Case(
        "commas and line breaks in quotes",
        artists("id,name,tempo", 'a,"Earth, Wind & Fire",1', 'b,"Two\nlines ""said""",2'),
        (),
        names("Earth, Wind & Fire", 'Two\nlines "said"'),
    ),
    Case(
        "quotes that belong to names between tabs",
        {"artists.tsv": 'id\tname\ttempo\na\t"Weird Al" Yankovic\t1\nb\t12" Mix\t2\n'},
        (),
        names('"Weird Al" Yankovic', '12" Mix'),
    ),
    Case(
        "decimal commas",
        {"artists.csv": "id;name;tempo\na;Ada;0,5\nb;Bo;-1,25\nc;Cy;1.234,5\n"},
        ("3 numbers with a decimal comma",),
        values("numbers", [[0.5], [-1.25], [1234.5]]),
    ),
    Case(
        "ids and names that look like something else",
        artists("id,name,tempo", "007,NaN,1", "NaN,None,2", "None,null,3", "1e5,TRUE,4", "1.0,311,5"),
        (),
        all_of(ids("007", "NaN", "None", "1e5", "1.0"), names("NaN", "None", "null", "TRUE", "311")),
    ),
    Case(
        "namesakes with ids",
        artists("id,name,tempo", "a,Nirvana,1", "b,Nirvana,2"),
        ("2 artists with the name of another (“Nirvana”)",),
        ids("a", "b"),
    ),
    Case(
        "namesakes without ids",
        artists("name,tempo", "Nirvana,1", "Nirvana,2", "Kyuss,3"),
        ("they are taken for namesakes",),
        ids("Nirvana (1)", "Nirvana (2)", "Kyuss"),
    ),
    Case(
        "edges by the name of namesakes",
        artists("name,tempo", "Nirvana,1", "Nirvana,2", "Kyuss,3", "Tool,4")
        | {"edges.csv": "source,target\nNirvana,Kyuss\nKyuss,Tool\n"},
        ("1 with an end whose name several artists have",),
        edges(1),
    ),
    Case(
        "edges by names in another spelling",
        artists("id,name", "1,Björk", "2,The  Paper Orphans")
        | {"edges.csv": "source,target\nBJO\u0308RK,the paper orphans\n"},
        ("taken for names of artists",),
        edges(1),
    ),
    Case(
        "edges by MBIDs in capitals",
        artists("id,name,mbid", f"1,Ada,{MBIDS[0]}", f"2,Bo,{MBIDS[1]}")
        | {"edges.csv": f"source,target\n{MBIDS[0].upper()},{MBIDS[1]}\n"},
        ("taken for MBIDs of artists",),
        edges(1),
    ),
    Case(
        "edges that cannot be used",
        {
            "artists.csv": ARTISTS,
            "edges.csv": "source,target,weight\na,b,1\nb,a,2\na,b,1\na,a,1\na,zz,1\n,b,1\nb,c,0\nc,d,-1\nb,d,x\n",
        },
        (
            "edges of edges.csv: 1 of 9 rows",
            "1 with an end that is empty",
            "1 with an end that is no artist",
            "1 with an artist tied to itself",
            "2 with a weight of zero or less",
            "1 with a weight that is no number",
            "1 with the same edge again",
            "1 with the same edge the other way round",
            "edges.csv, line 6, “a” and “zz”",
        ),
        all_of(edges(1), weights(2)),
    ),
    Case(
        "no edge that can be used",
        {"artists.csv": ARTISTS, "edges.csv": "source,target\n1,2\n2,3\n"},
        refused="No edge can be used: 2 with an end that is no artist",
    ),
    Case(
        "edges without a row",
        {"artists.csv": ARTISTS, "edges.csv": "source,target\n"},
        refused="No edge can be used: the tables of edges are empty",
    ),
    Case(
        "edges alone",
        {"edges.csv": "source,target\nNaN,311\n311,007\n"},
        ("no table lists artists",),
        all_of(ids("NaN", "311", "007"), edges(2)),
    ),
    Case(
        "an edge list without a header",
        {"graph.edgelist": "# from a paper\n1 2\n2 3\n3 1\n"},
        ("no header line", "1 comment before the table"),
        edges(3),
    ),
    Case(
        "pairs without a header beside artists",
        {"artists.csv": ARTISTS, "edges.tsv": "a\tb\t0.5\nb\tc\t0.25\n"},
        ("no header line",),
        weights(0.5, 0.25),
    ),
    Case(
        "several relations",
        {
            "artists.csv": ARTISTS,
            "edges.csv": "source,target,relation\na,b,similar\nb,c,member of\nc,d,\na,c,member of\na,d,member of\n",
        },
        (
            "relation “similar”: 2 edges; models learn",
            "relation “member of”: 3 edges; kept beside it",
            "1 edge without a relation",
        ),
        all_of(edges(2), lambda catalogue: len(catalogue.edges) == 5),
    ),
    Case(
        "a relation chosen to be learned",
        {"artists.csv": ARTISTS, "edges.csv": "source,target,relation\na,b,similar\nb,c,played\nc,d,played\n"},
        (),
        edges(2),
        options={"learned": "played"},
    ),
    Case(
        "a relation to learn that has no edge",
        {"artists.csv": ARTISTS, "edges.csv": EDGES},
        refused="There is no edge of the relation “played” to learn from. Relations: similar",
        options={"learned": "played"},
    ),
    Case(
        "weights that are missing",
        {"artists.csv": ARTISTS, "edges.csv": "source,target,weight\na,b,\nb,c,0.5\n"},
        ("1 edge without a weight: counted as 1",),
        weights(1, 0.5),
    ),
    Case(
        "splits by other names",
        artists("id,name,split", "a,Ada,TRAIN", "b,Bo,valid", "c,Cy,dev", "d,Di,testing"),
        ("(as given)",),
        lambda catalogue: catalogue.split.tolist() == [0, 1, 1, 2],
    ),
    Case(
        "splits by number",
        artists("id,name,partition", "a,Ada,0", "b,Bo,1", "c,Cy,2"),
        ("(as given)",),
        lambda catalogue: catalogue.split.tolist() == [0, 1, 2],
    ),
    Case(
        "splits from one on",
        artists("id,name,split", "a,Ada,1", "b,Bo,2", "c,Cy,3"),
        (),
        lambda catalogue: catalogue.split.tolist() == [0, 1, 2],
    ),
    Case(
        "a split for some",
        artists("id,name,split", "a,Ada,test", "b,Bo,", "c,Cy,val"),
        ("1 artist without a split",),
        lambda catalogue: catalogue.manifest.splits.are_made,
    ),
    Case(
        "a split that is none",
        artists("id,name,part", "a,Ada,train", "b,Bo,dunno"),
        refused="artists.csv, line 3: “dunno” in “part” is no split",
        mapping=MAPPED + 'split = "part"\n',
    ),
    Case(
        "folds, which are no splits",
        artists("id,name,fold", "a,Ada,7", "b,Bo,8"),
        ("not used of artists.csv: fold", "made:"),
        None,
    ),
    Case(
        "years, dates and decades",
        artists("id,name,year", "a,Ada,1994", "b,Bo,2001-02-03", "c,Cy,1980s", "d,Di,90s", "e,Ed,", "f,Fu,long ago"),
        ("1 cell without a year",),
        lambda catalogue: catalogue.artists["decade"].fillna(0).tolist() == [1990, 2000, 1980, 1990, 0, 0],
    ),
    Case(
        "lists of genres",
        artists("id,name,genres", "a,Ada,rock;jazz", "b,Bo,", "c,Cy,jazz; rock ;jazz", "d,Di,pop"),
        ("set genres: 3 binary columns, 3 of 4 artists (75%)",),
        all_of(
            genres(["rock", "jazz"], [], ["jazz", "rock"], ["pop"]),
            values("genres", [[1, 0, 1], [np.nan] * 3, [1, 0, 1], [0, 1, 0]]),
        ),
    ),
    Case(
        "lists as Python and JSON write them",
        artists("id,name,genres", "a,Ada,\"['rock', 'jazz']\"", 'b,Bo,"[""pop""]"', "c,Cy,[]"),
        (),
        genres(["rock", "jazz"], ["pop"], []),
    ),
    Case(
        "genre1 to genre3",
        artists("id,name,genre1,genre2,genre3", "a,Ada,rock,jazz,", "b,Bo,pop,,", "c,Cy,,,"),
        (),
        genres(["rock", "jazz"], ["pop"], []),
    ),
    Case(
        "rows that are known in part",
        artists("id,name,tempo,energy", "a,Ada,1,2", "b,Bo,,2", "c,Cy,3,4", "d,Di,5,"),
        ("2 artists with only some of the numbers: counted as without",),
        values("numbers", [[1, 2], [np.nan] * 2, [3, 4], [np.nan] * 2]),
    ),
    Case(
        "a column that few have",
        artists("id,name,tempo,rare", "a,Ada,1,", "b,Bo,2,", "c,Cy,3,7", "d,Di,4,"),
        ("“rare” is left out of the numbers, since only 25% of the rows have it", "not used of artists.csv: rare"),
        values("numbers", [[1], [2], [3], [4]]),
    ),
    Case(
        "words among numbers",
        artists("id,name,tempo", "a,Ada,1", "b,Bo,fast", "c,Cy,N/A", "d,Di,4", "e,Ed,inf"),
        ("2 cells without a number: unknown (the first: artists.csv, line 3, “fast”)",),
        values("numbers", [[1], [np.nan], [np.nan], [4], [np.nan]]),
    ),
    Case(
        "a set that is the same for all",
        artists("id,name,tempo", "a,Ada,5", "b,Bo,5"),
        ("set numbers: left out: it is the same for all artists",),
        lambda catalogue: catalogue.feature_names == [],
    ),
    Case(
        "a set that nobody has",
        {"artists.csv": ARTISTS, "sound.csv": "id,bpm\nx,1\ny,2\n"},
        ("set sound: left out: no artist has it", "2 rows of sound.csv of no artist"),
        lambda catalogue: catalogue.feature_names == ["numbers"],
    ),
    Case(
        "a set in another file and order",
        {"artists.csv": ARTISTS, "sound.csv": "id,bpm\nd,4\na,1\nzz,9\na,7\n"},
        (
            "1 row of sound.csv of no artist (the first: sound.csv, line 4, “zz”)",
            "1 row of sound.csv with an artist that stands above",
        ),
        values("sound", [[1], [np.nan], [np.nan], [4]]),
    ),
    Case(
        "a set by names",
        {"artists.csv": ARTISTS, "sound.csv": "artist,bpm\ndi,4\nADA,1\n"},
        (),
        values("sound", [[1], [np.nan], [np.nan], [4]]),
    ),
    Case(
        "columns that are numbered through",
        artists("id,name,mfcc_1,mfcc_2,mfcc_3,tempo", "a,Ada,1,2,3,4", "b,Bo,5,6,7,8"),
        ("set mfcc: 3 continuous columns",),
        all_of(values("mfcc", [[1, 2, 3], [5, 6, 7]]), values("numbers", [[4], [8]])),
    ),
    Case(
        "a name that is Nearfield's own",
        artists("id,name,random_1,random_2,random_3", "a,Ada,1,2,3", "b,Bo,5,6,7"),
        ("the set “random” is called “own_random”",),
        lambda catalogue: catalogue.feature_names == ["own_random"],
    ),
    Case(
        "a name that is Nearfield's own, in a mapping",
        artists("id,name,tempo", "a,Ada,1"),
        refused="A feature set cannot be called “learned”",
        mapping=MAPPED + '[[features]]\nname = "learned"\nfile = "artists.csv"\nid = "id"\ncolumns = ["tempo"]\n',
    ),
    Case(
        "MBIDs that are none",
        artists("id,name,mbid", f"a,Ada,https://musicbrainz.org/artist/{MBIDS[0]}", "b,Bo,b-o"),
        ("1 cell without an MBID, unknown (the first: artists.csv, line 3)",),
        lambda catalogue: catalogue.artists["mbid"].fillna("").tolist() == [MBIDS[0], ""],
    ),
    Case(
        "a column without any MBID",
        artists("id,name,mbid", "a,Ada,x"),
        refused="the column “mbid” holds no MBID",
        mapping=MAPPED + 'mbid = "mbid"\n',
    ),
    Case(
        "ids that stand twice",
        artists("id,name", "a,Ada", "b,Bo", "a,Again", ",Nobody"),
        ("1 with no id", "1 with an id that stands above already"),
        ids("a", "b"),
    ),
    Case("names that are empty", artists("id,name", "a,", "b,Bo"), ("1 artist without a name",), names("a", "Bo")),
    Case(
        "columns of one name",
        artists("id,name,tempo,tempo", "a,Ada,1,2", "b,Bo,3,4"),
        ("the second is “tempo (4)”",),
        values("numbers", [[1, 2], [3, 4]]),
    ),
    Case(
        "columns that nobody knows",
        artists("id,name,country,,url", "a,Ada,FR,1,x", "b,Bo,DE,2,y"),
        ("not used of artists.csv: country, url",),
        None,
    ),
    Case(
        "Parquet with whole numbers as ids",
        {
            "artists.parquet": pd.DataFrame({"id": [7, 8], "name": ["Ada", "Bo"]}),
            "edges.parquet": pd.DataFrame({"source": [7.0], "target": [8.0]}),
        },
        (),
        all_of(ids("7", "8"), edges(1)),
    ),
    Case(
        "Parquet with lists and vectors",
        {
            "artists.parquet": pd.DataFrame(
                {"id": ["a", "b"], "name": ["Ada", "Bo"], "genres": [["rock"], None], "clap": [[1.0, 2.0], [3.0, 4.0]]}
            )
        },
        ("set clap: 2 continuous columns",),
        all_of(genres(["rock"], []), values("clap", [[1, 2], [3, 4]])),
    ),
    Case(
        "JSON lines",
        {
            "artists.jsonl": '{"id": 7, "name": "Ada", "genres": ["rock"]}\n\n{"id": "x", "name": null}\n',
            "edges.jsonl": '{"source": 7, "target": "x"}\n',
        },
        (),
        all_of(ids("7", "x"), names("Ada", "x"), edges(1)),
    ),
    Case(
        ".npy with ids beside it",
        {"artists.csv": ARTISTS, "clap.npy": np.array([[1.0, 2], [3, 4]]), "clap.ids.txt": "c\na\n"},
        ("set clap: 2 continuous columns, 2 of 4 artists",),
        values("clap", [[3, 4], [np.nan] * 2, [1, 2], [np.nan] * 2]),
    ),
    Case(
        ".npy without ids",
        {"artists.csv": ARTISTS, "clap.npy": np.ones((4, 2))},
        refused="rows are joined by id, not by place. Put the ids into clap.ids.txt",
    ),
    Case(
        ".npy with other ids",
        {"artists.csv": ARTISTS, "clap.npy": np.ones((4, 2)), "clap.ids.txt": "a\n"},
        refused="clap.ids.txt has 1 ids, but clap.npy has 4 rows",
    ),
    Case("a packed file", {"artists.csv.gz": gzip.compress(ARTISTS.encode())}, (), ids(*"abcd")),
    Case("a pickle", {"artists.pkl": pickle.dumps([1])}, refused="can run any program when it is opened. Convert it"),
    Case(
        "a pickle by another name",
        {"artists.csv": pickle.dumps([1])},
        refused="can run any program when it is opened. Convert it",
    ),
    Case("torch's file", {"vectors.pt": b"PK\3\4"}, refused=r"numpy.save\('vectors.npy', tensor.numpy\(\)\)"),
    Case("a spreadsheet", {"artists.xlsx": b"PK\3\4"}, refused="Save each sheet as CSV"),
    Case(
        "a pickle beside tables",
        {"artists.csv": ARTISTS, "model.pkl": b"\x80\x04"},
        ("model.pkl is not read",),
        ids(*"abcd"),
    ),
    Case("a picture by the name of a table", {"artists.csv": b"\x89PNG\0\1\2\0\3"}, refused="artists.csv is not text"),
    Case("an empty file", {"artists.csv": ""}, refused="artists.csv is empty"),
    Case("an empty folder", {}, refused="holds no table that can be read"),
    Case("tables of something else", {"table.csv": "colour,price\nred,1\n"}, refused="The tables hold no artist"),
    Case(
        "a mapping with a column that is missing",
        {"artists.csv": ARTISTS},
        refused="artists.csv has no column “nme”. It has: id, name, tempo, energy",
        mapping=MAPPED.replace('"name"', '"nme"'),
    ),
    Case(
        "a mapping with an unknown key",
        {"artists.csv": ARTISTS},
        refused=r"\[artists\] has no key “colour”",
        mapping=MAPPED + 'colour = "x"\n',
    ),
    Case("a mapping that is no TOML", {"artists.csv": ARTISTS}, refused="is not valid TOML", mapping="[artists"),
    Case(
        "a mapping with a missing file",
        {"artists.csv": ARTISTS},
        refused="There is no file nodes.csv",
        mapping='[artists]\nfile = "nodes.csv"\nid = "id"\n',
    ),
    Case(
        "a mapping that leads out of the folder",
        {"artists.csv": ARTISTS},
        refused="lies outside",
        mapping='[artists]\nfile = "../x.csv"\nid = "id"\n',
    ),
    Case(
        "files that the mapping does not name",
        {"artists.csv": ARTISTS, "more.csv": ARTISTS},
        ("the mapping does not name it: more.csv",),
        ids(*"abcd"),
        mapping=MAPPED,
    ),
    Case(
        "a mapping that says how a file is read",
        {"artists.csv": "a~Ada\nb~Bo\n"},
        (),
        names("Ada", "Bo"),
        mapping='[artists]\nfile = "artists.csv"\nid = "1"\nname = "2"\n'
        '[[files]]\nfile = "artists.csv"\nseparator = "~"\nheader = false\n',
    ),
    Case(
        "edges by name under headers that nobody knows, in a file called after artists",
        {
            "Export (final).csv": "Artist Name;MB ID;Genre(s)\nAda;;pop\nBo;;\nCy;;rock\nDi;;\n",
            "similar artists.csv": "Artist;Goes With;Match\nAda;Bo;0,5\nAda;CY;0,25\nBo;Cy;1\nCy;Ady;1\n",
        },
        ("edges of similar artists.csv: 3 of 4 rows; left out: 1 with an end that is no artist", "4 of 4 rows"),
        lambda catalogue: sorted(catalogue.edges["weight"]) == [0.25, 0.5, 1],
    ),
    Case(
        "edges under headers that nobody knows, beside artists whose ids they name",
        {"artists.csv": ARTISTS, "pairs.csv": "year,one,other\n1990,a,b\n1991,b,c\n"},
        ("edges of pairs.csv: 2 of 2 rows", "taken for ids"),
        ids(*"abcd"),
    ),
    Case(
        "edges under headers that nobody knows, alone",
        {"pairs.csv": "band,goes with,since\nAda,Bo,1990\nBo,Cy,1991\nCy,Ada,1992\n"},
        ("edges of pairs.csv: 3 of 3 rows",),
        names("Ada", "Bo", "Cy"),
    ),
    Case(
        "artists with a second spelling of their names and two genres",
        {"artists.csv": "name,sort name,genre1,genre2\nAda,ada,pop,rock\nBo,bo,rock,pop\nCy,cy,pop,\n"},
        ("artists: 3 of 3 rows", "edges: none"),
        names("Ada", "Bo", "Cy"),
    ),
    Case(
        "thousands set apart and percent signs",
        {
            "artists.csv": "name;listeners;fans abroad;energy\n"
            "Ada;1.234.567;1,234;43%\nBo;6.206;999;7 %\nCy;12;12,345;0,5%\n",
        },
        (
            "“listeners”: 2 numbers with thousands set apart",
            "“fans abroad”: 2 numbers with thousands set apart",
            "“energy”: 3 numbers with a percent sign",
        ),
        lambda catalogue: (
            catalogue.artists["popularity"].tolist() == [1234567, 6206, 12]
            and catalogue.feature_array("numbers").tolist() == [[1234, 43], [999, 7], [12345, 0.5]]
        ),
    ),
    Case(
        "fractions with three digits are no thousands",
        {"artists.csv": 'name,p,q\nAda,1.234,"0,125"\nBo,2.5,"1,250"\nCy,3,7\n'},
        ("“q”: 2 numbers with a decimal comma",),
        lambda catalogue: catalogue.feature_array("numbers")[0].tolist() == pytest.approx([1.234, 0.125]),
    ),
    Case(
        "no licence",
        {"artists.csv": ARTISTS},
        refused="Say the licence of the tables: --licence TEXT",
        options={"licence": ""},
    ),
    Case(
        "Last.fm-1K's listens",
        {"userid-timestamp-artid.tsv": f"user_1\t2009-05-04T23:08:57Z\t{MBIDS[0]}\tAda\t\tSong\n"},
        refused="is a table of listens",
    ),
    Case(
        "Last.fm-360K's listens",
        {"usersha1-artmbid-artname-plays.tsv": f"0a1\t{MBIDS[0]}\tAda\t12\n"},
        refused="is a table of listens",
    ),
    Case(
        "listens beside artists",
        {"artists.csv": ARTISTS, "listens.csv": "user,time,artist\nu,1,a\n"},
        ("listens.csv is a table of listens",),
        ids(*"abcd"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_awkward_table(case: Case, tmp_path: Path) -> None:
    source = write(tmp_path / "source", case.files)
    if case.refused:
        with pytest.raises(CatalogueError, match=case.refused):
            import_tables(source, tmp_path / "new", case.mapping, **case.options)
        assert not (tmp_path / "new").exists()
        return
    catalogue, lines = import_tables(source, tmp_path / "new", case.mapping, **case.options)
    report = "\n".join(lines)
    assert [told for told in case.told if told not in report] == [], report
    assert case.check is None or case.check(catalogue), f"{catalogue.artists}\n{catalogue.edges}\n{report}"


def test_there_are_enough_of_them() -> None:
    assert len(CASES) >= 40
    assert len({case.name for case in CASES}) == len(CASES)


def test_a_guess_that_is_saved_brings_in_the_same(tmp_path: Path) -> None:
    files = {"artists.csv": ARTISTS.replace("energy", "mfcc 1"), "edges.csv": EDGES}
    source = write(tmp_path / "source", files)
    content = IMPORTERS["tables"].plan(source, {"source": "a test", "licence": "CC0-1.0"})
    assert content.report is not None
    first, _ = import_tables(source, tmp_path / "first")
    second, _ = import_tables(source, tmp_path / "second", content.report.mapping)
    pd.testing.assert_frame_equal(first.artists, second.artists)
    pd.testing.assert_frame_equal(first.edges, second.edges)
    np.testing.assert_array_equal(first.feature_array("numbers"), second.feature_array("numbers"))
    assert json.dumps(content.report.details)


def test_made_splits_stay_when_artists_are_added_and_differ_by_seed(tmp_path: Path) -> None:
    few = "\n".join(["id,name", *(f"a{row},A{row}" for row in range(300))])
    more = "\n".join(["id,name", *(f"a{row},A{row}" for row in range(400, -1, -1))])
    first, _ = import_tables(write(tmp_path / "few", {"artists.csv": few}), tmp_path / "1")
    second, _ = import_tables(write(tmp_path / "more", {"artists.csv": more}), tmp_path / "2")
    other, _ = import_tables(tmp_path / "few", tmp_path / "3", seed="1")
    later = second.artists.set_index("artist_id")["split"].reindex(first.artists["artist_id"])
    assert first.artists["split"].tolist() == later.tolist()
    assert first.artists["split"].tolist() != other.artists["split"].tolist()
    assert first.manifest.splits.are_made
    assert "seed 0" in first.manifest.splits.method
    shares = first.artists["split"].value_counts(normalize=True)
    assert 0.7 < shares["train"] < 0.9
