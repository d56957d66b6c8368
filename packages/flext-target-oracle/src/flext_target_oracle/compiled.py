"""The compiled decoder of flext-db-oracle for a stream, where there is one: the rows that `typed` makes, in one pass.

It takes less than `typed` does (no nesting, no odd forms), so `typed` looks at what it declines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flext_db_oracle.compiled import decode as module
from flext_db_oracle.types import Carrier

if TYPE_CHECKING:
    from flext_db_oracle.compiled._decode import Decoder
    from flext_db_oracle.values import Converter

    from .typed import Field

_MICROSECONDS = 6
_NO_SCALE = -1


def make_compiled(
    stream: str, fields: Sequence[Field], converters: Sequence[Converter | None], ignored: Iterable[str]
) -> Decoder | None:
    """`fields` must be of the kinds that `typed` decodes; `converters` are those that are left to be applied."""
    if module is None:
        return None
    found = [_field(item, convert) for item, convert in zip(fields, converters, strict=True)]
    found += [(name, module.IGNORED, True, True, False, None, None, None, None, 0, 0, 0, 0) for name in ignored]
    made: Decoder = module.Decoder(stream, Decimal, tuple(found))
    return made


def _field(item: Field, converter: Converter | None) -> tuple[Any, ...]:
    assert module is not None
    schema = item.schema
    names = [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    (name,) = {*names} - {"null"}
    nullable = "null" in names
    low, high, step = (schema.get(rule) for rule in ("minimum", "maximum", "multipleOf"))
    may_be_missing = not (item.is_key or item.required)
    scale = _NO_SCALE
    if name == "string":
        is_time = item.type.carrier() is Carrier.DATETIME and converter is not None
        kind = module.TIME if is_time else module.TEXT
        scale = 0 if item.type.name == "DATE" else min(_MICROSECONDS, item.type.fraction_digits) if is_time else 0
    elif name == "boolean":
        kind = module.BOOLEAN
    else:
        kind = module.INTEGER if name == "integer" else module.NUMBER
        if item.type.name == "NUMBER" and item.type.scale is not None and item.type.scale >= 0:
            scale = item.type.scale
        if name == "number" or step is not None:
            may_be_missing = may_be_missing and nullable
    return (
        *(item.name, kind, nullable, may_be_missing, item.is_key),
        *(converter, low, high, step),
        *_lengths(schema),
        *(scale, _NO_SCALE if step is None else _digits(step)),
    )


def _lengths(schema: Mapping[str, Any]) -> tuple[int, int]:
    shortest, longest = schema.get("minLength"), schema.get("maxLength")
    return 0 if shortest is None else shortest, sys.maxsize if longest is None else longest


def _digits(step: int | Decimal) -> int:
    """How many digits after the point make every number a multiple of the step; _NO_SCALE if that is not known."""
    _, digits, exponent = Decimal(step).normalize().as_tuple()
    return -exponent if digits == (1,) and isinstance(exponent, int) and exponent <= 0 else _NO_SCALE
