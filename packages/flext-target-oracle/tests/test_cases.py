"""Streams as taps really send them, each read back: what target-postgres and the SDK test, in Oracle's terms."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from flext_db_oracle import UnsupportedTypeError
from flext_db_oracle.identifiers import fold
from singer_sdk.exceptions import InvalidRecord

if TYPE_CHECKING:
    from conftest import Loader

ID = {"type": "integer"}
TEXT = {"type": ["string", "null"]}


def test_streams_that_refer_to_each_other_arrive_together(loader: Loader) -> None:
    users, posts = f"{loader.stream}_users", f"{loader.stream}_posts"
    messages = [
        loader.schema({"id": ID, "name": TEXT}, ["id"], users),
        loader.schema({"id": ID, "user_id": ID, "title": TEXT}, ["id"], posts),
        *[loader.record(users, id=n, name=f"u{n}") for n in range(3)],
        *[loader.record(posts, id=n, user_id=n % 3, title=f"p{n}") for n in range(6)],
        loader.record(users, id=1, name="renamed"),
    ]
    loader.run(*messages, batch_size=2)
    joined = loader.api.execute_query(
        f'SELECT p.title, u.name FROM "{posts.upper()}" p JOIN "{users.upper()}" u ON u.id = p.user_id ORDER BY p.id'
    ).unwrap()
    assert joined.rows == [("p0", "u0"), ("p1", "renamed"), ("p2", "u2"), ("p3", "u0"), ("p4", "renamed"), ("p5", "u2")]


def test_names_in_camel_case_with_spaces_dots_and_umlauts_are_kept(loader: Loader) -> None:
    names = [
        "Id",
        "firstName",
        "last name",
        "a.b",
        "a-b",
        "größe",
        "_x",
        "1x",
        "select",
        "from",
        "x$y#z",
        "ÑÑ",
        "a'b",
        "%s",
        ":1",
    ]
    record = {name: n for n, name in enumerate(names)}
    for key in ([], ["Id"]):
        stream = f"{loader.stream}CamelCase{len(key)}"
        loader.run(loader.schema(dict.fromkeys(names, ID), key, stream), loader.record(stream, **record))
        found = loader.json_rows(stream, order=None)
        assert found == [{fold(name): n for name, n in record.items()}]
        loader.api.execute_ddl(f'DROP TABLE "{stream}" PURGE').unwrap()


def test_reserved_words_may_be_tables_and_columns(loader: Loader) -> None:
    words = ["select", "table", "date", "number", "order", "group", "level", "user", "comment", "size", "rowid_", "uid"]
    streams = {"order": {"table_name": f"{loader.table}_ORDER"}}
    schema = loader.schema(dict.fromkeys(words, TEXT), ["select"], "order")
    loader.run(schema, loader.record("order", **{word: word for word in words}), streams=streams)
    assert loader.rows(table=f"{loader.table}_ORDER") == [tuple(words)]


def test_optional_properties_unknown_properties_and_empty_records(loader: Loader) -> None:
    schema = loader.schema({"id": {"type": ["integer", "null"]}, "v": TEXT})
    loader.run(schema, loader.record(id=1), loader.record(id=2, v="x", unknown={"a": 1}), loader.record())
    assert loader.rows() == [(1, None), (2, "x"), (None, None)]


def test_the_order_of_properties_may_change_and_does_not_matter(loader: Loader) -> None:
    forth, back = {"id": ID, "a": TEXT, "b": TEXT}, {"b": TEXT, "a": TEXT, "id": ID}
    first = loader.record(b="b1", id=1, a="a1")
    loader.run(loader.schema(forth, ["id"]), first, loader.schema(back, ["id"]), loader.record(id=2, a="a2", b="b2"))
    assert loader.rows("id, a, b") == [(1, "a1", "b1"), (2, "a2", "b2")]


def test_integers_beyond_64_bits_and_numbers_as_text(loader: Loader) -> None:
    text_or_number = {"type": ["string", "number", "null"]}
    decimal = {"type": ["string", "null"], "format": "singer.decimal"}
    schema = loader.schema({"id": ID, "big": {"type": "integer"}, "either": text_or_number, "decimal": decimal})
    loader.run(
        schema,
        loader.record(id=1, big=2**63, either="0012", decimal="12345678901234567890.0123456789"),
        loader.record(id=2, big=-(2**63) - 1, either=12, decimal="1E+3"),
        loader.record(id=3, big=10**37, either=None, decimal=None),
    )
    assert loader.rows('big, either, "DECIMAL"', order="id") == [
        (2**63, "0012", Decimal("12345678901234567890.0123456789")),
        (-(2**63) - 1, "12", 1000),
        (10**37, None, None),
    ]
    with pytest.raises(InvalidRecord, match="'12' is not of type"):
        loader.run(loader.schema({"id": ID}), loader.record(id="12"))


def test_duplicates_within_and_across_batches_leave_the_last(loader: Loader) -> None:
    schema = loader.schema({"id": ID, "v": TEXT}, ["id"])
    records = [loader.record(id=n % 2, v=f"v{n}") for n in range(7)]
    for size in (1, 2, 3, 100):
        loader.run(schema, *records, batch_size=size)
        assert loader.rows() == [(0, "v6"), (1, "v5")]


def test_objects_arrays_and_deep_nesting_are_json(loader: Loader) -> None:
    deep: Any = {"leaf": [1, "two", None, {"three": Decimal("3.0")}]}
    for level in range(50):
        deep = {f"l{level}": deep}
    schema = loader.schema({"id": ID, "o": {"type": "object"}, "a": {"type": ["array", "null"]}, "any": {}})
    loader.run(
        schema,
        loader.record(id=1, o={"x": {"ü": []}}, a=[[1], {"b": None}], any="text"),
        loader.record(id=2, o=as_json(deep), a=[], any=3),
    )
    assert loader.rows("o, a", order="id")[0] == ('{"x":{"ü":[]}}', '[[1],{"b":null}]')
    assert loader.rows('"ANY"', order="id") == [('"text"',), ("3",)]
    assert loader.rows("o", order="id DESC")[0][0].count("{") == 52


def as_json(value: Any) -> Any:
    """With floats: `json` writes no Decimals."""
    if isinstance(value, dict):
        return {name: as_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


@pytest.mark.parametrize(
    ("before", "value", "after", "later", "found"),
    [
        ({"type": "integer", "maximum": 9, "minimum": 0}, 5, {"type": "integer"}, 10**30, [5, 10**30]),
        ({"type": "integer"}, 5, {"type": "number"}, 2.5, [5, Decimal("2.5")]),
        ({"type": "string", "maxLength": 3}, "abc", {"type": "string", "maxLength": 30}, "x" * 30, ["abc", "x" * 30]),
        ({"type": "string"}, "abc", {"type": ["string", "null"]}, None, ["abc", None]),
    ],
    ids=["wider integer", "integer to number", "longer text", "nullable"],
)
def test_types_that_grow_keep_every_value(
    loader: Loader, before: dict[str, Any], value: Any, after: dict[str, Any], later: Any, found: list[Any]
) -> None:
    loader.run(loader.schema({"id": ID, "v": before}), loader.record(id=1, v=value))
    loader.run(loader.schema({"id": ID, "v": after}), loader.record(id=2, v=later))
    assert [row[0] for row in loader.rows("v", order="id")] == found


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"type": "string"}, {"type": "integer"}),
        ({"type": "integer"}, {"type": "string"}),
        ({"type": "boolean"}, {"type": "string", "format": "date-time"}),
        ({"type": "string", "format": "date"}, {"type": "number"}),
    ],
)
def test_types_that_become_others_are_refused_before_anything_is_loaded(
    loader: Loader, before: dict[str, Any], after: dict[str, Any]
) -> None:
    loader.run(loader.schema({"id": ID, "v": before}))
    with pytest.raises(UnsupportedTypeError, match=r"column .*\.V is .*, and the values of property 'v' need .*Hint"):
        loader.run(loader.schema({"id": ID, "v": after}), loader.record(id=1, v=None))
    assert loader.rows("COUNT(*)") == [(0,)]


def test_a_property_that_disappears_or_has_another_name_leaves_its_column(loader: Loader) -> None:
    """R9: rows loaded from then on have NULL there, which the log of the run does not hide: the column is optional."""
    loader.run(loader.schema({"id": ID, "old": TEXT}, ["id"]), loader.record(id=1, old="x"))
    loader.run(
        loader.schema({"id": ID, "new": TEXT}, ["id"]), loader.record(id=1, new="y"), loader.record(id=2, new="z")
    )
    assert loader.rows("id, old, new") == [(1, "x", "y"), (2, None, "z")]


def test_the_same_input_twice_and_batches_in_another_order(loader: Loader) -> None:
    """R5: an upsert's rows depend on the last record of each key; with `newest_by` not even on the order."""
    schema = loader.schema({"id": ID, "at": ID}, ["id"])
    records = [loader.record(id=n % 3, at=n) for n in range(9)]
    for order in (records, records, records[::-1], records[4:] + records[:4]):
        loader.run(schema, *order, batch_size=2, newest_by="at")
        assert loader.rows() == [(0, 6), (1, 7), (2, 8)]


