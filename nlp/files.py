"""Rows of texts in, rows of results out: analysis without a database."""

from collections.abc import Iterable, Iterator
from itertools import islice

from models.analysis import Analyser, AnalyserInput, Analysis

_BATCH = 256


def analyse_rows(
    analyser: Analyser, rows: Iterable[tuple[str, str]], *, channel: str = "letter"
) -> Iterator[dict[str, str | float]]:
    """One flat row of results for each (title, body), in order and in batches, so that a file of any length fits."""
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        inputs = [AnalyserInput(title=title, body=body, channel=channel) for title, body in batch]
        yield from map(_flatten, analyser.analyse(inputs))


def _flatten(analysis: Analysis) -> dict[str, str | float]:
    """Several values in one field are joined by semicolons; an unknown topic or region is empty."""
    return {
        "topic_code": analysis.topic_code or "",
        "topic_confidence": round(analysis.topic_confidence, 4),
        "suggestions": ";".join(f"{s.topic_code}={s.confidence:.3f}" for s in analysis.suggestions),
        "topic_cues": ";".join(analysis.suggestions[0].cues) if analysis.suggestions else "",
        "appeal_type": analysis.appeal_type.label,
        "appeal_confidence": round(analysis.appeal_confidence, 4),
        "sentiment": analysis.sentiment.label,
        "sentiment_confidence": round(analysis.sentiment_confidence, 4),
        "urgency": analysis.urgency.label,
        "urgency_confidence": round(analysis.urgency_confidence, 4),
        "detectors": ";".join(f"{hit.detector}={hit.cue}" for hit in analysis.detector_hits),
        "region_code": analysis.region_code or "",
        "region_confidence": round(analysis.region_confidence, 4),
        "place_text": analysis.place_text,
        "organisations": ";".join(analysis.organisations),
        "keywords": ";".join(keyword.word for keyword in analysis.keywords),
    }
