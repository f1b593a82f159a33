"""Letters to learn names from: our own marked ones with other persons put in, and our other texts, which name nobody.

Where our other texts say 他, 她 or name a role (老板, 邻居), a name could stand: some of them get one. Always the same
random numbers, so that the same letters come out.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from intake.redaction.name_context import COMMON_GIVEN_NAMES, TITLES, WHO, WORD_NAMES
from intake.redaction.spans import PersonalKind, fold
from intake.surnames import COMMON_SURNAMES, COMPOUND_SURNAMES, EVERYDAY_SURNAMES, SURNAMES
from tests.quality.redaction_bench import Marked

# In the order of how many people bear them; the first third is half of the country.
FREQUENT_SURNAMES = (
    "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    "陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤"
)
_MODERN = (
    "涵轩萱梓欣怡妍诺琪雯婷浩宇泽睿晨曦昕彤瑶瑞嘉佳俊杰鑫淼森雨雪薇蕾菲蓉莉娜娟霞燕琴红军伟磊强勇刚鹏飞辉斌波涛亮超萍丹"
    "玲芳敏静丽艳秀英桂兰珍凤淑惠琼碧素富贵荣华昌盛旺福寿奕芷紫语墨诗晓倩洁莹慧颖璐楠博弘毅哲翰沐皓铭锦煜烨熙凯恒恩"
)
_COUNTRY = (
    "国建志文明永德光世正大天成金玉春秀桂先仕朝兴长福顺安良全开启忠孝义和平元代泽述学祖云月菊群容清芬会均友"
    "才财有厚万道家守太显思承学民生成立方东海山江林"
)
_SLOT = re.compile(r"(\{[abcptw]?\})")
_PEOPLE = (  # noqa: SIM905
    "居民 村民 市民 业主 住户 学生 老师 家长 员工 职工 老人 孩子 商户 租户 群众 患者 司机 老板 领导 邻居 医生 "
    "护士 工人 农民 队长 书记 主任 同学 同事 保安 物业 客服 师傅 校长 班主任 代表 党员 干部 民警 经理 中介 "
    "房东 人员 网友 负责人 当事人 来电人 投诉人 举报人 社区 街道 单位 公司 我们 他们 大家"
).split()
_NO_ROLES = ("街道", "方式", "信息", "代表", "作者", "一位")
_ROLES = sorted(
    (w for w in WHO if w[0] not in "名叫我他她姓户化本原别" and w not in _NO_ROLES), key=lambda w: (-len(w), w)
)
_ROLE = re.compile(f"(?:{'|'.join(_ROLES)})(?=[\u4e00-\u9fff,。:(])(?!们|的|家|人|者|员|长|师)")
_PRONOUN = re.compile(
    "(?:[他她我]|有人|那人|某人|对方)(?![们人家妈爸爷奶娘爹的叫是姓自,。])(?<!其.)(?<!我.)(?<![自给].)"
)
# Names of other languages in Chinese characters
_FOREIGN_FIRST = (  # noqa: SIM905
    "阿木 阿尔 阿苏 阿依 阿约 阿牛 吉克 吉木 沙马 沙玛 曲木 曲比 海来 马海 俄木 俄尼 勒格 瓦扎 瓦其 尼克 扎西 "
    "才让 才旦 次仁 次旺 卓玛 尼玛 拉姆 索朗 格桑 格勒 洛桑 洛绒 仁青 仁真 旺堆 央金 桑吉 罗布 巴桑 巴登 嘎玛 "
    "丹增 丹巴 贡布 贡嘎 拉巴 丹真"
).split()
_FOREIGN_SECOND = (  # noqa: SIM905
    "约布 木呷 伍呷 尔布 拉则 日呷 古子 布哈 史布 石布 拉铁 尔哈 阿木 木果 子布 乌果 伍果 多杰 多吉 卓玛 次仁 "
    "旺堆 拉姆 扎西 平措 顿珠 罗布 央金 措姆 曲珍 曲措 加措 仁青 尼玛 坚赞 旺姆 达瓦 桑珠 让布 拉毛 才让 旺杰 "
    "邓珠 泽仁 尼惹"
).split()
_OF_PLACES = (
    "新家山石桥溪塘湖江岭泰康华盛源丰福景云龙凤鼎御悦锦瑞嘉金玉翠竹兰桂梅松香水木南北东西阳光明和平安宁城天地林园海丽"
)
_TITLES = ("老师", "师傅", "主任", "女士", "先生", "医生", "阿姨", "同志", "经理", "书记", "大爷", "队长")
_SIGNS = (
    "\n{}", " {}", "\n{}\n2024年3月5日", "谢谢!{}", "\n——{}", "。{}敬上", "\n{} 2023.11.2", "\n居民{}", "此致敬礼!{}",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """Folded text, where its names are, and how much it counts."""

    text: str
    names: frozenset[tuple[int, int]]
    weight: float = 1.0


class Names:
    """Names as people bear them: frequent and rare surnames, one or two characters, old, rural and modern ones."""

    def __init__(self, seed: int, listed: Sequence[str]) -> None:
        self._random = random.Random(seed)
        self._listed = [name for name in listed if name[0] in SURNAMES and len(name) in (2, 3)]
        self._givens = [name[1:] for name in self._listed if len(name) == 3]
        self._lasts = [name[-1] for name in self._listed]
        self._common = sorted(COMMON_GIVEN_NAMES)
        self._words = sorted(WORD_NAMES)
        self._surnames = sorted(SURNAMES - EVERYDAY_SURNAMES)
        self._doubtful = sorted(COMMON_SURNAMES)
        self._compound = sorted(COMPOUND_SURNAMES)
        self._everyday = sorted(EVERYDAY_SURNAMES)

    def one(self) -> str:
        pick, draw = self._random.choice, self._random.random()
        if draw < 0.60:
            surname = FREQUENT_SURNAMES[min(int(self._random.expovariate(1 / 28)), len(FREQUENT_SURNAMES) - 1)]
        elif draw < 0.75:
            surname = pick(self._doubtful)
        elif draw < 0.94:
            surname = pick(self._surnames)
        elif draw < 0.95:
            surname = pick(self._everyday)
        elif draw < 0.98:
            surname = pick(self._compound)
        elif draw < 0.99:
            return pick(self._words)
        else:
            return pick(_FOREIGN_FIRST) + pick(_FOREIGN_SECOND)
        return surname + self._given()

    def place(self) -> str:
        """What an estate, a road, a village or a firm may be called: like a name, but nobody's."""
        draw = self._random.random()
        if draw < 0.4:
            return self.one()
        surname = self._random.choice(FREQUENT_SURNAMES)
        if draw < 0.55:
            return surname + "家"
        if draw < 0.75:
            return self._random.choice(self._surnames) + self._random.choice(_OF_PLACES)
        return surname + self._random.choice(_OF_PLACES) + self._random.choice(_OF_PLACES)

    def titled(self) -> str:
        return self._random.choice(FREQUENT_SURNAMES) + self._random.choice(_TITLES)

    def _given(self) -> str:
        pick, draw = self._random.choice, self._random.random()
        if draw < 0.25:
            return pick(self._lasts) if self._random.random() < 0.5 else pick(_MODERN + _COUNTRY)
        if draw < 0.45:
            return pick(self._givens)
        if draw < 0.60:
            return pick(self._common)
        if draw < 0.80:
            return pick(_COUNTRY) + pick(_COUNTRY + _MODERN)
        return pick(_MODERN) + pick(_MODERN)


