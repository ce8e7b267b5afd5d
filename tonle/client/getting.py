"""A record's files from any node, whole or not at all.

What is on its way lies in `NAME.part`, which a repeated call goes on with; a file gets its
name only when its SHA-512 is the one the record names. A long file comes in pieces over
several links at once, from one node or several; `NAME.part.pieces` says which are here.
Sources: RFC 9110, sections 13.1.5 and 14 (conditional ranges).
"""

from __future__ import annotations

import fcntl
import fnmatch
import hashlib
import json
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, unquote

from tonle.client.asking import (
    LARGEST_ANSWER,
    TRIES,
    Broken,
    CannotGet,
    Client,
    host_of,
    read_whole,
    reason,
)
from tonle.kernel.filenames import small_first

if TYPE_CHECKING:
    from requests import Response

_CHUNK = 1 << 20
# Of a long file, so much comes in one request; what is here of it is known by pieces.
PIECE = 8 << 20
# Links at once for one long file: more help little, and take from other readers.
PARALLEL = 4
_ADDRESS = re.compile(
    r"(?P<node>https?://[^/?#]+(?:/[^?#]*?)?)/(?:api/v1/)?records/(?P<id>[0-9a-z]+)"
    r"(?:/v(?P<version>\d+))?(?:/zip|/files(?:/(?P<file>[^?#]+))?)?/?(?:[?#].*)?"
)
_ID = re.compile(r"[0-9a-z]{15}")


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


def document_of(client: Client, what: Wanted) -> dict[str, Any]:
    """The record document of the version asked for. Raises CannotGet."""
    address = f"{what.node}/records/{what.record_id}"
    if what.version is not None:
        address += f"/v{what.version}"
    try:
        with client.ask(address, {"Accept": "application/json"}) as response:
            if response.status_code == 410:
                raise CannotGet(f"The record {what.record_id} was withdrawn. See {address}.")
            refuse(response, f"the record {what.record_id}")
            body = read_whole(response, LARGEST_ANSWER + 1)
    except Broken as error:
        raise CannotGet(f"{error}.") from None
    try:
        document = json.loads(body)
        if document["schema"] != "tonle-record/1" or not isinstance(document["files"], list):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise CannotGet(f"{what.node} does not answer as a Tonle node does.") from None
    found: dict[str, Any] = document
    return found


def refuse(response: Response, what: str) -> None:
    """Raises CannotGet unless the response is what was asked for, and Broken."""
    if response.status_code < 400:
        return
    if response.status_code == 404:
        raise CannotGet(f"{host_of(response.url)} has nothing under the name of {what}.")
    detail = ""
    if "json" in response.headers.get("Content-Type", ""):
        with suppress(ValueError, AttributeError):
            detail = str(json.loads(read_whole(response, 65_536)).get("detail", ""))
    if response.status_code in {401, 403}:
        detail = detail or "It is not open. Ask for access on its page, then use a token."
    raise CannotGet(f"{what} was not given ({response.status_code}). {detail}".strip())


def listed(document: dict[str, Any], names: Sequence[str]) -> list[Listed]:
    """The files of a document that the patterns name; all without a pattern.

    Raises CannotGet for a pattern that names none.
    """
    try:
        files = [
            Listed(str(f["name"]), int(f["size_bytes"]), str(f["sha256"]), str(f["sha512"]))
            for f in document["files"]
        ]
    except (KeyError, TypeError, ValueError):
        raise CannotGet("The record lists a file without its size or digests.") from None
    if not names:
        return files
    for pattern in names:
        if not any(fnmatch.fnmatchcase(file.name, pattern) for file in files):
            raise CannotGet(f"The record has no file called “{pattern}”.")
    return [f for f in files if any(fnmatch.fnmatchcase(f.name, pattern) for pattern in names)]


