"""The codes that readers of files speak in, as messages for people."""

from __future__ import annotations

from tonle.kernel.errors import N_

# Why there is no preview, or not all of one.
NOTES: dict[str, str] = {
    "unknown_kind": N_("There is no preview of files of this kind: no reader here knows it."),
    "empty": N_("The file is empty."),
    "no_text": N_("There is no preview: the file calls itself text, and is none."),
    "no_head": N_("The first row does not seem to name the columns, so they are numbered."),
    "ragged": N_("Some rows have more or fewer cells than the first."),
    "part": N_("Only the beginning was read: the file is large."),
    "broken": N_("The file could not be read to its end: its form is broken."),
    "depth": N_("There is no preview: the file is nested too deeply."),
    "bomb": N_("There is no preview: the file unpacks to far more than it is."),
    "too_large": N_("There is no preview: a file of this kind and size takes too much to read."),
    "pixels": N_("There is no picture: the file says that it is far too large for one."),
    "no_picture": N_("There is no picture: its kind of picture cannot be drawn here."),
    "locked": N_("There is no preview: the file is locked with a password."),
    "needs_extra": N_(
        "There is no preview: this node lacks the reader for NetCDF-4 and HDF5. Its steward can "
        "add it."
    ),
    "took_time": N_("There is no preview: reading the file took too long."),
    "took_memory": N_("There is no preview: reading the file took too much memory."),
    "crashed": N_("There is no preview: the reader ended without an answer."),
}

# What is known of a file, as words before a value.
FACTS: dict[str, str] = {
    "encoding": N_("Letters"),
    "delimiter": N_("Between cells"),
    "skipped": N_("Lines before the table"),
    "lines": N_("Lines"),
    "sheets": N_("Sheets"),
    "pages": N_("Pages"),
    "width": N_("Width in pixels"),
    "height": N_("Height in pixels"),
    "bands": N_("Bands"),
    "values": N_("Values"),
    "crs": N_("Coordinate system"),
    "pixel": N_("Size of a pixel"),
    "west_east": N_("From west to east"),
    "south_north": N_("From south to north"),
    "shapes": N_("Shapes"),
    "language": N_("Language"),
    "cells": N_("Cells"),
    "objects": N_("Objects"),
    "members": N_("Files in it"),
    "unpacked": N_("Bytes when unpacked"),
    "title": N_("Title"),
    "made_with": N_("Made with"),
    "taken_with": N_("Taken with"),
    "dimensions": N_("Dimensions"),
    "frames": N_("Pictures in it"),
    "no_data": N_("Value that means no data"),
}

# Facts whose values are names in our own code, and so are translated.
VALUES: dict[tuple[str, str], str] = {
    ("delimiter", "tab"): N_("a tab"),
    ("delimiter", ","): N_("a comma"),
    ("delimiter", ";"): N_("a semicolon"),
    ("delimiter", "|"): N_("a bar"),
}

TYPES: dict[str, str] = {
    "text": N_("text"),
    "whole": N_("whole number"),
    "number": N_("number"),
    "day": N_("date"),
    "instant": N_("date and time"),
    "truth": N_("yes or no"),
    "empty": N_("nothing"),
    "other": N_("another type"),
}

# What a row's value is asked, between the column and what is compared with.
TESTS: dict[str, str] = {
    "is": N_("is"),
    "is_not": N_("is not"),
    "contains": N_("contains"),
    "begins": N_("begins with"),
    "less": N_("is less than"),
    "at_most": N_("is at most"),
    "more": N_("is more than"),
    "at_least": N_("is at least"),
    "has_value": N_("has a value"),
    "has_none": N_("has no value"),
}

# What is worked out for each group of rows: as a choice, and as the head of a column.
WORKED_OUT: dict[str, tuple[str, str]] = {
    "count": (N_("number of rows"), N_("number of rows")),
    "sum": (N_("sum"), N_("sum of %(column)s")),
    "mean": (N_("mean"), N_("mean of %(column)s")),
    "median": (N_("median"), N_("median of %(column)s")),
    "least": (N_("smallest value"), N_("smallest value of %(column)s")),
    "most": (N_("greatest value"), N_("greatest value of %(column)s")),
    "different": (N_("different values"), N_("different values of %(column)s")),
}

# Ways to install a program, beside those of package registries, which have names of their own.
WAYS: dict[str, str] = {
    "file": N_("From this record: %(name)s"),
    "git": N_("Its source code, from %(name)s"),
}

# Where a line is typed.
SYSTEMS: dict[str, str] = {
    "any": N_("In a terminal"),
    "unix": N_("In a terminal of Linux or macOS"),
    "windows": N_("In a terminal of Windows"),
    "r": N_("In R"),
}

# What is offered to the reader's own machine.
PROGRAMS: dict[str, str] = {
    "notebook": N_("Open this notebook in your own Jupyter"),
    "functions": N_("Use its functions in a program of your own"),
    "script": N_("Run this script on your own machine"),
}
