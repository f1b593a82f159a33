"""A message to another program: signed, in the shape it reads, to no place that an administrator did not mean."""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote_plus, urlsplit

from api.messages.sending import Unanswered, what_happened
from models.alert import WebhookFormat
from models.errors import Invalid, Unavailable

# Seconds for connecting and for each answer, and for everything together.
_TIMEOUT, _DEADLINE = 5.0, 15.0
_LONGEST_ANSWER = 64 * 1024
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Invalid):
    """这个地址不能推送。"""


@dataclass(frozen=True, slots=True)
class Target:
    """`path` with its query, as it is asked for."""

    host: str
    port: int
    path: str
    secure: bool


@dataclass(frozen=True, slots=True)
class Request:
    body: bytes
    headers: Mapping[str, str]
    # added to the address
    query: str = ""


def read_target(url: str, *, allow_private: bool) -> Target:
    """Raises `Refused` for what is no plain web address. Without encryption only private addresses are spoken to."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("推送地址的写法有误。") from None
    if parts.scheme not in ("https", "http") or not parts.hostname or parts.username or parts.password:
        raise Refused("推送地址应以 https:// 开头，不含用户名和密码。")
    if not url.isascii() or any(c <= " " or c == "\x7f" for c in url):
        raise Refused("推送地址里有无法识别的字符。")
    if parts.scheme == "http" and not allow_private:
        raise Refused("推送地址应以 https:// 开头。")
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.hostname, port or (443 if secure else 80), path, secure)


def resolve(target: Target, *, allow_private: bool) -> str:
    """The address to connect to: asked once, so that it cannot change between the look and the call. Raises `Refused`
    where any of the name's addresses lies in a private network, `Unavailable` where the name is not known."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # a name with an empty or too long part
        raise Unavailable(f"找不到 {target.host} 的地址。") from error
    addresses = [str(entry[4][0]).split("%")[0] for entry in found]
    if not addresses:
        raise Unavailable(f"找不到 {target.host} 的地址。")
    if not allow_private and not all(map(is_public, addresses)):
        raise Refused("推送地址在内部网络。确需推送的，请由管理员勾选“允许内部地址”。")
    return addresses[0]


def is_public(text: str) -> bool:
    """Whether the address lies in no private, local or special network, however it is written."""
    address = ipaddress.ip_address(text)
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return is_public(str(address.ipv4_mapped))
        if address in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)))
        if address.sixtofour or address.teredo:
            return False
    return address.is_global and not address.is_multicast


def make_request(
    shape: WebhookFormat, message: Mapping[str, object], text: str, secret: str, *, delivery_id: int, now: datetime
) -> Request:
    """The body and how it is signed. `message` is our own shape, `text` what a robot says; no secret, no signature."""
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "wenzheng"}
    if shape is WebhookFormat.WECOM:
        return Request(_json({"msgtype": "text", "text": {"content": text}}), headers)
    if shape is WebhookFormat.DINGTALK:
        stamp = str(int(now.timestamp() * 1000))
        sign = _base64(hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256))
        query = f"timestamp={stamp}&sign={quote_plus(sign)}" if secret else ""
        return Request(_json({"msgtype": "text", "text": {"content": text}}), headers, query)
    if shape is WebhookFormat.FEISHU:
        stamp = str(int(now.timestamp()))
        content: dict[str, object] = {"msg_type": "text", "content": {"text": text}}
        if secret:
            # the platform's own rule: the secret is part of the key, the message is empty
            content |= {
                "timestamp": stamp,
                "sign": _base64(hmac.digest(f"{stamp}\n{secret}".encode(), b"", hashlib.sha256)),
            }
        return Request(_json(content), headers)
    body, stamp = _json(message), str(int(now.timestamp()))
    headers |= {"X-Wenzheng-Delivery": str(delivery_id), "X-Wenzheng-Timestamp": stamp}
    if secret:
        digest = hmac.digest(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
        headers["X-Wenzheng-Signature"] = f"sha256={digest.hex()}"
    return Request(body, headers)


def send(target: Target, request: Request, shape: WebhookFormat, *, allow_private: bool) -> None:
    """Raises as `post` does, and `Unavailable` for what a robot answered."""
    content = post(target, request, allow_private=allow_private)
    if shape is not WebhookFormat.JSON:
        _check_robot(content)


def post(target: Target, request: Request, *, allow_private: bool) -> bytes:
    """What the other side answered. Raises `Refused`; `Unanswered` where it was sent and nothing came back;
    `Unavailable` with what went wrong. Redirects are not followed: they may lead anywhere."""
    address = resolve(target, allow_private=allow_private)
    path = target.path
    if request.query:
        path += ("&" if "?" in path else "?") + request.query
    connection = _Connection(target, address)
    # a server that answers drop by drop is given up as well
    timer = threading.Timer(_DEADLINE, connection.cut_off)
    timer.start()
    sent = False
    try:
        connection.request("POST", path, body=request.body, headers=dict(request.headers))
        sent = True
        answer = connection.getresponse()
        status, content = answer.status, answer.read(_LONGEST_ANSWER)
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        if sent:
            raise Unanswered(f"已经发出，没有收到回答：{what_happened(error)}。") from error
        raise Unavailable(f"没有送达：{what_happened(error)}。") from error
    finally:
        timer.cancel()
        connection.close()
    if not 200 <= status < 300:
        raise Unavailable(f"对方回答 {status}{'（要求跳转，未跟随）' if 300 <= status < 400 else ''}。")
    return content


class _Connection(http.client.HTTPConnection):
    """To an address that was looked at, under the name that the certificate must have."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=_TIMEOUT)
        # the usual port is not part of the name that is asked for
        self.default_port = 443 if target.secure else 80
        self._target, self._address = target, address
        # http.client forgets its socket where the answer ends the connection, and goes on reading
        self._opened: socket.socket | None = None

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self._target.port), _TIMEOUT)
        self.sock = self._opened = plain
        if self._target.secure:
            context = ssl.create_default_context()
            self.sock = self._opened = context.wrap_socket(plain, server_hostname=self._target.host)

    def cut_off(self) -> None:
        if self._opened is not None:
            try:
                self._opened.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # already closed


def _check_robot(content: bytes) -> None:
    """The robots answer 200 to everything and say in the body whether it went well."""
    try:
        answer = json.loads(content)
        code = answer.get("errcode", answer.get("code", answer.get("StatusCode", 0)))
        said = answer.get("errmsg", answer.get("msg", ""))
    except (ValueError, AttributeError):
        raise Unavailable("对方的回答无法识别。") from None
    if code != 0:
        raise Unavailable(f"对方拒绝：{code} {str(said)[:100]}")


def _json(content: Mapping[str, object]) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()


def _base64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
