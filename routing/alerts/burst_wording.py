"""What changed in a burst, and does it look arranged? In sentences, from the submissions in it and before it. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.analysis import Sentiment
from nlp.trends.changes import Said, find_changes, spell_out
from nlp.trends.coordinated import CoordinationSettings, Post, find_coordinated
from routing.alerts.burst_repository import Voice

# From so many on one person's submissions are named.
_LEAST_BY_ONE = 5


@dataclass(frozen=True, slots=True)
class Origins:
    """Of the submissions of a burst: `copies` repeat another text, `most_by_one` came from one person; `independent`
    people said something of their own. `sentence` is empty where nothing looks arranged."""

    copies: int
    most_by_one: int
    independent: int
    sentence: str


def find_origins(voices: Sequence[Voice], before: Sequence[Voice]) -> Origins:
    """`before` shows how many of a series' writers are new on usual days."""
    settings = CoordinationSettings()
    found = find_coordinated(
        [
            Post(
                account=voice.person.hex(),
                first_seen=voice.first_seen,
                text_key=str(voice.submission_id if voice.copy_of is None else voice.copy_of),
                time=voice.submitted_at,
            )
            for voice in voices
        ],
        replace(settings, usual_new=_usual_new(before, settings)),
    )
    most = max(Counter(voice.person for voice in voices).values(), default=0)
    said = []
    for group in found.found:
        if group.reason == "same_text":
            said.append(f"{len(group.posts)}件（{group.accounts}人）文字相同或几乎相同，可能是有组织提交")
        else:
            said.append(f"{len(group.posts)}件来自{group.accounts}个新出现的诉求人，多于平常")
    if most >= _LEAST_BY_ONE:
        said.append(f"同一人提交了{most}件，只按1人计算")
    return Origins(
        copies=sum(voice.copy_of is not None for voice in voices),
        most_by_one=most,
        independent=found.independent,
        sentence="；".join(said),
    )


def say_change(now: Sequence[Voice], before: Sequence[Voice]) -> str:
    """Words, places, channels and mood that differ from before, surest first; empty where nothing does."""
    change = find_changes(list(map(_said, now)), list(map(_said, before)))
    if not (change.words or change.places or change.channels or change.negative_changed):
        return ""
    return spell_out(change).rstrip("。").replace(" ", "")


def _said(voice: Voice) -> Said:
    return Said(
        person=voice.person.hex(),
        words={str(keyword["word"]) for keyword in voice.keywords},
        places=[voice.place_text] if voice.place_text else [],
        channel=voice.channel.label,
        negative=voice.sentiment is Sentiment.NEGATIVE,
    )


def _usual_new(before: Sequence[Voice], settings: CoordinationSettings) -> float:
    """Most people write once in their lives: only where the regulars are usual, many newcomers mean something."""
    new = sum(voice.submitted_at - voice.first_seen < settings.new_for for voice in before)
    return (new + 1) / (len(before) + 1)
