"""Which sentences say what the writer wants done or answered, and which set something aside: 这个另说, 顺便提一句."""

import re

import numpy as np

from nlp.gist.sentences import Sentences
from nlp.gist.spotting import Spotter
from nlp.ngrams import Flags, Numbers

# 请 counts at the beginning of a clause and after words that lead up to it: 请查, 只请查, not 请了三天假 or 邀请. What
# follows a wish is only looked at, for a question may begin with it: 最好能不能.
_ASKS = Spotter(
    (
        r"请(?:(?<![\u4e00-\u9fffA-Za-z0-9]请)|(?<=[故特现就先再也只想另并还都宁敬烦求诚即]请))"
        r"(?!假|客|了|过|来的|不起|我|他|她|人(?![社大事民防力])|到|柬|帖|问|教)",
        *("希望", "恳请", "恳求", "恳切", "请求", "盼", "但求", "只求", "求的是", "跪求", "强烈要求"),
        *("要求(?!我|他|她|员工|业主|家长|村民|工人|学生)", "建议", "诉求"),
        "望(?=有关|相关|领导|政府|能|贵|尽快|及时|予以|给予|早日)",
        *("敦促", "呼吁", "提议", "麻烦", "劳烦", "务必", "最好(?=能)", "应当尽快", "赶紧来"),
    )
)
_QUESTIONS = Spotter(
    (
        *(
            "能否",
            "能不能",
            "可否",
            "可不可以",
            "是否可以",
            "请问",
            "请教",
            "咨询",
            "询问",
            "想问",
            "想知道",
            "想了解",
            "想弄",
        ),
        *(
            "弄清楚",
            "弄明白",
            "我问",
            "问：",
            "问:",
            "到底(?:是|该|能|归|怎)",
            "怎么办",
            "讨个说法",
            "给个说法",
            "何时能",
        ),
        *("什么时候能", "该找(?:谁|哪)", "？", r"\?"),
    )
)
_SET_ASIDE = re.compile(
    r"另说|另外(?:再|去|走|反映|说|写|问)|另行|另案|另写|另会|再另|另一(?:回事|码事|桩|本|封|件事|处)|以后(?:再|专门|慢慢)|慢慢(?:来|开会)"
    r"|暂(?:不|且)|不在(?:此|这)|下一封|后话|顺(?:便|带|道|口|手)|捎带|附带|小事|小节|小意见|分开(?:处理|办|说)|不归(?:你|他|她|这|此)"
    r"|不谈|不说了|不啰嗦|不必(?:单列|问)|放在一起|不要(?:查|告诉|透露)|保密|我(?:自己|另外)?(?:会|去)问|自己跟|不劳"
)


def asks(sentences: Sentences) -> Numbers:
    """How often each sentence asks for something to be done; a courtesy never does."""
    return _count(_ASKS, sentences)


def questions(sentences: Sentences) -> Numbers:
    """How often each sentence asks for an answer."""
    return _count(_QUESTIONS, sentences)


def set_aside(sentences: Sentences, places: Numbers) -> Flags:
    """Which of the sentences say that something is not what this letter is about."""
    search, text = _SET_ASIDE.search, sentences.text
    bounds = zip(sentences.starts[places].tolist(), sentences.ends[places].tolist(), strict=True)
    return np.array([search(text, start, end) is not None for start, end in bounds], dtype=np.bool_)


def first_wish(text: str, start: int, end: int) -> int:
    """Where in the sentence the asking begins; its start where it asks for nothing."""
    found = [spotter.search(text, start, end) for spotter in (_ASKS, _QUESTIONS)]
    return min((match.start() for match in found if match), default=start)


def _count(spotter: Spotter, sentences: Sentences) -> Numbers:
    starts = sentences.starts
    found = [place for place, _ in spotter.find(sentences.text, spotter.could_begin(sentences.codes))]
    if not found or not len(starts):
        return np.zeros(len(starts), dtype=np.int64)
    at = starts.searchsorted(found, side="right") - 1
    # what stands in a title is in no sentence
    at = at[(at >= 0) & (sentences.ends[at] > found)]
    counts = np.bincount(at, minlength=len(starts))
    counts[sentences.courtesy] = 0
    return counts
