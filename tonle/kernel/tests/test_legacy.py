"""Old fonts: real words come out right, what a font can write comes back, and other text stays."""

from __future__ import annotations

import time
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tonle.kernel import text
from tonle.kernel.legacy import FAMILIES, convert, font_of, guess, khmer, lao, vietnamese

# --- real words -----------------------------------------------------------------------------

WORDS = {
    "limon": {
        "km<úCa": "កម្ពុជា", "RBHraCaNacRkkm<úCa": "ព្រះរាជាណាចក្រកម្ពុជា", "RsUv": "ស្រូវ", "Twk": "ទឹក",
        "éRBeQI": "ព្រៃឈើ", "PasaExμr": "ភាសាខ្មែរ", "RbeTs": "ប្រទេស", "rdæ": "រដ្ឋ", "Rsuk": "ស្រុក",
        "XuM": "ឃុំ", "PUmi": "ភូមិ", "extþ": "ខេត្ត", "taEkv": "តាកែវ", "emKgÁ": "មេគង្គ",
        "Tenøsab": "ទន្លេសាប", "RtI": "ត្រី", "ksikmμ": "កសិកម្ម", "suxPaB": "សុខភាព", "Gb;rM": "អប់រំ",
        "RksYg": "ក្រសួង", "brisßan": "បរិស្ថាន", "®sþI": "ស្ត្រី", "cMeNHdwg": "ចំណេះដឹង",
        "esovePA": "សៀវភៅ", "eRKOg": "គ្រឿង", "eXIj": "ឃើញ", "suI": "ស៊ី",
        "y:ag": "យ៉ាង", ")an": "បាន", "bBaØtþi": "បញ្ញត្តិ", "kBa©k;": "កញ្ចក់", "bu:Enþ": "ប៉ុន្តែ",
        "muIg": "ម៉ីង", "suaM": "ស៊ាំ", "smuRT": "សមុទ្រ", "eKalkarN_": "គោលការណ៍", "b¤": "ឬ",
        "suBlPaBénkic©": "សុពលភាពនៃកិច្ច", "qñaM 2008": "ឆ្នាំ ២០០៨", "éf¶": "ថ្ងៃ", "eyIg": "យើង",
    },
    "abc": {
        "km<úCa": "កម្ពុជា", "emKg:": "មេគង្គ", "Gb´rM": "អប់រំ", "eTa¼": "ទោះ",
        "brisSan": "បរិស្ថាន", "án": "បាន", "y¨ag": "យ៉ាង",
    },
    "abc-zero-space": {"TwkERsk.km<úCa>": "ទឹកស្រែក កម្ពុជា។", "PUmi Rsuk": "ភូមិ\u200bស្រុក"},
    "lswin": {
        "¦½®¾¨©ó": "ສະບາຍດີ", "¯½Àê©ì¾¸": "ປະເທດລາວ", "¸¼¤¥ñ\xad": "ວຽງຈັນ", "\xadÉ¿": "ນ້ຳ",
        "À¢öÉ¾": "ເຂົ້າ", "¯È¾Ä´É": "ປ່າໄມ້", "¡½§¸¤": "ກະຊວງ", "¢Ó´øß": "ຂໍ້ມູນ", "ê†": "ທີ່",
        "À²ˆº": "ເພື່ອ", "ª˜¤": "ຕັ້ງ", "Í¸¤²½®¾¤": "ຫຼວງພະບາງ", "£½ê½\xad¾": "ຄະທະນາ",
        "¦¾ê¾ì½\xad½ìñ©": "ສາທາລະນະລັດ", "¹õù": "ຫຼື", "Ä©û": "ໄດ້",
    },
    "tcvn3": {
        "Céng hßa x· héi chñ nghÜa ViÖt Nam": "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "Nghiªn cøu n\xadíc vµ ®Êt ë ®ång b»ng": "Nghiên cứu nước và đất ở đồng bằng",
        "“lóa g¹o”": "“lúa gạo”",
    },
    "tcvn3-capitals": {"ViÖt Nam": "VIỆT NAM"},
    "vni": {
        "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam": "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "ÑOÀNG BAÈNG SOÂNG CÖÛU LONG": "ĐỒNG BẰNG SÔNG CỬU LONG",
        "nghieân cöùu luùa gaïo, röøng": "nghiên cứu lúa gạo, rừng",
    },
    "viscii": {"Nghiên cÑu lúa gÕo": "Nghiên cứu lúa gạo"},
    "vps": {"Vi\x8ct Nam": "Việt Nam"},
}  # fmt: skip


@pytest.mark.parametrize("family", WORDS)
def test_real_words_come_out_as_people_read_them(family: str) -> None:
    for old, word in WORDS[family].items():
        assert convert(old, family) == word


# --- what a font can write comes back -------------------------------------------------------


