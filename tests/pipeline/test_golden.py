# ruff: noqa: E501
"""One golden record per channel, from the file it comes in to the chart it ends in, through everything that is real."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from api.city_setup import sample_city, set_up_city
from api.runtime import Runtime
from api.worker import process_pending
from dashboards.figures.figures import figure_json, volume_figure
from dashboards.lists.case_lists import list_cases
from dashboards.metrics.metrics import overview, status_counts
from intake.importing import import_file
from intake.repository import SubmissionCriteria, get_original, list_submissions
from models.analysis import AppealType, Sentiment
from models.case import CaseStatus
from models.criteria import CaseCriteria
from models.database import transaction
from models.settings import Settings
from models.submission import Channel
from routing.analysis_repository import list_analyses
from routing.case_repository import get_case
from tests.factories import SECRET

FILES: dict[Channel, tuple[str, list[str], list[str]]] = {
    Channel.LETTER: (
        "letters.xlsx",
        ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数"],
        ["188006", "A0001", "桂香街道小区楼下烧烤店油烟熏人", "2026/11/18 9:14:48",
         "临溪区桂香街道鼓坊巷口那家烧烤店每天晚上油烟直往楼上冲，窗户都不敢开，多次投诉没有人管。我叫周正平，电话19900001234。", "0", "3"],
    ),
    Channel.HOTLINE: (
        "orders.csv",
        ["工单编号", "受理员工号", "受理员", "来电人", "分类", "紧急程度", "来电类别", "受理渠道", "主要内容", "受理时间", "受理备注",
         "工单状态", "受理类型", "是否保密", "是否回复", "办理单位", "转办时间", "转办人姓名", "转办人工号", "转办意见", "办结时间", "上传时间"],
        ["GD20261119001", "012", "话务员", "王女士", "供水", "普通", "求助", "电话",
         "来电人反映云渡县渡口镇自来水发黄三天，无法饮用，希望供水公司尽快处理。", "2026-11-19 10:20:00", "", "待处理", "", "否", "是", "", "",
         "", "", "", "", ""],
    ),
    Channel.SURVEY: (
        "answers.xlsx",
        ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、您所在的区县", "2、您对公交服务满意吗", "3、您还有什么意见"],
        ["1", "2026/11/20 12:00:00", "123秒", "微信", "", "192.0.2.1", "临溪区", "不满意", "末班车收得太早，加班回家打不到车，太不方便了"],
    ),
    Channel.SOCIAL: (
        "posts.csv",
        ["id", "bid", "正文", "头条文章url", "原始图片url", "视频url", "位置", "日期", "工具", "点赞数", "评论数", "转发数", "话题", "@用户",
         "完整日期"],
        ["501", "Nx1", "#青崖# 丽水路搅拌站半夜又开工，吵得孩子睡不着，真的忍无可忍😡", "", "", "", "", "2026-11-21", "手机", "1.2万", "38", "7",
         "青崖", "", "2026-11-21 23:40:00"],
    ),
}  # fmt: skip


@pytest.fixture
def runtime(dsn: str, tmp_path: Path) -> Iterator[Runtime]:
    opened = Runtime(Settings(data_dir=tmp_path, secret_key=SECRET, batch_size=3), dsn)
    with transaction(opened.pool) as conn:
        set_up_city(conn, sample_city(), now=opened.now())
    yield opened
    opened.close()


def _write(folder: Path, name: str, header: list[str], row: list[str]) -> Path:
    path = folder / name
    if path.suffix == ".xlsx":
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        sheet.append(header)
        sheet.append(row)
        workbook.save(path)
    else:
        with path.open("w", encoding="gb18030", newline="") as handle:
            csv.writer(handle).writerows([header, row])
    return path


def test_four_channels_from_file_to_chart(runtime: Runtime, tmp_path: Path) -> None:
    now, zone = runtime.now(), runtime.settings.zone
    for channel, (name, header, row) in FILES.items():
        summary = import_file(
            _write(tmp_path, name, header, row), channel=channel, mapping=None, actor="test", now=now, zone=zone,
            keys=runtime.keys, open_transaction=lambda: transaction(runtime.pool), rejected_folder=tmp_path,
        )  # fmt: skip
        assert (summary.new, summary.rejected) == (1, 0), channel
    assert process_pending(runtime) == 4

    with transaction(runtime.pool) as conn:
        by_channel = {s.channel: s for s in list_submissions(conn, SubmissionCriteria())}
        analyses = list_analyses(conn, [s.id for s in by_channel.values()])
        said = {channel: analyses[s.id] for channel, s in by_channel.items()}

        letter = by_channel[Channel.LETTER]
        assert "19900001234" not in letter.body and "周正平" not in letter.body
        assert "19900001234" in get_original(conn, letter.id, runtime.keys).body
        case = get_case(conn, letter.receipt_number)
        assert case.status is CaseStatus.DISPATCHED
        assert said[Channel.LETTER].topic_code == "T0704"
        assert case.appeal_type is AppealType.COMPLAIN
        assert said[Channel.LETTER].region_code == "990102001"
        assert case.lead_department_id is not None and case.due_date is not None and "15个工作日" in case.due_basis

        call = get_case(conn, by_channel[Channel.HOTLINE].receipt_number)
        assert (call.topic_code, call.lead_department_id) == ("T0501", "gsgs")
        assert call.appeal_type is AppealType.HELP

        assert by_channel[Channel.SURVEY].case_number is None, "an answer is counted; a person may open a case"
        assert said[Channel.SURVEY].sentiment is Sentiment.NEGATIVE
        assert "末班车" in by_channel[Channel.SURVEY].body and "192.0.2.1" not in by_channel[Channel.SURVEY].body

        post = by_channel[Channel.SOCIAL]
        assert (post.likes, post.comments, post.reposts) == (12000, 38, 7)
        assert said[Channel.SOCIAL].sentiment is Sentiment.NEGATIVE
        assert said[Channel.SOCIAL].region_code == "990102100", "丽水路 is known to lie in 柳荫镇"

        seen = overview(conn, CaseCriteria(), now=now, zone=zone)
        assert seen.metrics["received"].numerator == 2 == list_cases(conn, CaseCriteria(), now=now, zone=zone).total
        drawn = json.loads(figure_json(volume_figure(seen.volume)))
        assert sum(drawn["data"][0]["y"]) == 2
        counts = status_counts(conn, now)
        assert counts["by_channel"] == {"letter": 1, "hotline": 1, "survey": 1, "social": 1}
