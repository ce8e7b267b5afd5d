"""The catalogue's door: what the contexts above may use.

Registering is light; what does work is fetched when first used, so that a context can
declare its kinds without loading the storage.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tonle.catalogue import profiles
from tonle.catalogue.kinds import Kind, kind, kinds, register_kind

if TYPE_CHECKING:
    from tonle.catalogue.drafts import (
        NewDraft,
        add_file,
        create_draft,
        create_successor,
        discard_draft,
        edit_draft,
        remove_file,
    )
    from tonle.catalogue.files import NewFile
    from tonle.catalogue.gates import register_gate
    from tonle.catalogue.selectors import RecordView, decide, record_view
    from tonle.catalogue.services import (
        publish,
        purge,
        reinstate,
        set_access,
        set_effects,
        withdraw,
    )

__all__ = [
    "Kind",
    "NewDraft",
    "NewFile",
    "RecordView",
    "add_file",
    "create_draft",
    "create_successor",
    "decide",
    "discard_draft",
    "edit_draft",
    "kind",
    "kinds",
    "profiles",
    "publish",
    "purge",
    "record_view",
    "register_gate",
    "register_kind",
    "reinstate",
    "remove_file",
    "set_access",
    "set_effects",
    "withdraw",
]

_FETCHED = {
    "NewDraft": "drafts",
    "NewFile": "files",
    "RecordView": "selectors",
    "add_file": "drafts",
    "create_draft": "drafts",
    "create_successor": "drafts",
    "decide": "selectors",
    "discard_draft": "drafts",
    "edit_draft": "drafts",
    "publish": "services",
    "purge": "services",
    "record_view": "selectors",
    "register_gate": "gates",
    "reinstate": "services",
    "remove_file": "drafts",
    "set_access": "services",
    "set_effects": "services",
    "withdraw": "services",
}


def __getattr__(name: str) -> Any:
    if name not in _FETCHED:
        raise AttributeError(name)
    return getattr(import_module(f"tonle.catalogue.{_FETCHED[name]}"), name)
