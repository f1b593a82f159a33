"""Where something personal stands in a text, and the folding that makes it findable without moving it."""

from dataclasses import dataclass

from models.labels import LabelledEnum


class PersonalKind(LabelledEnum):
    MOBILE = "mobile", "手机号码"
    LANDLINE = "landline", "固定电话"
    IDENTITY_CARD = "identity_card", "身份证号"
    BANK_CARD = "bank_card", "银行卡号"
    PLATE = "plate", "车牌号"
    EMAIL = "email", "电子邮箱"
    ACCOUNT = "account", "社交账号"
    ADDRESS = "address", "门牌"
    NAME = "name", "姓名"


@dataclass(frozen=True, slots=True)
class Span:
    """`start`/`end` in the text that came; `mask` is what stands there afterwards."""

    start: int
    end: int
    kind: PersonalKind
    mask: str


_FOLDING = (
    {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
    | {ord(dash): "-" for dash in "‐‑‒–—―−﹣－"}
    | {ord(blank): " " for blank in "\xa0\u3000"}
)


def fold(text: str) -> str:
    """Full-width signs, dashes and blanks as their plain ones; every character keeps its place."""
    return text.translate(_FOLDING)
