"""DML on views that join tables, inline or stored: it changes the one table whose rows each appear at most once in the join.

Such a table is key-preserved: from it, every other table of the join is reached through all columns of a unique key. Rows are
found by running the view's query with the ROWIDs of its tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...backend.pgtypes import ROWID_COLUMN
from ...catalog.model import Column, Relation
from ...errors import OracleError, unsupported
from .. import ast
from ..names import find_relation, require
from ..rewrites.outer_joins import marked
from ..scope import Scope, Source, relation_source
from .core import State, conjuncts
from .tables import alias_for, derived_source
from .targets import Target

_VALUES = (ast.Bind, ast.NumberLiteral, ast.StringLiteral, ast.DateLiteral)

Place = tuple[int, str]  # a table of the join by its position, and one of its columns


@dataclass(frozen=True, slots=True)
class _Base:
    name: str
    relation: Relation


@dataclass(slots=True)
class JoinView:
    """`origins` are, for each column of `source`, the table (by position) and column that it shows, None for an expression."""

    name: str | None
    source: Source
    text: str
    bases: Sequence[_Base]
    origins: Sequence[tuple[int, Column] | None]
    preserved: set[int]

    @property
    def scope(self) -> Scope:
        return Scope(sources=[self.source], visible=list(self.source.columns))

    def base_columns(self, paths: Sequence[tuple[str, ...]], pos: int) -> tuple[int, list[str]]:
        """The table and the columns of it that columns of the view mean. Raises what may not be changed."""
        found = [self._origin(path, pos) for path in paths]
        tables = {index for index, _ in found}
        if tables - self.preserved:
            raise OracleError(1779, "cannot modify a column which maps to a non key-preserved table", pos)
        if len(tables) > 1:
            raise OracleError(1776, "cannot modify more than one base table through a join view", pos)
        return tables.pop(), [column.name for _, column in found]

    def _origin(self, path: tuple[str, ...], pos: int) -> tuple[int, Column]:
        places = [i for i, column in enumerate(self.source.columns) if column.name == path[-1]]
        if not places or (len(path) > 1 and path[-2] != self.name):
            raise OracleError(904, f"{'.'.join(f'{chr(34)}{part}{chr(34)}' for part in path)}: invalid identifier", pos)
        if len(places) > 1:
            raise OracleError(918, "column ambiguously defined", pos)
        origin = self.origins[places[0]]
        if origin is None:
            raise OracleError(1733, "virtual column not allowed here", pos)
        return origin

    def only_preserved(self, pos: int) -> int:
        if len(self.preserved) != 1:
            raise OracleError(1752, "cannot delete from view without exactly one key-preserved table", pos)
        return next(iter(self.preserved))

    def target(self, state: State, index: int, *privileges: str) -> Target:
        """The table to change. Of an inline view the user needs the privilege, of a stored one its owner."""
        base = self.bases[index]
        for privilege in privileges:
            require(state.context.catalog, state.context.user, privilege, base.relation, -1)
        source = relation_source(base.relation, base.name, state.fresh("t"))
        return Target(base.relation, source, base.name)

    def same_row(self, target: Target, index: int) -> str:
        return f'{target.source.alias}."{ROWID_COLUMN}" OPERATOR(pg_catalog.=) {self.source.alias}."RID${index}"::int8'


def join_view(state: State, table: ast.TableRef | ast.SubqueryRef, *privileges: str) -> JoinView | None:
    """The join that the target of DML is; None if it is a table or another view."""
    if isinstance(table, ast.SubqueryRef):
        query, view = table.query, None
        name = table.alias
    else:
        found = state.context.catalog.resolve(table.name, state.context.schema) if table.db_link is None else None
        if not isinstance(found, Relation) or found.kind != "VIEW" or found.query_text is None or found.owner == "SYS":
            return None
        if any(state.context.catalog.is_replaced(found, event) for event in privileges):
            return None
        query, view = _query_of(state, found), found
        name = table.alias or table.name[-1]
    body = query.body
    if not isinstance(body, ast.Select) or not _is_plain(query, body):
        return None
    references = [reference for item in body.from_ for reference in _tables(item)]
    if len(references) < 2:
        return None
    if view is not None:
        find_relation(state.context, table.name, table.pos, *privileges)  # type: ignore[union-attr]
    if query.with_check == "READ ONLY":
        raise OracleError(42399, "cannot perform a DML operation on a read-only view", table.pos)
    if query.with_check is not None:
        raise unsupported("DML on a join view WITH CHECK OPTION", table.pos)
    session = state.context
    if view is not None:  # its names are its owner's
        state.context = replace(session, user=view.owner, schema=view.owner)
    try:
        bases = [_base(state, reference) for reference in references]
        result = _join(state, query, body, bases, name, view)
    finally:
        state.context = session
    return result


def _query_of(state: State, view: Relation) -> ast.Query:
    from ..parser import Parser

    assert view.query_text is not None
    parser = Parser(view.query_text, state.context.version)
    query = parser.query()
    query.with_check = parser.with_check()
    return query


def _is_plain(query: ast.Query, body: ast.Select) -> bool:
    return not (
        body.distinct or body.group_by or body.hierarchy or body.having or query.ctes or query.limit or query.order_by
    )


def _tables(item: ast.FromItem) -> Iterator[ast.TableRef | None]:
    if isinstance(item, ast.Join):
        yield from _tables(item.left)
        yield from _tables(item.right)
    else:
        yield item if isinstance(item, ast.TableRef) else None


def _base(state: State, reference: ast.TableRef | None) -> _Base:
    if reference is None:
        raise unsupported("DML on a join of something else than tables")
    relation = find_relation(state.context, reference.name, reference.pos, "SELECT")
    if not relation.has_rowid or reference.partition or reference.flashback or reference.pivot or reference.sample:
        raise unsupported("DML on a join of something else than tables", reference.pos)
    return _Base(reference.alias or reference.name[-1], relation)


def _join(
    state: State, query: ast.Query, body: ast.Select, bases: list[_Base], name: str | None, view: Relation | None
) -> JoinView:
    rowids = [
        ast.SelectItem(ast.Name((base.name, "ROWID"), (True, False)), alias=f"RID${index}")
        for index, base in enumerate(bases)
    ]
    written = state.query(replace(query, body=replace(body, items=[*body.items, *rowids])), None)
    names = [column.name for column in written.columns[: -len(rowids)]]
    if view is not None:
        names = [column.name for column in view.columns]
    alias = alias_for(Scope(), name, state) if name is not None else state.fresh("v")
    source = derived_source(name, alias, names, written.types[: len(names)])
    origins = [origin for item in body.items for origin in _origins(item, bases)]
    return JoinView(name, source, f"({written.text}) AS {alias}", bases, origins, _preserved(body, bases))


def _origins(item: ast.SelectItem, bases: list[_Base]) -> Iterator[tuple[int, Column] | None]:
    if isinstance(item.expr, ast.Star):
        for index, base in enumerate(bases):
            if not item.expr.qualifier or item.expr.qualifier[-1] == base.name:
                yield from ((index, column) for column in base.relation.visible)
        return
    place = _place(item.expr, bases)
    column = None if place is None else bases[place[0]].relation.column(place[1])
    yield None if place is None or column is None else (place[0], column)


def _place(node: ast.Expr, bases: list[_Base]) -> Place | None:
    """The column that a name means."""
    if not isinstance(node, ast.Name):
        return None
    found = [
        index
        for index, base in enumerate(bases)
        if base.relation.column(node.parts[-1]) is not None and (len(node.parts) == 1 or node.parts[-2] == base.name)
    ]
    return (found[0], node.parts[-1]) if len(found) == 1 else None


# ------------------------------------------------------------------------------------------------ key preservation


def _preserved(body: ast.Select, bases: list[_Base]) -> set[int]:
    equal, outer = _equalities(body, bases)
    return {index for index in range(len(bases)) if index not in outer and _reaches_all(index, bases, equal)}


def _equalities(body: ast.Select, bases: list[_Base]) -> tuple[list[tuple[Place, Place | None]], set[int]]:
    """Columns that are equal to others, or to a value (None); and the tables whose columns may be NULL for lack of a row."""
    conditions = conjuncts(body.where)
    equal: list[tuple[Place, Place | None]] = []
    outer: set[int] = set()
    position = 0

    def read(item: ast.FromItem) -> range:
        nonlocal position
        start = position
        if not isinstance(item, ast.Join):
            position += 1
            return range(start, position)
        left, right = read(item.left), read(item.right)
        conditions.extend(conjuncts(item.on))
        names = item.using or (_common(bases, left, right) if item.natural else [])
        for name in names:
            places = [(i, name) for i in (*left, *right) if bases[i].relation.column(name) is not None]
            equal.extend((places[0], other) for other in places[1:])
        outer.update({"LEFT": [*right], "RIGHT": [*left], "FULL": [*left, *right]}.get(item.kind, ()))
        return range(start, position)

    for item in body.from_:
        read(item)
    for condition in conditions:
        outer.update(place[0] for name in marked(condition) if (place := _place(name, bases)) is not None)
        if isinstance(condition, ast.Binary) and condition.op == "=":
            left, right = _place(condition.left, bases), _place(condition.right, bases)
            for this, other, node in ((left, right, condition.right), (right, left, condition.left)):
                if this is not None and (other is not None or isinstance(node, _VALUES)):
                    equal.append((this, other))
    return equal, outer


def _common(bases: list[_Base], left: range, right: range) -> list[str]:
    names = [{column.name for i in side for column in bases[i].relation.visible} for side in (left, right)]
    return sorted(names[0] & names[1])


def _reaches_all(start: int, bases: list[_Base], equal: list[tuple[Place, Place | None]]) -> bool:
    known = {start}
    while True:
        reached = {
            index
            for index, base in enumerate(bases)
            if index not in known
            and any(all(_is_given((index, name), known, equal) for name in key) for key in base.relation.unique_keys)
        }
        if not reached:
            return len(known) == len(bases)
        known |= reached


def _is_given(place: Place, known: set[int], equal: list[tuple[Place, Place | None]]) -> bool:
    return any(
        (this == place and (other is None or other[0] in known)) or (other == place and this[0] in known)
        for this, other in equal
    )
