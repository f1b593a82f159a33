"""Names of persons: after words that announce one, and as a signature. Pure.

Half of the surnames are also everyday words (高中生, 方便, 于昨日). The surer the announcement, the less a name has to
prove: after 姓名： nearly anything short is one, after 我是 only what cannot be another word.
"""

import re
from collections.abc import Iterator

from intake.redaction_spans import PersonalKind, Span

_COMPOUND = (
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 司空 夏侯 宇文 长孙 端木 南宫 轩辕 闻人 钟离 淳于 单于 澹台 公冶 宗政"
    " 濮阳 太叔 申屠 仲孙 呼延 拓跋 独孤 赫连 万俟 百里 东郭 西门 鲜于 闾丘 亓官 司寇 子车 颛孙 巫马 公西 漆雕 乐正 壤驷 公良"
).split()
# Surnames that are hardly anything else.
_PLAIN = frozenset(
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施孔曹严魏陶姜戚谢邹喻柏窦章苏潘葛奚范彭鲁韦昌俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤"
    "滕殷罗毕郝邬傅皮卞康伍余卜顾孟黄穆萧尹姚邵汪祁毛禹狄臧戴谈宋茅庞纪舒屈项祝董梁杜阮蓝闵席季贾娄郭梅盛林刁钟徐邱骆蔡田樊胡凌"
    "霍虞柯卢莫缪裴邓郁崔龚程邢翁荀甄芮储靳汲糜段侯宓焦侬谭贡姬申冉蒲邰桑桂濮扈燕冀郏浦尚晏柴瞿阎茹宦艾鱼容慕戈廖庾暨辜游鞠刘丁"
    "肖涂阳苟苏晁覃佟佘佴赖冼涂洪耿沙池翟牟腊卓乔聂雍"
)
# Surnames that are everyday words too.
_DOUBTFUL = frozenset("金方于向常应时白马安江成关包车边平明曾连石全和文单高夏夫叶古乐万华张水云花齐元黎路温别庄宁仇甘武符景龙司印宿怀阴能"
                      "苍双闻莘党翟劳逄益巴弓牧隗山谷麻强游权丛农满匡国寇广东利师巩厍晁勾敖融冷訾辛那简饶空沙养须丰巢蒯相查后荆红竺盖")
_SURNAMES = _PLAIN | _DOUBTFUL
_SURNAME = f"(?:{'|'.join(_COMPOUND)}|[{''.join(sorted(_SURNAMES))}])"
_NAME = rf"({_SURNAME}[\u4e00-\u9fff]{{1,2}})"
_MINORITY_NAME = r"([\u4e00-\u9fff]{2,6}[·•][\u4e00-\u9fff]{2,6})"

# What may follow a name. Lazy matching takes the shortest name before one of these.
_END = (
    r"(?=[^\u4e00-\u9fff]|$|家住|住在|现住|今年|现年|年龄|身份证|电话|手机|联系|户籍|来自|先生|女士|老师|同志|师傅|阿姨|的|是|系|男|女|和|与|因|于|在"
    r"|向|对|家|老人|本人|我|想|要|反映|举报|投诉)"
)
_SHORTEST = rf"({_SURNAME}[\u4e00-\u9fff]{{1,2}}?){_END}"

_ROLE = r"(?:反映|举报|投诉|申请|来信|写信|诉求|检举|控告|求助|信访|联系|报告|当事|承租|购房|受害|建议|来访|代理|委托|留言|落款|署名)人"
_WRITER = r"(?:市民|居民|村民|业主|群众|家长|网友|学生|员工|职工|读者|租户|住户|农民|老百姓|百姓)"

_ANNOUNCED = re.compile(
    rf"(?:姓\s?名|{_ROLE}(?:姓名)?|名\s?字|户主|署名|户名|开户名)\s*[:是为叫]\s*(?:{_MINORITY_NAME}|{_SHORTEST})"
    rf"|(?:我|本人|他|她|名字|小名|老公|丈夫|妻子|爱人|儿子|女儿|父亲|母亲|爸爸|妈妈|孩子|小孩)(?:名字)?名?叫做?\s*(?:{_MINORITY_NAME}|{_SHORTEST})"
    rf"|{_WRITER}\s*[:]\s*{_NAME}(?=[^\u4e00-\u9fff]|$)"
)
_SAID = re.compile(
    rf"(?:我是|本人是|本人系|本人|我)\s?({_SURNAME}[\u4e00-\u9fff]{{1,2}}?)(?=[,。;!\s]|[(]|$|家住|今年|现年|[,(]?(?:男|女)(?![\u4e00-\u9fff]{{2}})|身份证|电话|手机)"
)
_IDENTIFIED = re.compile(rf"(?<![\u4e00-\u9fff])({_SURNAME}[\u4e00-\u9fff]{{1,2}})\s?[,(:]?\s?(?:[男女][,)]|身份证|手机号?|联系?电话|电话\s?[:1])")

