"""What is wrong with this reply to this letter? Each finding with its place and what to do; it never blocks."""

from collections.abc import Iterator, Sequence
from datetime import date

from models.analysis import Matter, TextSpan
from models.reply_check import FlawEvidence, FlawText, ReplyCheck, ReplyFinding, ReplyFlaw, ReplyLevel
from nlp.replies.asks import Ask, read_asks
from nlp.replies.evasion import find_evasion
from nlp.replies.exposure import keep_private
from nlp.replies.grounds import find_grounds, has_contact, has_day
from nlp.replies.parts import Part, Role, parts_of, refers
from nlp.replies.phrases import find_blame, find_denials, find_empty
from nlp.replies.promised_days import find_past_promises
from nlp.replies.promises import find_promises

VERSION = "replies/2"
# Fewer characters than this answer nothing (DOMAIN: replies under 30 characters).
SHORTEST = 30
# So many other replies with the same text are worth a word; so many more are what papers wrote about.
ALIKE, MANY_ALIKE = 10, 100
# Fewer characters that answer something are none; with a refusal beside them, it takes more.
_A_WORD, _BESIDE_A_REFUSAL = 8, 90
# What is asked is passed over in silence at this share of its pairs of characters or less, if it has so many; of points
# and matters another must be taken up, or the reply answers in words of its own.
_SILENT, _TELLING, _TELLING_QUESTION, _TAKEN_UP = 0.05, 8, 15, 0.15
_GRAVE, _MIDDLE = ReplyLevel.SERIOUS, ReplyLevel.IMPROVE


def check_reply(
    title: str,
    body: str,
    reply: str,
    *,
    matters: Sequence[Matter] = (),
    exposed: Sequence[TextSpan] = (),
    others_alike: int = 0,
    written_on: date | None = None,
) -> ReplyCheck:
    """`title` and `body` are the letter as the officer sees it, `matters` those of its analysis. `exposed` are the
    places in `reply` that name or reach a person (`intake.redaction.find_exposed`), `others_alike` how many replies to
    other letters have this text (`nlp.replies.signature`). `written_on` is the day of the reply: a day promised before
    it is past. At most the first 20,000 characters of each text are read."""
    letter = f"{title}\n{body}"
    parts = parts_of(reply)
    asks = read_asks(letter, reply, parts, matters)
    answers = _answers(parts)
    missed = _passed_over(asks) if answers else asks
    findings = [
        *_unanswered(missed, answers),
        *_forwarded(reply, parts),
        *_personal(keep_private(reply, exposed)),
        *_told(letter, reply, parts),
        *_alike(others_alike),
        *_past(reply, parts, written_on),
        *_missing(reply, parts),
    ]
    order = list(ReplyFlaw)
    findings.sort(key=lambda finding: order.index(finding.flaw))
    return ReplyCheck(findings=tuple(findings), asked=len(asks), answered=len(asks) - len(missed), version=VERSION)


def _answers(parts: Sequence[Part]) -> bool:
    declined = any(part.role is Role.DECLINED for part in parts)
    return _length(parts, Role.SAID) >= (_BESIDE_A_REFUSAL if declined else _A_WORD)


def _length(parts: Sequence[Part], role: Role) -> int:
    return sum(part.end - part.start for part in parts if part.role is role)


def _passed_over(asks: Sequence[Ask]) -> list[Ask]:
    if len(asks) == 1:
        return [ask for ask in asks if ask.shared <= _SILENT and ask.pairs >= _TELLING_QUESTION]
    if max((ask.shared for ask in asks), default=0) < _TAKEN_UP:
        return []
    return [ask for ask in asks if ask.shared <= _SILENT and ask.pairs >= _TELLING]


def _unanswered(missed: Sequence[Ask], answers: bool) -> Iterator[ReplyFinding]:
    evidence = tuple(FlawEvidence(FlawText.LETTER, span) for ask in missed for span in ask.spans)
    if not answers:
        yield ReplyFinding(
            flaw=ReplyFlaw.UNANSWERED,
            weight=_GRAVE,
            advice="答复没有回应来信的诉求，请逐项写明调查结果、处理意见，或不能办理的依据。",
            evidence=evidence,
        )
    elif missed:
        yield ReplyFinding(
            flaw=ReplyFlaw.UNANSWERED,
            weight=_MIDDLE,
            advice=f"来信中有 {len(missed)} 处在答复里找不到对应内容，请核对是否漏答，确属漏答的请补充。",
            evidence=evidence,
        )


def _forwarded(reply: str, parts: Sequence[Part]) -> Iterator[ReplyFinding]:
    passed = [
        part
        for part in parts
        if part.role in (Role.FORWARDED, Role.REFERRED)
        or (part.role is Role.DECLINED and refers(reply[part.start : part.end]))
    ]
    if passed and _length(parts, Role.SAID) < _A_WORD:
        yield ReplyFinding(
            flaw=ReplyFlaw.FORWARDED,
            weight=_GRAVE,
            advice="答复只告知已转其他单位或请来信人另行咨询，请在承办单位办理后答复结果，或写明由谁、何时答复。",
            evidence=_in_reply((part.start, part.end) for part in passed),
        )


