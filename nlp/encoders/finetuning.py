"""A topic classifier from an encoder on this disk and labelled letters, with what it is worth on others.

A tenth of the letters decides when to stop and how sure to be, another tenth is asked only at the end. Letters that say
nearly the same stay on one side.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.errors import Invalid
from nlp.encoders.classifying import Classifying
from nlp.encoders.export import Export, export
from nlp.encoders.folder import check_folder
from nlp.encoders.judging import Judgement, judge
from nlp.encoders.learnt import pack
from nlp.encoders.model import Encoder
from nlp.encoders.network import make_network
from nlp.encoders.text import Reader, Tokens
from nlp.encoders.training import default_rate, find_machine, most_tokens, seed, segment_types
from nlp.encoders.vocabulary import read_tokenizer
from nlp.letters import LabelledLetter, read
from nlp.segmentation import Segmenter
from nlp.topics.grouping import group_alike, split
from nlp.topics.labels import assign_codes, choose
from nlp.topics.training import Progress

_PARTS = 10
_CHOOSING, _ASKED = 0, 1
# More than half of a sample unknown: the tokenizer belongs to another encoder or another language.
_MOST_UNKNOWN, _SAMPLE = 0.5, 200


@dataclass(frozen=True, slots=True)
class Tuning:
    """`length` in tokens; `rate` 0: by the encoder's width; `patience`: epochs without gain before it ends."""

    length: int = 256
    epochs: int = 8
    batch: int = 16
    rate: float = 0.0
    patience: int = 2
    seed: int = 20260101


@dataclass(frozen=True, slots=True)
class FineTuning:
    """`judgement` is of the exported graph, `history` the macro-F1 after each epoch of the letters that choose.
    `learnt` are the fingerprints of all letters that had a say, those held out among them: they chose the epoch and the
    temperature."""

    export: Export
    reader: Reader
    codes: tuple[str, ...]
    parents: dict[str, str]
    judgement: Judgement
    history: tuple[float, ...]
    letters: int
    groups: int
    data_hash: str
    learnt: bytes
    left_out: dict[str, int]
    machine: str


def finetune(
    letters: Sequence[LabelledLetter], segmenter: Segmenter, folder: Path, tuning: Tuning, *, on_progress: Progress
) -> FineTuning:
    """The same letters and encoder give the same classifier on the same machine.

    Raises `Invalid` where the letters cannot teach anything or `folder` holds no encoder that we load.
    """
    check_folder(folder)
    chosen, left_out = choose(letters)
    on_progress("查找重复的来信", 0.0)
    groups = group_alike(read(chosen, segmenter))
    labels, kept = assign_codes(chosen, groups, left_out)
    chosen, labels, groups = [chosen[i] for i in kept], [labels[i] for i in kept], groups[kept]
    codes = tuple(sorted(set(labels)))
    parents = {code: one.parent or one.label for one, code in zip(chosen, labels, strict=True)}
    targets = np.array([codes.index(label) for label in labels])
    parts = split(labels, groups, _PARTS, seed=tuning.seed)

    machine = find_machine()
    seed(tuning.seed, machine)
    model = make_network(folder, len(codes))
    length = min(tuning.length, most_tokens(model))
    reader = Reader.of(read_tokenizer(folder), length, segment_types(model))
    texts = list(reader.read(list(read(chosen, segmenter))))
    _check_vocabulary(texts, reader, model.config.vocab_size, folder)

    choosing, asked = np.flatnonzero(parts == _CHOOSING), np.flatnonzero(parts == _ASKED)
    learnt = np.flatnonzero((parts != _CHOOSING) & (parts != _ASKED))
    learning = Classifying(model.to(machine.device), texts, targets, learnt, tuning.batch, machine)
    rate = tuning.rate or default_rate(model.config.hidden_size)
    history = learning.run(
        choosing, tuning.epochs, tuning.patience, rate, tuning.seed, lambda share: on_progress("微调", 0.9 * share)
    )
    on_progress("导出", 0.9)
    exported = export(model, [texts[i] for i in (*choosing, *asked)], reader.length)
    encoder = Encoder(exported.graph, reader.length)
    before, last = ((encoder.scores([texts[i] for i in places]), targets[places]) for places in (choosing, asked))
    judgement = judge(codes, parents, before, last)
    on_progress("检验", 1.0)
    return FineTuning(
        export=exported,
        reader=reader,
        codes=codes,
        parents=parents,
        judgement=judgement,
        history=tuple(round(value, 4) for value in history),
        letters=len(chosen),
        groups=len(np.unique(groups)),
        data_hash=_hash(chosen),
        learnt=pack((letter.title, letter.body) for letter in chosen),
        left_out=dict(left_out),
        machine=machine.name,
    )


def version_of(tuning: FineTuning) -> str:
    """The name of what was made; another encoder or setting makes another from the same letters."""
    return f"encoder/2+{hashlib.sha256(tuning.export.graph).hexdigest()[:8]}"


def _check_vocabulary(texts: Sequence[Tokens], reader: Reader, known: int, folder: Path) -> None:
    """Raises `Invalid` where tokenizer and encoder do not belong together, or not to Chinese letters."""
    if reader.tokenizer.get_vocab_size() > known:
        raise Invalid(f"{folder} 的词表有 {reader.tokenizer.get_vocab_size()} 项，编码器只认识 {known} 项，两者不符。")
    pieces = [piece for text in texts[:_SAMPLE] for piece in text.ids]
    if pieces.count(reader.unknown or -1) > _MOST_UNKNOWN * len(pieces):
        raise Invalid(f"{folder} 的词表认不出来信里一半的字，不是中文的编码器。")


def _hash(letters: Sequence[LabelledLetter]) -> str:
    digest = hashlib.sha256()
    for letter in letters:
        digest.update(repr((letter.title, letter.body, letter.parent, letter.label)).encode())
    return digest.hexdigest()
