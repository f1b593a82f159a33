"""What a classifier of the whole taxonomy is worth on the hands it had not read, in a few figures for its card."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nlp.corpus import OUTSIDE
from nlp.topics import no_matter
from nlp.topics.appeal_learning import TYPES
from nlp.topics.evaluation import score
from nlp.topics.taxonomy_training import TaxonomyTraining, Unseen


def judge_corpus(training: TaxonomyTraining) -> dict[str, Any]:
    """Accuracy and macro-F1 of sub-topic, first-level topic and kind of appeal, and how well what is no matter of the
    city is told apart."""
    unseen = training.corpus
    inside = np.array([code != OUTSIDE for code in unseen.gold], dtype=np.bool_)
    gold = [code for code in unseen.gold if code != OUTSIDE]
    shares = unseen.shares[inside]
    said = [unseen.codes[place] for place in shares.argmax(axis=1).tolist()]
    top, top_said = [code[:3] for code in gold], _tops(unseen, shares)
    appeals = training.corpus_appeals
    kinds = [TYPES[place].value for place in appeals.unseen.argmax(axis=1).tolist()]
    return {
        "letters": len(gold),
        "sub_topic": _figures(gold, said, shares.max(axis=1).tolist()),
        "first_level": _figures(top, top_said, shares.max(axis=1).tolist()),
        "among_three": _among_three(shares, [unseen.codes.index(code) for code in gold]),
        "appeal_type": _figures([kind.value for kind in appeals.gold], kinds, appeals.unseen.max(axis=1).tolist()),
        "outside_found": float(np.mean(unseen.outside[~inside] >= no_matter.FROM)) if not inside.all() else None,
        "outside_false": float(np.mean(unseen.outside[inside] >= no_matter.FROM)),
    }


def _tops(unseen: Unseen, shares: Any) -> list[str]:
    tops = sorted({code[:3] for code in unseen.codes})
    members = np.array([[code[:3] == top for top in tops] for code in unseen.codes], dtype=np.float64)
    return [tops[place] for place in (shares @ members).argmax(axis=1).tolist()]


def _among_three(shares: Any, places: Sequence[int]) -> float:
    own = shares[np.arange(len(places)), places]
    return float(np.mean((shares > own[:, None]).sum(axis=1) < 3))


def _figures(gold: Sequence[str], said: Sequence[str], sure: Sequence[float]) -> Mapping[str, float]:
    scores = score(gold, said, sure, [False] * len(gold))
    return {"accuracy": scores.accuracy, "macro_f1": scores.macro_f1, "ece": scores.ece}
