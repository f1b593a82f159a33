"""Who said what in the transcript of a call, and what the caller said without stumbling.

A transcript comes as lines (坐席：…, 市民：…, with or without times) or as one line of the same. The body of the record
is what the caller said; the transcript itself is kept as it came.
"""

import re
from dataclasses import dataclass

_AGENT = "坐席|座席|客服代表|客服|话务员|话务|接线员|受理员|热线员|工作人员|Agent|agent|AGENT"
_CALLER = "市民|来电人|来电者|用户|客户|诉求人|反映人|群众|居民|主叫|Caller|caller|CUSTOMER|Customer|customer"
_NUMBERED = r"(?:说话人|发言人|讲话人|Speaker|speaker|SPEAKER|spk|S)[ _]?\d{1,2}"
_CLOCK = r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?(?:[.,]\d{1,3})?"
_TIME = rf"[\[（(【]?{_CLOCK}(?:\s?[-~—至]{{1,3}}\s?{_CLOCK})?[\])）】]?"
# A speaker stands at the beginning of a line, after a time, or after the end of what another one said.
_SPEAKER = re.compile(
    rf"(?:(?<=[\n。！？!?…])|(?<![\s\S]))[^\S\n]{{0,4}}(?:{_TIME}[^\S\n]{{0,4}})?"
    rf"(?:(?P<agent>{_AGENT})|(?P<caller>{_CALLER})|(?P<numbered>{_NUMBERED}))"
    rf"(?:[A-Za-z0-9]{{0,6}}|[（(][^）)\n]{{0,12}}[）)])[^\S\n]{{0,4}}(?:{_TIME}[^\S\n]{{0,4}})?[:：][^\S\n]{{0,4}}"
)
_AT_ONCE = re.compile(rf"(?m)^[^\S\n]{{0,4}}{_TIME}[^\S\n]{{0,4}}$\n?")
_SERVES = re.compile(r"为您服务|工号|竭诚|请问有什么|有什么可以帮|政务服务热线|12345热线")

# What is said to fill time, where it stands alone between pauses; what is said twice or more in a row.
_FILLER = re.compile(
    r"(?:(?<=[，,。！？!?、\s])|(?<![\s\S]))(?:嗯+|呃+|额+|啊+|哦+|噢+|唉+|哎+|诶+|喂+|那个|这个|就是说?|然后呢?|怎么说呢|对吧|是吧)(?:[，,、。！!？?\s]+|(?![\s\S]))"
)
_HUMS = re.compile(r"[嗯呃](?:[，,、]|(?=[\u4e00-\u9fff]))")
_AGAIN = re.compile(
    r"(?P<said>那个|这个|就是说|就是|然后|我们|你们|他们|[\u4e00-\u9fff]{2,8}?|[我你他她它这那在有是不就说想要])"
    r"[，,、 ]?"
    r"(?:(?P=said)[，,、 ]?)+(?=[\u4e00-\u9fff])"
)
# 三号楼，不对，是四号楼: numbers of the same kind, the second one counts.
_NUMBER = "[\\d一二三四五六七八九十百零两点]{1,8}"
_CORRECTED = re.compile(
    rf"(?:{_NUMBER}[年月])?{_NUMBER}(?P<unit>[年月日号点楼栋单元层户室块个路天][楼院线]?)"
    r"[，,。、 ]?(?:哦|啊|嗯|呃|哎)?[，,、 ]?"
    r"(?:不对|不是|说错了|错了|啊不|哦不)[，,、 ]?(?:应该)?(?:是|说的是)?"
    rf"(?=(?:{_NUMBER}[年月])?{_NUMBER}(?P=unit))"
)
# Doubled words that mean something: 天天, 常常, 谢谢, 一个一个.
_MEANT = re.compile(
    r"(?:天|年|月|常|谢|妈|爸|爷|奶|哥|姐|弟|妹|刚|渐|慢|好|早|人|个|家|户|次|处|往|偏|仅|多|处|宝|娃|一个|一家|一户|一次|一遍|研究|商量|考虑|看|试|问|听|想|说|等)$"
)
_NOTHING_SAID = re.compile(r"[嗯啊哦噢对是好的行可以知道了谢不用没有就这样再见拜喂您你，,。！!？?、~\s]*")


@dataclass(frozen=True, slots=True)
class Turn:
    """What one of the two said without a break: `start`:`end` of the transcript."""

    by_caller: bool
    start: int
    end: int


def read_turns(transcript: str) -> tuple[Turn, ...]:
    """The turns in order; none where the text is no conversation of two."""
    marks = list(_SPEAKER.finditer(transcript))
    if len(marks) < 2:
        return ()
    ends = [*(mark.start() for mark in marks[1:]), len(transcript)]
    agent = _numbered_agent(transcript, marks, ends)
    turns = tuple(
        Turn(bool(mark["caller"]) or (mark["numbered"] is not None and mark["numbered"] != agent), mark.end(), end)
        for mark, end in zip(marks, ends, strict=True)
    )
    return turns if len({turn.by_caller for turn in turns}) == 2 else ()


def caller_said(transcript: str) -> str:
    """What the caller said, a paragraph a turn, without filler; "" where the text is no conversation of two."""
    said = (spoken(transcript[turn.start : turn.end]) for turn in read_turns(transcript) if turn.by_caller)
    return "\n".join(text for text in said if not _NOTHING_SAID.fullmatch(text))


def spoken(text: str) -> str:
    """What somebody said, as if written: without filler, repetition and what was taken back at once."""
    text = _AT_ONCE.sub("", text).replace("\n", " ").strip()
    text = _FILLER.sub("", text)
    text = _HUMS.sub("", text)
    text = _AGAIN.sub(lambda again: again[0] if _MEANT.match(again["said"]) else again["said"], text)
    return _CORRECTED.sub("", text).lstrip("，,、。 ")


def _numbered_agent(transcript: str, marks: list[re.Match[str]], ends: list[int]) -> str | None:
    """Which of 说话人1 and 说话人2 is the agent: who introduces the hotline, else who speaks first."""
    numbered = [(mark, end) for mark, end in zip(marks, ends, strict=True) if mark["numbered"]]
    for mark, end in numbered:
        if _SERVES.search(transcript, mark.end(), end):
            return mark["numbered"]
    return numbered[0][0]["numbered"] if numbered else None
