"""Objects and collections as a driver sends and gets them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import oracledb
import pytest
from flext_oracle_emulator import Emulator


@pytest.fixture(scope="module")
def types(engine: Emulator) -> Iterator[None]:
    with oracledb.connect(user="app", password="app", dsn=engine.dsn) as connection, connection.cursor() as cursor:
        names = {
            "wire_part_t": "object (street varchar2(20), no number(5), since date, moment timestamp, zoned timestamp with time"
            " zone, n integer, f float, r raw(10), bd binary_double, nv nvarchar2(10), txt clob)",
            "wire_numbers_t": "table of number",
            "wire_parts_t": "varray(3) of wire_part_t",
            "wire_whole_t": "object (id number, part wire_part_t, numbers wire_numbers_t)",
        }
        for name, definition in names.items():
            cursor.execute(f"create type {name} as {definition}")
        cursor.execute("create table wholes (id number, w wire_whole_t, p wire_parts_t)")
        yield
        cursor.execute("drop table wholes")
        for name in reversed(names):
            cursor.execute(f"drop type {name}")


def plain(value: Any) -> Any:
    if isinstance(value, oracledb.LOB):
        return value.read()
    if not isinstance(value, oracledb.DbObject):
        return value
    if value.type.iscollection:
        return [plain(item) for item in value.aslist()]
    return {attribute.name: plain(getattr(value, attribute.name)) for attribute in value.type.attributes}


PART = {
    "STREET": "Main é",
    "NO": 5,
    "SINCE": datetime.datetime(2020, 2, 3, 4, 5, 6),
    "MOMENT": datetime.datetime(2020, 2, 3, 4, 5, 6, 789000),
    "ZONED": datetime.datetime(2020, 2, 3, 4, 5, 6),
    "N": 7,
    "F": 1.5,
    "R": b"\x00y",
    "BD": 2.25,
    "NV": "né",
    "TXT": "long text",
}


def whole(connection: oracledb.Connection) -> oracledb.DbObject:
    part = connection.gettype("WIRE_PART_T").newobject()
    for name, value in PART.items():
        if name != "TXT":
            setattr(part, name, value)
    lob = connection.createlob(oracledb.DB_TYPE_CLOB)
    lob.write(PART["TXT"])
    part.TXT = lob
    value = connection.gettype("WIRE_WHOLE_T").newobject()
    value.ID, value.PART = 1, part
    value.NUMBERS = connection.gettype("APP.WIRE_NUMBERS_T").newobject([1, 2.5, None])
    return value


@pytest.mark.usefixtures("types")
def test_they_come_back_as_they_were_sent(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    sent = whole(connection)
    parts = connection.gettype("WIRE_PARTS_T").newobject([sent.PART, None])
    cursor.execute("insert into wholes values (1, :1, :2)", [sent, parts])
    cursor.setinputsizes(sent.type)
    cursor.execute("insert into wholes values (2, :1, null)", [None])
    cursor.execute("select id, w, p from wholes order by id")
    assert [column[1] for column in cursor.description] == [
        oracledb.DB_TYPE_NUMBER,
        oracledb.DB_TYPE_OBJECT,
        oracledb.DB_TYPE_OBJECT,
    ]
    (_, first, list_of_parts), second = cursor.fetchall()
    assert plain(first) == {"ID": 1, "PART": PART, "NUMBERS": [1, 2.5, None]}
    assert plain(list_of_parts) == [PART, None]
    assert second == (2, None, None)
    assert cursor.execute("select x.w.part.street, x.w.part.no from wholes x where x.id = 1").fetchall() == [
        ("Main é", 5)
    ]


@pytest.mark.usefixtures("types")
def test_blocks_functions_arrays_and_returning(connection: oracledb.Connection, cursor: oracledb.Cursor) -> None:
    numbers = connection.gettype("WIRE_NUMBERS_T")
    variable = cursor.var(numbers)
    variable.setvalue(0, numbers.newobject([4, 5]))
    cursor.execute("declare n wire_numbers_t := :1; begin n.extend; n(3) := 6; :1 := n; end;", [variable])
    assert plain(variable.getvalue()) == [4, 5, 6]
    assert cursor.execute("select sum(column_value) from table(:1)", [numbers.newobject([10, 20])]).fetchone() == (30,)
    cursor.executemany("insert into wholes values (:1, :2, null)", [(8, whole(connection)), (9, whole(connection))])
    returned = cursor.var(connection.gettype("WIRE_WHOLE_T"))
    cursor.execute("update wholes set id = 10 where id = 9 returning w into :1", [returned])
    assert plain(returned.getvalue()[0])["NUMBERS"] == [1, 2.5, None]


@pytest.mark.usefixtures("types")
def test_types_are_described(connection: oracledb.Connection) -> None:
    attributes = {
        a.name: (a.type, a.precision, a.scale, a.max_size) for a in connection.gettype("WIRE_PART_T").attributes
    }
    assert attributes["STREET"] == (oracledb.DB_TYPE_VARCHAR, None, None, 20)
    assert attributes["NO"] == (oracledb.DB_TYPE_NUMBER, 5, 0, None)
    assert attributes["N"] == (oracledb.DB_TYPE_NUMBER, 38, 0, None)
    assert attributes["NV"] == (oracledb.DB_TYPE_NVARCHAR, None, None, 20)
    assert connection.gettype("SYS.ODCINUMBERLIST").element_type is oracledb.DB_TYPE_NUMBER
    with pytest.raises(oracledb.DatabaseError, match="DPY-2035"):
        connection.gettype("NO_SUCH_TYPE")


@pytest.mark.usefixtures("types")
@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda c: c.gettype("WIRE_NUMBERS_T").newobject([1]),
            "ORA-00932: .* expected APP.WIRE_WHOLE_T got APP.WIRE_NUMBERS_T",
        ),
        (lambda c: c.gettype("WIRE_WHOLE_T").newobject(), None),
    ],
)
def test_a_value_of_another_type_does_not_fit(
    connection: oracledb.Connection, cursor: oracledb.Cursor, make: Callable[..., Any], message: str | None
) -> None:
    statement = "insert into wholes values (20, :1, null)"
    if message is None:
        cursor.execute(statement, [make(connection)])
        return
    with pytest.raises(oracledb.DatabaseError, match=message):
        cursor.execute(statement, [make(connection)])
