"""What a look at a reply before it is sent finds: each finding with its place and one sentence for the officer."""

from dataclasses import dataclass
from functools import cached_property

from models.analysis import TextSpan
from models.labels import LabelledEnum


class ReplyFlaw(LabelledEnum):
    """What can be wrong with a reply; the kinds are those that real replies were blamed for."""

    UNANSWERED = "unanswered", "有事项未答复"
    FORWARDED = "forwarded", "仅告知转办"
    PERSONAL_DATA = "personal_data", "含个人信息"
    BLAMES_WRITER = "blames_writer", "语气不当"
    BARE_DENIAL = "bare_denial", "否认而无依据"
    EMPTY_PHRASES = "empty_phrases", "空话套话"
    EVASIVE = "evasive", "答非所问"
    ALIKE = "alike", "与多件答复雷同"
    UNDATED_PROMISE = "undated_promise", "承诺未定时间"
    PAST_PROMISE = "past_promise", "承诺时间已过"
    NO_GROUND = "no_ground", "未写依据"
    NO_DATE = "no_date", "未写办理时间"
    NO_CONTACT = "no_contact", "未留联系方式"
    TOO_SHORT = "too_short", "过于简短"


class ReplyLevel(LabelledEnum):
    """How a reply stands as a whole, and how much a finding weighs: one that leaves it GOOD is a hint. It advises:
    nothing is held back by it."""

    GOOD = "good", "可以发送"
    IMPROVE = "improve", "建议完善"
    SERIOUS = "serious", "应当修改"


class FlawText(LabelledEnum):
    LETTER = "letter", "来信"
    REPLY = "reply", "答复"


@dataclass(frozen=True, slots=True)
class FlawEvidence:
    """A place in the reply, or in the letter's title + newline + body; `end` is exclusive."""

    text: FlawText
    span: TextSpan


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyFinding:
    """`advice` is one Chinese sentence that says what to do. `evidence` is empty for what is missing everywhere."""

    flaw: ReplyFlaw
    weight: ReplyLevel
    advice: str
    evidence: tuple[FlawEvidence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReplyCheck:
    """`findings` are in the order of `ReplyFlaw`, the gravest kinds first, each kind once. `asked` matters, points or
    questions stand out in the letter, `answered` of them are taken up in the reply. `version` says by which rules."""

    findings: tuple[ReplyFinding, ...]
    asked: int
    answered: int
    version: str

    @cached_property
    def level(self) -> ReplyLevel:
        """The gravest weight of a finding; many small flaws do not make a grave one."""
        weights = {finding.weight for finding in self.findings}
        return next((w for w in (ReplyLevel.SERIOUS, ReplyLevel.IMPROVE) if w in weights), ReplyLevel.GOOD)

    def find(self, flaw: ReplyFlaw) -> ReplyFinding | None:
        """The finding of this kind, if there is one."""
        return next((finding for finding in self.findings if finding.flaw is flaw), None)