def test_a_key_that_changes_is_a_new_row(loader: Loader) -> None:
    """R6: Singer has no message for it; the old row stays until ACTIVATE_VERSION or a record that marks it deleted."""
    schema = loader.schema({"id": ID, "v": TEXT}, ["id"])
    loader.run(schema, loader.record(id=1, v="x"), loader.record(id=7, v="x"))
    assert loader.rows() == [(1, "x"), (7, "x")]


def test_several_states_and_streams_without_records(loader: Loader) -> None:
    other = f"{loader.stream}_other"
    states = loader.run(
        loader.state(0),
        loader.schema({"id": ID}),
        loader.schema({"id": ID}, ["id"], other),
        loader.state(1),
        loader.state(2),
    )
    assert states[-1] == loader.state(2)["value"]
    assert loader.rows("COUNT(*)") == loader.rows("COUNT(*)", other.upper()) == [(0,)]


def test_states_of_any_form_pass_unchanged(loader: Loader) -> None:
    """R10: a STATE is the tap's. A target neither understands nor refuses it; it only keeps it until the commit."""
    for value in (
        [],
        "text",
        {"bookmarks": None},
        {"bookmarks": {loader.stream: [1]}},
        {"version": 99, "x": 1.5},
    ):
        schema = loader.schema({"id": ID})
        assert loader.run(schema, loader.record(id=1), {"type": "STATE", "value": value}) == [value]
