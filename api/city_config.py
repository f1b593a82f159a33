"""The city's directory as a YAML document: exported, compared, applied as a whole."""

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.account_repository import add_administration_event
from api.config_replies import (
    ReviewSection,
    TemplateSection,
    apply_reviews,
    apply_templates,
    check_replies,
    export_reviews,
    export_templates,
)
from models.alert import AlertSettings, EarlySign, RiskLevel, Threshold
from models.analysis import AppealType
from models.database import Connection
from models.department import Department, DispatchRule, Topic
from models.errors import Invalid
from models.region import Place, Region
from models.submission import Channel
from routing import directory_repository as rows
from routing.alerts import alert_repository
from routing.casework.casework_repository import get_rules, set_rules
from routing.clocks.casework_rules import CaseworkRules, Limit
from routing.clocks.deadlines import ClockUnit, DeadlineRule
from routing.directory import City
from routing.issues import early_sign_repository


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", from_attributes=True)


class CitySection(_Section):
    name: str
    region_code: str | None = None
    deadline_profile: str
    is_sample: bool = False


class RegionSection(_Section):
    code: str
    level: str
    name: str
    parent_code: str | None = None
    aliases: list[str] = []


class PlaceSection(_Section):
    name: str
    kind: str
    region_code: str


class DepartmentSection(_Section):
    id: str
    duty: str
    name: str
    short_name: str
    kind: str
    region_code: str | None = None
    aliases: list[str] = []
    active: bool = True


class TopicSection(_Section):
    code: str
    name: str
    parent_code: str | None = None
    lead_duty: str | None = None
    co_duties: list[str] = []
    cues: list[str] = []
    urgent: bool = False
    confidential: bool = False


class DispatchRuleSection(_Section):
    priority: int = 100
    topic_code: str | None = None
    appeal_type: AppealType | None = None
    region_code: str | None = None
    channel: Channel | None = None
    lead_duty: str
    co_duties: list[str] = []
    min_confidence: float = Field(ge=0, le=1)
    note: str = ""
    active: bool = True


class DeadlineSection(_Section):
    appeal_type: AppealType
    n: int = Field(gt=0)
    unit: ClockUnit


class LimitSection(_Section):
    n: int = Field(gt=0, le=400)
    unit: ClockUnit = ClockUnit.WORKING_DAYS


class CaseworkSection(_Section):
    """Limits beside the completion of a case; one that is left out does not exist, 0 times: not allowed."""

    acknowledge: LimitSection | None = None
    contact: LimitSection | None = None
    return_within: LimitSection | None = None
    extension_times: int = Field(0, ge=0, le=20)
    extension_days: int = Field(0, ge=0, le=400)
    suspension_times: int = Field(0, ge=0, le=20)
    suspension_days: int = Field(0, ge=0, le=400)


class ThresholdSection(_Section):
    """From which value on an early sign reaches a level; at least one level."""

    sign: EarlySign
    blue: float | None = Field(None, gt=0)
    yellow: float | None = Field(None, gt=0)
    orange: float | None = Field(None, gt=0)
    red: float | None = Field(None, gt=0)


class AlertSection(_Section):
    """When an alert is raised and when it may disturb; the defaults are those of a new city."""

    refractory_hours: int = Field(72, ge=1, le=720)
    quiet_from: time = time(22)
    quiet_to: time = time(7)
    least_persons: int = Field(3, ge=1)
    false_alarms: float = Field(0.5, gt=0)
    alert_from: RiskLevel = RiskLevel.YELLOW
    three_cases: int = Field(3, ge=2)
    three_days: int = Field(3, ge=1)


