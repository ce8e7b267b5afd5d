"""What the fields of a profile are called on a page.

Contexts add their own with `register_labels`; a field without one is shown by its own name,
as words, so that no page hides what it has never heard of.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext

from tonle.kernel import codes
from tonle.kernel.errors import N_

_LABELS: dict[str, str] = {
    "access_as_stated": N_("Access, as stated"),
    "amounts_as_stated": N_("Amounts, as stated"),
    "areas_as_stated": N_("Areas, as stated"),
    "award_number": N_("Grant number"),
    "award_title": N_("Title of the grant"),
    "baseline_as_stated": N_("Baseline, as stated"),
    "closes_at": N_("Closes"),
    "code": N_("Code"),
    "collection_method": N_("How it was collected"),
    "conditions": N_("Conditions"),
    "country": N_("Country"),
    "currency": N_("Currency"),
    "custodian": N_("Custodian"),
    "date_as_stated": N_("Date, as stated"),
    "date": N_("Date"),
    "deadline_as_stated": N_("Deadline, as stated"),
    "decided_on": N_("Decided on"),
    "definition": N_("Definition"),
    "degree": N_("Degree"),
    "document_as_named": N_("Document, as named"),
    "ends_on": N_("Ends on"),
    "facility": N_("Facility"),
    "family_name": N_("Family name"),
    "first_page": N_("First page"),
    "frequency": N_("Frequency"),
    "funder_name": N_("Funder"),
    "funders_as_stated": N_("Funders, as stated"),
    "general": N_("Type"),
    "given_name": N_("Given name"),
    "goal": N_("Goal"),
    "grant_number": N_("Grant number"),
    "host": N_("Host"),
    "identifiers": N_("Identifiers"),
    "indicator": N_("Indicator"),
    "information": N_("Note"),
    "instructions": N_("How to install"),
    "last_page": N_("Last page"),
    "latitude": N_("Latitude"),
    "level": N_("Access"),
    "languages_taught_in": N_("Taught in"),
    "licence_as_stated": N_("Licence, as stated"),
    "licences": N_("Licences"),
    "longitude": N_("Longitude"),
    "manufacturer": N_("Manufacturer"),
    "measured_variables": N_("What it measures"),
    "method": N_("Method"),
    "model": N_("Model"),
    "name": N_("Name"),
    "name_type": N_("Kind"),
    "names": N_("Names"),
    "natural_languages": N_("Human languages"),
    "opens_at": N_("Opens"),
    "outcome": N_("Outcome"),
    "package": N_("Package"),
    "packages": N_("Packages"),
    "parties": N_("Parties"),
    "partners": N_("Partners"),
    "peer_reviewed": N_("Peer reviewed"),
    "place": N_("Place"),
    "programming_languages": N_("Programming languages"),
    "reads": N_("Reads"),
    "relation_type": N_("Relation"),
    "repository": N_("Source code"),
    "requirements": N_("Needs"),
    "runs_on": N_("Runs on"),
    "runtimes": N_("Runs in"),
    "sector": N_("Sector"),
    "serves": N_("Whom it serves"),
    "signed_on": N_("Signed on"),
    "source": N_("Source"),
    "starts_on": N_("Starts on"),
    "status": N_("Status"),
    "status_as_stated": N_("Status, as stated"),
    "target": N_("What it is related to"),
    "target_as_stated": N_("Target, as stated"),
    "targets": N_("Targets"),
    "terms": N_("Terms"),
    "text": N_("Text"),
    "themes_as_stated": N_("Themes, as stated"),
    "unit": N_("Unit"),
    "url": N_("Address"),
    "try_at": N_("Try it at"),
    "type": N_("Type"),
    "value": N_("Value"),
    "variables": N_("Variables"),
    "version": N_("Version"),
    "volume": N_("Volume"),
    "what_it_is": N_("What it is"),
    "who_may_apply": N_("Who may apply"),
    "writes": N_("Writes"),
    "year_as_stated": N_("Year, as stated"),
    "zone_as_stated": N_("Time zone, as stated"),
}


def register_labels(labels: Mapping[str, str]) -> None:
    """Name fields: key of the profile to gettext message. An earlier name is kept."""
    for key, message in labels.items():
        _LABELS.setdefault(key, message)


def message_of(key: str) -> str | None:
    return _LABELS.get(key)


# What the node itself writes into texts of records, such as what a date is of.
_WRITTEN: dict[str, str] = {}


def register_written(words: Mapping[str, str]) -> None:
    """Let pages say in the reader's language what a context writes into a free text of a record:
    the text to its gettext message."""
    _WRITTEN.update(words)


def written(text: str) -> str:
    """A free text of a record, translated where it is the node's own."""
    return gettext(_WRITTEN[text]) if text in _WRITTEN else text


# Fields whose texts are codes of these lists, or have words of their own.
_CODED = {
    "type": (
        "date_types",
        "description_types",
        "title_types",
        "contributor_types",
        "relation_types",
        "resource_types",
    ),
    "relation_type": ("relation_types",),
    "name_type": ("name_types",),
    "general": ("resource_types",),
}
_LEVELS = {
    "open": N_("Open"),
    "embargoed": N_("Under embargo"),
    "restricted": N_("On request"),
    "metadata_only": N_("Description only"),
}


def said_code(value: str, key: str, language: str) -> str:
    """A text of a document as it stands, or the language's word for it where it is a code."""
    if key == "level" and value in _LEVELS:
        return gettext(_LEVELS[value])
    for name in _CODED.get(key, ()):
        if codes.valid(name, value):
            return codes.label(name, value, language)
    return value
