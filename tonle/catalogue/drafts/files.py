"""The files of a draft: brought in, named, put in order, taken out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from tonle.catalogue import files as disk
from tonle.catalogue import permissions
from tonle.catalogue.drafts.opening import known, opened_for_files
from tonle.catalogue.errors import FilesNotReadable, NotStored
from tonle.catalogue.files import NewFile
from tonle.catalogue.models import Draft, DraftFile, File, Record
from tonle.catalogue.publication import object_id, storage
from tonle.catalogue.rules.access import READ_FILES, rule
from tonle.catalogue.selectors import facts_of, permitted
from tonle.infra import audit
from tonle.infra.ocfl import Place
from tonle.kernel.actors import ANONYMOUS, SYSTEM, Actor
from tonle.kernel.digests import Digests
from tonle.kernel.errors import N_, Invalid, NotFound, Refusal, TooLarge

# A draft holds bytes of its own until it is published or given up.
IN_WORK = ("open", "publishing")
# Names and digests of all are in the record's document, which is read whole.
MOST = 2000


def add_file(*, draft_id: str, file: NewFile, actor: Actor, now: datetime) -> DraftFile:
    """Copy a file into a draft; one of the same name is replaced. Streams, hashes, fsyncs.

    Raises NotFound, WrongState, Refused, Invalid, TooLarge.
    """
    name = disk.checked_name(file.name)
    file_room(draft_id=draft_id, name=name, actor=actor, now=now)
    return _enter(draft_id, disk.store(file), actor, now)


def take_file(
    *,
    draft_id: str,
    name: str,
    spooled: Path,
    actor: Actor,
    now: datetime,
    media_type: str = "",
    known: Digests | None = None,
) -> DraftFile:
    """Move an uploaded file into a draft; one of the same name is replaced.

    spooled: whole and fsynced, and nobody else's; it is gone once this is committed, and
    stays where it is when the draft refuses it. On the drafts' file system no byte is copied.
    known: its digests, where it was read before; else it is read now, which belongs outside
    of any transaction. Raises as `add_file`.
    """
    name = disk.checked_name(name)
    file_room(draft_id=draft_id, name=name, actor=actor, now=now)
    row = disk.take(NewFile(name, spooled, media_type), known)
    file = _enter(draft_id, row, actor, now)
    transaction.on_commit(lambda: spooled.unlink(missing_ok=True))
    return file


def file_room(*, draft_id: str, name: str, actor: Actor, now: datetime) -> int:
    """How many bytes a file of this name may have: to be asked before an upload begins.

    Raises NotFound, WrongState, Refused, Invalid, TooLarge.
    """
    name = disk.checked_name(name)
    draft = opened_for_files(draft_id, actor, now)
    return _room(draft, name)


def remove_file(*, draft_id: str, name: str, actor: Actor, now: datetime) -> None:
    """Take a file out of a draft. Raises NotFound, WrongState, Refused."""
    with transaction.atomic():
        draft = opened_for_files(draft_id, actor, now)
        _unlink_later(_named(draft, name))
        DraftFile.objects.filter(draft=draft, name=name).delete()
        _touch(draft, now)


def rename_file(*, draft_id: str, name: str, to: str, actor: Actor, now: datetime) -> DraftFile:
    """Give a file another name; its bytes and its place stay. Raises as `add_file`."""
    to = disk.checked_name(to)
    with transaction.atomic():
        draft = opened_for_files(draft_id, actor, now)
        file = _named(draft, name)
        if to == name:
            return file
        others = [other for other in _names(draft) if other != name]
        if to in others:
            raise Invalid([("name", N_("Another file of this draft has this name."))])
        _check_place(to, others)
        file.name = to
        file.save(update_fields=["name"])
        _touch(draft, now)
        return file


def reorder_files(*, draft_id: str, names: Sequence[str], actor: Actor, now: datetime) -> None:
    """Put the files of a draft in this order. Raises Invalid unless each is named once."""
    with transaction.atomic():
        draft = opened_for_files(draft_id, actor, now)
        rows = {file.name: file for file in DraftFile.objects.filter(draft=draft)}
        if len(names) != len(rows) or set(names) != set(rows):
            raise Invalid([("names", N_("Name every file of the draft once."))])
        for position, name in enumerate(names):
            rows[name].position = position
        DraftFile.objects.bulk_update(rows.values(), ["position"], batch_size=200)
        _touch(draft, now)


def draft_file(
    *, draft_id: str, name: str, actor: Actor, now: datetime, shown_to: Actor | None = None
) -> tuple[DraftFile, Place]:
    """A file of a draft and where its bytes lie, to be looked at before publication.

    What came in with the draft is for whoever may read the draft. What it has from the
    version before was published, and is for whoever may read the record's files now; that
    is written down as any other reading of them is.

    shown_to: who sees it by the actor's right to the draft, as by a link: what was published
    is then given out by theirs alone. The node itself looks at everything.
    Raises NotFound, alike for hidden and absent, FilesNotReadable, or NotStored.
    """
    draft = known(draft_id, actor)
    file = _named(draft, name)
    if draft.state not in IN_WORK:
        raise NotFound
    if not file.path:
        return file, _published(draft.record, file, actor if shown_to is None else shown_to, now)
    path = disk.drafts_root() / file.path
    if not path.is_file():
        # Published or discarded meanwhile, unless it is still open: then it is a fault.
        raise NotStored(record=draft.record.id) if draft.state == "open" else NotFound
    return file, path


def given_files(actor: Actor, now: datetime, shown_to: Actor | None = None) -> Q:
    """The twin of `draft_file`: the rows of `DraftFile` whose bytes it gives out."""
    reader = actor if shown_to is None else shown_to
    drafts = Draft.objects.filter(permissions.readable(actor), state__in=IN_WORK)
    kept = Q(path="")
    if reader != SYSTEM:
        kept &= Q(draft__record__in=Record.objects.filter(permitted(reader, READ_FILES, now)))
    return Q(draft__in=drafts) & (~Q(path="") | kept)


def _published(record: Record, file: DraftFile, reader: Actor, now: datetime) -> Place:
    """Where the bytes of a file of the version before lie, if the record gives them out."""
    facts = facts_of(record)
    ruling = rule(reader, READ_FILES, facts, now)
    if reader != SYSTEM and not ruling:
        raise FilesNotReadable([Refusal("access", reason) for reason in ruling.reasons])
    kept = (
        File.objects.filter(version__record=record, sha512=file.sha512)
        .exclude(content_path="")
        .first()
    )
    if kept is None:
        raise NotFound
    path = storage().object_path(object_id(record.id)) / kept.content_path
    if not path.is_file():
        raise NotStored(record=record.id)
    if reader != SYSTEM and not rule(ANONYMOUS, READ_FILES, facts, now):
        with transaction.atomic():
            audit.record_hourly("record.file_read", "record", record.id, reader, now)
    return path


def _enter(draft_id: str, row: dict[str, Any], actor: Actor, now: datetime) -> DraftFile:
    """Write the row of a file that lies in place. A refusal takes the file away again."""
    try:
        with transaction.atomic():
            draft = opened_for_files(draft_id, actor, now)
            if row["size_bytes"] > _room(draft, row["name"]):
                raise _too_large()
            before = DraftFile.objects.filter(draft=draft, name=row["name"]).first()
            if before is None:
                last = DraftFile.objects.filter(draft=draft).order_by("-position").first()
                file = DraftFile(draft=draft, position=last.position + 1 if last else 0, **row)
            else:
                _unlink_later(before)
                file = before
                for field, value in row.items():
                    setattr(file, field, value)
            file.save()
            _touch(draft, now)
            return file
    except BaseException:
        disk.unlink([row["path"]])
        raise


def _room(draft: Draft, name: str) -> int:
    sizes = dict(DraftFile.objects.filter(draft=draft).values_list("name", "size_bytes"))
    if name not in sizes and len(sizes) >= MOST:
        raise TooLarge(limit=MOST, unit="files")
    _check_place(name, sizes)
    taken = sum(size for other, size in sizes.items() if other != name)
    room: int = settings.TONLE_DRAFT_SIZE * 1024**3 - taken
    if room <= 0:
        raise _too_large()
    return room


def _too_large() -> TooLarge:
    return TooLarge(limit=settings.TONLE_DRAFT_SIZE, unit="GB")


def _check_place(name: str, others: Sequence[str] | dict[str, int]) -> None:
    """A name cannot be a file and a folder: no disk and no zip could hold both."""
    if any(
        other.startswith(f"{name}/") or name.startswith(f"{other}/")
        for other in others
        if other != name
    ):
        raise Invalid([("name", N_("A file and a folder of this draft would have one name."))])


def _names(draft: Draft) -> list[str]:
    return list(DraftFile.objects.filter(draft=draft).values_list("name", flat=True))


def _named(draft: Draft, name: str) -> DraftFile:
    file = DraftFile.objects.filter(draft=draft, name=name).first()
    if file is None:
        raise NotFound
    return file


def _unlink_later(file: DraftFile) -> None:
    if file.path:
        path = file.path
        transaction.on_commit(lambda: disk.unlink([path]))


def _touch(draft: Draft, now: datetime) -> None:
    draft.files_seq += 1
    draft.updated_at = now
    draft.save(update_fields=["files_seq", "updated_at"])
