"""The shared strings of a workbook, kept on disk: there may be millions, and memory must not grow with them."""

import os
import struct
import tempfile
import zipfile
from functools import lru_cache
from typing import IO, Self

from intake.xlsx_parts import Attributes, open_part, parse

# Cells beyond that are refused anyway; there is no need to hold them.
MAX_CELL_CHARACTERS = 1_000_000
_OFFSET = struct.Struct("<QQ")
_CACHED = 2048


class SharedStrings:
    """Strings by index, in two temporary files without a name: the bytes, and where each begins and ends."""

    def __init__(self) -> None:
        self._bytes: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._offsets: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        self._count = 0
        self.get = lru_cache(_CACHED)(self._get)

    @classmethod
    def read(cls, package: zipfile.ZipFile, part: str | None) -> Self:
        """Spool the part to disk; empty where the workbook has none. Raises `Invalid` where it is broken."""
        strings = cls()
        if part is None:
            return strings
        collector = TextCollector()
        position = 0

        def end(tag: str) -> None:
            nonlocal position
            if tag == "si":
                data = collector.take().encode("utf-8", "surrogatepass")
                strings._bytes.write(data)
                strings._offsets.write(_OFFSET.pack(position, len(data)))
                position += len(data)
                strings._count += 1
            collector.end(tag)

        try:
            with open_part(package, part) as stream:
                for _ in parse(stream, collector.start, end, collector.text):
                    pass
            strings._bytes.flush()
            strings._offsets.flush()
        except BaseException:
            strings.close()
            raise
        return strings

    def _get(self, index: int) -> str:
        if not 0 <= index < self._count:
            return ""
        start, length = _OFFSET.unpack(os.pread(self._offsets.fileno(), _OFFSET.size, index * _OFFSET.size))
        return os.pread(self._bytes.fileno(), length, start).decode("utf-8", "surrogatepass")

    def close(self) -> None:
        self._bytes.close()
        self._offsets.close()


class TextCollector:
    """The text of `t` elements of one string item, without phonetic runs."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._in_text = False
        self._phonetic = False

    def start(self, tag: str, attributes: Attributes) -> None:
        if tag == "t":
            self._in_text = not self._phonetic
        elif tag == "rPh":
            self._phonetic = True

    def end(self, tag: str) -> None:
        if tag == "t":
            self._in_text = False
        elif tag == "rPh":
            self._phonetic = False

    def text(self, data: str) -> None:
        if self._in_text and self._length <= MAX_CELL_CHARACTERS:
            self._parts.append(data)
            self._length += len(data)

    def take(self) -> str:
        text = "".join(self._parts)
        self._parts.clear()
        self._length = 0
        return text
