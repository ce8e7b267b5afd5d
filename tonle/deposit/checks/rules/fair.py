"""What a draft still lacks, in words: that it can be found, reached, understood and reused.

Sources: the FAIR principles (Wilkinson et al., Scientific Data 3:160018, 2016), cited as F1
to R1.3; the FAIRsFAIR metrics for data objects 0.5 (Devaraju et al., 2020), which F-UJI
measures, cited as FsF-…; Library of Congress, Recommended Formats Statement (open formats).
Where a criterion is our own experience of what readers stumble over, none is cited.

Nothing here refuses: `must` is what the record's form or law needs, `should` what most
readers will miss, `could` what makes it better still. Curation decides what it asks for.
"""

from __future__ import annotations

import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from tonle.kernel.errors import N_

Severity = Literal["must", "should", "could"]
Step = Literal["describe", "people", "files", "rights", "links"]

SEVERITIES: tuple[Severity, ...] = ("must", "should", "could")


@dataclass(frozen=True)
class Finding:
    """One thing to mend.

    code: stable. field: JSON pointer into the document, or `/files/<name>`. step: the page of
    the form where it is mended. message, why, mend: gettext messages with places for data.
    criterion: the published criterion behind it, "" where there is none.
    """

    code: str
    severity: Severity
    step: Step
    field: str
    message: str
    why: str
    mend: str
    criterion: str = ""
    data: dict[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class FileFacts:
    """A file as far as the rules need it."""

    name: str
    size_bytes: int
    sha256: str = ""
    media_type: str = ""


Document = Mapping[str, Any]


def fair_findings(
    document: Document, files: Sequence[Any], *, today: date | None = None
) -> list[Finding]:
    """Every finding, the gravest first, then in the order of the form.

    files: rows, mappings or `FileFacts` with name, size_bytes, sha256. today: the day by which
    dates are in the future; without it none is said to be.
    """
    facts = [_facts(file) for file in files]
    found = [
        *_titles(document),
        *_descriptions(document),
        *_subjects(document),
        *_dates(document, today),
        *_people(document),
        *_files(document, facts),
        *_names(facts),
        *_formats(facts),
        *_rights(document, today),
        *_links(document),
    ]
    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def _facts(file: Any) -> FileFacts:
    def read(name: str, default: Any = "") -> Any:
        return (
            file.get(name, default) if isinstance(file, Mapping) else getattr(file, name, default)
        )

    return FileFacts(read("name"), read("size_bytes", 0), read("sha256"), read("media_type"))


# Describe --------------------------------------------------------------------------------

_WORD = re.compile(r"\w+")
# Scripts that write without spaces: length tells more there than words.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3400-\u9fff]")
_FILE_NAME = re.compile(r"\.[A-Za-z0-9]{2,5}$|\w_\w")
_ENDS = re.compile(r"[.!?。！？។။]")


def _titles(document: Document) -> Iterator[Finding]:
    titles = {k: v for k, v in (document.get("titles") or {}).items() if str(v).strip()}
    if not titles:
        yield Finding(
            "title_missing", "must", "describe", "/titles",
            N_("There is no title."),
            N_("A title is how people find, recognise and cite the work."),
            N_("Write one that says what it is, where and when."),
            "F2; FsF-F2-01M",
        )  # fmt: skip
        return
    for language, title in titles.items():
        pointer = f"/titles/{language}"
        text = str(title).strip()
        if _is_short(text, words=2, letters=8):
            yield Finding(
                "title_short", "should", "describe", pointer,
                N_("The title “%(title)s” is very short."),
                N_("In a list of thousands, one word tells nobody what it is about."),
                N_("Add what was observed or made, where, and when."),
                data={"title": text[:80]},
            )  # fmt: skip
        elif _FILE_NAME.search(text) and " " not in text:
            yield Finding(
                "title_file_name", "should", "describe", pointer,
                N_("The title “%(title)s” looks like the name of a file."),
                N_("Readers search with words, not with file names."),
                N_("Write the title as a short sentence."),
                data={"title": text[:80]},
            )  # fmt: skip
        if _shouts(text):
            yield Finding(
                "title_capitals", "should", "describe", pointer,
                N_("The title is written in capital letters throughout."),
                N_("Capitals are hard to read, and no longer tell names and acronyms from words."),
                N_("Write it as in a sentence."),
            )  # fmt: skip
    if len(titles) == 1:
        yield Finding(
            "title_one_language", "could", "describe", "/titles",
            N_("The title is in one language only."),
            N_("Readers of six countries search in seven languages."),
            N_("Add the title in English and in the language of the place."),
            "F2",
        )  # fmt: skip


def _is_short(text: str, *, words: int, letters: int) -> bool:
    if _UNSPACED.search(text):
        return len(text) < letters
    return len(_WORD.findall(text)) < words


def _shouts(text: str) -> bool:
    """Whether all of three or more cased words are capitals."""
    cased = [word for word in _WORD.findall(text) if word.upper() != word.lower()]
    return len(cased) >= 3 and all(word.isupper() for word in cased)


def _descriptions(document: Document) -> Iterator[Finding]:
    texts = [
        (row.get("type", ""), str(text).strip())
        for row in document.get("descriptions") or ()
        for text in (row.get("text") or {}).values()
    ]
    abstracts = [text for kind, text in texts if kind == "Abstract" and text]
    titles = {str(title).strip().casefold() for title in (document.get("titles") or {}).values()}
    if not abstracts:
        yield Finding(
            "abstract_missing", "should", "describe", "/descriptions",
            N_("There is no summary."),
            N_("Search looks in it, and readers decide by it whether to download on a weak link."),
            N_("Say in a few sentences what it is, how it was made, and for whom it is of use."),
            "F2; FsF-F2-01M",
        )  # fmt: skip
    elif all(text.casefold() in titles for text in abstracts):
        yield Finding(
            "abstract_is_title", "should", "describe", "/descriptions",
            N_("The summary only repeats the title."),
            N_("Readers decide by the summary whether the work helps them."),
            N_("Say in a few sentences what it is, how it was made, and for whom it is of use."),
            "F2; FsF-F2-01M",
        )  # fmt: skip
    elif all(_is_fragment(text) for text in abstracts):
        yield Finding(
            "abstract_short", "should", "describe", "/descriptions",
            N_("The summary is shorter than a sentence."),
            N_("Search looks in it, and readers decide by it whether to download on a weak link."),
            N_("Say in a few sentences what it is, how it was made, and for whom it is of use."),
            "F2; FsF-F2-01M",
        )  # fmt: skip
    if any(_shouts(text) for text in abstracts):
        yield Finding(
            "abstract_capitals", "should", "describe", "/descriptions",
            N_("The summary is written in capital letters throughout."),
            N_("Capitals are hard to read, and no longer tell names and acronyms from words."),
            N_("Write it as in a letter."),
        )  # fmt: skip
    methods = any(kind in {"Methods", "TechnicalInfo"} for kind, _ in texts)
    if document.get("kind") == "dataset" and not methods:
        yield Finding(
            "methods_missing", "could", "describe", "/descriptions",
            N_("Nothing says how the data were collected."),
            N_("Without it nobody can judge whether the data fit another question."),
            N_("Add a description of the method: instruments, sampling, dates, units."),
            "R1.2; FsF-R1.2-01M",
        )  # fmt: skip


def _is_fragment(text: str) -> bool:
    if _is_short(text, words=8, letters=40):
        return True
    return len(text) < 60 and not _ENDS.search(text)


def _subjects(document: Document) -> Iterator[Finding]:
    if not document.get("subjects"):
        yield Finding(
            "keywords_missing", "should", "describe", "/subjects",
            N_("There are no keywords."),
            N_("Keywords bring readers who use other words than your title does."),
            N_("Add three to eight, in English and in the language of the place."),
            "F2; FsF-F2-01M",
        )  # fmt: skip
    if not document.get("languages") and len(document.get("titles") or ()) > 1:
        yield Finding(
            "own_title_unclear", "should", "describe", "/languages",
            N_("Nothing says which of the titles is the work's own."),
            N_("Citations and other catalogues take the one in the language of the content, and "
               "call the others translations."),
            N_("Choose the languages that occur in the files."),
            "R1; FsF-R1-01MD",
        )  # fmt: skip
    elif not document.get("languages"):
        yield Finding(
            "language_missing", "could", "describe", "/languages",
            N_("Nothing says in which language the content is."),
            N_("Readers choose by language what they can use."),
            N_("Choose the languages that occur in the files."),
            "R1; FsF-R1-01MD",
        )  # fmt: skip
    if not document.get("members"):
        yield Finding(
            "member_missing", "should", "describe", "/members",
            N_("Nothing says which country or province this is about or from."),
            N_("Readers look for what concerns their own country first."),
            N_("Choose the members it belongs to."),
        )  # fmt: skip
    if document.get("kind") == "dataset" and not document.get("geo_locations"):
        yield Finding(
            "place_missing", "could", "describe", "/geo_locations",
            N_("There is no place."),
            N_("People look for data on a map, too."),
            N_("Name the place or draw a box around it, as coarse as privacy asks for."),
            "F2",
        )  # fmt: skip


_PAST = frozenset({"Collected", "Created", "Issued", "Submitted", "Copyrighted", "Updated"})


def _dates(document: Document, today: date | None) -> Iterator[Finding]:
    for place, row in enumerate(document.get("dates") or ()):
        text = str(row.get("date", ""))
        last = text.rpartition("/")[2][:10]
        if today is not None and row.get("type") in _PAST and last > today.isoformat()[: len(last)]:
            yield Finding(
                "date_in_future", "should", "describe", f"/dates/{place}",
                N_("The date %(date)s (%(type)s) lies in the future."),
                N_("What has not happened cannot be collected: a digit or an era may be wrong."),
                N_("Correct it. A year of the Buddhist Era is 543 more than the common one."),
                data={"date": text[:40], "type": row["type"]},
            )  # fmt: skip
    if document.get("kind") == "dataset" and not document.get("dates"):
        yield Finding(
            "date_missing", "could", "describe", "/dates",
            N_("Nothing says when the data were collected."),
            N_("Data of 1990 and of today answer different questions."),
            N_("Add the first and the last day of the collection."),
            "R1.2; FsF-R1.2-01M",
        )  # fmt: skip


# People ----------------------------------------------------------------------------------


def _people(document: Document) -> Iterator[Finding]:
    creators = [row for row in document.get("creators") or () if row.get("name")]
    if not creators:
        yield Finding(
            "creator_missing", "must", "people", "/creators",
            N_("Nobody is named as creator."),
            N_("Without a name it cannot be cited, and nobody can be asked."),
            N_("Add the people or the organisation that made it."),
            "F2; FsF-F2-01M",
        )  # fmt: skip
        return
    persons = [row for row in creators if row.get("name_type") != "Organizational"]
    if persons and not any(row.get("identifiers") for row in persons):
        yield Finding(
            "orcid_missing", "could", "people", "/creators",
            N_("No creator has an ORCID iD."),
            N_("Many people share a name; an identifier says who is meant, in every script."),
            N_("Add the ORCID iD where somebody has one. It is free of charge."),
            "F2; I3",
        )  # fmt: skip
    if persons and not any(row.get("affiliations") for row in persons):
        yield Finding(
            "affiliation_missing", "should", "people", "/creators",
            N_("No creator has an affiliation."),
            N_("Institutions count what they have made, and readers ask who stands behind it."),
            N_("Add the institution of each creator; search finds most by name."),
            "F2",
        )  # fmt: skip
    if any(_shouts(str(row["name"])) for row in creators):
        yield Finding(
            "creator_capitals", "could", "people", "/creators",
            N_("A name is written in capital letters throughout."),
            N_("Citations copy it as it stands."),
            N_("Write it as its bearer does."),
        )  # fmt: skip


# Files -----------------------------------------------------------------------------------

_README = re.compile(r"(?:.*/)?(?:read[-_ ]?me|อ่าน|ອ່ານ|អាន|ဖတ်ပါ|đọc|说明)[^/]*$", re.IGNORECASE)
_LARGEST_NAMES = 5


def _files(document: Document, files: Sequence[FileFacts]) -> Iterator[Finding]:
    if not files:
        if (document.get("access") or {}).get("level") != "metadata_only":
            yield Finding(
                "files_missing", "must", "files", "/files",
                N_("There are no files."),
                N_("A description without what it describes is of little use."),
                N_("Add the files, or say that only the description is public."),
                "A1; FsF-F3-01M",
            )  # fmt: skip
        return
    empty = [file.name for file in files if file.size_bytes == 0]
    if empty:
        yield Finding(
            "file_empty", "must", "files", f"/files/{empty[0]}",
            _counted(empty, N_("One file is empty: %(names)s."),
                     N_("%(count)s files are empty: %(names)s.")),
            N_("Probably a copy or an upload broke off; whoever downloads them gets nothing."),
            N_("Add them again, or remove them."),
            data={"count": len(empty), "names": _listed(empty)},
        )  # fmt: skip
    same = defaultdict(list)
    for file in files:
        if file.sha256 and file.size_bytes:
            same[file.sha256].append(file.name)
    for names in same.values():
        if len(names) > 1:
            yield Finding(
                "file_twice", "should", "files", f"/files/{names[1]}",
                N_("These files are the same, byte for byte: %(names)s."),
                N_("Readers compare them to find a difference that is not there."),
                N_("Keep one of them, or add the file that was meant."),
                data={"names": _listed(names)},
            )  # fmt: skip
    if document.get("kind") != "publication" and not any(_README.match(f.name) for f in files):
        yield Finding(
            "readme_missing", "should", "files", "/files",
            N_("There is no README."),
            N_("In five years nobody remembers what column 7 means, not even you."),
            N_("Add a README.md or README.txt: what each file and column is, units, codes."),
            "R1; FsF-R1-01MD",
        )  # fmt: skip


def _counted(names: Sequence[str], one: str, many: str) -> str:
    """The sentence for one, or for several."""
    return one if len(names) == 1 else many


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(name[:80] for name in names[:_LARGEST_NAMES])
    return shown + (" …" if len(names) > _LARGEST_NAMES else "")


_ODD = re.compile(r"[^\w.\-/]")
_MARKS = re.compile("[\u0300-\u036f\u0e31-\u0e4e\u0eb1-\u0ecd\u102b-\u103e\u17b4-\u17dd]")


def _names(files: Sequence[FileFacts]) -> Iterator[Finding]:
    # Letters of every script are fine, with the signs that stand on them.
    odd = [file.name for file in files if _ODD.search(_MARKS.sub("", file.name))]
    if odd:
        yield Finding(
            "file_name_odd", "could", "files", f"/files/{odd[0]}",
            _counted(odd, N_("One file name holds spaces or signs: %(names)s."),
                     N_("%(count)s file names hold spaces or signs: %(names)s.")),
            N_("Programs and links break at spaces, quotes, brackets and the like."),
            N_("Rename them with letters, digits, hyphen and underscore."),
            data={"count": len(odd), "names": _listed(odd)},
        )  # fmt: skip
    long = [file.name for file in files if len(file.name.rpartition("/")[2].encode()) > 200]
    if long:
        yield Finding(
            "file_name_long", "should", "files", f"/files/{long[0]}",
            _counted(long, N_("One file name is very long."),
                     N_("%(count)s file names are very long.")),
            N_("Many systems cannot unpack names beyond 255 bytes; a Khmer letter takes three."),
            N_("Shorten them."),
            data={"count": len(long)},
        )  # fmt: skip


# Ending: (what it is, an open form that does the same).
_CLOSED: dict[str, tuple[str, str]] = {
    "xls": ("Excel 97–2003", "CSV"),
    "xlsx": ("Excel", "CSV"),
    "doc": ("Word 97–2003", "PDF/A"),
    "docx": ("Word", "PDF/A"),
    "ppt": ("PowerPoint 97–2003", "PDF/A"),
    "pptx": ("PowerPoint", "PDF/A"),
    "sav": ("SPSS", "CSV"),
    "zsav": ("SPSS", "CSV"),
    "por": ("SPSS portable", "CSV"),
    "dta": ("Stata", "CSV"),
    "sas7bdat": ("SAS", "CSV"),
    "mdb": ("Microsoft Access", "CSV, SQLite"),
    "accdb": ("Microsoft Access", "CSV, SQLite"),
    "mat": ("MATLAB", "HDF5, CSV"),
    "rdata": ("R", "CSV"),
    "rds": ("R", "CSV"),
    "shp": ("Shapefile", "GeoPackage"),
    "mxd": ("ArcMap", "QGIS"),
    "gdb": ("File Geodatabase", "GeoPackage"),
    "dwg": ("AutoCAD", "DXF"),
    "psd": ("Photoshop", "TIFF"),
    "ai": ("Illustrator", "SVG"),
    "rar": ("RAR", "ZIP"),
    "wma": ("Windows Media", "FLAC, Opus"),
    "wmv": ("Windows Media", "MP4, WebM"),
    "heic": ("HEIC", "JPEG, TIFF"),
    "opj": ("Origin", "CSV"),
    "nvp": ("NVivo", "REFI-QDA"),
    "atlproj": ("ATLAS.ti", "REFI-QDA"),
}
# Open as standards, yet a plainer form beside them reaches more people.
_ONLY_COULD = frozenset({"xlsx", "docx", "pptx", "rdata", "rds", "shp", "heic", "dta"})


def _formats(files: Sequence[FileFacts]) -> Iterator[Finding]:
    have = {_ending(file.name) for file in files}
    by_form = defaultdict(list)
    for file in files:
        if _ending(file.name) in _CLOSED:
            by_form[_ending(file.name)].append(file.name)
    for ending, names in by_form.items():
        what, instead = _CLOSED[ending]
        if any(form.strip().lower() in have for form in instead.split(",")):
            continue
        yield Finding(
            "format_closed", "could" if ending in _ONLY_COULD else "should", "files",
            f"/files/{names[0]}",
            _counted(names, N_("One file needs a particular program (%(format)s): %(names)s."),
                     N_("%(count)s files need a particular program (%(format)s): %(names)s.")),
            N_("Not everybody has the program, and its next version may not open the file."),
            N_("Add a copy in an open form beside it: %(instead)s."),
            "R1.3; FsF-R1.3-02D",
            data={"count": len(names), "format": what, "names": _listed(names), "instead": instead},
        )  # fmt: skip


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


# Rights ----------------------------------------------------------------------------------

_SOFTWARE_LICENCES = re.compile(
    r"(?:MIT|ISC|Apache|GPL|LGPL|AGPL|BSD|MPL|EPL|EUPL|Artistic|Zlib|Unlicense|BSL|0BSD|CECILL)",
    re.IGNORECASE,
)


def _rights(document: Document, today: date | None) -> Iterator[Finding]:
    rights = [row for row in document.get("rights") or () if row]
    licences = [str(row.get("identifier", "")) for row in rights if row.get("identifier")]
    access = document.get("access") or {}
    if not rights:
        yield Finding(
            "licence_missing", "must", "rights", "/rights",
            N_("There is no licence."),
            N_("Without one the law forbids nearly every use, however open it was meant."),
            N_("Choose a licence; the form explains each in a sentence."),
            "R1.1; FsF-R1.1-01M",
        )  # fmt: skip
    elif not licences and not any(row.get("uri") for row in rights):
        yield Finding(
            "licence_not_standard", "should", "rights", "/rights",
            N_("The licence is in words of its own."),
            N_("Neither people nor machines can compare it with others."),
            N_("Choose a standard licence where one says the same."),
            "R1.1; FsF-R1.1-01M",
        )  # fmt: skip
    kind = document.get("kind")
    for licence in licences:
        if kind == "software" and licence.upper().startswith("CC") and licence != "CC0-1.0":
            yield Finding(
                "licence_for_works", "should", "rights", "/rights",
                N_("%(licence)s is made for texts and data, not for software."),
                N_("It says nothing of source code and patents, and mixes badly with other code."),
                N_("Choose a software licence such as Apache-2.0, MIT or GPL-3.0-or-later."),
                "R1.1",
                data={"licence": licence},
            )  # fmt: skip
        elif kind != "software" and _SOFTWARE_LICENCES.match(licence):
            yield Finding(
                "licence_for_software", "should", "rights", "/rights",
                N_("%(licence)s is made for software, not for texts and data."),
                N_("Its terms speak of source code, and readers cannot tell what they may do."),
                N_("Choose CC-BY-4.0 or CC0-1.0, say."),
                "R1.1",
                data={"licence": licence},
            )  # fmt: skip
        elif licence.startswith("CC-") and ("-NC" in licence or "-ND" in licence):
            yield Finding(
                "licence_narrow", "could", "rights", "/rights",
                N_("%(licence)s forbids much that you may not mind."),
                N_("Teachers and firms stay away from limits, and no change means no translation."),
                N_("If it is credit that you want, CC-BY-4.0 asks for it."),
                "R1.1",
                data={"licence": licence},
            )  # fmt: skip
    level = access.get("level")
    until = str(access.get("embargo_until", ""))
    if level == "embargoed" and (not until or (today is not None and until <= today.isoformat())):
        yield Finding(
            "embargo_over", "should", "rights", "/access/embargo_until",
            N_("The embargo has no end that lies ahead."),
            N_("Files would be open at once, or never."),
            N_("Give the day on which the files open, or choose another access."),
            "A1",
        )  # fmt: skip
    if level == "restricted" and not access.get("note"):
        yield Finding(
            "access_unexplained", "should", "rights", "/access/note",
            N_("The files are restricted, and nothing says why."),
            N_("People ask for access when they know what for it is given, and by whom."),
            N_("Say who may have the files and on which terms."),
            "A1.2; FsF-A1-01M",
        )  # fmt: skip


# Links -----------------------------------------------------------------------------------


def _links(document: Document) -> Iterator[Finding]:
    if not document.get("relations") and not document.get("related_items"):
        yield Finding(
            "relations_missing", "could", "links", "/relations",
            N_("It is linked with no article, data or software."),
            N_("Links bring readers of the one to the other, and show where the data come from."),
            N_("Add the article that uses it, or what it is derived from."),
            "I3; FsF-I3-01M",
        )  # fmt: skip
    if not document.get("funding_references"):
        yield Finding(
            "funding_missing", "could", "rights", "/funding_references",
            N_("No funder is named."),
            N_("Funders ask for it, and see here what came of their money."),
            N_("Add the funder and the number of the grant, if there was one."),
            "R1.2",
        )  # fmt: skip


def count_by_severity(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many of each severity, for a summary."""
    counts: dict[Severity, int] = dict.fromkeys(SEVERITIES, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return counts
