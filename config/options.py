"""Every option of a node, declared once.

An option is read from the environment by its name. `docs/reference/options.md`
is generated from this list, and a test fails when the two differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

Type = Literal["text", "path", "integer", "boolean", "list"]

BASE_DIR = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Option:
    """One option: its environment name, type, default, unit and meaning.

    unit is "" where the value has none. A secret is never printed.
    """

    name: str
    type: Type
    default: str
    unit: str
    description: str
    secret: bool = False


OPTIONS: tuple[Option, ...] = (
    Option(
        "TONLE_DATA",
        "path",
        str(BASE_DIR / "var"),
        "",
        "The node's directory: databases, OCFL root, index, keys and logs live in it.",
    ),
    Option(
        "TONLE_DATABASE_URL",
        "text",
        "",
        "",
        "Where the node's rows live. Empty means SQLite in the node's directory; "
        "postgresql://user:password@host:port/name means PostgreSQL 15 or newer.",
        secret=True,
    ),
    Option(
        "TONLE_FILES",
        "text",
        "",
        "",
        "Where published files stand. Empty means the node's directory; s3://bucket/prefix means "
        "an object store that speaks S3. A node that has files is moved by `tonle files move`.",
    ),
    Option(
        "TONLE_FILES_ENDPOINT",
        "text",
        "",
        "",
        "The address of that object store, such as https://s3.example.org. Empty means Amazon's.",
    ),
    Option(
        "TONLE_FILES_REGION",
        "text",
        "us-east-1",
        "",
        "The region of the bucket, as the object store calls it; most stores of one's own do not "
        "mind.",
    ),
    Option(
        "TONLE_FILES_KEY",
        "text",
        "",
        "",
        "The access key of the object store.",
        secret=True,
    ),
    Option(
        "TONLE_FILES_SECRET",
        "text",
        "",
        "",
        "The secret that belongs to that key. Empty means that it stands in the file "
        "keys/files_secret in the node's directory.",
        secret=True,
    ),
    Option(
        "TONLE_FILES_CACHE",
        "integer",
        "5",
        "GB",
        "Room on the node's own disk for copies of files in an object store while they are looked "
        "into. A larger file can be fetched, but not looked into.",
    ),
    Option(
        "TONLE_SECRET_KEY",
        "text",
        "",
        "",
        "Signs sessions and links. Empty means the key that `tonle init` wrote into the "
        "node's directory.",
        secret=True,
    ),
    Option("TONLE_HOST", "text", "127.0.0.1", "", "The address the node listens on."),
    Option("TONLE_PORT", "integer", "8000", "", "The port the node listens on."),
    Option(
        "TONLE_URL",
        "text",
        "",
        "",
        "The address by which readers reach the node, without a closing slash. Empty means "
        "http://localhost and the port.",
    ),
    Option(
        "TONLE_ALLOWED_HOSTS",
        "list",
        "localhost,127.0.0.1,[::1]",
        "",
        "Host names the node answers to, separated by commas. The host of TONLE_URL is added.",
    ),
    Option(
        "TONLE_NAAN",
        "text",
        "99999",
        "",
        "Name Assigning Authority Number for the node's ARKs. 99999 is for local use and is "
        "never advertised as global.",
    ),
    Option(
        "TONLE_FONTS",
        "text",
        "",
        "",
        "A folder with more fonts for certificates, looked through before the system's own. "
        "Fonts for Latin, Khmer, Lao, Thai and Burmese come with Tonle.",
    ),
    Option("TONLE_NODE_NAME", "text", "Tonle", "", "The node's name, as its pages show it."),
    Option(
        "TONLE_THREADS", "integer", "8", "threads", "Threads that run pages in one web process."
    ),
    Option(
        "TONLE_QUEUE",
        "integer",
        "64",
        "requests",
        "Requests that may wait for a thread in one web process; more are told to come back.",
    ),
    Option(
        "TONLE_ANSWER_TIME",
        "integer",
        "60",
        "seconds",
        "The longest a page may take before its reader is told to come back.",
    ),
    Option(
        "TONLE_BODY_IDLE",
        "integer",
        "20",
        "seconds",
        "The longest silence while a request body or an upload arrives.",
    ),
    Option(
        "TONLE_BODY_TIME",
        "integer",
        "300",
        "seconds",
        "The longest time an ordinary request body may take; uploads may take any time.",
    ),
    Option(
        "TONLE_METRICS_PUBLIC",
        "boolean",
        "0",
        "",
        "Whether /metrics answers others than this machine.",
    ),
    Option("TONLE_WORKERS", "integer", "1", "processes", "Web processes."),
    Option(
        "TONLE_BACKGROUND",
        "boolean",
        "1",
        "",
        "Whether `tonle serve` also runs the background work. Turn it off where a worker of "
        "its own does it.",
    ),
    Option(
        "TONLE_MAX_BODY",
        "integer",
        str(2 * 1024 * 1024),
        "bytes",
        "The largest request body a page or an API call may carry.",
    ),
    Option(
        "TONLE_API_LIMIT",
        "integer",
        "600",
        "requests per minute",
        "How often one address may call the API. 0 means as often as it likes.",
    ),
    Option(
        "TONLE_PAGE_CACHE",
        "integer",
        str(32 * 1024 * 1024),
        "bytes",
        "Memory each web process may use for finished public pages. 0 turns the page cache off.",
    ),
    Option(
        "TONLE_MAIL_URL",
        "text",
        "",
        "",
        "The mail server that sends the node's letters, as smtp://user:password@host:587 "
        "(STARTTLS) or smtps://user:password@host:465. Empty keeps letters as files in the "
        "node's directory, under mail.",
        secret=True,
    ),
    Option(
        "TONLE_MAIL_FROM",
        "text",
        "",
        "",
        "The address the node's letters come from. Empty means noreply at the host of TONLE_URL.",
    ),
    Option(
        "TONLE_PROXIES",
        "integer",
        "0",
        "proxies",
        "How many proxies of yours stand in front of the node. Limits for each reader need the "
        "reader's address, and only so many entries of X-Forwarded-For are believed.",
    ),
    Option(
        "TONLE_BACKUP_DIR",
        "text",
        "",
        "",
        "Where the nightly backup is kept: a directory on another disk. Empty means `backups` in "
        "the node's directory, where kept files are linked, not copied: that guards against "
        "mistakes, not against the loss of the disk.",
    ),
    Option(
        "TONLE_BACKUPS_KEPT",
        "integer",
        "7",
        "backups",
        "How many nightly backups stay. 0 turns the nightly backup off.",
    ),
    Option(
        "TONLE_SQL",
        "boolean",
        "0",
        "",
        "Whether readers may also ask tables in SQL: one SELECT, read part by part and answered by "
        "a process that can reach nothing else.",
    ),
    Option(
        "TONLE_OUTBOUND",
        "boolean",
        "1",
        "",
        "Whether the node may ask other machines over HTTP. Turn it off on a node without a link: "
        "it then says so at once instead of waiting. Mail is not meant.",
    ),
    Option(
        "TONLE_OUTBOUND_PRIVATE",
        "list",
        "",
        "",
        "Networks that the node may ask although they are not public, such as 10.1.0.0/16, "
        "separated by commas. Needed only where a gateway stands in the node's own network.",
    ),
    Option(
        "TONLE_TIME_ZONE",
        "text",
        "Asia/Phnom_Penh",
        "",
        "The time zone of the node's people until they choose their own, by its IANA name.",
    ),
    Option(
        "TONLE_TOKEN",
        "text",
        "",
        "",
        "The access token with which `tonle get` asks another node for files that are not open.",
    ),
    Option(
        "TONLE_TELEGRAM_TOKEN",
        "text",
        "",
        "",
        "The token of the node's Telegram bot. Empty means that people cannot choose Telegram.",
        secret=True,
    ),
    Option(
        "TONLE_TELEGRAM_API",
        "text",
        "https://api.telegram.org",
        "",
        "Where the Telegram Bot API answers; another one only with a Bot API server of your own.",
    ),
    Option(
        "TONLE_LINE_TOKEN",
        "text",
        "",
        "",
        "The long-lived access token of the node's LINE Messaging API channel. Empty means that "
        "people cannot choose LINE.",
        secret=True,
    ),
    Option(
        "TONLE_LINE_SECRET",
        "text",
        "",
        "",
        "The secret of that LINE channel: it proves that what comes to /hooks/line is LINE's.",
        secret=True,
    ),
    Option(
        "TONLE_LINE_ID",
        "text",
        "",
        "",
        "The basic ID of the node's LINE Official Account, such as @123abcde, by which people "
        "find it.",
    ),
    Option(
        "TONLE_LINE_API",
        "text",
        "https://api.line.me",
        "",
        "Where the LINE Messaging API answers.",
    ),
    Option(
        "TONLE_SMS_URL",
        "text",
        "",
        "",
        "The address of an SMS gateway, with {to} and {text} where they belong if they stand in "
        "the address. Empty means that people cannot choose SMS.",
        secret=True,
    ),
    Option("TONLE_SMS_METHOD", "text", "POST", "", "How the SMS gateway is asked: POST or GET."),
    Option(
        "TONLE_SMS_BODY",
        "text",
        "",
        "",
        "What is posted to the SMS gateway, with {to}, {text} and {key} (the same for a repeated "
        'message): JSON such as {"to": "{to}", "message": "{text}"}, or a form such as '
        "to={to}&message={text}. Empty posts nothing.",
        secret=True,
    ),
    Option(
        "TONLE_SMS_HEADERS",
        "text",
        "",
        "",
        'Headers for the SMS gateway as JSON, such as {"Authorization": "Bearer …"}.',
        secret=True,
    ),
    Option(
        "TONLE_SMS_SUCCESS",
        "text",
        "",
        "",
        "A regular expression that is found in the SMS gateway's answer when it took the message. "
        "Empty means that any answer with a status from 200 to 299 is a success.",
    ),
    Option(
        "TONLE_SMS_MONTHLY",
        "integer",
        "0",
        "segments",
        "The most SMS segments in a calendar month; more are told by another channel. A segment "
        "holds 70 letters of Khmer or 160 of plain Latin. 0 means no limit.",
    ),
    Option(
        "TONLE_DRAFT_SIZE",
        "integer",
        "100",
        "GB",
        "The most that the files of one draft may have together.",
    ),
    Option(
        "TONLE_ANSWER_DAYS",
        "integer",
        "3",
        "working days",
        "By when a question about a record, or to the node, is answered.",
    ),
    Option(
        "TONLE_DEPOSIT_ANSWER_DAYS",
        "integer",
        "5",
        "working days",
        "By when curators promise to answer a deposit that was handed in.",
    ),
    Option(
        "TONLE_DEPOSIT_REVIEW",
        "text",
        "all",
        "",
        "Whose deposits a curator looks at before they are public: `all`, or `newcomers`, and then "
        "people whom somebody has vouched for publish by themselves.",
    ),
    Option(
        "TONLE_OIDC_SERVER",
        "text",
        "",
        "",
        "The address of an OpenID Connect provider, such as a university’s or a federation’s, by "
        "which people may sign in. Empty turns it off.",
    ),
    Option(
        "TONLE_OIDC_NAME",
        "text",
        "OpenID Connect",
        "",
        "What its button says, such as a university.",
    ),
    Option("TONLE_OIDC_CLIENT_ID", "text", "", "", "What the provider calls this node."),
    Option(
        "TONLE_OIDC_SECRET",
        "text",
        "",
        "",
        "The secret the provider gave this node.",
        secret=True,
    ),
    Option(
        "TONLE_ORCID_CLIENT_ID",
        "text",
        "",
        "",
        "What ORCID calls this node (APP-…); then people may sign in with ORCID and have their "
        "iD noted as theirs. Empty turns it off.",
    ),
    Option("TONLE_ORCID_SECRET", "text", "", "", "The secret ORCID gave this node.", secret=True),
    Option(
        "TONLE_ORCID_DOMAIN",
        "text",
        "orcid.org",
        "",
        "Which ORCID: orcid.org, or sandbox.orcid.org to try it.",
    ),
    Option(
        "TONLE_REQUIRE_SECOND_FACTOR",
        "list",
        "",
        "",
        "Roles, separated by commas, that sleep until their holder has set up a second factor: "
        "steward,curator is a good choice. Empty asks for it and requires nothing.",
    ),
    Option(
        "TONLE_SIGNUP_LIMIT",
        "integer",
        "30",
        "sign-ups per hour",
        "How many accounts may be asked for from one address; more are told to come back. Raise "
        "it for the day of a course. 0 means as many as they like.",
    ),
    Option(
        "TONLE_ADMIN_EMAIL",
        "text",
        "",
        "",
        "Whom the people behind harvesters write to; OAI-PMH shows it to everybody. Empty means "
        "the address that the node's letters come from.",
    ),
    Option(
        "TONLE_OAI_LIMIT",
        "integer",
        "3000",
        "requests per minute",
        "How often one address may ask OAI-PMH; more are told how long to wait. 0 means as often "
        "as it likes.",
    ),
    Option(
        "TONLE_AWARDS_PREFIX",
        "text",
        "",
        "",
        "What identifiers of awards and of their organisations begin with: the prefix that "
        "360Giving gave, such as 360G-example. Empty means the host of TONLE_URL.",
    ),
    Option(
        "TONLE_OAI_PAGE",
        "integer",
        "100",
        "records",
        "Records in one answer of OAI-PMH, from 1 to 1,000.",
    ),
    Option(
        "TONLE_DATACITE_ACCOUNT",
        "text",
        "",
        "",
        "The node's repository account at DataCite, such as ABCD.EFGH; then what is published "
        "here gets a DOI. Empty means that the node registers none.",
    ),
    Option(
        "TONLE_DATACITE_PASSWORD",
        "text",
        "",
        "",
        "The password of that account.",
        secret=True,
    ),
    Option(
        "TONLE_DATACITE_URL",
        "text",
        "https://api.datacite.org",
        "",
        "Where DataCite's REST API answers: https://api.test.datacite.org to try it, with an "
        "account and a prefix for tests.",
    ),
    Option(
        "TONLE_DOI_PREFIX",
        "text",
        "",
        "",
        "The prefix that DataCite gave that account, such as 10.12345. A DOI is the prefix and "
        "the record's id.",
    ),
    Option(
        "TONLE_DOI_KINDS",
        "list",
        "dataset,software,publication",
        "",
        "The kinds of records that get a DOI, separated by commas.",
    ),
    Option(
        "TONLE_LANGUAGES",
        "list",
        "en,km,lo,th,vi,my,zh-hans",
        "",
        "The languages of the node's pages, messages and letters, separated by commas: "
        "en, km, lo, th, vi, my, zh-hans. English is always among them.",
    ),
    Option("TONLE_DEBUG", "boolean", "0", "", "Show tracebacks. Only for developers."),
)

_BY_NAME = {option.name: option for option in OPTIONS}


class BadOption(ValueError):
    """An option's value does not fit its type; the text names both."""


def read(name: str, environ: Mapping[str, str]) -> Any:
    """The value of one declared option, in its own type.

    Returns str, Path, int, bool or list[str]. Raises KeyError for an undeclared
    name and BadOption for a value that does not fit.
    """
    option = _BY_NAME[name]
    raw = environ.get(name, "").strip() or option.default
    if option.type == "integer":
        if not raw.isascii() or not raw.isdigit():
            raise BadOption(f"{name} must be a whole number, not {raw!r}.")
        return int(raw)
    if option.type == "boolean":
        if raw.lower() not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
            raise BadOption(f"{name} must be 1 or 0, not {raw!r}.")
        return raw.lower() in {"1", "true", "yes", "on"}
    if option.type == "path":
        return Path(raw).expanduser().resolve()
    if option.type == "list":
        return [part.strip() for part in raw.split(",") if part.strip()]
    return raw
