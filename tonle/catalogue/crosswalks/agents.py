"""People and organisations as a source names them: kept as given, split only as it splits them."""

from __future__ import annotations

import re
from typing import Any, Final

from tonle.catalogue.crosswalks.clean import EMAIL_REMOVED, Cleaner, as_list, as_map, as_text, first
from tonle.catalogue.crosswalks.identifiers import agent_identifier
from tonle.kernel.codes import find
from tonle.kernel.errors import N_

_ORGANISATION_ROLES: Final = frozenset(
    [
        "Distributor",
        "Funder",
        "HostingInstitution",
        "RegistrationAgency",
        "RegistrationAuthority",
        "ResearchGroup",
        "Sponsor",
    ]
)
# The document wants to know whether a name is a person's; where the source does not say,
# these words in a name without a comma say organisation, and all else is a person.
_ORGANISATION_WORDS = re.compile(
    r"\b(academy|agency|association|authority|bank|board|bureau|center|centre|centro|"
    r"collaboration|college|commission|committee|company|consortium|corporation|council|"
    r"department|directorate|faculty|foundation|gmbh|group|inc|institut\w*|laborator\w+|library|"
    r"ltd|ministry|museum|network|observatory|office|organi[sz]ation|programme|project|school|"
    r"service|society|team|trust|universi\w+|universit\w+|working group)\b",
    re.IGNORECASE,
)
# The same in the region's own scripts, which part no words by spaces: words that no person's name
# begins with, and words that none holds anywhere.
_BEGIN_AN_ORGANISATION = re.compile(
    r"(?:ក្រសួង|អគ្គនាយកដ្ឋាន|នាយកដ្ឋាន|មន្ទីរ|វិទ្យាស្ថាន|មជ្ឈមណ្ឌល|អាជ្ញាធរ|គណៈកម្ម|រាជបណ្ឌិត្យ|ក្រុមប្រឹក្សា|ធនាគារ|អង្គការ|សមាគម|បណ្ណាល័យ"
    r"|ກະຊວງ|ກົມ|ພະແນກ|ສະຖາບັນ|ອົງການ|ຄະນະກຳມະການ|ຄະນະກໍາມະການ|ທະນາຄານ|ຫໍສະໝຸດ|ສະມາຄົມ"
    r"|กรม(?!หลวง|พระ|หมื่น|ขุน|สมเด็จ)|ศูนย์|ธนาคาร|สมาคม|มูลนิธิ|องค์การ|องค์กร|หอสมุด|การไฟฟ้า"
    r"|(?:bộ|sở|cục|chi cục|tổng cục|viện|học viện|đại học|trường (?:đại học|cao đẳng)|trung tâm|"
    r"[ủu][ỷy] ban|ngân hàng|hội đồng|thư viện|công ty|tổng công ty)\s)",
    re.IGNORECASE,
)
_WITHIN_AN_ORGANISATION = re.compile(
    r"សាកលវិទ្យាល័យ|ມະຫາວິທະຍາໄລ|กระทรวง|สำนักงาน|สถาบัน|มหาวิทยาลัย|คณะกรรมการ"
    r"|ဝန်ကြီးဌာန|ဦးစီးဌာန|တက္ကသိုလ်|ကော်မရှင်|ကော်မတီ|စာကြည့်တိုက်|အသင်း"
    r"|.{2}(?:部|局|厅|院|所|大学|委员会|中心|公司|协会|学会|政府|银行|图书馆|博物馆|办公室)$"
)
# "Chan, Sophea (sophea@example.org)" loses the brackets with the address.
_EMAIL_IN_NAME = re.compile(rf"\s*[(<\[]?{re.escape(EMAIL_REMOVED)}[)>\]]?")
MAX_AGENTS: Final = 10_000


def agents(items: Any, clean: Cleaner, where: str, *, contributors: bool) -> list[dict[str, Any]]:
    """Agents of a record document from DataCite's creators or contributors."""
    made = []
    for item in clean.bounded(as_list(items), MAX_AGENTS, where):
        given = item if isinstance(item, dict) else {"name": item}
        made_agent = agent(given, clean, where, contributors=contributors)
        if made_agent is not None:
            made.append(made_agent)
    return made


