"""Does a text complain about an organisation that it names, or only ask it to act? Rules on the words around it."""

import re
from enum import Enum

_LEFT, _RIGHT = 16, 48
_AREA = r"(?:[^，,。、；\s]{0,5}?[市县区镇乡村州省])?(?:的|这家|这个|那家|那个|该|某)?"
_ASKED = re.compile(
    r"(?:请求?|恳请|恳求|希望|期望|期待|望|盼|求|建议|要求|麻烦|呼吁|敦促|拜托|能否|能不能|可否|可不可以|是否|需要|应该由|强烈要求|让|叫|由)"
    rf"(?:你们|贵|我们|我|上级|当地|有关|相关|咱们)?{_AREA}$"
)
_TURNED_TO = re.compile(
    r"(?:向|给|到|去|找[过到了]?|联系[过到了]?|咨询[过了]?|拨打[过了]?|打[了过]?|报给|报到|交给|转给|跟|同|与|和|对|经过?|按照?|根据|依据"
    rf"|属于|归|是不是|尊敬的|敬爱的|感谢|表扬|谢谢|反映到|递交|报请|帮|通过|因为有)(?:你们|贵|我们|上级|当地)?{_AREA}$"
)
_THANKED = re.compile(r"(?:感谢|表扬|谢谢|点赞|感激|致敬)[^，。！？\n]{0,8}$")
_REPORTED = re.compile(
    r"(?:举报|投诉|控告|揭发|检举|状告|反映|曝光|起诉|揭露)(?:了|过|一下)?(?:关于)?"
    rf"(?:我们|我|本地|当地)?{_AREA}$"
)
_TOLD = re.compile(r"(?:向|给|到)[^，。！？\n]{0,10}(?:举报|投诉|控告|反映|起诉)(?:了|过)?$")
_ORDERED = re.compile(
    r"(?:查处|调查|核查|严查|彻查|清查|检查|追究|整治|处罚|严惩|查一?查|查|看一?看|管一?管|管不管|监督|督促|督办|责令|约谈|取缔|关停|整改|敦促)"
    rf"(?:一下|下|了)?{_AREA}$"
)
_SUFFERED = re.compile(rf"被{_AREA}$")
# what an office is blamed for
_OFFICE = (
    r"不作为|乱作为|慢作为|推诿|推脱|推卸|推来推去|互相推|踢皮球|敷衍|应付了事|走过场|包庇|纵容|袒护|偏袒|徇私|枉法|勾结|串通|受贿|收受|行贿"
    r"|收了?(?:好处|红包|钱|礼)|索要|索贿|敲诈|勒索|吃拿卡要|吃请|贪污|贪腐|腐败|挪用|侵吞|截留|克扣|私分|弄虚作假|造假|违规|违法|违纪"
    r"|强拆|强行|强制|强占|霸占|强征|暴力|野蛮|粗暴|蛮横|打人|打(?:了|伤|我|骂)|殴打|动手|砸|掀|抢(?!修|救|险)|没收|辱骂|骂|威胁|恐吓|刁难|为难"
    r"|乱(?<!不乱)(?:收|罚|扣|贴|批|开|执法|涨|摊|搞|来|砍|卖)|私自|擅自|态度(?:十分|非常|很|太|极其|极)?(?:恶劣|差|不好|蛮横|傲慢|生硬)"
    r"|效率(?:太|很|极)?(?:低|差|慢)|服务(?:太|很|极)?(?:低|差|慢)|玩手机|不(?<!管不)(?:理|予|管|办|批|给|让|查|肯|愿|接|回|答|解决|处理|受理|立案|出警|执行|兑现"
    r"|公开|公正|公平|透明|承认|认|验收|检查|负责|发|及时|重视|闻不问|了了之|出面|安装|准|设|改|落实|按|作|见人|让步|合理|协调)"
    r"|拒绝|拒不|拒收|迟迟|一直(?:没|不|未|拖)|至今(?:没|不|未|仍)|未(?:解决|处理|回复|答复|落实)"
    r"|没有?(?:人(?:理|管|接|来|回|答)|回音|回应|回复|答复|结果|下文|落实|解决|处理|任何|手续|作为|办法|尽到|履行)"
    r"|无(?:人(?:理|管|接|来)|回应|故)|拖(?:着|欠|了|延|沓|到)|却拖|骗|糊弄|忽悠|泄露|透露|滥用|以权|失职|渎职|监管不力|把关不严|形同虚设|选择性"
    r"|刑讯|给了?(?:自己)?的?亲戚|优亲厚友|算错|多算|弄丢|卡着|跑了.{1,3}趟|关了我|把我关|不公(?!开)|挡|扣(?:我|车|押|留)|多收|回复太?慢|坑|垮|见死不救|乱占|占用|欺"
)
_FIRM = (
    r"|过期|变质|发霉|卖假|假(?:货|药|酒|烟|种子|农药|冒)|劣质|注水|缺斤|短斤|退费难|跑路|倒闭|关门|失联|联系不上|收费|涨价|加价|捂盘|一房二卖"
    r"|逾期|延期|烂尾|虚假|误导|诱导|油烟|烟直排|扬尘|粉尘|黑烟|冒烟|臭|异味|污水|粪水|废水|废气|偷(?:排|倒|工|税|拍)|直排|排(?:放|污|气|烟|废)|污染|噪音|噪声|吵|扰民"
    r"|通宵|到(?:凌晨|三点|两点)|震(?:裂|得)|蟑螂|老鼠|地沟油|无证|没有(?:资质|证|许可)|接纳|未成年|小学生上网|让小学生|甩(?:客|团)|丢件|丢失|送错|欠|没(?:结|发|退|给)|不(?:退|送|开|还|交|登记|赔|卫生)"
    r"|占道|停(?:水|电|气)|锁(?:了|大门)|工资|押金|扣(?:费|钱|款)|年费|诈|宰|误诊|毁容|吃坏|塌|质量(?:差|有问题|不)|聚赌|赌|吃差价|中介费|老断|频繁|降低标准|违约|上涨|高价|炸|爆炸|裂"
    r"|半夜|夜间施工|霸王|捆绑|强买|骚扰|上当|倒垃圾"
)
_BLAMES_OFFICE, _BLAMES_FIRM = re.compile(_OFFICE), re.compile(_OFFICE + _FIRM)
# an office that somebody turned to is blamed for what came of it, not for what was reported to it
_NO_HELP = re.compile(
    r"不(?<!管不)(?:管|理|受理|处理|解决|接|回|办|给办|作为|予|闻不问)|没(?:有)?(?:人|回音|回应|回复|答复|结果|办法|用|作为)|推|踢皮球|敷衍|拖(?:着|了|延)"
    r"|一直(?:没|不|未)|至今(?:没|不|未)|迟迟|态度(?:恶劣|差|不好)|跑了.{1,3}趟|刁难|说没"
)
# what all that follows begins with: where none of it stands, nothing has to be tried
_HINT = re.compile(
    "[请恳希期望盼求建要麻呼敦拜能可是需应强让叫由向给到去找联咨拨打报交转跟同与和对经按根依属归尊敬感表谢反递帮通因举投控揭检状曝起告"
    "查调核严彻清整处惩看管监督责约取关追点激致被]"
)
_MUTUAL = re.compile(r"互相推|踢皮球|推来推去|扯皮")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_TO_CLAUSE = re.compile(r".*[，,。！？!?；;：:\n]", re.DOTALL)


