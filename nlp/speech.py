"""What is said in a recording, by a speech recogniser that lies in a folder of this machine; nothing is fetched.

The folder holds any model that the library transformers reads for speech (Wav2Vec2, Whisper …) as safetensors. Long
recordings are cut where they are quietest; one in stereo may have the agent on one side and the caller on the other.
"""

import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import Invalid, Unavailable
from nlp.encoders import libraries

Samples = NDArray[np.float32]
Progress = Callable[[float], None]
# A recogniser hears so many seconds at a time; the cut is looked for in the last part of them.
_LONGEST, _LOOK_BACK, _FRAME = 28.0, 8.0, 0.05
_SILENCE = 1e-4
_SAMPLES: dict[int, tuple[str, float]] = {1: ("u1", 128.0), 2: ("<i2", 32_768.0), 4: ("<i4", 2_147_483_648.0)}


@dataclass(frozen=True, slots=True)
class Recording:
    """`channels` × samples in -1..1, `rate` of them a second."""

    channels: Samples
    rate: int

    @property
    def seconds(self) -> float:
        return float(self.channels.shape[1] / self.rate)


@dataclass(frozen=True, slots=True)
class Heard:
    """What is said on one channel from `start` to `end`, in seconds."""

    start: float
    end: float
    channel: int
    text: str


@dataclass(frozen=True, slots=True)
class Recogniser:
    """`hears` turns samples of `rate` into text."""

    rate: int
    hears: Callable[[Samples], str]


def read_recording(path: Path) -> Recording:
    """A .wav file of whole numbers, 8, 16 or 32 bits. Raises `Invalid` for another one."""
    try:
        with wave.open(str(path), "rb") as file:
            width, count, rate = file.getsampwidth(), file.getnchannels(), file.getframerate()
            content = file.readframes(file.getnframes())
    except (wave.Error, EOFError, OSError) as error:
        raise Invalid(f"“{path.name}”不是能读的 .wav 录音（{error}）；请先转换为 16 位的 .wav。") from error
    if width not in _SAMPLES:
        raise Invalid(f"“{path.name}”每个采样 {width * 8} 位；请先转换为 16 位的 .wav。")
    kind, scale = _SAMPLES[width]
    numbers = np.frombuffer(content, dtype=np.dtype(kind)).astype(np.float32)
    if width == 1:  # the only unsigned one
        numbers -= 128
    samples = (numbers / np.float32(scale)).reshape(-1, count).T
    return Recording(np.ascontiguousarray(samples), rate)


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """The same sound with `wanted` samples a second."""
    if rate == wanted or not len(samples):
        return samples
    from scipy.signal import resample_poly

    divisor = gcd(rate, wanted)
    return np.asarray(resample_poly(samples, wanted // divisor, rate // divisor), dtype=np.float32)


def load_recogniser(folder: Path) -> Recogniser:
    """The model of the folder. Raises `Invalid` where there is none, `Unavailable` where the extra is not installed."""
    if not (folder / "config.json").is_file():
        raise Invalid(f"“{folder}”里没有 config.json，不是语音识别模型的文件夹。")
    if not any(folder.glob("*.safetensors")):
        raise Invalid(f"“{folder}”里没有 safetensors 格式的权重；其他格式可能夹带程序，不读取。")
    try:
        transformers = libraries.transformers()
    except Unavailable as error:
        raise Unavailable("识别录音需要另行安装：在程序目录执行 pip install -e '.[speech]'。") from error
    try:
        here = {"pretrained_model_name_or_path": str(folder), "local_files_only": True, "trust_remote_code": False}
        config = transformers.AutoConfig.from_pretrained(**here)
        kind = transformers.AutoModelForSpeechSeq2Seq if config.is_encoder_decoder else transformers.AutoModelForCTC
        extractor = transformers.AutoFeatureExtractor.from_pretrained(**here)
        listen: Any = transformers.pipeline(
            "automatic-speech-recognition",
            model=kind.from_pretrained(**here, use_safetensors=True),
            tokenizer=transformers.AutoTokenizer.from_pretrained(**here),
            feature_extractor=extractor,
            device="cpu",
        )
        rate = int(extractor.sampling_rate)
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise Invalid(f"“{folder}”里的模型读不了：{error}") from error
    return Recogniser(rate, lambda samples: str(listen({"raw": samples, "sampling_rate": rate})["text"]).strip())


def transcribe(
    recording: Recording, recogniser: Recogniser, *, apart: bool = False, on_progress: Progress = lambda _: None
) -> list[Heard]:
    """What is said, by time. `apart`: each channel for itself, else all mixed. Silence is not listened to: models
    invent words for it."""
    channels = recording.channels if apart else recording.channels.mean(axis=0, keepdims=True)
    heard = []
    total = max(1, channels.size)
    done = 0
    for number, channel in enumerate(channels):
        samples = resample(channel, recording.rate, recogniser.rate)
        for start, end in stretches(samples, recogniser.rate):
            piece = samples[start:end]
            text = recogniser.hears(piece) if len(piece) and float(np.abs(piece).max()) > _SILENCE else ""
            if text:
                heard.append(Heard(start / recogniser.rate, end / recogniser.rate, number, text))
            on_progress(min(1.0, (done + end * recording.rate / recogniser.rate) / total))
        done += len(channel)
    return sorted(heard, key=lambda one: (one.start, one.channel))


def stretches(samples: Samples, rate: int) -> Iterator[tuple[int, int]]:
    """Where to cut a long recording: each stretch ends at the quietest frame of its last seconds."""
    longest, back, frame = int(_LONGEST * rate), int(_LOOK_BACK * rate), max(1, int(_FRAME * rate))
    start = 0
    while len(samples) - start > longest:
        begin = start + longest - back
        frames = samples[begin : begin + back // frame * frame].reshape(-1, frame)
        quietest = int(np.square(frames).mean(axis=1).argmin())
        end = begin + quietest * frame + frame // 2
        yield start, max(end, start + 1)
        start = max(end, start + 1)
    if start < len(samples):
        yield start, len(samples)
