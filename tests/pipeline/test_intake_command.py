"""What `wenzheng import` says, and the exit code that a script sees."""

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from api import cli
from api.commands import imports
from api.runtime import Runtime
from models.settings import Settings

GOOD = "标题,内容,时间\n路灯,第一盏路灯坏了,2024-01-05\n井盖,井盖不见了,\n"

Command = Callable[..., int]


@pytest.fixture
def command(city_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    settings = Settings(data_dir=tmp_path, secret_key=SecretStr("a secret for tests only, long enough to pass"))
    with contextlib.closing(Runtime(settings, city_dsn)) as runtime:
        monkeypatch.setattr(imports, "open_runtime", lambda: contextlib.nullcontext((runtime, city_dsn)))

        def run(text: str, *options: str) -> int:
            path = tmp_path / "letters.csv"
            path.write_text(text, encoding="utf-8")
            arguments = ["wenzheng", "import", str(path), "--channel", "letter", "--dry-run", *options]
            monkeypatch.setattr("sys.argv", arguments)
            with pytest.raises(SystemExit) as stopped:
                cli.main()
            assert isinstance(stopped.value.code, int)
            return stopped.value.code

        yield run


def test_a_whole_file_is_a_success(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command(GOOD) == 0
    said = capsys.readouterr()
    assert "其中 1 行没有时间，按导入时间计" in said.out and "✗" not in said.out + said.err
    assert command(GOOD, "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["complete"], answer["broken_at"], answer["new"], answer["without_time"]) == (True, None, 2, 1)


def test_times_are_not_mentioned_where_all_are_there(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("标题,内容,时间\n路灯,路灯坏了,2024-01-05\n") == 0
    assert "没有时间" not in capsys.readouterr().out


def test_a_file_that_breaks_off_is_none(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    broken = GOOD + '噪音,"没有写'
    assert command(broken) == 1
    said = capsys.readouterr()
    assert "读取 3 行，新增 2" in said.out
    assert "✗ 文件从第 4 行起无法读取，其后的行没有导入" in said.err
    assert command(broken, "--json") == 1
    answer = json.loads(capsys.readouterr().out)
    assert (answer["complete"], answer["broken_at"], answer["new"]) == (False, 4, 2)
