"""ALTER TABLE .. MODIFY: what Oracle lets change when there are rows, and what not."""

from __future__ import annotations

from ...catalog.model import Column
from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.names import quote
from . import columns, constraints, dependents, objects, tables, temporary
from .context import DdlContext
from .objects import Object

_LOBS = ("CLOB", "NCLOB", "BLOB")


async def modify_columns(context: DdlContext, table: Object, action: ast.ModifyColumns) -> None:
    columns.refuse_duplicates(definition.name for definition in action.columns)
    for definition in action.columns:
        relation = await objects.relation(context, table.owner, table.name)
        column = relation.column(definition.name)
        if column is None:
            raise OracleError(904, f'"{definition.name}": invalid identifier', definition.pos)
        if column.virtual or definition.virtual is not None:
            raise unsupported("MODIFY of a virtual column", definition.pos)
        if definition.type is not None:
            wanted = columns.facts(column.name, column.attnum, definition.type, context.version)
            if _type(wanted) != _type(column):
                if columns.is_used_by_virtual(relation, column.name):
                    raise OracleError(54033, "column to be modified is used in a virtual column expression")
                await _change_type(context, table, column, wanted)
        await _change_default(context, table, column, definition)
        await _change_identity(context, table, column, definition)
        await _change_visibility(context, table, column, definition)
        for constraint in definition.constraints:
            await _change_constraint(context, table, column, constraint)
    await context.refresh((table.owner, table.name))


def _type(column: Column) -> tuple[object, ...]:
    return (column.data_type, column.precision, column.scale, column.length, column.char_length, column.char_used)


async def _any_value(context: DdlContext, table: Object, column: Column, condition: str = "") -> bool:
    sql = f"SELECT EXISTS (SELECT FROM {table.storage} WHERE {quote(column.name)} IS NOT NULL{condition})"
    return bool(await context.value(sql))


async def _change_type(context: DdlContext, table: Object, column: Column, wanted: Column) -> None:
    if column.identity is not None and wanted.data_type not in ("NUMBER", "FLOAT"):
        raise OracleError(30675, "identity column must be a numeric type")
    await _refuse_change(context, table, column, wanted)
    await temporary.refuse_in_use(context, table)
    invalid = await dependents.invalidate(context, table.relid)
    if table.temporary is not None:
        await context.run(f"DROP VIEW {table.sql}")
    attnum = await _stored_attnum(context, table, column)
    name = quote(column.name)
    actions = [f"DROP CONSTRAINT IF EXISTS {quote(columns.length_constraint(attnum))}"]
    if wanted.pg_type != column.pg_type:
        actions.append(f"ALTER COLUMN {name} DROP DEFAULT")
        actions.append(f"ALTER COLUMN {name} TYPE {wanted.pg_type} USING {_converted(name, column, wanted)}")
    default = await context.value(
        "SELECT pg_catalog.pg_get_expr(adbin, adrelid) FROM pg_catalog.pg_attrdef WHERE adrelid = %s::regclass"
        " AND adnum = %s",
        *(table.storage, attnum),
    )
    if default is not None and wanted.pg_type != column.pg_type:
        actions.append(f"ALTER COLUMN {name} SET DEFAULT ({default})::{wanted.pg_type}")
    check = columns.length_check(wanted, attnum)
    if check is not None:
        # Rows were looked at above, or fit anyway: no second scan.
        actions.append(f"ADD CONSTRAINT {quote(columns.length_constraint(attnum))} CHECK ({check}) NOT VALID")
    await context.run(f"ALTER TABLE {table.storage} {', '.join(actions)}")
    await context.run(
        "UPDATE oracle.columns SET data_type = %s, data_length = %s, data_precision = %s, data_scale = %s, char_length = %s,"
        " char_used = %s WHERE object_id = %s AND name = %s",
        *(wanted.data_type, wanted.length, wanted.precision, wanted.scale, wanted.char_length, wanted.char_used),
        *(table.object_id, column.name),
    )
    if table.temporary is not None:
        await tables.remake_face(context, table)
    await context.refresh((table.owner, table.name))
    if invalid:
        await dependents.revalidate(context, [table.name])


