"""What each encoder is worth on real music: another track of the same artist should be near.

    python -m benchmarks.retrieval FOLDER [--tracks N] [--least N] [--artists N] [--seconds S] [--store FILE] [--json]

FOLDER holds tagged music. The artists are those with at least --least tracks by their tags, and each gives at most
--tracks of them, chosen evenly among the names of its files. Of each track --seconds are heard, from its middle; what
is shorter than half of that is left out. Vectors are standardised over all tracks, as in the app over all artists, and
compared by cosine.

First table: each track asks for the other tracks. R@1 and R@5 say how often a track of the same artist is among the
nearest one or five; MAP is the mean average precision. Second table: each track asks for its artist, who is known by
its other tracks only: by their mean, by the best of them, or by a few centres. MRR is the mean of one over the rank.
The intervals are 95% bootstrap intervals over artists. `chance` is the expected value of random order. The third
table says what can be told apart: MAP of each representation less that of each that is not musicnn's, and MRR of each
join less that of the mean, on the same tracks, with intervals of the difference.

With --catalogue the ways to join tracks are measured on known edges instead: FOLDER is a catalogue whose tracks have
vectors, and the figure is NDCG@200 of its test artists, among themselves, per set and join. It needs both sound and
edges, which only the bundled catalogue, with rendered music, has; there three tracks give one centre.

With --store vectors are kept in a file, so that the figures can be computed again.
"""

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.mixtures import centres_of, mixture_scores
from core.arrays import FloatArray, IntArray
from core.audio import decode
from core.audio.encoders.checkpoints import KNOWN, MUSICNN, is_installed
from core.audio.encoders.clap import open_encoder
from core.audio.music_files import MusicFolder
from core.audio.tags import read_tags
from core.catalogue import Catalogue, open_catalogue
from core.errors import AudioError
from core.evaluation.evaluate import evaluate
from core.graph.protocols import evaluation_view

DRAWS = 2000
CHANCE = "chance"
JOINS = ("mean", "best track", "centres")


@dataclass(frozen=True)
class Track:
    """A file, and its artist by its tags."""

    path: Path
    artist: str


@dataclass(frozen=True)
class Figure:
    """A mean over tracks with its 95% interval over artists."""

    value: float
    low: float
    high: float


def tracks_of(folder: Path, least: int, most: int, artists: int) -> list[Track]:
    """The tracks of the artists with at least `least` tagged ones, at most `most` of each; the artists with the most
    tracks first, at most `artists` of them."""
    found: dict[str, list[Path]] = defaultdict(list)
    for file in MusicFolder(folder).files():
        try:
            tags, _ = read_tags(file.path)
        except AudioError:
            continue
        if names := tags.artists or tags.album_artists:
            found[names[0].casefold()].append(Path(file.path))
    chosen = sorted((name for name in found if len(found[name]) >= least), key=lambda name: (-len(found[name]), name))
    return [
        Track(found[name][at], name)
        for name in chosen[:artists]
        for at in np.unique(np.linspace(0, len(found[name]) - 1, min(most, len(found[name]))).astype(int))
    ]


