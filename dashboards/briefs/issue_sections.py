"""What does a report on one issue 专报 say? 概况, 传播情况, 内容分析, 研判与建议. Pure."""

from dashboards.briefs import sentences as s
from dashboards.briefs.document import Block, Chart, Part, Sentence
from dashboards.briefs.figures import Figure
from dashboards.briefs.sections import Blocks, Given
from dashboards.briefs.sentences import say
from models.submission import Channel


def overview(g: Given) -> Blocks:
    blocks: list[Block | None] = []
    for issue in g.facts.issues:
        values: dict[str, Figure | str] = {
            "i": f"“{issue.name}”",
            "p": s.voices(g.book, issue.now, "persons", "now"),
            "n": s.voices(g.book, issue.now, "submissions", "now"),
        }
        text = "{i}在期内有{p}人反映，来件{n}件"
        if not issue.closed:
            text += "，其中立案的工单{c}件"
            values["c"] = s.cases(g.book, g.facts.counts["received"].now)
        blocks.append(say(f"{text}。", values, issues=[issue.id]))
        where = "，".join(
            filter(None, (issue.region and f"地点：{issue.region}", issue.topic and f"类别：{issue.topic}"))
        )
        blocks.append(say("{where}。", {"where": where}, issues=[issue.id]) if where else None)
        if issue.before.submissions >= g.thresholds["least_base"]:
            before = s.voices(g.book, issue.before, "submissions", "before")
            now = s.voices(g.book, issue.now, "submissions", "now")
            change = g.book.change(f"issue:{issue.id}:环比", "来件环比", now, before, g.thresholds["flat"] / 100)
            values = {"b": before, "c": change}
            blocks.append(say(f"{g.words.before}来件{{b}}件，{{c}}。", values, issues=[issue.id]))
    blocks += [s.responding(one) for one in g.facts.responding]
    return blocks


def spread(g: Given) -> Blocks:
    """By channel and by day: platforms and trend."""
    if not g.facts.issues:
        return []
    whole = s.voices(g.book, g.facts.issues[0].now, "submissions", "now")
    clauses = []
    for found in sorted(g.channels, key=lambda v: -v.submissions):
        if not found.submissions or found.channel is None:
            continue
        label = Channel(found.channel).label
        count = s.voices(g.book, found, "submissions", "now")
        part = g.book.share(f"issue:{found.issue_id}:占比:{found.channel}", f"{label}占比", count, whole)
        clauses.append(say("{l}{n}件，占{p}", {"l": label, "n": count, "p": part}))
    by_channel = s.join([say("从渠道看，"), s.join(clauses, between="；", end="。")]) if clauses else None
    return [by_channel, _day_chart(g)]


def content(g: Given) -> Blocks:
    """Moods and kinds of its cases; of all that was said, how much is negative."""
    blocks: list[Block | None] = []
    for issue in g.facts.issues:
        if issue.now.submissions >= g.thresholds["least_base"]:
            negative = s.voices(g.book, issue.now, "negative", "now")
            whole = s.voices(g.book, issue.now, "submissions", "now")
            part = g.book.share(f"issue:{issue.id}:负面占比", "负面占比", negative, whole, "情感由程序按文字判断")
            values: dict[str, Figure | str] = {"n": negative, "p": part}
            blocks.append(say("来件中{n}件判为负面，占{p}（由程序按文字判断，仅供参考）。", values, issues=[issue.id]))
    if any(issue.closed for issue in g.facts.issues):
        return blocks  # the cases are counted with the protected ones
    received = g.facts.counts["received"].now
    for by, subject in (
        ("tone", "从工单的情感看，"),
        ("appeal_type", "从工单的类型看，"),
        ("region", "从工单的地区看，"),
    ):
        blocks.append(s.leading(g.book, g.facts.by[by], received, subject, g.thresholds))
    return blocks


def judgement(g: Given) -> Blocks:
    """Growing or not, late or not, and what follows from that."""
    blocks: list[Block | None] = []
    for now, earlier in g.facts.rates.values():
        if now.id in ("completion_rate", "on_time_completion_rate", "satisfaction_rate"):
            blocks += [s.rate(g.book, now, earlier, g.words, g.thresholds), s.left_out(g.book, now, g.thresholds)]
    for issue in g.facts.issues:
        if issue.now.persons < g.thresholds["least_persons"]:
            blocks.append(say("反映人数少，暂不作趋势判断。", issues=[issue.id]))
        elif issue.before.submissions and issue.now.submissions > issue.before.submissions:
            now_count = s.voices(g.book, issue.now, "submissions", "now")
            before_count = s.voices(g.book, issue.before, "submissions", "before")
            values: dict[str, Figure | str] = {"b": before_count, "n": now_count}
            text = "来件由{b}件增至{n}件，仍在增加，建议主管部门尽快公开回应。"
            blocks.append(say(text, values, issues=[issue.id]))
    late = s.late_units(g.book, g.facts.units, g.thresholds)
    if late is not None:
        blocks += [late, Sentence((Part("建议上述单位先办结超期工单，再统一答复同一问题的来件。"),), late.evidence)]
    if not g.facts.responding and g.facts.issues:
        blocks.append(say("尚未启动舆情处置，建议研判是否启动。", issues=[g.facts.issues[0].id]))
    return blocks


def _day_chart(g: Given) -> Chart | None:
    if len(g.days) < 2:
        return None
    figures = [
        g.book.voices(
            f"issue:{found.issue_id}:day:{found.days.first}",
            f"{found.days.words}来件",
            found.submissions,
            found.select("submissions"),
        )
        for found in g.days
    ]
    return Chart(
        "每日来件（件）",
        "line",
        tuple(f"{found.days.first.month}月{found.days.first.day}日" for found in g.days),
        tuple(found.submissions for found in g.days),
        tuple(figure.id for figure in figures),
    )
