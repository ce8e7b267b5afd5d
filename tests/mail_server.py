"""A small mail server of ours that answers as servers do, failures included.

    with MailServer() as server:
        server.fails("RCPT", "550 5.1.1 no such user")
        …
        assert server.letters[-1].recipients == ["sokha@example.org"]

A step is a word of RFC 5321: CONNECT, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, or END for the answer
to the whole letter. A step may also fail as `CUT` or `SILENT`.
"""

from __future__ import annotations

import base64
import socket
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from typing import Self

CUT = "cut"
SILENT = "silent"


@dataclass(frozen=True)
class Letter:
    """What was handed over. user: who signed in, "" for nobody; encrypted: whether by TLS."""

    recipients: list[str]
    data: str
    user: str
    encrypted: bool


@dataclass
class Talk:
    """What is known of one connection."""

    recipients: list[str] = field(default_factory=list)
    user: str = ""
    encrypted: bool = False


class MailServer:
    """On a free port of loopback. context: TLS, from STARTTLS on, or from the first byte."""

    def __init__(
        self, context: ssl.SSLContext | None = None, *, at_once: bool = False, password: str = ""
    ) -> None:
        self.letters: list[Letter] = []
        self._answers: dict[str, str] = {}
        self._ended = threading.Event()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    outer._talk(self)
                except (OSError, _Over):
                    return

        self._context, self._at_once, self._password = context, at_once, password
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.01,), daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def fails(self, step: str, answer: str) -> None:
        """From now on that step is answered so: "450 4.2.0 come again", CUT or SILENT."""
        self._answers[step] = answer

    def _talk(self, handler: socketserver.StreamRequestHandler) -> None:
        talk = Talk()
        if self._context and self._at_once:
            self._encrypt(handler, talk)
        self._say(handler, "CONNECT", "220 mail.example ESMTP")
        while line := handler.rfile.readline(2000).decode("latin-1").rstrip("\r\n"):
            word, _, rest = line.partition(" ")
            match word.upper():
                case "EHLO" | "HELO":
                    self._say(handler, "EHLO", *self._offers(talk))
                case "STARTTLS" if self._context:
                    self._say(handler, "STARTTLS", "220 go ahead")
                    self._encrypt(handler, talk)
                case "AUTH":
                    self._sign_in(handler, talk, rest)
                case "MAIL":
                    self._say(handler, "MAIL", "250 ok")
                case "RCPT":
                    talk.recipients.append(rest.partition("<")[2].partition(">")[0])
                    self._say(handler, "RCPT", "250 ok")
                case "DATA":
                    self._take(handler, talk)
                case "QUIT":
                    self._say(handler, "QUIT", "221 bye")
                    return
                case _:
                    self._say(handler, word, "250 ok")

    def _offers(self, talk: Talk) -> list[str]:
        if self._context and not talk.encrypted:
            return ["250-mail.example", "250 STARTTLS"]
        return ["250-mail.example", "250 AUTH PLAIN"]

    def _sign_in(self, handler: socketserver.StreamRequestHandler, talk: Talk, rest: str) -> None:
        _, user, password = base64.b64decode(rest.split()[-1]).decode().split("\0")
        if password != self._password:
            self._say(handler, "AUTH", "535 5.7.8 not you")
            return
        if self._say(handler, "AUTH", "235 welcome"):
            talk.user = user

    def _take(self, handler: socketserver.StreamRequestHandler, talk: Talk) -> None:
        if not self._say(handler, "DATA", "354 go on"):
            return
        lines = []
        while (line := handler.rfile.readline(2000).decode().rstrip("\r\n")) != ".":
            lines.append(line)
        letter = Letter(talk.recipients, "\n".join(lines), talk.user, talk.encrypted)
        talk.recipients = []
        # Kept before it is answered: who was told that it was taken may look at once.
        if "END" not in self._answers:
            self.letters.append(letter)
        self._say(handler, "END", "250 taken")

    def _say(self, handler: socketserver.StreamRequestHandler, step: str, *usual: str) -> bool:
        """Answer a step. Whether it went well."""
        answer = self._answers.get(step)
        if answer == SILENT:
            self._ended.wait(30)
            raise _Over
        if answer == CUT:
            handler.connection.shutdown(socket.SHUT_RDWR)
            raise _Over
        for line in [answer] if answer else usual:
            handler.wfile.write(f"{line}\r\n".encode())
        return not answer

    def _encrypt(self, handler: socketserver.StreamRequestHandler, talk: Talk) -> None:
        assert self._context
        handler.connection = self._context.wrap_socket(handler.connection, server_side=True)
        handler.rfile = handler.connection.makefile("rb")
        handler.wfile = handler.connection.makefile("wb", buffering=0)
        talk.encrypted = True


class _Over(Exception):
    """The connection has come to its end."""
