"""Refusals of term tables."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class NotSkos(TonleError):
    code = "not_skos"
    message = N_("The thesaurus could not be read: %(reason)s.")


class NoConcepts(TonleError):
    """Read well, and of no use."""

    code = "no_concepts"
    message = N_(
        "The file names no concept in two of these languages: %(languages)s. A thesaurus in SKOS "
        "with skos:prefLabel or skos:altLabel is needed."
    )


class BadTableName(TonleError):
    code = "bad_table_name"
    message = N_(
        "A table's name is made of small letters, digits and hyphens, such as agrovoc, not "
        "“%(name)s”."
    )


class ShippedTable(TonleError):
    code = "shipped_table"
    message = N_("The table %(name)s comes with Tonle. Give yours another name.")


class NoSuchTable(TonleError):
    code = "no_such_table"
    http_status = 404
    message = N_("No table called %(name)s was added. See: tonle terms list")
