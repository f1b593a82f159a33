"""By what rule were the cases drawn that a rate is over? In a sentence, to stand beside it."""

from dashboards.daily_facts.facts import fetch_rows
from models.analysis import AppealType
from models.callback import CallbackDraw, sampling_words
from models.database import Connection


def sampling_note(conn: Connection) -> str:
    """Of the version in force; earlier ones are named where there are any. "" before anything was drawn."""
    rows = fetch_rows(conn, "callback_rules", {})
    if not rows:
        return ""
    newest = rows[0]
    words = sampling_words(
        version=newest["version"],
        share=newest["share"],
        shares={AppealType(kind): share for kind, share in newest["shares"].items()},
        always=[CallbackDraw(reason) for reason in newest["always"]],
        attempts=newest["attempts"],
        basically_counts=newest["basically_counts"],
    )
    return f"{words}；此前办结的按当时的版本抽取。" if len(rows) > 1 else f"{words}。"
