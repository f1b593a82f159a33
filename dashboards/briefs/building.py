"""How do facts become a report? Each section of the template from its rules, in the order of the template. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from dashboards.briefs import issue_sections, sections
from dashboards.briefs.counts import BriefFacts, Voices
from dashboards.briefs.document import Block, Document, Section
from dashboards.briefs.figures import FigureBook
from dashboards.briefs.sentences import say
from models.report import ReportKind, ReportTemplate

Rule = Callable[[sections.Given], Sequence[Block | None]]
_RULES: Mapping[str, Rule] = {
    "intake": sections.intake,
    "channels": sections.channels,
    "types": sections.types,
    "topics": sections.topics,
    "regions": sections.regions,
    "units": sections.units,
    "hot": sections.hot_issues,
    "handling": sections.handling,
    "sensitive": sections.sensitive,
    "response": sections.response,
    "ahead": sections.ahead,
    "circular": sections.circular,
    "advice": sections.advice,
    "compare": sections.compare,
    "overview": issue_sections.overview,
    "spread": issue_sections.spread,
    "content": issue_sections.content,
    "judgement": issue_sections.judgement,
}


@dataclass(frozen=True, slots=True)
class Earlier:
    """The last issue of the same kind: the hot issues that it named."""

    hot: tuple[tuple[int, str], ...]


def build(
    facts: BriefFacts,
    template: ReportTemplate,
    *,
    city: str,
    earlier: Earlier | None,
    channels: Sequence[Voices] = (),
    days: Sequence[Voices] = (),
    over: bool = True,
) -> Document:
    """The report. `channels`, `days`: of an issue, what was said by each channel and on each day. Where its days are
    not `over`, it is compared with nothing: half a month is no month."""
    book = FigureBook()
    thresholds = dict(template.thresholds) if over else {**template.thresholds, "least_base": inf}
    given = sections.Given(
        facts=facts,
        book=book,
        thresholds=thresholds,
        earlier=earlier.hot if earlier else None,
        channels=tuple(channels),
        days=tuple(days),
    )
    found = []
    for section in template.sections:
        if not section.shown:
            continue
        blocks = tuple(block for block in _RULES[section.id](given) if block is not None)
        # a heading over nothing would read as a fault
        found.append(Section(section.id, section.heading, blocks or (say("本期数据不足，不作分析。"),)))
    subject = f"“{facts.issues[0].name}”" if facts.kind is ReportKind.ISSUE and facts.issues else ""
    kinds = {ReportKind.ISSUE: "专报", ReportKind.MONTHLY: "群众诉求月报", ReportKind.WEEKLY: "群众诉求周报"}
    return Document(
        kind=facts.kind,
        title=f"{city}{subject}{kinds.get(facts.kind, '群众诉求日报')}",
        city=city,
        period=facts.days.words,
        first=facts.days.first,
        last=facts.days.last,
        as_of=facts.as_of,
        note=_note(facts, over=over),
        sections=tuple(found),
        figures=book.figures,
        hot=tuple((issue.id, issue.name) for issue in facts.issues),
    )


def _note(facts: BriefFacts, *, over: bool) -> str:
    """Where the numbers come from; the report of an issue is always counted case by case, which needs no words."""
    note = "" if facts.kind is ReportKind.ISSUE else facts.note
    return note if over else "报告期尚未结束，不与以前比较。" + note
