"""Templates of replies: fields filled in, unknown ones named, who may change which."""

from dataclasses import replace
from datetime import date
from importlib.resources import files
from types import SimpleNamespace
from typing import Any, cast

import pytest
import yaml

from api.city_setup import sample_city
from models.account import Account, Role
from models.analysis import AppealType
from models.case import Case, CaseAction
from models.errors import Invalid
from routing.directory import Directory
from routing.replies.reply_templates import (
    FIELDS,
    Filling,
    can_edit,
    check_template,
    fill,
    preview,
    salutation,
    unknown_fields,
)
from tests.factories import NOW, ZONE


class _Directory:
    city = SimpleNamespace(name="青崖市")

    def department_name(self, unit: str | None) -> str:
        return {"zjj": "青崖市住房和城乡建设局"}.get(unit or "", "")

    def topic_name(self, code: str | None) -> str:
        return "路灯照明" if code else ""


DIRECTORY = cast(Directory, _Directory())


def filling(**changes: Any) -> Filling:
    case = SimpleNamespace(
        case_number="20261123-0000018",
        title="路灯不亮",
        lead_department_id="zjj",
        topic_code="T0402",
        appeal_type=AppealType.HELP,
        submitted_at=NOW,
        due_date=date(2026, 12, 2),
    )
    given = Filling(
        case=cast(Case, case), directory=DIRECTORY, department_id=None, submitter_name="", now=NOW, zone=ZONE
    )
    return replace(given, **changes)


def test_each_field_is_filled_in_and_in_the_preview() -> None:
    body = "，".join(f"{{{{{name}}}}}" for name in FIELDS)
    filled = fill(body, filling())
    assert filled == (
        "市民朋友，20261123-0000018，路灯不亮，青崖市住房和城乡建设局，路灯照明，求助，2026年11月23日，2026年12月2日，"
        "2026年11月23日，青崖市"
    )
    shown, unknown = preview(body, DIRECTORY, "zjj", NOW, ZONE)
    assert "{{" not in shown and unknown == []


def test_spaces_inside_the_brackets_do_not_matter_and_a_case_without_a_limit_says_so() -> None:
    without = filling(case=cast(Case, SimpleNamespace(**vars(filling().case) | {"due_date": None, "topic_code": None})))
    assert fill("{{ 办理时限 }}；{{类别}}", without) == "（尚未定下时限）；所反映事项"


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("没有字段", []),
        ("{{今天}}和{{ 今天 }}", []),
        ("{{诉求人姓名}}", ["{{诉求人姓名}}"]),
        ("{{}}", ["{{}}"]),
        ("{{今天", ["{{"]),
        ("今天}}，{{今天}}", ["}}"]),
        ("{{{今天}}}", []),  # a bracket too many beside a field is a bracket
        ("{{" * 3, ["{{"]),
    ],
)
def test_what_is_no_field_is_named(text: str, unknown: list[str]) -> None:
    assert unknown_fields(text) == unknown


def test_many_brackets_are_read_in_a_moment() -> None:
    assert unknown_fields("{{" * 25_000) == ["{{"]
    assert fill("{{今天" * 10_000, filling()).count("{{") == 10_000


def test_a_template_needs_a_title_a_text_and_a_purpose() -> None:
    assert check_template(" 名 ", " 文 ", CaseAction.REPLY) == ("名", "文")
    with pytest.raises(Invalid) as refused:
        check_template("", "长" * 3001, CaseAction.CLOSE)
    assert set(refused.value.fields) == {"title", "body", "action"}


@pytest.mark.parametrize(
    ("role", "own", "owner", "may"),
    [
        (Role.ADMINISTRATOR, None, None, True),
        (Role.ADMINISTRATOR, None, "zjj", True),
        (Role.OFFICER, "zjj", "zjj", True),
        (Role.OFFICER, "zjj", "swj", False),
        (Role.OFFICER, "zjj", None, False),
        (Role.SUPERVISOR, "zjj", "zjj", True),
        (Role.SUPERVISOR, None, None, False),
        (Role.DISPATCHER, "zjj", "zjj", False),
        (Role.LEADER, "zjj", "zjj", False),
    ],
)
def test_who_changes_which(role: Role, own: str | None, owner: str | None, may: bool) -> None:
    account = Account(id=1, username="a", display_name="a", role=role, department_id=own, active=True)
    assert can_edit(account, owner) is may


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("李向阳", "李先生/女士"),
        ("欧阳明远", "欧阳先生/女士"),
        ("", "市民朋友"),
        ("某某公司", "市民朋友"),
        ("x", "市民朋友"),
    ],
)
def test_people_are_addressed_by_their_surname(name: str, said: str) -> None:
    assert salutation(name) == said


def test_the_templates_of_the_sample_city_are_whole() -> None:
    text = (files("api") / "sample_city" / "reply_templates.yaml").read_text(encoding="utf-8")
    units = {department.id for department in sample_city().departments}
    rows = yaml.safe_load(text)
    assert len(rows) >= 5 and {row.get("unit") for row in rows} - {None} <= units
    for row in rows:
        check_template(row["title"], row["body"], CaseAction(row["action"]))
        assert not set(row) - {"title", "body", "action", "unit", "topic"}
