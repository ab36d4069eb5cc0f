"""LAION's CLAP for music, the paper's checkpoint: HTSAT-base."""

from core.audio.encoders.checkpoints import KNOWN, PAPER
from core.audio.encoders.clap.listening import CLAP_SET, CLAP_TITLE, WINDOW, open_clap
from core.audio.encoders.clap.windows import RATE
from core.audio.encoders.family import Encoder

_CHECKPOINT = KNOWN[PAPER]

ENCODER = Encoder(
    name=_CHECKPOINT.name,
    title=_CHECKPOINT.title,
    feature_set=CLAP_SET,
    set_title=CLAP_TITLE,
    gives="a vector for each track and each window, in one space with words",
    checkpoint=_CHECKPOINT.name,
    licence=_CHECKPOINT.licence,
    rate=RATE,
    window=WINDOW,
    width=512,
    listener="clap",
    open=open_clap,
    reads_words=True,
)
