"""Where the sentences of a text begin and end as it came, title and body: for people who choose some of them."""

import re

from models.analysis import TextSpan

# Up to what ends a sentence and the marks that close behind it, or to the end of the line; only blanks are none.
_SENTENCE = re.compile(r"[^。！？!?；;\n]*[。！？!?；;]+[”’」』）)]*|[^。！？!?；;\n]+")


def plain_sentences(title: str, body: str) -> list[TextSpan]:
    """Spans in title + newline + body, without blanks around them; the title is one."""
    text = f"{title}\n{body}"
    spans = [TextSpan(0, len(title))] if title.strip() else []
    for found in _SENTENCE.finditer(text, len(title) + 1):
        said = found.group()
        start = found.start() + len(said) - len(said.lstrip())
        end = found.start() + len(said.rstrip())
        if start < end:
            spans.append(TextSpan(start, end))
    return spans
