"""What does a monthly report say to one unit 通报? Its figures, as a short document of its own. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboards.briefs.document import Document, Section, Sentence, as_json, digest
from dashboards.briefs.figures import Figure
from dashboards.briefs.sentences import say

_RECEIVED = "received:now:department:"


@dataclass(frozen=True, slots=True)
class UnitCircular:
    department_id: str
    document: Document

    @property
    def subject(self) -> str:
        return self.document.title

    @property
    def body(self) -> str:
        """The sentences alone: for a message."""
        return "\n".join(sentence.text for sentence in self.document.sentences())


def circulars(document: Document, names: Mapping[str, str]) -> list[UnitCircular]:
    """One for each unit whose cases the report counts; `names` are those of the departments that there are. Each names
    the report by its code, so that its file can be checked."""
    by_key = {figure.key: figure for figure in document.figures}
    code = digest(as_json(document))
    units = [key.removeprefix(_RECEIVED) for key in by_key if key.startswith(_RECEIVED)]
    return [UnitCircular(unit, _circular(document, by_key, unit, names[unit], code)) for unit in units if unit in names]


def _circular(document: Document, by_key: Mapping[str, Figure], unit: str, name: str, code: str) -> Document:
    received = by_key[f"{_RECEIVED}{unit}"]
    sentences = [say(f"{document.period}你单位主办工单{{n}}件。", {"n": received})]
    due, rate, interval, out, without = (
        by_key.get(f"on_time_completion_rate:{name}:department:{unit}")
        for name in ("whole", "share", "interval", "whole-out", "without")
    )
    late = by_key.get(f"overdue:department:{unit}")
    again = by_key.get(f"rework_rate:part:department:{unit}")
    whole = by_key.get("on_time_completion_rate:share:now")
    if due is not None:
        sentences.append(say("其中应办结{n}件。", {"n": due}))
    if rate is not None and interval is not None:
        sentences.append(say("按时办结率{p}，置信区间{i}（件数不多，仅供参考）。", {"p": rate, "i": interval}))
    elif rate is not None:
        sentences.append(say("按时办结率{p}。", {"p": rate}))
    if out is not None:
        reasons: dict[str, Figure | str] = {"n": out, "r": out.definition}
        sentences.append(say("以上未扣除获准剔除的{n}件。剔除理由：{r}。", reasons))
    if without is not None:
        sentences.append(say("扣除后按时办结率{p}。", {"p": without}))
    if rate is not None and whole is not None:
        sentences.append(say("全市按时办结率{p}。", {"p": whole}))
    if late is not None and late.value:
        sentences.append(say("截至统计时点超期未办结{n}件，请逐件列出办结时间。", {"n": late}))
    if again is not None and again.value:
        sentences.append(say("办结后又重办{n}件。", {"n": again}))
    return replace(
        document,
        title=f"关于{document.period}诉求办理情况的通报（{name}）",
        sections=(Section("circular", "办理情况", tuple(sentences)),),
        figures=_with_sources(document, sentences),
        hot=(),
        basis=code,
    )


def _with_sources(document: Document, sentences: list[Sentence]) -> tuple[Figure, ...]:
    """The figures that are printed, and those that they are computed from."""
    wanted = {id_ for sentence in sentences for id_ in sentence.evidence}
    for figure in document.figures:
        if figure.id in wanted:
            wanted |= set(figure.of)
    return tuple(figure for figure in document.figures if figure.id in wanted)
