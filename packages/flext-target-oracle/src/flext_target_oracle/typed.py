"""The fast way for RECORD lines: a chunk of lines is parsed, validated and turned into rows at once.

A decoder is made for one stream. Its types are the stream's schema, so that parsing is validating. It takes what is
plainly valid; anything else in a chunk (another message than RECORD and STATE, another stream, an unknown property, a
value out of bounds) makes `decode` give up without a trace, and the chunk goes line by line through the target's usual
path, which alone accepts odd records, refuses wrong ones and says in which line they are.

Streams whose schema says more than the types, lengths and bounds below have no decoder.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import repeat
from operator import attrgetter, mod, ne, pos
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from flext_db_oracle import LossyValueError, OracleType
from flext_db_oracle.types import Carrier
from flext_db_oracle.values import Converter

from .compiled import make_compiled

Row = tuple[Any, ...]
Origin = tuple[str | None, int | None]
_Decoded = TypeVar("_Decoded")
Many = Callable[[Sequence[Any]], Sequence[Any] | None]
"""Converts a whole column at once, or declines with None: then it is converted value by value.

Values that need no change are given back as they came, as the same list.
"""

_ANNOTATIONS = frozenset(
    {"type", "format", "title", "description", "default", "examples", "contentEncoding", "contentMediaType"}
    | {"precision", "scale"}
)
_TOP_LEVEL = frozenset(
    {"type", "properties", "required", "title", "description", "$schema", "$id", "key_properties"}
    | {"additionalProperties"}
)
_INT64 = 2**63
_MICROSECONDS = 6
_ODD_NAME = re.compile(r'["\\\x00-\x1f\ud800-\udfff]')
"""Names of properties that JSON escapes: msgspec refuses them."""
_LONG_FRACTION = re.compile(rb"\.\d{7}")
_tzinfo, _microsecond = attrgetter("tzinfo"), attrgetter("microsecond")
_record, _time, _version = attrgetter("record"), attrgetter("time_extracted"), attrgetter("version")


@dataclass(frozen=True, slots=True)
class Field:
    """What the decoder must know of a property. `converter` is the one that the usual path applies."""

    name: str
    schema: Mapping[str, Any]
    type: OracleType
    converter: Converter | None
    is_key: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of consecutive records; `origins` are their time_extracted and version: of each, or one for all."""

    rows: list[Row]
    origins: Sequence[Origin] = ((None, None),)


@dataclass(frozen=True, slots=True)
class Messages:
    """What a chunk of `lines` lines holds, in order: each run of records as one, and STATE messages."""

    items: list[Records | dict[str, Any]]
    lines: int


# JSON has no cycles: the collector need not look at what is parsed (gc=False).
class _Record(msgspec.Struct, tag_field="type", tag="RECORD", kw_only=True, gc=False):
    stream: str
    record: Any
    time_extracted: str | None = None
    version: int | None = None


class _State(msgspec.Struct, tag_field="type", tag="STATE"):
    value: Any


_decode_state = msgspec.json.Decoder(_State, float_hook=Decimal).decode


@dataclass(frozen=True, slots=True)
class _Column:
    """How one property is decoded, what msgspec cannot check, and the conversion that is left to do."""

    annotation: Any
    check: Callable[[Sequence[Any]], bool] | None
    converter: Converter | None
    many: Many | None = None
    always_has_value: bool = False
    """Whether what the annotation accepts can be neither null nor empty: what a key must not be."""


class RecordDecoder:
    """Decodes chunks of one stream. Make it with `make_decoder`.

    The compiled decoder is asked first, if there is one.

    Times are parsed by msgspec itself as long as all are plain (`_plain_time`). The first chunk that has another form,
    or digits that msgspec would round away, goes to a decoder that takes them as text, and so do those after it.
    """

    def __init__(
        self, stream: str, fields: Sequence[Field], columns: Sequence[_Column], ignored: Iterable[str]
    ) -> None:
        self._exact = _ChunkDecoder(stream, fields, columns, ignored)
        times = [_plain_time(item) for item in fields]
        plain = [time or column for time, column in zip(times, columns, strict=True)]
        self._plain = _ChunkDecoder(stream, fields, plain, ignored) if any(times) else None
        self._compiled = make_compiled(stream, fields, [column.converter for column in columns], ignored)

    def decode(self, chunk: bytes) -> Messages | None:
        """The chunk's messages; None if the usual path must look at it."""
        found = self.decode_compiled(chunk)
        return self._first(_ChunkDecoder.decode, chunk) if found is None else found

    def decode_compiled(self, chunk: bytes) -> Messages | None:
        """The same by the compiled decoder alone, if there is one."""
        if self._compiled is None:
            return None
        try:
            found = self._compiled.decode(chunk)
            if found is None:
                return None
            items = [
                {"type": "STATE", "value": _decode_state(item).value} if isinstance(item, bytes) else Records(*item)
                for item in found
            ]
        except _DECLINED:
            return None
        return Messages(items, sum(len(item.rows) if isinstance(item, Records) else 1 for item in items))

    def decode_records(self, chunk: bytes) -> Records | None:
        """The same for lines that are records without a message: those of a BATCH file."""
        if self._compiled is not None:
            with suppress(*_DECLINED):
                found = self._compiled.decode_records(chunk)
                if found is not None:
                    return Records(*found[0]) if found else Records([])
        return self._first(_ChunkDecoder.decode_records, chunk)

    def _first(self, decode: Callable[[_ChunkDecoder, bytes], _Decoded | None], chunk: bytes) -> _Decoded | None:
        if self._plain is not None:
            result = None if _LONG_FRACTION.search(chunk) else decode(self._plain, chunk)
            if result is not None:
                return result
        result = decode(self._exact, chunk)
        if result is not None:
            self._plain = None
        return result


