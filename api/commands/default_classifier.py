"""nlp prepare: learn the classifier that comes with the program, once on each machine."""

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn

from api.commands.console import console, progress_console
from api.installation import load_settings
from nlp.shipped import Shipped, find_shipped, prepare_shipped
from nlp.topics.artifacts import Artifact
from nlp.topics.default_classifier import default_folders


def register(app: typer.Typer) -> None:
    app.command("prepare")(prepare)


def prepare() -> None:
    """训练随程序提供的分类模型（每台机器一次，约一分钟）；已经有了就不再训练。"""
    if find_shipped(default_folders(load_settings().data_dir)) is not None:
        console.print("分类模型已就绪。")
        return
    console.print(f"分类模型 {ready_shipped().topics.model.version} 已就绪。", markup=False)


def ready_shipped() -> Shipped:
    """What comes with the program, for a command; where it has to be learnt first, with a progress bar."""
    folders = default_folders(load_settings().data_dir)
    found = find_shipped(folders)
    if found is not None:
        return found
    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    with Progress(*columns, console=progress_console, transient=True) as bar:
        task = bar.add_task("训练分类模型（只在第一次）", total=1.0)
        return prepare_shipped(folders, on_progress=lambda _, fraction: bar.update(task, completed=fraction))


def ready_default() -> Artifact:
    """The classifier of topics alone."""
    return ready_shipped().topics
