"""The names that documents lay claim to: one name, one record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tonle.catalogue.errors import PidTaken
from tonle.catalogue.models import Pid, Record
from tonle.catalogue.publication.plans import Plan
from tonle.catalogue.rules.elsewhere import is_let_go
from tonle.catalogue.rules.named import at_home, id_in, names_of
from tonle.catalogue.selectors import document_of
from tonle.infra.bulk import insert_each


class Holders:
    """Who has the names by which others call what they describe. Three queries for all of them.

    A name that a record was corrected not to have is nobody's. for_own: what is described shall
    be a record of this node, to which those names go over, too, that a home has let go of.
    """

    def __init__(
        self,
        documents: Sequence[Mapping[str, Any]],
        names: Iterable[str] = (),
        *,
        for_own: bool = False,
    ) -> None:
        values = {value for document in documents for _, value in known_by(document)}
        self._held, free, unsaid = names_held(values)
        passed_over = {*unsaid, *(free if for_own else ())}
        self._held = {name: one for name, one in self._held.items() if name not in passed_over}
        said = (name for document in documents for name in names_of(document))
        self._own = own([*names, *said])

    def of(self, document: Mapping[str, Any], name: str = "") -> Iterator[PidTaken]:
        """Each name that is a record's already, with that record as its `holder`.

        name: what the thing is called where it was read.
        """
        for scheme, value in claimed(document):
            if holder := self._held.get((scheme, value)):
                yield PidTaken(scheme=scheme, value=value, holder=holder)
        for value in (name, *names_of(document)):
            if holder := self._own.get(id_in(value)):
                scheme = value.partition(":")[0]
                yield PidTaken(scheme=scheme, value=value, holder=holder)

    def from_home(self, document: Mapping[str, Any]) -> str:
        """The record that was read of the same node in another way; "" for none.

        It tells that something new is none. It is no claim: two that are here stay two.
        """
        name = at_home(document)
        return self._held.get(name, "") if name else ""

    def give(self, document: Mapping[str, Any], holder: str) -> None:
        """The next that is known by a name of this document is the same thing."""
        self._held |= dict.fromkeys(known_by(document), holder)


def own(names: Iterable[str]) -> dict[str, str]:
    """Ids of this node's own records that these names end with, to the record each is now:
    itself, or the one that it became part of. One query, or none."""
    ids = {id for name in names if (id := id_in(name))}
    if not ids:
        return {}
    found = Record.objects.filter(id__in=ids, kept_in="").exclude(state="reserved")
    return {id: heir or id for id, heir in found.values_list("id", "merged_into")}


class Claims:
    """The names that a batch of documents lays claim to."""

    def __init__(self, plans: Sequence[Plan]) -> None:
        wanted = {pid for plan in plans for pid in claimed(plan.document)}
        values = {value for _, value in wanted}
        held, free, unsaid = names_held(values)
        self._free = free | unsaid
        self._held = {name: one for name, one in held.items() if name not in self._free}
        new = {plan.record.id for plan in plans}
        self._own = own(value for value in values if id_in(value) not in new)

    def check(self, plan: Plan) -> None:
        """Raises PidTaken where another record, here or earlier in the batch, has the name.

        Unless that one leaves it to this one, was corrected not to have it, or its home has let
        go of it.
        """
        for scheme, value in claimed(plan.document):
            meant = id_in(value)
            # A name that ends with a record's id is that record's, whether it says so or not.
            if self._own.get(meant) == meant:
                self._held.setdefault((scheme, value), meant)
            holder = self._held.setdefault((scheme, value), plan.record.id)
            if holder not in {plan.record.id, plan.heir_of}:
                raise PidTaken(scheme=scheme, value=value, holder=holder)

    def write(self, plans: Sequence[Plan]) -> None:
        for plan in plans:
            for name in self._free.keys() & set(claimed(plan.document)):
                Pid.objects.filter(key=self._free.pop(name)).update(record=plan.record)
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


_Name = tuple[str, str]


def names_held(
    values: Iterable[str],
) -> tuple[dict[_Name, str], dict[_Name, int], dict[_Name, int]]:
    """(scheme, value) to the id of the record that has it; and the keys of two kinds of rows:
    those whose record is withdrawn since its home let go of it, and those whose record is public
    and says the name no more. These lead to it until another claims them. Two queries, or one."""
    rows = list(
        Pid.objects.filter(value__in=list(values)).values_list(
            "scheme", "value", "record__id", "key"
        )
    )
    held = {(scheme, value): holder for scheme, value, holder, _ in rows}
    found = Record.objects.filter(id__in=set(held.values())).exclude(document=None)
    records = found.select_related("document") if held else ()
    free: set[str] = set()
    said: dict[str, set[_Name]] = {}
    for record in records:
        document = document_of(record)
        if record.state == "published":
            said[record.id] = set(known_by(document))
        elif record.kept_in and record.state == "withdrawn" and is_let_go(document):
            free.add(record.id)
    keys = {(scheme, value): key for scheme, value, _, key in rows}
    return (
        held,
        {name: keys[name] for name, holder in held.items() if holder in free},
        {n: keys[n] for n, one in held.items() if one in said and n not in said[one]},
    )


def claimed(document: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The names claimed, each once. An address is where a thing lies; many may lie there."""
    return dict.fromkeys(
        (pid["scheme"], pid["value"]) for pid in document.get("pids", ()) if pid["scheme"] != "url"
    )


def known_by(document: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The names claimed, and the one by which a record of another node is met again."""
    name = at_home(document)
    return [*claimed(document), *([name] if name else ())]