def hear(tracks: Sequence[Track], seconds: float, least: int) -> tuple[list[Track], dict[str, FloatArray]]:
    """The tracks that last half of `seconds` and can be heard, of artists with at least `least` of them, and the
    vectors (t, d) of each representation."""
    ears = _ears()
    heard: list[Track] = []
    vectors: dict[str, list[FloatArray]] = defaultdict(list)
    for number, track in enumerate(tracks, 1):
        try:
            clip = decode(track.path)
            if clip.seconds < seconds / 2:
                raise AudioError(f"only {clip.seconds:.0f} seconds long")
            wanted = int(seconds * clip.rate)
            first = max(0, (len(clip.samples) - wanted) // 2)
            samples = clip.samples[first : first + wanted]
            made = {name: vector for ear in ears for name, vector in ear(samples, clip.rate).items()}
        except AudioError as fault:
            print(f"left out: {track.path.name}: {fault}", flush=True)
            continue
        heard.append(track)
        for name, vector in made.items():
            vectors[name].append(vector)
        print(f"{number} of {len(tracks)}: {track.artist}: {track.path.name}", flush=True)
    counts = Counter(track.artist for track in heard)
    kept = [place for place, track in enumerate(heard) if counts[track.artist] >= least]
    return [heard[place] for place in kept], {name: np.stack(rows)[kept] for name, rows in vectors.items()}


def _ears() -> list[Callable[[FloatArray, int], Mapping[str, FloatArray]]]:
    """Everything on this machine that hears, each as a function that names what it gives."""
    from core.audio.encoders.acousticbrainz import DescriptorExtractor

    extract = DescriptorExtractor()
    ears: list[Callable[[FloatArray, int], Mapping[str, FloatArray]]] = [
        lambda samples, rate: {"AcousticBrainz": extract(samples, rate)}
    ]
    for checkpoint in KNOWN.values():
        if checkpoint.form != "musicnn" and is_installed(checkpoint):
            encoder = open_encoder(checkpoint.name)
            ears.append(lambda samples, rate, encoder=encoder: {encoder.title: encoder.embed_audio(samples, rate).mean})
    if is_installed(KNOWN[MUSICNN]):
        ears.append(_musicnn())
    return ears


def _musicnn() -> Callable[[FloatArray, int], Mapping[str, FloatArray]]:
    from core.audio.encoders.musicnn.listening import MSD, MTT, TAG_SET, open_musicnn

    musicnn = open_musicnn()

    def listen(samples: FloatArray, rate: int) -> Mapping[str, FloatArray]:
        made = {}
        for model in (MSD, MTT):
            layers = musicnn.layers(model, samples, rate)
            made[f"{model} penultimate"] = layers.penultimate.numpy().mean(axis=0)
            made[f"{model} pooled"] = layers.pooled.numpy().mean(axis=0)
        made["musicnn tags"] = musicnn.vectors(samples, rate, [TAG_SET])[TAG_SET]
        return made

    return listen


def representations(vectors: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
    """Unit vectors (t, d) of each representation, and of the pairs that are worth trying: parts of equal weight."""
    unit = {name: unit_vectors(values) for name, values in vectors.items()}
    pairs = [("AcousticBrainz", "MSD_musicnn pooled"), ("AcousticBrainz", "MTT_musicnn penultimate")]
    pairs += [("MSD_musicnn pooled", "MTT_musicnn penultimate"), ("MSD_musicnn pooled", "MTT_musicnn pooled")]
    for one, other in pairs:
        if one in unit and other in unit:
            unit[f"{one} + {other}"] = np.concatenate([unit[one], unit[other]], axis=1) / np.sqrt(2)
    return unit


def unit_vectors(values: FloatArray) -> FloatArray:
    """Values (t, d) standardised over the tracks, as rows of length 1."""
    deviation = values.std(axis=0)
    scaled = (values - values.mean(axis=0)) / np.where(deviation > 0, deviation, 1)
    unit: FloatArray = scaled / np.maximum(np.linalg.norm(scaled, axis=1, keepdims=True), 1e-12)
    return unit


def track_figures(scores: FloatArray, artist: IntArray) -> dict[str, FloatArray]:
    """For each of t tracks, from scores (t, t): R@1, R@5 and average precision of the artist's other tracks."""
    n = len(artist)
    scores = np.where(np.eye(n, dtype=bool), -np.inf, scores)
    order = np.argsort(-scores, axis=1, kind="stable")[:, : n - 1]
    same = artist[order] == artist[:, None]
    precision = np.cumsum(same, axis=1) / np.arange(1, n)
    return {
        "R@1": same[:, 0].astype(float),
        "R@5": same[:, :5].any(axis=1).astype(float),
        "MAP": (precision * same).sum(axis=1) / same.sum(axis=1),
    }


def artist_figures(scores: FloatArray, artist: IntArray) -> dict[str, FloatArray]:
    """For each of t tracks, from scores (t, a): whether its artist is first, among five, and one over its rank."""
    own = scores[np.arange(len(artist)), artist]
    rank = 1 + (scores > own[:, None]).sum(axis=1)
    return {"R@1": (rank == 1).astype(float), "R@5": (rank <= 5).astype(float), "MRR": 1 / rank}


def artist_scores(unit: FloatArray, artist: IntArray, join: str) -> FloatArray:
    """(t, a) the score of each artist for each track, which is itself never among the tracks of its artist."""
    order = np.argsort(artist, kind="stable")
    scores = np.empty((len(unit), artist.max() + 1))
    for track in range(len(unit)):
        rest = order[order != track]
        songs = unit[rest]
        starts = np.unique(artist[rest], return_index=True)[1]
        query = unit[track : track + 1]
        if join == "best track":
            scores[track] = np.maximum.reduceat(query @ songs.T, starts, axis=1)
        elif join == "centres":
            scores[track] = mixture_scores(query, songs, starts)
        else:
            means = np.stack([part.mean(axis=0) for part in np.split(songs, starts[1:])])
            scores[track] = query @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T
    return scores


def chance(artist: IntArray, seed: int = 0, draws: int = 200) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """The figures of random order, averaged over draws: for tracks, and for artists."""
    rng = np.random.default_rng(seed)
    tracks: dict[str, FloatArray] = defaultdict(lambda: np.zeros(len(artist)))
    artists: dict[str, FloatArray] = defaultdict(lambda: np.zeros(len(artist)))
    for _ in range(draws):
        for name, values in track_figures(rng.random((len(artist), len(artist))), artist).items():
            tracks[name] = tracks[name] + values / draws
        for name, values in artist_figures(rng.random((len(artist), artist.max() + 1)), artist).items():
            artists[name] = artists[name] + values / draws
    return dict(tracks), dict(artists)


def with_interval(values: FloatArray, artist: IntArray, seed: int = 0) -> Figure:
    """The mean over tracks (t,), and its interval when the artists are drawn again."""
    total, count = np.bincount(artist, values), np.bincount(artist)
    drawn = np.random.default_rng(seed).integers(0, len(count), (DRAWS, len(count)))
    means = total[drawn].sum(axis=1) / count[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return Figure(float(values.mean()), float(low), float(high))


def tables(vectors: Mapping[str, FloatArray], artist: IntArray) -> tuple[dict[str, dict[str, Figure]], ...]:
    """The two tables: representation -> figure -> value, and representation and join -> figure -> value."""
    of_tracks, of_artists = chance(artist)
    tracks, artists = {CHANCE: of_tracks}, {CHANCE: of_artists}
    for name, unit in representations(vectors).items():
        tracks[name] = track_figures(unit @ unit.T, artist)
        for join in JOINS:
            artists[f"{name}, {join}"] = artist_figures(artist_scores(unit, artist, join), artist)
    return tuple(
        {name: {key: with_interval(each, artist) for key, each in row.items()} for name, row in table.items()}
        for table in (tracks, artists)
    )


def differences(vectors: Mapping[str, FloatArray], artist: IntArray) -> dict[str, Figure]:
    """What one way has above another on the same tracks: in MAP beside each representation that is not musicnn's, and
    in MRR beside the mean of the tracks."""
    unit = representations(vectors)
    precision = {name: track_figures(rows @ rows.T, artist)["MAP"] for name, rows in unit.items()}
    others = [name for name in vectors if "musicnn" not in name]
    found = {
        f"MAP: {name}, above {other}": with_interval(precision[name] - precision[other], artist)
        for other in others
        for name in precision
        if name != other
    }
    for name, rows in unit.items():
        rank = {join: artist_figures(artist_scores(rows, artist, join), artist)["MRR"] for join in JOINS}
        for join in JOINS[1:]:
            found[f"MRR: {name}, {join} above mean"] = with_interval(rank[join] - rank["mean"], artist)
    return found


@dataclass(frozen=True, eq=False)
class JoinedTracks:
    """A similarity of n artists from the unit vectors (t, d) of their tracks, grouped by artist.

    `rows` (a,) are the artists with tracks, and the tracks of each begin at `starts` (a,).
    """

    name: str
    n_artists: int
    songs: FloatArray
    rows: IntArray
    starts: IntArray

    def scores(self, queries: IntArray) -> FloatArray:
        """(q, n), NaN for artists without tracks."""
        scores = np.full((len(queries), self.n_artists), np.nan, np.float32)
        bounds = [*self.starts.tolist(), len(self.songs)]
        place_of = {int(row): place for place, row in enumerate(self.rows)}
        for line, query in enumerate(queries.tolist()):
            if (place := place_of.get(query)) is not None:
                scores[line, self.rows] = self._of(self.songs[bounds[place] : bounds[place + 1]])
        return scores

    def _of(self, own: FloatArray) -> FloatArray:
        if self.name == "best track":
            return np.maximum.reduceat((own @ self.songs.T).max(axis=0), self.starts)
        if self.name == "centres":
            return mixture_scores(centres_of(own), self.songs, self.starts).max(axis=0)
        counts = np.diff(self.starts, append=len(self.songs))[:, None]
        means = np.add.reduceat(self.songs, self.starts, axis=0) / counts
        means /= np.linalg.norm(means, axis=1, keepdims=True)
        return means @ own.mean(axis=0)


def joins_on_edges(catalogue: Catalogue) -> dict[str, Figure]:
    """Set and join -> NDCG@200 of test artists with its interval over them."""
    view = evaluation_view(catalogue, "standard", "test")
    artist = catalogue.tracks["artist"].to_numpy(np.int64)
    found = {}
    for name in catalogue.track_feature_names:
        values = catalogue.track_array(name)
        known = np.flatnonzero(~np.isnan(values[:, 0]))
        known = known[np.argsort(artist[known], kind="stable")]
        rows, starts = np.unique(artist[known], return_index=True)
        songs = unit_vectors(values[known])
        for join in JOINS:
            ndcg = evaluate(JoinedTracks(join, len(catalogue), songs, rows, starts), view).interval("ndcg")
            found[f"{name}, {join}"] = Figure(ndcg.mean, ndcg.low, ndcg.high)
    return found


def load_or_hear(arguments: argparse.Namespace) -> tuple[list[str], dict[str, FloatArray]]:
    """The artist of each track, and the vectors; from --store where that is there."""
    store = arguments.store
    if store is not None and store.is_file():
        with np.load(store, allow_pickle=False) as kept:
            return kept["artist"].tolist(), {name: kept[name] for name in kept.files if name != "artist"}
    tracks = tracks_of(arguments.folder, arguments.least, arguments.tracks, arguments.artists)
    heard, vectors = hear(tracks, arguments.seconds, arguments.least)
    names = [track.artist for track in heard]
    if store is not None:
        np.savez(store, artist=np.array(names), **vectors)
    return names, vectors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tracks", type=int, default=8, help="of an artist, at most")
    parser.add_argument("--least", type=int, default=4, help="tracks that an artist must have")
    parser.add_argument("--artists", type=int, default=30, help="at most")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--catalogue", action="store_true", help="FOLDER is a catalogue: joins measured on its edges")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if arguments.catalogue:
        for name, figure in joins_on_edges(open_catalogue(arguments.folder)).items():
            print(f"{name.ljust(40)}{figure.value:8.3f}   {figure.low:.3f} to {figure.high:.3f}")
        return
    names, vectors = load_or_hear(arguments)
    known, artist = np.unique(names, return_inverse=True)
    found = tables(vectors, artist.astype(np.int64))
    apart = differences(vectors, artist.astype(np.int64))
    if arguments.json:
        listed = [{name: {k: vars(f) for k, f in row.items()} for name, row in each.items()} for each in found]
        print(json.dumps([*listed, {name: vars(one) for name, one in apart.items()}]))
        return
    print(f"\n{len(names)} tracks of {len(known)} artists")
    for each in found:
        columns = list(each[CHANCE])
        print("\n" + "".ljust(60) + "".join(column.rjust(8) for column in columns) + f"   interval of {columns[-1]}")
        for name, row in each.items():
            last = row[columns[-1]]
            figures = "".join(f"{row[column].value:8.3f}" for column in columns)
            print(f"{name.ljust(60)}{figures}   {last.low:.3f} to {last.high:.3f}")
    print()
    for name, one in apart.items():
        print(f"{name.ljust(76)}{one.value:+8.3f}   {one.low:+.3f} to {one.high:+.3f}")


if __name__ == "__main__":
    main()