def of_marked(letters: Sequence[Marked], names: Names, copies: int) -> Iterator[Example]:
    """Each letter as it is, and with other persons `copies` times."""
    for letter in letters:
        marks = [(s, e) for kind, s, e in letter.marks if kind is PersonalKind.NAME]
        text = fold(letter.text)
        yield Example(text, frozenset(marks), 2.0)
        for _ in range(copies if marks else 0):
            others = {text[s:e]: names.one() for s, e in marks if "·" not in text[s:e]}
            parts: list[str] = []
            places: list[tuple[int, int]] = []
            position = length = 0
            for s, e in marks:
                name = others.get(text[s:e], text[s:e])
                parts += (text[position:s], name)
                length += s - position
                places.append((length, length + len(name)))
                length += len(name)
                position = e
            yield Example("".join(parts) + text[position:], frozenset(places), 1.0)


def of_contexts(names: Names, seed: int, copies: int = 8) -> Iterator[Example]:
    """The sentences of `redaction_contexts.txt`, each `copies` times with other persons."""
    draw = random.Random(seed)
    lines = (files("tests.quality") / "redaction_contexts.txt").read_text(encoding="utf-8").splitlines()
    lines = [line.replace("\\n", "\n") for line in lines if not line.startswith("#")]
    for line in lines:
        if "{" not in line:
            yield Example(fold(line), frozenset(), 3.0)
            continue
        for _ in range(copies):
            same = {slot: names.one() for slot in ("{a}", "{b}", "{c}")}
            before = draw.choice(lines).split("{")[0] if draw.random() < 0.2 else ""
            parts, places, length = [before], [], len(before)
            for piece in _SLOT.split(line):
                if piece == "{w}":
                    piece = draw.choice(_PEOPLE)
                elif piece in ("{p}", "{t}"):
                    piece = names.place() if piece == "{p}" else names.titled()
                elif _SLOT.fullmatch(piece):
                    piece = same.get(piece) or names.one()
                    places.append((length, length + len(piece)))
                parts.append(piece)
                length += len(piece)
            yield Example(fold("".join(parts)), frozenset(places))


