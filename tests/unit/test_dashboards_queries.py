"""Each query says what it counts before it counts it."""

from importlib.resources import files

import pytest

from dashboards.metrics.metrics import METRICS

QUERIES = sorted(f.name for f in (files("dashboards") / "queries").iterdir() if f.name.endswith(".sql"))


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_opens_with_its_definition(name: str) -> None:
    lines = (files("dashboards") / "queries" / name).read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("-- ") and lines[0].endswith(name.removesuffix(".sql"))
    assert any("一" <= character <= "鿿" for character in lines[0])
    head = [line for line in lines if line.startswith("-- ")]
    for word in ("numerator:", "denominator:", "exclusions:", "source:"):
        assert sum(line.startswith(f"-- {word}") for line in head) == 1, word


def test_each_metric_has_a_query_and_a_sentence() -> None:
    for metric in METRICS.values():
        assert f"{metric.query}.sql" in QUERIES
        assert metric.definition.endswith("。")
        assert (metric.denominator is None) == (metric.unit == "件") == (metric.empty == "")
