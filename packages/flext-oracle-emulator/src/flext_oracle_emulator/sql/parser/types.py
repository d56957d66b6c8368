"""Data types, Oracle's and the ANSI names that Oracle accepts, with the limits that Oracle checks while parsing."""

from __future__ import annotations

from .. import ast
from .cursor import Cursor

#: Maximum length by type with MAX_STRING_SIZE = STANDARD.
_MAX_LENGTH = {"VARCHAR2": 4000, "CHAR": 2000, "NVARCHAR2": 2000, "NCHAR": 1000, "RAW": 2000, "UROWID": 4000}
_MAX_LENGTH_PLSQL = 32767

_PLAIN = frozenset({"DATE", "CLOB", "NCLOB", "BLOB", "BFILE", "ROWID", "BINARY_FLOAT", "BINARY_DOUBLE", "XMLTYPE"})
_INTEGERS = frozenset({"INTEGER", "INT", "SMALLINT"})
_DECIMALS = frozenset({"DECIMAL", "DEC", "NUMERIC"})
_FLOAT_BITS = {"DOUBLE": 126, "REAL": 63}
#: Types that exist from a version on.
_MAX_DIMENSIONS = 65535
_SINCE = {"BOOLEAN": 23, "BOOL": 23, "JSON": 21, "VECTOR": 23}


