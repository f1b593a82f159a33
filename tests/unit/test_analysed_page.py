"""The page of analysed letters: everything found is marked, nothing of a letter becomes markup, nothing is fetched."""

import io
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from api.letter_files import analysed_page
from api.letter_files.analysed_letters import AnalysedLetter, LetterColumns, analyse_letters
from api.letter_files.analysed_page import AnalysedPage, is_analysed_page, name_codes
from intake.tabular import Row, Table
from models.submission import Channel
from nlp.reference import load_departments, load_regions, load_topics
from tests.unit.nlp_files import CHINA, word_pipeline

ATTACKS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }}{% include 'base.html' %}",
    "</style><svg/onload=alert(1)>",
    "' onmouseover='alert(1)",
    "5<6 且 <关于路灯> 的来信 &lt;b&gt;",
)
LETTER = (
    "尊敬的领导，您好！打扰了，我是外地来这里打工的，家里还有老人和孩子。岳池县的工地拖欠农民工工资，昨晚包工头跑了，"
    "电话13812345678，劳动监察大队多次反映没有结果，大家非常气愤。那天下着雨，我们从早上等到下午，门口的人换了几拨，"
    "有人去买了水，有人靠着墙睡着了。后来天黑了，大家就各自回去了，路上谁也没有说话。"
    "第二天又是这样。第三天还是这样，有人带了孩子来，有人把铺盖也背来了，坐在台阶上吃干粮。到了周末，人慢慢少了。"
)


class Read(HTMLParser):
    """Tags, attributes, the text of each class."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.classes: list[str] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        self.classes += (dict(attrs).get("class") or "").split()
        if tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("style", "b"):  # the names in front of the findings are not its text
            self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def draw(*texts: tuple[str, str], source: str = "letters.csv") -> str:
    rows = (Row(n, {"t": title, "b": body}) for n, (title, body) in enumerate(texts, start=2))
    page = AnalysedPage(source, name_codes(load_topics(), load_regions(), load_departments()))
    for letter in analyse_letters(
        Table(("t", "b"), rows, lambda: 0.0),
        LetterColumns("b", "t"),
        word_pipeline(),
        channel=Channel.LETTER,
        zone=CHINA,
    ):
        page.add(letter)
    file = io.StringIO()
    page.write(file)
    return file.getvalue()


def test_every_finding_is_marked_and_counted() -> None:
    html = draw(("拖欠工资", LETTER))
    page = Read(html)
    kinds = {"place", "time", "organisation", "detector", "tone", "summary", "masked", "telling"}
    assert kinds <= set(page.classes)
    counts = dict(re.findall(r'<span class="f (\w+)">[^<]+</span> (\d+) 处', html))
    assert kinds <= {kind for kind, count in counts.items() if int(count)}
    assert "138****5678" in page.text and "13812345678" not in html
    for words in ("拖欠工资", "依据：", "岳池县", "人力资源和社会保障局"):
        assert words in page.text
    assert not re.search(r">[^<{]*\b(None|undefined)\b", html)


def test_the_text_is_as_it_was_whatever_overlaps() -> None:
    assert LETTER.replace("13812345678", "138****5678") in Read(draw(("", LETTER))).text


def test_nothing_of_a_letter_becomes_markup() -> None:
    plain = Read(draw(("路灯", "坏了"), source="a.csv"))
    for attack in ATTACKS:
        page = Read(draw((attack, attack + "岳池县" + attack), source=attack))
        assert set(page.tags) <= {*plain.tags, "b", "br", "strong"}
        assert not [name for name, _ in page.attributes if name.startswith("on") or name in ("src", "href", "style")]
    assert "49" not in Read(draw(("{{ 7*7 }}", "{{ 7*7 }}"))).text


def test_an_error_of_the_file_is_escaped_too() -> None:
    page = AnalysedPage("a.csv", name_codes([], [], []))
    page.add(AnalysedLetter(1, error="<script>alert(1)</script>"))
    file = io.StringIO()
    page.write(file)
    assert "script" not in Read(file.getvalue()).tags


def test_nothing_is_fetched() -> None:
    html = draw(("路灯", "坏了"))
    assert not re.search(r"https?:|//\w|url\(|@import|<(script|link|img|iframe)", html)
    assert "default-src 'none'" in html
    assert is_analysed_page(html[:400])


def test_the_first_letters_only_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysed_page, "MOST_LETTERS", 2)
    html = draw(("一", "路灯"), ("二", "路灯"), ("三", "路灯"))
    assert html.count("<article>") == 2
    assert "共 3 件，这里是前 2 件" in html
    assert "这里是前" not in draw(("一", "路灯"), ("二", "路灯"))


def test_endless_letters_are_cut_and_it_says_so() -> None:
    html = draw(("", "岳池县路灯坏了。" * 2_000))
    assert len(Read(html).text) < 15_000
    assert "还有 11000 字未显示" in html


def test_own_style_is_there() -> None:
    css = files("api") / "templates" / "analysed" / "page.css"
    assert css.read_text("utf-8").splitlines()[0] in draw(("一", "路灯"))
