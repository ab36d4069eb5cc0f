"""musicnn, trained on the Million Song Dataset: what is under its 50 tags of listeners, as a vector."""

from core.audio.encoders.checkpoints import MUSICNN
from core.audio.encoders.family import Encoder
from core.audio.encoders.musicnn.front_end import PATCH_SECONDS, RATE
from core.audio.encoders.musicnn.listening import LICENCE, MSD_SET, open_musicnn

ENCODER = Encoder(
    name="musicnn-msd",
    title="musicnn (Million Song Dataset)",
    feature_set=MSD_SET,
    set_title="Sound (musicnn, MSD)",
    gives="a vector for each track",
    checkpoint=MUSICNN,
    licence=LICENCE,
    rate=RATE,
    window=f"{PATCH_SECONDS} s",
    width=200,
    listener="musicnn",
    open=open_musicnn,
)
