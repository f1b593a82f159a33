"""nlp evaluate: what a trained model, or a part of the analysis as it is shipped, is worth on labelled letters."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import console, print_json, progress_bar
from api.commands.default_classifier import ready_shipped
from api.commands.scores import SHOWN, figures, print_doubtful, print_left_out, print_scores
from api.commands.tone_training import evaluate_tone
from api.commands.training import JsonOption, LabelOption, ParentOption, TextOption, TitleOption, read_letters
from intake.cleaning import clean_line, clean_text
from intake.redaction import redact_together
from models.errors import Invalid
from models.submission import Channel
from nlp.judging import judge_part
from nlp.label_names import Part
from nlp.letters import LabelledLetter
from nlp.pipeline import build_reference_pipeline
from nlp.tone.artifacts import is_tone
from nlp.topics.artifact_loading import load_for_files, segmenter_for
from nlp.topics.judging import evaluate as judge


def register(app: typer.Typer) -> None:
    app.command("evaluate")(evaluate)


def evaluate(
    data: Annotated[Path, typer.Option(help="已标注的来信，.xlsx 或 .csv 文件；不应是训练用过的")],
    text: TextOption,
    label: LabelOption,
    artifact: Annotated[Path | None, typer.Option(help="检验一个训练得到的模型：它所在的文件夹")] = None,
    what: Annotated[
        Part | None,
        typer.Option(
            help="检验程序自带的分析：topic 类别，appeal_type 诉求类型，sentiment 情感，emotion 情绪，"
            "urgency 紧急程度或线索，region 地区；标注写代码或中文名称"
        ),
    ] = None,
    title: TitleOption = "",
    parent: ParentOption = "",
    channel: Annotated[
        Channel, typer.Option(help="渠道（检验自带的分析时）：letter 来信，hotline 热线，survey 问卷，social 网络帖文")
    ] = Channel.LETTER,
    errors: Annotated[int, typer.Option(help="列出最有把握的几个错误", min=0)] = SHOWN,
    as_json: JsonOption = False,
) -> None:
    """在已标注的来信上检验：训练得到的模型（--artifact，是类别、情感还是情绪的，由它的卡片说明），或程序自带的分析（--what）。"""
    if (artifact is None) == (what is None):
        raise Invalid("请给出 --artifact（检验训练得到的模型）或 --what（检验程序自带的分析），只给一个。")
    letters = read_letters(data, title=title, text=text, label=label, parent=parent)
    if what is not None:
        _evaluate_shipped(what, letters, channel, errors=errors, as_json=as_json)
    elif artifact is not None and is_tone(artifact):
        evaluate_tone(artifact, letters, errors=errors, as_json=as_json)
    elif artifact is not None:
        _evaluate_topics(artifact, letters, errors=errors, as_json=as_json)


def _evaluate_shipped(
    part: Part, letters: Sequence[LabelledLetter], channel: Channel, *, errors: int, as_json: bool
) -> None:
    pipeline = build_reference_pipeline(ready_shipped())
    with progress_bar() as on_progress:
        masked = list(map(_masked, letters))
        judged = judge_part(pipeline, part, masked, channel=channel.value, on_progress=on_progress)
    if as_json:
        print_json(
            {"what": part.value, "version": pipeline.version}
            | figures(judged.scores, sure=judged.sure)
            | {"worst_errors": [asdict(error) for error in judged.worst[:errors]], "left_out": judged.left_out}
        )
        return
    print_scores(judged.scores, labels=judged.labels, about_dispatch=False, sure=judged.sure)
    print_doubtful("错误", judged.worst, labels=judged.labels, shown=errors, sure=judged.sure)
    print_left_out(judged.left_out)


def _masked(letter: LabelledLetter) -> LabelledLetter:
    """As the analysis sees it in the product."""
    title, body = redact_together((clean_line(letter.title), clean_text(letter.body)))
    return replace(letter, title=title.text, body=body.text)


def _evaluate_topics(artifact: Path, letters: Sequence[LabelledLetter], *, errors: int, as_json: bool) -> None:
    loaded = load_for_files(artifact)
    segmenter = segmenter_for(loaded)
    loaded.check_segmenter(segmenter.version)
    judged = judge(loaded, letters, segmenter)
    if as_json:
        print_json(
            asdict(judged.scores)
            | {
                "threshold": loaded.threshold,
                "worst_errors": [asdict(error) for error in judged.worst[:errors]],
                "unseen_labels": judged.unseen_labels,
                "left_out": judged.left_out,
                "version": loaded.model.version,
            }
        )
        return
    print_scores(judged.scores)
    print_doubtful("最有把握的错误", judged.worst, shown=errors)
    for name, count in judged.unseen_labels.items():
        console.print(f"模型没有见过类别“{name}”：{count} 件，按错误计。", markup=False)
    print_left_out(judged.left_out)
