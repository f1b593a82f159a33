"""What is new, gone or changed since the last report of the same kind? Pure."""

from dataclasses import dataclass

from dashboards.briefs.document import Document


@dataclass(frozen=True, slots=True)
class Change:
    label: str
    before: str
    now: str


@dataclass(frozen=True, slots=True)
class Difference:
    """`new`, `gone`: the issues named in one of the two alone. `changed`: figures of both whose value differs."""

    new: tuple[tuple[int, str], ...]
    gone: tuple[tuple[int, str], ...]
    changed: tuple[Change, ...]


def compare(now: Document, earlier: Document, *, most: int = 40) -> Difference:
    """Figures are the same by their key: 受理 of this month is compared with what the last report called so."""
    before = {figure.key: figure for figure in earlier.figures}
    changed = [
        Change(figure.label, before[figure.key].text, figure.text)
        for figure in now.figures
        if figure.key in before and ":day:" not in figure.key and before[figure.key].text != figure.text
    ]
    ids_now, ids_before = {id_ for id_, _ in now.hot}, {id_ for id_, _ in earlier.hot}
    return Difference(
        new=tuple(pair for pair in now.hot if pair[0] not in ids_before),
        gone=tuple(pair for pair in earlier.hot if pair[0] not in ids_now),
        changed=tuple(changed[:most]),
    )
