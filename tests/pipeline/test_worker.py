"""The row is the job: a worker that is killed in the middle loses nothing and does nothing twice, on any broker."""

import contextlib
import csv
import shutil
import subprocess
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from redis import Redis

from api.first_start import set_up_first_time
from api.installation import use_database
from api.runtime import Runtime
from models.migrate import migrate
from models.settings import Settings
from tests.pipeline.processes import free_port, kill, run, start, wait_for

ROWS = 1500


def _write_file(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["留言编号", "留言用户", "留言主题", "留言时间", "留言详情"])
        for i in range(rows):
            writer.writerow(
                [
                    100000 + i,
                    f"用户{i}",
                    f"第{i}号路灯不亮",
                    "2026-11-02 08:30:00",
                    f"青禾镇第{i}根电杆上的路灯坏了，老人晚上出门看不清路，希望尽快派人维修更换。" * 3,
                ]
            )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A data folder with a plain city, its server running for the whole module, and the connection string."""
    data_dir = tmp_path_factory.mktemp("worker") / "var"
    with use_database(Settings(data_dir=data_dir)) as (settings, dsn):
        migrate(dsn)
        runtime = Runtime(settings, dsn)
        set_up_first_time(runtime, sample=False, actor="test", report=lambda _: None)
        runtime.close()
        yield data_dir, dsn


def _count(dsn: str, what: str) -> int:
    with psycopg.connect(dsn) as conn:
        row = conn.execute(what).fetchone()
    assert row is not None
    return int(row[0])


def _pending(dsn: str) -> int:
    return _count(dsn, "SELECT count(*) FROM submissions WHERE state = 'pending'")


def _has_more_cases(dsn: str, than: int) -> bool:
    return _count(dsn, "SELECT count(*) FROM cases") > than


def _check_each_letter_is_one_case(dsn: str, rows: int) -> None:
    assert _count(dsn, "SELECT count(*) FROM submissions") == rows
    assert _count(dsn, "SELECT count(*) FROM cases") == rows
    assert _count(dsn, "SELECT count(DISTINCT submission_id) FROM cases") == rows
    assert _count(dsn, "SELECT count(*) FROM analyses") == rows
    assert _count(dsn, "SELECT count(*) FROM case_events WHERE action = 'open'") == rows
    assert _count(dsn, "SELECT count(*) FROM cases WHERE due_at IS NULL") == 0


def test_killing_the_worker_in_mid_import_loses_and_doubles_nothing(
    installation: tuple[Path, str], tmp_path: Path
) -> None:
    data_dir, dsn = installation
    file = tmp_path / "letters.csv"
    _write_file(file, ROWS)
    small: dict[str, Any] = {"WENZHENG_BATCH_SIZE": "20"}
    importing = start(data_dir, "import", str(file), "--channel", "letter")
    for _ in range(3):
        worker = start(data_dir, "worker", **small)
        done = _count(dsn, "SELECT count(*) FROM cases")
        wait_for(partial(_has_more_cases, dsn, done), 60, "the worker got somewhere")
        time.sleep(0.05)
        kill(worker.pid)
        worker.communicate(timeout=20)
    importing.communicate(timeout=120)
    assert importing.returncode == 0
    worker = start(data_dir, "worker", **small)
    wait_for(lambda: _pending(dsn) == 0, 120, "everything is processed")
    worker.terminate()
    worker.communicate(timeout=60)
    _check_each_letter_is_one_case(dsn, ROWS)


def _messages(asked: Redis) -> int:
    """How many messages were given to this broker so far."""
    return int(asked.info("commandstats").get("cmdstat_lpush", {"calls": 0})["calls"])


@pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="no redis-server on this machine (.ci/run installs it)"
)
def test_the_same_tasks_run_on_a_real_broker(installation: tuple[Path, str], tmp_path: Path) -> None:
    data_dir, dsn = installation
    before = _count(dsn, "SELECT count(*) FROM submissions")
    port = free_port()
    redis = subprocess.Popen(
        ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    broker = {"WENZHENG_BROKER_URL": f"redis://127.0.0.1:{port}/0", "WENZHENG_SWEEP_SECONDS": "600"}
    workers = [start(data_dir, "worker", start_new_session=False, **broker) for _ in range(2)]
    try:
        for worker in workers:
            assert worker.stdout is not None
            assert any("已就绪" in line for line in worker.stdout)
        with contextlib.closing(Redis(port=port)) as asked:
            assert len({client["addr"] for client in asked.client_list() if client["cmd"] == "brpop"}) >= len(workers)
            sent = _messages(asked)
            file = tmp_path / "broker.csv"
            _write_file(file, 60)
            file.write_text(file.read_text(encoding="utf-8").replace("青禾镇", "双泉镇"), encoding="utf-8")
            run(data_dir, "import", str(file), "--channel", "letter")
            wait_for(lambda: _pending(dsn) == 0, 30, "processed by message, long before the sweep")
            assert _messages(asked) > sent
        assert _count(dsn, "SELECT count(*) FROM cases") == before + 60
    finally:
        for worker in workers:
            worker.terminate()
            worker.communicate(timeout=60)
        redis.terminate()
        redis.wait(20)