def agent(
    given: dict[str, Any], clean: Cleaner, where: str, *, contributors: bool
) -> dict[str, Any] | None:
    given_name = clean.line(given.get("givenName"), f"{where}.givenName", 500)
    family_name = clean.line(given.get("familyName"), f"{where}.familyName", 500)
    name = clean.line(given.get("name"), f"{where}.name", 1000)
    if not name:
        name = ", ".join(part for part in (family_name, given_name) if part)
    name = _EMAIL_IN_NAME.sub("", name).strip(" ,;:")
    if not name.strip("()<>[]."):
        clean.notes.warn(where, N_("A name is empty; it was left out."))
        return None
    made: dict[str, Any] = {"name_type": "Personal", "name": name}
    for key, part in (("given_name", given_name), ("family_name", family_name)):
        # Some sources put the whole name into familyName, which says nothing new.
        if part and part != name:
            made[key] = part
    language = clean.language(given.get("lang"), f"{where}.lang")
    if language != "und":
        made["names"] = {language: name}
    identifiers = _identifiers(given, clean, where)
    if identifiers:
        made["identifiers"] = identifiers
    affiliations = _affiliations(given.get("affiliation"), clean, where)
    if affiliations:
        made["affiliations"] = affiliations
    kind = ""
    if contributors:
        kind = _contributor_type(given.get("contributorType"), clean, where)
        made["type"] = kind
    made["name_type"] = _name_type(given, made, kind)
    return made


def _contributor_type(value: Any, clean: Cleaner, where: str) -> str:
    given = as_text(value).strip()
    # `Funder` is of kernels before 4; what it says is still true.
    known = "Funder" if given.lower() == "funder" else None
    if known is None and given and (code := find("contributor_types", given)):
        known = code.code
    if known is None:
        if given:
            clean.notes.warn(
                f"{where}.contributorType",
                N_("%(value)s is not a known role; it became Other."),
                value=given[:80],
            )
        return "Other"
    return known


def _name_type(given: dict[str, Any], made: dict[str, Any], role: str) -> str:
    stated = as_text(first(given, "nameType", "type")).strip().lower()
    if stated in ("personal", "person"):
        return "Personal"
    if stated in ("organizational", "organization", "organisation"):
        return "Organizational"
    schemes = {i["scheme"] for i in made.get("identifiers", ())}
    if "given_name" in made or "orcid" in schemes:
        return "Personal"
    if "ror" in schemes or "grid" in schemes or role in _ORGANISATION_ROLES:
        return "Organizational"
    return "Organizational" if "," not in made["name"] and _is_body(made["name"]) else "Personal"


def _is_body(name: str) -> bool:
    return bool(
        _ORGANISATION_WORDS.search(name)
        or _BEGIN_AN_ORGANISATION.match(name)
        or _WITHIN_AN_ORGANISATION.search(name)
    )


def _identifiers(given: dict[str, Any], clean: Cleaner, where: str) -> list[dict[str, str]]:
    found = []
    for item in clean.bounded(as_list(given.get("nameIdentifiers")), 49, where):
        entry = as_map(item)
        found.append(
            agent_identifier(
                entry.get("nameIdentifier"),
                entry.get("nameIdentifierScheme"),
                clean,
                f"{where}.nameIdentifier",
            )
        )
    # The crosscite form gives one address as `id`: the fiftieth.
    if given.get("id"):
        found.append(agent_identifier(given.get("id"), "", clean, f"{where}.id"))
    made: list[dict[str, str]] = []
    for identifier in found:
        if identifier is not None and identifier not in made:
            made.append(identifier)
    return made


def _affiliations(value: Any, clean: Cleaner, where: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = []
    for item in clean.bounded(as_list(value), 200, f"{where}.affiliation"):
        entry = item if isinstance(item, dict) else {"name": item}
        name = clean.line(entry.get("name"), f"{where}.affiliation")
        if not name:
            continue
        one: dict[str, Any] = {"name": name}
        identifier = agent_identifier(
            entry.get("affiliationIdentifier"),
            entry.get("affiliationIdentifierScheme"),
            clean,
            f"{where}.affiliationIdentifier",
        )
        if identifier is not None:
            one["identifier"] = identifier
        if one not in made:
            made.append(one)
    return made
