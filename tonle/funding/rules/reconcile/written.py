"""The answer as lines for a terminal, as JSON and as a table. Sentences are said by the caller."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final
from xml.sax.saxutils import escape

from tonle.funding.rules.reconcile.matching import (
    CERTAIN,
    DOUBTFUL,
    GRADES,
    LIKELY,
    Answer,
    Matched,
    Rival,
    remarks,
)
from tonle.funding.rules.reconcile.rows import OURS, THEIRS, Application, Listed
from tonle.kernel.errors import N_
from tonle.kernel.sentences import Sentence, shown

Say = Callable[[Sentence], str]

_LIST: Final = {OURS: N_("Our list"), THEIRS: N_("Their list")}
_GRADE: Final = {
    CERTAIN: N_("certain"),
    LIKELY: N_("likely"),
    DOUBTFUL: N_("doubtful"),
}


def _of(answer: Answer, which: str) -> Listed:
    return answer.ours if which == OURS else answer.theirs


# --- JSON -----------------------------------------------------------------------------------


def as_json(answer: Answer, say: Say) -> dict[str, Any]:
    """The whole answer for programs; `words` are for people."""
    return {
        "summary": _summary(answer),
        "ours": _list(answer, OURS, say),
        "theirs": _list(answer, THEIRS, say),
        "pairs": [_pair(one, say) for one in answer.pairs],
        "shared": [
            {"list": one.which, "field": one.field, "text": one.text, "rows": [*one.rows]}
            for one in answer.shared
        ],
        "meanings": [
            {"field": one.field, "ours": one.ours, "theirs": one.theirs} for one in answer.meanings
        ],
        "notes": [say(one) for one in answer.notes],
    }


def _summary(answer: Answer) -> dict[str, Any]:
    grades = [one.grade for one in answer.pairs]
    return {
        "pairs": len(answer.pairs),
        **{grade: grades.count(grade) for grade in GRADES},
        "disagreeing": sum(bool(one.compared.disagreements) for one in answer.pairs),
        **{
            f"{name}_{which}": len(found[which])
            for name, found in (("single", answer.single), ("doubled", answer.doubled))
            for which in (OURS, THEIRS)
        },
        **{f"unread_{which}": len(_of(answer, which).unread) for which in (OURS, THEIRS)},
    }


def _list(answer: Answer, which: str, say: Say) -> dict[str, Any]:
    listed = _of(answer, which)
    return {
        "rows": len(listed.rows),
        "head": [*listed.head],
        "blank": [*listed.blank],
        "columns": [
            {"header": one.header, "field": f"{one.field}.{one.side}".rstrip(".")}
            for one in listed.columns
        ],
        "ignored": [*listed.ignored],
        "single": [
            {"row": one.row, "near": [_rival(near) for near in one.near]}
            for one in answer.single[which]
        ],
        "doubled": [
            {
                "row": one.row,
                "of": one.of,
                "disagreements": [_disagreement(odd, say) for odd in one.differences],
            }
            for one in answer.doubled[which]
        ],
        "unread": [{"row": one.row, "words": say(one.words)} for one in listed.unread],
        "remarks": [{"row": one.row, "words": say(one.words)} for one in remarks(listed)],
    }


def _pair(one: Matched, say: Say) -> dict[str, Any]:
    return {
        "ours": one.ours,
        "theirs": one.theirs,
        "grade": one.grade,
        "score": one.score,
        "reasons": [say(reason) for reason in one.reasons],
        "disagreements": [_disagreement(odd, say) for odd in one.compared.disagreements],
        "not_compared": [*one.compared.not_compared],
        "rivals": [_rival(rival) for rival in one.rivals],
    }


def _rival(rival: Rival) -> dict[str, Any]:
    return {"list": rival.which, "row": rival.row, "score": rival.score}


def _disagreement(odd: Any, say: Say) -> dict[str, str]:
    return {
        "field": odd.field,
        "kind": odd.kind,
        "ours": odd.ours,
        "theirs": odd.theirs,
        "words": say(odd.words),
    }


# --- lines ----------------------------------------------------------------------------------


_UNSURE: Final = {
    "title": N_("Titles in different scripts, not compared: %(number)s (our rows %(rows)s)."),
    "institution": N_("Institutions that could not be compared: %(number)s (our rows %(rows)s)."),
    "theme": N_("Themes that could not be compared: %(number)s (our rows %(rows)s)."),
    "amount": N_("Amounts that could not be compared: %(number)s (our rows %(rows)s)."),
}


def as_lines(answer: Answer, say: Say) -> Iterator[str]:
    """The answer for a terminal: numbers first, then all that somebody must look at."""
    rows = {which: {one.row: one for one in _of(answer, which).rows} for which in (OURS, THEIRS)}
    numbers = _summary(answer)
    yield say(
        Sentence(
            N_("Rows: %(ours)s in our list, %(theirs)s in theirs."),
            ours=len(answer.ours.rows) + len(answer.ours.unread),
            theirs=len(answer.theirs.rows) + len(answer.theirs.unread),
        )
    )
    yield say(
        Sentence(
            N_(
                "Pairs: %(pairs)s (certain: %(certain)s, likely: %(likely)s, doubtful: "
                "%(doubtful)s); pairs that disagree: %(disagreeing)s."
            ),
            **{name: numbers[name] for name in ("pairs", *GRADES, "disagreeing")},
        )
    )
    for grade in GRADES:
        for one in answer.pairs:
            if one.grade == grade:
                yield from _pair_lines(one, rows, say)
    for which in (OURS, THEIRS):
        yield from _list_lines(answer, which, rows[which], say)
    for shared in answer.shared:
        yield say(
            Sentence(
                N_("%(list)s: rows %(rows)s share “%(text)s” and are not the same application."),
                list=say(Sentence(_LIST[shared.which])),
                rows=", ".join(map(str, shared.rows)),
                text=shown(shared.text, 60),
            )
        )
    for field, message in _UNSURE.items():
        unsure = [one.ours for one in answer.pairs if field in one.compared.not_compared]
        if unsure:
            numbered = ", ".join(map(str, unsure))
            yield say(Sentence(message, number=len(unsure), rows=shown(numbered, 400)))
    for meaning in answer.meanings:
        yield say(
            Sentence(
                N_("Taken to mean the same: %(ours)s, %(theirs)s."),
                ours=shown(meaning.ours, 60),
                theirs=shown(meaning.theirs, 60),
            )
        )
    for note in answer.notes:
        yield say(note)


def _pair_lines(one: Matched, rows: dict[str, dict[int, Application]], say: Say) -> Iterator[str]:
    yield say(
        Sentence(
            N_("Our row %(ours)s, their row %(theirs)s: %(grade)s (%(score)s). %(title)s"),
            ours=one.ours,
            theirs=one.theirs,
            grade=say(Sentence(_GRADE[one.grade])),
            score=one.score,
            title=name_of(rows[OURS][one.ours]),
        )
    )
    for odd in one.compared.disagreements:
        yield f"  ! {say(odd.words)}"
    if one.grade != CERTAIN:
        for reason in one.reasons:
            yield f"  + {say(reason)}"
        for rival in one.rivals:
            yield f"  ? {_rival_words(rival, say)}"


def _rival_words(rival: Rival, say: Say) -> str:
    return say(
        Sentence(
            N_("%(list)s, row %(row)s, could belong here too (%(score)s)."),
            list=say(Sentence(_LIST[rival.which])),
            row=rival.row,
            score=rival.score,
        )
    )


def _list_lines(
    answer: Answer, which: str, rows: dict[int, Application], say: Say
) -> Iterator[str]:
    name = say(Sentence(_LIST[which]))
    listed = _of(answer, which)
    for single in answer.single[which]:
        yield say(
            Sentence(
                N_("%(list)s, row %(row)s stands alone: %(title)s"),
                list=name,
                row=single.row,
                title=name_of(rows[single.row]),
            )
        )
        for near in single.near:
            yield f"  ? {_rival_words(near, say)}"
    for doubled in answer.doubled[which]:
        yield say(
            Sentence(
                N_("%(list)s, row %(row)s repeats row %(of)s: %(title)s"),
                list=name,
                row=doubled.row,
                of=doubled.of,
                title=name_of(rows[doubled.row]),
            )
        )
        for odd in doubled.differences:
            yield f"  ! {say(odd.words)}"
    for unread in listed.unread:
        yield say(
            Sentence(
                N_("%(list)s, row %(row)s cannot be read. %(why)s"),
                list=name,
                row=unread.row,
                why=say(unread.words),
            )
        )
    for remark in remarks(listed):
        words = say(remark.words)
        if remark.row:
            words = say(
                Sentence(
                    N_("%(list)s, row %(row)s: %(words)s"), list=name, row=remark.row, words=words
                )
            )
        yield words
    if listed.ignored:
        yield say(
            Sentence(
                N_("%(list)s: columns not understood, and not used: %(names)s."),
                list=name,
                names=shown(", ".join(listed.ignored), 300),
            )
        )


def name_of(row: Application) -> str:
    """A row as people know it: its reference and its title, or whom it names."""
    said = [row.shown.get(name, "") for name in ("reference", "title")]
    return shown(" · ".join(one for one in said if one) or row.shown.get("lead", ""), 100)


# --- table ----------------------------------------------------------------------------------

_HEADERS: Final = (
    N_("What"),
    N_("Grade"),
    N_("Points"),
    N_("Our row"),
    N_("Our reference"),
    N_("Our title"),
    N_("Their row"),
    N_("Their reference"),
    N_("Their title"),
    N_("What disagrees"),
    N_("What speaks for it"),
    N_("What could not be compared"),
    N_("Confirmed (yes or no)"),
)
_FIELD_NAMES: Final = {
    "title": N_("Title"),
    "institution": N_("Institution"),
    "theme": N_("Theme"),
    "amount": N_("Amount"),
}


def as_table(answer: Answer, say: Say) -> list[list[str | int]]:
    """One line for each pair and for each row that is in none, the doubtful before the certain;
    an officer writes into the last column."""
    rows = {which: {one.row: one for one in _of(answer, which).rows} for which in (OURS, THEIRS)}

    def held(which: str, row: int) -> list[str | int]:
        one = rows[which].get(row)
        names = ("reference", "title")
        return [row, *(one.shown.get(name, "") if one else "" for name in names)]

    def alone(which: str, row: int) -> list[str | int]:
        nothing: list[str | int] = ["", "", ""]
        return [*held(which, row), *nothing] if which == OURS else [*nothing, *held(which, row)]

    def words(sentences: Sequence[Sentence]) -> str:
        return "\n".join(map(say, sentences))

    table: list[list[str | int]] = [[say(Sentence(one)) for one in _HEADERS]]
    for grade in reversed(GRADES):
        for one in answer.pairs:
            if one.grade == grade:
                table.append(
                    [
                        say(Sentence(N_("pair"))),
                        say(Sentence(_GRADE[grade])),
                        one.score,
                        *held(OURS, one.ours),
                        *held(THEIRS, one.theirs),
                        words([odd.words for odd in one.compared.disagreements]),
                        words(one.reasons),
                        ", ".join(
                            say(Sentence(_FIELD_NAMES[f])) for f in one.compared.not_compared
                        ),
                        "",
                    ]
                )
    for which in (OURS, THEIRS):
        for single in answer.single[which]:
            kind = say(Sentence(N_("stands alone")))
            table.append([kind, "", "", *alone(which, single.row), "", "", "", ""])
        for doubled in answer.doubled[which]:
            kind = say(Sentence(N_("repeats row %(row)s"), row=doubled.of))
            odd = words([one.words for one in doubled.differences])
            table.append([kind, "", "", *alone(which, doubled.row), odd, "", "", ""])
        for unread in _of(answer, which).unread:
            kind = say(Sentence(N_("cannot be read")))
            table.append([kind, "", "", *alone(which, unread.row), say(unread.words), "", "", ""])
        for remark in remarks(_of(answer, which)):
            kind = say(Sentence(N_("remark")))
            place = alone(which, remark.row) if remark.row else [""] * 6
            table.append([kind, "", "", *place, say(remark.words), "", "", ""])
    for note in answer.notes:
        table.append([say(Sentence(N_("remark"))), *[""] * 8, say(note), "", "", ""])
    return table


def as_csv(table: Sequence[Sequence[str | int]]) -> bytes:
    """UTF-8 with its mark, by which spreadsheets know it; no cell is taken for a formula."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_harmless(cell) for cell in row] for row in table)
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: str | int) -> str | int:
    """OWASP, CSV injection: a text that begins like a formula gets an apostrophe."""
    begins = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if begins else cell


# What XML 1.0 has no place for.
_NO_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_TYPES: Final = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.'
    'openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS: Final = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="{office}/{kind}" Target="{target}"/></Relationships>'
)
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def as_xlsx(table: Sequence[Sequence[str | int]]) -> bytes:
    """A workbook of one sheet: text is text, never a formula. The same table, the same bytes."""
    sheet = (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><sheetData>{''.join(map(_row, table))}</sheetData></worksheet>"
    )
    book = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    parts = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(
            office=_OFFICE, kind="officeDocument", target="xl/workbook.xml"
        ),
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": _RELATIONS.format(
            office=_OFFICE, kind="worksheet", target="worksheets/sheet1.xml"
        ),
        "xl/worksheets/sheet1.xml": sheet,
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return data.getvalue()


def _row(cells: Sequence[str | int]) -> str:
    return f"<row>{''.join(map(_cell, cells))}</row>"


def _cell(cell: str | int) -> str:
    if isinstance(cell, int):
        return f"<c><v>{cell}</v></c>"
    text = escape(_NO_XML.sub("", cell))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
