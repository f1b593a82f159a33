"""Numbers and addresses that reach or name one person: telephone, identity card, bank card, plate, e-mail, accounts.

All patterns run on folded text (half width). Numbers of papers and orders look alike: the word before them decides.
"""

import re
from collections.abc import Iterator
from datetime import date

from intake.redaction_spans import PersonalKind, Span

_NOT_INSIDE = r"(?<!\d)(?<!\d\.)"

# 3-4-4, 4-3-4, 3-3-5, or a separator after every digit
_MOBILE = re.compile(
    _NOT_INSIDE + r"(?:\(?(?:\+|00)?86\)?[- ]?)?"
    r"(1[3-9]\d(?:[- ]?\d{4}[- ]?\d{4}|\d[- ]\d{3}[- ]\d{4}|[- ]\d{3}[- ]\d{5}|(?:[- .]\d){8})|1[ -][3-9](?:[ -]\d){9})"
    r"(?!\d)"
)
_CHINESE_DIGITS = str.maketrans("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0001234567891123456789")
_SPELLED = "[0-9零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]"
_SPELLED_MOBILE = re.compile(rf"(?<!{_SPELLED})(?:{_SPELLED}[ -]?){{10}}{_SPELLED}(?!{_SPELLED})")

# 010, 02x and 03xx to 09xx are area codes of the mainland.
_LANDLINE = re.compile(
    _NOT_INSIDE + r"(?:(?:\+|00)?86[- ]?)?(\(?0?(?:10|2\d|[3-9]\d{2})\)|0(?:10|2\d|[3-9]\d{2}))[- ]{0,2}"
    r"([2-9]\d{2,3}[- ]?\d{4})(?!\d)(?!\.\d)"
)
_LOCAL_LINE = re.compile(
    r"(?:电话|座机|固话|联系方式|联系号码|来电号码)(?:号码|号)?(?:[是为:,]|\s)*\(?"
    r"([2-9]\d{2,3}[- ]?\d{4})(?!\d)(?![元块年月])"
)

_IDENTITY_18 = re.compile(
    r"(?<![0-9A-Za-z])([1-9]\d{5})[ -]?((?:19|20)\d{2})[ -]?([01]\d)[ -]?([0-3]\d)[ -]?(\d{3}[0-9Xx])(?![0-9A-Za-z])"
)
_IDENTITY_15 = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{5})(\d{2})([01]\d)([0-3]\d)(\d{3})(?![0-9A-Za-z])")
_PROVINCES = frozenset(
    str(first + offset)
    for first, count in ((11, 5), (21, 3), (31, 7), (41, 6), (50, 5), (61, 5), (71, 1), (81, 3))
    for offset in range(count)
)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CUE = re.compile(r"(?:身份证|证件|身份)(?:号码|号)?[^0-9]{0,4}$")

_CARD = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){14,18}(?![0-9A-Za-z])")
_CARD_FIRST = re.compile(r"62|60|4|5[1-5]|3[4-7]|9[4-9]")
_CARD_CUE = re.compile(r"(?:卡号|银行卡|储蓄卡|社保卡|信用卡|账号|帐号|账户|帐户)[^0-9,。;]{0,6}$")
_CUED_CARD = re.compile(r"(?<=[号卡户为是: ])\d{4}(?:[ -]?\d){8,15}(?!\d)")

# What follows these words is the number of a paper, an order or a meter, whatever it looks like.
_PAPER_CUE = re.compile(
    r"(?:订单|工单|单据|流水|案件|受理|信访|登记|合同|发票|凭证|快递|运单|物流|文件|编|文|案|单|户|表|学|批|证书|信用代码|许可证)"
    r"(?:编号|号码|号)?(?:[是为:]|\s)*$"
)

_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z])[·•. -]?"
    r"((?=[A-Za-z]{0,5}\d)[A-HJ-NP-Za-hj-np-z0-9]{5,6}|(?=[A-Za-z]{0,4}\d)[A-HJ-NP-Za-hj-np-z0-9]{4}[挂学警港澳领])(?![A-Za-z0-9])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}(@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4})"
)
_QQ = re.compile(r"(?i)(?:\bqq|(?<![a-z])qq|扣扣|企鹅)(?:号码|号|群号|群)?(?:[是为:]|\s)*([1-9]\d{4,11})(?![\d@])")
_WECHAT = re.compile(
    r"(?i)(?:微信(?:号码|号)\s*[是为:]?|微信\s*[是为:]|(?<![a-z])(?:vx|wx|wechat)\s*[号是为:]?|加[我]?(?:微信|v|薇|威信)[是为:]?)\s*"
    r"([a-z][-_a-z0-9]{5,19}|1[3-9]\d{9}|[1-9]\d{4,11})(?![-_a-z0-9@])"
)


