"""What of persons would become public with this reply: the same finders as for letters, less what is an office's own.

A unit may publish its own telephone and address (DOMAIN 6: public replies need a second check). A landline or a house
number is a finding only where the letter has it too; a home inside a building, a mobile, a name always are.
"""

import re
from collections.abc import Sequence

from intake.redaction.masking import redact_together, without_overlaps
from intake.redaction.own_names import find_own_names
from intake.redaction.spans import PersonalKind, Span, fold

_HOME = re.compile(r"\s?(?:栋|幢|座|号楼|单元|室|层|楼)")


def find_exposed(reply: str, *, letter: str = "", names: Sequence[str] = ()) -> tuple[Span, ...]:
    """Spans of `reply` that name or reach a person, in order.

    `letter` is the original text of the submitter with the contact, `names` are those of the submitter: both are
    recognised in the reply wherever they stand, and names however they are written. Names that the letter shows to be
    names count as well: they are the third parties.
    """
    of_reply, of_letter = redact_together((reply, letter), names)
    known = {_core(letter[span.start : span.end]) for span in of_letter.spans}
    private = [span for span in of_reply.spans if _is_private(span, reply, known)]
    return tuple(without_overlaps([*find_own_names(reply, names), *private]))


def _is_private(span: Span, reply: str, known: set[str]) -> bool:
    if span.kind is PersonalKind.LANDLINE:
        return _core(reply[span.start : span.end]) in known
    if span.kind is PersonalKind.ADDRESS:
        return _HOME.match(reply, span.end) is not None or _core(reply[span.start : span.end]) in known
    return True


def _core(text: str) -> str:
    """Without what people put between the digits of one number."""
    return re.sub(r"[\s()+-]", "", fold(text))
