"""An encoder from elsewhere in the city: judged like any other, refused where its verdict would be worth nothing."""

import contextlib
import csv
import sys
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from api.commands import classifiers as commands
from api.health import run_checks
from api.learning import added_candidate, classifiers
from api.learning.added_candidate import add_candidate, write_letters
from api.learning.candidate_training import run_training
from api.learning.checked_letters import arrange_letters, read_labelled
from api.learning.classifier_store import training_segmenter
from api.learning.found_encoders import EncoderRequest
from api.learning.promise_keeping import keep_promise_today
from api.learning.shadow_run import ShadowRun
from models.analysis import AnalyserInput
from models.classifier import (
    ClassifierState,
    ClassifierVersion,
    LearningSettings,
    TrainingOutcome,
    TrainingRun,
)
from models.database import Connection, transaction
from models.errors import Conflict, Invalid, Unavailable
from models.settings import Settings
from nlp.cleaning import clean_text
from nlp.encoders import artifacts as encoder_artifacts
from routing.directory_repository import load_directory
from routing.learning import classifier_repository, promise_repository, training_repository
from routing.learning.held_out import Grouped, is_unseen
from tests import factories, learning
from tests.added_encoders import load_folder, write_folder
from tests.api.door import StoppedRuntime
from tests.factories import NOW, SECRET
from tests.unit.nlp_letters import corpus_letters

S = ClassifierState
PARENTS = ("T02", "T03", "T04", "T06", "T07", "T10", "T13", "T14")
CODES = [f"{parent}01" for parent in PARENTS]


@pytest.fixture
def runtime(dsn: str, conn: Connection, tmp_path: Path) -> Iterator[StoppedRuntime]:
    factories.city(conn)
    settings = Settings(data_dir=tmp_path / "data", secret_key=SecretStr(SECRET), pool_size=4)
    with contextlib.closing(StoppedRuntime(settings, dsn)) as opened:
        yield opened


