"""Who is told, in which words, when: without a database."""

from datetime import datetime, time

import pytest

from models.errors import Invalid
from models.notification import NotificationKind, NotificationMedium
from routing.notifications import (
    MAX_BODY,
    MAX_SUBJECT,
    OWN_TEMPLATES,
    after_quiet,
    check_template,
    fill,
    read_address,
    unknown_fields,
)
from tests.factories import ZONE


@pytest.mark.parametrize(
    ("contact", "medium", "value", "shown"),
    [
        ("13800138000", NotificationMedium.SMS, "13800138000", "138****8000"),
        ("电话：+86 138-0013-8000（晚上）", NotificationMedium.SMS, "13800138000", "138****8000"),
        (
            "我的邮箱 a.b@mail.example.cn，电话13800138000",
            NotificationMedium.EMAIL,
            "a.b@mail.example.cn",
            "a***@mail.example.cn",
        ),
    ],
)
def test_an_address_is_read_from_what_people_write(
    contact: str, medium: NotificationMedium, value: str, shown: str
) -> None:
    found = read_address(contact)
    assert found is not None and (found.medium, found.value, found.shown) == (medium, value, shown)


@pytest.mark.parametrize("contact", ["", "见面谈", "0826-2345678", "113800138000", "138001380001", "a@b"])
def test_what_is_none_is_none(contact: str) -> None:
    assert read_address(contact) is None


def test_every_kind_has_words_that_pass_their_own_check() -> None:
    assert set(OWN_TEMPLATES) == set(NotificationKind)
    for subject, body in OWN_TEMPLATES.values():
        assert check_template(subject, body) == (subject, body)


def test_words_with_unknown_fields_or_too_many_are_refused() -> None:
    assert unknown_fields("{{编号}}{{ 姓名 }}{{") == ["{{姓名}}", "{{"]
    with pytest.raises(Invalid) as refused:
        check_template("题" * (MAX_SUBJECT + 1), "{{标题}}")
    assert set(refused.value.fields) == {"subject", "body"}
    with pytest.raises(Invalid):
        check_template("题", "字" * (MAX_BODY + 1))


def test_a_value_that_looks_like_a_field_is_not_filled_again() -> None:
    assert fill("{{原因}}", {"原因": "{{编号}}", "编号": "1"}) == "{{编号}}"


@pytest.mark.parametrize(
    ("now", "quiet", "then"),
    [
        ("2026-11-23T20:59", ("21:00", "08:00"), "2026-11-23T20:59"),
        ("2026-11-23T21:00", ("21:00", "08:00"), "2026-11-24T08:00"),
        ("2026-11-24T07:59", ("21:00", "08:00"), "2026-11-24T08:00"),
        ("2026-11-24T08:00", ("21:00", "08:00"), "2026-11-24T08:00"),
        ("2026-11-24T12:30", ("12:00", "14:00"), "2026-11-24T14:00"),
        ("2026-11-24T12:30", ("12:00", "12:00"), "2026-11-24T12:30"),
    ],
)
def test_the_quiet_hours_may_span_midnight(now: str, quiet: tuple[str, str], then: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=ZONE)
    found = after_quiet(at, time.fromisoformat(quiet[0]), time.fromisoformat(quiet[1]), ZONE)
    assert found == datetime.fromisoformat(then).replace(tzinfo=ZONE)
