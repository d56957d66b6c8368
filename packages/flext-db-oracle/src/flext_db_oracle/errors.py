"""Errors: what a code means for the caller (retry, stop, fix the login) and what to do next.

Driver errors pass through untouched; `explain` reads them. Our own subclass the driver's, so `except oracledb.Error`
catches every database failure. Bad configuration is pydantic's `ValidationError`, a bad name
`identifiers.IdentifierError`. This module is the only place that renders an error for people, decides what may be
retried, and removes secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import oracledb

if TYPE_CHECKING:
    from flext_db_oracle.bulk import BulkReject


class ErrorKind(StrEnum):
    """What the caller should do."""

    TRANSIENT = "transient"  # the same work may succeed later: retry if it is idempotent
    AUTH = "auth"  # never retry: a second wrong password brings the account closer to being locked
    PERMISSION = "permission"  # somebody must GRANT something
    NOT_FOUND = "not found"  # the object does not exist, or this user may not see it
    CONSTRAINT = "constraint"  # a row breaks a rule of the table
    DATA = "data"  # a value does not fit its type
    FATAL = "fatal"  # retrying changes nothing: someone has to act


@dataclass(frozen=True, slots=True)
class Explanation:
    code: str | None
    kind: ErrorKind
    message: str
    hint: str | None

    def __str__(self) -> str:
        return f"{self.message} Hint: {self.hint}" if self.hint else self.message


class PoolTimeout(oracledb.OperationalError):
    """No connection became free within the pool's wait time."""


class UnresolvedHostError(oracledb.OperationalError):
    """The host name has no address."""

    hint = "The host name cannot be resolved: check `host`."


class BulkError(oracledb.DatabaseError):
    """A bulk load met rows that Oracle refused. `rejects` has row number, code and message of each."""

    def __init__(self, message: str, rejects: tuple[BulkReject, ...] = ()) -> None:
        super().__init__(message)
        self.rejects = rejects


class UnsupportedTypeError(oracledb.NotSupportedError):
    """A column type that the type contract does not cover."""


class LossyValueError(oracledb.DataError):
    """A value that its column could only hold changed: rounded, cut, or with an invented time zone."""


class NotAQueryError(oracledb.ProgrammingError):
    """A statement without rows was given where a query is needed."""


class ObjectNotFoundError(oracledb.ProgrammingError):
    """A schema, table or column that does not exist or that this user may not see."""


_T, _A, _F = ErrorKind.TRANSIENT, ErrorKind.AUTH, ErrorKind.FATAL
_P, _N, _C, _D = ErrorKind.PERMISSION, ErrorKind.NOT_FOUND, ErrorKind.CONSTRAINT, ErrorKind.DATA

_NNE_HINT = (
    "If the server requires native network encryption (SQLNET.ENCRYPTION_SERVER=REQUIRED), python-oracledb's thin mode "
    "cannot connect: set thick=true with an Oracle Client installed, or use TLS (protocol=tcps)."
)
_UNREACHABLE = "Check host, port, firewall and that the listener runs."
_NO_ANSWER = re.compile(
    r"refused|timed out|timeout|name or service|name resolution|unreachable|nodename", re.IGNORECASE
)
_UNTRUSTED = "The server's certificate is not trusted: set `ssl_cert_path` to the PEM file of its CA, or to the wallet directory."
_EXPIRED = "The certificate of the server, or of its CA, has expired: renew it there. No setting of the client's helps."
_DEAD = "The connection was lost; reconnect and repeat work that is safe to repeat."

