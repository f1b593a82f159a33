"""What does a reply rest on, when was it, and whom can one turn to?"""

import re
from collections.abc import Sequence

from nlp.replies.parts import Part, Role

# A rule or document by name: 《…》, 第十条, [2018]12号. "By the rules" names none.
_DOCUMENT = re.compile(
    r"《[^》]{2,60}》|第[一二三四五六七八九十百零\d]{1,5}[条款项]|号文|\d{1,3}号令|[A-Za-z]{2,4}\s?\d{4,5}"
    r"|[\[〔【﹝(（]\s?\d{4}\s?[\]〕】﹞)）]\s?第?\d{1,4}\s?号|\[政府发文\]"
)
# Somebody looked into it, did something, or says how things stand and why.
_FACT = re.compile(
    r"经(?!营|济|费|常|过|开区|办)[^，,。；;]{0,24}?(?:调查|核实|了解|核查|排查|现场|走访|勘查|勘察|检查|审查|查明|查证|监测|检测|沟通|查[，,阅看])"
    r"|据查|据[^，,。]{0,12}(?:了解|反馈|统计|核实)|现场|走访|实地|约谈|调取|查阅|查看|抽样|取样|巡查|(?:已|己)(?:经)?(?![收转悉获知阅])"
    r"|立即(?:组织|安排|责令|责成|派|联合|联系|对|要求|停止|前往)|召开|责令|责成|立案|下发|下达|派(?:员|出|工作人员|人)|取缔|查处了|进行了"
    r"|组织(?:了|人员|执法|专|相关|召开)|目前|现(?:正|在|有)|正在|尚未|暂未|未(?:有|出台|列入|纳入|达到|发现)|没有(?!的话)|由于|因(?!此|为[您你])|鉴于|考虑到"
    r"|属(?!实)|系|位于|选址|管辖|只负责|[^，,。]{2}用地|不属|不存在|不具备|不符合|不能|无法|并未|告知|按照图纸|严格按"
)
_FIGURE = re.compile(
    r"\d(?:\d|\.\d|,\d{3}){0,12}\s?(?:余|多)?(?:个|万|亿|元|米|m|公里|km|平|亩|公顷|户|人|名|家|处|所|座|台|辆|艘|吨|%|％|套|栋|条|次|岁|级|床|班|件|块|株|部"
    r"|分贝|小时|天|类|种|期|年|月)"
)

# Days and stretches of time.
_WHEN = re.compile(
    r"(?:19|20)\d\d\s?年(?:\s?\d{1,2}\s?月(?:\s?\d{1,2}\s?[日号])?)?|(?:19|20)\d\d[.\-/]\d{1,2}[.\-/]\d{1,2}"
    r"|(?<![\d.])\d{1,2}\s?月(?!租|票|均)(?:\s?\d{1,2}\s?[日号]|份|底|初|末|中旬|上旬|下旬|中下旬)?"
    r"|[一二三四五六七八九十]{1,2}月(?:份|底|初|[一二三四五六七八九十]{1,3}[日号]|[上中下]旬)"
    r"|(?:今|明|去|前|本|上|下|当)年|(?:本|上|下|当)月|(?:本|上|下|这)周|年(?:底|内|初|末|中)|月(?:底|内|末)"
    r"|(?:今|昨|明|前|当)(?:天|日|晚|早)|(?:\d{1,3}|[一二两三四五六七八九十半]{1,3})\s?个?(?:天|日|周|星期|月|年)(?:之|以)?内"
    r"|[上下]半年|[一二三四]季度|[春夏秋冬]季|(?:春节|国庆|元旦|中秋|元宵节|清明|端午|汛期|暑假|寒假)(?:前|后|期间|节)?"
)
# A time that belongs to a document, not to what was done: 2018年6月7日，区政府下发了《…》, 《2019年…》.
_OF_DOCUMENT = re.compile(
    r"[，,]?[^，。；;]{0,30}(?:下发|印发|发布|出台|颁布|公布|制定|修订)[^，。；;]{0,24}《|[^，。；;]{0,4}《"
)
_NAMED = re.compile(r"《[^》]{0,80}》|[\[〔【﹝(（]\s?\d{4}[^\]〕】﹞)）]{0,8}[\]〕】﹞)）]")

