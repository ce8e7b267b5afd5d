"""What a node does while it is killed, and what must hold when it comes back.

Every operation may be repeated: the node's restart does so. What it has answered it
writes to a file of acknowledgements, and each line is held against the node afterwards.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
SECRET = b"the bytes that a court has forbidden"
SEEDED, PAPERS = 4, 8
# In place of a digest, of a node that says itself that it is not whole and serves nobody.
UNFINISHED = "unfinished"


def acknowledge(*words: str) -> None:
    """Write down what was answered, as surely as a client would remember it."""
    handle = os.open(settings.TONLE_DATA / "answers", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(handle, (" ".join(words) + "\n").encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def seed() -> None:
    """Records to work on: one open, one to be withdrawn, one with what must go."""
    from tonle.catalogue.tests.factories import make_record
    from tonle.search.public import catch_up

    folder = settings.TONLE_DATA / "seed"
    folder.mkdir()
    for name in ("open", "withdrawn", "secret", "restricted"):
        record = make_record({"data.bin": SECRET + name.encode()}, folder=folder)
        (folder / name).write_text(record.id, encoding="ascii")
    for number in range(PAPERS):
        (folder / f"paper-{number}.cff").write_text(
            f"cff-version: 1.2.0\nmessage: cite\ntitle: Water and rice {number}\n"
            f"authors:\n  - family-names: Sok\n    given-names: Dara\n"
            f"doi: 10.5555/paper.{number}\n",
            encoding="utf-8",
        )
    (folder / "upload-0").unlink()
    import_papers(SEEDED)
    catch_up()


def _seeded(name: str) -> str:
    return (settings.TONLE_DATA / "seed" / name).read_text(encoding="ascii")


def publish() -> None:
    """A new record with files, its next version, a correction."""
    from tonle.catalogue import drafts, services
    from tonle.catalogue.files import NewFile
    from tonle.catalogue.tests.factories import CURATOR, make_draft

    folder = settings.TONLE_DATA / "seed"
    draft = make_draft({"a.txt": b"a", "b.txt": b"b"}, folder=folder, now=NOW)
    record = services.publish(draft_id=draft.id, actor=CURATOR, now=NOW)
    acknowledge("version", record.id, "1.0")
    following = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=NOW, replaces_files=True
    )
    (folder / "c").write_bytes(b"c")
    drafts.add_file(
        draft_id=following.id, file=NewFile("c.txt", folder / "c"), actor=CURATOR, now=NOW
    )
    services.publish(draft_id=following.id, actor=CURATOR, now=NOW)
    acknowledge("version", record.id, "2.0")
    correction = drafts.create_successor(
        record_id=record.id, actor=CURATOR, now=NOW, replaces_files=False
    )
    services.publish(draft_id=correction.id, actor=CURATOR, now=NOW)
    acknowledge("version", record.id, "2.1")


def accept() -> None:
    """A curator says yes to a deposit; the node publishes it and writes that down."""
    from tonle.deposit.curation import accept as say_yes
    from tonle.deposit.curation import claim, hand_in
    from tonle.deposit.curation.models import Submission
    from tonle.deposit.curation.tests.factories import somebody, submission

    dara, sokha = somebody("dara", "curator"), somebody("sokha")
    made = Submission.objects.filter(depositor=sokha.id).first()
    if made is None:
        made = submission(sokha, settings.TONLE_DATA / "seed", now=NOW)
    if made.state == "preparing":
        made = hand_in(draft_id=made.id, actor=sokha, now=NOW)
    if made.state == "submitted":
        made = claim(draft_id=made.id, actor=dara, now=NOW)
    done = say_yes(draft_id=made.id, actor=dara, now=NOW)
    assert done.state == "published"
    acknowledge("version", made.record_id, "1.0")


def withdraw() -> None:
    from tonle.catalogue import services
    from tonle.catalogue.tests.factories import CURATOR

    record_id = _seeded("withdrawn")
    services.withdraw(
        record_id=record_id, category="by_author", reason={"en": "Wrong."}, actor=CURATOR, now=NOW
    )
    acknowledge("state", record_id, "withdrawn")


def restrict() -> None:
    from tonle.catalogue import services
    from tonle.catalogue.tests.factories import CURATOR

    record_id = _seeded("restricted")
    services.set_access(record_id=record_id, access={"level": "restricted"}, actor=CURATOR, now=NOW)
    acknowledge("access", record_id, "restricted")


def purge() -> None:
    from tonle.catalogue import services
    from tonle.catalogue.errors import WrongState
    from tonle.catalogue.tests.factories import STEWARD

    record_id = _seeded("secret")
    with suppress(WrongState):  # It was done before the crash.
        services.purge(
            record_id=record_id, category="law", reason={"en": "Order."}, actor=STEWARD, now=NOW
        )
    acknowledge("state", record_id, "purged")


def import_papers(most: int = PAPERS) -> None:
    from tonle.catalogue import importing
    from tonle.catalogue.importing import taking
    from tonle.kernel.actors import SYSTEM

    taking.BATCH = 3
    papers = sorted((settings.TONLE_DATA / "seed").glob("*.cff"))[:most]
    for item in importing.import_paths(papers, actor=SYSTEM, clock=lambda: NOW):
        assert item.outcome in {"added", "unchanged"}, item
        acknowledge("state", item.record, "published")


def index() -> None:
    from tonle.catalogue.tests.factories import make_record
    from tonle.search.public import catch_up

    make_record()
    catch_up()
    catch_up(rebuild=True)
    acknowledge("indexed")


def back_up() -> None:
    from tonle.infra import keeping
    from tonle.infra.backup import Node, backup, backups

    remote = keeping.remote() if settings.TONLE_FILES else None
    node = Node(settings.TONLE_DATA, settings.TONLE_OCFL_ROOT, settings.TONLE_STAGING, remote)
    destination = settings.TONLE_DATA / "backups"
    for hour in (1, 2):
        at = NOW.replace(hour=hour)
        if any(path.name >= f"{at:%Y%m%dT%H%M}" for path in backups(destination)):
            continue  # It was finished before the crash, or a later one was.
        made = backup(destination, at, node=node, keep=1)
        assert made.problems == ()
        acknowledge("backup", str(made.path))


def rebuild() -> None:
    from tests.crashes.driver import empty_database
    from tonle.catalogue.rebuild import NotEmpty
    from tonle.catalogue.rebuild import rebuild as bring_back

    begun = settings.TONLE_DATA / "rebuild-begun"
    if not begun.exists():
        begun.touch()
        empty_database()
    from tonle.catalogue import adoption

    adoption.BATCH = 4
    with suppress(NotEmpty):  # The crash came after its end.
        bring_back(NOW)
    acknowledge("rebuilt")


HARVESTED = 25
# Two repositories: one tells of deletions, one does not.
HARVESTS = (("h" * 15, "persistent"), ("k" * 15, "no"))


def harvest() -> None:
    """Two repositories, twice: what is new; then changes, deletions, one thing of two homes."""
    from tonle.federation.harvest.tests.servers.oai import OaiServer

    settings.TONLE_OUTBOUND_PRIVATE = ["127.0.0.1/32"]
    doi = "<dc:identifier>https://doi.org/10.5555/of.two.homes</dc:identifier>"
    for again in (False, True):
        for identifier, deletes in HARVESTS:
            with OaiServer(HARVESTED) as repository:
                repository.deletes = deletes
                repository.put(1, 1, extra=doi)
                if again:
                    for number in (3, 4):
                        repository.put(number, 60_000_000, extra="<dc:subject>rice</dc:subject>")
                    repository.put(1, 60_000_001, deleted=True)
                if again and deletes == "no":
                    del repository.items[1], repository.items[7]
                _harvest_from(repository, identifier, again=again)
    acknowledge("harvested")


def _harvest_from(repository: Any, identifier: str, *, again: bool) -> None:
    from tonle.federation.harvest.engine import Order
    from tonle.federation.harvest.engine import harvest as go
    from tonle.federation.harvest.models import Source
    from tonle.federation.harvest.tests.factories import make_source

    rows = Source.objects.filter(id=identifier)
    if not rows.exists():
        make_source(repository, id=identifier)
    # A server begun anew may have the port that another source's had before.
    elsewhere = Source.objects.filter(base_url=f"{repository.url}/oai").exclude(id=identifier)
    elsewhere.update(base_url="http://gone.invalid/oai")
    rows.update(base_url=f"{repository.url}/oai")
    if again or rows.get().whole_at is None:
        order = Order(by="", clock=lambda: NOW, whole=again)
        assert go(identifier, order).run.outcome == "complete"
        if rows.get().whole_is_due:
            # It went on where the repository, started anew, had forgotten how far it was: what
            # is gone is found by looking at everything once more, as the node knows.
            assert go(identifier, order).run.outcome == "complete"


def _hold_harvest() -> None:
    """Nothing lost, nothing doubled; and what the runs of the first source say adds up."""
    from tonle.catalogue.models import Record
    from tonle.federation.harvest.models import Item, Run

    rows = Record.objects.filter(kept_in__startswith="harvest:")
    shown = rows.filter(state="published")
    assert shown.count() == HARVESTED - 1 + HARVESTED - 2, shown.count()
    assert rows.filter(state="withdrawn").count() == 2
    first = Item.objects.filter(source__id=HARVESTS[0][0])
    if first.exists():  # A rebuild brings records back; their items come with the next harvest.
        assert first.filter(state="present").count() == HARVESTED - 1
        counts: Counter[str] = Counter()
        for run in Run.objects.filter(source__id=HARVESTS[0][0]):
            counts.update(run.counts)
        assert (counts["added"], counts["changed"], counts["deleted"]) == (HARVESTED, 2, 1), counts


UPLOADED = SECRET * 50


def upload() -> None:
    """A file comes in pieces, with and without checksums, and is attached to its draft."""
    from tonle.deposit.curation.tests.factories import somebody, submission
    from tonle.deposit.uploads import digests, places, receiving, services
    from tonle.deposit.uploads.models import Upload
    from tonle.deposit.uploads.rules.tus import Announced
    from tonle.infra.server.uploads import Checksum, End, SpoolPlan, _Sink

    tries = settings.TONLE_DATA / "tries"
    with tries.open("a") as file:
        file.write(".")
    # Each try is minutes after the one before, so that a dead one's grace is over.
    now = NOW + timedelta(minutes=tries.stat().st_size)
    bopha = somebody("bopha")
    one = Upload.objects.filter(created_by=bopha.id).first()
    if one is None:
        made = submission(bopha, settings.TONLE_DATA / "seed", files={}, now=NOW)
        said = Announced("survey.bin", sha256=hashlib.sha256(UPLOADED).hexdigest())
        one = services.begin(
            draft_id=made.id, said=said, length_bytes=len(UPLOADED), metadata="", actor=bopha,
            now=now,
        )  # fmt: skip
    one = receiving.settled(Upload.objects.select_related("draft").get(key=one.key), now)
    while one.state == Upload.RECEIVING:
        at = one.offset_bytes
        data = UPLOADED[at : at + 700]
        checksum = Checksum("sha256", hashlib.sha256(data).digest()) if at % 1400 else None
        lease = receiving.admit(one, offset=at, checked=checksum is not None, now=now)
        with _Sink(SpoolPlan(places.path_of(one), at, len(data), checksum)) as sink:
            sink.take(data)
            received = sink.finish(End.WHOLE)
        one = receiving.landed(one, lease=lease, received=received, now=now)
        acknowledge("bytes", one.id, str(one.offset_bytes))
    if one.state == Upload.ARRIVED:
        # Whole just before a crash: a task reads it, and its sender asks until it is ready.
        digests.take(one, now)
    taken = services.attach(draft_id=one.draft.id, upload_id=one.id, actor=bopha, now=now)
    acknowledge("file", one.draft.id, taken.sha256)


def _hold_upload(words: list[str]) -> None:
    """What was counted is here, and what was attached is the file."""
    from tonle.catalogue.files import drafts_root
    from tonle.catalogue.models import DraftFile
    from tonle.deposit.uploads.models import Upload
    from tonle.deposit.uploads.places import path_of

    if words[0] == "bytes":
        # A rebuild from files brings no drafts back, nor what was on its way into them.
        for row in Upload.objects.filter(id=words[1], state__in=Upload.UNDER_WAY):
            assert row.offset_bytes >= int(words[2])
            assert UPLOADED.startswith(path_of(row).read_bytes())
    for found in DraftFile.objects.filter(draft__id=words[1], name="survey.bin"):
        assert (drafts_root() / found.path).read_bytes() == UPLOADED


OPERATIONS: dict[str, Callable[[], None]] = {
    "publish": publish,
    "accept": accept,
    "withdraw": withdraw,
    "restrict": restrict,
    "purge": purge,
    "import": import_papers,
    "index": index,
    "backup": back_up,
    "rebuild": rebuild,
    "harvest": harvest,
    "upload": upload,
}


# --- afterwards ------------------------------------------------------------------------


def look() -> None:
    """What everybody sees of a node of which a process has just died: nothing half-done.

    Others of its processes go on serving. Raises AssertionError.
    """
    from tonle.catalogue import rebuild
    from tonle.catalogue.models import File, Intent, Record
    from tonle.catalogue.publication import object_id, storage
    from tonle.catalogue.rules.access import READ_METADATA
    from tonle.catalogue.selectors import permitted
    from tonle.kernel.actors import ANONYMOUS

    if rebuild.unfinished():
        return
    # What a court took may be gone before its row says so, and never the other way round.
    going = Intent.objects.filter(action="purge").values("record")
    for record in Record.objects.filter(permitted(ANONYMOUS, READ_METADATA, NOW), kept_in=""):
        assert record.document is not None
        body = bytes(record.document.body)
        assert hashlib.sha256(body).hexdigest() == record.document.sha256, record.id
        files = File.objects.filter(version__record=record).exclude(version__record__in=going)
        for file in files.exclude(content_path=""):
            place = storage().object_path(object_id(record.id)) / file.content_path
            assert hashlib.sha512(place.read_bytes()).hexdigest() == file.sha512, file.name


def restart() -> None:
    """What a node does when it comes up: open intents first, what waits, then the index."""
    from tonle.catalogue import rebuild, segments
    from tonle.catalogue.publication import recover
    from tonle.deposit.curation.models import Submission
    from tonle.infra import jobs
    from tonle.search.public import catch_up

    if not rebuild.unfinished():
        recover()
        segments.catch_up(NOW)
        jobs.run_all_due(NOW + timedelta(hours=1))
        # A yes is carried out by the node itself, whoever has gone home meanwhile.
        assert not Submission.objects.filter(state="accepted").exists()
        catch_up()


def verify() -> str:
    """Raises AssertionError where a promise is broken; returns the digest of all that is public."""
    from tonle.catalogue import checks, rebuild
    from tonle.catalogue.digest import digest
    from tonle.catalogue.models import Draft, Intent, Record
    from tonle.catalogue.node import NODE_OBJECT
    from tonle.catalogue.publication import storage
    from tonle.search.public import status

    if rebuild.unfinished():
        return UNFINISHED
    assert not Intent.objects.exists()
    for section in checks.sections(files=True):
        assert section.findings == [], section
    # No object without its record, no record begun and forgotten.
    known = {f"tonle:{record}" for record in _ids(kept_in="", state="published")}
    known |= {f"tonle:{record}" for record in _ids(kept_in="", state__in=["withdrawn", "purged"])}
    objects = {entry.object_id or "?" for entry in storage().walk()} - {NODE_OBJECT}
    found = {name for name in objects if not name.startswith("tonle:segment:")}
    assert found == known, found ^ known
    for record in Record.objects.filter(state="reserved"):
        assert Draft.objects.filter(record=record, state="open").exists()
    index_status = status()
    assert index_status.documents == Record.objects.filter(state="published").count()
    answers = settings.TONLE_DATA / "answers"
    for line in answers.read_text(encoding="utf-8").splitlines() if answers.exists() else ():
        _hold(line.split(" "))
    return digest()


def _kept() -> Iterator[bytes]:
    """The bytes of everything that is kept, wherever that is."""
    from tonle.catalogue.publication import storage
    from tonle.infra.ocfl import RemoteRoot

    root = storage()
    if isinstance(root, RemoteRoot):
        yield from (root.bucket.key(found.key).read_bytes() for found in root.bucket.list())
    else:
        yield from (path.read_bytes() for path in root.object_root().rglob("*") if path.is_file())  # type: ignore[union-attr] # A path, then.


def _ids(**filters: Any) -> list[str]:
    from tonle.catalogue.models import Record

    return list(Record.objects.filter(**filters).values_list("id", flat=True))


def _hold(words: list[str]) -> None:
    """One acknowledged answer against the node."""
    from tonle.catalogue.models import Record, Revision

    if words[0] == "backup":
        from tonle.infra.backup import verify as verify_backup

        # An earlier one may have been pruned by a later one; what is there is whole.
        path = Path(words[1])
        assert not path.exists() or list(verify_backup(path)) == []
    if words[0] == "harvested":
        _hold_harvest()
    if words[0] in {"bytes", "file"}:
        _hold_upload(words)
    if words[0] in {"indexed", "rebuilt", "backup", "harvested", "bytes", "file"}:
        return
    record = Record.objects.get(id=words[1])
    if words[0] == "state":
        assert record.state == words[2]
        if words[2] == "purged":
            assert not any(SECRET + b"secret" in data for data in _kept())
    elif words[0] == "access":
        assert record.access_level == words[2]
    elif words[0] == "version":
        version, revision = words[2].split(".")
        assert Revision.objects.filter(
            version__record=record, version__number=version, number=revision
        ).exists()
