"""What can go wrong on the way to another machine, beside not arriving."""

from models.errors import Unavailable


class Unanswered(Unavailable):
    """已经发出，没有收到回答，是否送达不明。"""
