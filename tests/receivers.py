"""Servers of our own that messages are sent to: one for HTTP, one for e-mail."""

import email
import socket
import threading
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Received = list[tuple[str, dict[str, str], bytes]]


class Receiver:
    """Answers every request with `status` and `answer`; `hold` lets it wait."""

    def __init__(self) -> None:
        self.got: Received = []
        self.status, self.answer, self.hold = 200, b"{}", 0.0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((self.path, dict(self.headers.items()), body))
                time.sleep(outer.hold)
                self.send_response(outer.status)
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

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class MailSink:
    """As much of SMTP as a message needs."""

    def __init__(self) -> None:
        self.got: list[Message] = []
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
            command = line.strip().upper()
            if command.startswith(b"DATA"):
                say("354 go on")
                lines = []
                for text in file:
                    if text == b".\r\n":
                        break
                    lines.append(text)
                self.got.append(email.message_from_bytes(b"".join(lines)))
            say("221 bye" if command.startswith(b"QUIT") else "250 ok")

    def close(self) -> None:
        self.socket.close()
