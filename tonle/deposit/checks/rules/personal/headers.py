"""What a column is said to hold: words of headers and keys in the seven languages.

Latin words are met as whole words, after folding accents and splitting `phoneNumber` and
`phone_number`; other scripts write without spaces and are met anywhere in the header.
"""

from __future__ import annotations

import re
from functools import lru_cache

from tonle.deposit.checks.rules.personal.values import folded

# Kinds of headers. `name` alone says little; `person` and `sex`, `age` only tell that the
# rows are people.
_LATIN: dict[str, str] = {
    "phone": "phone|telephone|tel|tel no|mobile|mobile no|mobile number|cell phone|cellphone"
    "|phonenumber|handphone|hand phone|contact number|contact no|phone number|phone no"
    "|whatsapp|zalo|wechat"
    "|so dien thoai|dien thoai|sdt|so dt|di dong",
    "email": "email|e mail|email address|mail|thu dien tu",
    "national_id": "national id|id card|id card no|id number|id no|identity card|identity number"
    "|identification number|citizen id|citizen identification|nid|nrc|nrc no|passport"
    "|passport no|passport number|family book|cccd|cmnd|so cccd|so cmnd|can cuoc|can cuoc cong dan"
    "|chung minh nhan dan|ho chieu",
    "birth_date": "date of birth|dob|birth date|birthdate|birthday|birth day|date birth"
    "|ngay sinh|ngay thang nam sinh|sinh ngay",
    "person_name": "first name|firstname|last name|lastname|surname|family name|given name"
    "|givenname|middle name|nickname|father name|fathers name|mother name"
    "|mothers name|name of father|name of mother|spouse name|person name|people name"
    "|respondent name|name of respondent|patient name|name of patient|farmer name|name of farmer"
    "|participant name|student name|teacher name|owner name|name of owner|beneficiary name"
    "|head of household|household head|name of household head|hh head|hhh name|enumerator"
    "|enumerator name|interviewer|interviewer name|interviewee name|surveyor|surveyor name"
    "|contact person|contact name|ho va ten|ho ten|ho ten day du|ten day du|ten chu ho|chu ho"
    "|ten nguoi|nguoi lien he",
    # Whole names, of people or of anything: told from the values.
    "whole": "full name|fullname|name in full|complete name",
    "name": "name|names|ten|respondent|patient|farmer|participant|interviewee|student|owner"
    "|beneficiary|person|victim|employee|staff",
    "person": "respondent|respondent id|patient|patient id|participant|participant id|farmer"
    "|farmer id|household|household id|hh|hhid|hh id|hh no|interviewee|interview id|beneficiary"
    "|victim|case id|student|student id|employee|ho gia dinh|nong ho|benh nhan|nguoi tra loi",
    "age": "age|tuoi|age years|age in years",
    "sex": "sex|gender|gioi tinh",
    "latitude": "lat|latitude|y coord|y coordinate|gps lat|gps latitude|lat dd|vi do"
    "|decimallatitude|decimal latitude|northing dd",
    "longitude": "lon|lng|long|longitude|x coord|x coordinate|gps lon|gps long|gps lng"
    "|gps longitude|lon dd|long dd|kinh do|decimallongitude|decimal longitude",
    "position": "gps|coordinates|coordinate|location|position|geopoint|latlon|lat lon|latlng"
    "|toa do",
    # What survey tools add: whose device and account it was, and that rows are answers.
    "device_id": "device id|deviceid|device identifier|imei|simserial|sim serial|subscriberid"
    "|subscriber id",
    "account_name": "submitted by|submitter name|submitter id|submitter|username|user name",
    "survey": "submission time|submission date|instanceid|instance id|validation status",
    # What is never a person, whatever stands beside it.
    "thing": "file|species|taxon|genus|language|doculect|variable|field|layer|dataset|column"
    "|province|district|commune|village|ward|town|city|country|place|river|station|site"
    "|company|organisation|organization|institution|school|hospital|project|product|brand"
    "|hotel|plant|crop|variety|gene|protein|chemical|journal|glottolog|slug|code|short|type",
}
_OTHER: dict[str, tuple[str, ...]] = {
    "phone": (
        "โทรศัพท์", "เบอร์โทร", "เบอร์มือถือ", "โทร.", "ໂທລະສັບ", "ເບີໂທ", "ໂທ.",
        "ទូរស័ព្ទ", "ទូរសព្ទ", "လေးနံပါတ်", "ဖုန်း", "တယ်လီဖုန်း", "电话", "電話", "手机", "联系方式",
    ),
    "email": ("อีเมล", "ອີເມວ", "អ៊ីមែល", "អ៊ីម៉ែល", "အီးမေးလ်", "邮箱", "电子邮件"),
    "national_id": (
        "เลขประจำตัวประชาชน", "บัตรประชาชน", "เลขบัตร", "หนังสือเดินทาง", "ບັດປະຈຳຕົວ",
        "ບັດປະຈໍາຕົວ", "ສຳມະໂນຄົວ", "ສໍາມະໂນຄົວ", "ອັດຕະສັນຍາບັດ", "អត្តសញ្ញាណប័ណ្ណ", "លេខអត្តសញ្ញាណ",
        "លិខិតឆ្លងដែន", "មူលដ្ឋានអត្តសញ្ញាណ", "မှတ်ပုံတင်", "နိုင်ငံသားစိစစ်", "身份证", "护照", "證件號",
        "证件号",
    ),
    "birth_date": (
        "วันเกิด", "ปีเกิด", "ວັນເດືອນປີເກີດ", "ວັນເກີດ", "ថ្ងៃខែឆ្នាំកំណើត", "ថ្ងៃកំណើត", "មួយថ្ងៃកំណើត",
        "မွေးသက္ကရာဇ်", "မွေးနေ့", "出生日期", "出生年月", "生日",
    ),
    "person_name": (
        "ชื่อ-สกุล", "ชื่อ-นามสกุล", "ชื่อสกุล", "ชื่อ สกุล", "นามสกุล", "ชื่อจริง", "ชื่อเล่น",
        "ชื่อผู้", "ผู้ให้สัมภาษณ์", "ผู้สัมภาษณ์", "หัวหน้าครัวเรือน", "ผู้ติดต่อ", "ນາມສະກຸນ", "ຊື່ຜູ້",
        "ຊື່ແລະນາມ", "ຫົວໜ້າຄອບຄົວ", "ຫົວຫນ້າຄອບຄົວ", "ຜູ້ໃຫ້ສຳພາດ", "គោត្តនាម", "នាមត្រកូល",
        "នាមខ្លួន", "នាមនិងគោត្ត", "ឈ្មោះពេញ", "ឈ្មោះអ្នក", "ឈ្មោះមេគ្រួសារ", "មេគ្រួសារ", "អ្នកផ្តល់សម្ភាស",
        "အမည်အပြည့်အစုံ", "ဖခင်အမည်", "အဘအမည်", "အဖအမည်", "အိမ်ထောင်ဦးစီး", "姓名", "户主", "戶主",
        "联系人", "患者名", "受访者", "名字",
    ),
    "name": ("ชื่อ", "ຊື່", "ឈ្មោះ", "အမည်", "名称"),
    "person": (
        "ครัวเรือน", "ผู้ป่วย", "เกษตรกร", "ຄົວເຮືອນ", "ຄອບຄົວ", "ຄົນເຈັບ", "ຊາວກະສິກອນ", "គ្រួសារ",
        "អ្នកជំងឺ", "កសិករ", "အိမ်ထောင်စု", "လူနာ", "တောင်သူ", "农户", "患者", "家庭",
    ),
    "age": ("อายุ", "ອາຍຸ", "អាយុ", "အသက်", "年龄"),
    "sex": ("เพศ", "ເພດ", "ភេទ", "ကျား/မ", "လိင်", "性别"),
    "latitude": ("ละติจูด", "ເສັ້ນຂະໜານ", "ລາຕິຈູດ", "រយៈទទឹង", "လတ္တီတွဒ်", "လတ္တီကျု", "纬度", "緯度"),
    "longitude": ("ลองจิจูด", "ເສັ້ນແວງ", "ລອງຈິຈູດ", "រយៈបណ្តោយ", "လောင်ဂျီတွဒ်", "လောင်ဂျီကျု", "经度", "經度"),
    "position": ("พิกัด", "ພິກັດ", "កូអរដោនេ", "ကိုဩဒိနိတ်", "坐标"),
    "thing": (
        "จังหวัด", "อำเภอ", "ตำบล", "หมู่บ้าน", "ແຂວງ", "ເມືອງ", "ບ້ານ", "ខេត្ត", "ស្រុក", "ឃុំ", "ភូមិ",
        "ပြည်နယ်", "မြို့နယ်", "ကျေးရွာ", "省", "县", "市", "村", "单位", "公司",
    ),
}  # fmt: skip

_PHRASES = {
    kind: re.compile(
        r"(?<![a-z])(?:" + "|".join(sorted(words.split("|"), key=len, reverse=True)) + r")(?![a-z])"
    )
    for kind, words in _LATIN.items()
}
# How many of something there are is a fact about a place, not about somebody.
_COUNTED = re.compile(
    r"(?<![a-z])(?:count|number of|no of|total|num|average|mean|percent|pct|population"
    r"|so ho|so luong)(?![a-z])|จำนวน|ຈຳນວນ|ຈໍານວນ|ចំនួន|户数|人数|အရေအတွက်"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_BETWEEN = re.compile(r"[\s_\-./:()\[\]#?*'’]+")


@lru_cache(maxsize=4096)
def kinds_of(header: str) -> frozenset[str]:
    """The kinds a header names, none for a header that tells nothing."""
    header = header[:120]
    words = _BETWEEN.sub(" ", folded(_CAMEL.sub(" ", header))).strip()
    found = {kind for kind, form in _PHRASES.items() if form.search(words)}
    found |= {kind for kind, forms in _OTHER.items() if any(form in header for form in forms)}
    if "thing" in found and not found & {"national_id", "phone", "email", "birth_date"}:
        found -= {"person_name", "name", "whole"}
    if _COUNTED.search(words) or _COUNTED.search(header):
        found -= {"person", "person_name", "name", "whole"}
    # A bare word is a name column; "farmer type" is not.
    if "name" in found and len(words) > 24 and words.isascii():
        found -= {"name"}
    return frozenset(found)
