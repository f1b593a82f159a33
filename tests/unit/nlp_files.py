"""A file, a run of a command on it, and the analysis without what is learnt."""

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from typer.testing import CliRunner, Result

from api.commands.application import application
from nlp.pipeline import Pipeline, build_reference_pipeline

CHINA = ZoneInfo("Asia/Shanghai")


def table(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """The path of a CSV file with these rows."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def run(*arguments: object) -> Result:
    """`wenzheng` with these arguments; an error that a person can mend is in `.exception`."""
    return CliRunner().invoke(application(), [str(argument) for argument in arguments])


@cache
def word_pipeline() -> Pipeline:
    """Words alone decide: the same on every machine, without learning anything."""
    return build_reference_pipeline()
