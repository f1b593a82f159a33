"""How exactly may a case that nobody has looked at name its topic: sub-topic, first-level topic, or neither? Pure.

Who leads is decided before and for itself (`routing.rules`): the confidence in a unit is that of all sub-topics of one
parent that it leads, so a letter is dispatched while its sub-topic is open, and goes to triage where the sub-topics it
may belong to lead to different units. What the case then says of its topic keeps the same promise, level by level: at
most x % of the named sub-topics are wrong, and at most x % of the named first-level topics.
"""

from models.analysis import Analysis
from models.classifier import TopicLevel
from routing.directory import Directory


def promised_topic(directory: Directory, analysis: Analysis) -> str | None:
    """The most exact topic whose promise is kept: the sub-topic that the program names, the topic above it with the
    sub-topic left open, or None. Where nothing is promised, or nothing is known yet, what the program names."""
    code = analysis.topic_code
    if code is None:
        return None
    above = first_level(directory, code)
    for named, level in ((code, TopicLevel.SUB_TOPIC), (above, TopicLevel.FIRST_LEVEL)):
        if named == above and level is TopicLevel.SUB_TOPIC:
            continue
        needed = directory.promise.needed_to_name(analysis.versions.get("topic", ""), level, above)
        if needed is None or level_confidence(analysis, level) >= needed:
            return named
    return None


def open_topics(directory: Directory, topic_code: str | None) -> list[str]:
    """The sub-topics between which a case leaves open what it is about: those below its first-level topic, all where
    it names none, no one where it names one."""
    return [
        topic.code
        for topic in directory.topics.values()
        if topic.parent_code is not None and topic_code in (None, topic.parent_code)
    ]


def level_confidence(analysis: Analysis, level: TopicLevel) -> float:
    """How sure the program is at this level. For the first level that of topic and unit together counts, so that a
    case whose first-level topic is named is one whose unit is known too; for the sub-topic its own, where told."""
    best = analysis.suggestions[0] if analysis.suggestions else None
    if level is TopicLevel.FIRST_LEVEL or best is None or best.own_confidence is None:
        return analysis.topic_confidence
    return min(best.own_confidence, analysis.topic_confidence)


def first_level(directory: Directory, code: str) -> str:
    topic = directory.topics.get(code)
    return (topic.parent_code or code) if topic else code


def as_exactly_as(directory: Directory, said: str, named: str) -> str:
    """What the program said, no more exact than what a person named: the first-level topic where only that is known."""
    return named if first_level(directory, said) == named else said
