"""Which earlier submissions does a batch repeat? The same text, nearly the same, the same person about the same matter.

The last step of the batch's transaction. Copies are linked, never refused or merged: two neighbours who sign one letter
are two voices, and a person decides about merging.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from models.analysis import Analysis
from models.database import Connection
from models.link import LinkKind, SubmissionLink
from models.submission import Submission
from nlp.alike.minhash import SHARED, SHORT, minima
from nlp.alike.near_duplicates import CERTAIN, SUGGESTED, Fingerprint, fingerprint, likeness
from nlp.alike.telling import shared_words
from routing.alike import near_duplicate_repository as repository
from routing.alike import similar_case_repository
from routing.alike.near_duplicate_repository import PersonsPair, Text

# A person who writes again within so many days about the same matter repeats it (重复诉求).
REPEATED_WITHIN = timedelta(days=90)
# Cosine of the telling words from which on two letters of one person are one matter: of the same topic, of any topic.
SAME_TOPIC, ANY_TOPIC = 0.3, 0.5
# So many links of a kind are kept of one text, the closest; a copy's own origin is always looked at too.
_KEPT = 3
_WORDS = 5
Keys = dict[int, int]


def link_batch(conn: Connection, items: Sequence[tuple[Submission, Analysis]], *, actor: str, now: datetime) -> int:
    """Link the submissions of a batch with those before them and with each other; how many links were found.

    To be called last: it takes the lock of `near_duplicate_repository`, which others wait for until the commit.
    """
    ids = [submission.id for submission, _ in items]
    telling = [(submission.id, analysis.telling) for submission, analysis in items if analysis.telling]
    similar_case_repository.add_telling(conn, telling, actor=actor)
    texts = repository.list_texts(conn, ids)
    keys = {submission.id: _keys(texts[submission.id], analysis.signature) for submission, analysis in items}
    comparison = _Comparison(conn, texts)
    seen = repository.get_last_entry(conn)
    asked = [(number, key, weight) for number, id_ in enumerate(ids) for key, weight in keys[id_].items()]
    found: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for number, other, weight in repository.list_sharing(conn, asked, least=SHARED):
        found[ids[number]][other] = weight
    for id_, origins in comparison.origins(found).items():
        for origin in origins:
            found[id_].setdefault(origin, 0)
    links = comparison.compare(found, now)
    repository.lock_entries(conn)
    late = [(other, dict.fromkeys(shared, 1)) for other, shared in repository.list_entries_after(conn, seen)]
    links += comparison.compare(_sharing(keys, late), now)
    repository.add_signatures(conn, [(id_, list(own)) for id_, own in keys.items()], actor=actor)
    kept = [*_closest(links), *_persons(repository.list_persons_pairs(conn, ids, within=REPEATED_WITHIN), now)]
    repository.add_links(conn, kept, actor=actor)
    return len(kept)


def _keys(text: Text, signature: bytes) -> Keys:
    """What a text is looked for by, each with its weight: two of its minima, or all of its words."""
    found = minima(signature)
    weight = SHARED if len(found) < SHORT else 1
    # below zero, where no minimum is
    whole = -1 - (int.from_bytes(text.content_hash[:8], "big") >> 8)
    return dict.fromkeys(found, weight) | {whole: SHARED}


def _sharing(keys: Mapping[int, Keys], late: Iterable[tuple[int, Keys]]) -> dict[int, Counter[int]]:
    """For each of the batch which of `late`, and of the batch before it, share enough; the best of them."""
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for other, own in late:
        for key in own:
            holders[key].append(other)
    found: dict[int, Counter[int]] = {}
    for id_, own in keys.items():
        shared: Counter[int] = Counter()
        for key, weight in own.items():
            # the oldest: of a batch full of copies all are linked with the first
            for other in holders[key][: repository.NEWEST]:
                shared[other] += weight
            holders[key].append(id_)
        enough = [(other, weight) for other, weight in shared.most_common() if weight >= SHARED]
        found[id_] = Counter(dict(enough[: repository.COMPARED]))
    return found


class _Comparison:
    """Compares texts whole; each is read and cut up once."""

    def __init__(self, conn: Connection, texts: dict[int, Text]) -> None:
        self._conn = conn
        self._texts = texts
        self._fingerprint = lru_cache(maxsize=None)(self._read)

    def origins(self, found: Mapping[int, Iterable[int]]) -> dict[int, set[int]]:
        """For each text what its copies are copies of: so that all of them lead to the first."""
        others = {other for shared in found.values() for other in shared}
        first: defaultdict[int, set[int]] = defaultdict(set)
        for copy, origin in repository.list_origins(self._conn, list(others)):
            first[copy].add(origin)
        return {id_: {origin for other in shared for origin in first[other]} - {id_} for id_, shared in found.items()}

    def compare(self, found: Mapping[int, Mapping[int, int]], now: datetime) -> list[SubmissionLink]:
        wanted = {other for shared in found.values() for other in shared} - self._texts.keys()
        if wanted:
            self._texts |= repository.list_texts(self._conn, list(wanted))
        pairs = ((id_, other, weight) for id_, shared in found.items() for other, weight in shared.items())
        links = (self._link(id_, other, weight, now) for id_, other, weight in pairs if other in self._texts)
        return [link for link in links if link is not None]

    def _link(self, id_: int, other: int, weight: int, now: datetime) -> SubmissionLink | None:
        here, there = self._texts[id_], self._texts[other]
        exact = here.content_hash == there.content_hash
        score = 1.0 if exact else likeness(self._fingerprint(id_), self._fingerprint(other))
        if score < SUGGESTED:
            return None
        earlier, later = sorted((here, there), key=lambda text: (text.submitted_at, text.id))
        return SubmissionLink(
            submission_id=later.id,
            earlier_id=earlier.id,
            kind=LinkKind.EXACT if exact else LinkKind.NEAR,
            score=round(score, 3),
            certain=score >= CERTAIN,
            evidence={} if exact else {"shared_minima": weight},
            found_at=now,
        )

    def _read(self, id_: int) -> Fingerprint:
        return fingerprint(self._texts[id_].title, self._texts[id_].body)


def _closest(links: Iterable[SubmissionLink]) -> list[SubmissionLink]:
    """The closest few of each text, among equals the oldest; each pair once."""
    of_text: defaultdict[int, dict[int, SubmissionLink]] = defaultdict(dict)
    for link in links:
        of_text[link.submission_id].setdefault(link.earlier_id, link)
    ranked = (sorted(found.values(), key=lambda link: (-link.score, link.earlier_id)) for found in of_text.values())
    return [link for found in ranked for link in found[:_KEPT]]


def _persons(pairs: Iterable[PersonsPair], now: datetime) -> list[SubmissionLink]:
    """What one person says again about the same matter; each pair once, the closest few of each text."""
    links = []
    for pair in pairs:
        score, words = shared_words(
            dict(zip(pair.words, pair.weights, strict=True)),
            dict(zip(pair.other_words, pair.other_weights, strict=True)),
        )
        one_topic = pair.topic_code is not None and pair.topic_code == pair.other_topic_code
        if score < (SAME_TOPIC if one_topic else ANY_TOPIC):
            continue
        (_, earlier), (_, later) = sorted(
            ((pair.submitted_at, pair.id), (pair.other_submitted_at, pair.other_id)),
        )
        links.append(
            SubmissionLink(
                submission_id=later,
                earlier_id=earlier,
                kind=LinkKind.SAME_PERSON,
                score=round(score, 3),
                certain=one_topic and score >= ANY_TOPIC,
                evidence={"words": [[k.word, k.weight] for k in words[:_WORDS]]},
                found_at=now,
            )
        )
    return _closest(links)
