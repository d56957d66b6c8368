"""Where supplied packages register their subprograms and constants, and how a name finds them.

A subprogram is an async function of the interpreter, the caller's frame and the arguments by name (None where none was
given). A function returns its value; with OUT parameters a subprogram returns a dict of their values, and a function its
own as "return".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from ...errors import unsupported
from ..types import Type

Body = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Formal:
    """A formal parameter. `type` is known where the value must be converted before the body sees it."""

    name: str
    mode: str = "IN"
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Constant:
    value: Any


@dataclass(frozen=True, slots=True)
class SuppliedSubprogram:
    name: str
    formals: tuple[Formal, ...]
    body: Body
    is_function: bool


@dataclass(slots=True)
class SuppliedPackage:
    name: str
    members: dict[str, Constant | SuppliedSubprogram] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)

    def procedure(self, name: str, parameters: str = "") -> Callable[[Body], Body]:
        """Register a procedure. `parameters`: "A, B OUT, C IN OUT, D?" with ? for what may be left out."""
        return self._register(name, parameters, is_function=False)

    def function(self, name: str, parameters: str = "") -> Callable[[Body], Body]:
        return self._register(name, parameters, is_function=True)

    def _register(self, name: str, parameters: str, *, is_function: bool) -> Callable[[Body], Body]:
        formals = tuple(_formal(text) for text in parameters.split(",") if text.strip())

        def register(body: Body) -> Body:
            self.members[name] = SuppliedSubprogram(f"{self.name}.{name}", formals, body, is_function)
            return body

        return register

    def constants(self, **values: Any) -> None:
        self.members.update({name: Constant(value) for name, value in values.items()})


def _formal(text: str) -> Formal:
    name, _, mode = text.strip().partition(" ")
    return Formal(name.rstrip("?"), mode or "IN", name.endswith("?"))


SUPPLIED: dict[str, SuppliedPackage] = {}


def package(name: str) -> SuppliedPackage:
    return SUPPLIED.setdefault(name, SuppliedPackage(name))


def without_sys(parts: tuple[str, ...]) -> tuple[str, ...]:
    return parts[1:] if parts[0] == "SYS" and len(parts) > 2 else parts


def find_supplied(parts: tuple[str, ...]) -> tuple[Constant | SuppliedSubprogram, tuple[str, ...]] | None:
    """The member of a supplied package. Raises ORA-03001 for one that the emulator has not."""
    names = without_sys(parts)
    if len(names) < 2:
        return None
    found = SUPPLIED.get(names[0])
    if found is None:
        if names[0].startswith(("DBMS_", "UTL_")):
            raise unsupported(".".join(names[:2]))
        return None
    member = found.members.get(names[1])
    if member is None:
        raise unsupported(".".join(names[:2]))
    return member, names[2:]
