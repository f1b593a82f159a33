from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fastapi.testclient import TestClient

from models.account import Account, Role
from models.analysis import Analysis, AppealType, TopicSuggestion, Urgency
from models.case import AssignmentRole, CaseStatus
from models.database import Connection
from routing import case_repository
from routing.directory import Directory
from tests import factories
from tests.api.html_page import Page
from tests.factories import analysis, letter

SignIn = Callable[[Account], str]


def _unsure(**more: Any) -> Analysis:
    """Suggestions without enough confidence for the rules."""
    suggestions = (TopicSuggestion("T0402", 0.3, ("路灯",)), TopicSuggestion("T1001", 0.2, ("学校",)))
    return replace(analysis(topic="T0402", confidence=0.3), suggestions=suggestions, **more)


def test_one_click_dispatches_as_suggested_and_shows_the_next(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, says=_unsure(), new=letter(title="路灯不亮"))
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.get("/triage")
    assert "类别把握不足" in page.text and "把握 30%" in page.text
    suggested = [f for f in Page(page.text).forms if f.action == f"/cases/{case.case_number}/dispatch"]
    assert [form.values["topic_code"] for form in suggested] == [["T0402"], ["T1001"]]
    lead = suggested[1].values["lead"][0]
    assert directory.departments[lead].duty == directory.topics["T1001"].lead_duty
    assert directory.departments[lead].region_code == "990102"  # the county's unit, not the city's

    done = client.post(suggested[1].action, data=suggested[1].data())
    assert done.url.path == "/triage"
    assert f"已派给{directory.department_name(lead)}，" in Page(done.text).words
    assert f'id="case-{case.case_number}"' not in done.text
    city_conn.rollback()
    moved = case_repository.get_case(city_conn, case.case_number)
    assert (moved.status, moved.lead_department_id, moved.topic_code) == (CaseStatus.DISPATCHED, lead, "T1001")


def test_the_most_urgent_stands_first(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    calm = factories.case(city_conn, directory, says=_unsure())
    urgent = factories.case(city_conn, directory, says=_unsure(urgency=Urgency.CRITICAL))
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    text = client.get("/triage").text
    assert 0 < text.index(f"case-{urgent.case_number}") < text.index(f"case-{calm.case_number}")


def test_a_report_is_not_offered_to_the_unit_it_names(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    lead = directory.unit_for(directory.topics["T0402"].lead_duty or "", "990102")
    assert lead is not None
    says = _unsure(appeal_type=AppealType.REPORT, organisations=(lead.id,))
    case = factories.case(city_conn, directory, says=says)
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.get("/triage")
    offered = [f.values["lead"] for f in Page(page.text).forms if case.case_number in f.action]
    assert [lead.id] not in offered and offered
    assert f"来件提到{lead.short_name}" in page.text


def test_another_unit_is_chosen_by_form_with_co_handling_units(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, says=_unsure())
    csrf = sign_in(factories.account(city_conn, Role.DISPATCHER))
    form = Page(client.get(f"/triage?other={case.case_number}").text).forms[-1]
    assert form.values["lead"]
    data = form.data(lead="jyj", topic_code="T1001", appeal_type="consult", note="请当日联系") | {
        "co_handling": ["gaj", ""],
        "csrf": csrf,
    }
    assert client.post(form.action, data=data).url.path == "/triage"
    city_conn.rollback()
    units = {a.department_id: a.role for a in case_repository.list_assignments(city_conn, case.id)}
    assert units == {"jyj": AssignmentRole.LEAD, "gaj": AssignmentRole.CO_HANDLING}
    page = client.get(f"/cases/{case.case_number}").text
    assert "说明：请当日联系" in page


def test_without_a_unit_the_form_comes_back(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, says=_unsure())
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    form = Page(client.get(f"/cases/{case.case_number}").text).form("/dispatch")
    answer = client.post(form.action, data=form.data(lead="", note="想好再派"))
    assert answer.status_code == 422 and 'id="lead-error"' in answer.text
    assert Page(answer.text).form("/dispatch").values["note"] == ["想好再派"]


def test_triage_is_for_dispatchers(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    for role in (Role.OFFICER, Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR):
        sign_in(factories.account(city_conn, role))
        assert client.get("/triage").status_code == 403


def test_a_made_up_notice_is_not_shown(client: TestClient, city_conn: Connection, sign_in: SignIn) -> None:
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.get("/triage?done=%3Cb%3E")
    assert page.status_code == 200 and "已派给" not in page.text
