"""Numbers of identity cards, passports and bank cards: what a check digit or the word before them proves. Pure."""

import re
from collections.abc import Iterator
from datetime import date

from intake.redaction.spans import PersonalKind, Span
from intake.redaction.telephones import digits_of, is_paper_number

# One blank or dash may stand after any digit: 5116 0219 9003 0712 32
_IDENTITY_18 = re.compile(r"(?<![0-9A-Za-z])[1-9](?:[ -]?\d){16}[ -]?[0-9Xx](?:\d{2}(?:[Bb]\d)?)?(?![0-9A-Za-z])")
_IDENTITY_15 = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{5})(\d{2})([01]\d)([0-3]\d)(\d{3})(?![0-9A-Za-z])")
_PROVINCES = frozenset(
    str(first + offset)
    for first, count in ((11, 5), (21, 3), (31, 7), (41, 6), (50, 5), (61, 5), (71, 1), (81, 3))
    for offset in range(count)
)
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CUE = re.compile(r"(?:身份证|证件|身份|公民身份|社会保障)(?:号码|号)?[^0-9]{0,4}$")
# A number with a mistyped check digit is still somebody's. Numbers of cases carry the region and a recent day.
_LAST_YEAR_WITHOUT_CHECK = 2010

_CARD = re.compile(r"(?<![0-9A-Za-z])\d(?:[ -]?\d){14,18}(?![0-9A-Za-z])")
_CARD_FIRST = re.compile(r"62|60|4|5[1-5]|3[4-7]|9[4-9]")
_CARD_CUE = re.compile(
    r"(?:卡号|银行卡|储蓄卡|社保卡|信用卡|工资卡|一卡通|存折|账号|帐号|账户|帐户|打到|转到|汇到|转入)[^0-9,。;]{0,6}$"
)
_CUED_CARD = re.compile(r"(?<=[号卡户为是到折通入: ])\d{4}(?:[ -]?\d){8,15}(?!\d)")

_DOCUMENT = re.compile(
    r"(?:护照|通行证|台胞证|回乡证|军官证|士兵证|警官证|永居证|居留证|残疾证|驾驶证|行驶证|退役证|优待证)(?:证件)?(?:号码|号)?"
    r"[^0-9A-Za-z\n]{0,4}?([A-Za-z]{0,2}\d{7,10}|[军武士文]?字?第\d{5,9})(?![0-9A-Za-z])"
)


def find_identity_cards(text: str, start: int, end: int) -> Iterator[Span]:
    """Identity cards of 18 and 15 digits, and disability cards, which are the former with two digits more."""
    for m in _IDENTITY_18.finditer(text, start, end):
        written = m[0].replace(" ", "").replace("-", "").upper()
        number, more = written[:18], written[18:]
        checked = _has_identity_checksum(number)
        plausible = number[:2] in _PROVINCES and _is_day(number[6:10], number[10:12], number[12:14])
        if more and not checked:
            continue
        cued = _IDENTITY_CUE.search(text, max(0, m.start() - 12), m.start())
        if plausible and not cued:
            recent = int(number[6:10]) > _LAST_YEAR_WITHOUT_CHECK
            plausible = (checked or not recent) and not (is_paper_number(text, m.start()) and (recent or not checked))
        if plausible or cued:
            yield Span(
                m.start(), m.end(), PersonalKind.IDENTITY_CARD, f"{number[:6]}{'*' * 8}{number[-4:]}{'*' * len(more)}"
            )
    for m in _IDENTITY_15.finditer(text, start, end):
        plausible = m[1][:2] in _PROVINCES and _is_day(f"19{m[2]}", m[3], m[4])
        if plausible and not is_paper_number(text, m.start()):
            yield Span(m.start(), m.end(), PersonalKind.IDENTITY_CARD, f"{m[1]}{'*' * 6}{m[5]}")


def find_documents(text: str, start: int, end: int) -> Iterator[Span]:
    """Passports, travel permits and the like, after the word for them."""
    for m in _DOCUMENT.finditer(text, start, end):
        yield Span(m.start(1), m.end(1), PersonalKind.DOCUMENT, "*" * (len(m[1]) - 2) + m[1][-2:])


def find_bank_cards(text: str, start: int, end: int) -> Iterator[Span]:
    """Card numbers that check (Luhn), and any after the word for an account."""
    for m in _CARD.finditer(text, start, end):
        digits = digits_of(m[0])
        plausible = 16 <= len(digits) <= 19 and _CARD_FIRST.match(digits) and _has_luhn_checksum(digits)
        if plausible and not is_paper_number(text, m.start()):
            yield _card(m, digits)
    for m in _CUED_CARD.finditer(text, start, end):
        if _CARD_CUE.search(text, max(0, m.start() - 14), m.start()):
            yield _card(m, digits_of(m[0]))


def _card(m: re.Match[str], digits: str) -> Span:
    return Span(m.start(), m.end(), PersonalKind.BANK_CARD, "*" * (len(digits) - 4) + digits[-4:])


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return date(int(year), int(month), int(day)).year >= 1900
    except ValueError:
        return False


def _has_identity_checksum(number: str) -> bool:
    """GB 11643, ISO 7064 MOD 11-2."""
    if not number[:17].isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _IDENTITY_WEIGHTS, strict=False))
    return "10X98765432"[total % 11] == number[17]


def _has_luhn_checksum(digits: str) -> bool:
    doubled = sum(sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    return (doubled + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0
