"""Forms and exports as KoboToolbox and ODK Central write them: people and places are invented."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Cells = Sequence[object]

SURVEY: list[Cells] = [
    ["type", "name", "label::English (en)", "label::Khmer (km)", "hint::English (en)", "required"],
    ["start", "start", "", "", "", ""],
    ["end", "end", "", "", "", ""],
    ["deviceid", "deviceid", "", "", "", ""],
    ["begin_group", "household", "Household", "គ្រួសារ", "", ""],
    ["text", "head_name", "Name of the **household head**", "ឈ្មោះមេគ្រួសារ", "", "true"],
    ["integer", "members", "How many people live here?", "តើមានមនុស្សប៉ុន្មាននាក់?",
     "Count those who slept here last night", "true"],
    ["geopoint", "home", "Where is the house?", "តើផ្ទះនៅឯណា?", "", ""],
    ["end_group", "", "", "", "", ""],
    ["select_one water", "source", "Where does ${head_name} fetch water?", "តើយកទឹកពីណា?", "", ""],
    ["select_multiple crops", "crops", "Which crops?", "ដាំដំណាំអ្វីខ្លះ?", "", ""],
    ["image", "photo", "A picture of the field", "រូបថតស្រែ", "", ""],
    ["begin_repeat", "plot", "Plot", "ដី", "", ""],
    ["decimal", "area", "Its area in hectares", "ទំហំជាហិកតា", "", ""],
    ["end_repeat", "", "", "", "", ""],
    ["note", "thanks", "Thank you", "សូមអរគុណ", "", ""],
]  # fmt: skip
CHOICES: list[Cells] = [
    ["list_name", "name", "label::English (en)", "label::Khmer (km)"],
    ["water", "1", "Well", "អណ្ដូង"],
    ["water", "2", "River", "ទន្លេ"],
    ["crops", "rice", "Rice", "ស្រូវ"],
    ["crops", "maize", "Maize", "ពោត"],
]
SETTINGS: list[Cells] = [
    ["form_title", "form_id", "version", "default_language"],
    ["Water and fields 2026", "water_2026", "3", "English (en)"],
]
SYSTEM = [
    "_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status",
    "_submitted_by", "__version__", "_tags", "_index",
]  # fmt: skip
KOBO_HEAD: list[str] = [
    "start", "end", "deviceid", "household/head_name", "household/members", "household/home",
    "household/_home_latitude", "household/_home_longitude", "household/_home_altitude",
    "household/_home_precision", "source", "crops", "crops/rice", "crops/maize", "photo",
    "photo_URL", *SYSTEM,
]  # fmt: skip
CENTRAL_HEAD: list[str] = [
    "SubmissionDate", "start", "end", "deviceid", "household-head_name", "household-members",
    "household-home-Latitude", "household-home-Longitude", "household-home-Altitude",
    "household-home-Accuracy", "source", "crops", "crops/rice", "crops/maize", "photo",
    "meta-instanceID", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent",
    "AttachmentsExpected", "Status", "ReviewState", "DeviceID", "Edits", "FormVersion",
]  # fmt: skip
NAMES = ["Sok Dara", "Chan Sophea", "Kim Lida", "Heng Vuthy", "Chea Bopha", "Ly Menghour"]


def kobo_rows() -> list[Cells]:
    """Six answers, in the order of KOBO_HEAD."""
    return [
        [
            f"2026-03-0{n}T08:10:0{n}.123+07:00", f"2026-03-0{n}T08:31:0{n}.456+07:00",
            f"collect:a1B2c3D4e5F6g{n}h8", name, n + 2, f"12.56{n}812 103.91{n}247 17 4.8",
            f"12.56{n}812", f"103.91{n}247", 17, 4.8, 1 + n % 2, "rice maize", 1, n % 2,
            f"17000{n}.jpg", f"https://kc.example.org/media/17000{n}.jpg", 4711 + n,
            f"5f0c{n}0de-0000-4000-8000-00000000000{n}", f"2026-03-0{n}T10:00:0{n}", "", "",
            "submitted_via_web", "sokha_field", "vX1", "", n,
        ]
        for n, name in enumerate(NAMES, start=1)
    ]  # fmt: skip


def csv_text(head: Cells, rows: Sequence[Cells], mark: str = ",") -> bytes:
    lines = [mark.join(f'"{cell}"' for cell in row) for row in (head, *rows)]
    return ("\n".join(lines) + "\n").encode()


def xlsx(sheets: Mapping[str, Sequence[Cells]]) -> bytes:
    """A workbook as small as Excel's own reader takes it: texts in the cells, numbers as such."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    members = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    }
    books, relations = "", ""
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        books += f'<sheet name="{escape(name)}" sheetId="{number}" r:id="r{number}"/>'
        relations += (
            f'<Relationship Id="r{number}" Type="{office}/worksheet" '
            f'Target="worksheets/sheet{number}.xml"/>'
        )
        members[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{main}"><sheetData>{_rows(rows)}</sheetData></worksheet>'
        )
    members["xl/workbook.xml"] = (
        f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{books}</sheets></workbook>'
    )
    members["xl/_rels/workbook.xml.rels"] = (
        f'<Relationships xmlns="{package}/relationships">{relations}</Relationships>'
    )
    return zipped({name: text.encode() for name, text in members.items()})


def _rows(rows: Sequence[Cells]) -> str:
    return "".join(
        f'<row r="{number}">{"".join(_cell(cell) for cell in row)}</row>'
        for number, row in enumerate(rows, start=1)
    )


def _cell(cell: object) -> str:
    if isinstance(cell, int | float):
        return f"<c><v>{cell}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(str(cell))}</t></is></c>'


def zipped(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def form() -> bytes:
    return xlsx({"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS})


def kobo_workbook() -> bytes:
    """The XLSX export: a sheet for the answers, one for the repeated group."""
    repeated = ["plot/area", "_index", "_parent_table_name", "_parent_index", "_submission__id"]
    plots: list[Cells] = [[0.5 * n, n, "Water and fields 2026", n, 4711 + n] for n in range(1, 7)]
    return xlsx({
        "Water and fields 2026": [KOBO_HEAD, *kobo_rows()],
        "plot": [repeated, *plots],
    })  # fmt: skip


def central_rows() -> list[Cells]:
    made: list[Cells] = []
    for n, kobo in enumerate(kobo_rows(), start=1):
        key = f"uuid:0000000{n}-0000-4000-8000-000000000000"
        made.append([
            f"2026-03-0{n}T03:00:00.000Z", kobo[0], kobo[1], kobo[2], kobo[3], kobo[4],
            kobo[6], kobo[7], 17, 4.8, kobo[10], "rice", 1, 0, f"17000{n}.jpg", key, key, "5",
            "sokha", 1, 1, "", "", kobo[2], 0, "3",
        ])  # fmt: skip
    return made


def central_zip() -> bytes:
    """What Central gives out as *All data and attachments*: tables, and files in `media/`."""
    plots: list[Cells] = [[0.5 * n, f"uuid:{n}", f"uuid:{n}/plot[1]"] for n in range(1, 7)]
    return zipped({
        "water_2026.csv": csv_text(CENTRAL_HEAD, central_rows()),
        "water_2026-plot.csv": csv_text(["area", "PARENT_KEY", "KEY"], plots),
        "media/170001.jpg": b"\xff\xd8\xff\xe0 a picture",
    })  # fmt: skip
