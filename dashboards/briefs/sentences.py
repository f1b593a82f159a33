"""Which sentence do the numbers allow? Rules from counts to sentences; where the support is too small, none. Pure."""

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboards.briefs.counts import Count, Group, HotIssue, Rate, Responding, Unit, Voices
from dashboards.briefs.document import Chart, Part, Sentence, Table
from dashboards.briefs.figures import Figure, FigureBook
from models.report import ReportKind

Thresholds = Mapping[str, float]
# The rates that the table of units shows.
UNIT_RATES = ("on_time_completion_rate", "satisfaction_rate")


@dataclass(frozen=True, slots=True)
class Words:
    """How a report calls its period and those that it compares with."""

    now: str
    before: str
    year: str


WORDS: Mapping[ReportKind, Words] = {
    ReportKind.DAILY: Words("当日", "前一日", "上年同期"),
    ReportKind.WEEKLY: Words("本周", "上周", "上年同期"),
    ReportKind.MONTHLY: Words("本月", "上月", "上年同期"),
    ReportKind.ISSUE: Words("期内", "前一个同样长的时段", "上年同期"),
}


def say(pattern: str, values: Mapping[str, Figure | str] | None = None, *, issues: Iterable[int] = ()) -> Sentence:
    """The sentence of a pattern with {names}: figures as they are printed, everything else as words."""
    parts: list[Part] = []
    evidence: list[str] = []
    for words, name, _, _ in string.Formatter().parse(pattern):
        if words:
            parts.append(Part(words))
        if name is None:
            continue
        value = (values or {})[name]
        if isinstance(value, Figure):
            parts.append(Part(value.text, value.id))
            evidence.append(value.id)
        elif value:
            parts.append(Part(value))
    evidence += [f"issue:{id_}" for id_ in issues]
    return Sentence(tuple(parts), tuple(dict.fromkeys(evidence)))


def join(sentences: Sequence[Sentence], *, between: str = "", end: str = "") -> Sentence:
    """One sentence of several clauses."""
    parts: list[Part] = []
    for n, one in enumerate(sentences):
        parts += [Part(between)] * bool(n and between) + list(one.parts)
    evidence = dict.fromkeys(e for one in sentences for e in one.evidence)
    return Sentence((*parts, *([Part(end)] if end else [])), tuple(evidence))


def cases(book: FigureBook, count: Count) -> Figure:
    return book.cases(count.key, count.label, count.value, count.criteria, count.definition)


def share(book: FigureBook, rate: Rate) -> Figure:
    part, whole = cases(book, rate.part), cases(book, rate.whole)
    key = rate.part.key.replace(":part:", ":share:", 1)
    return book.share(key, f"{rate.label}（{rate.part.label}）", part, whole, rate.definition)


def change(book: FigureBook, group: Group, t: Thresholds, *, year: bool = False) -> Figure | None:
    """环比 or 同比; None where there was too little before."""
    earlier = group.year if year else group.before
    if earlier.value < t["least_base"]:
        return None
    kind = "同比" if year else "环比"
    now, then = cases(book, group.now), cases(book, earlier)
    return book.change(f"{group.now.key}:{kind}", f"{group.now.label}{kind}", now, then, t["flat"] / 100)


def total(book: FigureBook, group: Group, words: Words, t: Thresholds) -> Sentence:
    """受理总量; 环比 and 同比 only where there was enough to compare with."""
    clauses = [say(f"{words.now}共受理工单{{n}}件", {"n": cases(book, group.now)})]
    for year, kind, name, earlier in (
        (False, "环比", words.before, group.before),
        (True, "同比", words.year, group.year),
    ):
        found = change(book, group, t, year=year)
        if found is not None:
            clauses.append(say(f"{kind}{{c}}（{name}{{b}}件）", {"c": found, "b": cases(book, earlier)}))
    return join(clauses, between="，", end="。")


