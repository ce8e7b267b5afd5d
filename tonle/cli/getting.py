"""`tonle get`: a record's files from any node, whole or not at all.

A client and nothing more: it needs no node of its own. What is on its way lies in
`NAME.part`; a repeated call goes on there (RFC 9110 section 13.1.5), and a file gets its
name only when its SHA-512 is the one the record names.
"""

from __future__ import annotations

import fcntl
import fnmatch
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, unquote, urlsplit

from tonle import __version__

if TYPE_CHECKING:
    from requests import Response, Session

# Seconds to connect, and between two stretches of bytes.
TIMEOUT = (15, 60)
# A link that breaks is taken up again so often without a single new byte.
TRIES = 5
_CHUNK = 1 << 20
# A record's document lists its files; ten thousand of them take less.
_LARGEST_DOCUMENT = 64 << 20
_ADDRESS = re.compile(
    r"(?P<node>https?://[^/?#]+(?:/[^?#]*?)?)/(?:api/v1/)?records/(?P<id>[0-9a-z]+)"
    r"(?:/v(?P<version>\d+))?(?:/zip|/files(?:/(?P<file>[^?#]+))?)?/?(?:[?#].*)?"
)
_ID = re.compile(r"[0-9a-z]{15}")


class CannotGet(Exception):
    """Why something was not got, as a sentence."""


@dataclass(frozen=True)
class Wanted:
    """What was asked for. node: its address without a slash at the end. names: patterns of
    file names, none for all of them."""

    node: str
    record_id: str
    version: int | None
    names: tuple[str, ...]


@dataclass(frozen=True)
class Listed:
    """One file as a record's document lists it."""

    name: str
    size_bytes: int
    sha256: str
    sha512: str


def wanted(what: str, names: Sequence[str], version: int | None, node: str) -> Wanted:
    """From what was typed: an id, or an address of a record, a version, a file, a zip.

    Raises CannotGet for anything else.
    """
    match = _ADDRESS.fullmatch(what)
    if match:
        if match["file"]:
            names = [*names, glob_of(unquote(match["file"]))]
        if version is None and match["version"]:
            version = int(match["version"])
        return Wanted(match["node"].rstrip("/"), match["id"], version, tuple(names))
    name = what.rsplit("/", 1)[-1].replace("-", "") if what.startswith("ark:") else what
    if not _ID.fullmatch(name):
        raise CannotGet(
            f"“{what}” is neither the id of a record nor its address. An id has 15 letters and "
            "digits; an address looks like https://node.example/records/ID."
        )
    if not re.match(r"https?://", node):
        raise CannotGet(f"“{node}” is not the address of a node: it begins with https://.")
    return Wanted(node.rstrip("/"), name, version, tuple(names))


def glob_of(name: str) -> str:
    """A pattern that matches this name alone."""
    return re.sub(r"([*?[])", r"[\1]", name)


class Client:
    """Asks one node. token: sent to that node and, on a redirect, to no other."""

    def __init__(self, token: str = "") -> None:
        from requests import Session

        self._session: Session = Session()
        self._session.headers.update(
            {"User-Agent": f"tonle-get/{__version__}", "Accept-Encoding": "identity"}
        )

        def sign(request: Any) -> Any:
            if token:
                request.headers["Authorization"] = f"Bearer {token}"
            return request

        # A function rather than a header: without one, a password from ~/.netrc is sent.
        self._session.auth = sign

    def document(self, what: Wanted) -> dict[str, Any]:
        """The record document of the version asked for. Raises CannotGet."""
        address = f"{what.node}/records/{what.record_id}"
        if what.version is not None:
            address += f"/v{what.version}"
        with self.ask(address, {"Accept": "application/json"}) as response:
            if response.status_code == 410:
                raise CannotGet(f"The record {what.record_id} was withdrawn. See {address}.")
            self.refuse(response, f"the record {what.record_id}")
            body = response.raw.read(_LARGEST_DOCUMENT + 1)
        try:
            document = json.loads(body)
            if document["schema"] != "tonle-record/1" or not isinstance(document["files"], list):
                raise ValueError
        except (ValueError, KeyError, TypeError):
            raise CannotGet(f"{what.node} does not answer as a Tonle node does.") from None
        found: dict[str, Any] = document
        return found

    def ask(self, address: str, headers: dict[str, str]) -> Response:
        """A response whose body was not read yet. Raises CannotGet where nobody answers."""
        from requests import RequestException

        try:
            return self._session.get(address, headers=headers, stream=True, timeout=TIMEOUT)
        except RequestException as error:
            raise CannotGet(f"{_host(address)} could not be reached: {_reason(error)}.") from None

    @staticmethod
    def refuse(response: Response, what: str) -> None:
        """Raises CannotGet unless the response is what was asked for."""
        if response.status_code < 400:
            return
        if response.status_code == 404:
            raise CannotGet(f"{_host(response.url)} has nothing under the name of {what}.")
        detail = ""
        if "json" in response.headers.get("Content-Type", ""):
            try:
                detail = str(json.loads(response.raw.read(65_536)).get("detail", ""))
            except (ValueError, AttributeError):
                detail = ""
        if response.status_code in {401, 403}:
            detail = detail or "It is not open. Ask for access on its page, then use a token."
        raise CannotGet(f"{what} was not given ({response.status_code}). {detail}".strip())


def listed(document: dict[str, Any], names: Sequence[str]) -> list[Listed]:
    """The files of a document that the patterns name; all without a pattern.

    Raises CannotGet for a pattern that names none.
    """
    files = [
        Listed(str(f["name"]), int(f["size_bytes"]), str(f["sha256"]), str(f["sha512"]))
        for f in document["files"]
    ]
    if not names:
        return files
    for pattern in names:
        if not any(fnmatch.fnmatchcase(file.name, pattern) for file in files):
            raise CannotGet(f"The record has no file called “{pattern}”.")
    return [f for f in files if any(fnmatch.fnmatchcase(f.name, pattern) for pattern in names)]


