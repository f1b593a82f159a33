"""Which addresses are spoken to, and how a message is signed."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from api.messages.webhooks import Refused, Request, Target, is_public, make_request, read_target, resolve, send
from models.alert import WebhookFormat
from models.errors import Unavailable

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


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for localhost and its key, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def secure_port(certificate: Path) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_a_certificate_is_checked_and_must_have_the_name(
    certificate: Path, secure_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = Request(b"{}", {})
    with pytest.raises(Unavailable, match="证书"):
        send(Target("localhost", secure_port, "/", True), request, WebhookFormat.JSON, allow_private=True)
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("127.0.0.1", secure_port))])
    send(Target("localhost", secure_port, "/", True), request, WebhookFormat.JSON, allow_private=True)
    with pytest.raises(Unavailable, match="证书"):
        send(Target("elsewhere.example", secure_port, "/", True), request, WebhookFormat.JSON, allow_private=True)


@pytest.mark.parametrize("host", [f"{'a' * 64}.example.cn", ".example.cn", "a..example.cn"])
def test_a_name_that_no_server_can_have_is_not_known(host: str) -> None:
    """What is raised otherwise would stop the messages after it as well."""
    with pytest.raises(Unavailable):
        resolve(read_target(f"https://{host}/", allow_private=False), allow_private=False)


@pytest.mark.parametrize("ends", [b"", b"Connection: close\r\n"])
def test_an_answer_drop_by_drop_is_given_up(monkeypatch: pytest.MonkeyPatch, ends: bytes) -> None:
    monkeypatch.setattr("api.messages.webhooks._DEADLINE", 0.3)
    given_up = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            peer, _ = listening.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n" + ends + b"\r\n")
                while not given_up.wait(0.05):
                    try:
                        peer.sendall(b" ")
                    except OSError:
                        return

        server = threading.Thread(target=drip)
        server.start()
        target = read_target(f"http://127.0.0.1:{listening.getsockname()[1]}/", allow_private=True)
        began = time.monotonic()
        try:
            with pytest.raises(Unavailable):
                send(target, Request(b"{}", {}), WebhookFormat.WECOM, allow_private=True)
            assert time.monotonic() - began < 3
        finally:
            given_up.set()
            server.join()
