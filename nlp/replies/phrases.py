"""What in a reply only sounds: empty phrases, promises without a day, bare denials, words that blame the writer."""

import re
from collections.abc import Sequence

from nlp.replies.grounds import find_days
from nlp.replies.parts import Part, Role

_CLICHE = re.compile(
    r"高度(?:重视|关注)|非常重视|进一步(?:加强|加大|强化|完善|规范|提升|做好|开展)|加(?:强|大)|切实|确保|努力|全力|积极|认真(?:研究|调研|对待|落实)|严格|稳步|逐步|"
    r"不断|继续|一如既往|统筹|充分(?:论证|考虑|研究)|再接再[励厉]|零容忍|发现一起|长效机制|为民|满意|改进|细致|研究决策|大力|宣传|引导"
)
_CONCRETE = re.compile(
    r"\d|《|责令|责成|约谈|立案|处罚|拆除|更换|修复|安装|查封|整改|召开|下达|下发|现场|走访|检测|监测|经(?:调查|核实|了解|查)|已经?(?!认真|高度)|未|没有|因为?|由于|目前|根据|按照|属于|规定"
)

# 将 also only puts an object first; a promise has a verb or an adverb behind it.
_FUTURE = re.compile(
    r"(?<!即)(?<!可)将(?=于|在|会|尽快|立即|及时|依法|依规|按|严格|积极|努力|认真|全面|统一|逐一|逐步|对|与|向|由|为|通过|根据|结合|适时|陆续|予以|给予"
    r"|进行|组织|安排|启动|完成|建|新建|开展|推进|协调|督促|研究|上报|报|提请|建议|派|调整|考虑|选派|再|同步|彻底|拆除|密切|配合|联合|着重|充分"
    r"|切实|第一时间|投入|会同|妥善|协助|争取|安装|整改|收集并|迅速|就|多渠道|纳入|着力|跟进|重新|[^，,。]{1,8}反馈给)"
    r"|(?<![委员大协商社议机例开展都只才不学工也])会(?=尽快|及时|安排|派|对|组织|按|在|将|把|结合|加快|协调|逐步|同|考虑|购)"
    r"|拟(?!定)|承诺|表示将|尽快|近期|近段|立即|第一时间|及时|争取|力争|待[^，,。]{2,30}(?:后|[，,])|等[^，,。]{2,20}(?:后|[，,])|后期|下一步"
)
_END = re.compile(
    r"完成|建成|完工|竣工|安装|整改|修复|修缮|更换|维修|办结|办理|解决|回复|反馈|答复|启动|开工|动工|实施|查处|处理|设置|拆除|迁移|搬迁|改造"
    r"|新建|改建|扩建|修建|建设|公布|纳入|补缴|入账|缴费|到位|购买|开通|优化|通电|亮灯|上报|报请|提请|报送|协商|调研|研究|论证|调查|清理|整治"
    r"|追究|开发|变价|拍卖|补发|发放|退还|取消|处置|兑现|选派|查勘|帮助|支持|拓宽|还小区|答复|分户|增加|审批|检查设置|检查交管"
)
_ONGOING = re.compile(
    r"加强|加大|强化|持续|继续|不定期|定期|进一步|密切|长期|严格|不断|督导|监督|巡查|巡逻|监管|宣传|做好|维护|规范|提升|巩固|竭诚|跟踪|秉公|落实.{0,4}责任"
)
_IF = re.compile(
    r"如(?:果|您|有|你|发现|再|该|经|确|因|属|仍|认为|需)|若|一旦|一经|发现[^，,。]{2,10}及时|发现一起|倘|欢迎|请[您你]|建议[您你]|凡|只要|对于[^，,。]{0,24}(?:出现|发现)"
)
_PAST = re.compile(
    r"(?:已|己)[^，,。；;]{0,20}(?:完成|解决|完毕|到位|要求|责令|安排|责成|启动|督促|召开|组织|会同|对接)|不会|不将|将会?影响|(?:责令|要求|责成)[^，,。]{0,16}(?:立即|尽快|及时)"
    r"|为(?:尽快|及时)|未(?:及时|立即)|进行了|提出了|希望|立即(?:组织|安排|对|派|联系|召开|与|前往|赶赴|出警|展开|进行了|停止)|(?:接到|收到)[^，,。]{0,20}后"
)
_WITHIN = re.compile(r"\d{1,3}\s?个?(?:工作日|小时|天|日|月)|[一二三五七十]{1,2}个?(?:工作日|月)内")
_ONCE = re.compile(r"[，,；;。]")

