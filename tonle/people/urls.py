from __future__ import annotations

from django.urls import path

from tonle.people.notices import urls as notices
from tonle.people.views import (
    communities,
    demonstration,
    invitations,
    organisations,
    own,
    roles,
    steward,
    suspended,
    welcome,
)

app_name = "people"
urlpatterns = [
    *notices.urlpatterns,
    path("me", own.me, name="me"),
    path("me/profile", own.profile, name="profile"),
    path("me/orcid/unlink", own.unlink_orcid, name="unlink_orcid"),
    path("me/erase", own.erase, name="erase"),
    path("me/tokens", own.tokens, name="tokens"),
    path("me/tokens/<str:lookup>/revoke", own.revoke_token, name="revoke_token"),
    path("welcome/<str:secret>", welcome.welcome, name="welcome"),
    path("accounts/suspended/<str:signed>", suspended.suspended, name="suspended"),
    path("invitations/<str:secret>", invitations.invitation, name="invitation"),
    path("people/roles", roles.scopes, name="roles"),
    path("people/roles/<str:key>", roles.roles, name="roles_in"),
    path("people/organisations", organisations.organisations, name="organisations"),
    path("people/organisations/<str:id>", organisations.organisation, name="organisation"),
    path("people/communities", communities.communities, name="communities"),
    path("people/communities/new", communities.add_community, name="add_community"),
    path("people/communities/<str:id>", communities.community, name="community"),
    path("steward", steward.steward, name="steward"),
    path("steward/accounts", steward.accounts, name="accounts"),
    path("steward/accounts/<str:id>", steward.account, name="account"),
    path("steward/appeals", steward.appeals, name="appeals"),
    path("demo", demonstration.demo, name="demo"),
]
