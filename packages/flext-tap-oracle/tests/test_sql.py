"""The SQL of each strategy, whole: names quoted, values bound, only what the settings call SQL taken as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from flext_tap_oracle import IncrementalOracleStream, ranges
from flext_tap_oracle.errors import SettingsError, TapError
from flext_tap_oracle.query import Query, bind_names

if TYPE_CHECKING:
    from conftest import Oracle

TABLE = """CREATE TABLE orders (
  id NUMBER(9) PRIMARY KEY, "Mixed" VARCHAR2(10), seen TIMESTAMP(6) WITH TIME ZONE, changed DATE NOT NULL,
  created TIMESTAMP(9))"""
COLUMNS = (
    '"ID", "Mixed", LTRIM(TO_CHAR("SEEN", \'SYYYY-MM-DD"T"HH24:MI:SS.FF6TZH:TZM\')), "CHANGED", '
    'LTRIM(TO_CHAR("CREATED", \'SYYYY-MM-DD"T"HH24:MI:SS.FF9\'))'
)


@pytest.fixture
def orders(oracle: Oracle) -> Oracle:
    oracle.run(TABLE)
    return oracle


def stream(oracle: Oracle, **settings: Any) -> Any:
    return oracle.tap(**settings).streams["orders"]


def normal(oracle: Oracle, query: Query) -> str:
    return query.sql.replace(f'"{oracle.user}".', '"HR".').replace(COLUMNS, "*")


def incremental(oracle: Oracle, last_value: Any = None, **options: Any) -> tuple[str, dict[str, Any]]:
    found = stream(oracle, stream_options={"orders": options})
    assert isinstance(found, IncrementalOracleStream)
    query = found._build_incremental_query(last_value)
    return normal(oracle, query), {name: str(value) for name, value in query.binds.items()}


def test_full_table(orders: Oracle) -> None:
    assert normal(orders, stream(orders).base_query()) == 'SELECT * FROM "HR"."ORDERS"'


def test_only_selected_columns_and_keys_are_selected(orders: Oracle) -> None:
    catalog = orders.catalog(deselect=["orders.id", "orders.Mixed", "orders.seen", "orders.created"])
    query = orders.tap(catalog=catalog).streams["orders"].base_query()  # type: ignore[attr-defined]
    assert query.select_list == '"ID", "CHANGED"'


def test_a_filter_is_taken_as_it_is_with_binds(orders: Oracle) -> None:
    options = {"filter": "id > :low OR \"Mixed\" = ':x'", "filter_binds": {"low": 7}}
    query = stream(orders, stream_options={"ord*": options}).base_query()
    assert normal(orders, query) == 'SELECT * FROM "HR"."ORDERS" WHERE (id > :low OR "Mixed" = \':x\')'
    assert query.binds == {"low": 7}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"filter": "id > :low"}, "stream orders: filter: its binds are low, but `filter_binds` has none"),
        ({"filter": "id > 1", "filter_binds": {"low": 1}}, "its binds are none, but `filter_binds` has low"),
        ({"filter": "id > :lag", "filter_binds": {"lag": 1}}, "the bind names lag are the tap's own"),
    ],
)
def test_a_filter_without_its_binds_is_refused(orders: Oracle, options: dict[str, Any], reason: str) -> None:
    with pytest.raises(TapError, match=reason):
        stream(orders, stream_options={"orders": options})


def test_options_of_a_stream_that_is_not_there_are_warned_of(orders: Oracle, caplog: pytest.LogCaptureFixture) -> None:
    stream(orders, stream_options={"order": {"filter": "id > 1"}, "ord*": {"lag": 1}, "x*": {"lag": 1}})
    told = [record.getMessage() for record in caplog.records if "stream_options" in record.getMessage()]
    assert told == [
        "stream_options: `order` matches no stream: did you mean `orders`?",
        "stream_options: `x*` matches no stream",
    ]


def test_as_of_one_scn(orders: Oracle) -> None:
    query = stream(orders).base_query().as_of(4711)
    assert normal(orders, query) == 'SELECT * FROM "HR"."ORDERS" AS OF SCN :snapshot_scn'
    assert query.binds == {"snapshot_scn": 4711}


def test_rowid_ranges(orders: Oracle) -> None:
    first, middle, last = ranges.between(["AAA", "BBB"])
    query = stream(orders).base_query()
    where = [
        normal(orders, ranges.condition(query, "rowid", part, None))[len('SELECT * FROM "HR"."ORDERS"') :]
        for part in (first, middle, last)
    ]
    assert where == [
        " WHERE ROWID < CHARTOROWID(:range_end)",
        " WHERE ROWID >= CHARTOROWID(:range_start) AND ROWID < CHARTOROWID(:range_end)",
        " WHERE ROWID >= CHARTOROWID(:range_start)",
    ]


def test_incremental_without_a_bookmark(orders: Oracle) -> None:
    sql, binds = incremental(orders, replication_key="changed")
    assert sql == 'SELECT * FROM "HR"."ORDERS" WHERE "CHANGED" IS NOT NULL ORDER BY "CHANGED"'
    assert binds == {}


def test_incremental_from_a_bookmark(orders: Oracle) -> None:
    sql, binds = incremental(orders, "2024-02-29T12:00:00", replication_key="changed")
    assert sql == 'SELECT * FROM "HR"."ORDERS" WHERE "CHANGED" >= :last_value ORDER BY "CHANGED"'
    assert binds == {"last_value": "2024-02-29 12:00:00"}


def test_a_zoned_key_is_compared_as_an_instant(orders: Oracle) -> None:
    sql, binds = incremental(orders, "2024-02-29T12:00:00.5+05:30", replication_key="SEEN")
    assert sql == (
        'SELECT * FROM "HR"."ORDERS" WHERE "SEEN" >= TO_TIMESTAMP_TZ(:last_value,'
        ' \'SYYYY-MM-DD"T"HH24:MI:SS.FF9TZH:TZM\') ORDER BY "SEEN"'
    )
    assert binds == {"last_value": "2024-02-29T12:00:00.500000000+05:30"}


def test_a_lag_window_for_dates_and_for_numbers(orders: Oracle) -> None:
    dates = stream(orders, stream_options={"orders": {"replication_key": "changed"}})
    query = dates.query(["2024-02-29T12:00:00"], lag=300.0)
    assert normal(orders, query).endswith(
        """WHERE "CHANGED" >= :last_value - NUMTODSINTERVAL(:lag, 'SECOND') ORDER BY "CHANGED\""""
    )
    assert query.binds["lag"] == 300
    numbers = stream(orders, stream_options={"orders": {"replication_key": "id"}})
    assert normal(orders, numbers.query([10], lag=5)).endswith('WHERE "ID" >= :last_value - :lag ORDER BY "ID"')
    text = stream(orders, stream_options={"orders": {"replication_key": "Mixed"}})
    with pytest.raises(TapError, match="only dates and numbers"):
        text.query(["a"], lag=5)


