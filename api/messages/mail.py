"""A message by e-mail, through the city's own mail server."""

import contextlib
import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from api.messages.sending import Unanswered, what_happened
from api.messages.webhooks import Refused
from models.errors import Unavailable
from models.settings import Settings

_TIMEOUT = 15.0
_FOR_GOOD = 500


def is_configured(settings: Settings) -> bool:
    return settings.smtp_host is not None


def make_mail(
    settings: Settings, to: str, subject: str, text: str, *, delivery_id: int, now: datetime, what: str = "alert"
) -> EmailMessage:
    """The same delivery has the same number: who gets it twice can tell."""
    message = EmailMessage()
    message["Subject"] = " ".join(subject.split())
    message["From"] = settings.smtp_from
    message["To"] = to
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{what}-{delivery_id}@{settings.smtp_from.rpartition('@')[2] or 'wenzheng'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message


def send_mail(settings: Settings, message: EmailMessage) -> None:
    """Raises `Unavailable` with what went wrong, never the password; `Unanswered` where the server may have it;
    `Refused` where it will never take it (RFC 5321, 4.2.1: a reply of 5xx is for good, one of 4xx for now)."""
    assert settings.smtp_host is not None
    try:
        server = _connect(settings, settings.smtp_host)
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(f"邮件没有发出：{_said(error)}。") from error
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)
    except (smtplib.SMTPException, OSError) as error:
        if server.has_text:
            raise Unanswered("邮件已经发出，没有收到回答。") from error
        codes = _codes(error)
        if codes and min(codes) >= _FOR_GOOD:
            raise Refused(f"对方不收这封邮件（{codes[0]}）。") from error
        raise Unavailable(f"邮件没有发出：{_said(error)}。") from error
    finally:
        # it was taken or not before this: what is answered to a farewell changes nothing
        with contextlib.suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


class _Listening(smtplib.SMTP):
    """Remembers whether the server has the text and has said nothing to it yet: 354 is its word to send it."""

    has_text = False

    def getreply(self) -> tuple[int, bytes]:
        code, reply = super().getreply()
        self.has_text = code == 354
        return code, reply


class _ListeningSecurely(_Listening, smtplib.SMTP_SSL):
    pass


def _connect(settings: Settings, host: str) -> _Listening:
    if settings.smtp_security == "tls":
        context = ssl.create_default_context()
        return _ListeningSecurely(host, settings.smtp_port, timeout=_TIMEOUT, context=context)
    return _Listening(host, settings.smtp_port, timeout=_TIMEOUT)


def _codes(error: Exception) -> list[int]:
    """What the server answered to the address or to the text; what it says to our name or password is our business."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [error.smtp_code] if isinstance(error, smtplib.SMTPDataError) else []


def _said(error: Exception) -> str:
    """The number of an answer, or what happened to the line."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return f"邮件服务器回答 {_codes(error)[0]}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"邮件服务器回答 {error.smtp_code}"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "连接中断"
    if isinstance(error, smtplib.SMTPException):
        return "邮件服务器不支持要求的加密或登录方式"
    return what_happened(error)
