"""A small encoder from a city's own letters, without labels: it learns to guess covered words.

The work can be interrupted: every few minutes its state appears beside the output folder, and the same command goes on
from there, to the same result as without the interruption.
"""

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from models.errors import Invalid
from nlp.encoders import libraries as encoder_libraries
from nlp.encoders.files import check_output, replacing, write_card
from nlp.encoders.folder import check_folder, load_model
from nlp.encoders.guessing import Guessing
from nlp.encoders.masking import cut
from nlp.encoders.state import find_state, write_state
from nlp.encoders.text import Reader
from nlp.encoders.training import (
    default_rate,
    find_machine,
    make_optimizer,
    most_tokens,
    rate_at,
    seed,
    segment_types,
    take_step,
)
from nlp.encoders.vocabulary import (
    PAD,
    TOKENIZER_FILES,
    learn_characters,
    make_tokenizer,
    read_tokenizer,
    write_tokenizer,
)
from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter
from nlp.topics.training import Progress

FORMAT = "wenzheng-pretrained"
# Of so many letters one is kept to be guessed at the end.
_ASIDE = 50
_FEWEST = 20
_SAVE_EVERY = 300.0


@dataclass(frozen=True, slots=True)
class Shape:
    """What is built and how long it learns. `length` in tokens; `steps` of `batch` letters each; `rate` 0: by width."""

    layers: int = 4
    width: int = 312
    heads: int = 12
    length: int = 256
    steps: int = 20_000
    batch: int = 32
    rate: float = 0.0
    seed: int = 20260101

    def check(self) -> None:
        """Raises `Invalid` where nothing can be built like that."""
        if min(self.layers, self.width, self.heads, self.steps, self.batch) < 1 or self.length > 4096:
            raise Invalid("层数、宽度、注意力头数、步数和每步件数都至少为 1，长度至多 4096。")
        if self.width % self.heads:
            raise Invalid(f"宽度 {self.width} 不能被注意力头数 {self.heads} 整除。")


@dataclass(frozen=True, slots=True)
class Pretraining:
    """`accuracy`: share of covered tokens that were guessed in letters kept aside; `loss`: nats a token there."""

    letters: int
    vocabulary: int
    parameters: int
    steps: int
    accuracy: float
    loss: float
    machine: str
    resumed_at: int


def pretrain(
    letters: Sequence[LabelledLetter],
    segmenter: Segmenter,
    output: Path,
    shape: Shape,
    *,
    start: Path | None = None,
    on_progress: Progress,
    save_every: float = _SAVE_EVERY,
) -> Pretraining:
    """Write an encoder in Hugging Face's format into `output`. `start`: go on with the encoder in that folder, of which
    layers, width and heads are then taken. `save_every` in seconds.

    The same letters give the same encoder on the same machine. Raises `Invalid` where they teach nothing, `output`
    holds something else, or the state of an interrupted run belongs to other letters or another shape.
    """
    shape.check()
    check_output(output, FORMAT)
    letters = [letter for letter in letters if letter.title.strip() or letter.body.strip()]
    if len(letters) < _FEWEST:
        raise Invalid(f"至少要有 {_FEWEST} 件有文字的来信才能预训练，现有 {len(letters)} 件。")
    machine = find_machine()
    seed(shape.seed, machine)
    on_progress("建立字表", 0.0)
    tokenizer = _tokenizer(letters, segmenter, start)
    partial = output.with_name(f"{output.name}.partial")
    key = _key(letters, segmenter, shape, start, tokenizer.to_str())
    state = find_state(partial, key)
    model = _build(shape, start, tokenizer) if state is None else load_model(partial, "AutoModelForMaskedLM")
    model.to(machine.device).train()
    rate = shape.rate or 2 * default_rate(model.config.hidden_size)
    optimizer = make_optimizer(model, rate)
    done = 0 if state is None else state.restore(optimizer)
    reader = Reader.of(tokenizer, min(shape.length, most_tokens(model)), segment_types(model))
    texts = list(cut(read(letters, segmenter), reader))
    aside, learnt = texts[::_ASIDE], [text for place, text in enumerate(texts) if place % _ASIDE]
    guessing = Guessing(model, reader, learnt, shape.batch, shape.seed, machine)
    saved = monotonic()
    for step in range(done, shape.steps):
        loss = guessing.loss(step)
        take_step(loss, model, optimizer, rate_at(step, shape.steps, rate))
        if monotonic() - saved >= save_every and step + 1 < shape.steps:
            write_state(partial, key, step + 1, model, optimizer)
            saved = monotonic()
        on_progress(f"预训练，误差 {float(loss.detach()):.2f}", (step + 1) / shape.steps)
    accuracy, nats = guessing.judge(aside)
    result = Pretraining(
        letters=len(letters),
        vocabulary=tokenizer.get_vocab_size(),
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        steps=shape.steps,
        accuracy=round(accuracy, 4),
        loss=round(nats, 4),
        machine=machine.name,
        resumed_at=done,
    )
    with replacing(output) as fresh:
        model.save_pretrained(fresh)
        if start is None:
            write_tokenizer(fresh, tokenizer, length=reader.length)
        else:
            for name in filter(lambda name: (start / name).is_file(), TOKENIZER_FILES):
                shutil.copy(start / name, fresh / name)
        write_card(fresh, {"format": FORMAT, "segmenter": segmenter.version, **asdict(shape), **asdict(result)})
    shutil.rmtree(partial, ignore_errors=True)
    return result


def _tokenizer(letters: Sequence[LabelledLetter], segmenter: Segmenter, start: Path | None) -> Any:
    if start is not None:
        check_folder(start)
        return read_tokenizer(start)
    return make_tokenizer(learn_characters(document.text for document in read(letters, segmenter)))


def _build(shape: Shape, start: Path | None, tokenizer: Any) -> Any:
    if start is not None:
        return load_model(start, "AutoModelForMaskedLM")
    library = encoder_libraries.transformers()
    return library.BertForMaskedLM(
        library.BertConfig(
            vocab_size=tokenizer.get_vocab_size(),
            hidden_size=shape.width,
            num_hidden_layers=shape.layers,
            num_attention_heads=shape.heads,
            intermediate_size=4 * shape.width,
            max_position_embeddings=shape.length,
            pad_token_id=tokenizer.token_to_id(PAD),
        )
    )


def _key(letters: Sequence[LabelledLetter], segmenter: Segmenter, shape: Shape, start: Path | None, rules: str) -> str:
    """Changes with whatever the result depends on."""
    digest = hashlib.sha256(repr((asdict(shape), segmenter.version, rules)).encode())
    for letter in letters:
        digest.update(repr((letter.title, letter.body)).encode())
    if start is not None:
        for path in sorted(start.glob("*.safetensors")):
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
