"""Files of every kind that somebody may send, made here: good ones, broken ones, hostile ones."""

import io
import struct
import zipfile
import zlib

from PIL import Image
from PIL.Image import Exif

GPS, ORIENTATION, MAKE, GPS_LATITUDE = 0x8825, 0x0112, 0x010F, 2


def picture(how: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """The left half red, the right half blue."""
    made = Image.new("RGB", size, "blue")
    made.paste("red", (0, 0, size[0] // 2, size[1]))
    to = io.BytesIO()
    made.save(to, how, **options)
    return to.getvalue()


def with_place(orientation: int = 1) -> bytes:
    """A photograph with the place where it was taken, a camera, a comment and a colour profile."""
    exif = Exif()
    exif[MAKE], exif[ORIENTATION] = "Secretphone", orientation
    exif.get_ifd(GPS).update({1: "N", GPS_LATITUDE: (31.0, 13.0, 47.0), 3: "E", 4: (121.0, 28.0, 25.0)})
    return picture(exif=exif, comment=b"taken at home", icc_profile=b"SecretProfile" * 20)


def pdf(inside: bytes = b"", *, compressed: bytes = b"", trailer: bytes = b"") -> bytes:
    """A page; `inside` is an object more, `compressed` the content of an object stream."""
    more = b""
    if compressed:
        packed = zlib.compress(compressed)
        more = b"5 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length %d >>\nstream\n" % len(packed)
        more += packed + b"\nendstream\nendobj\n"
    return (
        b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
        b"2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
        b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n"
        + (b"4 0 obj\n" + inside + b"\nendobj\n" if inside else b"")
        + more
        + b"trailer\n<< /Root 1 0 R /Size 6 "
        + trailer
        + b" >>\nstartxref\n0\n%%EOF\n"
    )


def office(main: str = "word/document.xml", **more: bytes) -> bytes:
    """`more` by the names of the parts, with `__` for a slash and `_DOT_` for a point."""
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(main, "<w:document/>")
        for name, content in more.items():
            archive.writestr(name.replace("__", "/").replace("_DOT_", "."), content)
    return to.getvalue()


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it has 3.6 thousand million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )
