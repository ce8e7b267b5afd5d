"""Why a question to a table was not answered."""

from __future__ import annotations

from tonle.kernel.errors import N_, TonleError


class NotATable(TonleError):
    """The file is no table, or one that is not read far enough to be asked."""

    code = "not_a_table"
    http_status = 422
    message = N_("This file is not a table that can be asked. Look inside it, or download it.")


class NotLookedInto(TonleError):
    """The file has not been looked into yet."""

    code = "not_looked_into"
    http_status = 503
    again_seconds = 3
    message = N_("The file is being looked into. Ask again in a few seconds.")


class WrongQuestion(TonleError):
    """Some part of the question is none that a table can be asked."""

    code = "wrong_question"
    http_status = 422
    message = N_("The question cannot be read: %(name)s is not known here.")


class NoSuchColumn(WrongQuestion):
    """A column that the table does not have."""

    code = "no_such_column"
    message = N_("The table has no column called %(name)s.")


class NoNumber(WrongQuestion):
    """Something that is no number is compared with numbers."""

    code = "no_number"
    message = N_("The column holds numbers, and %(name)s is none.")


class NotNumbers(WrongQuestion):
    """A sum or mean of a column that does not hold numbers."""

    code = "not_numbers"
    message = N_("%(name)s is not a column of numbers, so this cannot be worked out.")


class TooManyParts(WrongQuestion):
    """More conditions, groups or sums than one question may have."""

    code = "too_many_parts"
    message = N_("The question has too many parts. Ask it in two.")


class SqlIsOff(WrongQuestion):
    """The steward has not turned SQL on."""

    code = "sql_is_off"
    message = N_("Tables are not asked in SQL at this node. Ask with the form.")


class SqlTooLong(WrongQuestion):
    """More SQL than one question may have."""

    code = "sql_too_long"
    message = N_("The question is too long: %(most)s letters of SQL at most.")


class NotOneSelect(WrongQuestion):
    """Several statements, none, or one that is no question."""

    code = "not_one_select"
    message = N_("Ask one question in SQL, which begins with SELECT, WITH or FROM.")


class NoSuchTable(WrongQuestion):
    """SQL that names a table which the file does not have."""

    code = "no_such_table"
    message = N_("There is no table called %(name)s in this file.")


class NotInSql(WrongQuestion):
    """A function, a type or a part of SQL that is not asked here."""

    code = "not_in_sql"
    message = N_(
        "%(name)s cannot be used here. SQL asks the tables of this file alone, and answers the "
        "same way each time."
    )


class WrongSql(WrongQuestion):
    """DuckDB does not understand it, or stumbled over a value."""

    code = "wrong_sql"
    message = N_("The question could not be worked out. The database says: %(name)s")


class OtherAnswer(TonleError):
    """A citation names the digest of another answer than the one worked out now."""

    code = "other_answer"
    http_status = 409
    message = N_(
        "The answer is not the one that was cited: it has another digest. The database may work "
        "it out in another way now."
    )


class TooMuchAsked(TonleError):
    """The answer took more time or memory than there is for one."""

    code = "too_much_asked"
    http_status = 422
    message = N_(
        "The answer takes too much time or memory. Ask for fewer rows, or download the file."
    )


class OthersAsk(TonleError):
    """All places for answering are taken."""

    code = "others_ask"
    http_status = 503
    message = N_("Others are asking now. Try again in a moment.")


class OtherBytes(TonleError):
    """A citation names the digest of another file than the one at this address."""

    code = "other_bytes"
    http_status = 409
    message = N_(
        "This address was made for a file with other bytes, so the answer would not be the one "
        "that was cited. Look at the versions of the record."
    )