class Stance(Enum):
    """What a text wants of an organisation where it names it."""

    NAMED = "named"
    ASKED = "asked"
    ACCUSED = "accused"


def judge_stance(text: str, start: int, end: int, next_start: int, *, firm: bool, serves: bool = False) -> Stance:
    """How the text speaks of the organisation at `start`:`end`; the words from `next_start` on are about another.

    `firm` is a company, `serves` a utility, which is blamed for both: for bad service and for how it treats people.
    """
    before = text[max(0, start - _LEFT) : start]
    if clause := _TO_CLAUSE.match(before):
        before = before[clause.end() :]
    after = text[end : end + _RIGHT]
    if ("推" in after or "皮" in after) and _MUTUAL.search(after) and not _ASKED.search(before):
        return Stance.ACCUSED
    after = after[: max(next_start - end, 0)]
    if stop := _SENTENCE_END.search(after):
        after = after[: stop.start()]
    blames = _BLAMES_FIRM if firm or serves else _BLAMES_OFFICE
    if before and _HINT.search(before):
        if _THANKED.search(before):
            return Stance.ASKED
        if _ORDERED.search(before) or _SUFFERED.search(before):
            return Stance.ACCUSED
        if _REPORTED.search(before) and (firm or not _TOLD.search(before)):
            return Stance.ACCUSED
        if _ASKED.search(before):
            return Stance.ASKED
        if not firm and _TURNED_TO.search(before):
            return Stance.ACCUSED if _NO_HELP.search(after) else Stance.ASKED
    return Stance.ACCUSED if blames.search(after) else Stance.NAMED
