"""Physical clauses of tables, indexes and materialized views: accepted as Oracle accepts them, recorded as text.

They say where and how rows are stored, never which rows, so nothing here has a meaning for the emulator.
"""

from __future__ import annotations

from .cursor import END, NUMBER, words
from .dml import DmlParser

_NUMBERS = frozenset({"PCTFREE", "PCTUSED", "INITRANS", "MAXTRANS", "PCTTHRESHOLD", "FREELISTS"})
_FLAGS = words(
    """
    LOGGING NOLOGGING FILESYSTEM_LIKE_LOGGING NOCOMPRESS NOPARALLEL CACHE NOCACHE MONITORING NOMONITORING
    ROWDEPENDENCIES NOROWDEPENDENCIES OVERFLOW NOMAPPING
    """
)
_INDEX_FLAGS = _FLAGS | {
    "ONLINE",
    "REVERSE",
    "SORT",
    "NOSORT",
    "VISIBLE",
    "INVISIBLE",
    "UNUSABLE",
    "USABLE",
    "LOCAL",
    "GLOBAL",
}
_COMPRESS_FOR = frozenset({"OLTP", "QUERY", "ARCHIVE", "ALL", "DIRECT_LOAD"})
_INMEMORY = frozenset({"MEMCOMPRESS", "PRIORITY", "DISTRIBUTE", "DUPLICATE", "NO"})
_PARTITION_KINDS = frozenset({"RANGE", "LIST", "HASH", "REFERENCE", "SYSTEM", "CONSISTENT"})


