"""The compiled parts give what Python gives: rows, unless they decline, which they never do of plain input; and digests."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest
from flext_db_oracle import OracleType, compiled
from flext_db_oracle.values import to_bind_value
from flext_target_oracle.checkpoint import digest
from flext_target_oracle.typed import Field, Messages, RecordDecoder, make_decoder
from hypothesis import given, settings
from hypothesis import strategies as st

pytestmark = [
    pytest.mark.compiled,
    pytest.mark.skipif(compiled.decode is None, reason="the compiled parts are not built, or switched off"),
]

INTEGER, NUMBER, TEXT, FLAG = ({"type": [name, "null"]} for name in ("integer", "number", "string", "boolean"))
TIME = {**TEXT, "format": "date-time"}
COLUMNS: dict[str, tuple[dict[str, Any], str]] = {
    "id": ({"type": "integer", "minimum": -(10**9), "maximum": 10**9}, "NUMBER(10)"),
    "any_integer": (INTEGER, "NUMBER(38)"),
    "wide": ({**INTEGER, "minimum": -(10**20), "maximum": 10**20}, "NUMBER(20)"),
    "fives": ({**INTEGER, "multipleOf": 5}, "NUMBER(10)"),
    "hundreds": (INTEGER, "NUMBER(5,-2)"),
    "amount": (NUMBER, "NUMBER(12,2)"),
    "price": ({**NUMBER, "multipleOf": Decimal("0.01"), "minimum": 0, "maximum": Decimal("99.5")}, "NUMBER(12,2)"),
    "steps": ({**NUMBER, "multipleOf": Decimal("0.25")}, "NUMBER"),
    "bare": (NUMBER, "NUMBER"),
    "double": (NUMBER, "BINARY_DOUBLE"),
    "must": ({"type": "number"}, "NUMBER(38,10)"),
    "text": ({**TEXT, "maxLength": 6}, "VARCHAR2(6 CHAR)"),
    "long": ({"type": "string", "minLength": 1}, "VARCHAR2(4000)"),
    "document": (TEXT, "CLOB"),
    "bytes": ({**TEXT, "contentEncoding": "base64"}, "RAW(100)"),
    "day": (TIME, "DATE"),
    "moment": (TIME, "TIMESTAMP(6)"),
    "coarse": ({**TIME, "maxLength": 22}, "TIMESTAMP(3)"),
    "fine": (TIME, "TIMESTAMP(9)"),
    "zoned": (TIME, "TIMESTAMP(6) WITH TIME ZONE"),
    "flag": (FLAG, "NUMBER(1)"),
    "odd näme": (TEXT, "VARCHAR2(10)"),
}
PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "integer": st.integers(-(10**9), 10**9),
    "number": st.decimals(0, 99, places=2) | st.integers(0, 90),
    "string": st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6),
    "boolean": st.booleans(),
    "day": st.datetimes().map(lambda value: value.replace(microsecond=0).isoformat()),
    "moment": st.datetimes().map(dt.datetime.isoformat),
    "coarse": st.datetimes().map(lambda value: value.replace(microsecond=0).isoformat()),
    "fine": st.datetimes().map(lambda value: value.isoformat() + ".123456789" * (not value.microsecond)),
    "zoned": st.datetimes().map(lambda value: value.isoformat() + "+01:00"),
    "bytes": st.binary(max_size=9).map(lambda value: __import__("base64").b64encode(value).decode()),
    "fives": st.integers(-99, 99).map(lambda value: value * 5),
    "hundreds": st.integers(-99, 99).map(lambda value: value * 100),
    "steps": st.integers(-99, 99).map(lambda value: Decimal(value) / 4),
}
ODD = ["null", '""', "0", "-0", "-0.0", "1.0", "1e2", "1E-3", "1.255", "01", "1.", ".5", "-", "+1", "NaN", "tru", "false",
     "123456789012345678", "-1234567890123456789", "9223372036854775808", "1" * 29, "9" * 40, "1" * 41, "1" * 400,
     "0.00000001", "123456789012345678901234567.89", "12345678901234567890123456789.1", "1e400", "99.50", "99.51",
     '"\\u00e9\\ud83d\\ude00"', '"\\ud800"', '"\\udc00x"', '"\\ud800\\u0041"', '"\\x"', '"\\u12"', '"a\tb"', '"\x7f"',
     '"2024-02-29T23:59:59"', '"2023-02-29T00:00:00"', '"1900-02-29T00:00:00"', '"2024-02-29T23:59:59.5"',
     '"2024-02-29T23:59:59.1234567"', '"2024-02-29T23:59:59.123456000"', '"2024-02-29 23:59:59"', '"2024-02-29"',
     '"2024-02-29T23:59:59Z"', '"2024-02-29T24:00:00"', '"0000-01-01T00:00:00"', '"2024-01-01T00:00:60"', '"2024-1-01"',
     "{}", "[]", '{"a": [1, "}"]}', "[[", '"', "1 2", "true", '"true"', '"1.5"', "\xa0", "nul", "nulll", '"x" "y"']  # fmt: skip


@dataclass(frozen=True)
class Line:
    """How a line is written. `order` shuffles the record's properties, `extra` is text of further ones."""

    values: dict[str, str]
    order: int = 0
    time: str = ""
    version: str = ""
    style: int = 0

    def text(self, stream: str = "s") -> str:
        items = list(self.values.items())
        items = items[self.order :] + items[: self.order]
        comma, colon, space = [(", ", ": ", ""), (",", ":", ""), (" ,\t", "\t: ", " ")][self.style % 3]
        key = lambda name: json.dumps(name, ensure_ascii=self.style < 3)  # noqa: E731
        record = "{" + space + comma.join(f"{key(name)}{colon}{value}" for name, value in items) + space + "}"
        parts = [f'"type"{colon}"RECORD"', f'"stream"{colon}"{stream}"', f'"record"{colon}{record}']
        parts += [f'"time_extracted"{colon}{self.time}'] * bool(self.time)
        parts += [f'"version"{colon}{self.version}'] * bool(self.version)
        if self.style % 2:
            parts = parts[-1:] + parts[:-1]
        return "{" + space + comma.join(parts) + "}" + space


