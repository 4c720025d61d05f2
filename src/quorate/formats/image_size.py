"""How wide and high an image is shown, in pixels, from the head of its file: PNG, JPEG, GIF and WebP."""

from __future__ import annotations

import struct
from struct import unpack, unpack_from
from typing import BinaryIO

Size = tuple[int, int]
PNG = b"\x89PNG\r\n\x1a\n"
EXIF = 0xE1
OTHER = (0xC4, 0xC8, 0xCC)
"""Markers among those of frames that begin something else."""
ORIENTATION = 0x0112
TURNED = 5
"""From this orientation on a browser shows an image lying on its side."""


def size_of(file: BinaryIO) -> Size | None:
    """Width and height; None for what is no such image."""
    head = file.read(30)
    try:
        if head.startswith(PNG):
            return unpack_from(">II", head, 16)
        if head.startswith((b"GIF87a", b"GIF89a")):
            return unpack_from("<HH", head, 6)
        if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
            return _webp(head)
        if head.startswith(b"\xff\xd8"):
            file.seek(2)
            return _jpeg(file)
    except struct.error:  # it ends too early
        return None
    return None


def _webp(head: bytes) -> Size | None:
    match head[12:16]:
        case b"VP8X":
            return 1 + int.from_bytes(head[24:27], "little"), 1 + int.from_bytes(head[27:30], "little")
        case b"VP8L":
            (bits,) = unpack_from("<I", head, 21)
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = unpack_from("<HH", head, 26)
            return width & 0x3FFF, height & 0x3FFF
    return None


def _jpeg(file: BinaryIO) -> Size | None:
    """From the frame's header, which comes after segments of any length; Exif before it may say that it is turned."""
    turned = False
    while file.read(1) == b"\xff":
        marker, length = unpack(">BH", file.read(3))
        if marker & 0xF0 == 0xC0 and marker not in OTHER:
            _, height, width = unpack(">BHH", file.read(5))
            return (height, width) if turned else (width, height)
        body = file.read(max(length - 2, 0))
        if marker == EXIF and body.startswith(b"Exif\0\0"):
            turned = _turned(body[6:])
    return None


def _turned(tiff: bytes) -> bool:
    order = "<" if tiff.startswith(b"II") else ">"
    (first,) = unpack_from(f"{order}I", tiff, 4)
    (entries,) = unpack_from(f"{order}H", tiff, first)
    for place in range(first + 2, first + 2 + 12 * entries, 12):
        tag, value = unpack_from(f"{order}H6xH", tiff, place)
        if tag == ORIENTATION:
            return bool(value >= TURNED)
    return False
