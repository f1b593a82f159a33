"""What a letter says besides its topic, in the words of the case page: gist, elements, tone, places, matters. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from api.pages.cases.case_wording import Badge, BadgeTone, state_of
from models.analysis import (
    Analysis,
    Aspect,
    AspectTone,
    Element,
    Emotion,
    OrganisationMention,
    PlaceMention,
    Sentiment,
    TextSpan,
    TimeMention,
)
from models.submission import Submission
from routing.directory import Directory

# From these on a tone (-1..1) is called 较强 and 强烈; below, a plain word is enough.
_CLEAR, _STRONG = 0.4, 0.7
# An emotion below this confidence is only possible.
_LIKELY = 0.5
# So many quotes show what a tone rests on; the rest is marked in the text.
_QUOTES = 3
_ASPECT_ICONS = {Aspect.MATTER: "inbox", Aspect.DEPARTMENT: "person", Aspect.POLICY: "archive", Aspect.REPLY: "reply"}


@dataclass(frozen=True, slots=True)
class Known:
    """Something named in the text and what is known of it; `open` where it is not decided."""

    text: str
    meaning: str = ""
    kind: str = ""
    open: bool = False
    accused: bool = False


@dataclass(frozen=True, slots=True)
class ElementLine:
    label: str
    items: tuple[Known, ...]


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A quote; `label` where it is at the same time 何事 or 诉求, which then need no line of their own."""

    text: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class AspectLine:
    """Toward what: word + icon + colour, and the words of the letter that say it."""

    badge: Badge
    word: str
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MatterLine:
    number: int
    topic: str
    confidence: float
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    summary: tuple[SummaryLine, ...]
    elements: tuple[ElementLine, ...]
    tone: Badge
    emotion: Badge | None
    aspects: tuple[AspectLine, ...]
    places: tuple[Known, ...]
    times: tuple[Known, ...]
    organisations: tuple[Known, ...]
    matters: tuple[MatterLine, ...]


def read_findings(analysis: Analysis, submission: Submission, directory: Directory) -> Findings:
    """Title and body are those that the analysis read: its spans point into title + newline + body."""
    title, body = submission.title, submission.body
    text = f"{title}\n{body}"
    elements = _elements(analysis, submission.place, directory)
    summary = summary_of(title, body, analysis.summary)
    labels = {item.text: line.label for line in elements for item in line.items if item.text in summary}
    return Findings(
        summary=tuple(SummaryLine(line, labels.get(line, "")) for line in summary),
        elements=tuple(line for line in elements if not line.items or any(i.text not in labels for i in line.items)),
        tone=tone_badge(analysis.sentiment, analysis.sentiment_score),
        emotion=emotion_badge(analysis),
        aspects=tuple(
            AspectLine(
                badge=Badge(_toward(tone), _ASPECT_ICONS[tone.aspect], _colour(tone.aspect, tone.sentiment)),
                word=_strength(tone.score),
                quotes=tuple(_distinct(_cut(text, span) for span in tone.evidence))[:_QUOTES],
            )
            for tone in analysis.aspects
            if tone.sentiment is not Sentiment.NEUTRAL
        ),
        places=_once(
            Known(p.text, place_words(p, directory), p.kind.label, open=not p.region_code) for p in analysis.places
        ),
        times=_once(Known(t.text, time_words(t), open=t.first is None) for t in analysis.times),
        organisations=_once(
            Known(
                o.text,
                directory.department_name(o.department_id) if o.department_id else "",
                o.kind.label,
                accused=o.accused,
            )
            for o in sorted(analysis.organisation_mentions, key=lambda o: not o.accused)
        ),
        matters=tuple(
            MatterLine(
                number,
                directory.topic_name(matter.topic_code) or "类别未定",
                matter.confidence,
                tuple(_cut(text, span) for span in matter.sentences),
            )
            for number, matter in enumerate(analysis.matters, start=1)
        ),
    )


def summary_of(title: str, body: str, spans: Iterable[TextSpan]) -> tuple[str, ...]:
    """The key sentences, as they stand in the text; those that point outside it are left out."""
    text = f"{title}\n{body}"
    return tuple(said for span in spans if (said := _cut(text, span)))


def telling_tone(analysis: Analysis) -> list[Badge]:
    """What a dispatcher should know of the tone: a feeling, and whom it is about; most letters say neither."""
    feeling = emotion_badge(analysis)
    badges = [feeling] if feeling else []
    blamed = [a.aspect for a in analysis.aspects if a.sentiment is Sentiment.NEGATIVE and a.aspect is not Aspect.MATTER]
    return [*badges, *(Badge(f"不满：{aspect.label}", _ASPECT_ICONS[aspect], "plain") for aspect in blamed)]


