"""An SMS by the city's own gateway: one HTTP request from a template, because every gateway wants another one."""

import hashlib
import hmac
import json
import re
from datetime import datetime
from urllib.parse import quote_plus

from api.messages.webhooks import Refused, Request, post, read_target
from models.errors import Unavailable
from models.settings import Settings

_FIELD = re.compile(r"\{(phone|text|id)\}")


def is_configured(settings: Settings) -> bool:
    return settings.sms_url is not None


def make_request(settings: Settings, phone: str, text: str, *, message_id: int, now: datetime) -> Request:
    """What is posted. The same message has the same id: a gateway that knows it sends it once. Raises `Refused` for a
    header that is none."""
    form = settings.sms_type.startswith("application/x-www-form-urlencoded")
    values = {"phone": phone, "text": text, "id": str(message_id)}

    def put_in(field: re.Match[str]) -> str:
        value = values[field[1]]
        return quote_plus(value) if form else json.dumps(value, ensure_ascii=False)[1:-1]

    # in one pass: words in a message that look like a field are words
    content = _FIELD.sub(put_in, settings.sms_body).encode()
    headers = {"Content-Type": settings.sms_type, "User-Agent": "wenzheng", "X-Wenzheng-Delivery": str(message_id)}
    if settings.sms_header:
        key, colon, value = settings.sms_header.get_secret_value().partition(":")
        if not colon or not key.strip().isascii() or not (key.strip() and value.strip()):
            raise Refused("短信网关的请求头应写成“名称: 值”。")
        headers[key.strip()] = value.strip()
    if settings.sms_secret:
        stamp = str(int(now.timestamp()))
        digest = hmac.digest(
            settings.sms_secret.get_secret_value().encode(), stamp.encode() + b"." + content, hashlib.sha256
        )
        headers |= {"X-Wenzheng-Timestamp": stamp, "X-Wenzheng-Signature": f"sha256={digest.hex()}"}
    return Request(content, headers)


def send_sms(settings: Settings, phone: str, text: str, *, message_id: int, now: datetime) -> None:
    """Raises as `webhooks.post` does, and `Unavailable` where the gateway did not take it."""
    assert settings.sms_url is not None
    target = read_target(settings.sms_url, allow_private=settings.sms_allow_private)
    request = make_request(settings, phone, text, message_id=message_id, now=now)
    answer = post(target, request, allow_private=settings.sms_allow_private)
    if settings.sms_success and settings.sms_success.encode() not in answer:
        raise Unavailable("短信网关没有接受这条短信。")