# The codes that a data pipeline meets, grouped by what to do. Codes that are not listed are fatal and have no hint.
_TABLE: dict[str, tuple[ErrorKind, str | None]] = {
    # login
    "ORA-01017": (_A, "Wrong user name or password. Not retried: repeated failures lock the account."),
    "ORA-01005": (_A, "The password is empty: set `password`."),
    "ORA-01045": (_A, "The DBA must GRANT CREATE SESSION to this user."),
    "ORA-28000": (_A, "The account is locked: the DBA must ALTER USER ... ACCOUNT UNLOCK."),
    "ORA-28001": (_A, "The password has expired: change it, then update the setting `password`."),
    "ORA-28002": (_F, "The password expires soon: change it."),
    "ORA-28003": (_A, "The new password does not meet the profile's rules."),
    "ORA-28030": (_A, "The server could not reach its directory service."),
    "ORA-01040": (_A, "The password has a character that this database does not take."),
    "ORA-01035": (_A, "The database is in restricted mode: the user needs RESTRICTED SESSION."),
    "ORA-28150": (_P, "The proxy may not connect as this user: ALTER USER ... GRANT CONNECT THROUGH the proxy."),
    "ORA-28009": (_A, "SYS must connect as SYSDBA; use an ordinary account for pipelines."),
    "ORA-28040": (
        _A,
        "The server refuses this driver's authentication protocol: see SQLNET.ALLOWED_LOGON_VERSION_SERVER.",
    ),
    "DPY-3015": (
        _A,
        "The account has only the 10G password verifier: let the DBA set the password again, or set thick=true.",
    ),
    "DPY-4001": (_A, "Set `username` and `password`."),
    # address
    "ORA-12154": (_F, "The TNS alias was not found: check `dsn` and the tnsnames.ora in `config_dir` (or TNS_ADMIN)."),
    "DPY-4000": (_F, "The TNS alias was not found: check `dsn` and the tnsnames.ora in `config_dir` (or TNS_ADMIN)."),
    "DPY-4026": (_F, "tnsnames.ora was not found: set `config_dir` (or TNS_ADMIN), or give host and service_name."),
    "DPY-4027": (_F, "Set `config_dir` (or TNS_ADMIN), or give host and service_name."),
    "ORA-12505": (_F, "The listener does not know this SID. Most databases want `service_name` instead of `sid`."),
    "DPY-6003": (_F, "The listener does not know this SID. Most databases want `service_name` instead of `sid`."),
    "ORA-12514": (_F, "The listener does not know this service: compare `service_name` with `lsnrctl services`."),
    "DPY-6001": (_F, "The listener does not know this service: compare `service_name` with `lsnrctl services`."),
    "ORA-12528": (_T, "The database is starting or restricted; try again later."),
    "ORA-12541": (_T, "No listener answers at this host and port. " + _UNREACHABLE),
    "ORA-12545": (_F, "The host name cannot be resolved: check `host`."),
    "ORA-12170": (_T, "Connecting timed out. " + _UNREACHABLE),
    "DPY-6005": (_T, _UNREACHABLE + " " + _NNE_HINT),
    "DPY-6000": (_F, "The listener refused the connection. " + _NNE_HINT),
    "DPY-4011": (_T, _DEAD + " " + _NNE_HINT),
    "ORA-12547": (_T, "The server closed the connection while connecting. " + _NNE_HINT),
    "ORA-12537": (_T, "The server closed the connection while connecting. " + _NNE_HINT),
    "ORA-12660": (_F, _NNE_HINT),
    "ORA-12637": (_F, "The server wants a service that this client has not (SQLNET.ORA of the server). " + _NNE_HINT),
    "ORA-12696": (_F, "The server has native encryption and TLS switched on together: use a TLS-only listener."),
    "ORA-12521": (_F, "The listener does not know this instance."),
    "ORA-12526": (_T, "The database is in restricted mode; try again later."),
    "ORA-12518": (_T, "The listener could not hand the connection over: the server has no resources left."),
    "ORA-12543": (_T, "The host cannot be reached. " + _UNREACHABLE),
    "ORA-12533": (_F, "The address is not valid: check `dsn`."),
    "DPY-3001": (_F, _NNE_HINT),
    "DPI-1047": (
        _F,
        "Thick mode needs Oracle Client libraries: install Instant Client and set `lib_dir` to its directory.",
    ),
    "DPY-4042": (
        _D,
        "A number has more digits than its column declares: set FLEXT_DB_ORACLE_PURE=1 to read it as it is.",
    ),
    "DPY-2019": (_F, "The driver has one mode for each process: choose `thick` before its first connection."),
    "DPY-4021": (_F, "The configuration store is not known: install and import the driver's plugin for it."),
    "DPY-2031": (_A, "`access_token` is no token of OCI IAM or Entra ID."),
    "DPY-2032": (_A, "The function of `access_token` gave no token of OCI IAM or Entra ID."),
    "DPY-2056": (_F, "The configuration store could not be read: the rest of the message says why."),
    "DPY-2057": (_A, "The password store could not be read: the rest of the message says why."),
    "DPY-3010": (_F, "The server is older than thin mode supports (12.1): set thick=true."),
    "DPY-6004": (_F, "The proxy refused to connect to the database: check `https_proxy`, and what the proxy allows."),
    "DPY-6002": (_F, "The server's certificate has another distinguished name: check `ssl_server_cert_dn`."),
    "DPY-6006": (
        _F,
        "The server's certificate does not match: check `ssl_server_cert_dn`, or the name you connect to.",
    ),
    "ORA-12516": (_T, "The listener has no free handler: too many sessions; lower `pool_max` or try later."),
    "ORA-12519": (_T, "The listener has no free handler: too many sessions; lower `pool_max` or try later."),
    "ORA-12520": (_T, "The listener has no free handler: too many sessions; lower `pool_max` or try later."),
    # session gone or server away
    "ORA-00018": (_T, "The server's session limit is reached: lower `pool_max` or try later."),
    "ORA-00020": (_T, "The server's process limit is reached: lower `pool_max` or try later."),
    "ORA-00028": (_T, "The session was killed by a DBA. " + _DEAD),
    "ORA-01012": (_T, _DEAD),
    "ORA-01033": (_T, "The database is starting or stopping; try again later."),
    "ORA-01034": (_T, "The database is not open; try again later."),
    "ORA-01089": (_T, "The database is shutting down; try again later."),
    "ORA-01092": (_T, "The database instance ended; try again later."),
    "ORA-03113": (_T, _DEAD),
    "ORA-03114": (_T, _DEAD),
    "ORA-03135": (_T, _DEAD),
    "ORA-02396": (_T, "The session was idle longer than its profile allows. " + _DEAD),
    "DPY-1001": (_T, _DEAD),
    "DPY-4024": (_T, "The statement took longer than `call_timeout`: raise it or make the statement smaller."),
    "DPY-4005": (_T, "All pooled connections are busy: raise `pool_max` or `pool_wait_timeout`."),
    "ORA-24418": (_T, "All pooled connections are busy: raise `pool_max` or `pool_wait_timeout`."),
    # conflicts with other sessions
    "ORA-00054": (_T, "Another session holds a lock on this object; try again when it has finished."),
    "ORA-00060": (_T, "A deadlock was broken and the statement rolled back; the transaction can be repeated."),
    "ORA-08177": (_T, "The transaction met a concurrent change; repeat the whole transaction."),
    "ORA-04068": (_T, "A package was recompiled; the call can be repeated."),
    "ORA-04021": (_T, "Another session is using the object; try again later."),
    "ORA-30006": (_T, "Another session holds the row lock; try again later."),
    # snapshots
    "ORA-01555": (
        _T,
        "The read lasted longer than the undo is kept: read smaller pieces (row filter, chunks), or the DBA raises "
        "UNDO_RETENTION.",
    ),
    "ORA-01466": (_F, "The table changed after the requested SCN: start again with a new SCN."),
    "ORA-08181": (_F, "The SCN is not known to this database: start again with a new SCN."),
    # objects and privileges
    "ORA-00942": (
        _N,
        "The table or view does not exist or this user has no privilege on it: check schema and name, or GRANT SELECT.",
    ),
    "ORA-00904": (
        _N,
        "The column does not exist: discover the table again, and check the name's upper and lower case.",
    ),
    "ORA-00955": (_F, "An object of this name exists already."),
    "ORA-01031": (
        _P,
        "A privilege is missing: the DBA must GRANT what the statement needs (CREATE TABLE, INSERT ON ..., ...).",
    ),
    "ORA-01435": (_N, "The schema does not exist: check `current_schema`."),
    "ORA-01918": (_N, "The user does not exist."),
    "ORA-01950": (
        _P,
        "The user has no quota: ALTER USER ... QUOTA UNLIMITED ON the tablespace that the message names.",
    ),
    "ORA-01536": (
        _P,
        "The user's quota is used up: ALTER USER ... QUOTA ... ON the tablespace that the message names.",
    ),
    "ORA-00972": (_F, "The name is longer than this database allows (30 bytes before 12.2, then 128)."),
    "ORA-00911": (_F, "A character is not allowed here; a trailing `;` does not belong to the statement."),
    "ORA-00933": (_F, "The statement goes on after its end; a trailing `;` does not belong to it."),
    "ORA-03001": (_F, "The server does not implement this feature."),
    "DPY-3002": (_F, "This Python value cannot be bound: convert it to str, number, bytes or datetime."),
    "DPY-4008": (_F, "The parameters name a bind variable that the statement does not have."),
    "DPY-4009": (_F, "The number of values differs from the number of bind variables."),
    "DPY-4010": (_F, "A bind variable has no value."),
    "ORA-01039": (_P, "The view's base tables are not granted: GRANT SELECT on them to see the plan."),
    "ORA-01720": (_P, "The owner of the view needs the privilege WITH GRANT OPTION on the tables below it."),
    "ORA-41900": (_P, "A privilege on the object is missing: the DBA must GRANT what the message names."),
    "ORA-06564": (_N, "The object does not exist: check the name, or the GRANT on it."),
    "ORA-04043": (_N, "The object does not exist: check the name, or the GRANT on it."),
    "ORA-02289": (_N, "The sequence does not exist or this user has no privilege on it: GRANT SELECT ON it."),
    "ORA-06550": (
        _F,
        "The PL/SQL block does not compile; the message names the line, and often a missing GRANT EXECUTE.",
    ),
    "ORA-01702": (_F, "A view cannot be used here."),
    "ORA-01732": (_F, "This view cannot be changed by DML: load into its table."),
    "ORA-42399": (_F, "The view is read only: load into its table."),
    "ORA-12081": (_F, "The table is a materialized view or read only: load into its source."),
    "ORA-30052": (_F, "The flashback point is too old: start again with a new SCN."),
    # space
    "ORA-01653": (_F, "The tablespace is full: the DBA must add or extend a data file."),
    "ORA-01654": (_F, "The tablespace is full (index): the DBA must add or extend a data file."),
    "ORA-01652": (_F, "The temporary tablespace is full: sort less at once, or the DBA extends it."),
    "ORA-01688": (_F, "The tablespace is full: the DBA must add or extend a data file."),
    "ORA-01691": (_F, "The tablespace is full (LOB): the DBA must add or extend a data file."),
    "ORA-30036": (_F, "The undo tablespace is full: load smaller batches, or the DBA extends it."),
    # data
    "ORA-00001": (_C, "A row with this key exists already: upsert instead of append, or remove the duplicate."),
    "ORA-01400": (_C, "A column that must not be NULL got none; remember that Oracle stores '' as NULL."),
    "ORA-01438": (_D, "The number has more digits than the column takes: widen the column."),
    "ORA-01461": (_D, "The text is longer than the column's type can hold: use CLOB."),
    "ORA-01722": (_D, "Text was given where a number is needed."),
    "ORA-12899": (_D, "The text is longer than the column: widen it, or use CLOB."),
    "ORA-02290": (_C, "A check constraint refused the row."),
    "ORA-02291": (_C, "The parent row does not exist: load the parent table first."),
    "ORA-01407": (_C, "A column that must not be NULL was set to none; remember that Oracle stores '' as NULL."),
    "ORA-02299": (_C, "The rows are not unique: remove duplicates before the key is enabled."),
    "ORA-01426": (_D, "A number is too large for an Oracle NUMBER."),
    "ORA-01840": (_D, "A date text is shorter than its format."),
    "ORA-01843": (_D, "The month of a date text is not valid: check the format."),
    "ORA-01847": (_D, "The day of a date text is not in the month."),
    "ORA-01858": (_D, "A date text has a letter where a digit is needed: check the format."),
    "ORA-01861": (_D, "A date text does not follow its format."),
    "ORA-01882": (_D, "The time zone region is not known to the server."),
    "ORA-01476": (_D, "Division by zero."),
    "ORA-01489": (_D, "The text of a concatenation is too long for VARCHAR2: use TO_CLOB."),
    "ORA-01873": (_D, "The interval has more digits than the column takes."),
    "ORA-22835": (_D, "The LOB is too long to become VARCHAR2 or RAW."),
    "ORA-02292": (_C, "Other rows refer to this one: delete them first."),
    "ORA-30926": (_F, "The MERGE source has two rows for one target row: remove duplicates first."),
    "ORA-38104": (_F, "A MERGE cannot update the columns it joins on."),
    "DPY-4029": (_F, "More than 65535 rows of one batch were refused: use a smaller batch."),
    "DPY-4003": (_D, "The number cannot be an Oracle NUMBER (40 digits, 1E-130 to 1E126)."),
}

