"""Files into a deposit, over links that break: tus 1.0, a checksum with every piece.

The node remembers how far each file is, by its name and its SHA-256, so that whoever calls
again goes on, from this machine or another one. A file is in the deposit once the node has
read all of it and found the announced digest.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

from tonle.client.asking import TRIES, Broken, CannotPut, Client

# A piece takes some eight seconds, whatever the link: so much is sent again where it breaks.
SECONDS = 8.0
FIRST_BYTES, LEAST_BYTES, MOST_BYTES = 1 << 20, 256 << 10, 32 << 20
# So often a piece is sent in vain: a proxy may refuse every one and let questions pass.
STUCK = 20
# How often a file that has arrived is asked about before the rest is left to a later call.
ASKED = 600
_BUSY = frozenset({408, 423})
_MOVED = frozenset({409, 460})
_GONE = frozenset({404, 410})
_ADDRESS = re.compile(
    r"(?P<node>https?://[^/?#]+(?:/[^?#]*?)?)/(?:api/v1/deposits|deposit|uploads)/"
    r"(?P<id>[0-9a-z]{15})(?:/[^?#]*)?(?:[?#].*)?"
)


@dataclass(frozen=True)
class Deposit:
    """A draft on a node. node: its address without a slash at the end."""

    node: str
    id: str

    @property
    def api(self) -> str:
        return f"{self.node}/api/v1/deposits/{self.id}"


@dataclass(frozen=True)
class Sent:
    """What came of one file. new: whether any of it had to be sent or attached."""

    name: str
    sha256: str
    new: bool


def deposit_of(what: str, node: str) -> Deposit:
    """From what was typed: an id, or the address of a deposit's page. Raises CannotPut."""
    match = _ADDRESS.fullmatch(what)
    if match:
        return Deposit(match["node"].rstrip("/"), match["id"])
    if not re.fullmatch(r"[0-9a-z]{15}", what):
        raise CannotPut(
            f"“{what}” is neither the id of a deposit nor the address of its page, such as "
            "https://node.example/deposit/ID/files."
        )
    if not re.match(r"https?://", node):
        raise CannotPut(f"“{node}” is not the address of a node: it begins with https://.")
    return Deposit(node.rstrip("/"), what)


def files_below(paths: Sequence[Path]) -> list[tuple[str, Path]]:
    """(name in the deposit, path) of files, and of all files of folders with their places.

    What is hidden stays here. Raises CannotPut where there is nothing, or one name twice.
    """
    found: dict[str, Path] = {}
    for path in paths:
        if not path.exists():
            raise CannotPut(f"There is no {path}.")
        within = [path] if not path.is_dir() else sorted(p for p in path.rglob("*") if p.is_file())
        for one in within:
            name = one.name if one == path else one.relative_to(path).as_posix()
            if path.is_dir() and any(part.startswith(".") for part in name.split("/")):
                continue
            if name in found:
                raise CannotPut(f"Two files would be called {name}. Put them in two calls.")
            found[name] = one
    if not found:
        raise CannotPut("There is no file to put.")
    return list(found.items())


