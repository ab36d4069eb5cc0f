"""What the URL can say of Clip."""

from pages.map_layers.parameters import HIDE, SEEN
from pages.shell.boxes import WHY
from pages.shell.choices import LENGTH
from pages.shell.parameters import Parameter, Scope

BY = Parameter("by", Scope.PAGE)
"""Whether one asks with sound or with words."""

SAMPLE = Parameter("sample", Scope.CATALOGUE)
"""The number of a sample, 1 the first."""

WORDS = Parameter("words", Scope.PAGE)
WEIGHTS = Parameter("weights", Scope.PAGE)
"""The URL alone holds the phrases: WORDS and WEIGHTS are there as often as there are phrases."""

ANSWERS = Parameter("answers", Scope.CATALOGUE)
"""The spaces that answer side by side."""

MAP = Parameter("clip_map", Scope.CATALOGUE)
"""The space of the map with the clip on it."""

PARAMETERS = (WHY, LENGTH, BY, SAMPLE, WORDS, WEIGHTS, ANSWERS, MAP, SEEN, HIDE)
