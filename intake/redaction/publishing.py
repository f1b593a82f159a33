"""How is a masked text told to everybody? Masks keep a surname and the ends of a number for those who work on a letter;
neighbours must not guess by them who wrote. Pure."""

import re
from functools import cache

from intake.surnames import COMPOUND_SURNAMES, SURNAMES

HIDDEN_NAME, HIDDEN_NUMBER = "某某", "（已隐去）"
WRITER = "来信人"

_CALLED = (
    "先生|女士|小姐|老?同志|师傅|老师|同学|家长|医生|老板娘?|业主|大姐|大哥|大嫂|大妈|大爷|大娘|大伯|大叔|大婶|阿姨|叔叔|伯伯"
    "|婆婆|爷爷|奶奶|老太太?|老人家?|姐姐?|哥哥?|叔|嫂子?|姨"
)
_SURNAME = f"(?:{'|'.join(sorted(COMPOUND_SURNAMES))}|[{''.join(sorted(SURNAMES))}])"
_PLATE = re.compile(r"[\u4e00-\u9fff](?:[A-Z]\s?[·.]?|[a-z]·)\*+[0-9A-Za-z]*")
# an end that the unit writes itself
_END = re.compile(r"(尾号|后四位|末四位)(?:是|为|[:：]|\s){0,2}\d{3,6}[Xx]?(?!\d)")
# from the beginning of a run alone: from each of its places it would be looked through again
_NUMBER = re.compile(r"(?<![0-9A-Za-z@._(+-])[0-9A-Za-z@._(+-]*\*{3,}[0-9A-Za-z@.*_)-]*")
# one star that stands for the number of a house is none of a name
_NAME = re.compile(rf"{_SURNAME}(?:\*{{2,3}}(?!\*)|\*(?![*\d号栋幢座单室层楼组户弄巷社村队路-]))")
# 阿依古丽·买买提, masked
_LONG_NAME = re.compile(r"[\u4e00-\u9fff]\*{4,}(?![0-9A-Za-z@*])")
# in the name of a file, where a mask is one line: 陈_, 168_5678, but no day
_FILE_NAME = re.compile(rf"{_SURNAME}_(?![0-9])")
_FILE_NUMBER = re.compile(r"(?<![0-9_])(?!(?:19|20)[0-9]{2}_[01]?[0-9](?![0-9]))[0-9]{3,}-?_[0-9]{2,}[Xx]?")
_INTRODUCED = re.compile(
    rf"(?:我叫|我是|我名|本人|署名|姓名|联系人|反映人|投诉人|申请人|来信人|写信人)[:：是叫为名字]{{0,2}}\s?({_SURNAME}\*{{1,3}})"
    rf"|({_SURNAME}\*{{1,3}})\s{{0,3}}(?:敬上|敬启|上)?[\s。]{{0,3}}\Z"
)
_MASKED = re.compile(rf"({_SURNAME})\*{{1,3}}(?![号栋幢座单室层楼组户弄巷社村队路-])")
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
    text = _END.sub(rf"\1{HIDDEN_NUMBER}", _UNSEEN.sub("", text))
    if "*" in masked_name and not _surname_of(masked_name):
        text = text.replace(masked_name, HIDDEN_NAME)
    text = _LONG_NAME.sub(HIDDEN_NAME, _PLATE.sub(HIDDEN_NUMBER, text))
    text = _NAME.sub(HIDDEN_NAME, _NUMBER.sub(HIDDEN_NUMBER, text))
    text = _ADDRESSED.sub(rf"\1{WRITER}", text)
    if surname := _surname_of(masked_name):
        text = re.sub(rf"\A(\s*(?:尊敬的)?){surname}[\u4e00-\u9fff]{{0,5}}(?=[:：])", rf"\1{WRITER}", text)
        text = _called(surname).sub(WRITER, text)
        text = re.sub(rf"{surname}某{{1,2}}(?!某)|[老小]{surname}(?=[，,、：:。！!您你反说的])", WRITER, text)
        text = re.sub(rf"姓{surname}(?![\u4e00-\u9fff]*姓)", "姓某", text)
    return text.strip()


def file_name_for_everybody(name: str) -> str:
    """The name of a file as `for_everybody` tells a text."""
    return _FILE_NUMBER.sub("", _FILE_NAME.sub(HIDDEN_NAME, name))


def writer_name(given: str, letter: str) -> str:
    """The masked name of who wrote: as it was given, or as the masked letter tells it; "" where neither does."""
    if _surname_of(given):
        return given
    found = _INTRODUCED.search(letter)
    return (found[1] or found[2]) if found else given


def surnames_of_writer(given: str, letter: str) -> frozenset[str]:
    """How the name of who wrote may begin; where nobody knows, as any name in the masked letter does."""
    name = writer_name(given, letter)
    return frozenset(name[:1]) if name else frozenset(found[1][:1] for found in _MASKED.finditer(letter))


@cache
def _called(surname: str) -> re.Pattern[str]:
    return re.compile(rf"[老小]?{surname}(?:{_CALLED})")


def _surname_of(name: str) -> str:
    if name[:2] in COMPOUND_SURNAMES:
        return name[:2]
    return name[:1] if name[:1] in SURNAMES else ""
