"""The kinds that people deposit: data, software and texts."""

from __future__ import annotations

from tonle.catalogue.public import Kind, by_hand, kind
from tonle.catalogue.public import profiles as p
from tonle.kernel.errors import N_

KINDS = (
    Kind(
        name="dataset",
        label=N_("Dataset"),
        plural=N_("Datasets"),
        context="deposit",
        profile=p.profile(
            "What a dataset adds to the record.",
            repository=p.address("Where the data are kept or were taken from."),
            licence_as_stated=p.text("The licence in the source's words."),
            licences=p.many(
                p.text("SPDX identifier."), "Licences that the statement plainly means."
            ),
            collection_method=p.language_map("How the data were collected."),
            spatial_resolution_metres=p.decimal("Size of a cell on the ground, in metres."),
            temporal_resolution=p.text("Time between two values, ISO 8601 duration such as P1D."),
            variables=p.many(
                p.group(
                    "One column or variable.",
                    required=("name",),
                    name=p.text("Its name in the files."),
                    label=p.language_map("What it is called."),
                    unit=p.text("Its unit, UCUM where there is one."),
                    description=p.language_map("What it means, and how it was measured."),
                    type=p.text("What its values look like: text, whole, number, day, instant."),
                    file=p.text("The file of the record whose column it is."),
                    table=p.text("The sheet of that file, where it has several tables."),
                    values=p.many(
                        p.group(
                            "One value.",
                            required=("value",),
                            value=p.text("As the file has it."),
                            label=p.language_map("What it means."),
                        ),
                        "What its values mean, where they are codes.",
                    ),
                ),
                "The variables of the data; with a file, its columns in their order.",
            ),
        ),
    ),
    Kind(
        name="software",
        label=N_("Software"),
        plural=N_("Software"),
        context="deposit",
        profile=p.profile(
            "What software adds to the record.",
            repository=p.address("The public repository of its source code."),
            package=p.text("The package registry and the name there, such as “PyPI: attacut”."),
            version=p.text("The version that the statements are about."),
            natural_languages=p.many(
                p.text("BCP 47 tag."), "Languages that the software works on."
            ),
            programming_languages=p.many(p.text("Name."), "Languages it is written in."),
            licence_as_stated=p.text("The licence in the package's own words."),
            licences=p.many(
                p.text("SPDX identifier."), "Licences that the statement plainly means."
            ),
            runs_on=p.many(p.text("Operating system or platform."), "Where it runs."),
            packages=p.many(
                p.text("Package URL (ECMA-427): pkg:pypi/attacut."),
                "Under which names package registries have it.",
            ),
            runtimes=p.many(
                p.text("Name and version, such as Python 3.11."),
                "What it runs in: CodeMeta's runtimePlatform.",
            ),
            requirements=p.many(
                p.text("Name and version, such as GDAL 3.4 or newer."),
                "What must be there for it to run.",
            ),
            reads=p.many(p.text("Media type."), "Formats of the files that it reads."),
            writes=p.many(p.text("Media type."), "Formats of the files that it writes."),
            try_at=p.many(p.address("A page."), "Where it can be tried in a browser."),
            instructions=p.address("How it is installed, in the words of its makers."),
        ),
    ),
    Kind(
        name="publication",
        label=N_("Publication"),
        plural=N_("Publications"),
        context="deposit",
        profile=p.profile(
            "What a publication adds to the record.",
            peer_reviewed=p.flag("Whether it was reviewed by peers before it was published."),
            pages=p.text("Number of pages, or first and last page."),
            degree=p.text("The degree a thesis was written for."),
            place=p.text("Where it was published."),
        ),
    ),
)


def deposited() -> tuple[Kind, ...]:
    """The kinds that people give by the form: those above, and those whose contexts say how."""
    return (*KINDS, *(kind(one.kind) for one in by_hand.every()))
