"""The check of replies: each kind of flaw is found where it is, and not where it only looks so. Letters, places and
people are made up."""

from datetime import date

import pytest

from models.analysis import Matter, TextSpan
from models.reply_check import FlawText, ReplyFlaw, ReplyLevel
from nlp.replies.check import ALIKE, MANY_ALIKE, check_reply

TITLE = "柳溪路路灯不亮"
BODY = "柳溪路从菜场到小学这一段的路灯坏了好几盏，孩子放学看不清路，请问什么时候能修好？"
OPENING = "来信人您好！您反映的问题已收悉。现答复如下："
GOOD = (
    f"{OPENING}经青禾区城管局5月8日晚到现场检查，柳溪路菜场至小学段23盏路灯中有4盏因电缆被挖断不亮。"
    "施工单位已于5月10日更换电缆，路灯当晚全部恢复。按照《青禾市城市照明管理办法》第十二条，此类故障应在3日内修好。"
    "如再有不亮的路灯，请拨打路灯所电话0830-2345678。感谢您的监督！青禾区城管局 2031年5月12日"
)
F = ReplyFlaw

# What the reply says between opening and courtesy, and whether the flaw is there.
CASES = [
    (F.UNANSWERED, "", True),
    (F.UNANSWERED, "您反映的问题已转区城管局办理。", True),
    (F.UNANSWERED, "由于您未写明路段，我们无法答复您的问题。", True),
    (F.UNANSWERED, "您的来信没有真实姓名，视为无效信件，不再进入处理程序。", True),
    (F.UNANSWERED, "该段路灯5月10日已修好。", False),
    (F.UNANSWERED, "已转区城管局办理。区城管局答复：5月10日已更换电缆，柳溪路路灯恢复正常。", False),
    (F.FORWARDED, "您反映的情况我办已转交区城管局处理。", True),
    (F.FORWARDED, "您反映的问题已转城管局核实办理，请耐心等待，办理情况将及时反馈。", True),
    (F.FORWARDED, "此事请您直接向区城管局咨询。", True),
    (F.FORWARDED, "我办收到来信后即转交区城管局，该局5月10日更换了被挖断的电缆，路灯已亮。", False),
    (F.FORWARDED, "路灯5月10日已修好。如仍有不亮的，请向区路灯所反映。", False),
    (F.NO_GROUND, "路灯会修的，请放心。", True),
    (F.NO_GROUND, "按照有关规定，路灯应当保持完好。", True),
    (F.NO_GROUND, "按照《青禾市城市照明管理办法》，路灯应当保持完好。", False),
    (F.NO_GROUND, "经现场检查，路灯电缆被挖断。", False),
    (F.NO_DATE, "经现场检查，路灯电缆被挖断，现已更换。", True),
    (F.NO_DATE, "2030年3月1日，市政府印发了《青禾市城市照明管理办法》，路灯应当保持完好。", True),
    (F.NO_DATE, "经现场检查，路灯电缆被挖断，5月10日已更换。", False),
    (F.NO_DATE, "电缆将在两周内更换。", False),
    (F.NO_CONTACT, "路灯5月10日已修好，如有疑问请咨询有关部门。", True),
    (F.NO_CONTACT, "路灯5月10日已修好，共更换4盏。", True),
    (F.NO_CONTACT, "路灯5月10日已修好。如有疑问，请致电0830-2345678。", False),
    (F.NO_CONTACT, "路灯5月10日已修好。如有疑问，请到区政务大厅一楼窗口咨询。", False),
    (F.NO_CONTACT, "路灯5月10日已修好。如有疑问，请向青禾区城管局反映。", False),
    (F.EMPTY_PHRASES, "我局高度重视，将进一步加强管理，不断提升服务水平，努力让群众满意。", True),
    (F.EMPTY_PHRASES, "", True),
    (F.EMPTY_PHRASES, "我局高度重视，5月8日到现场检查，更换电缆120米，今后将进一步加强管理。", False),
    (F.EMPTY_PHRASES, "您反映的问题已转区城管局办理。", False),
    # intentions, how things are in general, the letter once more: nothing of these lamps
    (
        F.EVASIVE,
        "我市路灯分布较广，建设年代不一，管护力量有限。下一步我局将继续推进照明设施建设，逐步完善城市照明。",
        True,
    ),
    (F.EVASIVE, "您建议加装路灯的想法很好，我们会积极向上级反映，供今后规划时参考。", True),
    (F.EVASIVE, "近年来，全市照明工作成效明显。您提出的建议我们将一并研究考虑。", True),
    (
        F.EVASIVE,
        "柳溪路从菜场到小学这一段的路灯坏了好几盏的情况我们已经了解，孩子放学看不清路，正积极寻求解决办法。",
        True,
    ),
    (F.EVASIVE, "为进一步了解您的情况，欢迎您来电咨询，我局将积极协调处理。", True),
    # something found, done, decided, explained, or a thing that can be seen when it is done
    (F.EVASIVE, "经查看是电缆被挖断，我局将继续推进照明设施建设。", False),
    (F.EVASIVE, "该路段属开发区管护，我局将积极协调。", False),
    (F.EVASIVE, "该路段路灯未列入今年改造计划，我们会继续争取。", False),
    (F.EVASIVE, "我局将在该路段安装反光标志，并逐步完善照明。", False),
    (F.EVASIVE, "您反映的问题已转区城管局办理，将积极协调。", False),
    (F.EVASIVE, "路灯会亮的，请您继续关注。", False),
    (F.UNDATED_PROMISE, "电缆被挖断，我局将尽快组织维修。", True),
    (F.UNDATED_PROMISE, "待资金到位后，将更换全部路灯。", True),
    (F.UNDATED_PROMISE, "电缆被挖断，我局将于6月20日前维修完成。", False),
    (F.UNDATED_PROMISE, "电缆被挖断，我局将在5个工作日内完成维修。", False),
    (F.UNDATED_PROMISE, "下一步，我局将加强路灯巡查。", False),
    (F.UNDATED_PROMISE, "如发现路灯损坏，我局将及时维修。", False),
    (F.UNDATED_PROMISE, "施工单位已按要求立即组织抢修，路灯已恢复。", False),
    (F.BARE_DENIAL, "您反映的问题不属实。", True),
    (F.BARE_DENIAL, "经核实，未发现路灯不亮的情况。", True),
    (F.BARE_DENIAL, "5月8日晚我局两名工作人员逐盏查看，未发现路灯不亮的情况。", False),
    (F.BLAMES_WRITER, "这是您理解有误，路灯一直正常。", True),
    (F.BLAMES_WRITER, "您多次提出无理诉求，请不要再来纠缠。", True),
    (F.BLAMES_WRITER, "因您未留联系方式，我们未能与您核对路段。", False),
    (F.BLAMES_WRITER, "您拒绝留下联系方式，我们无法与您核对路段。", False),
    (F.BLAMES_WRITER, "您拒绝配合检查，我们无法入户。", True),
    (F.BLAMES_WRITER, "三次方案您均不接受，目的就是要多拿补偿。", True),
    (F.BLAMES_WRITER, "感谢您的理解，路灯5月10日已修好。", False),
]