def _write_khmer(cluster: tuple[str, tuple[str, ...], str, str, str], codes: dict[str, str]) -> str:
    """One syllable as a typist writes it: the shapes from left to right."""
    letter, below, shifter, vowel, sign = cluster
    halves = {"ោ": ("េ", "ា"), "ើ": ("េ", "ី"), "ឿ": ("េ", "ឿ"), "ៀ": ("េ", "ៀ"), "ៅ": ("េ", "ៅ")}
    before, after = halves.get(vowel, (vowel, "") if vowel in {"េ", "ែ", "ៃ"} else ("", vowel))
    ro = [one for one in below if one == "រ"]
    subscripts = [one for one in below if one != "រ"]
    base = "ពា" if letter == "ញ" and subscripts else letter
    shapes = [*before, *(f"\u17d2{one}" for one in ro), *base]
    shapes += [f"\u17d2{one}" for one in subscripts]
    if shifter:
        shapes.append("ុ" if after[:1] in {*"ិីឹឺា", "ៀ", "ឿ", "ៅ"} else shifter)
    shapes += [*after, *sign]
    return "".join(codes[shape] for shape in shapes)


# Consonants; ដ is left out as a subscript, where it has the shape of ត.
_CONSONANTS = "កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរលវសហឡអ"
_SUBSCRIPTS = "កខគឃងចឆជឈញឋឌឍណតថទធនបផពភមយលវសហអ"
_SECOND = frozenset("គឃងជឈញឌឍទធនពភមយរលវប")


@st.composite
def syllables(draw: st.DrawFn) -> tuple[str, tuple[str, ...], str, str, str]:
    letter = draw(st.sampled_from(_CONSONANTS))
    below = draw(st.lists(st.sampled_from(_SUBSCRIPTS), max_size=2, unique=True))
    if draw(st.booleans()):
        below = [*below[:1], "រ"]
    vowel = draw(st.sampled_from(["", *"ាិីឹឺុូួើឿៀេែៃោៅ"]))
    shifted = vowel in {*"ាិីឹឺើឿៀោៅ"} and draw(st.booleans())
    shifter = ("៉" if letter in _SECOND else "៊") if shifted else ""
    sign = draw(st.sampled_from(["", "ំ", "ះ", "់"])) if vowel in {"", "ា", "ុ"} else ""
    return letter, tuple(below), shifter, vowel, sign


@pytest.mark.parametrize("family", ["limon", "abc"])
@given(syllables=st.lists(syllables(), min_size=1, max_size=8))
def test_khmer_syllables_come_back(
    family: str, syllables: list[tuple[str, tuple[str, ...], str, str, str]]
) -> None:
    table, _ = khmer._FAMILIES[family]
    codes: dict[str, str] = {}
    for code, shape in table.items():
        codes.setdefault(shape, chr(code))
    written = "".join(
        letter + "".join(f"\u17d2{one}" for one in below) + shifter + vowel + sign
        for letter, below, shifter, vowel, sign in syllables
    )
    old = "".join(_write_khmer(one, codes) for one in syllables)
    assert convert(old, family) == text.ordered(written)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", *"ເແໂໃໄ"]),
            st.sampled_from([*lao._ALPHABET, "ໜ", "ໝ"]),
            st.sampled_from(["", *"ັິີຶືົຸູໍ"]),
            st.sampled_from(["", *"່້໊໋"]),
            st.sampled_from(["", *"ະາຽ"]),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_lao_syllables_come_back(parts: list[tuple[str, ...]]) -> None:
    codes: dict[str, str] = {}
    for code, letter in lao._TABLE.items():
        codes.setdefault(letter, chr(code))
    written = text.ordered("".join("".join(part) for part in parts))
    old = "".join(codes[letter] for letter in written)
    assert convert(old, "lswin") == written


@pytest.mark.parametrize("family", ["tcvn3", "viscii", "vps", "vni"])
@given(data=st.data())
def test_vietnamese_letters_come_back(family: str, data: st.DataObject) -> None:
    if family == "vni":
        codes = {letter: code for code, letter in vietnamese._VNI.items()}
    else:
        table = {
            "tcvn3": vietnamese._TCVN_TABLE,
            "viscii": vietnamese._VISCII_TABLE,
            "vps": vietnamese._VPS_TABLE,
        }[family]
        codes = {letter: chr(code) for code, letter in table.items()}
    letters = st.sampled_from([*codes, *"abcdeghiklmnopqrstuvxyABCDEGHIKLMNOPQRSTUVXY ,.-0123"])
    written = data.draw(st.text(letters, max_size=40))
    old = "".join(codes.get(letter, letter) for letter in written)
    assert convert(old, family) == written


def test_every_letter_of_vietnamese_has_a_code() -> None:
    small = vietnamese._LETTERS[:67]
    assert set(small) <= set(vietnamese._TCVN_TABLE.values())
    assert set(vietnamese._LETTERS) == set(vietnamese._VISCII_TABLE.values())
    assert set(small) <= set(vietnamese._VPS_TABLE.values())
    assert set(vietnamese._LETTERS) == set(vietnamese._VNI.values())


