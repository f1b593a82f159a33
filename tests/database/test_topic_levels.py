"""A case that nobody has looked at names its topic as exactly as is promised, and its unit gets it all the same."""

from dataclasses import replace

from models.analysis import TopicSuggestion
from models.case import CaseStatus
from models.database import Connection
from routing import analysis_repository
from routing.directory import Directory
from tests import factories
from tests.unit.test_topic_levels import level, promising


def test_the_sub_topic_stays_open_where_only_the_topic_above_is_sure(
    city_conn: Connection, directory: Directory
) -> None:
    says = replace(factories.analysis(), suggestions=(TopicSuggestion("T0402", 0.95, ("路灯",), 0.61),))
    place = promising(directory, sub_topic=level(0.9), first_level=level(0.9))
    case = factories.case(city_conn, place, says=says)
    assert case.status is CaseStatus.DISPATCHED and case.topic_code == "T04"
    [kept] = analysis_repository.list_analyses(city_conn, [case.submission_id]).values()
    assert kept.topic_code == "T0402" and kept.suggestions == says.suggestions, "what the program thinks is kept"
    sure = factories.case(city_conn, promising(directory, sub_topic=level(0.6), first_level=level(0.9)), says=says)
    assert sure.topic_code == "T0402"


def test_a_case_in_triage_shows_the_person_what_the_program_thinks(city_conn: Connection, directory: Directory) -> None:
    place = promising(directory, lead=0.99, sub_topic=level(0.99), first_level=level(0.99))
    case = factories.case(city_conn, place, says=factories.analysis(confidence=0.95))
    assert case.status is CaseStatus.TRIAGE and case.topic_code == "T0402"
