"""What the REST interface of people takes and gives, with examples for its readers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from tonle.api.public import Body, Page
from tonle.kernel.names import MAX_LENGTH, PersonName

_ACCOUNT = "k3v9x2m7q1r8t5w0"
_ID = "3bq0dvr8w1zk5tx"
Texts = dict[str, str]
LongText = Annotated[str, StringConstraints(max_length=4000)]


def example(**values: Any) -> Any:
    return {"json_schema_extra": {"examples": [values]}}


# --- oneself -----------------------------------------------------------------------------


class NameItem(Body):
    """One form of a name: the whole as its bearer writes it, or its parts."""

    model_config = example(
        whole="ចាន់ សុខា", family="ចាន់", given="សុខា", order="family_first", language="km",
        others={"und-Latn": "Chan Sokha"},
    )  # fmt: skip

    whole: str = Field("", max_length=MAX_LENGTH)
    given: str = Field("", max_length=MAX_LENGTH)
    family: str = Field("", max_length=MAX_LENGTH)
    order: Literal["family_first", "given_first"] | None = Field(
        None, description="How the parts stand in the whole; without it the language tells."
    )
    language: str = Field("und", max_length=35, description="BCP 47 tag of the script it is in.")
    others: Texts = Field(
        default_factory=dict, description="The same name in other spellings, by tag."
    )

    def name(self) -> PersonName:
        """Cleaned. Raises Invalid."""
        return PersonName.of(
            self.whole, given=self.given, family=self.family, order=self.order,
            language=self.language, others=self.others,
        )  # fmt: skip


class AffiliationItem(Body):
    """Where somebody works."""

    model_config = example(name="Royal University of Phnom Penh", ror="https://ror.org/026zzn846")

    name: str = Field("", max_length=300)
    ror: str = Field("", max_length=100, description="Its ROR id, where it has one.")


class ProfileBody(Body):
    """What one is called, where one works, in which language one is written to: all of it."""

    model_config = example(
        names=[{"whole": "ចាន់ សុខា", "language": "km", "others": {"und-Latn": "Chan Sokha"}}],
        affiliations=[{"name": "Royal University of Phnom Penh"}],
        language="km",
    )

    names: list[NameItem] = Field(max_length=50, description="The preferred form first.")
    affiliations: list[AffiliationItem] = Field(default_factory=list, max_length=50)
    language: str = Field("", max_length=16, description="Of this node; empty for none chosen.")


class Profile(Schema):
    """One's own account and person."""

    model_config = example(
        id=_ACCOUNT, email="sokha@example.org", language="km",
        names=[{"whole": "ចាន់ សុខា", "language": "km"}], affiliations=[], orcid="",
        orcid_proven=False, created_at="2026-11-02T03:10:00Z",
    )  # fmt: skip

    id: str = Field(description="Of the account: what roles are given to. It says nothing.")
    email: str
    language: str
    names: list[NameItem]
    affiliations: list[AffiliationItem]
    orcid: str
    orcid_proven: bool = Field(description="Whether ORCID itself said that the iD is theirs.")
    created_at: datetime


class NoticeItem(Schema):
    """Something that waits, or waited."""

    model_config = example(
        id="9f2c41d0a7b3e586", label="A question", text="A question waits for your answer.",
        about={"en": "Rice yields of Takeo"}, created_at="2026-11-23T02:00:00Z", unread=True,
    )  # fmt: skip

    id: str
    label: str
    text: str
    about: Texts = Field(description="What it is about, by language; empty where it has no name.")
    created_at: datetime
    unread: bool


class NoticePage(Page[NoticeItem]):
    """A page of notices, the newest first."""


class Read(Schema):
    """Where a notice leads."""

    model_config = example(url="https://node.example/questions/3bq0dvr8w1zk5tx")

    url: str


class ReadAll(Schema):
    """How many notices had not been read."""

    model_config = example(count=3)

    count: int


