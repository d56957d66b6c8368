"""Any sequence of schemas, records, versions and states leaves the same table as a model made of dicts."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from conftest import Loader

ID = {"type": "integer", "minimum": 0, "maximum": 99}
# Each property in the forms that it may take in the course of time; none is ever narrower in the database.
FORMS: dict[str, list[tuple[dict[str, Any], st.SearchStrategy[Any]]]] = {
    "a": [
        ({"type": ["string", "null"], "maxLength": length}, st.text("xyzé '\"", max_size=min(length, 9)) | st.none())
        for length in (9, 40, 5000)
    ],
    "n": [
        ({"type": ["integer", "null"], "minimum": -9, "maximum": 9}, st.integers(-9, 9) | st.none()),
        ({"type": ["integer", "null"]}, st.integers(-(10**30), 10**30) | st.none()),
        ({"type": ["number", "null"]}, st.integers(-(10**6), 10**6).map(lambda n: n / 8) | st.none()),
    ],
    "b": [({"type": ["boolean", "null"]}, st.booleans() | st.none())],
    "t": [
        (
            {"type": ["string", "null"], "format": "date-time"},
            st.datetimes(allow_imaginary=False).map(lambda value: f"{value.isoformat()}+02:00") | st.none(),
        )
    ],
}
FORMS["t"] = [
    (FORMS["t"][0][0], st.sampled_from(["2024-02-29T12:00:00+02:00", "1999-12-31T23:59:59.999999-11:00", None]))
]
FORMS["o"] = [({"type": ["object", "null"]}, st.dictionaries(st.text("ab", max_size=1), st.integers(0, 9), max_size=2))]


@st.composite
def runs(draw: st.DrawFn) -> list[list[dict[str, Any]]]:
    """Some runs of a tap for one stream, with stream names left open. A run with versions has them in all records."""
    made = []
    bookmark = 0
    for run in range(1, draw(st.integers(1, 3)) + 1):
        messages: list[dict[str, Any]] = []
        versioned = draw(st.booleans())
        for _ in range(draw(st.integers(1, 3))):
            names = draw(st.sets(st.sampled_from(sorted(FORMS))))
            forms = {name: draw(st.sampled_from(FORMS[name])) for name in sorted(names)}
            properties = {"id": ID, **{name: schema for name, (schema, _) in forms.items()}}
            messages.append({"type": "SCHEMA", "properties": properties})
            for _ in range(draw(st.integers(0, 6))):
                record = {"id": draw(st.integers(0, 4))}
                record |= {name: draw(values) for name, (_, values) in forms.items() if draw(st.integers(0, 9))}
                messages.append({"type": "RECORD", "record": record} | ({"version": run} if versioned else {}))
                if not draw(st.integers(0, 3)):
                    bookmark += 1
                    messages.append({"type": "STATE", "value": bookmark})
        if versioned and draw(st.booleans()):
            messages.append({"type": "ACTIVATE_VERSION", "version": run})
        made.append(messages)
    return made


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    runs=runs(),
    batch_size=st.integers(1, 6),
    hard=st.booleans(),
    method=st.sampled_from(["upsert", "append-only"]),
    sessions=st.sampled_from([1, 3]),
)
def test_the_table_is_what_the_model_says(
    loader: Loader, runs: list[list[dict[str, Any]]], batch_size: int, hard: bool, method: str, sessions: int
) -> None:
    stream = f"{loader.stream}_{uuid.uuid4().hex[:6]}"
    everything: list[dict[str, Any]] = []
    number = 0
    for run in runs:
        messages = []
        for message in run:
            made = {**message, "stream": stream}
            if message["type"] == "SCHEMA":
                properties = {**message["properties"], "u": {"type": "integer"}}
                made = loader.schema(properties, ["id"], stream=stream)
            elif message["type"] == "RECORD":
                number += 1  # no two records are the same, so that append-only has nothing to recognise
                made["record"] = {**message["record"], "u": number}
            elif message["type"] == "STATE":
                made = {"type": "STATE", "value": {"bookmarks": {stream: {"replication_key_value": message["value"]}}}}
            messages.append(made)
        settings_ = {"batch_size": batch_size, "hard_delete": hard, "load_method": method, "max_parallelism": sessions}
        states = loader.run(*messages, **settings_)
        sent = [message["value"] for message in messages if message["type"] == "STATE"]
        assert states[-1:] == sent[-1:]
        assert [state for state in sent if state in states] == states, "each once, and in order"
        everything += messages
        loader.compare(everything, hard_delete=hard, upsert=method == "upsert")
