"""Questions about what was found. Whoever asks has asked before whether the draft may be seen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from tonle.catalogue import public as catalogue
from tonle.deposit.checks.models import FileCheck, PersonalFinding
from tonle.deposit.checks.rules.personal.traces import LABELS, NOTES
from tonle.deposit.checks.services import copies_of
from tonle.infra import audit
from tonle.kernel import canonical
from tonle.kernel.errors import N_, Refusal


@dataclass(frozen=True)
class FoundView:
    """One finding. label: a message. reason: the depositor's words, "" where there are none.

    open: a decision is waited for; a restriction that was lifted again waits anew.
    """

    id: str
    kind: str
    label: str
    where: str
    table: str
    count: int
    first_row: int
    mask: str
    decides: bool
    decision: str
    reason: str
    decided_at: datetime | None
    open: bool


@dataclass(frozen=True)
class FileView:
    """One file: how far it is read, and what was found. notes: messages.

    copies: which copies can be asked for. copy_state: "", "asked", "offered", "impossible".
    """

    id: str
    name: str
    state: str
    rows: int
    notes: tuple[str, ...]
    found: tuple[FoundView, ...]
    gone: bool
    copies: tuple[str, ...]
    copy_state: str
    copy_name: str

    @property
    def is_open(self) -> bool:
        return any(one.open for one in self.found)


@dataclass(frozen=True)
class Summary:
    """A draft's checks as pages show them. files: those with something to tell first."""

    draft_id: str
    files: tuple[FileView, ...] = ()
    gone: tuple[FileView, ...] = ()
    waiting: int = 0
    open: int = 0
    decided: int = 0
    unread: int = 0

    @property
    def done(self) -> int:
        return len(self.files) - self.waiting

    @property
    def total(self) -> int:
        return len(self.files)

    @property
    def partly(self) -> bool:
        """Whether a file was not looked into, or not to its end."""
        return any(file.notes for file in self.files)

    @property
    def told(self) -> tuple[FileView, ...]:
        """Files in which something was found."""
        return tuple(file for file in self.files if file.found)


@dataclass
class _Rows:
    here: list[FileView] = field(default_factory=list)
    gone: list[FileView] = field(default_factory=list)


def summary(draft_id: str) -> Summary:
    """Everything that is known of a draft's files. Five queries."""
    draft = catalogue.Draft.objects.filter(id=draft_id).first()
    if draft is None:
        return Summary(draft_id)
    restricted = _is_restricted(draft)
    checks = list(FileCheck.objects.filter(draft=draft).order_by("name", "key"))
    found = defaultdict(list)
    for row in PersonalFinding.objects.filter(check_of__draft=draft).order_by("key"):
        found[row.check_of_id].append(row)
    entries = [row.entry_id for rows in found.values() for row in rows if row.entry_id]
    reasons = audit.personal(entries) if entries else {}
    rows = _Rows()
    for check in checks:
        views = tuple(
            _view(row, reasons.get(row.entry_id or 0, {}).get("reason", ""), restricted)
            for row in found[check.key]
        )
        (rows.gone if check.gone_at else rows.here).append(_file(check, views))
    read = {(check.name, check.sha256) for check in checks if check.state == FileCheck.DONE}
    files = list(draft.files.all()) if draft.state == "open" else []
    unread = sum((file.name, file.sha256) not in read for file in files)
    return Summary(
        draft_id,
        tuple(sorted(rows.here, key=lambda file: (not file.is_open, not file.found))),
        tuple(file for file in rows.gone if any(one.decides for one in file.found)),
        waiting=unread,
        open=sum(one.open for file in rows.here for one in file.found),
        decided=sum(bool(one.decision) for file in rows.here + rows.gone for one in file.found),
        unread=unread,
    )


def undecided(draft_id: str) -> tuple[Refusal, ...]:
    """Why the draft cannot be handed in or accepted yet; none when all is read and decided."""
    now = summary(draft_id)
    found = []
    if now.unread:
        found.append(
            Refusal(
                "checks_running",
                N_(
                    "One file is still being looked at for personal data. That takes moments: try "
                    "again then."
                )
                if now.unread == 1
                else N_(
                    "%(count)s files are still being looked at for personal data. That takes "
                    "moments: try again then."
                ),
                {"count": now.unread},
            )
        )
    if now.open:
        found.append(
            Refusal(
                "findings_open",
                N_(
                    "Personal data may be in the files: one finding waits for a decision on the "
                    "page “Findings”."
                )
                if now.open == 1
                else N_(
                    "Personal data may be in the files: %(count)s findings wait for a decision "
                    "on the page “Findings”."
                ),
                {"count": now.open},
            )
        )
    return tuple(found)


def _is_restricted(draft: catalogue.Draft) -> bool:
    document = canonical.loads(bytes(draft.body)) if draft.body else {}
    level = document.get("access", {}).get("level")
    # Emptied once published: what was decided is then history.
    return draft.state != "open" or level in {"restricted", "metadata_only"}


def _view(row: PersonalFinding, reason: str, restricted: bool) -> FoundView:
    lifted = row.decision == PersonalFinding.RESTRICTED and not restricted
    return FoundView(
        row.id,
        row.kind,
        LABELS.get(row.kind, row.kind),
        row.where,
        row.table,
        row.count,
        row.first_row,
        row.mask,
        row.decides,
        "" if lifted else row.decision,
        reason,
        row.decided_at,
        row.decides and (row.decision == "" or lifted),
    )


def _file(check: FileCheck, found: tuple[FoundView, ...]) -> FileView:
    return FileView(
        check.id,
        check.name,
        check.state,
        check.rows,
        tuple(NOTES[code] for code in check.notes if code in NOTES),
        found,
        check.gone_at is not None,
        copies_of(check.name, {one.kind for one in found if one.open}),
        check.copy_state,
        check.copy_name,
    )