class ChannelItem(Schema):
    """One way to be told. Connecting and proving one is done on the page."""

    model_config = example(name="telegram", label="Telegram", works=True, rests=False, reason="")

    name: str
    label: str
    works: bool
    rests: bool = Field(description="It failed too often and is not used.")
    reason: str


class Choice(Schema):
    """How one chose to be told."""

    channels: list[str] = Field(description="In the order of trying; mail comes last by itself.")
    mail: bool = Field(description="Whether mail may be used at all.")
    rhythm: str = Field(description="at_once, daily, weekly, or never: on the page alone.")
    urgent_at_once: bool
    hour: int
    weekday: int = Field(description="Monday is 0.")
    zone: str = Field(description="IANA's name; empty is the node's own.")


class ChoiceBody(Body):
    """How one wants to be told: all of it."""

    model_config = example(
        channels=["telegram"], mail=True, rhythm="daily", urgent_at_once=True, hour=8, weekday=0,
        zone="Asia/Phnom_Penh",
    )  # fmt: skip

    channels: list[Annotated[str, StringConstraints(max_length=16)]] = Field(max_length=8)
    mail: bool = True
    rhythm: Literal["at_once", "daily", "weekly", "never"] = "daily"
    urgent_at_once: bool = True
    hour: int = Field(8, ge=0, le=23)
    weekday: int = Field(0, ge=0, le=6)
    zone: str = Field("", max_length=64)


class Telling(Choice):
    """How one chose to be told, and which ways there are."""

    model_config = example(
        channels=["telegram"], mail=True, rhythm="daily", urgent_at_once=True, hour=8, weekday=0,
        zone="Asia/Phnom_Penh",
        available=[
            {"name": "mail", "label": "Mail", "works": True, "rests": False, "reason": ""},
        ],
    )  # fmt: skip

    available: list[ChannelItem]


# --- roles -------------------------------------------------------------------------------


class RoleItem(Schema):
    """A role that somebody holds or held."""

    model_config = example(
        account=_ACCOUNT, email="dara@example.org", person="Dara", role="curator",
        scope=f"community:{_ID}", scope_names={"en": "Rivers"}, since="2026-11-02T03:10:00Z",
        until=None, ended_at=None, note="Leads the river group.",
    )  # fmt: skip

    account: str
    email: str
    person: str = Field(description="What they are called; empty where they did not say.")
    role: str
    scope: str = Field(description="node, or kind:id such as community:…")
    scope_names: Texts
    since: datetime
    until: datetime | None = Field(description="When it lapses by itself.")
    ended_at: datetime | None = Field(description="When it was taken back.")
    note: str


class RolePage(Page[RoleItem]):
    """A page of roles."""


class GivableScope(Schema):
    """A scope in which one may give roles, and which."""

    scope: str
    names: Texts
    roles: list[str]


class Giving(Schema):
    """Where one may give roles."""

    model_config = example(
        everywhere=False,
        scopes=[{"scope": f"community:{_ID}", "names": {"en": "Rivers"}, "roles": ["curator"]}],
    )

    everywhere: bool = Field(description="A steward of the node: in every scope there is.")
    scopes: list[GivableScope]


class GrantBody(Body):
    """Until when a role is given, and why."""

    model_config = example(until="2027-12-31T17:00:00Z", note="For the survey of 2027.")

    until: datetime | None = Field(None, description="With a zone; null has no end.")
    note: str = Field("", max_length=500)


class VouchBody(Body):
    """What the voucher knows of the person."""

    model_config = example(note="We met at the workshop in Battambang.")

    note: str = Field("", max_length=500)


class InviteBody(Body):
    """Whom to invite to which role."""

    model_config = example(
        email="bopha@example.org", role="curator", scope=f"community:{_ID}", note="Welcome."
    )

    email: str = Field(max_length=254)
    role: str = Field(max_length=32)
    scope: str = Field("node", max_length=80)
    note: str = Field("", max_length=500)


