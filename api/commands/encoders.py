"""nlp pretrain, finetune, distil: encoders of one's own, for those who have weights, a GPU or patience."""

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.console import console, print_json, progress_bar
from api.commands.scores import print_left_out, print_scores
from api.commands.training import read_letters
from intake.redaction import redact
from nlp.encoders import artifacts as encoder_artifacts
from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.files import check_output
from nlp.encoders.finetuning import FineTuning, Tuning, version_of
from nlp.encoders.finetuning import finetune as tune
from nlp.encoders.pretraining import FORMAT, Shape
from nlp.encoders.pretraining import pretrain as learn
from nlp.encoders.student import learn_from
from nlp.letters import LabelledLetter
from nlp.segmentation import make_segmenter
from nlp.topics import artifacts
from nlp.topics.artifact_loading import load


def register(app: typer.Typer) -> None:
    app.command("pretrain")(pretrain)
    app.command("finetune")(finetune)
    app.command("distil")(distil)


_SHAPE, _TUNING = Shape(), Tuning()
_Text = Annotated[str, typer.Option(help="正文所在列")]
_Title = Annotated[str, typer.Option(help="标题所在列")]
_Label = Annotated[str, typer.Option(help="类别所在列")]
_Parent = Annotated[str, typer.Option(help="上级类别所在列；给出时按两级类别训练")]
_Output = Annotated[Path, typer.Option("--output", "-o", help="写入结果的文件夹")]
_Unlabelled = Annotated[list[Path], typer.Option(help="来信，.xlsx 或 .csv 文件，不需要类别；可以给出多个")]
_Json = Annotated[bool, typer.Option("--json", help="以 JSON 输出结果")]
_Rate = Annotated[float, typer.Option(help="最大学习率；缺省按宽度决定", min=0.0, max=0.1)]


def pretrain(
    data: _Unlabelled,
    text: _Text,
    output: _Output,
    title: _Title = "",
    encoder: Annotated[
        Path | None, typer.Option(help="在此文件夹的编码器上继续（Hugging Face 格式，safetensors）；缺省从头开始")
    ] = None,
    layers: Annotated[int, typer.Option(help="层数", min=1)] = _SHAPE.layers,
    width: Annotated[int, typer.Option(help="宽度", min=8)] = _SHAPE.width,
    heads: Annotated[int, typer.Option(help="注意力头数", min=1)] = _SHAPE.heads,
    length: Annotated[int, typer.Option(help="一次读的字数", min=16, max=4096)] = _SHAPE.length,
    steps: Annotated[int, typer.Option(help="步数", min=1)] = _SHAPE.steps,
    batch: Annotated[int, typer.Option(help="每步的来信件数", min=1)] = _SHAPE.batch,
    rate: _Rate = 0.0,
    seed: Annotated[int, typer.Option(help="随机种子", min=0)] = _SHAPE.seed,
    as_json: _Json = False,
) -> None:
    """用本市未标类别的来信预训练一个小编码器（先去除个人信息）；中断后以同样的命令继续。"""
    encoder_libraries.transformers()  # before files are read for nothing
    check_output(output, FORMAT)
    shape = Shape(layers, width, heads, length, steps, batch, rate, seed)
    letters = _read_unlabelled(data, title, text)
    with progress_bar() as on_progress:
        result = learn(letters, make_segmenter(), output, shape, start=encoder, on_progress=on_progress)
    if as_json:
        print_json({"encoder": str(output), **asdict(result)})
        return
    console.print(
        f"{result.letters} 件来信，字表 {result.vocabulary} 项，{result.parameters / 1e6:.1f} 百万个参数，"
        f"{result.steps} 步；未参加训练的来信里，盖住的字猜对 {result.accuracy:.1%}。"
    )
    console.print(f"编码器已写入 {output}。", markup=False)


def finetune(
    encoder: Annotated[Path, typer.Option(help="编码器文件夹：Hugging Face 格式，safetensors；只读本机，不联网")],
    data: Annotated[Path, typer.Option(help="已标类别的来信，.xlsx 或 .csv 文件")],
    text: _Text,
    label: _Label,
    output: _Output,
    title: _Title = "",
    parent: _Parent = "",
    length: Annotated[int, typer.Option(help="一件来信读多少字，标题和正文合计", min=16, max=4096)] = _TUNING.length,
    epochs: Annotated[int, typer.Option(help="至多几轮", min=1)] = _TUNING.epochs,
    batch: Annotated[int, typer.Option(help="每步的来信件数", min=1)] = _TUNING.batch,
    rate: _Rate = 0.0,
    patience: Annotated[int, typer.Option(help="几轮没有进步就停", min=1)] = _TUNING.patience,
    seed: Annotated[int, typer.Option(help="随机种子", min=0)] = _TUNING.seed,
    as_json: _Json = False,
) -> None:
    """用已标类别的来信微调编码器，导出为 8 位 ONNX，并给出留出的来信上的成绩。"""
    encoder_libraries.transformers()
    check_output(output, encoder_artifacts.FORMAT)
    letters = read_letters(data, title=title, text=text, label=label, parent=parent)
    tuning = Tuning(length, epochs, batch, rate, patience, seed)
    with progress_bar() as on_progress:
        result = tune(letters, make_segmenter(), encoder, tuning, on_progress=on_progress)
    about = _about(result, tuning)
    encoder_artifacts.save(output, result.export.graph, result.reader.tokenizer.to_str(), result.learnt, about)
    if as_json:
        print_json({"artifact": str(output)} | about)
        return
    _print(result)
    console.print(f"模型 {about['version']} 已写入 {output}。", markup=False)


