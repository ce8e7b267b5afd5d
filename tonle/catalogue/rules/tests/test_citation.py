"""Citations: the same work in every style, and names as the region has them."""

from __future__ import annotations

from datetime import UTC
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
    work = work_of(
        document(**fields), languages=language, pid=ADDRESS, kind_label="Dataset", zone=UTC
    )
    return {one.code: one.text for one in styles(work)}


@pytest.mark.parametrize(
    ("languages", "reader", "shown"),
    [
        ([], "en", "Rice yields of Takeo"),
        (["km"], "en", "ទិន្នផលស្រូវ [Rice yields of Takeo]"),
        (["km"], "km", "ទិន្នផលស្រូវ"),
        (["km", "en"], "en", "Rice yields of Takeo"),
        (["lo"], "en", "Rice yields of Takeo"),
    ],
)
def test_a_work_is_cited_by_the_title_on_its_title_page(
    languages: list[str], reader: str, shown: str
) -> None:
    stated = {"languages": languages} if languages else {}
    assert f"{shown}." in styled(reader, **stated)["mla"]
    asked: Any = {"languages": reader, "pid": ADDRESS, "kind_label": "Dataset", "zone": UTC}
    assert f" {shown} [Dataset]." in citation(document(**stated), **asked)


def test_a_dataset_in_every_style() -> None:
    assert styled() == {
        "harvard": "Chan, S., Thida and Lê, V.A. (2025) Rice yields of Takeo [Data set]. "
        f"Royal University of Agriculture. Available at: {ADDRESS}",
        "ieee": "S. Chan, Thida, and V. A. Lê, “Rice yields of Takeo,” "
        "Royal University of Agriculture, 2025, doi: 10.5555/rice.",
        "mla": "Chan, Sokha, et al. Rice yields of Takeo. "
        f"Royal University of Agriculture, 2025, {ADDRESS}. Data set.",
        "bgddt": "Chan S., Thida, Lê V.A. (2025), Rice yields of Takeo, "
        f"Royal University of Agriculture. {ADDRESS}",
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
        "harvard": "Chan, S. and Lê, V.A. (2025) ‘Rice yields of Takeo’, Journal of Rivers, "
        f"7(2), pp. 123–130. Available at: {ADDRESS}",
        "ieee": "S. Chan and V. A. Lê, “Rice yields of Takeo,” Journal of Rivers, vol. 7, no. 2, "
        "pp. 123–130, 2025, doi: 10.5555/rice.",
        "mla": "Chan, Sokha, and Văn Anh Lê. “Rice yields of Takeo.” Journal of Rivers, vol. 7, "
        f"no. 2, 2025, pp. 123–30, {ADDRESS}",
        "bgddt": "Chan S., Lê V.A. (2025), “Rice yields of Takeo”, Journal of Rivers, 7(2), "
        f"tr. 123-130. {ADDRESS}",
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
    work = work_of(bare, languages="en", pid=ADDRESS, kind_label="Dataset", zone=UTC)
    texts = {one.code: one.text for one in styles(work)}
    assert texts["apa"] == f"Rice yields of Takeo [Data set]. (n.d.). {ADDRESS}"
    assert texts["gbt7714"] == f"Rice yields of Takeo[DS/OL]. {ADDRESS}"


def test_an_author_that_publishes_itself_is_named_once() -> None:
    found = styled(creators=[COMMISSION], publisher={"name": "Mekong River Commission"})
    assert found["apa"].count("Mekong River Commission") == 1


@pytest.mark.parametrize(
    ("count", "wanted"),
    [
        (2, {"apa": "A1, & A2.", "vancouver": "A1, A2.", "chicago": "A1 and A2.",
             "gbt7714": "A1, A2.", "harvard": "A1 and A2 (", "ieee": "A1 and A2,",
             "mla": "A1 and A2.", "bgddt": "A1, A2 ("}),
        (4, {"apa": "A1, A2, A3, & A4.", "vancouver": "A1, A2, A3, A4.",
             "chicago": "A1, A2, A3, and A4.", "gbt7714": "A1, A2, A3, et al.",
             "harvard": "A1 et al. (", "ieee": "A1, A2, A3, and A4,", "mla": "A1, et al.",
             "bgddt": "A1, A2, A3, A4 ("}),
        (8, {"apa": "A7, & A8.", "vancouver": "A5, A6, et al.", "chicago": "A7, and A8.",
             "gbt7714": "A3, et al.", "ieee": "A1 et al., “"}),
        (22, {"apa": "A18, A19, … A22.", "vancouver": "A6, et al.", "chicago": "A6, A7, et al.",
              "gbt7714": "A3, et al."}),
    ],
)  # fmt: skip
def test_many_authors(count: int, wanted: dict[str, str]) -> None:
    many = [{"name_type": "Personal", "name": f"A{n}"} for n in range(1, count + 1)]
    found = styled(creators=many)
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
        # What cannot be one person's name stays what it is.
        ({"name": "A. and B. " * 60}, "A. and B. " * 60, ("A. and B. " * 60).strip()),
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
    line = citation(document(), languages="km", pid=ADDRESS, kind_label="សំណុំទិន្នន័យ", zone=UTC)
    assert line.startswith("Chan, Sokha; Thida; Lê, Văn Anh (2025). ទិន្នផលស្រូវ [សំណុំទិន្នន័យ].")


# --- in the languages of the region ------------------------------------------------------------

SOMCHAI = {
    "name_type": "Personal",
    "name": "Jaidee, Somchai",
    "given_name": "Somchai",
    "family_name": "Jaidee",
    "names": {"th": "สมชาย ใจดี"},
}
HANH = {
    "name_type": "Personal",
    "name": "Nguyễn, Thị Hạnh",
    "given_name": "Thị Hạnh",
    "family_name": "Nguyễn",
}


def test_a_thai_citation_is_thai_throughout() -> None:
    titles = {"en": "Rice yields", "th": "ผลผลิตข้าว"}
    found = styled("th", titles=titles, creators=[SOMCHAI, THIDA], version_label="2")
    assert found["apa"] == (
        "สมชาย ใจดี และ Thida. (2568). ผลผลิตข้าว (เวอร์ชัน 2) [ชุดข้อมูล]. "
        f"Royal University of Agriculture. {ADDRESS}"
    )
    # The national standard of another country keeps its own words and years.
    assert "2025" in found["gbt7714"]
    many = styled("th", titles=titles, creators=[SOMCHAI, THIDA, SOKHA, VAN_ANH])
    assert many["harvard"].startswith("สมชาย ใจดี และคณะ (2568) ผลผลิตข้าว")


def test_a_foreign_work_is_cited_in_english_where_there_is_no_title_in_the_readers_language() -> (
    None
):
    found = styled("th", creators=[SOMCHAI])
    assert found["apa"].startswith("Jaidee, S. (2025). Rice yields of Takeo [Data set].")


def test_what_has_no_year_says_so_in_its_language() -> None:
    bare = document(source={"format": "cff"}, titles={"th": "ข้าว"}, creators=[SOMCHAI])
    del bare["publication_year"]
    work = work_of(bare, languages="th", pid=ADDRESS, kind_label="", zone=UTC)
    assert {one.code: one.text for one in styles(work)}["apa"].startswith(
        "สมชาย ใจดี. (ม.ป.ป.). ข้าว"
    )


def test_chinese_names_are_parted_by_the_chinese_comma() -> None:
    found = styled("zh-hans", titles={"zh-Hans": "水稻产量"}, creators=[XIAOMING, THIDA])
    assert found["apa"].startswith("王小明和Thida. (2025). 水稻产量 [数据集].")


def test_vietnamese_names_are_written_in_full_and_in_their_order() -> None:
    titles = {"vi": "Năng suất lúa"}
    found = styled("vi", titles=titles, creators=[HANH, SOKHA], version_label="2.0")
    assert found["bgddt"] == (
        "Nguyễn Thị Hạnh, Chan S. (2025), Năng suất lúa, phiên bản 2.0, "
        f"Royal University of Agriculture. {ADDRESS}"
    )
    assert natural(HANH) == "Nguyễn Thị Hạnh"
    assert found["apa"].startswith("Nguyễn, T. H. và Chan, S. (2025). Năng suất lúa")


@pytest.mark.parametrize("tongue", ["en", "km", "lo", "th", "vi", "my", "zh-hans"])
def test_every_language_has_its_words(tongue: str) -> None:
    found = styled(tongue, titles={tongue: "x"}, creators=[])
    assert all(text and "None" not in text for text in found.values())


@pytest.mark.parametrize("sort", ["Book", "BookChapter", "Dissertation", "Report", "Software", ""])
@pytest.mark.parametrize("within", [False, True])
def test_no_style_leaves_holes(sort: str, within: bool) -> None:
    """Whatever is missing, no two marks stand together and nothing stands alone."""
    container = [
        {"type": "Book", "relation_type": "IsPublishedIn", "titles": [{"text": {"en": "Rivers"}}]}
    ]
    fewer: tuple[dict[str, Any], ...] = (
        {},
        {"creators": []},
        {"publisher": {"name": "MRC"}, "creators": [SOKHA]},
    )
    for fields in fewer:
        found = styled(
            kind="publication",
            resource_type={"general": sort or "Text"},
            related_items=container if within else [],
            **fields,
        )
        for code, text in found.items():
            for hole in (", ,", "..", ",.", "()", "[]", " .", " ,", "  ", ";."):
                assert hole not in text, (code, text)
