"""What `tonle check` looks at, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from tonle.catalogue import agreement, gates, segments
from tonle.catalogue.files import drafts_root
from tonle.catalogue.log import Verifier
from tonle.catalogue.models import DraftFile, Intent, Record, SegmentHead
from tonle.catalogue.node import NODE_OBJECT
from tonle.catalogue.publication import object_id, storage
from tonle.infra import audit, jobs, lifecycle, triggers
from tonle.infra.ocfl import BadSource, digest_file


@dataclass
class Section:
    """One thing looked at: its name, a sentence, and what does not hold."""

    name: str
    summary: str = ""
    findings: list[str] = field(default_factory=list)


def sections(*, files: bool) -> Iterator[Section]:
    """Every check, one after the other. files: read every kept byte as well."""
    yield _guards()
    yield _audit()
    yield _log()
    yield _rows(files=files)
    yield _storage(files=files)
    yield _drafts(files=files)
    yield _segments(files=files)


def _guards() -> Section:
    """What must be in place for the other promises to hold."""
    section = Section("guards")
    section.findings += [f"the trigger {name} is missing" for name in triggers.missing()]
    section.findings += [f"the gate {name} is not registered" for name in gates.missing()]
    section.findings += jobs.wiring_faults()
    section.summary = "triggers, gates and handlers are in place"
    if section.findings:
        section.summary = f"{len(section.findings)} missing; run `tonle init` to install triggers"
    return section


def _audit() -> Section:
    report = audit.Report()
    found = chain(audit.verify(report), lifecycle.verify())
    # What was erased on purpose is no fault: the chain holds without it.
    findings = [str(finding) for finding in found if finding.kind == "broken"]
    erased = f", {report.erased:,} values erased" if report.erased else ""
    return Section("audit", f"{report.entries:,} entries verified{erased}", findings)


def _log() -> Section:
    verifier = Verifier()
    findings = [f"position {f.pos}: {f.what}" for f in verifier.findings()]
    erased = f", {verifier.erased:,} documents erased" if verifier.erased else ""
    return Section("log", f"{verifier.checked:,} entries verified{erased}", findings)


def _rows(*, files: bool) -> Section:
    """Whether the database filters by what the documents say, also for what others own."""
    section, count = Section("rows"), 0

    def step(number: int) -> None:
        nonlocal count
        count += number

    section.findings += [
        f"record {record_id}: {what}"
        for record_id, what in agreement.disagreements(paths=files, step=step)
    ]
    section.summary = f"{count:,} records are as their documents say"
    if section.findings:
        section.summary = (
            f"{count:,} records compared with their documents; restore the database from a "
            "backup, or rebuild it from the files"
        )
    return section


def _storage(*, files: bool) -> Section:
    """Whether the files hold what the database names; with files, every byte of it."""
    section = Section("files")
    root = storage()
    section.findings += [
        f"record {record_id}: authorised, not yet in place; restart the node"
        for record_id in Intent.objects.values_list("record__id", flat=True)
    ]
    rows = Record.objects.exclude(state="reserved").filter(kept_in="").order_by("id")
    count = size = 0
    for row in rows.values_list("id", "ocfl_version", "ocfl_digest").iterator(chunk_size=2000):
        record_id, version, digest = row
        head = root.head(object_id(record_id))
        count += 1
        if head is None:
            section.findings.append(f"record {record_id}: its object is missing from the storage")
        elif (head.version, head.inventory_sha512) != (version, digest):
            section.findings.append(f"record {record_id}: the storage holds another state of it")
        elif files:
            checked = root.fixity(object_id(record_id))
            size += checked.size_bytes
            section.findings += [f"record {record_id}: {finding}" for finding in checked.findings]
    if root.head(NODE_OBJECT) is None:
        section.findings.append("the node's own object is missing; restart the node")
    elif files:
        own = root.fixity(NODE_OBJECT)
        size += own.size_bytes
        section.findings += [f"the node's own object: {finding}" for finding in own.findings]
    read = f", {size:,} bytes read" if files else ""
    # Counted as a backup counts, which keeps both.
    section.summary = f"{count + 1:,} objects, the node's own with them, agree{read}"
    return section


def _drafts(*, files: bool) -> Section:
    """Whether drafts have the bytes that were given to them; with files, every byte of it."""
    section, count = Section("drafts"), 0
    rows = DraftFile.objects.filter(draft__state="open").exclude(path="")
    for row in rows.order_by("key").select_related("draft").iterator(chunk_size=2000):
        count += 1
        what = _amiss(row, files=files)
        # Not one that was replaced, removed or published just now.
        if what and rows.filter(key=row.key, path=row.path).exists():
            section.findings.append(f"draft {row.draft.id}: {row.name}: {what}")
    section.summary = f"{count:,} files of drafts are there"
    return section


def _amiss(file: DraftFile, *, files: bool) -> str:
    path = drafts_root() / file.path
    try:
        if path.stat().st_size != file.size_bytes:
            return "it has another size"
        if files and digest_file(path).sha512 != file.sha512:
            return "its bytes were changed"
    except (OSError, BadSource):
        return "it cannot be read"
    return ""


def _segments(*, files: bool) -> Section:
    """Whether what others own is kept, and shown as it is kept; with files, every byte of it."""
    section = Section("segments")
    root, count, kept = storage(), 0, 0
    for head in SegmentHead.objects.order_by("name"):
        of_head = segments.objects(root, head.name)
        count, kept = count + 1, kept + len(of_head)
        if segments.stand(head.name) != segments.last(root, head.name):
            section.findings.append(f"{head.name}: kept, not all shown yet; restart the node")
        if files:
            for object_id in of_head:
                checked = root.fixity(object_id)
                section.findings += [f"{object_id}: {finding}" for finding in checked.findings]
    section.summary = f"{count:,} sources of others' records, in {kept:,} objects, agree"
    return section
