"""Sample matter for the living page of components, in every script of the members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _


class SampleForm(forms.Form):
    title = forms.CharField(label="Title", max_length=20)
    # A field of text: browsers complain of a number that is none, and here one must be shown.
    year = forms.IntegerField(label="Year", help_text="Four digits", widget=forms.TextInput)
    agree = forms.BooleanField(label="I have read this", required=False)


def _tokens() -> list[tuple[str, str]]:
    """The colours by their custom property, and what each is for."""
    return [
        ("paper", _("the ground of every page")),
        ("raised", _("what is typed into, or lifted a little")),
        ("ink", _("text")),
        ("muted", _("what is said beside")),
        ("hair", _("lines that part")),
        ("edge", _("lines of what can be used")),
        ("teal", _("what can be acted on")),
        ("wash", _("a quiet ground for what to know")),
        ("ochre", _("emphasis, and where the keyboard is")),
        ("silt", _("a ground for what to take care of")),
        ("lotus", _("what needs attention")),
        ("petal", _("its ground")),
    ]


def samples() -> dict[str, Any]:
    """What /styleguide shows. The text is ours and names nobody."""
    form = SampleForm({"title": "ទិន្នន័យ", "year": "19x4", "agree": "1"})
    form.fields["title"].label = _("Title")
    form.fields["year"].label = _("Year")
    form.fields["year"].help_text = _("Four digits")
    form.fields["agree"].label = _("I have read this")
    return {
        "scripts": [
            ("en", "English", "Water levels of the great lake, measured every morning"),
            ("km", "ខ្មែរ", "កម្រិតទឹកនៃបឹងទន្លេសាប ដែលវាស់វែងរៀងរាល់ព្រឹក"),
            ("lo", "ລາວ", "ລະດັບນ້ຳຂອງແມ່ນ້ຳຂອງ ວັດແທກທຸກໆເຊົ້າ"),
            ("th", "ไทย", "ระดับน้ำในแม่น้ำโขง วัดทุกเช้าเป็นเวลาสิบปี"),
            ("vi", "Tiếng Việt", "Mực nước sông Mê Công đo mỗi buổi sáng"),
            ("my", "မြန်မာ", "မဲခေါင်မြစ်၏ ရေမျက်နှာပြင်ကို နံနက်တိုင်း တိုင်းတာထားသည်"),
            ("zh-Hans", "简体中文", "澜沧江每日清晨的水位观测记录"),
        ],
        "tokens": _tokens(),
        "steps": [
            {"label": _("Describe"), "url": "#main", "done": True},
            {"label": _("People"), "url": "#main", "current": True},
            {"label": _("Files"), "url": "#main"},
        ],
        "agent": {
            "name": "សុខា",
            "names": {"en": "Sokha"},
            "identifiers": [{"scheme": "orcid", "value": "0000-0002-1825-0097"}],
            "affiliations": [{"name": "Institute of the Lake"}],
        },
        "identifier": {"scheme": "doi", "value": "10.5555/12345678"},
        "langmap": {"en": "Rice fields seen from the air", "km": "ស្រែស្រូវមើលពីលើអាកាស"},
        "foreign": {"lo": "ທົ່ງນາເບິ່ງຈາກທາງອາກາດ"},
        "files": [
            {
                "name": "water-levels-2024.csv",
                "size_bytes": 1_482_310,
                "media_type": "text/csv",
                "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                "url": "#files",
            },
            {
                "name": "អានខ្ញុំ.txt",
                "size_bytes": 812,
                "media_type": "text/plain",
                "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                "url": "#files",
            },
        ],
        "crumbs": [(_("Front page"), "/"), (_("Components"), "")],
        "tags": [
            {"label": "hydrology", "url": "#main", "tag": "en"},
            {"label": "ទន្លេសាប", "url": "#main", "tag": "km"},
            {"label": "水文", "url": "#main", "tag": "zh-Hans"},
        ],
        "facts": [
            (_("Published"), "2024"),
            (_("Language"), "ខ្មែរ"),
            (_("Size"), "1.5 MB"),
        ],
        "table": {
            "caption": _("Lowest and highest water, metres"),
            "columns": [
                {"label": _("Year")},
                {"label": _("Lowest"), "number": True},
                {"label": _("Highest"), "number": True},
            ],
            "rows": [["2022", "1.12", "8.04"], ["2023", "1.27", "8.61"], ["2024", "0.98", "9.13"]],
        },
        "form": form,
    }
