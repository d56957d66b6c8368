"""Metadata: schemas, tables and columns as plain values; `dictionary` reads them from the ALL_* views.

Object types, nested tables and other columns outside the type contract are kept with `type` None and their name in
`data_type`, so that a caller can say which column it leaves out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from flext_db_oracle.types import OracleType

TableKind = Literal["TABLE", "VIEW", "MATERIALIZED VIEW"]


@dataclass(frozen=True, slots=True)
class OracleColumn:
    """`name` is exactly as in Oracle, `data_type` as in the dictionary: `NUMBER`, `TIMESTAMP(6)`, `SDO_GEOMETRY`."""

    name: str
    type: OracleType | None
    data_type: str = ""
    position: int = 0
    nullable: bool = True
    default: str | None = None
    identity: Literal["ALWAYS", "BY DEFAULT"] | None = None
    virtual: bool = False
    invisible: bool = False
    comment: str | None = None
    json_check: str | None = None
    """Name of the constraint by which a new text column takes JSON only. The dictionary's columns have none here."""

    def __post_init__(self) -> None:
        if not self.data_type and self.type is not None:
            object.__setattr__(self, "data_type", self.type.name)

    @property
    def length(self) -> int | None:
        return None if self.type is None else self.type.length

    @property
    def char_used(self) -> bool:
        return self.type is not None and self.type.char_used

    @property
    def precision(self) -> int | None:
        return None if self.type is None else self.type.precision

    @property
    def scale(self) -> int | None:
        return None if self.type is None else self.type.scale

    @property
    def writable(self) -> bool:
        """Whether INSERT may give it a value: not virtual and not GENERATED ALWAYS AS IDENTITY."""
        return not self.virtual and self.identity != "ALWAYS"


@dataclass(frozen=True, slots=True)
class OracleIndex:
    """`columns` are names, or SQL expressions in a function-based index. `kind` is as in ALL_INDEXES: NORMAL, BITMAP."""

    name: str
    columns: tuple[str, ...]
    unique: bool = False
    kind: str = "NORMAL"


@dataclass(frozen=True, slots=True)
class OracleForeignKey:
    """`referenced_table` is None, and `referenced_columns` empty, when this user may not see the parent table."""

    name: str
    columns: tuple[str, ...]
    referenced_schema: str
    referenced_table: str | None
    referenced_columns: tuple[str, ...] = ()
    on_delete: str = "NO ACTION"
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class OracleCheck:
    """A CHECK constraint; `condition` is SQL text. NOT NULL is not among them: it is the column's."""

    name: str
    condition: str
    generated_name: bool = False
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class OraclePartition:
    """`high_value` is SQL text: the bound of a range, the values of a list.

    `compression` is as in the dictionary: BASIC, ADVANCED, QUERY HIGH. `interval` says that Oracle made the partition,
    by the table's interval, when a row needed it.
    """

    name: str
    position: int
    high_value: str | None = None
    num_rows: int | None = None
    tablespace: str | None = None
    compression: str | None = None
    interval: bool = False


@dataclass(frozen=True, slots=True)
class OracleSynonym:
    """What a synonym of a schema stands for; the target need not exist."""

    name: str
    schema: str
    target_schema: str | None
    target_name: str
    db_link: str | None = None


@dataclass(frozen=True, slots=True)
class OracleTable:
    """A table, view or materialized view. `columns` are in column order, hidden system columns left out.

    `num_rows` is the optimizer's estimate. `bytes` is the size of the segments, LOBs and indexes not counted, when
    `bytes_exact`; else rows times average length by the statistics. `duration` of the rows of a temporary table is
    SYS$SESSION or SYS$TRANSACTION; `interval` is SQL text; `automatic` list partitions are made when a row needs one.
    """

    name: str
    schema: str
    kind: TableKind = "TABLE"
    columns: tuple[OracleColumn, ...] = ()
    primary_key: tuple[str, ...] = ()
    unique_keys: tuple[tuple[str, ...], ...] = ()
    comment: str | None = None
    num_rows: int | None = None
    bytes: int | None = None
    partitioned: bool = False
    temporary: bool = False
    index_organized: bool = False
    rowdependencies: bool = False
    bytes_exact: bool = False
    indexes: tuple[OracleIndex, ...] = ()
    foreign_keys: tuple[OracleForeignKey, ...] = ()
    partitioning: str | None = None
    partition_key: tuple[str, ...] = ()
    partitions: tuple[OraclePartition, ...] = ()
    subpartitioning: str | None = None
    interval: str | None = None
    automatic: bool = False
    checks: tuple[OracleCheck, ...] = ()
    duration: str | None = None
    tablespace: str | None = None
    compression: str | None = None

    def column(self, name: str) -> OracleColumn | None:
        return next((column for column in self.columns if column.name == name), None)

    @property
    def key_columns(self) -> tuple[str, ...]:
        """The primary key, else the shortest unique key whose columns are all NOT NULL, else nothing."""
        if self.primary_key:
            return self.primary_key
        required = {column.name for column in self.columns if not column.nullable}
        usable = [key for key in self.unique_keys if required.issuperset(key)]
        return min(usable, key=lambda key: (len(key), key), default=())


@dataclass(frozen=True, slots=True)
class OracleSchema:
    """`notes` say what this user could not see, and which GRANT shows it."""

    name: str
    tables: tuple[OracleTable, ...] = field(default=())
    synonyms: tuple[OracleSynonym, ...] = field(default=())
    notes: tuple[str, ...] = field(default=())

    def table(self, name: str) -> OracleTable | None:
        return next((table for table in self.tables if table.name == name), None)
