"""Two large CSV files that somebody could have, made up: artists with genres and audio columns, and weighted edges."""

import json
import uuid
from pathlib import Path

import numpy as np
import pandas as pd

ARTISTS, EDGES = 19_000, 150_000
GENRES = 180
AUDIO = ["tempo", "energy", "loudness", "danceability", "valence", "acousticness", "speechiness", "liveness"]
AUDIO += ["instrumentalness", "brightness", "onset_rate", "dissonance"]
MAPPING = f"""
[catalogue]
title = "Made-up artists"
source = "made up by a test"
licence = "CC0-1.0"
[artists]
file = "artists.csv"
id = "mbid"
name = "name"
mbid = "mbid"
genres = "genres"
decade = "begin"
[[features]]
name = "audio"
columns = {json.dumps(AUDIO)}
[[features]]
name = "genres"
labels = "genres"
[[edges]]
file = "similar.csv"
source = "artist"
target = "similar_to"
weight = "score"
""".strip()


def write_tables(folder: Path, n_artists: int = ARTISTS, n_edges: int = EDGES) -> Path:
    """Write artists.csv, similar.csv and mapping.toml into the new folder, the same each time, and return it."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(0)
    ids = [str(uuid.UUID(bytes=bytes(row), version=4)) for row in rng.integers(0, 256, (n_artists, 16), np.uint8)]
    names = [f"genre {number}" for number in range(GENRES)]
    chosen = rng.integers(0, GENRES, (n_artists, 4))
    artists = pd.DataFrame(
        {
            "mbid": ids,
            "name": [f"Artist {number:05d}" for number in range(n_artists)],
            "genres": [";".join(names[code] for code in sorted(set(row))) for row in chosen.tolist()],
            "begin": rng.integers(1950, 2025, n_artists),
        }
    )
    audio = pd.DataFrame(rng.normal(size=(n_artists, len(AUDIO))).round(5), columns=AUDIO)
    pd.concat([artists, audio], axis=1).to_csv(folder / "artists.csv", index=False)
    source = rng.integers(0, n_artists, n_edges)
    target = (source + rng.integers(1, n_artists, n_edges)) % n_artists
    known = np.array(ids, object)
    edges = {"artist": known[source], "similar_to": known[target], "score": rng.random(n_edges).round(4) + 0.0001}
    pd.DataFrame(edges).to_csv(folder / "similar.csv", index=False)
    (folder / "mapping.toml").write_text(MAPPING + "\n", encoding="utf-8")
    return folder