class _ChunkDecoder:
    def __init__(
        self, stream: str, fields: Sequence[Field], columns: Sequence[_Column], ignored: Iterable[str]
    ) -> None:
        definitions: list[tuple[str, Any, Any]] = []
        for index, (item, column) in enumerate(zip(fields, columns, strict=True)):
            rest = {} if item.is_key or item.required else {"default": None}
            definitions.append((f"c{index}", column.annotation, msgspec.field(name=item.name, **rest)))
        for index, name in enumerate(ignored):
            definitions.append((f"x{index}", Any, msgspec.field(name=name, default=None)))
        record = msgspec.defstruct("Record", definitions, kw_only=True, forbid_unknown_fields=True, gc=False)
        message = msgspec.defstruct(
            "Message",
            [("stream", Literal[stream]), ("record", record)],
            bases=(_Record,),
            tag_field="type",
            tag="RECORD",
            kw_only=True,
            gc=False,
        )
        self._decoder = msgspec.json.Decoder(message | _State, float_hook=Decimal)
        self._record_decoder = msgspec.json.Decoder(record, float_hook=Decimal)
        self._width = len(fields)
        self._has_extra = len(definitions) > len(fields)
        self._columns = [
            (f"c{index}", attrgetter(f"c{index}"), column, item.is_key)
            for index, (item, column) in enumerate(zip(fields, columns, strict=True))
            if column.check is not None or column.converter is not None or (item.is_key and not column.always_has_value)
        ]

    def decode(self, chunk: bytes) -> Messages | None:
        lines = chunk.count(b"\n")
        try:
            messages = self._decoder.decode_lines(chunk)
            if _State not in set(map(type, messages)):
                return Messages([self._records(messages)] if messages else [], lines)
            result: list[Records | dict[str, Any]] = []
            start = 0
            for index, message in enumerate(messages):
                if type(message) is _State:
                    if index > start:
                        result.append(self._records(messages[start:index]))
                    result.append({"type": "STATE", "value": message.value})
                    start = index + 1
            if start < len(messages):
                result.append(self._records(messages[start:]))
        except _DECLINED:
            return None
        return Messages(result, lines)

    def decode_records(self, chunk: bytes) -> Records | None:
        try:
            rows = self._rows(self._record_decoder.decode_lines(chunk))
        except _DECLINED:
            return None
        return Records(rows)

    def _records(self, messages: Sequence[Any]) -> Records:
        rows = self._rows(list(map(_record, messages)))
        origins: list[Origin] = list(zip(map(_time, messages), map(_version, messages), strict=True))
        return Records(rows, origins if len(set(origins)) > 1 else origins[:1])

    def _rows(self, records: Sequence[Any]) -> list[Row]:
        """Records are checked and converted by columns, then taken as rows. Raises what `decode` declines for."""
        for name, values_of, column, is_key in self._columns:
            values = list(map(values_of, records))
            if column.check is not None and not column.check(values):
                raise _DeclinedError
            if is_key and not column.always_has_value and lacks_value(values):
                raise _DeclinedError
            if column.converter is not None:
                convert = column.converter
                converted = None if column.many is None else column.many(values)
                if converted is None:
                    converted = [None if value is None else convert(value) for value in values]
                if converted is not values:
                    deque(map(setattr, records, repeat(name), converted), maxlen=0)
        rows: list[Row] = list(map(msgspec.structs.astuple, records))
        if self._has_extra:
            rows = [row[: self._width] for row in rows]
        return rows


class _DeclinedError(Exception):
    """Something in the chunk is not plainly valid."""


