"""Reports without a database: sentences from numbers, files read back, and what the check finds in a changed one."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from dashboards.briefs import sentences as s
from dashboards.briefs.building import Earlier, build
from dashboards.briefs.checking import Findings, check
from dashboards.briefs.circulars import circulars
from dashboards.briefs.counts import BriefFacts, Count, Group, HotIssue, Rate, Responding, Unit, Voices
from dashboards.briefs.difference import compare
from dashboards.briefs.document import Document, as_json, digest, from_json
from dashboards.briefs.figures import FigureBook, change_text, points_text, share_text
from dashboards.briefs.periods import Days
from dashboards.briefs.reading import read_file
from dashboards.briefs.recounting import find_text
from dashboards.briefs.said import ReadFile
from dashboards.briefs.templates import complete, default_template
from dashboards.briefs.write_docx import write_docx
from dashboards.briefs.write_html import write_html
from dashboards.briefs.write_xlsx import write_xlsx
from models.criteria import CaseCriteria
from models.errors import Invalid
from models.report import ReportKind, ReportTemplate, TemplateSection
from tests.factories import NOW

ZONE = ZoneInfo("Asia/Shanghai")
OCTOBER, SEPTEMBER = Days(date(2026, 10, 1), date(2026, 10, 31)), Days(date(2026, 9, 1), date(2026, 9, 30))
YEAR = Days(date(2025, 10, 1), date(2025, 10, 31))
MONTH = s.WORDS[ReportKind.MONTHLY]
THRESHOLDS = default_template(ReportKind.MONTHLY).thresholds


def count(key: str, value: int, **criteria: Any) -> Count:
    return Count(key=key, label=key, value=value, criteria=CaseCriteria(**criteria))


def group(key: str, now: int, earlier: int = 0, year: int = 0, label: str = "") -> Group:
    counts = (count(f"{key}:{when}", value, topic=when) for when, value in (("now", now), ("b", earlier), ("y", year)))
    one, two, three = counts
    return Group(key=key, label=label or key, now=one, before=two, year=three)


def rate(part: int, whole: int, when: str = "now", id_: str = "on_time_completion_rate") -> Rate:
    return Rate(
        id=id_,
        label="按时办结率",
        part=count(f"{id_}:part:{when}", part, state="on_time", topic=when),
        whole=count(f"{id_}:whole:{when}", whole, state="due", topic=when),
    )


def unit(key: str, received: int, overdue: int, due: tuple[int, int] = (0, 0)) -> Unit:
    rates = {
        "on_time_completion_rate": Rate(
            id="on_time_completion_rate",
            label="按时办结率",
            part=count(f"on_time_completion_rate:part:department:{key}", due[0], department=key, state="on_time"),
            whole=count(f"on_time_completion_rate:whole:department:{key}", due[1], department=key, state="due"),
        )
    }
    one = replace(group(f"received:now:department:{key}", received, label=key), key=key)
    own = replace(one, now=replace(one.now, key=f"received:now:department:{key}"))
    late = count(f"overdue:department:{key}", overdue, department=key, state="overdue")
    return Unit(group=own, rates=rates, overdue=late)


def voices(submissions: int, persons: int, days: Days, issue: int = 7, name: str = "路灯不亮") -> Voices:
    return Voices(issue_id=issue, name=name, days=days, submissions=submissions, persons=persons)


def hot(persons: int = 12, submissions: int = 15, earlier: int = 0, issue: int = 7, name: str = "路灯不亮") -> HotIssue:
    now, then = voices(submissions, persons, OCTOBER, issue, name), voices(earlier, earlier, SEPTEMBER, issue, name)
    return HotIssue(id=issue, name=name, topic="路灯", region="甲县", now=now, before=then)


def facts(kind: ReportKind = ReportKind.MONTHLY) -> BriefFacts:
    topics = (group("T01", 60, 40, 12, "建设"), group("T02", 30, 8, 0, "环保"), group("none", 10, label="类别不明"))
    plain = (group("k1", 70, 50, 20, "来信"), group("k2", 30, 20, 10, "热线"))
    return BriefFacts(
        kind=kind,
        as_of=NOW,
        note="",
        days=OCTOBER,
        before_days=SEPTEMBER,
        year_days=YEAR,
        counts={"received": group("received", 100, 80, 40)},
        rates={"on_time_completion_rate": (rate(45, 60), rate(40, 50, "before"))},
        stock={name: count(f"{name}:stock", n) for name, n in (("open", 30), ("overdue", 6), ("awaiting_triage", 1))},
        by={"topic": topics, **dict.fromkeys(("channel", "appeal_type", "region", "tone"), plain)},
        top_regions={"T01": (group("r1", 40, label="甲县"), group("r2", 3, label="乙县"))},
        units=(unit("zjj", 40, 6, (30, 36)), unit("hbj", 30, 0, (3, 4))),
        by_day=tuple(count(f"received:day:2026-10-{n:02}", n, topic=str(n)) for n in range(1, 32)),
        urgent=(group("T01:critical", 2, label="建设"),),
        ahead_days=Days(date(2026, 11, 1), date(2026, 11, 7)),
        ahead=count("ahead", 9),
        ahead_units=(count("ahead:zjj", 9, department="zjj"),),
        issues=(hot(),),
        responding=(Responding(issue_id=7, name="路灯不亮", stage="处置", late=True),),
    )


def report(kind: ReportKind = ReportKind.MONTHLY, earlier: Earlier | None = None) -> Document:
    return build(facts(kind), default_template(kind), city="甲市", earlier=earlier)


def counted_again(document: Document) -> dict[str, str]:
    """What the rows would say, were they as they were."""
    counts = {figure.id: figure.value for figure in document.figures if figure.value is not None}
    return {figure.id: find_text(figure, counts) for figure in document.figures}


# Numbers in words


@pytest.mark.parametrize(
    ("now", "earlier", "text"),
    [
        (112, 100, "上升12.0%"),
        (88, 100, "下降12.0%"),
        (100, 100, "持平"),
        (1003, 1000, "持平"),  # below 0.5 %
        (1005, 1000, "上升0.5%"),
        (9, 8, "上升12.5%"),
        (0, 8, "下降100.0%"),
        (10685, 10000, "上升6.9%"),  # 6.85: half away from zero
    ],
)
def test_a_change_has_a_direction(now: int, earlier: int, text: str) -> None:
    assert change_text(now, earlier, 0.005) == text


def test_points_are_of_the_shares_as_they_are() -> None:
    assert points_text(2, 3, 1, 3) == "上升33.3个百分点"
    assert points_text(1, 3, 2, 3) == "下降33.3个百分点"
    assert points_text(1, 3, 333, 1000) == "持平"
    assert share_text(9999, 10_000) == "99.9%"


@pytest.mark.parametrize(
    "compute", [lambda: change_text(1, 0, 0.0), lambda: share_text(0, 0), lambda: points_text(1, 2, 0, 0)]
)
def test_nothing_is_divided_by_nothing(compute: Callable[[], str]) -> None:
    with pytest.raises(ValueError):
        compute()


def test_one_key_is_one_figure() -> None:
    book = FigureBook()
    first = book.cases("a", "甲", 3, CaseCriteria(topic="T01"))
    assert book.cases("a", "甲", 3, CaseCriteria(topic="T01")) is first
    with pytest.raises(ValueError, match="two figures"):
        book.cases("a", "甲", 4, CaseCriteria(topic="T01"))


# Sentences


def test_a_total_is_compared_only_with_what_there_was_enough_of() -> None:
    whole = s.total(FigureBook(), group("received", 100, 80, 40), MONTH, THRESHOLDS)
    assert whole.text == "本月共受理工单100件，环比上升25.0%（上月80件），同比上升150.0%（上年同期40件）。"
    part = s.total(FigureBook(), group("received", 100, 9, 40), MONTH, THRESHOLDS)
    assert part.text == "本月共受理工单100件，同比上升150.0%（上年同期40件）。"
    alone = s.total(FigureBook(), group("received", 0, 9, 9), MONTH, THRESHOLDS)
    assert alone.text == "本月共受理工单0件。"


def test_a_rate_over_few_cases_is_not_written() -> None:
    assert s.rate(FigureBook(), rate(29, 29), rate(50, 50, "before"), MONTH, THRESHOLDS) is None
    found = s.rate(FigureBook(), rate(45, 60), rate(40, 50, "before"), MONTH, THRESHOLDS)
    said = "按时办结率75.0%（60件中45件，置信区间62.8%至84.2%）"
    assert found is not None and found.text == f"{said}，较上月下降5.0个百分点。"
    young = s.rate(FigureBook(), rate(45, 60), rate(10, 10, "before"), MONTH, THRESHOLDS)
    assert young is not None and young.text == f"{said}。"


def test_the_rate_of_completion_is_not_compared_with_an_older_month() -> None:
    pair = rate(45, 60, id_="completion_rate"), rate(50, 50, "before", "completion_rate")
    found = s.rate(FigureBook(), *pair, MONTH, THRESHOLDS)
    assert found is not None and "较" not in found.text


def test_an_issue_of_few_people_is_not_written() -> None:
    assert s.hot(FigureBook(), hot(persons=4), MONTH, THRESHOLDS) is None
    found = s.hot(FigureBook(), hot(earlier=10), MONTH, THRESHOLDS)
    assert found is not None
    assert found.text == "“路灯不亮”：本月12人反映，来件15件，类别路灯，地点甲县；上月来件10件，上升50.0%。"
    assert "issue:7" in found.evidence


def test_what_did_not_rise_clearly_is_no_news() -> None:
    assert s.moved(FigureBook(), [group("a", 12, 10), group("b", 40, 9)], MONTH, THRESHOLDS) is None
    found = s.moved(FigureBook(), [group("a", 13, 10, label="甲")], MONTH, THRESHOLDS)
    assert found is not None and found.text == "与上月相比增加较多的：甲由10件增至13件，上升30.0%。"


def test_words_with_braces_stay_words() -> None:
    assert s.say("{i}。", {"i": "{n}"}).text == "{n}。"


@pytest.mark.parametrize("kind", [ReportKind.DAILY, ReportKind.WEEKLY, ReportKind.MONTHLY])
def test_every_number_in_a_sentence_is_a_figure_with_its_evidence(kind: ReportKind) -> None:
    document = report(kind)
    known = {figure.id for figure in document.figures}
    for sentence in document.sentences():
        for part in sentence.parts:
            assert part.figure or not any(c.isdigit() for c in part.text), sentence.text
            assert not part.figure or part.figure in sentence.evidence
        assert {e for e in sentence.evidence if not e.startswith("issue:")} <= known
    for table in document.tables():
        assert all(part.figure or not part.text[:1].isdigit() for row in table.rows for part in row)
    for figure in document.figures:
        assert set(figure.of) <= known
        assert figure.address or figure.of


def test_a_monthly_report_has_the_sections_of_its_template() -> None:
    assert [section.heading for section in report().sections] == [
        "受理概况", "诉求来源", "诉求类型", "诉求类别", "地区分布", "承办单位", "热点分析", "办理情况", "通报", "建议",
        "与上一期相比",
    ]  # fmt: skip
    template = default_template(ReportKind.MONTHLY)
    turned = replace(
        template,
        sections=(replace(template.sections[9], heading="下步工作"), replace(template.sections[0], shown=False)),
    )
    found = build(facts(), turned, city="甲市", earlier=None)
    assert [section.heading for section in found.sections] == ["下步工作"]
    assert "建议zjj对超期未办结的6件工单逐件列出办结时间。" in {sentence.text for sentence in found.sentences()}


def test_an_old_template_learns_new_sections_and_thresholds() -> None:
    kept = ReportTemplate(
        kind=ReportKind.DAILY,
        sections=(TemplateSection(id="hot", heading="热点", shown=False), TemplateSection(id="gone", heading="旧")),
        thresholds={"least_cases": 7, "unknown": 1},
    )
    found = complete(kept)
    assert [section.id for section in found.sections] == ["hot", "intake", "sensitive", "response", "ahead", "compare"]
    assert found.thresholds["least_cases"] == 7 and "unknown" not in found.thresholds and found.thresholds["rise"] == 30


# Files


def test_a_document_is_kept_as_it_is() -> None:
    document = report()
    assert from_json(as_json(document)) == document
    assert digest(as_json(document)) == digest(dict(reversed(as_json(document).items())))


def read_back(write: Callable[..., bytes], document: Document) -> ReadFile:
    return read_file(
        write(document, digest="0" * 64, zone=ZONE, watermark="甲导出；导出编号1。仅供工作使用，请勿外传。")
    )


@pytest.mark.parametrize("write", [write_docx, write_xlsx])
def test_a_file_read_back_says_every_figure(write: Callable[..., bytes]) -> None:
    document = report()
    given = read_back(write, document)
    assert given.digest == "0" * 64
    assert {id_: value for id_, (value, _) in given.sources.items()} == {f.id: f.text for f in document.figures}
    text = "".join(given.texts)
    for sentence in document.sentences():
        assert sentence.text in text
    found = check(given, given, document, counted_again(document))
    assert found.problems == () and found.figures > 100


def test_the_charts_of_a_word_file_carry_their_numbers() -> None:
    document = report()
    assert read_back(write_docx, document).charts == tuple(chart.values for chart in document.charts())


def changed(data: bytes, old: str, new: str, *, entry: str = "word/document.xml") -> bytes:
    """The file with the first `old` in an entry replaced, as an editor would."""
    source, target = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == entry:
                assert old.encode() in content
                content = content.replace(old.encode(), new.encode(), 1)
            packed.writestr(item, content)
    return target.getvalue()


def checked(data: bytes, own: bytes, document: Document) -> Findings:
    return check(read_file(data), read_file(own), document, counted_again(document))


def test_a_figure_that_was_changed_in_the_word_file_is_found() -> None:
    document = report()
    own = write_docx(document, digest="0" * 64, zone=ZONE)
    found = checked(changed(own, ">75.0%<", ">95.0%<"), own, document)
    told = {(p.kind, p.label, p.told, p.counted) for p in found.problems if p.figure}
    assert told == {("altered", "按时办结率（on_time_completion_rate:part:now）", "95.0%", "75.0%")}


def test_a_number_of_a_chart_that_was_changed_is_found() -> None:
    document = report()
    own = write_docx(document, digest="0" * 64, zone=ZONE)
    changed_file = changed(own, "<c:v>31</c:v>", "<c:v>13</c:v>", entry="word/charts/chart1.xml")
    assert [p.told for p in checked(changed_file, own, document).problems] == ["13"]


@pytest.mark.parametrize("write", [write_docx, write_xlsx])
def test_who_took_the_file_is_no_part_of_it(write: Callable[..., bytes]) -> None:
    document = report()
    own = read_file(write(document, digest="0" * 64, zone=ZONE))
    assert check(read_back(write, document), own, document, counted_again(document)).passed


def test_words_that_were_changed_are_found() -> None:
    document = report()
    own = write_docx(document, digest="0" * 64, zone=ZONE)
    [problem] = checked(changed(own, "本月共受理工单", "本月共办结工单"), own, document).problems
    assert (problem.kind, problem.label) == ("altered", "文字") and "本月共办结工单" in problem.told


def test_a_figure_without_its_bookmark_is_found() -> None:
    document = report()
    own = write_docx(document, digest="0" * 64, zone=ZONE)
    assert {p.kind for p in checked(changed(own, 'w:name="F1_', 'w:name="X1_'), own, document).problems} == {"missing"}


def test_a_cell_that_was_changed_in_the_workbook_is_found() -> None:
    document = report()
    own = write_xlsx(document, digest="0" * 64, zone=ZONE)
    book = load_workbook(io.BytesIO(own))
    sheet = next(sheet for sheet in book.worksheets if "诉求类别（件）" in sheet.title)
    sheet["B2"] = 61
    target = io.BytesIO()
    book.save(target)
    figures = [p for p in checked(target.getvalue(), own, document).problems if p.figure]
    assert [(p.told, p.counted) for p in figures] == [("61", "60")]


def test_rows_that_changed_meanwhile_are_told_from_a_file_that_was_changed() -> None:
    document = report()
    own = read_file(write_docx(document, digest="0" * 64, zone=ZONE))
    now = counted_again(document) | {document.figures[0].id: "101"}
    found = check(own, own, document, now)
    assert {(p.kind, p.figure) for p in found.problems} == {("changed", document.figures[0].id)}
    assert not found.passed


@pytest.mark.parametrize("data", [b"", b"not a file", b"PK\x03\x04broken"])
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        read_file(data)


def test_the_page_escapes_what_people_wrote() -> None:
    sharp = replace(facts(), issues=(hot(name="<script>路灯</script>"),))
    document = build(sharp, default_template(ReportKind.MONTHLY), city="甲市", earlier=None)
    html = write_html(document, digest="0" * 64, zone=ZONE)
    assert "<script" not in html and "&lt;script&gt;" in html
    assert 'href="/cases?topic=now"' in html


# Issues of a report


def test_what_is_new_and_gone_since_the_last_one() -> None:
    document = report(earlier=Earlier(((3, "旧问题"),)))
    assert [sentence.text for sentence in document.sentences()][-2:] == [
        "新进入热点：“路灯不亮”。",
        "不再列入热点：“旧问题”。",
    ]
    older = replace(report(), hot=((3, "旧问题"),))
    figures = tuple(replace(f, text="90") if f.key == "received:now" else f for f in older.figures)
    found = compare(document, replace(older, figures=figures))
    assert (found.new, found.gone) == (((7, "路灯不亮"),), ((3, "旧问题"),))
    assert [(c.before, c.now) for c in found.changed] == [("90", "100")]


def test_each_unit_gets_its_own_figures_alone() -> None:
    found = circulars(report(), {"zjj": "甲市住建局", "hbj": "甲市环保局", "gone": "无"})
    assert [one.department_id for one in found] == ["zjj", "hbj"]
    assert found[0].subject == "关于2026年10月诉求办理情况的通报（甲市住建局）"
    assert "2026年10月你单位主办工单40件。" in found[0].body and "超期未办结6件" in found[0].body
    assert "按时办结率83.3%，置信区间68.1%至92.1%（件数不多，仅供参考）。" in found[0].body
    # four due cases are no rate
    assert "按时办结率" not in found[1].body.replace("全市按时办结率", "")
    assert "zjj" not in found[1].body
    assert read_file(write_docx(found[0].document, digest="0" * 64, zone=ZONE)).sources
