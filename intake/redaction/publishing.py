"""How is a masked text told to everybody? Masks keep a surname and the ends of a number for those who work on a letter;
neighbours must not guess by them who wrote. Pure."""

import re
from functools import cache

from intake.surnames import COMPOUND_SURNAMES, SURNAMES

HIDDEN_NAME, HIDDEN_NUMBER = "某某", "（已隐去）"
WRITER = "来信人"

_CALLED = (
    "先生|女士|小姐|老?同志|师傅|老师|同学|家长|医生|老板|业主|大姐|大哥|大嫂|大妈|大爷|大娘|大伯|大叔|阿姨|叔叔|伯伯|婆婆"
    "|爷爷|奶奶|老人家|姐|哥|叔|嫂|姨"
)
_SURNAME = f"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[{''.join(sorted(SURNAMES))}])"
_PLATE = re.compile(r"[\u4e00-\u9fff][A-Z]\s?[·.]?\*+[0-9A-Z]*")
# from the beginning of a run alone: from each of its places it would be looked through again
_NUMBER = re.compile(r"(?<![0-9A-Za-z@._(+-])[0-9A-Za-z@._(+-]*\*{3,}[0-9A-Za-z@.*_)-]*")
# a star that stands for the number of a house is none of a name
_NAME = re.compile(rf"{_SURNAME}\*{{1,3}}(?![*\d号栋幢座单室层楼组户弄巷社村队路-])")
# 詹大姐： and 尊敬的李**：; what a name was followed by stays
_ADDRESSED = re.compile(
    rf"\A(\s*(?:尊敬的)?)(?:{_SURNAME}[\u4e00-\u9fff]{{0,2}}?(?:{_CALLED})|{HIDDEN_NAME}(?:{_CALLED})?)"
    "(?=[，,：:、！! ]|您好|你好)"
)
# What no page shows and XML forbids.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def for_everybody(text: str, *, masked_name: str = "") -> str:
    """A masked text without the surnames and the ends of numbers that masks keep. `masked_name` is that of who wrote
    (詹** or 詹女士): by surname and title the writer is not told either."""
    text = _UNSEEN.sub("", text)
    text = _NAME.sub(HIDDEN_NAME, _NUMBER.sub(HIDDEN_NUMBER, _PLATE.sub(HIDDEN_NUMBER, text)))
    text = _ADDRESSED.sub(rf"\1{WRITER}", text)
    if surname := _surname_of(masked_name):
        text = re.sub(rf"\A(\s*(?:尊敬的)?){surname}[\u4e00-\u9fff]{{0,5}}(?=[:：])", rf"\1{WRITER}", text)
        text = _called(surname).sub(WRITER, text)
        text = re.sub(rf"姓{surname}(?![\u4e00-\u9fff]*姓)", "姓某", text)
    return text.strip()


@cache
def _called(surname: str) -> re.Pattern[str]:
    return re.compile(rf"[老小]?{surname}(?:{_CALLED})")


def _surname_of(name: str) -> str:
    if name[:2] in COMPOUND_SURNAMES:
        return name[:2]
    return name[:1] if name[:1] in SURNAMES else ""
