"""The command `wenzheng`: one module per family of commands, joined here."""

import sys
from typing import NoReturn

import typer
from rich.console import Console

from api.commands import accounts, benchmarks, city, imports, language, operations, serving
from models.errors import WenzhengError

app = typer.Typer(
    name="wenzheng",
    help="问政：来信、热线、问卷、网络帖文的受理、分派、办理与统计。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _module in (serving, imports, operations):
    _module.register(app)
app.add_typer(benchmarks.app, name="bench")
app.add_typer(accounts.app, name="user")
app.add_typer(operations.audit, name="audit")
app.add_typer(city.app, name="config")
app.add_typer(language.app, name="nlp")


def main() -> NoReturn:
    """Run a command. What a person can do something about is one sentence and exit code 1, never a traceback."""
    try:
        app()
    except WenzhengError as error:
        Console(stderr=True, highlight=False).print(f"[red]✗[/red] {error.message}", soft_wrap=True)
        for field, reason in getattr(error, "fields", {}).items():
            Console(stderr=True, highlight=False).print(f"  {field}：{reason}", soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


if __name__ == "__main__":
    main()