class TypeParser(Cursor):
    def type_name(self) -> ast.TypeName:
        """A data type, or a (possibly schema-qualified) user type. ORA-00902 if there is none."""
        start = self.i
        node = self._builtin_type()
        if node is None:
            node = self._user_type()
        node.pos = self.starts[start]
        return node

    def _builtin_type(self) -> ast.TypeName | None:
        key = self.keys[self.i]
        if key in ("VARCHAR2", "VARCHAR", "NVARCHAR2", "RAW"):
            self.i += 1
            return self._string_type("VARCHAR2" if key == "VARCHAR" else key)
        if key in ("CHAR", "CHARACTER", "NCHAR"):
            self.i += 1
            return self._string_type(self._character(national=key == "NCHAR"))
        if key == "NATIONAL" and self.peek() in ("CHAR", "CHARACTER"):
            self.i += 2
            return self._string_type(self._character(national=True))
        if key == "NUMBER" or key in _DECIMALS:
            self.i += 1
            return self._number_type(ansi=key != "NUMBER")
        if key in _INTEGERS:
            self.i += 1
            return ast.TypeName("NUMBER", scale=0, star=True)
        if key in _PLAIN:
            self.i += 1
            return ast.TypeName(key)
        if key == "TIMESTAMP":
            return self._timestamp_type()
        return self._other_type(key)

    def _other_type(self, key: str) -> ast.TypeName | None:
        if key == "FLOAT":
            self.i += 1
            return ast.TypeName("FLOAT", precision=self._in_parentheses(126, 1, 126, 1727))
        if key == "REAL" or (key == "DOUBLE" and self.peek() == "PRECISION"):
            self.i += 1 if key == "REAL" else 2
            return ast.TypeName("FLOAT", precision=_FLOAT_BITS[key])
        if key == "INTERVAL" and self.peek() in ("YEAR", "DAY"):
            return self._interval_type()
        if key == "LONG":
            self.i += 1
            if self.accept("RAW"):
                return ast.TypeName("LONG RAW")
            self.accept_any("VARCHAR")
            return ast.TypeName("LONG")
        if key == "UROWID":
            self.i += 1
            return ast.TypeName("UROWID", length=self._in_parentheses(4000, 1, 4000, 910))
        if key in _SINCE:
            if self.version < _SINCE[key] and not (self.plsql and key == "BOOLEAN"):
                raise self.error(902)
            self.i += 1
            if key == "VECTOR":
                return ast.TypeName("VECTOR", vector=self._vector())
            return ast.TypeName("BOOLEAN" if key == "BOOL" else key)
        return None

    def _vector(self) -> tuple[str, str, str]:
        """`(dimensions | *, format | *, DENSE | SPARSE)`, each but the first optional."""
        dimensions, format_, storage = "*", "*", "DENSE"
        if not self.accept("("):
            return dimensions, format_, storage
        if not self.accept("*"):
            at = self.i
            count = self.integer(51801)
            if not 1 <= count <= _MAX_DIMENSIONS:
                raise self.error(51801, at=at)
            dimensions = str(count)
        if self.accept(","):
            if not self.accept("*"):
                format_ = self.accept_any("FLOAT32", "FLOAT64", "INT8", "BINARY") or "*"
                if format_ == "*":
                    raise self.error(51802)
            if self.accept(","):
                storage = self.accept_any("DENSE", "SPARSE") or ""
                if not storage:
                    raise self.error(51824)
        self.expect(")", 907)
        return dimensions, format_, storage

    def _user_type(self) -> ast.TypeName:
        parts = self.dotted_name(902)
        if parts in (("SYS", "XMLTYPE"), ("PUBLIC", "XMLTYPE")):
            return ast.TypeName("XMLTYPE")
        return ast.TypeName(parts[-1], schema=parts[0] if len(parts) == 2 else None)

    def _character(self, *, national: bool) -> str:
        varying = self.accept("VARYING")
        if national:
            return "NVARCHAR2" if varying else "NCHAR"
        return "VARCHAR2" if varying else "CHAR"

    def _string_type(self, name: str) -> ast.TypeName:
        if self.keys[self.i] != "(":
            if name in ("CHAR", "NCHAR"):
                return ast.TypeName(name, length=1)
            if self.plsql:
                return ast.TypeName(name)  # a parameter; a variable without a length is PLS-00215
            raise self.error(906)
        self.i += 1
        at = self.i
        length = self.integer(910)
        if length == 0:
            raise self.error(1723, at=at)
        if length < 0 or length > (_MAX_LENGTH_PLSQL if self.plsql else _MAX_LENGTH[name]):
            raise self.error(910, at=at)
        node = ast.TypeName(name, length=length)
        if name in ("VARCHAR2", "CHAR"):
            unit = self.accept_any("BYTE", "CHAR")
            if unit == "BYTE":
                node.char_semantics = "BYTE"
            elif unit == "CHAR":
                node.char_semantics = "CHAR"
        self.expect(")", 907)
        return node

    def _number_type(self, *, ansi: bool) -> ast.TypeName:
        node = ast.TypeName("NUMBER")
        if not self.accept("("):
            if ansi:
                node.scale, node.star = 0, True
            return node
        if self.accept("*"):
            node.star = True
        else:
            at = self.i
            node.precision = self.integer(1727)
            if not 1 <= node.precision <= 38:
                raise self.error(1727, at=at)
        node.scale = 0
        if self.accept(","):
            at = self.i
            node.scale = self.integer(1728)
            if not -84 <= node.scale <= 127:
                raise self.error(1728, at=at)
        self.expect(")", 907)
        return node

    def _timestamp_type(self) -> ast.TypeName:
        self.i += 1
        precision = self._in_parentheses(6, 0, 9, 30088)
        if self.accept_all("WITH", "TIME", "ZONE"):
            return ast.TypeName("TIMESTAMP WITH TIME ZONE", precision=precision)
        if self.accept_all("WITH", "LOCAL", "TIME", "ZONE"):
            return ast.TypeName("TIMESTAMP WITH LOCAL TIME ZONE", precision=precision)
        return ast.TypeName("TIMESTAMP", precision=precision)

    def _interval_type(self) -> ast.TypeName:
        self.i += 1
        if self.accept("YEAR"):
            precision = self._in_parentheses(2, 0, 9, 30088)
            self.expect_all(905, "TO", "MONTH")
            return ast.TypeName("INTERVAL YEAR TO MONTH", precision=precision)
        self.expect("DAY", 905)
        precision = self._in_parentheses(2, 0, 9, 30088)
        self.expect_all(905, "TO", "SECOND")
        return ast.TypeName("INTERVAL DAY TO SECOND", precision=precision, scale=self._in_parentheses(6, 0, 9, 30088))

    def _in_parentheses(self, default: int, low: int, high: int, code: int) -> int:
        if not self.accept("("):
            return default
        at = self.i
        value = self.integer(code)
        if not low <= value <= high:
            raise self.error(code, at=at)
        self.expect(")", 907)
        return value