# Codes under which the driver reports a cause with a code of its own, in the text.
_WRAPPERS = frozenset({None, "DPY-6005", "DPY-6000", "DPY-6001", "DPY-6003", "DPY-4011", "DPY-4005"})

_CODE = re.compile(r"\b((?:ORA|DPY|DPI|TNS|PLS)-\d{4,5})\b")
# user/password@dsn, IDENTIFIED BY x, password=x
_SECRET_PATTERNS = (
    (re.compile(r"(?i)(\bidentified\s+by\s+(?:values\s+)?)(\"[^\"]*\"|'[^']*'|[^\s;]+)"), r"\1***"),
    (re.compile(r"(?i)(\b\w*(?:password|passwd|pwd|token)\b\s*=\s*)(\"[^\"]*\"|'[^']*'|[^\s,;)&]+)"), r"\1***"),
    (re.compile(r"(?i)([\"']\w*(?:password|passwd|pwd|token)[\"']\s*:\s*)(\"[^\"]*\"|'[^']*')"), r"\1***"),
    (re.compile(r"(://[^\s:/@]+:)(\S+)(@)"), r"\1***\3"),
    (re.compile(r"(^|[\s\"'(])([\w$#.\[\]]+/)(\"[^\"]*\"|\S+)(@)"), r"\1\2***\4"),
)


