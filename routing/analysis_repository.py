"""Rows of analyses: what the pipeline said about each submission."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from json import JSONEncoder
from operator import attrgetter
from typing import Any

from psycopg.rows import dict_row

from models.analysis import (
    Analysis,
    Aspect,
    AspectTone,
    DetectorHit,
    Element,
    ElementMention,
    Keyword,
    Matter,
    Neighbour,
    OrganisationKind,
    OrganisationMention,
    PlaceKind,
    PlaceMention,
    Sentiment,
    TextSpan,
    TimeMention,
    TopicSuggestion,
)
from models.database import Connection

# As they lie in the row; what is a tuple of records lies there as JSON.
_PLAIN = (
    *("topic_code", "topic_confidence", "scope", "appeal_type", "appeal_confidence", "sentiment"),
    *("sentiment_confidence", "sentiment_score", "emotion", "emotion_confidence", "urgency", "urgency_confidence"),
    *("region_code", "region_confidence", "place_text"),
)
_RECORDS = (
    *("suggestions", "aspects", "detector_hits", "places", "times", "keywords", "organisation_mentions"),
    *("neighbours", "matters", "summary", "elements"),
)
_get_plain, _get_records = attrgetter(*_PLAIN), attrgetter(*_RECORDS)
_COLUMNS = ", ".join(("submission_id", *_PLAIN, *_RECORDS, "organisations", "versions"))


def add_analyses(conn: Connection, rows: Sequence[tuple[int, Analysis]], *, actor: str, now: datetime) -> None:
    """Rows of (submission id, analysis), in one COPY."""
    with conn.cursor() as cur, cur.copy(f"COPY analyses ({_COLUMNS}, analysed_at) FROM STDIN") as copy:
        for submission_id, analysis in rows:
            records = [_encode(one) if one else "[]" for one in _get_records(analysis)]
            copy.write_row(
                (
                    submission_id,
                    *_get_plain(analysis),
                    *records,
                    list(analysis.organisations),
                    _encode(dict(analysis.versions)),
                    now,
                )
            )


def list_analyses(conn: Connection, submission_ids: Sequence[int]) -> dict[int, Analysis]:
    """The stored analyses of these submissions, by submission id."""
    with conn.cursor(row_factory=dict_row) as cur:
        rows = cur.execute(
            f"SELECT {_COLUMNS} FROM analyses WHERE submission_id = ANY(%s)", (list(submission_ids),)
        ).fetchall()
    return {row.pop("submission_id"): _analysis(row) for row in rows}


def list_analysis_times(conn: Connection, submission_ids: Sequence[int]) -> dict[int, datetime]:
    """When the stored analyses of these submissions were made, by submission id."""
    rows = conn.execute(
        "SELECT submission_id, analysed_at FROM analyses WHERE submission_id = ANY(%s)", (list(submission_ids),)
    ).fetchall()
    return {submission_id: at for submission_id, at in rows}


def _json(value: Any) -> Any:
    """Days and records, for the encoder; the rest it knows."""
    if isinstance(value, date):
        return value.isoformat()
    return {name: getattr(value, name) for name in value.__slots__}


_encode = JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_json).encode


def _analysis(row: dict[str, Any]) -> Analysis:
    for name in _RECORDS:
        row[name] = tuple(_READ[name](**record) for record in row[name])
    row["organisations"] = tuple(row["organisations"])
    return Analysis(**row)


def _spans(records: Sequence[dict[str, int]]) -> tuple[TextSpan, ...]:
    return tuple(TextSpan(**record) for record in records)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _suggestion(
    topic_code: str, confidence: float, cues: Sequence[str], own_confidence: float | None = None
) -> TopicSuggestion:
    return TopicSuggestion(topic_code, confidence, tuple(cues), own_confidence)


def _aspect(aspect: str, sentiment: str, score: float, evidence: Sequence[dict[str, int]]) -> AspectTone:
    return AspectTone(Aspect(aspect), Sentiment(sentiment), score, _spans(evidence))


def _place(kind: str, candidates: Sequence[str], **rest: Any) -> PlaceMention:
    return PlaceMention(kind=PlaceKind(kind), candidates=tuple(candidates), **rest)


def _time(first: str | None, last: str | None, **rest: Any) -> TimeMention:
    return TimeMention(first=_day(first), last=_day(last), **rest)


def _organisation(kind: str, **rest: Any) -> OrganisationMention:
    return OrganisationMention(kind=OrganisationKind(kind), **rest)


def _matter(sentences: Sequence[dict[str, int]], **rest: Any) -> Matter:
    return Matter(sentences=_spans(sentences), **rest)


def _element(element: str, **rest: Any) -> ElementMention:
    return ElementMention(element=Element(element), **rest)


_READ: dict[str, Callable[..., Any]] = {
    "suggestions": _suggestion,
    "aspects": _aspect,
    "detector_hits": DetectorHit,
    "places": _place,
    "times": _time,
    "keywords": Keyword,
    "organisation_mentions": _organisation,
    "neighbours": Neighbour,
    "matters": _matter,
    "summary": TextSpan,
    "elements": _element,
}
