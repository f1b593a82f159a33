"""Which questions and wishes of a letter does a reply take up? By the words they share, the common ones left out."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from models.analysis import Matter, TextSpan
from nlp.gist.boilerplate import is_courtesy, opening_end
from nlp.replies.parts import Part, Role

_SENTENCE = re.compile(r"[^。！!？?；;\n]+[。！!？?；;]?")
_LONGEST = 20_000
_MOST = 12
_QUESTION = re.compile(
    r"[？?]|请问|能否|能不能|可否|是否|怎么|如何|什么时候|何时|为什么|为何|多少|吗|呢|哪(?:里|些|个|儿)|咨询|想(?:问|知道|了解)"
)
_WISH = re.compile(r"希望|恳[请求切]|请(?!问|假|客)|建议|要求|请求|盼|望(?=有关|相关|领导|政府|能|尽快)|诉求|呼吁|强烈")
_ITEM = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,2}[、.．，,：:]|[(（]?[一二三四五六七八九十\d]{1,2}[)）、.．，,：:]|第[一二三四五六七八九十][、，,]|其[一二三四])"
)
# What any letter and any reply may say: pairs of characters within are no sign that one answers the other.
_COMMON = re.compile(
    r"尊敬的?|领导们?|书记|市长|[您你]们?好|请问|希望|恳请|恳求|请求|要求|建议|强烈|呼吁|诉求|有关部门|相关部门|相关|有关|部门|政府|尽快|及时|早日|能够|能否|能不能|可否|是否|"
    r"怎么|如何|什么时候|什么|何时|为什么|为何|多少|解决|处理|问题|情况|反映|核实|调查|给予|予以|我们|你们|他们|老百姓|百姓|群众|市民|居民|业主|村民|谢谢|感谢|一下|一个|这个|那个|现在|"
    r"目前|已经|没有|可以|进行|因为|所以|但是|如果|不是|就是|还是|请|吗|呢|了|的|是|在|和|也|都|就|又|还|不|有|我|你|您|他|它|这|那|A\d市|[A-Z]\d{1,2}[市区县]"
)
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}|[A-Za-z0-9]{2,}")


@dataclass(frozen=True, slots=True)
class Ask:
    """A question, a wish or a matter: its sentences in the letter, and how much of its own words the reply shares, 0..1."""

    spans: tuple[TextSpan, ...]
    shared: float
    pairs: int


def read_asks(letter: str, reply: str, parts: Sequence[Part], matters: Sequence[Matter] = ()) -> list[Ask]:
    """`matters` as the analysis proposes them (two or more), else the sentences of the letter that ask or wish, else the
    letter as a whole. Spans are of `letter`, which is title, a line break and body."""
    said = "".join(
        reply[part.start : part.end] + "\n" for part in parts if part.role in (Role.SAID, Role.HEADING, Role.REFERRED)
    )
    known = _pairs(said)
    groups = [matter.sentences for matter in matters] if len(matters) > 1 else list(_asking(letter))
    asks = []
    for spans in groups:
        own = _pairs("\n".join(letter[span.start : span.end] for span in spans))
        asks.append(Ask(tuple(spans), len(own & known) / len(own) if own else 1.0, len(own)))
    return asks


def _asking(letter: str) -> Iterator[tuple[TextSpan, ...]]:
    head = letter.find("\n") + 1
    begin = opening_end(letter, head)
    sentences = [
        (match.start(), match.end())
        for match in _SENTENCE.finditer(letter, begin, min(len(letter), _LONGEST))
        if not is_courtesy(letter, match.start(), match.end())
    ]
    items = [span for span in sentences if _ITEM.match(letter, *span)]
    asking = [s for s in sentences if _QUESTION.search(letter, *s) or _WISH.search(letter, *s)]
    chosen = sorted({*items, *asking})[:_MOST] if len(items) > 1 else asking[:_MOST]
    yield (TextSpan(0, max(head - 1, 0)),)
    for start, end in chosen:
        yield (TextSpan(start, end),)


def _pairs(text: str) -> set[str]:
    rest = _COMMON.sub(" ", text)
    return {word[at : at + 2] for word in _WORD.findall(rest) for at in range(len(word) - 1)}
