"""What the REST interface of deposit takes and gives, with examples for its readers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

_ID = "3bq0dvr8w1zk5tx"
EXAMPLE_DOCUMENT = {
    "kind": "dataset",
    "titles": {"en": "Rice yields of Takeo, 2015 to 2024", "km": "ទិន្នផលស្រូវខេត្តតាកែវ"},
    "creators": [{"name_type": "Personal", "name": "Sokha", "given_name": "Sokha"}],
    "rights": [{"identifier": "CC-BY-4.0"}],
    "access": {"level": "open"},
}


def _example(**values: Any) -> Any:
    return {"json_schema_extra": {"examples": [values]}}


class NewDeposit(Schema):
    """Begin a deposit."""

    model_config = _example(kind="dataset", document=EXAMPLE_DOCUMENT)

    kind: Literal["dataset", "software", "publication"]
    community: str = Field("", description="Public id of a community that takes deposits.")
    document: dict[str, Any] = Field(
        default_factory=dict, description="Descriptive part of a `tonle-record/1`, as far as known."
    )


class NextVersion(Schema):
    """Begin what comes after a published version."""

    model_config = _example(record_id=_ID, files="new")

    record_id: str
    files: Literal["new", "same"] = Field(
        "new", description="`new`: a version with files of its own; `same`: corrected words only."
    )


class DraftFileItem(Schema):
    """A file of a draft."""

    model_config = _example(
        name="yields.csv", size_bytes=48213, media_type="text/csv", sha256="9f86d0…",
        sha512="ee26b0…", is_new=True, url="https://node.example/api/v1/deposits/…/files/yields.csv",
    )  # fmt: skip

    name: str
    size_bytes: int
    media_type: str
    sha256: str
    sha512: str
    is_new: bool = Field(description="Not one of the version before.")
    url: str


class UploadItem(Schema):
    """A file on its way into a draft."""

    model_config = _example(
        id="c3kx7p0w9m2t5rb", name="survey.tif", state="receiving", length_bytes=2_147_483_648,
        offset_bytes=536_870_912, mark="1795327200000", sha256="9f86d0…",
        url="https://node.example/uploads/…", expires_at="2026-11-29T17:00:00Z",
    )  # fmt: skip

    id: str
    name: str
    state: Literal["receiving", "arrived", "ready"] = Field(
        description="`arrived`: its digests are being taken. `ready`: it can be attached."
    )
    length_bytes: int
    offset_bytes: int = Field(description="How much of it is here for sure.")
    mark: str = Field(description="By what its sender knows the file again, as sent.")
    sha256: str = Field(description="What its sender announced, or what it turned out to be.")
    url: str = Field(description="Where tus goes on with it. Whoever knows it may add bytes.")
    expires_at: datetime


class DepositItem(Schema):
    """A deposit in a list."""

    id: str = Field(description="Name of the draft and of its submission.")
    record_id: str = Field(description="The public name that the record has or will have.")
    kind: str
    brings: Literal["new", "version", "revision"]
    titles: dict[str, str]
    state: str
    state_label: str
    community: str
    updated_at: datetime
    handed_in_at: datetime | None
    due_on: date | None = Field(description="The day by which a curator is to answer.")
    url: str


class Reason(Schema):
    """One reason why something cannot be done now."""

    code: str
    detail: str


class MomentItem(Schema):
    """One entry of a deposit's history: a step, or a comment."""

    at: datetime
    event: str
    label: str
    who: str
    text: str
    private: bool
    asked: dict[str, str] = Field(description="Field to what a curator wants changed there.")


class Deposit(DepositItem):
    """A deposit as a whole. Its ETag is what to send as If-Match when replacing the document."""

    document: dict[str, Any]
    files: list[DraftFileItem]
    edit_seq: int
    replaces_files: bool
    can: list[str] = Field(description="What the caller may do with it now.")
    stands_in_the_way: dict[str, list[Reason]] = Field(description="Event to every reason.")
    asked: dict[str, list[str]] = Field(description="Field to what a curator asks for.")
    timeline: list[MomentItem]
    next_step: str
    who_acts: str


class UnpackFile(Schema):
    """A zip among the files, as ODK Central gives it out."""

    model_config = _example(name="water_2026.csv.zip")

    name: str


class RenameFile(Schema):
    """Another name for a file; its bytes and its place stay."""

    model_config = _example(name="data final(2).csv", to="yields.csv")

    name: str
    to: str