def decoder_of(names: Sequence[str], *, key: Sequence[str] = ("id",), required: Sequence[str] = ()) -> RecordDecoder:
    fields = []
    for name in names:
        shape, ddl = COLUMNS[name]
        kind = OracleType.parse(ddl)
        fields.append(Field(name, shape, kind, to_bind_value(kind, shape), name in key, name in required))
    schema = {"properties": {name: COLUMNS[name][0] for name in names}, "required": list(required)}
    decoder = make_decoder("s", schema, fields, ignored=["left out"])
    assert decoder is not None
    return decoder


def exact(found: Messages | None) -> Any:
    """Rows with types and all digits of their values."""
    if found is None:
        return None
    return [
        item
        if isinstance(item, dict)
        else ([[(type(v), str(v)) for v in row] for row in item.rows], list(item.origins))
        for item in found.items
    ]


def compare(decoder: RecordDecoder, chunk: bytes) -> bool:
    """Whether the compiled decoder took the chunk. If so, the other one must take it for the same."""
    found = exact(decoder.decode_compiled(chunk))
    if found is not None:
        decoder._compiled, kept = None, decoder._compiled
        assert exact(decoder.decode(chunk)) == found
        decoder._compiled = kept
    return found is not None


def plain_value(draw: Any, name: str) -> str:
    (kind,) = {*([kind] if isinstance(kind := COLUMNS[name][0]["type"], str) else kind)} - {"null"}
    value = draw(PLAIN.get(name, PLAIN[kind]))
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=draw(st.booleans()))


@st.composite
def chunks(draw: Any, *, odd: bool) -> tuple[tuple[str, ...], bytes]:
    names = ("id", *draw(st.lists(st.sampled_from([*COLUMNS][1:]), unique=True, max_size=6)))
    lines = []
    style, order = draw(st.integers(0, 5)), draw(st.integers(0, len(names)))
    time = draw(st.sampled_from(["", '"2024-01-01T00:00:00Z"']))
    for _ in range(draw(st.integers(1, 6))):
        values = {name: plain_value(draw, name) for name in names}
        for name in names:
            if COLUMNS[name][0]["type"][-1] == "null" and draw(st.integers(0, 9)) == 0:
                values[name] = "null"
            if odd and draw(st.integers(0, 19)) == 0:
                values[name] = draw(st.sampled_from(ODD))
        if draw(st.integers(0, 9)) == 0:
            values["left out"] = draw(st.sampled_from(ODD)) if odd else "1"
        if draw(st.integers(0, 9)) == 0:
            del values[draw(st.sampled_from([*values]))]
        if draw(st.integers(0, 9)) == 0:
            time, style = '"2024-01-02T00:00:00Z"', draw(st.integers(0, 5))
        version = draw(st.sampled_from(["", "", "1", "null"] + ["-0", "1.0", '"1"', str(10**30)] * odd))
        lines.append(Line(values, order, time, version, style).text())
        if draw(st.integers(0, 9)) == 0:
            lines.append(
                draw(st.sampled_from(['{"type": "STATE", "value": {"a": 1.50}}', '{"type":"STATE","value":null}']))
            )
    ending = draw(st.sampled_from(["\n", ""] + ["\n\n", "\r\n", "}", " x"] * odd))
    return names, ("\n".join(lines) + ending).encode("utf-8", "surrogatepass")