@dataclass
class Sender:
    """Brings files into one deposit. tell: gets the number of bytes that are there now, more.
    pause: waits so many seconds before another try."""

    client: Client
    deposit: Deposit
    tell: Callable[[int], None] = lambda _bytes: None
    pause: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        # Bytes go to an address that lets whoever knows it add them; no token goes along.
        self._bare = self.client.twin(signed=False)
        self._piece = FIRST_BYTES

    def put(self, name: str, path: Path) -> Sent:
        """Bring one file there, and return when the deposit has it. Raises CannotPut, OSError."""
        # As the node keeps it: some systems keep marks apart from their letters.
        name = normalize("NFC", name)
        sha256, size = _digest(path)
        for there in self._ask("files"):
            if there["name"] == name and there["sha256"] == sha256:
                self.tell(size)
                return Sent(name, sha256, new=False)
        upload, address, at = self._begun(name, size, sha256) or self._announce(name, size, sha256)
        self.tell(at)
        tries = 0
        with path.open("rb") as file:
            while at < size:
                before, at = at, self._piece_of(file, address, at, size)
                tries = 0 if at > before else tries + 1
                if tries == STUCK:
                    raise CannotPut(
                        f"{name} broke off {tries} times without a new byte. What came is kept; "
                        "repeat the command to go on."
                    )
        self._attach(upload, name)
        return Sent(name, sha256, new=True)

    # How far it is ------------------------------------------------------------------------

    def _begun(self, name: str, size: int, sha256: str) -> tuple[str, str, int] | None:
        """An upload of this very file that was begun before: id, address, offset."""
        for one in self._ask("uploads"):
            if (one["name"], one["length_bytes"], one["sha256"]) == (name, size, sha256):
                # The address as this client reaches the node, which may have several names.
                address = f"{self.deposit.node}{urlsplit(one['url']).path}"
                at = self._offset(address)
                return None if at is None else (one["id"], address, at)
        return None

    def _announce(self, name: str, size: int, sha256: str) -> tuple[str, str, int]:
        said = {"filename": name, "sha256": sha256}
        sent = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(size),
            "Upload-Metadata": ",".join(f"{k} {_base64(v.encode())}" for k, v in said.items()),
        }
        where = f"{self.deposit.node}/uploads/{self.deposit.id}"

        def announce() -> tuple[int, Mapping[str, str], str, str]:
            return _whole(self.client, "POST", where, sent)

        status, headers, detail, code = self._patiently(announce)
        if status != 201:
            raise _refused(name, status, detail, code)
        return headers["Tonle-Upload"], f"{self.deposit.node}{_path(headers['Location'])}", 0

    def _offset(self, address: str) -> int | None:
        """How many bytes the node has; None where it knows no such upload any more."""

        def ask() -> tuple[int, Mapping[str, str], str, str]:
            answer = _whole(self._bare, "HEAD", address, {"Tus-Resumable": "1.0.0"})
            if answer[0] in _BUSY:
                raise Broken("the node still waits for the rest of an earlier try")
            return answer

        status, headers, detail, code = self._patiently(ask, tries=4 * TRIES)
        if status in _GONE:
            return None
        if status != 200:
            raise _refused(address, status, detail, code)
        return int(headers["Upload-Offset"])

    # Sending ------------------------------------------------------------------------------

    def _piece_of(self, file: Any, address: str, at: int, size: int) -> int:
        """Send one piece. Returns how many bytes the node has then, which may be fewer."""
        file.seek(at)
        data = file.read(min(self._piece, size - at))
        if not data:
            raise CannotPut(f"{file.name} has become shorter while it was sent.")
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(at),
            "Content-Type": "application/offset+octet-stream",
            "Upload-Checksum": f"sha256 {_base64(hashlib.sha256(data).digest())}",
        }
        began = time.monotonic()
        try:
            status, answer, detail, code = _whole(self._bare, "PATCH", address, headers, data)
        except Broken:
            self._piece = max(LEAST_BYTES, self._piece // 2)
            status = 0
        if status == 204:
            took = max(time.monotonic() - began, 0.001)
            fits = int(len(data) / took * SECONDS)
            self._piece = max(LEAST_BYTES, min(MOST_BYTES, 2 * self._piece, fits))
            self.tell(len(data))
            return int(answer["Upload-Offset"])
        if status and status not in _BUSY | _MOVED and status < 500:
            raise _refused(str(file.name), status, detail, code)
        self.pause(1.0)
        found = self._offset(address)
        if found is None:
            raise CannotPut("The node has forgotten this upload. Repeat the command.")
        self.tell(found - at)
        return found

    def _attach(self, upload: str, name: str) -> None:
        address = f"{self.deposit.api}/uploads/{upload}/attach"
        for number in range(ASKED):
            status, said = self._patiently(lambda: self.client.json(address, "POST"))
            said = said if isinstance(said, dict) else {}
            if status == 200:
                return
            if said.get("code") != "still_checked":
                raise _refused(name, status, str(said.get("detail", "")), str(said.get("code", "")))
            self.pause(min(0.2 * (number + 1), 5.0))
        raise CannotPut(f"{name} has arrived and is still being checked. Repeat the command later.")

    # Asking -------------------------------------------------------------------------------

    def _ask(self, what: str) -> list[dict[str, Any]]:
        status, found = self._patiently(lambda: self.client.json(f"{self.deposit.api}/{what}"))
        if status != 200 or not isinstance(found, list):
            said = found if isinstance(found, dict) else {}
            raise _refused(self.deposit.id, status, str(said.get("detail", "")), "")
        return found

    def _patiently(self, call: Callable[[], Any], tries: int = TRIES) -> Any:
        """What a call gives, however often the link breaks before. Raises CannotPut."""
        for number in range(1, tries + 1):
            try:
                return call()
            except Broken as error:
                if number == tries:
                    raise CannotPut(
                        f"The link broke {tries} times ({error}). What came is kept; repeat the "
                        "command to go on."
                    ) from None
                self.pause(min(2.0**number, 30.0))
        raise AssertionError("unreachable")


def _whole(
    client: Client, method: str, address: str, headers: dict[str, str], data: bytes | None = None
) -> tuple[int, Mapping[str, str], str, str]:
    """Status, headers, and the node's sentence and code where it refused. Raises Broken."""
    from requests import RequestException

    with client.ask(address, headers, method, data) as response:
        try:
            said = response.json() if response.status_code >= 400 and method != "HEAD" else {}
        except (RequestException, ValueError):
            said = {}
        if response.status_code in {429, 502, 503, 504}:
            raise Broken(f"the node answered {response.status_code}")
        said = said if isinstance(said, dict) else {}
        detail, code = str(said.get("detail", "")), str(said.get("code", ""))
        return response.status_code, response.headers, detail, code


def _refused(what: str, status: int, detail: str, code: str) -> CannotPut:
    if status == 404:
        return CannotPut(f"The node knows of no such deposit that you may write: {what}.", code)
    return CannotPut(f"{what} was not taken ({status}). {detail}".strip(), code)


def _digest(path: Path) -> tuple[str, int]:
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return sha256, file.tell()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _path(address: str) -> str:
    return urlsplit(address).path


def put_all(
    sender: Sender, files: Sequence[tuple[str, Path]]
) -> Iterator[tuple[str, Sent | CannotPut | OSError]]:
    """Bring files there one after the other; what fails does not keep the others out."""
    for name, path in files:
        try:
            yield name, sender.put(name, path)
        except (CannotPut, OSError) as error:
            yield name, error
