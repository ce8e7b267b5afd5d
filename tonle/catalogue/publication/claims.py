"""The names that documents lay claim to: one name, one record."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from tonle.catalogue.errors import PidTaken
from tonle.catalogue.models import Pid
from tonle.catalogue.publication.plans import Plan
from tonle.infra.bulk import insert_each


class Claims:
    """The names that a batch of documents lays claim to."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        wanted = {pid for plan in plans for pid in claimed(plan.document)}
        values = {value for _, value in wanted}
        rows = Pid.objects.filter(value__in=values).values_list("scheme", "value", "record__id")
        self._held = {(scheme, value): holder for scheme, value, holder in rows}
        self._new: dict[tuple[str, str], str] = {}

    def check(self, plan: Plan) -> None:
        """Raises PidTaken where another record, here or earlier in the batch, has the name.

        Unless that one leaves it to this one.
        """
        for scheme, value in claimed(plan.document):
            holder = self._held.setdefault((scheme, value), plan.record.id)
            if holder not in {plan.record.id, plan.heir_of}:
                raise PidTaken(scheme=scheme, value=value, holder=holder)

    def write(self, plans: Sequence[Plan]) -> None:
        for plan in plans:
            if plan.heir_of:
                names = set(claimed(plan.document))
                for pid in Pid.objects.filter(record__id=plan.heir_of):
                    if (pid.scheme, pid.value) in names:
                        Pid.objects.filter(key=pid.key).update(record=plan.record)
        records = {plan.record.id: plan.record for plan in plans}
        known = set(
            Pid.objects.filter(record__in=list(records.values())).values_list("scheme", "value")
        )
        insert_each(
            Pid(record=plan.record, scheme=scheme, value=value)
            for plan in plans
            for scheme, value in claimed(plan.document)
            if (scheme, value) not in known
        )


def claimed(document: dict[str, Any]) -> Iterable[tuple[str, str]]:
    """The names claimed, each once. An address is where a thing lies; many may lie there."""
    return dict.fromkeys(
        (pid["scheme"], pid["value"]) for pid in document.get("pids", ()) if pid["scheme"] != "url"
    )
