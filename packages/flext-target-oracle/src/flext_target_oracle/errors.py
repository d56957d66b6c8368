"""The one line that a user reads when a load fails: code, object, hint. Never a traceback, never a secret."""

from __future__ import annotations

from collections.abc import Iterable

from flext_db_oracle import ErrorKind, LossyValueError, explain, redact
from singer_sdk.exceptions import ConfigValidationError, InvalidRecord

from .merge import plain_names

_HINTS = {
    "gaierror": "The host name cannot be resolved: check host.",
    "RecordsWithoutSchemaException": "The tap must send a SCHEMA message before the stream's first RECORD.",
    "InvalidRecord": "The tap sends data that its own SCHEMA does not allow; validate_records: false loads it anyway.",
    "LossyValueError": "column_types can give the column another type, stream_maps can change the value.",
    "FileNotFoundError": "The path must exist where the target runs, and the target must be allowed to read it.",
    "IdentifierError": "Rename it: a property with stream_maps, a stream with table_name in streams.",
    "BrokenPipeError": (
        "What reads the STATE messages has ended: look at its log. What is committed stays; the next run knows it."
    ),
    "InvalidInputLine": "The input must be Singer messages, one JSON object a line.",
}


_OF_A_RECORD = frozenset({ErrorKind.CONSTRAINT, ErrorKind.DATA})


def describe(error: BaseException, secrets: Iterable[str] = ()) -> str:
    """What happened, to what, and what to do next, in one line."""
    if isinstance(error, ConfigValidationError):
        details = "; ".join(error.errors)
        return redact(f"{error}: {details}" if details else str(error), secrets)
    told = explain(error, secrets)
    text = plain_names(told.message)
    notes = list(dict.fromkeys(getattr(error, "__notes__", ())))
    notes = [note for note in notes if note not in text]
    if told.code is not None:
        notes = [note for note in notes if not note.startswith("input line")]  # the batch's line says nothing
    hint = told.hint or _HINTS.get(type(error).__name__)
    parts = [text.rstrip(".") + (f" ({', '.join(notes)})" if notes else "")]
    if hint and "Hint:" not in text:
        parts.append(f"Hint: {hint.rstrip('.')}")
    if told.kind in _OF_A_RECORD or isinstance(error, (InvalidRecord, LossyValueError)):
        parts.append("on_error: reject would put such records aside, with the reason, and load the others")
    # Exceptions say "Hint:", command lines of this project "Next:".
    return redact(". ".join(parts).replace("Hint: ", "Next: "), secrets)
