import datetime as dt
import socket
import threading
import time
from decimal import Decimal

import oracledb
import pytest
from flext_db_oracle import FlextDbOracleApi, FlextDbOracleConfig, NotAQueryError, PoolTimeout

# ------------------------------------------------------------------------------------------------ connecting


def test_connect_gives_the_api(api):
    assert api.connect().value is api


def test_health_asks_the_database(api, config):
    health = api.health().unwrap()
    assert health.address == config.address
    assert health.username == config.username.upper()
    assert health.database
    assert health.server_version.split(".")[0] == str(api.server_version().unwrap()[0])


def test_current_schema_of_the_session(config, schema):
    assert FlextDbOracleApi(config).current_schema().unwrap() == schema


def test_wrong_password_is_one_attempt_and_never_shown(config):
    wrong = config.model_copy(update={"password": type(config.password)("canary-wrong")})
    with FlextDbOracleApi(wrong) as api:
        result = api.connect()
    assert result.error_code == "ORA-01017"
    assert config.address in result.error
    assert "lock" in result.hint
    assert "canary" not in result.error + repr(result)


def test_unknown_service(config):
    host_port = config.address.rsplit("/", 1)[0]
    result = FlextDbOracleApi(config.model_copy(update={"dsn": f"{host_port}/NO_SUCH_SERVICE"})).connect()
    assert result.error_code == "ORA-12514"
    assert "service_name" in result.hint


def test_nobody_listens():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        config = FlextDbOracleConfig(host="127.0.0.1", port=port, service_name="X", username="u", password="p")
        result = FlextDbOracleApi(config).connect()
    assert result.error_code in {"DPY-6005", "ORA-12541"}
    assert f"127.0.0.1:{port}/X" in result.error
    assert "listener" in result.hint


def test_an_unknown_host():
    config = FlextDbOracleConfig(host="no-such-host.invalid", service_name="X", username="u", password="p")
    result = FlextDbOracleApi(config).connect()
    assert "no-such-host.invalid:1521/X" in result.error
    assert "check `host`" in result.hint


def test_a_missing_current_schema_is_named(config):
    result = FlextDbOracleApi(config.model_copy(update={"current_schema": "NO_SUCH_SCHEMA"})).connect()
    assert result.error_code == "ORA-01435"


def test_session_settings_are_applied(config):
    tagged = config.model_copy(
        update={
            "module": "nightly",
            "action": "load",
            "client_identifier": "job-7",
            "session_init": ("ALTER SESSION SET NLS_DATE_FORMAT = 'YYYY'",),
        }
    )
    with FlextDbOracleApi(tagged) as api:
        row = api.execute_query(
            "SELECT SYS_CONTEXT('USERENV', 'MODULE'), SYS_CONTEXT('USERENV', 'ACTION'), "
            "SYS_CONTEXT('USERENV', 'CLIENT_IDENTIFIER'), TO_CHAR(DATE '2024-02-29') FROM dual"
        ).unwrap()
    assert row.rows == [("nightly", "load", "job-7", "2024")]


def test_the_pool_ends_the_wait(config):
    small = config.model_copy(update={"pool_max": 1, "pool_wait_timeout": 0.5})
    with FlextDbOracleApi(small) as api, api.session():
        result = api.execute_query("SELECT 1 FROM dual")
    assert isinstance(result.exception, PoolTimeout)
    assert "pool_max=1" in result.error