_DATE = r"(?:\s*\d{2,4}\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}\s?[日号]?)"
_SALUTE = re.compile(
    rf"(?:敬\s*礼|谢谢|致谢|敬上)[!。,.\s]*(?:[\u4e00-\u9fff]{{0,10}}[:])?\s*({_SURNAME}[\u4e00-\u9fff]{{1,2}})(?=\s*(?:[,。]|$|\d|\n|敬上|上))"
)
_SIGNATURE = re.compile(rf"\n[^\S\n]*({_SURNAME}[\u4e00-\u9fff]{{1,2}})[^\S\n]*(?:敬上|上|呈)?[^\S\n]*\n?{_DATE}?\s*$")

# A word with one of these at its end, or one of these words, is no person.
_NOT_A_LAST_CHARACTER = frozenset("区县市镇乡村路街户员者们店厂校院局站所队组司楼桥河湖吗呢吧了的过着没不也都就还又很个等来去后前时里中上下内外")
_DOUBTFUL_LAST = frozenset("生民人主工长师兵子家年月日天友友夫属方事便常经业因心应间际于为以多次有无")
_NOT_NAMES = frozenset(
    "何时 何地 何人 何处 何况 何必 何种 任何 任意 任务 许多 许久 周边 周围 周末 周一 周二 周三 周四 周五 周六 周日 黄色 黄金 黄牛 毛病 康复 程度"
    " 费用 严重 严格 施工 施工方 石油 高中 高中生 高考 高层 高速 方面 方便 方法 时候 时间 平时 平常 成都 成立 成为 安全 安置 安装 安居 明天 明年 明确"
    " 应该 应届 应当 应届生 向您 向你 向贵 连续 连带 曾经 曾多次 曾在 曾向 于今 于昨 全体 全家 全部 和平 文明 单位 单亲 万分 华人 国家 国企 国人 农民"
    " 农村 农户 党员 广大 广安 广安人 东北人 金融 金额 车主 车位 边上 路人 花钱 水电 元旦 古镇 项目 段时间 史上 田地 田间 程序 汤圆 江苏 江苏人 江西 江西人"
    " 云南 云南人 河北 山东人 山西 安徽 安徽人 宁波 温州 温州人 常住 常年 常常 强烈 权益 能否 能不能 劳动 劳动者 那么 那个 相关 相信 后来 空调 简单 红色"
    " 白天 白领 关于 关心 关注 包括 包工头 别人 武汉 武汉人 师生 师范生 满意 师傅 阳台 阳光 容易 游客 申请 申请人 申报 储户 章程 贺信 池塘 余额 余款 尚未 盛夏"
    " 郑重 郑州人 沈阳人 计划 宋代 殷切 纪委 雷雨 季度 季节 林业 林地 梁上 胡乱 胡同 焦急 焦虑 段落 卓越 丁点 洪水 洪灾 沙石 顾客 顾虑 康养 凌晨 贾商 毕业"
    " 毕业生 毕竟 伍佰 柏油 舒心 舒服 席位 盛大 浦东 桂林人 莫名 莫非 柴油 柴火 桑树 喻为 鲁莽 彭州 彭州人 施救 韦编 谈判 谈话 陈述 陈旧 乔迁 蓝天 严禁 严惩 严厉 苏州人".split()
)


def find_names(text: str) -> Iterator[Span]:
    """Names announced or signed in folded text; spans may overlap."""
    for pattern, sure in ((_ANNOUNCED, True), (_IDENTIFIED, True), (_SALUTE, True), (_SIGNATURE, True), (_SAID, False)):
        for m in pattern.finditer(text):
            group = m.lastindex or 1
            if "·" in m[group] or "•" in m[group] or is_name(m[group], sure=sure):
                yield Span(m.start(group), m.end(group), PersonalKind.NAME, mask_name(m[group]))


def is_name(text: str, *, sure: bool = True) -> bool:
    """Whether this is a Chinese name of a person; `sure`: something announced one, so that doubt speaks for it."""
    length = len(text)
    compound = text[:2] in _COMPOUND
    if not 2 <= length <= 4 or not (compound and length > 2 or text[0] in _SURNAMES and length < 4):
        return False
    if text in _NOT_NAMES or text[:2] in _NOT_NAMES or text[-1] in _NOT_A_LAST_CHARACTER or text[1] in "先女某老小师总局":
        return False
    return sure or compound or not (text[0] in _DOUBTFUL or text[-1] in _DOUBTFUL_LAST)


def mask_name(name: str) -> str:
    """The surname and a star a character: 张**, 欧阳*. Words that name nobody (匿名, 李女士) stay; other scripts keep
    their first letter."""
    if name.endswith(("先生", "女士", "小姐", "同志", "师傅", "老师")) or name in _NOBODY or "*" in name:
        return name
    kept = 2 if name[:2] in _COMPOUND and len(name) > 2 else 1
    return name[:kept] + "*" * (len(name) - kept)


_NOBODY = frozenset("匿名 市民 网友 群众 居民 村民 业主 热心市民 某市民 匿名用户 匿名市民 不详 无 未知 保密".split())
