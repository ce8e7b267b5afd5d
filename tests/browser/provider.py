"""A small sign-in of a university, which answers as OpenID Connect Core 1.0 says."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


class Provider(ThreadingHTTPServer):
    """A university's sign-in: whoever comes is `who`, who has that address there."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.who, self.email = "sokha-1", "sokha@example.org"
        self.refuses = False
        self.asked: list[dict[str, list[str]]] = []

    @contextmanager
    def running(self) -> Iterator[Provider]:
        thread = threading.Thread(target=self.serve_forever)
        thread.start()
        yield self
        self.shutdown()
        thread.join()
        self.server_close()


class Answer(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        if path.path == "/.well-known/openid-configuration":
            self._json(
                {
                    "issuer": self.server.url,
                    "authorization_endpoint": f"{self.server.url}/authorize",
                    "token_endpoint": f"{self.server.url}/token",
                    "userinfo_endpoint": f"{self.server.url}/userinfo",
                    "jwks_uri": f"{self.server.url}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif path.path == "/authorize":
            asked = parse_qs(path.query)
            self.server.asked.append(asked)
            told = {"state": asked["state"][0]}
            told |= {"error": "access_denied"} if self.server.refuses else {"code": "once"}
            self.send_response(302)
            self.send_header("Location", f"{asked['redirect_uri'][0]}?{urlencode(told)}")
            self.end_headers()
        elif path.path == "/userinfo":
            # It says that the address is verified; nobody here takes its word.
            self._json({"sub": self.server.who, "email": self.server.email, "email_verified": True})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._json({"access_token": secrets.token_hex(8), "token_type": "Bearer"})

    def _json(self, body: dict[str, Any]) -> None:
        sent = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_: Any) -> None:
        pass