def in_order(files: Sequence[Listed]) -> list[Listed]:
    """What explains the rest first, then the smaller before the larger."""
    return sorted(files, key=lambda file: small_first(file.name, file.size_bytes))


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
    """How files are got. tell: gets the number of new bytes, from any thread. replace: other
    files of the same name may be overwritten. pause: waits so many seconds before a link is
    tried again. parallel: links at once for one long file."""

    client: Client
    tell: Callable[[int], None]
    replace: bool = False
    pause: Callable[[float], None] = time.sleep
    parallel: int = PARALLEL

    def get(self, addresses: str | Sequence[str], file: Listed, target: Path) -> bool:
        """Bring one file to its place. False where it was there already. Raises CannotGet.

        addresses: where its bytes are, the record's own node first. The others need not be
        trusted: what they give counts only if the whole has the record's digest, and they are
        not told the token.
        """
        sources = [addresses] if isinstance(addresses, str) else list(addresses)
        if self._there(file, target):
            return False
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.part")
        # Until the file has its name: who came between the digest and the name could change it.
        with _claimed(part, file.name):
            try:
                if self._there(file, target):
                    return False  # Another call brought it just now.
                if not self._arrived(sources, file, part) and (
                    len(sources) == 1 or not self._arrived(sources[:1], file, part)
                ):
                    raise CannotGet(
                        f"{file.name} did not arrive as the record names it. Try again."
                    )
                _put(part, target, replace=self.replace)
            finally:
                if part.exists() and not part.stat().st_size:
                    Pieces.of(part).unlink(missing_ok=True)
                    part.unlink()
        return True

    def asking(self, address: str, sources: Sequence[str]) -> Client:
        """A client for one link: the record's own node is told the token, no other is."""
        return self.client.twin(signed=address == sources[0])

    def _there(self, file: Listed, target: Path) -> bool:
        """Whether it is in its place. Raises CannotGet where another file is, and may not go."""
        if not target.exists():
            return False
        if target.is_file() and _sha512(target) == file.sha512:
            self.tell(file.size_bytes)
            return True
        if not self.replace or not target.is_file():
            raise CannotGet(
                f"{target} is there and differs from the record's. Nothing was overwritten; "
                "move it away, or use --replace."
            )
        return False

    def _arrived(self, sources: Sequence[str], file: Listed, part: Path) -> bool:
        """Bytes to the end; False, and nothing left, where they are not the record's."""
        pieces = Pieces(part, file)
        self.tell(pieces.here)
        if file.size_bytes > PIECE:
            _Fetch(self, sources, file, part, pieces).all()
        else:
            self._in_one(sources, file, part)
        if part.stat().st_size == file.size_bytes and _sha512(part) == file.sha512:
            pieces.forget()
            return True
        self.tell(-file.size_bytes)
        pieces.forget()
        os.truncate(part, 0)
        return False

    def _in_one(self, sources: Sequence[str], file: Listed, part: Path) -> None:
        """A short file, over as many links as it takes; from the next source where one breaks."""
        have = part.stat().st_size
        tries, why = 0, ""
        asked = False
        # One connection for all short files of the record's own node.
        clients = {source: self.asking(source, sources) for source in sources[1:]}
        clients[sources[0]] = self.client
        # At least one request: an empty file, too, may not be open.
        while have < file.size_bytes or not asked:
            if tries >= TRIES:
                raise _gave_up(file, tries, why)
            if tries:
                self.pause(min(2.0**tries, 30.0))
            before = have
            try:
                source = sources[tries % len(sources)]
                have = self._stretch(clients[source], source, file, part, have)
                asked = True
            except Broken as error:
                have = part.stat().st_size
                why = str(error)
            tries = 0 if have > before else tries + 1

    def _stretch(self, client: Client, address: str, file: Listed, part: Path, have: int) -> int:
        """One request from where we are. Returns how many bytes there are then."""
        with open_range(client, address, file, have) as response:
            goes_on = _is_from(response, have)
            if have and not goes_on:
                self.tell(-have)
                have = 0
            with part.open("r+b") as sink:
                sink.truncate(have)
                sink.seek(have)
                for chunk in _chunks(response):
                    sink.write(chunk)
                    have += len(chunk)
                    self.tell(len(chunk))
                    if have > file.size_bytes:
                        raise CannotGet(f"{file.name} is longer than the record says.")
                sink.flush()
                os.fsync(sink.fileno())
        if have < file.size_bytes:
            raise Broken("the link broke")
        return have


def open_range(
    client: Client, address: str, file: Listed, start: int, stop: int | None = None
) -> Response:
    """The bytes of a file from start to before stop, or all of it. Raises Broken, CannotGet."""
    headers = {"Accept": "application/octet-stream, application/problem+json;q=0.5, */*;q=0.1"}
    if start or stop is not None:
        last = "" if stop is None else str(stop - 1)
        # The entity tag is the digest: a part of other content is never continued.
        headers |= {"Range": f"bytes={start}-{last}", "If-Range": f'"{file.sha256}"'}
    response = client.ask(address, headers)
    if response.status_code >= 500 or response.status_code == 429:
        response.close()
        raise Broken(f"the node answered {response.status_code}")
    refuse(response, file.name)
    return response


def _is_from(response: Response, start: int) -> bool:
    said = response.headers.get("Content-Range", "")
    return response.status_code == 206 and said.startswith(f"bytes {start}-")


