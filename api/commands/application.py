"""All commands of `wenzheng`, one module per family, joined here; a family is loaded when it is asked for."""

from functools import cache
from importlib import import_module
from typing import Any

import typer

# Families whose commands stand beside each other, and which they are.
_BESIDE = {
    "serving": ("up", "web", "worker", "migrate"),
    "imports": ("import",),
    "operations": ("status", "doctor", "backup", "restore"),
    "reporting": ("report",),
}
# Families below a word of their own: the module, what it calls them, and who adds to them.
_BELOW = {
    "bench": ("benchmarks", "app", ("case_benchmark",)),
    "user": ("accounts", "app", ()),
    "audit": ("operations", "audit", ()),
    "config": ("city", "app", ()),
    "classifier": ("classifiers", "app", ()),
    "nlp": ("language", "app", ("issues", "bursts")),
}


@cache
def application(named: str = "") -> typer.Typer:
    """`wenzheng` with the family of the command that is named, or with all where it is none: to load all takes four
    times as long as most commands need."""
    app = typer.Typer(
        name="wenzheng",
        help="问政：来信、热线、问卷、网络帖文的受理、分派、办理与统计。",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_nothing)  # a family of one command stays a command
    known = named in _BELOW or any(named in commands for commands in _BESIDE.values())
    for family, commands in _BESIDE.items():
        if named in commands or not known:
            _module(family).register(app)
    for word, (family, name, more) in _BELOW.items():
        if word == named or not known:
            below = getattr(_module(family), name)
            for other in more:
                _module(other).register(below)
            app.add_typer(below, name=word)
    return app


def _nothing() -> None:
    pass


def _module(family: str) -> Any:
    return import_module(f"api.commands.{family}")
