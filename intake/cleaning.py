"""Text as it is stored: readable, without markup and invisible characters. What only analysis needs is done in nlp."""

import html
import re
from dataclasses import replace

from models.submission import NewSubmission

# Nearly all texts need nothing of what follows; one search tells.
_SUSPICIOUS = re.compile(
    r"[<&\r\t\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3164\ud800-\udfff"
    r"\ufe0e\ufeff\ufff0-\uffff\U000e0000-\U000e0fff]|  |[ \u3000]\n|\n[ \u3000]|\n{3}|_x000D_"
)

_BREAKS = re.compile(r"(?i)<br\s*/?>|</(?:p|div|li|tr|h[1-6]|table|blockquote)\s*>")
# What stands between these is for machines.
_NOT_TEXT = tuple(
    (re.compile(opening, re.IGNORECASE), re.compile(closing, re.IGNORECASE))
    for opening, closing in (
        ("<!--", "-->"),
        *((rf"<{tag}\b", rf"</{tag}\s{{0,9}}>") for tag in ("script", "style", "head", "template")),
    )
)
# A tag begins with a letter: "5<6" and "<关于…>" are words of people.
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9:-]*(?:\s[^<>]*)?/?>|<!DOCTYPE[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")

# Control, zero-width, bidirectional, invisible, private-plane tags, lone surrogates, non-characters. The joiner U+200D
# stays: it holds emoji together.
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    r"\u3164\ud800-\udfff\ufe0e\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
_LINE_END = re.compile(r"\r\n?|[\x85\u2028\u2029]")
_BLANKS = re.compile(r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f]+")
_LINE_EDGES = re.compile(r"[ \u3000]*\n[ \u3000]*")
_EMPTY_LINES = re.compile(r"\n{3,}")


def clean_text(text: str) -> str:
    """Without tags, entities, control, zero-width and bidirectional characters; line breaks and emoji stay.

    Idempotent for texts without double-escaped markup. Never longer than the text that came.
    """
    if not _SUSPICIOUS.search(text):
        return text.strip()
    if "<" in text or "&" in text:
        text = _strip_markup(text)
    # spreadsheets write line ends so, and other programs copy that into their CSV
    text = _LINE_END.sub("\n", text.replace("_x000D_", "\r"))
    text = _INVISIBLE.sub("", text)
    text = _BLANKS.sub(" ", text)
    text = _LINE_EDGES.sub("\n", text)
    return _EMPTY_LINES.sub("\n\n", text).strip()


def clean_line(text: str) -> str:
    """The same on one line: for titles, names, places."""
    return " ".join(clean_text(text).split())


def clean_submission(new: NewSubmission) -> NewSubmission:
    """The texts as they are stored, still in the clear."""
    return replace(
        new,
        source_id=clean_line(new.source_id) or None if new.source_id else None,
        title=clean_line(new.title),
        body=clean_text(new.body),
        place=clean_line(new.place),
        submitter_name=clean_line(new.submitter_name),
        submitter_contact=clean_line(new.submitter_contact),
        submitter_handle=clean_line(new.submitter_handle),
    )


def _strip_markup(text: str) -> str:
    # Entities are opened after the tags are gone, so that "&lt;b&gt;", which a person wrote to show it, stays visible.
    for opening, closing in _NOT_TEXT:
        text = _drop_between(text, opening, closing)
    text = _BREAKS.sub("\n", text)
    text = _TAG.sub("", text)
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text)


def _drop_between(text: str, opening: re.Pattern[str], closing: re.Pattern[str]) -> str:
    """One pass, however many openings there are: a lazy pattern would start again at each."""
    kept, position = [], 0
    for begin in opening.finditer(text):
        if begin.start() < position:
            continue
        end = closing.search(text, begin.end())
        if end is None:
            break
        kept.append(text[position : begin.start()])
        position = end.end()
    return "".join(kept) + text[position:]
