"""Pages of the catalogue: a record, one of its versions, a file, and the names that lead there."""

from tonle.catalogue.views.files import file
from tonle.catalogue.views.landing import record
from tonle.catalogue.views.names import ark, citable, named, pid_of, schema

__all__ = ["ark", "citable", "file", "named", "pid_of", "record", "schema"]