class InvitationItem(Schema):
    """An invitation that still works."""

    model_config = example(
        id=_ID, email="bopha@example.org", role="curator", scope="node", note="",
        invited_at="2026-11-23T02:00:00Z", expires_at="2026-12-07T02:00:00Z",
    )  # fmt: skip

    id: str
    email: str
    role: str
    scope: str
    note: str
    invited_at: datetime
    expires_at: datetime


class InvitationPage(Page[InvitationItem]):
    """A page of invitations, the newest first."""


class NewInvitation(InvitationItem):
    """An invitation with its link, shown this once."""

    model_config = example(
        id=_ID, email="bopha@example.org", role="curator", scope="node", note="",
        invited_at="2026-11-23T02:00:00Z", expires_at="2026-12-07T02:00:00Z",
        link="https://node.example/invitations/…",
    )  # fmt: skip

    link: str = Field(description="To hand over; a letter goes out, too. Empty when repeated.")


# --- communities and organisations -------------------------------------------------------


class CommunityBody(Body):
    """What a community says of itself: all of it."""

    model_config = example(
        slug="rivers", names={"en": "Rivers", "km": "ទន្លេ"},
        descriptions={"en": "Water, fish and people of the Tonle Sap."}, policy={},
        accent="teal", hand_in="anyone", review_required=True,
    )  # fmt: skip

    slug: str = Field(max_length=60, description="Its name in addresses; the stewards' to change.")
    names: Texts
    descriptions: Texts = Field(default_factory=dict)
    policy: Texts = Field(default_factory=dict)
    accent: str = Field("teal", max_length=16, description="Its colour.")
    hand_in: str = Field("anyone", max_length=16, description="anyone or members.")
    review_required: bool = True


class CommunityItem(Schema):
    """A community."""

    model_config = example(
        id=_ID, slug="rivers", names={"en": "Rivers"}, descriptions={}, policy={}, accent="teal",
        hand_in="anyone", review_required=True, open=True, updated_at="2026-11-23T02:00:00Z",
    )  # fmt: skip

    id: str
    slug: str
    names: Texts
    descriptions: Texts
    policy: Texts
    accent: str
    hand_in: str
    review_required: bool
    open: bool = Field(description="Whether anything can be handed in.")
    updated_at: datetime


class CommunityPage(Page[CommunityItem]):
    """A page of communities, by short name."""


class IdentifierItem(Body):
    """A name that others gave it."""

    model_config = example(scheme="ror", value="https://ror.org/026zzn846")

    scheme: str = Field(max_length=32)
    value: str = Field(max_length=200)


class OrganisationBody(Body):
    """What is said of an organisation: all of it."""

    model_config = example(
        names={"en": "Ministry of Water", "km": "ក្រសួងធនធានទឹក"}, acronym="MOWRAM", country="KHM",
        member="KHM", types=["government"], website="https://water.example",
        identifiers=[{"scheme": "ror", "value": "https://ror.org/026zzn846"}],
    )  # fmt: skip

    names: Texts
    descriptions: Texts = Field(default_factory=dict)
    translations: Texts = Field(
        default_factory=dict, description="Tag to node or machine, where a text is not theirs."
    )
    acronym: str = Field("", max_length=40)
    country: str = Field("", max_length=3, description="ISO 3166-1 alpha-3.")
    member: str = Field("", max_length=8)
    province: str = Field("", max_length=8, description="ISO 3166-2.")
    types: list[Annotated[str, StringConstraints(max_length=20)]] = Field(
        default_factory=list, max_length=20, description="As ROR names them."
    )
    website: str = Field("", max_length=500)
    source: dict[str, Any] = Field(default_factory=dict)
    identifiers: list[IdentifierItem] = Field(default_factory=list, max_length=50)


