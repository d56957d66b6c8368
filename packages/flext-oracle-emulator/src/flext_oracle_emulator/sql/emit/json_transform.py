"""JSON_TRANSFORM (21c): the operations as data for backend/sql/171_json_transform.sql, their values as JSON texts."""

from __future__ import annotations

import json

from ...errors import unsupported
from .. import ast
from ..inference import Sql
from ..names import invalid_identifier, string
from ..scope import Scope
from .core import State
from .json_functions import document_text, member_text, plain_path, returned

#: What each operation does when the path leads to something, and when it leads to nothing.
_EXISTING = {"SET": "REPLACE", "INSERT": "ERROR", "REPLACE": "REPLACE"}
_MISSING = {
    "SET": "CREATE",
    "INSERT": "CREATE",
    "REPLACE": "IGNORE",
    "APPEND": "ERROR",
    "REMOVE": "IGNORE",
    "RENAME": "IGNORE",
}


def json_transform(state: State, node: ast.Call, scope: Scope) -> Sql:
    if state.context.version < 21:
        raise invalid_identifier(node.name, node.pos)
    value = state.expression(node.args[0], scope)
    operations, texts = [], []
    for word, path, content, handlers, formatted in node.extra["operations"]:  # type: ignore[attr-defined]
        steps = plain_path(path, node.pos).steps
        if steps is None or any(step == ".*" or " to " in step for step in steps):
            raise unsupported("this path in JSON_TRANSFORM", node.pos)
        operation: dict[str, object] = {
            "op": word,
            "path": path,
            "steps": steps,
            "missing": handlers.get("MISSING", _MISSING[word]),
        }
        if word == "RENAME":
            if not isinstance(content, ast.StringLiteral):
                raise unsupported("a new name that is no literal", node.pos)
            operation["name"] = content.value
        elif content is not None:
            text, is_null = member_text(state, content, formatted, scope)
            texts.append(f"CASE WHEN NOT ({is_null}) THEN {text} END")
            operation |= {
                "value": len(texts),
                "existing": handlers.get("EXISTING", _EXISTING.get(word)),
                "empty": handlers.get("NULL", "NULL"),
            }
        operations.append(operation)
    values = f"ARRAY[{', '.join(texts)}]::text[]"
    program = f"{string(json.dumps(operations))}::jsonb"
    if value.type == "oracle.json":
        node.extra.setdefault("returning", ast.TypeName("JSON"))
    return returned(state, node, f"oracle.json_transform({document_text(value, node.pos)}, {program}, {values})")
