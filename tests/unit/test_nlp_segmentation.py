"""Both engines cut alike, lose nothing and know our words."""

from pathlib import Path

import pytest
import yaml

from nlp.segmentation import PythonSegmenter, RustSegmenter, Segmenter, make_segmenter, segmenter_version

WORDS = ("加装电梯", "高空抛物", "不动产登记", "安和区")
LETTERS = Path(__file__).parents[1] / "quality" / "own_letters.yaml"


@pytest.fixture(scope="module")
def reference() -> PythonSegmenter:
    return PythonSegmenter(WORDS)


@pytest.fixture(scope="module")
def engine() -> Segmenter:
    pytest.importorskip("rjieba")
    return RustSegmenter(WORDS)


def _spans(words: list[str]) -> set[tuple[int, int]]:
    spans, position = set(), 0
    for word in words:
        spans.add((position, position + len(word)))
        position += len(word)
    return spans


def test_engines_agree(reference: PythonSegmenter, engine: Segmenter) -> None:
    texts = [f"{title}。{body}" for _, title, body in yaml.safe_load(LETTERS.read_text(encoding="utf-8"))]
    texts += ["", "4S店ETC收费12.5元/月，网址abc-def.com", "😀表情\n换行 空格", "安和区加装电梯与高空抛物"]
    common = total = 0
    for text in texts:
        left, right = reference.cut(text), engine.cut(text)
        assert "".join(left) == "".join(right) == text
        common += 2 * len(_spans(left) & _spans(right))
        total += len(left) + len(right)
    assert common / total >= 0.995


@pytest.mark.parametrize("kind", [PythonSegmenter, RustSegmenter])
def test_our_words_stay_whole(kind: type[PythonSegmenter] | type[RustSegmenter]) -> None:
    if kind is RustSegmenter:
        pytest.importorskip("rjieba")
    assert kind(WORDS).cut("安和区加装电梯") == ["安和区", "加装电梯"]
    assert kind().cut("安和区加装电梯") != ["安和区", "加装电梯"]


def test_version_names_engine_and_words() -> None:
    plain, knowing = make_segmenter(), make_segmenter(WORDS)
    assert plain.version != knowing.version
    assert knowing.version == make_segmenter(reversed(WORDS)).version
    assert "jieba-" in knowing.version


def test_falls_back_where_the_engine_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "rjieba", None)
    assert isinstance(make_segmenter(WORDS), PythonSegmenter)


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    PythonSegmenter().cut("写不写缓存文件")
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_known_before_the_dictionary_is_loaded() -> None:
    assert segmenter_version([*WORDS, "水", WORDS[0]]) == make_segmenter(WORDS).version
    assert segmenter_version(WORDS[1:]) != make_segmenter(WORDS).version
