"""What the analysis finds, as staff see it: on the case, in triage, in the lists."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from html import unescape

import pytest
from fastapi.testclient import TestClient

from models.account import Account, Role
from models.analysis import (
    Analysis,
    Aspect,
    AspectTone,
    Element,
    ElementMention,
    Emotion,
    Matter,
    OrganisationKind,
    OrganisationMention,
    PlaceKind,
    PlaceMention,
    Sentiment,
    TextSpan,
    TimeMention,
)
from models.database import Connection
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.factories import NOW, analysis, letter

SignIn = Callable[[Account], str]
TITLE = "水管的事"
EVIL = "<坏了>\"&'"
BODY = (
    f"昨天红星路的水管{EVIL}，物业公司没人管。请来修好水管。另外路灯也不亮。我们等了很久，一直没有回音，天天提水上楼。"
)


def span(part: str) -> TextSpan:
    start = f"{TITLE}\n{BODY}".index(part)
    return TextSpan(start, start + len(part))


def full(directory: Directory) -> Analysis:
    codes = tuple(code for code in directory.regions if code != directory.city.region_code)[:2]
    road, day, firm = span("红星路"), span("昨天"), span("物业公司")
    what = span(f"水管{EVIL}，")
    return replace(
        analysis(sentiment=Sentiment.NEGATIVE),
        sentiment_score=-0.8,
        emotion=Emotion.ANGER,
        emotion_confidence=0.8,
        aspects=(
            AspectTone(Aspect.MATTER, Sentiment.NEGATIVE, -0.4, (span(EVIL[1:4]),)),
            AspectTone(Aspect.REPLY, Sentiment.NEGATIVE, -0.7, (span("没有回音"),)),
        ),
        places=(PlaceMention("红星路", PlaceKind.ROAD, None, codes, road.start, road.end),),
        times=(TimeMention("昨天", date(2026, 11, 22), date(2026, 11, 22), day.start, day.end),),
        organisation_mentions=(
            OrganisationMention("物业公司", OrganisationKind.COMPANY, None, True, firm.start, firm.end),
        ),
        summary=(span("请来修好水管。"),),
        matters=(Matter("T0402", 0.6, (what,)), Matter("T1001", 0.5, (span("另外路灯也不亮。"),))),
        elements=(
            ElementMention(Element.WHERE, "红星路", road.start, road.end),
            ElementMention(Element.WHEN, "昨天", day.start, day.end),
            ElementMention(Element.WISH, "请来修好水管。", span("请来修好水管。").start, span("请来修好水管。").end),
        ),
    )


@pytest.fixture
def seen(client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn) -> str:
    case = factories.case(city_conn, directory, new=letter(title=TITLE, body=BODY), says=full(directory), lead="zjj")
    sign_in(factories.account(city_conn, Role.LEADER))
    text: str = client.get(f"/cases/{case.case_number}").text
    return text


def test_the_case_page_says_what_was_found(seen: str, directory: Directory) -> None:
    words = Page(seen).words
    assert "摘自原文，未经改写" in words
    assert re.search(r"诉求\s*“请来修好水管。”", words)
    codes = [code for code in directory.regions if code != directory.city.region_code][:2]
    assert f"{directory.region_name(codes[0])}或{directory.region_name(codes[1])}，请确认" in words
    assert "2026年11月22日" in words
    assert "负面，强烈" in words and "愤怒" in words
    assert "说事情不好" in words and "对办理和答复不满" in words
    assert re.search(r"被投诉\s*物业公司", words)
    assert "这封信可能有 2 件事" in words and "工单没有拆开" in words


def test_what_the_letter_does_not_say_is_said(seen: str) -> None:
    assert re.search(r"<dt>何人</dt><dd><span class=\"muted\">未写明", seen)


def test_text_of_a_letter_stays_text_also_inside_marks(seen: str) -> None:
    body = seen.split('class="prose">')[1].split("</p>")[0]
    assert "<坏了" not in seen
    plain = re.sub(r"</?(?:span|mark)[^>]*>", "", body)
    assert unescape(plain) == BODY


def test_marks_are_nested_and_each_kind_has_a_switch(seen: str) -> None:
    body = seen.split('class="prose">')[1].split("</p>")[0]
    depth = 0
    for tag in re.findall(r"<(/?)span", body):
        depth += -1 if tag else 1
        assert depth >= 0
    assert depth == 0
    kinds = set(re.findall(r"m--(\w+)", body))
    assert {"place", "time", "organisation", "tone", "summary", "matter"} <= kinds
    assert kinds == set(re.findall(r"switch__box--(\w+)", seen))
    assert 'data-says="第1件事"' in body and 'data-says="第2件事"' in body
    # all shown until somebody switches one off, which needs no script
    assert len(re.findall(r'class="switch__box[^>]* checked', seen)) == len(kinds)


def test_no_action_is_added_and_details_are_folded(seen: str) -> None:
    main = seen.split("<main")[1]
    assert "<details open" not in main
    # a leader supervises, and changes nothing else
    assert re.findall(r'<form[^>]* action="/cases/[^/"]+/(\w+)"', main) == ["supervise"]
    assert main.index("这封信可能有") > main.index("<details")


def test_the_style_sheet_hides_each_kind_of_mark(client: TestClient, seen: str) -> None:
    [sheet] = set(re.findall(r'href="(/static/staff\.css[^"]*)"', seen))
    css = client.get(sheet).text
    for kind in set(re.findall(r"switch__box--(\w+)", seen)):
        assert f".case:has(.switch__box--{kind}:not(:checked)) .m--{kind} {{" in css


def test_triage_shows_the_key_sentences_and_whom_the_writer_is_displeased_with(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(
        city_conn,
        directory,
        new=letter(title=TITLE, body=BODY, submitted_at=NOW - timedelta(hours=1)),  # not the letter of the other tests
        says=replace(full(directory), topic_code=None, suggestions=()),
    )
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    text = client.get("/triage").text
    item = text.split(f'id="case-{case.case_number}"')[1].split("</li>")[0]
    words = Page(item).words
    assert "“请来修好水管。”" in words and "天天提水" not in words
    assert "愤怒" in words and "不满：办理和答复" in words
    assert EVIL not in item


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("displeased_with=handling", True),
        ("displeased_with=reply", True),
        ("displeased_with=department", False),
        ("displeased_with=nobody", False),
        ("emotion=anger", True),
        ("emotion=fear", False),
    ],
)
def test_lists_are_filtered_by_feeling_and_displeasure(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn, query: str, found: bool
) -> None:
    case = factories.case(city_conn, directory, new=letter(title=TITLE, body=BODY), says=full(directory))
    sign_in(factories.account(city_conn, Role.LEADER))
    cases = client.get(f"/cases?text={case.case_number}&{query}").text
    assert (f'href="/cases/{case.case_number}"' in cases) is found
    assert f"{'1' if found else '0'}件" in Page(cases).headings[0]
    value = query.partition("=")[2]
    assert re.search(rf'<option value="{value}" selected>', cases)
    assert "去掉这个条件" in cases
    letters = client.get(f"/submissions?{query}").text
    assert (f'href="/cases/{case.case_number}"' in letters) is found
    if found:
        assert "“请来修好水管。”" in letters


def test_a_filter_that_makes_no_sense_is_refused(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.LEADER))
    for page in ("/cases", "/submissions"):
        for name in ("emotion", "displeased_with"):
            assert client.get(f"{page}?{name}=x").status_code == 422, (page, name)


def test_the_file_of_cases_has_feeling_and_displeasure(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, new=letter(title=TITLE, body=BODY), says=full(directory))
    sign_in(factories.account(city_conn, Role.LEADER))
    lines = client.get(f"/cases.csv?text={case.case_number}").content.decode("utf-8-sig").splitlines()
    head, line, _taken = lines  # the last line says who took it
    row = dict(zip(head.split(","), line.split(","), strict=True))
    assert (row["情绪"], row["不满指向"]) == ("愤怒", "事情本身、办理和答复")
