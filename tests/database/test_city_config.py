"""A city's directory as a document: what is exported applies as it is, thresholds and alert settings included."""

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from api.city_config import apply_config, export_config, read_config
from models.alert import EarlySign, RiskLevel
from models.case import CaseAction
from models.database import Connection
from models.errors import Invalid
from models.reply_draft import ReviewNeed, TemplateText
from routing.alerts import alert_repository
from routing.casework.casework_repository import get_rules, set_rules
from routing.clocks.casework_rules import CaseworkRules, Limit
from routing.clocks.deadlines import ClockUnit
from routing.directory_repository import get_city
from routing.issues import early_sign_repository
from routing.replies import draft_repository, reply_template_repository
from tests import factories
from tests.factories import NOW


@pytest.fixture
def document(conn: Connection, tmp_path: Path) -> Path:
    factories.city(conn)
    path = tmp_path / "city.yaml"
    path.write_text(export_config(conn), encoding="utf-8")
    return path


def apply(conn: Connection, path: Path) -> None:
    apply_config(conn, read_config(path), actor="test", now=NOW)


def test_what_is_exported_applies_and_exports_the_same(conn: Connection, document: Path) -> None:
    before = early_sign_repository.list_thresholds(conn)
    changed = replace(alert_repository.get_alert_settings(conn), quiet_from=time(21, 30), three_cases=4)
    alert_repository.add_alert_settings(conn, changed, actor="test", now=NOW)
    document.write_text(export_config(conn), encoding="utf-8")
    apply(conn, document)
    assert export_config(conn) == document.read_text(encoding="utf-8")
    assert early_sign_repository.list_thresholds(conn) == before
    assert alert_repository.get_alert_settings(conn) == changed


def test_thresholds_are_replaced_as_a_whole(conn: Connection, document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    head = text[: text.index("early_signs:")]
    document.write_text(f"{head}early_signs:\n- {{sign: growth, red: 9.5}}\n", encoding="utf-8")
    apply(conn, document)
    [only] = early_sign_repository.list_thresholds(conn)
    assert (only.sign, only.level, only.at_least) == (EarlySign.GROWTH, RiskLevel.RED, 9.5)


def test_a_document_without_them_leaves_them(conn: Connection, document: Path) -> None:
    before = early_sign_repository.list_thresholds(conn)
    text = document.read_text(encoding="utf-8")
    document.write_text(text[: text.index("early_signs:")], encoding="utf-8")
    apply(conn, document)
    assert early_sign_repository.list_thresholds(conn) == before


@pytest.mark.parametrize(
    "section", ["- {sign: growth, red: -1}", "- {sign: nonsense, red: 1}", "- {sign: growth}\n- {sign: growth}"]
)
def test_nonsense_is_refused(conn: Connection, document: Path, section: str) -> None:
    text = document.read_text(encoding="utf-8")
    document.write_text(f"{text[: text.index('early_signs:')]}early_signs:\n{section}\n", encoding="utf-8")
    with pytest.raises(Invalid):
        apply(conn, document)


def test_limits_of_casework_go_out_and_in(conn: Connection, document: Path) -> None:
    profile = get_city(conn).deadline_profile
    rules = CaseworkRules(
        acknowledge=Limit(n=4, unit=ClockUnit.HOURS),
        contact=None,
        extension_times=2,
        extension_days=5,
        suspension_times=0,
        suspension_days=0,
    )
    set_rules(conn, profile, rules, actor="test")
    document.write_text(export_config(conn), encoding="utf-8")
    set_rules(conn, profile, CaseworkRules(), actor="test")
    apply(conn, document)
    assert get_rules(conn, profile) == rules
    broken = document.read_text(encoding="utf-8").replace("n: 4", "n: 0")
    document.write_text(broken, encoding="utf-8")
    with pytest.raises(Invalid):
        apply(conn, document)


def test_review_rules_and_templates_go_with_it(conn: Connection, document: Path) -> None:
    draft_repository.set_need(conn, None, ReviewNeed.PUBLIC, actor="test", now=NOW)
    draft_repository.set_need(conn, "zjj", ReviewNeed.ALL, actor="test", now=NOW)
    words = TemplateText(topic_code="T0402", action=CaseAction.COMPLETE, title="路灯已修复", body="{{今天}}已修好。")
    kept = reply_template_repository.add_template(conn, words, department_id="zjj", actor="test", now=NOW)
    document.write_text(export_config(conn), encoding="utf-8")
    # what was changed meanwhile is as the document says again; what the document does not know stays
    draft_repository.set_need(conn, "zjj", None, actor="test", now=NOW)
    draft_repository.set_need(conn, "swj", ReviewNeed.ALL, actor="test", now=NOW)
    changed, other = replace(words, body="另一句话。"), replace(words, title="水管已修复")
    reply_template_repository.change_template(conn, kept, changed, active=False, actor="test", now=NOW)
    reply_template_repository.add_template(conn, other, department_id=None, actor="test", now=NOW)
    apply(conn, document)
    assert draft_repository.needs_by_unit(conn) == {None: ReviewNeed.PUBLIC, "zjj": ReviewNeed.ALL}
    stored = {t.title: t for t in reply_template_repository.list_templates(conn, None, everything=True)}
    assert (stored["路灯已修复"].body, stored["路灯已修复"].active, stored["路灯已修复"].id) == (
        words.body,
        True,
        kept.id,
    )
    assert "水管已修复" in stored
    text = document.read_text(encoding="utf-8")
    document.write_text(text.replace("{{今天}}", "{{明年}}"), encoding="utf-8")
    with pytest.raises(Invalid):
        apply(conn, document)
