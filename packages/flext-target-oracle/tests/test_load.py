"""What is in the tables after a run: every value read back and compared."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from flext_db_oracle import IdentifierError, LossyValueError, OracleType, UnsupportedTypeError
from flext_db_oracle.values import to_bind_value
from singer_sdk.exceptions import InvalidInputLine, InvalidRecord, MissingKeyPropertiesError

if TYPE_CHECKING:
    from conftest import Loader

INT = {"type": ["integer", "null"]}
TEXT = {"type": ["string", "null"], "maxLength": 50}
ID = {"type": "integer", "minimum": 0, "maximum": 999999999}


# ---------------------------------------------------------------------------------------------- methods of loading


def test_upsert_inserts_and_updates_and_the_last_record_of_a_key_wins(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "name": TEXT}, ["id"])
    loader.run(schema, loader.record(id=1, name="a"), loader.record(id=2, name="b"), loader.state(2))
    loader.run(
        loader.state(2),
        schema,
        loader.record(id=2, name="first"),
        loader.record(id=3, name="c"),
        loader.record(id=2, name="last"),
        loader.state(3),
    )
    assert loader.rows() == [(1, "a"), (2, "last"), (3, "c")]


def test_upsert_sets_what_is_missing_to_null(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "name": TEXT}, ["id"])
    loader.run(schema, loader.record(id=1, name="a"))
    loader.run(schema, loader.record(id=1))
    assert loader.rows() == [(1, None)]


def test_upsert_by_a_key_of_several_columns_and_of_all_columns(loader: Loader) -> None:
    schema = loader.schema({"a": ID, "b": TEXT}, ["b", "a"])
    loader.run(schema, *[loader.record(a=n % 2, b=str(n % 3)) for n in range(12)])
    assert loader.rows(order="1, 2") == [(a, b) for a in range(2) for b in "012"]
    found = loader.api.get_table_metadata(None, loader.table).unwrap()
    assert found.primary_key == ("B", "A")


def test_append_keeps_every_record_also_with_a_key(loader: Loader) -> None:
    records = [loader.record(id=1, name="a"), loader.record(id=1, name="b")]
    loader.run(loader.schema({"id": ID, "name": TEXT}), *records)
    loader.run(loader.schema({"id": ID, "name": TEXT}, ["id"]), *records, load_method="append-only")
    assert loader.rows(order="1, 2") == [(1, "a"), (1, "a"), (1, "b"), (1, "b")]


@pytest.mark.parametrize("key", [[], ["id"]])
def test_overwrite_replaces_all_rows_at_the_end(loader: Loader, key: list[str]) -> None:
    schema = loader.schema({"id": ID}, key)
    loader.run(schema, loader.record(id=1), loader.record(id=2), load_method="overwrite")
    states = loader.run(
        schema, loader.record(id=3), loader.state(3), loader.record(id=4), loader.state(4), load_method="overwrite"
    )
    assert loader.rows() == [(3,), (4,)]
    assert states == [loader.state(4)["value"]]
    assert not loader.exists(f"{loader.table}__FLEXT_NEW")


def test_overwrite_keeps_the_previous_rows_when_the_run_fails(loader: Loader) -> None:
    schema = loader.schema({"id": ID}, ["id"])
    loader.run(schema, loader.record(id=1), load_method="overwrite")
    with pytest.raises(Exception, match="JSON"):
        loader.run(schema, loader.record(id=2), "{", load_method="overwrite", batch_size=1)
    assert loader.rows() == [(1,)]
    loader.run(schema, loader.record(id=3), load_method="overwrite")
    assert loader.rows() == [(3,)]


def test_overwrite_by_a_stream_without_records_empties_the_table(loader: Loader) -> None:
    schema = loader.schema({"id": ID})
    loader.run(schema, loader.record(id=1))
    loader.run(schema, load_method="overwrite")
    assert loader.rows() == []


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6])
@pytest.mark.parametrize("key", [[], ["id"]])
def test_any_number_of_records_fits_any_batch_size(loader: Loader, count: int, key: list[str]) -> None:
    records = [loader.record(id=number) for number in range(count)]
    states = loader.run(loader.schema({"id": ID}, key), *records, loader.state(count), batch_size=3)
    assert loader.rows() == [(number,) for number in range(count)]
    assert states == [loader.state(count)["value"]]


def test_a_run_leaves_no_helper_tables(loader: Loader) -> None:
    loader.run(loader.schema({"id": ID}, ["id"]), loader.record(id=1))
    assert not loader.exists(f"{loader.table}__FLEXT_STG")


def test_the_target_schema_is_the_configured_one_or_the_current_one(loader: Loader) -> None:
    schema = loader.api.current_schema().unwrap()
    loader.run(loader.schema({"id": ID}), loader.record(id=1), default_target_schema=schema.lower())
    loader.run(loader.schema({"id": ID}), loader.record(id=2))
    assert loader.rows(table=loader.table) == [(1,), (2,)]
    with pytest.raises(Exception, match="schema NOWHERE does not exist"):
        loader.run(loader.schema({"id": ID}), default_target_schema="NOWHERE")


# ---------------------------------------------------------------------------------------------- types

MATRIX: list[tuple[str, dict[str, Any], list[Any]]] = [
    ("NUMBER(10)", {"type": ["integer", "null"]}, [0, -1, 9999999999, None]),
    ("NUMBER(38)", {"type": ["integer", "null"]}, [10**38 - 1, -(10**38) + 1]),
    ("NUMBER(5,-2)", {"type": ["integer", "null"]}, [12300, -100]),
    ("NUMBER(10,2)", {"type": ["number", "null"]}, [Decimal("0.01"), Decimal("-99999999.99"), 5]),
    (
        "NUMBER",
        {"type": ["number", "null"]},
        [Decimal("0.1"), Decimal("1E-20"), Decimal("123456789012345678.123456789")],
    ),
    ("FLOAT(126)", {"type": ["number", "null"]}, [Decimal("0.5"), -3]),
    ("BINARY_DOUBLE", {"type": ["number", "string", "null"]}, [1.5, -2.25, "NaN", "Infinity"]),
    ("BINARY_FLOAT", {"type": ["number", "null"]}, [0.5, 1024.0]),
    ("VARCHAR2(20 CHAR)", {"type": ["string", "null"]}, ["Zoë", "x" * 20, "日本語", " ", "a\nb'\"\\"]),
    ("NVARCHAR2(20)", {"type": ["string", "null"]}, ["Zoë €", "日本語"]),
    ("CHAR(4 CHAR)", {"type": ["string", "null"]}, ["ab  ", "abcd"]),
    ("CLOB", {"type": ["string", "null"]}, ["short", "é" * 40000, "x" * 100000, None]),
    ("NCLOB", {"type": ["string", "null"]}, ["kurz", "ü" * 5000]),
    ("RAW(16)", {"type": ["string", "null"], "contentEncoding": "base64"}, ["AAEC", "//8="]),
    ("BLOB", {"type": ["string", "null"], "contentEncoding": "base64"}, ["AAEC", "QUJD" * 20000, None]),
    ("DATE", {"type": ["string", "null"], "format": "date-time"}, ["2024-02-29T23:59:59", "0001-01-01T00:00:00"]),
    ("TIMESTAMP(6)", {"type": ["string", "null"], "format": "date-time"}, ["2024-02-29T23:59:59.123456"]),
    ("TIMESTAMP(9)", {"type": ["string", "null"], "format": "date-time"}, ["2024-02-29T23:59:59.123456789"]),
    (
        "TIMESTAMP(6) WITH TIME ZONE",
        {"type": ["string", "null"], "format": "date-time"},
        ["2024-02-29T23:59:59.123456+14:00", "2024-03-31T02:30:00.000000-03:30"],
    ),
    (
        "TIMESTAMP(6) WITH LOCAL TIME ZONE",
        {"type": ["string", "null"], "format": "date-time"},
        ["2024-02-29T23:59:59.123456Z"],
    ),
    ("INTERVAL YEAR(4) TO MONTH", {"type": ["string", "null"], "format": "duration"}, ["P1Y2M", "-P10Y0M"]),
    (
        "INTERVAL DAY(4) TO SECOND(6)",
        {"type": ["string", "null"], "format": "duration"},
        ["P2DT3H4M5.5S", "-P0DT0H0M1S"],
    ),
]


@pytest.mark.parametrize("merge", [False, True], ids=["append", "upsert"])
@pytest.mark.parametrize(("ddl", "shape", "values"), MATRIX, ids=[item[0] for item in MATRIX])
def test_every_type_is_created_and_loaded_without_loss(
    loader: Loader, ddl: str, shape: dict[str, Any], values: list[Any], merge: bool
) -> None:
    import simplejson  # the SDK's writer: decimals with all their digits

    schema = loader.schema({"id": ID, "v": {**shape, "x-oracle": {"type": ddl}}}, ["id"] if merge else [])
    records = [simplejson.dumps(loader.record(id=n, v=value), use_decimal=True) for n, value in enumerate(values)]
    loader.run(schema, *records)
    assert loader.types()["V"] == ddl
    assert [row["V"] for row in loader.json_rows()] == values


def test_types_without_x_oracle_hold_what_the_schema_allows(loader: Loader) -> None:
    properties = {
        "id": {"type": "integer"},
        "number": {"type": ["null", "number"]},
        "singer": {"type": ["null", "string"], "format": "singer.decimal"},
        "decimal": {"type": ["null", "string"], "format": "x-singer.decimal", "precision": 12, "scale": 3},
        "flag": {"type": ["null", "boolean"]},
        "at": {"type": ["null", "string"], "format": "date-time"},
        "day": {"type": ["null", "string"], "format": "date"},
        "thing": {"type": ["null", "object"], "properties": {"a": {"type": "number"}}},
        "list": {"type": ["null", "array"], "items": {"type": "string"}},
        "either": {"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]},
        "long": {"type": ["null", "string"], "maxLength": 100000},
    }
    record = (
        '{"id": 12345678901234567890123456789012345678, "number": 1.10, "singer": "0.1", "decimal": "-1.234",'
        ' "flag": true, "at": "2024-01-31T10:00:00.5+02:00", "day": "2024-01-31", "thing": {"a": 1.50, "b": [null]},'
        ' "list": ["x", "é"], "either": "2024-01-31T10:00:00Z", "long": "abc"}'
    )
    loader.run(
        loader.schema(properties, ["id"]), f'{{"type": "RECORD", "stream": "{loader.stream}", "record": {record}}}'
    )
    (row,) = loader.json_rows()
    assert row == {
        "ID": 12345678901234567890123456789012345678,
        "NUMBER": Decimal("1.1"),
        "SINGER": Decimal("0.1"),
        "DECIMAL": Decimal("-1.234"),
        "FLAG": 1,
        "AT": "2024-01-31T10:00:00.500000+02:00",
        "DAY": "2024-01-31T00:00:00",
        "THING": '{"a":1.50,"b":[null]}',
        "LIST": '["x","é"]',
        "EITHER": "2024-01-31T10:00:00.000000+00:00",
        "LONG": "abc",
    }


def test_the_fast_way_and_the_usual_way_load_the_same(loader: Loader) -> None:
    properties = {
        "id": ID,
        "name": TEXT,
        "amount": {"type": ["number", "null"], "x-oracle": {"type": "NUMBER(12,2)"}},
        "flag": {"type": ["boolean", "null"]},
        "at": {"type": ["string", "null"], "format": "date-time", "x-oracle": {"type": "TIMESTAMP(6)"}},
    }
    records = [
        loader.record(
            id=n, name=f"n{n}" if n % 3 else None, amount=n / 4, flag=n % 2 == 0, at=f"2024-01-01T00:00:{n:02}"
        )
        for n in range(40)
    ]
    messages = [loader.schema(properties, ["id"]), records[0]]
    loader.run(*messages, *records[1:])
    usual = loader.json_rows()
    loader.api.execute_ddl(f'DROP TABLE "{loader.table}" PURGE').unwrap()
    odd = {**properties, "extra": {"type": ["string", "null"], "enum": ["a", None]}}  # no fast way for enum
    loader.run(loader.schema(odd, ["id"]), *records)
    assert [{k: v for k, v in row.items() if k != "EXTRA"} for row in loader.json_rows()] == usual
    assert len(usual) == 40


def test_an_empty_string_is_null_as_in_oracle(loader: Loader) -> None:
    loader.run(loader.schema({"id": ID, "name": TEXT}, ["id"]), loader.record(id=1, name=""))
    assert loader.rows() == [(1, None)]


def test_times_without_offset_are_refused_for_a_zoned_column_unless_their_zone_is_set(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "at": {"type": "string", "format": "date-time"}}, ["id"])
    record = loader.record(id=1, at="2024-07-01T12:00:00")
    with pytest.raises(Exception, match=r"column .*\.AT.*no offset.*set naive_zone"):
        loader.run(schema, record)
    loader.run(schema, record, naive_zone="Europe/Berlin")
    assert loader.json_rows()[0]["AT"] == "2024-07-01T12:00:00.000000+02:00"


# ---------------------------------------------------------------------------------------------- names


def test_names_need_no_quotes_in_oracle_wherever_that_is_possible(loader: Loader) -> None:
    properties = {
        "id": ID,
        "select": TEXT,
        "_private": TEXT,
        "MixedCase": TEXT,
        "with space": TEXT,
        "1st": TEXT,
        "é": TEXT,
    }
    values = {name: name for name in properties if name != "id"}
    loader.run(loader.schema(properties, ["id"]), loader.record(id=1, **values))
    assert list(loader.types()) == ["ID", "SELECT", "_PRIVATE", "MixedCase", "WITH SPACE", "1ST", "É"]
    (row,) = loader.json_rows()
    assert list(row.values())[1:] == list(values.values())


def test_two_streams_for_one_table_are_refused_and_both_named(loader: Loader) -> None:
    first, second = f"hr-{loader.stream}", f"sales-{loader.stream}"
    with pytest.raises(
        IdentifierError, match=f"'{first}' and '{second}' would both be loaded into table {loader.table}"
    ):
        loader.run(loader.schema({"id": ID}, stream=first), loader.schema({"id": ID}, stream=second))


def test_a_column_name_from_x_oracle_is_kept(loader: Loader) -> None:
    loader.run(
        loader.schema({"lower": {**INT, "x-oracle": {"type": "NUMBER(5)", "name": "lower"}}}), loader.record(lower=1)
    )
    assert loader.types() == {"lower": "NUMBER(5)"}


# ---------------------------------------------------------------------------------------------- changes of the schema


def test_new_columns_are_added_between_runs_and_during_one(loader: Loader) -> None:
    loader.run(loader.schema({"id": ID}, ["id"]), loader.record(id=1))
    loader.run(
        loader.schema({"id": ID, "a": TEXT}, ["id"]),
        loader.record(id=2, a="x"),
        loader.schema({"id": ID, "a": TEXT, "b": INT}, ["id"]),
        loader.record(id=2, a="y", b=5),
        loader.record(id=3, b=6),
    )
    assert loader.rows() == [(1, None, None), (2, "y", 5), (3, None, 6)]


def test_columns_are_widened_and_never_narrowed(loader: Loader) -> None:
    def schema(length: int, number: str) -> dict[str, Any]:
        return loader.schema(
            {
                "id": ID,
                "s": {"type": "string", "maxLength": length},
                "n": {"type": "number", "x-oracle": {"type": number}},
            },
            ["id"],
        )

    loader.run(schema(3, "NUMBER(5,2)"), loader.record(id=1, s="abc", n=1.25))
    loader.run(schema(6, "NUMBER(9,4)"), loader.record(id=2, s="abcdef", n=12345.1234))
    assert (loader.types()["S"], loader.types()["N"]) == ("VARCHAR2(6 CHAR)", "NUMBER(9,4)")
    loader.run(schema(2, "NUMBER(3)"), loader.record(id=3, s="ab", n=7))
    assert (loader.types()["S"], loader.types()["N"]) == ("VARCHAR2(6 CHAR)", "NUMBER(9,4)")
    assert loader.rows("id, s, n") == [(1, "abc", Decimal("1.25")), (2, "abcdef", Decimal("12345.1234")), (3, "ab", 7)]


def test_a_change_that_oracle_cannot_make_in_place_is_refused(loader: Loader) -> None:
    loader.run(loader.schema({"id": ID, "v": TEXT}, ["id"]), loader.record(id=1, v="x"))
    with pytest.raises(UnsupportedTypeError, match=r"\.V is VARCHAR2\(50 CHAR\).*'v' need NUMBER\(38\).*Hint"):
        loader.run(loader.schema({"id": ID, "v": INT}, ["id"]), loader.record(id=1, v=2))
    assert loader.rows() == [(1, "x")]


# ---------------------------------------------------------------------------------------------- metadata and versions


def test_record_metadata(loader: Loader) -> None:
    at = "2026-01-02T03:04:05.678901+01:00"
    message = {**loader.record(id=1), "time_extracted": at, "version": 7}
    loader.run(loader.schema({"id": ID}, ["id"]), message, add_record_metadata=True)
    ((extracted, received, batched, deleted, sequence, version, started),) = loader.rows(
        '"_SDC_EXTRACTED_AT", "_SDC_RECEIVED_AT", "_SDC_BATCHED_AT", "_SDC_DELETED_AT", "_SDC_SEQUENCE", '
        '"_SDC_TABLE_VERSION", "_SDC_SYNC_STARTED_AT"'
    )
    assert extracted == dt.datetime(2026, 1, 2, 2, 4, 5, 678901)
    now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
    assert dt.timedelta(0) <= now - received < dt.timedelta(minutes=5)
    assert received == batched
    assert (deleted, version) == (None, 7)
    assert started <= sequence


@pytest.mark.parametrize("metadata", [False, True])
@pytest.mark.parametrize("hard", [False, True])
def test_activate_version_removes_older_rows_and_never_what_it_has_just_loaded(
    loader: Loader, metadata: bool, hard: bool
) -> None:
    def load(version: int, *ids: int) -> None:
        loader.run(
            loader.schema({"id": ID}, ["id"]),
            *[{**loader.record(id=number), "version": version} for number in ids],
            {"type": "ACTIVATE_VERSION", "stream": loader.stream, "version": version},
            add_record_metadata=metadata,
            hard_delete=hard,
        )

    load(1, 1, 2, 3)
    load(2, 2, 4)
    alive = (
        loader.rows('id, "_SDC_TABLE_VERSION"') if hard else loader.rows('id, "_SDC_TABLE_VERSION", "_SDC_DELETED_AT"')
    )
    if hard:
        assert alive == [(2, 2), (4, 2)]
    else:
        assert [(number, version, deleted is None) for number, version, deleted in alive] == [
            (1, 1, False),
            (2, 2, True),
            (3, 1, False),
            (4, 2, True),
        ]


def test_activate_version_of_records_without_versions_is_refused_rather_than_deleting_all(loader: Loader) -> None:
    activate = {"type": "ACTIVATE_VERSION", "stream": loader.stream, "version": 1}
    with pytest.raises(ValueError, match="records have no version"):
        loader.run(loader.schema({"id": ID}, ["id"]), loader.record(id=1), activate)


# ---------------------------------------------------------------------------------------------- the SDK's features


def test_stream_maps_and_flattening(loader: Loader) -> None:
    alias = f"{loader.stream}_m"
    maps = {loader.stream: {"__alias__": alias, "name": "name.upper()", "__filter__": "id < 3"}}
    nested = {"type": "object", "properties": {"x": INT}}
    loader.run(
        loader.schema({"id": ID, "name": TEXT, "o": nested}, ["id"]),
        *[loader.record(id=n, name="n", o={"x": n}) for n in range(1, 5)],
        stream_maps=maps,
        flattening_enabled=True,
        flattening_max_depth=1,
    )
    assert loader.rows("id, name, o__x", table=alias.upper()) == [(1, "N", 1), (2, "N", 2)]


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_batch_files(loader: Loader, compression: str) -> None:
    lines = "".join(f'{{"id": {n}, "name": "n{n}", "amount": {n}.10}}\n' for n in range(4)) + "\n" + '{"id": 4}'
    path = loader.folder / "batch.jsonl"
    path.write_bytes(gzip.compress(lines.encode()) if compression == "gzip" else lines.encode())
    batch = {
        "type": "BATCH",
        "stream": loader.stream,
        "encoding": {"format": "jsonl", "compression": compression},
        "manifest": [path.as_uri()],
    }
    shapes = {"id": ID, "name": TEXT, "amount": {"type": ["number", "null"], "multipleOf": 0.01, "maximum": 10}}
    states = loader.run(loader.schema(shapes, ["id"]), batch, loader.state(5), batch_size=2)
    assert loader.rows() == [*((n, f"n{n}", Decimal(f"{n}.1")) for n in range(4)), (4, None, None)]
    assert states == [loader.state(5)["value"]]


@pytest.mark.parametrize(
    ("line", "error", "reason"),
    [
        ('{"id": 1, "name": 7}', InvalidRecord, "name: 7 is not of type 'string'"),
        ('{"name": "a"}', MissingKeyPropertiesError, "no key property 'id'"),
        ('{"id": ', InvalidInputLine, "not valid JSON"),
    ],
)
def test_a_bad_line_of_a_batch_file_ends_the_run(loader: Loader, line: str, error: type, reason: str) -> None:
    path = loader.folder / "batch.jsonl"
    path.write_text('{"id": 0, "name": "a"}\n' + line + "\n")
    batch = {
        "type": "BATCH",
        "stream": loader.stream,
        "encoding": {"format": "jsonl", "compression": "none"},
        "manifest": [path.as_uri()],
    }
    with pytest.raises(error, match=reason) as caught:
        loader.run(loader.schema({"id": ID, "name": TEXT}, ["id"]), batch, loader.state(5))
    assert caught.value.emitted == []  # type: ignore[attr-defined]
    assert loader.rows() == []


@pytest.fixture(params=["compiled", "pure"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "pure":
        monkeypatch.setattr("flext_target_oracle.compiled.module", None)


@pytest.mark.usefixtures("both_ways")
@pytest.mark.parametrize(
    "value",
    [
        "2024-02-29T23:59:59.123456",
        "2024-02-29T23:59:59",
        "20240229T235959.12345678901",  # 26 characters, eleven digits
        "2024-02-29T23:59+01",
        "2024-02-29T23:59:59.1234567",
        "2024-02-29",
        "2024-W09-4T23:59:59.123456",
    ],
)
@pytest.mark.parametrize("column", ["TIMESTAMP(6)", "DATE"])
def test_times_in_chunks_are_judged_as_single_ones_are(value: str, column: str) -> None:
    from flext_target_oracle.typed import Field, make_decoder

    kind = OracleType.parse(column)
    shape = {"type": ["string", "null"], "format": "date-time"}
    one = to_bind_value(kind)
    assert one is not None
    decoder = make_decoder("s", {"properties": {"t": shape}}, [Field("t", shape, kind, one)])
    assert decoder is not None
    lines = [json.dumps({"type": "RECORD", "stream": "s", "record": {"t": text}}) for text in (value, None, value)]
    found = decoder.decode("\n".join(lines).encode())
    try:
        expected = one(value)
    except LossyValueError:
        assert found is None
    else:
        assert found is not None
        assert found.items[0].rows == [(expected,), (None,), (expected,)]  # type: ignore[union-attr]


@pytest.mark.usefixtures("both_ways")
@pytest.mark.parametrize("rules", [{}, {"multipleOf": Decimal("0.01")}, {"minimum": -10, "maximum": Decimal("99.5")}])
@pytest.mark.parametrize(
    "value",
    ["1", "-1.50", "99.50", "99.51", "1.255", "12.1000", "1e2", "1E-3", "123456789012345678901234567890", "0", '"1"'],
)
def test_numbers_in_chunks_are_judged_as_single_ones_are(rules: dict[str, Any], value: str) -> None:
    from flext_target_oracle.typed import Field, make_decoder
    from flext_target_oracle.validation import RecordValidator

    kind, shape = OracleType.parse("NUMBER(12,2)"), {"type": ["number", "null"], **rules}
    one = to_bind_value(kind)
    assert one is not None
    whole = {"properties": {"n": shape}}
    decoder = make_decoder("s", whole, [Field("n", shape, kind, one)])
    assert decoder is not None
    lines = [f'{{"type": "RECORD", "stream": "s", "record": {{"n": {text}}}}}' for text in (value, "null", value)]
    found = decoder.decode("\n".join(lines).encode())
    single = json.loads(value, parse_float=Decimal)
    try:
        RecordValidator(whole).validate({"n": single})
        expected = one(single)
    except (InvalidRecord, LossyValueError):
        assert found is None
    else:
        # Only what is odd may be left to the usual path, which takes it.
        assert found is not None or len(value) > 28
        assert found is None or found.items[0].rows == [(expected,), (None,), (expected,)]  # type: ignore[union-attr]


@pytest.mark.parametrize("key", [[], ["id"]], ids=["append", "upsert"])
def test_parquet_batch_files(loader: Loader, key: list[str]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    shapes = {
        "id": ID,
        "name": TEXT,
        "amount": {"type": ["number", "null"], "x-oracle": {"type": "NUMBER(12,2)"}},
        "at": {"type": ["string", "null"], "format": "date-time", "x-oracle": {"type": "TIMESTAMP(6)"}},
        "tags": {"type": ["array", "null"], "items": {"type": "string"}},
    }
    start = dt.datetime(2024, 2, 29, 12, 0, 0, 123456)
    made = [
        {"id": n, "name": None if n % 3 else f"é{n}", "amount": Decimal(n) / 4, "at": start, "tags": ["a", str(n)]}
        for n in range(50)
    ]
    path = loader.folder / "batch.parquet"
    pq.write_table(pa.Table.from_pylist(made), path)
    batch = {
        "type": "BATCH",
        "stream": loader.stream,
        "encoding": {"format": "parquet"},
        "manifest": [path.as_uri()],
    }
    states = loader.run(loader.schema(shapes, key), batch, loader.state(50), batch_size=7)
    assert states == [loader.state(50)["value"]]
    assert loader.rows("id, name, amount, at, tags") == [
        (row["id"], row["name"], row["amount"], start, f'["a","{row["id"]}"]') for row in made
    ]
    loader.run(loader.state(50), loader.schema(shapes, key), batch, loader.state(51), batch_size=9)
    assert len(loader.rows("id")) == (50 if key else 100)

    pq.write_table(pa.Table.from_pylist([{"id": 1, "amount": Decimal("1.255")}]), path)
    with pytest.raises(LossyValueError, match=r"AMOUNT.*1\.255"):
        loader.run(loader.schema(shapes, key), batch)
