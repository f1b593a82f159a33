"""Our source as the architecture tests read it."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("models", "intake", "nlp", "routing", "dashboards", "api")


@dataclass(frozen=True, eq=False)
class Module:
    """One file; `name` is its path below the root, with slashes."""

    name: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """The whole tree, walked once for all tests that look at every node."""
        return tuple(ast.walk(self.tree))


def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file below the folders, read and parsed once."""
    return tuple(module for folder in folders for module in _folder(folder))


@cache
def _folder(folder: str) -> tuple[Module, ...]:
    texts = [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]
    return tuple(Module(name, text, ast.parse(text)) for name, text in texts)


def strings(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Every string literal that is not a docstring; the pieces of an f-string joined."""
    skipped: set[int] = set()
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))  # docstrings and strings that stand alone
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(value) for value in node.values}
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.value
