"""Where alerts are sent: checking an address that an administrator gives, sealing it, opening it to send."""

import json
import os
import re
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from api.account_repository import add_administration_event
from api.messages.webhooks import read_target
from models.alert import AlertChannel, DeliveryKind, RiskLevel, WebhookFormat
from models.database import Connection
from models.errors import Invalid, Unavailable
from models.settings import Settings
from routing.alerts import delivery_repository

_NONCE_BYTES = 12
_BOUND_TO = b"alert-channel/1"
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChannel:
    """What an administrator gives. `secret` signs; of a robot it is the platform's.
    `case_notices`: it also takes what happens to cases."""

    kind: DeliveryKind
    name: str
    address: str
    shape: WebhookFormat | None = None
    secret: str = field(default="", repr=False)
    least_severity: RiskLevel = RiskLevel.YELLOW
    department_id: str | None = None
    allow_private: bool = False
    case_notices: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """What is needed to send. Never printed."""

    address: str = field(repr=False)
    secret: str = field(repr=False)


def add_channel(conn: Connection, settings: Settings, new: NewChannel, *, actor: str, now: datetime) -> int:
    """Raises `Invalid` naming the field. A name that lies in a private network is refused when something is sent."""
    fields = {}
    name, address = new.name.strip(), new.address.strip()
    if not 1 <= len(name) <= 50 or "\0" in name:
        fields["name"] = "请填写1到50个字的名称"
    shown = ""
    if new.kind is DeliveryKind.EMAIL:
        if not _MAIL.fullmatch(address):
            fields["address"] = "请填写一个邮箱地址"
        shown = address
    else:
        if new.shape is None:
            fields["shape"] = "请选择格式"
        try:
            target = read_target(address, allow_private=new.allow_private)
            shown = f"{'https' if target.secure else 'http'}://{target.host}"
        except Invalid as error:
            fields["address"] = error.message.rstrip("。")
        if len(address) > 500 or len(new.secret) > 200 or "\0" in new.secret:
            fields["address"] = "内容过长或有无法识别的字符"
    if fields:
        raise Invalid("有几处需要修改。", fields)
    channel_id = delivery_repository.add_channel(
        conn,
        kind=new.kind,
        name=name,
        shape=new.shape if new.kind is DeliveryKind.WEBHOOK else None,
        shown=shown,
        sealed=seal(settings, address, new.secret),
        least_severity=new.least_severity,
        department_id=new.department_id,
        allow_private=new.allow_private and new.kind is DeliveryKind.WEBHOOK,
        case_notices=new.case_notices,
        actor=actor,
    )
    payload = {"channel": channel_id, "kind": new.kind.value, "shown": shown}
    add_administration_event(conn, action="alert_channel.add", payload=payload, actor=actor, now=now)
    return channel_id


def set_active(conn: Connection, channel_id: int, active: bool, *, actor: str, now: datetime) -> None:
    """Raises `NotFound`."""
    delivery_repository.set_channel_active(conn, channel_id, active, actor=actor)
    action = "alert_channel.activate" if active else "alert_channel.deactivate"
    add_administration_event(conn, action=action, payload={"channel": channel_id}, actor=actor, now=now)


def seal(settings: Settings, address: str, secret: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    plain = json.dumps([address, secret]).encode()
    return nonce + AESGCM(_key(settings)).encrypt(nonce, plain, _BOUND_TO)


def open_channel(settings: Settings, channel: AlertChannel) -> Opened:
    """Raises `Unavailable` where the installation's key is another one than when it was added."""
    sealed = bytes(channel.sealed)
    try:
        plain = AESGCM(_key(settings)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _BOUND_TO)
    except (InvalidTag, ValueError) as error:
        raise Unavailable("推送地址无法打开：密钥与添加时不同，请重新添加。") from error
    return Opened(*json.loads(plain))


def _key(settings: Settings) -> bytes:
    """A subkey of its own, as in intake/encryption.py: a leak of one tells nothing about the others."""
    secret = settings.secret_key.get_secret_value().encode()
    return HKDF(SHA256(), 32, salt=b"wenzheng", info=b"alert-channels/1").derive(secret)
