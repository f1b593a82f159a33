"""Which people-checked letters say something about automatic dispatch, and was it right: unit and topic? Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from models.analysis import Analysis
from models.classifier import DispatchThresholds, LabelledSubmission, TopicLevel
from nlp.oversight.risk_control import EVERYTHING, Checked, Promise, keep_promises, letters_needed
from routing.directory import NO_PROMISE, Directory
from routing.learning.topic_levels import first_level, level_confidence
from routing.rules import decide_dispatch, dispatch_region, find_rule

SURENESS = 0.95
# With so many times the letters that a flawless classifier would need, "not proved" means "not true".
_PLENTY = 5


@dataclass(frozen=True, slots=True)
class CheckedLetters:
    """What the same letters say of each promise: of the lead department, and of the topic level by level."""

    leads: list[Checked]
    levels: Mapping[TopicLevel, list[Checked]]


def check_dispatches(
    letters: Iterable[tuple[LabelledSubmission, Analysis]], directory: Directory, *, audited: float = 1.0
) -> CheckedLetters:
    """One entry for each letter that came before a person by chance and that this classifier would dispatch, were it
    sure enough. A lead is right if the lead duty of the topic that the program names is that of the topic the person
    named. A first-level topic is right if the person named it or one below it; a sub-topic only if the person named
    just that one: who names no more than the topic above has not confirmed it.

    `audited` is the share of the letters drawn for the audit that somebody has looked at: a drawn letter's chance is
    so much smaller.
    """
    promiseless = replace(directory, promise=NO_PROMISE)
    leads: list[Checked] = []
    levels: dict[TopicLevel, list[Checked]] = {level: [] for level in TopicLevel}
    for letter, analysis in letters:
        code = analysis.topic_code
        if letter.probability is None or code is None:
            continue
        decision = decide_dispatch(
            promiseless,
            replace(analysis, topic_confidence=1.0),
            channel=letter.channel,
            appeal_type=analysis.appeal_type,
            confidential=bool(directory.topics[code].confidential),
        )
        named = _lead_duty(directory, code, letter, analysis)
        if decision.lead is None or named is None:
            continue
        right = named == _lead_duty(directory, letter.topic_code, letter, analysis)
        chance = letter.probability * (audited if letter.audited else 1.0)
        leads.append(Checked(analysis.topic_confidence, right, named, chance))
        above = first_level(directory, code)
        of_level = {TopicLevel.FIRST_LEVEL: above == first_level(directory, letter.topic_code)}
        if code != above:
            of_level[TopicLevel.SUB_TOPIC] = code == letter.topic_code
        for level, said_right in of_level.items():
            levels[level].append(Checked(level_confidence(analysis, level), said_right, above, chance))
    return CheckedLetters(leads, levels)


def find_thresholds(checked: CheckedLetters, *, version: str, max_error: float, now: datetime) -> DispatchThresholds:
    """What can be promised of this classifier on the evidence of these letters."""
    promises = keep_promises(checked.leads, allowed=max_error, sureness=SURENESS)
    pooled = promises[EVERYTHING]
    needed = letters_needed(max_error, SURENESS)
    return DispatchThresholds(
        computed_at=now,
        classifier_version=version,
        max_error=max_error,
        pooled=pooled.threshold,
        by_stratum={name: promise.threshold for name, promise in promises.items() if name != EVERYTHING},
        report={
            "in_force": _decides(pooled, checked.leads, needed),
            "checked": len(checked.leads),
            "needed": needed,
            **_figures(pooled),
            "strata": {name: _figures(promise) for name, promise in promises.items() if name != EVERYTHING},
            "levels": {
                level.value: _level(found, max_error=max_error, needed=needed)
                for level, found in checked.levels.items()
            },
        },
    )


def _level(checked: list[Checked], *, max_error: float, needed: int | None) -> dict[str, Any]:
    """As it lies in the report; `by_topic` are the first-level topics with letters enough for a threshold of their
    own."""
    promises = keep_promises(checked, allowed=max_error, sureness=SURENESS)
    pooled = promises.pop(EVERYTHING)
    own = {code: promise for code, promise in promises.items() if promise is not pooled}
    return {
        "in_force": _decides(pooled, checked, needed),
        "checked": len(checked),
        "threshold": pooled.threshold,
        **_figures(pooled),
        "by_topic": {code: promise.threshold for code, promise in own.items()},
        "topics": {code: _figures(promise) for code, promise in own.items()},
    }


def _figures(promise: Promise) -> dict[str, float]:
    return {
        "letters": promise.letters,
        "errors": promise.errors,
        "coverage": promise.coverage,
        "upper_bound": promise.upper_bound,
    }


def _decides(pooled: Promise, checked: list[Checked], needed: int | None) -> bool:
    """Whether there were letters enough to decide anything, if only that nothing can be promised."""
    return pooled.threshold is not None or (needed is not None and len(checked) >= _PLENTY * needed)


def _lead_duty(directory: Directory, code: str, letter: LabelledSubmission, analysis: Analysis) -> str | None:
    rule = find_rule(
        directory,
        code,
        channel=letter.channel,
        appeal_type=analysis.appeal_type,
        region_code=dispatch_region(analysis),
    )
    return rule.lead_duty if rule else None
