"""`wenzheng up` as a person meets it: it starts, survives the death of each of its processes, stops, starts again."""

import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.auth import MAX_FAILURES
from tests.pipeline.processes import (
    answers,
    fetch,
    free_port,
    kill,
    processes_of,
    run,
    start,
    status,
    wait_for,
)

SAMPLE_MINIMUM = 500


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    # below a private folder, as a fresh clone in a temporary folder is
    return tmp_path_factory.mktemp("installation") / "var"


@pytest.fixture(scope="module")
def service(data_dir: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    port = free_port()
    process = start(data_dir, "up", "--port", str(port))
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(f"{url}/readyz") or process.poll() is not None, 300, "the service is ready")
        assert process.poll() is None, process.communicate()[0]
        yield process, url
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert processes_of(data_dir) == {}, "something was left running"


def _write_letter(url: str, number: int) -> dict[str, str]:
    answer: dict[str, str] = fetch(
        f"{url}/api/v1/letters",
        {"title": f"路灯不亮{number}", "body": f"临溪区桂香街道路口的第{number}盏路灯坏了一周，晚上出行不安全。"},
    )
    return answer


def _wait_until_dispatched(url: str, receipt: dict[str, str], seconds: float, what: str) -> None:
    """With pauses that grow: one address may ask for progress so many times an hour, and these tests share one."""
    address = f"{url}/api/v1/letters/{receipt['receipt_number']}/progress"
    code = {"code": receipt["query_code"]}
    wait_for(lambda: fetch(address, code)["status"] is not None, seconds, what, longest_pause=5)


def _pid_of(data_dir: Path, word: str) -> int:
    return min(pid for pid, words in processes_of(data_dir).items() if word in words)


def test_first_start_shows_a_living_city_and_a_letter_becomes_a_case(
    service: tuple[subprocess.Popen[str], str], data_dir: Path
) -> None:
    _, url = service
    counts = status(data_dir)
    assert counts["submissions"] > SAMPLE_MINIMUM
    assert counts["cases"] == counts["by_channel"]["letter"] + counts["by_channel"]["hotline"]
    assert counts["without_due_date"] == 0
    receipt = _write_letter(url, 1)
    _wait_until_dispatched(url, receipt, 10, "the letter is a case (nudged, not swept)")


@pytest.mark.parametrize("victim", ["api.cli worker", "api.cli web", "bin/postgres"])
def test_a_killed_process_comes_back_and_nothing_acknowledged_is_lost(
    service: tuple[subprocess.Popen[str], str], data_dir: Path, victim: str
) -> None:
    _, url = service
    before = _write_letter(url, hash(victim) % 10_000 + 10)
    kill(_pid_of(data_dir, victim))
    time.sleep(0.5)
    wait_for(lambda: answers(f"{url}/readyz"), 45, f"ready again after the death of {victim}")
    _wait_until_dispatched(url, before, 60, "the letter written before is a case")


def test_a_forged_address_does_not_escape_the_limits(service: tuple[subprocess.Popen[str], str]) -> None:
    """Through the real server, which must not believe X-Forwarded-For where nobody said that a proxy is trusted."""
    _, url = service
    answered = []
    for i in range(MAX_FAILURES + 1):
        request = urllib.request.Request(
            f"{url}/api/v1/session",
            data=b'{"username": "nobody", "password": "guess"}',
            headers={"Content-Type": "application/json", "X-Forwarded-For": f"198.51.100.{i}"},
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, timeout=20)
        refused.value.close()
        answered.append(refused.value.code)
    assert answered == [401] * MAX_FAILURES + [429]


def test_second_up_on_the_same_folder_and_a_taken_port_are_one_sentence(
    service: tuple[subprocess.Popen[str], str], data_dir: Path
) -> None:
    _, url = service
    taken = run(data_dir, "up", "--port", url.rpartition(":")[2], check=False)
    assert taken.returncode == 1
    assert "已被占用" in taken.stderr
    assert "Traceback" not in taken.stderr
    twice = run(data_dir, "up", "--port", str(free_port()), check=False)
    assert twice.returncode == 1
    assert "已经有一个问政在运行" in twice.stderr


def test_killing_the_parent_leaves_nothing_behind_that_hinders_the_next_start(
    service: tuple[subprocess.Popen[str], str], data_dir: Path
) -> None:
    process, url = service
    port = url.rpartition(":")[2]
    receipt = _write_letter(url, 7)
    kill(process.pid)
    process.communicate(timeout=20)
    wait_for(
        lambda: not any("api.cli" in words for words in processes_of(data_dir).values()), 30, "the children are gone"
    )
    again = start(data_dir, "up", "--port", port)
    try:
        wait_for(lambda: answers(f"{url}/readyz"), 60, "ready again")
        _wait_until_dispatched(url, receipt, 30, "the letter is there and a case")
        assert status(data_dir)["submissions"] > SAMPLE_MINIMUM
    finally:
        again.send_signal(signal.SIGTERM)
        again.communicate(timeout=60)
