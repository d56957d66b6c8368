"""The syntax tree of PL/SQL. Expressions, types and SQL statements are those of `sql.ast`.

`line` and `column` are 1-based and count in the text of the unit: ORA-06512 and ORA-06550 report them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ..sql import ast as sql


@dataclass(slots=True)
class Node:
    line: int = field(default=0, kw_only=True)
    column: int = field(default=1, kw_only=True)  # of statements
    labels: tuple[str, ...] = field(default=(), kw_only=True)  # of statements: where GOTO may go


# -------------------------------------------------------------------------------------------------- declarations


@dataclass(slots=True)
class Variable(Node):
    name: str
    type: sql.TypeName
    default: sql.Expr | None = None
    constant: bool = False
    not_null: bool = False


@dataclass(slots=True)
class ExceptionName(Node):
    name: str


@dataclass(slots=True)
class ExceptionInit(Node):
    """PRAGMA EXCEPTION_INIT(name, code); `code` as written, negative."""

    name: str
    code: int


@dataclass(slots=True)
class Pragma(Node):
    """AUTONOMOUS_TRANSACTION, SERIALLY_REUSABLE, INLINE, UDF, RESTRICT_REFERENCES ..."""

    name: str


@dataclass(slots=True)
class Parameter(Node):
    name: str
    type: sql.TypeName
    mode: Literal["IN", "OUT", "IN OUT"] = "IN"
    default: sql.Expr | None = None


@dataclass(slots=True)
class Cursor(Node):
    """CURSOR c(params) IS query; without a query: a declaration in a package specification."""

    name: str
    parameters: list[Parameter]
    query: Sql | None
    returns: sql.TypeName | None = None


@dataclass(slots=True)
class RecordType(Node):
    name: str
    fields: list[Variable]


@dataclass(slots=True)
class CollectionType(Node):
    """`index_by` None: a nested table, or a VARRAY when `limit` is given."""

    name: str
    element: sql.TypeName
    index_by: sql.TypeName | None = None
    limit: int | None = None


@dataclass(slots=True)
class RefCursorType(Node):
    name: str


@dataclass(slots=True)
class Subtype(Node):
    """SUBTYPE name IS type [RANGE low .. high] [NOT NULL]."""

    name: str
    type: sql.TypeName
    range: tuple[sql.Expr, sql.Expr] | None = None
    not_null: bool = False


@dataclass(slots=True)
class Subprogram(Node):
    """A procedure, or a function when `returns` is given. `body` is None for a forward declaration."""

    name: str
    parameters: list[Parameter]
    returns: sql.TypeName | None = None
    body: Block | None = None
    invoker_rights: bool = False
    pipelined: bool = False
    deterministic: bool = False


Declaration = (
    Variable
    | ExceptionName
    | ExceptionInit
    | Pragma
    | Cursor
    | RecordType
    | CollectionType
    | RefCursorType
    | Subtype
    | Subprogram
)

# ---------------------------------------------------------------------------------------------------- statements


@dataclass(slots=True)
class Handler(Node):
    """`names` empty: WHEN OTHERS. A name may be qualified by a package."""

    names: list[tuple[str, ...]]
    body: list[Statement]


@dataclass(slots=True)
class Block(Node):
    declarations: list[Declaration]
    body: list[Statement]
    handlers: list[Handler] = field(default_factory=list)
    label: str | None = None


@dataclass(slots=True)
class Assign(Node):
    target: sql.Expr
    value: sql.Expr


@dataclass(slots=True)
class If(Node):
    branches: list[tuple[sql.Expr, list[Statement]]]
    otherwise: list[Statement] | None = None


@dataclass(slots=True)
class Case(Node):
    operand: sql.Expr | None
    branches: list[tuple[sql.Expr, list[Statement]]]
    otherwise: list[Statement] | None = None


@dataclass(slots=True)
class Loop(Node):
    """LOOP, or WHILE when `condition` is given."""

    body: list[Statement]
    condition: sql.Expr | None = None
    label: str | None = None


@dataclass(slots=True)
class ForRange(Node):
    name: str
    low: sql.Expr
    high: sql.Expr
    body: list[Statement]
    reverse: bool = False
    label: str | None = None


@dataclass(slots=True)
class ForQuery(Node):
    """FOR r IN (query) LOOP, or FOR r IN cursor[(arguments)] LOOP."""

    name: str
    query: Sql | None
    cursor: sql.Expr | None
    body: list[Statement]
    label: str | None = None


@dataclass(slots=True)
class Exit(Node):
    """EXIT, or CONTINUE when `again`."""

    label: str | None = None
    when: sql.Expr | None = None
    again: bool = False


@dataclass(slots=True)
class Goto(Node):
    label: str


@dataclass(slots=True)
class Null(Node):
    pass


@dataclass(slots=True)
class CallStatement(Node):
    """A procedure call: a Name, Call or Attribute."""

    call: sql.Expr


@dataclass(slots=True)
class Sql(Node):
    """A SQL statement as parsed, with its source. INTO stays in the tree (Select.into, Returning.into)."""

    statement: sql.Statement
    text: str


@dataclass(slots=True)
class ExecuteImmediate(Node):
    """`using` has (mode, expression); `returning` is RETURNING INTO."""

    statement: sql.Expr
    into: list[sql.Expr] = field(default_factory=list)
    bulk: bool = False
    using: list[tuple[str, sql.Expr]] = field(default_factory=list)
    returning: list[sql.Expr] = field(default_factory=list)
    returning_bulk: bool = False


@dataclass(slots=True)
class Open(Node):
    """OPEN c(arguments), or OPEN c FOR query, or OPEN c FOR text USING ..."""

    cursor: sql.Expr
    arguments: list[sql.Expr] = field(default_factory=list)
    named: dict[str, sql.Expr] = field(default_factory=dict)
    query: Sql | None = None
    text: sql.Expr | None = None
    using: list[tuple[str, sql.Expr]] = field(default_factory=list)


@dataclass(slots=True)
class Fetch(Node):
    cursor: sql.Expr
    into: list[sql.Expr]
    bulk: bool = False
    limit: sql.Expr | None = None


@dataclass(slots=True)
class Close(Node):
    cursor: sql.Expr


@dataclass(slots=True)
class Forall(Node):
    """`indices`: INDICES OF collection; `values`: VALUES OF collection; else low..high."""

    name: str
    statement: Sql | ExecuteImmediate
    low: sql.Expr | None = None
    high: sql.Expr | None = None
    indices: sql.Expr | None = None
    values: sql.Expr | None = None
    save_exceptions: bool = False
    between: tuple[sql.Expr, sql.Expr] | None = None  # of INDICES OF


@dataclass(slots=True)
class Raise(Node):
    name: tuple[str, ...] | None = None


@dataclass(slots=True)
class Return(Node):
    value: sql.Expr | None = None


@dataclass(slots=True)
class PipeRow(Node):
    value: sql.Expr


Statement = (
    Block
    | Assign
    | If
    | Case
    | Loop
    | ForRange
    | ForQuery
    | Exit
    | Goto
    | Null
    | CallStatement
    | Sql
    | ExecuteImmediate
    | Open
    | Fetch
    | Close
    | Forall
    | Raise
    | Return
    | PipeRow
)

# --------------------------------------------------------------------------------------------------- stored units


@dataclass(slots=True)
class Package(Node):
    """A package specification, or its body (then `initialise` is the BEGIN part)."""

    name: str
    declarations: list[Declaration]
    is_body: bool = False
    initialise: Block | None = None


Unit = Block | Subprogram | Package