class FileOrder(Schema):
    """Every file of the draft, once, in the order in which readers see them."""

    model_config = _example(names=["README.md", "yields.csv"])

    names: list[str]


class ImportedMetadata(Schema):
    """What became of metadata in another format."""

    format: str
    warnings: list[str]
    others: int = Field(description="Further records in what was sent, which were left out.")
    deposit: Deposit


class Words(Schema):
    """Something said."""

    model_config = _example(text="The units of column 3 are missing.")

    text: str


class Comment(Words):
    """A comment, for everybody who reads the deposit or among curators only."""

    visible_to_depositor: bool = True


class AskChanges(Schema):
    """What a curator wants changed, as a whole or field by field."""

    model_config = _example(text="", fields={"files": "Please add a README."})

    text: str = ""
    fields: dict[str, str] = Field(default_factory=dict)


class Accept(Schema):
    """Yes, and publish it."""

    model_config = _example(note="Thank you.", vouch=False)

    note: str = ""
    vouch: bool = Field(False, description="Also vouch for the depositor.")


class Decline(Schema):
    """No, with a reason."""

    model_config = _example(reason="out_of_scope", text="This node keeps research data only.")

    reason: str
    text: str


class DecideAppeal(Schema):
    """The word of another curator."""

    model_config = _example(grant=True, text="The consent forms were there.")

    grant: bool
    text: str


class FairItem(Schema):
    """One thing that would make the record easier to find, understand and use."""

    code: str
    severity: Literal["must", "should", "could"]
    step: str
    field: str
    message: str
    why: str
    mend: str
    criterion: str


class PersonalItem(Schema):
    """One trace of people in a file, masked."""

    model_config = _example(
        id=_ID, kind="phone", label="Telephone numbers", where="phone", table="", count=412,
        first_row=2, mask="0•• ••• 123", decides=True, decision="", reason="", open=True,
    )  # fmt: skip

    id: str
    kind: str
    label: str
    where: str
    table: str
    count: int
    first_row: int
    mask: str
    decides: bool
    decision: str
    reason: str
    open: bool


class CheckedFile(Schema):
    """One file: how far it was read, and what was found in it."""

    id: str
    name: str
    state: str = Field(description="waiting, running or done")
    rows: int
    notes: list[str]
    found: list[PersonalItem]
    copies: list[str] = Field(description="Coarser or cleaner copies that can be asked for.")
    copy_state: str
    copy_name: str


class Findings(Schema):
    """Everything that was found in a deposit."""

    waiting: int = Field(description="Files that are still to be read.")
    open: int = Field(description="Findings that wait for a decision.")
    files: list[CheckedFile]
    fair: list[FairItem]


class Keep(Schema):
    """Why something may stay where it is."""

    model_config = _example(reason="All five have agreed in writing to be named.")

    reason: str


class Copy(Schema):
    """Which copy is to be made."""

    model_config = _example(how="hundredth")

    how: Literal["clean", "tenth", "hundredth"]


class Terms(Schema):
    """The terms on which a record's restricted files are given out."""

    text: str
    sha256: str = Field(description="To be sent back with the request, as agreed to.")
    language: str


class NewAccessRequest(Schema):
    """Ask to be let in to restricted files."""

    model_config = _example(
        record_id=_ID, purpose="A study of malaria in border districts, until 2028.",
        affiliation="Institut Pasteur du Cambodge", terms_sha256="9f86d0…", language="en",
    )  # fmt: skip

    record_id: str
    purpose: str
    affiliation: str
    terms_sha256: str
    language: str = Field("en", description="In which the terms were read.")


class AccessRequestItem(Schema):
    """A request for access, for who asked and for who decides."""

    id: str
    record_id: str
    titles: dict[str, str]
    state: Literal["asked", "granted", "declined", "withdrawn", "ended"]
    who: str
    mail: str
    purpose: str
    affiliation: str
    terms_sha256: str
    asked_at: datetime
    decided_at: datetime | None
    valid_until: datetime | None
    reason: str


class GrantAccess(Schema):
    """Let somebody in, for so many days."""

    model_config = _example(days=180, note="")

    days: int = Field(ge=1, le=3653)
    note: str = ""


class Why(Schema):
    """A reason that the other side reads."""

    model_config = _example(reason="The participants agreed to public health studies only.")

    reason: str


class NewShareLink(Schema):
    """A link for a reviewer without an account."""

    model_config = _example(days=30, label="Reviewer of the journal")

    days: int = Field(30, ge=1, le=180)
    label: str = Field("", max_length=100, description="A note for yourself.")


