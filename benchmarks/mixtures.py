"""An artist of several songs as a few centres: k-means on the unit sphere, so that one artist can sound in two ways.

AudioMuse-AI describes an artist by a mixture of Gaussians over the songs; with a handful of songs in hundreds of
dimensions there is no covariance to fit, and centres are what is left of it.
"""

import numpy as np

from core.arrays import FloatArray, IntArray

MOST_CENTRES = 3
SONGS_PER_CENTRE = 3
_ROUNDS = 20


def n_centres(n_songs: int) -> int:
    """How many centres an artist of so many songs gets: one for each three songs, at most three, at least one."""
    return max(1, min(MOST_CENTRES, n_songs // SONGS_PER_CENTRE))


def centres_of(songs: FloatArray) -> FloatArray:
    """(c, d) unit centres of unit vectors (s, d) of one artist's songs, the same every time.

    The first centre begins at the song nearest to the mean, and each further one at the song that is farthest from the
    centres so far. A centre that loses all its songs is left out.
    """
    wanted = n_centres(len(songs))
    starts = [int(np.argmax(songs @ songs.mean(axis=0)))]
    while len(starts) < wanted:
        starts.append(int(np.argmin((songs @ songs[starts].T).max(axis=1))))
    centres = songs[starts]
    member = np.full(len(songs), -1)
    for _ in range(_ROUNDS):
        nearest = np.argmax(songs @ centres.T, axis=1)
        if (nearest == member).all():
            break
        member = nearest
        centres = np.stack([_unit(songs[member == place].mean(axis=0)) for place in np.unique(member)])
        member = np.unique(member, return_inverse=True)[1]
    return centres.astype(np.float32)


def mixture_scores(queries: FloatArray, songs: FloatArray, starts: IntArray) -> FloatArray:
    """(q, a) the cosine of unit queries (q, d) with the nearest centre of each artist.

    `songs` (s, d) are unit vectors grouped by artist; the songs of artist i begin at `starts` (a,)[i].
    """
    groups = [centres_of(part) for part in np.split(songs, starts[1:])]
    first = np.concatenate([[0], np.cumsum([len(group) for group in groups])[:-1]])
    scores: FloatArray = np.maximum.reduceat(queries @ np.concatenate(groups).T, first, axis=1)
    return scores


def _unit(vector: FloatArray) -> FloatArray:
    length = np.linalg.norm(vector)
    return vector / length if length > 0 else vector
