"""Which kind of record a source's type is. Tables, declared; nothing is guessed beyond them.

Kinds that carry money, dates or promises (funding opportunities, projects, agreements…)
are never made from a general type: a source must say the very word for them, as we do.
Source of the general types: DataCite Metadata Schema 2.2 to 4.7, resourceTypeGeneral.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Final

KIND_OF_GENERAL: Final = MappingProxyType(
    {
        "Audiovisual": "dataset",
        "Award": "publication",
        "Book": "publication",
        "BookChapter": "publication",
        "Collection": "dataset",
        "ComputationalNotebook": "software",
        "ConferencePaper": "publication",
        "ConferenceProceeding": "publication",
        "DataPaper": "publication",
        "Dataset": "dataset",
        "Dissertation": "publication",
        "Event": "dataset",
        "Film": "dataset",
        "Image": "dataset",
        "Instrument": "instrument",
        "InteractiveResource": "dataset",
        "Journal": "publication",
        "JournalArticle": "publication",
        "Model": "dataset",
        "Other": "dataset",
        "OutputManagementPlan": "publication",
        "PeerReview": "publication",
        "PhysicalObject": "dataset",
        "Poster": "publication",
        "Preprint": "publication",
        "Presentation": "publication",
        "Project": "publication",
        "Report": "publication",
        "Service": "service",
        "Software": "software",
        "Sound": "dataset",
        "Standard": "publication",
        "StudyRegistration": "publication",
        "Text": "publication",
        "Workflow": "software",
    }
)

# The general type of a record that is of a kind and says no type; of any other, "Other".
GENERAL_OF_KIND: Final = MappingProxyType(
    {
        "agreement": "Text",
        "assessment": "Report",
        "dataset": "Dataset",
        "fellowship": "Award",
        "funding_opportunity": "Award",
        "indicator": "Dataset",
        "instrument": "Instrument",
        "policy": "Text",
        "project": "Project",
        "publication": "Text",
        "service": "Service",
        "software": "Software",
        "standard": "Standard",
        "training": "Event",
    }
)

# What a kind is called where there is room for a word: alone, or before the words that a record
# has of its own, as in "Policy: White paper".
LABELS: Final = MappingProxyType(
    {
        "agreement": "Agreement",
        "assessment": "Assessment",
        "dataset": "Dataset",
        "enterprise": "Enterprise",
        "facility": "Facility",
        "fellowship": "Fellowship",
        "funding_opportunity": "Funding opportunity",
        "indicator": "Indicator",
        "instrument": "Instrument",
        "policy": "Policy",
        "project": "Project",
        "publication": "Publication",
        "service": "Service",
        "software": "Software",
        "standard": "Standard",
        "technology_need": "Technology need",
        "technology_offer": "Technology offer",
        "training": "Training",
    }
)
_KIND_OF_LABEL: Final = MappingProxyType({label: kind for kind, label in LABELS.items()})

# Words of other vocabularies, folded: Dublin Core types, OpenAIRE (info:eu-repo) and COAR
# names, DSpace and EPrints types, and DataCite's own resourceType texts.
_GENERAL_OF_WORD: Final = MappingProxyType(
    {
        "annotation": "Text",
        "article": "JournalArticle",
        "audiovisual": "Audiovisual",
        "bachelorthesis": "Dissertation",
        "blogposting": "Text",
        "book": "Book",
        "bookchapter": "BookChapter",
        "bookpart": "BookChapter",
        "bookreview": "Text",
        "collection": "Collection",
        "conferenceobject": "ConferencePaper",
        "conferencepaper": "ConferencePaper",
        "conferenceposter": "Poster",
        "conferenceproceedings": "ConferenceProceeding",
        "contributiontoperiodical": "JournalArticle",
        "datapaper": "DataPaper",
        "dataset": "Dataset",
        "doctoralthesis": "Dissertation",
        "event": "Event",
        "habilitation": "Dissertation",
        "image": "Image",
        "inauguraladdress": "Presentation",
        "interactiveresource": "InteractiveResource",
        "journalarticle": "JournalArticle",
        "lecture": "Presentation",
        "masterthesis": "Dissertation",
        "monograph": "Book",
        "movingimage": "Audiovisual",
        "patent": "Text",
        "physicalobject": "PhysicalObject",
        "poster": "Poster",
        "preprint": "Preprint",
        "presentation": "Presentation",
        "report": "Report",
        "reportpart": "Report",
        "researchproposal": "Text",
        "review": "Text",
        "service": "Service",
        "software": "Software",
        "softwaresourcecode": "Software",
        "sound": "Sound",
        "stillimage": "Image",
        "studentthesis": "Dissertation",
        "technicaldocumentation": "Report",
        "technicalreport": "Report",
        "text": "Text",
        "thesis": "Dissertation",
        "workflow": "Workflow",
        "workingpaper": "Report",
    }
)

_GENERAL_FOLDED: Final = MappingProxyType({name.lower(): name for name in KIND_OF_GENERAL})
_NOT_A_LETTER = re.compile(r"[^a-z]+")


def general_type(value: str) -> str | None:
    """The DataCite resourceTypeGeneral of that name, whatever its case and spacing."""
    return _GENERAL_FOLDED.get(_NOT_A_LETTER.sub("", value.lower()))


def general_of_word(value: str) -> str | None:
    """The resourceTypeGeneral that a word or address of another vocabulary means."""
    word = re.split(r"[/:#]", value.strip().rstrip("/"))[-1]
    folded = _NOT_A_LETTER.sub("", word.lower())
    return _GENERAL_OF_WORD.get(folded) or _GENERAL_FOLDED.get(folded)


def kind_and_words(general: str, words: str) -> tuple[str, str]:
    """(kind, what the words say beside it) of a general type and the words for it."""
    head, _, rest = words.partition(": ")
    kind = _KIND_OF_LABEL.get(head)
    return (kind, rest) if kind else (KIND_OF_GENERAL[general], words)


def words_for(kind: str, general: str, words: str) -> str:
    """Words that `kind_and_words` reads as these again, with the kind before them if need be."""
    label = LABELS.get(kind, "")
    said = words or label
    if not label or kind_and_words(general, said) == (kind, words):
        return said
    return f"{label}: {words}" if words else label
