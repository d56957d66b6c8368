import oracledb
import pytest
from flext_db_oracle import BulkError, ErrorKind, LossyValueError, PoolTimeout, explain, is_transient, redact
from flext_db_oracle.errors import error_code


class Detail:
    """What the driver puts into `exc.args[0]`."""

    def __init__(self, text):
        self.full_code = text.split(":")[0]
        self.message = text

    def __str__(self):
        return self.message


def driver_error(text, kind=oracledb.DatabaseError):
    return kind(Detail(text))


@pytest.mark.parametrize(
    ("text", "kind", "hint"),
    [
        ("ORA-01017: invalid username/password; logon denied", ErrorKind.AUTH, "Not retried"),
        ("ORA-28000: The account is locked.", ErrorKind.AUTH, "UNLOCK"),
        ("ORA-00942: table or view does not exist", ErrorKind.NOT_FOUND, "GRANT SELECT"),
        ("ORA-01031: insufficient privileges", ErrorKind.PERMISSION, "GRANT"),
        ("ORA-01555: snapshot too old", ErrorKind.TRANSIENT, "UNDO_RETENTION"),
        ("ORA-01466: unable to read data - table definition has changed", ErrorKind.FATAL, "new SCN"),
        ("ORA-01653: unable to extend table", ErrorKind.FATAL, "tablespace"),
        ("ORA-00054: resource busy", ErrorKind.TRANSIENT, "lock"),
        ("ORA-00060: deadlock detected", ErrorKind.TRANSIENT, "repeated"),
        ("ORA-08177: can't serialize access", ErrorKind.TRANSIENT, "whole transaction"),
        ("ORA-04068: existing state of packages has been discarded", ErrorKind.TRANSIENT, "recompiled"),
        ("ORA-03113: end-of-file on communication channel", ErrorKind.TRANSIENT, "reconnect"),
        ("ORA-03114: not connected to ORACLE", ErrorKind.TRANSIENT, "reconnect"),
        ("ORA-12541: TNS:no listener", ErrorKind.TRANSIENT, "listener"),
        ("ORA-12514: TNS:listener does not currently know of service", ErrorKind.FATAL, "service_name"),
        ("ORA-12899: value too large for column", ErrorKind.DATA, "widen"),
        ("ORA-12660: Encryption or crypto-checksumming parameters incompatible", ErrorKind.FATAL, "thick=true"),
        ("DPY-3001: Native Network Encryption is only supported in thick mode", ErrorKind.FATAL, "thick=true"),
        ("ORA-00001: unique constraint violated", ErrorKind.CONSTRAINT, "upsert"),
        ("ORA-99999: never seen", ErrorKind.FATAL, None),
    ],
)
def test_what_to_do_about_each_code(text, kind, hint):
    told = explain(driver_error(text))
    assert told.code == text.split(":")[0]
    assert told.kind is kind
    assert (told.hint is None) if hint is None else hint in told.hint
    assert is_transient(driver_error(text)) is (kind is ErrorKind.TRANSIENT)


def test_the_cause_inside_a_wrapper_is_the_code():
    wrapped = driver_error(
        "DPY-6005: cannot connect to database (CONNECTION_ID=x==).\n"
        'DPY-6001: Service "NOPE" is not registered with the listener at host "db" port 1521. (Similar to ORA-12514)'
    )
    assert error_code(wrapped) == "DPY-6005"
    told = explain(wrapped)
    assert told.code == "ORA-12514"
    assert told.kind is ErrorKind.FATAL
    assert "\n" not in told.message


def test_nobody_there_is_not_a_question_of_encryption():
    refused = explain(driver_error("DPY-6005: cannot connect to database. [Errno 111] Connection refused"))
    assert "thick" not in refused.hint
    reset = explain(driver_error("DPY-6005: cannot connect to database. [Errno 104] Connection reset by peer"))
    assert "thick=true" in reset.hint


def test_help_links_are_left_out():
    told = explain(driver_error("ORA-00942: no\nHelp: https://docs.oracle.com/error-help/db/ora-00942/"))
    assert told.message == "ORA-00942: no"


def test_ours_are_the_drivers():
    assert issubclass(PoolTimeout, oracledb.OperationalError)
    assert issubclass(BulkError, oracledb.DatabaseError)
    assert issubclass(LossyValueError, oracledb.DataError)
    assert explain(PoolTimeout("no connection became free")).kind is ErrorKind.TRANSIENT
    assert explain(LossyValueError("1.5 does not fit")) == explain(LossyValueError("1.5 does not fit"))
    assert explain(ValueError("x")).code is None


@pytest.mark.parametrize(
    "text",
    [
        'ALTER USER hr IDENTIFIED BY "canary"',
        "create user hr identified by canary quota",
        "hr/canary@localhost:1521/FREE",
        "cannot open (hr/can/ary@db)",
        "oracle://hr:canary@db/x",
        "oracle://hr:can@ary@db/x",
        "password=canary&x=1",
        "{'password': 'canary'}",
        '{"wallet_password": "canary"}',
    ],
)
def test_secrets_are_removed(text):
    shown = redact(text)
    assert "canary" not in shown
    assert "ary" not in shown
    assert "***" in shown


def test_known_secrets_are_removed_wherever_they_are():
    told = explain(driver_error("ORA-20001: user said hunter2 twice: hunter2"), ["hunter2", ""])
    assert told.message == "ORA-20001: user said *** twice: ***"


def test_ordinary_text_is_left_alone():
    for text in (
        "password: Field required",
        "ratio 1/2 of HR.T",
        "mail me@example.com",
        "see https://docs.oracle.com/x",
    ):
        assert redact(text) == text
