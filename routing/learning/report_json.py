"""How reports and cards become JSON that a database takes: numbers that are none (infinite, not a number) are null."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from psycopg.types.json import Jsonb


def as_json(report: Mapping[str, Any]) -> Jsonb:
    return Jsonb({key: _finite(value) for key, value in report.items()})


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, list | tuple) else value
