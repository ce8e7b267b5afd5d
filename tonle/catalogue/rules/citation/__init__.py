"""How to cite a record: one line of text in each of the styles people are asked for.

Written out here rather than by a style engine: eight styles of one kind of source are some
two hundred lines, need no style files, and keep names as the region has them.
"""

from tonle.catalogue.rules.citation.datacite import citation, listed
from tonle.catalogue.rules.citation.names import Name, name_of, natural
from tonle.catalogue.rules.citation.styles import STYLES, Style, Styled, styled, styles
from tonle.catalogue.rules.citation.work import Work, work_of

__all__ = [
    "STYLES",
    "Name",
    "Style",
    "Styled",
    "Work",
    "citation",
    "listed",
    "name_of",
    "natural",
    "styled",
    "styles",
    "work_of",
]
