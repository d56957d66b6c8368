"""Exceptions of PL/SQL: the predefined ones, and an error on its way through blocks and calls with its stack."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import OracleError

#: Package STANDARD's exceptions; NO_DATA_FOUND has SQLCODE +100.
PREDEFINED: dict[str, int] = {
    "ACCESS_INTO_NULL": 6530,
    "CASE_NOT_FOUND": 6592,
    "COLLECTION_IS_NULL": 6531,
    "CURSOR_ALREADY_OPEN": 6511,
    "DUP_VAL_ON_INDEX": 1,
    "INVALID_CURSOR": 1001,
    "INVALID_NUMBER": 1722,
    "LOGIN_DENIED": 1017,
    "NO_DATA_FOUND": 1403,
    "NO_DATA_NEEDED": 6548,
    "NOT_LOGGED_ON": 1012,
    "PROGRAM_ERROR": 6501,
    "ROWTYPE_MISMATCH": 6504,
    "SELF_IS_NULL": 30625,
    "STORAGE_ERROR": 6500,
    "SUBSCRIPT_BEYOND_COUNT": 6533,
    "SUBSCRIPT_OUTSIDE_LIMIT": 6532,
    "SYS_INVALID_ROWID": 1410,
    "TIMEOUT_ON_RESOURCE": 51,
    "TOO_MANY_ROWS": 1422,
    "VALUE_ERROR": 6502,
    "ZERO_DIVIDE": 1476,
}

MESSAGES: dict[int, str] = {
    1: "unique constraint (.) violated",
    51: "timeout occurred while waiting for a resource",
    1001: "invalid cursor",
    1012: "not logged on",
    1017: "invalid username/password; logon denied",
    1403: "no data found",
    1410: "invalid ROWID",
    1422: "exact fetch returns more than requested number of rows",
    1476: "divisor is equal to zero",
    1722: "invalid number",
    6500: "PL/SQL: storage error",
    6501: "PL/SQL: program error",
    6502: "PL/SQL: numeric or value error",
    6503: "PL/SQL: Function returned without value",
    6504: "PL/SQL: Return types of Result Set variables or query do not match",
    6510: "PL/SQL: unhandled user-defined exception",
    6511: "PL/SQL: cursor already open",
    6530: "Reference to uninitialized composite",
    6531: "Reference to uninitialized collection",
    6532: "Subscript outside of limit",
    6533: "Subscript beyond count",
    6548: "no more rows needed",
    6592: "CASE not found while executing CASE statement",
    30625: "method dispatch on NULL SELF argument is disallowed",
}


def oracle_error(code: int) -> OracleError:
    return OracleError(code, MESSAGES[code])


@dataclass(eq=False, slots=True)
class DeclaredException:
    """A declared exception: equal only to itself, or to the ORA code it was tied to."""

    name: str
    code: int | None = None  # positive, as in OracleError


class Failure(OracleError):  # noqa: N818 - it is what PL/SQL calls an exception, on its way up
    """A raised exception on its way up. `located`: the running subprogram has its line in the stack already.

    `replaces`: the stack says all there is to say of the exception that was being handled.
    """

    stack: list[str]  # type: ignore[assignment]

    def __init__(self, error: OracleError, declared: DeclaredException | None = None) -> None:
        super().__init__(error.code, error.message, error.offset)
        self.error = error
        self.declared = declared
        self.located = False
        self.replaces = False
        self.kept: list[str] = []  # of the exception that RAISE_APPLICATION_ERROR(.., TRUE) adds to
        self.stack = list(error.stack)

    @property
    def sqlcode(self) -> int:
        if self.declared is not None and self.declared.code is None:
            return 1
        return 100 if self.error.code == 1403 else -self.error.code

    @property
    def sqlerrm(self) -> str:
        if self.declared is not None and self.declared.code is None:
            return "User-Defined Exception"
        return f"ORA-{self.error.code:05d}: {self.error.message}"

    def locate(self, line: int, unit: str) -> None:
        """Add where it was raised (`unit` is "" in an anonymous block)."""
        self.stack.append(f'ORA-06512: at "{unit}", line {line}' if unit else f"ORA-06512: at line {line}")
        self.located = True

    def raised_again(self, line: int, unit: str) -> None:
        self.stack.insert(0, f'ORA-06512: at "{unit}", line {line}' if unit else f"ORA-06512: at line {line}")

    def matches(self, exception: DeclaredException) -> bool:
        if self.declared is exception:
            return True
        return exception.code is not None and exception.code == self.error.code

    def oracle_error(self) -> OracleError:
        """What the client sees."""
        return OracleError(self.error.code, self.error.message, self.error.offset, (*self.stack, *self.kept))


def sqlerrm(code: int) -> str:
    """SQLERRM(code) for a code of which only the number is known."""
    if code == 0:
        return "ORA-0000: normal, successful completion"
    if code == 100:
        return "ORA-01403: no data found"
    if code == 1:
        return "User-Defined Exception"
    if code > 0:
        return f"-{code}: non-ORACLE exception "
    text = MESSAGES.get(-code, "" if 20000 <= -code <= 20999 else f"Message {-code} not found;  product=RDBMS")
    return f"ORA-{-code:05d}: {text}"