def test_an_upper_fence_on_rows(orders: Oracle) -> None:
    sql, binds = incremental(orders, "2024-02-29T12:00:00", replication_key="changed", upper_fence="rows")
    assert sql.endswith('WHERE "CHANGED" >= :last_value AND "CHANGED" <= :upper_fence ORDER BY "CHANGED"')
    assert set(binds) == {"last_value", "upper_fence"}


def test_several_columns_order_rows_together(orders: Oracle) -> None:
    options: dict[str, Any] = {"replication_key": "changed", "replication_key_columns": ["changed", "id"]}
    sql, binds = incremental(orders, ["2024-02-29T12:00:00", 7], **options)
    assert sql == (
        'SELECT * FROM "HR"."ORDERS" WHERE ("CHANGED" > :last_value OR ("CHANGED" = :last_value AND "ID" >= :last_value_2))'
        ' ORDER BY "CHANGED", "ID"'
    )
    assert binds == {"last_value": "2024-02-29 12:00:00", "last_value_2": "7"}


def test_an_expression_as_key_is_a_property(orders: Oracle) -> None:
    options = {"replication_key": "touched", "replication_key_expression": "COALESCE(changed, CAST(created AS DATE))"}
    sql, _ = incremental(orders, "2024-02-29T12:00:00", **options)
    expression = "(COALESCE(changed, CAST(created AS DATE)))"
    assert f", {expression} FROM" in sql
    assert sql.endswith(f"WHERE {expression} >= :last_value ORDER BY {expression}")


