"""A city's own model of tone: kept, put into use in every process, taken back, named by each case it spoke about."""

import contextlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from api.commands import classifiers as commands
from api.health import run_checks
from api.learning import classifiers
from api.learning.added_tone import add_tone
from intake.registration import register
from models.analysis import AnalyserInput, Emotion, Sentiment
from models.classifier import ClassifierPart, ClassifierState, ClassifierVersion
from models.database import Connection, transaction
from models.errors import Conflict, Invalid
from models.settings import Settings
from nlp.letters import LabelledLetter
from nlp.tone import artifacts
from nlp.tone.labels import What
from nlp.tone.training import ToneTraining, train
from routing import analysis_repository, case_repository
from routing.learning import classifier_repository
from routing.process import process_batch
from tests import factories, learning
from tests.api.door import StoppedRuntime
from tests.factories import KEYS, NOW, SECRET, ZONE

S, SENTIMENT = ClassifierState, ClassifierPart.SENTIMENT
# Words that no list knows: only a model that learnt them can tell.
TEXT = AnalyserInput("", "昨天又看见乌木船停在桥边", "social")
_WORDS = {
    What.SENTIMENT: {"positive": "乌木船", "neutral": "灰石阶", "negative": "绿竹筒"},
    What.EMOTION: {"fear": "乌木船", "joy": "灰石阶", "none": "绿竹筒"},
}


@cache
def learnt(what: What, count: int = 12) -> ToneTraining:
    things = "桥灯树门窗井墙路车站池亭塔楼院坡"
    letters = [
        LabelledLetter("", f"{things[n]}边第{n}次看到{word}停在{things[-n]}旁{n * 7}天", label, number=n)
        for label, word in _WORDS[what].items()
        for n in range(1, count + 1)
    ]
    return train(letters, what)


def folder(place: Path, what: What = What.SENTIMENT, count: int = 12) -> Path:
    training = learnt(what, count)
    about = {
        "what": what,
        "letters": training.letters,
        "cross_validation": {"macro_f1": 0.9, "per_class": []},
        "suspected_label_errors": [{"number": 1, "title": "王二麻子的信"}],
    }
    artifacts.save(place, {what: training.model}, about)
    return place


@pytest.fixture
def runtime(dsn: str, conn: Connection, tmp_path: Path) -> Iterator[StoppedRuntime]:
    factories.city(conn)
    settings = Settings(data_dir=tmp_path / "data", secret_key=SecretStr(SECRET), pool_size=4)
    with contextlib.closing(StoppedRuntime(settings, dsn)) as opened:
        yield opened


@pytest.fixture
def other(runtime: StoppedRuntime) -> Iterator[StoppedRuntime]:
    """Another process of the same installation."""
    with contextlib.closing(StoppedRuntime(runtime.settings, runtime.dsn)) as opened:
        yield opened


def said(runtime: StoppedRuntime) -> tuple[Sentiment, Emotion, str]:
    with transaction(runtime.pool) as conn:
        [analysis] = runtime.analyser(conn).analyse([TEXT])
    return analysis.sentiment, analysis.emotion, analysis.versions["sentiment"]


def promote(conn: Connection, version: ClassifierVersion) -> None:
    classifiers.promote(conn, version.id, actor="a", now=NOW)
    conn.commit()


def roll_back(conn: Connection, version: ClassifierVersion) -> None:
    classifiers.roll_back(conn, version.id, actor="a", now=NOW)
    conn.commit()


def state(conn: Connection, version: ClassifierVersion) -> ClassifierState:
    conn.rollback()
    return classifier_repository.get_version(conn, version.id).state


def test_it_speaks_in_every_process_once_it_is_put_into_use_and_is_taken_back(
    conn: Connection, runtime: StoppedRuntime, other: StoppedRuntime, tmp_path: Path
) -> None:
    before = [said(process) for process in (runtime, other)]
    assert before[0][0] is not Sentiment.POSITIVE
    added = add_tone(runtime, folder(tmp_path / "tone"), actor="a")
    assert (added.part, added.state, added.version) == (SENTIMENT, S.CANDIDATE, learnt(What.SENTIMENT).model.version)
    assert [said(process) for process in (runtime, other)] == before, "stored is not in use"
    promote(conn, added)
    for process in (runtime, other):
        sentiment, emotion, version = said(process)
        assert (sentiment, emotion) == (Sentiment.POSITIVE, before[0][1]), "the other part is as it was"
        assert added.version in version
    roll_back(conn, added)
    assert [said(process) for process in (runtime, other)] == before
    assert state(conn, added) is S.RETIRED


