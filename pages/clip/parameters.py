"""The URL parameters of Clip."""

from pages.lists.keeping import REJECTED
from pages.map_layers.parameters import HIDE, SEEN
from pages.shell.boxes import WHY
from pages.shell.choices import LENGTH
from pages.shell.parameters import Parameter, Scope

BY = Parameter("by", Scope.PAGE)
"""Whether to ask with sound or with words."""

SAMPLE = Parameter("sample", Scope.CATALOGUE)
"""The number of a sample, from 1."""

WORDS = Parameter("words", Scope.PAGE)
WEIGHTS = Parameter("weights", Scope.PAGE)
"""Only the URL holds the phrases: it repeats WORDS and WEIGHTS once for each phrase."""

ANSWERS = Parameter("answers", Scope.CATALOGUE)
"""The spaces whose answers are shown side by side."""

MAP = Parameter("clip_map", Scope.CATALOGUE)
"""The space of the map that shows the clip."""

PARAMETERS = (REJECTED, WHY, LENGTH, BY, SAMPLE, WORDS, WEIGHTS, ANSWERS, MAP, SEEN, HIDE)
