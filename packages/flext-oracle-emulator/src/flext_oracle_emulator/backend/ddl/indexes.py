"""CREATE, ALTER and DROP INDEX."""

from __future__ import annotations

import re
from dataclasses import replace

from ...catalog.model import Relation
from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.names import pg_identifier, qualified, quote
from ...sql.translation import Context, StoredFunction
from ...sql.translator import translate_expression
from . import availability, columns, objects, temporary
from .context import DdlContext, owner_and_name
from .objects import Object
from .privileges import insufficient, owner_or

#: What PostgreSQL indexes in place of a stored function, which only the engine can call. Such an index finds no rows; it
#: need not, for only UNIQUE ones have a meaning besides their speed.
_NO_KEY = "NULL::text"
_RECORDED = ("COALESCE", "PARALLEL", "NOPARALLEL", "LOGGING", "NOLOGGING", "COMPUTE", "SHRINK", "MONITORING")
_COMPRESSED = re.compile(r"(?<!\S)COMPRESS(?: (?P<columns>\d+)| (?P<advanced>ADVANCED))?")


async def create_index(statement: ast.CreateIndex, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    table_owner, table_name = owner_and_name(context, statement.table)
    resolved = context.catalog.resolve((table_owner, table_name), context.schema)
    if isinstance(resolved, Relation):
        table_owner, table_name = resolved.owner, resolved.name
    table = await objects.find_table(
        context, table_owner, table_name, owner_or("CREATE ANY INDEX", grant="INDEX"), statement.pos
    )
    if owner != context.user and not context.catalog.has_system_privilege(context.user, "CREATE ANY INDEX"):
        raise insufficient()
    if await objects.find(context, owner, name, objects.INDEXES) is not None:
        raise objects.name_in_use()
    await temporary.refuse_in_use(context, table)
    relation = await objects.relation(context, table_owner, table_name)
    keys = [_key(context, relation, item, text) for item, text in zip(statement.columns, statement.texts, strict=True)]
    await _refuse_indexed(context, table, keys)
    await _create(context, statement, owner, name, table, keys)
    await context.refresh((table.owner, table.name))


class _Key:
    """One key: a column, or an expression with Oracle's text and PostgreSQL's."""

    def __init__(self, column: str | None, text: str, sql: str, descending: bool) -> None:
        self.column, self.text, self.sql, self.descending = column, text, sql, descending

    @property
    def is_expression(self) -> bool:
        return self.column is None or self.descending


def _key(context: DdlContext, relation: Relation, item: ast.OrderItem, text: str) -> _Key:
    expression = item.expr
    suffix = " DESC NULLS FIRST" if item.descending else ""
    if isinstance(expression, ast.Name) and len(expression.parts) == 1:
        column = relation.column(expression.parts[0])
        if column is None:
            raise OracleError(904, f'"{expression.parts[0]}": invalid identifier', expression.pos)
        if columns.is_lob(column):
            raise OracleError(2327, f"cannot create index on expression with datatype {column.data_type}")
        return _Key(column.name, f'"{column.name}"', quote(column.name) + suffix, item.descending)
    called: list[StoredFunction] = []
    sql = translate_expression(expression, _noting(context.query_translation(relation.owner), called), relation)
    if called:
        if not all(function.deterministic for function in called):
            raise OracleError(30553, "The function is not deterministic", expression.pos)
        sql = _NO_KEY
    shown = _without_outer_parentheses(columns.normalised(text, expression))
    for function in called:  # by its full name
        *_, name = path = function.call.split(".")
        shown = re.sub(rf'(?<![\w$#".]){re.escape(name)}\(', ".".join(map(quote, path)) + "(", shown)
    return _Key(None, shown, f"({sql}){suffix}", item.descending)


def _without_outer_parentheses(text: str) -> str:
    """`(a || b)` as `a || b`; `(a) || (b)` as it is."""
    depth, literal = 0, ""
    for index, character in enumerate(text):
        if literal:
            literal = "" if character == literal else literal
        elif character in "'\"":
            literal = character
        elif character in "()":
            depth += 1 if character == "(" else -1
            if depth == 0 and index < len(text) - 1:
                return text
        elif depth == 0:
            return text
    return _without_outer_parentheses(text[1:-1].strip()) if text.startswith("(") else text


def _noting(translation: Context, called: list[StoredFunction]) -> Context:
    """The same, noting the stored functions that it finds."""
    find = translation.stored

    def found(name: tuple[str, ...], count: int) -> StoredFunction | None:
        function = None if find is None else find(name, count)
        called.extend([] if function is None else [function])
        return function

    return replace(translation, stored=found)


async def _refuse_indexed(context: DdlContext, table: Object, keys: list[_Key]) -> None:
    """Raise ORA-01408 if the table has an index on the same list already."""
    wanted = [(key.column or key.text, key.descending) for key in keys]
    existing: dict[int, list[tuple[str, bool]]] = {}
    for object_id, column, expression, descending in await context.rows(
        "SELECT c.object_id, c.column_name, c.expression, c.descending FROM oracle.index_columns c JOIN oracle.indexes i"
        " USING (object_id) WHERE i.table_id = %s ORDER BY c.object_id, c.position",
        table.object_id,
    ):
        plain = expression.strip('"') if descending and expression is not None else expression
        existing.setdefault(object_id, []).append((plain or column, descending))
    if wanted in existing.values():
        raise OracleError(1408, "such column list already indexed")


async def _create(
    context: DdlContext, statement: ast.CreateIndex, owner: str, name: str, table: Object, keys: list[_Key]
) -> None:
    parts = [key.sql for key in keys]
    condition = ""
    if statement.unique and any(key.sql.startswith(f"({_NO_KEY})") for key in keys):
        raise unsupported("a UNIQUE index on a stored function", statement.pos)
    if statement.unique:
        # Rows whose keys are all NULL are not in an index of Oracle's; equal keys clash even if some of them are NULL.
        condition = " NULLS NOT DISTINCT WHERE " + " OR ".join(
            f"{key.sql.removesuffix(' DESC NULLS FIRST')} IS NOT NULL" for key in keys
        )
    schema = table.owner
    if table.temporary is not None:
        schema = objects.TEMPORARY_SCHEMA + table.owner
        parts.insert(0, temporary.key_prefix(table))
    pg_name = pg_identifier(name) if table.temporary else await objects.index_name(context, table.owner, name)
    await columns.refuse_impure(
        context,
        f"CREATE {'UNIQUE ' if statement.unique else ''}INDEX {quote(pg_name)} ON {table.storage} ({', '.join(parts)})"
        f"{condition}",
        OracleError(1743, "only pure functions can be indexed"),
        duplicates=OracleError(1452, "cannot CREATE UNIQUE INDEX; duplicate keys found"),
    )
    relid = await objects.relid_of(context, schema, pg_name)
    index_id = await objects.add(
        context, owner, name, "INDEX", namespace=objects.INDEXES, relid=relid, temporary=table.temporary is not None
    )
    functional = any(key.is_expression for key in keys)
    kind = "BITMAP" if statement.bitmap else "NORMAL"
    options = " ".join(statement.options).upper()
    compressed = _COMPRESSED.search(options)
    prefix_length = None
    if compressed is not None and compressed["advanced"] is None:
        prefix_length = int(compressed["columns"] or len(keys) - (1 if statement.unique else 0))
    await context.run(
        "INSERT INTO oracle.indexes (object_id, table_id, index_type, uniqueness, compression, prefix_length, logging,"
        " partitioned, visible) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        *(index_id, table.object_id, f"FUNCTION-BASED {kind}" if functional else kind, statement.unique),
        *(
            compressed is not None,
            prefix_length,
            "NOLOGGING" not in options,
            "LOCAL" in options.split(),
            "INVISIBLE" not in options,
        ),
    )
    await context.run_many(
        "INSERT INTO oracle.index_columns (object_id, position, column_name, expression, descending)"
        " VALUES (%s, %s, %s, %s, %s)",
        [
            (
                *(index_id, number, f"SYS_NC{number:05d}$" if key.is_expression else key.column),
                *(key.text if key.is_expression else None, key.descending),
            )
            for number, key in enumerate(keys, 1)
        ],
    )


async def drop_index(statement: ast.Drop, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    found = await objects.find(context, owner, name, objects.INDEXES)
    if found is None and statement.if_exists:
        return
    found, table = await _found(context, owner, name)
    if not owner_or("DROP ANY INDEX")(context, found):
        raise insufficient()
    used = await context.value(
        "SELECT EXISTS (SELECT FROM oracle.constraints WHERE index_id = %s AND type IN ('P', 'U'))", found.object_id
    )
    if used:
        raise OracleError(2429, "cannot drop index used for enforcement of unique/primary key")
    await temporary.refuse_in_use(context, table)
    await context.run(f"DROP INDEX {await _pg_index(context, found)}")
    await context.run("DELETE FROM oracle.objects WHERE object_id = %s", found.object_id)
    await context.refresh((table.owner, table.name))


async def _pg_index(context: DdlContext, index: Object) -> str:
    schema, name = await context.one(
        "SELECT n.nspname, c.relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.oid = %s",
        index.relid,
    )
    return qualified(schema, name)


async def _found(context: DdlContext, owner: str, name: str) -> tuple[Object, Object]:
    found = await objects.find(context, owner, name, objects.INDEXES)
    if found is not None:
        table_id = await context.value("SELECT table_id FROM oracle.indexes WHERE object_id = %s", found.object_id)
        table = await objects.by_id(context, table_id)
        if owner == context.user or objects.is_visible(context, table):
            return found, table
    raise OracleError(1418, "specified index does not exist")


async def alter_index(statement: ast.AlterObject, context: DdlContext) -> None:
    """RENAME TO and [IN]VISIBLE are recorded, UNUSABLE lasts until REBUILD; what is about storage has no effect."""
    owner, name = owner_and_name(context, statement.name)
    found, table = await _found(context, owner, name)
    if not owner_or("ALTER ANY INDEX")(context, found):
        raise insufficient()
    if statement.rename_to is not None:
        if await objects.find(context, owner, statement.rename_to, objects.INDEXES) is not None:
            raise objects.name_in_use()
        # PostgreSQL's name stays: constraints are reported by it.
        await context.run(
            "UPDATE oracle.objects SET name = %s WHERE object_id = %s", statement.rename_to, found.object_id
        )
        return
    words = statement.text.upper().split()
    if words[:1] in (["VISIBLE"], ["INVISIBLE"]):
        await context.run(
            "UPDATE oracle.indexes SET visible = %s WHERE object_id = %s", words[0] == "VISIBLE", found.object_id
        )
    elif words[:1] == ["UNUSABLE"]:
        await availability.make_unusable(context, found, table)
    elif words[:1] == ["REBUILD"]:
        await availability.rebuild(context, found, table, words)
    elif not words or words[0] not in _RECORDED:
        raise unsupported(f"ALTER INDEX {statement.text}", statement.pos)
    await objects.touch(context, found.object_id)
