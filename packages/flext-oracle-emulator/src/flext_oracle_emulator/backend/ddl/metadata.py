"""DBMS_METADATA.GET_DDL: the definition of an object as Oracle writes it, to be run again as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...catalog.model import Relation
from ...errors import OracleError, unsupported
from ...sql.names import qualified, quote
from . import objects
from .context import DdlContext
from .objects import Object

_SOURCES = ("PROCEDURE", "FUNCTION", "PACKAGE", "PACKAGE BODY")
#: What SET_TRANSFORM_PARAM can switch off, and how GET_DDL starts.
DEFAULT_PARAMETERS: Mapping[str, bool] = {
    "SEGMENT_ATTRIBUTES": True,
    "STORAGE": True,
    "TABLESPACE": True,
    "CONSTRAINTS": True,
    "REF_CONSTRAINTS": True,
    "CONSTRAINTS_AS_ALTER": False,
    "SQLTERMINATOR": False,
    "PRETTY": True,
    "FORCE": True,
    "EMIT_SCHEMA": True,
    "PARTITIONING": True,
}


async def get_ddl(context: DdlContext, kind: str, name: str, owner: str, parameters: Mapping[str, bool]) -> str:
    """Raises ORA-31603 for an object that is not there, ORA-31600 for a kind that does not exist."""
    known = {"TABLE": _table, "VIEW": _view, "MATERIALIZED_VIEW": _mview, "SEQUENCE": _sequence, "SYNONYM": _synonym,
             "INDEX": _index}  # fmt: skip
    type_ = kind.replace("_", " ")
    if kind not in known and type_ not in _SOURCES:
        raise unsupported(f"DBMS_METADATA.GET_DDL of {kind}")
    namespace = {"MATERIALIZED VIEW": objects.MVIEWS, "INDEX": objects.INDEXES, "PACKAGE BODY": objects.BODIES}
    found = await objects.find(context, owner, name, namespace.get(type_, objects.TABLES))
    if found is None or found.type != type_ or not context.catalog.visible(context.user, owner, name):
        raise OracleError(31603, f'object "{name}" of type {kind} not found in schema "{owner}"')
    if type_ in _SOURCES:
        text = await context.value("SELECT text FROM oracle.sources WHERE object_id = %s", found.object_id)
        ddl = f"CREATE OR REPLACE EDITIONABLE {_named_source(str(text), type_, found)}"
    else:
        ddl = await known[kind](context, found, parameters)
    return f"\n  {ddl}" + (";" if parameters["SQLTERMINATOR"] else "")


def _named_source(text: str, type_: str, found: Object) -> str:
    """The source with its name qualified, whatever it was written like."""
    rest = text[len(type_) :].lstrip()
    written = rest.split("(")[0].split()[0] if rest.split() else rest
    return f"{type_} {qualified(found.owner, found.name)} {rest[len(written) :].lstrip()}"


def _name(found: Object, parameters: Mapping[str, bool]) -> str:
    return qualified(found.owner, found.name) if parameters["EMIT_SCHEMA"] else quote(found.name)


async def _table(context: DdlContext, found: Object, parameters: Mapping[str, bool]) -> str:
    relation = context.catalog.objects[found.owner, found.name]
    assert isinstance(relation, Relation)
    lines = await _columns(context, found)
    if parameters["CONSTRAINTS"]:
        lines += await _constraints(context, found, parameters)
    temporary = "GLOBAL TEMPORARY " if relation.temporary else ""
    ddl = f"CREATE {temporary}TABLE {_name(found, parameters)} \n   (\t" + ", \n\t".join(lines) + "\n   )"
    if relation.temporary:
        return f"{ddl} ON COMMIT {relation.on_commit or 'DELETE'} ROWS "
    if parameters["SEGMENT_ATTRIBUTES"]:
        ddl += await _segment(context, found, parameters)
    return ddl


async def _segment(context: DdlContext, found: Object, parameters: Mapping[str, bool]) -> str:
    row = await context.one(
        "SELECT pct_free, ini_trans, compression, compress_for, logging, tablespace_name FROM oracle.tables"
        " WHERE object_id = %s",
        found.object_id,
    )
    pct_free, ini_trans, compression, compress_for, logging, tablespace = row
    compress = f"COMPRESS {compress_for or 'BASIC'}" if compression else "NOCOMPRESS"
    text = f" SEGMENT CREATION IMMEDIATE \n  PCTFREE {pct_free} PCTUSED 40 INITRANS {ini_trans} MAXTRANS 255 \n"
    text += f" {compress} {'LOGGING' if logging else 'NOLOGGING'}"
    return text + (f'\n  TABLESPACE "{tablespace}" ' if parameters["TABLESPACE"] and tablespace else "")


def type_text(data_type: str, length: int, precision: int | None, scale: int | None, char_length: int,
              char_used: str | None) -> str:  # fmt: skip
    """A column's type as a definition has it."""
    if char_used is not None:
        unit = " CHAR" if char_used == "C" and data_type in ("VARCHAR2", "CHAR") else ""
        return f"{data_type}({char_length}{unit})"
    if data_type == "NUMBER":
        if precision is None:
            return "NUMBER" if scale is None else f"NUMBER(*,{scale})"
        return f"NUMBER({precision},{scale or 0})"
    if data_type == "FLOAT":
        return f"FLOAT({precision})"
    return f"{data_type}({length})" if data_type in ("RAW", "UROWID") else data_type