def test_code_pages_are_as_their_standards_say() -> None:
    # RFC 1456, section 2.1, and TCVN 5712:1993: a few from each row of their charts.
    for code, letter in {0x80: "Ạ", 0xA5: "ầ", 0xB9: "Ự", 0xCF: "ỳ", 0xD0: "Đ", 0xFF: "Ữ"}.items():
        assert vietnamese._VISCII_TABLE[code] == letter
    for code, letter in {0xA7: "Đ", 0xAD: "ư", 0xB5: "à", 0xCA: "ấ", 0xE9: "ộ", 0xFE: "ỵ"}.items():
        assert vietnamese._TCVN_TABLE[code] == letter


# --- what is no old font stays --------------------------------------------------------------

OTHERS = [
    "The forest cover of the Lower Mekong basin was mapped in 2015; see McDonald, iPhone, LaTeX.",
    "L'été présenté à la conférence était très chaud; élève déjà né à Besançon, où l'on s'aperçoit",
    "Müller, Großmann und Söhne führen über Österreich größere Mengen süßer Äpfel ein.",
    "Fundação São Paulo ação não pão coração irmão avião então também até você",
    "Nghiên cứu về lúa gạo ở đồng bằng sông Cửu Long",
    "ព្រះរាជាណាចក្រកម្ពុជា ជាតិ សាសនា ព្រះមហាក្សត្រ",
    "ສາທາລະນະລັດ ປະຊາທິປະໄຕ ປະຊາຊົນລາວ",
    "GET /api/v1/records?q=x&page=2;CamelCaseNames,withCommas:andColons;x<y",
    "Ångström, naïve café, 25 °C ± 2 µm, § 5 © 2020 ® ¼ ½ ¾ ×10³",
    "",
]


@pytest.mark.parametrize("other", OTHERS)
def test_other_text_is_taken_for_no_old_font(other: str) -> None:
    assert guess(other) is None


def test_unicode_in_a_run_of_an_old_font_stays() -> None:
    for family in WORDS:
        assert convert("ព្រះ and a", family) == "ព្រះ and a"
        assert convert("", family) == ""


def test_a_font_is_told_by_the_look_of_its_text() -> None:
    for family in ("limon", "lswin", "tcvn3", "vni"):
        found = guess(" ".join(WORDS[family]))
        assert found is not None
        assert found.family == family
    # Bytes that Windows shows as quotation marks, and that others leave as they are.
    assert convert("s\u2018I", "limon") == convert("s\x91I", "limon") == "ស៊ី"
    # Symbol fonts of Word.
    assert convert("\uf054\uf077\uf06b", "limon") == "ទឹក"


@given(st.text(max_size=60))
def test_any_text_can_be_read_in_any_family(any_text: str) -> None:
    for family, known in FAMILIES.items():
        if known and font_readable(family):
            convert(any_text, family)
    guess(any_text)


def font_readable(family: str) -> bool:
    return family in {*khmer.READERS, *lao.READERS, *vietnamese.READERS}


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Limon S1", "limon"), ("LimonR1", "limon"), ("ABCDEF+LimonS1-Bold", "limon"),
        ("ABC-TEXT-05", "abc"), ("ABC-TEXT-05A", "abc-zero-space"),
        ("ABC-TEXT-11", "abc-two-parts"),
        (".VnTime", "tcvn3"), (".VnArial NarrowH", "tcvn3-capitals"), ("VNI-Times", "vni"),
        ("Vni-Helve-Condense", "vni"), ("VPS Times", "vps"), ("Saysettha Lao", "lswin"),
        ("alice_5", "alice"), ("Saysettha 2000", "lao-other"), ("Baidok3C", "khmer-other"),
        ("Times New Roman", None), ("Saysettha OT", None), ("Khmer OS", None),
        ("Phetsarath OT", None),
        ("Limonada", None), ("Arial", None), ("VNPT Sans", None), ("", None),
    ],
)  # fmt: skip
def test_fonts_are_known_by_name(name: str, family: str | None) -> None:
    found = font_of(name)
    assert (found.family if found else None) == family
    if found:
        assert found.family in FAMILIES
        assert found.readable == font_readable(found.family)


def test_a_million_letters_take_less_than_a_second() -> None:
    for family in ("limon", "lswin", "vni", "tcvn3"):
        piece = " ".join(WORDS[family]) + " "
        # A tenth of a million; a busy machine takes three times what an idle one does.
        whole = piece * (100_000 // len(piece))
        begun = time.process_time()
        convert(whole, family)
        assert time.process_time() - begun < 0.3


def test_what_comes_out_is_composed() -> None:
    for family, words in WORDS.items():
        for old in words:
            assert convert(old, family) == normalize("NFC", convert(old, family))
