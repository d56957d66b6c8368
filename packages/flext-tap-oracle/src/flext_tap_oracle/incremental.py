"""Streams that are read from a replication key's bookmark on: the key, the fence, rows that were sent before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import oracledb
from flext_db_oracle import OracleTable
from flext_db_oracle.errors import is_transient
from flext_db_oracle.types import Carrier
from singer_sdk.singerlib import Catalog
from typing_extensions import override

from .columns import ROWSCN, OutputColumn, expression_column, matching_rule, rowscn_column
from .errors import TapError, unwrap
from .keys import BOUNDARY, KEY, VALUE, VALUES, Boundary, ReplicationKey
from .query import Query
from .reader import Row
from .streams import OracleTableStream
from .transactions import MARGIN

if TYPE_CHECKING:
    from .tap import TapOracle


class IncrementalOracleStream(OracleTableStream):
    """A table read from a replication key's bookmark on, in the key's order."""

    replication_method = "INCREMENTAL"
    is_sorted = True
    has_bookmark = True
    check_sorted = False  # the database sorts; text of other offsets or signs does not sort as text

    def __init__(self, tap: TapOracle, oracle_table: OracleTable, name: str, *, key: str | None = None, **more: Any):
        self._wanted_key = key
        self._floor: Any = None
        super().__init__(tap, oracle_table, name, **more)
        self.forced_replication_method = "INCREMENTAL"
        if key is not None:
            self.replication_key = self._property(key)

    # -------------------------------------------------------------------------------------------- the key

    @override
    def _output_columns(self, name: str) -> list[OutputColumn]:
        columns = super()._output_columns(name)
        wanted = self._wanted_key
        expression = self.stream_options.replication_key_expression
        if expression and wanted:
            kind = self.tap.expression_type(self.source.sql, expression, {**self.binds}, name)
            columns = [c for c in columns if c.name != wanted]
            columns.append(expression_column(wanted, expression, kind, self.options))
        elif wanted is not None and wanted.lower() == ROWSCN and not any(c.name == ROWSCN for c in columns):
            self._refuse_rowscn(name)
            columns.append(rowscn_column())
        return columns

    def _refuse_rowscn(self, name: str) -> None:
        table = self.oracle_table
        if table.kind == "VIEW" or table.index_organized or not self.source.snapshot:
            raise TapError(
                f"stream {name} ({self.where}): only a table that stores rows in blocks of its own has ORA_ROWSCN; use a"
                " column as replication key, or FULL_TABLE"
            )

    def _property(self, key: str) -> str:
        """The property that a key names, also in the upper case that other taps write.

        Raises:
            TapError: there is none.
        """
        names = [column.name for column in self.columns]
        found = [name for name in names if name == key] or [name for name in names if name.lower() == key.lower()]
        if len(found) != 1:
            raise TapError(
                f"stream {self.name} ({self.where}) has no column for the replication key `{key}`: set `replication-key`"
                " in its metadata, or read it FULL_TABLE"
            )
        return found[0]

    @cached_property
    def key(self) -> ReplicationKey:
        """The replication key.

        Raises:
            TapError: none was chosen, or its column is masked or cannot be ordered by.
        """
        first = self.replication_key
        if not first:
            raise TapError(
                f"stream {self.name} ({self.where}) has no replication key: set `replication-key` in its metadata, or read"
                " it FULL_TABLE"
            )
        names = self.stream_options.replication_key_columns or [first]
        by_name = {column.name: column for column in self.columns}
        columns = []
        for name in names:
            column = by_name[self._property(name)]
            if not column.sortable or matching_rule(self.options.mask, self.name, column.name):
                raise TapError(
                    f"stream {self.name} ({self.where}): {column.name} is a LOB or masked: it cannot be a key"
                )
            columns.append(column)
        if columns[0].name != first:
            raise TapError(f"stream {self.name}: `{first}` must be the first of replication_key_columns")
        return ReplicationKey(tuple(columns), self.options.dates_as_text, self.options.key_zone)

    @override
    def apply_catalog(self, catalog: Catalog) -> None:
        super().apply_catalog(catalog)
        key = self.replication_key or self._wanted_key
        if key is not None and self.selected:
            self.replication_key = self._property(key)
        self.forced_replication_method = "INCREMENTAL"

    @property
    @override
    def _automatic(self) -> list[str]:
        key = [column.name for column in self.key.columns] if self.replication_key else []
        return [*self.primary_keys, *key]

    # -------------------------------------------------------------------------------------------- options

    @property
    def lag(self) -> float:
        return self.options.lag if self.stream_options.lag is None else self.stream_options.lag

    @property
    def upper_fence(self) -> str:
        return self.stream_options.upper_fence or self.options.upper_fence

    @property
    def null_keys(self) -> str:
        return self.stream_options.null_keys or self.options.null_keys

    @property
    @override
    def guarantee(self) -> str:
        if self.key.is_rowscn:
            return "cannot miss late commits; rows in the blocks of changed rows are sent again; deletes are not seen"
        if self.exposed is None:
            if self.key.is_number:
                keys = f"if keys rise in the order of writing, to {MARGIN} s"
            else:
                zone = "" if self.key.carrier is Carrier.ZONED_TEXT else f" ({self.options.key_time_zone or 'server'})"
                keys = f"if keys are the time of writing{zone}, to {MARGIN + self.lag:g} s"
            return f"cannot miss late commits, {keys}; deletes are not seen"
        unit = " s" if self.key.is_time else ""
        late = f"later than {self.lag:g}{unit}" if self.lag else "after a row with a later key was sent"
        return f"may miss commits {late}; deletes are not seen"

    @cached_property
    def exposed(self) -> str | None:
        """What has to be done so that no commit comes too late for the bookmark; None if none does."""
        if self.options.open_transactions == "ignore":
            return "set open_transactions to auto"
        if self.key.is_number and not self.options.transaction_wait:
            return "set transaction_wait"
        if not self.key.has_order:
            return "replicate by a date, a timestamp or a number"
        if self.upper_fence == "none":
            return "set upper_fence to bookmark or rows"
        return self.tap.settled.problem

    def _check_exposed(self) -> None:
        """Say why late commits may be missed, or refuse to read.

        Raises:
            TapError: open_transactions is `require`.
        """
        if self.exposed is None:
            return
        if self.options.open_transactions == "require":
            raise TapError(f"stream {self.name} ({self.where}) may miss late commits. Next: {self.exposed}")
        self.logger.info("%s: to miss no late commit: %s", self.name, self.exposed)

    # -------------------------------------------------------------------------------------------- reading

    def start(self) -> tuple[list[Any], bool]:
        """State values to start at (empty for everything), and whether they are a bookmark."""
        state = self.stream_state
        if state.get(KEY) in (None, self.key.name) and state.get(VALUE) is not None:
            values = state.get(VALUES)
            if isinstance(values, list) and len(values) == len(self.key.columns) and values[0] == state[VALUE]:
                return values, True
            return [state[VALUE]], True
        if state.get(VALUE) is not None:
            self.logger.warning("%s: the bookmark is of the key %s, not %s", self.name, state[KEY], self.key.name)
        given = self.stream_options.start_value
        if given is None and self.key.is_time:
            given = self.options.start_date
        return ([] if given is None else [given]), False

    def _build_incremental_query(self, last_value: Any) -> Query:
        """The rows at or after `last_value`, a value as the state has it (or a list of them); None is all rows."""
        start = last_value if isinstance(last_value, list) else [] if last_value is None else [last_value]
        return self.query(start, lag=0)

    def query(self, start: Sequence[Any], *, lag: float) -> Query:
        fence = self.fence if self.upper_fence == "rows" else None
        query = self.base_query()
        query = query if self.key.is_rowscn else self._as_of(query)
        return self.key.range_query(query, start, lag=lag, null_keys=self.null_keys == "read", fence=fence)

    @cached_property
    def fence(self) -> Any:
        """The value, as the key is fetched, that the bookmark does not pass; None if there is no such value.

        For dates it is the start of the run by the database's clock, or that of the oldest open transaction; for numbers
        the greatest one that no open transaction can come before.
        """
        if self.upper_fence == "none" or self.key.is_rowscn:
            return None
        if self.key.is_time:
            return self.key.from_clock(self.tap.database_clock if self.exposed else self.tap.settled.until)
        return None if self.exposed else self.tap.settled_numbers.get(self.name)

    @property
    def _held(self) -> bool:
        """Whether the bookmark stays where it is: for this run it is not known how far it may go."""
        if self.exposed is not None or self.key.is_rowscn:
            return False
        return self.fence is None or (self.use_snapshot and self.tap.reads_earlier_snapshot)

    def greatest_number(self) -> Any:
        """The greatest key that is committed; None without rows, or where keys are not watched."""
        if self.key.is_rowscn or not self.key.is_number or self.exposed is not None:
            return None
        query = self.base_query()
        sql = f"SELECT MAX({self.key.columns[0].sql}) {query.tail}"
        return unwrap(self.tap.oracle_api.execute_query(sql, query.binds_of(sql)), f"stream {self.name}").scalar()

    @override
    def _rows(self) -> Iterator[list[Row]]:
        start, is_bookmark = self.start()
        self._check_bookmark(start if is_bookmark else [])
        if self.key.is_rowscn:
            yield from self._rows_by_scn(start)
            return
        self._check_exposed()
        self._report_null_keys()
        yield from self._rows_from_bookmark(start, is_bookmark)

    def _rows_by_scn(self, start: Sequence[Any]) -> Iterator[list[Row]]:
        """Rows that changed since an SCN. The next bookmark is the SCN before this read: later commits are above it."""
        scn = self.tap.scn_before_reading
        yield from self.reader.batches(self.query(start, lag=0))
        self.stream_state.update({KEY: self.key.name, VALUE: scn})

    def _rows_from_bookmark(self, start: Sequence[Any], is_bookmark: bool) -> Iterator[list[Row]]:
        """Rows in the key's order. After a lost connection the read goes on from the bookmark that was reached."""
        while True:
            self.boundary = Boundary.from_state(self.stream_state if is_bookmark else {}, self.digest_encoder.one)
            self._floor = self.key.bind(start[0]) if start and is_bookmark else None
            query = self.query(start, lag=self.lag if is_bookmark else 0)
            try:
                for rows in self.reader.batches(query):
                    fresh = self._unsent(rows, query)
                    if fresh:
                        yield fresh
                if self.boundary.tail:  # rows known from before may have been met again since the bookmark moved
                    self.stream_state[BOUNDARY] = self.boundary.digests()
                return
            except oracledb.Error as error:
                reached, is_bookmark_now = self.start()
                if not self.options.retries or reached == start or not is_transient(error):
                    raise
                self.reader.wait(error, 1)
                start, is_bookmark = reached, is_bookmark_now

    def _unsent(self, rows: list[Row], query: Query) -> list[Row]:
        if not isinstance(rows, list):
            return self._unsent_of_table(rows)
        if not query.flagged:
            return self.boundary.unsent(rows, self._comparable)
        return [row for row in rows if self.boundary.unsent([row[:-1]], self._comparable)]

    def _unsent_of_table(self, table: Any) -> Any:
        if not self.boundary.known:
            return table
        from .arrow import rows_of  # an extra; who has a table has it

        rows = rows_of(table, self.selected_columns, self.options)
        return table.filter([bool(self.boundary.unsent([row], self._comparable)) for row in rows])

    def _check_bookmark(self, start: Sequence[Any]) -> None:
        """Refuse a bookmark that no run of ours can have left: no value of the key's type, or from the future."""
        if not start:
            return
        fetched = self.key.bind(start[0])
        if not self.key.is_time or self.upper_fence == "none":
            return
        now = self.key.from_clock(self.tap.database_clock)
        if self.key.comparable(fetched) > self.key.comparable(now):
            raise TapError(
                f"stream {self.name}: the state's bookmark {start[0]} is later than the database's clock"
                f" {self.key.state_value(now)}: correct the state, or set upper_fence to none if the table has"
                " times from the future"
            )

    def _report_null_keys(self) -> None:
        if self.null_keys in {"ignore", "read"}:
            return
        if all("null" not in column.schema["type"] for column in self.key.columns):
            return
        missing = " OR ".join(f"{column.reference} IS NULL" for column in self.key.columns)
        sql, binds = self._as_of(self.base_query()).where(f"({missing})" if " OR " in missing else missing).count()
        found = unwrap(self.tap.oracle_api.execute_query(sql, binds), f"stream {self.name}").scalar()
        if not found:
            return
        text = f"{found} rows of {self.where} have no value in {', '.join(c.column for c in self.key.columns)}"
        if self.null_keys == "fail":
            raise TapError(f"stream {self.name}: {text}: set null_keys to read, warn or ignore")
        self.logger.warning("%s: an incremental stream does not read them", text)

    @cached_property
    def _key_indexes(self) -> list[int]:
        names = [column.name for column in self.selected_columns]
        return [names.index(column.name) for column in self.key.columns]

    def _comparable(self, row: Row) -> Any:
        value = row[self._key_indexes[0]]
        return None if value is None else self.key.comparable(value)

    @override
    def advance(self, rows: list[Row]) -> None:
        """The bookmark is the last row's key, or the fence when the key lies behind it."""
        if self.key.is_rowscn or not rows or self._held:
            return
        values = [rows[-1][index] for index in self._key_indexes]
        if values[0] is None:
            return
        key = reached = self.key.comparable(values[0])
        floor = None if self._floor is None else self.key.comparable(self._floor)
        if self.fence is not None and key > self.key.comparable(self.fence):
            values = [self.fence]
            reached = self.key.comparable(self.fence)
        if floor is not None and reached < floor and (self.lag or reached != key):
            # A late row within the lag, or a transaction older than the bookmark: going back would find nothing more.
            reached = floor
        else:
            self._set_bookmark(values)
        self.boundary.remember(rows, self._comparable, self.key.before(reached, self.lag))
        self.stream_state[BOUNDARY] = self.boundary.digests()

    def _set_bookmark(self, values: list[Any]) -> None:
        state = self.stream_state
        state[KEY] = self.key.name
        state[VALUE] = self.key.state_value(values[0])
        if len(self.key.columns) > 1 and len(values) > 1 and None not in values:
            state[VALUES] = [self.key.state_value(value, index) for index, value in enumerate(values)]
        else:
            state.pop(VALUES, None)

    @override
    def _finish(self) -> None:
        """Nothing: versions are for full loads."""