def stock(book: FigureBook, counts: Mapping[str, Count]) -> Sentence:
    """在办 as of the moment of the report; never compared: there is no such moment before."""
    return say(
        "截至统计时点，全市在办工单{open}件，其中超期未办结{overdue}件，待分拣{waiting}件。",
        {
            "open": cases(book, counts["open"]),
            "overdue": cases(book, counts["overdue"]),
            "waiting": cases(book, counts["awaiting_triage"]),
        },
    )


def leading(book: FigureBook, groups: Sequence[Group], whole: Count, subject: str, t: Thresholds) -> Sentence | None:
    """The three that most cases are about, each with its share; None where none has enough cases."""
    shown = [group for group in groups if group.now.value >= t["least_group"] and group.key != "none"][:3]
    if not shown or whole.value < t["least_cases"]:
        return None
    of_all = cases(book, whole)
    clauses = []
    for group in shown:
        now = cases(book, group.now)
        part = book.share(f"{group.now.key}:占比", f"{group.now.label}占比", now, of_all)
        clauses.append(say("{name}{n}件，占{p}", {"name": group.label, "n": now, "p": part}))
    return join([say(subject), join(clauses, between="；", end="。")])


def moved(book: FigureBook, groups: Sequence[Group], words: Words, t: Thresholds) -> Sentence | None:
    """What rose most against the period before, by cases; None where nothing with enough support rose clearly."""
    risen = [
        group
        for group in groups
        if group.key != "none"
        and group.before.value >= t["least_base"]
        and group.now.value >= t["least_group"]
        and (group.now.value - group.before.value) / group.before.value >= t["rise"] / 100
    ]
    if not risen:
        return None
    clauses = []
    for group in sorted(risen, key=lambda g: g.before.value - g.now.value)[:3]:
        found = change(book, group, t)
        assert found is not None, "the base is large enough"
        values: dict[str, Figure | str] = {
            "name": group.label,
            "b": cases(book, group.before),
            "n": cases(book, group.now),
            "c": found,
        }
        clauses.append(say("{name}由{b}件增至{n}件，{c}", values))
    return join([say(f"与{words.before}相比增加较多的："), join(clauses, between="；", end="。")])


def rate(book: FigureBook, now: Rate, earlier: Rate, words: Words, t: Thresholds) -> Sentence | None:
    """A rate with what it is divided by; the difference only where both are over enough cases."""
    if now.whole.value < t["least_cases"]:
        return None
    values: dict[str, Figure | str] = {
        "label": now.label,
        "p": share(book, now),
        "a": cases(book, now.part),
        "b": cases(book, now.whole),
    }
    said = "{label}{p}（{b}件中{a}件"
    if now.whole.value < t["few_cases"]:
        values["i"] = interval(book, now)
        said += "，置信区间{i}"
    said += "）"
    # of the last month more cases have had their time: the two are no comparison
    least = max(t["least_cases"], t["least_base"])
    if earlier.whole.value < least or now.id == "completion_rate":
        return say(f"{said}。", values)
    pairs = (cases(book, now.part), cases(book, now.whole)), (cases(book, earlier.part), cases(book, earlier.whole))
    values["d"] = book.points(f"{now.part.key}:环比", f"{now.label}较{words.before}", *pairs)
    return say(f"{said}，较{words.before}{{d}}。", values)


def interval(book: FigureBook, rate: Rate) -> Figure:
    key = rate.part.key.replace(":part:", ":interval:", 1)
    return book.interval(
        key, f"{rate.label}的95%区间（{rate.part.label}）", cases(book, rate.part), cases(book, rate.whole)
    )