class OrganisationItem(Schema):
    """An organisation."""

    model_config = example(
        id=_ID, names={"en": "Ministry of Water"}, descriptions={}, translations={}, acronym="",
        country="KHM", member="KHM", province="", types=["government"], website="", source={},
        identifiers=[], verified_at=None, updated_at="2026-11-23T02:00:00Z",
    )  # fmt: skip

    id: str
    names: Texts
    descriptions: Texts
    translations: Texts
    acronym: str
    country: str
    member: str
    province: str
    types: list[str]
    website: str
    source: dict[str, Any]
    identifiers: list[IdentifierItem]
    verified_at: datetime | None = Field(description="When a steward verified it; null if none.")
    updated_at: datetime


class OrganisationPage(Page[OrganisationItem]):
    """A page of organisations, in the order of their ids."""


class VerifyBody(Body):
    """What a steward saw, and when. A mail domain is no evidence."""

    model_config = example(evidence="Letter 214/26 of the ministry, seen.", checked_on="2026-11-20")

    evidence: str = Field(max_length=2000)
    checked_on: date


class WhyBody(Body):
    """Why, in words that those whom it concerns read."""

    model_config = example(reason="Forty deposits of advertising in an hour.")

    reason: LongText


class VerificationItem(Schema):
    """One time that an organisation was verified."""

    model_config = example(
        evidence="Letter 214/26 of the ministry, seen.", checked_on="2026-11-20",
        verified_at="2026-11-23T02:00:00Z", ended_at=None, reason="",
    )  # fmt: skip

    evidence: str
    checked_on: date
    verified_at: datetime
    ended_at: datetime | None
    reason: str = Field(description="Why it was taken back.")


class VerificationPage(Page[VerificationItem]):
    """A page of verifications, the last first."""


# --- accounts ----------------------------------------------------------------------------


class AccountItem(Schema):
    """An account, as its owner and stewards see it."""

    model_config = example(
        id=_ACCOUNT, email="bopha@example.org", person="Bopha", active=True, suspended=False,
        email_verified=True, created_at="2026-11-02T03:10:00Z",
    )  # fmt: skip

    id: str
    email: str
    person: str
    active: bool
    suspended: bool
    email_verified: bool
    created_at: datetime


class AccountPage(Page[AccountItem]):
    """A page of accounts, by address."""


class SuspensionItem(Schema):
    """One time that an account was closed by a person, and what its owner said."""

    model_config = example(
        id=_ID, account=_ACCOUNT, reason="Forty deposits of advertising in an hour.",
        suspended_at="2026-11-23T02:00:00Z", appeal="That was my cousin.",
        appealed_at="2026-11-23T05:00:00Z", answer="", answered_at=None, lifted_at=None,
    )  # fmt: skip

    id: str
    account: str
    reason: str
    suspended_at: datetime
    appeal: str
    appealed_at: datetime | None
    answer: str
    answered_at: datetime | None
    lifted_at: datetime | None = Field(description="When the account was opened again.")


class SuspensionPage(Page[SuspensionItem]):
    """A page of suspensions."""


class SuspendBody(Body):
    """Accounts to close, all or none, and why: their owners read it."""

    model_config = example(
        accounts=[_ACCOUNT, "p0m4c8s1d6f3g9h2"], reason="A wave of advertising on 23 November."
    )

    accounts: list[Annotated[str, StringConstraints(max_length=60)]] = Field(
        min_length=1, max_length=1000
    )
    reason: LongText


class Suspended(Schema):
    """The suspensions that hold now."""

    model_config = example(
        suspensions=[
            {
                "id": _ID, "account": _ACCOUNT, "reason": "A wave of advertising.",
                "suspended_at": "2026-11-23T02:00:00Z", "appeal": "", "appealed_at": None,
                "answer": "", "answered_at": None, "lifted_at": None,
            }
        ]
    )  # fmt: skip

    suspensions: list[SuspensionItem]


class RestoreBody(Body):
    """What the owner is told; also the answer to an appeal."""

    model_config = example(answer="You were right. We are sorry.")

    answer: LongText = ""


class AnswerBody(Body):
    """What becomes of an appeal."""

    model_config = example(lift=True, answer="You were right. We are sorry.")

    lift: bool = Field(description="Open the account again, or let the suspension stand.")
    answer: LongText
