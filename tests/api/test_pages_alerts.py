"""The pages of alerts: lists, acts, settings; the number in the header; what each role may do."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from models.account import Account, Role
from models.alert import AlertSettings, EarlySign, RiskLevel
from models.database import Connection
from routing.alerts import alert_repository, alerts, delivery_repository
from routing.directory import Directory
from routing.issues import early_sign_repository
from tests import factories
from tests.api.html_page import Page
from tests.database.alert_rows import new_alert
from tests.factories import NOW, ZONE

SignIn = Callable[[Account], str]


def raise_(conn: Connection, key: str, submission_ids: list[int] | None = None, **given: object) -> int:
    new = new_alert(key=key, submission_ids=submission_ids or [], **given)
    found = alerts.raise_alert(conn, new, AlertSettings(), actor="test", now=NOW, zone=ZONE)
    conn.commit()
    return found.id


@pytest.fixture
def counted(city_conn: Connection, directory: Directory) -> list[int]:
    return [factories.case(city_conn, directory, lead=lead).submission_id for lead in ("zjj", "lyj", "lyj")]


def test_the_list_leads_to_the_rows(
    client: TestClient, city_conn: Connection, sign_in: SignIn, counted: list[int]
) -> None:
    alert_id = raise_(city_conn, "page:1", counted, title="苗头：桂香街道路灯")
    sign_in(factories.account(city_conn, Role.LEADER))
    page = Page(client.get("/alerts").text)
    assert {f"/alerts/{alert_id}", f"/submissions?alert_id={alert_id}"} <= set(page.links)
    assert "3件来件" in page.words
    rows = Page(client.get(f"/submissions?alert_id={alert_id}").text)
    assert "3件" in rows.words
    cases = Page(client.get(f"/cases?alert_id={alert_id}").text)
    assert f"预警：{alert_id}" in cases.words, "a chip that can be taken away"


def test_known_by_a_click_and_back_to_the_list(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    alert_id = raise_(city_conn, "page:2")
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    [form] = [f for f in Page(client.get("/alerts").text).forms if f.action == f"/alerts/{alert_id}/acknowledge"]
    answer = client.post(form.action, data=form.data())
    assert str(answer.url).endswith("/alerts?done=acknowledge")
    assert "已记下您已知悉" in answer.text
    assert f"/alerts/{alert_id}/acknowledge" not in answer.text
    again = client.post(form.action, data=form.data())
    assert again.status_code == 409
    page = Page(client.get(f"/alerts/{alert_id}").text)
    assert "测试派单员已知悉" in page.words
    [wake] = [f for f in page.forms if f.action.endswith("/wake")]
    assert "已恢复提醒" in client.post(wake.action, data=wake.data()).text


def test_put_off_until_tomorrow(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    alert_id = raise_(city_conn, "page:3")
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    [form] = [f for f in Page(client.get(f"/alerts/{alert_id}").text).forms if f.action.endswith("/snooze")]
    assert client.post(form.action, data=form.data(until="9999")).status_code == 422
    assert client.post(form.action, data=form.data(until="")).status_code == 422
    assert "暂缓到11-24 08:00" in Page(client.post(form.action, data=form.data(until="tomorrow")).text).words


def test_an_officer_sees_and_does_not_act(
    client: TestClient, city_conn: Connection, sign_in: SignIn, counted: list[int]
) -> None:
    own = raise_(city_conn, "page:4", counted)
    other = raise_(city_conn, "page:5")
    csrf = sign_in(factories.account(city_conn, department="zjj"))
    page = Page(client.get("/alerts").text)
    assert f"/alerts/{own}" in page.links
    assert f"/alerts/{other}" not in page.links
    assert f"/cases?alert_id={own}" in page.links
    assert "1件本单位工单" in page.words
    assert not [f for f in page.forms if f.action.startswith("/alerts/")]
    assert client.get(f"/alerts/{other}").status_code == 404
    act = {"csrf": csrf, "version": "1"}
    assert client.post(f"/alerts/{own}/acknowledge", data=act).status_code == 403
    assert client.post(f"/alerts/{other}/acknowledge", data=act).status_code == 404
    for path in ("/alerts/settings", "/trends"):
        assert client.get(path).status_code == 403


def test_the_header_counts_what_is_open(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    leader = factories.account(city_conn, Role.LEADER)
    sign_in(leader)

    def counted() -> str:
        text = str(client.get("/overview").text)
        return text.split("data-open-alerts", 1)[1].split("</span>", 1)[0].split(">", 1)[1]

    before = counted()
    alert_id = raise_(city_conn, "page:6")
    assert int(counted()) == int(before) + 1
    alerts.acknowledge(city_conn, alert_repository.get_alert(city_conn, alert_id), leader, now=NOW)
    city_conn.commit()
    assert counted() == before


def test_filters_and_nonsense(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    red = raise_(city_conn, "page:7", severity=RiskLevel.RED)
    sign_in(factories.account(city_conn, Role.LEADER))
    assert f"/alerts/{red}" in Page(client.get("/alerts?severity=red&kind=level").text).links
    assert f"/alerts/{red}" not in Page(client.get("/alerts?severity=blue").text).links
    assert f"/alerts/{red}" not in Page(client.get("/alerts?state=known").text).links
    for query in ("state=x", "severity=x", "kind=x", "issue_id=x"):
        assert client.get(f"/alerts?{query}").status_code == 422
    assert client.post(f"/alerts/{red}/nonsense", data={"csrf": "x"}).status_code == 403


def test_quiet_hours_are_a_row(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    [form] = [f for f in Page(client.get("/alerts/settings").text).forms if f.action == "/alerts/settings"]
    refused = client.post(form.action, data=form.data(quiet_from="25:00", three_cases="1"))
    assert refused.status_code == 422
    assert "应为时间，如 22:00" in refused.text
    assert "应为2至100的整数" in refused.text
    assert "设置已保存" in client.post(form.action, data=form.data(quiet_from="21:30", three_cases="4")).text
    stored = alert_repository.get_alert_settings(city_conn)
    city_conn.commit()
    assert (f"{stored.quiet_from:%H:%M}", stored.three_cases, stored.refractory_hours) == ("21:30", 4, 72)


def test_thresholds_are_rows(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.ADMINISTRATOR))
    [form] = [f for f in Page(client.get("/alerts/settings").text).forms if f.action.endswith("/thresholds")]
    places, values = form.values["place"], list(form.values["at_least"])
    assert len(places) == len(values) == len(EarlySign) * len(RiskLevel)

    def send(**changes: str) -> tuple[int, str]:
        sent = [changes.get(place.replace(":", "_"), value) for place, value in zip(places, values, strict=True)]
        answer = client.post(form.action, data=form.values | {"at_least": sent})
        return answer.status_code, answer.text

    assert send(growth_red="many")[0] == 422
    assert "级别越高，标准应越高" in send(growth_red="1")[1]
    assert "标准已保存" in send(growth_red="", negative_share_orange="0.9")[1]
    stored = {(t.sign, t.level): t.at_least for t in early_sign_repository.list_thresholds(city_conn)}
    city_conn.commit()
    assert (EarlySign.GROWTH, RiskLevel.RED) not in stored
    assert stored[EarlySign.NEGATIVE_SHARE, RiskLevel.ORANGE] == 0.9


def test_only_an_administrator_says_where_alerts_go(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    csrf = sign_in(factories.account(city_conn, Role.SUPERVISOR))
    assert "推送到哪里" not in client.get("/alerts/settings").text
    channel = {
        "csrf": csrf, "kind": "webhook", "name": "值班群", "shape": "wecom", "least_severity": "yellow",
        "address": "https://robot.example.cn/send?key=geheim", "secret": "",
    }  # fmt: skip
    assert client.post("/alerts/settings/channels", data=channel).status_code == 403
    channel["csrf"] = sign_in(factories.account(city_conn, Role.ADMINISTRATOR))
    bad = client.post("/alerts/settings/channels", data=channel | {"address": "http://10.0.0.1/"})
    assert (bad.status_code, "应以 https:// 开头" in bad.text) == (422, True)
    added = client.post("/alerts/settings/channels", data=channel)
    assert "推送地址已保存" in added.text
    assert "https://robot.example.cn" in added.text
    assert "geheim" not in added.text
    [stored] = [c for c in delivery_repository.list_channels(city_conn) if c.name == "值班群"]
    city_conn.commit()
    off = {"csrf": channel["csrf"], "active": "0"}
    assert client.post(f"/alerts/settings/channels/{stored.id}/active", data=off).status_code == 200
    [stored] = [c for c in delivery_repository.list_channels(city_conn) if c.name == "值班群"]
    assert not stored.active


@pytest.mark.parametrize(
    "path", ["/alerts", "/alerts?state=", "/alerts/settings", "/trends", "/trends?days=30&unit=day"]
)
def test_pages_are_whole(client: TestClient, city_conn: Connection, sign_in: SignIn, path: str) -> None:
    raise_(city_conn, f"page:{path}")
    sign_in(factories.account(city_conn, Role.ADMINISTRATOR))
    answer = client.get(path)
    page = Page(answer.text)
    assert answer.status_code == 200
    assert len(page.headings) == 1
    assert (page.unlabelled, page.handlers, page.inline_scripts) == ([], [], 0)
    assert len(page.ids) == len(set(page.ids))


def test_a_trend_page_refuses_nonsense(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.LEADER))
    for query in ("days=7", "unit=year", "channel=x"):
        assert client.get(f"/trends?{query}").status_code == 422