def find_numbers(text: str) -> Iterator[Span]:
    """All personal numbers in folded text; spans may overlap."""
    if "@" in text:
        for m in _EMAIL.finditer(text):
            yield Span(m.start(), m.end(), PersonalKind.EMAIL, f"{m[1]}***{m[2]}")
    yield from _find_spelled_mobiles(text)
    for m in _PLATE.finditer(text):
        yield Span(m.start(), m.end(), PersonalKind.PLATE, f"{m[1]}·{'*' * (len(m[2]) - 2)}{m[2][-2:]}")
    for pattern in (_QQ, _WECHAT):
        for m in pattern.finditer(text):
            yield Span(m.start(1), m.end(1), PersonalKind.ACCOUNT, "***")
    if re.search(r"\d[\d() -]{5}", text) is None:
        return
    yield from _find_telephones(text)
    yield from _find_identity_cards(text)
    yield from _find_bank_cards(text)


def _find_telephones(text: str) -> Iterator[Span]:
    for m in _MOBILE.finditer(text):
        if not _is_paper_number(text, m.start()):
            yield Span(m.start(), m.end(), PersonalKind.MOBILE, _mask_mobile(m[1]))
    for m in _LANDLINE.finditer(text):
        if not _is_paper_number(text, m.start()):
            yield Span(m.start(), m.end(), PersonalKind.LANDLINE, f"{m[1].strip('()')}-{_mask_line(m[2])}")
    for m in _LOCAL_LINE.finditer(text):
        yield Span(m.start(1), m.end(1), PersonalKind.LANDLINE, _mask_line(m[1]))


def _find_spelled_mobiles(text: str) -> Iterator[Span]:
    """Numbers written out (一三八…), also mixed with digits, to slip past filters."""
    for m in _SPELLED_MOBILE.finditer(text):
        digits = m[0].translate(_CHINESE_DIGITS)
        if digits != m[0] and re.fullmatch(r"1[3-9]\d{9}", _digits(digits)):
            yield Span(m.start(), m.end(), PersonalKind.MOBILE, _mask_mobile(digits))


def _find_identity_cards(text: str) -> Iterator[Span]:
    for m in _IDENTITY_18.finditer(text):
        number = "".join(m.groups()).upper()
        # a mistyped number after the word is still somebody's
        plausible = _is_day(m[2], m[3], m[4]) and m[1][:2] in _PROVINCES and _has_identity_checksum(number)
        if plausible or _IDENTITY_CUE.search(text, max(0, m.start() - 12), m.start()):
            yield Span(m.start(), m.end(), PersonalKind.IDENTITY_CARD, f"{number[:6]}{'*' * 8}{number[-4:]}")
    for m in _IDENTITY_15.finditer(text):
        plausible = m[1][:2] in _PROVINCES and _is_day(f"19{m[2]}", m[3], m[4])
        if plausible and not _is_paper_number(text, m.start()):
            yield Span(m.start(), m.end(), PersonalKind.IDENTITY_CARD, f"{m[1]}{'*' * 6}{m[5]}")


def _find_bank_cards(text: str) -> Iterator[Span]:
    for m in _CARD.finditer(text):
        digits = _digits(m[0])
        plausible = 16 <= len(digits) <= 19 and _CARD_FIRST.match(digits) and _has_luhn_checksum(digits)
        if plausible and not _is_paper_number(text, m.start()):
            yield Span(m.start(), m.end(), PersonalKind.BANK_CARD, "*" * (len(digits) - 4) + digits[-4:])
    for m in _CUED_CARD.finditer(text):
        if _CARD_CUE.search(text, max(0, m.start() - 14), m.start()):
            digits = _digits(m[0])
            yield Span(m.start(), m.end(), PersonalKind.BANK_CARD, "*" * (len(digits) - 4) + digits[-4:])


def _is_paper_number(text: str, start: int) -> bool:
    return _PAPER_CUE.search(text, max(0, start - 14), start) is not None


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _mask_mobile(number: str) -> str:
    digits = _digits(number)
    return f"{digits[:3]}****{digits[-4:]}"


def _mask_line(number: str) -> str:
    digits = _digits(number)
    return "*" * (len(digits) - 2) + digits[-2:]


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _has_identity_checksum(number: str) -> bool:
    """GB 11643, ISO 7064 MOD 11-2."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _IDENTITY_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


def _has_luhn_checksum(digits: str) -> bool:
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0
