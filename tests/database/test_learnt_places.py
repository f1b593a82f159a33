"""Places that letters teach: seen, learnt, served, taken back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.account_repository import reference_version
from api.learning.place_learning import learn_places_now, withdraw_place
from models.analysis import PlaceKind, PlaceMention
from models.case import CaseAction
from models.database import Connection
from models.errors import NotFound
from models.region import Place
from routing.directory import Directory
from routing.directory_repository import add_places, load_directory
from routing.learning import learnt_place_repository as rows
from tests import factories
from tests.factories import NOW

CHOSEN, WRITTEN = 0.98, 0.9
REGION, OTHER = "990102", "990103"


def write(
    conn: Connection,
    directory: Directory,
    person: int,
    *,
    name: str = "云栖别院",
    region: str = REGION,
    confidence: float = CHOSEN,
    place: str = "临溪区",
    until: CaseAction = CaseAction.OPEN,
    lead: str | None = None,
) -> None:
    mention = PlaceMention(name, PlaceKind.ESTATE, None, (), 0, len(name))
    says = replace(factories.analysis(region=region), places=(mention,), region_confidence=confidence)
    new = factories.letter(contact=f"1990000{person:04}", place=place)
    factories.case(conn, directory, says=says, new=new, at=NOW + timedelta(days=person), until=until, lead=lead)


def learn(conn: Connection, name: str = "云栖别院") -> list[tuple[str, str, int]]:
    """What is learnt about one name: the tests of this module share a city, and each has a name of its own."""
    learn_places_now(conn, actor="test", now=NOW)
    return [(p.name, p.region_code, p.submitters) for p in rows.list_learnt_places(conn) if p.name == name]


def test_three_people_teach_a_place_and_the_analysis_is_served_with_it(
    city_conn: Connection, directory: Directory
) -> None:
    for person in (1, 2, 2, 2):
        write(city_conn, directory, person)
    assert learn(city_conn) == [], "two people, however often"
    before = reference_version(city_conn)
    write(city_conn, directory, 3)
    assert learn(city_conn) == [("云栖别院", REGION, 3)]
    [place] = [p for p in rows.list_learnt_places(city_conn) if p.name == "云栖别院"]
    assert (place.kind, place.share) == ("estate", 1.0)
    assert (place.first_seen, place.last_seen) == (NOW + timedelta(days=1), NOW + timedelta(days=3))
    assert Place(name="云栖别院", kind="estate", region_code=REGION) in load_directory(city_conn).places
    assert reference_version(city_conn) == before + 1, "processes take it up"
    learn(city_conn)
    assert reference_version(city_conn) == before + 1, "nothing new, nobody rebuilds"


def test_only_a_certain_region_teaches(city_conn: Connection, directory: Directory) -> None:
    for person in range(5):
        write(city_conn, directory, person, name="听涛花园", confidence=WRITTEN)
    for person in range(5):
        write(city_conn, directory, person, name="听涛花园", place="听涛花园3栋")
    assert learn(city_conn, "听涛花园") == []


def test_the_unit_that_completed_the_case_confirms_its_region(city_conn: Connection, directory: Directory) -> None:
    unit = next(d for d in directory.departments.values() if d.region_code == OTHER and d.active)
    for person in range(3):
        write(
            city_conn, directory, person, name="望岳山庄", confidence=WRITTEN, until=CaseAction.COMPLETE, lead=unit.id
        )
    assert learn(city_conn, "望岳山庄") == [("望岳山庄", OTHER, 3)]


def test_what_was_taken_back_is_never_learnt_again(city_conn: Connection, directory: Directory) -> None:
    for person in range(3):
        write(city_conn, directory, person, name="采薇苑")
    learn(city_conn, "采薇苑")
    before = reference_version(city_conn)
    withdraw_place(city_conn, "采薇苑", actor="test", now=NOW)
    assert reference_version(city_conn) == before + 1
    assert learn(city_conn, "采薇苑") == []
    assert [p.withdrawn_by for p in rows.list_learnt_places(city_conn, withdrawn=True) if p.name == "采薇苑"] == [
        "test"
    ]
    assert "采薇苑" not in {place.name for place in load_directory(city_conn).places}
    with pytest.raises(NotFound):
        withdraw_place(city_conn, "采薇苑", actor="test", now=NOW)


def test_what_no_longer_holds_is_forgotten_and_the_register_goes_first(
    city_conn: Connection, directory: Directory
) -> None:
    for person in range(3):
        write(city_conn, directory, person, name="锦书里小区")
    assert len(learn(city_conn, "锦书里小区")) == 1
    add_places(city_conn, [Place(name="锦书里小区", kind="estate", region_code=OTHER)], actor="test")
    assert learn(city_conn, "锦书里小区") == []
    assert [p.region_code for p in load_directory(city_conn).places if p.name == "锦书里小区"] == [OTHER]
