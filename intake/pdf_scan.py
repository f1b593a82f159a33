"""Does a PDF hold something that acts by itself? A scan of its bytes; the file is kept as it came.

What the scan finds: encryption; scripts (JavaScript, XFA forms), actions that start programs or send a form, files and
films inside, written plainly, with escaped names (/J#61vaScript), or inside compressed streams, which are all inflated.
What it cannot find: a fault in a font or a picture that a certain viewer stumbles over; that is why a PDF is served as
a download only. It takes nothing out: the properties of the file (author, program) stay in it.
"""

import re
import zlib

from models.errors import Invalid

# All streams of a file together, inflated, in bytes.
MOST_INFLATED = 200 * 1024 * 1024
_PIECE = 1024 * 1024
_OVERLAP = 256

_FORBIDDEN = {
    b"JavaScript": "脚本",
    b"XFA": "带脚本的表单",
    b"Launch": "会启动其他程序的动作",
    b"SubmitForm": "会向外发送内容的表单",
    b"ImportData": "会读取其他文件的动作",
    b"EmbeddedFile": "嵌入的文件",
    b"EmbeddedFiles": "嵌入的文件",
    b"GoToE": "嵌入的文件",
    b"RichMedia": "嵌入的媒体",
    b"Encrypt": "密码或权限保护",
}
# short names turn up by chance in compressed bytes: looked for outside of streams, and in what was inflated
_SHORT = {b"JS": "脚本"}
_END = rb"(?![A-Za-z0-9_.+-])"
_LONG_NAMES = re.compile(rb"/(" + b"|".join(_FORBIDDEN) + rb")" + _END)
_ALL_NAMES = re.compile(rb"/(" + b"|".join(_FORBIDDEN | _SHORT) + rb")" + _END)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
# The dictionary of a stream stands right before it.
_BEFORE = 2048


def check_pdf(data: bytes) -> None:
    """Raises `Invalid`, naming what was found, or where it is no whole PDF."""
    if b"startxref" not in data[-4096:] or b"%%EOF" not in data[-4096:] or b"/Root" not in data:
        raise Invalid("PDF文件打不开，可能没有传完整，请重新选择。")
    _refuse(_LONG_NAMES, data)
    _refuse(_ALL_NAMES, _outside_streams(data))
    inflated = 0
    for start in _STREAM.finditer(data):
        inflated += _check_stream(data, start.start(), start.end(), MOST_INFLATED - inflated)


def _refuse(names: re.Pattern[bytes], text: bytes) -> None:
    plain = _ESCAPED.sub(lambda escaped: bytes([int(escaped[1], 16)]), text) if b"#" in text else text
    if found := names.search(plain):
        what = (_FORBIDDEN | _SHORT)[found[1]]
        raise Invalid(f"这个PDF文件里有{what}，不能接收。请另存为普通PDF，或者拍照、截图后上传。")


def _outside_streams(data: bytes) -> bytes:
    parts, at = [], 0
    while (start := _STREAM.search(data, at)) is not None:
        parts.append(data[at : start.start()])
        end = data.find(b"endstream", start.end())
        if end < 0:
            return b" ".join(parts)
        at = end + len(b"endstream")
    parts.append(data[at:])
    return b" ".join(parts)


def _check_stream(data: bytes, keyword: int, start: int, room: int) -> int:
    """How many bytes came out. Raises `Invalid` where they hold what is refused, or are too many to look at."""
    dictionary = data[max(0, keyword - _BEFORE) : keyword]
    dictionary = dictionary[dictionary.rfind(b"obj") + 1 :]
    inflater, count, tail = zlib.decompressobj(), 0, b""
    waiting = data[start : start + _PIECE]
    at = start + len(waiting)
    try:
        while waiting and not inflater.eof:
            piece = inflater.decompress(waiting, _PIECE)
            count += len(piece)
            if count > room:
                raise Invalid("这个PDF文件的内容太多，无法检查，请拆成几个文件，或者拍照、截图后上传。")
            _refuse(_ALL_NAMES, tail + piece)
            tail = (tail + piece)[-_OVERLAP:]
            waiting = inflater.unconsumed_tail
            if not waiting:
                waiting = data[at : at + _PIECE]
                at += len(waiting)
    except zlib.error:
        if count == 0 and b"ObjStm" in dictionary:
            raise Invalid("这个PDF文件的格式特殊，无法检查，请另存为普通PDF后再传。") from None
    return count
