"""What is no matter of the city: how much of it is found, and how many real matters are refused, on hands not read?

    python -m tests.quality.scope_bench     (learns the default classifier once more: some two minutes of one core)

Three folds of hands: each text is asked of a classifier that has read neither its writer nor, in choosing features, any
text of its fold. Refused is what the product refuses: by chance (`nlp.topics.no_matter.FROM`) or by certain signs.
Matters of other cities are told by their place (`nlp.scope`) and not counted here.
"""

from collections import defaultdict
from collections.abc import Sequence

from nlp.corpus import ELSEWHERE, OUTSIDE, Item, load_corpus, load_near_misses, load_outside
from nlp.reference import load_departments, load_topics
from nlp.scope import says_nothing
from nlp.topics.default_classifier import reference_segmenter
from nlp.topics.no_matter import FROM
from nlp.topics.taxonomy_training import Unseen, train_taxonomy


def items_asked() -> list[Item]:
    """In the order of `nlp.topics.taxonomy_examples.written`."""
    everything = (*load_corpus(), *load_outside(), *load_near_misses())
    return [item for item in everything if item.kind != ELSEWHERE]


def report(items: Sequence[Item], unseen: Unseen) -> None:
    refused: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for item, code, chance in zip(items, unseen.gold, unseen.outside.tolist(), strict=True):
        assert item.topic_code == code
        said = chance >= FROM or says_nothing(f"{item.title}\n{item.body}")
        inside = "near miss" if item.hand.startswith(OUTSIDE) else "matter"
        for name in ("all", item.hand, *([item.kind] if item.kind else [])):
            refused["none" if code == OUTSIDE else inside, name].append(said)
    print("| what | of | texts | refused |\n|---|---|---|---|")
    for (what, name), flags in sorted(refused.items()):
        print(f"| {what} | {name} | {len(flags)} | {sum(flags) / len(flags):.3f} |")


if __name__ == "__main__":
    training = train_taxonomy([], load_topics(), load_departments(), reference_segmenter(), on_progress=lambda *_: None)
    report(items_asked(), training.corpus)
