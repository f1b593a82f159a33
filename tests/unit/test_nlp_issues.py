"""Issues: what many say about one thing is found, named and ranked; the same input gives the same bytes."""

import csv
import random
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from api.letter_files.letter_table import LetterTable
from models.errors import Invalid
from nlp.issues.heat import HeatWeights, heat_of
from nlp.issues.listing import Issue, Letter, find_issues, name_issues
from nlp.pipeline import Pipeline, build_reference_pipeline
from tests.unit.nlp_files import CHINA, run, table

_TODAY = date(2026, 6, 1)


def sample_letters() -> list[Letter]:
    """The letters, calls and posts of the sample city, in one row each."""
    letters = []
    for name in ("letters", "hotline", "posts"):
        text = (files("api") / "sample_city" / f"{name}.csv").read_text(encoding="utf-8-sig")
        for row in csv.DictReader(text.splitlines(keepends=True)):
            letters.append(
                Letter(
                    title=row.get("title", ""),
                    body=row.get("body") or row["text"],
                    person=row.get("phone") or row.get("name") or row.get("user") or "",
                    day=_TODAY - timedelta(days=int(row["days_ago"])),
                    votes=int(row.get("likes") or 0),
                )
            )
    return letters


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_reference_pipeline()


@pytest.fixture(scope="module")
def sample() -> list[Letter]:
    return sample_letters()


@pytest.fixture(scope="module")
def issues(sample: list[Letter], pipeline: Pipeline) -> list[Issue]:
    return find_issues(lambda: sample, pipeline=pipeline)


def test_the_two_bursts_of_the_sample_city_lead_the_list(sample: list[Letter], issues: list[Issue]) -> None:
    leading = [" ".join(sample[p].title + sample[p].body for p in issue.positions) for issue in issues[:10]]
    assert "丽水路" in leading[0] and leading[0].count("搅拌站") >= 10
    assert any("渡口" in text and "水" in text for text in leading)
    assert issues[0].persons >= 10
    assert (issues[0].last or _TODAY) - (issues[0].first or _TODAY) <= timedelta(days=14)


def test_a_name_is_place_and_matter_in_the_letters_own_words(sample: list[Letter], issues: list[Issue]) -> None:
    name = name_issues(issues[:1], lambda: sample)[0]
    assert name.place == "丽水路"
    assert name.name.startswith("丽水路") and "搅拌站" in name.name
    assert name.description.startswith(name.name)


def letters_of(issues: list[Issue], letters: list[Letter]) -> set[frozenset[str]]:
    return {frozenset(letters[p].title + letters[p].body for p in issue.positions) for issue in issues}


def test_the_same_letters_give_the_same_issues_in_whatever_order_they_stand(
    sample: list[Letter], issues: list[Issue], pipeline: Pipeline
) -> None:
    assert find_issues(lambda: iter(sample), pipeline=pipeline) == issues
    shuffled = random.Random(1).sample(sample, len(sample))
    again = find_issues(lambda: shuffled, pipeline=pipeline)
    assert letters_of(again, shuffled) == letters_of(issues, sample)
    assert [issue.heat for issue in again] == [issue.heat for issue in issues]


def test_outliers_stay_single(pipeline: Pipeline) -> None:
    texts = ["图书馆周一闭馆", "申请安装路口红绿灯", "冬天暖气不热", "出租车拒载绕路", "养老金认证打不开"]
    assert find_issues(lambda: [Letter(text, text) for text in texts], pipeline=pipeline) == []


def test_equal_letters_are_one_issue_and_one_person_counts_once(pipeline: Pipeline) -> None:
    letter = Letter("东风巷垃圾站臭气扰民", "东风巷垃圾站每天早上臭气熏天，请清运。", "甲", _TODAY)
    (issue,) = find_issues(lambda: [letter] * 12, pipeline=pipeline)
    assert (issue.submissions, issue.persons, issue.heat.persons) == (
        12,
        1,
        heat_of(1, 0, 12, 1, HeatWeights()).persons,
    )


def test_a_single_letter_that_very_many_clicked_on_is_an_issue_a_post_is_not(pipeline: Pipeline) -> None:
    quiet = [Letter("图书馆周一闭馆", "图书馆"), Letter("冬天暖气不热", "暖气")]
    (issue,) = find_issues(lambda: [*quiet, Letter("新小区配套入学", "配套小学", votes=900)], pipeline=pipeline)
    assert issue.positions == [2]
    assert find_issues(lambda: [*quiet, Letter("", "新小区配套入学", votes=900)], pipeline=pipeline) == []


def test_heat_has_parts_and_no_flood_of_one_person_wins() -> None:
    weights = HeatWeights()
    many, flood = heat_of(20, 0, 20, 7, weights), heat_of(1, 0, 100, 7, weights)
    assert many.total > flood.total
    assert many.total == many.persons + many.votes + many.rate
    assert heat_of(5, 0, 5, None, weights).rate == 0
    assert heat_of(5, 0, 2, 1, weights) == heat_of(5, 0, 2, 7, weights)


