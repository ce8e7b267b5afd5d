"""The people and the browser of the form's own tests."""

from __future__ import annotations

from tonle.catalogue.tests.conftest import home as home
from tonle.deposit.forms.tests.conftest import Reader as Reader
from tonle.deposit.forms.tests.conftest import bopha as bopha
from tonle.deposit.forms.tests.conftest import reader as reader
from tonle.deposit.forms.tests.conftest import sokha as sokha
