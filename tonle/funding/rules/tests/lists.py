"""Two offices' lists of one call, with errors planted in them by somebody who knows the truth.

All people, institutions and projects are invented. Our list is in English and Khmer, theirs in
Chinese and English; each writes the other's names as it can.
"""

from __future__ import annotations

import csv
import io
import random
from dataclasses import dataclass, field
from itertools import product

THEMES = {
    "energy": ("Clean energy", "ថាមពលស្អាត", "清洁能源"),
    "agriculture": ("Agriculture technology", "បច្ចេកវិទ្យាកសិកម្ម", "农业技术"),
    "health": ("Health innovation", "នវានុវត្តន៍សុខភាព", "健康创新"),
    "digital": ("Digital infrastructure", "ហេដ្ឋារចនាសម្ព័ន្ធឌីជីថល", "数字基础设施"),
}
TOPICS = (
    ("energy", "Solar pumps for rice fields", "ម៉ាស៊ីនបូមទឹកពន្លឺព្រះអាទិត្យសម្រាប់ស្រែ", "稻田太阳能水泵"),
    ("energy", "Biogas from cassava waste", "ជីវឧស្ម័នពីកាកសំណល់ដំឡូងមី", "木薯废料沼气"),
    ("energy", "Small water turbines for villages", "វារីអគ្គិសនីខ្នាតតូចក្នុងភូមិ", "乡村微型水电"),
    ("agriculture", "Soil maps for pepper growers", "ផែនទីដីសម្រាប់អ្នកដាំម្រេច", "胡椒种植土壤图"),
    ("agriculture", "Drought-tolerant rice", "ស្រូវធន់នឹងភាពរាំងស្ងួត", "耐旱水稻"),
    ("agriculture", "Fish feed from insects", "ចំណីត្រីពីសត្វល្អិត", "昆虫鱼饲料"),
    ("health", "Early warning of dengue", "ការព្រមានជំងឺគ្រុនឈាមជាមុន", "登革热预警"),
    ("health", "Remote ultrasound for midwives", "អេកូពីចម្ងាយសម្រាប់ឆ្មប", "助产士远程超声"),
    ("health", "Arsenic in the water of wells", "អាសេនិចក្នុងទឹកអណ្តូង", "井水砷污染"),
    ("digital", "Recognition of spoken Khmer", "ការសម្គាល់សំឡេងភាសាខ្មែរ", "高棉语语音识别"),
    ("digital", "Sensor networks for floods", "បណ្តាញឧបករណ៍ចាប់សញ្ញាទឹកជំនន់", "洪水传感网络"),
    ("digital", "Open records of land", "កំណត់ត្រាដីធ្លីបើកទូលាយ", "开放土地记录"),
)  # fmt: skip
PLACES = (
    ("Battambang", "បាត់ដំបង", "马德望"), ("Kampot", "កំពត", "贡布"), ("Takeo", "តាកែវ", "茶胶"),
    ("Kratie", "ក្រចេះ", "桔井"), ("Siem Reap", "សៀមរាប", "暹粒"), ("Pursat", "ពោធិ៍សាត់", "菩萨"),
    ("Kandal", "កណ្តាល", "干丹"), ("Svay Rieng", "ស្វាយរៀង", "柴桢"),
)  # fmt: skip
KHMER_FAMILIES = (
    ("សុខ", "Sok", "Sokh"), ("ជា", "Chea", "Jea"), ("ហេង", "Heng", "Haeng"), ("កែវ", "Keo", "Kaev"),
    ("ចាន់", "Chan", "Chann"), ("លឹម", "Lim", "Lym"), ("ម៉ៅ", "Mao", "Mau"), ("ប៉ែន", "Pen", "Paen"),
)  # fmt: skip
KHMER_GIVEN = (
    ("សុភាព", "Sopheap", "Sophiep"), ("វុទ្ធី", "Vuthy", "Vouthi"), ("ពិសិដ្ឋ", "Piseth", "Piset"),
    ("ចាន់ធូ", "Chanthou", "Chantou"), ("បុប្ផា", "Bopha", "Bupha"), ("មុនី", "Mony", "Muni"),
    ("ដារ៉ា", "Dara", "Daraa"), ("សុខា", "Sokha", "Sukha"), ("វិសាល", "Visal", "Veasal"),
    ("ធីតា", "Thida", "Tida"),
)  # fmt: skip
CHINESE_FAMILIES = (
    ("王", "Wang"), ("李", "Li"), ("陈", "Chen"), ("张", "Zhang"), ("欧阳", "Ouyang"),
    ("刘", "Liu"), ("周", "Zhou"), ("吴", "Wu"),
)  # fmt: skip
CHINESE_GIVEN = (
    ("晓明", "Xiaoming"), ("大文", "Dawen"), ("丽华", "Lihua"), ("志强", "Zhiqiang"),
    ("国梁", "Guoliang"), ("雪梅", "Xuemei"), ("建军", "Jianjun"), ("静", "Jing"),
    ("海涛", "Haitao"), ("思远", "Siyuan"),
)  # fmt: skip
KHMER_PLACES_OF_WORK = (
    ("Example University of Phnom Penh", "金边示例大学"),
    ("Example Institute of Technology", "示例理工学院"),
    ("Example School of Agriculture", "示例农业学院"),
)
CHINESE_PLACES_OF_WORK = (
    ("Example University of Kunming", "昆明示例大学"),
    ("Example Academy of Guangxi", "广西示例科学院"),
    ("Example Polytechnic", "示例科技大学"),
)
OUR_HEAD = [
    "Reference", "Title", "Cambodian PI", "Chinese PI", "Cambodian institution",
    "Chinese institution", "Theme", "Amount", "Currency",
]  # fmt: skip
THEIR_HEAD = [
    "编号",
    "项目名称",
    "中方负责人",
    "柬方负责人",
    "中方单位",
    "柬方单位",
    "领域",
    "申请金额",
    "币种",
]


