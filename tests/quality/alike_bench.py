"""Are copies found again however they were changed, and nothing else? Is a person's repeat told from another matter?

    python -m tests.quality.alike_bench                                      letters written for this project
    python -m tests.quality.alike_bench FILE.csv [TITLE TEXT USER LABEL]     a file of letters, its columns by name

Every change is made by a program, from a fixed seed. A link to another letter than the changed one is false unless the
two letters were one text before (`group_alike`, cosine .6 of weighed character triples).
"""

import csv
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from time import process_time

import numpy as np

from nlp.alike.minhash import SHARED, SHORT, minima, sign
from nlp.alike.near_duplicates import CERTAIN, SUGGESTED, fingerprint, likeness
from nlp.alike.telling import TellingWords, shared_words
from nlp.corpus import load_corpus
from nlp.document import Document
from nlp.letters import LabelledLetter, read
from nlp.segmentation import make_segmenter
from nlp.topics.grouping import group_alike
from routing.alike.alike import ANY_TOPIC, SAME_TOPIC

_LEAST, _ASKED, _SEED = 60, 500, 20261129
_BEFORE = (
    "尊敬的市长您好！我是一名普通市民，很冒昧打扰您，想反映以下问题：",
    "领导你好，感谢您在百忙之中阅读我的来信。",
    "各位领导好，这件事我已经打过两次热线，现在写在这里。",
)
_AFTER = ("恳请领导重视，尽快给我们老百姓一个答复，谢谢！", "盼复。", "以上情况属实，望有关部门核实处理，此致敬礼！")
Text = tuple[str, str]
Change = Callable[[Text, random.Random], Text]


def noise(share: float, characters: str) -> Change:
    """A third of the changed characters is left out, a third replaced, behind a third stands another one."""

    def mistype(text: str, chance: random.Random) -> str:
        typed: list[str] = []
        for character in text:
            fate = chance.random() / share
            if fate < 1 / 3:
                continue
            typed.append(chance.choice(characters) if fate < 2 / 3 else character)
            if 2 / 3 <= fate < 1:
                typed.append(chance.choice(characters))
        return "".join(typed)

    return lambda text, chance: (mistype(text[0], chance), mistype(text[1], chance))


def shuffled(text: Text, chance: random.Random) -> Text:
    sentences = re.findall("[^。！？!?\n]+[。！？!?\n]*", text[1])
    chance.shuffle(sentences)
    return text[0], "".join(sentences)


def greeted(text: Text, chance: random.Random) -> Text:
    return text[0], chance.choice(_BEFORE) + text[1] + chance.choice(_AFTER)


def cut(text: Text, _: random.Random) -> Text:
    return text[0], text[1][: len(text[1]) * 6 // 10]


def main() -> None:
    rows = own() if len(sys.argv) < 2 else from_file(Path(sys.argv[1]), *sys.argv[2:])
    letters = [row for row in rows if len(row[1]) >= _LEAST]
    chance = random.Random(_SEED)
    chance.shuffle(letters)
    texts: list[Text] = [(title, body) for title, body, _, _ in letters]
    print(f"{len(texts)} letters of at least {_LEAST} characters, mean {np.mean([len(b) for _, b in texts]):.0f}")
    copies(texts, chance)
    persons(letters, chance)


def own() -> list[tuple[str, str, str, str]]:
    return [(item.title, item.body, item.reference, item.topic_code) for item in load_corpus()]


def from_file(
    path: Path, title: str = "留言主题", text: str = "留言详情", user: str = "留言用户", label: str = "一级标签"
) -> list[tuple[str, str, str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [(row[title], row[text].strip(), row.get(user, ""), row.get(label, "")) for row in rows]


def cut_up(texts: Sequence[Text]) -> list[Document]:
    return list(read([LabelledLetter(title, body, "") for title, body in texts], make_segmenter()))


def copies(texts: Sequence[Text], chance: random.Random) -> None:
    documents = cut_up(texts)
    started = process_time()
    stored = [minima(signature) for signature in sign(documents)]
    print(f"signatures: {1e6 * (process_time() - started) / len(texts):.0f} microseconds of CPU a letter")
    groups = group_alike(documents)
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for number, keys in enumerate(stored):
        for key in keys:
            holders[key].append(number)
    characters = "".join(body for _, body in texts[:2000])
    changes: dict[str, Change] = {
        "5 % noise": noise(0.05, characters),
        "shuffled": shuffled,
        "greeting": greeted,
        "first 60 %": cut,
        "15 % noise": noise(0.15, characters),
    }
    asked = range(min(_ASKED, len(texts)))
    print("change, looked at, suggested, certain; false links suggested, certain")
    for name, change in changes.items():
        changed = [change(texts[number], chance) for number in asked]
        found = Counter[str]()
        for number, (text, signature) in enumerate(zip(changed, sign(cut_up(changed)), strict=True)):
            keys = minima(signature)
            shared = Counter(other for key in keys for other in holders[key])
            least = 1 if len(keys) < SHORT else SHARED
            for other in (other for other, count in shared.items() if count >= least):
                score = likeness(fingerprint(*text), fingerprint(*texts[other]))
                kind = "own" if other == number else "none" if groups[other] == groups[number] else "false"
                found[f"{kind} seen"] += 1
                found[f"{kind} suggested"] += score >= SUGGESTED
                found[f"{kind} certain"] += score >= CERTAIN
        own_links = (found[f"own {step}"] / len(asked) for step in ("seen", "suggested", "certain"))
        precision = found["own suggested"] / max(found["own suggested"] + found["false suggested"], 1)
        recalled = " ".join(f"{share:.3f}" for share in own_links)
        false = f"{found['false suggested']} {found['false certain']}"
        print(f"{name:12} {recalled} | {false} | precision of suggestions {precision:.3f}")


def persons(letters: Sequence[tuple[str, str, str, str]], chance: random.Random) -> None:
    """Pairs of one writer, and pairs of two writers with one label: the latter are never one person's repeat."""
    finder = TellingWords()
    documents = cut_up([(title, body) for title, body, _, _ in letters])
    words = [line for start in range(0, len(documents), 256) for line in finder.find(documents[start : start + 256])]
    of_user: defaultdict[str, list[int]] = defaultdict(list)
    of_label: defaultdict[str, list[int]] = defaultdict(list)
    for number, (_, _, user, label) in enumerate(letters):
        of_user[user].append(number)
        of_label[label].append(number)
    same = [pair for numbers in of_user.values() for pair in combinations(numbers[:20], 2)]
    labels = [label for label, numbers in of_label.items() if len(numbers) > 1]
    others = [tuple(chance.sample(of_label[chance.choice(labels)], 2)) for _ in range(20_000)]
    others = [(one, other) for one, other in others if letters[one][2] != letters[other][2]]
    for name, pairs in (("one writer", same), ("two writers, one label", others)):
        if pairs:
            scores = np.array([shared_words(words[one], words[other])[0] for one, other in pairs])
            shares = ", ".join(
                f"{least}: {np.mean(scores >= least):.4f}" for least in (0.2, SAME_TOPIC, 0.4, ANY_TOPIC)
            )
            print(f"{name}, {len(pairs)} pairs: share with a cosine of at least {shares}")


if __name__ == "__main__":
    main()
