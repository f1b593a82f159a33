"""What changed in a burst, and does it look arranged? Sentences from the submissions in it and before it. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from routing.burst_repository import Voice

# So many words, places and channels are named at most.
_NAMED = 3
# A word or place is telling from so many people on, and where it is so many times as frequent as before.
_LEAST_PERSONS, _TIMES = 2, 2.0
# Copies are flagged from so many on, where they are at least this share; one person from so many.
_LEAST_COPIES, _COPIED_SHARE, _LEAST_BY_ONE = 3, 0.5, 5


@dataclass(frozen=True, slots=True)
class Origins:
    """Of the submissions of a burst: `copies` repeat another text, `most_by_one` came from one person; `original` are
    the people who wrote a text of their own."""

    copies: int
    most_by_one: int
    original: int


def find_origins(voices: Sequence[Voice]) -> Origins:
    by_person = Counter(voice.person for voice in voices)
    return Origins(
        copies=sum(voice.copy_of is not None for voice in voices),
        most_by_one=max(by_person.values(), default=0),
        original=len({voice.person for voice in voices if voice.copy_of is None}),
    )


def say_origins(voices: Sequence[Voice]) -> str:
    """ "其中8件与其他来件文字相同…", or empty where nothing looks arranged."""
    origins = find_origins(voices)
    said = []
    if origins.copies >= _LEAST_COPIES and origins.copies >= _COPIED_SHARE * len(voices):
        copiers = len({voice.person for voice in voices if voice.copy_of is not None})
        said.append(f"{len(voices)}件中{origins.copies}件（{copiers}人）与其他来件文字相同或高度相似，可能是有组织提交")
    if origins.most_by_one >= _LEAST_BY_ONE:
        said.append(f"同一人提交了{origins.most_by_one}件，只按1人计算")
    return "；".join(said)


def say_change(now: Sequence[Voice], before: Sequence[Voice]) -> str:
    """Words, places and channels named more often than before, by persons: "词语：搅拌站（6人）、噪声（5人）"."""
    parts = [
        _part("词语", _telling(now, before, lambda voice: (str(k["word"]) for k in voice.keywords))),
        _part("地点", _telling(now, before, lambda voice: [voice.place_text] if voice.place_text else [])),
        _part("渠道", _telling(now, before, lambda voice: [voice.channel.label])),
    ]
    return "；".join(part for part in parts if part)


def _telling(
    now: Sequence[Voice], before: Sequence[Voice], names: Callable[[Voice], Iterable[str]]
) -> list[tuple[str, int]]:
    seen, usual = _persons(now, names), _persons(before, names)
    people, earlier = max(len({v.person for v in now}), 1), max(len({v.person for v in before}), 1)
    lifted = [
        (name, count)
        for name, count in seen.items()
        if count >= _LEAST_PERSONS and count / people >= _TIMES * (usual[name] + 0.5) / (earlier + 1)
    ]
    return sorted(lifted, key=lambda found: (-found[1], usual[found[0]], found[0]))[:_NAMED]


def _persons(voices: Sequence[Voice], names: Callable[[Voice], Iterable[str]]) -> Counter[str]:
    return Counter(name for name, _ in {(name, voice.person) for voice in voices for name in names(voice)})


def _part(what: str, found: Sequence[tuple[str, int]]) -> str:
    return f"{what}：{'、'.join(f'{name}（{count}人）' for name, count in found)}" if found else ""