@dataclass
class Project:
    """The truth: what an application is, whoever writes it down."""

    reference: str
    theme: str
    titles: tuple[str, str, str]
    khmer: tuple[tuple[str, str, str], tuple[str, str, str]]
    chinese: tuple[tuple[str, str], tuple[str, str]]
    works: tuple[tuple[str, str], tuple[str, str]]
    amount: int


@dataclass
class Planted:
    """kind: what was done; project: to whose row; which: in what list."""

    kind: str
    project: int
    which: str = "theirs"


@dataclass
class Lists:
    """Rows as they are sent, and the truth about each: the project's number, None for no row
    of a project. copies: places of repeated rows. planted: what must be told."""

    ours: list[list[str]] = field(default_factory=list)
    theirs: list[list[str]] = field(default_factory=list)
    of_ours: list[int | None] = field(default_factory=list)
    of_theirs: list[int | None] = field(default_factory=list)
    copies: dict[str, set[int]] = field(default_factory=lambda: {"ours": set(), "theirs": set()})
    planted: list[Planted] = field(default_factory=list)


def projects(number: int, chance: random.Random) -> list[Project]:
    """So many different projects, some of them near each other."""
    titles = chance.sample(list(product(TOPICS, PLACES)), number)
    khmer = chance.sample(list(product(KHMER_FAMILIES, KHMER_GIVEN)), number)
    chinese = chance.sample(list(product(CHINESE_FAMILIES, CHINESE_GIVEN)), number)
    return [
        Project(
            f"KC-2026-{at + 1:03}",
            topic[0],
            (f"{topic[1]} in {place[0]}", f"{topic[2]}នៅខេត្ត{place[1]}", f"{place[2]}省{topic[3]}"),
            khmer[at],
            chinese[at],
            (chance.choice(KHMER_PLACES_OF_WORK), chance.choice(CHINESE_PLACES_OF_WORK)),
            chance.randrange(40, 200) * 1000,
        )
        for at, (topic, place) in enumerate(titles)
    ]


def our_row(one: Project, khmer: bool) -> list[str]:
    """As the Cambodian office writes it, in Khmer or in English."""
    name = " ".join(part[0 if khmer else 1] for part in one.khmer)
    return [
        one.reference,
        one.titles[1 if khmer else 0],
        name,
        f"{one.chinese[0][1]} {one.chinese[1][1]}",
        one.works[0][0],
        one.works[1][0],
        THEMES[one.theme][1 if khmer else 0],
        f"{one.amount:,}",
        "USD",
    ]


