"""What the fields of a document are called where curators and depositors speak about them."""

from __future__ import annotations

from tonle.kernel.errors import N_

FIELDS: dict[str, str] = {
    "access": N_("Access"),
    "alternate_identifiers": N_("Other identifiers"),
    "communities": N_("Communities"),
    "contributors": N_("Contributors"),
    "creators": N_("Creators"),
    "dates": N_("Dates"),
    "descriptions": N_("Descriptions"),
    "files": N_("Files"),
    "formats": N_("Formats"),
    "funding_references": N_("Funding"),
    "geo_locations": N_("Places"),
    "languages": N_("Languages"),
    "members": N_("Members"),
    "other_titles": N_("Other titles"),
    "pids": N_("Lasting names"),
    "profile": N_("Particulars"),
    "publication_year": N_("Year"),
    "publisher": N_("Publisher"),
    "related_items": N_("Related works"),
    "relations": N_("Relations"),
    "resource_type": N_("Type"),
    "rights": N_("Licence"),
    "serves": N_("Whom it serves"),
    "sizes": N_("Sizes"),
    "subjects": N_("Subjects"),
    "titles": N_("Title"),
    "translations": N_("Translations"),
    "version_label": N_("Version of the makers"),
}
