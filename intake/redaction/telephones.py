"""Telephone numbers of persons, however they are written. Pure.

All patterns run on folded text (half width). The number of an order looks alike: the word before it decides.
"""

import re
from collections.abc import Iterator

from intake.redaction.spans import PersonalKind, Span

NOT_INSIDE = r"(?<!\d)(?<!\d\.)"

# 3-4-4, 4-3-4, 3-3-5, 2-4-5, or a separator after every digit
_SEPARATOR = r"(?:[-_.·/~]| {1,2})?"
_MOBILE = re.compile(
    NOT_INSIDE + r"(?:\(?(?:\+|00)?86\)?[- ]?)?"
    r"(1[3-9][- ]\d{4}[- ]\d{5}|"
    rf"1[3-9]\d(?:{_SEPARATOR}\d{{4}}{_SEPARATOR}\d{{4}}|\d[- ]\d{{3}}[- ]\d{{4}}|[- ]\d{{3}}[- ]\d{{5}}))"
    r"(?!\d|\.\d|[万亿])"
)
# 138转1234转5678, 1、3、8、1…: the same one or two characters between the groups or after every digit
_JUNK = r"([^\d\n]{1,2})"
_SPLIT_MOBILE = re.compile(
    NOT_INSIDE + rf"1(?:[3-9]\d{_JUNK}\d{{4}}\1\d{{4}}|{_JUNK}[3-9](?:\2\d){{9}})(?!\d|[万亿元米平户]|\1?\2?\d)"
)
_CHINESE_DIGITS = str.maketrans("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0001234567891123456789")
_WRITTEN = "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖"
_SPELLED = f"[0-9{_WRITTEN}]"
# 一二 in ordinary text is two long; four together are looked at
_MAY_BE_SPELLED = re.compile(rf"[{_WRITTEN}](?:[ 、,.·-]?{_SPELLED}){{3}}")
_SPELLED_MOBILE = re.compile(
    rf"(?<!{_SPELLED})(?:[1一幺壹][ 、,.·-]?)(?:{_SPELLED}[ 、,.·-]?){{9}}{_SPELLED}(?!{_SPELLED})"
)

# 010, 02x and 03xx to 09xx are area codes of the mainland.
_LANDLINE = re.compile(
    NOT_INSIDE + r"(?:(?:\+|00)?86[- ]?)?(\(?0?(?:10|2\d|[3-9]\d{2})\)|0(?:10|2\d|[3-9]\d{2}))[- ]{0,2}"
    r"([2-9]\d{2,3}[- ]?\d{4})(?!\d)(?!\.\d)"
)
_LOCAL_LINE = re.compile(
    r"(?:电话|座机|固话|联系方式|联系号码|来电号码)(?:号码|号)?(?:[是为:,]|\s)*\(?"
    r"([2-9]\d{2,3}[- ]?\d{4})(?!\d)(?![元块年月])"
)
# A line of an office is nobody's own: 社保局电话, 投诉电话：, 24小时服务热线.
_OFFICE_LINE = re.compile(
    r"(?:局|委|厅|政府|大厅|派出所|[法检]院|街道|街道办|办事处|[社]区|居委会|村委会|大队|中队|窗口|办公室|窗口|总站|热线"
    r"|客服|值班|监督|举报|投诉|咨询|服务|报警|报修|公开|对外|抢修|救助)"
    r"(?:室|台|中心)?的?(?:联系|咨询|办公|值班|公开|监督|举报|投诉|服务|固定)?(?:电话|热线|座机|专线)(?:号码|号)?"
    r"(?:[是为:,(]|\s)*$|热线(?:[是为:,(]|\s)*$"
)

# What follows these words is the number of a paper, an order or a meter, whatever it looks like.
_PAPER_CUE = re.compile(
    r"(?:(?:订单|工单|单据|流水|案件|受理|信访|登记|合同|发票|凭证|快递|运单|物流|文件|证书|信用代码|许可证|序列|批次|回执|小票"
    r"|取件码|验证码|预约)(?:编号|号码|号)?|[文案单户表学批票型架](?:编号|号码|号)|(?<!老)编号|税号|编码|代码|条码)(?:[是为:]|\s)*$"
)


def find_telephones(text: str, start: int, end: int) -> Iterator[Span]:
    """Mobiles and landlines between `start` and `end` of folded text."""
    for m in _MOBILE.finditer(text, start, end):
        if not is_paper_number(text, m.start()):
            yield Span(m.start(), m.end(), PersonalKind.MOBILE, _mask_mobile(m[1]))
    for m in _SPLIT_MOBILE.finditer(text, start, end):
        if not is_paper_number(text, m.start()):
            yield Span(m.start(), m.end(), PersonalKind.MOBILE, _mask_mobile(m[0]))
    for m in _LANDLINE.finditer(text, start, end):
        if not is_paper_number(text, m.start()) and not _is_office_line(text, m.start()):
            yield Span(m.start(), m.end(), PersonalKind.LANDLINE, f"{m[1].strip('()')}-{_mask_line(m[2])}")
    for m in _LOCAL_LINE.finditer(text, start, end):
        if not _is_office_line(text, m.start(1)):
            yield Span(m.start(1), m.end(1), PersonalKind.LANDLINE, _mask_line(m[1]))


def find_spelled_mobiles(text: str) -> Iterator[Span]:
    """Numbers written out (一三八…), also mixed with digits, to slip past filters."""
    if _MAY_BE_SPELLED.search(text) is None:
        return
    for m in _SPELLED_MOBILE.finditer(text):
        digits = m[0].translate(_CHINESE_DIGITS)
        if digits != m[0] and re.fullmatch(r"1[3-9]\d{9}", digits_of(digits)):
            yield Span(m.start(), m.end(), PersonalKind.MOBILE, _mask_mobile(digits))


def is_paper_number(text: str, start: int) -> bool:
    """Whether the words before `start` say that a number of a paper, an order or a meter follows."""
    return _PAPER_CUE.search(text, max(0, start - 14), start) is not None


def _is_office_line(text: str, start: int) -> bool:
    return _OFFICE_LINE.search(text, max(0, start - 20), start) is not None


def digits_of(text: str) -> str:
    return re.sub(r"\D", "", text)


def _mask_mobile(number: str) -> str:
    digits = digits_of(number)[-11:]
    return f"{digits[:3]}****{digits[-4:]}"


def _mask_line(number: str) -> str:
    digits = digits_of(number)
    return "*" * (len(digits) - 2) + digits[-2:]
