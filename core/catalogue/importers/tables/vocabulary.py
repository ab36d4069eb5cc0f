"""The names that people give to columns, and what they mean. The first of a list is the best match."""

import re
import unicodedata


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ID = _names("artist_id id artistid artist_gid gid node_id nodeid item_id entity_id node key uid")
NAME = _names(
    "name artist_name artistname artist display_name label title nom nombre nome band band_name artiste artista "
    "kunstler kuenstler interpret"
)
MBID = _names(
    "mbid artist_mbid musicbrainz_id musicbrainz_artist_id musicbrainz_artistid mb_id mb_artist_id musicbrainz "
    "musicbrainz_mbid artist_musicbrainz_id"
)
SPLIT = _names("split partition subset set fold data_split")
GENRES = _names("genres genre artist_genres main_genre allmusic_genre")
MOODS = _names("moods mood")
THEMES = _names("themes theme")
LABELS = _names("tags tag styles style labels keywords instruments")
DECADE = _names(
    "decade earliest_decade year begin_year start_year year_formed formed formation_year founded active_from "
    "begin_date begin debut_year debut first_year first_release_year era"
)
POPULARITY = _names(
    "popularity listeners monthly_listeners lastfm_listeners n_listeners listener_count followers fans nb_fan "
    "playcount play_count plays listen_count"
)
ENDS = [
    _names(pair)
    for pair in """
    source target
    source_id target_id
    src dst
    src dest
    from to
    from_id to_id
    source_mbid target_mbid
    source_name target_name
    artist_a artist_b
    artist1 artist2
    artist_1 artist_2
    artist_id_1 artist_id_2
    artist1_id artist2_id
    artist_1_id artist_2_id
    artist_mbid_1 artist_mbid_2
    mbid_1 mbid_2
    id_1 id_2
    id_a id_b
    node_1 node_2
    head_id tail_id
    head tail
    entity0 entity1
    u v
    a b
    artist_id similar_to
    artist similar_to
    artist_id similar_artist_id
    artist_id similar_id
    artist_mbid similar_mbid
    artist_mbid similar_artist_mbid
    mbid similar_mbid
    artist similar_artist
    artist similar
    id similar_to
    id similar_id
    name similar_to
    artist_id related_artist_id
    artist_id related_id
    artist related_artist
    artist related
    artist sounds_like
    artist_id neighbour_id
    artist_id neighbor_id
    reference_mbid artist_mbid
    start end
    """.strip().splitlines()
]
"""The two columns of an edge's ends."""

WEIGHT = _names("weight score similarity sim strength match value cosine count similarity_score w")
RELATION = _names("relation relation_id relation_type link_type edge_type kind type label")
DIRECTIONS = {"directed", "undirected", "mutual", "", "true", "false"}
USER = _names("user user_id userid user_name username user_sha1 listener user_mboxsha1")
TIME = _names("listened_at timestamp time date ts played_at datetime utc_time")
LISTENED = _names(
    "artist_id artist_mbid artist_credit_mbids musicbrainz_artist_id musicbrainz_artistid artist_name artistname "
    "artist item_id mbid"
)
PLAYS = _names("plays playcount play_count count")
LISTENED_NAME = _names("artist_name artistname artist")

_NUMBERED = re.compile(r"(?P<stem>.*?[a-zA-Z_. -])[_. -]?(?P<number>\d+)")


def plain(column: str) -> str:
    """The name of a column in small letters without accents, digits and _."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", column) if not unicodedata.combining(letter))
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", bare)
    return re.sub(r"[^a-z0-9]+", "_", apart.casefold()).strip("_")


def matching(columns: list[str], names: tuple[str, ...]) -> str:
    """The column whose name is the first of `names` that is there, with or without _; "" for none."""
    by_name = {plain(column).replace("_", ""): column for column in reversed(columns)}
    return next((found for name in names if (found := by_name.get(name.replace("_", "")))), "")


def numbered(columns: list[str]) -> dict[str, list[str]]:
    """The columns that are numbered through, at least three of them, by what they begin with: mfcc1, mfcc2, mfcc3."""
    stems: dict[str, list[str]] = {}
    for column in columns:
        if found := _NUMBERED.fullmatch(column):
            stems.setdefault(found["stem"].rstrip("_. -"), []).append(column)
    return {stem: found for stem, found in stems.items() if len(found) >= 3}


def set_name(text: str) -> str:
    """`text` as the name of a feature set: small letters, digits and _, a letter first, at most 40."""
    name = plain(text)[:40].strip("_")
    if not name or not name[0].isalpha():
        name = f"set_{name}"[:40].strip("_")
    return name


def title_of(name: str) -> str:
    """A set's name as its title."""
    return name.replace("_", " ").capitalize()
