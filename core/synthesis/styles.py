"""How each scene plays: its kits, grooves, basses, instruments, harmony. One Style per scene, by the scene's name.

A groove writes one bar in sixteenths: "X" accented, "x" played, "o" soft, "." silent. Where instruments are listed,
the earlier are the acoustic ones; each artist picks by its own acousticness and taste.
"""

from dataclasses import dataclass

Groove = dict[str, str]


@dataclass(frozen=True)
class Style:
    """How a scene plays. An empty groove has no drums; `comping` names a pattern of `core.synthesis.notes`."""

    kits: tuple[str, ...]
    grooves: tuple[Groove, ...]
    basses: tuple[str, ...]
    bass_lines: tuple[str, ...]
    chords: tuple[str, ...]
    comping: tuple[str, ...]
    leads: tuple[str, ...]
    modes: tuple[str, ...]
    progressions: tuple[tuple[int, ...], ...]
    swing: float = 0.0
    pads: tuple[str, ...] = ()
    voice: str = "voice"
    chord_drive: float = 0.0


_BACKBEAT = "....X.......X..."
_EIGHTHS = "x.x.x.x.x.x.x.x."
_SIXTEENTHS = "xoxoxoxoxoxoxoxo"
_FOUR = "X...X...X...X..."

POP = ((0, 4, 5, 3), (5, 3, 0, 4), (0, 5, 3, 4), (0, 3, 4, 3))
MODAL = ((0, 0, 6, 6), (0, 0, 3, 3), (0, 6, 5, 6), (0, 2, 3, 0))
JAZZ = ((1, 4, 0, 0), (1, 4, 0, 5), (2, 5, 1, 4), (0, 5, 1, 4))
STILL = ((0, 0, 0, 0), (0, 0, 3, 0), (0, 5, 0, 3))

