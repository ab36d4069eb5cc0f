"""Texts around every page: the choice of a catalogue, the guide and the tour."""

from collections.abc import Sequence

from pages.shell.text import plain

APP_TITLE = "Nearfield"

CATALOGUE_LABEL = "Catalogue"
SYNTHETIC, REAL = "Synthetic: invented artists", "Real artists"
NO_CATALOGUE_TITLE = "No catalogue yet"
NO_CATALOGUE = "Nearfield shows catalogues of artists, and there is none on this machine yet. Begin with your music:"
OR_BUNDLED = "Or make the bundled catalogue of invented artists again, which takes a few minutes:"
NO_CATALOGUE_FOUND = "There is no catalogue on this machine. Add one on the Catalogues page."
IMPORT = "Add my music"
TO_PREPARE = "Prepare it on Catalogues"
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
OWNER_MEASURES = "Only the owner of this server has yardsticks measured."
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
TO_VIEW = "To its view"
TOUR_IS_ELSEWHERE = "This step speaks of another page."

PRESENT, PRESENT_HELP = "Present", "Large type, and the keys → and Page Down go on"
PRESENT_END = "Leave (Esc)"

NEAR_TITLE, TWO_LISTS_TITLE = "Who is near", "Two answers"
MAP_TITLE = "The map"
GRAPH_TITLE = "The graph"
CLIP_TITLE, WORDS_TITLE = "A clip", "In words"
CLIP_STEP = (
    "Nearfield listens to a track that this catalogue does not hold, and lists the artists nearest to it. **Why?** "
    "explains an answer."
)
OWN_CLIP_STEP = "Upload a piece of music here, or hum one, to see which artists are near."
WORDS_STEP = "Say here in words how music should sound, to see which artists come nearest."
FIGURE_TITLE = "The paper’s Figure 1"
FIGURE_STEP = (
    "DISCO-OLGA’s real artists. Thin lines are as published; the bold one is our own run, by the paper’s rules."
)
TRAIN_TITLE = "Training, live"
LIVE_STEP = (
    "A run is under way. From its first epoch on, its loss and its NDCG on artists kept back for validation are drawn "
    "here."
)
PAST_STEP = "How a model learned, epoch by epoch: its loss, and its NDCG on artists kept back for validation."
NOTHING_TRAINED_STEP = "Nothing has been trained on this catalogue yet, so no curve is drawn here."
NO_CURVE_STEP = "The run that is in view got no further than its start, so no curve is drawn here."
LIVE_OFFER = "**Train now** starts a short run, whose curves grow while you look."
START_LIVE = "Train now"
COMPUTING_VIEW = "This view is being computed …"
OWN_TITLE = "Your own music"
OWN_STEP = "**Add my music** makes a catalogue of a folder; the other buttons, of tables and of data sets."

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


def owner_address(address: str, token: str) -> str:
    """Where the owner gets in, for the server's terminal."""
    return (
        "  Others can reach this server. Adding, preparing and removing catalogues is its owner's, who enters by\n"
        f"  {address}?owner={token}\n"
        "  or by the same ending behind the address by which the server is reached.\n"
    )


NO_NAME_YET = (
    "  This server is public and has no name yet: it answers to localhost and to its own addresses. The name that\n"
    "  stands in visitors' address bars is allowed by --server.allowedHosts=NAME.\n"
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


def one_list_step(name: str, title: str) -> str:
    """Explains a list of the nearest artists. Names and titles in steps are markdown."""
    return f"Who is nearest to {name} by {title}. **Why?** says what speaks for an answer."


def two_lists_step(name: str, titles: Sequence[str], n_shared: int) -> str:
    """Explains two lists side by side, with `n_shared` artists in both."""
    left, right = titles
    return (
        f"Who is nearest to {name}: by {left} on the left, by {right} on the right. {_shared(n_shared)} **Why?** says "
        "what speaks for an answer."
    )


def two_lists_step_narrow(name: str, titles: Sequence[str], n_shared: int) -> str:
    """The same where the lists stand one above the other."""
    first, second = titles
    return f"Who is nearest to {name} by {first}. A second list follows, by {second}. {_shared(n_shared)}"


def _shared(number: int) -> str:
    if not number:
        return "Nobody is in both."
    return f"{number} of them {'is' if number == 1 else 'are'} in both."


def map_step(name: str) -> str:
    """Explains the map."""
    return (
        f"A point is an artist, and near means alike. Lines lead from {name} to those who are truly nearest, since a "
        "flat map must tear some apart."
    )


def graph_step(name: str, label: str) -> str:
    """Explains the graph. `label` says what a known edge means, "" where there are none."""
    if not label:
        return f"{name} in the middle, among those predicted to be near. Click one to see its own neighbours."
    return f"{name} in the middle. Lines join artists {label}, dotted ones those predicted to be near."