def their_row(one: Project, chinese: bool) -> list[str]:
    """As the Chinese office writes it, in Chinese, or its title in English."""
    return [
        one.reference,
        one.titles[2 if chinese else 0],
        "".join(part[0] for part in one.chinese),
        f"{one.khmer[1][1]} {one.khmer[0][1]}",
        one.works[1][1],
        one.works[0][1],
        THEMES[one.theme][2],
        str(one.amount),
        "USD",
    ]


# How many pairs get each error. Of them all 60 are pairs.
ERRORS = {
    "amount": 4, "currency": 2, "theme": 4, "no reference": 4, "another's reference": 3,
    "exchanged": 3, "romanisation": 4, "title": 4, "another person": 3,
}  # fmt: skip
COMMON, OURS_ALONE, THEIRS_ALONE, OURS_TWICE, THEIRS_TWICE = 60, 7, 4, 3, 2


def made(seed: int) -> Lists:
    """Lists of 70 and 66 rows, and in each a line of sums below, which is no application."""
    chance = random.Random(seed)
    found = Lists()
    every = projects(COMMON + OURS_ALONE + THEIRS_ALONE, chance)
    khmer = {at for at in range(len(every)) if chance.random() < 0.35}
    # A title in English can be compared with one in English.
    english = {at for at in range(len(every)) if chance.random() < 0.4}
    comparable = sorted((english - khmer) & set(range(COMMON)))
    chosen = chance.sample(range(COMMON), COMMON)
    ours = {at: our_row(every[at], at in khmer) for at in range(COMMON + OURS_ALONE)}
    theirs = {
        at: their_row(every[at], at not in english)
        for at in (*range(COMMON), *range(COMMON + OURS_ALONE, len(every)))
    }
    titled = chance.sample(comparable, min(ERRORS["title"], len(comparable)))
    chosen = [at for at in chosen if at not in titled]
    for kind, number in ERRORS.items():
        hit = titled if kind == "title" else [chosen.pop() for _ in range(number)]
        for at in hit:
            _plant(kind, every, at, ours[at], theirs[at], chance)
            found.planted.append(Planted(kind, at))
    for which, rows, start, number in (
        ("ours", ours, COMMON, OURS_ALONE),
        ("theirs", theirs, COMMON + OURS_ALONE, THEIRS_ALONE),
    ):
        found.planted += [Planted("alone", start + at, which) for at in range(number)]
        twice = chance.sample(range(COMMON), OURS_TWICE if which == "ours" else THEIRS_TWICE)
        order = [*rows, *twice]
        chance.shuffle(order)
        seen = set()
        cells, truth = getattr(found, which), getattr(found, f"of_{which}")
        for at in order:
            if at in seen:
                found.copies[which].add(len(cells))
                found.planted.append(Planted("twice", at, which))
            seen.add(at)
            cells.append(list(rows[at]))
            truth.append(at)
        cells.append(["", "", "", "", "", "", "", "9,999,000", "USD"])
        truth.append(None)
    return found


def _plant(
    kind: str,
    every: list[Project],
    at: int,
    ours: list[str],
    theirs: list[str],
    chance: random.Random,
) -> None:
    """One error, in the row of theirs."""
    one = every[at]
    if kind == "amount":
        theirs[7] = str(one.amount + 5_000)
    elif kind == "currency":
        theirs[8] = "人民币"
    elif kind == "theme":
        theirs[6] = THEMES[chance.choice([name for name in THEMES if name != one.theme])][2]
    elif kind == "no reference":
        theirs[0] = ""
    elif kind == "another's reference":
        theirs[0] = every[(at + 1) % COMMON].reference
    elif kind == "exchanged":
        theirs[2], theirs[3] = theirs[3], theirs[2]
    elif kind == "romanisation":
        # Both are in Latin letters, so that a difference can be seen.
        ours[2] = " ".join(part[1] for part in one.khmer)
        theirs[3] = " ".join(part[2] for part in one.khmer)
    elif kind == "title":
        theirs[1] = theirs[1].replace(" in ", " and their uses in ")
    elif kind == "another person":
        theirs[2] = "诸葛" + chance.choice(["文斌", "秋月"])


def as_csv(head: list[str], rows: list[list[str]], encoding: str, delimiter: str) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([head, *rows])
    return text.getvalue().encode(encoding)
