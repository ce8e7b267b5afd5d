"""What a proposed wording has to keep of its message."""

from __future__ import annotations

import pytest

from tonle.desk.wording.rules import faults


@pytest.mark.parametrize(
    ("message", "proposed"),
    [
        ("Search", "ស្វែងរក"),
        ("%(number)s of %(total)s", "%(total)s / %(number)s"),
        ("100 %% of {name}", "{name} 100 %%"),
        ('Read <a href="x">this</a>', '<a href="x">នេះ</a> អាន'),
        ("50%% of it", "៥០ ភាគរយ"),
        ("100%", "១០០%"),
        ("<b>a</b> <i>b</i><br>", "<i>ខ</i><br> <b>ក</b>"),
        ("%s of %d", "%s / %d"),
        ("It said “yes”", "បាន\u200bនិយាយ “បាទ”"),
    ],
)
def test_a_wording_that_keeps_what_its_message_has_can_be_used(message: str, proposed: str) -> None:
    assert faults(message, proposed) == []


@pytest.mark.parametrize(
    ("message", "proposed", "part"),
    [
        ("Search", "ស្វែងរក %(x)s", "fills in"),
        ("%(n)s left", "នៅសល់", "fills in"),
        ("%(n)s left", "%(n)s %(n)s", "fills in"),
        ("{name}", "name", "fills in"),
        ("{name}", "{name} {", "fills in"),
        ("%(n)s left", "100% left: %(n)s", "fills in"),
        ("50%% of it", "50% of it", "fills in"),
        ("%(n)s left", "%(n)s 100%", "per cent"),
        ("%(n)s left", "%(n)s 100%ក", "per cent"),
        ("%s of %d", "%d %s", "per cent"),
        ("Share", "100%", "per cent"),
        ("Search", "រក\nBcc: a@example.org", "one line"),
        ('Read <a href="x">this</a>', '</a>នេះ<a href="x">', "angle brackets"),
        ("Search", "<script>alert(1)</script>", "angle brackets"),
        ("Search", "<b", "angle brackets"),
        ("Read <b>this</b>", "អាន <b onclick=x>នេះ</b>", "angle brackets"),
        ("Search", "&#60;b&#62;", "angle brackets"),
        ("Search", '" onfocus="alert(1)', "quotation marks"),
        ("Search", "ស" * 500, "longer"),
    ],
)
def test_a_wording_cannot_bring_marks_of_its_own_or_lose_what_is_filled_in(
    message: str, proposed: str, part: str
) -> None:
    assert any(part in fault for fault in faults(message, proposed))
