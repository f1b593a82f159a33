"""Cut by arrays, texts have the words that the engine says, each and every one; strings are made when they are read."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from models.analysis import AnalyserInput
from nlp.cleaning import clean
from nlp.corpus import load_corpus
from nlp.cues import CueIndex
from nlp.cut_words import cut_words, word_ends
from nlp.cutting import cut_together
from nlp.document import Document
from nlp.ngrams import lay_out
from nlp.segmentation import RustSegmenter
from nlp.word_trie import WordTrie

OWN = {"加装电梯": 1000, "安和区": 1000, "临江大道北延线": 1000, "米3路": 1000}
# where two ways are equally likely the last bit of a sum decides
TIES = [
    "咚咚咚作响",
    "哈哈哈哈哈哈哈",
    "楼上空调咚咚咚咚咚作响，不由仔细听听看看",
    "乐乐乐的秒拍",
    "我笑疯啊" + "哈" * 41 + "太可爱了" + "哈" * 75,
]
ODD = [
    "",
    "\n",
    "a\r\nb\rc",
    "B超T恤卡拉OK，4S店ETC收费12.5元/月，abc-def.com",
    "𠮷野家门口𠮷的路灯",
    "😀表情😀\n\n 空格",
    "路灯" * 150,
    "路灯坏了。" * 40 + "修" * 500,
    "a1" * 120,
    "㐂䶮豈",
    "路\0灯\ufffe坏",
]


@pytest.fixture(scope="module")
def engine() -> RustSegmenter:
    pytest.importorskip("rjieba")
    return RustSegmenter(OWN)


@pytest.fixture(scope="module")
def trie() -> WordTrie:
    return WordTrie(OWN)


@pytest.fixture(scope="module")
def texts() -> list[str]:
    letters = [text for letter in load_corpus() for text in (letter.title, letter.body)]
    random, signs = Random(7), "".join(letters[:400]) + "".join(ODD)
    made = ["".join(random.choices(signs, k=random.randint(0, 60))) for _ in range(1500)]
    few = ["".join(random.choices("a1B超+.路灯😀 \n的T恤卡拉OK哈乐", k=random.randint(0, 25))) for _ in range(1500)]
    return [*TIES, *ODD, *letters[:6000], *made, *few, "安和区加装电梯到临江大道北延线米3路口"]


def test_words_are_those_of_the_engine(engine: RustSegmenter, trie: WordTrie, texts: list[str]) -> None:
    left: list[str] = []

    def counted(text: str) -> list[str]:
        left.append(text)
        return engine.cut(text)

    for start in range(0, len(texts), 512):
        part = texts[start : start + 512]
        cut = cut_together(part, trie, counted)
        for text, words in zip(part, cut_words(cut, part), strict=True):
            assert list(words) == engine.cut(text), text
    assert 0 < len(left) < len(texts) / 10, "nearly all are cut by arrays"


def test_the_engine_alone_cuts_what_is_not_for_arrays(trie: WordTrie) -> None:
    def never(text: str) -> list[str]:
        raise AssertionError(text)

    cut_together([*TIES[:4], "", "路灯坏了😀。" * 60], trie, never)
    for odd in ("修" * 201, "𠮷野家", "a\r\nb"):
        assert [*cut_words(cut_together(["路灯", odd, "坏了"], trie, list), ["", odd, ""])[1]] == list(odd)


def test_words_are_made_when_they_are_read(engine: RustSegmenter, trie: WordTrie) -> None:
    texts = ["安和区加装电梯", "", "路灯坏了三天，没人修。"]
    for text, words in zip(texts, cut_words(cut_together(texts, trie, engine.cut), texts), strict=True):
        known = engine.cut(text)
        assert len(words) == len(known)
        assert [words[place] for place in range(-len(known), len(known))] == known + known
        assert words[1:3] == known[1:3]
        assert words == known
        assert word_ends(words, 3) == word_ends(known, 3)
        with pytest.raises(IndexError):
            words[len(known)]


def test_documents_are_laid_out_the_same(engine: RustSegmenter, trie: WordTrie, texts: list[str]) -> None:
    pieces = [clean(text).text for text in texts[len(TIES) + len(ODD) :][:200]]
    made = cut_words(cut_together(pieces, trie, engine.cut), pieces)
    index = CueIndex(["路灯"])

    def documents(words: Sequence[Sequence[str]]) -> list[Document]:
        rows = zip(pieces[::2], pieces[1::2], words[::2], words[1::2], strict=True)
        return [
            Document(
                AnalyserInput(t, b, "letter"), clean(t), clean(b), f"{t}\n{b}", title, body, index.find(f"{t}\n{b}")
            )
            for t, b, title, body in rows
        ]

    lazy, plain = documents(made), documents([engine.cut(piece) for piece in pieces])
    mixed = [one if row % 3 else other for row, (one, other) in enumerate(zip(lazy, plain, strict=True))]
    for first, last in [(0, 100), (0, 1), (99, 100), (37, 80)]:
        expected = lay_out(plain[first:last])
        turned = lay_out(plain[first:last][::-1])
        for found, wanted in [
            (lay_out(lazy[first:last]), expected),
            (lay_out(mixed[first:last]), expected),
            (lay_out(lazy[first:last][::-1]), turned),
        ]:
            assert np.array_equal(found.written, wanted.written)
            assert np.array_equal(found.token_starts, wanted.token_starts)
            assert np.array_equal(found.rows, wanted.rows)


def test_many_and_few_are_cut_alike(texts: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("rjieba")
    segmenter = RustSegmenter(OWN)
    letters = texts[-4000:-3000]
    together = segmenter.cut_all(letters)
    assert any(not isinstance(words, list) for words in together), "so many are cut by arrays"
    assert [*map(list, together)] == [*map(segmenter.cut, letters)]
    assert segmenter.cut_all(letters[:3]) == [*map(segmenter.cut, letters[:3])]
    monkeypatch.setattr("nlp.segmentation._TOO_MANY", sum(map(len, letters)))
    assert all(isinstance(words, list) for words in segmenter.cut_all(letters)), "so many would take too much memory"


def test_words_beyond_the_tables_leave_all_to_the_engine() -> None:
    pytest.importorskip("rjieba")
    with pytest.raises(ValueError, match="beyond"):
        WordTrie({"𠮷野家": 1000})
    segmenter = RustSegmenter(["𠮷野家"])
    assert segmenter.cut_all(["门口的𠮷野家"] * 3000)[0] == ["门口", "的", "𠮷野家"]


def test_likeliest_is_likeliest(trie: WordTrie) -> None:
    """The weights are logarithms of shares: more of a word, more weight."""
    assert trie.single[ord("的")] > trie.single[ord("灯")] > trie.unknown
    words = {"路灯": 2, "加装电梯": 4}
    for word, size in words.items():
        codes = np.array([*map(ord, word), 0], dtype=np.uint16)
        following = np.minimum(np.arange(1, len(codes) + 1), len(word))
        found = trie.pairs(codes, following)
        for _ in range(size - 2):
            found = trie.longer(found, codes, following)
        whole = found.words()
        assert (whole.at.tolist(), whole.tips.tolist()) == ([0], [size])
    assert [b - a for a, b in pairwise(cut_together(["路灯坏了"], trie, list).starts.tolist())] == [2, 1, 1]
