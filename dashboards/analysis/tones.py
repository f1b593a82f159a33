"""Into which moods are letters divided? Negative ones by whether anybody is blamed: a bad road is no bad department."""

from dataclasses import dataclass

from models.analysis import Sentiment
from models.criteria import CaseCriteria, Displeasure


@dataclass(frozen=True, slots=True)
class Tone:
    """One part of the moods; the four add up. `displeased`: with department, reply or policy; None where not asked."""

    id: str
    label: str
    meaning: str
    sentiment: Sentiment
    displeased: bool | None = None

    def select(self, criteria: CaseCriteria) -> CaseCriteria:
        """Exactly this part of the cases that `criteria` select; a narrower displeasure of theirs stays."""
        whom = {True: Displeasure.AUTHORITY.value, False: Displeasure.NOBODY.value, None: None}[self.displeased]
        return criteria.changed(
            {"sentiment": self.sentiment.value, "displeased_with": criteria.displeased_with or whom}
        )


TONES = (
    Tone("displeased", "不满部门或政策", "负面，且对部门、办理或政策表示不满", Sentiment.NEGATIVE, True),
    Tone("matter", "事情不好", "负面，但只说事情不好", Sentiment.NEGATIVE, False),
    Tone("neutral", "中性", "情感判为中性", Sentiment.NEUTRAL),
    Tone("positive", "正面", "情感判为正面", Sentiment.POSITIVE),
)


def find_tones(criteria: CaseCriteria) -> list[Tone]:
    """Those that the criteria allow: a zero beside a chosen tone would open the list of the other one."""
    at_nobody = criteria.displeased_with == Displeasure.NOBODY.value
    return [
        tone
        for tone in TONES
        if criteria.sentiment in (None, tone.sentiment.value)
        and (criteria.displeased_with is None or tone.displeased is None or tone.displeased != at_nobody)
    ]
