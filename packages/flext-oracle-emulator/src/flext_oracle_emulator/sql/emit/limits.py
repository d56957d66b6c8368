"""How many rows: LIMIT from ROWNUM, and OFFSET .. FETCH. NULL and negative bounds give no rows, as in Oracle."""

from __future__ import annotations

from collections.abc import Iterator

from ...catalog.model import Relation
from ...errors import OracleError, unsupported
from .. import ast
from ..inference import as_number
from ..names import quote, string
from ..rewrites.rownum import RownumLimit
from ..scope import Scope
from .core import QuerySql, State, walk


def rownum_limit(state: State, limits: list[RownumLimit], scope: Scope) -> str:
    """` LIMIT n` for the limits that ROWNUM sets, '' if none."""
    if not limits:
        return ""
    counts = [_count(state, limit, scope) for limit in limits]
    if all(isinstance(count, int) for count in counts):
        return f" LIMIT {min(count for count in counts if isinstance(count, int))}"
    return f" LIMIT least({', '.join(str(count) for count in counts)})::int8"


def counted_rows(state: State, conditions: list[ast.Expr], body: str) -> str:
    """The rows of `body` before the first whose number one of the conditions refuses."""
    scope = Scope(clause="where", rownum="k.n::numeric")
    tests = " AND ".join(state.condition(condition, scope) for condition in conditions)
    numbered = f"SELECT q.*, row_number() OVER () AS n FROM ({body}) AS q"
    passed = f"bool_and(coalesce({tests}, false)) OVER (ORDER BY k.n ROWS UNBOUNDED PRECEDING)"
    return f"SELECT * FROM (SELECT k.*, {passed} AS passed FROM ({numbered}) AS k) AS k WHERE passed"


def _count(state: State, limit: RownumLimit, scope: Scope) -> int | str:
    bound = limit.bound
    if isinstance(bound, ast.NumberLiteral) and bound.text.isdigit():
        value = int(bound.text)
        match limit.op:
            case "<=":
                return value
            case "<":
                return max(value - 1, 0)
            case "=":
                return 1 if value == 1 else 0
            case ">":
                return 0 if value >= 1 else "NULL"
            case ">=":
                return 0 if value > 1 else "NULL"
            case _:
                return value - 1 if value >= 1 else "NULL"
    for part in walk(bound):
        if isinstance(part, ast.Name):
            found = scope.find(part)
            if found is not None and found[0] is scope:
                raise unsupported("ROWNUM compared with a column", bound.pos)
    text = as_number(state.expression(bound, scope), bound.pos).text
    rule = {
        "<=": f"WHEN {text} >= 1 THEN floor({text})",
        "<": f"WHEN {text} > 1 THEN ceil({text}) - 1",
        "=": f"WHEN {text} = 1 THEN 1",
        ">": f"WHEN {text} < 1 THEN NULL",
        ">=": f"WHEN {text} <= 1 THEN NULL",
        "<>": f"WHEN {text} >= 1 AND {text} = floor({text}) THEN {text} - 1 WHEN {text} IS NOT NULL THEN NULL",
    }[limit.op]
    return f"(CASE {rule} ELSE 0 END)"


def row_limit(state: State, node: ast.RowLimit, scope: Scope, *, ordered: bool) -> str:
    """` OFFSET n ROWS FETCH FIRST m ROWS ONLY`."""
    text = ""
    if node.offset is not None:
        text += f" OFFSET {_rows(state, node.offset, scope)} ROWS"
    if node.fetch is not None:
        ties = "WITH TIES" if node.with_ties and ordered else "ONLY"
        text += f" FETCH FIRST {_rows(state, node.fetch, scope)} ROWS {ties}"
    return text


def _rows(state: State, expr: ast.Expr, scope: Scope) -> str:
    if isinstance(expr, ast.NumberLiteral) and expr.text.isdigit():
        return expr.text
    value = as_number(state.expression(expr, scope), expr.pos).text
    return f"((CASE WHEN {value} > 0 THEN floor({value}) ELSE 0 END)::int8)"


def percent(state: State, query: QuerySql, node: ast.RowLimit, scope: Scope) -> str:
    """`FETCH FIRST 10 PERCENT ROWS ONLY`: rows are numbered and counted around the ordered query."""
    assert node.fetch is not None
    share = as_number(state.expression(node.fetch, scope), node.pos).text
    offset = "0" if node.offset is None else _rows(state, node.offset, scope)
    names = [f"c{index}" for index in range(1, len(query.columns) + 1)]
    select = ", ".join(f"q.{name} AS {quote(c.name)}" for name, c in zip(names, query.columns, strict=True))
    listed = ", ".join(names)
    numbered = f"SELECT {listed}, row_number() OVER () AS r, count(*) OVER () AS n FROM ({query.text}) AS i({listed})"
    last = f"{offset} + ceil(q.n * {share} / 100)"
    return f"SELECT {select} FROM ({numbered}) AS q WHERE q.r > {offset} AND q.r <= {last} ORDER BY q.r"


def percent_with_ties(state: State, unordered: str, node: ast.RowLimit, scope: Scope) -> str:
    """The rows that make the percentage, counted in a query of their own, and those that equal the last."""
    assert node.fetch is not None
    share = as_number(state.expression(node.fetch, scope), node.pos).text
    offset = "" if node.offset is None else f" OFFSET {_rows(state, node.offset, scope)} ROWS"
    count = f"(SELECT ceil(count(*) * greatest({share}, 0) / 100)::int8 FROM ({unordered}) AS q)"
    return f"{offset} FETCH FIRST {count} ROWS WITH TIES"


def lock_clause(node: ast.ForUpdate, scope: Scope, state: State) -> str:
    """` FOR UPDATE OF "E" NOWAIT`; WAIT n is `State.lock_timeout`, for the engine to set."""
    text = " FOR UPDATE"
    if node.of:
        aliases: list[str] = []
        for parts in node.of:
            found = scope.find(ast.Name(parts, tuple(True for _ in parts), pos=node.pos))
            if found is None or found[1].source is None:
                raise OracleError(904, f'"{parts[-1]}": invalid identifier', node.pos)
            if found[1].source.alias not in aliases:
                aliases.append(found[1].source.alias)
        text += " OF " + ", ".join(aliases)
    if isinstance(node.wait, int):
        state.lock_timeout = node.wait
    elif node.wait is not None:
        text += f" {node.wait}"
    return text


def refusals(state: State, node: ast.ForUpdate, scope: Scope) -> list[str]:
    """A condition for each READ ONLY table that would be locked: it raises ORA-12081 when the query is opened."""
    named = [scope.find(ast.Name(parts, tuple(True for _ in parts), pos=node.pos)) for parts in node.of or ()]
    locked = [found[1].source for found in named if found is not None] if named else scope.sources
    relations = [source.relation for source in locked if source is not None and source.relation is not None]
    return [
        f"(SELECT oracle.raise(12081, {string(_CHANGE_REFUSED.format(relation.owner, relation.name))}))"
        for relation in (table for locked_ in relations for table in _tables_of(state, locked_))
        if relation.read_only
    ]


def _tables_of(state: State, relation: Relation) -> Iterator[Relation]:
    """The tables that a view reads, through views; a table itself."""
    if relation.kind != "VIEW" or relation.query_text is None or relation.owner == "SYS":
        yield relation
        return
    from ..parser import Parser

    query = Parser(relation.query_text, state.context.version).query()
    for node in walk(query, into_queries=True):
        if isinstance(node, ast.TableRef):
            found = state.context.catalog.resolve(node.name, relation.owner)
            if isinstance(found, Relation):
                yield from _tables_of(state, found)


_CHANGE_REFUSED = 'update operation not allowed on table "{}"."{}"'