_DENIAL = re.compile(
    r"(?:情况|反映|问题|内容|投诉|所述|所称)?(?:不属实|与事实不符|不是事实|反映不实|不实)|不存在[^，,。；;]{0,24}|未发现[^，,。；;]{0,24}|没有发现[^，,。；;]{0,20}|并不存在|均无[^，,。；;]{0,10}|符合[^，,。；;]{0,16}(?:规定|要求|标准)|运行正常|一切正常"
)
_PROOF = re.compile(
    r"\d|《|现场|走访|询问|检测|监测|查阅|调取|查看|检查|取样|抽|录像|监控|档案|记录|手续|合同|协议|证照|批复|许可|约谈|联系|沟通|因为?|由于"
)

_BLAME = re.compile(
    r"[您你](?:本人|自己|自身)?(?:可能)?(?:理解(?:错|有误|偏差|不)|误解|误会|不(?:懂|了解情况|配合|理解)|未按|没有按|拒绝|由于各种原因未|又不|自己不|不听|擅自)|因[您你](?:自身|个人|自己)(?:的)?原因|因[您你]临时"
    r"|自己承担|无理(?:诉求|要求|取闹|纠缠)|期望(?:值)?过高|要求过高|缠访|闹访|训诫|不得[^。]{0,20}(?:骚扰|威胁)|恶意(?:投诉|举报|炒作|中伤)"
    r"|为了(?:自身|个人|一己)(?:的)?(?:利益|私利)|不算高|不算多|不算(?:贵|什么)|都吃不了|都不止|不要(?:完全依赖|再(?:来|纠缠|投诉|反映)|无理|听信|胡说)|胡搅|无事生非|捏造|造谣|自作自受|自己(?:负责|想办法|克服)"
    r"|业主自行破坏"
)
_UNSIGNED = re.compile(r"联系方式|电话|真实姓名")


def find_empty(reply: str, parts: Sequence[Part]) -> list[Part] | None:
    """The sentences of phrases, where there is nothing else in the reply; empty where it says nothing at all; None
    where it says something."""
    said = [part for part in parts if part.role in (Role.SAID, Role.HEADING)]
    if said:
        empty = [p for p in said if p.role is Role.SAID and _is_empty(reply[p.start : p.end])]
        return empty if len(empty) == len(said) else None
    told = any(part.role in (Role.FORWARDED, Role.REFERRED, Role.FOLLOW_UP, Role.DECLINED) for part in parts)
    return None if told else []


def _is_empty(sentence: str) -> bool:
    return not _CONCRETE.search(sentence) and len(_CLICHE.findall(sentence)) * 30 >= min(len(sentence), 90)


def find_promises(reply: str, parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Clauses that promise something with an end and name no time, nor does their sentence. A promise to answer counts
    only where there is no answer."""
    found = []
    answered = any(part.role is Role.SAID for part in parts)
    for part in parts:
        if part.role not in (Role.SAID, Role.FOLLOW_UP, Role.RECEIVED, Role.FORWARDED):
            continue
        if part.role is not Role.SAID and answered:
            continue
        if find_days(reply, part.start, part.end) or _WITHIN.search(reply, part.start, part.end):
            continue
        found += [span for span in _clauses(reply, part) if _promises(reply[slice(*span)])]
    return found


def _clauses(reply: str, part: Part) -> list[tuple[int, int]]:
    spans, at = [], part.start
    if _IF.search(reply, part.start, part.end):
        return []
    for match in _ONCE.finditer(reply, part.start, part.end):
        spans.append((at, match.start()))
        at = match.end()
    return [(a, b) for a, b in [*spans, (at, part.end)] if b > a]


def _promises(clause: str) -> bool:
    future = _FUTURE.search(clause)
    if not future or _PAST.search(clause) or _ONGOING.search(clause):
        return False
    return _END.search(clause, future.start()) is not None


def find_denials(reply: str, parts: Sequence[Part]) -> list[tuple[int, int]]:
    """What denies the letter, where the whole reply gives nothing that shows it."""
    said = [part for part in parts if part.role is Role.SAID]
    found = [match.span() for part in said for match in _DENIAL.finditer(reply, part.start, part.end)]
    return [] if not found or any(_PROOF.search(reply, part.start, part.end) for part in said) else found


def find_blame(reply: str, parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Words that lay it at the writer's door, lecture or mock; not that a telephone number is missing."""
    return [
        match.span()
        for part in parts
        if part.role is not Role.COURTESY
        for match in _BLAME.finditer(reply, part.start, part.end)
        if not _UNSIGNED.search(reply, match.end(), min(match.end() + 12, part.end))
    ]