_DECLINED = (msgspec.DecodeError, UnicodeError, LossyValueError, _DeclinedError)


def make_decoder(
    stream: str, schema: Mapping[str, Any], fields: Sequence[Field], *, ignored: Iterable[str] = ()
) -> RecordDecoder | None:
    """A decoder for the stream, None if its schema has rules that only the validator knows.

    `ignored` are properties without a schema, which are left out of the rows.
    """
    rules = {key for key in schema if not key.startswith("x-")}
    if not rules <= _TOP_LEVEL or schema.get("additionalProperties", True) is not True:
        return None
    columns = [_column(item) for item in fields]
    known = [column for column in columns if column is not None]
    ignored = list(ignored)
    if (
        len(known) < len(columns)
        or not fields
        or any(map(_ODD_NAME.search, [*ignored, *(item.name for item in fields)]))
    ):
        return None
    return RecordDecoder(stream, fields, known, ignored)


def lacks_value(values: Sequence[Any]) -> bool:
    """Whether a value is null or empty, which Oracle stores as NULL."""
    kinds = set(map(type, values))
    return type(None) in kinds or (str in kinds and "" in values)


def _given(values: Sequence[Any]) -> Sequence[Any]:
    """The values that are not null. `None in values` would ask each of them whether it is equal to None."""
    return [value for value in values if value is not None] if type(None) in set(map(type, values)) else values


def pass_unchanged(oracle_type: OracleType) -> Callable[[Sequence[Any]], bool]:
    """Whether the converter of such a column leaves all these values of Arrow as they are; False if that is not plain.

    Arrow's integers have at most 64 bits. A column of JSON documents (`json_schema.holds_json`) must not ask.
    """
    kinds = _UNCHANGED.get(oracle_type.carrier(), frozenset())
    if oracle_type.name == "FLOAT" or (oracle_type.scale or 0) < 0:
        kinds = frozenset()
    times = _fractions(0 if oracle_type.name == "DATE" else oracle_type.fraction_digits)
    numbers = _many_numbers(oracle_type)

    def check(values: Sequence[Any]) -> bool:
        found = set(map(type, values)) - {type(None)}
        if not found <= kinds:
            return False
        given = _given(values)
        if Decimal in found:
            return numbers(given) is not None if numbers else not any(map(ne, given, map(pos, given)))
        if dt.datetime in found:
            return not any(map(_tzinfo, given)) and (times is None or times(given))
        return True

    return check


_UNCHANGED: dict[Carrier, frozenset[type]] = {
    Carrier.TEXT: frozenset({str}),
    Carrier.INTEGER: frozenset({int}),
    Carrier.NUMBER: frozenset({int, Decimal}),
    Carrier.DATETIME: frozenset({dt.datetime}),
}


def _column(item: Field) -> _Column | None:
    schema = item.schema
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else declared
    rules = {key for key in schema if key not in _ANNOTATIONS and not key.startswith("x-")}
    if not isinstance(names, list) or len(kinds := [name for name in names if name != "null"]) != 1:
        return None
    nullable = "null" in names
    match kinds[0]:
        case "string" if rules <= {"maxLength", "minLength"}:
            limits = {
                name: schema[key]
                for name, key in (("max_length", "maxLength"), ("min_length", "minLength"))
                if schema.get(key) is not None
            }
            text: Any = Annotated[str, msgspec.Meta(**limits)] if limits else str
            plain = item.type.carrier() is Carrier.TEXT and not item.type.is_lob
            return _Column(_or_none(text, nullable), None, None if plain else item.converter, _many_times(item.type))
        case "integer" if rules <= {"minimum", "maximum"}:
            return _integer(item, nullable=nullable)
        case "number" | "integer" if rules <= {"minimum", "maximum", "multipleOf"}:
            return _number(item, whole=kinds == ["integer"], nullable=nullable)
        case "boolean" if not rules:
            return _Column(_or_none(bool, nullable), None, item.converter)
    return None


def _plain_time(item: Field) -> _Column | None:
    """Times that msgspec parses: without offset, at most six digits of a second, and no more than the column keeps."""
    schema = item.schema
    names = [schema.get("type")] if isinstance(schema.get("type"), str) else schema.get("type")
    if item.type.carrier() is not Carrier.DATETIME or not isinstance(names, list) or {"string"} != {*names} - {"null"}:
        return None
    if _column(item) is None or not {"maxLength", "minLength"}.isdisjoint(schema):
        return None
    digits = 0 if item.type.name == "DATE" else item.type.fraction_digits
    annotation = Annotated[dt.datetime, msgspec.Meta(tz=False)]
    nullable = "null" in names
    return _Column(_or_none(annotation, nullable), _fractions(digits), None, always_has_value=not nullable)


