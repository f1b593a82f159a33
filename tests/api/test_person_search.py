"""The search box: words become an address, a phone number never does, and a look at a person stays with who looked."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.staff.person_search import LASTS, check_not_personal, find_contact
from models.account import Account, Role
from models.database import Connection
from models.errors import Invalid
from routing.directory import Directory
from tests import factories
from tests.api.door import Door, ok, problem
from tests.api.html_page import Page
from tests.factories import letter

SignIn = Callable[[Account], str]
PHONE = "19900007788"


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        (PHONE, PHONE),
        ("+86 199-0000-7788", PHONE),
        ("１９９００００７７８８", PHONE),
        ("0531-8765432", "0531-8765432"),
        ("someone@example.com", "someone@example.com"),
        ("20261123", None),
        ("20261123-0001237", None),
        ("路灯 19900007788", None),
        ("12345", None),
    ],
)
def test_a_phone_number_is_seen_for_what_it_is(typed: str, contact: str | None) -> None:
    assert find_contact(typed) == contact


@pytest.mark.parametrize("typed", [PHONE, f"路灯 {PHONE}", "330102199003071233"])
def test_personal_data_is_refused_in_an_address(typed: str) -> None:
    with pytest.raises(Invalid):
        check_not_personal(typed)
    check_not_personal("20261123-0001237")
    check_not_personal("路灯不亮 3号楼")


def test_a_phone_number_leads_to_the_cases_of_the_person_and_into_no_address(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(city_conn, directory, new=letter(contact=PHONE, title="查号试验"))
    other = factories.case(city_conn, directory, new=letter(contact="19900009999"))
    csrf = sign_in(factories.account(city_conn, Role.DISPATCHER))
    page = client.post("/cases/search", data={"q": "199 0000 7788", "csrf": csrf, "within": "state=open&sort=due"})
    assert (
        page.status_code == 200 and PHONE not in str(page.url) and "7788" not in page.text.replace(case.case_number, "")
    )
    assert "person=" in str(page.url) and "state=open" in str(page.url)
    assert case.case_number in page.text and other.case_number not in page.text
    assert "诉求人：按联系方式查到的" in Page(page.text).words
    assert case.case_number in client.get(str(page.url).replace("/cases?", "/cases.csv?")).text
    # nobody else opens it
    sign_in(factories.account(city_conn, Role.DISPATCHER))
    assert client.get(str(page.url)).status_code == 403
    assert client.post("/cases/search", data={"q": PHONE, "csrf": "guessed"}).status_code == 403


def test_words_become_an_address_and_keep_the_other_criteria(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    case = factories.case(
        city_conn, directory, new=letter(title="水杉&柳杉倒了", body="水杉大道的水杉倒了两棵，压住人行道。")
    )
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    page = Page(client.get("/cases?state=open").text)
    form = page.form("/cases/search")
    answer = client.post(form.action, data=form.data(q="水杉 人行道"))
    assert answer.url.params["q"] == "水杉 人行道" and answer.url.params["state"] == "open"
    assert case.case_number in answer.text and '<mark class="found">水杉</mark>' in answer.text
    assert "水杉</mark>&amp;柳杉" in answer.text  # what is not a mark stays escaped
    assert Page(answer.text).form("/cases/search").values["q"] == ["水杉 人行道"]
    assert "没有符合条件的工单" in client.get("/cases?q=没有的词语").text
    assert client.get(f"/cases?q={PHONE}").status_code == 422
    assert client.get("/overview").text.count('role="search"') == 1  # in the header of every page


def test_an_officer_finds_what_the_unit_leads_and_nothing_confidential(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    own = factories.case(city_conn, directory, lead="lyj", new=letter(contact="19911112222"))
    secret = factories.case(city_conn, directory, lead="lyj", new=letter(contact="19911112222", confidential=True))
    other = factories.case(city_conn, directory, lead="zjj", new=letter(contact="19911112222"))
    csrf = sign_in(factories.account(city_conn, department="lyj"))
    text = client.post("/cases/search", data={"q": "19911112222", "csrf": csrf}).text
    assert own.case_number in text and secret.case_number not in text and other.case_number not in text
    found = client.get("/cases?q=路灯").text
    assert own.case_number in found and secret.case_number in found and other.case_number not in found


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.LEADER, Role.ADMINISTRATOR])
def test_who_may_not_see_who_wrote_may_not_look(
    client: TestClient, city_conn: Connection, sign_in: SignIn, role: Role
) -> None:
    csrf = sign_in(factories.account(city_conn, role))
    assert client.post("/cases/search", data={"q": PHONE, "csrf": csrf}).status_code == 403


def test_the_json_door_searches_as_the_page_does(door: Door) -> None:
    case = door.case(new=letter(title="梧桐絮", body="梧桐絮飘进教室，孩子们咳嗽。", contact="19922223333"))
    page = ok(door.get("/cases", Role.LEADER, q="梧桐絮 教室"))
    assert [row["case_number"] for row in page["rows"]] == [case.case_number]
    assert (page["total"], page["total_is_exact"], page["after"]) == (1, True, None)
    problem(door.get("/cases", Role.LEADER, q="19922223333"), 422)
    problem(door.get("/cases", Role.LEADER, after="x"), 422)
    look = ok(door.post("/person-searches", Role.DISPATCHER, contact="19922223333"), 201)
    rows = ok(door.get("/cases", Role.DISPATCHER, person=look["person"]))["rows"]
    assert [row["case_number"] for row in rows] == [case.case_number]
    problem(door.get("/cases", Role.LEADER, person=look["person"]), 403)
    problem(door.post("/person-searches", Role.LEADER, contact="19922223333"), 403)
    problem(door.post("/person-searches", Role.DISPATCHER, contact="路灯"), 422)
    door.pass_time(hours=LASTS / timedelta(hours=1) + 1)
    problem(door.get("/cases", Role.DISPATCHER, person=look["person"]), 403)


def test_a_look_is_kept_and_cannot_be_changed(
    client: TestClient, city_conn: Connection, city_dsn: str, sign_in: SignIn
) -> None:
    account = factories.account(city_conn, Role.DISPATCHER)
    csrf = sign_in(account)
    client.post("/cases/search", data={"q": "19933334444", "csrf": csrf})
    row = city_conn.execute(
        "SELECT actor, submitter_key FROM person_searches WHERE account_id = %s", (account.id,)
    ).fetchone()
    assert row is not None and row[0] == account.actor and b"19933334444" not in bytes(row[1])
    city_conn.rollback()
    with psycopg.connect(city_dsn) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute("DELETE FROM person_searches")


def test_who_looked_for_whom_is_on_a_page_without_the_number(
    client: TestClient, city_conn: Connection, directory: Directory, sign_in: SignIn
) -> None:
    contact = "19900007766"
    for number in range(2):
        factories.case(city_conn, directory, lead="zjj", new=factories.letter(title=f"第{number}封", contact=contact))
    officer = factories.account(city_conn, department="zjj", username="looked-for-one")
    csrf = sign_in(officer)
    client.post("/cases/search", data={"q": contact, "csrf": csrf})
    assert client.get("/disclosures/searches").status_code == 403
    sign_in(factories.account(city_conn, Role.SUPERVISOR))
    page = client.get("/disclosures/searches?unit=zjj")
    row = page.text.split("<tbody>")[1].split("</tr>")[0]
    assert officer.display_name in row and '<td class="number" data-label="此人来件">2</td>' in row
    assert contact not in page.text
    assert "没有符合条件的记录" in client.get("/disclosures/searches?unit=swj").text
