"""DML over many rows of binds: whole columns at once where it can be, row by row where Oracle's rules need it.

Oracle runs an array statement as that many executions: those before a failing one stay, and the error names its place.
A single-row INSERT goes to PostgreSQL as arrays, thousands of rows a call; if the call fails, halves of it find the
row. Other statements go through the pipeline, a hundred executions a round trip.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import ArrayDmlError, OracleError
from .base import BatchError
from .link import Link, PostgresError, Row
from .statements import Prepared
from .transaction import Transaction

_ARRAY_ROWS = 4000
_PIPELINE_ROWS = 100


@dataclass(slots=True)
class ArrayDml:
    """One array execution. `array` is None if the statement cannot take arrays."""

    link: Link
    transaction: Transaction
    statement: Prepared
    array: Prepared | None
    rows: Sequence[tuple[Any, ...]]
    batch_errors: bool
    translate: Callable[[PostgresError], Awaitable[OracleError]]
    counts: list[int] = field(default_factory=list)
    errors: list[BatchError] = field(default_factory=list)
    returned: list[list[Row]] = field(default_factory=list)

    async def run(self) -> None:
        """Fill `counts` (one per row), `errors` and `returned`.

        Raises:
            ArrayDmlError: unless batch errors are wanted.
        """
        self.counts = [0] * len(self.rows)
        self.returned = [[] for _ in self.rows] if self.statement.translation.returning else []
        step = _PIPELINE_ROWS if self.array is None else _ARRAY_ROWS
        for start in range(0, len(self.rows), step):
            end = min(start + step, len(self.rows))
            if self.array is None:
                await self._pipeline(start, end)
            else:
                await self._halves(start, end)

    async def _halves(self, start: int, end: int) -> None:
        assert self.array is not None
        try:
            columns = list(zip(*self.rows[start:end], strict=True))
            await self.transaction.run(self.array.execute_arrays(columns), begin=True)
        except (PostgresError, OracleError) as error:
            if end - start == 1:
                await self._failed(start, error)
                return
            middle = (start + end) // 2
            await self._halves(start, middle)
            await self._halves(middle, end)
            return
        self.counts[start:end] = [1] * (end - start)

    async def _pipeline(self, start: int, end: int) -> None:
        while start < end:
            commands = []
            conversion: OracleError | None = None
            for row in self.rows[start:end]:
                try:
                    commands.append(self.statement.execute(row))
                except OracleError as error:
                    conversion = error
                    break
            failure: PostgresError | OracleError | None = conversion
            if commands:
                try:
                    results = await self.transaction.run(*commands, begin=True)
                except PostgresError as error:
                    # The savepoint undid the executions before it as well: do them again without it.
                    failed = start + error.index
                    if failed > start:
                        await self._pipeline(start, failed)
                    await self._failed(failed, error)
                    start = failed + 1
                    continue
                for index, result in enumerate(results):
                    self.counts[start + index] = (
                        int.from_bytes(self.link.rows(result)[0][0], "big")
                        if self.statement.translation.counted
                        else result.command_tuples or 0
                    )
                    if self.returned:
                        self.returned[start + index] = self.link.rows(result)
                start += len(commands)
            if failure is not None:
                await self._failed(start, failure)
                start += 1

    async def _failed(self, index: int, error: PostgresError | OracleError) -> None:
        translated = await self.translate(error) if isinstance(error, PostgresError) else error
        if not self.batch_errors:
            raise ArrayDmlError(translated, index, sum(self.counts), self.counts[:index]) from error
        self.errors.append(BatchError(index, translated.code, translated.text))