# The command.

_HEADER = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数"]


def _rows(count: int = 6) -> list[list[str]]:
    other = [["900", "=1+1", "图书馆周一闭馆", "2026-05-01", "图书馆周一为什么不开门", "0", "0"]]
    same = [
        [
            str(100 + i),
            f"@用户{i}",
            "青石巷烧烤店油烟扰民",
            f"2026-05-0{i + 1} 21:00",
            f"青石巷烧烤店油烟太大{i}",
            "1",
            "2",
        ]
        for i in range(count)
    ]
    return [*other, *same]


def test_the_files_have_their_columns_and_no_text(tmp_path: Path) -> None:
    source = table(tmp_path / "来信.csv", _HEADER, _rows())
    output, members = tmp_path / "issues.csv", tmp_path / "members.csv"
    arguments = ["nlp", "issues", "--input", source, "--output", output, "--members", members]
    assert run(*arguments).exit_code == 0
    first = output.read_bytes(), members.read_bytes()
    (issue,) = csv.DictReader(output.read_text("utf-8-sig").splitlines())
    assert list(issue)[:8] == [
        *("rank", "heat", "persons", "submissions", "first_date", "last_date", "place", "description")
    ]
    assert (issue["rank"], issue["persons"], issue["submissions"]) == ("1", "6", "6")
    assert (issue["first_date"], issue["last_date"]) == ("2026-05-01", "2026-05-06")
    assert "青石巷" in issue["description"]
    rows = list(csv.DictReader(members.read_text("utf-8-sig").splitlines()))
    assert [row["留言编号"] for row in rows] == [str(100 + i) for i in range(6)]
    assert [row["row"] for row in rows] == [str(3 + i) for i in range(6)]
    assert "留言详情" not in rows[0]
    assert rows[0]["留言用户"] == "'@用户0", "a spreadsheet would take it for a formula"
    assert run(*arguments).exit_code == 0
    assert (output.read_bytes(), members.read_bytes()) == first


def test_named_columns_override_what_is_recognised(tmp_path: Path) -> None:
    rows = [[str(i), "某人", f"无关{i}", "滨江道路灯不亮，晚上看不见路", "2026-05-01"] for i in range(3)]
    source = table(tmp_path / "a.csv", ["号", "谁", "标题", "说了什么", "哪天"], rows)
    output = tmp_path / "issues.csv"
    named = ["--text", "说了什么", "--time", "哪天", "--id", "号", "--person", "谁", "--title", "说了什么"]
    assert run("nlp", "issues", "--input", source, "--output", output, *named).exit_code == 0
    (issue,) = csv.DictReader(output.read_text("utf-8-sig").splitlines())
    assert (issue["submissions"], issue["persons"], issue["first_date"]) == ("3", "1", "2026-05-01")


@pytest.mark.parametrize(
    ("header", "rows", "options", "sentence"),
    [
        (_HEADER, [], [], "没有数据行"),
        (["甲", "乙"], [["1", "2"]], [], "--text"),
        (_HEADER, _rows(), ["--text", "没有这列"], "没有列“没有这列”"),
        (_HEADER, _rows(), ["--time", "留言主题"], "没有一行能识别为时间"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, header: list[str], rows: list[list[str]], options: list[str], sentence: str
) -> None:
    source = table(tmp_path / "a.csv", header, rows)
    result = run("nlp", "issues", "--input", source, "--output", tmp_path / "o.csv", *options)
    assert isinstance(result.exception, Invalid)
    assert sentence in result.exception.message
    assert not (tmp_path / "o.csv").exists()


def test_an_empty_file_and_one_row(tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    result = run("nlp", "issues", "--input", tmp_path / "empty.csv", "--output", tmp_path / "o.csv")
    assert isinstance(result.exception, Invalid)
    source = table(tmp_path / "one.csv", _HEADER, _rows()[:1])
    assert run("nlp", "issues", "--input", source, "--output", tmp_path / "o.csv").exit_code == 0
    assert len((tmp_path / "o.csv").read_text("utf-8-sig").splitlines()) == 1


def test_wrong_dates_and_blank_rows_are_counted_not_lost(tmp_path: Path) -> None:
    rows = [
        *_rows(),
        ["7", "乙", "", "昨天", "", "0", "0"],
        ["8", "丙", "青石巷烧烤店油烟扰民", "昨天", "油烟", "x", ""],
    ]
    letters = LetterTable(table(tmp_path / "a.csv", _HEADER, rows), {}, CHINA)
    assert len(list(letters.letters())) == 8
    assert (letters.reading.rows, letters.reading.blank, letters.reading.undated) == (8, 1, 1)
