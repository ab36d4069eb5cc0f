"""Invented artist names, put together from word lists; no real act is meant."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from core.catalogue.synthetic import scenes
from core.catalogue.synthetic.world import LatentWorld, part_rng

NAMESAKE_PAIRS = 4
ROUNDS = 50

WORDS: dict[str, tuple[str, ...]] = {
    "given": (
        "Adaeze", "Aino", "Alma", "Anselm", "Aurelio", "Bérénice", "Birgit", "Calder", "Cosima", "Dagný",
        "Delphine", "Edda", "Eamon", "Élodie", "Esperança", "Farida", "Fintan", "Greta", "Hanneke",
        "Henrike", "Idris", "Ilse", "Inês", "Isolde", "Jarek", "Jovana", "Juniper", "Kaveh", "Kofi",
        "Lázaro", "Leocadia", "Linnéa", "Lowri", "Maël", "Marisol", "Matteus", "Mirela", "Nadezhda",
        "Naoko", "Noor", "Odile", "Oskar", "Otis", "Pernille", "Quillon", "Ramón", "Rasmus", "Roisín",
        "Sabela", "Seraphine", "Søren", "Sunniva", "Tadeu", "Teodora", "Thandeka", "Tomasz", "Ulrika",
        "Vesna", "Wilhelmina", "Wren", "Yusra", "Zdeněk", "Zephyr", "Zosia",
    ),
    "family": (
        "Achterberg", "Almqvarn", "Ashgrove", "Balmoreau", "Bellweather", "Birkenhaag", "Bracewind",
        "Calloway-Dunn", "Castañero", "Corvane", "Dahlmere", "Delacombe", "Drummelzier", "Eastmarch",
        "Eklundar", "Fairwater", "Fenwright", "Ferreirinha", "Garrowby", "Grünthaler", "Halvardsen",
        "Harrowgate", "Holmqvister", "Ilkstone", "Jarnefors", "Kestrelman", "Kilbrannan", "Kowalczuk-Ray",
        "Lanternier", "Lindqvarn", "Lovelock-Ames", "Marchetain", "Merriwind", "Moreirelles", "Mossgrave",
        "Náprstek", "Nightingarde", "Oakhollow", "Okonjo-Bell", "Ostergren", "Pellerino", "Quintavalle",
        "Ravenhill", "Rosendael", "Saltmarsh", "Santorelli", "Silverwade", "Sjöblad", "Stonebridge",
        "Tamarisk", "Thistledown", "Tremayne", "Ungewitter", "Valtieri", "Vandermolen", "Wexcombe",
        "Whitlowe", "Winterbourne", "Yarrowby", "Zawadzka", "Zeller-Okafor",
    ),
    "adjective": (
        "Amber", "Borrowed", "Brass", "Burning", "Cardboard", "Careful", "Celestial", "Chalk", "Clockwork",
        "Cobalt", "Copper", "Crooked", "Distant", "Electric", "Faithful", "Feral", "Folded", "Forgotten",
        "Frozen", "Gentle", "Gilded", "Golden", "Halogen", "Hollow", "Idle", "Invisible", "Ivory", "Junior",
        "Lacquered", "Late", "Lonely", "Lucid", "Lunar", "Magnetic", "Midnight", "Mild", "Minor",
        "Nocturnal", "Northern", "Opal", "Painted", "Pale", "Paper", "Patient", "Polite", "Quiet",
        "Restless", "Rusted", "Sandstone", "Scarlet", "Secret", "Silent", "Slow", "Solar", "Southbound",
        "Spiral", "Tangled", "Tender", "Thirteenth", "Tidal", "Turquoise", "Unlikely", "Velvet", "Violet",
        "Wandering", "Weightless", "Wild", "Wooden", "Yonder",
    ),
    "noun": (
        "Aerial", "Almanac", "Anchor", "Antler", "Aqueduct", "Arcade", "Atlas", "Avalanche", "Balcony",
        "Basin", "Beacon", "Bellows", "Bicycle", "Birch", "Bonfire", "Cabinet", "Canal", "Canary",
        "Carousel", "Cartographer", "Cathedral", "Chapel", "Chimney", "Cinder", "Compass", "Comet",
        "Cormorant", "Corridor", "Cygnet", "Delta", "Dynamo", "Elevator", "Ember", "Estuary", "Falcon",
        "Fathom", "Ferry", "Foxglove", "Furnace", "Gazette", "Glacier", "Gondola", "Granary", "Harbour",
        "Harvest", "Heron", "Hotel", "Lagoon", "Lantern", "Ledger", "Lighthouse", "Locomotive", "Magpie",
        "Mammoth", "Marble", "Meadow", "Meridian", "Monsoon", "Moth", "Museum", "Oar", "Observatory",
        "Orchard", "Otter", "Parade", "Parasol", "Pavilion", "Pendulum", "Pine", "Plateau", "Postcard",
        "Prairie", "Quarry", "Radio", "Raven", "Reservoir", "Saddle", "Satellite", "Semaphore", "Shutter",
        "Signal", "Sparrow", "Staircase", "Suitcase", "Tangerine", "Teacup", "Telegram", "Terrace",
        "Thimble", "Tundra", "Turbine", "Umbrella", "Viaduct", "Voltage", "Walnut", "Waterwheel",
        "Weathervane", "Willow", "Window",
    ),
    "plural": (
        "Alibis", "Ambassadors", "Apprentices", "Astronomers", "Badgers", "Beekeepers", "Bellringers",
        "Cavaliers", "Chancers", "Cosmonauts", "Couriers", "Daydreamers", "Diplomats", "Drifters", "Echoes",
        "Ferrymen", "Foxes", "Gardeners", "Geese", "Herons", "Hurricanes", "Inventors", "Jackdaws",
        "Kestrels", "Lamplighters", "Larks", "Latecomers", "Lodgers", "Magnolias", "Mariners", "Millers",
        "Miners", "Mourning Doves", "Navigators", "Neighbours", "Night Porters", "Novelists", "Orphans",
        "Owls", "Passengers", "Pilgrims", "Postmen", "Quarrymen's Sons", "Rascals", "Regents", "Sailmakers",
        "Saints", "Semaphores", "Shepherds", "Sleepers", "Stargazers", "Stowaways", "Swifts", "Tailors",
        "Thieves", "Tramdrivers", "Understudies", "Vagabonds", "Wallflowers", "Weavers", "Wolves",
        "Yodellers",
    ),
    "place": (
        "Aldermoor", "Bexhaven", "Brannock", "Calderwick", "Corrasund", "Dunmarrow", "Eastfjord", "Ellerby",
        "Fernhollow", "Glasmere", "Hallowsea", "Ironbridge Road", "Kestwick", "Kilmarra", "Larkhaven",
        "Lomvika", "Marrowstone", "Montclerc", "Nørrevang", "Osterholm", "Pellworth", "Porto Branco",
        "Quarrington", "Ravnsborg", "Saltburgh", "São Lirio", "Sorrelton", "Tarnfield", "Thornaby Cross",
        "Umbermouth", "Valdoro", "Wexmoor", "Yarrowdale", "Zandhoek",
    ),
    "group": (
        "Assembly", "Brothers", "Collective", "Company", "Convention", "Family Band", "Society", "Union",
    ),
    "ensemble": ("Quartet", "Trio", "Quintet", "Sextet", "Septet", "Workshop"),
    "orchestra": ("Orchestra", "Big Band", "Dance Band", "Hotel Orchestra"),
    "chamber": ("Ensemble", "Players", "Consort", "String Quartet"),
    "crew": ("Crew", "Sound", "Rhyme Office", "Cypher", "Tape Club"),
    "heavy": (
        "Ashen", "Barrow", "Basalt", "Blackthorn", "Bog", "Cairn", "Crypt", "Dread", "Funeral", "Gallows",
        "Grave", "Iron", "Monolith", "Obsidian", "Plague", "Sepulchre", "Serpent", "Stone", "Tomb", "Wrath",
        "Wyrm",
    ),
    "doom": (
        "Altar", "Bastion", "Covenant", "Crown", "Eclipse", "Fane", "Forge", "Harrow", "Hymn", "Legion",
        "Mire", "Oath", "Procession", "Rite", "Throne", "Tide", "Vigil", "Warden", "Winter", "Wold",
    ),
    "head": (
        "Ael", "Bor", "Cas", "Dra", "El", "Fen", "Gal", "Hal", "Ix", "Jun", "Kel", "Lum", "Mor", "Nev",
        "Ob", "Pol", "Qua", "Rud", "Sol", "Tav", "Ul", "Vex", "Wyn", "Yl", "Zar",
    ),
    "middle": ("a", "e", "i", "o", "u", "ara", "ele", "ino", "oru", "umi", "é", "ø"),
    "tail": (
        "dane", "dric", "far", "gan", "kta", "lith", "lune", "mir", "nox", "phon", "quen", "rand", "sett",
        "tek", "thar", "vane", "vex", "wick", "xis", "zine",
    ),
    "initial": tuple(f"{letter}." for letter in "ABCDEFGHJKLMNPRSTVW"),
    "title": ("MC", "Professor", "Lady", "Young", "Sister", "Captain", "Doc", "Cousin"),
}  # fmt: skip

COMMON = (
    "{given} {family}",
    "{adjective} {noun}",
    "The {adjective} {plural}",
    "{noun} & {noun}",
    "{head}{middle}{tail}",
)
BY_GENRE: dict[str, tuple[str, ...]] = {
    "Electronic": (
        "{head}{middle}{tail}",
        "{head}{tail}",
        "{adjective} {noun}",
        "{noun} {initial}",
        "{family} & {family}",
    ),
    "Rock": ("The {place} {plural}", "The {adjective} {plural}", "{adjective} {noun}", "{noun} {plural}", "{place}"),
    "Metal": ("{heavy} {doom}", "{doom} of the {heavy} {doom}", "{heavy}{tail}", "{heavy} {noun}"),
    "Folk": ("{given} {family}", "{given} & the {plural}", "The {place} {group}", "{given} {initial} {family}"),
    "Jazz": ("The {given} {family} {ensemble}", "{given} {family}", "The {place} {orchestra}", "{family} {ensemble}"),
    "Hip-Hop": ("{title} {noun}", "{place} {crew}", "{adjective} {family}", "{title} {given}", "{head}{middle} {noun}"),
    "Soul": ("{given} {family}", "The {adjective} {plural}", "{given} & the {adjective} {plural}", "{place} {group}"),
    "Ambient": (
        "{given} {family}",
        "{adjective} {noun}",
        "{place} {chamber}",
        "{head}{middle}{tail}",
        "{noun} for {noun}",
    ),
}
HOUSE_STYLE_SHARE = 0.75

# Compositions of the lists above that are, or come close to, the names of real acts.
BLOCKED = frozenset(
    {
        "funeral winter", "golden harvest", "iron crown", "iron throne", "magnetic radio", "midnight radio",
        "northern lantern", "obsidian throne", "obsidian tide", "paper lantern", "plague throne",
        "radio orphans", "satellite radio", "serpent throne", "sister sparrow", "stone crown",
        "the golden orphans", "the wild swifts", "violet moth", "wild harvest", "willow & birch",
    }
)  # fmt: skip

_SLOT = re.compile(r"(\{\w+\})")


def artist_names(world: LatentWorld, seed: int) -> np.ndarray:
    """Names (n,) as strings: unique but for NAMESAKE_PAIRS deliberate pairs from different genres."""
    rng = part_rng(seed, "names")
    genre = scenes.genre_of_scene()[world.scene]
    names = np.full(len(world), "", dtype=object)
    wanted = np.arange(len(world))
    for _ in range(ROUNDS):
        names[wanted] = _compose(rng, genre[wanted])
        wanted = np.flatnonzero(_unusable(names))
        if not len(wanted):
            return _with_namesakes(rng, names, genre)
    raise ValueError(f"The word lists cannot name {len(world)} artists apart: ask for fewer artists.")


def _unusable(names: np.ndarray) -> np.ndarray:
    series = pd.Series(names).str.lower()
    words = series.str.replace("&", "").str.replace(" for ", " ").str.split()
    stuttering = words.map(lambda parts: len(set(parts)) < len(parts))
    return (series.duplicated() | series.isin(BLOCKED) | stuttering).to_numpy()


def _compose(rng: np.random.Generator, genre: np.ndarray) -> np.ndarray:
    """One fresh name per artist, its pattern drawn from the genre's own or from the common ones."""
    patterns = list(dict.fromkeys(COMMON + sum(BY_GENRE.values(), ())))
    names = np.empty(len(genre), dtype=object)
    in_style = rng.random(len(genre)) < HOUSE_STYLE_SHARE
    pick = rng.random(len(genre))
    chosen = np.empty(len(genre), dtype=np.int64)
    for position, name in enumerate(scenes.GENRES):
        for styled, options in ((True, BY_GENRE[name]), (False, COMMON)):
            rows = (genre == position) & (in_style == styled)
            codes = np.array([patterns.index(option) for option in options])
            chosen[rows] = codes[(pick[rows] * len(options)).astype(np.int64)]
    for code, pattern in enumerate(patterns):
        rows = np.flatnonzero(chosen == code)
        names[rows] = _fill(rng, pattern, len(rows))
    return names


def _fill(rng: np.random.Generator, pattern: str, count: int) -> np.ndarray:
    filled = np.full(count, "", dtype=object)
    for piece in _SLOT.split(pattern):
        if piece.startswith("{"):
            words = np.array(WORDS[piece[1:-1]], dtype=object)
            filled = filled + words[rng.integers(len(words), size=count)]
        else:
            filled = filled + piece
    return filled


def _with_namesakes(rng: np.random.Generator, names: np.ndarray, genre: np.ndarray) -> np.ndarray:
    """Give NAMESAKE_PAIRS artists the name of an artist of another genre."""
    order = rng.permutation(len(names))
    first = order[:NAMESAKE_PAIRS]
    shares = np.array_split(order[NAMESAKE_PAIRS:], NAMESAKE_PAIRS)
    apart = [share[genre[share] != genre[row]][0] for row, share in zip(first, shares, strict=True)]
    named = names.copy()
    named[apart] = names[first]
    return named
