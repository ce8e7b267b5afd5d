"""A repository of finished pages: it sends files and does nothing else.

    python -m benchmarks.harvest_server FOLDER

Prints its address, and serves until it is ended.
"""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

_FORMATS = (
    "<ListMetadataFormats><metadataFormat><metadataPrefix>oai_dc</metadataPrefix>"
    "</metadataFormat></ListMetadataFormats>"
)


def main(folder: Path) -> None:
    identify = (folder / "identify.xml").read_text(encoding="utf-8")
    head = identify.partition("<Identify>")[0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            given = {
                name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()
            }
            verb = given.get("verb")
            if verb == "ListRecords":
                number = int(given.get("resumptionToken", "0"))
                body = (folder / f"{number}.xml").read_bytes()
            elif verb == "Identify":
                body = identify.encode()
            elif verb == "ListMetadataFormats":
                body = f"{head}{_FORMATS}</OAI-PMH>".encode()
            else:
                body = f'{head}<error code="noSetHierarchy"/></OAI-PMH>'.encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"http://127.0.0.1:{server.server_port}/oai", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
