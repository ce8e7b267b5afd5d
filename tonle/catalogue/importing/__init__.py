"""Taking other people's records in: files, folders, tables, crates with files, addresses.

`reading`, `crates` and `web` find documents; `taking` brings them in, in batches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from tonle.catalogue.crosswalks.tables import Mapping
from tonle.catalogue.importing.reading import How, read_paths
from tonle.catalogue.importing.taking import Incoming, Item, Outcome, Run, consume
from tonle.catalogue.importing.web import Web, read_addresses
from tonle.catalogue.permissions import demand, may_publish
from tonle.kernel.actors import Actor

__all__ = [
    "Incoming",
    "Item",
    "Outcome",
    "import_addresses",
    "import_documents",
    "import_paths",
]


def import_paths(
    paths: Sequence[Path],
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    dry_run: bool = False,
    as_drafts: bool = False,
    mapping: Mapping | None = None,
    files: bool = True,
    same: bool = False,
) -> Iterator[Item]:
    """Take in every record of files and folders. dry_run says what would happen.

    clock: UTC now, asked once for each batch: an import takes hours, and what it changes is
    entered into the log with an instant of its own.

    as_drafts: nothing becomes public. mapping: what the columns of tables mean. files: a
    crate comes in with its files. same: what lies where another thing lay is that thing; else
    it is refused where nothing but its place says so. Yields an Item for every record and for
    every file without one. Raises NotPermitted before anything else; faulty input never raises.
    """
    demand(may_publish(actor))
    how = How(mapping, files, unpack=not dry_run)
    return consume(read_paths(paths, how), Run(actor, clock, dry_run, as_drafts, same))


def import_documents(
    documents: Iterable[Incoming],
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    dry_run: bool = False,
) -> Iterator[Item]:
    """Take in documents that somebody has already read, such as the starter set."""
    demand(may_publish(actor))
    return consume(documents, Run(actor, clock, dry_run))


def import_addresses(
    addresses: Sequence[str],
    *,
    actor: Actor,
    clock: Callable[[], datetime],
    dry_run: bool = False,
    as_drafts: bool = False,
    same: bool = False,
    web: Web | None = None,
) -> Iterator[Item]:
    """Take in what addresses and identifiers name: a DOI, a person's ORCID, a repository.

    Asks other machines, through `infra.outbound` alone. Yields and raises as `import_paths`.
    """
    demand(may_publish(actor))
    run = Run(actor, clock, dry_run, as_drafts, same)
    return consume(read_addresses(addresses, web or Web()), run)