class NoRanges(CannotGet):
    """A server that gives the file whole and no part of it, as some proxies do."""


def _not_a_part(response: Response, address: str, file: Listed) -> CannotGet:
    """Why an answer to a range is of no use: it is the whole file, or another one."""
    tag = response.headers.get("ETag", "").removeprefix("W/").strip('"')
    length = response.headers.get("Content-Length", "")
    same = tag in {"", file.sha256} and length == str(file.size_bytes)
    if response.status_code == 200 and same:
        return NoRanges(f"{host_of(address)} gives {file.name} whole, and no part of it.")
    return CannotGet(f"{host_of(address)} has another file as {file.name}.")


class Pieces:
    """Which pieces of a long file are here, and were synced before that was written down.

    What lies in a part without a list came from its beginning, by an earlier release or as a
    short file's does: its whole pieces count.
    """

    def __init__(self, part: Path, file: Listed) -> None:
        self._path = self.of(part)
        self._title = f"{file.sha512} {PIECE}"
        self._size = file.size_bytes
        self._lock = threading.Lock()
        self.count = -(-file.size_bytes // PIECE)
        length = part.stat().st_size
        if length > file.size_bytes:
            os.truncate(part, 0)
            length = 0
        self.done: set[int] = set()
        if file.size_bytes <= PIECE:
            self.here = length
            return
        if self._path.exists():
            title, *numbers = self._path.read_text(encoding="ascii").split("\n")
            if title == self._title:
                # A line that was cut by a crash counts for nothing.
                self.done = {int(n) for n in numbers[:-1] if n.isdecimal()}
                self.done &= set(range(self.count))
        else:
            self.done = set(range(length // PIECE))
        text = "".join(f"{line}\n" for line in [self._title, *sorted(self.done)])
        self._path.write_text(text, encoding="ascii")
        self.here = sum(stop - start for start, stop in map(self.range, self.done))

    @staticmethod
    def of(part: Path) -> Path:
        """Where the list of a part lies."""
        return part.with_name(f"{part.name}.pieces")

    def range(self, number: int) -> tuple[int, int]:
        """First byte of a piece, and the one after its last."""
        return number * PIECE, min((number + 1) * PIECE, self._size)

    def keep(self, number: int) -> None:
        """Write down that a piece is here, synced."""
        with self._lock:
            self.done.add(number)
            with self._path.open("a", encoding="ascii") as file:
                file.write(f"{number}\n")

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


@dataclass
class _Fetch:
    """The pieces of one long file, over several links at once."""

    job: Job
    sources: Sequence[str]
    file: Listed
    part: Path
    pieces: Pieces
    waiting: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    refused: dict[str, CannotGet] = field(default_factory=dict)
    # Sources whose links broke too often; asked again once no other is left.
    worn: set[str] = field(default_factory=set)
    # What this machine could not do, such as write to a full disk: no source can help there.
    broken: list[OSError] = field(default_factory=list)
    stopped: bool = False

    def all(self) -> None:
        """Bring what lacks. Raises CannotGet where no source could go on.

        What a source took and could not give is brought by the others in another round.
        """
        had = len(self.pieces.done)
        while (before := len(self.pieces.done)) < self.pieces.count:
            able = [at for at in self.sources if at not in self.refused and at not in self.worn]
            if able:
                # Who brings nothing is worn or refused then, so the rounds come to an end.
                self._round(able)
                if self.broken:
                    raise self.broken[0]
            elif self.worn and before > had:
                had = before
                self.worn.clear()
            else:
                self._from_one_that_gives_no_part()
                if len(self.pieces.done) == before:
                    raise self._why_not()

    def _why_not(self) -> CannotGet:
        for error in self.refused.values():
            if not isinstance(error, NoRanges):
                return error
        return _gave_up(self.file, TRIES, self.reasons[-1] if self.reasons else "")

    def _round(self, sources: Sequence[str]) -> None:
        # From the end of the list a piece is taken: the first bytes come first.
        self.waiting = sorted(set(range(self.pieces.count)) - self.pieces.done, reverse=True)
        # Each source gets one link at least.
        links = max(min(self.job.parallel, len(self.waiting)), len(sources))
        threads = [
            threading.Thread(target=self._work, args=(sources[number % len(sources)],), daemon=True)
            for number in range(links)
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                thread.join()
        except BaseException:
            # Ctrl-C: what is whole is written down; the next call goes on from there.
            self.stopped = True
            raise

    def _work(self, address: str) -> None:
        client = self.job.asking(address, self.sources)
        sink = os.open(self.part, os.O_WRONLY | os.O_CLOEXEC)
        tries = 0
        try:
            while not self.stopped:
                try:
                    number = self.waiting.pop()
                except IndexError:
                    return
                start, stop = self.pieces.range(number)
                at = start
                while at < stop and not self.stopped:
                    before = at
                    try:
                        at = self._stretch(client, address, sink, at, stop)
                    except Broken as error:
                        at, why = error.args[1] if len(error.args) > 1 else at, str(error.args[0])
                        self.reasons.append(why)
                    tries = 0 if at > before else tries + 1
                    if tries >= TRIES:
                        self.worn.add(address)
                        self._back(number, at - start)
                        return
                    if tries:
                        self.job.pause(min(2.0**tries, 30.0))
                if at < stop:
                    self._back(number, at - start)
                    return
                os.fsync(sink)
                self.pieces.keep(number)
        except CannotGet as error:
            self.refused[address] = error
            self._back(number, at - start)
        except OSError as error:
            self.broken.append(error)
            self.stopped = True
            self._back(number, at - start)
        finally:
            os.close(sink)

    def _from_one_that_gives_no_part(self) -> None:
        """The whole over one link, from its first byte: pieces count as they pass by."""
        sources = [at for at, error in self.refused.items() if isinstance(error, NoRanges)]
        if not sources:
            return
        at, number, sink = 0, 0, os.open(self.part, os.O_WRONLY | os.O_CLOEXEC)
        try:
            client = self.job.asking(sources[0], self.sources)
            with open_range(client, sources[0], self.file, 0) as response:
                for chunk in _chunks(response):
                    kept = chunk[: self.file.size_bytes - at]
                    while kept:
                        written = os.pwrite(sink, kept, at)
                        at, kept = at + written, kept[written:]
                    while number < self.pieces.count and self.pieces.range(number)[1] <= at:
                        self._keep(number, sink)
                        number += 1
        except Broken as error:
            self.reasons.append(str(error))
        finally:
            os.close(sink)

    def _keep(self, number: int, sink: int) -> None:
        if number not in self.pieces.done:
            os.fsync(sink)
            self.pieces.keep(number)
            start, stop = self.pieces.range(number)
            self.job.tell(stop - start)

    def _back(self, number: int, counted: int) -> None:
        """Leave a piece to another link, which begins it anew."""
        self.job.tell(-counted)
        self.waiting.append(number)

    def _stretch(self, client: Client, address: str, sink: int, at: int, stop: int) -> int:
        """One request for the rest of a piece. Raises Broken with the place that was reached."""
        with open_range(client, address, self.file, at, stop) as response:
            if not _is_from(response, at):
                raise _not_a_part(response, address, self.file)
            try:
                for chunk in _chunks(response):
                    if at == stop:
                        break  # It says more than it was asked, perhaps without end.
                    kept = chunk[: stop - at]
                    while kept:
                        written = os.pwrite(sink, kept, at)
                        at, kept = at + written, kept[written:]
                        self.job.tell(written)
            except Broken as error:
                raise Broken(str(error), at) from None
        if at < stop:
            raise Broken("the link broke", at)
        return at


def _gave_up(file: Listed, tries: int, why: str) -> CannotGet:
    return CannotGet(
        f"{file.name} broke off {tries} times ({why}). What came is kept; repeat the command to "
        "go on."
    )


@contextmanager
def _claimed(part: Path, name: str) -> Iterator[None]:
    """Hold a part, made where it is missing: two calls at once must not write into one.

    Raises CannotGet where another call holds it.
    """
    while True:
        with part.open("ab") as claim:
            try:
                fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CannotGet(f"{name} is being got by another call at this moment.") from None
            # Another call may have given it its name after we opened it.
            if _is_still(part, claim):
                yield
                return


def _is_still(part: Path, claim: BinaryIO) -> bool:
    try:
        return os.path.samestat(part.stat(), os.fstat(claim.fileno()))
    except FileNotFoundError:
        return False


def _chunks(response: Response) -> Iterator[bytes]:
    from requests import RequestException
    from urllib3.exceptions import HTTPError

    try:
        # Not `iter_content`: where a link breaks, that throws away what it has gathered.
        while chunk := response.raw.read1(_CHUNK):
            yield chunk
    except (RequestException, HTTPError, OSError) as error:
        raise Broken(reason(error)) from None


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


def address_of(node: str, document: dict[str, Any], name: str) -> str:
    """Where a node has the bytes of a file; always of the version whose document was read."""
    version = int(document["version"])
    return f"{node.rstrip('/')}/records/{document['id']}/v{version}/files/{quote(name)}"
