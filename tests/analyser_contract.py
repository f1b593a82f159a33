"""What every analyser promises, whoever wrote it."""

from collections.abc import Collection

from models.analysis import Analyser, AnalyserInput, Analysis, AppealType
from nlp.cleaning import clean_text

_LONG = "小区门口的路灯坏了，晚上回家看不见路。" * 2632
INPUTS = (
    AnalyserInput("", "", "letter"),
    AnalyserInput("路灯不亮", "", "letter"),
    AnalyserInput("", "小区的电梯又坏了，老人被困半小时，物业不管。", "hotline"),
    AnalyserInput("咨询落户", "请问大学毕业生怎么办理落户？", "letter", "安和区", AppealType.CONSULT),
    AnalyserInput("长信", _LONG[:50_000], "letter"),
    AnalyserInput("", "😡😡😡 太过分了 👎[怒]", "social"),
    AnalyserInput("控制\x00字符", "正文\x07里有\u200b看不见的\u202e字符\ud800和半个字符，还有不想活的念头", "letter"),
    AnalyserInput("<b>网页</b>", "<p>拖欠&nbsp;工资</p><script>alert(1)</script><p>要求讨薪</p>", "letter"),
    AnalyserInput("ＫＴＶ噪音", "ＫＴＶ夜里很吵，楼上有人想跳楼！", "letter"),
    AnalyserInput("İstanbul", "K" * 300 + "ﬁ ß İ 자 ไ 自殺 不想活", "social"),
    AnalyserInput("空白", " \t\r\n\u3000 ", "survey"),
)


def check_analyser(analyser: Analyser, topic_codes: Collection[str]) -> None:
    """Raises `AssertionError` where `analyser` breaks the contract of `models.analysis.Analyser`."""
    analyses = analyser.analyse(INPUTS)
    assert len(analyses) == len(INPUTS), "one analysis per input"
    assert analyser.analyse(INPUTS) == analyses, "the same input gives the same analysis"
    assert analyser.analyse(INPUTS[::-1]) == analyses[::-1], "neighbours and order make no difference"
    assert [analyser.analyse([source])[0] for source in INPUTS] == analyses, "a batch of one is a batch"
    assert analyser.analyse([]) == []
    assert analyser.version
    for source, analysis in zip(INPUTS, analyses, strict=True):
        _check_analysis(source, analysis, topic_codes)
    assert analyses[0].topic_code is None, "nothing is known of an empty text"
    assert analyses[0].suggestions == ()
    assert analyses[0].neighbours == ()


def _check_analysis(source: AnalyserInput, analysis: Analysis, topic_codes: Collection[str]) -> None:
    confidences = (
        *(analysis.topic_confidence, analysis.appeal_confidence, analysis.sentiment_confidence),
        *(analysis.urgency_confidence, analysis.region_confidence),
        *(suggestion.confidence for suggestion in analysis.suggestions),
    )
    assert all(0.0 <= confidence <= 1.0 for confidence in confidences), confidences
    codes = [suggestion.topic_code for suggestion in analysis.suggestions]
    assert len(codes) <= 3
    assert len(set(codes)) == len(codes)
    assert set(codes) <= set(topic_codes)
    assert analysis.topic_code in (None, *codes[:1])
    ranking = [suggestion.confidence for suggestion in analysis.suggestions]
    assert ranking == sorted(ranking, reverse=True), "best first"
    assert sum(ranking) <= 1.0 + 1e-6
    text = f"{source.title}\n{source.body}"
    for hit in analysis.detector_hits:
        assert 0 <= hit.start < hit.end <= len(text)
        assert clean_text(text[hit.start : hit.end]).lower() == hit.cue.lower(), "the span is the evidence"
    assert len(analysis.keywords) <= 8
    likeness = [neighbour.likeness for neighbour in analysis.neighbours]
    assert len(likeness) <= 3
    assert all(0.0 < alike <= 1.0 for alike in likeness)
    assert likeness == sorted(likeness, reverse=True), "the most alike first"
    assert analysis.versions
