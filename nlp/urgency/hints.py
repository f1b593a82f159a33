"""Which groups of words stand together in a text: what makes the classifier listen more closely for a detector."""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType

from nlp.cues import Cue
from nlp.lexicon import load_lexicon

# A word of a group says so much more than a run of characters.
HINT_WEIGHT = 3.0
# Words in the same stretch of so many characters, or in two neighbouring ones, stand together.
_STRETCH = 50


@cache
def groups_of() -> Mapping[str, tuple[str, ...]]:
    """The groups of each word."""
    found: dict[str, tuple[str, ...]] = {}
    for group, words in load_lexicon("alarms")["words"].items():
        for word in map(str, words):
            if len(word) > 1 and group not in found.get(word, ()):
                found[word] = (*found.get(word, ()), group)
    return MappingProxyType(found)


@cache
def group_numbers() -> Mapping[str, tuple[int, ...]]:
    """The groups of each word by their numbers, in the order of the file."""
    order = {group: number for number, group in enumerate(load_lexicon("alarms")["words"])}
    return MappingProxyType({word: tuple(order[group] for group in groups) for word, groups in groups_of().items()})


@cache
def _masks() -> Mapping[str, int]:
    return MappingProxyType({word: sum(1 << n for n in numbers) for word, numbers in group_numbers().items()})


@cache
def _rules() -> tuple[tuple[str, int], ...]:
    order = {group: number for number, group in enumerate(load_lexicon("alarms")["words"])}
    return tuple(
        (detector, sum(1 << order[group] for group in rule.split()))
        for detector, rules in load_lexicon("alarms")["rules"].items()
        for rule in rules
    )


def hinted(cues: Iterable[Cue]) -> set[str]:
    """The detectors of which some rule has all its groups in one place."""
    masks = _masks()
    stretches: dict[int, int] = {}
    for cue in cues:
        mask = masks.get(cue.phrase)
        if mask is not None:
            stretch = cue.start // _STRETCH
            stretches[stretch] = stretches.get(stretch, 0) | mask
    found: set[str] = set()
    for stretch, mask in stretches.items():
        both = mask | stretches.get(stretch + 1, 0)
        found.update(detector for detector, wanted in _rules() if both & wanted == wanted)
    return found
