"""A source that lives in memory, for tests: things, their change feed, and what is hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tonle.kernel.text import choose
from tonle.search.documents import Change, Document, Hit

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

_WORDS = {
    "en": "clean water rice fish forest river soil data survey market flood health",
    "km": "ទឹក ស្រូវ ត្រី ព្រៃឈើ ទន្លេ ដី ទិន្នន័យ ទីផ្សារ សុខភាព អាហារ",
    "lo": "ນ້ຳ ເຂົ້າ ປາ ປ່າໄມ້ ແມ່ນ້ຳ ດິນ ຂໍ້ມູນ ຕະຫຼາດ ສຸຂະພາບ ອາຫານ",
    "th": "น้ำ ข้าว ปลา ป่าไม้ แม่น้ำ ดิน ข้อมูล ตลาด สุขภาพ อาหาร",
    "vi": "nước gạo cá rừng sông đất thị trường sức khỏe thực phẩm",
    "my": "ရေ ဆန် ငါး သစ်တော မြစ် မြေ အချက်အလက် စျေး ကျန်းမာရေး အစားအစာ",
    "zh": "水 稻米 鱼 森林 河流 土壤 数据 市场 健康 食物",
}
WORDS = {tag: words.split() for tag, words in _WORDS.items()}
KINDS = ("dataset", "software", "publication", "facility")
MEMBERS = {"en": "KHM", "km": "KHM", "lo": "LAO", "th": "THA", "vi": "VNM", "my": "MMR"}


def document(number: int) -> Document:
    """The thing of that number: the same number, the same thing."""
    tag = tuple(WORDS)[number % len(WORDS)]
    words = WORDS[tag]
    joint = " " if tag in ("en", "vi") else ""
    picked = [words[(number * step + step) % len(words)] for step in (1, 3, 7)]
    return Document(
        key=f"k{number:05d}",
        kind=KINDS[number % len(KINDS)],
        titles={tag: joint.join(picked), "en": f"Study {number % 97:02d} of {picked[0]}"},
        texts=[{tag: joint.join(picked[::-1])}, {"en": f"Survey of the river, part {number}"}],
        names=[f"Sokha {number % 11}"],
        identifiers=[f"10.5555/k{number:05d}"],
        facets={"lang": [tag], "member": [MEMBERS.get(tag, "CHN-YN")], "access": ["open"]},
        year=2000 + number % 20,
        updated_at=NOW - timedelta(hours=number % 50),
        closes_at=NOW + timedelta(days=number % 5 - 2) if number % 7 == 0 else None,
    )


class MemorySource:
    """Things by key, with a feed of what happened to them."""

    def __init__(self, name: str = "memory") -> None:
        self.name = name
        self.era = "first"
        self.things: dict[str, Document] = {}
        self.feed: list[str] = []
        self.hidden: set[str] = set()
        self.asked: list[int] = []

    def put(self, *documents: Document) -> None:
        for thing in documents:
            self.things[thing.key] = thing
            self.feed.append(thing.key)

    def withdraw(self, key: str) -> None:
        del self.things[key]
        self.feed.append(key)

    def retitle(self, key: str, titles: dict[str, str]) -> None:
        self.put(replace(self.things[key], titles=titles))

    # --- what the index asks ---

    def lineage(self) -> str:
        return self.era

    def head(self) -> int:
        return len(self.feed)

    def changes(self, after: int, limit: int) -> Sequence[Change]:
        self.asked.append(after)
        keys = self.feed[after : after + limit]
        return [
            Change(after + at, key, self.things.get(key)) for at, key in enumerate(keys, start=1)
        ]

    def hits(self, keys: Sequence[str], language: str) -> Mapping[str, Hit]:
        return {
            key: self._hit(self.things[key], language)
            for key in keys
            if key in self.things and key not in self.hidden
        }

    def _hit(self, thing: Document, language: str) -> Hit:
        title = choose(thing.titles, language)
        return Hit(
            id=thing.key,
            kind=thing.kind,
            title=title,
            summary=dict(thing.texts[0]) if thing.texts else {},
            html_url=f"/records/{thing.key}",
            updated_at=thing.updated_at,
            badges=(thing.kind.title(),),
            other_titles={tag: text for tag, text in thing.titles.items() if tag != title[0]},
            elsewhere=lambda: ((f"Part {n}", t) for n, t in enumerate(thing.texts[1:], start=2)),
        )


def history(source: MemorySource, things: int) -> None:
    """A life with everything in it: new things, changed ones, withdrawn ones, returned ones."""
    for number in range(things):
        source.put(document(number))
        if number % 5 == 4:
            source.retitle(f"k{number - 2:05d}", {"en": f"Renamed {number}"})
        if number % 7 == 6:
            source.withdraw(f"k{number - 3:05d}")
        if number % 14 == 13:
            source.put(document(number - 3))
