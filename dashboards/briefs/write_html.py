"""A report as HTML: each figure a link to its rows or its source; the same text as in the files. Pure."""

from html import escape
from zoneinfo import ZoneInfo

from dashboards.briefs.document import Document, Part, Sentence, Table
from dashboards.briefs.drawing import draw
from dashboards.briefs.sources import HEADERS, HEADING, opening, source_rows


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
    pieces += [f'<p class="brief__opening">{escape(line)}</p>' for line in opening(document, digest, zone)]
    for section in document.sections:
        pieces.append(f'<section class="brief__section"><h3>{escape(section.heading)}</h3>')
        for block in section.blocks:
            if isinstance(block, Sentence):
                pieces.append(f"<p>{''.join(map(printed, block.parts))}</p>")
            elif isinstance(block, Table):
                rows = [[printed(part) for part in row] for row in block.rows]
                pieces.append(_table(block.caption, block.headers, rows))
            else:
                pieces.append(
                    f'<figure class="brief__drawn">{draw(block)}<figcaption>{escape(block.caption)}</figcaption>'
                    "</figure>"
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
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in HEADERS)
    rows = []
    for id_, label, text, method, address, definition in source_rows(document):
        where = f'<a href="{escape(address)}">打开</a>' if linked and address else escape(address)
        cells = "".join(f"<td>{c}</td>" for c in (escape(label), escape(text), method, where, escape(definition)))
        rows.append(f'<tr id="source-{id_}"><th scope="row">{id_}</th>{cells}</tr>')
    return (
        f'<section class="brief__section brief__sources"><h3>{HEADING}</h3><div class="table-wrap">'
        f'<table class="table table--small"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
        "</div></section>"
    )
