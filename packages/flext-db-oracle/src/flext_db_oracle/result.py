"""FlextResult: the outcome of a public call, either a value or an explained error.

Only the public methods of `FlextDbOracleApi` return it; everything below raises (design: results at the boundary,
exceptions inside). Use it neither in loops over rows nor in generators.

Two rules make a forgotten check loud: `.value` of a failure raises, chained from the original exception, and a result
has no truth value, because `if result:` is the classic wrong test for `ok(None)`, `ok(0)` and `ok([])`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NoReturn, TypeVar, cast

T = TypeVar("T")
U = TypeVar("U")


class FlextResultError(RuntimeError):
    """Raised when the value of a failed result is asked for. Its text is the result's error, code and hint."""

    def __init__(self, error: str, *, error_code: str | None = None, hint: str | None = None) -> None:
        super().__init__(f"{error} Hint: {hint}" if hint else error)
        self.error = error
        self.error_code = error_code
        self.hint = hint


@dataclass(frozen=True, slots=True)
class FlextResult(Generic[T]):
    """Make one with `ok` or `fail`; ask `is_success` or `is_failure` before `value`."""

    _value: T | None
    _error: str | None
    error_code: str | None = None
    hint: str | None = None
    exception: BaseException | None = None

    @classmethod
    def ok(cls, value: T, *, hint: str | None = None) -> FlextResult[T]:
        """A success. `FlextResult[None].ok(None)` is one. `hint` adds what the value alone does not say."""
        return cls(value, None, None, hint)

    @classmethod
    def fail(
        cls,
        error: str,
        *,
        error_code: str | None = None,
        exception: BaseException | None = None,
        hint: str | None = None,
    ) -> FlextResult[T]:
        """A failure: redacted text, the ORA- or DPY- code if there is one, and what to do about it."""
        return cls(None, error, error_code, hint, exception)

    @property
    def is_success(self) -> bool:
        return self._error is None

    @property
    def is_failure(self) -> bool:
        return self._error is not None

    @property
    def error(self) -> str | None:
        """The error's text, None for a success."""
        return self._error

    @property
    def value(self) -> T:
        """The value. Raises `FlextResultError` on a failure."""
        if self._error is not None:
            self._raise()
        return cast("T", self._value)

    def unwrap(self) -> T:
        """The value; on a failure raises the original exception if there is one, else `FlextResultError`."""
        if self._error is not None and self.exception is not None:
            raise self.exception
        return self.value

    def unwrap_or(self, default: T) -> T:
        return default if self.is_failure else self.value

    def unwrap_or_else(self, make: Callable[[FlextResult[T]], T]) -> T:
        return make(self) if self.is_failure else self.value

    def map(self, function: Callable[[T], U]) -> FlextResult[U]:
        """Apply a function that cannot fail; its exceptions are not caught."""
        return self._as_failure() if self.is_failure else FlextResult.ok(function(self.value))

    def flat_map(self, function: Callable[[T], FlextResult[U]]) -> FlextResult[U]:
        """Go on with a function that itself returns a result."""
        return self._as_failure() if self.is_failure else function(self.value)

    def map_error(self, function: Callable[[str], str]) -> FlextResult[T]:
        """Say more in the error's text; code, hint and exception stay."""
        if self._error is None:
            return self
        return FlextResult(None, function(self._error), self.error_code, self.hint, self.exception)

    def recover(self, function: Callable[[FlextResult[T]], T]) -> FlextResult[T]:
        """Turn a failure into a success."""
        return FlextResult.ok(function(self)) if self.is_failure else self

    def __bool__(self) -> NoReturn:
        raise TypeError("a FlextResult has no truth value: use .is_success or .is_failure")

    def __repr__(self) -> str:
        if self._error is None:
            return f"FlextResult.ok({self._value!r})"
        return f"FlextResult.fail({self._error!r}, error_code={self.error_code!r})"

    def _as_failure(self) -> FlextResult[U]:
        return cast("FlextResult[U]", self)

    def _raise(self) -> NoReturn:
        raise FlextResultError(cast("str", self._error), error_code=self.error_code, hint=self.hint) from self.exception
