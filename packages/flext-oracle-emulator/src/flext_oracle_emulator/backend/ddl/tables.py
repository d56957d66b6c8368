"""CREATE TABLE [AS SELECT], DROP TABLE, TRUNCATE and renaming."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ...catalog.model import Column, Relation
from ...catalog.store import type_of_column
from ...errors import OracleError, unsupported
from ...sql import ast
from ...sql.names import pg_identifier, qualified, quote, string
from ...sql.translator import translate_expression, translate_query_text
from ..pgtypes import ROWID_COLUMN, ROWID_OBJECT_SHIFT
from . import (
    availability,
    columns,
    constraints,
    dependents,
    exchange,
    objects,
    partitions,
    sequences,
    storage,
    temporary,
    triggers,
)
from .context import DdlContext, owner_and_name
from .objects import Object
from .privileges import owner_or, require_create, require_drop
from .user_types import refuse_unstored, with_user_types


def _rowid(object_id: int) -> str:
    """The hidden column: the object in the upper bits makes ROWIDs unique in the database (`oracle.rowidtochar`)."""
    start = object_id << ROWID_OBJECT_SHIFT
    return f'"{ROWID_COLUMN}" bigint GENERATED ALWAYS AS IDENTITY (MINVALUE {start} START WITH {start} CACHE 1)'


async def create_table(statement: ast.CreateTable, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    require_create(context, owner, "TABLE")
    if await objects.find(context, owner, name) is not None:
        if statement.if_not_exists:
            return
        raise objects.name_in_use()
    if statement.query is not None and statement.temporary is None:
        context.catalog.require_quota(owner)
    if statement.organization == "EXTERNAL":
        raise unsupported("external table", statement.pos)
    _check_clauses(statement)
    if statement.query is None:
        definitions = [await with_referenced_type(context, owner, definition) for definition in statement.columns]
        statement.columns = with_user_types(context, definitions)
        refuse_unstored(context, statement)
    if statement.exchange_with is not None:
        specs = await exchange.columns_for(context, statement)
    else:
        specs = await described_columns(context, statement, owner)
    table = await make(context, statement, owner, name, specs)
    if statement.query is not None:
        await fill(context, table.sql, statement.query, [column for column in specs if not column.virtual])
    for definition in statement.columns:
        for constraint in definition.constraints:
            if not (constraint.kind == "NOT NULL" and definition.identity is not None):
                await constraints.add(context, table, constraint, inline=True)
    for constraint in statement.constraints:
        await constraints.add(context, table, constraint)
    await context.refresh((owner, name))
    await dependents.revalidate(context, [name])


async def described_columns(context: DdlContext, statement: ast.CreateTable, owner: str) -> list[Column]:
    """The columns that the statement declares, or that its query has."""
    described = None if statement.query is None else await _described(context, statement, owner)
    return _specifications(statement, described, context.version)


def _check_clauses(statement: ast.CreateTable) -> None:
    inline = [constraint for column in statement.columns for constraint in column.constraints]
    every = [*inline, *statement.constraints]
    if statement.query is not None and any(constraint.kind == "R" for constraint in every):
        raise OracleError(2440, "Create as select with referential constraints not allowed")
    if statement.temporary is not None and statement.partitioning:
        raise OracleError(14459, "missing GLOBAL keyword")
    if statement.organization == "INDEX" and not any(constraint.kind == "P" for constraint in every):
        raise OracleError(25175, "no PRIMARY KEY constraint found")
    if sum(constraint.kind == "P" for constraint in every) > 1:
        raise OracleError(2260, "table can have only one primary key")
    if sum(column.identity is not None for column in statement.columns) > 1:
        raise OracleError(30669, "table can have only one identity column")
    for column in statement.columns:
        kinds = [constraint.kind for constraint in column.constraints]
        if "NULL" in kinds and "NOT NULL" in kinds:
            raise OracleError(2258, "duplicate or conflicting NULL and NOT NULL specifications", column.pos)
        if kinds.count("NOT NULL") > 1:
            raise OracleError(2258, "duplicate or conflicting NULL and NOT NULL specifications", column.pos)


async def _described(context: DdlContext, statement: ast.CreateTable, owner: str) -> list[Column]:
    """The columns of CREATE TABLE .. AS SELECT, NOT NULL only where Oracle carries it over."""
    assert statement.query is not None
    found = list(await context.describe(statement.query, context.schema))
    if statement.columns:
        if len(statement.columns) != len(found):
            raise OracleError(1730, "invalid number of column names specified")
        if any(column.type is not None for column in statement.columns):
            raise OracleError(1773, "may not specify column datatypes in this CREATE TABLE")
        found = [replace(column, name=named.name) for column, named in zip(found, statement.columns, strict=True)]
    else:
        dependents.refuse_unnamed(statement.query)
    if any(columns.is_null(item.expr) for item in _first_items(statement.query)):
        raise OracleError(1723, "zero-length columns are not allowed")
    required = await _required_columns(context, statement.query, found)
    return [
        replace(column, nullable=number not in required)
        for number, column in enumerate(carried(found, [column.name for column in found]), 1)
    ]


def _first_items(query: ast.Query) -> list[ast.SelectItem]:
    """The select list of a query without set operators; of others the types come from all branches."""
    return query.body.items if isinstance(query.body, ast.Select) else []


def carried(described: Sequence[Column], names: Sequence[str]) -> list[Column]:
    """The columns of a table made from a query: types come along, defaults and the like do not."""
    return [
        replace(
            column, name=name, attnum=number, nullable=True,
            default_text=None, identity=None, virtual=False, hidden=False, default_on_null=False,
        )
        for number, (name, column) in enumerate(zip(names, described, strict=True), 1)
    ]  # fmt: skip


async def _required_columns(context: DdlContext, query: ast.Query, found: Sequence[Column]) -> set[int]:
    """Positions of columns whose NOT NULL is carried over: plain columns, but not those that only a primary key keeps from NULL."""
    body = query.body
    if isinstance(body, ast.SetOperation):
        return set()
    single = [item for item in body.from_ if isinstance(item, ast.TableRef)]
    relations = [context.catalog.resolve(item.name, context.schema) for item in single]
    tables = [relation for relation in relations if isinstance(relation, Relation)]
    key_only: set[str] = set()
    for table in tables:
        key_only |= set(table.primary_key) - await constraints.declared_not_null(context, table.object_id)
    starred = any(isinstance(item.expr, ast.Star) for item in body.items)
    required = set()
    for number, column in enumerate(found, 1):
        if column.nullable:
            continue
        if starred:
            source = column.name
        else:
            expression = body.items[number - 1].expr
            if not isinstance(expression, ast.Name):
                continue
            source = expression.parts[-1]
        if source not in key_only:
            required.add(number)
    return required


def _specifications(statement: ast.CreateTable, described: list[Column] | None, version: int) -> list[Column]:
    """The columns in order, as the dictionary will show them; virtual ones without a type get it when they are made."""
    if described is not None:
        specs = described
        for definition, column in zip(statement.columns, described, strict=False):
            if any(constraint.kind == "NOT NULL" and constraint.enabled for constraint in definition.constraints):
                specs[column.attnum - 1] = replace(column, nullable=False)
    else:
        specs = [specification(definition, number, version) for number, definition in enumerate(statement.columns, 1)]
    columns.refuse_duplicates(column.name for column in specs)
    columns.refuse_too_many(len(specs))
    if specs and all(column.hidden for column in specs):
        raise OracleError(54039, "table must have at least one column that is not invisible")
    return specs


def specification(definition: ast.ColumnDef, attnum: int, version: int) -> Column:
    """The column that a definition makes. A virtual column without a type has data_type ''."""
    if definition.type is None:
        if definition.virtual is None and definition.identity is None:
            raise OracleError(2263, "need to specify the datatype for this column", definition.pos)
        if definition.identity is not None:
            column = columns.facts(definition.name, attnum, ast.TypeName("NUMBER"), version)
        else:
            column = Column(definition.name, attnum, "", "")
    else:
        column = columns.facts(definition.name, attnum, definition.type, version)
    if definition.identity is not None and column.data_type not in ("NUMBER", "FLOAT"):
        raise OracleError(30675, "identity column must be a numeric type", definition.pos)
    if definition.identity is not None and definition.default is not None:
        raise OracleError(30674, "identity column cannot have a default value", definition.pos)
    required = definition.identity is not None or definition.default_on_null
    required |= any(constraint.kind == "NOT NULL" and constraint.enabled for constraint in definition.constraints)
    identity = definition.identity
    return replace(
        column,
        nullable=not required,
        default_text=(
            columns.normalised(definition.virtual_text, definition.virtual)
            if definition.virtual is not None
            else definition.default_text
        )
        or None,
        identity=None
        if identity is None
        else "ALWAYS" if identity.always else "BY DEFAULT ON NULL" if identity.on_null else "BY DEFAULT",
        virtual=definition.virtual is not None,
        hidden=definition.visible is False,
        default_on_null=definition.default_on_null or (identity is not None and identity.on_null),
    )  # fmt: skip


async def make(context: DdlContext, statement: ast.CreateTable, owner: str, name: str, specs: list[Column]) -> Object:
    """Create the table without virtual columns, then those, and record it all."""
    on_commit = None if statement.temporary is None else statement.on_commit or "DELETE"
    by_name = {definition.name: definition for definition in statement.columns}
    await objects.make_room(context, owner, name)
    object_id = await objects.add(context, owner, name, "TABLE", temporary=on_commit is not None)
    stored = columns.renumbered(column for column in specs if not column.virtual)
    definitions: list[str] = []
    for column in stored:
        definition = by_name.get(column.name)
        default = None
        if definition is not None and definition.default is not None:
            default = columns.default_sql(context, definition.default, column, owner)
        elif definition is not None and definition.identity is not None:
            sequence = await sequences.create_identity(context, owner, object_id, definition.identity)
            default = f"nextval({string(qualified(owner, sequence))}::regclass)"
        definitions.append(columns.declaration(column, default=default, not_null=not column.nullable))
    duration = None
    if on_commit is None:
        await context.run(f"CREATE TABLE {qualified(owner, name)} ({', '.join([*definitions, _rowid(object_id)])})")
        await context.run(f'CREATE INDEX {quote(f"rowid${object_id}")} ON {qualified(owner, name)} ("{ROWID_COLUMN}")')
    else:
        duration = "SYS$TRANSACTION" if on_commit == "DELETE" else "SYS$SESSION"
        await temporary.create_storage(context, owner, name, [*definitions, _rowid(object_id)], on_commit)
        await temporary.create_face(context, owner, name, stored, on_commit)
    relid = await objects.relid_of(context, owner, name)
    await context.run("UPDATE oracle.objects SET relid = %s WHERE object_id = %s", relid, object_id)
    await context.run(
        "INSERT INTO oracle.tables (object_id, tablespace_name, temporary, duration, iot_type, dependencies)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        *(object_id, await _default_tablespace(context, owner) if on_commit is None else None),
        *(statement.temporary, duration),
        *("IOT" if statement.organization == "INDEX" else None, statement.row_dependencies),
    )
    await storage.record_options(context, object_id, statement.options)
    attnums = {column.name: column.attnum for column in stored}
    known = [replace(column, attnum=attnums.get(column.name, 0)) for column in specs]
    await columns.record(context, object_id, [column for column in known if column.data_type])
    table = await objects.by_id(context, object_id)
    for column in specs:
        if column.virtual:
            await add_virtual(context, table, by_name[column.name], column, recorded=bool(column.data_type))
    await _renumber(context, object_id, [column for column in specs if not column.hidden])
    for column in specs:
        if column.identity is not None:
            await sequences.link_identity(context, object_id, column.name)
    await _record_implied_not_null(context, table, by_name, specs)
    if any(column.default_on_null for column in specs):
        await default_on_null(context, table)
    if statement.partitioning:
        await partitions.record(context, table, statement.partitioning)
    return table


async def _default_tablespace(context: DdlContext, owner: str) -> str:
    return str(await context.value("SELECT default_tablespace FROM oracle.users WHERE username = %s", owner))


def _first_not_null(definition: ast.ColumnDef | None) -> ast.ConstraintDef | None:
    if definition is None:
        return None
    return next((constraint for constraint in definition.constraints if constraint.kind == "NOT NULL"), None)


async def _record_implied_not_null(
    context: DdlContext, table: Object, by_name: dict[str, ast.ColumnDef], specs: list[Column]
) -> None:
    """NOT NULL of identity columns, DEFAULT ON NULL and what a query carried over is a constraint too."""
    for column in specs:
        definition = by_name.get(column.name)
        named = _first_not_null(definition)
        if column.nullable or (named is not None and (definition is None or definition.identity is None)):
            continue
        await constraints.add(
            context, table, ast.ConstraintDef("NOT NULL", columns=[column.name], name=named.name if named else None)
        )


async def _renumber(context: DdlContext, object_id: int, visible: list[Column]) -> None:
    await context.run_many(
        "UPDATE oracle.columns SET column_id = %s WHERE object_id = %s AND name = %s",
        [(number, object_id, column.name) for number, column in enumerate(visible, 1)],
    )


async def add_virtual(
    context: DdlContext, table: Object, definition: ast.ColumnDef, column: Column, *, recorded: bool
) -> None:
    """Add a virtual column to a table that has its other columns.

    It is stored: PostgreSQL's virtual columns may not use functions or types of ours. What is stored cannot differ from what
    would be computed, because the expression must be immutable (ORA-54002).
    """
    assert definition.virtual is not None
    if table.temporary is not None:
        raise unsupported("virtual column of a temporary table", definition.pos)
    relation = await objects.relation(context, table.owner, table.name)
    relation = replace(relation, columns=[item for item in relation.columns if item.name != column.name])
    if not column.data_type:
        query = ast.Query(
            ast.Select(
                [ast.SelectItem(definition.virtual, alias=column.name)], [ast.TableRef((table.owner, table.name))]
            )
        )
        (described,) = await context.describe(query, table.owner)
        column = replace(
            described, name=column.name, nullable=column.nullable, default_text=column.default_text,
            virtual=True, hidden=column.hidden, identity=None, default_on_null=False,
        )  # fmt: skip
    attnum = await next_attnum(context, table)
    column = replace(column, attnum=attnum)
    expression = translate_expression(
        columns.assigned(definition.virtual, column), context.translation(table.owner), relation
    )
    await columns.refuse_impure(
        context,
        f"ALTER TABLE {table.storage} ADD COLUMN {quote(column.name)} {column.pg_type}"
        f" GENERATED ALWAYS AS ({expression}) STORED",
        OracleError(54002, "only pure functions can be specified in a virtual column expression"),
    )
    if recorded:
        await context.run(
            "UPDATE oracle.columns SET attnum = %s WHERE object_id = %s AND name = %s",
            *(attnum, table.object_id, column.name),
        )
    else:
        await columns.record(context, table.object_id, [column])
    check = columns.length_check(column, attnum)
    if check is not None:
        await context.run(
            f"ALTER TABLE {table.storage} ADD CONSTRAINT {quote(columns.length_constraint(attnum))} CHECK ({check})"
        )


async def remake_face(context: DdlContext, table: Object) -> None:
    """Make the view of a global temporary table anew after its columns changed; column numbers follow."""
    invalid = await dependents.invalidate(context, table.relid)
    await context.run(f"DROP VIEW IF EXISTS {table.sql}")
    rows = await context.rows(
        "SELECT name, column_id FROM oracle.columns WHERE object_id = %s ORDER BY attnum", table.object_id
    )
    listed = [Column(name, number, "", "") for number, (name, _) in enumerate(rows, 1)]
    await temporary.create_face(
        context, table.owner, table.name, listed, "DELETE" if table.duration == "SYS$TRANSACTION" else "PRESERVE"
    )
    await context.run(
        "UPDATE oracle.objects SET relid = %s WHERE object_id = %s",
        *(await objects.relid_of(context, table.owner, table.name), table.object_id),
    )
    await context.run_many(
        "UPDATE oracle.columns SET attnum = %s WHERE object_id = %s AND name = %s",
        [(column.attnum, table.object_id, column.name) for column in listed],
    )
    await context.refresh((table.owner, table.name))
    if invalid:
        await dependents.revalidate(context, [table.name])


async def drop_identity(context: DdlContext, table: Object, column: Column) -> None:
    """MODIFY .. DROP IDENTITY: the column stays, and stays NOT NULL."""
    await context.run(f"ALTER TABLE {table.storage} ALTER COLUMN {quote(column.name)} DROP DEFAULT")
    await sequences.drop_identity(context, table)
    await context.run(
        "UPDATE oracle.columns SET identity = NULL, default_on_null = false WHERE object_id = %s AND name = %s",
        *(table.object_id, column.name),
    )
    await default_on_null(context, table)


async def with_referenced_type(context: DdlContext, owner: str, definition: ast.ColumnDef) -> ast.ColumnDef:
    """A foreign key column without a type has that of the column it refers to."""
    reference = next((item for item in definition.constraints if item.kind == "R"), None)
    if definition.type is not None or definition.virtual is not None or reference is None:
        return definition
    assert reference.references is not None
    found = context.catalog.resolve(reference.references, owner)
    if not isinstance(found, Relation):
        raise OracleError(942, "table or view does not exist", reference.pos)
    name = (reference.referenced_columns or list(found.primary_key) or [""])[0]
    column = found.column(name)
    if column is None:
        raise OracleError(2268, "referenced table does not have a primary key", reference.pos)
    return replace(definition, type=type_of_column(column))


async def next_attnum(context: DdlContext, table: Object) -> int:
    """The number that the relation's next column will have."""
    return 1 + int(
        await context.value("SELECT relnatts FROM pg_catalog.pg_class WHERE oid = %s::regclass", table.storage)
    )