def inside(folder: Path, name: str) -> Path:
    """Where a file of that name belongs. Raises CannotGet for a name that leads elsewhere: it
    comes from another machine."""
    parts = name.split("/")
    if (
        any(part in {"", ".", ".."} or not part.isprintable() or "\\" in part for part in parts)
        or Path(name).is_absolute()
        or Path(name).drive
    ):
        raise CannotGet(f"A file has a name that is not safe on a disk and was left: {name!r}.")
    return folder.joinpath(*parts)


@dataclass(frozen=True)
class Job:
    """How files are got. tell: gets the number of new bytes. replace: other files of the same
    name may be overwritten. pause: waits so many seconds before a link is tried again."""

    client: Client
    tell: Callable[[int], None]
    replace: bool = False
    pause: Callable[[float], None] = time.sleep

    def get(self, address: str, file: Listed, target: Path) -> bool:
        """Bring one file to its place. False where it was there already. Raises CannotGet."""
        if target.exists():
            if target.is_file() and _sha512(target) == file.sha512:
                self.tell(file.size_bytes)
                return False
            if not self.replace or not target.is_file():
                raise CannotGet(
                    f"{target} is there and differs from the record's. Nothing was overwritten; "
                    "move it away, or use --replace."
                )
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        self._fetch(address, file, part)
        found = _sha512(part)
        if part.stat().st_size != file.size_bytes or found != file.sha512:
            part.unlink()
            raise CannotGet(f"{file.name} did not arrive as the record names it. Try again.")
        _put(part, target, replace=self.replace)
        return True

    def _fetch(self, address: str, file: Listed, part: Path) -> None:
        """Bytes to the end, over as many links as it takes."""
        have = part.stat().st_size if part.exists() else 0
        if have > file.size_bytes:
            part.unlink()
            have = 0
        self.tell(have)
        tries, reason = 0, ""
        # At least one request: an empty file, too, may not be open.
        while have < file.size_bytes or not part.exists():
            if tries >= TRIES:
                raise CannotGet(
                    f"{file.name} broke off {tries} times ({reason}). What came is kept; repeat "
                    "the command to go on."
                )
            if tries:
                self.pause(min(2.0**tries, 30.0))
            before = have
            try:
                have = self._stretch(address, file, part, have)
            except _Broken as error:
                have = part.stat().st_size if part.exists() else 0
                reason = str(error)
            tries = 0 if have > before else tries + 1

    def _stretch(self, address: str, file: Listed, part: Path, have: int) -> int:
        """One request from where we are. Returns how many bytes there are then."""
        headers = {"Accept": "application/octet-stream, application/problem+json;q=0.5, */*;q=0.1"}
        if have:
            # The entity tag is the digest: a part of other content is never continued.
            headers |= {"Range": f"bytes={have}-", "If-Range": f'"{file.sha256}"'}
        try:
            response = self.client.ask(address, headers)
        except CannotGet as error:
            raise _Broken(str(error)) from None
        with response:
            if response.status_code >= 500 or response.status_code == 429:
                raise _Broken(f"the node answered {response.status_code}")
            self.client.refuse(response, file.name)
            goes_on = response.status_code == 206 and response.headers.get(
                "Content-Range", ""
            ).startswith(f"bytes {have}-")
            if have and not goes_on:
                self.tell(-have)
                have = 0
            with part.open("ab") as sink:
                _claim(sink, file.name)
                sink.truncate(have)
                for chunk in _chunks(response):
                    sink.write(chunk)
                    have += len(chunk)
                    self.tell(len(chunk))
                    if have > file.size_bytes:
                        raise CannotGet(f"{file.name} is longer than the record says.")
                sink.flush()
                os.fsync(sink.fileno())
        if have < file.size_bytes:
            raise _Broken("the link broke")
        return have


class _Broken(Exception):
    """A link broke; another try may help."""


def _claim(sink: BinaryIO, name: str) -> None:
    """Two calls at once must not write into one part. Raises CannotGet."""
    try:
        fcntl.flock(sink, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotGet(f"{name} is being got by another call at this moment.") from None


def _chunks(response: Response) -> Iterator[bytes]:
    from requests import RequestException
    from urllib3.exceptions import HTTPError

    try:
        # Not `iter_content`: where a link breaks, that throws away what it has gathered.
        while chunk := response.raw.read1(_CHUNK):
            yield chunk
    except (RequestException, HTTPError, OSError) as error:
        raise _Broken(_reason(error)) from None


def _put(part: Path, target: Path, *, replace: bool) -> None:
    """Give a whole file its name, in one step."""
    if replace:
        part.replace(target)
        return
    try:
        # Unlike a rename, a link does not overwrite what came there in the meantime.
        target.hardlink_to(part)
    except FileExistsError:
        raise CannotGet(f"{target} came into being meanwhile. Nothing was overwritten.") from None
    except OSError:
        part.rename(target)  # A disk without links.
    else:
        part.unlink()


def _sha512(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha512").hexdigest()


def _host(address: str) -> str:
    return urlsplit(address).netloc


def _reason(error: Exception) -> str:
    """Its kind in words: addresses and passwords in an error's own text stay out."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()


def address_of(what: Wanted, document: dict[str, Any], name: str) -> str:
    """Where the bytes of a file are; always of the version whose document was read."""
    version = int(document["version"])
    return f"{what.node}/records/{document['id']}/v{version}/files/{quote(name)}"
