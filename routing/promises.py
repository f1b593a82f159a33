"""Which people-checked letters say something about automatic dispatch, and were they sent the right way? Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from models.analysis import Analysis
from models.classifier import DispatchThresholds, LabelledSubmission
from nlp.oversight.risk_control import EVERYTHING, Checked, keep_promises, letters_needed
from routing.directory import NO_PROMISE, Directory
from routing.rules import decide_dispatch, dispatch_region, find_rule

SURENESS = 0.95
# With so many times the letters that a flawless classifier would need, "not proved" means "not true".
_PLENTY = 5


def check_dispatches(
    letters: Iterable[tuple[LabelledSubmission, Analysis]], directory: Directory, *, audited: float = 1.0
) -> list[Checked]:
    """One entry for each letter that came before a person by chance and that this classifier would dispatch, were it
    sure enough. Right is: the lead duty of the topic that the program names is that of the topic the person named.

    `audited` is the share of the letters drawn for the audit that somebody has looked at: a drawn letter's chance is
    so much smaller.
    """
    promiseless = replace(directory, promise=NO_PROMISE)
    found = []
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
        found.append(Checked(analysis.topic_confidence, right, named, chance))
    return found


def find_thresholds(checked: list[Checked], *, version: str, max_error: float, now: datetime) -> DispatchThresholds:
    """What can be promised of this classifier on the evidence of these letters."""
    promises = keep_promises(checked, allowed=max_error, sureness=SURENESS)
    pooled = promises[EVERYTHING]
    needed = letters_needed(max_error, SURENESS)
    plenty = needed is not None and len(checked) >= _PLENTY * needed
    return DispatchThresholds(
        computed_at=now,
        classifier_version=version,
        max_error=max_error,
        pooled=pooled.threshold,
        by_stratum={name: promise.threshold for name, promise in promises.items() if name != EVERYTHING},
        report={
            "in_force": pooled.threshold is not None or plenty,
            "checked": len(checked),
            "needed": needed,
            "coverage": pooled.coverage,
            "letters": pooled.letters,
            "errors": pooled.errors,
            "upper_bound": pooled.upper_bound,
            "strata": {
                name: {"letters": p.letters, "errors": p.errors, "coverage": p.coverage, "upper_bound": p.upper_bound}
                for name, p in promises.items()
                if name != EVERYTHING
            },
        },
    )


def _lead_duty(directory: Directory, code: str, letter: LabelledSubmission, analysis: Analysis) -> str | None:
    rule = find_rule(
        directory,
        code,
        channel=letter.channel,
        appeal_type=analysis.appeal_type,
        region_code=dispatch_region(analysis),
    )
    return rule.lead_duty if rule else None
