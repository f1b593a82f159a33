"""Which letters and which labels a classifier can learn from, and which not."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np

from models.errors import Invalid
from nlp.letters import LabelledLetter
from nlp.ngrams import Numbers

# A label must stand on so many letters that do not repeat each other; a sub-topic is told from its parent on so many.
LEAST_DIFFERENT = 5
LEAST_OF_A_SUBTOPIC = 30
# Memory while fitting, some 75 kB a letter, sets the limit.
MOST_LETTERS = 40_000


def choose(letters: Sequence[LabelledLetter]) -> tuple[list[LabelledLetter], Counter[str]]:
    """The letters with text and label, at most `MOST_LETTERS`; and how many were left out for which reason."""
    left_out: Counter[str] = Counter()
    usable = []
    for letter in letters:
        if not (letter.parent or letter.label):
            left_out["没有标签"] += 1
        elif not (letter.title.strip() or letter.body.strip()):
            left_out["没有文字"] += 1
        else:
            usable.append(letter)
    return _thin(usable, left_out), left_out


def assign_codes(
    letters: Sequence[LabelledLetter], groups: Numbers, left_out: Counter[str]
) -> tuple[list[str], Numbers]:
    """The topic each letter teaches, and which letters stand on enough examples to teach.

    A sub-topic with few examples teaches its parent. One that several parents have is called parent/sub-topic.
    Raises `Invalid` where fewer than two first-level topics are left.
    """
    tops = [letter.parent or letter.label for letter in letters]
    different: dict[str | tuple[str, str], set[int]] = defaultdict(set)
    counts: Counter[tuple[str, str]] = Counter()
    for letter, top, group in zip(letters, tops, groups.tolist(), strict=True):
        different[top].add(group)
        different[top, letter.label].add(group)
        counts[top, letter.label] += 1
    rare = {top for top in set(tops) if len(different[top]) < LEAST_DIFFERENT}
    for top in tops:
        if top in rare:
            left_out[f"类别“{top}”不足 {LEAST_DIFFERENT} 件内容不同的来信"] += 1
    if len(set(tops)) - len(rare) < 2:
        raise Invalid(
            f"至少要有两个类别，每个不少于 {LEAST_DIFFERENT} 件内容不同的来信，才能训练；"
            f"现有 {len(set(tops))} 个类别，其中 {len(rare)} 个太少。"
        )
    own = {
        (top, label)
        for (top, label), count in counts.items()
        if label not in ("", top) and count >= LEAST_OF_A_SUBTOPIC and len(different[top, label]) >= LEAST_DIFFERENT
    }
    shared = Counter(label for _, label in own)
    codes = []
    for letter, top in zip(letters, tops, strict=True):
        unique = shared[letter.label] == 1 and letter.label not in different
        name = letter.label if unique else f"{top}/{letter.label}"
        codes.append(name if (top, letter.label) in own else top)
    return codes, np.flatnonzero([top not in rare for top in tops])


def _thin(letters: list[LabelledLetter], left_out: Counter[str]) -> list[LabelledLetter]:
    """At most `MOST_LETTERS`, evenly over each label and over the file; of rare labels all."""
    if len(letters) <= MOST_LETTERS:
        return letters
    share = MOST_LETTERS / len(letters)
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for letter in letters:
        key = (letter.parent, letter.label)
        seen[key] += 1
        if seen[key] <= LEAST_OF_A_SUBTOPIC or int(seen[key] * share) > int((seen[key] - 1) * share):
            kept.append(letter)
    left_out[f"超过 {MOST_LETTERS} 件，各类别按比例抽取"] = len(letters) - len(kept)
    return kept
