"""The catalogue's door: what the contexts above may use.

Registering is light; what does work is fetched when first used, so that a context can
declare its kinds without loading the storage.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tonle.catalogue import profiles
from tonle.catalogue.kinds import Kind, kind, kinds, register_kind
from tonle.catalogue.record_actions import RecordAction, record_actions, register_record_action

if TYPE_CHECKING:
    from tonle.catalogue.crosswalks import NotMetadata, Read, read_metadata
    from tonle.catalogue.drafts import (
        DraftFileView,
        DraftView,
        EditEntry,
        NewDraft,
        add_draft_editor,
        add_file,
        assign_community,
        create_draft,
        create_successor,
        discard_draft,
        draft_edits,
        draft_file,
        draft_view,
        edit_draft,
        file_room,
        remove_draft_editor,
        remove_file,
        rename_file,
        reorder_files,
        restore_edit,
        take_file,
    )
    from tonle.catalogue.errors import (
        BeingPublished,
        DraftInWork,
        EditConflict,
        FilesNotReadable,
        PidTaken,
        WrongState,
    )
    from tonle.catalogue.files import (
        NewFile,
    )
    from tonle.catalogue.gates import (
        register_edit_gate,
        register_gate,
    )
    from tonle.catalogue.grants import (
        grant_access,
        grants_of_person,
        grants_of_record,
        withdraw_access,
    )
    from tonle.catalogue.lists.similar import Possible, similar_records
    from tonle.catalogue.merging import merge
    from tonle.catalogue.models import (
        AccessGrant,
        Draft,
        Record,
    )
    from tonle.catalogue.permissions import (
        editable,
        is_vouched_for,
        may_edit,
        may_grant,
        may_manage,
        may_publish,
        may_publish_draft,
        may_succeed,
        may_withdraw,
    )
    from tonle.catalogue.selectors import (
        RecordView,
        communities_of,
        decide,
        document_of,
        permitted,
        record_view,
    )
    from tonle.catalogue.services import (
        publish,
        purge,
        reinstate,
        set_access,
        set_effects,
        withdraw,
    )

__all__ = [
    "AccessGrant",
    "BeingPublished",
    "Draft",
    "DraftFileView",
    "DraftInWork",
    "DraftView",
    "EditConflict",
    "EditEntry",
    "FilesNotReadable",
    "Kind",
    "NewDraft",
    "NewFile",
    "NotMetadata",
    "PidTaken",
    "Possible",
    "Read",
    "Record",
    "RecordAction",
    "RecordView",
    "WrongState",
    "add_draft_editor",
    "add_file",
    "assign_community",
    "communities_of",
    "create_draft",
    "create_successor",
    "decide",
    "discard_draft",
    "document_of",
    "draft_edits",
    "draft_file",
    "draft_view",
    "edit_draft",
    "editable",
    "file_room",
    "grant_access",
    "grants_of_person",
    "grants_of_record",
    "is_vouched_for",
    "kind",
    "kinds",
    "may_edit",
    "may_grant",
    "may_manage",
    "may_publish",
    "may_publish_draft",
    "may_succeed",
    "may_withdraw",
    "merge",
    "permitted",
    "profiles",
    "publish",
    "purge",
    "read_metadata",
    "record_actions",
    "record_view",
    "register_edit_gate",
    "register_gate",
    "register_kind",
    "register_record_action",
    "reinstate",
    "remove_draft_editor",
    "remove_file",
    "rename_file",
    "reorder_files",
    "restore_edit",
    "set_access",
    "set_effects",
    "similar_records",
    "take_file",
    "withdraw",
    "withdraw_access",
]

_FETCHED = {
    "Possible": "lists.similar",
    "similar_records": "lists.similar",
    "AccessGrant": "models",
    "BeingPublished": "errors",
    "Draft": "models",
    "DraftFileView": "drafts",
    "DraftInWork": "errors",
    "DraftView": "drafts",
    "EditConflict": "errors",
    "EditEntry": "drafts",
    "FilesNotReadable": "errors",
    "NewDraft": "drafts",
    "NewFile": "files",
    "NotMetadata": "crosswalks",
    "PidTaken": "errors",
    "Read": "crosswalks",
    "Record": "models",
    "RecordView": "selectors",
    "WrongState": "errors",
    "add_draft_editor": "drafts",
    "add_file": "drafts",
    "assign_community": "drafts",
    "communities_of": "selectors",
    "create_draft": "drafts",
    "create_successor": "drafts",
    "decide": "selectors",
    "discard_draft": "drafts",
    "document_of": "selectors",
    "draft_edits": "drafts",
    "draft_file": "drafts",
    "draft_view": "drafts",
    "edit_draft": "drafts",
    "editable": "permissions",
    "file_room": "drafts",
    "grant_access": "grants",
    "grants_of_person": "grants",
    "grants_of_record": "grants",
    "is_vouched_for": "permissions",
    "may_edit": "permissions",
    "may_grant": "permissions",
    "may_manage": "permissions",
    "may_publish": "permissions",
    "may_publish_draft": "permissions",
    "may_succeed": "permissions",
    "may_withdraw": "permissions",
    "merge": "merging",
    "permitted": "selectors",
    "publish": "services",
    "purge": "services",
    "read_metadata": "crosswalks",
    "record_view": "selectors",
    "register_edit_gate": "gates",
    "register_gate": "gates",
    "reinstate": "services",
    "remove_draft_editor": "drafts",
    "remove_file": "drafts",
    "rename_file": "drafts",
    "reorder_files": "drafts",
    "restore_edit": "drafts",
    "set_access": "services",
    "set_effects": "services",
    "take_file": "drafts",
    "withdraw": "services",
    "withdraw_access": "grants",
}


def __getattr__(name: str) -> Any:
    if name not in _FETCHED:
        raise AttributeError(name)
    return getattr(import_module(f"tonle.catalogue.{_FETCHED[name]}"), name)
