"""Texts around every page: the choice of a catalogue, the guide and the tour."""

from pages.shell.text import plain

APP_TITLE = "Nearfield"

CATALOGUE_LABEL = "Catalogue"
SYNTHETIC, REAL = "Synthetic: invented artists", "Real artists"
NO_CATALOGUE_TITLE = "No catalogue yet"
NO_CATALOGUE = (
    "Nearfield shows catalogues of artists, and there is none on this machine. Add your music on Catalogues, or make "
    "the bundled catalogue of invented artists again, which takes a few minutes:"
)
NO_CATALOGUE_FOUND = "There is no catalogue on this machine. Add one on the Catalogues page."
IMPORT = "Add my music"
CHOOSE_ANOTHER = "Choose another one in the sidebar, or see what is wrong with this one:"
TO_CATALOGUES = "Catalogues"
UNKNOWN_ARTIST = "The link names an artist that this catalogue does not hold. Search for another one."
OPENING_CATALOGUE = "Opening the catalogue …"
LOADING_SPACE = "Loading the space …"
GET_EDGES = "Artists have MusicBrainz ids, so edges can be had from ListenBrainz, also on the Catalogues page:"
OWNER_ADDS = "Only the owner of this server adds, prepares and removes catalogues."
OWNER_MAPS = "Only the owner of this server makes maps."
OWNER_TRAINS = (
    "Only the owner of this server trains models. You can watch, compare and explore with those that there are."
)
OWNER_CHECKS = "Only the owner of this server has all files of a catalogue read and checked."
OWNER_FETCHES = "Only the owner of this server fetches it."
OWNER_ENTERS = "If that is you, enter the token that Nearfield printed when it started."
ONLY_OWNER = "Only the owner of this server does this. Enter the owner's token first."
TOKEN_LABEL = "Owner's token"
TOKEN_HELP = "The server prints it at each start. It also stands in .owner-token in the data folder."
WRONG_TOKEN = "That is not the token of this server. Look at what Nearfield printed when it started."
LENGTH_LABEL = "Artists per list"
NOT_YOUR_JOB = "Only who started this, or the owner of the server, can cancel it."
CANCEL, STOPPING = "Cancel", "Stopping …"

GUIDE = "**New here?** The tour shows what Nearfield does, view by view."
GUIDE_LABEL = "Tour"
GUIDE_READ = "Got it"
BACK, NEXT, END_TOUR = "Back", "Next", "End the tour"

HEAR_TITLE = "Hear and compare"
WHY_TITLE = "Ask why"
EXPLORE_TITLE = "Go off the beaten track"
EXPLORE_STEP = (
    "The dial is at adventurous: the lists name less popular artists that are less alike. A line above "
    "each list says what has changed, and ★ marks who is new."
)
MAP_TITLE = "See where it stands"
PATH_TITLE = "Walk from one to the other"
WORDS_TITLE = "Describe a sound"
WORDS_STEP = (
    "Artists nearest to words, by what was heard in their recordings. A sound of your own can be asked with too."
)
WORDS = "upbeat house, synth bass"
KEEP_TITLE = "Keep and take along"

PREPARING_SOUND = "Preparing the sound …"
SERVICES_LABEL = "Links to listen"
SERVICES_HELP = (
    "Rows, cards and lists link to a search for the artist in these services. Nothing is sent before you open one."
)


def unknown_catalogue(asked: str, shown: str) -> str:
    """That the catalogue of a link does not exist, and which one is shown instead."""
    return f"There is no catalogue “{plain(asked, 60)}” on this machine, so you see {plain(shown)}."


def broken_catalogue(reason: str) -> str:
    """Why a catalogue cannot be opened."""
    return f"This catalogue cannot be opened. {plain(reason)}"


def owner_address(port: int, base: str, token: str) -> str:
    """Where the owner gets in, for the server's terminal."""
    path = f"{base}/" if base else ""
    return (
        "  Others can reach this server. Adding, preparing and removing catalogues is its owner's, who enters by\n"
        f"  http://localhost:{port}/{path}?owner={token}\n"
        "  or by the same ending behind the address by which the server is reached.\n"
    )


def no_token(reason: str) -> str:
    """That there is no token, for the server's terminal."""
    return f"  There is no owner's token, so nobody but this machine can add catalogues. {reason}\n"


def take_tour(n_steps: int) -> str:
    """The label of the button that starts the tour."""
    return f"Take the tour: {n_steps} views"


def tour_step(number: int, n_steps: int, title: str, text: str) -> str:
    """One step, in the bar of the tour."""
    return f"**Tour {number} of {n_steps}: {title}.** {text}"


def hear_step(name: str, has_tracks: bool) -> str:
    """Explains the card of an artist. Names in steps are markdown."""
    play = " Play a track of it." if has_tracks else ""
    return (
        f"You begin with {name}, whose card this is.{play} Below, each list names the nearest artists by evidence of "
        "its own; who stands in several lists is the safer answer."
    )


def why_step(name: str, query_name: str) -> str:
    """Explains the reasons for an answer."""
    return (
        f"The box says why {name} is near {query_name}, and how much that rests "
        "on. **Why?** in a list opens it for anybody. Close it to go on."
    )


def map_step(name: str) -> str:
    """Explains the lines on the map."""
    return (
        f"Lines lead from {name} to those who are truly nearest: a flat map must tear some apart. "
        "Click a point to go on from there."
    )


def path_step(first: str, last: str) -> str:
    """Explains a path."""
    return (
        f"A path from {first} to {last} in small steps, with what speaks for each. Avoid an artist to be led round it."
    )


def keep_step(name: str) -> str:
    """Explains how to keep artists."""
    return (
        f"From {name} on it is your turn: **Keep** is on the card and under each list. As soon "
        "as somebody is kept, **Open** in the sidebar shows your list: put it in order, add notes, and export it."
    )
