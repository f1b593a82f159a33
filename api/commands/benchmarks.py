"""bench: figures others can repeat."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from api.benchmarks import nlp as reading
from api.benchmarks.alike import AlikeFigures, Timed, measure_alike
from api.benchmarks.bursts import OURS, BurstFigures, Point, measure_bursts
from api.benchmarks.issue_rivals import BERTOPIC, METHODS
from api.benchmarks.issues import measure_methods, measure_scale, read_marks
from api.benchmarks.pipeline import PipelineFigures, measure_pipeline
from api.benchmarks.replies import FILE_NAME, Agreement, ReplyFigures, measure_replies, read_answered, read_reply_marks
from api.commands.bench_dashboards import dashboards
from api.commands.bench_forecast import forecast
from api.commands.bench_trends import print_seasons, trends
from api.commands.console import console, print_json, progress_bar
from api.commands.default_classifier import ready_shipped
from api.commands.training import read_letters
from api.installation import load_settings, use_database
from api.letter_files.letter_table import LetterTable
from api.sample.sample_loader import sample_letters
from models.errors import Invalid
from nlp.letters import LabelledLetter
from nlp.pipeline import build_reference_pipeline

app = typer.Typer(help="性能与质量的测量，数字可复现。", no_args_is_help=True)
app.command("dashboards")(dashboards)
app.command("forecast")(forecast)
app.command("trends")(trends)

# The sample has some hundred wordings: more letters would only repeat them.
_SAMPLES = 2048
_STEPS = {
    "claim": "取件",
    "cleaning": "清洗",
    "segmentation": "分词",
    "cues": "查词",
    "topics": "类别",
    "appeal": "诉求类型",
    "sentiment": "情感",
    "urgency": "紧急",
    "places": "地点",
    "times": "时间",
    "organisations": "单位",
    "keywords": "关键词",
    "matters": "分事项",
    "summary": "摘要要素",
    "neighbours": "相似来信",
    "alike": "重复特征",
    "analyse": "分析",
    "analyse_other": "分析其余",
    "open": "立案与派单",
    "mark": "标记",
    "link": "查找重复",
    "join": "归入问题",
    "commit": "提交",
}


@app.command("pipeline")
def pipeline(
    data: Annotated[
        Path | None, typer.Option(help="来信文件（.csv/.xlsx）；缺省用自带的示例来信，反复改写编号直到够数")
    ] = None,
    rows: Annotated[int, typer.Option(help="件数", min=1)] = 5000,
    workers: Annotated[int, typer.Option(help="并行的处理进程", min=1, max=16)] = 1,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """从已入库的来件到已提交的派单，每秒多少件，各步占多少。用临时数据库，不动现有数据。"""
    with use_database(load_settings()) as (settings, dsn):
        figures = measure_pipeline(settings, dsn, data=data, rows=rows, workers=workers)
    if as_json:
        print_json(figures.as_dict())
        return
    _print(figures)


def _print(figures: PipelineFigures) -> None:
    console.print(
        f"{figures.submissions} 件（平均 {figures.mean_characters:.0f} 字），{figures.workers} 个进程，"
        f"{figures.seconds:.1f} 秒：[bold]每秒 {figures.per_second:.0f} 件[/bold]"
    )
    console.print(f"其中派单 {figures.dispatched}，待分拣 {figures.triage}。数据：{figures.source}。")
    total = sum(figures.steps.values()) or 1.0
    for step, seconds in figures.steps.items():
        console.print(f"  {_STEPS.get(step, step):　<6} {seconds / total:6.1%}")
    console.print("各步每件微秒，其中本进程计算（其余是数据库与等待）：")
    each = 1e6 / figures.submissions
    for step, stage in figures.stages.items():
        console.print(f"  {_STEPS[step]:　<6} {stage.seconds * each:6.0f} {stage.computing * each:6.0f}")


_TASKS = {
    reading.WHOLE: "完整分析",
    reading.DEFAULT: "只分类别，自带模型",
    reading.TRAINED: "只分类别，用标签训练的模型",
    reading.PLAIN: "对照：jieba＋TF-IDF＋LinearSVC",
    reading.SNOWNLP: "对照：SnowNLP 情感",
}


@app.command("nlp")
def language(
    data: Annotated[Path | None, typer.Option(help="来信文件（.csv/.xlsx）；缺省用自带的示例来信")] = None,
    text: Annotated[str, typer.Option(help="正文所在列")] = "",
    title: Annotated[str, typer.Option(help="标题所在列")] = "",
    label: Annotated[str, typer.Option(help="类别所在列；给出时先训练一个模型，与对照比较准确率")] = "",
    rows: Annotated[int, typer.Option(help="最多用多少件", min=1)] = 10_000,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """分析每秒多少件（按一个核的 CPU 时间）、单件多少毫秒、启动后第一件多少秒，各步占多少，与常见做法对照。"""
    if data is None:
        samples = sample_letters(min(rows, _SAMPLES))
        source, letters = "自带的示例来信", [LabelledLetter(one.title, one.body, "") for one in samples]
    else:
        if not text:
            raise Invalid("请用 --text 说明正文在哪一列。")
        source, letters = data.name, read_letters(data, title=title, text=text, label=label)[:rows]
    shipped = ready_shipped()
    with progress_bar() as on_progress:
        figures = reading.measure_nlp(
            source, letters, shipped, data_dir=load_settings().data_dir, on_progress=on_progress
        )
    if as_json:
        print_json(figures.as_dict())
        return
    _print_language(figures)


def _print_language(figures: reading.NlpFigures) -> None:
    console.print(
        f"{figures.letters} 件（平均 {figures.mean_characters:.0f} 字），每批 {reading.BATCH} 件，{figures.source}"
    )
    for name, per_second in figures.per_second.items():
        alone = f"，单件 {figures.alone_ms[name]:.1f} 毫秒" if name in figures.alone_ms else ""
        times = f"，SnowNLP 的 {figures.times_snownlp[name]:,.0f} 倍" if name in figures.times_snownlp else ""
        console.print(f"  {_TASKS[name]}：[bold]每秒 {per_second:,.0f} 件[/bold]{times}{alone}")
    for name in figures.missing:
        console.print(f"  {_TASKS[name]}：本机没有安装 {name}，未测量。")
    first = figures.first_letter
    console.print(f"启动后第一件：{first['seconds']:.2f} 秒（其中 CPU {first['cpu_seconds']:.2f} 秒）")
    for name, judged in figures.judged.items():
        scores = f"准确率 {judged.accuracy:.3f}，macro-F1 {judged.macro_f1:.3f}"
        console.print(f"{_TASKS[name]}：没有学过的 {judged.letters} 件，{scores}")
    console.print("完整分析各步：")
    for step, share in figures.steps.items():
        console.print(f"  {_STEPS[step]:　<6} {share:6.1%}")


@app.command("alike")
def alike(
    rows: Annotated[int, typer.Option(help="多少件来信（按真实来信的分布生成特征）", min=1000)] = 1_000_000,
    cases: Annotated[int, typer.Option(help="多少件已办结工单", min=1000)] = 100_000,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """在许多来信中查重复、在已办结工单中查相似，各要多少毫秒，找到多少。用临时数据库，一千万件约占 17 GB。"""
    with use_database(load_settings()) as (_, dsn), progress_bar() as on_progress:
        figures = measure_alike(dsn, rows=rows, cases=cases, on_progress=on_progress)
    if as_json:
        print_json(figures.as_dict())
        return
    _print_alike(figures)


def _print_alike(figures: AlikeFigures) -> None:
    size, cases_size = figures.keys_bytes / 1e9, figures.cases_bytes / 1e9
    console.print(f"{figures.rows:,} 件来信的特征：{size:.1f} GB，写入并建索引 {figures.fill_seconds:.0f} 秒")
    console.print(f"  查一件的重复：{_spoken(figures.copies)}；特征留下一半的，找到 {figures.found:.1%}")
    console.print(f"  查一件群发来信：{_spoken(figures.flood)}")
    console.print(f"  256 件一批：每件 {figures.batch_ms:.2f} 毫秒")
    seconds = figures.cases_fill_seconds
    console.print(f"{figures.cases:,} 件已办结工单：{cases_size:.1f} GB，写入并建索引 {seconds:.0f} 秒")
    console.print(f"  查最相似的十件：{_spoken(figures.similar)}；与逐件比较相比，找到 {figures.recall:.1%}")
    console.print(f"  整理最近办结的工单：{figures.pack_seconds:.1f} 秒")


def _spoken(timed: Timed) -> str:
    median = f"[bold]中位 {timed.p50:.1f} 毫秒[/bold]"
    return f"{median}，95% {timed.p95:.1f}，最慢 {timed.most:.1f}（刚启动时 {timed.cold:.1f}）"


@app.command("bursts")
def bursts(
    months: Annotated[int, typer.Option(help="没有突增的模拟月数；有突增的为其一半", min=2, max=200)] = 10,
    seed: Annotated[int, typer.Option(help="随机数种子；1000 以下用于选定参数", min=0)] = 1000,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """突增检测：200 个模拟序列，每月误报几次，多大的突增六小时内发现多少，与周 z 分数、CUSUM、Kleinberg 对照。"""
    with progress_bar() as on_progress:
        figures = measure_bursts(months=months, seed=seed, others=max(months // 4, 1), on_progress=on_progress)
    if as_json:
        print_json(figures.as_dict())
        return
    _print_bursts(figures)


def _print_bursts(figures: BurstFigures) -> None:
    console.print(f"200 个序列合计，每月误报；{figures.outbreaks} 次各种大小的突增，六小时内发现的比例：")
    for point in figures.curve:
        console.print(_spoken_point(point))
    console.print(f"更难的序列，{OURS}，容许每月误报 0.5 次：")
    for point in figures.others:
        console.print(_spoken_point(point))
    print_seasons(figures.seasons)
    console.print(f"多出的件数在所给区间内：{figures.covered:.1%}；起始时间相差中位 {figures.onset_hours:.0f} 小时")
    speed = figures.speed
    console.print(
        f"回放每秒 {speed['series_hours_per_second']:,.0f} 序列·小时；200 个序列每日准备 "
        f"{speed['prepare_seconds']:.2f} 秒，每小时检测 {speed['hourly_seconds'] * 1000:.1f} 毫秒"
    )


def _spoken_point(point: Point) -> str:
    found = "，".join(f"+{size}：{share:.3f}" for size, share in point.found.items())
    return f"  {point.detector} {point.setting}：误报 {point.false_alarms:.2f}；{found}"


@app.command("issues")
def issues(
    data: Annotated[Path | None, typer.Option("--input", "-i", help="来信文件（.csv/.xlsx）")] = None,
    marks: Annotated[Path | None, typer.Option(help="人工标注：letter,issue；issue 为空的自成一件")] = None,
    names: Annotated[Path | None, typer.Option(help="标注的问题：issue,half")] = None,
    half: Annotated[str, typer.Option(help="只算标注的一半：development 或 unseen")] = "",
    scale: Annotated[int, typer.Option(help="另以这么多件合成来件测速度和内存", min=0)] = 0,
    restarts: Annotated[bool, typer.Option(help="测规模时每 10 万件重新读入一次，摘要应不变")] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """热点问题：与其他做法在同样的来信上比较质量、时间、内存、可重复性；或以合成来件测规模。"""
    figures, size = [], None
    with progress_bar() as on_progress:
        if data is not None:
            table = LetterTable(data, {}, load_settings().zone)
            numbers = [cells[0] for _, cells in table.rows()]
            marked = read_marks(marks, names, half, numbers) if marks else {}
            figures = measure_methods(list(table.letters()), marked, on_progress=on_progress)
        if scale:
            size = measure_scale(scale, restarts=restarts, on_progress=on_progress)
    if as_json:
        print_json({"methods": [one.as_dict() for one in figures], "scale": asdict(size) if size else None})
        return
    for one in figures:
        quality = "" if one.f is None else f"B³ {one.precision:.3f} / {one.recall:.3f} / [bold]{one.f:.3f}[/bold]，"
        console.print(
            f"{one.name}：{quality}{one.issues} 个问题，{one.seconds:.1f} 秒，{one.megabytes} MB，"
            f"换序重做的调整兰德指数 {one.repeated:.3f}"
        )
    if figures and BERTOPIC not in METHODS:
        console.print("[dim]这个环境没有 BERTopic，没有与它比较；安装办法见 docs/quality.md。[/dim]")
    if size:
        console.print(
            f"{size.arrivals:,} 件合成来件：每秒 [bold]{size.per_second:,.0f}[/bold] 件，最多 {size.megabytes} MB，"
            f"{size.issues:,} 个问题；全部结果的摘要 {size.digest[:16]}"
        )
        for part in size.stretches:
            console.print(
                f"  到 {part.arrivals:,} 件：这一段每秒 {part.per_second:,.0f} 件，最多 {part.megabytes} MB，"
                f"记得 {part.members:,} 件，问题 {part.open:,} 个还在接收、{part.merged:,} 个已并入其他、"
                f"{part.retired:,} 个已退出"
            )


@app.command("replies")
def replies(
    marks: Annotated[Path, typer.Option(help="人工标注：letter,half 与各类问题 yes/no")],
    data: Annotated[
        Path | None, typer.Option(envvar="WENZHENG_BENCH_DATA", help=f"存放 {FILE_NAME} 的文件夹，或该文件")
    ] = None,
    half: Annotated[str, typer.Option(help="只算标注的一部分，缺省为规则定稿后才标注的；空为全部")] = "last",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """答复体检与人工标注的一致程度（查准、查全、kappa），每件多少毫秒。"""
    path = data / FILE_NAME if data is not None and data.is_dir() else data
    if path is None or not path.is_file():
        console.print(f"未测量：没有找到 {FILE_NAME}。请用 --data 或环境变量 WENZHENG_BENCH_DATA 指明它所在的文件夹。")
        return
    marked = read_reply_marks(marks, half)
    if not marked:
        raise Invalid(f"标注文件里没有“{half}”这一部分。")
    pipeline = build_reference_pipeline(ready_shipped())
    with progress_bar() as on_progress:
        figures = measure_replies(read_answered(path), marked, pipeline, on_progress=on_progress)
    if as_json:
        print_json(figures.as_dict())
        return
    _print_replies(figures)


def _print_replies(figures: ReplyFigures) -> None:
    console.print(f"{figures.letters} 件人工标注的答复：标注 / 检出，查准，查全，kappa")
    for one in figures.agreements:
        console.print(f"  {one.flaw.label:　<8} {one.marked:3} / {one.found:3}  {_spoken_agreement(one)}")
    console.print(
        f"{figures.timed} 件（答复平均 {figures.mean_characters:.0f} 字），每件 CPU：体检 "
        f"[bold]{figures.check_ms:.2f} 毫秒[/bold]，特征 {figures.signature_ms:.2f} 毫秒，"
        f"查个人信息 {figures.exposed_ms:.2f} 毫秒"
    )


def _spoken_agreement(one: Agreement) -> str:
    return "  ".join("—" if value is None else f"{value:.2f}" for value in (one.precision, one.recall, one.kappa))
