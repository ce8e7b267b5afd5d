"""Sets: the ways in which a harvester may take a part (section 2.6).

Four trees: by kind, by member of the commons, by community, by access. A tree's root is a set
too: what has a kind, which is everything; what belongs to any community. OpenAIRE asks data
repositories for a set of the name `openaire_data`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext

from tonle.catalogue.public import ANY, Selection, kinds
from tonle.federation.oai.rules.arguments import SET
from tonle.federation.oai.rules.xml import OAI, XSI, element
from tonle.kernel import codes
from tonle.kernel.text import UNDETERMINED, LanguageMap
from tonle.people.public import communities

OPENAIRE_DATA: Final = "openaire_data"
# English, as the other names of sets: the protocol has no place for a second language.
ACCESS: Final = {
    "open": "Files open to everybody",
    "embargoed": "Files open from a day on",
    "restricted": "Files on request",
    "metadata_only": "Description only",
}
_ROOTS: Final = {
    "kind": "Everything, by kind",
    "member": "By member of the commons",
    "community": "By community",
    "access": "Everything, by access to its files",
}
_BATCH = 200


def chosen(spec: str) -> Selection | None:
    """The records of a set; "" is all of them. None for a set that there is not."""
    tree, _, value = spec.partition(":")
    if spec in {"", "kind", "access"}:
        return Selection()
    if spec in {"member", "community"}:
        return Selection(**{spec: ANY})
    if spec == OPENAIRE_DATA:
        return Selection(kind="dataset")
    if not value or ":" in value or tree not in _ROOTS or value == ANY:
        return None
    return Selection(**{tree: value})


def specs_of(document: Mapping[str, Any]) -> list[str]:
    """The sets of a record, the deepest of each tree."""
    found = [_spec("kind", document["kind"]), _spec("access", document["access"]["level"])]
    found += [_spec("member", member) for member in document.get("members", ())]
    found += [_spec("community", name) for name in document.get("communities", ())]
    if document["kind"] == "dataset":
        found.append(OPENAIRE_DATA)
    return [spec for spec in found if spec]


@lru_cache(maxsize=4096)
def _spec(tree: str, value: str) -> str:
    """The setSpec, or "" for a word that the protocol cannot hold in one."""
    spec = f"{tree}:{value}"
    return spec if SET.fullmatch(spec) else ""


@dataclass(frozen=True)
class ListedSet:
    """One set as ListSets shows it. names, descriptions: of a community, in its languages."""

    spec: str
    name: str
    names: LanguageMap | None = None
    descriptions: LanguageMap | None = None

    def as_xml(self) -> str:
        shown = element("setSpec", self.spec) + element("setName", self.name)
        if self.descriptions:
            shown += f"<setDescription>{self._description()}</setDescription>"
        return f"<set>{shown}</set>"

    def _description(self) -> str:
        """Dublin Core, as section 4.6 shows it."""
        texts = [
            element(f"dc:{name}", text, **({} if tag == UNDETERMINED else {"xml:lang": tag}))
            for name, told in (("title", self.names), ("description", self.descriptions))
            for tag, text in (told or {}).items()
        ]
        return (
            f'<oai_dc:dc xmlns:oai_dc="{OAI}oai_dc/" xmlns:dc="http://purl.org/dc/elements/1.1/"'
            f' xmlns:xsi="{XSI}" xsi:schemaLocation="{OAI}oai_dc/ {OAI}oai_dc.xsd">'
            f"{''.join(texts)}</oai_dc:dc>"
        )


def listed() -> Iterator[ListedSet]:
    """All sets, roots before what hangs on them. One query for each 200 communities."""
    with translation.override("en"):
        of_kinds = [ListedSet(_spec("kind", one.name), gettext(one.plural)) for one in kinds()]
    yield ListedSet("kind", _ROOTS["kind"])
    yield from of_kinds
    yield ListedSet("access", _ROOTS["access"])
    for level, name in ACCESS.items():
        yield ListedSet(_spec("access", level), name)
    yield ListedSet("member", _ROOTS["member"])
    for code in codes.members():
        yield ListedSet(_spec("member", code), codes.label("members", code, "en"))
    yield ListedSet("community", _ROOTS["community"])
    after = ""
    while batch := communities(open_only=False, after=after, limit=_BATCH):
        for row in batch:
            if spec := _spec("community", row.pk):
                yield ListedSet(spec, str(row), row.names, row.descriptions)
        after = batch[-1].slug
    yield ListedSet(OPENAIRE_DATA, "OpenAIRE data: datasets")