def left_out(book: FigureBook, rate: Rate, t: Thresholds, *, of: str = "") -> Sentence | None:
    """剔除: how many were left out with reason and approval, and what the rate is without them. None where none was, or
    where the rate itself is not written. `of`: the unit."""
    out = rate.left_out
    if out is None or rate.whole.value < t["least_cases"]:
        return None

    def count(name: str, counted: Count, value: int) -> Figure:
        key, label = counted.key.replace(f":{name}:", f":{name}-out:", 1), f"{counted.label}中剔除"
        return book.left_out(key, label, value, counted.criteria, rate.id, reasons)

    reasons = "；".join(out.reasons)
    part, whole = count("part", rate.part, out.part), count("whole", rate.whole, out.whole)
    values: dict[str, Figure | str] = {"of": of, "label": rate.label, "n": whole, "r": reasons}
    if out.whole >= rate.whole.value:
        return say("{of}{label}的工单{n}件全部获准剔除。剔除理由：{r}。", values)
    key = rate.part.key.replace(":part:", ":without:", 1)
    ratio = (cases(book, rate.part), cases(book, rate.whole))
    values["p"] = book.without(key, f"{of}{rate.label}（剔除后）", ratio, (part, whole))
    return say("{of}{label}未扣除获准剔除的{n}件，扣除后为{p}。剔除理由：{r}。", values)


def hot(book: FigureBook, issue: HotIssue, words: Words, t: Thresholds) -> Sentence | None:
    """One issue: persons and submissions, against the period before."""
    if issue.now.persons < t["least_persons"]:
        return None
    where = "".join((f"，类别{issue.topic}" if issue.topic else "", f"，地点{issue.region}" if issue.region else ""))
    values: dict[str, Figure | str] = {
        "name": f"“{issue.name}”",
        "p": voices(book, issue.now, "persons", "now"),
        "n": voices(book, issue.now, "submissions", "now"),
        "where": where,
    }
    text = f"{{name}}：{words.now}{{p}}人反映，来件{{n}}件{{where}}"
    if issue.before.submissions >= t["least_base"]:
        values["b"] = voices(book, issue.before, "submissions", "before")
        figure = values["n"]
        assert isinstance(figure, Figure) and isinstance(values["b"], Figure)
        key = f"issue:{issue.id}:环比"
        values["c"] = book.change(key, f"“{issue.name}”来件环比", figure, values["b"], t["flat"] / 100)
        text += f"；{words.before}来件{{b}}件，{{c}}"
    elif issue.before.submissions == 0:
        text += f"；{words.before}没有来件"
    return say(f"{text}。", values, issues=[issue.id])


def voices(book: FigureBook, found: Voices, count: str, when: str) -> Figure:
    names = {"submissions": ("来件", found.submissions), "persons": ("反映人数", found.persons)}
    names["negative"] = ("负面来件", found.negative)
    label, value = names[count]
    where = f":{found.channel}" if found.channel else ""
    key = f"issue:{found.issue_id}:{count}:{when}{where}"
    definition = "保密和举报的来件不计入" + ("；不知道是谁的，每件算一人" if count == "persons" else "")
    return book.voices(key, f"“{found.name}”{found.days.words}{label}", value, found.select(count), definition)


def responding(found: Responding) -> Sentence:
    """An issue that is being answered; words only, with the issue as evidence."""
    text = "“{name}”正在处置，当前阶段为{stage}"
    values: dict[str, Figure | str] = {"name": found.name, "stage": found.stage}
    return say(f"{text}{'，回应时限已过' if found.late else ''}。", values, issues=[found.issue_id])


def late_units(book: FigureBook, units: Sequence[Unit], t: Thresholds) -> Sentence | None:
    """Units with cases that are open and late, most first; None where there is none."""
    late = sorted((u for u in units if u.overdue.value), key=lambda u: (-u.overdue.value, u.group.key))
    if not late:
        return None
    clauses = [
        say("{name}{n}件", {"name": unit.group.label, "n": cases(book, unit.overdue)})
        for unit in late[: int(t["groups_most"])]
    ]
    return join([say("超期未办结的单位："), join(clauses, between="，", end="。")])