STYLES: dict[str, Style] = {
    "Glasshouse Techno": Style(
        ("drum machine", "deep drum machine"),
        (
            {"kick": _FOUR, "open": "..x...x...x...x.", "clap": _BACKBEAT},
            {"kick": _FOUR, "hat": _SIXTEENTHS, "rim": "...x..x....x..x."},
        ),
        ("square bass", "saw bass", "sub bass"),
        ("offbeat", "sixteenths", "pulse"),
        ("glass bells", "pluck synth", "synth stab"),
        ("stabs", "arpeggio"),
        ("glass bells", "square lead"),
        ("minor", "phrygian", "dorian"),
        STILL + MODAL,
        pads=("saw pad", "warm pad"),
    ),
    "Night Ferry House": Style(
        ("drum machine", "deep drum machine"),
        (
            {"kick": _FOUR, "open": "..x...x...x...x.", "clap": _BACKBEAT, "shaker": _SIXTEENTHS},
            {"kick": _FOUR, "hat": "..x...x...x..x.x", "clap": _BACKBEAT},
        ),
        ("electric bass", "square bass", "sub bass"),
        ("offbeat", "syncopated", "octaves"),
        ("piano", "electric piano", "organ", "synth stab"),
        ("offbeats", "stabs", "syncopated"),
        ("voice", "saw lead", "electric piano"),
        ("minor", "dorian", "major"),
        POP + MODAL,
        swing=0.12,
        pads=("strings", "warm pad"),
    ),
    "Cathode Synthpop": Style(
        ("drum machine",),
        (
            {"kick": _FOUR, "snare": _BACKBEAT, "hat": _EIGHTHS},
            {"kick": "X.....x.X.......", "snare": _BACKBEAT, "hat": _SIXTEENTHS, "tom": "..............xx"},
        ),
        ("square bass", "saw bass"),
        ("octaves", "eighths", "sixteenths"),
        ("pluck synth", "synth stab", "electric piano"),
        ("arpeggio", "held", "stabs"),
        ("voice", "square lead", "saw lead"),
        ("major", "minor", "mixolydian"),
        POP,
        pads=("saw pad", "choir pad"),
    ),
    "Gravel Lane Garage": Style(
        ("loose drums", "acoustic drums"),
        (
            {"kick": "X.....x.X.x.....", "snare": _BACKBEAT, "open": _EIGHTHS},
            {"kick": "X...x...X...x...", "snare": "....X.x.....X...", "ride": _EIGHTHS},
        ),
        ("electric bass", "fuzz bass"),
        ("eighths", "roots"),
        ("clean guitar", "fuzz guitar", "organ", "distorted guitar"),
        ("strum", "eighths"),
        ("voice", "fuzz guitar", "organ"),
        ("mixolydian", "major", "dorian"),
        ((0, 3, 4, 3), (0, 6, 3, 0), (0, 3, 0, 4)),
        chord_drive=0.4,
    ),
    "Tidewater Dream Pop": Style(
        ("acoustic drums", "drum machine"),
        (
            {"kick": "X.......X.x.....", "snare": _BACKBEAT, "hat": _EIGHTHS},
            {"kick": "X.....x.........", "snare": "........X.......", "ride": "x...x...x...x..."},
        ),
        ("electric bass",),
        ("eighths", "roots"),
        ("clean guitar", "electric piano", "choir pad"),
        ("arpeggio", "strum", "held"),
        ("voice", "whistle lead", "clean guitar"),
        ("major", "lydian", "minor"),
        POP,
        pads=("choir pad", "saw pad", "strings"),
        chord_drive=0.15,
    ),
    "Lantern Indie": Style(
        ("acoustic drums", "loose drums"),
        (
            {"kick": "X.....x.X.......", "snare": _BACKBEAT, "hat": _EIGHTHS},
            {"kick": "X...X...X...X...", "snare": _BACKBEAT, "tom": "..x...x...x...x."},
        ),
        ("electric bass",),
        ("eighths", "roots", "melodic"),
        ("steel guitar", "clean guitar", "piano", "muted guitar"),
        ("strum", "arpeggio", "eighths"),
        ("voice", "glass bells", "clean guitar"),
        ("major", "mixolydian", "minor"),
        POP,
        chord_drive=0.1,
    ),
    "Orbital Road Motorik": Style(
        ("acoustic drums", "drum machine"),
        (
            {"kick": "X...x.x.X...x.x.", "snare": _BACKBEAT, "hat": _EIGHTHS},
            {"kick": "X...X...X...X...", "snare": _BACKBEAT, "ride": _EIGHTHS},
        ),
        ("electric bass", "square bass"),
        ("pulse", "eighths", "octaves"),
        ("clean guitar", "organ", "muted guitar", "pluck synth"),
        ("eighths", "held", "arpeggio"),
        ("saw lead", "square lead", "fuzz guitar"),
        ("mixolydian", "dorian"),
        STILL,
        pads=("warm pad", "saw pad"),
    ),
    "Iron Fjord Metal": Style(
        ("heavy drums",),
        (
            {"kick": "XxxxXxxxXxxxXxxx", "snare": _BACKBEAT, "ride": "x...x...x...x..."},
            {"kick": "X.xxX.xxX.xxX.xx", "snare": "..X...X...X...X.", "open": _FOUR},
        ),
        ("fuzz bass",),
        ("sixteenths", "gallop"),
        ("distorted guitar",),
        ("gallop", "tremolo", "chug"),
        ("growl", "distorted guitar"),
        ("phrygian", "minor", "harmonic minor"),
        ((0, 0, 1, 0), (0, 5, 6, 0), (0, 1, 0, 6)),
        voice="growl",
        chord_drive=0.8,
    ),
    "Slow Quarry Doom": Style(
        ("heavy drums",),
        (
            {"kick": "X.........x.....", "snare": "........X.......", "ride": "x...x...x...x..."},
            {"kick": "X.......x.......", "snare": "........X.....o.", "open": "x.......x......."},
        ),
        ("fuzz bass",),
        ("long", "roots"),
        ("fuzz guitar", "distorted guitar"),
        ("held", "chug"),
        ("growl", "fuzz guitar", "voice"),
        ("phrygian", "minor"),
        ((0, 1, 0, 6), (0, 0, 5, 1), (0, 6, 5, 1)),
        voice="growl",
        chord_drive=0.8,
    ),
    "Harbour Folk": Style(
        ("hand drums", "brushes"),
        ({}, {"shaker": "x.x.x.x.x.x.x.x."}, {"kick": "x.......x......."}),
        ("upright bass",),
        ("roots", "long"),
        ("nylon guitar", "steel guitar", "harp"),
        ("fingerpicked", "strum"),
        ("voice", "flute", "fiddle"),
        ("dorian", "major", "minor", "mixolydian"),
        ((0, 6, 0, 4), (0, 3, 0, 4), (0, 2, 3, 0)),
    ),
    "High Meadow Stringband": Style(
        ("brushes",),
        ({}, {"snare": "..x...x...x...x."}),
        ("upright bass",),
        ("two beat", "walking"),
        ("steel guitar", "banjo"),
        ("boom chick", "rolls"),
        ("fiddle", "banjo", "voice"),
        ("major", "mixolydian"),
        ((0, 3, 0, 4), (0, 0, 3, 4), (0, 4, 3, 0)),
    ),
    "Red Mesa Country": Style(
        ("brushes", "acoustic drums"),
        (
            {"kick": "X.......X.......", "snare": "o.o.X.ooo.o.X.oo"},
            {"kick": "X.....x.X.......", "snare": _BACKBEAT, "hat": _EIGHTHS},
        ),
        ("upright bass", "electric bass"),
        ("two beat",),
        ("steel guitar", "clean guitar", "piano"),
        ("boom chick", "strum"),
        ("voice", "clean guitar", "fiddle"),
        ("major", "mixolydian"),
        ((0, 3, 0, 4), (0, 4, 3, 0), (5, 3, 0, 4)),
    ),
    "Blue Cellar Jazz": Style(
        ("brushes", "acoustic drums"),
        (
            {"ride": "x...x..xx...x..x", "hat": "....x.......x..."},
            {"ride": "x...x..xx...x..x", "kick": "......o...o.....", "snare": "...o......o....o"},
        ),
        ("upright bass",),
        ("walking",),
        ("piano", "vibraphone", "clean guitar"),
        ("comp",),
        ("saxophone", "vibraphone", "brass"),
        ("dorian", "major", "harmonic minor"),
        JAZZ,
        swing=0.3,
        voice="voice",
    ),
    "Copperline Swing": Style(
        ("acoustic drums", "brushes"),
        (
            {
                "ride": "X...x..xX...x..x",
                "hat": "....x.......x...",
                "kick": "x...x...x...x...",
                "snare": "............o..x",
            },
        ),
        ("upright bass",),
        ("walking",),
        ("piano", "clean guitar"),
        ("fours", "comp"),
        ("brass", "clarinet", "saxophone", "voice"),
        ("major", "mixolydian"),
        JAZZ,
        swing=0.3,
        pads=("brass",),
    ),
    "Free Attic Improvisation": Style(
        ("loose drums", "brushes"),
        (
            {
                "ride": "x..o.x...ox..o..",
                "snare": "..o..x.o...xo..o",
                "tom": ".x....o..x....xo",
                "kick": "x....o....x.o...",
            },
        ),
        ("upright bass",),
        ("wandering",),
        ("piano", "clean guitar", "vibraphone"),
        ("scattered",),
        ("saxophone", "clarinet", "solo violin"),
        ("whole tone", "octatonic", "phrygian"),
        ((0, 3, 1, 5), (0, 6, 2, 4)),
    ),
    "Tramline Hip-Hop": Style(
        ("deep drum machine", "dusty breakbeat"),
        (
            {"kick": "X.....x...x.....", "snare": _BACKBEAT, "hat": _EIGHTHS},
            {"kick": "X..x......x..x..", "clap": _BACKBEAT, "hat": _SIXTEENTHS},
        ),
        ("sub bass", "electric bass"),
        ("syncopated", "long"),
        ("piano", "glass bells", "strings", "synth stab"),
        ("stabs", "held", "arpeggio"),
        ("spoken voice",),
        ("minor", "harmonic minor", "phrygian"),
        STILL + MODAL,
        swing=0.14,
        voice="spoken voice",
    ),
    "Low Battery Beats": Style(
        ("dusty breakbeat",),
        (
            {"kick": "X......x..x.....", "snare": _BACKBEAT, "hat": _EIGHTHS},
            {"kick": "X.....x..x......", "snare": "....X.......X..o", "hat": "x...x.x.x...x.x."},
        ),
        ("electric bass", "sub bass"),
        ("syncopated", "roots"),
        ("felt piano", "electric piano", "vibraphone", "nylon guitar"),
        ("held", "comp"),
        ("flute", "kalimba", "electric piano"),
        ("dorian", "minor", "major"),
        JAZZ + MODAL,
        swing=0.22,
        pads=("warm pad",),
    ),
    "Velvet Avenue Soul": Style(
        ("acoustic drums",),
        (
            {"kick": "X..x....x.x.....", "snare": _BACKBEAT, "hat": _EIGHTHS},
            {"kick": "X.......x.......", "rim": _BACKBEAT, "hat": "x.xxx.xxx.xxx.xx"},
        ),
        ("electric bass",),
        ("melodic", "syncopated"),
        ("piano", "electric piano", "organ", "clean guitar"),
        ("comp", "held", "offbeats"),
        ("voice", "brass", "saxophone"),
        ("major", "dorian", "mixolydian"),
        ((0, 5, 1, 4), (0, 2, 3, 4), (0, 3, 1, 4)),
        swing=0.08,
        pads=("strings", "brass"),
    ),
    "Sunday Engine Funk": Style(
        ("acoustic drums",),
        (
            {"kick": "X..x..x...x..x..", "snare": "....X..o.o..X..o", "hat": _SIXTEENTHS},
            {"kick": "X.x.......x..x..", "snare": "....X.......X.o.", "hat": "x.xxx.xxx.xxx.xo"},
        ),
        ("slap bass", "electric bass"),
        ("funk",),
        ("muted guitar", "electric piano", "organ"),
        ("scratch", "syncopated"),
        ("brass", "voice", "saxophone"),
        ("dorian", "mixolydian"),
        STILL,
        swing=0.06,
    ),
    "Winter Harmonium Drone": Style(
        ("hand drums",),
        ({},),
        ("sub bass",),
        ("long",),
        ("harmonium", "warm pad", "organ"),
        ("held",),
        ("flute", "whistle lead", "glass bells"),
        ("dorian", "minor", "lydian"),
        STILL,
        pads=("harmonium", "warm pad", "strings"),
    ),
    "Chalk Room Chamber": Style(
        ("brushes",),
        ({},),
        ("upright bass",),
        ("long",),
        ("felt piano", "piano", "harp", "strings"),
        ("arpeggio", "held", "fingerpicked"),
        ("solo violin", "clarinet", "flute"),
        ("minor", "major", "lydian", "harmonic minor"),
        POP + MODAL,
        pads=("strings",),
    ),
}
