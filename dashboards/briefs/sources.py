"""Which lines stand at the end of every report: each figure, how it comes about, where its rows are."""

from zoneinfo import ZoneInfo

from dashboards.briefs.document import Document
from dashboards.formats import format_date

HEADING = "数据来源"
HEADERS = ("编号", "名称", "数值", "算法", "查看", "说明")
PRINTED_HEADERS = ("编号", "名称", "数值", "算法", "说明")
HOW_TO_OPEN = "每个数字都能在问政系统的本报告页面按编号打开到工单或热点问题；核对时从这份文件读出，逐个按工单重算。"


_PLACES = {"/cases": "工单", "/issues": "热点问题", "/scoring": "剔除"}


def place_of(address: str) -> str:
    """What an address leads to, for readers."""
    return next((words for start, words in _PLACES.items() if address.startswith(start)), "")


def source_rows(document: Document) -> list[tuple[str, str, str, str, str, str]]:
    """One line a figure, in the order of the report."""
    return [(f.id, f.label, f.text, f.method, f.address, f.definition) for f in document.figures]


def opening(document: Document, digest: str, zone: ZoneInfo) -> list[str]:
    """The lines under the title."""
    local = document.as_of.astimezone(zone)
    lines = [f"报告期：{document.period}", f"统计时点：{format_date(local, zone)} {local:%H:%M:%S}"]
    if document.note:
        lines.append(f"说明：{document.note}")
    lines.append(f"校验码：{digest}")
    return [*lines, f"所依据报告的校验码：{document.basis}"] if document.basis else lines