# Settings whose value is no secret, also when it is the same word as the password.
_NAMES_OF_NAMES = frozenset({"user", "username", "uid", "host", "service", "service_name", "sid", "schema", "dsn"})


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Replace the given secrets, and whatever looks like a password in SQL or a connect string, by `***`.

    A secret that could be a word of the text (`oracle`, `hr`, `1521`) is replaced only where it stands as a secret: in
    a URL or connect string, as a value, in quotes, after a word for a secret.
    """
    for secret in sorted(set(secrets), key=len, reverse=True):
        if not secret:
            continue
        text = _replace_word(text, secret) if _could_be_a_word(secret) else text.replace(secret, "***")
    for pattern, replacement in _SECRET_PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _could_be_a_word(secret: str) -> bool:
    return len(secret) < 6 or (len(secret) < 16 and (secret.isalpha() or secret.isdigit()))


def _replace_word(text: str, secret: str) -> str:
    word = re.escape(secret)
    text = re.sub(rf"(?<=[:/]){word}(?=@)", "***", text)
    text = re.sub(rf"([\"'`]){word}\1", r"\1***\1", text)
    text = re.sub(
        rf"(?i:(\b(?:password|passwd|pwd|secret|token|identified\s+by)\W{{1,4}}(?:is\s+)?)){word}(?!\w)", r"\1***", text
    )

    def value(match: re.Match[str]) -> str:
        return match[0] if match[1].lower() in _NAMES_OF_NAMES else f"{match[1]}{match[2]}***"

    return re.sub(rf"(\w*)(\s*=\s*){word}(?!\w)", value, text)


def one_line(text: str) -> str:
    """An Oracle message on one line, without the link that the driver adds."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " ".join(
        line for line in lines if not line.startswith(("Help: https://", "https://docs.oracle.com/error-help"))
    )


