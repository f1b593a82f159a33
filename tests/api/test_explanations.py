"""Why a topic, over the JSON door: the same evidence as on the page, kept from the same people."""

from dataclasses import replace

import pytest

from models.account import Role
from models.analysis import Analysis, Neighbour
from models.case import Case
from tests import factories
from tests.api.door import Door, ok, problem

SAMPLE = Neighbour("corpus:hand3/4", "T0101", "观澜半岛二期楼间距变窄请解释", 0.31)
TITLE = "隔壁单位的标题"


def beside(case: Case) -> Neighbour:
    return Neighbour(f"submission:{case.submission_id}", "T0402", TITLE, 0.62)


def says(*near: Neighbour, confidence: float = 0.95) -> Analysis:
    return replace(factories.analysis(confidence=confidence), neighbours=near)


def test_a_case_comes_with_its_reasons(door: Door) -> None:
    other = door.case()
    case = door.case(says=says(beside(other), SAMPLE))
    why = ok(door.get(f"/cases/{case.case_number}", Role.OFFICER))["explanation"]
    assert why["classifier_version"] == "fixed/1"
    assert why["analysed_at"].startswith("2026-11-23T")
    near, sample = why["similar_letters"]
    assert near | {"topic_name": ""} == {
        "topic_code": "T0402",
        "topic_name": "",
        "likeness": 0.62,
        "sample": False,
        "title": TITLE,
        "text": None,
        "case_number": other.case_number,
    }
    assert (sample["sample"], sample["title"], sample["case_number"]) == (True, SAMPLE.title, None)
    assert "原批的是四栋十一层" in sample["text"]
    [suggestion] = why["suggestions"]
    assert (suggestion["topic_code"], suggestion["cues"], suggestion["confidence"]) == ("T0402", ["路灯"], 0.95)
    assert (suggestion["lead_department_id"], suggestion["names_lead"]) == ("cgj-990102", False)
    entry = suggestion["catalogue_entry"]
    assert (entry["lead_duty"], entry["min_confidence"]) == ("cgj", 0.6)
    assert (entry["promised_confidence"], entry["promise_unproved"]) == (None, False)
    assert "求助类，派单后" in entry["time_limit"] and entry["conditions"]


def test_triage_comes_with_its_reasons(door: Door) -> None:
    case = door.case(says=says(SAMPLE, confidence=0.3), lead=None)
    items = ok(door.get("/triage", Role.DISPATCHER, limit=500))
    [item] = [item for item in items if item["case"]["case_number"] == case.case_number]
    assert item["case"]["triage_reason"] == "类别把握不足（30%，规则要求60%）"
    assert [letter["title"] for letter in item["explanation"]["similar_letters"]] == [SAMPLE.title]
    assert item["explanation"]["suggestions"][0]["lead_department_id"] == "cgj-990102"


@pytest.mark.parametrize("confidential", [False, True])
def test_an_officer_reads_nothing_of_another_units_letter(door: Door, confidential: bool) -> None:
    other = door.case(lead="jyj", new=factories.letter(confidential=confidential))
    case = door.case(says=says(beside(other)))
    problem(door.get(f"/cases/{other.case_number}", Role.OFFICER), 404)
    answer = door.get(f"/cases/{case.case_number}", Role.OFFICER)
    similar = ok(answer)["explanation"]["similar_letters"]
    told = [(letter["title"], letter["case_number"], letter["topic_code"]) for letter in similar]
    assert told == ([] if confidential else [(None, None, "T0402")])
    assert TITLE not in answer.text and other.case_number not in answer.text and "submission:" not in answer.text


@pytest.mark.parametrize("role", list(Role))
def test_confidential_letters_are_listed_to_nobody(door: Door, role: Role) -> None:
    secret = door.case(new=factories.letter(confidential=True))
    case = door.case(says=says(beside(secret), SAMPLE))
    answer = door.get(f"/cases/{case.case_number}", role)
    assert [letter["title"] for letter in ok(answer)["explanation"]["similar_letters"]] == [SAMPLE.title]
    assert TITLE not in answer.text


def test_a_case_of_which_nothing_is_known_has_no_reasons(door: Door) -> None:
    case = door.case(says=Analysis.unknown("test"))
    why = ok(door.get(f"/cases/{case.case_number}", Role.DISPATCHER))["explanation"]
    assert (why["suggestions"], why["similar_letters"]) == ([], [])


def test_the_description_names_every_part(door: Door) -> None:
    schemas = ok(door.get("/openapi.json"))["components"]["schemas"]
    assert "explanation" in schemas["CaseViewOut"]["required"]
    assert "explanation" in schemas["TriageItemOut"]["required"]
    parts = {
        "ExplanationOut": {"suggestions", "similar_letters", "classifier_version", "analysed_at"},
        "ExplainedSuggestionOut": {"cues", "catalogue_entry", "lead_department_id"},
        "SimilarLetterOut": {"title", "likeness", "topic_code", "sample", "case_number"},
        "CatalogueEntryOut": {"min_confidence", "promised_confidence", "time_limit", "co_duty_names"},
    }
    for name, fields in parts.items():
        assert fields <= schemas[name]["properties"].keys(), name
        assert schemas[name]["description"], name
