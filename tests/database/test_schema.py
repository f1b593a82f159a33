"""models/schema.sql is what the migrations make."""

import pytest

from tests.generate import SCHEMA, made_on, read, schema, stale


def test_schema_sql_is_a_fresh_migration(dsn: str) -> None:
    now = schema(dsn)
    if made_on(read(SCHEMA)) != made_on(now):
        pytest.skip(f"models/schema.sql was made on PostgreSQL {made_on(read(SCHEMA))}, this is {made_on(now)}")
    assert stale(SCHEMA, now) == "", "run `make generate`"


def test_the_dump_holds_what_matters_and_nothing_of_this_machine(dsn: str) -> None:
    text = schema(dsn)
    for part in (
        "CREATE TABLE public.case_events",
        "CREATE FUNCTION public.matching_cases",
        "case_events_append_only",
        "TO wenzheng_app",
        "CREATE UNIQUE INDEX assignments_one_lead",
    ):
        assert part in text
    for noise in ("\nSET ", "restrict", "Dumped", "/tmp/", "OWNER TO"):
        assert noise not in text
    assert text.count("\n--") == 0
