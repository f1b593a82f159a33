"""The appeal type, and the two traps: politeness is no praise, a report stays a report."""

import pytest

from models.analysis import AppealType
from nlp.appeal import AppealDetector
from tests.unit.nlp_documents import make_document

DETECTOR = AppealDetector()


def detect(body: str, title: str = "", declared: AppealType | None = None) -> tuple[AppealType, float]:
    return DETECTOR.detect(make_document(body, title=title, phrases=DETECTOR.phrases, declared=declared))


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("咨询落户政策", "请问本科毕业生落户需要什么材料？谢谢！", AppealType.CONSULT),
        ("路灯什么时候能装好？", "小区后面那条路晚上很黑。", AppealType.CONSULT),
        ("求助", "老人走失，恳请帮忙协调查看监控", AppealType.HELP),
        ("投诉物业不作为", "多次反映无人处理，态度恶劣", AppealType.COMPLAIN),
        ("举报无证诊所", "涉嫌非法行医，请查处", AppealType.REPORT),
        ("建议增设公交站", "提议在医院门口加一站，方便老人", AppealType.SUGGEST),
        ("表扬社区民警", "王警官尽职尽责，特送锦旗一面，非常感谢", AppealType.PRAISE),
        ("感谢城管局", "路灯已经修好了，点赞", AppealType.PRAISE),
        ("", "1234", AppealType.OTHER),
    ],
)
def test_type(title: str, body: str, expected: AppealType) -> None:
    assert detect(body, title)[0] is expected


def test_thanks_at_the_end_are_manners() -> None:
    assert detect("楼上漏水半年没人管，投诉过物业。非常感谢！")[0] is AppealType.COMPLAIN
    assert detect("我家门口的树倒了。谢谢")[0] is not AppealType.PRAISE


@pytest.mark.parametrize(
    "body",
    [
        "感谢物业让我们过上了天天爬二十楼的日子，点赞",
        "真是好啊，路修了三年，为你们的高效点赞",
        "呵呵，表扬一下供水公司，停水三天",
    ],
)
def test_sarcasm_is_no_praise(body: str) -> None:
    assert detect(body)[0] is not AppealType.PRAISE


def test_what_the_writer_chose_counts() -> None:
    assert detect("投诉噪音扰民", declared=AppealType.HELP) == (AppealType.HELP, 0.95)
    assert detect("请问怎么办理", declared=AppealType.OTHER)[0] is AppealType.CONSULT


def test_a_report_stays_one_whatever_was_chosen() -> None:
    assert detect("实名举报村干部侵占公款", declared=AppealType.CONSULT)[0] is AppealType.REPORT


@pytest.mark.parametrize("body", ["请问举报电话是多少", "想咨询向谁举报，举报有奖吗"])
def test_asking_about_reporting_is_no_report(body: str) -> None:
    assert detect(body, declared=AppealType.CONSULT)[0] is AppealType.CONSULT
    assert detect(body)[0] is AppealType.CONSULT
