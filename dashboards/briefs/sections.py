"""What does each section of a daily, weekly or monthly report say? Pure: facts in, sentences, tables and charts out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from dashboards.briefs import sentences as s
from dashboards.briefs.counts import BriefFacts, Count, Group, Rate, Voices
from dashboards.briefs.document import Block, Sentence
from dashboards.briefs.figures import Figure, FigureBook
from dashboards.briefs.sentences import WORDS, Words, say
from models.report import ReportKind

Blocks = Sequence[Block | None]
_AHEAD: Mapping[ReportKind, str] = {ReportKind.DAILY: "明日"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What every section may use. `earlier`: the hot issues of the last report of this kind, if there is one."""

    facts: BriefFacts
    book: FigureBook
    thresholds: Mapping[str, float]
    earlier: tuple[tuple[int, str], ...] | None
    channels: tuple[Voices, ...] = ()
    days: tuple[Voices, ...] = ()

    @property
    def words(self) -> Words:
        return WORDS[self.facts.kind]


def intake(g: Given) -> Blocks:
    return [
        s.total(g.book, g.facts.counts["received"], g.words, g.thresholds),
        s.stock(g.book, g.facts.stock),
        s.day_chart(g.book, g.facts.by_day, "每日受理量（件）"),
    ]


def channels(g: Given) -> Blocks:
    return _groups(g, "channel", "诉求来源", "渠道", "从来源看，")


def types(g: Given) -> Blocks:
    return _groups(g, "appeal_type", "诉求类型", "类型", "从类型看，")


def topics(g: Given) -> Blocks:
    found = g.facts.by["topic"]
    leading, table, chart = _groups(g, "topic", "诉求类别", "类别", "反映较多的类别：")
    where: list[Block | None] = []
    for topic in found[:3]:
        regions = g.facts.top_regions.get(topic.key, ())
        shown = [r for r in regions if r.key != "none" and r.now.value >= g.thresholds["least_group"]][:3]
        if shown:
            clauses = [say("{r}{n}件", {"r": r.label, "n": s.cases(g.book, r.now)}) for r in shown]
            listed = s.join(clauses, between="、", end="。")
            where.append(s.join([say("{t}主要在：", {"t": topic.label}), listed]))
    return [leading, s.moved(g.book, found, g.words, g.thresholds), *where, table, chart]


def regions(g: Given) -> Blocks:
    return _groups(g, "region", "地区分布", "地区", "从地区看，")


def units(g: Given) -> Blocks:
    found = [unit.group for unit in g.facts.units]
    whole = g.facts.counts["received"].now
    leading = s.leading(g.book, found, whole, "主办较多的单位：", g.thresholds)
    return [leading, s.group_table(g.book, found, whole, "各单位受理量", "单位", g.thresholds)]


def hot_issues(g: Given) -> Blocks:
    found = [s.hot(g.book, issue, g.words, g.thresholds) for issue in g.facts.issues]
    written = [sentence for sentence in found if sentence is not None]
    return written or [say("没有达到列入标准的热点问题。")]


def handling(g: Given) -> Blocks:
    blocks: list[Block | None] = []
    due = g.facts.rates.get("on_time_completion_rate")
    for now, earlier in g.facts.rates.values():
        if now.id == "completion_rate" and due is not None and 2 * due[0].whole.value < now.whole.value:
            # of last week's cases few have had their time: a low rate would say nothing of anybody's work
            blocks.append(_not_due(g, now, due[0]))
            continue
        blocks += [s.rate(g.book, now, earlier, g.words, g.thresholds), s.left_out(g.book, now, g.thresholds)]
    blocks.append(s.unit_table(g.book, g.facts.units, g.thresholds))
    for unit in g.facts.units:
        found = (unit.rates[name] for name in s.UNIT_RATES if name in unit.rates)
        blocks += [s.left_out(g.book, rate, g.thresholds, of=unit.group.label) for rate in found]
    return blocks


def sensitive(g: Given) -> Blocks:
    """Cases of the fast lane, counted by topic; never described."""
    found = [group for group in g.facts.urgent if group.now.value]
    received = g.facts.counts["received"].now
    every = Count(
        key="critical:now",
        label=f"{g.facts.days.words}特急工单",
        value=sum(group.now.value for group in found),
        criteria=replace(received.criteria, urgency="critical"),
    )
    first = say(f"{g.words.now}判为特急的工单{{n}}件。", {"n": s.cases(g.book, every)})
    if not found:
        return [first]
    clauses = [say("{t}{n}件", {"t": group.label, "n": s.cases(g.book, group.now)}) for group in found]
    listed = s.join(clauses[: int(g.thresholds["groups_most"])], between="，", end="。")
    return [first, s.join([say("其中："), listed])]


