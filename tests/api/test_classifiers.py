"""Classifiers over JSON: the page's acts with the page's refusals."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.learning.found_encoders import EncoderRequest, read_request
from models.account import Role
from models.classifier import ClassifierPart, ClassifierState, ClassifierVersion
from models.database import transaction
from routing.directory import DispatchPromise
from routing.learning import classifier_repository, training_repository
from tests import factories, learning
from tests.added_encoders import write_folder
from tests.api.door import Door, ok, problem

S = ClassifierState
DOORS = [
    ("GET", "/classifiers", None),
    ("POST", "/classifiers/training", {}),
    ("GET", "/classifiers/encoders", None),
    ("POST", "/classifiers/encoders", {"encoder": "model"}),
    ("PUT", "/classifiers/promise", {"max_error": 0.02, "audit_share": 0.1}),
    ("GET", "/classifiers/1", None),
    ("GET", "/classifiers/1/differences", None),
    ("POST", "/classifiers/1/promote", {}),
    ("POST", "/classifiers/1/rollback", {}),
]


def version(door: Door, state: ClassifierState, name: str) -> ClassifierVersion:
    with transaction(door.runtime.pool) as conn:
        return learning.version(conn, state, name=name, files={"card.json": b"{}"})


@pytest.fixture
def shadow(door: Door, request: pytest.FixtureRequest) -> Iterator[ClassifierVersion]:
    made = version(door, S.SHADOW, f"trained/1+{request.node.name[-20:]}")
    yield made
    with transaction(door.runtime.pool) as conn:
        conn.execute("UPDATE classifier_versions SET state = 'rejected'")


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_others_are_refused(door: Door, role: Role, method: str, path: str, body: dict[str, object] | None) -> None:
    problem(door.request(method, path, role, json=body), 403)


@pytest.mark.parametrize(("method", "path", "body"), DOORS)
def test_strangers_are_refused(door: Door, method: str, path: str, body: dict[str, object] | None) -> None:
    problem(door.request(method, path, json=body), 401)


@pytest.mark.parametrize(("method", "path"), [(m, p.replace("/1", "/987654321")) for m, p, _ in DOORS if "/1" in p])
def test_what_is_not_there(door: Door, method: str, path: str) -> None:
    problem(door.request(method, path, Role.ADMINISTRATOR), 404)


def test_the_overview_tells_what_speaks(door: Door, shadow: ClassifierVersion) -> None:
    body = ok(door.get("/classifiers", Role.ADMINISTRATOR))
    assert (body["live"], body["shadow"], body["agreement"]) == (None, shadow.id, None)
    assert shadow.version in [v["version"] for v in body["versions"]]
    assert body["promise"]["audit_share"] == 0.1 and body["thresholds"] is None


def test_promote_conflict_and_roll_back(door: Door, shadow: ClassifierVersion) -> None:
    path = f"/classifiers/{shadow.id}"
    assert ok(door.post(f"{path}/promote", Role.ADMINISTRATOR))["state"] == "live"
    problem(door.post(f"{path}/promote", Role.ADMINISTRATOR), 409)
    assert ok(door.get(path, Role.ADMINISTRATOR))["card"]["letters"] > 0
    assert ok(door.post(f"{path}/rollback", Role.ADMINISTRATOR)) is None
    problem(door.post(f"{path}/rollback", Role.ADMINISTRATOR), 409)


def test_models_of_tone_are_listed_beside_and_promoted_alike(door: Door) -> None:
    with transaction(door.runtime.pool) as conn:
        added = classifier_repository.add_version(
            conn,
            version="emotion-trained/1+cccccccc",
            part=ClassifierPart.EMOTION,
            kind="tone",
            card={},
            files={"card.json": b"{}"},
            last_label_id=0,
            labels=36,
            actor="a",
            now=door.runtime.now(),
        )
    body = ok(door.get("/classifiers", Role.ADMINISTRATOR))
    assert added.version not in [v["version"] for v in body["versions"]]
    [listed] = body["tone"]
    assert (listed["version"], listed["part"], listed["state"]) == (added.version, "emotion", "candidate")
    promoted = ok(door.post(f"/classifiers/{added.id}/promote", Role.ADMINISTRATOR))
    assert promoted["state"] == "live"
    assert ok(door.get("/classifiers", Role.ADMINISTRATOR))["live"] is None, "that is the one of topics"
    assert ok(door.post(f"/classifiers/{added.id}/rollback", Role.ADMINISTRATOR)) is None


def test_a_training_is_asked_for_once(door: Door) -> None:
    ok(door.post("/classifiers/training", Role.ADMINISTRATOR), 202)
    problem(door.post("/classifiers/training", Role.ADMINISTRATOR), 409)


@pytest.mark.parametrize("body", [{"max_error": 0.9, "audit_share": 0.1}, {"max_error": 0.02, "audit_share": 2}, {}])
def test_a_promise_without_sense(door: Door, body: dict[str, float]) -> None:
    found = problem(door.request("PUT", "/classifiers/promise", Role.ADMINISTRATOR, json=body), 422)
    assert found["fields"]


def test_a_promise_is_kept_and_taken_back(door: Door) -> None:
    for error in (0.02, None):
        body = {"max_error": error, "audit_share": 0.1}
        assert ok(door.request("PUT", "/classifiers/promise", Role.ADMINISTRATOR, json=body)) == body


def test_differences_are_a_page(door: Door, shadow: ClassifierVersion) -> None:
    body = ok(door.get(f"/classifiers/{shadow.id}/differences", Role.ADMINISTRATOR, topic="T04"))
    assert body == {"total": 0, "compared": 0, "rows": []}
    problem(door.get(f"/classifiers/{shadow.id}/differences", Role.ADMINISTRATOR, limit=0), 422)


# A dispatcher's review


def test_a_dispatcher_labels_a_dispatched_case_once(door: Door) -> None:
    with transaction(door.runtime.pool) as conn:
        undrawn = replace(door.runtime.directory(conn), promise=DispatchPromise(audit_share=0.0))
        case = factories.case(conn, undrawn, at=door.runtime.clock)
    path = f"/cases/{case.case_number}/label"
    problem(door.post(path, Role.ADMINISTRATOR, topic_code="T1001"), 403)
    problem(door.post(path, Role.DISPATCHER, topic_code="T9999"), 422)
    problem(door.post("/cases/nowhere/label", Role.DISPATCHER, topic_code="T1001"), 404)
    label = ok(door.post(path, Role.DISPATCHER, topic_code="T1001"), 201)
    assert (label["topic_code"], label["source"], label["predicted_code"]) == ("T1001", "review", "T0402")
    problem(door.post(path, Role.DISPATCHER, topic_code="T0402"), 409)


def test_a_case_in_triage_is_not_labelled_here(door: Door) -> None:
    case = door.triage_case()
    problem(door.post(f"/cases/{case.case_number}/label", Role.DISPATCHER, topic_code="T1001"), 404)


def test_an_encoder_in_the_data_folder_is_asked_for(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door.runtime, "settings", door.runtime.settings.model_copy(update={"data_dir": tmp_path}))
    assert ok(door.get("/classifiers/encoders", Role.ADMINISTRATOR)) == []
    (tmp_path / "encoders").mkdir()
    write_folder(tmp_path / "encoders" / "small", ["T0402", "T1001"], {}, [])
    [found] = ok(door.get("/classifiers/encoders", Role.ADMINISTRATOR))
    assert (found["name"], found["version"], found["macro_f1"]) == ("small", "encoder/2+aaaa", None)
    wrong = [("../small", None, "encoder"), ("", None, "encoder"), ("small", 1.0, "below"), ("small", 0.0, "below")]
    for name, below, field in wrong:
        refused = door.post("/classifiers/encoders", Role.ADMINISTRATOR, encoder=name, below=below)
        assert list(problem(refused, 422)["fields"]) == [field]
    with transaction(door.runtime.pool) as conn:  # an earlier test has asked for a training
        conn.execute("UPDATE training_runs SET outcome = 'failed' WHERE outcome = 'requested'")
    ok(door.post("/classifiers/encoders", Role.ADMINISTRATOR, encoder="small", below=0.9), 202)
    problem(door.post("/classifiers/encoders", Role.ADMINISTRATOR, encoder="small"), 409)
    with transaction(door.runtime.pool) as conn:
        _, actor, wanted = training_repository.claim_run(conn, actor="x", now=door.runtime.now())
        assert (actor, read_request(wanted)) == (door.account(Role.ADMINISTRATOR).actor, EncoderRequest("small", 0.9))
        conn.execute("UPDATE training_runs SET outcome = 'failed' WHERE outcome = 'running'")