def compare_hot(now: Sequence[tuple[int, str]], earlier: Sequence[tuple[int, str]] | None) -> list[Sentence]:
    """Which hot issues are new, which are gone, against the last issue of the same kind (None: there is none)."""
    if earlier is None:
        return [say("这是第一期，没有可以比较的上一期。")]
    sentences = []
    for words, ones, others in (("新进入热点：", now, earlier), ("不再列入热点：", earlier, now)):
        known = {id_ for id_, _ in others}
        found = [(id_, name) for id_, name in ones if id_ not in known]
        if found:
            names = "、".join(f"“{name}”" for _, name in found)
            sentences.append(say(f"{words}{{names}}。", {"names": names}, issues=[id_ for id_, _ in found]))
    return sentences or [say("列入的热点问题与上一期相同。")]


def group_table(
    book: FigureBook, groups: Sequence[Group], whole: Count, caption: str, first: str, t: Thresholds
) -> Table | None:
    """件数, 占比, 环比, 同比 of each; 环比 and 同比 stand as — where there was too little before."""
    shown = [group for group in groups if group.now.value][: int(t["groups_most"])]
    if not shown:
        return None
    of_all = cases(book, whole)
    rows = []
    for group in shown:
        now = cases(book, group.now)
        part = book.share(f"{group.now.key}:占比", f"{group.now.label}占比", now, of_all)
        changes = (change(book, group, t), change(book, group, t, year=True))
        rows.append((Part(group.label), cell(now), cell(part), *(cell(c) for c in changes)))
    return _table(caption, (first, "受理（件）", "占比", "环比", "同比"), rows)


def group_chart(book: FigureBook, groups: Sequence[Group], caption: str, t: Thresholds) -> Chart | None:
    shown = [group for group in groups if group.now.value][: int(t["groups_most"])]
    if len(shown) < 2:
        return None
    figures = [cases(book, group.now) for group in shown]
    return Chart(
        caption,
        "bar",
        tuple(group.label for group in shown),
        tuple(group.now.value for group in shown),
        tuple(figure.id for figure in figures),
    )


def day_chart(book: FigureBook, days: Sequence[Count], caption: str) -> Chart | None:
    if len(days) < 2:
        return None
    figures = [cases(book, replace(day, label=f"{day.label}受理")) for day in days]
    return Chart(
        caption, "line", tuple(d.label for d in days), tuple(d.value for d in days), tuple(f.id for f in figures)
    )


def unit_table(book: FigureBook, units: Sequence[Unit], t: Thresholds) -> Table | None:
    """办理情况 of each unit. A rate over too few cases stands as —; the numbers that it would be made of are there."""
    shown = [unit for unit in units if unit.group.now.value >= t["least_group"]]
    if not shown:
        return None
    rows = []
    for unit in shown:
        due = unit.rates.get("on_time_completion_rate")
        rates = [_rate_cell(book, unit.rates.get(name), t) for name in UNIT_RATES]
        rows.append(
            (
                Part(unit.group.label),
                cell(cases(book, unit.group.now)),
                cell(cases(book, due.whole)) if due else Part("—"),
                rates[0],
                _interval_cell(book, due, t),
                cell(cases(book, unit.overdue)),
                rates[1],
            )
        )
    headers = ("单位", "受理（件）", "应办结（件）", "按时办结率", "95%区间", "超期未办结（件）", "满意率")
    return _table("各单位办理情况", headers, rows)


def _table(caption: str, headers: Sequence[str], rows: Sequence[Sequence[Part]]) -> Table:
    """Without the columns in which nothing could be said of anybody."""
    kept = [n for n in range(len(headers)) if any(row[n].text != "—" for row in rows)]
    return Table(caption, tuple(headers[n] for n in kept), tuple(tuple(row[n] for n in kept) for row in rows))


def cell(figure: Figure | None) -> Part:
    return Part(figure.text, figure.id) if figure is not None else Part("—")


def _rate_cell(book: FigureBook, found: Rate | None, t: Thresholds) -> Part:
    enough = found is not None and found.whole.value >= t["least_cases"]
    return cell(share(book, found)) if found is not None and enough else Part("—")


def _interval_cell(book: FigureBook, found: Rate | None, t: Thresholds) -> Part:
    shown = found is not None and t["least_cases"] <= found.whole.value < t["few_cases"]
    return cell(interval(book, found)) if found is not None and shown else Part("—")
