"""Which words name a time: one pattern for calendar dates, days, weeks and months counted from today, and festivals."""

import re
from functools import lru_cache

# The same few numbers are written everywhere.
_REMEMBERED = 1024
_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
CN = "一二两三四五六七八九十"
NUMBER = rf"(?:\d{{1,3}}|[{CN}]{{1,3}}|半|几)"
_MONTH = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
# 3号楼, 2号线 and 10日游 are no days
_DAY = (
    r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
    r"(?:日(?![游元内])|号(?![楼线院门栋车地令文柜床店铺口桌厅矿井馆码召库厂桥机煤幢]))"
)
_YEAR = r"(?:(?:19|20)\d{2}|二[〇零][〇零一二三四五六七八九]{2})"
_RELATIVE_YEAR = r"(?:大前年|(?<![目之以年])前年(?!久)|去年|今年|明年|后年)"
_THIRD = r"(?:初|上旬|中旬|下旬|底|末)"
_PART = r"(?:凌晨|清晨|大?清早|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜里|夜间|半夜|深夜|早|晚|夜)"
_HOUR = rf"(?:\d{{1,2}}(?:[:：]\d{{2}}(?!\d)|[点时](?:半|钟|\d{{1,2}}分?)?)|[{CN}]{{1,3}}点(?:半|钟|[{CN}]{{1,3}}分)?)"
# most days are followed by none: the first character says so
_CLOCK = rf"(?:(?=[ \d{CN}凌清大早上中下傍晚夜半深])(?: ?{_PART}?{_HOUR}| ?{_PART}(?!餐|班|饭|点名)))?"
_FESTIVAL = (
    r"(?:国庆节?(?!路|街)|(?:十一|五一)(?:劳动节)?(?=期间|假期|长假|节|小长假|黄金周)|五一(?:劳动节)?(?![路街广村社巷小大桥中工建])"
    r"|劳动节|春节|(?<![经超通度])过年(?![审检限])|元旦节?|清明节?(?![上河湖路街])|端午节?|中秋节?|妇女节|儿童节|教师节"
    r"|高考(?=期间)|双十一|双11|暑假|寒假)"
)
_AROUND = r"(?:期间|假期|小?长假|节?当天|(?:之|的)?前夕?(?![后往面])|(?:之|过)?后(?![来面]))?"
_SEASON = r"(?:春天|夏天|秋天|冬天|春季|夏季|秋季|冬季)"
_LUNAR_DAY = (
    r"(?:初[一二三四五六七八九十]|十[一二三四五六七八九]?|二十[一二三四五六七八九]?|廿[一二三四五六七八九]|三十)"
)
_LUNAR = (
    r"(?:除夕夜?|大年三十|大年初[一二三四五六七八九十]|元宵节?|八月十五"
    rf"|正月(?!饼)(?:{_LUNAR_DAY})?|腊月(?:{_LUNAR_DAY})?)"
)
WEEK = r"(?:周|星期|礼拜)"
WEEKDAY = r"[一二三四五六日天末]"
_AGO_UNIT = r"(?:年|个?月|个?周|个?星期|个?礼拜|天|日)"

TIME = re.compile(
    r"(?<![0-9.])(?:"
    rf"(?P<iso>(?P<iso_y>(?:19|20)\d{{2}})(?P<iso_s>[-/.])(?P<iso_m>\d{{1,2}})(?P=iso_s)(?P<iso_d>\d{{1,2}})(?!\d){_CLOCK})"
    rf"|(?P<date>(?:(?P<date_y>{_YEAR}|[0-2]\d(?=年 ?\d{{1,2}}月))年 ?|(?P<date_r>{_RELATIVE_YEAR})的?)?"
    rf"(?P<date_m>{_MONTH}) ?月(?P<date_f>份)?(?:(?P<date_d> ?{_DAY})|(?P<date_t>{_THIRD}))?(?![饼薪嫂子球])"
    rf"(?:(?<=[日号]){_CLOCK})?)"
    rf"|(?P<year>(?:(?P<year_y>{_YEAR})年|(?P<year_r>{_RELATIVE_YEAR}))(?:的?(?:(?P<year_p>年?[底末初](?!中)|上半年|下半年)"
    rf"|第?(?P<year_q>[一二三四1-4])季度|(?P<year_m1>\d{{1,2}})[-至到](?P<year_m2>\d{{1,2}})月(?!\d)"
    rf"|(?P<year_s>{_SEASON})|(?P<year_l>{_LUNAR})|(?P<year_f>{_FESTIVAL})(?P<year_a>{_AROUND})))?)"
    rf"|(?P<day>(?P<day_w>大前天|前天|昨天|昨日|今天|今日|明天|明日|大后天|后天|昨晚|昨夜|前晚|前夜|今晚|今早|今晨|明早|明晚){_CLOCK})"
    rf"|(?P<week>(?:(?P<week_r>上上|上|本|这|下)[个一]?{WEEK}(?P<week_d>{WEEKDAY})?"
    rf"|(?<![每逢双全单]){WEEK}(?P<week_b>{WEEKDAY})(?!至|到周|到星|-|—|、|期)){_CLOCK})"
    rf"|(?P<month>(?P<month_r>上上|上|本|这|下)个?月(?![饼子亮])(?:(?P<month_d>{_DAY}){_CLOCK}|(?P<month_t>{_THIRD}))?)"
    rf"|(?P<edge>(?<![个每半数满几月\d])(?:月(?P<edge_m>[初底])|(?<![天个])年(?P<edge_y>[初底末])|(?P<edge_h>[上下]半年)|第?(?P<edge_q>[一二三四])季度))"
    rf"|(?P<ago>(?<![十百第])(?P<ago_n>{NUMBER})(?P<ago_u>{_AGO_UNIT})(?P<ago_h>半)?[多之以]?前(?![后来列往]))"
    rf"|(?P<span>(?:最近|(?<![附接靠将])近|过去|这)的?(?P<span_n>{NUMBER})(?P<span_u>{_AGO_UNIT}))"
    r"|(?P<few>(?<![提以之目])前(?P<few_n>几|两|三|些)[天日])"
    rf"|(?P<lunar>{_LUNAR})"
    rf"|(?P<festival>(?P<festival_n>{_FESTIVAL})(?P<festival_a>{_AROUND}))"
    rf"|(?P<clock>{_PART}{_HOUR})"
    r")"
)
# Nothing is dated by what happens every week.
HABIT = re.compile(r"(?:每个?|每逢|逢|每到|一到|每年的?|年年|历年|每天|每月|每晚)$")
AHEAD = re.compile(r"(?:将|拟|定于|截[止至]|预计|预期|计划|之前必须).{0,2}$")
SINCE = re.compile(r"(?:份)?(?:起|开始)?(?:以来|至今|到现在|到目前)")
UNTIL = re.compile(r" ?(?:至|到|[-—~～－]{1,2}) ?")
LATER_DAY = re.compile(_DAY)


@lru_cache(_REMEMBERED)
def read_number(written: str) -> int:
    """5, 十五, 二十, 两 as a number; 0 for 几 and 半."""
    if written.isdigit():
        return int(written)
    if "十" in written:
        tens, _, ones = written.partition("十")
        return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
    return _DIGITS.get(written, 0)


@lru_cache(_REMEMBERED)
def read_year(written: str) -> int:
    """2025, 25 and 二〇二五 as a year."""
    value = int("".join(str(_DIGITS[c]) if c in _DIGITS else c for c in written))
    return value + 2000 if value < 100 else value