def other_texts() -> list[str]:
    """Bodies and titles of the texts that topics, urgency and tone are learnt from."""
    texts = []
    for file in sorted(Path(str(files("nlp"))).rglob("*.psv"), key=lambda file: (file.name, file.parent.name)):
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                texts += [fold(part) for part in line.split("|") if len(part) > 5 and not part.isascii()]
    return texts


def of_others(texts: Sequence[str], names: Names, seed: int) -> Iterator[Example]:
    """Every text as it is, and of those long enough one with names in it."""
    draw = random.Random(seed)
    for text in texts:
        yield Example(text, frozenset())
        for _ in range(2 if len(text) > 15 else 0):
            places: list[tuple[int, int]] = []
            filled = _fill(text, names, draw, places)
            if places:
                yield Example(filled, frozenset(places))


def _fill(text: str, names: Names, draw: random.Random, places: list[tuple[int, int]]) -> str:
    person = names.one()
    parts: list[str] = []
    length = position = 0

    def put(piece: str, *, name: bool = False) -> None:
        nonlocal length
        if name:
            places.append((length, length + len(piece)))
        parts.append(piece)
        length += len(piece)

    spots = [(m.start(), m.end(), True) for m in _PRONOUN.finditer(text)]
    spots += [(m.end(), m.end(), False) for m in _ROLE.finditer(text)]
    for start, end, pronoun in sorted(spots):
        if start < position or draw.random() > (0.4 if pronoun else 0.3):
            continue
        put(text[position:start])
        position = end
        kind = draw.random()
        if kind < 0.12:  # a surname with a title stays
            put(person[0] + draw.choice(_TITLES))
        elif kind < 0.25:
            for i in range(draw.choice((2, 2, 3, 4))):
                if i:
                    put(draw.choice("、、、和,与"))
                put(names.one(), name=True)
        else:
            put(person, name=True)
            if kind > 0.9 and text[end : end + 2] not in TITLES:
                put(draw.choice(_TITLES))
    put(text[position:])
    if draw.random() < 0.1:
        before, after = draw.choice(_SIGNS).split("{}")
        put(before)
        put(names.one(), name=True)
        put(after)
    return "".join(parts)
