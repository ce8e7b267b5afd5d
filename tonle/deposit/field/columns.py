"""The columns of a draft's tables: found, described by a form, written by people."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from tonle.catalogue import public as catalogue
from tonle.deposit.field import looking
from tonle.deposit.field.models import LookedInto
from tonle.deposit.field.rules import variables
from tonle.deposit.field.rules.forms import Form
from tonle.deposit.field.rules.headings import WORDS, Forms, Heading, described, lightened
from tonle.deposit.field.rules.tables import Found, is_readable
from tonle.infra import jobs, keeping
from tonle.kernel import canonical
from tonle.kernel.actors import SYSTEM, Actor
from tonle.kernel.errors import NotFound, TonleError
from tonle.kernel.text import LanguageMap, language_tag

log = logging.getLogger(__name__)

# Two edits at once are rare; more than this is somebody who writes all the time.
_TRIES = 3


@dataclass(frozen=True)
class TableView:
    """One table of a draft with what is said of its columns.

    key: names it in addresses. columns: (heading, description or {}) in the order of the file.
    from_form: whether a form in the draft knows it.
    """

    key: str
    file: str
    name: str
    columns: tuple[tuple[Heading, dict[str, Any]], ...]
    from_form: bool

    @property
    def said(self) -> int:
        """How many of its columns are described."""
        return sum("label" in one for _, one in self.columns)


@cache
def words() -> dict[str, LanguageMap]:
    """What columns of survey tools mean, in every language of the pages that has its own words."""
    found: dict[str, LanguageMap] = {word: {"en": text} for word, text in WORDS.items()}
    for code, _ in settings.LANGUAGES:
        with translation.override(code):
            for word, text in WORDS.items():
                if (said := gettext(text)) != text:
                    found[word][language_tag(code)] = said
    return found


JOB = "deposit.field.columns"


def watch(sender: Any, instance: Any, update_fields: Any, **_: Any) -> None:
    """A draft's files changed: look again. Connected to the draft's own signal."""
    del sender
    if update_fields and "files_seq" in update_fields:
        payload = {"draft": instance.id}
        jobs.enqueue(JOB, payload, run_at=instance.updated_at, unique_key=f"{JOB}/{instance.id}")


@jobs.handler(JOB, queue="checks", lease_seconds=180)
def _job(run: jobs.Run, now: datetime) -> None:
    """Look into what nobody has looked into, as the files of the version before; then describe."""
    draft_id = run.payload["draft"]
    draft = catalogue.Draft.objects.filter(id=draft_id, state="open").first()
    if draft is None or draft.record.kind != "dataset":
        return
    seen = set(LookedInto.objects.filter(draft=draft).values_list("sha256", flat=True))
    for file in draft.files.all():
        if file.sha256 in seen or not is_readable(file.name):
            continue
        try:
            _, place = catalogue.draft_file(
                draft_id=draft_id, name=file.name, actor=SYSTEM, now=now
            )
        except TonleError:
            continue
        with keeping.local(place) as path:
            _look(draft, file.name, file.sha256, path, now)
        run.checkpoint(file.name)
    describe(draft_id, now)


def look(draft_id: str, name: str, sha256: str, path: Path, now: datetime) -> None:
    """Look into one file of a draft for tables or a form, and describe what can be described.

    Called outside of any transaction; a child process reads the file.
    """
    draft = catalogue.Draft.objects.filter(id=draft_id, state="open").first()
    if draft is not None and draft.record.kind == "dataset" and is_readable(name):
        _look(draft, name, sha256, path, now)
        describe(draft_id, now)


def _look(draft: catalogue.Draft, name: str, sha256: str, path: Path, now: datetime) -> None:
    if LookedInto.objects.filter(draft=draft, name=name, sha256=sha256).exists():
        return
    found = looking.tables_of(path, name).to_json()
    LookedInto.objects.get_or_create(
        draft=draft, name=name, sha256=sha256, defaults={"found": found, "at": now}
    )


def describe(draft_id: str, now: datetime) -> None:
    """Let the draft say of its tables what forms and survey tools say of their columns.

    What a person wrote or took away stays so; a form that comes later describes what nobody
    has touched. Called again it changes nothing.
    """
    for _ in range(_TRIES):
        draft = catalogue.draft_view(draft_id=draft_id, actor=SYSTEM, now=now)
        if draft.state != "open":
            return
        document = variables.renamed(draft.document, _follow_names(draft))
        document, wrote = _described(document, _rows(draft))
        if document == draft.document:
            return
        try:
            catalogue.edit_draft(
                draft_id=draft_id, document=document, actor=SYSTEM, now=now, base=draft.edit_seq
            )
        except catalogue.EditConflict:
            continue
        except TonleError as error:
            log.info("The columns of a draft are not described: %s", type(error).__name__)
            return
        for row in wrote:
            row.save(update_fields=["wrote"])
        return


def _follow_names(draft: catalogue.DraftView) -> dict[str, str]:
    """Files that are called otherwise now: what was seen in them is that of the new name.

    Their old names to the new ones.
    """
    here = {(file.name, file.sha256) for file in draft.files}
    moved = {}
    rows = list(LookedInto.objects.filter(draft__id=draft.id))
    seen = {(row.name, row.sha256) for row in rows}
    for row in rows:
        names = sorted(name for name, sha256 in here - seen if sha256 == row.sha256)
        if (row.name, row.sha256) not in here and names:
            moved[row.name] = row.name = names[0]
            row.save(update_fields=["name"])
            seen.add((row.name, row.sha256))
    return moved


def _rows(draft: catalogue.DraftView) -> list[LookedInto]:
    """What was seen in the files that the draft has, in their order."""
    order = {(file.name, file.sha256): n for n, file in enumerate(draft.files)}
    rows = LookedInto.objects.filter(draft__id=draft.id)
    here = [row for row in rows if (row.name, row.sha256) in order]
    return sorted(here, key=lambda row: order[row.name, row.sha256])


def _described(
    document: dict[str, Any], rows: Sequence[LookedInto]
) -> tuple[dict[str, Any], list[LookedInto]]:
    """The document with all that is found, and the rows that wrote something in it."""
    found = [(row, found_in(row)) for row in rows]
    forms = [one.form for _, one in found if one.form is not None]
    made = dict(document)
    for form in forms[:1]:
        made = _named_after(form, made)
    known = Forms(forms)
    wrote = []
    for row, one in found:
        for table in one.tables:
            held = variables.of_table(made, row.name, table.name)
            if row.wrote.get(table.name, "") != _mark(held):
                continue  # Somebody wrote here.
            best = known.best(table.headings)
            said = described(table.headings, best, words(), table=table.name)
            columns = variables.placed(lightened(said), row.name, table.name)
            if columns and columns != held:
                made = variables.with_table(made, row.name, table.name, columns)
                row.wrote = {**row.wrote, table.name: _mark(columns)}
                wrote.append(row)
    return made, wrote


def found_in(row: LookedInto) -> Found:
    """What was seen in a file; nothing for a photograph, or one that could not be read."""
    try:
        return Found.from_json(row.found)
    except (ValueError, KeyError, TypeError):
        return Found()


def _named_after(form: Form, document: dict[str, Any]) -> dict[str, Any]:
    """A draft that has no title or language yet has those of its form."""
    made = dict(document)
    if form.title and not any(text.strip() for text in made.get("titles", {}).values()):
        made["titles"] = {(form.languages or ("und",))[0]: form.title}
    if form.languages and not made.get("languages"):
        made["languages"] = list(form.languages[:20])
    return made


def _mark(columns: Sequence[dict[str, Any]]) -> str:
    """What tells these descriptions from others, whatever the file is called; "" for none."""
    return canonical.digest([_bare(one) for one in columns]) if columns else ""


def packed(draft: catalogue.DraftView) -> list[str]:
    """Names of zips among the draft's files that hold a survey tool's tables."""
    return [row.name for row in _rows(draft) if found_in(row).packed]


def unread(draft: catalogue.DraftView) -> int:
    """How many files have not been looked into yet."""
    seen = {row.sha256 for row in LookedInto.objects.filter(draft__id=draft.id)}
    return sum(is_readable(file.name) and file.sha256 not in seen for file in draft.files)


# --- people --------------------------------------------------------------------------------


def tables(draft: catalogue.DraftView) -> list[TableView]:
    """The tables of a draft's files, in their order. One query."""
    rows = _rows(draft)
    found = [(row, found_in(row)) for row in rows]
    forms = Forms(one.form for _, one in found if one.form is not None)
    made = []
    for number, (row, one) in enumerate(found):
        for place, table in enumerate(one.tables):
            known = {
                said["name"]: said
                for said in variables.of_table(draft.document, row.name, table.name)
            }
            columns = tuple((heading, known.get(heading.name, {})) for heading in table.headings)
            from_form = forms.best(table.headings) is not None
            made.append(TableView(f"{number}-{place}", row.name, table.name, columns, from_form))
    return made


