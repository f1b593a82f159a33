"""What each sentence of a reply is there for: to say something, to greet, to acknowledge, to pass on, to sign."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

MAX_LENGTH = 20_000


class Role(Enum):
    """SAID is all that answers the letter; the others are what any reply could have."""

    SAID = auto()
    COURTESY = auto()
    RECEIVED = auto()
    FORWARDED = auto()
    REFERRED = auto()
    FOLLOW_UP = auto()
    HEADING = auto()
    SIGNED = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """`start`:`end` of the reply."""

    start: int
    end: int
    role: Role


_DAY = r"(?:(?:19|20)\d\d\s?[年.\-/]\s?\d{1,2}\s?[月.\-/]\s?\d{1,2}\s?日?|[一二][〇○零0-9一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
# A unit and the day, at the end of a reply or before the next one in the same text.
_SIGNATURE = re.compile(
    rf"(?:(?<=[。！!；;\s])|(?<=[)）])|(?<=^))[^，,。！!；;：:《\s]{{0,24}}\s?{_DAY}(?=\s*(?:$|网友|网民|市民|“|尊敬|[您你]好|[您你]的|特此))"
)
_BREAK = re.compile(r"(?<=[。！!？?；;\n])|(?<=如下[：:])|(?<=[您你]好[，,：:])|(?<=同志[：:])")
_UNIT_ONLY = re.compile(
    r"\s*[^，,。！!；;：:《》\d]{2,20}(?:局|委|办|办公室|中心|政府|办事处|大队|支队|公司|部|院|所|处|队)\s*"
)

_GREETING = re.compile(
    r"\s*(?:尊敬的|亲爱的|[“\"'‘]|[(（]?UU|网友|网民|市民|业主|[^，,。！!：:；;]{0,20}(?:[您你]们?好|同志|网友|朋友))[^。！!；;]{0,40}"
)
_THANKS = re.compile(
    r"\s*(?:再次|再一次|最后|首先|同时|在此|衷心|非常|十分|诚挚|真诚|欢迎|感谢|谢谢|多谢|祝|顺祝|特此|此复|专此|敬请|恳请|给[您你]|不便之处|"
    r"希望(?:得到|我|[您你])|望[您你]?(?:理解|谅解))"
)
_THANKING = re.compile(
    r"感谢|谢谢|祝[您你]|敬请|特此|专此|此复|理解|谅解|支持|监督|欢迎(?:继续|一如既往|多|关注|[您你]|广大|各界|进一步)?|关注"
)
_RECEIVED = re.compile(
    r"收悉|(?:已|己|已经)收到|(?:已|己)(?:阅|获悉|知悉|悉知|受理)|获悉|收到[^。]{0,30}(?:后|[，,])|接到[^。]{0,30}后|"
    r"(?:回复|答复|汇报|说明|告知|情况|反馈|解答)[^。]{0,6}如下|高度重视[^。]{0,60}如下"
)
_ABOUT = re.compile(r"反映|反应|来信|留言|问题|情况|投诉|诉求|咨询|帖|函|来访|信件|意见|建议|此事")
_PASSED = re.compile(
    r"(?:已|己|已经|现|现已|并|均|正|在|直接|立即|我们|我办|我局|已将|转)[^。；;，,]{0,26}?"
    r"(?:转(?:至|交|到|给|办|由|相关|有关|请|[^，,。；;让变移型]{1,16}(?:调查|核实|办理|处理|核处|处置|办复|答复|研究|关注|$))|移交|交办|批转|"
    r"发函交|交(?:由|给|有关|相关|[^，,。；;通警费付]{1,16}(?:调查|核实|办理|处理|核处|处置|答复|办复)))"
)
_ELSEWHERE = re.compile(
    r"(?:请|建议|烦请|敬请|可|可以|欢迎|需)[^。；;]{0,40}?(?:咨询|询问|联系|拨打|致电|来电|反映|登录|登陆|举报|投诉|反馈|请示|查询)"
)
_FOLLOW = re.compile(
    r"(?:如(?:果)?有|待|一有|若有|处理情况|办理(?:结果|情况)|调查处理情况|结果|处理结果|后续)[^。；;]{0,30}(?:反馈|回复|告知|答复|公布|发布|公示)|"
    r"敬请关注|请(?:继续|[您你]继续)?(?:保持)?关注"
)
_HEAD = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[(（]?[一二三四五六七八九十\d]{1,2}[)）、.．])\s*(?:关于|对于|针对|就)?[^，,]{0,60}?(?:问题|情况|事项|事宜|诉求|建议|答复|方面)[。：:]?\s*"
)
_CONDITION = re.compile(r"\s*(?:如|若|如果|有关|详情|具体|另外|同时)")


def parts_of(reply: str) -> list[Part]:
    """The sentences of at most the first 20,000 characters, in order; blank ones are left out."""
    text = reply[:MAX_LENGTH]
    found: list[Part] = []
    for start, end, signed in _stretches(text):
        if signed:
            found.append(Part(start, end, Role.SIGNED))
        else:
            found += [Part(*span, _role(text[slice(*span)])) for span in _sentences(text, start, end)]
    if len(found) > 1 and found[-1].role is Role.SAID and _UNIT_ONLY.fullmatch(text, found[-1].start, found[-1].end):
        found[-1] = Part(found[-1].start, found[-1].end, Role.SIGNED)
    return found


def _stretches(text: str) -> Iterator[tuple[int, int, bool]]:
    at = 0
    for match in _SIGNATURE.finditer(text):
        yield at, match.start(), False
        yield match.start(), match.end(), True
        at = match.end()
    yield at, len(text), False


def _sentences(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at = start
    for match in _BREAK.finditer(text, start, end):
        if match.start() > at:
            yield from _trimmed(text, at, match.start())
            at = match.start()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    said = text[start:end]
    begin = start + len(said) - len(said.lstrip())
    stop = end - (len(said) - len(said.rstrip()))
    if stop > begin and any(c.isalnum() for c in text[begin:stop]):
        yield begin, stop


def _role(sentence: str) -> Role:
    length = len(sentence)
    if (
        length <= 24
        and _GREETING.match(sentence)
        and sentence.rstrip("！!。，,：: ").endswith(("好", "友", "志", "朋友", "”", "民"))
    ):
        return Role.COURTESY
    if length <= 120 and _PASSED.search(sentence) and _ABOUT.search(sentence):
        return Role.FORWARDED
    if length <= 60 and _FOLLOW.search(sentence):
        return Role.FOLLOW_UP
    if (
        length <= 160
        and _RECEIVED.search(sentence)
        and (_ABOUT.search(sentence) or sentence.rstrip("：: ").endswith("如下"))
    ):
        return Role.RECEIVED
    if length <= 140 and _THANKS.match(sentence) and _THANKING.search(sentence):
        return Role.COURTESY
    if length <= 120 and _ELSEWHERE.search(sentence):
        return Role.REFERRED
    if _HEAD.fullmatch(sentence):
        return Role.HEADING
    return Role.SAID
