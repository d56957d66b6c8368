"""The syntax tree of Oracle SQL: what the parser gives and the translator takes. No behaviour.

`pos` is the 0-based character offset of the node's first token in the statement's text: it becomes the error offset that
clients show. `Name` parts are already folded: unquoted identifiers in upper case, quoted ones as written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal as Choice

# --------------------------------------------------------------------------------------------------- expressions


@dataclass(slots=True)
class Node:
    pos: int = field(default=-1, kw_only=True)


@dataclass(slots=True)
class Expr(Node):
    pass


@dataclass(slots=True)
class Name(Expr):
    """`a`, `a.b`, `s.t.c`: a column, pseudo-column, sequence.NEXTVAL, PL/SQL variable or niladic function.

    `quoted[i]` tells whether part i was quoted (ROWNUM, SYSDATE, LEVEL... are special only unquoted). What may be members of a
    JSON column, `t.doc.a[0].b.size()`, keeps its spelling: `spelled` has the parts, `tail` the rest from the first subscript.
    """

    parts: tuple[str, ...]
    quoted: tuple[bool, ...]
    db_link: str | None = None
    outer_join: bool = False  # followed by (+)
    spelled: tuple[str, ...] = ()
    tail: str = ""


@dataclass(slots=True)
class Star(Expr):
    """`*` or `t.*` in a select list or COUNT(*)."""

    qualifier: tuple[str, ...] = ()


@dataclass(slots=True)
class NumberLiteral(Expr):
    """`text` as written without suffix; `suffix` is '', 'f' or 'd' (BINARY_FLOAT / BINARY_DOUBLE)."""

    text: str
    suffix: str = ""


@dataclass(slots=True)
class StringLiteral(Expr):
    value: str
    national: bool = False  # N'..'


@dataclass(slots=True)
class DateLiteral(Expr):
    """`DATE '..'` (kind DATE) or `TIMESTAMP '..'` (kind TIMESTAMP, with or without a zone in the text)."""

    kind: Choice["DATE", "TIMESTAMP"]
    value: str


@dataclass(slots=True)
class IntervalLiteral(Expr):
    """`INTERVAL '1 2' DAY(3) TO SECOND(6)`."""

    value: str
    leading: str  # YEAR, MONTH, DAY, HOUR, MINUTE, SECOND
    leading_precision: int | None = None
    trailing: str | None = None
    fractional_precision: int | None = None


@dataclass(slots=True)
class Null(Expr):
    pass


@dataclass(slots=True)
class BooleanLiteral(Expr):
    """TRUE or FALSE: PL/SQL, and SQL of 23ai."""

    value: bool


@dataclass(slots=True)
class Bind(Expr):
    """`:name`. `index` is the 0-based number of this occurrence in the statement, left to right."""

    name: str
    index: int
    indicator: str | None = None


@dataclass(slots=True)
class Unary(Expr):
    op: Choice["+", "-", "NOT", "PRIOR", "CONNECT_BY_ROOT"]
    operand: Expr


@dataclass(slots=True)
class Binary(Expr):
    """op: + - * / || ** = <> < <= > >= AND OR. (`!=`, `^=` and `~=` arrive as `<>`.)."""

    op: str
    left: Expr
    right: Expr


@dataclass(slots=True)
class Quantified(Expr):
    """`x = ANY (..)`, `x > ALL (..)`, SOME as ANY. `right` is a Query or a Tuple."""

    op: str
    quantifier: Choice["ANY", "ALL"]
    left: Expr
    right: Query | Tuple


@dataclass(slots=True)
class Tuple(Expr):
    """`(a, b)` on either side of a comparison or IN list."""

    items: list[Expr]


@dataclass(slots=True)
class InList(Expr):
    operand: Expr
    items: list[Expr] | Query
    negated: bool = False


@dataclass(slots=True)
class Between(Expr):
    operand: Expr
    low: Expr
    high: Expr
    negated: bool = False


@dataclass(slots=True)
class Like(Expr):
    """`kind`: LIKE, LIKEC, LIKE2, LIKE4."""

    operand: Expr
    pattern: Expr
    escape: Expr | None = None
    negated: bool = False
    kind: str = "LIKE"


@dataclass(slots=True)
class IsNull(Expr):
    operand: Expr
    negated: bool = False


@dataclass(slots=True)
class IsCondition(Expr):
    """`x IS [NOT] NAN | INFINITE | JSON [..] | EMPTY | A SET | TRUE | FALSE` (`what` in upper case)."""

    operand: Expr
    what: str
    negated: bool = False


@dataclass(slots=True)
class Multiset(Expr):
    """`a MULTISET UNION|EXCEPT|INTERSECT [ALL|DISTINCT] b`: of nested tables."""

    op: str
    distinct: bool
    left: Expr
    right: Expr


@dataclass(slots=True)
class Member(Expr):
    """`x [NOT] MEMBER OF c`, or `a [NOT] SUBMULTISET OF b` when `all_of`."""

    operand: Expr
    collection: Expr
    negated: bool = False
    all_of: bool = False


@dataclass(slots=True)
class Exists(Expr):
    query: Query


@dataclass(slots=True)
class Case(Expr):
    operand: Expr | None
    whens: list[tuple[Expr, Expr]]
    otherwise: Expr | None


@dataclass(slots=True)
class Cast(Expr):
    """CAST(x AS type), XMLCAST, or TREAT. `multiset` for CAST(MULTISET(..) AS t)."""

    operand: Expr
    type: TypeName
    on_error_default: Expr | None = None
    format: Expr | None = None
    multiset: bool = False  # the operand is a Subquery


@dataclass(slots=True)
class OrderItem(Node):
    expr: Expr
    descending: bool = False
    nulls: Choice["FIRST", "LAST", None] = None


@dataclass(slots=True)
class WindowFrame(Node):
    """`ROWS|RANGE|GROUPS` between bounds; a bound is (expr|None, 'PRECEDING'|'FOLLOWING'|'CURRENT ROW')."""

    unit: str
    start: tuple[Expr | None, str]
    end: tuple[Expr | None, str] | None
    exclude: str | None = None  # CURRENT ROW, GROUP, TIES, NO OTHERS (21c)


@dataclass(slots=True)
class Window(Node):
    partition: list[Expr] = field(default_factory=list)
    order: list[OrderItem] = field(default_factory=list)
    frame: WindowFrame | None = None
    name: str | None = None


@dataclass(slots=True)
class Call(Expr):
    """A function call, ordinary, aggregate or analytic. `name` like Name.parts; `named` are `p => v` arguments.

    `keep`: KEEP (DENSE_RANK FIRST|LAST ORDER BY ..). `within`: WITHIN GROUP (ORDER BY ..). `nulls`: RESPECT/IGNORE NULLS.
    `extra` holds keyword arguments of special syntax by name: TRIM (where: LEADING|TRAILING|BOTH, chars),
    EXTRACT (field), LISTAGG (overflow), JSON_VALUE (returning TypeName, on_error, on_empty), XMLSERIALIZE (type) ...;
    sql/parser/functions.py lists them. `extra["target"]` with an empty `name` is what a call `target(..)` applies to when it
    is no plain name: a method (`xmltype(c).getClobVal()`: an Attribute) or a PL/SQL collection element.
    """

    name: tuple[str, ...]
    args: list[Expr] = field(default_factory=list)
    named: dict[str, Expr] = field(default_factory=dict)
    distinct: bool = False
    keep: tuple[Choice["FIRST", "LAST"], list[OrderItem]] | None = None
    within: list[OrderItem] | None = None
    over: Window | None = None
    nulls: Choice["RESPECT", "IGNORE", None] = None
    from_last: bool = False
    extra: dict[str, object] = field(default_factory=dict)
    quoted: bool = False
    outer_join: bool = False


@dataclass(slots=True)
class AtTimeZone(Expr):
    """`x AT TIME ZONE z`; `zone` None for AT LOCAL."""

    operand: Expr
    zone: Expr | None


@dataclass(slots=True)
class CursorExpr(Expr):
    """CURSOR(subquery)."""

    query: Query


@dataclass(slots=True)
class Subquery(Expr):
    """A scalar subquery in parentheses."""

    query: Query


@dataclass(slots=True)
class Attribute(Expr):
    """PL/SQL `c%FOUND`, `SQL%ROWCOUNT`, or `expr.method` / `coll(i)` parts that only PL/SQL knows."""

    target: Expr
    name: str


# --------------------------------------------------------------------------------------------------------- types


@dataclass(slots=True)
class TypeName(Node):
    """A data type as written.

    `name` is Oracle's canonical spelling: NUMBER, FLOAT, BINARY_FLOAT, BINARY_DOUBLE, VARCHAR2, NVARCHAR2, CHAR, NCHAR, LONG,
    LONG RAW, RAW, CLOB, NCLOB, BLOB, BFILE, DATE, TIMESTAMP, TIMESTAMP WITH TIME ZONE, TIMESTAMP WITH LOCAL TIME ZONE,
    INTERVAL YEAR TO MONTH, INTERVAL DAY TO SECOND, ROWID, UROWID, BOOLEAN, JSON, XMLTYPE, VECTOR, or a user type.
    ANSI names are mapped by the parser (INTEGER/INT/SMALLINT -> NUMBER scale 0 with precision None and `star` True,
    DECIMAL/NUMERIC(p,s) -> NUMBER, DOUBLE PRECISION/REAL -> FLOAT(126/63), VARCHAR/CHARACTER VARYING -> VARCHAR2,
    NATIONAL CHARACTER... -> NCHAR/NVARCHAR2).
    """

    name: str
    precision: int | None = None  # NUMBER p, FLOAT b, TIMESTAMP fractional digits, INTERVAL leading precision
    scale: int | None = None  # NUMBER s, INTERVAL DS fractional digits
    star: bool = False  # NUMBER(*,s)
    length: int | None = None  # VARCHAR2, CHAR, RAW, UROWID
    char_semantics: Choice["BYTE", "CHAR", None] = None
    vector: tuple[str, str, str] | None = None  # VECTOR dimensions or *, format or *, DENSE or SPARSE
    schema: str | None = None
    resolved: bool = False  # a user type that is known to exist, with its schema
    anchor: tuple[tuple[str, ...], Choice["TYPE", "ROWTYPE"]] | None = None  # PL/SQL x%TYPE


# ------------------------------------------------------------------------------------------------------- queries


@dataclass(slots=True)
class SelectItem(Node):
    """`text` is the expression's source text, for Oracle's naming of unaliased columns."""

    expr: Expr
    alias: str | None = None
    text: str = ""


@dataclass(slots=True)
class TableRef(Node):
    """A table, view or synonym: [schema.]name[@link] [PARTITION(..)] [SAMPLE ..] [AS OF ..] [alias]."""

    name: tuple[str, ...]
    alias: str | None = None
    db_link: str | None = None
    partition: tuple[str, str | list[Expr]] | None = None  # ("PARTITION" | "SUBPARTITION", name or FOR's values)
    sample: tuple[bool, Expr, Expr | None] | None = None  # (block, percent, seed)
    flashback: tuple[Choice["SCN", "TIMESTAMP"], Expr] | None = None
    pivot: Pivot | Unpivot | None = None


@dataclass(slots=True)
class SubqueryRef(Node):
    """An inline view, lateral or not."""

    query: Query
    alias: str | None = None
    lateral: bool = False
    pivot: Pivot | Unpivot | None = None


@dataclass(slots=True)
class TableFunctionRef(Node):
    """TABLE(expr), XMLTABLE(..), JSON_TABLE(..): `call` carries the details in `extra`."""

    call: Call
    alias: str | None = None


@dataclass(slots=True)
class JsonColumn(Node):
    """A column of JSON_TABLE. `kind`: VALUE, QUERY (FORMAT JSON), EXISTS, ORDINALITY, NESTED (then `columns`)."""

    name: str
    kind: str
    type: TypeName | None = None
    path: Expr | str | None = None
    wrapper: str | None = None
    on_error: object | None = None
    on_empty: object | None = None
    columns: list[JsonColumn] = field(default_factory=list)


@dataclass(slots=True)
class XmlColumn(Node):
    """A column of XMLTABLE; `ordinality` for FOR ORDINALITY."""

    name: str
    type: TypeName | None = None
    path: str | None = None
    default: Expr | None = None
    ordinality: bool = False


@dataclass(slots=True)
class Join(Node):
    """`kind`: INNER, LEFT, RIGHT, FULL, CROSS, CROSS APPLY, OUTER APPLY. Exactly one of on/using/natural, or none.

    `partition`: which side has PARTITION BY, and by what; its rows are joined within each partition.
    """

    left: FromItem
    right: FromItem
    kind: str
    on: Expr | None = None
    using: list[str] | None = None
    natural: bool = False
    partition: tuple[Choice["LEFT", "RIGHT"], list[Expr]] | None = None


FromItem = TableRef | SubqueryRef | TableFunctionRef | Join


@dataclass(slots=True)
class Pivot(Node):
    aggregates: list[SelectItem]
    columns: list[Name]
    values: list[SelectItem]  # an expr is a Tuple when several columns


@dataclass(slots=True)
class Unpivot(Node):
    value_columns: list[str]
    name_columns: list[str]
    items: list[tuple[list[Name], Expr | None]]  # (columns, AS literal)
    include_nulls: bool = False


@dataclass(slots=True)
class GroupingElement(Node):
    """`kind`: EXPR, ROLLUP, CUBE, SETS. For EXPR `items` has one expression (or a Tuple)."""

    kind: str
    items: list[Expr | GroupingElement]


@dataclass(slots=True)
class Hierarchy(Node):
    """START WITH .. CONNECT BY [NOCYCLE] .."""

    connect_by: Expr
    start_with: Expr | None = None
    nocycle: bool = False


@dataclass(slots=True)
class CommonTable(Node):
    name: str
    query: Query
    columns: list[str] | None = None
    search: tuple[Choice["DEPTH", "BREADTH"], list[OrderItem], str] | None = None
    cycle: tuple[list[str], str, Expr, Expr] | None = None


@dataclass(slots=True)
class RowLimit(Node):
    """OFFSET n ROWS FETCH FIRST n [PERCENT] ROWS ONLY|WITH TIES."""

    offset: Expr | None = None
    fetch: Expr | None = None
    percent: bool = False
    with_ties: bool = False


@dataclass(slots=True)
class ForUpdate(Node):
    of: list[tuple[str, ...]] = field(default_factory=list)
    wait: Choice["NOWAIT", "SKIP LOCKED", None] | int = None


@dataclass(slots=True)
class Select(Node):
    """One query block."""

    items: list[SelectItem]
    from_: list[FromItem]  # empty: no FROM (ORA-00923 before 23ai)
    distinct: bool = False
    where: Expr | None = None
    hierarchy: Hierarchy | None = None
    group_by: list[GroupingElement] | None = None
    having: Expr | None = None
    windows: dict[str, Window] = field(default_factory=dict)  # the WINDOW clause (21c)
    into: list[Expr] | None = None  # PL/SQL SELECT .. INTO
    bulk_into: bool = False


@dataclass(slots=True)
class SetOperation(Node):
    """op: UNION, UNION ALL, INTERSECT, MINUS (19c); INTERSECT ALL, MINUS ALL, EXCEPT (21c+)."""

    op: str
    left: QueryBody
    right: QueryBody


QueryBody = Select | SetOperation


@dataclass(slots=True)
class Query(Node):
    """A whole (sub)query: WITH, body, ORDER BY, row limiting, FOR UPDATE. A parenthesised operand of a set operation
    that has its own ORDER BY is wrapped as Select(* from SubqueryRef).
    """

    body: QueryBody
    ctes: list[CommonTable] = field(default_factory=list)
    order_by: list[OrderItem] = field(default_factory=list)
    siblings: bool = False  # ORDER SIBLINGS BY
    limit: RowLimit | None = None
    for_update: ForUpdate | None = None
    with_check: str | None = None  # views: CHECK OPTION | READ ONLY


# ----------------------------------------------------------------------------------------------------------- DML


@dataclass(slots=True)
class Returning(Node):
    exprs: list[Expr]
    into: list[Expr]
    bulk: bool = False
    moments: list[str | None] = field(default_factory=list)  # OLD, NEW (23ai)


@dataclass(slots=True)
class LogErrors(Node):
    into: tuple[str, ...] | None = None
    tag: Expr | None = None
    limit: Expr | None = None  # None: 0; Name UNLIMITED


@dataclass(slots=True)
class Default(Expr):
    """The DEFAULT keyword as a value."""


class ColumnPath(tuple[str, ...]):
    """The name of a column that is written to, `c` or `t.c`, and where it stands."""

    pos: int = -1


@dataclass(slots=True)
class Insert(Node):
    """Single-table insert. `table` may be a SubqueryRef (insert into an inline view). VALUES rows or a query."""

    table: TableRef | SubqueryRef
    columns: list[tuple[str, ...]] | None
    values: list[Expr] | None = None
    rows: list[list[Expr]] | None = None  # 23ai multi-row VALUES
    query: Query | None = None
    returning: Returning | None = None
    log_errors: LogErrors | None = None
    record: Expr | None = None  # PL/SQL: INSERT INTO t VALUES rec


@dataclass(slots=True)
class MultiInsertBranch(Node):
    when: Expr | None  # None: unconditional or ELSE
    intos: list[Insert]  # values only


@dataclass(slots=True)
class MultiInsert(Node):
    """INSERT ALL | FIRST .. SELECT."""

    first: bool
    branches: list[MultiInsertBranch]
    query: Query
    otherwise: list[Insert] | None = None


@dataclass(slots=True)
class Assignment(Node):
    """`a = x`, or `(a, b) = (SELECT ..)`: then `value` is a Subquery."""

    columns: list[tuple[str, ...]]
    value: Expr


@dataclass(slots=True)
class Update(Node):
    table: TableRef | SubqueryRef
    assignments: list[Assignment]
    where: Expr | None = None
    returning: Returning | None = None
    log_errors: LogErrors | None = None
    where_current_of: str | None = None
    from_: list[FromItem] = field(default_factory=list)  # UPDATE .. FROM (23ai)


@dataclass(slots=True)
class Delete(Node):
    table: TableRef | SubqueryRef
    where: Expr | None = None
    returning: Returning | None = None
    log_errors: LogErrors | None = None
    where_current_of: str | None = None
    from_: list[FromItem] = field(default_factory=list)  # DELETE .. FROM (23ai)


@dataclass(slots=True)
class Merge(Node):
    target: TableRef
    source: TableRef | SubqueryRef | TableFunctionRef
    on: Expr
    update: list[Assignment] | None = None
    update_where: Expr | None = None
    delete_where: Expr | None = None
    insert_columns: list[tuple[str, ...]] | None = None
    insert_values: list[Expr] | None = None
    insert_where: Expr | None = None
    log_errors: LogErrors | None = None
    returning: Returning | None = None


@dataclass(slots=True)
class LockTable(Node):
    tables: list[TableRef]
    mode: str
    wait: Choice["NOWAIT", None] | int = None


# ----------------------------------------------------------------------------------------------------------- DDL


@dataclass(slots=True)
class ConstraintDef(Node):
    """`kind`: P, U, R, C, NOT NULL, NULL. Inline constraints have their column in `columns`."""

    kind: str
    name: str | None = None
    columns: list[str] = field(default_factory=list)
    condition: Expr | None = None
    condition_text: str = ""
    references: tuple[str, ...] | None = None
    referenced_columns: list[str] = field(default_factory=list)
    on_delete: Choice["CASCADE", "SET NULL", None] = None
    deferrable: bool = False
    initially_deferred: bool = False
    enabled: bool = True
    validate: bool = True
    rely: bool = False
    using_index: str = ""


@dataclass(slots=True)
class IdentityDef(Node):
    """GENERATED {ALWAYS | BY DEFAULT [ON NULL]} AS IDENTITY (options as in CreateSequence.options)."""

    always: bool
    on_null: bool = False
    options: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class ColumnDef(Node):
    """A column in CREATE TABLE / ALTER TABLE ADD|MODIFY. `type` is None in CTAS column lists and some MODIFYs."""

    name: str
    type: TypeName | None = None
    default: Expr | None = None
    default_text: str = ""
    default_on_null: bool = False
    drop_default: bool = False  # MODIFY .. DEFAULT NULL keeps `default`; 23ai DROP DEFAULT
    identity: IdentityDef | None = None
    drop_identity: bool = False
    virtual: Expr | None = None
    virtual_text: str = ""
    visible: bool | None = None
    constraints: list[ConstraintDef] = field(default_factory=list)


@dataclass(slots=True)
class CreateTable(Node):
    """`temporary`: None, GLOBAL or PRIVATE. `options` records the physical clauses as upper-case text, in order.

    `exchange_with` is the table of FOR EXCHANGE WITH TABLE, whose columns the new one has.
    """

    name: tuple[str, ...]
    columns: list[ColumnDef] = field(default_factory=list)
    constraints: list[ConstraintDef] = field(default_factory=list)
    query: Query | None = None
    query_text: str = ""
    temporary: str | None = None
    on_commit: Choice["DELETE", "PRESERVE", "DROP", None] = None
    options: list[str] = field(default_factory=list)
    partitioning: str | None = None
    organization: str | None = None  # INDEX, HEAP, EXTERNAL
    row_dependencies: bool = False
    if_not_exists: bool = False
    exchange_with: tuple[str, ...] | None = None


@dataclass(slots=True)
class AlterTable(Node):
    """`actions` run in order. Each is one of the Alter* nodes below."""

    name: tuple[str, ...]
    actions: list[AlterAction]
    kind: str = "TABLE"
    if_exists: bool = False


@dataclass(slots=True)
class AddColumns(Node):
    columns: list[ColumnDef]
    constraints: list[ConstraintDef] = field(default_factory=list)


@dataclass(slots=True)
class ModifyColumns(Node):
    columns: list[ColumnDef]


@dataclass(slots=True)
class DropColumns(Node):
    names: list[str]
    cascade: bool = False
    set_unused: bool = False


@dataclass(slots=True)
class RenameColumn(Node):
    old: str
    new: str


@dataclass(slots=True)
class RenameTo(Node):
    name: str


@dataclass(slots=True)
class AddConstraint(Node):
    constraint: ConstraintDef


@dataclass(slots=True)
class DropConstraint(Node):
    """`what`: a constraint name, or PRIMARY KEY, or UNIQUE with columns."""

    name: str | None = None
    primary_key: bool = False
    unique_columns: list[str] | None = None
    cascade: bool = False


@dataclass(slots=True)
class ModifyConstraint(Node):
    """ENABLE/DISABLE [NO]VALIDATE of a constraint (by name, PRIMARY KEY, or UNIQUE columns)."""

    name: str | None
    enable: bool | None
    validate: bool | None = None
    primary_key: bool = False
    unique_columns: list[str] | None = None
    cascade: bool = False


@dataclass(slots=True)
class RenameConstraint(Node):
    old: str
    new: str


@dataclass(slots=True)
class TableOption(Node):
    """A physical clause with no effect here (ENABLE ROW MOVEMENT, SHRINK SPACE, PARALLEL, MODIFY PARTITION BY ..): `text`."""

    text: str


AlterAction = (
    AddColumns
    | ModifyColumns
    | DropColumns
    | RenameColumn
    | RenameTo
    | AddConstraint
    | DropConstraint
    | ModifyConstraint
    | RenameConstraint
    | TableOption
)


@dataclass(slots=True)
class Drop(Node):
    """`kind`: TABLE, VIEW, MATERIALIZED VIEW, INDEX, SEQUENCE, SYNONYM, USER, ROLE, PROCEDURE, FUNCTION, PACKAGE, TRIGGER, TYPE."""

    kind: str
    name: tuple[str, ...]
    cascade: bool = False
    purge: bool = False
    if_exists: bool = False
    public: bool = False


@dataclass(slots=True)
class Truncate(Node):
    name: tuple[str, ...]
    cascade: bool = False


@dataclass(slots=True)
class Rename(Node):
    """RENAME old TO new."""

    old: str
    new: str


@dataclass(slots=True)
class CreateView(Node):
    name: tuple[str, ...]
    query: Query
    query_text: str
    columns: list[str] | None = None
    constraints: list[ConstraintDef] = field(default_factory=list)
    or_replace: bool = False
    force: bool = False
    if_not_exists: bool = False


@dataclass(slots=True)
class CreateMaterializedView(Node):
    name: tuple[str, ...]
    query: Query
    query_text: str
    columns: list[str] | None = None
    build: str = "IMMEDIATE"
    refresh_method: str = "FORCE"  # FORCE, COMPLETE, FAST, NEVER
    refresh_mode: str = "DEMAND"  # DEMAND, COMMIT
    query_rewrite: bool = False
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CreateIndex(Node):
    name: tuple[str, ...]
    table: tuple[str, ...]
    columns: list[OrderItem]
    texts: list[str]
    unique: bool = False
    bitmap: bool = False
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class CreateSequence(Node):
    """`options`: START, INCREMENT, MINVALUE, MAXVALUE, CACHE (int or None for NO..), CYCLE, ORDER (bool)."""

    name: tuple[str, ...]
    options: dict[str, object] = field(default_factory=dict)
    alter: bool = False
    restart: bool = False


@dataclass(slots=True)
class CreateSynonym(Node):
    name: tuple[str, ...]
    target: tuple[str, ...]
    public: bool = False
    or_replace: bool = False
    db_link: str | None = None
    if_not_exists: bool = False


@dataclass(slots=True)
class CreateUser(Node):
    """CREATE or ALTER USER. `options` are clauses as text (DEFAULT TABLESPACE .., QUOTA ..)."""

    name: str
    password: str | None = field(default=None, repr=False)
    alter: bool = False
    lock: bool | None = None
    expire: bool = False
    options: list[str] = field(default_factory=list)
    replace_password: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class CreateRole(Node):
    name: str


@dataclass(slots=True)
class Grant(Node):
    """GRANT or REVOKE (`revoke`). `privileges` are upper-case names, roles or ALL; columns per privilege in `columns`."""

    privileges: list[str]
    grantees: list[str]
    on: tuple[str, ...] | None = None
    columns: dict[str, list[str]] = field(default_factory=dict)
    with_option: bool = False
    revoke: bool = False
    on_kind: str | None = None  # DIRECTORY, ...


@dataclass(slots=True)
class Comment(Node):
    """COMMENT ON TABLE | COLUMN | MATERIALIZED VIEW name IS text."""

    kind: str
    name: tuple[str, ...]
    text: str


@dataclass(slots=True)
class AlterObject(Node):
    """ALTER VIEW/INDEX/.. that only records or recompiles: `text` is the action."""

    kind: str
    name: tuple[str, ...]
    text: str
    rename_to: str | None = None


@dataclass(slots=True)
class CreateTablespace(Node):
    """`contents`: PERMANENT, TEMPORARY, UNDO. `text` is the rest of the statement, in upper case."""

    name: str
    contents: str
    text: str


@dataclass(slots=True)
class CreateCode(Node):
    """CREATE PROCEDURE/FUNCTION/PACKAGE/PACKAGE BODY: `text` is the source from that word on, as ALL_SOURCE has it.

    `body` is the PL/SQL tree, or None when the text does not compile: then `error` is the OracleError (ORA-06550), the unit
    is created all the same and is invalid.
    """

    kind: str
    name: tuple[str, ...]
    text: str
    or_replace: bool = False
    body: object | None = None
    error: Exception | None = None


# ------------------------------------------------------------------------------------------- session, transaction


@dataclass(slots=True)
class Commit(Node):
    pass


@dataclass(slots=True)
class Rollback(Node):
    savepoint: str | None = None


@dataclass(slots=True)
class Savepoint(Node):
    name: str


@dataclass(slots=True)
class SetTransaction(Node):
    """`mode`: READ ONLY, READ WRITE, SERIALIZABLE, READ COMMITTED, or NAME only."""

    mode: str
    name: str | None = None


@dataclass(slots=True)
class SetConstraints(Node):
    names: list[tuple[str, ...]] | None  # None: ALL
    deferred: bool


@dataclass(slots=True)
class SetRole(Node):
    text: str


@dataclass(slots=True)
class AlterSession(Node):
    """`settings`: parameter (upper case) -> value text; `others`: clauses such as ENABLE PARALLEL DML."""

    settings: dict[str, str] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)


@dataclass(slots=True)
class AlterSystem(Node):
    text: str


@dataclass(slots=True)
class ExplainPlan(Node):
    statement: Statement
    statement_id: str | None = None
    into: tuple[str, ...] | None = None


@dataclass(slots=True)
class FlashbackTable(Node):
    """FLASHBACK TABLE: `moment` is (SCN or TIMESTAMP, expression), None for TO BEFORE DROP."""

    names: list[tuple[str, ...]]
    moment: tuple[Choice["SCN", "TIMESTAMP"], Expr] | None = None


@dataclass(slots=True)
class CallProcedure(Node):
    """CALL proc(..) [INTO :x]."""

    call: Call
    into: Expr | None = None


@dataclass(slots=True)
class Block(Node):
    """An anonymous PL/SQL block: `body` is a plsql.ast.Block."""

    body: object
    text: str


@dataclass(slots=True)
class Purge(Node):
    text: str


@dataclass(slots=True)
class Analyze(Node):
    text: str


Statement = (
    Query
    | Insert
    | MultiInsert
    | Update
    | Delete
    | Merge
    | LockTable
    | CreateTable
    | AlterTable
    | Drop
    | Truncate
    | Rename
    | CreateView
    | CreateMaterializedView
    | CreateIndex
    | CreateSequence
    | CreateSynonym
    | CreateUser
    | CreateRole
    | CreateTablespace
    | Grant
    | Comment
    | AlterObject
    | CreateCode
    | Commit
    | Rollback
    | Savepoint
    | SetTransaction
    | SetConstraints
    | SetRole
    | AlterSession
    | AlterSystem
    | ExplainPlan
    | FlashbackTable
    | CallProcedure
    | Block
    | Purge
    | Analyze
)
