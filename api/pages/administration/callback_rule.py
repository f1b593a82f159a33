"""What the form of the callback rule sends, and the version that it means."""

from dataclasses import replace
from math import isfinite
from typing import Annotated

from fastapi import Form

from models.analysis import AppealType
from models.callback import CallbackDraw, CallbackRule
from models.errors import Invalid

# The longest limit that makes sense: a year of working days.
_MOST = {"clock_days": 250, "window_days": 250, "archive_days": 250, "attempts": 20}


class RuleFields(dict[str, str]):
    """As typed: percents and days by name, `share_<kind>` empty where the general share holds."""


def read_rule(
    share: Annotated[str, Form()] = "",
    share_consult: Annotated[str, Form()] = "",
    share_help: Annotated[str, Form()] = "",
    share_complain: Annotated[str, Form()] = "",
    share_report: Annotated[str, Form()] = "",
    share_suggest: Annotated[str, Form()] = "",
    share_praise: Annotated[str, Form()] = "",
    share_other: Annotated[str, Form()] = "",
    always: Annotated[list[str] | None, Form()] = None,
    clock_days: Annotated[str, Form()] = "",
    window_days: Annotated[str, Form()] = "",
    archive_days: Annotated[str, Form()] = "",
    attempts: Annotated[str, Form()] = "",
    basically_counts: Annotated[str, Form()] = "",
) -> RuleFields:
    return RuleFields(
        share=share,
        share_consult=share_consult,
        share_help=share_help,
        share_complain=share_complain,
        share_report=share_report,
        share_suggest=share_suggest,
        share_praise=share_praise,
        share_other=share_other,
        always=",".join(always or ()),
        clock_days=clock_days,
        window_days=window_days,
        archive_days=archive_days,
        attempts=attempts,
        basically_counts=basically_counts,
    )


def rule_of(given: RuleFields, default: CallbackRule) -> CallbackRule:
    """`default` with what was typed. Raises `Invalid` with the fields to correct."""
    wrong: dict[str, str] = {}

    def percent(name: str) -> float:
        try:
            value = float(given[name].strip().rstrip("%％"))
        except ValueError:
            value = -1
        if not (isfinite(value) and 0 <= value <= 100):
            wrong[name] = "请填写0到100"
        return value / 100

    def number(name: str) -> int:
        text = given[name].strip()
        value = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
        if not 1 <= value <= _MOST[name]:
            wrong[name] = f"请填写1到{_MOST[name]}"
        return value

    shares = {kind: percent(f"share_{kind.value}") for kind in AppealType if given[f"share_{kind.value}"].strip()}
    names = [name for name in given["always"].split(",") if name]
    if not set(names) <= set(CallbackDraw):
        wrong["always"] = "请从列表中选择"
    rule = replace(
        default,
        share=percent("share"),
        shares=shares,
        always=tuple(CallbackDraw(name) for name in names if name in set(CallbackDraw)),
        clock_days=number("clock_days"),
        window_days=number("window_days"),
        archive_days=number("archive_days"),
        attempts=number("attempts"),
        basically_counts=bool(given["basically_counts"]),
    )
    if wrong:
        raise Invalid("有几处需要修改。", wrong)
    return rule
