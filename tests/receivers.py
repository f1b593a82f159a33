"""Servers of our own that messages are sent to: one for HTTP, one for e-mail."""

import email
import hmac
import socket
import struct
import threading
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Received = list[tuple[str, dict[str, str], bytes]]


class Receiver:
    """Answers every request with `status` and `answer`; `hold` lets it wait, `resets` lets it break the connection
    off instead. With a `secret` it takes only what is signed with it, as docs/operations.md tells programs to do."""

    def __init__(self) -> None:
        self.got: Received = []
        self.status, self.answer, self.hold = 200, b"{}", 0.0
        self.resets, self.secret = False, ""
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, dict(self.headers.items()), body))
                time.sleep(outer.hold)
                if outer.resets:
                    # closed with nothing left to wait for: the other side sees a reset
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    self.close_connection = True
                    self.rfile.close()
                    self.wfile.close()
                    self.connection.close()
                    return
                self.send_response(outer.status if outer.is_signed(dict(self.headers.items()), body) else 401)
                if 300 <= outer.status < 400:
                    self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", str(len(outer.answer)))
                self.end_headers()
                self.wfile.write(outer.answer)

            def log_message(self, format: str, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook?robot=1"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def is_signed(self, headers: dict[str, str], body: bytes) -> bool:
        if not self.secret:
            return True
        signed = headers["X-Wenzheng-Timestamp"].encode() + b"." + body
        wanted = "sha256=" + hmac.new(self.secret.encode(), signed, "sha256").hexdigest()
        return hmac.compare_digest(wanted, headers.get("X-Wenzheng-Signature", ""))

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class MailSink:
    """As much of SMTP as a message needs. `answers` to a command ("." is the end of the text) instead of yes: ""
    drops the connection."""

    def __init__(self) -> None:
        self.got: list[Message] = []
        self.answers: dict[str, str] = {}
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                conn, _ = self.socket.accept()
            except OSError:
                return
            with conn, conn.makefile("rwb") as file:
                self._talk(file)

    def _talk(self, file: Any) -> None:
        def say(line: str) -> None:
            file.write(f"{line}\r\n".encode())
            file.flush()

        say("220 sink")
        for line in file:
            command = line.strip().upper()[:4].decode()
            usual = {"DATA": "354 go on", "QUIT": "221 bye"}.get(command, "250 ok")
            if command == "DATA" and "DATA" not in self.answers:
                say(usual)
                lines = []
                for text in file:
                    if text == b".\r\n":
                        break
                    lines.append(text)
                self.got.append(email.message_from_bytes(b"".join(lines)))
                command, usual = ".", "250 ok"
            answer = self.answers.get(command, usual)
            if not answer:
                return
            say(answer)

    def close(self) -> None:
        self.socket.close()
