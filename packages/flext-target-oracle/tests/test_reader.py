"""Reading lines and validating records."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from flext_target_oracle.reader import LineReader
from flext_target_oracle.validation import RecordValidator
from hypothesis import given, settings
from hypothesis import strategies as st
from singer_sdk.exceptions import InvalidInputLine, InvalidRecord
from singer_sdk.sinks.core import JSONSchemaValidator


def read(text: str) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = []
    LineReader().process_lines(io.StringIO(text), {"RECORD": messages.append})
    return messages


def test_numbers_keep_all_their_digits() -> None:
    digits = "12345678901234567890123456789012345678"
    (message,) = read(f'{{"type":"RECORD","a":{digits},"b":1.10,"c":-1E-130,"d":0.{digits}}}\n')
    assert message["a"] == int(digits)
    assert [str(message[key]) for key in "bcd"] == ["1.10", "-1E-130", f"0.{digits}"]
    assert all(type(message[key]) is Decimal for key in "bcd")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{not json", "not valid JSON"),
        ('{"type":"RECORD","secret-canary":', "not valid JSON"),
        ("[1]", "not a JSON object"),
        ("{}", "no message type"),
        ('{"type":"RECRD"}', "unknown message type 'RECRD'"),
        ('{"type":"RECORD","a":NaN}', "not valid JSON"),
        ('{"type":"RECORD","a":"\\ud800"}', "not valid JSON"),
    ],
)
def test_a_bad_line_is_refused_by_its_number_and_not_repeated(line: str, reason: str) -> None:
    with pytest.raises(InvalidInputLine, match=reason) as caught:
        read('{"type":"RECORD"}\n\n' + line + "\n")
    assert caught.value.__notes__ == ["input line 3"]
    assert "secret-canary" not in str(caught.value)


def test_an_error_in_a_message_says_its_line() -> None:
    def fail(_message: dict[str, Any]) -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no") as caught:
        LineReader().process_lines(io.StringIO('{"type":"STATE"}\n'), {"STATE": fail})
    assert caught.value.__notes__ == ["input line 1"]


schemas = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["string", "integer", "number", "boolean", "object", "array", ["string", "null"], ["integer", "string"]]
        )
    },
    optional={
        "maxLength": st.integers(0, 3),
        "minLength": st.integers(0, 2),
        "minimum": st.integers(-2, 2),
        "maximum": st.integers(-2, 2),
        "multipleOf": st.sampled_from([Decimal("0.5"), Decimal("0.1"), 2, 3]),
        "format": st.sampled_from(["date-time", "x-singer.decimal"]),
        "enum": st.just(["a", 1]),
        "pattern": st.just("a"),
        "x-oracle": st.just({"type": "NUMBER"}),
    },
)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-4, 4),
    st.decimals(-4, 4, places=1),
    st.text("abé", max_size=4),
    st.just([]),
    st.just({}),
)


@settings(max_examples=500, deadline=None)
@given(schema=schemas, value=values, required=st.booleans(), given_key=st.sampled_from(["a", "b"]))
def test_the_quick_check_accepts_exactly_what_the_sdk_accepts(
    schema: dict[str, Any], value: Any, required: bool, given_key: str
) -> None:
    whole = {"type": "object", "properties": {"a": schema}, "required": ["a"] if required else []}

    def accepts(validator: Any) -> bool:
        try:
            validator.validate({given_key: value})
        except InvalidRecord:
            return False
        return True

    assert accepts(RecordValidator(whole)) == accepts(JSONSchemaValidator(whole))
