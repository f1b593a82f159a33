"""What each sentence of a reply is there for: to say something, to greet, to acknowledge, to pass on, to sign."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

MAX_LENGTH = 20_000


class Role(Enum):
    """SAID is all that answers the letter, DECLINED says that it is not answered; the others any reply could have."""

    SAID = auto()
    DECLINED = auto()
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


_DAY = (
    r"(?:(?:19|20)\d\d\s?[年.\-/]\s?\d{1,2}\s?[月.\-/]\s?\d{1,2}\s?日?"
    r"|[一二][〇○零0-9一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
)
# A unit and the day, at the end of a reply or before the next one in the same text.
_SIGNATURE = re.compile(
    rf"(?:(?<=[。！!；;\s])|(?<=[)）])|(?<=^))[^，,。！!；;：:《\s]{{0,24}}\s?{_DAY}"
    r"(?=\s*(?:$|网友|网民|市民|“|尊敬|[您你]好|[您你]的|特此))"
)
_BREAK = re.compile(
    r"(?<=[。！!？?；;\n])|(?<=如下[：:])|(?<=如下)(?=\s)|(?<=[您你]好[，,：:])|(?<=同志[：:])|(?<=[收获知]悉[，,])|(?<=已收到[，,])"
    r"|(?<=支持[，,])(?=针对|经|现|就)|(?<=关心[，,])(?=至|针对|经|现|就)|(?<=建议[，,])(?=我)"
)
_UNIT_ONLY = re.compile(
    r"\s*[^，,。！!；;：:《》\d]{2,20}(?:局|委|办|办公室|中心|政府|办事处|大队|支队|公司|部|院|所|处|队)\s*"
)

_GREETING = re.compile(
    r"\s*(?:尊敬的|亲爱的|[“\"'‘]|[(（]?UU|网友|网民|市民|业主|[^，,。！!：:；;]{0,20}(?:[您你]们?好|同志|网友|朋友))[^。！!；;]{0,40}"
)
_GREETED = ("好", "友", "志", "”", "民")
_THANKS = re.compile(
    r"\s*(?:再次|再一次|最后|首先|同时|在此|衷心|非常|十分|诚挚|真诚|欢迎|感谢|谢谢|多谢|祝|顺祝|特此|此复|专此|敬请|恳请"
    r"|给[您你]|不便之处|希望(?:得到|我|[您你])|望[您你]?(?:理解|谅解)|以上是)"
)
_THANKING = re.compile(
    r"感谢|谢谢|祝[您你]|敬请|特此|专此|此复|理解|谅解|支持|监督|关注|我单位对|歉意"
    r"|欢迎(?:继续|一如既往|多|关注|[您你]|广大|各界|进一步)?"
)
# What a sentence of courtesy does not hold.
_SUBSTANCE = re.compile(
    r"经[^，,。]{0,12}(?:调查|核实|排查|审查)|未发现|将(?!一如既往|竭诚|继续努力)|规定|根据|拨打|致电|会继续努力"
)
_RECEIVED = re.compile(
    r"[收获知]悉|悉知|(?:已|己|已经)收到|(?:已|己)(?:阅|受理|掌握)|收到[^。]{0,30}(?:后|[，,])|接到[^。]{0,30}后"
    r"|(?:回复|答复|汇报|说明|告知|情况|反馈|解答)[^。]{0,6}如下|高度重视[^。]{0,60}如下"
)
_ABOUT = re.compile(r"反映|反应|来信|留言|问题|情况|投诉|诉求|咨询|帖|函|来访|信件|意见|建议|此事")
_WORKED_ON = r"(?:调查|核实|办理|处理|核处|处置|办复|答复|研究|关注)"
_PASSED = re.compile(
    r"(?:已|己|已经|现|现已|并|均|正|在|直接|立即|我们|我办|我局|已将|转)[^。；;，,]{0,26}?"
    rf"(?:转(?:至|交|到|给|办|由|相关|有关|请|[^，,。；;让变移型]{{1,16}}(?:{_WORKED_ON}|$))|移交|交办|批转"
    rf"|发函交|交(?:由|给|有关|相关|[^，,。；;通警费付]{{1,16}}{_WORKED_ON}))"
)
_ELSEWHERE = re.compile(
    r"(?:请|建议|烦请|敬请|可|可以|欢迎|需)[^。；;]{0,40}?"
    r"(?:咨询|询问|联系|拨打|致电|来电|反映|登录|登陆|举报|投诉|反馈|请示|查询)"
)
_FOLLOW = re.compile(
    r"(?:如(?:果)?有|待|一有|若有|处理情况|办理(?:结果|情况)|调查处理情况|结果|处理结果|后续)"
    r"[^。；;]{0,30}(?:反馈|回复|告知|公布|发布|公示)"
    r"|待[^。；;]{0,20}予以答复|敬请关注|请(?:继续|[您你]继续)?(?:保持)?关注"
)
_STANDS = re.compile(r"尚未|暂未|目前|已经|正在")
_DECLINES = re.compile(
    r"无法(?:直接)?(?:答复|回复|回答|代为|进行(?:核查|核实|调查|投诉|处理)|核实|核查|受理|处理|根据|为[您你])|视为无效|无效信件"
    r"|不再(?:进入|受理|重复)|不(?:知道|清楚|掌握|了解)(?:是否|具体|有关|相关|情况)|不予(?:受理|答复|回复)|不作答复|已[^。]{0,24}作(?:了|出)?(?:过)?(?:回复|答复)"
)
# A receipt that goes on to say what was found is more than one.
_FOUND = re.compile(
    r"经[^，,。]{0,12}(?:核实|调查|核查|了解|查)[，,]|现场|召开|责令|已(?:要求|责成|办理|安排)|\d{1,2}月\d{1,2}日[，,]|立即安排|将尽快|现正|将于"
)
# Passing on is dated as well; another day is one on which something was done.
_DID = re.compile(r"\d{1,2}月\d{1,2}日(?![^，,。]{0,40}(?:转|交|收|批))")
# A sentence of so many characters that passes something on passes the letter on.
_BRIEF = 48
# So many characters between thanks are no thanks.
_ASIDE = 40
_HEAD = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}[、.．]|[(（]?[一二三四五六七八九十\d]{1,2}[)）、.．])\s*(?:关于|对于|针对|就)?"
    r"[^，,]{0,60}?(?:问题|情况|事项|事宜|诉求|建议|答复|方面)[。：:]?\s*"
)


def refers(sentence: str) -> bool:
    """Whether it tells the writer to ask or complain elsewhere."""
    return _ELSEWHERE.search(sentence) is not None


def _only_thanks(sentence: str) -> bool:
    clauses = re.split("[，,、]", sentence)
    thanking = [_THANKING.search(clause) is not None for clause in clauses]
    return any(thanking) and sum(len(c) for c, thanks in zip(clauses, thanking, strict=True) if not thanks) <= _ASIDE


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
    length, bare = len(sentence), sentence.rstrip("！!。，,：: ")
    if length <= 24 and _GREETING.match(sentence) and bare.endswith(_GREETED):
        return Role.COURTESY
    if length <= 200 and _DECLINES.search(sentence):
        return Role.DECLINED
    about = length <= _BRIEF or (length <= 120 and _ABOUT.search(sentence))
    if about and _PASSED.search(sentence) and not _DID.search(sentence):
        return Role.FORWARDED
    if length <= 60 and _FOLLOW.search(sentence) and not _STANDS.search(sentence):
        return Role.FOLLOW_UP
    receives = bare.endswith("如下") or (
        _ABOUT.search(sentence) and not _FOUND.search(sentence) and not _DID.search(sentence)
    )
    if length <= 160 and receives and _RECEIVED.search(sentence):
        return Role.RECEIVED
    if length <= 140 and _THANKS.match(sentence) and not _SUBSTANCE.search(sentence) and _only_thanks(sentence):
        return Role.COURTESY
    if length <= 120 and _ELSEWHERE.search(sentence):
        return Role.REFERRED
    if _HEAD.fullmatch(sentence):
        return Role.HEADING
    return Role.SAID
