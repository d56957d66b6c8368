"""Which partition of a table a row belongs to, as PostgreSQL text: tables are stored whole, so a partition is a condition.

A row is in the first partition (by position) whose test it passes. A range partition's test is `key < bound`; NULL passes only
that of MAXVALUE, which is always true. Bounds are PostgreSQL literals with their type, or one of the words below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MAXVALUE, DEFAULT, NULL = "MAXVALUE", "DEFAULT", "NULL"

#: Methods whose partitions the emulator can tell apart.
KNOWN = ("RANGE", "LIST", "HASH")


@dataclass(frozen=True, slots=True)
class Partition:
    name: str
    bounds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Partitioning:
    method: str
    columns: tuple[str, ...]
    partitions: tuple[Partition, ...]
    interval: str | None = None

    def index(self, name: str) -> int | None:
        """The place of a partition, from 0."""
        return next((i for i, partition in enumerate(self.partitions) if partition.name == name), None)

    @property
    def is_known(self) -> bool:
        return (
            self.method in KNOWN
            and (self.method == "RANGE" or len(self.columns) == 1)
            and all(partition.bounds or self.method == "HASH" for partition in self.partitions)
        )

    @property
    def takes_all(self) -> bool:
        """Whether each row has a partition, or would get one."""
        if self.method == "HASH":
            return True
        return any(set(partition.bounds) <= {MAXVALUE, DEFAULT} for partition in self.partitions)

    def test(self, partition: Partition, values: Sequence[str]) -> str:
        """Whether a row with these key values passes the partition's test."""
        if self.method == "LIST":
            return _listed(values[0], partition.bounds)
        test = "false"
        for value, bound in reversed(list(zip(values, partition.bounds, strict=True))):
            if bound == MAXVALUE:
                test = "true"
            else:
                test = (
                    f"({value} < {bound})"
                    if test == "false"
                    else f"({value} < {bound} OR ({value} = {bound} AND {test}))"
                )
        return test

    def position(self, values: Sequence[str]) -> str:
        """The place of the partition of a row with these key values, from 0; NULL for a row that has none."""
        if self.method == "HASH":
            return self._bucket(values[0])
        ordered = sorted(enumerate(self.partitions), key=lambda item: item[1].bounds == (DEFAULT,))
        tests = " ".join(f"WHEN {self.test(partition, values)} THEN {place}" for place, partition in ordered)
        return f"CASE {tests} END"

    def _bucket(self, value: str) -> str:
        """Oracle's linear hashing: of two buckets that a power of two has too many, the lower half takes the rows."""
        count = len(self.partitions)
        size = 1 << (count - 1).bit_length()
        bucket = f"oracle.ora_hash({value}, {size - 1})::int4"
        if size == count:
            return f"({bucket})"
        return f"(CASE WHEN {bucket} >= {count} THEN {bucket} OPERATOR(pg_catalog.-) {size // 2} ELSE {bucket} END)"

    def condition(self, place: int, values: Sequence[str]) -> str:
        """Whether a row with these key values is in the partition at a place."""
        return f"({self.position(values)} OPERATOR(pg_catalog.=) {place})"


def _listed(value: str, bounds: Sequence[str]) -> str:
    if DEFAULT in bounds:
        return "true"
    named = [bound for bound in bounds if bound != NULL]
    tests = [f"{value} IN ({', '.join(named)})"] if named else []
    if NULL in bounds:
        tests.append(f"{value} IS NULL")
    return f"({' OR '.join(tests)})"
