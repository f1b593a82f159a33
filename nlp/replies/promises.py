"""What does a reply promise without saying by when? What merely goes on or hangs on an "if" is no such promise."""

import re
from collections.abc import Sequence

from nlp.replies.grounds import find_days
from nlp.replies.parts import Part, Role

# What can be finished.
_END = re.compile(
    r"完成|建成|完工|竣工|安装|整改|修复|修缮|更换|维修|办结|解决|回复|反馈|答复|启动|开工|动工|拆除|搬迁|改造|建设|到位|开通|上报|报请|召开|协商"
    r"|补发|发放|立案|查处|调研|研究|论证|迁|改道|调查|反映|报送|增设|兑付|明确|推广|纳入|公布|报告|调整|答疑|处理|办理|清理|实施|优化|汇报|补充|退"
)
# 将 may only put an object before its verb (将情况上报了); of the future it speaks before a verb or an adverb, and
# behind "we".
_VERBS = (
    r"尽快|立即|及时|马上|全面|逐一|陆续|予以|给予|进行|组织|安排|新?建[成设起立]|开展|推进|报[送批]|提请|建议(?!、)|派|调整(?!至)|选派|再|同步|彻底拆"
    r"|配合|联合|充分|第一时间|投入|会同|妥善|协助|争取|力争|收集并|迅速|就|多渠道|致函|投资|新增|设置|形成|恢复|重新|采取|升级|修[建补]|公示|联系"
    r"|着手|加快|优先|适时|择机|继续(?:组织|协商)"
)
# Behind these the verb is still to come.
_OPEN = (
    r"在|对(?!原)|与|向|由|为(?![您广群满])|通过|根据|结合|按(?!规定)|督促|协调|考虑|依法|依规|严格|积极|认真"
    r"|统一|逐步|会|于"
)
_WE = ("我局", "我办", "我司", "我镇", "我委", "我们", "我中心", "我单位", "我县", "街道")
_HOW_IT_WILL_BE = r"成为|有(?!关)|大幅|得到|达到|更加|大大|不再|影响|导致|面临|一如既往|竭诚|打造|以您|强化|情况"
_FUTURE = re.compile(
    rf"(?<![即可已己并能需须要把再曾请意])(?:将(?P<open>{_OPEN})|将(?={_VERBS}|{_END.pattern})"
    rf"|{'|'.join(f'(?<={we})将' for we in _WE)})"
    rf"(?!会?(?:{_HOW_IT_WILL_BE}))"
    r"|(?<![委员大协商社议机例开展都只才不学工也])会(?=尽快|及时|马上|安排|派|组织|将|把|加快|协调|考虑|购|予以|认真|积极向|向|适时|反馈|研究)"
    r"|拟(?=将|报|于(?!20)|对|收回|在|安排|组织|启动|增|新建|设)|(?<!积极)(?<!努力)争取(?=早日|尽快|如期|今后|规划|完成|解决|让|达成)"
    r"|力争(?=尽快|完成|早日|解决)|(?<!为)尽快|近期(?=将|组织|内?安排|启动|拿出|解决|发放|完成|改|更)|近段时间内|第一时间|适时(?=增|组织|开通)"
    r"|(?:后|时)(?:再)?予以(?!考虑|说明|解释|纠)|后再(?=统一|予以|就|进行|次召集)|下一步(?=我局按|按)"
    r"|待[^，,。]{2,30}后(?=[，,]|实施|办理|统一)|等[^，,。]{2,20}后|批准后(?=实施|立即)"
)
_ONGOING = re.compile(
    r"加强|加大|强化|持续|继续|不定期|定期|密切|长期|严格|不断|督导|监督|巡查|巡逻|监管|宣传|做好|维护|提升|巩固|竭诚|跟踪|秉公|跟进|管控|劝|关注|规范"
    r"|进一步(?!协商|完善相关手续)|全力|努力"
)
_IF = re.compile(
    r"如(?![下期此何今实同意常愿果有])|如(?:果|有(?!关))|若|一旦|一经(?!批准)|发现[^，,。]{2,10}及时|发现一起|倘|欢迎|请[您你]|建议[您你]|凡|只要"
    r"|对于[^，,。]{0,24}(?:出现|发现)"
)
_DONE = re.compile(
    r"(?:已|己)[^，,。；;]{0,20}(?:完成|解决|完毕|到位|要求|责令|安排|责成|启动|督促|召开|组织|会同|对接)|不会|不将"
    r"|(?:责令|要求|责成|委托)[^，,。]{0,16}(?:立即|尽快|及时)|为(?:尽快|及时)|未(?:及时|立即)|进行了|提出了|希望|(?:接到|收到)[^，,。]{0,20}后"
    r"|提供|规定|自[^，,。]{2,12}起|通过后|合格后|完成后$"
)
_WITHIN = re.compile(r"\d{1,3}\s?个?(?:工作日|小时|天|日|月)|[一二三五七十]{1,2}个?(?:工作日|月)内")
_CLAUSE_END = re.compile(r"[，,；;。]")


def find_promises(reply: str, parts: Sequence[Part]) -> list[tuple[int, int]]:
    """Clauses that promise something and name no time, nor do the clauses beside them. A promise to answer counts only
    where there is no answer."""
    answered = any(part.role is Role.SAID for part in parts)
    roles = {Role.SAID} if answered else {Role.SAID, Role.FOLLOW_UP, Role.RECEIVED, Role.FORWARDED}
    return [span for part in parts if part.role in roles for span in _undated(reply, _clauses(reply, part))]


def _undated(reply: str, clauses: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    dated = [bool(_WITHIN.search(reply, *span) or find_days(reply, *span)) for span in clauses]
    found = []
    for at, span in enumerate(clauses):
        if _IF.search(reply, *span):
            break  # what follows in the sentence hangs on it
        if not any(dated[max(0, at - 1) : at + 2]) and _promises(reply[slice(*span)]):
            found.append(span)
    return found


def _clauses(reply: str, part: Part) -> list[tuple[int, int]]:
    ends = [match.start() for match in _CLAUSE_END.finditer(reply, part.start, part.end)]
    starts = [part.start, *(end + 1 for end in ends)]
    return [(start, end) for start, end in zip(starts, [*ends, part.end], strict=True) if end > start]


def _promises(clause: str) -> bool:
    future = _FUTURE.search(clause)
    if not future or _DONE.search(clause):
        return False
    ends = _END.search(clause, future.end()) is not None
    return ends if future["open"] or _ONGOING.search(clause) else True