async def default_on_null(context: DdlContext, table: Object) -> None:
    """(Re)make the trigger that gives DEFAULT ON NULL columns their default when a row brings NULL."""
    names = await context.rows(
        "SELECT name FROM oracle.columns WHERE object_id = %s AND default_on_null ORDER BY column_id", table.object_id
    )
    found = [
        (
            name,
            await context.value(
                "SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d JOIN pg_catalog.pg_attribute a"
                " ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = %s::regclass AND a.attname = %s",
                *(table.storage, pg_identifier(name)),
            ),
        )
        for (name,) in names
    ]
    function = qualified(table.owner, f"default_on_null${table.object_id}")
    await context.run(f"DROP FUNCTION IF EXISTS {function} CASCADE")
    if not found:
        return
    body = " ".join(
        f"IF NEW.{quote(name)} IS NULL THEN NEW.{quote(name)} := {expression}; END IF;" for name, expression in found
    )
    await context.run(
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS {string(f'BEGIN {body} RETURN NEW; END')}"
    )
    await context.run(
        f"CREATE TRIGGER default_on_null BEFORE INSERT ON {table.storage} FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


async def fill(context: DdlContext, table: str, query: ast.Query, stored: list[Column]) -> None:
    """Insert the query's rows into a table by its PostgreSQL name."""
    translation = translate_query_text(query, replace(context.query_translation(), flashback=context.past))
    listed = ", ".join(quote(column.name) for column in stored)
    if translation.hidden_columns:
        raise unsupported("CREATE TABLE AS SELECT .. FOR UPDATE", query.pos)
    await context.fill(f"INSERT INTO {table} ({listed}) {translation.sql}", translation)


# ------------------------------------------------------------------------------------------------------ drop, truncate


async def drop_table(statement: ast.Drop, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    table = await objects.find(context, owner, name)
    missing = OracleError(942, "table or view does not exist", statement.pos)
    if table is None or table.type != "TABLE" or not objects.is_visible(context, table):
        if statement.if_exists and table is None:
            return
        raise missing
    require_drop(context, table, "TABLE", missing)
    if await objects.find(context, owner, name, objects.MVIEWS) is not None:
        raise OracleError(12083, f'must use DROP MATERIALIZED VIEW to drop "{owner}"."{name}"')
    await remove_table(context, table, cascade=statement.cascade)


async def remove_table(context: DdlContext, table: Object, *, cascade: bool) -> None:
    await temporary.refuse_in_use(context, table)
    references = await constraints.references_to(context, table)
    if references and not cascade:
        raise OracleError(2449, "unique/primary keys in table referenced by foreign keys")
    for reference in references:
        await constraints.drop(context, await objects.by_id(context, reference.object_id), reference)
    await dependents.invalidate(context, table.relid)
    if table.temporary is not None:
        await context.run(f"DROP VIEW {table.sql}")
    await context.run(f"DROP TABLE {table.storage}")
    for function in ("default_on_null", "interval", "interval_at"):
        await context.run(f"DROP FUNCTION IF EXISTS {qualified(table.owner, f'{function}${table.object_id}')}")
    await forget(context, table)
    await context.refresh((table.owner, table.name))


async def forget(context: DdlContext, table: Object) -> None:
    """Remove a table with its indexes and identity sequence from the metadata; its constraints go first, newest first."""
    await sequences.drop_identity(context, table)
    await triggers.forget(context, table)
    await context.run(
        "DELETE FROM oracle.constraints WHERE object_id = %s AND r_constraint_id IS NOT NULL", table.object_id
    )
    await context.run(
        "DELETE FROM oracle.objects WHERE object_id IN (SELECT object_id FROM oracle.indexes WHERE table_id = %s)",
        table.object_id,
    )
    await context.run("DELETE FROM oracle.objects WHERE object_id = %s", table.object_id)


async def truncate(statement: ast.Truncate, context: DdlContext) -> None:
    owner, name = owner_and_name(context, statement.name)
    table = await objects.find_table(context, owner, name, owner_or("DROP ANY TABLE"), statement.pos)
    if await objects.find(context, owner, name, objects.MVIEWS) is not None:
        raise OracleError(32415, "operation not supported on materialized view")
    await availability.refuse_read_only(context, table)
    references = await constraints.references_to(context, table)
    if any(reference.status == "ENABLED" for reference in references):
        if not statement.cascade:
            raise OracleError(2266, "unique/primary keys in table referenced by enabled foreign keys")
        if any(reference.delete_rule != "CASCADE" for reference in references if reference.status == "ENABLED"):
            raise OracleError(14705, "unique or primary keys referenced by enabled foreign keys in table")
    if table.temporary is not None:
        await temporary.truncate(context, table)
        return
    await context.run(f"TRUNCATE {table.storage}{' CASCADE' if statement.cascade else ''}")
    await availability.make_usable(context, table)
    await context.run(
        "UPDATE oracle.objects SET data_object_id = nextval('oracle.object_ids') WHERE object_id = %s", table.object_id
    )
    await objects.touch(context, table.object_id)


# ------------------------------------------------------------------------------------------------------------- rename


async def rename_table(context: DdlContext, table: Object, new: str) -> None:
    """ALTER TABLE .. RENAME TO and RENAME: what refers to the old name becomes invalid, what waits for the new one valid."""
    if await objects.find(context, table.owner, new) is not None:
        raise objects.name_in_use()
    await dependents.invalidate(context, table.relid)
    await objects.make_room(context, table.owner, new)
    if table.temporary is not None:
        await context.run(f"ALTER TABLE {table.storage} RENAME TO {quote(new)}")
        await context.run(f"ALTER VIEW {table.sql} RENAME TO {quote(new)}")
    else:
        await context.run(f"ALTER TABLE {table.sql} RENAME TO {quote(new)}")
    await context.run("UPDATE oracle.objects SET name = %s WHERE object_id = %s", new, table.object_id)
    await objects.touch(context, table.object_id)
    await context.refresh((table.owner, table.name), (table.owner, new))
    await dependents.revalidate(context, [table.name, new])


async def rename(statement: ast.Rename, context: DdlContext) -> None:
    """RENAME old TO new, in the user's own schema: tables, views, sequences and private synonyms."""
    found = await objects.find(context, context.user, statement.old)
    if found is None:
        raise OracleError(4043, f"object {statement.old} does not exist", statement.pos)
    if found.type == "TABLE":
        await rename_table(context, found, statement.new)
        return
    if found.type not in ("VIEW", "SEQUENCE", "SYNONYM"):
        raise OracleError(3001, f"unimplemented feature: RENAME of a {found.type} (flext-oracle-emulator)")
    if await objects.find(context, found.owner, statement.new) is not None:
        raise objects.name_in_use()
    await dependents.invalidate(context, found.relid)
    if found.relid is not None:
        await objects.make_room(context, found.owner, statement.new)
        await context.run(f"ALTER {found.type} {found.sql} RENAME TO {quote(statement.new)}")
    await context.run("UPDATE oracle.objects SET name = %s WHERE object_id = %s", statement.new, found.object_id)
    await context.refresh((found.owner, found.name), (found.owner, statement.new))
    await dependents.revalidate(context, [found.name, statement.new])
