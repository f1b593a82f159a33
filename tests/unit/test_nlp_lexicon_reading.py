"""Our YAML files are read as PyYAML reads them."""

from pathlib import Path

import pytest
import yaml

import nlp.lexicon
from nlp.lexicon.reading import parse

FILES = sorted(Path(nlp.lexicon.__file__).parent.glob("*.yaml"))
ODD = """
text: 路灯
number: [12345, -3, 1.5, 0x1F, 1e3, '12', "3.0"]
yes: [true, no, ~, null, '', "null"]
day: [2025-01-29, 2025年]
nested: {a: {b: [c, {d: e}]}, 路: - 灯}
first: &own [甲, 乙]
second: *own
folded: >
  一行
  又一行
"""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_of_our_files(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert repr(parse(text)) == repr(yaml.safe_load(text))


def test_what_a_file_of_ours_may_have() -> None:
    text = ODD.replace("路: - 灯", "路: 灯")
    assert repr(parse(text)) == repr(yaml.safe_load(text))


@pytest.mark.parametrize("text", ["a: *unknown", "a: !!python/name:os.system x", "a: [b", "", "a: 1\n---\nb: 2"])
def test_what_it_may_not_have(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        parse(text)
