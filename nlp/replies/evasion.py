"""Does a reply talk around the matter: intentions and how things are in general, and nothing of this one?

Each sentence that answers is read for what it says of the matter itself: something found, done, decided or explained,
a figure, a day, a thing that will be put up or taken down. A sentence about the whole city, and one that repeats the
letter, say nothing of it. Where no sentence does and at least one is an intention (to study, to strengthen), the reply
evades.
"""

import re
from collections.abc import Sequence

from nlp.replies.asks import pairs_of
from nlp.replies.parts import MAX_LENGTH, Part, Role

# A longer reply has something in it, however it is put.
_LONGEST = 600
_INTENTION = re.compile(
    r"(?:将|(?<![委协社商议大开])会|拟|正|继续|进一步|积极|认真|充分|努力|尽力|不断|逐步|统筹|在)[^，,。；;]{0,16}?"
    r"(?:研究|论证|考虑|梳理|关注|推进|完善|协调|争取|改进|加强|加大|强化|提升|优化|部署|吸纳|采纳|参考|建言|呼吁|沟通|对接|衔接|处理|解决|开展|反映)"
    r"|(?:作为|供)[^，,。；;]{0,8}参考|寻求[^，,。；;]{0,6}办法|引起[^，,。；;]{0,6}重视|循序渐进|分步实施"
)
_OWN = re.compile(
    # found
    r"经(?!开|营|济|费|常|过|办)[^，,。；;]{0,24}(?:调查|核实|核查|了解|查|排查|勘|走访|询问|咨询|调取|检测)|据(?:查|了解|核实)|现场|实地|属实|不实|发现|确(?:有|实|存)|原因(?:是|为|如下)|系(?=因|由)"
    # done
    r"|责令|责成|约谈|立案|处罚|取缔|查处|整改通知|召开|下达|下发|当场|立即(?:组织|安排|派|联系|要求)|电话联系|进行了|组织了|要求(?!进一步)"
    r"|(?:已|已经)(?:将|由|对|于|在|向|与|按|把|被|全|基本)?[^，,。；;]{0,10}(?:完成|完工|修复|安装|更换|拆除|清理|整改|到位|开工|动工|启动|办结|解决|发放|下达|列入|纳入|批复|委托|申报|上报|报请|汇报|建成|开通"
    r"|关停|停止|停产|处理|安排|要求|督促|设置|提交|签|形成|改)"
    # decided, answered
    r"|不能|无法|不可以?|不符合|不属于?|不予|不再|不会|才能|必须|否则|尚不|不具备|暂不|暂无|暂未|尚未|未(?:列入|纳入|达到|批准|收到|收取|组织|通过|规定)|没有|并未|不存在|不适宜|不需|无须|无需|(?:列|纳)入[^，,。；;]{0,16}(?:计划|规划|项目|方案)"
    r"|可以(?!采取|提|通过合适)|可(?=凭|到|在|向|持|于|享|申|按|携|通过|参加)|需(?=要|提供|携带|持|先|经|满|符合|由)|应(?=当|由|按|先|提供|该)|只(?:能|需|要)|凭(?=[^，,。；;]{0,12}证)|属于?(?=[^，,。；;]{1,16}(?:管|职责|范围|用地|产权|行为|公司|性质))"
    r"|标准为|条件(?:是|为|如下)|流程|位于|选址|由[^，,。；;]{2,16}负责|(?:工程|项目|工作)[^，,。；;]{0,8}(?:正在|目前|进入|完成)|目前[^，,。；;]{0,16}(?:还在|尚在|仍在|正在|已|处于|进入|施工)"
    r"|建议(?=[您你]|市民|业主)[^，,。；;]{0,20}(?:通过|向|到|携带|申请)"
    # what can be seen when it is done
    r"|(?:将|拟|会)(?:在|对|于)?[^，,。；;]{0,24}(?:安装|增设|设置|修缮|拆除|更换|修复|修补|施划|开通|改造为|硬化|重新铺|专项(?:整治|行动)|设立|新建|关闭|搬迁|立案|收取|退还|补发)"
    r"|\d{1,2}\s?月\s?\d{1,2}\s?日|(?:今|明)年(?:底|内)?|年(?:底|内)前?|[上中下]旬|《"
    r"|\d(?:\d|\.\d){0,10}\s?(?:余|多)?(?:个|万|亿|元|米|公里|平|亩|户|人|名|家|处|座|台|辆|吨|%|％|套|栋|条|次|岁|级|分贝|小时|天|号)"
)
# How things are for everybody.
_GENERAL = re.compile(
    r"^[^，,。；;]{0,12}(?:我[市县区省]|全[市县区省]|随着|近年来|一直(?:以来)?|按照[^，,。；;]{0,12}(?:部署|要求|安排|原则)|历来|各级|由于(?:我[市县区]|全[市县区])|公交行业|教育)"
)
# What the writer is asked to do is nobody's intention.
_ASKED = re.compile(r"请|希望|欢迎")
# It will be thought about: whatever else the sentence says, that is what comes of the matter.
_WEIGHED = re.compile(
    r"(?:[您你](?:所?提出?)?的|[您你]提出?的?|该|此|这些|宝贵|相关)[^，,。；;]{0,12}(?:意见|建议|想法|问题|诉求)?[^。；;]{0,24}?"
    r"(?:认真|充分|进一步|一并|予以|会|将)[^，,。；;]{0,12}(?:研究|考虑|论证|梳理|参考|斟酌)"
    r"|(?:意见|建议)[，,]$"
)
# So much of a sentence that stands in the letter too is a repetition.
_REPEATED, _TELLING = 0.75, 8


def find_evasion(letter: str, reply: str, parts: Sequence[Part]) -> list[tuple[int, int]]:
    """The intentions, where there is nothing else; empty where something is said of the matter."""
    if any(part.role in (Role.FORWARDED, Role.DECLINED) for part in parts):
        return []
    said = [part for part in parts if part.role is Role.SAID]
    told = [part for part in parts if part.role in (Role.SAID, Role.RECEIVED, Role.REFERRED)]
    if sum(part.end - part.start for part in said) > _LONGEST:
        return []
    intentions = [
        m.span()
        for part in told
        for m in _INTENTION.finditer(reply, part.start, part.end)
        if not _ASKED.search(reply, max(part.start, m.start() - 6), m.start())
    ]
    if not intentions:
        return []
    own = [part for part in said if _of_the_matter(reply[part.start : part.end])]
    if own:
        known = pairs_of(letter[:MAX_LENGTH])
        if any(not _repeats(reply[part.start : part.end], known) for part in own):
            return []
    return intentions


def _of_the_matter(sentence: str) -> bool:
    if _GENERAL.match(sentence) or _WEIGHED.search(sentence):
        return False
    return _OWN.search(sentence) is not None


def _repeats(sentence: str, known: set[str]) -> bool:
    pairs = pairs_of(sentence)
    return len(pairs) >= _TELLING and len(pairs & known) >= _REPEATED * len(pairs)
