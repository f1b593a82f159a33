"""What in a reply only sounds: empty phrases, bare denials, words that blame the writer."""

import re
from collections.abc import Sequence

from nlp.replies.parts import Part, Role

_CLICHE = re.compile(
    r"高度(?:重视|关注)|非常重视|进一步(?:加强|加大|强化|完善|规范|提升|做好|开展)|加(?:强|大)|切实|确保|努力|全力|积极|认真(?:研究|调研|对待|落实)|严格|稳步|逐步|"
    r"不断|继续|一如既往|统筹|充分(?:论证|考虑|研究)|再接再[励厉]|零容忍|发现一起|长效机制|为民|满意|改进|细致|研究决策|大力|宣传|引导"
)
_CONCRETE = re.compile(
    r"\d|《|责令|责成|约谈|立案|处罚|拆除|更换|修复|安装|查封|整改|召开|下达|下发|现场|走访|检测|监测|经(?:调查|核实|了解|查)|已经?(?!认真|高度)|未|没有|因为?|由于|目前|根据|按照|属于|规定"
)

# It will be thought about: no more than that.
_WEIGHED = re.compile(r"(?:充分|认真)(?:的|地)?(?:论证|考虑|研究|对待)|相关规划中进一步研究|妥善(?:处理|解决)")
_DATED_OR_NAMED = re.compile(r"责令|约谈|立案|拆除|更换|修复|安装|现场|召开|\d{1,2}月\d{1,2}日")

_DENIAL = re.compile(
    r"(?:情况|反映|问题|内容|投诉|所述|所称)?(?:不属实|与事实不符|不是事实|反映不实|不实)|不存在[^，,。；;]{0,24}|未发现[^，,。；;]{0,24}|没有发现[^，,。；;]{0,20}|并不存在|均无[^，,。；;]{0,10}|运行正常|一切正常"
)
_PROOF = re.compile(
    r"\d|《|现场|走访|询问|检测|监测|查阅|调取|查看|检查|取样|抽|录像|监控|档案|记录|手续|合同|协议|证照|批复|许可|约谈|联系|沟通|逐[盏户家]"
)

_BLAME = re.compile(
    r"[您你](?:本人|自己|自身)?(?:可能)?(?:理解(?:错|有误|偏差|不)|误解|误会|不(?:懂|了解情况|配合|理解)|未按|没有按|拒绝|由于各种原因未|又不|自己不|不听|擅自)|因[您你](?:自身|个人|自己)(?:的)?原因|因[您你]临时"
    r"|自己承担|无理(?:诉求|要求|取闹|纠缠)|期望(?:值)?过高|要求过高|缠访|闹访|训诫|不得[^。]{0,20}(?:骚扰|威胁)|恶意(?:投诉|举报|炒作|中伤)"
    r"|为了(?:自身|个人|一己)(?:的)?(?:利益|私利)|不算高|不算多|不算(?:贵|什么)|都吃不了|都不止|不要(?:完全依赖|再(?:来|纠缠|投诉|反映)|无理|听信|胡说)|胡搅|无事生非|捏造|造谣|自作自受|自己(?:负责|想办法|克服)"
    r"|目的就是要|混淆视听|断章取义|小题大做|[您你](?:家)?[^，,。；;]{0,8}(?:拒不|均?不)接受|因[您你]多次阻|与事实不符的?言论"
    r"|业主自行破坏|一面之[词辞说]|与邻居不和|关系(?:比较)?僵"
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
    if len(sentence) <= 90 and _WEIGHED.search(sentence) and not _DATED_OR_NAMED.search(sentence):
        return True
    return not _CONCRETE.search(sentence) and len(_CLICHE.findall(sentence)) * 30 >= min(len(sentence), 90)


def find_denials(reply: str, parts: Sequence[Part]) -> list[tuple[int, int]]:
    """What denies the letter, where nothing in the reply says how anybody knows."""
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
