"""Folders that cannot be used: one clear sentence each, never a traceback, nothing changed in them."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.pipeline.processes import free_port, processes_of, run, start


def _refused(data_dir: Path) -> str:
    done = run(data_dir, "status", check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    return done.stderr


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_text("somebody's")
    assert "其他内容" in _refused(tmp_path)
    assert os.listdir(tmp_path) == ["holiday.jpg"]


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "不是目录" in _refused(tmp_path / "file")


def test_a_folder_without_permission(tmp_path: Path) -> None:
    """As an ordinary user, which root becomes for a moment: root itself may write everywhere."""
    from api.embedded import EmbeddedPostgres
    from models.errors import Unavailable

    tmp_path.chmod(0o500)
    was_root = os.geteuid() == 0
    if was_root:
        os.seteuid(65534)
    try:
        with pytest.raises(Unavailable, match="权限"):
            EmbeddedPostgres(tmp_path / "var").prepare()
    finally:
        if was_root:
            os.seteuid(0)


def test_a_full_disk_is_said_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from api import embedded
    from models.errors import Unavailable

    monkeypatch.setattr(embedded, "_MIN_FREE_BYTES", 1 << 62)
    with pytest.raises(Unavailable, match="剩余空间不足"):
        embedded.EmbeddedPostgres(tmp_path / "var").start()


def test_a_start_that_was_killed_while_the_database_was_made_begins_again(tmp_path: Path) -> None:
    half = tmp_path / "var" / "postgresql.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18")  # initdb writes it before anything works
    (tmp_path / "var" / "wenzheng-data-folder").touch()
    assert "submissions" in run(tmp_path / "var", "status", "--json").stdout
    assert not half.exists()


@pytest.mark.parametrize("seconds", [0.1, 0.5, 1.2, 2.5, 4.0])
def test_ctrl_c_while_starting_is_no_traceback_and_leaves_nothing_running(tmp_path: Path, seconds: float) -> None:
    process = start(tmp_path / "var", "up", "--port", str(free_port()), start_new_session=True)
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[0]
    # where Python itself was still starting, nothing of ours could answer
    ours = re.sub(r"Traceback(?:(?!, in main\b).)*?KeyboardInterrupt\n", "", said, flags=re.DOTALL)
    assert "Traceback" not in ours
    assert processes_of(tmp_path / "var") == {}


def test_a_copy_of_the_programs_works_from_another_place(tmp_path: Path) -> None:
    """What is started as root where the database's user cannot reach the environment."""
    from api.embedded import find_binaries, shared_copy

    copied = shared_copy(find_binaries().parent, tmp_path)
    assert tmp_path in copied.parents
    said = subprocess.run([copied / "bin" / "initdb", "--version"], capture_output=True, text=True, check=True).stdout
    assert "PostgreSQL" in said
    assert shared_copy(find_binaries().parent, tmp_path) == copied
