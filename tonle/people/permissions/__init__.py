"""Who may see and change accounts, roles, tokens, persons, organisations and communities.

Each rule comes twice: `may_…` answers for one object with a reason, its twin answers as
a filter for lists. tests/test_permissions.py holds them together for every role.
"""

from __future__ import annotations

from tonle.people.permissions.accounts import (
    accounts_visible_to,
    may_create_account,
    may_create_token,
    may_edit_profile,
    may_erase_account,
    may_link_orcid,
    may_manage_token,
    may_read_account,
    tokens_visible_to,
)
from tonle.people.permissions.common import NOBODY, curates_node, running
from tonle.people.permissions.communities import (
    communities_editable_by,
    curates,
    may_add_community,
    may_edit_community,
)
from tonle.people.permissions.invitations import invitations_visible_to, may_manage_invitation
from tonle.people.permissions.organisations import (
    may_add_organisation,
    may_edit_organisation,
    may_verify_organisation,
    organisations_editable_by,
)
from tonle.people.permissions.persons import may_add_person, may_read_person, persons_visible_to
from tonle.people.permissions.roles import (
    givable_by,
    grants_visible_to,
    may_give_role,
    may_read_grant,
)
from tonle.people.permissions.suspension import (
    may_decide_appeal,
    may_read_suspension,
    may_restore,
    may_suspend,
    suspensions_visible_to,
)

__all__ = [
    "NOBODY",
    "accounts_visible_to",
    "communities_editable_by",
    "curates",
    "curates_node",
    "givable_by",
    "grants_visible_to",
    "invitations_visible_to",
    "may_add_community",
    "may_add_organisation",
    "may_add_person",
    "may_create_account",
    "may_create_token",
    "may_decide_appeal",
    "may_edit_community",
    "may_edit_organisation",
    "may_edit_profile",
    "may_erase_account",
    "may_give_role",
    "may_link_orcid",
    "may_manage_invitation",
    "may_manage_token",
    "may_read_account",
    "may_read_grant",
    "may_read_person",
    "may_read_suspension",
    "may_restore",
    "may_suspend",
    "may_verify_organisation",
    "organisations_editable_by",
    "persons_visible_to",
    "running",
    "suspensions_visible_to",
    "tokens_visible_to",
]
