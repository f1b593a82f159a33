"""The words around a name: who is announced by what, what follows a person, what is no person at all."""

from importlib.resources import files

import yaml

_LISTS: dict[str, list[str]] = {
    key: words.split()
    for key, words in yaml.safe_load((files("intake.redaction") / "names.yaml").read_text(encoding="utf-8")).items()
}

WHO = frozenset(_LISTS["who"])
TITLES = frozenset(_LISTS["titles"])
NOT_GIVEN_NAMES = TITLES | frozenset(_LISTS["not_given_names"])
FOLLOWS = frozenset(_LISTS["follows"])
THINGS = frozenset(_LISTS["things"])
PUBLIC = frozenset(_LISTS["public"])
ALSO_WORDS = frozenset(_LISTS["also_words"])
WORD_NAMES = frozenset(_LISTS["word_names"])
COMMON_GIVEN_NAMES = frozenset(_LISTS["common_given_names"])

# A surname and one of these: somebody is spoken of without a name (张姐, 刘婶).
KIN = frozenset("姐哥婶嫂爷婆叔姨伯妈爸娘总局某姓氏厅处队校院董")
# One character before a name that begins a new part of the sentence.
LEADS = frozenset("系把被给向让找跟和与叫是由对请到为经替及将有同说称:、,。;!?！？(「“‘\"'\n·/》」”’)】】-—～~…>")
# One character after a name that goes on with the sentence.
FOLLOWING = frozenset(
    "的在和与及是说讲称不没也都就才又还把被给对向让要想去来从于因为等两三一二这那已打拿收开骂占找借拖欠拒带用做写买卖租"
    "退骗告诉反请叫以之男女敬身手电微"
    ",.。!?;:、()「」“”‘’\"'《》〈〉[]【】·-—…\n 0123456789*+/Q"
)

# An official addressed as such is no private person: 尊敬的王建国市长.
OFFICE_AFTER = (
    "市长",
    "县长",
    "区长",
    "省长",
    "州长",
    "书记",
    "副市长",
    "副县长",
    "副区长",
    "副省长",
    "部长",
    "主席",
    "常委",
)
OFFICE_BEFORE = (
    "尊敬的",
    "敬爱的",
    "市委",
    "县委",
    "区委",
    "省委",
    "市长",
    "县长",
    "区长",
    "省长",
    "州长",
    "致",
    "给",
    "向",
)

# A word with one of these at its end is no person.
NOT_LAST = frozenset(
    "旁侧处区县市镇乡村路街户员者们店厂校院局站所队组司楼桥河湖吗呢吧了的过着没不也都就还又很个等去后前时里中上下内外是在有和"
    "说称被把给让向对从某早却均更最曾将已未老号两读族副尚皆亦仍"
)
# Where people live or pray: 李家坝, 文昌阁, 桑树坪. Not after a word for a person.
PLACE_LAST = frozenset(
    "湾坝坪坡坳垭嘴巷谷滩渠河江岛洲桥寺塔阁祠坎岭沟寨屯榜庙堰塘溪苑园城郡府院树花草果饼酒糖鱼牛羊鸡猪狗菜饭汤门墙井洞岩坟桩桶车船船票费款钱卡证书报山"
)
# 家豪 is a name, 李家坝 a place.
HOUSE_NAMES = frozenset(
    "豪栋明伟琪辉兴齐俊宝瑞乐怡欣祥强富贵荣骏和成安良亮诚旺华才义仁勇林树福麟铭玮文学国平顺丽英芬珍蓉琼慧芳银"
)
# Those of them that no given name ends with.
PLACE_ONLY = PLACE_LAST - frozenset("江花树山岩洲城园河岛府寺石船郡洞")
# Never a character of a given name: what a surname is followed by in ordinary sentences.
NEVER = frozenset(
    "的了在是不么吗呢吧着过没被把给从这那哪谁什怎些个们很就都也还又再只但却而且或与及其该某您你他她它我间里前上下内外候"
    "啊呀哦嘛啦"
)
# What names of other languages are written with: 买买提, 扎西, 阿依.
TRANSCRIBING = frozenset(
    "阿艾安巴班伯博布才次措达丹旦德登迪丁顿多尔尕嘎格根古贡哈海赫吉加嘉江杰金卡凯康柯克肯库拉兰朗乐勒里丽力利列林龙鲁罗洛玛"
    "麦买曼美蒙米木穆姆娜纳乃尼努诺欧帕培齐其奇强巧曲热仁茹瑞若萨赛桑色沙索塔泰坦特提铁图吐托娃瓦旺维乌吾西希夏孙逊亚雅扬"
    "央依伊英尤玉约则扎泽珍治智珠卓兹子作汗孜别娅尔衣斯史石苏文白玛嫫果惹呷牛史伍补俄且佐者才仁桑加让错措姆朗堆贡顿坚赞邓真"
)
# Names of four of these without a point begin with one of them: 阿木约布, 扎西多吉.
TRANSCRIBING_FIRST = frozenset("阿俄扎尼格勒贡丹拉吉沙卓洛索曲马海瓦次才仁旺央桑罗巴嘎")
