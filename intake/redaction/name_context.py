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
THINGS = tuple(_LISTS["things"])
PUBLIC = frozenset(_LISTS["public"])
COMMON_GIVEN_NAMES = frozenset(_LISTS["common_given_names"])

# A surname and one of these: somebody is spoken of without a name (张姐, 刘婶).
KIN = frozenset("姐哥婶嫂爷婆叔姨伯妈爸娘总局某姓氏")
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
