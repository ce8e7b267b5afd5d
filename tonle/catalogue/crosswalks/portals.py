"""Readers of what catalogues of data answer: how each of them begins and ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tonle.catalogue.crosswalks import datacite, jsontext
from tonle.catalogue.crosswalks.clean import Cleaner
from tonle.catalogue.crosswalks.common import (
    Document,
    Notes,
    Parsed,
    ParsedRecord,
    Remark,
    digest,
    refused_file,
)
from tonle.catalogue.crosswalks.elsewhere import pardon
from tonle.catalogue.crosswalks.keys import finish
from tonle.kernel.errors import N_

MAX_RECORDS: Final = 20_000


@dataclass(frozen=True)
class Portal:
    """How the answers of one kind of catalogue become records.

    items(value): the records in a file of JSON, as the two below want them. nothing: the message
    where there is none. properties(item, clean): the record in the shape of DataCite's
    properties. beside(item, clean, document): adds what these have no place for, such as files
    that stay at home. source(item): its bytes, by which it is known again among others.
    """

    format: str
    nothing: str
    items: Callable[[Any], Sequence[Any]]
    properties: Callable[[Any, Cleaner], dict[str, Any]]
    beside: Callable[[Any, Cleaner, Document], None]
    source: Callable[[Any], bytes] = lambda item: repr(item).encode()

    def parse(self, data: bytes, name: str) -> Parsed:
        """The records of a file of JSON."""
        try:
            value = jsontext.parse(data)
        except jsontext.NotJson as error:
            return refused_file(self.format, data, name, error.remark)
        return self.read(self.items(value), data, name)

    def read(self, items: Sequence[Any], data: bytes, name: str) -> Parsed:
        """The items of a file, each as a record: under the file's name, with its number among
        others."""
        if not items:
            return refused_file(self.format, data, name, Remark("", self.nothing))
        if len(items) > MAX_RECORDS:
            too_many = N_("The file holds more than %(limit)s records; split it.")
            remark = Remark("", too_many, {"limit": MAX_RECORDS})
            return refused_file(self.format, data, name, remark)
        if len(items) == 1:
            return Parsed(self.format, (self._record(items[0], f"file:{name}", digest(data)),))
        return Parsed(
            self.format,
            tuple(
                self._record(one, f"file:{name}#{number}", digest(self.source(one)))
                for number, one in enumerate(items, start=1)
            ),
        )

    def _record(self, item: Any, key: str, received: str) -> ParsedRecord:
        notes = Notes()
        clean = Cleaner(notes)
        made = datacite.document(self.properties(item, clean), notes, format_name=self.format)
        pardon(notes)
        self.beside(item, clean, made)
        return finish(made, notes, key, received)