def error_code(exc: BaseException) -> str | None:
    """`ORA-00942`, `DPY-6005`, ... of an exception, or None.

    Where the driver wraps a listener's or a server's error in its own, the server's code says more and wins.
    """
    if not isinstance(exc, oracledb.Error):
        return None
    detail = exc.args[0] if exc.args else None
    full_code = getattr(detail, "full_code", None)
    if full_code:
        return str(full_code)
    found = _CODE.search(str(exc))
    return found.group(1) if found else None


def explain(exc: BaseException, secrets: Iterable[str] = ()) -> Explanation:
    """Code, kind, redacted one-line message and hint of any exception."""
    code = error_code(exc)
    text = str(exc)
    kind, hint = _TABLE.get(code, (ErrorKind.FATAL, None)) if code else (ErrorKind.FATAL, None)
    # "DPY-6005: cannot connect ... DPY-6001: service unknown": the deepest known code explains more than the wrapper.
    for inner in _CODE.findall(text):
        if inner != code and inner in _TABLE and code in _WRAPPERS:
            code = inner
            kind, hint = _TABLE[inner]
    if code == "DPY-6005" and _NO_ANSWER.search(text):
        hint = _UNREACHABLE  # nobody was there to ask for encryption
    if "certificate verify failed" in text:
        kind, hint = ErrorKind.FATAL, _EXPIRED if "certificate has expired" in text else _UNTRUSTED
    if isinstance(exc, PoolTimeout):
        kind = ErrorKind.TRANSIENT
    notes = "".join(f" ({note})" for note in getattr(exc, "__notes__", ()))
    message = redact((one_line(text) or type(exc).__name__) + notes, secrets)
    own_hint = getattr(exc, "hint", None)
    return Explanation(code, kind, message, own_hint or hint)


def is_transient(exc: BaseException) -> bool:
    """Whether repeating the same idempotent work may succeed."""
    return explain(exc).kind is ErrorKind.TRANSIENT