def said(middle: str) -> str:
    return f"{OPENING}{middle}感谢您的监督！青禾区城管局 2031年5月12日"


@pytest.mark.parametrize(("flaw", "middle", "there"), CASES)
def test_flaws_are_found_where_they_are(flaw: ReplyFlaw, middle: str, there: bool) -> None:
    finding = check_reply(TITLE, BODY, said(middle)).find(flaw)
    assert (finding is not None) is there


def test_a_good_reply_is_good() -> None:
    check = check_reply(TITLE, BODY, GOOD, written_on=date(2031, 5, 12))
    assert check.findings == ()
    assert check.level is ReplyLevel.GOOD
    assert (check.asked, check.answered) == (1, 1)


def test_a_reply_without_anything_asks_for_everything() -> None:
    check = check_reply(TITLE, BODY, "您好！您的来信已收悉。")
    kinds = [finding.flaw for finding in check.findings]
    assert kinds == [F.UNANSWERED, F.EMPTY_PHRASES, F.NO_GROUND, F.NO_DATE, F.NO_CONTACT, F.TOO_SHORT]
    assert check.level is ReplyLevel.SERIOUS
    assert check.answered == 0


@pytest.mark.parametrize(("length", "short"), [(29, True), (30, False)])
def test_a_short_reply_is_short_without_its_blanks(length: int, short: bool) -> None:
    check = check_reply(TITLE, BODY, "灯 \n" * length)
    assert (check.find(F.TOO_SHORT) is not None) is short


@pytest.mark.parametrize(
    ("others", "weight"),
    [
        (ALIKE - 1, None),
        (ALIKE, ReplyLevel.IMPROVE),
        (MANY_ALIKE - 1, ReplyLevel.IMPROVE),
        (MANY_ALIKE, ReplyLevel.SERIOUS),
    ],
)
def test_many_replies_alike_weigh_more(others: int, weight: ReplyLevel | None) -> None:
    finding = check_reply(TITLE, BODY, GOOD, others_alike=others).find(F.ALIKE)
    assert (finding.weight if finding else None) is weight
    if finding:
        assert f" {others} 件" in finding.advice


LIST = "1、柳溪路路灯不亮，孩子放学看不清路。2、小学门口的垃圾桶满了没有人清运，气味很大。3、菜场旁的下水道井盖破损。"