def response(g: Given) -> Blocks:
    answered = [s.responding(one) for one in g.facts.responding]
    pair = g.facts.rates.get("response_rate")
    answers = s.rate(g.book, *pair, g.words, g.thresholds) if pair else None
    return [
        answers,
        s.late_units(g.book, g.facts.units, g.thresholds),
        *(answered or [say("没有正在处置的热点问题。")]),
    ]


def ahead(g: Given) -> Blocks:
    when = _AHEAD.get(g.facts.kind, "下周")
    found = [unit for unit in g.facts.ahead_units if unit.value and not unit.key.endswith(":none")]
    first = say(f"{when}到期的在办工单{{n}}件。", {"n": s.cases(g.book, g.facts.ahead)})
    if not found:
        return [first]
    clauses = [
        say("{u}{n}件", {"u": count.label.removesuffix("到期的在办工单"), "n": s.cases(g.book, count)})
        for count in found[: int(g.thresholds["groups_most"])]
    ]
    return [first, s.join([say("其中："), s.join(clauses, between="，", end="。")])]


def circular(g: Given) -> Blocks:
    """通报: who is late, what had to be done again, how each unit stands."""
    again = []
    for unit in g.facts.units:
        found = unit.rates.get("rework_rate")
        if found is not None and found.part.value:
            again.append(say("{u}{n}件", {"u": unit.group.label, "n": s.cases(g.book, found.part)}))
    done_again = s.join([say("办结后又重办的单位："), s.join(again[:10], between="，", end="。")]) if again else None
    late = s.late_units(g.book, g.facts.units, g.thresholds) or say(f"{g.words.now}受理的工单没有超期未办结的。")
    return [late, done_again]


def advice(g: Given) -> Blocks:
    """建议: what the numbers call for, and nothing that they do not."""
    found: list[Sentence] = []
    for unit in g.facts.units:
        if unit.overdue.value >= g.thresholds["least_group"]:
            values: dict[str, Figure | str] = {"u": unit.group.label, "n": s.cases(g.book, unit.overdue)}
            found.append(say("建议{u}对超期未办结的{n}件工单逐件列出办结时间。", values))
    for group in _risen(g):
        rise = s.change(g.book, group, g.thresholds)
        if rise is not None:
            values = {"t": group.label, "c": rise}
            found.append(say("{t}类工单环比{c}，建议主管部门提前研判原因。", values))
    for issue in g.facts.issues[:3]:
        if issue.before.persons and issue.now.persons >= 2 * issue.before.persons:
            values = {"i": f"“{issue.name}”", "n": s.voices(g.book, issue.now, "persons", "now")}
            values["b"] = s.voices(g.book, issue.before, "persons", "before")
            text = "{i}的反映人数由{b}人增至{n}人，建议列入重点跟踪并公开回应。"
            found.append(say(text, values, issues=[issue.id]))
    most = int(g.thresholds["groups_most"])
    return found[:most] or [say("本期没有达到提出建议标准的事项。")]


def compare(g: Given) -> Blocks:
    now = [(issue.id, issue.name) for issue in g.facts.issues]
    return s.compare_hot(now, g.earlier)


def _groups(g: Given, by: str, caption: str, first: str, subject: str) -> list[Block | None]:
    found, whole = g.facts.by[by], g.facts.counts["received"].now
    return [
        s.leading(g.book, found, whole, subject, g.thresholds),
        s.group_table(g.book, found, whole, caption, first, g.thresholds),
        s.group_chart(g.book, found, f"{caption}（件）", g.thresholds),
    ]


def _not_due(g: Given, now: Rate, due: Rate) -> Sentence:
    """Instead of 办结率 while most cases of the period have not had their time."""
    values: dict[str, Figure | str] = {
        "n": s.cases(g.book, now.whole),
        "a": s.cases(g.book, now.part),
        "d": s.cases(g.book, due.whole),
    }
    return say(
        f"{g.words.now}受理的{{n}}件中已到期应办结{{d}}件，已办结{{a}}件；多数尚未到期，暂不计算办结率。", values
    )


def _risen(g: Given) -> list[Group]:
    return [
        group
        for group in g.facts.by["topic"]
        if group.key != "none"
        and group.before.value >= g.thresholds["least_base"]
        and (group.now.value - group.before.value) / group.before.value >= g.thresholds["rise"] / 100
    ]
