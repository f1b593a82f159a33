"""Plates, e-mail addresses and accounts of messengers. Pure; all patterns run on folded text."""

import re
from collections.abc import Iterator

from intake.redaction.spans import PersonalKind, Span, windows

_PLATE = re.compile(
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z])[·•. -]{0,2}"
    r"((?=[A-Za-z]{0,5}\d)[A-HJ-NP-Za-hj-np-z0-9]{5,6}|(?=[A-Za-z]{0,4}\d)[A-HJ-NP-Za-hj-np-z0-9]{4}[挂学警港澳领])(?![A-Za-z0-9])"
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])([A-Za-z0-9])[A-Za-z0-9._%+-]{0,63}(@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4})"
)
_IS = r"(?:[是为:叫]|\s)*"
_QQ = re.compile(
    rf"(?i)(?:(?<![a-z])qq|扣扣|扣号|企鹅|球球)(?:联系|账号|帐号|号码|号|群号|群)?{_IS}([1-9](?: ?\d){{4,10}})(?![\d@])"
)
_WECHAT_WORD = (
    r"(?:微信|薇信|威信|徽信|微[❤♥]|卫星(?=号)|(?<![a-z])(?:vx|wx|wechat|weixin)|(?<![a-z])v信|(?<![a-z])wx号)"
)
_WECHAT = re.compile(
    rf"(?i)(?:{_WECHAT_WORD}(?:联系|账号|帐号|号码|号|id)?{_IS}|加[我他她]?(?:的)?(?:微信|薇信|威信|v信|v|薇|微|威)(?:号)?{_IS}"
    rf"|(?:抖音|快手|小红书|钉钉|支付宝|飞信|陌陌|易信|telegram)(?:账号|帐号|号码|号|id){_IS})"
    r"([a-z][-_a-z0-9]{5,19}|1[3-9]\d{9}|[1-9]\d{5,11})(?![-_a-z0-9@])"
)
# An id is five of these in a row at least; most letters have none.
_MAY_BE_ACCOUNT = re.compile(r"[A-Za-z0-9](?:[-_A-Za-z0-9]| (?=\d)){4,}")


def find_plates(text: str) -> Iterator[Span]:
    """Plates of cars, also those of electric ones with six characters."""
    for m in _PLATE.finditer(text):
        yield Span(m.start(), m.end(), PersonalKind.PLATE, f"{m[1]}·{'*' * (len(m[2]) - 2)}{m[2][-2:]}")


def find_accounts(text: str) -> Iterator[Span]:
    """E-mail addresses, and what follows the word for a messenger."""
    if "@" in text:
        for m in _EMAIL.finditer(text):
            yield Span(m.start(), m.end(), PersonalKind.EMAIL, f"{m[1]}***{m[2]}")
    for start, end in windows(_MAY_BE_ACCOUNT, text, 14, 0):
        for pattern in (_QQ, _WECHAT):
            for m in pattern.finditer(text, start, end):
                yield Span(m.start(1), m.end(1), PersonalKind.ACCOUNT, "***")