class PhysicalParser(DmlParser):
    def table_option(self) -> str | None:
        """Take one physical clause if one stands here and return its text."""
        start = self.i
        return self.upper_text(start) if self._storage_clause(_FLAGS) or self._table_clause() else None

    def index_option(self) -> str | None:
        start = self.i
        return self.upper_text(start) if self._storage_clause(_INDEX_FLAGS) or self._index_clause() else None

    # ------------------------------------------------------------------------------------------ common clauses

    def _storage_clause(self, flags: frozenset[str]) -> bool:
        key, after = self.keys[self.i], self.peek()
        if key in flags:
            self.i += 1
            if key in ("LOCAL", "GLOBAL"):
                self._index_partitioning(key)
            return True
        if key in _NUMBERS:
            self.i += 1
            self.integer(2211 if key in ("PCTFREE", "PCTUSED") else 922)
            return True
        if key == "TABLESPACE":
            self.i += 1
            self.name(922)
            return True
        if key == "STORAGE" and after == "(":
            self.i += 1
            self.skip_parentheses()
            return True
        if key == "PARALLEL":
            self._parallel()
            return True
        if key == "COMPRESS" or (key in ("ROW", "COLUMN") and after == "STORE"):
            self._compression()
            return True
        return False

    def _parallel(self) -> None:
        self.i += 1
        if self.keys[self.i] == "(":
            self.skip_parentheses()
        elif self.keys[self.i] in (NUMBER, "DEFAULT", "AUTO"):
            self.i += 1

    def _compression(self) -> None:
        """COMPRESS [n | BASIC | ADVANCED [LOW|HIGH] | FOR ..], ROW|COLUMN STORE COMPRESS [FOR ..]."""
        if self.accept_any("ROW", "COLUMN"):
            self.i += 1
            self.expect("COMPRESS", 922)
        else:
            self.i += 1
        if self.keys[self.i] in (NUMBER, "BASIC"):
            self.i += 1
        elif self.accept("ADVANCED"):
            self.accept_any("LOW", "HIGH")
        elif self.keys[self.i] == "FOR" and self.peek() in _COMPRESS_FOR:
            self.i += 2
            self.accept_any("LOW", "HIGH", "OPERATIONS")
        if self.accept("NO"):
            self.expect_all(922, "ROW", "LEVEL", "LOCKING")
        else:
            self.accept_all("ROW", "LEVEL", "LOCKING")

    # ------------------------------------------------------------------------------------------- table clauses

    def _table_clause(self) -> bool:
        key, after = self.keys[self.i], self.peek()
        if key == "SEGMENT" and after == "CREATION":
            self.i += 2
            if self.accept_any("IMMEDIATE", "DEFERRED") is None:
                raise self.error(922)
        elif key == "RESULT_CACHE" and after == "(":
            self.i += 1
            self.skip_parentheses()
        elif key in ("ENABLE", "DISABLE") and after == "ROW":
            self.i += 2
            self.expect("MOVEMENT", 922)
        elif key == "FLASHBACK" and after == "ARCHIVE":
            raise self.unsupported("FLASHBACK ARCHIVE")
        elif key == "NO" and after in ("FLASHBACK", "INMEMORY", "DROP"):
            self.i += 2
            self.accept("ARCHIVE")
        elif key == "INMEMORY":
            self._inmemory()
        elif key == "INDEXING":
            self.i += 1
            if self.accept_any("ON", "OFF") is None:
                raise self.error(922)
        elif key == "DEFAULT" and after == "COLLATION":
            self._default_collation()
        else:
            return self._lob_clause()
        return True

    def _inmemory(self) -> None:
        self.i += 1
        while self.accept_any(*_INMEMORY):
            while self.accept_any(
                "FOR", "DML", "QUERY", "CAPACITY", "LOW", "HIGH", "NONE", "MEDIUM", "CRITICAL", "AUTO", "BY"
            ):
                pass
            self.accept_any("MEMCOMPRESS", "DUPLICATE", "ALL")

    def _default_collation(self) -> None:
        self.i += 2
        if self.keys[self.i] not in ("USING_NLS_COMP", "BINARY"):
            raise self.unsupported("a collation other than BINARY")
        self.i += 1

    def _lob_clause(self) -> bool:
        """LOB (c) STORE AS .., VARRAY c STORE AS .., XMLTYPE COLUMN c STORE AS .., NESTED TABLE c STORE AS t."""
        key, after = self.keys[self.i], self.peek()
        if key == "LOB" and after == "(":
            self.i += 1
            self.skip_parentheses()
        elif key == "XMLTYPE" and (after == "COLUMN" or self.at_name(1)):
            self.i += 1
            self.accept("COLUMN")
            self.name(904, ": ")
        elif key == "VARRAY" and self.at_name(1):
            self.i += 1
            self.name(904, ": ")
        elif key == "NESTED" and after == "TABLE":
            self.i += 2
            self.name(904, ": ")
        else:
            return False
        self.expect("STORE", 922)
        self.expect("AS", 922)
        self.accept_any("SECUREFILE", "BASICFILE")
        self.accept("BINARY")
        self.accept_any("XML", "CLOB")
        if self.at_name() and self.keys[self.i] not in ("PARTITION", "TABLESPACE", "SEGMENT", "LOB", "PARALLEL"):
            self.i += 1
        if self.keys[self.i] == "(":
            self.skip_parentheses()
        return True

    # -------------------------------------------------------------------------------------------- partitioning

    def partitioning(self) -> str | None:
        """`PARTITION BY kind (columns) [INTERVAL (..)] [SUBPARTITION ..] [PARTITIONS n] [(partitions)]`."""
        if self.keys[self.i] != "PARTITION" or self.peek() != "BY":
            return None
        start = self.i
        self.i += 2
        self._partition_by()
        while self._partition_detail():
            pass
        return self.upper_text(start)

    def _partition_by(self) -> None:
        if self.accept("CONSISTENT"):
            self.expect("HASH", 922)
        elif self.keys[self.i] in _PARTITION_KINDS:
            self.i += 1
        else:
            raise self.error(922)
        if self.keys[self.i] == "(":
            self._partition_columns()
        elif self.keys[self.i - 1] != "SYSTEM":
            raise self.error(906)

    def _partition_columns(self) -> None:
        self.expect("(", 906)
        self.name(904, ": ")
        while self.accept(","):
            self.name(904, ": ")
        self.expect(")", 907)

    def _partition_detail(self) -> bool:
        key, after = self.keys[self.i], self.peek()
        if key in ("INTERVAL", "(") or (key == "STORE" and after == "IN"):
            self.i += {"INTERVAL": 1, "STORE": 2}.get(key, 0)
            self.skip_parentheses()
        elif key == "AUTOMATIC":
            self.i += 1
        elif key in ("PARTITIONS", "SUBPARTITIONS"):
            self.i += 1
            if not self.accept("AUTO"):
                self.integer(922)
        elif key == "SUBPARTITION" and after == "BY":
            self.i += 2
            self._partition_by()
        elif key == "SUBPARTITION" and after == "TEMPLATE":
            self.i += 2
            if self.keys[self.i] == "(":
                self.skip_parentheses()
            else:
                self.integer(922)
        else:
            return False
        return True

    # ------------------------------------------------------------------------------------------------- indexes

    def _index_partitioning(self, scope: str) -> None:
        if scope == "GLOBAL":
            self.partitioning()
            return
        if self.keys[self.i] == "STORE":
            self.i += 1
            self.expect("IN", 922)
            self.skip_parentheses()
        elif self.keys[self.i] == "(":
            self.skip_parentheses()

    def _index_clause(self) -> bool:
        key, after = self.keys[self.i], self.peek()
        if key == "COMPUTE" and after == "STATISTICS":
            self.i += 2
        elif key == "INDEXTYPE" and after == "IS":
            raise self.unsupported("domain indexes")
        elif key == "PARAMETERS" and after == "(":
            self.i += 1
            self.skip_parentheses()
        elif key == "INDEXING" and after in ("FULL", "PARTIAL"):
            self.i += 2
        else:
            return False
        return True

    def rest_of_clause(self) -> None:
        """Pass over a clause of unknown length: to the end of the statement, balanced."""
        while self.keys[self.i] != END:
            if self.keys[self.i] == "(":
                self.skip_parentheses()
            elif self.keys[self.i] in (";", ")", "\0"):
                raise self.error(933)
            else:
                self.i += 1