def test_a_pool_serves_more_threads_than_connections(config):
    seen = []

    def work(api):
        seen.append(api.execute_query("SELECT 1 FROM dual").unwrap().scalar())

    with FlextDbOracleApi(config.model_copy(update={"pool_max": 2})) as api:
        threads = [threading.Thread(target=work, args=(api,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == [1] * 8


def test_pool_min_connections_are_opened_at_once(config):
    with FlextDbOracleApi(config.model_copy(update={"pool_min": 3})) as api:
        api.connect().unwrap()
        with api.session() as one, api.session() as two, api.session() as three:
            assert len({id(s.connection) for s in (one, two, three)}) == 3


def test_a_closed_api_connects_again(api):
    api.close()
    assert api.execute_query("SELECT 1 FROM dual").unwrap().rows == [(1,)]


# ------------------------------------------------------------------------------------------------ queries


def test_query_with_binds(api):
    result = api.execute_query("SELECT :a AS first, :b AS second FROM dual", {"a": 1, "b": "x"}).unwrap()
    assert result.columns == ("FIRST", "SECOND")
    assert result.rows == [(1, "x")]
    assert result.row_count == 1
    assert result.elapsed >= 0
    assert result.records() == [{"FIRST": 1, "SECOND": "x"}]
    assert api.execute_query("SELECT :1 + :2 FROM dual", [1, 2]).unwrap().scalar() == 3


def test_an_empty_result(api):
    result = api.execute_query("SELECT 1 FROM dual WHERE 1 = 0").unwrap()
    assert (result.rows, result.row_count) == ([], 0)
    with pytest.raises(ValueError, match="one row"):
        result.scalar()


def test_numbers_are_never_floats(api):
    row = api.execute_query(
        "SELECT 1/3, 0.1 + 0.2, 9309935020231023, COUNT(*), CAST(1.5 AS NUMBER(10,2)), CAST(7 AS NUMBER(10)) FROM dual"
    ).unwrap()
    third, sum_, big, count, fixed, whole = row.rows[0]
    assert str(third).startswith("0." + "3" * 38)
    assert (sum_, big, count, fixed, whole) == (Decimal("0.3"), 9309935020231023, 1, Decimal("1.5"), 7)
    assert [type(v) for v in (sum_, big, count, fixed, whole)] == [Decimal, int, int, Decimal, int]


def test_null_is_none(api):
    assert api.execute_query("SELECT NULL, '' FROM dual").unwrap().rows == [(None, None)]


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT * FROM no_such_table", "ORA-00942"),
        ("SELECT no_such_column FROM dual", "ORA-00904"),
        ("SELECT 1 FROM", "ORA-00903"),
        ("SELECT 1/0 FROM dual", "ORA-01476"),
        ("SELECT TO_NUMBER('x') FROM dual", "ORA-01722"),
    ],
)
def test_oracles_refusal_is_a_failure_with_its_code(api, sql, code):
    result = api.execute_query(sql)
    assert result.is_failure
    assert result.error_code == code
    assert isinstance(result.exception, oracledb.DatabaseError)


def test_execute_query_does_not_run_other_statements(api, make_table):
    table = make_table("id NUMBER")
    assert isinstance(api.execute_query(f"DROP TABLE {table}").exception, NotAQueryError)
    assert api.table_exists(None, table).unwrap()


def test_streaming_a_large_result(api):
    sql = "SELECT LEVEL AS n FROM dual CONNECT BY LEVEL <= 2500"
    sizes = [len(batch) for batch in api.batches(sql, size=1000)]
    assert sizes == [1000, 1000, 500]
    assert sum(n for (n,) in api.stream(sql, size=999)) == 2500 * 2501 // 2


def test_a_stream_left_early_gives_its_connection_back(config):
    with FlextDbOracleApi(config.model_copy(update={"pool_max": 1, "pool_wait_timeout": 5})) as api:
        stream = api.stream("SELECT LEVEL FROM dual CONNECT BY LEVEL <= 5000", size=10)
        assert next(stream) == (1,)
        stream.close()
        assert api.execute_query("SELECT 1 FROM dual").is_success


def test_a_failing_stream_raises(api):
    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        list(api.stream("SELECT * FROM no_such_table"))


def test_describe_query(session):
    columns = session.describe_query(
        "SELECT CAST(1 AS NUMBER(5,2)) a, CAST('x' AS VARCHAR2(7)) b, DATE '2024-01-01' c, 1/3 d FROM dual"
    )
    assert [(c.name, c.type.ddl) for c in columns[:1]] == [("A", "NUMBER(5,2)")]
    assert [c.type.name for c in columns] == ["NUMBER", "VARCHAR2", "DATE", "NUMBER"]
    assert columns[1].type.length == 7


# ------------------------------------------------------------------------------------------------ statements


def test_execute_commits_and_counts(api, make_table):
    table = make_table("id NUMBER, name VARCHAR2(10)")
    assert api.execute(f"INSERT INTO {table} VALUES (:1, :2)", [1, "a"]).unwrap() == 1
    assert api.execute_many(f"INSERT INTO {table} VALUES (:1, :2)", [(2, "b"), (3, None)]).unwrap() == 2
    assert api.execute(f"UPDATE {table} SET name = 'z' WHERE id > :id", {"id": 1}).unwrap() == 2
    assert api.execute_many(f"DELETE FROM {table} WHERE id = :1", []).unwrap() == 0
    assert api.execute_query(f"SELECT id, name FROM {table} ORDER BY id").unwrap().rows == [
        (1, "a"),
        (2, "z"),
        (3, "z"),
    ]


def test_a_failed_statement_leaves_nothing(api, make_table):
    table = make_table("id NUMBER NOT NULL")
    result = api.execute_many(f"INSERT INTO {table} VALUES (:1)", [(1,), (None,)])
    assert result.error_code == "ORA-01400"
    assert api.execute_query(f"SELECT COUNT(*) FROM {table}").unwrap().scalar() == 0


def test_transaction_commits_or_rolls_back_as_one(api, make_table):
    table = make_table("id NUMBER")
    with api.transaction() as tx:
        tx.execute(f"INSERT INTO {table} VALUES (1)")
        tx.execute(f"INSERT INTO {table} VALUES (2)")
        assert api.execute_query(f"SELECT COUNT(*) FROM {table}").unwrap().scalar() == 0

    def fail_halfway():
        with api.transaction() as tx:
            tx.execute(f"INSERT INTO {table} VALUES (3)")
            tx.execute("INSERT INTO no_such_table VALUES (1)")

    with pytest.raises(oracledb.DatabaseError, match="ORA-00942"):
        fail_halfway()
    assert api.execute_query(f"SELECT id FROM {table} ORDER BY id").unwrap().rows == [(1,), (2,)]


def test_a_session_that_does_not_commit_leaves_nothing(api, make_table):
    table = make_table("id NUMBER")
    with api.session() as session:
        session.execute(f"INSERT INTO {table} VALUES (1)")
    assert api.execute_query(f"SELECT COUNT(*) FROM {table}").unwrap().scalar() == 0


def test_ddl_takes_a_trailing_semicolon(api, make_table):
    table = make_table("id NUMBER")
    assert api.execute_ddl(f"ALTER TABLE {table} ADD (name VARCHAR2(10));").is_success
    assert api.execute(f"BEGIN INSERT INTO {table} (id) VALUES (1); END;").is_success
    assert api.execute_query(f"SELECT COUNT(*) FROM {table}").unwrap().scalar() == 1


def test_a_datetime_bind_keeps_its_fraction(api, make_table):
    table = make_table("t TIMESTAMP(6), d DATE")
    moment = dt.datetime(2024, 2, 29, 13, 5, 1, 123456)
    api.execute(f"INSERT INTO {table} (t) VALUES (:t)", {"t": moment}).unwrap()
    api.execute_many(f"INSERT INTO {table} (t) VALUES (:1)", [(moment.replace(microsecond=0),), (moment,)]).unwrap()
    rows = api.execute_query(f"SELECT t FROM {table} ORDER BY t").unwrap().rows
    assert rows == [(moment.replace(microsecond=0),), (moment,), (moment,)]


def test_a_datetime_bind_never_loses_its_zone(api):
    result = api.execute_query("SELECT :t FROM dual", {"t": dt.datetime(2024, 1, 1, tzinfo=dt.UTC)})
    assert result.is_failure
    assert "time zone" in result.error


def test_a_call_that_takes_too_long_ends(config):
    with FlextDbOracleApi(config.model_copy(update={"call_timeout": 1.0})) as api:
        started = time.perf_counter()
        result = api.execute("BEGIN DBMS_SESSION.SLEEP(30); END;")
        assert result.error_code in {"DPY-4024", "DPY-4011"}
        assert time.perf_counter() - started < 29
        assert api.execute_query("SELECT 1 FROM dual").is_success


def test_a_broken_connection_is_replaced(api):
    def use_a_closed_connection():
        with api.session() as session:
            session.connection.close()
            session.query("SELECT 1 FROM dual")

    with pytest.raises(oracledb.Error, match="DPY-1001"):
        use_a_closed_connection()
    assert api.execute_query("SELECT 1 FROM dual").is_success


# ------------------------------------------------------------------------------------------------ transactions


def ids(api, table):
    return [row[0] for row in api.execute_query(f"SELECT id FROM {table} ORDER BY id").unwrap().rows]


def test_a_transaction_inside_another_is_a_savepoint(api, make_table):
    table = make_table("id NUMBER")

    def insert(number, then=None):
        with api.transaction() as tx:
            tx.execute(f"INSERT INTO {table} VALUES (:1)", [number])
            if then is not None:
                raise then

    with api.transaction():
        insert(1)
        with pytest.raises(KeyError):
            insert(2, KeyError())
        with api.transaction():
            insert(3)
            with pytest.raises(KeyError):
                insert(4, KeyError())
        assert ids(api, table) == []
    assert ids(api, table) == [1, 3]

    def outer():
        with api.transaction():
            insert(5)
            insert(6, KeyError())

    with pytest.raises(KeyError):
        outer()
    assert ids(api, table) == [1, 3]


def test_transactions_of_two_threads_are_two(api, make_table):
    table = make_table("id NUMBER")

    def other():
        with api.transaction() as tx:
            tx.execute(f"INSERT INTO {table} VALUES (2)")

    def mine():
        with api.transaction() as tx:
            tx.execute(f"INSERT INTO {table} VALUES (1)")
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()
            raise KeyError

    with pytest.raises(KeyError):
        mine()
    assert ids(api, table) == [2]


def test_server_info(api, schema):
    info = api.server_info().unwrap()
    assert info.version == api.server_version().unwrap()
    assert (info.current_schema, info.session_time_zone) == (schema, "+00:00")
    assert info.charset == "AL32UTF8"
    assert info.edition
    assert "CREATE SESSION" in info.privileges
    assert info.max_identifier_bytes in {30, 128}


def test_server_info_needs_no_privilege(make_user):
    user = make_user("CREATE SESSION")
    with FlextDbOracleApi(user) as api:
        info = api.server_info().unwrap()
    assert (info.username, info.privileges) == (user.username, ("CREATE SESSION",))
    assert info.max_varchar2_bytes is None  # V$PARAMETER is not for everybody


def test_disconnect_and_ping(api):
    assert api.ping().value >= 0
    assert api.disconnect().is_success
    assert api.ping().is_success


# ------------------------------------------------------------------------------------------------ missing grants


@pytest.mark.parametrize(
    ("sql", "grant"),
    [
        ("SELECT * FROM {}", "GRANT SELECT ON {} TO {}"),
        ("INSERT INTO {} VALUES (1)", "GRANT INSERT ON {} TO {}"),
        ("DELETE FROM {} WHERE id = 1", "GRANT DELETE ON {} TO {}"),
    ],
)
def test_a_refused_statement_names_the_grant(make_table, make_user, schema, sql, grant):
    table = f"{schema}.{make_table('id NUMBER')}"
    user = make_user("CREATE SESSION")
    with FlextDbOracleApi(user) as api:
        run = api.execute_query if sql.startswith("SELECT") else api.execute
        result = run(sql.format(table))
    assert result.error_code in {"ORA-00942", "ORA-01031", "ORA-41900"}
    assert grant.format(table, user.username) in result.error


def test_a_join_does_not_guess_whose_grant_is_missing(api):
    assert "GRANT" not in api.execute_query("SELECT 1 FROM no_such a JOIN no_such_either b ON 1 = 1").error
