"""A report as PDF: the HTML on A4, with page numbers and the mark of the export on every page."""

from html import escape
from zoneinfo import ZoneInfo

from dashboards.briefs.document import Document
from dashboards.briefs.write_html import write_html
from dashboards.figures.theme import MUTED, PALE, TEXT
from models.errors import Unavailable

_STYLE = f"""
@page {{ size: A4; margin: 22mm 22mm 24mm;
  @bottom-center {{ content: "第" counter(page) "页，共" counter(pages) "页"; font-size: 8pt; color: {MUTED} }} }}
p.mark {{ position: running(mark); margin: 0; font-size: 7pt; line-height: 1.3; text-indent: 0; color: {MUTED} }}
@page {{ @top-left {{ content: element(mark); width: 100% }} }}
body {{ font-family: "FangSong", "Noto Serif CJK SC", "Songti SC", serif; color: {TEXT};
  font-size: 12pt; line-height: 1.7 }}
h2, h3, caption, figcaption, thead th {{ font-family: "SimHei", "Noto Sans CJK SC", "PingFang SC", sans-serif }}
h2 {{ font-size: 18pt; text-align: center; margin: 0 0 4mm }}
h3 {{ font-size: 13pt; margin: 6mm 0 2mm; break-after: avoid }}
p {{ margin: 0 0 1.5mm; text-indent: 2em; text-align: justify }}
p.brief__opening {{ text-indent: 0; text-align: center; font-size: 9pt; color: {MUTED}; overflow-wrap: anywhere }}
a {{ color: inherit; text-decoration: none }}
a.brief__figure {{ white-space: nowrap }}
figure {{ margin: 3mm 0; break-inside: avoid; text-align: center }}
svg {{ width: 100%; font-family: "Noto Sans CJK SC", sans-serif }}
figcaption, caption {{ font-size: 10pt; text-align: center }}
table {{ width: 100%; border-collapse: collapse; font-size: 9.5pt; margin: 2mm 0 4mm }}
th, td {{ border: 0.5pt solid {PALE}; padding: 1mm 2mm; text-align: left; font-weight: normal }}
td {{ font-variant-numeric: tabular-nums; text-align: right }}
thead th:not(:first-child) {{ text-align: right }}
tr {{ break-inside: avoid }}
caption {{ break-after: avoid; margin-bottom: 1mm }}
.brief__sources {{ break-before: page }}
.brief__sources table {{ font-size: 7pt; table-layout: fixed; line-height: 1.35 }}
.brief__sources td, .brief__sources thead th:not(:first-child) {{ overflow-wrap: anywhere; text-align: left }}
.brief__sources th:nth-child(1) {{ width: 8mm }}
.brief__sources th:nth-child(2) {{ width: 52mm }}
.brief__sources th:nth-child(3) {{ width: 20mm }}
.brief__sources th:nth-child(4) {{ width: 26mm }}
"""


def write_pdf(document: Document, *, digest: str, zone: ZoneInfo, watermark: str = "") -> bytes:
    """Raises `Unavailable` where the machine lacks the libraries that set the type (pango)."""
    try:
        from weasyprint import HTML
    except OSError as error:
        raise Unavailable("本机缺少排版组件（pango），不能生成 PDF；可以下载 Word 或 Excel 文件。") from error
    body = write_html(document, digest=digest, zone=zone, linked=False)
    mark = f'<p class="mark">{escape(watermark)}</p>' if watermark else ""
    page = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(document.title)}</title>'
        f"<style>{_STYLE}</style></head><body>{mark}{body}</body></html>"
    )
    # nothing outside the page is asked for
    found: bytes = HTML(string=page, url_fetcher=_refuse).write_pdf()
    return found


def _refuse(url: str, *_: object, **__: object) -> dict[str, object]:
    raise ValueError(f"a report asks for nothing: {url}")