def test_a_point_of_a_list_that_is_passed_over_is_shown_in_the_letter() -> None:
    reply = said("柳溪路路灯5月10日已修好。菜场旁下水道的破损井盖5月11日已更换。")
    finding = check_reply("三件事", LIST, reply).find(F.UNANSWERED)
    assert finding is not None
    assert finding.weight is ReplyLevel.IMPROVE
    [evidence] = finding.evidence
    assert evidence.text is FlawText.LETTER
    assert f"三件事\n{LIST}"[evidence.span.start : evidence.span.end].startswith("2、小学门口的垃圾桶")


def test_all_points_taken_up_are_no_flaw() -> None:
    reply = said("柳溪路路灯5月10日已修好。小学门口垃圾桶改为每日清运。菜场旁下水道的破损井盖5月11日已更换。")
    check = check_reply("三件事", LIST, reply)
    assert check.find(F.UNANSWERED) is None
    assert (check.asked, check.answered) == (3, 3)


def test_matters_of_the_analysis_stand_before_what_the_letter_looks_like() -> None:
    body = "柳溪路路灯不亮，孩子放学看不清路。另外小学门口的垃圾桶满了没有人清运，气味很大。"
    at = len("两件事\n")
    cut = body.index("另外")
    matters = [
        Matter("T01", 0.9, (TextSpan(at, at + cut),)),
        Matter("T02", 0.9, (TextSpan(at + cut, at + len(body)),)),
    ]
    reply = said("柳溪路路灯5月10日已修好。")
    finding = check_reply("两件事", body, reply, matters=matters).find(F.UNANSWERED)
    assert finding is not None
    assert [e.span for e in finding.evidence] == [TextSpan(at + cut, at + len(body))]
    assert check_reply("两件事", body, reply).find(F.UNANSWERED) is None


@pytest.mark.parametrize(
    ("promise", "past"),
    [
        ("预计2031年4月底完成更换。", True),
        ("预计2031年5月10日前完成更换。", True),
        ("预计今年4月完成更换。", True),
        ("预计2031年5月底完成更换。", False),
        ("预计今年完成更换。", False),
        ("2031年4月已完成更换。", False),
        ("预计2031年13月完成更换。", False),
    ],
)
def test_a_promise_whose_day_is_over(promise: str, past: bool) -> None:
    check = check_reply(TITLE, BODY, said(f"电缆被挖断。{promise}"), written_on=date(2031, 5, 12))
    assert (check.find(F.PAST_PROMISE) is not None) is past


def test_without_a_day_of_writing_no_promise_is_over() -> None:
    assert check_reply(TITLE, BODY, said("预计2001年4月底完成更换。")).find(F.PAST_PROMISE) is None


def exposed(reply: str, *texts: str) -> list[TextSpan]:
    return [TextSpan(at := reply.index(text), at + len(text)) for text in texts]


@pytest.mark.parametrize(
    ("middle", "text", "private"),
    [
        ("经查，摊主钱满仓占道经营。", "钱满仓", True),
        ("车主手机13900000000已登记。", "13900000000", True),
        ("其家住梧桐苑3栋502室。", "3", True),
        ("如有疑问可联系副镇长钱满仓。", "钱满仓", False),
        ("联系人：钱满仓，电话0830-2345678。", "钱满仓", False),
        ("钱满仓局长到现场查看。", "钱满仓", False),
        ("已修复梧桐苑3栋楼道灯。", "3", False),
        ("已修复钱满仓路路灯。", "钱满仓", False),
    ],
)
def test_private_persons_count_officials_and_buildings_do_not(middle: str, text: str, private: bool) -> None:
    reply = said(middle)
    finding = check_reply(TITLE, BODY, reply, exposed=exposed(reply, text)).find(F.PERSONAL_DATA)
    assert (finding is not None) is private
    if finding:
        assert finding.weight is ReplyLevel.SERIOUS
        assert [reply[e.span.start : e.span.end] for e in finding.evidence] == [text]


def test_findings_come_once_each_in_their_order_with_places_in_their_texts() -> None:
    for _, middle, _ in CASES:
        reply = said(middle)
        check = check_reply(TITLE, BODY, reply, others_alike=ALIKE)
        order = [list(ReplyFlaw).index(finding.flaw) for finding in check.findings]
        assert order == sorted(set(order))
        lengths = {FlawText.REPLY: len(reply), FlawText.LETTER: len(f"{TITLE}\n{BODY}")}
        for finding in check.findings:
            assert finding.advice.endswith("。") and finding.advice.count("。") == 1
            assert all(0 <= e.span.start < e.span.end <= lengths[e.text] for e in finding.evidence)