def emotion_badge(analysis: Analysis) -> Badge | None:
    """愤怒; 可能愤怒, in a quiet colour, where it is less than likely."""
    if analysis.emotion is Emotion.NONE:
        return None
    badge = state_of(analysis.emotion)
    return badge if analysis.emotion_confidence >= _LIKELY else Badge(f"可能{badge.word}", badge.icon, "quiet")


def tone_badge(sentiment: Sentiment, score: float) -> Badge:
    """负面，强烈."""
    badge = state_of(sentiment)
    word = badge.word if sentiment is Sentiment.NEUTRAL else f"{badge.word}，{_strength(score)}"
    return Badge(word, badge.icon, badge.tone)


def place_words(place: PlaceMention, directory: Directory) -> str:
    """The region it is or lies in; 甲区或乙区 where the name alone does not tell; empty where nobody knows it."""
    if place.region_code:
        return _region(place.region_code, directory)
    names = [_region(code, directory) for code in place.candidates]
    return f"{'或'.join(_distinct(names))}，请确认" if names else ""


def time_words(time: TimeMention) -> str:
    """The days meant: 2026年11月3日, 2026年10月1日至7日; empty where there is no day to count from."""
    if time.first is None:
        return ""
    first, last = time.first, time.last or time.first
    if first == last:
        return _day(first)
    if first.day == 1 and (first.year, first.month) == (last.year, last.month) and _is_last_of_month(last):
        return f"{first.year}年{first.month}月"
    if (first.month, first.day, last.month, last.day, first.year) == (1, 1, 12, 31, last.year):
        return f"{first.year}年"
    if first.year != last.year:
        return f"{_day(first)}至{_day(last)}"
    return f"{_day(first)}至{f'{last.month}月' if first.month != last.month else ''}{last.day}日"


def organisation_words(organisation: OrganisationMention, directory: Directory) -> str:
    """部门单位，被投诉：市住建局."""
    said = f"{organisation.kind.label}{'，被投诉' if organisation.accused else ''}"
    name = directory.department_name(organisation.department_id) if organisation.department_id else ""
    return f"{said}：{name}" if name else said


def _elements(analysis: Analysis, declared_place: str, directory: Directory) -> tuple[ElementLine, ...]:
    """All five, also those that the letter does not say: what is missing has to be asked for."""
    lines = []
    for element in Element:
        items = []
        for found in analysis.elements:
            if found.element is not element:
                continue
            meaning, open_ = "", False
            if element is Element.WHERE:
                inside = [p for p in analysis.places if found.start <= p.start and p.end <= found.end]
                # the smallest place says most: 红星路 in 甲区红星路
                meaning = place_words(inside[-1], directory) if inside else ""
                open_ = bool(inside) and not inside[-1].region_code and bool(inside[-1].candidates)
            elif element is Element.WHEN:
                times = [t for t in analysis.times if found.start <= t.start and t.end <= found.end]
                meaning = time_words(times[0]) if times else ""
            items.append(Known(found.text, "" if meaning == found.text else meaning, open=open_))
        if element is Element.WHERE and not items and declared_place:
            items.append(Known(declared_place, "诉求人填写"))
        lines.append(ElementLine(element.label, _once(items)))
    return tuple(lines)


def _toward(tone: AspectTone) -> str:
    if tone.aspect is Aspect.MATTER:
        return "说事情不好" if tone.sentiment is Sentiment.NEGATIVE else "说事情好"
    return f"对{tone.aspect.label}{'不满' if tone.sentiment is Sentiment.NEGATIVE else '满意'}"


def _strength(score: float) -> str:
    return "强烈" if abs(score) >= _STRONG else "较强" if abs(score) >= _CLEAR else "轻微"


def _colour(aspect: Aspect, sentiment: Sentiment) -> BadgeTone:
    if sentiment is not Sentiment.NEGATIVE:
        return "quiet"
    return "plain" if aspect is Aspect.MATTER else "soon"


def _region(code: str, directory: Directory) -> str:
    """Empty for a region that the directory does not know."""
    return directory.city.name if code == directory.city.region_code else directory.region_name(code)


def _cut(text: str, span: TextSpan) -> str:
    return text[span.start : span.end] if 0 <= span.start < span.end <= len(text) else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _is_last_of_month(day: date) -> bool:
    return (day.toordinal() + 1) == date(day.year + day.month // 12, day.month % 12 + 1, 1).toordinal()


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _once(items: Iterable[Known]) -> tuple[Known, ...]:
    """Each once, by what is read: the same street four times in a letter is one street."""
    found: dict[tuple[str, str], Known] = {}
    for item in items:
        found.setdefault((item.text, item.meaning), item)
    return tuple(found.values())
