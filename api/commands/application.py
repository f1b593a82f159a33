"""All commands of `wenzheng`, one module per family, joined here."""

import typer

from api.commands import (
    accounts,
    benchmarks,
    bursts,
    case_benchmark,
    city,
    classifiers,
    imports,
    issues,
    language,
    operations,
    reporting,
    serving,
)

app = typer.Typer(
    name="wenzheng",
    help="问政：来信、热线、问卷、网络帖文的受理、分派、办理与统计。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _module in (serving, imports, operations, reporting):
    _module.register(app)
case_benchmark.register(benchmarks.app)
app.add_typer(benchmarks.app, name="bench")
app.add_typer(accounts.app, name="user")
app.add_typer(operations.audit, name="audit")
app.add_typer(city.app, name="config")
app.add_typer(classifiers.app, name="classifier")
issues.register(language.app)
bursts.register(language.app)
app.add_typer(language.app, name="nlp")
