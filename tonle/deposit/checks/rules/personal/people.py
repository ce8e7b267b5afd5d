"""Whether a text looks like a person's name, in the writing of each country.

Nothing here tells who somebody is. Forms of address, the short lists of family names that
most people of Viet Nam, China and Cambodia bear, and the shape of Latin names are hints;
a column is judged by how many of its values show them, never by one.
"""

from __future__ import annotations

import re

_ADDRESS = re.compile(
    r"(?:(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.?\s+[A-ZÀ-Ỹ]"
    r"|(?:U|Daw|Ko|Ma|Maung|Saw|Naw|Sai|Nang|Ông|Bà|Anh|Chị|Thao|Ajarn|Lok|Neak)\s+[A-ZÀ-ỸĐ]"
    r"|(?:นาย|นางสาว|นาง|น\.ส\.|ด\.ช\.|ด\.ญ\.|เด็กชาย|เด็กหญิง)\s?[ก-ฮเ-ไ]"
    r"|(?:ທ້າວ|ທ່ານ|ນາງສາວ|ນາງ|ຍານາງ)\s?[ກ-ຮເ-ໄ]"
    r"|(?:លោកស្រី|លោក|អ្នកស្រី|កញ្ញា|ឯកឧត្តម)\s?[ក-អ]"
    r"|(?:ဦး|ဒေါ်|မောင်|ကိုး|ကို|မ)[\u1000-\u109f]{2,})"
)

_VNM_NAMES = """
nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh trịnh đoàn
lương mai tô trương lâm cao châu tạ thái quách tăng hà nghiêm kiều chu phùng
nguyen tran le pham hoang huynh vu vo dang bui do ho ngo duong ly dinh trinh
"""
_VNM = frozenset(_VNM_NAMES.split())
_CHN = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_KHM_NAMES = """
សុខ ចាន់ គឹម លី ហេង ស៊ុន សោម ម៉ៅ ប៉ែន ហ៊ុន ជា ជួន ឈុន ឆាយ តាំង ទេព នួន ប៊ុន ភួង មាស យិន
រស់ លឹម វ៉ាន់ សម សេង សៅ ហ៊ឹម អ៊ុំ អ៊ុក អ៊ឹម ឡុង កែវ ខៀវ គង់ ងួន ជិន ញឹម ឌឹម ទូច ណុប
ប្រាក់ ផាន់ ពេជ្រ ម៉ម យ៉ង់ រិន ឡេង
"""
_KHM = frozenset(_KHM_NAMES.split())
_LATIN_NAME = re.compile(r"[A-ZÀ-ỸĐ][\w'’-]{0,24}(?:[ ,]{1,2}[A-ZÀ-ỸĐ][\w'’.-]{0,24}){1,4}")
_HAN = re.compile(r"[\u4e00-\u9fff]{2,4}")


def is_addressed(text: str) -> bool:
    """Whether a text begins with a form of address: Mr, Daw, นาย, ທ້າວ, លោក, ဦး, Ông …"""
    return bool(_ADDRESS.match(text))


def is_of_known_family(text: str) -> bool:
    """Whether a text begins with a frequent family name, and has the length of a name."""
    if _HAN.fullmatch(text):
        return text[0] in _CHN
    words = text.split()
    if not 2 <= len(words) <= 5 or len(text) > 60:
        return False
    return words[0].casefold() in _VNM or words[0] in _KHM


def is_latin_name(text: str) -> bool:
    """Whether a text is two to five words that each begin with a capital letter."""
    return len(text) <= 60 and bool(_LATIN_NAME.fullmatch(text))


def may_be_name(text: str) -> bool:
    """Whether a cell below a header that says name can be one: few words, no digits."""
    return (
        1 < len(text) <= 80
        and len(text.split()) <= 8
        and not any(c.isdigit() or c in "<>@{}|=/" for c in text)
    )