async def _columns(context: DdlContext, found: Object) -> list[str]:
    rows = await context.rows(
        "SELECT c.name, c.data_type, c.data_length, c.data_precision, c.data_scale, c.char_length, c.char_used, c.nullable,"
        " c.default_text, c.default_on_null, c.identity, c.virtual, c.hidden, s.start_with, s.increment_by, k.name, k.generated"
        " FROM oracle.columns c LEFT JOIN oracle.sequences s ON s.object_id = c.identity_sequence"
        " LEFT JOIN oracle.constraints k ON k.object_id = c.object_id AND k.not_null AND k.status = 'ENABLED'"
        "  AND EXISTS (SELECT FROM oracle.constraint_columns cc WHERE cc.constraint_id = k.constraint_id"
        "   AND cc.column_name = c.name)"
        " WHERE c.object_id = %s ORDER BY c.column_id NULLS LAST, c.attnum",
        found.object_id,
    )
    return [_column(row) for row in rows]


def _column(row: tuple[Any, ...]) -> str:
    name, data_type, length, precision, scale, char_length, char_used, nullable, default, on_null, *rest = row
    identity, virtual, hidden, start, increment, constraint, generated = rest
    parts = [quote(name), type_text(data_type, length, precision, scale, char_length, char_used)]
    if hidden:
        parts.append("INVISIBLE")
    if virtual:
        parts.append(f"GENERATED ALWAYS AS ({default}) VIRTUAL")
    elif identity is not None:
        parts.append(
            f"GENERATED {identity} AS IDENTITY MINVALUE 1 INCREMENT BY {increment} START WITH {start} CACHE 20"
        )
    elif default is not None:
        parts.append(f"DEFAULT {'ON NULL ' if on_null else ''}{str(default).strip()}")
    if constraint is not None:
        parts.append(("" if generated else f"CONSTRAINT {quote(constraint)} ") + "NOT NULL ENABLE")
    elif not nullable and identity is not None:
        parts.append("NOT NULL ENABLE")
    return " ".join(parts)


async def _constraints(context: DdlContext, found: Object, parameters: Mapping[str, bool]) -> list[str]:
    rows = await context.rows(
        "SELECT k.name, k.type, k.generated, k.search_condition, k.status, k.delete_rule, k.deferrable, k.deferred,"
        " k.validated, (SELECT array_agg(cc.column_name::text ORDER BY cc.position) FROM oracle.constraint_columns cc"
        "  WHERE cc.constraint_id = k.constraint_id), r.owner, ro.name,"
        " (SELECT array_agg(rc.column_name::text ORDER BY rc.position) FROM oracle.constraint_columns rc"
        "  WHERE rc.constraint_id = r.constraint_id)"
        " FROM oracle.constraints k LEFT JOIN oracle.constraints r ON r.constraint_id = k.r_constraint_id"
        " LEFT JOIN oracle.objects ro ON ro.object_id = r.object_id"
        " WHERE k.object_id = %s AND NOT k.not_null AND k.type IN ('P', 'U', 'R', 'C') ORDER BY k.constraint_id",
        found.object_id,
    )
    return [_constraint(row) for row in rows if row[1] != "R" or parameters["REF_CONSTRAINTS"]]


