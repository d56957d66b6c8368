"""R12: values at the edges of Oracle's types come back equal, or are refused with a reason. Never in between."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import oracledb
import pytest
import simplejson
from flext_db_oracle import LossyValueError

if TYPE_CHECKING:
    from conftest import Loader

ID = {"type": "integer", "minimum": 0, "maximum": 9999}
TEXT = {"type": ["string", "null"]}
TIME = {"type": ["string", "null"], "format": "date-time"}
NUMBER = {"type": ["number", "null"]}


def typed(ddl: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {**schema, "x-oracle": {"type": ddl}}


ACCEPTED: dict[str, tuple[dict[str, Any], list[Any]]] = {
    "38 digits": (
        {"type": ["number", "null"]},
        [10**38 - 1, -(10**38) + 1, Decimal("0." + "1" * 38), Decimal("1234567890123456789.0987654321098765432")],
    ),
    "the smallest and the largest number": (
        NUMBER,
        [Decimal("1E-130"), Decimal("-1E-130"), Decimal("9.99E+125"), Decimal("-9.99E+125"), 0],
    ),
    "not a number": (typed("BINARY_DOUBLE", {"type": ["number", "string", "null"]}), ["NaN", "Infinity", "-Infinity"]),
    "32,767 and 32,768 characters": (typed("CLOB", TEXT), ["x" * 32767, "x" * 32768, "é" * 32768, "日" * 10922]),
    "megabytes of text": (typed("CLOB", TEXT), ["0123456789abcdef" * 250_000]),
    "4,000 characters": ({**TEXT, "maxLength": 4000}, ["x" * 4000, "x" * 3999]),
    "dates": (
        typed("DATE", TIME),
        ["9999-12-31T23:59:59", "0001-01-01T00:00:00", "2024-02-29T12:00:00", "1900-02-28T00:00:00"],
    ),
    "nanoseconds": (typed("TIMESTAMP(9)", TIME), ["2024-02-29T23:59:59.123456789", "0001-01-01T00:00:00.000000001"]),
    "years before 1, of the types that travel as text": (
        typed("TIMESTAMP(9)", TIME),
        ["-4712-01-01T00:00:00.000000000", "-0001-12-31T23:59:59.999999999"],
    ),
    "offsets, the gap and the fold of a change of the clocks": (
        typed("TIMESTAMP(9) WITH TIME ZONE", TIME),
        [
            "2024-02-29T23:59:59.000000001+14:00",
            "2024-01-01T00:00:00.000000000-12:00",
            "2024-03-31T02:30:00.000000000+01:00",
            "2024-10-27T02:30:00.000000000+02:00",
            "2024-10-27T02:30:00.000000000+01:00",
            "9999-12-31T00:00:00.000000000+00:00",
        ],
    ),
    "intervals": (typed("INTERVAL DAY(9) TO SECOND(9)", TEXT), ["P999999999DT23H59M59.999999999S", "P0DT0H0M0S"]),
}

REFUSED: dict[str, tuple[dict[str, Any], Any]] = {
    "41 digits": (NUMBER, 10**40 + 1),
    "below the smallest": (NUMBER, Decimal("1E-131")),
    "above the largest": (NUMBER, Decimal("1E+126")),
    "NaN in a NUMBER": (typed("NUMBER", {"type": ["string", "null"]}), "NaN"),
    "4,001 characters": ({**TEXT, "maxLength": 9000, "x-oracle": {"type": "VARCHAR2(4000 CHAR)"}}, "x" * 4001),
    "29 February of a common year": (typed("DATE", TIME), "2023-02-29T00:00:00"),
    "a year of five digits": (typed("DATE", TIME), "10000-01-01T00:00:00"),
    "a year before 1": (typed("DATE", TIME), "-0044-03-15T00:00:00"),
    "the year 0, which Oracle does not have": (typed("DATE", TIME), "0000-01-01T00:00:00"),
    "a day before the year 1": ({"type": ["string", "null"], "format": "date"}, "-0001-12-31"),
    "a day of the year 10000": ({"type": ["string", "null"], "format": "date"}, "10000-01-01"),
    "a moment of the year 0": (TIME, "0000-01-01T00:00:00+00:00"),
    "a moment of the year 10000": (TIME, "10000-01-01T00:00:00Z"),
    "a moment before Oracle's first": (TIME, "-4713-01-01T00:00:00+00:00"),
    "a fraction for a DATE": (typed("DATE", TIME), "2024-01-01T00:00:00.5"),
    "nanoseconds for microseconds": (typed("TIMESTAMP(6)", TIME), "2024-01-01T00:00:00.123456789"),
    "an offset of 16 hours": (typed("TIMESTAMP(6) WITH TIME ZONE", TIME), "2024-01-01T00:00:00+16:00"),
}


@pytest.mark.parametrize("key", [[], ["id"]], ids=["append", "upsert"])
def test_values_at_the_edge_come_back_equal(loader: Loader, key: list[str]) -> None:
    """One stream with all of them: a column each, and a row for each value."""
    properties = {"id": ID, **{f"c{n}": schema for n, (schema, _) in enumerate(ACCEPTED.values())}}
    longest = max(len(values) for _, values in ACCEPTED.values())
    sent = [
        {f"c{n}": values[row] if row < len(values) else None for n, (_, values) in enumerate(ACCEPTED.values())}
        for row in range(longest)
    ]
    records = [simplejson.dumps(loader.record(id=n, **row), use_decimal=True) for n, row in enumerate(sent)]
    loader.run(loader.schema(properties, key), *records)
    found = loader.json_rows()
    for n, name in enumerate(ACCEPTED):
        assert [row[f"C{n}"] for row in found] == [row[f"c{n}"] for row in sent], name


def test_an_empty_string_is_null_and_a_space_is_not(loader: Loader) -> None:
    loader.run(loader.schema({"id": ID, "v": TEXT}), *[loader.record(id=n, v=v) for n, v in enumerate(["", " ", None])])
    assert loader.rows() == [(0, None), (1, " "), (2, None)]


def test_values_beyond_the_edge_are_refused_with_a_reason(loader: Loader) -> None:
    """Each is rejected on its own, and the good record beside it is loaded."""
    streams = {name: f"{loader.stream}_{n}" for n, name in enumerate(REFUSED)}
    messages: list[Any] = []
    for name, (schema, value) in REFUSED.items():
        bad = loader.record(streams[name], id=2, v=value)
        messages += [
            loader.schema({"id": ID, "v": schema}, [], streams[name]),
            loader.record(streams[name], id=1, v=None),
            simplejson.dumps(bad, use_decimal=True),
        ]
    loader.run(*messages, on_error="reject")
    for name in REFUSED:
        table = streams[name].upper()
        assert loader.rows("id", table) == [(1,)], name
        ((code, reason),) = loader.rows("code, reason", f"{table}_REJECTS")
        assert code in {"LossyValueError", "InvalidRecord", "ORA-12899", "ORA-01874", "ORA-01841", "ORA-01843"}, name
        assert len(reason) > 20, name


def test_a_lone_surrogate_stops_the_run(loader: Loader) -> None:
    with pytest.raises(Exception, match="not valid JSON"):
        loader.run(loader.schema({"id": ID, "v": TEXT}), loader.record(id=1, v="\ud800"))


@pytest.mark.parametrize("value", ["-4712-01-01T00:00:00", "0000-01-01T00:00:00", "10000-01-01T00:00:00"])
def test_years_before_1_and_after_9999_are_refused_with_the_column(loader: Loader, value: str) -> None:
    """Oracle's DATE goes back to the year -4712; Python's and the driver's dates begin with the year 1."""
    with pytest.raises(LossyValueError, match=f"{loader.table}.V: .*year") as caught:
        loader.run(loader.schema({"id": ID, "v": typed("DATE", TIME)}), loader.record(id=1, v=value), loader.state(1))
    assert value in str(caught.value)
    assert caught.value.__dict__["emitted"] == []
    assert loader.rows("COUNT(*)") == [(0,)]


def test_a_thousand_columns_are_loaded_and_one_more_is_refused(loader: Loader) -> None:
    names = [f"c{n}" for n in range(999)]
    properties = {"id": ID, **{name: {"type": ["integer", "null"]} for name in names}}
    record = loader.record(id=1, **{name: n for n, name in enumerate(names)})
    loader.run(loader.schema(properties), record, loader.state(1))
    ((*row,),) = loader.rows()
    assert row == [1, *range(999)]
    with pytest.raises(oracledb.DatabaseError, match="ORA-01792"):
        loader.run(loader.schema({**properties, "more": ID}), loader.record(id=2))
    assert loader.rows("COUNT(*)") == [(1,)]
