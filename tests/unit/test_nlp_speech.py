"""Recordings are read, resampled, cut at pauses and put before a recogniser; the command writes what intake reads."""

import subprocess
import sys
import wave
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from api.commands.speech import AgentSide, written
from intake.transcripts import caller_said
from models.errors import Invalid, Unavailable
from nlp import speech
from nlp.encoders import libraries
from nlp.speech import Heard, Recogniser, Recording, load_recogniser, read_recording, resample, stretches, transcribe
from tests.unit.test_nlp_commands import run

RATE = 16_000


def tone(seconds: float, rate: int = RATE, pitch: float = 440.0, loudness: float = 0.5) -> speech.Samples:
    return (loudness * np.sin(2 * np.pi * pitch * np.arange(int(seconds * rate)) / rate)).astype(np.float32)


def save(path: Path, channels: speech.Samples, rate: int = RATE, width: int = 2) -> Path:
    scale = {1: 127, 2: 32_767, 4: 2_147_483_647}[width]
    numbers = np.round(channels.T.astype(np.float64) * scale) + (128 if width == 1 else 0)
    with wave.open(str(path), "wb") as file:
        file.setparams((channels.shape[0], width, rate, 0, "NONE", "none"))
        file.writeframes(numbers.astype(np.dtype({1: "u1", 2: "<i2", 4: "<i4"}[width])).tobytes())
    return path


@pytest.mark.parametrize("width", [1, 2, 4])
def test_a_recording_is_read(tmp_path: Path, width: int) -> None:
    channels = np.stack([tone(0.2), tone(0.2, pitch=880)])
    read = read_recording(save(tmp_path / "call.wav", channels, width=width))
    assert read.rate == RATE
    assert read.seconds == pytest.approx(0.2)
    assert np.abs(read.channels - channels).max() < (0.02 if width == 1 else 1e-3)


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    (tmp_path / "call.wav").write_bytes(b"RIFF nothing")
    with pytest.raises(Invalid, match="录音"):
        read_recording(tmp_path / "call.wav")
    with pytest.raises(Invalid):
        read_recording(tmp_path / "missing.wav")


def test_resampling_keeps_the_sound() -> None:
    low = resample(tone(1.0, 8_000), 8_000, RATE)
    assert len(low) == RATE
    assert np.abs(low[1000:-1000] - tone(1.0)[1000:-1000]).max() < 0.02
    assert resample(low, RATE, RATE) is low


def test_a_long_recording_is_cut_where_it_is_quiet() -> None:
    samples = tone(60.0)
    pause = slice(25 * RATE, int(25.3 * RATE))
    samples[pause] = 0
    found = list(stretches(samples, RATE))
    assert found[0][0] == 0 and found[-1][1] == len(samples)
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert all(end - start <= 28 * RATE for start, end in found)
    assert pause.start <= found[0][1] <= pause.stop
    assert list(stretches(samples[:0], RATE)) == []


def test_each_side_is_heard_by_itself_and_silence_is_not() -> None:
    recogniser = Recogniser(RATE, lambda samples: f"{len(samples)}")
    agent, caller = tone(1.0), np.zeros(RATE, dtype=np.float32)
    recording = Recording(np.stack([agent, caller]), RATE)
    assert [(one.channel, one.text) for one in transcribe(recording, recogniser, apart=True)] == [(0, str(RATE))]
    shares: list[float] = []
    assert len(transcribe(recording, recogniser, on_progress=shares.append)) == 1
    assert shares[-1] == pytest.approx(1.0)


def test_what_is_written_is_what_intake_reads() -> None:
    heard = [Heard(0.0, 2.0, 0, "您好，请问有什么可以帮您？"), Heard(61.5, 65.0, 1, "嗯，水停了三天了。")]
    text = written(heard, AgentSide.LEFT)
    assert text.splitlines()[1] == "[00:01:01] 市民：嗯，水停了三天了。"
    assert caller_said(text) == "水停了三天了。"
    assert caller_said(written(heard, AgentSide.RIGHT)) == "您好，请问有什么可以帮您？"
    assert written(heard[1:], None) == "[00:01:01] 嗯，水停了三天了。\n"


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match=r"config\.json"):
        load_recogniser(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"")
    with pytest.raises(Invalid, match="safetensors"):
        load_recogniser(tmp_path)


def test_without_the_libraries_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise Unavailable("x")

    monkeypatch.setattr(libraries, "transformers", missing)
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(Unavailable, match=r"\[speech\]"):
        load_recogniser(tmp_path)


def test_nothing_is_loaded_before_it_is_needed() -> None:
    code = "import sys, api.commands.speech; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "transformers", "scipy.signal"} & set(loaded)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recogniser of random weights: what it says means nothing, but all the plumbing is real."""
    for library in ("torch", "transformers", "safetensors"):
        pytest.importorskip(library, reason=f"{library} is not installed: pip install -e '.[speech]'")
    transformers = libraries.transformers()
    libraries.torch().manual_seed(7)
    folder = tmp_path_factory.mktemp("recogniser")
    signs = ["[PAD]", "[UNK]", "|", *"路灯坏了水停"]
    (folder / "vocab.json").write_text(repr({sign: n for n, sign in enumerate(signs)}).replace("'", '"'), "utf-8")
    tokenizer = transformers.Wav2Vec2CTCTokenizer(
        str(folder / "vocab.json"), unk_token="[UNK]", pad_token="[PAD]", word_delimiter_token="|"
    )
    extractor = transformers.Wav2Vec2FeatureExtractor(feature_size=1, sampling_rate=RATE, do_normalize=True)
    shape = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16}
    layers = {"conv_dim": (8, 8), "conv_stride": (10, 32), "conv_kernel": (10, 32), "num_feat_extract_layers": 2}
    config = transformers.Wav2Vec2Config(
        vocab_size=len(signs), num_conv_pos_embeddings=4, num_conv_pos_embedding_groups=2, **shape, **layers
    )
    transformers.Wav2Vec2ForCTC(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    extractor.save_pretrained(folder)
    return folder


def test_the_command_with_a_model_of_this_machine(model: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, (2, 8_000 * 2)).astype(np.float32)
    call = save(tmp_path / "call.wav", noise, rate=8_000)
    recogniser = load_recogniser(model)
    assert recogniser.rate == RATE
    heard = transcribe(read_recording(call), recogniser, apart=True)
    assert heard == transcribe(read_recording(call), recogniser, apart=True)
    assert {one.channel for one in heard} <= {0, 1}
    run("transcribe", call, "--model", model, "--output", tmp_path / "call.txt", "--agent", "left")
    assert (tmp_path / "call.txt").read_text("utf-8") == written(heard, AgentSide.LEFT)
