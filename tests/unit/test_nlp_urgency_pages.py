"""What a page says of a fast lane: its name, what to do, and the words that called it."""

from api.pages.administration.detectors import detectors, fired
from models.analysis import DetectorHit, Urgency
from nlp.urgency.lanes import lanes


def test_a_lane_is_said_once_with_all_its_evidence() -> None:
    hits = [DetectorHit("wage", "讨薪", 1, 3), DetectorHit("threat", "砍人", 5, 7), DetectorHit("wage", "欠薪", 9, 11)]
    wage, threat = fired([*hits, DetectorHit("wage", "讨薪", 20, 22), DetectorHit("of_old", "旧词", 30, 32)])
    assert (wage.id, wage.evidence) == ("wage", ("讨薪", "欠薪"))
    assert (threat.id, threat.evidence) == ("threat", ("砍人",))
    assert wage.what_to_do == lanes()["wage"].action


def test_evidence_stays_short() -> None:
    (one,) = fired([DetectorHit("wage", word, 0, 2) for word in ("讨薪", "欠薪", "白条", "工钱")])
    assert one.evidence == ("讨薪", "欠薪", "白条")


def test_a_suspicion_says_that_a_person_must_look_first() -> None:
    hits = [DetectorHit("wage", "讨薪", 1, 3)]
    (suspected,), (sure,) = fired(hits, 0.59), fired(hits, 0.6)
    assert suspected.name == f"疑似{sure.name}" and "人工核实" in suspected.what_to_do
    assert sure.what_to_do == lanes()["wage"].action


def test_what_is_faint_is_a_hint_and_no_order() -> None:
    hits = [DetectorHit("wage", "讨薪", 1, 3)]
    (hint,), (sure,) = fired(hits, 0.35, Urgency.ELEVATED), fired(hits, 0.6, Urgency.ELEVATED)
    assert hint.name == f"可能涉及{sure.name}" and "留意" in hint.what_to_do
    assert sure.what_to_do == lanes()["wage"].action


def test_every_detector_has_a_chinese_name_and_action() -> None:
    for found in detectors().values():
        assert found.name and found.what_to_do and not found.name.isascii()
