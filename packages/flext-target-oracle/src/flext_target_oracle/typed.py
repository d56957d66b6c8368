"""The fast way for RECORD lines: a chunk of lines is parsed, validated and turned into rows at once.

A decoder is made for one stream. Its types are the stream's schema, so that parsing is validating. It takes what is
plainly valid; anything else in a chunk (another message than RECORD and STATE, another stream, an unknown property, a
value out of bounds) makes `decode` give up without a trace, and the chunk goes line by line through the target's usual
path, which alone accepts odd records, refuses wrong ones and says in which line they are.

Streams whose schema says more than the types, lengths and bounds below have no decoder.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any, Literal

import msgspec
from flext_db_oracle import LossyValueError, OracleType
from flext_db_oracle.types import Carrier
from flext_db_oracle.values import Converter

Row = tuple[Any, ...]
Many = Callable[[Sequence[Any]], list[Any] | None]
"""Converts a whole column at once, or declines with None: then it is converted value by value."""

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
_tzinfo = attrgetter("tzinfo")
_NUMBERS = frozenset({int, Decimal, type(None)})


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
    """Rows of consecutive records; `times` and `versions` are their time_extracted and version, one each."""

    rows: list[Row]
    times: list[str | None]
    versions: list[int | None]


class _Record(msgspec.Struct, tag_field="type", tag="RECORD", kw_only=True):
    stream: str
    record: Any
    time_extracted: str | None = None
    version: int | None = None


class _State(msgspec.Struct, tag_field="type", tag="STATE"):
    value: Any


@dataclass(frozen=True, slots=True)
class _Column:
    """How one property is decoded, what msgspec cannot check, and the conversion that is left to do."""

    annotation: Any
    check: Callable[[Iterable[Any]], bool] | None
    converter: Converter | None
    many: Many | None = None


class RecordDecoder:
    """Decodes chunks of one stream. Make it with `make_decoder`."""

    def __init__(
        self, stream: str, fields: Sequence[Field], columns: Sequence[_Column], ignored: Iterable[str]
    ) -> None:
        definitions: list[tuple[str, Any, Any]] = []
        for index, (item, column) in enumerate(zip(fields, columns, strict=True)):
            rest = {} if item.is_key or item.required else {"default": None}
            definitions.append((f"c{index}", column.annotation, msgspec.field(name=item.name, **rest)))
        for index, name in enumerate(ignored):
            definitions.append((f"x{index}", Any, msgspec.field(name=name, default=None)))
        record = msgspec.defstruct("Record", definitions, kw_only=True, forbid_unknown_fields=True)
        message = msgspec.defstruct(
            "Message",
            [("stream", Literal[stream]), ("record", record)],
            bases=(_Record,),
            tag_field="type",
            tag="RECORD",
            kw_only=True,
        )
        self._record_type = message
        self._decoder = msgspec.json.Decoder(message | _State, float_hook=Decimal)
        self._width = len(fields)
        self._has_extra = len(definitions) > len(fields)
        self._checks = [(index, column.check) for index, column in enumerate(columns) if column.check is not None]
        self._converters = [
            (index, column.converter, column.many)
            for index, column in enumerate(columns)
            if column.converter is not None
        ]
        self._keys = [index for index, item in enumerate(fields) if item.is_key]

    def decode(self, chunk: bytes) -> list[Records | dict[str, Any]] | None:
        """The chunk's messages in order, each run of records as one; None if the usual path must look at the chunk."""
        try:
            messages = self._decoder.decode_lines(chunk)
            result: list[Records | dict[str, Any]] = []
            start = 0
            for index, message in enumerate(messages):
                if type(message) is _State:
                    if index > start and not self._add(messages[start:index], result):
                        return None
                    result.append({"type": "STATE", "value": message.value})
                    start = index + 1
            if start < len(messages) and not self._add(messages[start:], result):
                return None
        except (msgspec.DecodeError, UnicodeError, LossyValueError):
            return None
        return result

    def _add(self, messages: Sequence[Any], result: list[Records | dict[str, Any]]) -> bool:
        astuple, width = msgspec.structs.astuple, self._width
        if self._has_extra:
            rows = [astuple(message.record)[:width] for message in messages]
        else:
            rows = [astuple(message.record) for message in messages]
        if self._checks or self._converters:
            columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
            if not all(check(columns[index]) for index, check in self._checks):
                return False
            for index, convert, many in self._converters:
                values = columns[index]
                converted = None if many is None else many(values)
                if converted is None:
                    converted = [None if value is None else convert(value) for value in values]
                columns[index] = converted
            if self._converters:
                rows = list(zip(*columns, strict=True))
        for key in self._keys:
            if any(row[key] is None or row[key] == "" for row in rows):
                return False
        result.append(Records(rows, [m.time_extracted for m in messages], [m.version for m in messages]))
        return True


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
    if len(known) < len(columns) or not fields:
        return None
    return RecordDecoder(stream, fields, known, ignored)


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
        case "number" if not rules:
            return _Column(Any, _numbers(nullable=nullable), _unless_bare_number(item))
        case "boolean" if not rules:
            return _Column(_or_none(bool, nullable), None, item.converter)
    return None


def _many_times(oracle_type: OracleType) -> Many | None:
    """Plain times (`2024-02-29T12:34:56`, with microseconds where the column keeps them) at the speed of `map`.

    Counting characters says that all are in this form, in which `fromisoformat` loses nothing; what has an offset, more
    digits, or another ISO form is left to the converter.
    """
    if oracle_type.carrier() is not Carrier.DATETIME:
        return None
    keeps_microseconds = oracle_type.name != "DATE" and oracle_type.fraction_digits >= _MICROSECONDS
    lengths = {19, 26} if keeps_microseconds else {19}

    def convert(values: Sequence[Any]) -> list[Any] | None:
        given = values if None not in values else [value for value in values if value is not None]
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
        return _Column(_or_none(kind, nullable), None, converter)

    def within(values: Iterable[Any]) -> bool:
        given = [value for value in values if value is not None]
        return not given or ((low is None or low <= min(given)) and (high is None or max(given) <= high))

    return _Column(_or_none(int, nullable), within, converter)


def _numbers(*, nullable: bool) -> Callable[[Iterable[Any]], bool]:
    allowed = _NUMBERS if nullable else _NUMBERS - {type(None)}
    return lambda values: set(map(type, values)) <= allowed


def _unless_bare_number(item: Field) -> Converter | None:
    bare = item.type.name == "NUMBER" and item.type.precision is None and item.type.scale is None
    return None if bare else item.converter


def _or_none(kind: Any, nullable: bool) -> Any:
    return kind | None if nullable else kind
