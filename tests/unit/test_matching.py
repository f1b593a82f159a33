"""What is left out of the definition of matching cases does not apply; what is not understood stays."""

from typing import Any

import pytest

from dashboards.lists.matching import MATCHING, matching_conditions, write_out

DEFINITION = """
    SELECT f.id FROM case_facts(as_of) f
    WHERE CASE criteria->>'counted'
              WHEN 'all' THEN true
              ELSE f.is_counted OR f.number = criteria->>'text' END
      -- a comment with AND and 'quotes
      AND (criteria->>'state' IS NULL OR CASE criteria->>'state'
               WHEN 'open' THEN f.is_open AND (f.a OR f.b)
               WHEN 'late' THEN EXISTS (SELECT FROM t WHERE t.at < as_of AND CASE WHEN t.x THEN 1 ELSE 2 END = 2)
               ELSE false END)
      AND (criteria->>'text' IS NULL OR strpos(f.title, criteria->>'text') > 0 OR f.title LIKE '%)(''AND')
      AND f.always
"""
COUNTED = "(f.is_counted OR f.number = C->>'text')"
TEXT = "(strpos(f.title, C->>'text') > 0 OR f.title LIKE '%%)(''AND')"


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({}, [COUNTED, "f.always"]),
        ({"counted": "all", "zone": "x"}, ["(true)", "f.always"]),
        ({"counted": "nothing we know"}, [COUNTED, "f.always"]),
        ({"state": "open"}, [COUNTED, "(f.is_open AND (f.a OR f.b))", "f.always"]),
        (
            {"state": "late"},
            [
                COUNTED,
                "(EXISTS (SELECT FROM t WHERE t.at < %(as_of)s AND CASE WHEN t.x THEN 1 ELSE 2 END = 2))",
                "f.always",
            ],
        ),
        ({"state": "nothing we know"}, [COUNTED, "(false)", "f.always"]),
        ({"text": "灯"}, [COUNTED, TEXT, "f.always"]),
    ],
)
def test_what_does_not_apply_is_left_out(criteria: dict[str, Any], expected: list[str]) -> None:
    assert matching_conditions(DEFINITION, criteria).replace("%(criteria)s::jsonb", "C") == " AND ".join(expected)


@pytest.mark.parametrize(
    "condition",
    [
        "(criteria->>'state' IS NULL OR f.a) OR (f.b) AND (criteria->>'text' IS NULL OR f.c)",
        "CASE criteria->>'state' WHEN f.a THEN true ELSE false END",
        "CASE criteria->>'state' WHEN 'open' THEN true END",
        "f.day BETWEEN f.first AND f.last AND (criteria->>'text' IS NULL OR f.c)",
        "(criteria->>'text' IS NOT NULL OR f.c)",
    ],
)
def test_what_is_not_understood_stays(condition: str) -> None:
    kept = matching_conditions(f"SELECT f.id FROM f WHERE {condition}", {"state": "late"})
    assert kept.replace("%(criteria)s::jsonb", "criteria") == condition


def test_what_asks_for_cases_is_written_out() -> None:
    definition = "SELECT f.id FROM f WHERE CASE criteria->>'counted' WHEN 'asked' THEN f.asked ELSE f.counted END"
    assert "(f.counted)" in write_out(f"SELECT FROM {MATCHING}", definition, {})
    assert "(f.asked)" in write_out(f"SELECT FROM {MATCHING}", definition, {"counted": "asked"})
    assert write_out("SELECT 1", definition, {}) == "SELECT 1"