def _constraint(row: tuple[Any, ...]) -> str:
    name, type_, generated, condition, status, delete_rule, deferrable, deferred, validated, columns, *reference = row
    listed = ", ".join(quote(column) for column in columns or ())
    text = "" if generated else f"CONSTRAINT {quote(name)} "
    if type_ == "C":
        text += f"CHECK ({condition})"
    elif type_ == "R":
        owner, table, referenced = reference
        text += (
            f"FOREIGN KEY ({listed})\n\t  REFERENCES {qualified(owner, table)} ({', '.join(map(quote, referenced))})"
        )
        text += "" if delete_rule in (None, "NO ACTION") else f" ON DELETE {delete_rule}"
    else:
        text += f"{'PRIMARY KEY' if type_ == 'P' else 'UNIQUE'} ({listed})"
    if deferrable:
        text += f" DEFERRABLE{' INITIALLY DEFERRED' if deferred else ''}"
    text += " ENABLE" if status == "ENABLED" else " DISABLE"
    return f" {text}{'' if validated or status != 'ENABLED' else ' NOVALIDATE'}"


async def _view(context: DdlContext, found: Object, parameters: Mapping[str, bool]) -> str:
    text = await context.value("SELECT text FROM oracle.views WHERE object_id = %s", found.object_id)
    relation = context.catalog.objects[found.owner, found.name]
    assert isinstance(relation, Relation)
    columns = ", ".join(quote(column.name) for column in relation.columns)
    force = "FORCE " if parameters["FORCE"] else ""
    return (
        f"CREATE OR REPLACE {force}EDITIONABLE VIEW {_name(found, parameters)} ({columns}) AS \n  {str(text).strip()}"
    )


async def _mview(context: DdlContext, found: Object, parameters: Mapping[str, bool]) -> str:
    query, method, mode, build, container_id = await context.one(
        "SELECT query, refresh_method, refresh_mode, build_mode, container_id FROM oracle.mviews WHERE object_id = %s",
        found.object_id,
    )
    names = [row[0] for row in await context.rows(
        "SELECT name FROM oracle.columns WHERE object_id = %s ORDER BY column_id", container_id)]  # fmt: skip
    columns = ", ".join(quote(name) for name in names)
    refresh = "NEVER REFRESH" if method == "NEVER" else f"REFRESH {method} ON {mode}"
    return f"CREATE MATERIALIZED VIEW {_name(found, parameters)} ({columns})\n  BUILD {build}\n  {refresh}\n  AS {str(query).strip()}"


async def _sequence(context: DdlContext, found: Object, parameters: Mapping[str, bool]) -> str:
    low, high, step, cycle, order, cache = await context.one(
        "SELECT min_value, max_value, increment_by, cycle_flag, order_flag, cache_size FROM oracle.sequences"
        " WHERE object_id = %s",
        found.object_id,
    )
    last = await context.value(f"SELECT last_value + CASE WHEN is_called THEN %s ELSE 0 END FROM {found.sql}", step)
    return (
        f" CREATE SEQUENCE {_name(found, parameters)}  MINVALUE {low} MAXVALUE {high} INCREMENT BY {step} START WITH {last}"
        f" {f'CACHE {cache}' if cache else 'NOCACHE'} {'ORDER ' if order else ' NOORDER '} {'CYCLE' if cycle else 'NOCYCLE'} "
    )


async def _synonym(context: DdlContext, found: Object, parameters: Mapping[str, bool]) -> str:
    owner, name = await context.one(
        "SELECT table_owner, table_name FROM oracle.synonyms WHERE object_id = %s", found.object_id
    )
    target = qualified(owner, name) if owner else quote(name)
    public = "PUBLIC " if found.owner == "PUBLIC" else ""
    shown = quote(found.name) if public else _name(found, parameters)
    return f"CREATE OR REPLACE EDITIONABLE {public}SYNONYM {shown} FOR {target}"


async def _index(context: DdlContext, found: Object, parameters: Mapping[str, bool]) -> str:
    unique, kind, table_owner, table = await context.one(
        "SELECT i.uniqueness, i.index_type, t.owner, t.name FROM oracle.indexes i"
        " JOIN oracle.objects t ON t.object_id = i.table_id WHERE i.object_id = %s",
        found.object_id,
    )
    rows = await context.rows(
        "SELECT column_name, expression, descending FROM oracle.index_columns WHERE object_id = %s ORDER BY position",
        found.object_id,
    )
    columns = ", ".join(
        (expression or quote(name)) + (" DESC" if descending else "") for name, expression, descending in rows
    )
    words = "UNIQUE " if unique else "BITMAP " if kind.startswith("BITMAP") else ""
    return f"CREATE {words}INDEX {_name(found, parameters)} ON {qualified(table_owner, table)} ({columns}) "
