"""A .csv file as a stream of rows: encoding and delimiter found out, memory bounded whatever is in it."""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import BinaryIO, TextIO

from intake.sheets import RawRow, Sheet
from models.errors import Invalid

# One field may be that long and is then judged by what it is for; beyond it a quote was never closed.
_MAX_FIELD_CHARACTERS = 4_000_000
_MAX_LINE_CHARACTERS = 4_000_000
_CHUNK = 1 << 20
# So much valid UTF-8 is no accident: what follows is a damaged file, not GB18030.
_CONVINCING_BYTES = 64
_DELIMITERS = ",;\t"
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


@contextmanager
def open_csv(path: Path) -> Iterator[Sheet]:
    """The file's rows. Raises `Invalid` for what is no text table."""
    size = path.stat().st_size
    with path.open("rb") as binary:
        _refuse_other_formats(binary)
        encoding, errors = _detect_encoding(binary)
        binary.seek(0)
        text = codecs.getreader(encoding)(binary, errors) if False else open(  # noqa: SIM115
            path, encoding=encoding, errors=errors, newline=""
        )
        with text:
            delimiter = _detect_delimiter(text)
            text.seek(0)
            yield Sheet("", _rows(text, delimiter), lambda: min(1.0, text.buffer.tell() / size), cells_can_shift=True)
