"""A chart as Word draws it (DrawingML): with its numbers, without a picture or a font of ours. Pure."""

from xml.sax.saxutils import escape

from dashboards.briefs.document import Chart
from dashboards.briefs.drawing import MOST_NUMBERED
from dashboards.figures.theme import BLUE

NAMESPACE = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NO_LEGEND = '<c:plotVisOnly val="1"/><c:dispBlanksAs val="zero"/>'


def chart_xml(chart: Chart) -> bytes:
    """The part /word/charts/chartN.xml. A bar chart lists from the top, as the table beside it does."""
    colour = BLUE.lstrip("#")
    bars = chart.kind == "bar"
    fill = f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'
    shape = fill if bars else f'<a:ln w="28575">{fill}</a:ln>'
    labels = "".join(f'<c:pt idx="{n}"><c:v>{escape(label)}</c:v></c:pt>' for n, label in enumerate(chart.labels))
    values = "".join(f'<c:pt idx="{n}"><c:v>{value}</c:v></c:pt>' for n, value in enumerate(chart.values))
    count = f'<c:ptCount val="{len(chart.values)}"/>'
    # beside each point where there is room, as in the PDF
    shown = "1" if bars or len(chart.values) <= MOST_NUMBERED else "0"
    marks = (
        f'<c:dLbls><c:showLegendKey val="0"/><c:showVal val="{shown}"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
    )
    series = (
        f'<c:ser><c:idx val="0"/><c:order val="0"/><c:tx><c:v>{escape(chart.caption)}</c:v></c:tx>'
        f"<c:spPr>{shape}</c:spPr>"
        + ('<c:invertIfNegative val="0"/>' if bars else '<c:marker><c:symbol val="none"/></c:marker>')
        + marks
        + f"<c:cat><c:strLit>{count}{labels}</c:strLit></c:cat>"
        f"<c:val><c:numLit><c:formatCode>#,##0</c:formatCode>{count}{values}</c:numLit></c:val>"
        + ("" if bars else '<c:smooth val="0"/>')
        + "</c:ser>"
    )
    plot = (
        f'<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>{series}'
        '<c:gapWidth val="50"/><c:axId val="1"/><c:axId val="2"/></c:barChart>'
        if bars
        else f'<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>{series}'
        '<c:axId val="1"/><c:axId val="2"/></c:lineChart>'
    )
    order, side, across = ("maxMin", "l", "t") if bars else ("minMax", "b", "l")
    axes = (
        f'<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="{order}"/></c:scaling><c:delete val="0"/>'
        f'<c:axPos val="{side}"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>'
        '<c:crossAx val="2"/></c:catAx>'
        '<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        f'<c:delete val="{1 if bars else 0}"/><c:axPos val="{across}"/><c:numFmt formatCode="#,##0" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/>'
        "</c:valAx>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace xmlns:c="{NAMESPACE}" xmlns:a="{_A}"'
        f' xmlns:r="{_R}"><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>{plot}{axes}</c:plotArea>'
        f"{_NO_LEGEND}</c:chart></c:chartSpace>"
    ).encode()


def drawing_xml(chart: Chart, number: int, relation: str, *, width: int, height: int) -> str:
    """The inline drawing that shows it; sizes in English Metric Units. The caption is its text for screen readers."""
    name = escape(chart.caption, {'"': "&quot;"})
    return (
        '<w:drawing xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
        ' xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
        f' xmlns:a="{_A}" xmlns:r="{_R}"><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr id="{1000 + number}" name="{name}" descr="{name}"/>'
        f'<wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="{NAMESPACE}">'
        f'<c:chart xmlns:c="{NAMESPACE}" r:id="{relation}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )
