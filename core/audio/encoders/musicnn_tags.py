"""musicnn's words for sound: how likely each of its tags is, with the tags of both models in one list."""

from core.audio.encoders.checkpoints import MUSICNN
from core.audio.encoders.family import Encoder
from core.audio.encoders.musicnn.front_end import PATCH_SECONDS, RATE
from core.audio.encoders.musicnn.listening import LICENCE, TAG_SET, open_musicnn
from core.audio.encoders.musicnn.tags import TAGS

ENCODER = Encoder(
    name="musicnn-tags",
    title="musicnn’s tags",
    feature_set=TAG_SET,
    set_title="Words for sound (musicnn)",
    gives=f"the likelihood of {len(TAGS)} tags for each track and each moment",
    checkpoint=MUSICNN,
    licence=LICENCE,
    rate=RATE,
    window=f"{PATCH_SECONDS} s",
    width=len(TAGS),
    listener="musicnn",
    open=open_musicnn,
    columns=lambda: list(TAGS),
)