def _personal(exposed: Sequence[TextSpan]) -> Iterator[ReplyFinding]:
    if exposed:
        yield ReplyFinding(
            flaw=ReplyFlaw.PERSONAL_DATA,
            weight=_GRAVE,
            advice=f"答复中有 {len(exposed)} 处可识别或可联系到个人的信息，请删去或隐去后再发送。",
            evidence=tuple(FlawEvidence(FlawText.REPLY, span) for span in exposed),
        )


def _told(letter: str, reply: str, parts: Sequence[Part]) -> Iterator[ReplyFinding]:
    if blame := find_blame(reply, parts):
        yield ReplyFinding(
            flaw=ReplyFlaw.BLAMES_WRITER,
            weight=_GRAVE,
            advice="个别措辞像在责怪或教训来信人，请改为客观说明。",
            evidence=_in_reply(blame),
        )
    if denials := find_denials(reply, parts):
        yield ReplyFinding(
            flaw=ReplyFlaw.BARE_DENIAL,
            weight=_GRAVE,
            advice="否认了来信反映的情况却没有写明依据，请补充何人、何时、以何种方式核实及核实所见。",
            evidence=_in_reply(denials),
        )
    empty = find_empty(reply, parts)
    if empty is not None:
        yield ReplyFinding(
            flaw=ReplyFlaw.EMPTY_PHRASES,
            weight=_GRAVE,
            advice="除套话外没有实际内容，请写明具体做了什么、结果如何、下一步怎么办。",
            evidence=_in_reply((part.start, part.end) for part in empty),
        )
    elif evasion := find_evasion(letter, reply, parts):
        yield ReplyFinding(
            flaw=ReplyFlaw.EVASIVE,
            weight=_MIDDLE,
            advice="答复只说了打算和一般情况，没有说这件事查到什么、做了什么、能不能办，请写明对本件的处理。",
            evidence=_in_reply(evasion),
        )
    if promises := find_promises(reply, parts):
        yield ReplyFinding(
            flaw=ReplyFlaw.UNDATED_PROMISE,
            weight=_MIDDLE,
            advice="承诺了后续事项但没有写明完成时间，请写上日期或期限，暂不能确定的写明何时再告知。",
            evidence=_in_reply(promises),
        )


def _alike(others: int) -> Iterator[ReplyFinding]:
    if others >= ALIKE:
        yield ReplyFinding(
            flaw=ReplyFlaw.ALIKE,
            weight=_GRAVE if others >= MANY_ALIKE else _MIDDLE,
            advice=f"另有 {others} 件来信的答复与此几乎相同，请针对本件来信补充具体情况。",
        )


def _past(reply: str, parts: Sequence[Part], written_on: date | None) -> Iterator[ReplyFinding]:
    past = find_past_promises(reply, parts, written_on) if written_on else []
    if past:
        yield ReplyFinding(
            flaw=ReplyFlaw.PAST_PROMISE,
            weight=_MIDDLE,
            advice="承诺的时间在答复之日已经过去，请核对日期，或写明实际进展和新的时间。",
            evidence=_in_reply(past),
        )


def _missing(reply: str, parts: Sequence[Part]) -> Iterator[ReplyFinding]:
    if not find_grounds(reply, parts):
        yield ReplyFinding(
            flaw=ReplyFlaw.NO_GROUND,
            weight=_MIDDLE,
            advice="没有写明依据，请写出适用的法规或文件名称，或调查核实到的事实。",
        )
    if not has_day(reply, parts):
        yield ReplyFinding(
            flaw=ReplyFlaw.NO_DATE,
            weight=ReplyLevel.GOOD,
            advice="没有写明何时调查、何时办理或何时完成，请补上日期。",
        )
    if not has_contact(reply, parts):
        yield ReplyFinding(
            flaw=ReplyFlaw.NO_CONTACT,
            weight=ReplyLevel.GOOD,
            advice="没有留下可联系的单位、电话或窗口，请补上，方便来信人追问。",
        )
    if sum(not character.isspace() for character in reply) < SHORTEST:
        yield ReplyFinding(
            flaw=ReplyFlaw.TOO_SHORT,
            weight=_MIDDLE,
            advice=f"答复不足 {SHORTEST} 字，请写明调查情况、依据和结果。",
        )


def _in_reply(spans: Iterator[tuple[int, int]] | Sequence[tuple[int, int]]) -> tuple[FlawEvidence, ...]:
    return tuple(FlawEvidence(FlawText.REPLY, TextSpan(*span)) for span in spans)
