"""De-identification: what names or reaches a person is masked before anything else sees the text. Pure.

Masks follow DOMAIN 6: 138****5678, 0826-*****78, 511602********1234, 张**, 川X·***12, a***@qq.com, bank card last four
digits; house, building, unit and room numbers become *.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from intake.redaction_addresses import find_addresses
from intake.redaction_names import find_names, is_name, mask_name
from intake.redaction_numbers import find_numbers
from intake.redaction_spans import PersonalKind, Span, fold

__all__ = ["PersonalKind", "Redacted", "Span", "mask_name", "redact"]


@dataclass(frozen=True, slots=True)
class Redacted:
    """The masked text, and where in the text that came something was masked, in order, without overlaps."""

    text: str
    spans: tuple[Span, ...]


def redact(text: str, known_names: Sequence[str] = ()) -> Redacted:
    """Mask what is personal in `text`; `known_names` (of the submitter) are masked wherever they stand."""
    folded = fold(text)
    found = [*find_numbers(folded), *find_addresses(folded), *find_names(folded), *_known(text, known_names)]
    spans = _without_overlaps(found)
    if not spans:
        return Redacted(text, ())
    parts, position = [], 0
    for span in spans:
        parts += [text[position : span.start], span.mask]
        position = span.end
    return Redacted("".join(parts) + text[position:], tuple(spans))


def _known(text: str, names: Iterable[str]) -> Iterable[Span]:
    for name in filter(is_name, names):
        start = text.find(name)
        while start >= 0:
            yield Span(start, start + len(name), PersonalKind.NAME, mask_name(name))
            start = text.find(name, start + len(name))


def _without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The first in the text wins, of those the longest: a longer number holds the shorter one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