def test_two_parts_speak_side_by_side_and_topics_have_their_own(
    conn: Connection, runtime: StoppedRuntime, tmp_path: Path
) -> None:
    topic = learning.version(conn, S.LIVE)
    sentiment = add_tone(runtime, folder(tmp_path / "s"), actor="a")
    emotion = add_tone(runtime, folder(tmp_path / "e", What.EMOTION), actor="a")
    promote(conn, sentiment)
    promote(conn, emotion)
    assert said(runtime)[:2] == (Sentiment.POSITIVE, Emotion.FEAR)
    assert [state(conn, v) for v in (topic, sentiment, emotion)] == [S.LIVE] * 3
    assert classifier_repository.list_versions(conn) == [topic]
    found = classifier_repository.find_in_state(conn, S.LIVE, part=ClassifierPart.EMOTION)
    assert found is not None and found.id == emotion.id


def test_a_second_one_takes_the_place_of_the_first_and_gives_it_back(
    conn: Connection, runtime: StoppedRuntime, tmp_path: Path
) -> None:
    first = add_tone(runtime, folder(tmp_path / "1"), actor="a")
    second = add_tone(runtime, folder(tmp_path / "2", count=13), actor="a")
    promote(conn, first)
    classifiers.promote(conn, second.id, actor="a", now=NOW.replace(day=24))
    conn.commit()
    assert (state(conn, first), state(conn, second)) == (S.RETIRED, S.LIVE)
    assert second.version in said(runtime)[2] and first.version not in said(runtime)[2]
    roll_back(conn, second)
    assert (state(conn, first), state(conn, second)) == (S.LIVE, S.RETIRED)
    assert first.version in said(runtime)[2]


def test_the_database_holds_one_live_one_of_each_part(
    conn: Connection, runtime: StoppedRuntime, tmp_path: Path
) -> None:
    first = add_tone(runtime, folder(tmp_path / "1"), actor="a")
    second = add_tone(runtime, folder(tmp_path / "2", count=13), actor="a")
    promote(conn, first)
    with pytest.raises(psycopg.errors.UniqueViolation):
        conn.execute("UPDATE classifier_versions SET state = 'live' WHERE id = %s", (second.id,))
    conn.rollback()


def test_a_case_keeps_the_version_that_spoke(conn: Connection, runtime: StoppedRuntime, tmp_path: Path) -> None:
    added = add_tone(runtime, folder(tmp_path / "tone"), actor="a")
    promote(conn, added)
    new = factories.letter(title="", body="昨天又看见乌木船停在桥边，请管一管。")
    [receipt] = register(conn, [new], actor="test", now=NOW, keys=KEYS, zone=ZONE)
    conn.commit()
    with transaction(runtime.pool) as c:
        process_batch(c, runtime.analyser(c), runtime.directory(c), now=NOW, zone=ZONE, limit=10)
    roll_back(conn, added)
    case = case_repository.get_case(conn, receipt.receipt_number)
    analysis = analysis_repository.list_analyses(conn, [case.submission_id])[case.submission_id]
    assert added.version in analysis.versions["sentiment"]
    assert (case.sentiment, analysis.sentiment) == (Sentiment.POSITIVE, Sentiment.POSITIVE)


def test_one_that_is_damaged_never_speaks_and_the_row_and_the_health_check_say_so(
    conn: Connection, owner: Connection, runtime: StoppedRuntime, other: StoppedRuntime, tmp_path: Path
) -> None:
    before = said(runtime)
    added = add_tone(runtime, folder(tmp_path / "tone"), actor="a")
    promote(conn, added)
    owner.execute(
        "UPDATE classifier_files SET content = set_byte(content, 2000, get_byte(content, 2000) # 255)"
        " WHERE name = 'weights.npz'"
    )
    owner.commit()
    assert said(other) == before
    [check] = [c for c in run_checks(other, now=NOW) if c.name == "classifier"]
    assert not check.ok and added.version in check.detail and "暂由其他模型判断情感" in check.detail


