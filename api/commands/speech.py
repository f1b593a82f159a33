"""nlp transcribe: recordings of calls into transcripts that `wenzheng import --channel hotline` reads."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from api.commands.console import console, progress_bar
from nlp.speech import Heard, load_recogniser, read_recording, transcribe


class AgentSide(StrEnum):
    """Which channel of a stereo recording the agent is on."""

    LEFT = "left"
    RIGHT = "right"


def register(app: typer.Typer) -> None:
    app.command("transcribe")(transcribe_recording)


def transcribe_recording(
    audio: Annotated[Path, typer.Argument(help=".wav 录音")],
    model: Annotated[
        Path, typer.Option(help="语音识别模型的文件夹（Hugging Face 格式，safetensors）；只读本机，不联网")
    ],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="写入的文本文件；缺省为标准输出")] = None,
    agent: Annotated[
        AgentSide | None, typer.Option(help="双声道录音里坐席在左（left）还是右（right）；给出时分开识别两人")
    ] = None,
) -> None:
    """把通话录音转成文字，一行一段，前面是时间；双声道的可以分出坐席和市民。"""
    recording = read_recording(audio)
    recogniser = load_recogniser(model)
    with progress_bar() as on_progress:
        heard = transcribe(
            recording,
            recogniser,
            apart=agent is not None and len(recording.channels) == 2,
            on_progress=lambda fraction: on_progress("识别", fraction),
        )
    text = written(heard, agent if len(recording.channels) == 2 else None)
    if output is None:
        print(text, end="")
        return
    output.write_text(text, encoding="utf-8")
    console.print(f"{recording.seconds:.0f} 秒录音，{len(heard)} 段文字已写入 {output}。", markup=False)


def written(heard: Sequence[Heard], agent: AgentSide | None) -> str:
    """The lines of a transcript, as `intake.transcripts` reads them."""
    speakers = {AgentSide.LEFT: ("坐席：", "市民："), AgentSide.RIGHT: ("市民：", "坐席：")}
    return "".join(
        f"[{_clock(one.start)}] {speakers[agent][one.channel] if agent else ''}{one.text}\n" for one in heard
    )


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest:02}"
