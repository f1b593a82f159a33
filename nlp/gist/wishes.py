"""Which sentences say what the writer wants done or answered, and which set something aside: 这个另说, 顺便提一句."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from nlp.gist.sentences import Sentence

# Every alternative begins with a character of its own, so that a search hurries from one of those to the next.
# 请 counts at the beginning of a clause and after words that lead up to it: 请查, 只请查, not 请了三天假 or 邀请.
_ASKS = re.compile(
    r"请(?:(?<![\u4e00-\u9fffA-Za-z0-9]请)|(?<=[故特现就先再也只想另并还都宁敬烦求诚即]请))"
    r"(?!假|客|了|过|来的|不起|我|他|她|人|到|柬|帖|问|教)"
    r"|希望|恳请|恳求|恳切|请求|盼|但求|只求|求的是|跪求|强烈要求|要求(?!我|他|她|员工|业主|家长|村民|工人|学生)|建议|诉求"
    r"|望(?:有关|相关|领导|政府|能|贵|尽快|及时|予以|给予|早日)|敦促|呼吁|提议|麻烦|劳烦|务必|最好能|应当尽快|赶紧来"
)
_QUESTIONS = re.compile(
    r"能否|能不能|可否|可不可以|是否可以|请问|请教|咨询|询问|想问|想知道|想了解|想弄|弄清楚|弄明白|我问|问[：:]|到底(?:是|该|能|归|怎)|怎么办"
    r"|讨个说法|给个说法|何时能|什么时候能|该找(?:谁|哪)|？|\?"
)
_SET_ASIDE = re.compile(
    r"另说|另外(?:再|去|走|反映|说|写|问)|另行|另案|另写|另会|再另|另一(?:回事|码事|桩|本|封|件事|处)|以后(?:再|专门|慢慢)|慢慢(?:来|开会)"
    r"|暂(?:不|且)|不在(?:此|这)|下一封|后话|顺(?:便|带|道|口|手)|捎带|附带|小事|小节|小意见|分开(?:处理|办|说)|不归(?:你|他|她|这|此)"
    r"|不谈|不说了|不啰嗦|不必(?:单列|问)|放在一起|不要(?:查|告诉|透露)|保密|我(?:自己|另外)?(?:会|去)问|自己跟|不劳"
)


def asks(text: str, sentences: Sequence[Sentence]) -> dict[int, int]:
    """The number of each sentence that asks for something to be done, with how often it does."""
    return _count(_ASKS, text, sentences)


def questions(text: str, sentences: Sequence[Sentence]) -> dict[int, int]:
    """The number of each sentence that asks for an answer, with how often it does."""
    return _count(_QUESTIONS, text, sentences)


def sets_aside(text: str, sentence: Sentence) -> bool:
    """Whether it says that something is not what this letter is about."""
    return _SET_ASIDE.search(text, sentence.start, sentence.end) is not None


def first_wish(text: str, sentence: Sentence) -> int:
    """Where in the sentence the asking begins; its start where it asks for nothing."""
    found = [pattern.search(text, sentence.start, sentence.end) for pattern in (_ASKS, _QUESTIONS)]
    return min((match.start() for match in found if match), default=sentence.start)


def _count(pattern: re.Pattern[str], text: str, sentences: Sequence[Sentence]) -> dict[int, int]:
    found: dict[int, int] = {}
    if sentences:
        starts = [sentence.start for sentence in sentences]
        for match in pattern.finditer(text, starts[0]):
            place = bisect_right(starts, match.start()) - 1
            if not sentences[place].courtesy:
                found[place] = found.get(place, 0) + 1
    return found
