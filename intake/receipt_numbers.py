"""Receipt numbers: local date, serial number, and one digit that notices a mistyped one."""

import re
import unicodedata
from datetime import date

_FORMAT = re.compile(r"(\d{8})-?(\d{7,})")


def receipt_number(day: date, serial: int) -> str:
    """Such as 20261123-0001237: the day, the serial (six digits or more) and its check digit."""
    digits = f"{day:%Y%m%d}{serial:06d}"
    return f"{digits[:8]}-{digits[8:]}{_check_digit(digits)}"


def normalise_receipt_number(text: str) -> str:
    """As printed, from what people type: full-width digits, spaces, other dashes or none. Other text comes folded."""
    folded = re.sub(r"[\s‐-―−－]", "-", unicodedata.normalize("NFKC", text).strip())
    folded = re.sub(r"-+", "-", folded)
    bare = folded.replace("-", "")
    return f"{bare[:8]}-{bare[8:]}" if _FORMAT.fullmatch(bare) else folded


def check_receipt_number(text: str) -> bool:
    """Whether this can be a receipt number at all: any single wrong digit, and nearly any swapped pair, is noticed."""
    match = _FORMAT.fullmatch(normalise_receipt_number(text))
    if match is None:
        return False
    digits = match[1] + match[2]
    return _check_digit(digits[:-1]) == int(digits[-1])


def _check_digit(digits: str) -> int:
    """ISO/IEC 7064, MOD 11,10."""
    product = 10
    for digit in digits:
        product = ((product + int(digit)) % 10 or 10) * 2 % 11
    return (11 - product) % 10
