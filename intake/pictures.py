"""A picture as we keep it: opened, turned upright, made smaller and written anew, so that only its pixels are left.

What is written holds no EXIF (place, time, device), no comment, no colour profile (very wide colours look a little
paler) and nothing behind the end of the picture. Who appears on it stays on it.
"""

import io
import struct
import threading
from dataclasses import dataclass

from PIL import Image, ImageOps

from models.errors import Invalid

LONGEST_SIDE = 2560
THUMBNAIL_SIDE = 240
# A picture's memory goes with its pixels: a JPEG can be opened at a fraction of its size, the others cannot.
MOST_PIXELS = {"JPEG": 120_000_000, "PNG": 36_000_000, "WEBP": 36_000_000}
# A screenshot stays sharp as PNG; a photograph sent as PNG is far larger than it need be.
_LARGEST_PNG = 2 * 1024 * 1024
_QUALITY = 85
# What decoders raise for bytes that somebody made up.
_BROKEN = (
    OSError,
    ValueError,
    SyntaxError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
    Image.DecompressionBombError,
)
# Two at a time: each may take some hundred megabytes.
_ROOM = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """`is_png`: else it is a JPEG. Sides in pixels; the thumbnail is a JPEG."""

    content: bytes
    is_png: bool
    width: int
    height: int
    thumbnail: bytes


def rewrite_picture(data: bytes, found: str) -> Picture:
    """`found`: JPEG, PNG or WEBP, by the first bytes. Raises `Invalid` for what does not open, is cut short, or has
    more pixels than `MOST_PIXELS`."""
    with _ROOM:
        try:
            return _rewrite(data, found)
        except _BROKEN as error:
            raise Invalid("图片打不开，可能没有传完整或已损坏，请重新选择。") from error


def _rewrite(data: bytes, found: str) -> Picture:
    with Image.open(io.BytesIO(data), formats=(found,)) as opened:
        if opened.width * opened.height > MOST_PIXELS[found]:
            raise Invalid("图片的像素太多，请缩小后再传。")
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # JPEG only: decodes to a fraction, never below this
        opened.load()
        upright = ImageOps.exif_transpose(opened)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    plain = _flat(upright)
    content, is_png = b"", found == "PNG"
    if is_png:
        content = _written(plain, "PNG")
        is_png = len(content) <= _LARGEST_PNG
    if not is_png:
        content = _written(plain, "JPEG")
    small = plain.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Picture(
        content=content,
        is_png=is_png,
        width=plain.width,
        height=plain.height,
        thumbnail=_written(small, "JPEG"),
    )


def _flat(picture: Image.Image) -> Image.Image:
    """Its pixels on white in a picture that knows nothing else."""
    if picture.mode.startswith("I;16"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    rgba = picture.convert("RGBA")
    plain = Image.new("RGB", picture.size, "white")
    plain.paste(rgba, mask=rgba.getchannel("A"))
    return plain


def _written(picture: Image.Image, how: str) -> bytes:
    to = io.BytesIO()
    picture.save(to, how, quality=_QUALITY) if how == "JPEG" else picture.save(to, how)
    return to.getvalue()
