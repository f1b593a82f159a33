"""Which pages and searches are asked for, by whom, and how long does the answer take?"""

import http.client
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from urllib.parse import urlencode

from api.benchmarks.case_city import CaseCity
from api.dependencies import SESSION_COOKIE
from dashboards.lists.case_order import CaseSort, Place
from models.account import Role
from models.case import CaseStatus
from models.criteria import CaseState
from models.errors import Unavailable

# Of the words of our corpus, by how many of a million cases have them (shares of the corpus, four letters a case).
_COMMON, _MIDDLING, _RARE = (
    ("小区", "希望", "路口"),
    ("路灯", "噪音", "公交", "停车位"),
    ("樟木箱", "红旗", "祖屋", "养蜂"),
)
_TOGETHER = ("小区 停车", "路灯 希望", "公交 老人")
_USUAL_STATES = ("open", "overdue", "completed", "due", "on_time", "not_on_time")
_TABS = ("status=dispatched", "status=in_progress", "state=overdue", "state=completed")
_MORE = ("", "&state=open", "&state=completed", "&sort=submitted")
# Of `time_left`: the done cases that had a due time.
_DONE_RUN = 2
_PHRASES = ("“街道办事处”", "“请问”", "“路灯不亮”", "“小区门口”")


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: the token of the session and the one of its forms."""

    token: str
    csrf: str


@dataclass(frozen=True, slots=True)
class Ask:
    """What one person asks for; one address after the other. With `form` it is sent, and what it leads to is read."""

    name: str
    role: Role
    paths: tuple[str, ...]
    forms: tuple[dict[str, str], ...] = ()


def page_asks(city: CaseCity, now: datetime) -> list[Ask]:
    """Every list page in its usual states, every kind of search."""
    return [*_lists(city, now), *_unit_lists(city), *_searches_of(city)]


def _lists(city: CaseCity, now: datetime) -> list[Ask]:
    """The lists of the whole city, as its supervisor and its dispatcher see them."""
    all_ = Role.SUPERVISOR
    middle = Place(_DONE_RUN, now - timedelta(days=400), 1)
    return [
        Ask("全市清单", all_, ("/cases",)),
        Ask("全市清单，很后面的页", all_, (f"/cases?after={middle}", f"/cases?before={middle}")),
        Ask(
            "全市清单，其他排序", all_, tuple(f"/cases?sort={s.value}" for s in CaseSort if s is not CaseSort.RELEVANCE)
        ),
        Ask("全市清单，按情况", all_, tuple(f"/cases?state={state}" for state in _USUAL_STATES)),
        Ask(
            "全市清单，按记录",
            all_,
            tuple(f"/cases?state={s.value}" for s in CaseState if s.value not in _USUAL_STATES),
        ),
        Ask("全市清单，按状态", all_, tuple(f"/cases?status={status.value}" for status in CaseStatus)),
        Ask("全市清单，按类别", all_, tuple(f"/cases?topic={topic}" for topic in _spread(city.topics))),
        Ask("全市清单，按大类", all_, tuple(f"/cases?topic={topic}" for topic in sorted({t[:3] for t in city.topics}))),
        Ask("全市清单，按地区和情况", all_, tuple(f"/cases?region={r}&state=open" for r in _spread(city.regions))),
        Ask("全市清单，按主办单位", all_, tuple(f"/cases?department={city.unit}{more}" for more in _MORE)),
        Ask("全市清单，按承办单位", all_, tuple(f"/cases?unit={city.unit}{more}" for more in _MORE)),
        Ask(
            "全市清单，几个条件",
            all_,
            tuple(
                f"/cases?topic={topic}&{more}"
                for topic, more in product((city.topics[0], city.topics[-1]), _several(city, now))
            ),
        ),
        Ask("全市清单，并单", all_, ("/cases?counted=merged", "/cases?counted=all", "/cases?counted=parts")),
        Ask("到期看板", all_, ("/due-soon",)),
        Ask("人工分拣", Role.DISPATCHER, ("/triage",)),
        Ask("工单页", all_, tuple(f"/cases/{number}" for number in city.numbers)),
    ]


def _unit_lists(city: CaseCity) -> list[Ask]:
    officer = Role.OFFICER
    return [
        Ask("承办人员待办", officer, ("/desk",)),
        Ask("承办人员待办，各标签", officer, tuple(f"/desk?{tab}" for tab in _TABS)),
        Ask(
            "承办人员清单",
            officer,
            ("/cases", "/cases?sort=submitted", "/cases?state=open", f"/cases?topic={city.topics[3]}"),
        ),
    ]


def _searches_of(city: CaseCity) -> list[Ask]:
    all_, officer, dispatcher = Role.SUPERVISOR, Role.OFFICER, Role.DISPATCHER
    condition = [f"state=open&topic={city.topics[2]}", f"region={city.regions[5]}", "state=open", "sort=due"]
    return [
        Ask("搜索：常见词", all_, _searches(_COMMON)),
        Ask("搜索：较常见词", all_, _searches(_MIDDLING)),
        Ask("搜索：少见词", all_, _searches(_RARE)),
        Ask("搜索：两个词", all_, _searches(_TOGETHER)),
        Ask("搜索：原话", all_, _searches(_PHRASES)),
        Ask(
            "搜索：词加条件",
            all_,
            tuple(f"{path}&{more}" for path, more in product(_searches((*_COMMON, *_MIDDLING)), condition)),
        ),
        Ask("搜索：编号", all_, _searches(city.numbers[:10])),
        Ask("搜索：编号开头", all_, _searches(tuple(number[:8] for number in city.numbers[:10]))),
        Ask("搜索：本单位，常见词", officer, _searches(_COMMON)),
        Ask("搜索：本单位，少见词", officer, _searches(_RARE)),
        Ask("搜索：手机号", dispatcher, ("/cases/search",), tuple({"q": phone} for phone in city.phones)),
        Ask("接口：全文检索", all_, tuple(f"/api/v1{path}" for path in _searches(_MIDDLING))),
    ]


def _several(city: CaseCity, now: datetime) -> tuple[str, ...]:
    month = f"{now - timedelta(days=30):%Y-%m-%d}"
    return (
        f"region={city.regions[4]}&state=overdue",
        "appeal_type=complain&sentiment=negative&urgency=urgent",
        f"department={city.unit}&submitted_from={month}",
        f"channel=hotline&due_from={month}&state=completed",
    )


def answer_time(connection: http.client.HTTPConnection, person: Person, ask: Ask, number: int) -> float:
    """Milliseconds of one asking, to the last byte. Raises `Unavailable` where the answer is none."""
    began = time.perf_counter()
    path = ask.paths[number % len(ask.paths)]
    if ask.forms:
        form = urlencode({**ask.forms[number % len(ask.forms)], "csrf": person.csrf})
        status, path = request(connection, person, "POST", path, form)
        if status != 303:
            raise Unavailable(f"{ask.name}：{status}")
    status, _ = request(connection, person, "GET", path)
    if status != 200:
        raise Unavailable(f"{ask.name}：{path} {status}")
    return (time.perf_counter() - began) * 1000


def request(
    connection: http.client.HTTPConnection, person: Person, method: str, path: str, form: str | None = None
) -> tuple[int, str]:
    """The status, and where it leads to."""
    headers = {"Cookie": f"{SESSION_COOKIE}={person.token}"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    connection.request(method, path, body=form, headers=headers)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("location", "") or ""


def _searches(typed: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"/cases?{urlencode({'q': text})}" for text in typed)


def _spread(codes: Sequence[str]) -> list[str]:
    return [codes[len(codes) * part // 8] for part in range(8)]