async def _stored_attnum(context: DdlContext, table: Object, column: Column) -> int:
    return int(
        await context.value(
            "SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = %s::regclass AND attname = %s",
            *(table.storage, quote(column.name)[1:-1].replace('""', '"')),
        )
    )


def _converted(name: str, column: Column, wanted: Column) -> str:
    """The value in its new type: rows are only there when the types are of one kind, or all values NULL."""
    if _kind(column) == _kind(wanted):
        return f"{name}::{wanted.pg_type}"
    return f"NULL::{wanted.pg_type}"


def _kind(column: Column) -> str:
    base = column.data_type.split("(")[0]
    return {"VARCHAR2": "CHAR", "NVARCHAR2": "NCHAR", "FLOAT": "NUMBER"}.get(base, base)


async def _refuse_change(context: DdlContext, table: Object, column: Column, wanted: Column) -> None:
    """Raise what Oracle raises for a change that the column's values do not allow."""
    old, new = column.data_type, wanted.data_type
    if old != new and (old in _LOBS or new in _LOBS):
        raise OracleError(22858 if new in _LOBS else 22859, _LOB_TEXT[new in _LOBS])
    if _kind(column) != _kind(wanted):
        if await _any_value(context, table, column):
            if _kind(column) == "DATE" and _kind(wanted).startswith("TIMESTAMP"):
                raise unsupported("MODIFY of a column with values from DATE to TIMESTAMP")
            raise OracleError(1439, "column to be modified must be empty to change datatype")
        return
    if column.char_used is not None:
        await _refuse_shorter(context, table, column, wanted)
    elif new == "RAW" and wanted.length < column.length:
        if await _any_value(context, table, column, f" AND octet_length({quote(column.name)}) > {wanted.length}"):
            raise OracleError(1441, "cannot decrease column length because some value is too big")
    elif _kind(column) == "NUMBER":
        shorter = _digits(wanted) < _digits(column) or _scale(wanted) < _scale(column)
        if shorter and await _any_value(context, table, column):
            raise OracleError(1440, "column to be modified must be empty to decrease precision or scale")
    else:
        shorter = (wanted.scale or 0) < (column.scale or 0) or (wanted.precision or 0) < (column.precision or 0)
        if shorter and await _any_value(context, table, column):
            raise OracleError(
                30082,
                "datetime/interval column to be modified must be empty to decrease fractional second or leading field"
                " precision",
            )


_LOB_TEXT = {True: "invalid alteration of datatype", False: "invalid modification of columns"}


async def _refuse_shorter(context: DdlContext, table: Object, column: Column, wanted: Column) -> None:
    if wanted.char_length >= column.char_length and wanted.char_used == column.char_used:
        return
    if column.data_type in ("CHAR", "NCHAR") and wanted.data_type == column.data_type:
        longer = wanted.length < column.length
        if longer and await _any_value(context, table, column):
            raise OracleError(1441, "cannot decrease column length because some value is too big")
        return
    check = columns.length_check(wanted, 0)
    if check is None:
        return
    condition = check.partition(" OR oracle.too_large")[0]
    if await _any_value(context, table, column, f" AND NOT ({condition})"):
        raise OracleError(1441, "cannot decrease column length because some value is too big")


def _scale(column: Column) -> int:
    """Digits after the point; a bare NUMBER has room for any."""
    if column.scale is None:
        return 127 if column.data_type == "NUMBER" else 0
    return column.scale


def _digits(column: Column) -> int:
    """Digits before the point."""
    if column.precision is None:
        return 126 if column.scale is None else 38
    return column.precision - (column.scale or 0) if column.data_type == "NUMBER" else column.precision


