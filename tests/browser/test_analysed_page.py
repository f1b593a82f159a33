"""The page of `wenzheng nlp analyse --html`, opened as a file: it fits, it is coloured, it runs nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize

from api.letter_files.analysed_letters import LetterColumns, analyse_letters
from api.letter_files.analysed_page import AnalysedPage, name_codes
from intake.tabular import Row, Table
from models.submission import Channel
from nlp.reference import load_departments, load_regions, load_topics
from tests.browser.conftest import DESKTOP, PHONE, width_of
from tests.unit.nlp_files import CHINA, word_pipeline

LETTERS = (
    (
        "投诉岳池县工地拖欠农民工工资",
        "昨晚包工头跑了，电话13812345678，劳动监察大队不管。再不给钱就去跳楼！",
    ),
    ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)><svg onload=alert(1)>路灯坏了' + "w" * 300),
)


@pytest.fixture
def page(tmp_path: Path) -> str:
    rows = (Row(n, {"t": title, "b": body}) for n, (title, body) in enumerate(LETTERS, start=2))
    drawn = AnalysedPage("letters.csv", name_codes(load_topics(), load_regions(), load_departments()))
    table = Table(("t", "b"), rows, lambda: 1.0)
    for letter in analyse_letters(table, LetterColumns("b", "t"), word_pipeline(), channel=Channel.LETTER, zone=CHINA):
        drawn.add(letter)
    path = tmp_path / "letters.html"
    with path.open("w", encoding="utf-8") as file:
        drawn.write(file)
    return path.as_uri()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_it_fits_is_coloured_and_runs_nothing(browser: Browser, page: str, viewport: ViewportSize) -> None:
    context = browser.new_context(viewport=viewport)
    opened = context.new_page()
    happened: list[str] = []
    opened.on("dialog", lambda dialog: happened.append(dialog.message))
    opened.on("request", lambda request: happened.append(request.url))
    opened.on("console", lambda message: happened.append(message.text))
    opened.goto(page)
    assert happened == [page]
    assert width_of(opened) <= viewport["width"]
    colours = {
        kind: opened.evaluate(f"getComputedStyle(document.querySelector('article .{kind}')).backgroundColor")
        for kind in ("place", "time", "organisation", "detector", "masked")
    }
    assert len({*colours.values(), "rgba(0, 0, 0, 0)"}) == len(colours) + 1
    context.close()
