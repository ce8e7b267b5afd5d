"""Writing a record before anybody sees it: drafts, their words, their files, their people."""

from tonle.catalogue.drafts.begin import (
    NewDraft,
    assign_community,
    create_draft,
    create_drafts,
    create_successor,
    discard_draft,
    forget_drafts,
)
from tonle.catalogue.drafts.editors import add_draft_editor, remove_draft_editor
from tonle.catalogue.drafts.files import (
    add_file,
    draft_file,
    file_room,
    given_files,
    remove_file,
    rename_file,
    reorder_files,
    take_file,
)
from tonle.catalogue.drafts.opening import known as known_draft
from tonle.catalogue.drafts.opening import opened as opened_draft
from tonle.catalogue.drafts.view import DraftFileView, DraftView, draft_view
from tonle.catalogue.drafts.words import EditEntry, draft_edits, edit_draft, restore_edit

__all__ = [
    "DraftFileView",
    "DraftView",
    "EditEntry",
    "NewDraft",
    "add_draft_editor",
    "add_file",
    "assign_community",
    "create_draft",
    "create_drafts",
    "create_successor",
    "discard_draft",
    "draft_edits",
    "draft_file",
    "draft_view",
    "edit_draft",
    "file_room",
    "forget_drafts",
    "given_files",
    "known_draft",
    "opened_draft",
    "remove_draft_editor",
    "remove_file",
    "rename_file",
    "reorder_files",
    "restore_edit",
    "take_file",
]
