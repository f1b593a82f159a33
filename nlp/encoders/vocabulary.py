"""Which pieces of writing an encoder knows: characters of the city's own letters, or what a foreign folder brings."""

import json
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from models.errors import Invalid
from nlp.encoders import libraries as encoder_libraries

PAD, UNKNOWN, START, END, MASK = SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
# A character that fewer letters have stands for too few people, and would be learnt from too little.
_SEEN_IN = 3
TOKENIZER, _TOKENIZER_CONFIG, _VOCABULARY = "tokenizer.json", "tokenizer_config.json", "vocab.txt"
TOKENIZER_FILES = (TOKENIZER, _TOKENIZER_CONFIG, _VOCABULARY, "special_tokens_map.json")


def learn_characters(texts: Iterable[str]) -> dict[str, int]:
    """A number for each character that at least three of `texts` have; no word, so no name can be in it.

    What is written together without spaces (digits, Latin) is there twice: first of a run, and within one (##).
    """
    normalise = _normaliser(lowercase=True).normalize_str
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(normalise(text)))
    kept = [
        character
        for character, letters in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        if letters >= _SEEN_IN and not character.isspace()
    ]
    within = [f"##{character}" for character in kept if _runs_together(character)]
    return {piece: number for number, piece in enumerate([*SPECIAL, *kept, *within])}


def make_tokenizer(vocabulary: dict[str, int], *, lowercase: bool = True) -> Any:
    """BERT's: pieces of `vocabulary`, longest first; two segments framed by [CLS] and [SEP].

    Raises `Invalid` where one of those is missing.
    """
    missing = [piece for piece in (UNKNOWN, START, END) if piece not in vocabulary]
    if missing:
        raise Invalid(f"词表里没有 {'、'.join(missing)}，不是 BERT 的词表。")
    library = encoder_libraries.tokenizers()
    tokenizer = library.Tokenizer(library.models.WordPiece(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer = _normaliser(lowercase=lowercase)
    tokenizer.pre_tokenizer = library.pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = library.processors.BertProcessing((END, vocabulary[END]), (START, vocabulary[START]))
    tokenizer.add_special_tokens([piece for piece in SPECIAL if piece in vocabulary])
    return tokenizer


def read_tokenizer(folder: Path) -> Any:
    """The tokenizer in a folder in Hugging Face's format: tokenizer.json or BERT's vocab.txt; no code of the folder is
    run. Raises `Invalid` where neither is there or they cannot be read."""
    path = folder / TOKENIZER
    try:
        if path.is_file():
            return parse_tokenizer(path.read_text(encoding="utf-8"), path)
        pieces = (folder / _VOCABULARY).read_text(encoding="utf-8").splitlines()
        config = folder / _TOKENIZER_CONFIG
        settings = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    except OSError as error:
        raise Invalid(f"{folder} 里没有可读的 {TOKENIZER} 或 {_VOCABULARY}，不知道如何切分文字。") from error
    except ValueError as error:
        raise Invalid(f"{folder} 的 {_VOCABULARY} 或 {_TOKENIZER_CONFIG} 已损坏，不予加载。") from error
    lowercase = bool(settings.get("do_lower_case", True)) if isinstance(settings, dict) else True
    return make_tokenizer({piece: number for number, piece in enumerate(pieces)}, lowercase=lowercase)


def parse_tokenizer(text: str, path: Path) -> Any:
    """What a tokenizer.json says; `path` is only named. Raises `Invalid`."""
    library = encoder_libraries.tokenizers()
    # its errors have no class of their own
    try:
        json.loads(text)
        tokenizer = library.Tokenizer.from_str(text)
    except ValueError as error:
        raise Invalid(f"{path} 已损坏，不予加载。") from error
    except BaseException as error:
        if type(error) is Exception:
            raise Invalid(f"{path} 不是本程序认识的分词文件。") from error
        raise
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def mask_of(tokenizer: Any) -> int:
    """The number of what covers a word. Raises `Invalid` where there is none."""
    for piece in (MASK, "<mask>"):
        number: int | None = tokenizer.token_to_id(piece)
        if number is not None:
            return number
    raise Invalid(f"词表里没有 {MASK}，不能预训练。")


def write_tokenizer(folder: Path, tokenizer: Any, *, length: int) -> None:
    """One of ours into `folder`, so that others can read it as well: tokenizer.json, its settings, and vocab.txt."""
    (folder / TOKENIZER).write_text(tokenizer.to_str(), encoding="utf-8")
    settings = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "model_max_length": length,
        "pad_token": PAD,
        "unk_token": UNKNOWN,
        "cls_token": START,
        "sep_token": END,
        "mask_token": MASK,
    }
    (folder / _TOKENIZER_CONFIG).write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    vocabulary: dict[str, int] = tokenizer.get_vocab()
    lines = sorted(vocabulary, key=vocabulary.__getitem__)
    (folder / _VOCABULARY).write_text("".join(f"{piece}\n" for piece in lines), encoding="utf-8")


def _normaliser(*, lowercase: bool) -> Any:
    return encoder_libraries.tokenizers().normalizers.BertNormalizer(lowercase=lowercase)


def _runs_together(character: str) -> bool:
    return not ("\u4e00" <= character <= "\u9fff" or unicodedata.category(character).startswith("P"))
