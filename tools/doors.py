"""An import contract of our own: a context is entered only through its `public.py`."""

from __future__ import annotations

from typing import Any

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class PublicDoors(Contract):
    """Each import from one context into another must name that one's `public` module.

    open: contexts whose modules may be imported directly. Tests may look inside.
    """

    type_name = "public_doors"

    open = fields.SetField(subfield=fields.StringField(), required=False, default=frozenset())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        broken = [
            (importer, imported, details["line_number"])
            for importer in sorted(graph.modules)
            for imported in sorted(graph.find_modules_directly_imported_by(importer))
            if self._passes_the_door(importer, imported)
            for details in graph.get_import_details(importer=importer, imported=imported)[:1]
        ]
        output.verbose_print(verbose, f"{len(graph.modules)} modules asked, {len(broken)} found")
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def _passes_the_door(self, importer: str, imported: str) -> bool:
        source, target = importer.split("."), imported.split(".")
        return (
            source[0] == target[0] == "tonle"
            and len(source) > 2
            and len(target) > 1
            and source[1] != target[1]
            and "tests" not in source
            and ".".join(target[:2]) not in _texts(self.open)
            and target[2:] != ["public"]
        )

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported, line in check.metadata["broken"]:
            context = ".".join(imported.split(".")[:2])
            output.print_error(f"{importer} (l. {line}) imports {imported}, not {context}.public")


def _texts(value: Any) -> set[str]:
    return {str(item) for item in value or ()}