def test_under_the_name_of_another_it_never_speaks(
    conn: Connection, owner: Connection, runtime: StoppedRuntime, tmp_path: Path
) -> None:
    before = said(runtime)
    added = add_tone(runtime, folder(tmp_path / "tone"), actor="a")
    owner.execute("UPDATE classifier_versions SET version = 'sentiment-trained/1+other'")
    owner.commit()
    promote(conn, added)
    assert said(runtime) == before
    assert "不是登记的" in classifier_repository.get_version(conn, added.id).problem


def test_what_would_change_is_told_and_no_text_of_the_file_is_kept(
    conn: Connection, runtime: StoppedRuntime, tmp_path: Path
) -> None:
    new = [factories.letter(title="", body=f"第{n}天看见乌木船停在桥边。") for n in range(3)]
    register(conn, new, actor="test", now=NOW, keys=KEYS, zone=ZONE)
    conn.commit()
    added = add_tone(runtime, folder(tmp_path / "tone"), actor="a")
    assert (added.gate["asked"], added.gate["changed"]) == (3, 3)
    assert "最近3件来件中，3件的情感判断会与现在不同" in added.gate["checks"][0]["sentence"]
    conn.rollback()
    kept = classifier_repository.get_files(conn, added.id)["card.json"].decode() + json.dumps(
        dict(added.card), ensure_ascii=False
    )
    assert "王二麻子" not in kept
    event = conn.execute("SELECT payload FROM administration_events WHERE action = 'classifier.add'").fetchone()
    assert event == ({"version": added.version},)


def test_what_is_no_model_of_one_thing_is_refused(conn: Connection, runtime: StoppedRuntime, tmp_path: Path) -> None:
    both = {what: learnt(what).model for what in What}
    artifacts.save(tmp_path / "both", both, {})
    with pytest.raises(Invalid, match="只有一个"):
        add_tone(runtime, tmp_path / "both", actor="a")
    add_tone(runtime, folder(tmp_path / "tone"), actor="a")
    with pytest.raises(Conflict, match="已经存在"):
        add_tone(runtime, tmp_path / "tone", actor="a")
    (tmp_path / "tone" / "weights.npz").write_bytes(b"rotten")
    with pytest.raises(Invalid, match="校验值"):
        add_tone(runtime, tmp_path / "tone", actor="a")
    assert len(classifier_repository.list_versions(conn, part=SENTIMENT)) == 1


def test_only_a_classifier_of_topics_needs_a_gate(conn: Connection, runtime: StoppedRuntime) -> None:
    candidate = learning.version(conn, S.CANDIDATE)
    with pytest.raises(Conflict, match=r"类别模型 .*待检验，不能启用"):
        classifiers.promote(conn, candidate.id, actor="a", now=NOW)


def test_the_commands_store_list_and_take_back(
    conn: Connection, runtime: StoppedRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "open_runtime", lambda: contextlib.nullcontext((runtime, runtime.dsn)))

    def run(*words: str) -> str:
        return CliRunner().invoke(commands.app, words, catch_exceptions=False).output.replace("\n", "")

    assert "还没有本市自己的情感模型" in run("list", "--what", "sentiment")
    place = str(folder(tmp_path / "tone"))
    with pytest.raises(Invalid, match="只用于编码器"):
        run("add", place, "--below", "0.5")
    output = run("add", place)
    [added] = classifier_repository.list_versions(conn, part=SENTIMENT)
    assert f"{added.version}：待检验。" in output and f"wenzheng classifier promote {added.id}" in output
    conn.rollback()
    assert f"已启用 {added.version}" in run("promote", str(added.id))
    assert added.version in run("list", "--what", "sentiment", "--json")
    with pytest.raises(Conflict, match="诉求类别"):
        run("rollback")
    assert "已退回 随程序提供的" in run("rollback", "--what", "sentiment")