@pytest.fixture
def taught(conn: Connection, runtime: StoppedRuntime) -> StoppedRuntime:
    """People filed some nine hundred letters, each under the first sub-topic of its parent, long ago."""
    learning.label_letters(conn, load_directory(conn), corpus_letters(*PARENTS), at=NOW - timedelta(days=60))
    return runtime


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if onnxruntime were installed."""
    monkeypatch.setattr(encoder_artifacts, "load", load_folder)


@pytest.fixture
def few(conn: Connection, runtime: StoppedRuntime) -> StoppedRuntime:
    """Too few letters to judge anything by."""
    learning.label_letters(conn, load_directory(conn), corpus_letters("T04")[:60], at=NOW - timedelta(days=60))
    return runtime


def letters(runtime: StoppedRuntime) -> list[Grouped]:
    with transaction(runtime.pool) as conn:
        return arrange_letters(read_labelled(conn, runtime.directory(conn)), training_segmenter())


def folder(
    runtime: StoppedRuntime, place: Path, *, cheats: bool = False, answers: Mapping[str, str] | None = None
) -> Path:
    """An encoder that knows all answers; it says that it learnt what it may, or (`cheats`) everything."""
    known = letters(runtime)
    right = {clean_text(g.letter.body): g.letter.topic_code for g in known}
    learnt = [g.letter for g in known if cheats or not is_unseen(g, trained_at=NOW)]
    return write_folder(place, CODES, right if answers is None else answers, [(one.title, one.body) for one in learnt])


def speaking(runtime: StoppedRuntime) -> str:
    with transaction(runtime.pool) as conn:
        [analysis] = runtime.analyser(conn).analyse([AnalyserInput("", "路灯坏了", "letter")])
    return analysis.versions["topic"]


def stored(conn: Connection) -> list[ClassifierVersion]:
    conn.rollback()
    return classifier_repository.list_versions(conn)


def test_from_a_file_of_letters_to_a_live_encoder_and_back(
    conn: Connection, taught: StoppedRuntime, runs: None, tmp_path: Path
) -> None:
    before = speaking(taught)
    written = write_letters(taught, tmp_path / "letters.csv")
    assert (tmp_path / "letters.csv").stat().st_mode & 0o777 == 0o600
    with (tmp_path / "letters.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    frozen = {g.letter.body for g in letters(taught) if g.frozen}
    assert len(rows) == written and len(rows) + len(frozen) <= len(corpus_letters(*PARENTS)) + 5
    assert len(frozen) > 100 and not frozen & {row["正文"] for row in rows}, "what it is judged by stays here"
    assert {row["类别"] for row in rows} == set(CODES)

    added = add_candidate(taught, folder(taught, tmp_path / "model"), actor="a")
    assert added.state is S.SHADOW, added.gate
    assert (added.kind, added.version) == ("encoder", "encoder/2+aaaa")
    assert any("冻结测试集" in check["sentence"] for check in added.gate["checks"])
    assert ShadowRun(taught).compare_waiting() == 0
    classifiers.promote(conn, added.id, actor="a", now=NOW)
    conn.commit()
    assert speaking(taught).startswith("encoder/2+aaaa+")
    classifiers.roll_back(conn, added.id, actor="a", now=NOW)
    conn.commit()
    assert speaking(taught) == before
    event = conn.execute("SELECT payload FROM administration_events WHERE action = 'classifier.add'").fetchone()
    assert event == ({"version": "encoder/2+aaaa"},)


def test_a_worse_one_is_rejected(conn: Connection, taught: StoppedRuntime, runs: None, tmp_path: Path) -> None:
    added = add_candidate(taught, folder(taught, tmp_path / "model", answers={}), actor="a")
    assert added.state is S.REJECTED
    assert not added.gate["passed"]
    assert speaking(taught)


def test_one_that_knows_the_questions_is_refused(
    conn: Connection, few: StoppedRuntime, runs: None, tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match=r"学过 \d+ 件留作检验的来信中的 \d+ 件"):
        add_candidate(few, folder(few, tmp_path / "model", cheats=True), actor="a")
    assert stored(conn) == []


def test_the_few_questions_it_may_know_do_not_count(
    conn: Connection, taught: StoppedRuntime, runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(added_candidate, "_MOST_KNOWN", 1.0)
    added = add_candidate(taught, folder(taught, tmp_path / "model", cheats=True), actor="a")
    assert added.state is S.REJECTED, "of all letters none is left"
    assert added.gate["checks"][0]["name"] == "enough"


@pytest.mark.parametrize("library", ["onnxruntime", "tokenizers"])
def test_without_the_extra_nothing_is_stored_and_a_sentence_says_what_to_install(
    library: str, conn: Connection, runtime: StoppedRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in {library, "tokenizers"}:
        monkeypatch.setitem(sys.modules, name, None)
    encoder_artifacts.save(
        tmp_path / "model",
        b"graph",
        "{}",
        b"12345678",
        {"version": "encoder/2+a", "codes": CODES, "parents": {code: code for code in CODES}, "temperature": 1.0}
        | {"length": 32, "segment_types": 2, "threshold": None},
    )
    with pytest.raises(Unavailable, match=r"需要另行安装 \w+：.*\[onnx\]"):
        add_candidate(runtime, tmp_path / "model", actor="a")
    assert stored(conn) == []


def test_a_live_encoder_that_cannot_run_here_leaves_the_word_to_the_cold_start(
    conn: Connection, taught: StoppedRuntime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = speaking(taught)
    with monkeypatch.context() as patch:
        patch.setattr(encoder_artifacts, "load", load_folder)
        added = add_candidate(taught, folder(taught, tmp_path / "model"), actor="a")
    classifiers.promote(conn, added.id, actor="a", now=NOW)
    conn.commit()

    def missing(_: Path) -> None:
        raise Unavailable("运行编码器模型需要另行安装 onnxruntime。")

    monkeypatch.setattr(encoder_artifacts, "load", missing)
    assert speaking(taught) == before
    [found] = [check for check in run_checks(taught, now=NOW) if check.name == "classifier"]
    assert not found.ok and "onnxruntime" in found.detail


def test_folders_of_something_else_are_refused(
    conn: Connection, few: StoppedRuntime, runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    linear = tmp_path / "linear"
    linear.mkdir()
    for name, content in learning.artifact_files(*learning.PARENTS).items():
        (linear / name).write_bytes(content)
    for place in (linear, tmp_path / "nowhere"):
        with pytest.raises(Invalid, match="没有 wenzheng nlp finetune 微调的编码器"):
            add_candidate(few, place, actor="a")
    model = folder(few, tmp_path / "model")
    with monkeypatch.context() as patch:
        patch.setattr(added_candidate, "MOST_BYTES", 100)
        with pytest.raises(Invalid, match="不能存入数据库；请用更小的编码器"):
            add_candidate(few, model, actor="a")
    (model / "model.onnx").unlink()
    with pytest.raises(Invalid, match="无法读取"):
        add_candidate(few, model, actor="a")
    strange = write_folder(tmp_path / "strange", ["城乡建设", "环境保护"], {}, [("a", "b")])
    with pytest.raises(Invalid, match="都不在分类目录中"):
        add_candidate(few, strange, actor="a")
    assert stored(conn) == []


def test_what_lies_beside_it_in_the_folder_is_not_stored(
    conn: Connection, few: StoppedRuntime, runs: None, tmp_path: Path
) -> None:
    model = folder(few, tmp_path / "model")
    (model / "README.MD").write_text("notes")
    added = add_candidate(few, model, actor="a")
    conn.rollback()
    assert set(classifier_repository.get_files(conn, added.id)) == set(encoder_artifacts.FILES)


def test_it_is_stored_once_and_not_while_another_learns(
    conn: Connection, few: StoppedRuntime, runs: None, tmp_path: Path
) -> None:
    model = folder(few, tmp_path / "model")
    assert training_repository.hold_training_lock(conn)
    conn.commit()
    with pytest.raises(Conflict, match="正在训练"):
        add_candidate(few, model, actor="a")
    conn.execute("SELECT pg_advisory_unlock_all()")
    conn.commit()
    add_candidate(few, model, actor="a")
    with pytest.raises(Conflict, match="已经存在"):
        add_candidate(few, model, actor="a")
    assert len(stored(conn)) == 1


def test_one_that_is_asked_only_where_the_present_one_is_unsure(
    conn: Connection, taught: StoppedRuntime, runs: None, tmp_path: Path
) -> None:
    model = folder(taught, tmp_path / "model")
    for wrong in (0.0, 1.5):
        with pytest.raises(Invalid, match="大于 0"):
            add_candidate(taught, model, actor="a", below=wrong)
    # of a first reader that is always less sure than 1 every letter goes on: it is as good as the encoder alone
    added = add_candidate(taught, model, actor="a", below=1.0)
    assert (added.version, added.state) == ("encoder/2+aaaa.after-default-1", S.SHADOW)
    classifiers.promote(conn, added.id, actor="a", now=NOW)
    conn.commit()
    assert speaking(taught).startswith(f"{added.version}+")
    with pytest.raises(Invalid, match="本身就是编码器"):
        add_candidate(taught, model, actor="a", below=0.5)
    classifiers.roll_back(conn, added.id, actor="a", now=NOW)
    linear = learning.version(conn, S.LIVE)
    after = add_candidate(taught, model, actor="a", below=0.000001)
    assert after.version == f"encoder/2+aaaa.after-{linear.id}-1e-06"
    assert after.card["first_id"] == linear.id
    said = after.gate["checks"]
    assert all(check["live"] == check["candidate"] for check in said if check["name"] == "accuracy"), (
        "the encoder is hardly ever asked"
    )


def test_the_commands_tell_people(
    conn: Connection, taught: StoppedRuntime, runs: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = folder(taught, tmp_path / "model")
    monkeypatch.setattr(commands, "open_runtime", lambda: contextlib.nullcontext((taught, taught.dsn)))
    run = CliRunner().invoke
    said = run(commands.app, ["letters", "--output", str(tmp_path / "out.csv")], catch_exceptions=False)
    assert "nlp finetune" in said.output and "件" in said.output
    said = run(commands.app, ["add", str(model)], catch_exceptions=False)
    assert "encoder/2+aaaa：并行试用" in said.output
    assert "通过：" in said.output


# Chosen on the page: a worker's run does it


def request(conn: Connection, runtime: StoppedRuntime, name: str) -> TrainingRun:
    """The administrator asks, a worker runs; the run as it ended."""
    classifiers.request_encoder(conn, runtime.settings.data_dir, EncoderRequest(name), actor="account:1:周宁", now=NOW)
    conn.commit()
    run_training(runtime, actor="system:learning")
    run = training_repository.list_runs(conn, limit=1)[0]
    conn.rollback()
    return run


def test_a_worker_takes_in_the_encoder_that_was_chosen(conn: Connection, taught: StoppedRuntime, runs: None) -> None:
    place = taught.settings.data_dir / "encoders"
    place.mkdir(parents=True)
    folder(taught, place / "small")
    run = request(conn, taught, "small")
    assert (run.outcome, run.actor) == (TrainingOutcome.SHADOW, "account:1:周宁")
    [added] = stored(conn)
    assert (added.id, added.state, added.trained_by) == (run.classifier_id, S.SHADOW, "account:1:周宁")
    again = request(conn, taught, "small")
    assert again.outcome is TrainingOutcome.UNCHANGED and "已经存在" in again.reason
    folder(taught, place / "worse", answers={}).joinpath("card.json").write_text(
        (place / "worse" / "card.json").read_text().replace("aaaa", "bbbb")
    )
    assert request(conn, taught, "worse").outcome is TrainingOutcome.REJECTED
    assert [v.state for v in stored(conn)] == [S.REJECTED, S.SHADOW]


def test_one_that_is_gone_when_the_worker_comes_is_a_reason(conn: Connection, few: StoppedRuntime, runs: None) -> None:
    place = few.settings.data_dir / "encoders"
    place.mkdir(parents=True)
    model = folder(few, place / "small")
    classifiers.request_encoder(conn, few.settings.data_dir, EncoderRequest("small"), actor="a", now=NOW)
    conn.commit()
    model.rename(place.parent / "elsewhere")
    run_training(few, actor="system:learning")
    run = training_repository.list_runs(conn, limit=1)[0]
    assert run.outcome is TrainingOutcome.FAILED and "可能已被移走" in run.reason
    with pytest.raises(Invalid, match="没有这个编码器"):
        classifiers.request_encoder(conn, few.settings.data_dir, EncoderRequest("small"), actor="a", now=NOW)


def test_the_promise_of_a_shadow_that_is_an_encoder_is_its_own(
    conn: Connection, taught: StoppedRuntime, runs: None, tmp_path: Path
) -> None:
    wanted = LearningSettings(max_error=0.05, audit_share=0.1)
    promise_repository.add_learning_settings(conn, wanted, actor="a", now=NOW)
    conn.commit()
    added = add_candidate(taught, folder(taught, tmp_path / "model"), actor="a", below=1.0)
    found = keep_promise_today(taught, actor="a")
    assert [t.classifier_version.startswith(f"{added.version}+") for t in found] == [False, True]