class ShareLinkItem(Schema):
    """A link that was made. Its address is told once, when it is made."""

    model_config = _example(
        id=_ID, label="Reviewer of the journal", created_at="2026-11-20T03:00:00Z",
        expires_at="2026-12-20T03:00:00Z", revoked_at=None, last_used_on="2026-11-21",
        url="https://node.example/deposit/shared/…",
    )  # fmt: skip

    id: str
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_on: date | None
    url: str = Field("", description="Only in the answer to the request that made it.")


class Editor(Schema):
    """Somebody who writes along."""

    model_config = _example(id=_ID, name="Bopha")

    id: str
    name: str


class NewEditor(Schema):
    """Let a colleague write."""

    model_config = _example(mail="bopha@example.org")

    mail: str = Field(max_length=254)


class EditItem(Schema):
    """What a draft said before, or what was set aside when two wrote the same part."""

    model_config = _example(
        id=_ID, kind="saved", by="Sokha", at="2026-11-20T03:00:00Z", document=EXAMPLE_DOCUMENT
    )

    id: str
    kind: str
    by: str
    at: datetime
    document: dict[str, Any]


class NewWithdrawal(Schema):
    """Ask that a published record of yours be taken back."""

    model_config = _example(record_id=_ID, category="error", text="The units are wrong.")

    record_id: str
    category: str = Field(description="A word for why; an unknown one is answered with 422.")
    text: str = Field(description="Why. Shown to curators alone.")


class WithdrawalItem(Schema):
    """A request to take a record back."""

    model_config = _example(
        id=_ID, record_id=_ID, titles={"en": "Rice yields of Takeo"}, state="waiting",
        category="error", text="The units are wrong.", who="Sokha",
        asked_at="2026-11-20T03:00:00Z",
    )  # fmt: skip

    id: str
    record_id: str
    titles: dict[str, str]
    state: Literal["waiting", "granted", "refused", "taken_back"]
    category: str
    text: str
    who: str
    asked_at: datetime


class DecideWithdrawal(Schema):
    """Grant or refuse it."""

    model_config = _example(grant=True, text="Withdrawn by its author: wrong units.")

    grant: bool
    text: str = Field(description="On the tombstone where it is granted, else to the owner.")


class WithdrawRecord(Schema):
    """Withdraw a record that nobody asked about."""

    model_config = _example(category="error", text="The units are wrong.", language="en")

    category: str
    text: str = Field(description="Why. Everybody reads it on the tombstone.")
    language: str = Field("en", max_length=35, description="Of the text.")


class MergeRecord(Schema):
    """Have a record that is here a second time lead to the one that stays."""

    model_config = _example(into=_ID, text="The same survey.", language="en", both_dois=False)

    into: str = Field(max_length=2000, description="Id or address of the one that stays.")
    text: str = Field(description="Why they are the same.")
    language: str = Field("en", max_length=35, description="Of the text.")
    both_dois: bool = Field(False, description="The one that stays shall carry both DOIs.")


class Standing(Schema):
    """How a record stands after a step."""

    model_config = _example(id=_ID, state="withdrawn", url="https://node.example/records/…")

    id: str
    state: str
    url: str


class LikeDeposits(Schema):
    """Newcomers' deposits whose words are nearly the same, or one that stands alone."""

    model_config = _example(
        draft_ids=[_ID], titles=[{"en": "Buy watches"}], accounts=1, youngest_days=0, oldest_days=2
    )

    draft_ids: list[str]
    titles: list[dict[str, str]] = Field(description="Of the first five.")
    accounts: int
    youngest_days: int
    oldest_days: int


class ClearDeposits(Schema):
    """Decline many newcomers' deposits with one reason."""

    model_config = _example(
        draft_ids=[_ID], reason="spam", text="This is advertising.", close_accounts=True
    )

    draft_ids: list[str] = Field(max_length=2000)
    reason: str
    text: str = Field(description="Everybody who is declined reads it.")
    close_accounts: bool = False


class ClearingItem(Schema):
    """Many deposits declined by one press."""

    model_config = _example(
        id=_ID, at="2026-11-20T03:00:00Z", who="Dara", reason="spam", text="This is advertising.",
        size=412, left=0, closes_accounts=True, undone_at=None,
    )  # fmt: skip

    id: str
    at: datetime
    who: str
    reason: str
    text: str
    size: int
    left: int = Field(description="Those that still wait for their turn.")
    closes_accounts: bool
    undone_at: datetime | None