async def _change_default(context: DdlContext, table: Object, column: Column, definition: ast.ColumnDef) -> None:
    name = quote(column.name)
    if definition.drop_default:
        await context.run(f"ALTER TABLE {table.storage} ALTER COLUMN {name} DROP DEFAULT")
    elif definition.default is None:
        return
    else:
        if column.identity is not None:
            raise OracleError(30674, "identity column cannot have a default value", definition.pos)
        relation = await objects.relation(context, table.owner, table.name)
        current = relation.column(column.name)
        assert current is not None
        default = columns.default_sql(context, definition.default, current, table.owner)
        await context.run(f"ALTER TABLE {table.storage} ALTER COLUMN {name} SET DEFAULT {default}")
    await context.run(
        "UPDATE oracle.columns SET default_text = %s, default_on_null = %s WHERE object_id = %s AND name = %s",
        *(None if definition.drop_default else definition.default_text, definition.default_on_null),
        *(table.object_id, column.name),
    )
    if definition.default_on_null and column.nullable:
        await constraints.add(context, table, ast.ConstraintDef("NOT NULL", columns=[column.name]))
    if definition.default_on_null or column.default_on_null:
        await tables.default_on_null(context, table)


async def _change_identity(context: DdlContext, table: Object, column: Column, definition: ast.ColumnDef) -> None:
    if definition.drop_identity:
        if column.identity is None:
            raise OracleError(30673, "column to be modified is not an identity column", definition.pos)
        await tables.drop_identity(context, table, column)
    elif definition.identity is not None:
        if column.identity is None:
            raise OracleError(30673, "column to be modified is not an identity column", definition.pos)
        if definition.identity.options:
            raise unsupported("MODIFY of an identity column's sequence", definition.pos)
        identity = definition.identity
        kind = "ALWAYS" if identity.always else "BY DEFAULT ON NULL" if identity.on_null else "BY DEFAULT"
        await context.run(
            "UPDATE oracle.columns SET identity = %s, default_on_null = %s WHERE object_id = %s AND name = %s",
            *(kind, identity.on_null, table.object_id, column.name),
        )
        await tables.default_on_null(context, table)


async def _change_visibility(context: DdlContext, table: Object, column: Column, definition: ast.ColumnDef) -> None:
    if definition.visible is None or definition.visible is not column.hidden:
        return
    await context.run(
        "UPDATE oracle.columns SET hidden = %s, column_id = CASE WHEN %s THEN NULL ELSE (SELECT coalesce(max(column_id), 0) + 1"
        " FROM oracle.columns WHERE object_id = %s) END WHERE object_id = %s AND name = %s",
        *(not definition.visible, not definition.visible, table.object_id, table.object_id, column.name),
    )
    await context.run(
        "UPDATE oracle.columns c SET column_id = n.number FROM (SELECT name, row_number() OVER (ORDER BY column_id) AS number"
        " FROM oracle.columns WHERE object_id = %s AND column_id IS NOT NULL) n WHERE c.object_id = %s AND c.name = n.name",
        *(table.object_id, table.object_id),
    )


async def _change_constraint(context: DdlContext, table: Object, column: Column, constraint: ast.ConstraintDef) -> None:
    if constraint.kind not in ("NULL", "NOT NULL"):
        await constraints.add(context, table, constraint, inline=True)
        return
    existing = [
        found
        for found in await constraints.select(context, "k.object_id = %s AND k.not_null", table.object_id)
        if found.columns == (column.name,) and found.status == "ENABLED"
    ]
    if constraint.kind == "NOT NULL":
        if existing:
            raise OracleError(1442, "column to be modified to NOT NULL is already NOT NULL", constraint.pos)
        await constraints.add(context, table, constraint)
        return
    if not existing:
        raise OracleError(1451, "column to be modified to NULL cannot be modified to NULL", constraint.pos)
    for found in existing:
        await constraints.drop(context, table, found)
