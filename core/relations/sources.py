"""Where relations come from: what each source is, what it is sent, and on which terms its relations may be used."""

from collections.abc import Mapping
from dataclasses import dataclass

from core.relations import lastfm, listenbrainz

SERVICES_SEND = "the MusicBrainz ids of the catalogue's artists, one a request, {key} and your contact address"


@dataclass(frozen=True)
class Source:
    """One source of relations.

    `base` is the address of a service, "" for files on this machine. `sends` says what leaves this machine, `files`
    what is read. `variable` names the environment variable that may hold the token or key.
    """

    name: str
    title: str
    licence: str
    means: str
    base: str = ""
    interval: float = 0.0
    sends: str = ""
    files: str = ""
    variable: str = ""
    key_title: str = ""
    needs_key: bool = False
    redistributable: bool = True

    @property
    def is_service(self) -> bool:
        return bool(self.base)


SOURCES: Mapping[str, Source] = {
    source.name: source
    for source in (
        Source(
            "listenbrainz",
            "ListenBrainz labs, similar artists",
            "CC0",
            "Who is listened to in one session, counted by ListenBrainz over all of its listeners.",
            base=listenbrainz.BASE,
            interval=listenbrainz.INTERVAL_SECONDS,
            sends=SERVICES_SEND.format(key="your ListenBrainz token if you give it"),
            variable="LISTENBRAINZ_TOKEN",
            key_title="ListenBrainz token",
        ),
        Source(
            "listens",
            "Listens, counted on this machine",
            "that of the listens; CC0 for ListenBrainz' dump",
            "Who is listened to in one session. That is co-listening, no editor's judgement.",
            files="ListenBrainz' dump for Spark, unpacked, or any Parquet, CSV or TSV table of user, time and artist",
        ),
        Source(
            "musicbrainz",
            "MusicBrainz, links between artists",
            "CC0",
            "Members of bands, collaborations, teachers, tributes and so on, as editors have entered them.",
            files="MusicBrainz' dump of core data: mbdump.tar.bz2, or the folder that comes of unpacking it",
        ),
        Source(
            "lastfm",
            "Last.fm, similar artists",
            "Last.fm's terms: no commercial use, with a link and credit",
            "Lists of similar artists by Last.fm. They stay on this machine and are left out of what is passed on.",
            base=lastfm.BASE,
            interval=lastfm.INTERVAL_SECONDS,
            sends=SERVICES_SEND.format(key="your Last.fm API key"),
            variable="LASTFM_API_KEY",
            key_title="Last.fm API key",
            needs_key=True,
            redistributable=False,
        ),
    )
}
"""The sources by the name that the command line takes."""