def test_null_keys_that_are_read_come_first(orders: Oracle) -> None:
    options = {"replication_key": "created", "null_keys": "read"}
    assert incremental(orders, **options)[0] == 'SELECT * FROM "HR"."ORDERS" ORDER BY "CREATED" NULLS FIRST'
    sql, _ = incremental(orders, "2024-02-29T12:00:00", **options)
    assert sql.endswith(' OR "CREATED" IS NULL) ORDER BY "CREATED" NULLS FIRST')


def test_ora_rowscn_as_key(orders: Oracle) -> None:
    sql, binds = incremental(orders, 4711, replication_key="ora_rowscn")
    assert sql.endswith(', ORA_ROWSCN FROM "HR"."ORDERS" WHERE ORA_ROWSCN > :last_value')
    assert binds == {"last_value": "4711"}


def test_times_as_other_taps_write_them_are_understood(orders: Oracle) -> None:
    assert incremental(orders, "2024-02-29T12:00:00.00+00:00", replication_key="changed")[1] == {
        "last_value": "2024-02-29 12:00:00"
    }
    with pytest.raises(TapError, match=r"CHANGED|changed"):
        incremental(orders, "2024-02-29T12:00:00+02:00", replication_key="changed")
    with pytest.raises(TapError, match="cannot be a value of changed"):
        incremental(orders, "yesterday", replication_key="changed")


@pytest.mark.parametrize("form", ["replication-method", "forced-replication-method"])
def test_the_method_of_the_catalog_counts_whatever_key_it_names(orders: Oracle, form: str) -> None:
    """`replication-method` is what Singer's specification, Meltano and other taps have in the metadata."""
    catalog = orders.catalog(root={form: "FULL_TABLE", "replication-key": "changed"})
    tap = orders.tap(catalog=catalog)
    assert not isinstance(tap.streams["orders"], IncrementalOracleStream)
    assert orders.capture(tap).state["bookmarks"] == {"orders": {}}
    catalog = orders.catalog(root={form: "INCREMENTAL"})
    with pytest.raises(TapError, match="no replication key"):
        orders.sync(catalog=catalog)


def test_a_method_that_the_tap_has_not_is_refused_with_the_alternatives(orders: Oracle) -> None:
    with pytest.raises(SettingsError, match=r"LOG_BASED.*ora_rowscn"):
        _ = orders.tap(stream_options={"orders": {"replication_method": "LOG_BASED"}}).streams
    for form in ("replication-method", "forced-replication-method"):
        with pytest.raises(SettingsError, match=r"LOG_BASED.*ora_rowscn"):
            _ = orders.tap(catalog=orders.catalog(root={form: "LOG_BASED"})).streams


def test_an_unknown_key_is_refused(orders: Oracle) -> None:
    with pytest.raises(TapError, match="no column for the replication key `nope`"):
        stream(orders, stream_options={"orders": {"replication_key": "nope"}})


def test_binds_are_found_outside_of_literals_names_and_comments() -> None:
    sql = """SELECT ':a', ":b", x /* :c */ FROM t -- :d
    WHERE e = :e AND f = 'it''s :f' AND g=:G_1"""
    assert bind_names(sql) == {"e", "g_1"}
