"""What is measured with: records in seven languages as files that `tonle import` reads.

    python -m benchmarks.material FOLDER [--records N]

Made by us from made-up words, deterministic: the same number gives the same record.
Four files of five are DataCite JSON, as its REST API answers; the fifth is a recorded
OAI-PMH answer with oai_dc. A record is about 3 kB: a title, an abstract of 120 words,
creators, subjects, a licence, a year and a DOI of the prefix that is reserved for tests.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

LANGUAGES = ("en", "km", "lo", "th", "vi", "my", "zh")
SYLLABLES = {
    "en": "ri ver wa ter fi sh so il da ta fo rest mar ket",
    "vi": "nước gạo cá rừng sông đất biển núi",
    "km": "ទឹក ស្រូវ ត្រី ព្រៃ ទន្លេ ដី ផ្សារ អាហារ",
    "lo": "ນ້ຳ ເຂົ້າ ປາ ປ່າ ດິນ ຕະຫຼາດ ອາຫານ",
    "th": "น้ำ ข้าว ปลา ป่า ดิน ตลาด อาหาร",
    "my": "ရေ ဆန် ငါး သစ်တော မြစ် မြေ စျေး",
    "zh": "水 稻 米 鱼 森 林 河 流 土 壤 数 据",
}
RIGHTS = ("CC-BY-4.0", "CC0-1.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0")
TYPES = ("Dataset", "Dataset", "JournalArticle", "Software", "Report", "Text")
RECORDS_A_FILE = 500
# The prefix that DataCite and Crossref keep for examples; nothing resolves there.
DOI_PREFIX = "10.5072"


@cache
def word(language: str, rank: int) -> str:
    """The word of a rank; the same in every run."""
    return "".join(random.Random(f"{language}{rank}").choices(SYLLABLES[language].split(), k=2))


def made_up(chance: random.Random, language: str, words: int) -> str:
    """Text of invented words whose frequencies fall off as those of real ones do."""
    joint = " " if language in ("en", "vi") else ""
    ranks = (min(int(chance.paretovariate(0.9)), 20_000) for _ in range(words))
    return joint.join(word(language, rank) for rank in ranks)


def record(number: int) -> dict[str, Any]:
    """One record, as plain values; language is that of its text."""
    chance = random.Random(number)
    language = LANGUAGES[number % len(LANGUAGES)]
    return {
        "doi": f"{DOI_PREFIX}/bench.{number}",
        "language": language,
        "title": f"{made_up(chance, language, 8)} {number}",
        "abstract": made_up(chance, language, 120),
        "creators": [
            (made_up(chance, "en", 1).title(), made_up(chance, "en", 1).title())
            for _ in range(chance.randrange(1, 5))
        ],
        "subjects": [made_up(chance, language, 1) for _ in range(3)],
        "rights": chance.choice(RIGHTS),
        "type": chance.choice(TYPES),
        "year": 2026 - min(int(chance.expovariate(0.15)), 60),
        "cites": f"{DOI_PREFIX}/bench.{chance.randrange(1, number + 1)}",
    }


def datacite(made: dict[str, Any]) -> dict[str, Any]:
    """The record as an item of DataCite's REST API."""
    return {
        "id": made["doi"],
        "type": "dois",
        "attributes": {
            "doi": made["doi"],
            "titles": [{"title": made["title"], "lang": made["language"]}],
            "descriptions": [
                {
                    "description": made["abstract"],
                    "descriptionType": "Abstract",
                    "lang": made["language"],
                }
            ],
            "creators": [
                {
                    "name": f"{family}, {given}",
                    "familyName": family,
                    "givenName": given,
                    "nameType": "Personal",
                }
                for family, given in made["creators"]
            ],
            "subjects": [{"subject": word, "lang": made["language"]} for word in made["subjects"]],
            "rightsList": [{"rightsIdentifier": made["rights"]}],
            "types": {"resourceTypeGeneral": made["type"]},
            "publicationYear": made["year"],
            "publisher": "Benchmark",
            "language": made["language"],
            "dates": [{"date": str(made["year"]), "dateType": "Issued"}],
            "relatedIdentifiers": [
                {
                    "relatedIdentifier": made["cites"],
                    "relatedIdentifierType": "DOI",
                    "relationType": "References",
                }
            ],
        },
    }


def oai_dc(made: dict[str, Any]) -> str:
    """The record as an item of a ListRecords answer."""
    words = [
        ("title", made["title"]),
        ("description", made["abstract"]),
        *(("creator", f"{family}, {given}") for family, given in made["creators"]),
        *(("subject", word) for word in made["subjects"]),
        ("date", str(made["year"])),
        ("type", made["type"]),
        ("language", made["language"]),
        ("publisher", "Benchmark"),
        ("identifier", f"https://doi.org/{made['doi']}"),
        ("rights", made["rights"]),
    ]
    elements = "".join(
        f'<dc:{name} xml:lang="{made["language"]}">{escape(text)}</dc:{name}>'
        for name, text in words
    )
    return (
        f"<record><header><identifier>oai:bench.example:{made['doi']}</identifier>"
        "<datestamp>2026-01-01</datestamp></header><metadata>"
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"{elements}</oai_dc:dc></metadata></record>"
    )


def _answers(count: int) -> Iterator[tuple[str, str]]:
    """Name and content of each file."""
    for start in range(1, count + 1, RECORDS_A_FILE):
        made = [record(n) for n in range(start, min(start + RECORDS_A_FILE, count + 1))]
        if (start // RECORDS_A_FILE) % 5 == 4:
            items = "".join(oai_dc(one) for one in made)
            yield (
                f"{start:07d}.oai.xml",
                '<?xml version="1.0" encoding="UTF-8"?>'
                '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
                "<responseDate>2026-01-01T00:00:00Z</responseDate>"
                '<request verb="ListRecords" metadataPrefix="oai_dc">https://bench.example/oai'
                f"</request><ListRecords>{items}</ListRecords></OAI-PMH>",
            )
        else:
            items = json.dumps({"data": [datacite(one) for one in made]}, ensure_ascii=False)
            yield f"{start:07d}.datacite.json", items


def write(folder: Path, count: int) -> None:
    """The files of the first `count` records."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _answers(count):
        (folder / name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="benchmarks.material", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--records", type=int, default=100_000)
    given = parser.parse_args()
    write(given.folder, given.records)
