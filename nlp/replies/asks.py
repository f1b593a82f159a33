"""Which questions and points of a letter does a reply not take up? Those with whose words it shares nothing.

Only what stands out as asked is looked at: the matters that the analysis proposes, the points of a numbered list, plain
questions. Words in common cannot tell an answer from a repetition: silence is found here, evasion in `evasion`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.analysis import Matter, TextSpan
from nlp.replies.parts import Part, Role

_LONGEST, _MOST, _POINT = 20_000, 12, 400
_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;]?")
_QUESTION = re.compile(
    r"请问|能否|能不能|可否|可不可以|是否可以|什么时候|何时|怎么(?:办理|申请|报销)|如何(?:办理|申请|处理)|有没有"
)
_RHETORICAL = re.compile(r"难道|何在|谁敢|何来|凭什么|怎能|怎么能|岂|这样(?:合理|公平)")
_POINTS = re.compile(
    r"(?:^|(?<=[。！!？?；;，,、：:\s）)]))(?:_x000D_)?(?:[一二三四五六七八]{1,2}[、.．，,：:]|[(（]?[1-9一二三四五六七八][)）、.．，,：:](?!\d)"
    r"|第[一二三四五六七八][、，,：:点]|其[一二三四][，,：:])",
    re.MULTILINE,
)
# What any letter and any reply may say is no sign that one answers the other.
_COMMON = re.compile(
    r"尊敬的?|领导们?|书记|市长|[您你]们?好|请问|希望|恳请|恳求|请求|要求|建议|强烈|呼吁|诉求|有关部门|相关部门|相关|有关|部门|政府|尽快|及时|早日"
    r"|能够|能否|能不能|可否|是否|怎么|如何|什么时候|什么|何时|为什么|为何|多少|解决|处理|问题|情况|反映|核实|调查|给予|予以|我们|你们|他们|老百姓|百姓"
    r"|群众|市民|居民|业主|村民|谢谢|感谢|一下|一个|这个|那个|现在|目前|已经|没有|可以|进行|因为|所以|但是|如果|不是|就是|还是"
    r"|[请吗呢了的是在和也都就又还不有我你您他它这那]"
)
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}|[A-Za-z0-9]{2,}")


@dataclass(frozen=True, slots=True)
class Ask:
    """A matter, a point or a question: its places in the letter, of how many pairs of characters it is, and which share
    of them the reply has, 0..1."""

    spans: tuple[TextSpan, ...]
    pairs: int
    shared: float


def read_asks(letter: str, reply: str, parts: Sequence[Part], matters: Sequence[Matter] = ()) -> list[Ask]:
    """The two or more `matters`, else the two or more points of a list, else the plain questions; at most twelve.
    `letter` is title, a line break and body; spans are of it."""
    roles = (Role.SAID, Role.HEADING, Role.REFERRED, Role.RECEIVED)
    known = pairs_of("\n".join(reply[part.start : part.end] for part in parts if part.role in roles))
    groups = [matter.sentences for matter in matters] if len(matters) > 1 else _points(letter) or _questions(letter)
    asks = []
    for spans in groups[:_MOST]:
        own = pairs_of("\n".join(letter[span.start : span.end] for span in spans))
        asks.append(Ask(tuple(spans), len(own), len(own & known) / max(len(own), 1)))
    return asks


def _points(letter: str) -> list[tuple[TextSpan, ...]]:
    starts = [match.start() for match in _POINTS.finditer(letter, letter.find("\n") + 1, _LONGEST)]
    if len(starts) < 2:
        return []
    ends = [*starts[1:], len(letter)]
    return [(TextSpan(start, min(end, start + _POINT)),) for start, end in zip(starts, ends, strict=True)]


def _questions(letter: str) -> list[tuple[TextSpan, ...]]:
    return [
        (TextSpan(match.start(), match.end()),)
        for match in _SENTENCE.finditer(letter, letter.find("\n") + 1, _LONGEST)
        if _QUESTION.search(match[0]) and not _RHETORICAL.search(match[0])
    ]


def pairs_of(text: str) -> set[str]:
    """Neighbouring characters of its words, without what any letter and any reply may say."""
    rest = _COMMON.sub(" ", text)
    return {one + other for word in _WORD.findall(rest) for one, other in pairwise(word)}
