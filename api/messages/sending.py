"""What can go wrong on the way to another machine, beside not arriving, and how it is said on a page."""

import ssl

from models.errors import Unavailable


class Unanswered(Unavailable):
    """已经发出，没有收到回答，是否送达不明。"""


def what_happened(error: Exception) -> str:
    """A failure of the line in words for whoever reads the state of a message."""
    match error:
        case TimeoutError():
            return "等了太久"
        case ConnectionRefusedError():
            return "对方没有接通"
        case ssl.SSLError():
            return "加密连接没有建立，证书可能有误"
        case ConnectionError():
            return "连接中断"
        case _:
            return "网络出错"