def write(
    *,
    draft_id: str,
    table: TableView,
    said: Sequence[variables.Said],
    language: str,
    base: int | None,
    session: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep what somebody wrote of some columns of one table, in one language.

    Raises NotFound, WrongState, Refused, Invalid, TooLarge, EditConflict.
    """
    draft = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    held = [_bare(one) for one in variables.of_table(draft.document, table.file, table.name)]
    types = {heading.name: heading.type for heading, _ in table.columns}
    columns = variables.changed(held, said, types, language)
    _save(draft, table, columns, base=base, session=session, actor=actor, now=now)


def fill(*, draft_id: str, key: str, actor: Actor, now: datetime) -> None:
    """Let a form in the draft say what nobody has said of a table's columns.

    Raises NotFound, WrongState, Refused, Invalid, TooLarge, EditConflict.
    """
    draft = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    table = next((one for one in tables(draft) if one.key == key), None)
    if table is None:
        raise NotFound
    headings = [heading for heading, _ in table.columns]
    forms = (found_in(row).form for row in _rows(draft))
    form = Forms(one for one in forms if one is not None).best(headings)
    found = lightened(described(headings, form, words(), table=table.name))
    held = [_bare(one) for one in variables.of_table(draft.document, table.file, table.name)]
    columns = variables.filled(held, found)
    _save(draft, table, columns, base=draft.edit_seq, session="", actor=actor, now=now)


def _bare(one: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in one.items() if key not in {"file", "table"}}


def _save(
    draft: catalogue.DraftView,
    table: TableView,
    columns: Sequence[dict[str, Any]],
    *,
    base: int | None,
    session: str,
    actor: Actor,
    now: datetime,
) -> None:
    placed = variables.placed(columns, table.file, table.name)
    document = variables.with_table(draft.document, table.file, table.name, placed)
    if document != draft.document:
        catalogue.edit_draft(
            draft_id=draft.id, document=document, actor=actor, now=now, base=base, session=session
        )
