"""Translated SQL made ready to run: prepared in PostgreSQL, described, with its converters chosen. Cached per session.

Keys hold everything a translation depends on. A DDL statement anywhere starts a new generation of the catalog, and then
all prepared statements are given up, for their plans and result types may be stale.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..catalog.model import Column, Relation
from ..errors import OracleError
from ..sql.translation import NestedQuery, OutputColumn, Translation
from ..sql.user_types import names_domain
from .base import ColumnInfo, OracleType
from .describe import column_info, facts_of_result
from .link import Command
from .nested import nested_results
from .object_images import ObjectImages
from .transaction import Transaction
from .transcode import ColumnDecoder, column_decoder, encode_array, encode_value
from .types import TypeCatalog

_MAX_PREPARED = 200
_LOB_TYPES = (OracleType.CLOB, OracleType.BLOB)


@dataclass(frozen=True, slots=True)
class Prepared:
    """`facts`, `columns` and `decoders` are those of the query or of RETURNING; `pg_types` likewise.

    `stored[i]` tells whether output i is a table's column as it is.
    """

    name: bytes
    translation: Translation
    types: TypeCatalog
    facts: Sequence[Column]
    columns: Sequence[ColumnInfo]
    decoders: Sequence[ColumnDecoder]
    pg_types: Sequence[str]
    stored: Sequence[bool] = ()

    @property
    def has_lobs(self) -> bool:
        return any(column.type in _LOB_TYPES for column in self.columns)

    def parameters(self, row: Sequence[Any], variables: Callable[[str], Any] | None = None) -> list[bytes | None]:
        """Binary parameters of one execution. `variables` gives Oracle's bytes of a PL/SQL variable."""
        values: list[bytes | None] = []
        for parameter in self.translation.parameters:
            if parameter.bind is not None:
                if parameter.bind >= len(row):
                    raise OracleError(1008, "not all variables bound")
                values.append(encode_value(parameter.pg_type, row[parameter.bind]))
            else:
                assert variables is not None
                assert parameter.variable is not None
                values.append(encode_value(parameter.pg_type, variables(parameter.variable)))
        return values

    def execute(self, row: Sequence[Any], variables: Callable[[str], Any] | None = None) -> Command:
        return Command(name=self.name, params=self.parameters(row, variables), action="execute")

    def execute_arrays(self, columns: Sequence[Sequence[Any]]) -> Command:
        """One execution over whole columns of binds, for a statement that was prepared for arrays."""
        params: list[bytes | None] = []
        for parameter in self.translation.parameters:
            assert parameter.bind is not None
            element = self.types.oid(parameter.pg_type)
            params.append(encode_array(parameter.pg_type, element, columns[parameter.bind]))
        return Command(name=self.name, params=params, action="execute")


class Statements:
    def __init__(
        self,
        transaction: Transaction,
        types: TypeCatalog,
        relation: Callable[[int], Relation | None],
        objects: ObjectImages,
    ) -> None:
        self._transaction = transaction
        self._objects = objects
        self._types = types
        self._relation = relation
        self._prepared: OrderedDict[Hashable, Prepared] = OrderedDict()
        self._generation = -1
        self._count = 0

    async def prepare(
        self, key: Hashable, translation: Translation, generation: int, *, array: bool = False
    ) -> Prepared:
        """The prepared statement of a translation, from the cache if the catalog has not changed.

        `array` prepares `array_insert` instead. Raises PostgresError.
        """
        commands = []
        if generation != self._generation:
            if self._prepared:
                commands.append(Command("DEALLOCATE ALL"))
                self._prepared.clear()
            self._generation = generation
        key = (key, array)
        found = self._prepared.get(key)
        if found is not None:
            self._prepared.move_to_end(key)
            return found
        if len(self._prepared) >= _MAX_PREPARED:
            _, oldest = self._prepared.popitem(last=False)
            commands.append(Command(name=oldest.name, action="close"))
        self._count += 1
        name = b"s%d" % self._count
        sql = translation.sql
        if array:
            assert translation.array_insert is not None
            sql = translation.array_insert
        oid = self._types.array_oid if array else self._types.oid
        types = [oid(parameter.pg_type) for parameter in translation.parameters]
        commands += [
            Command(sql, types=types, name=name, action="prepare"),
            Command(name=name, action="describe"),
        ]
        *_, description = await self._transaction.run(*commands, begin=False)
        outputs: Sequence[OutputColumn] = () if array else translation.columns or translation.returning
        facts = facts_of_result(description, outputs, self._types.name, self._relation)
        pg_types = [
            "record[]" if output.nested else output.domain or self._types.name(description.ftype(index))
            for index, output in enumerate(outputs)
        ]
        decoders = [
            await self._nested(output.nested, types) if output.nested else self._decoder(pg_type)
            for output, pg_type in zip(outputs, pg_types, strict=True)
        ]
        prepared = Prepared(
            name,
            translation,
            self._types,
            facts,
            [self._info(column) for column in facts],
            decoders,
            pg_types,
            [description.ftable(index) != 0 for index in range(len(outputs))],
        )
        self._prepared[key] = prepared
        return prepared

    def _decoder(self, pg_type: str) -> ColumnDecoder:
        if names_domain(pg_type):
            return self._objects.decoder(pg_type)
        return column_decoder(pg_type, self._types.regions)

    def _info(self, column: Column) -> ColumnInfo:
        info = column_info(column)
        if column.type_owner is None:
            return info
        return replace(info, type_oid=self._objects.oid_of(column.type_owner, column.data_type))

    async def _nested(self, query: NestedQuery, types: Sequence[int]) -> ColumnDecoder:
        """The decoder of a CURSOR column."""
        _, description, _ = await self._transaction.run(
            Command(query.sql, types=types, name=b"nested", action="prepare"),
            Command(name=b"nested", action="describe"),
            Command(name=b"nested", action="close"),
            begin=False,
        )
        facts = facts_of_result(description, query.columns, self._types.name, self._relation)
        pg_types = [self._types.name(description.ftype(index)) for index in range(len(query.columns))]
        decoders = [column_decoder(pg_type, self._types.regions) for pg_type in pg_types]
        return nested_results([column_info(column) for column in facts], decoders)
