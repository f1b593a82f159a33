"""A message by e-mail, through the city's own mail server."""

import smtplib
import ssl
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from api.sending import Unanswered
from models.errors import Unavailable
from models.settings import Settings

_TIMEOUT = 15.0


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
    """Raises `Unavailable` with what went wrong, never the password; `Unanswered` where the server may have it."""
    assert settings.smtp_host is not None
    try:
        with _connect(settings, settings.smtp_host) as server:
            if settings.smtp_security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.smtp_user and settings.smtp_password:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            try:
                server.send_message(message)
            except (smtplib.SMTPServerDisconnected, TimeoutError) as error:
                raise Unanswered(f"邮件已经发出，没有收到回答：{type(error).__name__}。") from error
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable(f"邮件没有发出：{type(error).__name__}。") from error


def _connect(settings: Settings, host: str) -> smtplib.SMTP:
    if settings.smtp_security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, settings.smtp_port, timeout=_TIMEOUT, context=context)
    return smtplib.SMTP(host, settings.smtp_port, timeout=_TIMEOUT)
