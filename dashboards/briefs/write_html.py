"""A report as HTML: each figure a link to its rows or its source; the same text as in the files. Pure."""

from html import escape
from itertools import count
from zoneinfo import ZoneInfo

from dashboards.briefs.document import Document, Part, Sentence, Table, ordinal
from dashboards.briefs.drawing import draw
from dashboards.briefs.sources import HEADERS, HEADING, HOW_TO_OPEN, PRINTED_HEADERS, opening, source_rows


def write_html(document: Document, *, digest: str, zone: ZoneInfo, linked: bool = True) -> str:
    """The inside of a page. `linked`: figures open their rows; without, they lead to the list at the end (PDF)."""
    figures = {figure.id: figure for figure in document.figures}

    def printed(part: Part) -> str:
        if not part.figure:
            return escape(part.text)
        figure = figures[part.figure]
        href = figure.address if linked and figure.address else f"#source-{figure.id}"
        title = escape(f"{figure.label}：{figure.method}")
        return f'<a class="brief__figure" href="{escape(href)}" title="{title}">{escape(part.text)}</a>'

    pieces = [f'<h2 class="brief__title">{escape(document.title)}</h2>']
    charts = count(1)
    pieces += [f'<p class="brief__opening">{escape(line)}</p>' for line in opening(document, digest, zone)]
    for number, section in enumerate(document.sections, 1):
        heading = escape(f"{ordinal(number)}、{section.heading}")
        pieces.append(f'<section class="brief__section"><h3>{heading}</h3>')
        for block in section.blocks:
            if isinstance(block, Sentence):
                pieces.append(f"<p>{''.join(map(printed, block.parts))}</p>")
            elif isinstance(block, Table):
                rows = [[printed(part) for part in row] for row in block.rows]
                pieces.append(_table(block.caption, block.headers, rows))
            else:
                name = f"chart-{next(charts)}"  # where its texts begin and end is read back of a PDF
                pieces.append(
                    f'<figure class="brief__drawn" id="{name}">{draw(block)}'
                    f'<figcaption id="{name}-end">{escape(block.caption)}</figcaption></figure>'
                )
        pieces.append("</section>")
    pieces.append(_sources(document, linked))
    return "".join(pieces)


def _table(caption: str, headers: tuple[str, ...], rows: list[list[str]]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in headers)
    body = "".join(f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{c}</td>" for c in row[1:])}</tr>' for row in rows)
    return (
        f'<div class="table-wrap"><table class="table table--small"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _sources(document: Document, linked: bool) -> str:
    # on paper nobody can open an address
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in (HEADERS if linked else PRINTED_HEADERS))
    rows = []
    for id_, label, text, method, address, definition in source_rows(document):
        where = [f'<a href="{escape(address)}">打开</a>' if address else ""] if linked else []
        # in a PDF also this place of the figure is read back by its link
        value = escape(text) if linked else f'<a class="brief__figure" href="#source-{id_}">{escape(text)}</a>'
        cells = "".join(f"<td>{c}</td>" for c in (escape(label), value, method, *where, escape(definition)))
        rows.append(f'<tr id="source-{id_}"><th scope="row">{id_}</th>{cells}</tr>')
    note = "" if linked else f"<p>{HOW_TO_OPEN}</p>"
    return (
        f'<section class="brief__section brief__sources"><h3>{HEADING}</h3>{note}<div class="table-wrap">'
        f'<table class="table table--small"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        "</div></section>"
    )
