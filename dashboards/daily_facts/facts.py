"""Run one query file of dashboards/queries over the cases that criteria select."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from dashboards.lists.matching import MATCHING, read_definition, write_out
from models.criteria import CaseCriteria
from models.database import Connection
from models.errors import Invalid
from nlp.search_query import SearchQuery
from nlp.search_query import read_query as read_query_text

Row = TypeVar("Row")
_NOTHING_ASKED = SearchQuery("", (), (), "")


@cache
def read_query(name: str) -> bytes:
    """The text of dashboards/queries/<name>.sql as it ships with the program."""
    return (files("dashboards") / "queries" / f"{name}.sql").read_bytes()


def case_parameters(
    criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo, with_words: bool = True
) -> dict[str, Any]:
    """What every query over cases takes; without the words that are looked for where they are looked up otherwise.
    Raises `Invalid` for text that a database cannot hold."""
    if any("\0" in value for value in criteria.as_parameters().values()):
        raise Invalid("筛选条件里有无法识别的字符。")
    values: dict[str, Any] = criteria.as_json(zone.key)
    if criteria.q:
        query = query_of(criteria)
        asked = {"words": query.words, "phrases": list(query.phrases)} if with_words else {}
        values |= {name: value for name, value in (asked | {"number": query.number}).items() if value}
    return {"as_of": now, "criteria": Jsonb(values), "zone": zone.key}


def query_of(criteria: CaseCriteria) -> SearchQuery:
    """What the search box asks for."""
    return read_query_text(criteria.q) if criteria.q else _NOTHING_ASKED


def submission_parameters(criteria: CaseCriteria, *, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """What every query over submissions takes: the filters that a submission without a case can answer."""
    return case_parameters(criteria, now=now, zone=zone) | {
        name: getattr(criteria, name)
        for name in (
            "channel",
            "topic",
            "region",
            "appeal_type",
            "sentiment",
            "emotion",
            "displeased_with",
            "urgency",
            "submitted_from",
            "submitted_to",
            "import_id",
            "issue_id",
            "alert_id",
        )
    }


def fetch_rows(conn: Connection, name: str, parameters: Mapping[str, Any]) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(written(conn, read_query(name).decode(), parameters).encode(), parameters).fetchall()


def fetch_objects(conn: Connection, name: str, parameters: Mapping[str, Any], row: type[Row]) -> list[Row]:
    with conn.cursor(row_factory=class_row(row)) as cursor:
        return cursor.execute(written(conn, read_query(name).decode(), parameters).encode(), parameters).fetchall()


def written(conn: Connection, query: str, parameters: Mapping[str, Any]) -> str:
    """The query, with what its criteria ask for where it reads matching cases."""
    if MATCHING not in query:
        return query
    return write_out(query, read_definition(conn), parameters["criteria"].obj)