class CityConfig(_Section):
    """The whole document. Rows left out of `regions`, `departments`, `topics` and `reply_templates` stay (cases
    point to them; set a unit's or a template's `active: false`); `dispatch_rules` is replaced as a whole, `casework`,
    `early_signs`, `alerts` and `reply_reviews` where given. New limits hold from the next dispatch on: nobody's running
    clock changes."""

    city: CitySection
    regions: list[RegionSection]
    places: list[PlaceSection] = []
    departments: list[DepartmentSection]
    topics: list[TopicSection]
    dispatch_rules: list[DispatchRuleSection]
    deadlines: list[DeadlineSection]
    casework: CaseworkSection | None = None
    early_signs: list[ThresholdSection] | None = None
    alerts: AlertSection | None = None
    reply_reviews: list[ReviewSection] | None = None
    reply_templates: list[TemplateSection] | None = None

    def as_yaml(self) -> str:
        content = self.model_dump(mode="json", exclude_defaults=True)
        return str(yaml.dump(content, allow_unicode=True, sort_keys=False, width=120))


def read_config(path: Path) -> CityConfig:
    """Raises `Invalid` naming what is wrong in the file."""
    try:
        return CityConfig.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
    except OSError as error:
        raise Invalid(f"无法读取 {path}：{error.strerror}。") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise Invalid(f"{path} 不是有效的 YAML 文件。") from error
    except ValidationError as error:
        fields = {".".join(map(str, e["loc"])): e["msg"] for e in error.errors()[:20]}
        raise Invalid(f"{path} 的内容有误。", fields) from error


def export_config(conn: Connection) -> str:
    """The document that `apply_config` takes, in a stable order."""
    city = rows.get_city(conn)
    return CityConfig(
        city=CitySection.model_validate(city),
        regions=[RegionSection.model_validate(_lists(r)) for r in rows.list_regions(conn)],
        places=[PlaceSection.model_validate(p) for p in rows.list_places(conn)],
        departments=[DepartmentSection.model_validate(_lists(d)) for d in rows.list_departments(conn)],
        topics=[TopicSection.model_validate(_lists(t)) for t in rows.list_topics(conn)],
        dispatch_rules=[
            DispatchRuleSection.model_validate({k: v for k, v in _lists(r).items() if k != "id"})
            for r in rows.list_dispatch_rules(conn)
        ],
        deadlines=[
            DeadlineSection(appeal_type=d.appeal_type, n=d.n, unit=d.unit)
            for d in rows.list_deadline_rules(conn, city.deadline_profile)
        ],
        casework=CaseworkSection.model_validate(get_rules(conn, city.deadline_profile)),
        early_signs=_thresholds(early_sign_repository.list_thresholds(conn)),
        alerts=AlertSection.model_validate(alert_repository.get_alert_settings(conn)),
        reply_reviews=export_reviews(conn),
        reply_templates=export_templates(conn),
    ).as_yaml()


def apply_config(conn: Connection, config: CityConfig, *, actor: str, now: datetime) -> None:
    """Write the document. Raises `Invalid` where it contradicts itself; nothing is written then."""
    _check(config)
    rows.add_regions(
        conn, [Region(**_tuples(r)) for r in _parents_first(config.regions, "code", "parent_code")], actor=actor
    )
    rows.add_places(conn, [Place(**p.model_dump()) for p in config.places], actor=actor)
    rows.add_departments(conn, [Department(**_tuples(d)) for d in config.departments], actor=actor)
    rows.add_topics(
        conn, [Topic(**_tuples(t)) for t in _parents_first(config.topics, "code", "parent_code")], actor=actor
    )
    rows.replace_dispatch_rules(conn, [DispatchRule(id=0, **_tuples(r)) for r in config.dispatch_rules], actor=actor)
    profile = config.city.deadline_profile
    rows.add_deadline_rules(
        conn,
        [
            (DeadlineRule(profile=profile, appeal_type=d.appeal_type, n=d.n, unit=d.unit), "config")
            for d in config.deadlines
        ],
        actor=actor,
    )
    if config.casework is not None:
        set_rules(conn, profile, _casework(config.casework), source="config", actor=actor)
    rows.set_city(conn, City(**config.city.model_dump()), actor=actor)
    if config.early_signs is not None:
        early_sign_repository.replace_thresholds(conn, _rows_of(config.early_signs), actor=actor)
    if config.alerts is not None:
        settings = AlertSettings(**config.alerts.model_dump())
        if settings != alert_repository.get_alert_settings(conn):
            alert_repository.add_alert_settings(conn, settings, actor=actor, now=now)
    if config.reply_reviews is not None:
        apply_reviews(conn, config.reply_reviews, actor=actor, now=now)
    apply_templates(conn, config.reply_templates or [], actor=actor, now=now)
    add_administration_event(
        conn,
        action="reference.apply",
        actor=actor,
        now=now,
        payload={"city": config.city.name, "departments": len(config.departments), "rules": len(config.dispatch_rules)},
    )