def distil(
    teacher: Annotated[Path, typer.Option(help="教师模型所在文件夹，如微调的编码器")],
    data: _Unlabelled,
    labelled: Annotated[Path, typer.Option(help="已标类别的来信，.xlsx 或 .csv 文件")],
    text: _Text,
    label: _Label,
    output: _Output,
    title: _Title = "",
    parent: _Parent = "",
    as_json: _Json = False,
) -> None:
    """用教师模型给未标类别的来信标注，与人工标注一起训练快速的线性模型；成绩只看人工标注的、没有学过的来信。"""
    loaded, segmenter = load(teacher), make_segmenter()
    loaded.check_segmenter(segmenter.version)
    people = read_letters(labelled, title=title, text=text, label=label, parent=parent)
    letters = _read_unlabelled(data, title, text)
    with progress_bar() as on_progress:
        student = learn_from(loaded.model, people, letters, segmenter, on_progress=on_progress)
    about = {
        "trained_on": date.today().isoformat(),
        "letters": student.training.letters,
        "groups": student.training.groups,
        "data_hash": student.training.data_hash,
        "threshold": student.threshold,
        "teacher": loaded.model.version,
        "taught": student.taught,
        "held_out": asdict(student.scores),
        "held_out_teacher": asdict(student.teacher_scores),
        "left_out": student.training.left_out,
    }
    artifacts.save(output, student.training.model, segmenter=segmenter.version, about=about)
    if as_json:
        print_json({"artifact": str(output), "version": student.training.model.version} | about)
        return
    console.print(
        f"{student.training.letters} 件来信，其中 {student.taught} 件由教师标注；"
        f"留出人工标注的 {student.scores.letters} 件检验，教师在其中的宏平均 F1 {student.teacher_scores.macro_f1:.3f}"
        "（可能学过它们）。学生："
    )
    print_scores(student.scores)
    print_left_out(student.training.left_out)
    console.print(f"模型 {student.training.model.version} 已写入 {output}。", markup=False)


def _read_unlabelled(data: list[Path], title: str, text: str) -> list[LabelledLetter]:
    """Without what is personal: an encoder could repeat it."""
    letters = [letter for path in data for letter in read_letters(path, title=title, text=text)]
    return [LabelledLetter(redact(one.title).text, redact(one.body).text, "", number=one.number) for one in letters]


def _about(result: FineTuning, tuning: Tuning) -> dict[str, Any]:
    """What the card says: what the program needs to load it, and about the training."""
    judgement, export = result.judgement, result.export
    return {
        "version": version_of(result),
        "codes": list(result.codes),
        "parents": result.parents,
        "temperature": judgement.temperature,
        "threshold": judgement.threshold,
        "length": result.reader.length,
        "segment_types": result.reader.segment_types,
        "precision": export.precision,
        "agreement_with_fp32": export.agreement,
        "compared": export.compared,
        "trained_on": date.today().isoformat(),
        "letters": result.letters,
        "groups": result.groups,
        "data_hash": result.data_hash,
        "tuning": asdict(tuning),
        "history": list(result.history),
        "held_out": asdict(judgement.scores),
        "held_out_parents": asdict(judgement.parent_scores) if judgement.parent_scores else None,
        "left_out": result.left_out,
        "machine": result.machine,
        "versions": encoder_libraries.training_versions(),
    }


def _print(result: FineTuning) -> None:
    judgement, export = result.judgement, result.export
    console.print(
        f"{result.letters} 件来信，合并相同、相近的为 {result.groups} 组；{len(result.history)} 轮；"
        f"留出 {judgement.scores.letters} 件检验："
    )
    if judgement.parent_scores is not None:
        console.print(
            f"第一级：宏平均 F1 {judgement.parent_scores.macro_f1:.3f}，准确率 {judgement.parent_scores.accuracy:.3f}"
        )
    print_scores(judgement.scores)
    print_left_out(result.left_out)
    kept = "已采用 8 位" if export.precision == "int8" else "差别过大，保留 32 位"
    console.print(f"8 位与 32 位的结论一致 {export.agreement:.1%}（{export.compared} 件），{kept}。")
