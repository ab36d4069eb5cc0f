"""musicnn, trained on MagnaTagATune: what is under its 50 tags of instruments, voices and moods, as a vector."""

from core.audio.encoders.checkpoints import MUSICNN
from core.audio.encoders.family import Encoder
from core.audio.encoders.musicnn.front_end import PATCH_SECONDS, RATE
from core.audio.encoders.musicnn.listening import LICENCE, MTT_SET, open_musicnn

ENCODER = Encoder(
    name="musicnn-mtt",
    title="musicnn (MagnaTagATune)",
    feature_set=MTT_SET,
    set_title="Sound (musicnn, MTT)",
    gives="a vector for each track",
    checkpoint=MUSICNN,
    licence=LICENCE,
    rate=RATE,
    window=f"{PATCH_SECONDS} s",
    width=200,
    listener="musicnn",
    open=open_musicnn,
)
