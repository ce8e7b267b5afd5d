"""Saving a step: what a form says goes into the draft, beside what others wrote meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tonle.catalogue import public as catalogue
from tonle.deposit.forms.rules import steps
from tonle.deposit.forms.rules.steps import Step
from tonle.infra import days
from tonle.kernel import canonical
from tonle.kernel.actors import Actor
from tonle.kernel.fields import Values
from tonle.kernel.sentences import Sentence

LONGEST_SESSION = 60


@dataclass(frozen=True)
class Saved:
    """What became of a form.

    edit_seq: the number the draft has now. values: the form as it stands now: what was sent,
    but for the parts that others changed meanwhile. others: those parts. problems: field
    name to sentence; their parts are not saved.
    """

    edit_seq: int
    values: dict[str, list[str]]
    others: tuple[str, ...] = ()
    problems: Mapping[str, Sentence] = field(default_factory=dict)


def save_step(
    *,
    step: Step,
    draft_id: str,
    values: Values,
    base: int | None,
    session: str,
    actor: Actor,
    now: datetime,
) -> Saved:
    """Save whatever can be read of a step; the rest is told.

    base: the number of the state that the form was filled from. session: names the open
    form. Raises NotFound, WrongState, Refused, Invalid, TooLarge, EditConflict.
    """
    draft = catalogue.draft_view(draft_id=draft_id, actor=actor, now=now)
    base = None if base is None else min(base, draft.edit_seq)
    applied = steps.apply(step, draft.document, values, days.day_of(now))
    document, edit_seq = draft.document, draft.edit_seq
    sent = {name: list(texts) for name, texts in values.items()}
    if applied.changed:
        row = catalogue.edit_draft(
            draft_id=draft_id,
            document=applied.document,
            actor=actor,
            now=now,
            base=base,
            session=session[:LONGEST_SESSION],
        )
        document, edit_seq = canonical.loads(bytes(row.body)), row.edit_seq
    others = tuple(
        part.key
        for part in step.parts
        if steps.held(document, part.key) != steps.held(applied.document, part.key)
    )
    if others:
        sent = replaced(step, sent, steps.fields(step, document), others)
    return Saved(edit_seq, sent, others, applied.problems)


def replaced(step: Step, values: Values, by: Values, keys: tuple[str, ...]) -> dict[str, list[str]]:
    """The fields of some parts taken from another form, all others kept.

    keys: of the document, or `profile/<key>` for one field of the profile.
    """
    whole = {key for key in keys if "/" not in key}
    single = {key.replace("/", "-", 1) for key in keys if "/" in key}

    def of(name: str) -> bool:
        parts = steps.parts_of(step, name)
        return name in single or any(
            part.key in keys or part.key.partition("/")[0] in whole for part in parts
        )

    kept = {name: list(texts) for name, texts in values.items() if not of(name)}
    return kept | {name: list(texts) for name, texts in by.items() if of(name)}
