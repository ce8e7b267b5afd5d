"""What a record's document does not know: where it stands, and what it is called there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import tzinfo


@dataclass(frozen=True)
class Here:
    """The place of a record.

    url: the absolute address of its page; pid_url: the one to cite.
    ark: its name under this node's number, "" while the number is the one for tests, which
    nobody else can resolve.
    file_url(name): absolute address of a file; record_url(id): of another record here.
    files_open: whether anybody may have the files now.
    kind_label: an English word for its kind. node_name, node_url: the node it stands on.
    zone: in which that node counts its days.
    """

    url: str
    pid_url: str
    ark: str
    file_url: Callable[[str], str]
    record_url: Callable[[str], str]
    files_open: bool
    kind_label: str
    node_name: str
    node_url: str
    zone: tzinfo

    def at_version(self, number: int) -> Here:
        """The place of an earlier version: its own page, and its own files."""
        url = f"{self.url}/v{number}"
        return replace(
            self,
            url=url,
            # A persistent name is of all versions; without one, the page is what is cited.
            pid_url=url if self.pid_url == self.url else self.pid_url,
            file_url=lambda name: self.file_url(name).replace(self.url, url, 1),
        )
