"""Where the sentences of a text begin and end, and which of them are only courtesies (`nlp.gist.boilerplate`)."""

import re
from typing import NamedTuple

from nlp.document import Document
from nlp.gist.boilerplate import MailLines, is_acknowledgement, is_courtesy, opening_end

# A sentence ends with what ends sentences and the quotation marks and brackets that close behind it, or with its line.
_SENTENCE = re.compile(r"[^\s。！？!?；;][^。！？!?；;\n]*[。！？!?；;]*[”’」』）)]*")
# A letter does not say more courtesies at its end.
_CLOSINGS = 6


class Sentence(NamedTuple):
    """`start`:`end` of `Document.text`; `courtesy` where it holds nothing of the letter's own."""

    start: int
    end: int
    courtesy: bool = False


def split(document: Document) -> list[Sentence]:
    """The sentences of the body, in order; a greeting is one of its own."""
    text, begin = document.text, document.body_start
    opening = opening_end(text, begin)
    found = [Sentence(*match.span()) for match in _SENTENCE.finditer(text, opening)]
    if "\n" in document.body.text:
        found = _with_mail_lines(text, found)
    for place in range(len(found) - 1, max(-1, len(found) - 1 - _CLOSINGS), -1):
        start, end, courtesy = found[place]
        if not courtesy and not is_courtesy(text, start, end):
            break
        found[place] = Sentence(start, end, True)
    return [Sentence(begin, opening, True), *found] if opening > begin else found


def _with_mail_lines(text: str, found: list[Sentence]) -> list[Sentence]:
    """Mail headers, quoted mails and what an office acknowledged are nobody's sentences."""
    lines, marked = MailLines(), []
    line_end, taken = -1, False
    for start, end, _ in found:
        if start >= line_end:
            line_end = text.find("\n", start) % (len(text) + 1)
            taken = lines.takes(text, start, line_end)
        marked.append(Sentence(start, end, taken or is_acknowledgement(text, start, end)))
    return marked
