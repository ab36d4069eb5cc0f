"""What the bytes of MP3 and Ogg files say about where their sound begins, and where one stream follows another."""

import struct

_OGG = b"OggS"
_OGG_HEADER = 27
_BEGINS = 2
_HEADS = (b"Xing", b"Info", b"VBRI")
_SEARCHED = 1 << 17
_FRAMES_IN_A_ROW = 3
_BIT_RATES = {
    (1, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (1, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (1, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (2, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (2, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (2, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
"""(MPEG 1 or 2, layer) -> kilobits per second by code: ISO/IEC 11172-3 and 13818-3."""
_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}


def first_mp3_frame(data: bytes) -> int | None:
    """Where the first of three MPEG frames in a row begins, within the first 128 KB; None if there are none."""
    at = data.find(b"\xff", 0, _SEARCHED)
    while at >= 0:
        if _frames_follow(data, at):
            return at
        at = data.find(b"\xff", at + 1, _SEARCHED)
    return None


def says_its_length(data: bytes, frame: int) -> bool:
    """Whether the MPEG frame at `frame` is the one in which encoders write how many frames follow."""
    return any(head in data[frame : frame + 200] for head in _HEADS)


def ogg_links(data: bytes) -> list[bytes]:
    """The parts of a chained Ogg file, each a file of its own; one for a file that is not chained."""
    starts, at, seen_sound = [0], 0, False
    while at >= 0 and at + _OGG_HEADER <= len(data):
        if data[at : at + 4] != _OGG:
            at = data.find(_OGG, at)
            continue
        if data[at + 5] & _BEGINS:
            if seen_sound:
                starts.append(at)
                seen_sound = False
        else:
            seen_sound = True
        lacing = data[at + _OGG_HEADER : at + _OGG_HEADER + data[at + 26]]
        at += _OGG_HEADER + len(lacing) + sum(lacing)
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def _frames_follow(data: bytes, at: int) -> bool:
    for _ in range(_FRAMES_IN_A_ROW):
        length = _frame_length(data[at : at + 4])
        if length is None:
            return False
        at += length
    return True


def _frame_length(header: bytes) -> int | None:
    """The bytes of an MPEG audio frame with this header; None if it is no header."""
    if len(header) < 4:
        return None
    (bits,) = struct.unpack(">I", header)
    version, layer = bits >> 19 & 3, 4 - (bits >> 17 & 3)
    code, rate_code, padding = bits >> 12 & 15, bits >> 10 & 3, bits >> 9 & 1
    if bits >> 21 != 0x7FF or version == 1 or layer == 4 or code in (0, 15) or rate_code == 3:
        return None
    family = 1 if version == 3 else 2
    bits_per_second = 1000 * _BIT_RATES[family, layer][code]
    rate = _RATES[version][rate_code]
    if layer == 1:
        return 4 * (12 * bits_per_second // rate + padding)
    samples = 576 if layer == 3 and family == 2 else 1152
    return samples // 8 * bits_per_second // rate + padding
