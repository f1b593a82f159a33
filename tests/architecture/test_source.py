"""How the source is kept: SQL in its places, small modules, no trace of the machine it was written on."""

import ast
import re
import statistics
from collections import Counter

import pytest

from tests.architecture.source import PACKAGES, ROOT, Module, modules, strings

_SQL = re.compile(
    r"\b(SELECT\b.+\bFROM|INSERT\s+INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|CREATE\s+(TABLE|DATABASE|ROLE)|DROP\s+|ALTER\s+"
    r"|TRUNCATE|COPY\s+\w+\s*\(|SET\s+ROLE|SELECT\s+\w+\()",
    re.DOTALL,
)
SQL_ELSEWHERE = {
    "models/database.py": "the role and the limits of a connection",
    "models/migrate.py": "before there are tables",
    "api/embedded.py": "makes the database itself",
    "api/backup.py": "looks whether a database is empty, makes the role a dump needs",
    "dashboards/daily_facts/fact_measures.py": "asks a metric's own query for single cases or for groups",
    "dashboards/lists/matching.py": "leaves of a definition in SQL what does not apply, and asks for its text",
    "dashboards/daily_facts/fact_statements.py": "which sums are read depends on the filter",
    "api/worker.py": "LISTEN and its lock, on a connection of its own",
    "api/benchmarks/alike.py": "fills a database of its own",
    "api/benchmarks/made_cases.py": "fills a database of its own",
    "api/benchmarks/made_slices.py": "adds up made sums",
    "api/benchmarks/made_facts.py": "fills a database of its own",
    "api/benchmarks/made_words.py": "fills a database of its own",
    "api/benchmarks/case_filling.py": "fills a database of its own",
    "api/benchmarks/trends.py": "fills a database of its own",
    "api/benchmarks/pipeline.py": "makes and drops a database of its own",
}


def test_sql_stands_in_its_places_only() -> None:
    found = {module.name for module in modules(*PACKAGES) if any(map(_SQL.search, strings(module.nodes)))}
    elsewhere = {name for name in found if not name.endswith("repository.py")}
    assert elsewhere - SQL_ELSEWHERE.keys() == set()
    assert SQL_ELSEWHERE.keys() - elsewhere == set(), "listed without need"


def test_no_module_is_a_drawer() -> None:
    lines = {module.name: module.lines for module in modules(*PACKAGES)}
    assert {name: n for name, n in lines.items() if n > 400} == {}
    assert statistics.median(n for n in lines.values() if n > 1) <= 120


def test_tests_are_kept_as_well() -> None:
    assert {module.name: module.lines for module in modules("tests") if module.lines > 400} == {}


@pytest.mark.parametrize("module", modules(*PACKAGES), ids=lambda module: module.name)
def test_every_module_opens_with_the_question_it_answers(module: Module) -> None:
    assert ast.get_docstring(module.tree), f"{module.name} has no docstring"


def all_modules() -> tuple[Module, ...]:
    return modules(*PACKAGES, "tests")


def test_names_are_english() -> None:
    names = [
        (module.name, name)
        for module in all_modules()
        for node in module.nodes
        for name in (
            getattr(node, "id", None),
            getattr(node, "name", None),
            getattr(node, "arg", None),
            getattr(node, "attr", None),
        )
        if isinstance(name, str) and not name.isascii()
    ]
    assert names == []


# Places that exist on every machine the program runs on, and what tests send as an attack.
_SYSTEM_PLACES = ("/usr/lib/", "/usr/bin/", "/proc/", "/etc/passwd")
_ABSOLUTE = re.compile(r"(?<![\w.:/}])/(?:home|root|work|opt|mnt|srv|tmp|usr|etc|proc|var)/[\w./-]+")


def test_nothing_of_the_authors_machine_is_in_the_source() -> None:
    found = [
        (module.name, match[0])
        for module in all_modules()
        for text in strings(module.nodes)
        for match in _ABSOLUTE.finditer(text)
        if not match[0].startswith(_SYSTEM_PLACES)
    ]
    assert found == []


def test_no_room_is_crowded() -> None:
    """Who looks for something reads the names of one folder: of more than forty nobody sees what it is for."""
    crowd = Counter(module.name.rpartition("/")[0] for module in modules(*PACKAGES))
    assert [(room, number) for room, number in crowd.items() if number > 40] == []


def test_nothing_of_the_authors_machine_is_in_the_documents() -> None:
    documents = [
        ROOT / "Makefile",
        ROOT / "pyproject.toml",
        ROOT / "constraints.txt",
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / ".ci").glob("*"),
    ]
    found = [
        (path.name, match[0])
        for path in documents
        if path.is_file()
        for match in _ABSOLUTE.finditer(path.read_text(encoding="utf-8"))
        if match[0].startswith(("/home", "/root", "/work"))
    ]
    assert found == []


def test_nobody_catches_everything_in_silence() -> None:
    """A blanket `except` cleans up and raises again; those that go on are about a text, and an
    event, that nobody thought of: one must not hold up all the others."""
    blanket = [
        module.name
        for module in modules(*PACKAGES)
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in ("Exception", "BaseException"))
        and ast.unparse(node.body[-1]) != "raise"
    ]
    assert sorted(blanket) == ["api/messages/outbox.py", "routing/process.py"]


def test_every_folder_of_tests_has_tests() -> None:
    folders = [folder for folder in (ROOT / "tests").iterdir() if (folder / "__init__.py").exists()]
    assert {folder.name for folder in folders} >= {
        "unit",
        "database",
        "api",
        "pipeline",
        "browser",
        "quality",
        "architecture",
    }
    assert [folder.name for folder in folders if not list(folder.glob("test_*.py"))] == []


def test_no_two_test_modules_have_tests_of_one_name_twice() -> None:
    """The second definition would silently replace the first."""
    for module in modules("tests"):
        names = [node.name for node in module.tree.body if isinstance(node, ast.FunctionDef)]
        assert sorted(names) == sorted(set(names)), module.name