def _fractions(digits: int) -> Callable[[Sequence[Any]], bool] | None:
    """Whether no time has more digits of a second than so many."""
    if digits >= _MICROSECONDS:
        return None
    step = 10 ** (_MICROSECONDS - digits)

    def check(values: Sequence[Any]) -> bool:
        fractions = filter(None, map(_microsecond, _given(values)))
        return not any(map(mod, fractions, repeat(step)))

    return check


def _many_numbers(oracle_type: OracleType) -> Many | None:
    """NUMBER(p,s): most columns have no value with more than s digits after the point, and need no conversion."""
    if oracle_type.name != "NUMBER" or oracle_type.scale is None or oracle_type.scale < 0:
        return None
    step = Decimal(1).scaleb(-oracle_type.scale)

    def check(values: Sequence[Any]) -> Sequence[Any] | None:
        given = _given(values)
        try:
            return None if any(map(mod, given, repeat(step))) else values
        except InvalidOperation:  # more digits than the context has
            return None

    return check


def _many_times(oracle_type: OracleType) -> Many | None:
    """Plain times (`2024-02-29T12:34:56`, with microseconds where the column keeps them) at the speed of `map`.

    Counting characters says that all are in this form, in which `fromisoformat` loses nothing; what has an offset, more
    digits, or another ISO form is left to the converter.
    """
    if oracle_type.carrier() is not Carrier.DATETIME:
        return None
    keeps_microseconds = oracle_type.name != "DATE" and oracle_type.fraction_digits >= _MICROSECONDS
    lengths = {19, 26} if keeps_microseconds else {19}

    def convert(values: Sequence[Any]) -> Sequence[Any] | None:
        given = _given(values)
        text, count = "".join(given), len(given)
        if not set(map(len, given)) <= lengths or text.count("-") != 2 * count or text.count(":") != 2 * count:
            return None
        try:
            made = list(map(dt.datetime.fromisoformat, given))
        except ValueError:
            return None
        if any(map(_tzinfo, made)):
            return None
        if given is values:
            return made
        following = iter(made)
        return [None if value is None else next(following) for value in values]

    return convert


def _integer(item: Field, *, nullable: bool) -> _Column | None:
    low, high = item.schema.get("minimum"), item.schema.get("maximum")
    bounds = [bound for bound in (low, high) if bound is not None]
    if not all(type(bound) is int for bound in bounds):
        return None
    whole = item.type.carrier() is Carrier.INTEGER and (item.type.scale or 0) >= 0
    converter = None if whole else item.converter
    if all(-_INT64 <= bound < _INT64 for bound in bounds):
        limits = {name: bound for name, bound in (("ge", low), ("le", high)) if bound is not None}
        kind: Any = Annotated[int, msgspec.Meta(**limits)] if limits else int
        return _Column(_or_none(kind, nullable), None, converter, always_has_value=not nullable)

    def within(values: Sequence[Any]) -> bool:
        given = [value for value in values if value is not None]
        return not given or ((low is None or low <= min(given)) and (high is None or max(given) <= high))

    return _Column(_or_none(int, nullable), within, converter)


def _number(item: Field, *, whole: bool, nullable: bool) -> _Column | None:
    low, high, step = (item.schema.get(rule) for rule in ("minimum", "maximum", "multipleOf"))
    given = [rule for rule in (low, high, step) if rule is not None]
    if not all(type(rule) in {int, Decimal} for rule in given) or (step is not None and step <= 0):
        return None
    allowed: set[type] = {int} if whole else {int, Decimal}

    def check(values: Sequence[Any]) -> bool:
        types = set(map(type, values))
        if type(None) in types and nullable:
            types.remove(type(None))
            values = [value for value in values if value is not None]
        if not types <= allowed:
            return False
        if not values or not given:
            return True
        if (low is not None and min(values) < low) or (high is not None and max(values) > high):
            return False
        try:
            return step is None or not any(map(mod, values, repeat(step)))
        except InvalidOperation:  # more digits than the context has
            return False

    converter = _unless_bare_number(item)
    if step is not None and item.type.name == "NUMBER" and not step % Decimal(1).scaleb(-(item.type.scale or 0)):
        converter = None  # a multiple of the step has no more digits after the point than the column
    return _Column(Any, check, converter, _many_numbers(item.type))


def _unless_bare_number(item: Field) -> Converter | None:
    bare = item.type.name == "NUMBER" and item.type.precision is None and item.type.scale is None
    return None if bare else item.converter


def _or_none(kind: Any, nullable: bool) -> Any:
    return kind | None if nullable else kind
