"""Citations: the same work in five styles, and names as the region has them."""

from __future__ import annotations

from typing import Any

import pytest

from tonle.catalogue.rules.citation import citation, name_of, natural, styles, work_of

SOKHA = {
    "name_type": "Personal",
    "name": "Chan, Sokha",
    "given_name": "Sokha",
    "family_name": "Chan",
}
THIDA = {"name_type": "Personal", "name": "Thida"}
VAN_ANH = {
    "name_type": "Personal",
    "name": "Lê, Văn Anh",
    "given_name": "Văn Anh",
    "family_name": "Lê",
}
XIAOMING = {
    "name_type": "Personal",
    "name": "王, 小明",
    "given_name": "小明",
    "family_name": "王",
}
COMMISSION = {"name_type": "Organizational", "name": "Mekong River Commission"}
ADDRESS = "https://doi.org/10.5555/rice"


def document(**fields: Any) -> dict[str, Any]:
    return {
        "kind": "dataset",
        "titles": {"en": "Rice yields of Takeo", "km": "ទិន្នផលស្រូវ"},
        "creators": [SOKHA, THIDA, VAN_ANH],
        "publisher": {"name": "Royal University of Agriculture"},
        "publication_year": 2025,
        "pids": [{"scheme": "doi", "value": "10.5555/rice"}],
        "version": 1,
        "published_at": "2026-01-02T03:04:05Z",
        **fields,
    }


def styled(language: str = "en", **fields: Any) -> dict[str, str]:
    work = work_of(document(**fields), languages=language, pid=ADDRESS, kind_label="Dataset")
    return {one.code: one.text for one in styles(work)}


def test_a_dataset_in_every_style() -> None:
    assert styled() == {
        "apa": "Chan, S., Thida, & Lê, V. A. (2025). Rice yields of Takeo [Data set]. "
        f"Royal University of Agriculture. {ADDRESS}",
        "vancouver": "Chan S, Thida, Lê VA. Rice yields of Takeo [dataset]. "
        "Royal University of Agriculture; 2025. doi:10.5555/rice",
        "chicago": "Chan, Sokha, Thida, and Văn Anh Lê. 2025. “Rice yields of Takeo.” Dataset. "
        f"Royal University of Agriculture. {ADDRESS}",
        "gbt7714": "CHAN S, Thida, LÊ V A. Rice yields of Takeo[DS/OL]. "
        f"Royal University of Agriculture, 2025. {ADDRESS}",
    }


def test_an_article_names_its_journal() -> None:
    journal = {
        "type": "Journal",
        "relation_type": "IsPublishedIn",
        "titles": [{"text": {"en": "Journal of Rivers"}}],
        "volume": "7",
        "issue": "2",
        "first_page": "123",
        "last_page": "130",
    }
    found = styled(
        kind="publication",
        resource_type={"general": "JournalArticle"},
        related_items=[journal],
        creators=[SOKHA, VAN_ANH],
    )
    assert found == {
        "apa": "Chan, S., & Lê, V. A. (2025). Rice yields of Takeo. "
        f"Journal of Rivers, 7(2), 123–130. {ADDRESS}",
        "vancouver": "Chan S, Lê VA. Rice yields of Takeo. Journal of Rivers. "
        "2025;7(2):123-130. doi:10.5555/rice",
        "chicago": "Chan, Sokha, and Văn Anh Lê. 2025. “Rice yields of Takeo.” "
        f"Journal of Rivers 7 (2): 123–130. {ADDRESS}",
        "gbt7714": "CHAN S, LÊ V A. Rice yields of Takeo[J/OL]. Journal of Rivers, 2025, "
        f"7(2): 123-130. {ADDRESS}",
    }


def test_what_is_not_known_is_left_out() -> None:
    found = styled(creators=[], publisher={"name": "Sokha"}, pids=[])
    assert found["apa"] == f"Rice yields of Takeo [Data set]. (2025). Sokha. {ADDRESS}"
    bare = document(source={"format": "cff"})
    for name in ("publication_year", "publisher", "creators"):
        del bare[name]
    work = work_of(bare, languages="en", pid=ADDRESS, kind_label="Dataset")
    texts = {one.code: one.text for one in styles(work)}
    assert texts["apa"] == f"Rice yields of Takeo [Data set]. (n.d.). {ADDRESS}"
    assert texts["gbt7714"] == f"Rice yields of Takeo[DS/OL]. {ADDRESS}"


def test_an_author_that_publishes_itself_is_named_once() -> None:
    found = styled(creators=[COMMISSION], publisher={"name": "Mekong River Commission"})
    assert found["apa"].count("Mekong River Commission") == 1


@pytest.mark.parametrize(
    ("count", "apa", "vancouver", "chicago", "gbt7714"),
    [
        (2, "A1, & A2.", "A1, A2.", "A1 and A2.", "A1, A2."),
        (4, "A1, A2, A3, & A4.", "A1, A2, A3, A4.", "A1, A2, A3, and A4.", "A1, A2, A3, et al."),
        (8, "A7, & A8.", "A5, A6, et al.", "A7, and A8.", "A3, et al."),
        (22, "A18, A19, … A22.", "A6, et al.", "A6, A7, et al.", "A3, et al."),
    ],
)
def test_many_authors(count: int, apa: str, vancouver: str, chicago: str, gbt7714: str) -> None:
    many = [{"name_type": "Personal", "name": f"A{n}"} for n in range(1, count + 1)]
    found = styled(creators=many)
    wanted = {"apa": apa, "vancouver": vancouver, "chicago": chicago, "gbt7714": gbt7714}
    assert {code for code, text in wanted.items() if text not in found[code]} == set()


@pytest.mark.parametrize(
    ("agent", "said", "apa"),
    [
        (SOKHA, "Sokha Chan", "Chan, S."),
        (THIDA, "Thida", "Thida"),
        (XIAOMING, "王小明", "王小明"),
        ({"name": "ចាន់, សុខា", "given_name": "សុខា", "family_name": "ចាន់"},
         "ចាន់ សុខា", "ចាន់ សុខា"),
        ({"name": "ใจดี, สมชาย"}, "สมชาย ใจดี", "สมชาย ใจดี"),
        ({"name": "ဒေါ်အောင်ဆန်း"}, "ဒေါ်အောင်ဆန်း", "ဒေါ်အောင်ဆန်း"),
        ({"name": "Dupont, Jean-Luc"}, "Jean-Luc Dupont", "Dupont, J.-L."),
        (COMMISSION, "Mekong River Commission", "Mekong River Commission"),
    ],
)  # fmt: skip
def test_names_keep_their_form(agent: dict[str, str], said: str, apa: str) -> None:
    assert natural(agent) == said
    assert styled(creators=[agent])["apa"].startswith(f"{apa.rstrip('.')}. (2025)")
    assert name_of(agent).whole == said


def test_chinese_standards_say_and_others_in_the_language_of_the_first() -> None:
    found = styled("zh", creators=[XIAOMING, SOKHA, THIDA, VAN_ANH])
    assert found["gbt7714"].startswith("王小明, CHAN S, Thida, 等.")


def test_the_title_is_in_the_readers_language() -> None:
    assert "ទិន្នផលស្រូវ" in styled("km")["apa"]
    line = citation(document(), languages="km", pid=ADDRESS, kind_label="សំណុំទិន្នន័យ")
    assert line.startswith("Chan, Sokha; Thida; Lê, Văn Anh (2025). ទិន្នផលស្រូវ [សំណុំទិន្នន័យ].")