def _casework(section: CaseworkSection) -> CaseworkRules:
    return CaseworkRules(
        acknowledge=_limit(section.acknowledge),
        contact=_limit(section.contact),
        return_within=_limit(section.return_within),
        extension_times=section.extension_times,
        extension_days=section.extension_days,
        suspension_times=section.suspension_times,
        suspension_days=section.suspension_days,
    )


def _limit(section: LimitSection | None) -> Limit | None:
    return Limit(n=section.n, unit=section.unit) if section else None


def _check(config: CityConfig) -> None:
    regions, topics = {r.code for r in config.regions}, {t.code for t in config.topics}
    duties = {d.duty for d in config.departments if d.active}
    units = {d.id for d in config.departments}
    problems = check_replies(config.reply_reviews, config.reply_templates, units, topics)
    signs = [section.sign for section in config.early_signs or ()]
    for sign in signs:
        if signs.count(sign) > 1:
            problems[f"early_signs {sign.value}"] = "同一项苗头只能写一次"
    for rule in config.dispatch_rules:
        where = f"dispatch_rules {rule.topic_code or '*'}"
        if rule.topic_code and rule.topic_code not in topics:
            problems[where] = "没有这个类别"
        if rule.region_code and rule.region_code not in regions:
            problems[where] = "没有这个区划"
    for name, items in (("departments", config.departments), ("places", config.places)):
        for item in items:
            if item.region_code and item.region_code not in regions:
                problems[f"{name} {item.name}"] = "没有这个区划"
    for kind in set(AppealType) - {d.appeal_type for d in config.deadlines}:
        problems[f"deadlines {kind.value}"] = f"缺少“{kind.label}”类的时限"
    if not duties:
        problems["departments"] = "没有在用的单位"
    if problems:
        raise Invalid("城市资料前后矛盾。", problems)


def _thresholds(stored: Sequence[Threshold]) -> list[ThresholdSection]:
    by_sign: dict[EarlySign, dict[str, float]] = {}
    for row in stored:
        by_sign.setdefault(row.sign, {})[row.level.value] = row.at_least
    return [ThresholdSection.model_validate({"sign": sign} | levels) for sign, levels in by_sign.items()]


def _rows_of(sections: Sequence[ThresholdSection]) -> list[Threshold]:
    return [
        Threshold(sign=section.sign, level=level, at_least=value)
        for section in sections
        for level in RiskLevel
        if (value := getattr(section, level.value)) is not None
    ]


def _parents_first(items: list[Any], key: str, parent: str) -> list[Any]:
    placed: set[str | None] = {None}
    rest, ordered = list(items), []
    while rest:
        ready = [item for item in rest if getattr(item, parent) in placed]
        if not ready:
            raise Invalid("上级编号不存在。", {getattr(rest[0], key): "没有这个上级"})
        ordered += ready
        placed |= {getattr(item, key) for item in ready}
        rest = [item for item in rest if getattr(item, key) not in placed]
    return ordered


def _lists(row: Any) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name in row.__dataclass_fields__
        for value in [getattr(row, name)]
    }


def _tuples(section: BaseModel) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in section.model_dump().items()}
