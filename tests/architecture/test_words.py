"""The words: one Chinese label for each enum member, the same in the glossary, and none that looks like another."""

import importlib
import pkgutil
import re

import pytest

import models
from models.case import TRANSITIONS, CaseStatus
from models.database import ENUMS
from models.labels import LabelledEnum
from models.settings import Settings
from tests.architecture.source import ROOT
from tests.generate import CASE_STATES, SETTINGS, case_states, settings, stale

GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
# DESIGN.md section 4.
DESIGN_WORDS = {
    "submission": "来件",
    "channel": "渠道",
    "case": "工单",
    "case_number": "工单编号",
    "submitter": "诉求人",
    "appeal type": "诉求类型",
    "topic": "诉求类别",
    "triage": "人工分拣",
    "dispatch": "派单",
    "lead": "主办",
    "co_handling": "协办",
    "acknowledge": "签收",
    "accept": "受理",
    "return_case": "退单",
    "redispatch": "改派",
    "extension": "延期",
    "suspension": "挂起",
    "due_at": "办理时限",
    "overdue": "超期",
    "reminder": "催办",
    "supervision": "督办",
    "reply": "答复",
    "complete": "办结",
    "callback": "回访",
    "satisfaction": "满意度",
    "rework": "重办",
    "reopen": "重启",
    "close": "归档",
    "merge": "并单",
    "issue": "热点问题",
    "heat": "热度",
    "on_time_completion_rate": "按时办结率",
    "response rate": "响应率",
    "resolution rate": "解决率",
    "satisfaction rate": "满意率",
    "first_dispatch_accuracy": "首派准确率",
    "working day": "工作日",
    "adjusted working day": "调休上班日",
}


def enums() -> list[type[LabelledEnum]]:
    loaded = [importlib.import_module(f"models.{m.name}") for m in pkgutil.iter_modules(models.__path__) if not m.ispkg]
    return [
        value
        for module in loaded
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, LabelledEnum)
        and value is not LabelledEnum
        and value.__module__ == module.__name__
    ]


def section(heading: str) -> dict[str, str]:
    """Word → Chinese of the table under a heading of the glossary; each line has a meaning."""
    [text] = re.findall(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", GLOSSARY, re.MULTILINE | re.DOTALL)
    rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \| ([^|]+) \|$", text, re.MULTILINE)
    assert all(meaning.strip().endswith(".") or ")" in meaning for _, _, meaning in rows)
    words = [word for word, _, _ in rows]
    assert len(words) == len(set(words)), heading
    return {word: chinese for word, chinese, _ in rows}


@pytest.mark.parametrize("enum", enums(), ids=lambda enum: enum.__name__)
def test_every_member_has_its_label_and_its_line_in_the_glossary(enum: type[LabelledEnum]) -> None:
    labels = {member.value: member.label for member in enum}
    assert all(re.search("[\u4e00-\u9fff]", label) for label in labels.values())
    assert len(set(labels.values())) == len(labels), "two members read alike"
    assert section(f"`{enum.__name__}`") == labels


def test_the_words_of_the_design_are_in_the_glossary() -> None:
    assert DESIGN_WORDS.items() <= section("The words").items()


def test_the_glossary_has_no_table_of_an_enum_that_is_gone() -> None:
    tables = set(re.findall(r"^## `(\w+)`", GLOSSARY, re.MULTILINE))
    assert tables == {enum.__name__ for enum in enums()}


def test_every_enum_that_the_database_knows_is_registered() -> None:
    """An unregistered one would come back as plain text and compare unequal to its member."""
    assert set(ENUMS.values()) <= set(enums())
    known_to_sql_only_as_text = {"CaseState", "Counting", "Displeasure", "GivenOn"}
    inside_json = {
        "Aspect",
        "CallOutcome",
        "Element",
        "EmptyRule",
        "FlawText",
        "MergeEvidence",
        "OrganisationKind",
        "PlaceKind",
        "ReplyFlaw",
        "ReplyLevel",
        "TopicLevel",
    }
    unregistered = {e.__name__ for e in enums()} - {e.__name__ for e in ENUMS.values()}
    assert unregistered == known_to_sql_only_as_text | inside_json


def test_every_status_has_its_moves() -> None:
    assert set(TRANSITIONS) == set(CaseStatus)


def test_the_generated_documents_are_those_of_the_program() -> None:
    assert stale(CASE_STATES, case_states()) == "", "run `make generate`"
    assert stale(SETTINGS, settings()) == "", "run `make generate`"


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not (field.description or "").endswith(".")] == []
