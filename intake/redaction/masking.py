"""De-identification: what names or reaches a person is masked before anything else sees the text. Pure.

Masks follow DOMAIN 6: 138****5678, 0826-*****78, 511602********1234, 张**, 川X·***12, a***@qq.com, bank card last four
digits; house, building, unit and room numbers become *. Streets, estates and village groups stay: the department that
must go there has to know where. A surname with a title (王老师, 李局长), a surname alone (姓王) and a nickname made of
one (老王, 小李, 王哥) stay: half of a street is called so, the officer needs them to tell two people apart, and DOMAIN
6 itself keeps the surname of every masked name.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from intake.redaction.accounts import find_accounts, find_plates
from intake.redaction.addresses import find_addresses
from intake.redaction.cards import find_bank_cards, find_documents, find_identity_cards
from intake.redaction.dictionary import load_words
from intake.redaction.name_weights import load_weights
from intake.redaction.names import find_names, is_name, repeats_safely
from intake.redaction.spans import PersonalKind, Span, fold, mask_name, windows
from intake.redaction.telephones import find_spelled_mobiles, find_telephones

# No telephone, card or account is shorter; most letters have no such run of digits.
_LONG_NUMBER = re.compile(r"\d(?:[^\d\n年月日号时点分元万%]{0,2}\d){6,}")


@dataclass(frozen=True, slots=True)
class Redacted:
    """The masked text, and where in the text that came something was masked, in order, without overlaps."""

    text: str
    spans: tuple[Span, ...]


def prepare() -> None:
    """Read the words and weights that names are judged by, once in a process: a worker calls it when it starts, or the
    first letter waits for it (a fifth of a second)."""
    load_words()
    load_weights()


def redact(text: str, known_names: Sequence[str] = ()) -> Redacted:
    """Mask what is personal in `text`; `known_names` (of the submitter) are masked wherever they stand."""
    return redact_together((text,), known_names)[0]


def redact_together(texts: Sequence[str], known_names: Sequence[str] = ()) -> list[Redacted]:
    """The parts of one letter: a name that one of them shows to be one is masked in all of them."""
    folded = [fold(text) for text in texts]
    found = find_names(folded)
    known = set(filter(is_name, known_names))
    for text, spans in zip(folded, found, strict=True):
        known.update(name for span in spans if repeats_safely(name := text[span.start : span.end]))
    return [
        _masked(original, [*find_numbers(text), *find_addresses(text), *names, *_known(text, known)])
        for original, text, names in zip(texts, folded, found, strict=True)
    ]


def find_numbers(text: str) -> Iterator[Span]:
    """All personal numbers in folded text; spans may overlap."""
    yield from find_spelled_mobiles(text)
    yield from find_plates(text)
    yield from find_accounts(text)
    for start, end in windows(_LONG_NUMBER, text, 30, 10):
        for find in (find_telephones, find_identity_cards, find_documents, find_bank_cards):
            yield from find(text, start, end)


def _masked(text: str, found: Sequence[Span]) -> Redacted:
    spans = without_overlaps(found)
    if not spans:
        return Redacted(text, ())
    parts, position = [], 0
    for span in spans:
        parts += [text[position : span.start], span.mask]
        position = span.end
    return Redacted("".join(parts) + text[position:], tuple(spans))


def _known(text: str, names: Iterable[str]) -> Iterator[Span]:
    for name in names:
        start = text.find(name)
        while start >= 0:
            yield Span(start, start + len(name), PersonalKind.NAME, mask_name(name))
            start = text.find(name, start + len(name))


def without_overlaps(spans: Iterable[Span]) -> list[Span]:
    """The first in the text wins, of those the longest: a longer number holds the shorter one."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, -s.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
    return kept