@settings(max_examples=200, deadline=None)
@given(chunks(odd=True), st.data())
def test_what_the_compiled_decoder_takes_has_the_same_rows(
    made: tuple[tuple[str, ...], bytes], data: st.DataObject
) -> None:
    names, chunk = made
    decoder = decoder_of(names, required=data.draw(st.lists(st.sampled_from(names), unique=True)))
    compare(decoder, chunk)
    damaged = bytearray(chunk)
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, max(0, len(damaged) - 1)))
        piece = data.draw(
            st.sampled_from([b"", b'"', b"{", b"}", b",", b":", b"\\", b"0", b"\n", b"\xc3", b"\x00", b" "])
        )
        damaged[place : place + data.draw(st.integers(0, 3))] = piece
    compare(decoder, bytes(damaged))
    compare(decoder, bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


@settings(max_examples=100, deadline=None)
@given(chunks(odd=False))
def test_nothing_plain_is_declined(made: tuple[tuple[str, ...], bytes]) -> None:
    names, chunk = made
    records = [line["record"] for line in map(json.loads, chunk.rstrip(b"\n").split(b"\n")) if line["type"] == "RECORD"]
    whole = all({"id", "must"}.intersection(names) <= record.keys() for record in records)
    assert compare(decoder_of(names), chunk) == whole


@pytest.mark.parametrize("name", COLUMNS)
def test_each_odd_value_in_each_column(name: str) -> None:
    for key in (["id"], ["id", name]):
        decoder = decoder_of(["id"] if name == "id" else ["id", name], key=key)
        for value in ODD:
            lines = [Line({"id": "1", name: text}).text() for text in (value, "null", value)]
            for chunk in (lines[0], "\n".join(lines), "\n".join([Line({"id": "1"}).text(), *lines])):
                compare(decoder, chunk.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize(
    "change",
    [
        ('"id": 1', '"id": 1, "id": 1'),
        ('"id": 1', '"id": 1, "new": 1'),
        ('"id": 1', '"id": 1, "left out": [1]'),
        ('"s"', '"other"'),
        ("RECORD", "RECORDS"),
        ('"stream": "s"', '"stream": "s", "stream": "s"'),
        ('"stream": "s"', '"stream": "s", "more": 1'),
        ('"stream": "s", ', ""),
        ("}}", "}} x"),
        ("}}", "}"),
        ("}}", "}}\n"),
    ],
)
def test_a_message_that_is_not_plain_is_declined(change: tuple[str, str]) -> None:
    line = Line({"id": "1"}).text()
    assert compare(decoder_of(["id"]), f"{line}\n{line}\n".encode())
    assert not compare(decoder_of(["id"]), f"{line}\n{line.replace(*change)}\n{line}\n".encode())


def test_names_that_json_escapes_have_no_decoder() -> None:
    shape = {"type": "string"}
    for name in ('a"b', "a\\b", "a\nb", "\ud800"):
        column = Field(name, shape, OracleType.parse("VARCHAR2(10)"), None)
        assert make_decoder("s", {"properties": {name: shape}}, [column]) is None


VALUES = (
    st.integers()
    | st.decimals()
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.text('ab"\\\n\x00\x1f\x7fé', min_size=6)
    | st.datetimes(timezones=st.sampled_from([None, dt.UTC]))
    | st.one_of(map(st.just, (True, False, None, 2**63, -(2**63), 2**64, "x" * 5000 + '"' * 5000, "é" * 3000)))
    | st.binary()
    | st.timedeltas()
    | st.floats()
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(VALUES, max_size=8).map(tuple), max_size=8), st.integers(0, 9), st.booleans())
def test_digests_do_not_depend_on_how_they_are_made(rows: list[tuple[Any, ...]], width: int, checks: bool) -> None:
    found = digest(rows, width=width, with_checks=checks)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled, "digest", None)
        assert digest(rows, width=width, with_checks=checks) == found


def test_a_digest_is_the_one_of_former_releases() -> None:
    row = (1, Decimal("1.50"), 'é"\n', None, dt.datetime(2024, 2, 29, 1, 2, 3, 40))
    line = b'[1,"1.50","\xc3\xa9\\"\\n",null,"2024-02-29T01:02:03.000040"]'
    found, checks = digest([row] * 300)
    assert found == hashlib.sha256((line + b"\n") * 300).hexdigest()
    assert checks == zlib.crc32(line).to_bytes(4, "little") * 300
    with pytest.raises(UnicodeEncodeError):
        digest([("\ud800",)])