_NUMBER = re.compile(
    r"(?<!\d)0\d{2,3}\s?[-—–－]{0,3}\s?(?:0000-)?\d{7,8}|(?<![\d.])[2-8]\d{6,7}(?![\d.元])|0000-0{8}|1[3-9]\d[\d*]{8}(?!\d)"
    r"|(?<!\d)(?:12345|12333|123\d\d|96\d{3}|95\d{3})(?!\d)|拨打110|邮箱|微信公众号"
)
_SAID_NUMBER = re.compile(
    r"(?:电话|热线|联系人|拨打|致电|咨询)[^。；;]{0,30}\d{3,}|(?<!\d)0\d{2,3}\s?[-—–－]{1,3}\s?(?:0000-)?\d{7,8}|0000-0{8}|邮箱"
)
_PLACE = re.compile(r"窗口|大厅|[一二三四五六七八九十\d]{1,3}楼|\d{3,4}室|官网|网站|法网|服务台|值班室|接待室")
_UNIT = (
    r"(?:局|委|办公室|中心|街道|派出所|公司|法院|政府|支队|大队|办事处|村委会|社区|科|院|处|指挥部|管委会|住保局|部门)"
)
_TURN_TO = re.compile(
    rf"(?:请|可|建议|欢迎)[^。；;]{{0,36}}?(?:向|到|至|与|和|联系|咨询|携带|持)[^。；;，,]{{0,24}}?{_UNIT}"
)
_SAID_TURN_TO = re.compile(
    rf"(?:请|建议|可至|可到|可以到|可向)[^。；;，,]{{0,16}}?(?:向|到|至|与|联系|咨询)?[^。；;，,]{{0,24}}?"
    rf"{_UNIT}[^。；;，,]{{0,12}}(?:咨询|反映|联系|查|办理|申请|维修|投诉|。|$)"
)
_VAGUE = re.compile(
    r"(?:当地|有关|相关|主管|所在地|归口|具体|户籍|人民)[^，,。；;]{0,14}(?:部门|单位|机构|政府|残联|局|派出所|法院)"
)
# A longer sentence is none that anybody wrote, and costs more than it tells.
_READ = 1_000
_REASON = re.compile(r"因|由于|未留|不属|权限")


def find_grounds(reply: str, parts: Sequence[Part]) -> bool:
    """Whether a rule or document is named, or a fact that somebody found out or did."""
    for part in parts:
        if part.role in (Role.SAID, Role.HEADING, Role.REFERRED, Role.DECLINED):
            text = reply[part.start : part.end]
            if _DOCUMENT.search(text) or (part.role is Role.DECLINED and _REASON.search(text)):
                return True
            if part.role is Role.SAID and (_FACT.search(text) or _FIGURE.search(text)):
                return True
    return False


def find_days(reply: str, start: int, end: int) -> list[tuple[int, int]]:
    """Times named between `start` and `end`, less those that only date a document."""
    named = [match.span() for match in _NAMED.finditer(reply, start, end)]
    return [
        match.span()
        for match in _WHEN.finditer(reply, start, end)
        if not any(a <= match.start() < b for a, b in named) and not _OF_DOCUMENT.match(reply, match.end(), end)
    ]


def has_day(reply: str, parts: Sequence[Part]) -> bool:
    """Whether it says when something was looked into, done or decided, or will be."""
    return any(part.role is Role.SAID and find_days(reply, part.start, part.end) for part in parts)


def has_contact(reply: str, parts: Sequence[Part]) -> bool:
    """Whether it names a number, a counter or a unit to turn to."""
    for part in parts:
        text = reply[part.start : min(part.end, part.start + _READ)]
        if part.role is Role.SAID:
            if _SAID_NUMBER.search(text) or (_SAID_TURN_TO.search(text) and not _VAGUE.search(text)):
                return True
        elif _NUMBER.search(text) or (
            part.role is not Role.SIGNED
            and (_PLACE.search(text) or (_TURN_TO.search(text) and not _VAGUE.search(text)))
        ):
            return True
    return False
