"""Which addresses are spoken to, and how a message is signed."""

import json
import socket
from datetime import UTC, datetime

import pytest

from api.webhooks import Refused, Target, is_public, make_request, read_target, resolve
from models.alert import WebhookFormat

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.cn/hook",
        "ftp://example.cn/",
        "https://user:password@example.cn/",
        "https:///path",
        "https://example.cn:99999/",
        "https://exa mple.cn/",
        "https://example.cn/\r\nX: y",
        "https://例子.cn/",
        "javascript:alert(1)",
        "",
    ],
)
def test_no_plain_web_address(url: str) -> None:
    with pytest.raises(Refused):
        read_target(url, allow_private=False)


def test_an_address_as_it_is_asked_for() -> None:
    assert read_target("https://example.cn/a/b?key=1", allow_private=False) == Target(
        "example.cn", 443, "/a/b?key=1", True
    )
    assert read_target("http://10.0.0.8:8080", allow_private=True) == Target("10.0.0.8", 8080, "/", False)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
        "2002:7f00:1::", "2001::1", "ff02::1",
    ],
)  # fmt: skip
def test_no_address_of_a_private_network(address: str) -> None:
    assert not is_public(address)
    with pytest.raises(Refused):
        resolve(Target(address, 443, "/", True), allow_private=False)


def test_public_addresses() -> None:
    assert is_public("1.1.1.1")
    assert is_public("2606:4700:4700::1111")
    assert is_public("::ffff:1.1.1.1")


def test_one_private_address_among_several_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the address that was looked at is the one that is spoken to."""
    answers = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers)
    target = Target("robot.example.cn", 443, "/", True)
    with pytest.raises(Refused):
        resolve(target, allow_private=False)
    assert resolve(target, allow_private=True) == "1.1.1.1"


def test_signatures_of_platforms() -> None:
    """Worked out by hand from the platforms' rules with openssl."""
    dingtalk = make_request(WebhookFormat.DINGTALK, {}, "文", "SEC1", delivery_id=1, now=AT)
    assert dingtalk.query == "timestamp=1795399200000&sign=nAGI%2B0w7mM2%2Fj7HqeVlADXglmtRJy7DpcovwSthy6rI%3D"
    feishu = json.loads(make_request(WebhookFormat.FEISHU, {}, "文", "SEC1", delivery_id=1, now=AT).body)
    assert (feishu["timestamp"], feishu["sign"]) == ("1795399200", "GeHRhi5kEshSNgGUSuGDRCUQN+4F3+nG7RT3RzP/4Yw=")
    plain = make_request(WebhookFormat.JSON, {"a": 1}, "", "", delivery_id=1, now=AT)
    assert "X-Wenzheng-Signature" not in plain.headers
