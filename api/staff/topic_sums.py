"""How the classifier comes to the topic of a case, word by word: for who asks, computed when asked."""

from dataclasses import dataclass

from api.runtime import Runtime
from api.staff.casework import load_case
from intake.repository import get_submission
from models.account import Account
from models.analysis import AnalyserInput
from models.case import Case
from models.database import Connection
from models.errors import Conflict
from nlp.topics.word_shares import WordShares
from routing import analysis_repository

# Topics side by side: the best, and the one it was held against.
COMPARED = 2
# Of this the answer depends beside the text.
_PARTS = ("cleaning", "segmentation", "topic")


@dataclass(frozen=True, slots=True)
class TopicSum:
    """`classifier` is the version whose sum this is: the one that spoke about the case (`as_analysed`), or another that
    speaks today."""

    case: Case
    shares: WordShares
    classifier: str
    as_analysed: bool


def add_up_topic(conn: Connection, runtime: Runtime, account: Account, case_number: str) -> TopicSum:
    """The best suggestions of the case's analysis. Raises `NotFound` for a case that is not this person's to see,
    `Conflict` where there is nothing to add up: no suggestion, or a classifier that is no sum of words."""
    case, _ = load_case(conn, account, case_number)
    submission = get_submission(conn, case.submission_id)
    analysis = analysis_repository.list_analyses(conn, [case.submission_id])[case.submission_id]
    pipeline = runtime.analyser(conn)
    codes = [suggestion.topic_code for suggestion in analysis.suggestions[:COMPARED]]
    if not codes:
        raise Conflict("分析时没有任何类别的依据，没有得分可以相加。")
    text = AnalyserInput(submission.title, submission.body, submission.channel.value, submission.place)
    shares = pipeline.word_shares(text, codes)
    if shares is None:
        raise Conflict("现在使用的类别模型不是逐词相加的，不能列出每个词的得分。")
    return TopicSum(
        case=case,
        shares=shares,
        classifier=pipeline.versions["topic"],
        as_analysed=all(analysis.versions.get(part) == pipeline.versions[part] for part in _PARTS),
    )
