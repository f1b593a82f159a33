"""Templates become answers: one Jinja environment, the filters in which people read dates, counts and states."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from html import escape
from importlib.resources import files
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, Template, pass_context
from jinja2.runtime import Context

from api.pages.cases.case_wording import Badge, outcome_of, person_of, state_of, time_left
from api.pages.cases.explanation_wording import likeness_word
from api.pages.navigation import navigation
from dashboards.formats import format_count, format_moment, format_rate
from models.account import Session
from models.labels import LabelledEnum
from routing.clocks.casework_rules import DEFAULT_AMBER


def render(request: Request, template: str, *, status_code: int = 200, **context: Any) -> HTMLResponse:
    """The page. `session` and `city` come from the request where a dependency of api/pages/staff.py or
    api/pages/city.py put them there; a page without them still renders (the database may be down)."""
    runtime = request.app.state.runtime
    session: Session | None = getattr(request.state, "session", None)
    values = {
        "request": request,
        "now": runtime.now(),
        "zone": runtime.settings.zone,
        "city": getattr(request.state, "city", None),
        "session": session,
        "bell": getattr(request.state, "bell", None),
        "approvals": getattr(request.state, "approvals", 0),
        "marks": getattr(request.state, "marks", None),
        "amber": getattr(request.state, "amber", None),
        "navigation": navigation(session.account.role if session else None, request.url.path),
    }
    html = _environment().get_template(template).render(values | context)
    return HTMLResponse(html, status_code=status_code)


def page_template(name: str) -> Template:
    """For a page that no request asks for: with the filters of all pages, without their context."""
    return _environment().get_template(name)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "badge": _badge,
        "day": _day,
        "moment": _moment,
        "clock": _clock,
        "count": format_count,
        "rate": format_rate,
        "percent": _percent,
        "percent_up": _percent_up,
        "likeness": likeness_word,
        "label": _label,
        "person": person_of,
        "time_left": _time_left,
        "state": state_of,
        "outcome": outcome_of,
    }
    environment.globals |= {
        "asset": _asset,
        "icon_svg": _icon_svg,
        "badge_span": _badge_span,
        "option_tags": _option_tags,
        "number_rows": _number_rows,
    }
    return environment


@cache
def _asset(name: str) -> str:
    """The address of a static file; changes with its content, so that browsers never mix two versions."""
    digest = hashlib.sha256((files("api") / "static" / name).read_bytes()).hexdigest()
    return f"/static/{name}?v={digest[:10]}"


class _Html(str):
    """Text that is HTML already."""

    def __html__(self) -> str:
        return self


@cache
def _icon_svg(name: str) -> _Html:
    href = f"{_asset('icons.svg')}#{escape(name)}"
    return _Html(f'<svg class="icon" aria-hidden="true" focusable="false"><use href="{href}"></use></svg>')


@lru_cache(maxsize=4096)
def _badge_span(tone: str, icon: str, word: str) -> _Html:
    """A list shows hundreds, most of them alike."""
    return _Html(f'<span class="badge badge--{escape(tone)}">{_icon_svg(icon)}{escape(word)}</span>')


def _badge(badge: Badge) -> _Html:
    """As the macro of the same name, which takes longer to call than to fill."""
    return _badge_span(badge.tone, badge.icon, badge.word)


def _option_tags(options: Iterable[tuple[Any, Any]], value: Any) -> _Html:
    """Of a select: (value, label) pairs, or groups (label, [(value, label), …]). Those in tuples throughout are put
    together once: a filter form has hundreds on every page."""
    if not isinstance(options, tuple):
        return _tags(options, value)
    chosen = f'<option value="{escape(str(value))}"'
    return _Html(_same_tags(options).replace(f"{chosen}>", f"{chosen} selected>", 1))


@lru_cache(maxsize=64)
def _same_tags(options: tuple[tuple[Any, Any], ...]) -> _Html:
    return _tags(options, None)


def _tags(options: Iterable[tuple[Any, Any]], value: Any) -> _Html:
    tags: list[str] = []
    for key, text in options:
        if isinstance(text, str):
            chosen = " selected" if key == value else ""
            tags.append(f'<option value="{escape(str(key))}"{chosen}>{escape(text)}</option>')
        else:
            tags += (f'<optgroup label="{escape(str(key))}">', _tags(text, value), "</optgroup>")
    return _Html("".join(tags))


def _number_rows(rows: Iterable[Sequence[Any]]) -> _Html:
    """Rows of the table behind a picture, of cells with a text and an address or none: eight pictures have a thousand
    of them. The first of a row is its name."""
    parts: list[str] = []
    for first, *cells in rows:
        parts.append(f'<tr><th scope="row">{escape(first.text)}</th>')
        for cell in cells:
            text = escape(cell.text)
            parts.append(
                f'<td class="number"><a href="{escape(cell.href)}">{text}</a></td>'
                if cell.href
                else f'<td class="number">{text}</td>'
            )
        parts.append("</tr>")
    return _Html("".join(parts))


@pass_context
def _day(context: Context, value: datetime | date | None) -> str:
    """For citizens: 2026年11月23日."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(_zone(context)).date()
    return f"{value.year}年{value.month}月{value.day}日"


@pass_context
def _moment(context: Context, value: datetime | None) -> str:
    """For staff: 11-23 14:05."""
    return format_moment(value, now=context["now"], zone=_zone(context)) if value else "—"


@pass_context
def _clock(context: Context, value: datetime) -> str:
    """For citizens, beside a day: 14:05."""
    return f"{value.astimezone(_zone(context)):%H:%M}"


@pass_context
def _time_left(context: Context, case: Any) -> Any:
    amber = context.get("amber") or DEFAULT_AMBER
    return time_left(case, now=context["now"], zone=_zone(context), amber=amber.complete)


def _percent(value: float) -> str:
    """Nothing is said to be certain that is not: 99.7% is no 100%."""
    return "99%" if 0.99 < value < 1 else f"{value:.0%}"


def _percent_up(value: float) -> str:
    """For what is asked: 88% where 87.2% would not be enough to read."""
    return f"{ceil(value * 100 - 1e-9)}%"


def _label(value: LabelledEnum | None) -> str:
    return value.label if value else "—"


def _zone(context: Context) -> ZoneInfo:
    zone: ZoneInfo = context["zone"]
    return zone
